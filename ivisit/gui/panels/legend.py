"""`Legend`: names, colors and values of a plot's lines; a click hides a line."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

from ivisit.gui.toolkit.theme import Theme

#: Rows at the most; further entries are not shown.
MOST_ROWS = 3


@dataclass
class Line:
    """One line of a plot.

    Attributes
    ----------
    name : str
        What the legend calls it.
    color : str
        Its colour, ``#rrggbb``.
    visible : bool
        Whether it is drawn.
    """

    name: str
    color: str
    visible: bool = True


class Legend:
    """Rows of entries at the top of a canvas.

    Parameters
    ----------
    canvas : tkinter.Canvas
        Where to draw.
    theme : Theme
        Colours and sizes.
    changed : callable
        ``changed()`` is called when a line was hidden or shown.
    """

    def __init__(self, canvas: tk.Canvas, theme: Theme, changed: Callable[[], None]) -> None:
        self.canvas = canvas
        self.theme = theme
        self.changed = changed
        self.lines: list[Line] = []
        self._texts: list[str] = []
        self._arranged: tuple[object, ...] = ()
        self._with_values = True
        self.height = 0

    def arrange(self, left: int, width: int, height: int) -> None:
        """Place the entries in `width` pixels from `left` on, where that has changed.

        They take at most a third of `height`.
        """
        state = (
            left,
            width,
            height,
            tuple((line.name, line.color, line.visible) for line in self.lines),
        )
        if state == self._arranged:
            return
        self._arranged = state
        self.canvas.delete("legend")
        if len(self._texts) != len(self.lines):
            self._texts = [line.name for line in self.lines]
        if len(self.lines) < 2:
            self.height = 0
            return
        px = self.theme.pixels
        row_height = self._measure_height() + px(3)
        most = min(MOST_ROWS, max(height // 3 // row_height, 1))
        # Room for the value, so that entries do not move with every digit.
        wanted = max(self._measure(f"{line.name}  -0.0000") for line in self.lines) + px(32)
        columns = max(width // wanted, 1)
        self._with_values = columns * most >= len(self.lines)
        if self._with_values:
            places = [(i % columns * wanted, i // columns) for i in range(len(self.lines))]
        else:
            self._texts = [line.name for line in self.lines]
            places = self._packed(width, most)
        self.height = (places[-1][1] + 1) * row_height + px(2)
        for index, (x, row) in enumerate(places):
            self._make(index, left + x, px(3) + row * row_height + row_height // 2)
        self._say_rest(len(places), left + width)

    def _packed(self, width: int, most: int) -> list[tuple[int, int]]:
        """Return x and row of the entries without their values, as many as there is room for."""
        px = self.theme.pixels
        places, x, row = [], 0, 0
        for line in self.lines:
            wanted = self._measure(line.name) + px(30)
            if x and x + wanted > width:
                x, row = 0, row + 1
            if row == most:
                break
            places.append((x, row))
            x += wanted
        return places

    def _say_rest(self, placed: int, right: int) -> None:
        """Say how many entries have no room."""
        if placed < len(self.lines):
            self.canvas.create_text(
                right,
                self.height // 2,
                anchor="e",
                text=f"+{len(self.lines) - placed}",
                font="IvisitSmall",
                fill=self.theme.palette.muted,
                tags=("legend",),
            )

    def _make(self, index: int, x: int, y: int) -> None:
        px, line, tag = self.theme.pixels, self.lines[index], f"entry{index}"
        palette = self.theme.palette
        stroke = line.color if line.visible else palette.border
        self.canvas.create_line(x, y, x + px(14), y, fill=stroke, width=px(3), tags=("legend", tag))
        self.canvas.create_text(
            x + px(19),
            y,
            anchor="w",
            text=self._texts[index],
            font="IvisitSmall",
            fill=palette.text if line.visible else palette.muted,
            tags=("legend", tag, f"text{index}"),
        )
        self.canvas.tag_bind(tag, "<ButtonPress-1>", lambda event: self.toggle(index))
        self.canvas.tag_bind(tag, "<Enter>", lambda event: self.canvas.configure(cursor="hand2"))
        self.canvas.tag_bind(tag, "<Leave>", lambda event: self.canvas.configure(cursor=""))

    def forget(self) -> None:
        """Letters have another size: arrange the entries anew."""
        self._arranged = ()

    def toggle(self, index: int) -> None:
        """Hide a line, or show it again."""
        self.lines[index].visible = not self.lines[index].visible
        self.changed()

    def show_values(self, values: list[str]) -> None:
        """Show a value behind each name, where there is room for all of them."""
        if not self._with_values:
            return
        for index, (line, value) in enumerate(zip(self.lines, values, strict=True)):
            text = f"{line.name}  {value}" if value else line.name
            # A call into Tk may cost as much as drawing: only for what has changed.
            if index < len(self._texts) and self._texts[index] != text:
                self._texts[index] = text
                self.canvas.itemconfigure(f"text{index}", text=text)

    def _measure(self, text: str) -> int:
        return int(str(self.canvas.tk.call("font", "measure", "IvisitSmall", text)))

    def _measure_height(self) -> int:
        return int(str(self.canvas.tk.call("font", "metrics", "IvisitSmall", "-linespace")))
