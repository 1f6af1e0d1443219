"""`ComparedValues`: what the user does with the values of lanes, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ivisit.gui.actions.undo import UndoStack
from ivisit.gui.comparison.lane import Lane
from ivisit.gui.toolkit.editing import WordUndo

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow


class ComparedValues:
    """Passes values on to the lanes, and remembers them for undo.

    Parameters
    ----------
    window : ComparisonWindow
        The window.
    word_undo : WordUndo
        What takes back words while a text is typed.
    """

    def __init__(self, window: ComparisonWindow, word_undo: WordUndo) -> None:
        self.window = window
        self.undo_stack = UndoStack()
        self._word_undo = word_undo

    def change(
        self, lanes: Sequence[Lane], name: str, value: Any, *, continues: bool = False
    ) -> Any:
        """Give a parameter a value in some lanes; return it in its canonical type.

        `ParameterError` when one of them does not take it; then nothing has changed. With
        `continues` it is undone together with the former change.
        """
        simulation = self.window.simulation
        former = [lane.session.engine.parameters()[name] for lane in lanes]
        for lane in lanes:
            lane.session.engine.control(name).validate(value, owner=simulation.key)
        valid = [lane.session.engine.set(name, value) for lane in lanes]
        control = simulation.controls[name]
        if control.saved and valid != former:
            self.undo_stack.remember(
                f"change of {control.label}",
                lambda: self._assign(lanes, name, former),
                lambda: self._assign(lanes, name, valid),
                continues=continues,
            )
        self._tell(lanes, name)
        return valid[0]

    def _assign(self, lanes: Sequence[Lane], name: str, values: Sequence[Any]) -> None:
        """Give a parameter a value of its own in each of some lanes, and show it."""
        window = self.window
        for lane, value in zip(lanes, values, strict=True):
            lane.session.engine.set(name, value)
        window.layout.controls[name].show(window.controls_host.engine.parameters()[name])
        self._tell(lanes, name)

    def _tell(self, lanes: Sequence[Lane], name: str) -> None:
        self.window.show_values()
        lanes[0].session.changed(name, settled=True)

    def undo(self) -> None:
        """Take back words while a text is typed, else the last change of a value."""
        if not self._word_undo.undo():
            self.window.commit_typing()
            self.window.say(self.undo_stack.take_back())

    def redo(self) -> None:
        """Do again what was undone."""
        if not self._word_undo.redo():
            self.window.commit_typing()
            self.window.say(self.undo_stack.do_again())
