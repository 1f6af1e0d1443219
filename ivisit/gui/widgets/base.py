"""`ControlWidget`: what the widgets of all controls have in common."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.controls import Control
from ivisit.errors import ParameterError
from ivisit.gui.toolkit.tooltip import Tooltip
from ivisit.gui.widgets.dot import Dot
from ivisit.sets.wording import value_text

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: Milliseconds for which a refused value is explained.
PROBLEM_DURATION = 8000
#: Room for the dot in front of the labels, at 96 dpi.
GUTTER = 12


class ControlWidget(ttk.Frame):
    """A labelled widget that shows and changes the value of one control.

    Rules for a new kind:

    1. `_build` makes the widgets in `body`, a frame behind the label.
    2. `_show` displays a value and reports nothing back.
    3. What the user enters goes to `commit`, or to `commit_text` where it is text.
    4. `_is_editing` is true while the user holds or types something that must not be overwritten.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    host : Host
        Takes changes; gives theme and engine.
    control : Control
        The declaration.

    Attributes
    ----------
    value : object
        What is shown.
    revision : int
        `Engine.revision` at the user's last change; older frames are ignored.
    """

    #: Whether the label stands in front of the body.
    has_label = True
    #: Column of `body` in which the unit stands, or nothing where others have a unit.
    unit_column = 1

    def __init__(self, parent: tk.Misc, host: Host, control: Control[Any]) -> None:
        super().__init__(parent)
        self.host = host
        self.name = control.name
        #: As it holds for the simulation: with the range that it has at present.
        self.control = host.engine.control(control.name)
        self.revision = 0
        self.value = host.engine.parameters()[control.name]
        px = host.theme.pixels
        self.label = ttk.Label(self, text=control.label, anchor="w", justify="left")
        if self.has_label:
            self.label.grid(row=0, column=0, sticky="nw", padx=(0, px(10)), pady=px(3))
        self.body = ttk.Frame(self)
        self.body.grid(row=0, column=1, sticky="ew")
        self.columnconfigure(1, weight=1)
        self.problem = ttk.Label(self, style="Problem.TLabel", justify="left", wraplength=px(300))
        self._problem_timer: str | None = None
        self._waiting = ""
        self._label_room = 0
        #: Whether the value differs from the saved one.
        self.differs = False
        self.dot: Dot | None = None
        self._gutter = 0
        for part in (self, self.label, self.body):
            part.bind("<Double-Button-1>", lambda event: self.reset())
        self._build()
        self._watch_row()
        self._show(self.value)

    def _watch_row(self) -> None:
        """Have the whole row show the tooltip, and what is no input return to the default."""
        # One tooltip for all parts: the pointer enters those around a part, too.
        tooltip = Tooltip(self, self.hint, self.host.theme)
        parts = [self.label, self.body]
        while parts:
            part = parts.pop()
            tooltip.watch(part)
            if part not in (self.label, self.body) and part.winfo_class() in ("TLabel", "TFrame"):
                part.bind("<Double-Button-1>", lambda event: self.reset())
            parts += part.winfo_children()  # type: ignore[arg-type]

    # For the kinds --------------------------------------------------------------------------

    def _build(self) -> None:
        """Make the widgets in `body`."""
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        """Display `value`."""
        raise NotImplementedError

    def _is_editing(self) -> bool:
        """Tell whether the user is in the middle of changing the value."""
        return False

    def finish(self) -> None:
        """Take over what is being typed."""

    def color(self) -> None:
        """Take over the colors of the theme, for what is not a ttk widget."""

    def hint(self) -> str:
        """Return the tooltip: what the control means and allows."""
        control = self.control
        allowed = f"{control.name}: {control.allowed()}"
        default = f"Default: {control.text(control.default)}"
        is_told = control.unit in allowed
        unit = "" if is_told else f"Unit: {control.unit}"
        lines = [control.help, allowed, default, unit, self._waiting]
        return "\n".join(line for line in lines if line)

    # Values ---------------------------------------------------------------------------------

    def commit(self, value: Any, *, continues: bool = False, settled: bool = True) -> bool:
        """Give the parameter a value; a refusal is explained beside the widget.

        Parameters
        ----------
        value : object
            The new value.
        continues : bool, optional
            Whether this goes on with the former change, as in a drag: both are undone together.
        settled : bool, optional
            Whether the user has finished; false while he drags.

        Returns
        -------
        bool
            Whether the value was accepted.
        """
        try:
            valid = self.host.change(self.name, value, continues=continues, settled=settled)
        except ParameterError as error:
            self._refuse(error)
            return False
        self.revision = self.host.engine.revision
        self.show_problem("")
        self.value = valid
        self._show(valid)
        return True

    def settle(self) -> None:
        """The user has let go of the control."""
        self.host.settle(self.name)

    def commit_text(self, text: str) -> bool:
        """Give the parameter the value that a typed text stands for; see `commit`."""
        try:
            value = self._parse(text)
        except ParameterError as error:
            # What was typed stays, to be mended.
            self._explain(error)
            return False
        return self.commit(value)

    def _parse(self, text: str) -> Any:
        return self.control.parse(text, present=self.value)

    def reset(self) -> None:
        """Return to the default."""
        self.commit(self.control.default)

    def show(self, value: Any) -> None:
        """Display a value that was set elsewhere in the window, e.g. by a loaded set."""
        self.revision = self.host.engine.revision
        self._follow_control()
        self.show_problem("")
        self.value = value
        self._show(value)

    def follow(self, value: Any, revision: int) -> None:
        """Display the value of a frame, unless the user has changed it since or is about to."""
        if self._follow_control() and not self._is_editing():
            self._show(self.value)
        if revision >= self.revision and value != self.value and not self._is_editing():
            self.value = value
            self._show(value)

    def mark(self, waiting: str) -> None:
        """Show that the value is not in the picture yet, as `waiting` says; empty: it is."""
        if waiting != self._waiting:
            self._waiting = waiting
            self.show_mark(bool(waiting))

    def show_mark(self, marked: bool) -> None:
        """Show or take away the mark of a value that waits."""
        self.label.configure(style="Waiting.TLabel" if marked else "TLabel")

    def show_saved(self, saved: Any, where: str, *, differs: bool) -> None:
        """Mark that the value differs from the saved one, or take the mark away.

        Parameters
        ----------
        saved : object
            The saved value.
        where : str
            Where it is saved, as it reads behind the value.
        differs : bool
            Whether the present value is another one.
        """
        self.differs = differs
        if differs:
            if self.dot is None:
                self.dot = Dot(self, self.host.theme, lambda: self.commit(self._saved))
            self._saved = saved
            self.dot.text = f"{value_text(saved)} {where}; a click goes back to it"
            self._place_dot()
        elif self.dot is not None:
            self.dot.place_forget()
        self._show_tick(saved if differs else None)

    def _place_dot(self) -> None:
        """Place the dot in front of the label where there is room, else behind it."""
        assert self.dot is not None
        y = self.host.theme.pixels(5)
        if self._gutter:
            self.dot.place(in_=self, x=0, y=y, relx=0.0, bordermode="ignore")
        else:
            self.dot.place(in_=self.label, relx=1.0, x=1, y=0, bordermode="outside")

    def _show_tick(self, saved: Any) -> None:
        """Show beside the value where the saved one lies, for kinds that can; None: nowhere."""

    def _follow_control(self) -> bool:
        """Take over another range, step or label; tell whether there is one."""
        former, self.control = self.control, self.host.engine.control(self.name)
        if former.label != self.control.label:
            self.set_label(self.control.label)
        return former is not self.control

    # Problems -------------------------------------------------------------------------------

    def _refuse(self, error: ParameterError) -> None:
        self._show(self.value)
        self._explain(error)

    def _explain(self, error: ParameterError) -> None:
        message = str(error).partition(": ")[2] or str(error)
        self.show_problem(message[:1].upper() + message[1:])

    def show_problem(self, message: str) -> None:
        """Explain below the widget why a value was refused; an empty text takes that away."""
        if self._problem_timer:
            self.after_cancel(self._problem_timer)
            self._problem_timer = None
        if message:
            self.problem.configure(text=message)
            self.problem.grid(row=2, column=0, columnspan=2, sticky="w")
            self.lift()  # above what stands below it, where positions are given
            self._problem_timer = self.after(PROBLEM_DURATION, lambda: self.show_problem(""))
        elif self.problem.winfo_manager():
            self.problem.grid_remove()

    # Appearance -----------------------------------------------------------------------------

    def align(self, label_width: int, unit_width: int) -> None:
        """Make label and unit as wide as those of the other controls."""
        self._gutter = self.host.theme.pixels(GUTTER)
        self.configure(padding=(self._gutter, 0, 0, 0))
        if self.has_label:
            self.label.configure(wraplength=label_width)
        self._label_room = label_width + self.host.theme.pixels(14)
        self.columnconfigure(0, minsize=self._label_room)
        self.body.columnconfigure(self.unit_column, minsize=unit_width)

    def unit_width(self) -> int:
        """Return the width that the unit needs, 0 without one."""
        return 0

    def stack(self, stacked: bool) -> None:
        """Put the label above the control, or in front of it."""
        if not self.has_label:
            return
        self.label.grid_forget()
        self.body.grid_forget()
        px = self.host.theme.pixels
        if stacked:
            self.columnconfigure(0, minsize=0)
            self.label.grid(row=0, column=0, columnspan=2, sticky="w")
            self.body.grid(row=1, column=0, columnspan=2, sticky="ew")
        else:
            self.columnconfigure(0, minsize=self._label_room)
            self.label.grid(row=0, column=0, sticky="nw", padx=(0, px(10)), pady=px(3))
            self.body.grid(row=0, column=1, sticky="ew")

    def put_label_on_top(self) -> None:
        """Arrange for a place of its own, where no other labels stand above or below."""
        if self.has_label:
            self.label.configure(wraplength=self.host.theme.pixels(240))
            self.label.grid(row=0, column=0, columnspan=2, sticky="w", pady=0)
        self.body.grid(row=1, column=0, columnspan=2, sticky="ew")

    def set_label(self, text: str) -> None:
        """Change the visible label."""
        self.label.configure(text=text)
