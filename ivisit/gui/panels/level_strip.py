"""The values of a picture as bars, and its two levels to drag."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from typing import Any

import numpy as np

from ivisit.gui.panels.channels import counts_in, sampled
from ivisit.gui.panels.plotting import value_text
from ivisit.gui.toolkit.theme import Theme

#: Height at 96 dpi, and the number of bars.
HEIGHT, BARS = 74, 96
#: Pixels at 96 dpi within which the pointer takes a level.
REACH = 7
#: Part of the axis by which the levels must differ, and by which it is longer than needed.
LEAST, MARGIN = 1e-3, 0.02

Chosen = Callable[[float | None, float | None], None]


class LevelStrip(tk.Canvas):
    """A histogram of what a picture shows, with the levels as two lines.

    Dragging a line moves that level, dragging between them moves both, a click elsewhere brings the
    nearer one there, a double click makes them automatic. ``log`` counts logarithmically.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Colors and sizes.
    chosen : callable
        ``chosen(low, high)`` is called while the user drags; with None twice for automatic levels.

    Attributes
    ----------
    logarithmic : bool
        Whether the height of a bar is the logarithm of its count.
    levels : tuple of float
        The values that are shown darkest and brightest.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, chosen: Chosen) -> None:
        super().__init__(
            parent, highlightthickness=0, borderwidth=0, width=1, height=theme.pixels(HEIGHT)
        )
        self.theme = theme
        self.chosen = chosen
        self.logarithmic = False
        self.levels = (0.0, 1.0)
        self.counts = np.zeros(BARS, np.int64)
        #: Lowest and highest value of the axis.
        self.axis: tuple[float, float] | None = None
        self._values = np.zeros(0)
        self._movable = True
        #: What is held: distances from the pointer of those levels that move, and both levels.
        self._grip: tuple[tuple[float | None, ...], tuple[float, float]] | None = None
        self._bars = self.create_polygon(0, 0, 0, 0, 0, 0, width=0)
        self._lines = [self.create_line(0, 0, 0, 0, width=theme.pixels(2)) for _ in range(2)]
        self._texts = [self.create_text(0, 0, anchor=a, font="IvisitSmall") for a in ("sw", "se")]
        self._log = self.create_text(0, 0, text="log", anchor="s", font="IvisitSmall")
        self.bind("<Configure>", lambda event: self._draw(), add=True)
        self.bind("<ButtonPress-1>", self._press, add=True)
        self.bind("<B1-Motion>", self._drag, add=True)
        self.bind("<ButtonRelease-1>", self._release, add=True)
        self.bind("<Double-Button-1>", self._double, add=True)
        self.bind("<Motion>", self._point, add=True)
        self.color()

    def color(self) -> None:
        """Take over the colors of the theme."""
        palette = self.theme.palette
        self.configure(background=palette.surface)
        self.itemconfigure(self._bars, fill=palette.muted)
        for item in self._lines:
            self.itemconfigure(item, fill=palette.accent)
        for item in self._texts:
            self.itemconfigure(item, fill=palette.text)
        self._color_log()

    def _color_log(self) -> None:
        palette = self.theme.palette
        self.itemconfigure(self._log, fill=palette.accent if self.logarithmic else palette.muted)

    def refit(self) -> None:
        """Letters have another size."""
        self._draw()

    def show(self, picture: np.ndarray, low: float, high: float, *, movable: bool = True) -> None:
        """Show the values of a picture and its levels.

        Parameters
        ----------
        picture : ndarray
            Numbers of any shape, possibly masked.
        low, high : float
            The levels.
        movable : bool, optional
            Whether they can be changed.
        """
        self._values = sampled(picture)
        self.levels = (float(low), float(high))
        self._movable = movable
        if self._grip is None:
            self._fit_axis()
        if self.axis is not None:
            self.counts = counts_in(self._values, *self.axis, BARS)
        self._draw()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Count logarithmically, or not."""
        self.logarithmic = logarithmic
        self._color_log()
        self._draw()

    def _fit_axis(self) -> None:
        """Have the axis enclose values and levels; it changes rarely, else nothing can be taken."""
        ends = [*self.levels]
        if len(self._values):
            ends += [float(self._values.min()), float(self._values.max())]
        low, high = min(ends), max(ends)
        if not high > low:
            low, high = low - 0.5, high + 0.5
        span = high - low
        if not math.isfinite(span):
            self.axis = None
            return
        former = self.axis
        if former and former[0] <= low and high <= former[1] and 2 * span >= former[1] - former[0]:
            return
        self.axis = low - MARGIN * span, high + MARGIN * span

    # Drawing --------------------------------------------------------------------------------

    def _draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        if self.axis is None or width < 20 or height < 20:
            return
        px = self.theme.pixels
        text = int(str(self.tk.call("font", "metrics", "IvisitSmall", "-linespace")))
        bottom = height - text - px(2)
        heights = np.log1p(self.counts) if self.logarithmic else self.counts.astype(float)
        largest = heights.max(initial=0.0) or 1.0
        tops = bottom - heights / largest * (bottom - px(3))
        edges = np.linspace(0, width, BARS + 1)
        outline = np.empty((2 * BARS + 2, 2))
        outline[0], outline[-1] = (0, bottom), (width, bottom)
        outline[1:-1:2] = np.column_stack([edges[:-1], tops])
        outline[2:-1:2] = np.column_stack([edges[1:], tops])
        self.coords(self._bars, *outline.ravel().round(1).tolist())
        span = self.levels[1] - self.levels[0]
        for side, level in enumerate(self.levels):
            x = self._x_of(level)
            self.coords(self._lines[side], x, 0, x, bottom)
            self.coords(self._texts[side], 0 if side == 0 else width, height)
            self.itemconfigure(self._texts[side], text=value_text(level, span, 4))
        self.coords(self._log, width / 2, height)

    def _x_of(self, value: float) -> float:
        assert self.axis is not None
        low, high = self.axis
        return (value - low) / (high - low) * self.winfo_width()

    def _value_at(self, x: float) -> float:
        assert self.axis is not None
        low, high = self.axis
        return low + x / max(self.winfo_width(), 1) * (high - low)

    # Dragging -------------------------------------------------------------------------------

    def _taken_at(self, x: int) -> tuple[bool, bool]:
        """Return which of the two levels the pointer would move."""
        distances = [abs(self._x_of(level) - x) for level in self.levels]
        nearer = distances[1] < distances[0]
        if min(distances) <= self.theme.pixels(REACH):
            return not nearer, nearer
        if self.levels[0] < self._value_at(x) < self.levels[1]:
            return True, True
        return not nearer, nearer

    def _is_on_log(self, event: Any) -> bool:
        left, top, right, bottom = self.bbox(self._log)
        return bool(left <= event.x <= right and top <= event.y <= bottom)

    def _point(self, event: Any) -> None:
        if self.axis is None or not self._movable:
            cursor = ""
        elif self._is_on_log(event):
            cursor = "hand2"
        else:
            cursor = "fleur" if all(self._taken_at(event.x)) else "sb_h_double_arrow"
        if str(self.cget("cursor")) != cursor:
            self.configure(cursor=cursor)

    def _press(self, event: Any) -> None:
        if self.axis is None:
            return
        if self._is_on_log(event):
            self.set_logarithmic(not self.logarithmic)
            return
        if not self._movable:
            return
        here = self._value_at(event.x)
        taken = self._taken_at(event.x)
        near = min(abs(self._x_of(level) - event.x) for level in self.levels)
        # A level that is far away comes to the pointer.
        jumps = not all(taken) and near > self.theme.pixels(REACH)
        distances = tuple(
            None if not is_taken else 0.0 if jumps else level - here
            for level, is_taken in zip(self.levels, taken, strict=True)
        )
        self._grip = (distances, self.levels)
        if jumps:
            self._drag(event)

    def _drag(self, event: Any) -> None:
        if self._grip is None or self.axis is None:
            return
        distances, former = self._grip
        here = self._value_at(event.x)
        low, high = (
            level if distance is None else here + distance
            for distance, level in zip(distances, former, strict=True)
        )
        assert low is not None
        assert high is not None
        span = self.axis[1] - self.axis[0]
        if distances[1] is None:
            low = min(low, high - LEAST * span)
        elif distances[0] is None:
            high = max(high, low + LEAST * span)
        self.levels = _rounded(low, span), _rounded(high, span)
        self.chosen(*self.levels)

    def _release(self, event: Any) -> None:
        self._grip = None

    def _double(self, event: Any) -> None:
        if self._movable and not self._is_on_log(event):
            self._grip = None
            self.chosen(None, None)


def _rounded(value: float, span: float) -> float:
    """Round a level to what a drag can tell."""
    return round(value, 3 - math.floor(math.log10(span)))
