"""A fixed text."""

from __future__ import annotations

import logging
import tkinter as tk
from tkinter import ttk
from tkinter.font import Font
from typing import Any, cast

from ivisit.gui.panels.base import PanelWidget
from ivisit.panels import Comment
from ivisit.recording import Frame

logger = logging.getLogger(__name__)


class CommentWidget(PanelWidget):
    """Widget of a `Comment`; the text is broken where the panel ends."""

    group = "text"
    smallest = (180, 60)
    natural = (300, 80)

    def _build(self) -> None:
        comment = cast(Comment, self.panel)
        self.text = ttk.Label(
            self.body, text=comment.text, style="Card.TLabel", justify="left", anchor="nw"
        )
        #: Height of the text where it is as wide as usual, as soon as that has been measured.
        self._height: int | None = None
        self._dress(comment)
        self.text.grid(row=0, column=0, sticky="nsew")
        self.bind("<Configure>", self._wrap, add=True)
        self.menu = self.new_menu()
        self.menu.add_command(label="Copy text", command=lambda: self.host.copy(comment.text))

    def _dress(self, comment: Comment) -> None:
        """Give the text its own font and color, where it has such."""
        if comment.font or comment.size or comment.style:
            usual = Font(font="TkDefaultFont").actual()
            words = comment.style.split()
            font = Font(
                family=comment.font or usual["family"],
                size=comment.size or usual["size"],
                weight="bold" if "bold" in words else "normal",
                slant="italic" if "italic" in words else "roman",
                underline="underline" in words,
                overstrike="overstrike" in words,
            )
            self.text.configure(font=font)
            self._font = font  # Tk forgets a font to which nobody refers
        if comment.color:
            try:
                self.text.configure(foreground=comment.color)
            except tk.TclError:
                logger.warning("%s: there is no color %r", comment.name, comment.color)

    def show(self, frame: Frame) -> None:
        """Nothing: the text is fixed."""

    def _wrap(self, event: Any) -> None:
        self.text.configure(wraplength=event.width - self.host.theme.pixels(22))

    def smallest_size(self) -> tuple[int, int]:
        px = self.host.theme.pixels
        if self._height is None:
            shown = self.text.cget("wraplength")
            self.text.configure(wraplength=px(self.natural[0]))
            self._height = self.text.winfo_reqheight()
            self.text.configure(wraplength=shown)
        height = self.heading.winfo_reqheight() + self._height + px(20)
        return px(self.smallest[0]), max(height, px(self.smallest[1]))

    def refit(self) -> None:
        self._height = None

    def natural_size(self) -> tuple[int, int]:
        width, height = self.smallest_size()
        return max(width, self.host.theme.pixels(self.natural[0])), height
