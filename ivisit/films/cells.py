"""Cells of a scene: one kind for pictures, one for lines against time, one for all else."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ivisit import panels
from ivisit.films.kept import Kept
from ivisit.looks import FigureView
from ivisit.panels.base import Painter, Panel, painted
from ivisit.recording import component_name
from ivisit.rendering import levels

Size = tuple[int, int]

#: Columns of pixels that a line is thinned to: as many as can be seen.
MOST_COLUMNS = 2000
#: Colors of letters and lines.
TEXT = "#1d232d"
LINES = ("#2667d8", "#d4601c", "#2a8a57", "#8b4fc4", "#b8304f", "#0f8a9d", "#96750f", "#5f6b7a")


@lru_cache(maxsize=8)
def letters(size: int, name: str = "DejaVuSans") -> Any:
    """Return letters that come with Matplotlib: they are the same everywhere."""
    import matplotlib

    path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")
    return ImageFont.truetype(str(path), size)


@dataclass(frozen=True)
class Moment:
    """What a simulation shows at one moment.

    Attributes
    ----------
    step : int
        Finished steps.
    shown : mapping
        Panel name to a copy of its value, figures left out.
    held : mapping
        Panel name to the value itself, among them figures.
    steps, columns : ndarray, dict
        The recorded traces; see `Recorder.table`.
    rasters : dict
        The recorded rasters; see `SparseRecorder.table`.
    duration, unit : float, str
        What a step is in time.
    """

    step: int
    shown: Mapping[str, Any]
    held: Mapping[str, Any]
    steps: np.ndarray
    columns: Mapping[str, np.ndarray]
    rasters: Mapping[str, np.ndarray]
    duration: float
    unit: str


def make_cell(
    group: Sequence[Panel[Any]], *, last_step: int | None, view: Mapping[str, Any]
) -> Cell:
    """Return the cell for panels that are drawn together."""
    panel = group[0]
    if isinstance(panel, panels.Trace):
        return TraceCell(group, last_step, view)
    if isinstance(panel, panels.Raster):
        return RasterCell(group, last_step, view)
    if isinstance(panel, panels.Image):
        return ImageCell(group, last_step, view)
    kind = TextCell if isinstance(panel, panels.TextOutput) else Cell
    return kind(group, last_step, view)


class Cell:
    """Shows panels; this kind takes what a panel paints or plots itself.

    Attributes
    ----------
    legend : list of (str, str)
        Labels and colors of lines, for the heading.
    kept : Kept
        Remembers the figures of the simulation that are painted.
    """

    #: Whether the cell has a heading also where it stands alone.
    has_heading = False
    #: Whether a few lines are enough.
    is_text = False

    def __init__(
        self, group: Sequence[Panel[Any]], last_step: int | None, view: Mapping[str, Any]
    ) -> None:
        self.panels = list(group)
        self.last_step = last_step
        self.view = view
        panel = self.panels[0]
        self.title = getattr(panel, "plot_name", "") or panel.label
        self.legend: list[tuple[str, str]] = []
        self._painter: tuple[Any, Painter] | None = None
        self._figure: Any = None
        self._own_painter: Painter | None = None
        self._range: tuple[float, float] | None = None
        self.kept = Kept()

    def picture(self, moment: Moment, size: Size) -> Image.Image:
        """Return a picture of `size`, or of a smaller one with the right proportions."""
        panel = self.panels[0]
        held = moment.held.get(panel.name)
        if held is None:
            return Image.new("RGBA", size, (0, 0, 0, 0))
        painter = self._painter_of(held)
        if isinstance(panel, panels.Figure):
            self.kept.note(held)
        value = (
            moment.shown.get(panel.name) if painter is None else painted(painter, FigureView(size))
        )
        if painter is not None and isinstance(value, np.ndarray):
            return Image.fromarray(value)
        axes = self._axes()
        axes.clear()
        type(panel).plot(axes, value, panel.describe())
        return self._drawn(size)

    def _painter_of(self, value: Any) -> Painter | None:
        """Return what paints a value; it is the film's own, for the film's own size."""
        if self._painter is not None and self._painter[0] is value:
            return self._painter[1]
        painter = self.panels[0].painter(value)
        self._painter = None if painter is None else (value, painter)
        return painter

    def _axes(self) -> Any:
        """Return the axes in which the cell draws."""
        if self._figure is None:
            from matplotlib.figure import Figure

            from ivisit.rasterizing import Rasterizer

            self._figure = Figure(figsize=(4.0, 3.0), dpi=100)
            self._figure.subplots()
            self._own_painter = Rasterizer(self._figure)
        return self._figure.axes[0]

    def _drawn(self, size: Size) -> Image.Image:
        assert self._own_painter is not None
        return Image.fromarray(self._own_painter.pixels(*size))


class TextCell(Cell):
    """Shows as much of a text as there is room for."""

    is_text = True

    def picture(self, moment: Moment, size: Size) -> Image.Image:
        image = Image.new("RGBA", size, (0, 0, 0, 0))
        text = str(moment.shown.get(self.panels[0].name, ""))
        font = letters(13, "DejaVuSansMono")
        columns = max(int(size[0] / font.getlength("m")), 1)
        lines = [
            part for line in text.splitlines() for part in textwrap.wrap(line, columns) or [""]
        ]
        ImageDraw.Draw(image).multiline_text((0, 0), "\n".join(lines), TEXT, font=font)
        return image


class ImageCell(Cell):
    """Shows a picture, its pixels visible, with the color map and levels of the panel."""

    def shape(self, moment: Moment) -> tuple[int, int] | None:
        """Return height and width of the picture; None where there is none yet."""
        picture = moment.shown.get(self.panels[0].name)
        return None if picture is None else picture.shape[:2]

    def picture(self, moment: Moment, size: Size) -> Image.Image:
        panel = self.panels[0]
        assert isinstance(panel, panels.Image)
        picture = moment.shown.get(panel.name)
        if picture is None:
            return Image.new("RGBA", size, (0, 0, 0, 0))
        if look := self.view.get("look"):
            shown, low, high = look(picture)
        else:
            shown, (low, high) = picture, levels(picture, panel.vmin, panel.vmax)
        pixels = panel.pixels(shown, low, high, self.view.get("color_map", panel.cmap))
        image = Image.fromarray(np.ascontiguousarray(pixels))
        factor = min(size[0] / image.width, size[1] / image.height)
        if factor >= 2:
            factor = int(factor)  # all pixels equally large
        wanted = max(round(image.width * factor), 1), max(round(image.height * factor), 1)
        sharp = factor >= 1 and not self.view.get("smooth", panel.smooth)
        kind = Image.Resampling.NEAREST if sharp else Image.Resampling.BILINEAR
        return image if wanted == image.size else image.resize(wanted, kind)


class TraceCell(Cell):
    """Shows recorded numbers as lines against time."""

    has_heading = True

    def picture(self, moment: Moment, size: Size) -> Image.Image:
        axes = self._axes()
        rows = [row for panel in self.panels for row in _lines_of(panel, moment)]
        if not axes.lines:
            self._begin(axes, [label for label, _ in rows], moment)
        x = moment.steps * moment.duration
        for line, (_, values) in zip(axes.lines, rows, strict=True):
            line.set_data(*thinned(x, values))
        self._scale(axes, rows, moment)
        return self._drawn(size)

    def _begin(self, axes: Any, labels: list[str], moment: Moment) -> None:
        for index, label in enumerate(labels):
            color = LINES[index % len(LINES)]
            axes.plot([], [], color=color, linewidth=1.2)
            if len(labels) > 1:
                self.legend.append((label, color))
        axes.set_xlabel(f"time ({moment.unit})" if moment.unit else "step")
        axes.set_ylabel(getattr(self.panels[0], "unit", ""))
        # Below the lines, so that it need not be drawn again with each of them.
        axes.set_axisbelow(True)

    def _scale(self, axes: Any, rows: list[tuple[str, np.ndarray]], moment: Moment) -> None:
        panel = self.panels[0]
        assert isinstance(panel, panels.Trace)
        self._scale_values(axes, panel, np.concatenate([row for _, row in rows] or [np.empty(0)]))
        end = max(self.last_step or 0, moment.step, 1)
        first = max(moment.step - panel.span, 0) if panel.span else 0
        end = first + panel.span if panel.span and first else min(end, panel.span or end)
        axes.set_xlim(first * moment.duration, end * moment.duration)

    def _scale_values(self, axes: Any, panel: panels.Trace[Any], values: np.ndarray) -> None:
        """Let the value axis hold all values; it grows seldom, so that a film does not tremble."""
        finite = values[np.isfinite(values)]
        scale: str = panel.scale
        if scale == "log" and (finite < 0).any():
            scale = "symlog"
        elif scale == "log" and not (finite > 0).any():
            scale = "linear"
        if axes.get_yscale() != scale:
            axes.set_yscale(scale)
        if not finite.size:
            return
        low, high = float(finite.min()), float(finite.max())
        if self._range is None or low < self._range[0] or high > self._range[1]:
            if self._range is not None and scale == "linear":
                room = 0.2 * (high - low)
                low, high = (
                    low - room * (low < self._range[0]),
                    high + room * (high > self._range[1]),
                )
            self._range = low, high
            axes.dataLim.intervaly = self._range
            axes.dataLim.minpos[1] = finite[finite > 0].min(initial=np.inf)
            axes.autoscale_view(scalex=False)
            if panel.vmin is not None or panel.vmax is not None:
                axes.set_ylim(panel.vmin, panel.vmax)


class RasterCell(Cell):
    """Shows the active units of the latest steps as dots."""

    def picture(self, moment: Moment, size: Size) -> Image.Image:
        panel = self.panels[0]
        assert isinstance(panel, panels.Raster)
        axes = self._axes()
        if not axes.lines:
            axes.plot([], [], "k,")
            axes.set(xlabel=f"time ({moment.unit})" if moment.unit else "step", ylabel=panel.unit)
            axes.set_ylim(-0.5, panel.n_units - 0.5)
        entries = moment.rasters.get(panel.name, np.empty((0, 2), np.int64))
        first = max(moment.step - panel.span, 0)
        # Entries are in the order of their steps.
        recent = entries[np.searchsorted(entries[:, 0], first) :]
        axes.lines[0].set_data(recent[:, 0] * moment.duration, recent[:, 1])
        end = first + panel.span if first else min(panel.span, max(self.last_step or 0, 1))
        axes.set_xlim(first * moment.duration, max(end, moment.step, 1) * moment.duration)
        return self._drawn(size)


def _lines_of(panel: Panel[Any], moment: Moment) -> list[tuple[str, np.ndarray]]:
    """Return label and numbers of each line of a trace, as far as it is recorded."""
    rows = moment.columns.get(panel.name)
    if rows is not None and rows.ndim == 1:
        return [(panel.label, rows)]
    if rows is not None:
        return [
            (f"{panel.label} {name}", rows[:, index]) for index, name in enumerate(panel.components)
        ]
    single = {
        name: moment.columns.get(component_name(panel.name, name)) for name in panel.components
    }
    return [(f"{panel.label} {name}", row) for name, row in single.items() if row is not None]


def thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a line that looks the same and has few points: the extremes of each column.

    >>> x, y = thinned(np.arange(10_000.0), np.sin(np.arange(10_000.0)))
    >>> len(x), bool(y.max() == np.sin(np.arange(10_000.0)).max())
    (4000, True)
    """
    group = len(x) // MOST_COLUMNS
    if group < 3:
        return x, y
    whole = len(x) // group * group
    parts = y[:whole].reshape(-1, group)
    filled = np.where(np.isfinite(parts), parts, np.nan)
    gone = np.isnan(filled).all(axis=1)
    filled[gone] = 0.0
    low = np.where(gone, 0, np.nanargmin(filled, axis=1))
    high = np.where(gone, 0, np.nanargmax(filled, axis=1))
    places = np.sort(np.column_stack([low, high]), axis=1) + np.arange(len(parts))[:, None] * group
    chosen = np.append(places.ravel(), np.arange(whole, len(x)))
    return x[chosen], y[chosen]
