"""`Section`: a heading under which controls are listed, and which folds them away."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivisit.gui.widgets import ControlWidget

OPEN, FOLDED = "▾", "▸"


class Section(ttk.Button):
    """The heading of a group of controls.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    title : str
        Name of the group.
    widgets : sequence of ControlWidget
        The controls; they have been put into a grid.
    """

    def __init__(self, parent: tk.Misc, title: str, widgets: Sequence[ControlWidget]) -> None:
        super().__init__(parent, style="Section.TButton", command=self.toggle)
        self.title = title
        self.widgets = list(widgets)
        self.is_open = True
        self._text = ""
        self.show_changed()

    def toggle(self) -> None:
        """Fold the controls away, or show them again."""
        self.is_open = not self.is_open
        for widget in self.widgets:
            if self.is_open:
                widget.grid()
            else:
                widget.grid_remove()
        self.show_changed()

    def show_changed(self) -> None:
        """Say how many of the controls that are folded away differ from their defaults."""
        changed = sum(widget.value != widget.control.default for widget in self.widgets)
        text = f"{OPEN if self.is_open else FOLDED}  {self.title}"
        if changed and not self.is_open:
            text += f"  ({changed} changed)"
        if text != self._text:
            self._text = text
            self.configure(text=text)
