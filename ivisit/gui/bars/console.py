"""The console: what the simulation prints, as a page of the drawer."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.gui.drawers.page import Page

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Lines that are kept at the most.
MOST_LINES = 5000


class Console(Page):
    """Shows what ``print`` and warnings of the simulation say."""

    caption = "Console"

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window)
        self._told = False
        for text, command in (("Clear", self.clear), ("Copy", self.copy)):
            button = ttk.Button(self.tools, text=text, command=command)
            button.pack(side="right", padx=(px(6), 0))
        self.text = tk.Text(
            self, height=1, wrap="char", font="TkFixedFont", highlightthickness=0, padx=px(4)
        )
        self.text.configure(state="disabled")
        bar = ttk.Scrollbar(self, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.text.pack(side="left", fill="both", expand=True)

    def color(self) -> None:
        self.window.theme.color_text(self.text)

    def opened(self) -> None:
        self.text.see("end")

    def add(self, text: str) -> None:
        """Add what was printed; when it is the first time, say where it is to be read."""
        if not text:
            return
        at_end = self.text.yview()[1] > 0.999
        self.text.configure(state="normal")
        self.text.insert("end", text)
        lines = int(self.text.index("end-1c").split(".")[0])
        if lines > MOST_LINES:
            self.text.delete("1.0", f"{lines - MOST_LINES}.0")
        self.text.configure(state="disabled")
        if at_end:
            self.text.see("end")
        # A hint must not hide what somebody needs to know; a failure has a pane of its own.
        is_failure = self.window.engine.failure is not None
        if not (self._told or self.is_open or is_failure) and self.window.status.is_free:
            self._told = True
            self.window.say("The simulation prints; Ctrl-J shows it in the console")

    def clear(self) -> None:
        """Forget what was printed."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.text.configure(state="disabled")

    def copy(self) -> None:
        """Copy all that was printed."""
        self.window.copy(self.text.get("1.0", "end-1c"))
