"""`Dot`: marks a control whose value differs from the saved one; a click goes back to that."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.toolkit.tooltip import Tooltip


class Dot(ttk.Label):
    """A dot in the accent color.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Looks.
    go_back : callable
        Called for a click.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, go_back: Callable[[], object]) -> None:
        super().__init__(parent, text="●", style="Dot.TLabel", cursor="hand2", takefocus=False)
        self.text = ""
        Tooltip(self, lambda: self.text, theme)
        self.bind("<ButtonRelease-1>", lambda event: go_back())
