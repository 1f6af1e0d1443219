"""`ValueCommands`: what the user does with values, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ivisit.gui.actions.undo import UndoStack

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class ValueCommands:
    """Passes values on to the engine, and remembers them for undo.

    Parameters
    ----------
    window : Window
        The window.

    Attributes
    ----------
    undo_stack : UndoStack
        What can be undone: changes of values and of the parameter set.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.undo_stack = UndoStack()

    def change(self, name: str, value: Any, *, continues: bool = False) -> Any:
        """Give a parameter the value that the user entered, so that it can be undone.

        Parameters
        ----------
        name : str
            The parameter.
        value : object
            Its new value.
        continues : bool, optional
            Whether this goes on with the former change, as in a drag.

        Returns
        -------
        object
            The value in its canonical type.

        Raises
        ------
        ParameterError
            When the value is not acceptable.
        """
        engine = self.window.engine
        former = engine.parameters()[name]
        valid = engine.set(name, value)
        control = self.window.session.simulation_class.controls[name]
        if control.saved and valid != former:
            self.window.sets.note(name, valid)
            self.undo_stack.remember(
                f"change of {control.label}",
                lambda: self.give({name: former}),
                lambda: self.give({name: valid}),
                continues=continues,
            )
            self.window.status.update_texts()
        return valid

    def assign(self, name: str, value: Any) -> None:
        """Give a parameter a value and show it; see `change` for what the user enters."""
        valid = self.window.engine.set(name, value)
        self.window.sets.note(name, valid)
        if self.window.layout is not None:
            self.window.layout.controls[name].show(valid)

    def give(self, values: Mapping[str, Any]) -> None:
        """Give parameters values and show them, with Live in the picture, too."""
        for name, value in values.items():
            self.assign(name, value)
        self.see()
        self.window.status.update_texts()

    def see(self) -> None:
        """With Live, have new values seen in the picture."""
        soon, late = self.window.engine.waiting()
        for name in sorted(late) or sorted(soon)[:1]:
            self.window.session.changed(name, settled=True)

    def undo(self) -> None:
        """Take the last change of a value or of the parameter set back."""
        self.window.say(self.undo_stack.take_back())

    def redo(self) -> None:
        """Do again what was undone."""
        self.window.say(self.undo_stack.do_again())

    def commit_typing(self, clicked: str = "") -> None:
        """Take over what has been typed into a control, unless `clicked` is a part of it."""
        # Not only where the focus is: a click moves that before the field hears of it.
        layout = self.window.layout
        for control in layout.controls.values() if layout is not None else ():
            if not clicked.startswith(f"{control}."):
                control.finish()
