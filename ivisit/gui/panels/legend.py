"""`Legend`: names, colors and values of a plot's lines; a click hides a line."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

from ivisit.gui.toolkit.shortening import shortened
from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.toolkit.tooltip import Tooltip

#: Rows at the most; further entries are not shown.
MOST_ROWS = 3
#: Letters of a name that must stay where it is cut.
LEAST_LETTERS = 9


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
        #: The names as they fit, and what is written: values behind them.
        self._names: list[str] = []
        self._texts: list[str] = []
        self._pointed: int | None = None
        self._tooltip = Tooltip(canvas, self._hint, theme)
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
        if len(self.lines) < 2:
            self.height = 0
            return
        px = self.theme.pixels
        row_height = self._measure_height() + px(3)
        most = min(MOST_ROWS, max(height // 3 // row_height, 1))
        places = self._in_columns(width, most) or self._packed(width, most)
        self.height = (places[-1][1] + 1) * row_height + px(2)
        for index, (x, row) in enumerate(places):
            self._make(index, left + x, px(3) + row * row_height + row_height // 2)
        self._say_rest(len(places), left + width)

    def _in_columns(self, width: int, most: int) -> list[tuple[int, int]]:
        """Return x and row of the entries with their values; nothing where there is no room.

        Names give way to values, and lose their middle, but not so much that one is not told from
        the other.
        """
        px, names = self.theme.pixels, [line.name for line in self.lines]
        # Room for the value, so that entries do not move with every digit.
        around = self._measure("  -0.0000") + px(32)
        wanted = max(map(self._measure, names)) + around
        columns = max(width // wanted, 1)
        if columns * most < len(names) or wanted > width:
            columns = max(columns, -(-len(names) // most))
            wanted = width // columns
        self._names = [self._cut(name, wanted - around) for name in names]
        self._with_values = all(_is_told(*pair) for pair in zip(self._names, names, strict=True))
        self._texts = list(self._names)
        if not self._with_values:
            return []
        return [(i % columns * wanted, i // columns) for i in range(len(names))]

    def _packed(self, width: int, most: int) -> list[tuple[int, int]]:
        """Return x and row of the entries without their values, as many as there is room for."""
        around, count = self.theme.pixels(30), len(self.lines)
        self._names = [self._cut(line.name, width - around) for line in self.lines]
        places, x, row = [], 0, 0
        for name in self._names:
            wanted = self._measure(name) + around
            if x and x + wanted > width:
                x, row = 0, row + 1
            if row == most:
                break
            places.append((x, row))
            x += wanted
        if len(places) < count:
            columns = -(-count // most)
            wanted = width // columns
            cut = [self._cut(line.name, wanted - around) for line in self.lines]
            if all(_is_told(short, line.name) for short, line in zip(cut, self.lines, strict=True)):
                self._names = cut
                places = [(i % columns * wanted, i // columns) for i in range(count)]
        self._texts = list(self._names)
        return places

    def _cut(self, name: str, width: int) -> str:
        return shortened(name, lambda text: self._measure(text) <= width)

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
        self.canvas.tag_bind(tag, "<Enter>", lambda event: self._point_at(index))
        self.canvas.tag_bind(tag, "<Leave>", lambda event: self._point_at(None))

    def _point_at(self, index: int | None) -> None:
        self._pointed = index
        self.canvas.configure(cursor="" if index is None else "hand2")
        if index is None:
            self._tooltip.hide()
        else:
            self._tooltip.wait()

    def _hint(self) -> str:
        """Return the whole name of the entry under the pointer, where it is cut."""
        if self._pointed is None or self._pointed >= len(self.lines):
            return ""
        name = self.lines[self._pointed].name
        return "" if self._names[self._pointed] == name else name

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
        for index, (name, value) in enumerate(zip(self._names, values, strict=True)):
            text = f"{name}  {value}" if value else name
            # A call into Tk may cost as much as drawing: only for what has changed.
            if index < len(self._texts) and self._texts[index] != text:
                self._texts[index] = text
                self.canvas.itemconfigure(f"text{index}", text=text)

    def _measure(self, text: str) -> int:
        return int(str(self.canvas.tk.call("font", "measure", "IvisitSmall", text)))

    def _measure_height(self) -> int:
        return int(str(self.canvas.tk.call("font", "metrics", "IvisitSmall", "-linespace")))


def _is_told(cut: str, name: str) -> bool:
    """Tell whether enough of a name has stayed."""
    return cut == name or len(cut) >= LEAST_LETTERS
