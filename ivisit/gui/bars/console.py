"""The console: what the simulation prints, in a drawer that can be opened and closed."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Lines that are kept at the most.
MOST_LINES = 5000


class Console(ttk.Frame):
    """Shows what ``print`` and warnings of the simulation say; hidden until it is wanted."""

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window.root, style="Card.TFrame", padding=px(6))
        self.window = window
        self._told = False
        head = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        head.pack(fill="x")
        ttk.Label(head, text="Console", style="CardHeading.TLabel").pack(side="left")
        for text, command in (("Close", self.hide), ("Clear", self.clear), ("Copy", self.copy)):
            button = ttk.Button(head, text=text, command=command)
            button.pack(side="right", padx=(px(6), 0))
        body = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        body.pack(fill="both", expand=True, pady=(px(4), 0))
        self.text = tk.Text(
            body, height=8, wrap="char", font="TkFixedFont", highlightthickness=0, padx=px(4)
        )
        self.text.configure(state="disabled")
        bar = ttk.Scrollbar(body, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.text.pack(side="left", fill="both", expand=True)

    def color(self) -> None:
        """Take over the colors of the theme."""
        self.window.theme.color_text(self.text)

    @property
    def is_open(self) -> bool:
        """Whether the drawer is open."""
        return bool(self.winfo_manager())

    def toggle(self) -> None:
        """Open the drawer, or close it."""
        if self.is_open:
            self.hide()
        else:
            self.window.place_drawer(self)
            self.text.see("end")

    def hide(self) -> None:
        """Close the drawer."""
        self.pack_forget()

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
