"""`ValueBox`: the values of several items as text that can be edited, one item a line."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any


class ValueBox(ttk.Frame):
    """A box of text with a button that takes it over; so does Ctrl-Enter.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    lines : int
        How many lines it shows.
    on_text : callable
        ``on_text(text)``: the user wants these values.
    """

    def __init__(self, parent: tk.Misc, lines: int, on_text: Callable[[str], Any]) -> None:
        super().__init__(parent)
        self.on_text = on_text
        self._shown_text = ""
        self.text = tk.Text(self, width=24, height=lines, wrap="none", highlightthickness=1)
        self.button = ttk.Button(self, text="Set", width=5, command=self.enter)
        self.text.grid(row=0, column=0, sticky="ew")
        self.button.grid(row=0, column=1, sticky="ne", padx=(4, 0))
        self.columnconfigure(0, weight=1)
        self.text.bind("<Control-Return>", self._enter_key)
        self.text.bind("<Escape>", lambda event: self.show(self._shown_text))

    def show(self, text: str) -> None:
        """Display a text, whatever has been typed."""
        self._shown_text = text
        self.text.replace("1.0", "end-1c", text)

    def is_editing(self) -> bool:
        """Tell whether something has been typed that was not taken over."""
        return self.content() != self._shown_text

    def content(self) -> str:
        """Return what stands in the box."""
        return self.text.get("1.0", "end-1c")

    def enter(self) -> None:
        """Take over what has been typed."""
        self.on_text(self.content())

    def _enter_key(self, event: Any) -> str:
        self.enter()
        return "break"  # the box's own reaction would add a line
