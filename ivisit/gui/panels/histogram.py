"""How values are distributed, as bars."""

from __future__ import annotations

from typing import cast

import numpy as np
from PIL import Image

from ivisit.gui.panels.plot import PlotPanel, Tick, rgb
from ivisit.gui.panels.plotting import nice_limits, nice_step, telling_ticks, tick_text
from ivisit.gui.panels.scales import LinearScale
from ivisit.gui.panels.strokes import mask
from ivisit.panels import Histogram
from ivisit.recording import Frame


class HistogramWidget(PlotPanel):
    """Widget of a `Histogram`."""

    is_timeline = False
    smallest = (200, 150)
    natural = (420, 240)

    def _build(self) -> None:
        self._table = np.empty((0, 3))
        super()._build()

    def show(self, frame: Frame) -> None:
        table = frame.outputs.get(self.name)
        if table is None:
            table = np.empty((0, 3))
        if np.array_equal(table, self._table):
            return
        self._table = table
        self.set_note(f"{table[:, 2].sum():,.0f} values" if len(table) else "")
        self.redraw_soon()

    @property
    def is_empty(self) -> bool:
        """Whether no values have been counted."""
        return not len(self._table)

    def tallest(self) -> float:
        """Return the largest count that the axis has to show."""
        return float(self._table[:, 2].max(initial=0.0))

    def last_step(self) -> int:
        return 0

    def horizontal(self) -> tuple[float, float]:
        if not len(self._table):
            return 0.0, 1.0
        return float(self._table[0, 0]), float(self._table[-1, 1])

    def horizontal_ticks(self, limits: tuple[float, float], width: int) -> list[Tick]:
        distance = nice_step(limits[1] - limits[0], max(width // self.host.theme.pixels(60), 1))
        marks, distance = telling_ticks(*limits, distance)
        shown = [(value, tick_text(value, distance)) for value in marks]
        unit = cast(Histogram, self.panel).unit
        if unit and shown:
            shown[-1] = (shown[-1][0], f"{shown[-1][1]} {unit}")
        return shown

    def vertical(self, first: float, last: float, height: int) -> tuple[float, float, list[Tick]]:
        largest = self.tallest() or 1.0
        count = max(height // self.host.theme.pixels(34), 2)
        top = nice_limits(0.0, largest, count)[1]
        return 0.0, top, LinearScale().ticks(0.0, top, count)

    def paint(self, picture: Image.Image) -> None:
        width, height = picture.size
        cover = np.zeros((height, width), np.float32)
        edges = np.round(self.x_of(np.append(self._table[:, 0], self._table[-1:, 1]))).astype(int)
        tops = self.y_of(self._table[:, 2])
        for left, right, top in zip(edges[:-1], edges[1:], tops, strict=True):
            whole = int(top)
            bar = slice(left, max(right - (right - left > 3), left + 1))
            cover[min(whole + 1, height) :, bar] = 1
            if whole < height:
                cover[whole, bar] = whole + 1 - top
        picture.paste(rgb(self.host.theme.palette.lines[0]), None, mask(cover))
