"""`HintEntry`: a field that says what belongs into it while it is empty."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from ivisit.gui.toolkit.theme import Theme


class HintEntry(ttk.Entry):
    """A field for searching as one types; Escape empties it.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Sizes.
    hint : str
        What is shown while the field is empty.
    on_text : callable
        ``on_text(text)`` is called whenever the text is another one.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, hint: str, on_text: Callable[[str], object]
    ) -> None:
        super().__init__(parent)
        self.on_text = on_text
        self._former = ""
        self._left = theme.pixels(6)
        self.hint = ttk.Label(self, text=hint, style="Hint.TLabel", takefocus=False, cursor="xterm")
        self.hint.bind("<ButtonPress-1>", lambda event: self.focus_set())
        self.bind("<KeyRelease>", lambda event: self.follow(), add=True)
        for event in ("<<Paste>>", "<<Cut>>", "<<PasteSelection>>"):
            self.bind(event, lambda event: self.after_idle(self.follow), add=True)
        self.bind("<Escape>", self._escape)
        self._show_hint()

    def follow(self) -> None:
        """Tell of another text, if it is one."""
        text = self.get()
        if text != self._former:
            self._former = text
            self._show_hint()
            self.on_text(text)

    def set(self, text: str) -> None:
        """Put a text into the field."""
        self.delete(0, "end")
        self.insert(0, text)
        self.follow()

    def _show_hint(self) -> None:
        if self._former:
            self.hint.place_forget()
        else:
            self.hint.place(x=self._left, rely=0.5, anchor="w")

    def _escape(self, event: Any) -> str | None:
        if not self.get():
            return None
        self.set("")
        return "break"  # the window has another use for the key
