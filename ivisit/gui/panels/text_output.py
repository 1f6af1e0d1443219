"""A text that the simulation writes."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, cast

from ivisit.gui.panels.base import PanelWidget
from ivisit.panels import TextOutput
from ivisit.recording import Frame

#: A longer text is cut in the window: Tk would need seconds for it.
LONGEST = 100_000
#: Lines for which there is room before there is a text, and at the most if none are declared.
FEWEST_LINES, MOST_LINES = 3, 8


class TextOutputWidget(PanelWidget):
    """Widget of a `TextOutput`; it can be selected and copied, and scrolls when it is long."""

    group = "text"
    smallest = (200, 96)
    natural = (300, 120)

    def _build(self) -> None:
        self.text = tk.Text(
            self.body, width=10, height=1, wrap="word", highlightthickness=0, state="disabled"
        )
        self.bar = ttk.Scrollbar(self.body, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=self._scrolled)  # type: ignore[arg-type]
        self.text.grid(row=0, column=0, sticky="nsew")
        self.text.tag_configure("all", justify=cast(Any, self.panel).align)
        self._shown: str | None = None
        declared = cast(TextOutput, self.panel).lines
        #: Lines for which there is room, and whether that is final: a card must not jump.
        self._lines, self._settled = declared or FEWEST_LINES, declared is not None
        self._has_grown = False
        self.color()
        self.menu = self.new_menu()
        self.menu.add_command(label="Copy text", command=lambda: self.host.copy(self._shown or ""))

    def _scrolled(self, first: str, last: str) -> None:
        self.bar.set(first, last)
        needed = float(first) > 0 or float(last) < 1
        if needed and not self.bar.winfo_manager():
            self.bar.grid(row=0, column=1, sticky="ns")
        elif not needed and self.bar.winfo_manager():
            self.bar.grid_remove()

    def smallest_size(self) -> tuple[int, int]:
        width, least = super().smallest_size()
        if self._lines == FEWEST_LINES:
            return width, least
        line = int(str(self.tk.call("font", "metrics", self.text.cget("font"), "-linespace")))
        return width, self._lines * line + self.frame_size()[1] + self.host.theme.pixels(6)

    def natural_size(self) -> tuple[int, int]:
        width, height = super().natural_size()
        return width, max(height, self.smallest_size()[1])

    def has_grown(self) -> bool:
        grown, self._has_grown = self._has_grown, False
        return grown

    def _ask_for_room(self, text: str) -> None:
        """Ask once for as many lines as the first text has."""
        self._settled = True
        lines = min(text.rstrip().count("\n") + 1, MOST_LINES)
        if lines > self._lines:
            self._lines, self._has_grown = lines, True

    def color(self) -> None:
        self.host.theme.color_text(self.text)

    def show(self, frame: Frame) -> None:
        text = frame.outputs.get(self.name, "")
        if text == self._shown:
            return
        self._shown = text
        if text and not self._settled:
            self._ask_for_room(text)
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]}\n... ({len(text) - LONGEST} more characters)"
        position = self.text.yview()[0]
        self.text.configure(state="normal")
        self.text.replace("1.0", "end-1c", text, "all")
        self.text.configure(state="disabled")
        if position:
            self.text.yview_moveto(position)

    def event_widget(self) -> tk.Misc:
        return self.text
