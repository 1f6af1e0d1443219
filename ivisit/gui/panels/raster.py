"""Which units are active, as dots against time."""

from __future__ import annotations

from typing import cast

import numpy as np
from PIL import Image

from ivisit.gui.panels.plot import PlotPanel, Tick, rgb
from ivisit.gui.panels.scales import LinearScale
from ivisit.gui.panels.strokes import mask
from ivisit.panels import Raster
from ivisit.recording import Frame

#: Entries that are kept for drawing; older ones are dropped.
MOST_ENTRIES = 2**20
#: Spans that the menu offers, in steps.
SPANS = (100, 500, 1000, 5000, 20_000)
#: Largest dot at 96 dpi.
LARGEST_DOT = 4


class RasterWidget(PlotPanel):
    """Widget of a `Raster`: a dot for every active unit, the latest step on the right."""

    smallest = (220, 160)
    natural = (420, 260)

    def _build(self) -> None:
        self._entries = np.empty((0, 2), np.int64)
        self._new: list[np.ndarray] = []
        self._last_step = 0
        super()._build()
        raster = cast(Raster, self.panel)
        self.span = raster.span
        self.new_menu()
        spans = self.choices("Span", "span", self.set_span)
        spans.add("Whole run", None)
        for span in sorted({*SPANS, raster.span}):
            spans.add(f"Latest {span:,} steps", span)
        spans.show(self.span)
        self.menu.add_command(label="Show all again", command=self.show_all)

    def show(self, frame: Frame) -> None:
        if self.begins_anew(frame.run):
            self._entries = np.empty((0, 2), np.int64)
            self._new.clear()
        entries = frame.rasters.get(self.name)
        if entries is None or (frame.steps == self._last_step and not len(entries)):
            return
        self._last_step = frame.steps
        if len(entries):
            self._new.append(entries)
        active = frame.outputs.get(self.name)
        self.set_note("" if active is None else f"{len(active)} active")
        self.redraw_soon()

    def last_step(self) -> int:
        return self._last_step

    def vertical(self, first: float, last: float, height: int) -> tuple[float, float, list[Tick]]:
        count = cast(Raster, self.panel).n_units
        scale = LinearScale()
        marks = scale.ticks(0, max(count - 1, 1), max(height // self.host.theme.pixels(34), 2))
        return -0.5, count - 0.5, [(p, text) for p, text in marks if p.is_integer() and p < count]

    def paint(self, picture: Image.Image) -> None:
        if self._new:
            self._entries = np.concatenate([self._entries, *self._new])[-MOST_ENTRIES:]
            self._new.clear()
        first, last = self.limits[:2]
        begin, end = np.searchsorted(self._entries[:, 0], (first, last + 1))
        steps, units = self._entries[begin:end].T
        cover = dots(self.x_of(steps), self.y_of(units), picture.size, self._dot(picture.size))
        color = self.host.theme.palette.lines[0]
        picture.paste(rgb(color), None, mask(cover))

    def _dot(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of a dot: as large as its step and unit have room."""
        first, last, low, high = self.limits
        largest = self.host.theme.pixels(LARGEST_DOT)
        room = size[0] / (last - first), size[1] / (high - low)
        return tuple(min(max(int(r) - (r >= 4), 1), largest) for r in room)  # type: ignore[return-value]


def dots(x: np.ndarray, y: np.ndarray, size: tuple[int, int], dot: tuple[int, int]) -> np.ndarray:
    """Return which pixels rectangular dots with these middles cover.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Middles in pixels, from the upper left corner.
    size, dot : tuple of int
        Width and height of the picture and of a dot.

    Returns
    -------
    ndarray of float32, shape (height, width)
        0 or 1.
    """
    width, height = size
    # A margin around takes the parts of dots that lie outside.
    margin = max(dot)
    cover = np.zeros((height + 2 * margin, width + 2 * margin), np.float32)
    column = np.clip(np.floor(x - (dot[0] - 1) / 2).astype(np.int64), -margin, width) + margin
    row = np.clip(np.floor(y - (dot[1] - 1) / 2).astype(np.int64), -margin, height) + margin
    for down in range(dot[1]):
        for right in range(dot[0]):
            cover[row + down, column + right] = 1
    return cover[margin : margin + height, margin : margin + width]
