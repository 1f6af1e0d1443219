"""The head of each lane: its name, in which parameters it differs, and what has failed."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.errors import Failure
from ivisit.gui.comparison.lane import Lane
from ivisit.gui.toolkit.dialogs import TextDialog
from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow


class LaneHeader(ttk.Frame):
    """The head of one lane.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    window : ComparisonWindow
        The window.
    number : int
        Number of the lane.
    """

    def __init__(self, parent: tk.Misc, window: ComparisonWindow, number: int) -> None:
        px = window.theme.pixels
        super().__init__(parent, style="Card.TFrame", padding=(px(8), px(4)))
        self.window = window
        self.number = number
        self._shown: tuple[Any, ...] = ()
        self.swatch = tk.Frame(self, width=px(5), borderwidth=0, highlightthickness=0)
        self.swatch.grid(row=0, column=0, rowspan=2, sticky="ns", padx=(0, px(8)))
        self.name = ttk.Label(self, text=self.lane.name, style="CardHeading.TLabel")
        self.name.grid(row=0, column=1, sticky="w")
        self.details = ttk.Button(self, text="Details", command=self.show_details)
        self.text = ttk.Label(self, style="CardMuted.TLabel", justify="left", anchor="w")
        self.text.grid(row=1, column=1, sticky="ew")
        self.columnconfigure(1, weight=1)
        self.bind("<Configure>", self._wrap)
        Tooltip(self.text, lambda: str(self.text.cget("text")), window.theme)
        self.color()

    @property
    def lane(self) -> Lane:
        """The lane."""
        return self.window.lanes[self.number]

    def _wrap(self, event: Any = None) -> None:
        taken = self.details.winfo_reqwidth() if self.details.winfo_manager() else 0
        if self.winfo_width() <= 1:
            return  # not on the screen yet
        room = self.winfo_width() - taken - self.window.theme.pixels(36)
        self.text.configure(wraplength=max(room, self.window.theme.pixels(80)))

    def color(self) -> None:
        """Take over the colors of the theme."""
        palette = self.window.theme.palette
        self.swatch.configure(background=palette.lines[self.number])
        self._shown = ()

    def show(self, differing: str) -> None:
        """Show in which values the lane differs, or why it has failed."""
        failure = self.lane.session.engine.failure
        ended = self.lane.has_ended and self.lane.steps < self.window.lockstep.steps
        state = (differing, failure, ended)
        if state == self._shown:
            return
        self._shown = state
        palette = self.window.theme.palette
        if failure is not None:
            self.text.configure(text=_told(failure), foreground=palette.danger)
            self.details.grid(row=0, column=2, rowspan=2, sticky="e")
            self._wrap()
            return
        note = f"  (has ended its run at step {self.lane.steps:,})" if ended else ""
        self.text.configure(text=differing + note, foreground=palette.muted)
        self.details.grid_remove()
        self._wrap()

    def show_details(self) -> None:
        """Show the traceback of a failure."""
        failure = self.lane.session.engine.failure
        if failure is not None:
            title = f"{self.lane.name} has failed"
            TextDialog(self.window, title, f"# {_told(failure)}\n{failure.traceback}")


def _told(failure: Failure) -> str:
    stage = failure.stage if " " in failure.stage else f"{failure.stage}()"
    place = f", line {failure.line}" if failure.line else ""
    return f"{failure.type} in {stage}{place}: {failure.message}"
