"""`Scene`: panels of a simulation as one picture, again and again, without a window."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw

from ivisit import panels
from ivisit.engine import Engine
from ivisit.films.cells import TEXT, Cell, ImageCell, Moment, letters, make_cell
from ivisit.films.kept import Kept
from ivisit.films.request import filmable
from ivisit.panels import Panel, Trace
from ivisit.simulation import Simulation
from ivisit.timing import step_time, time_text

Size = tuple[int, int]
Box = tuple[int, int, int, int]

#: Place of a panel beside others, and alone.
BESIDE, ALONE = (400, 320), (640, 400)
#: Height of a row of texts, and of a heading.
LOW, LINE = 110, 26
#: What a small picture is enlarged to at the least, and the longest side that nobody asked for.
ENLARGED, LONGEST = 480, 1280
#: Panels beside each other at the most, and pixels between them.
COLUMNS, GAP = 3, 8
BACKGROUND, MUTED = "#ffffff", "#667085"


class Scene:
    """Draws panels into one picture; all pictures of a scene have the same size.

    Parameters
    ----------
    simulation : subclass of Simulation
        Whose panels.
    names : sequence of str, optional
        Which of them, by default all that may change. Traces of one plot are drawn together.
    size : (int, int), optional
        Width and height in pixels; see `ivisit.Film`.
    last_step : int, optional
        At which step the film will end, so that the axes of plots need not move.
    views : mapping, optional
        How a window looks at its images, by name: ``color_map``, ``smooth``, and a function
        ``look`` that gives what is shown of a picture, and its two levels.
    """

    def __init__(
        self,
        simulation: type[Simulation],
        names: Sequence[str] = (),
        *,
        size: Size | None = None,
        last_step: int | None = None,
        views: Mapping[str, Mapping[str, Any]] | None = None,
        kept: Kept | None = None,
    ) -> None:
        groups = _grouped(simulation, names or filmable(simulation))
        self.cells: list[Cell] = [
            make_cell(group, last_step=last_step, view=(views or {}).get(group[0].name, {}))
            for group in groups
        ]
        self._kept = kept or Kept()
        for cell in self.cells:
            cell.kept = self._kept
        self._rows = _rows_of(self.cells)
        self._title = simulation.key
        self._size = size

    def picture(self, engine: Engine) -> Image.Image:
        """Return what the panels show now, in mode RGB.

        Call this between two steps, on the thread that steps the engine. An exception is the
        simulation's, from its `draw`.
        """
        moment = moment_of(engine)
        if len(self.cells) == 1:
            return self._alone(self.cells[0], moment)
        return self._side_by_side(moment, time_text(moment.step, moment.duration, moment.unit))

    def restore(self) -> None:
        """Leave the figures of the simulation as they were; call it between two steps."""
        self._kept.restore()

    def _alone(self, cell: Cell, moment: Moment) -> Image.Image:
        if self._size is None:
            self._size = _own_size(cell, moment)
        canvas = Image.new("RGB", self._size, BACKGROUND)
        if cell.has_heading:
            self._fill(canvas, cell, moment, (0, 0, *self._size))
        else:
            _paste(canvas, cell.picture(moment, self._size), (0, 0, *self._size))
        return canvas

    def _side_by_side(self, moment: Moment, time: str) -> Image.Image:
        width, height = self._size = self._size or self._usual_size()
        canvas = Image.new("RGB", self._size, BACKGROUND)
        ImageDraw.Draw(canvas).text(
            (GAP, height - LINE + 4), f"{self._title}   {time}", MUTED, font=letters(13)
        )
        heights = [LOW if row[0].is_text else BESIDE[1] for row in self._rows]
        scale = (height - LINE) / sum(heights)
        top = 0.0
        for row, wanted in zip(self._rows, heights, strict=True):
            bottom = top + wanted * scale
            for column, cell in enumerate(row):
                left, right = (width * place // len(row) for place in (column, column + 1))
                self._fill(canvas, cell, moment, (left, round(top), right, round(bottom)))
            top = bottom
        return canvas

    def _usual_size(self) -> Size:
        columns = max(len(row) for row in self._rows)
        height = sum(LOW if row[0].is_text else BESIDE[1] for row in self._rows)
        return columns * BESIDE[0], height + LINE

    def _fill(self, canvas: Image.Image, cell: Cell, moment: Moment, place: Box) -> None:
        """Draw a cell with its heading into a place: left, top, right, bottom."""
        left, top, right, bottom = place
        body = left + GAP, top + LINE
        room = max(right - GAP - body[0], 1), max(bottom - GAP - body[1], 1)
        # The lines of a legend are known with the picture.
        _paste(canvas, cell.picture(moment, room), (*body, *room))
        draw = ImageDraw.Draw(canvas)
        x = left + GAP
        font = letters(14, "DejaVuSans-Bold")
        draw.text((x, top + 5), cell.title, TEXT, font=font)
        x += round(draw.textlength(cell.title, font)) + 2 * GAP
        for label, color in cell.legend:
            width = round(draw.textlength(label, letters(12)))
            if x + width > right:
                break
            draw.text((x, top + 7), label, color, font=letters(12))
            x += width + GAP


def _rows_of(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return which cells stand beside each other: texts, which are low, below all others."""
    rows: list[list[Cell]] = []
    for is_text in (False, True):
        group = [cell for cell in cells if cell.is_text is is_text]
        columns = min(COLUMNS, math.ceil(math.sqrt(len(group))))
        rows += [group[first : first + columns] for first in range(0, len(group), columns or 1)]
    return rows


def moment_of(engine: Engine) -> Moment:
    """Return what all panels of an engine's simulation hold now."""
    shown = engine.outputs(figures=False)
    held = engine.simulation._ivisit_outputs
    steps, columns = engine.recorder.table()
    duration, unit = step_time(engine.simulation)
    return Moment(engine.steps, shown, held, steps, columns, engine.rasters.table(), duration, unit)


def _grouped(simulation: type[Simulation], names: Sequence[str]) -> list[list[Panel[Any]]]:
    """Return which panels are drawn together: the traces of one plot."""
    groups: dict[str, list[Panel[Any]]] = {}
    for name in names:
        panel = simulation.panels[name]
        plot = panel.plot_name if isinstance(panel, Trace) else ""
        groups.setdefault(f" {plot}" if plot else name, []).append(panel)
    return list(groups.values())


def _own_size(cell: Cell, moment: Moment) -> Size:
    """Return the size of a film of one panel."""
    panel = cell.panels[0]
    if isinstance(panel, panels.Figure):
        width, height = round(100 * panel.width), round(100 * panel.height)
    elif isinstance(cell, ImageCell) and (shape := cell.shape(moment)) is not None:
        height, width = shape
        factor = max(ENLARGED // max(width, height), 1)
        width, height = width * factor, height * factor
    else:
        return ALONE
    shrink = min(LONGEST / max(width, height), 1.0)
    # Even: MP4 knows no others.
    return tuple(max(round(length * shrink / 2) * 2, 2) for length in (width, height))  # type: ignore[return-value]


def _paste(canvas: Image.Image, picture: Image.Image, place: Box) -> None:
    """Put a picture into the middle of a place."""
    left, top, width, height = place
    x, y = left + (width - picture.width) // 2, top + (height - picture.height) // 2
    mask = picture if picture.mode == "RGBA" else None
    canvas.paste(picture, (x, y), mask)
