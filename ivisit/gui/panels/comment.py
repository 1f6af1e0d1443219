"""A fixed text."""

from __future__ import annotations

from tkinter import ttk
from typing import Any, cast

from ivisit.gui.panels.base import PanelWidget
from ivisit.panels import Comment
from ivisit.recording import Frame


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
        self.text.grid(row=0, column=0, sticky="nsew")
        self.bind("<Configure>", self._wrap, add=True)

    def show(self, frame: Frame) -> None:
        """Nothing: the text is fixed."""

    def _wrap(self, event: Any) -> None:
        self.text.configure(wraplength=event.width - self.host.theme.pixels(22))

    def smallest_size(self) -> tuple[int, int]:
        px = self.host.theme.pixels
        self.text.configure(wraplength=px(300))
        height = self.heading.winfo_reqheight() + self.text.winfo_reqheight() + px(20)
        return px(self.smallest[0]), max(height, px(self.smallest[1]))

    def natural_size(self) -> tuple[int, int]:
        width, height = self.smallest_size()
        return max(width, self.host.theme.pixels(self.natural[0])), height
