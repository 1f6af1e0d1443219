"""The picture of a comparison, a Matplotlib figure that belongs to no window."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.differences import (
    DIVERGING,
    root_mean_square,
    rows_difference,
    shared_levels,
    symmetric_levels,
)
from ivisit.rendering import to_rgb
from ivisit.runs.result import RunResult

if TYPE_CHECKING:
    from ivisit.runs.comparison import Comparison

#: Inches: width of a panel, heights of the kinds of rows.
WIDTH, PICTURE, LINES, DIFFERENCES = 4.2, 3.4, 2.6, 1.8
#: Inches: height of a text without its lines, and of each of them.
TEXT, LINE = 0.5, 0.16
#: Columns of traces beside each other.
MOST_BESIDE = 3
#: Colours of the runs, those of the window.
COLORS = ("#2667d8", "#d4601c", "#2a8a57", "#8b4fc4")
#: Letters in one line of a title.
TITLE = 44


@dataclass(frozen=True)
class _Band:
    """A row of the figure: how high it is, and what draws it into its place."""

    height: float
    draw: Any


def figure_of(comparison: Comparison) -> Any:
    """Return the figure; see `Comparison.figure`."""
    from matplotlib.figure import Figure

    count = len(comparison.runs)
    bands = _bands(comparison)
    heights = [band.height for band in bands]
    size = (max(WIDTH * count, 7.0), sum(heights) + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(_heading(comparison), fontsize=11)
    grid = figure.add_gridspec(len(bands), 1, height_ratios=heights)
    for place, band in enumerate(bands):
        band.draw(figure, grid[place])
    return figure


def _heading(comparison: Comparison) -> str:
    """Return the title: what was run, and in which parameters the runs differ."""
    first, *others = comparison.runs.values()
    seeds = ", ".join(dict.fromkeys(str(run.seed) for run in (first, *others)))
    lines = [f"{comparison.simulation}, {first.steps} steps, seed {seeds}"]
    differing = [
        f"{name}: {' | '.join(map(_short, values))}"
        for name, values in comparison.parameters.items()
    ]
    return "\n".join([*lines, *textwrap.wrap("; ".join(differing), 100)])


def _bands(comparison: Comparison) -> list[_Band]:
    """Return the rows of the figure, from top to bottom."""
    runs = list(comparison.runs.values())
    images = comparison.image_names()
    names = dict.fromkeys(name for run in runs for name in run.panel_names())
    bands: list[_Band] = []
    traces: list[str] = []
    for name in names:
        if any(name in run.traces for run in runs):
            traces.append(name)
            continue
        if name in images:
            bands += _image_bands(comparison, name)
        else:
            is_text = all(isinstance(run.outputs.get(name, ""), str) for run in runs)
            height = _text_height(comparison, name) if is_text else PICTURE
            bands.append(_Band(height, _sharing(comparison, name)))
    return bands + _trace_bands(comparison, traces)


def _text_height(comparison: Comparison, name: str) -> float:
    texts = (str(run.outputs.get(name, "")) for run in comparison.runs.values())
    lines = max(sum(len(line) // 60 + 1 for line in text.splitlines()) for text in texts)
    return min(TEXT + LINE * lines, PICTURE)


# Panels side by side --------------------------------------------------------------------------


def _image_bands(comparison: Comparison, name: str) -> list[_Band]:
    runs = comparison.runs
    pictures = [run.outputs[name] for run in runs.values() if name in run.outputs]
    described = next(iter(runs.values())).panel(name)
    levels = shared_levels(pictures, described.get("vmin"), described.get("vmax"))

    def draw(figure: Any, place: Any) -> None:
        for axes, (own, run) in _cells(figure, place, comparison):
            if name in run.outputs:
                run.draw_panels(axes, [name], levels)
                shown = f", {levels[0]:.4g} to {levels[1]:.4g}" if _is_gray(run, name) else ""
                axes.set_title(_title(run, name, own) + shown, fontsize=9)
            else:
                _say_nothing(axes, run, name, own)

    def draw_differences(figure: Any, place: Any) -> None:
        first = comparison.names[0]
        found = {n: comparison.difference(name, n, first) for n in comparison.names[1:]}
        known = [difference for difference in found.values() if difference is not None]
        ends = [symmetric_levels(difference)[1] for difference in known]
        level = max(ends, default=1.0)
        for axes, (own, run) in _cells(figure, place, comparison):
            axes.set_axis_off()
            if own == first:
                _tell_differences(axes, found, level, first)
            elif found[own] is None:
                _note(axes, _why_none(runs[first], run, name))
            else:
                axes.imshow(to_rgb(found[own], vmin=-level, vmax=level, cmap=DIVERGING))
                axes.set_title(f"{own} − {first}", fontsize=9)

    return [_Band(PICTURE, draw), _Band(PICTURE, draw_differences)]


def _tell_differences(axes: Any, found: dict[str, Any], level: float, first: str) -> None:
    """Write beside the differences what their colours mean and how large they are."""
    lines = [f"blue: less than {first}, red: more", f"full colour: ±{level:.4g}", ""]
    for name, difference in found.items():
        if difference is not None:
            largest = symmetric_levels(difference)[1] if difference.any() else 0.0
            size = root_mean_square(difference)
            lines.append(f"{name}: RMS {size:.4g}, at most {largest:.4g}")
    axes.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", fontsize=9, color="0.25")


def _why_none(first: RunResult, run: RunResult, name: str) -> str:
    shapes = [np.shape(each.outputs[name]) for each in (first, run) if name in each.outputs]
    if len(shapes) < 2:
        return "no difference:\none of the pictures is missing"
    texts = ["×".join(map(str, shape)) for shape in shapes]
    return f"no difference:\n{texts[1]} is another shape than {texts[0]}"


def _sharing(comparison: Comparison, name: str) -> Any:
    """Return what draws a panel of each run, with the same axes where they have a scale."""

    def draw(figure: Any, place: Any) -> None:
        drawn = []
        for axes, (own, run) in _cells(figure, place, comparison):
            if name in run.panel_names():
                run.draw_panels(axes, [name])
                axes.set_title(_title(run, name, own), fontsize=9)
                drawn.append(axes)
            else:
                _say_nothing(axes, run, name, own)
        if drawn and all(axes.axison for axes in drawn):
            for limits in ("xlim", "ylim"):
                ends = np.array([getattr(axes, f"get_{limits}")() for axes in drawn])
                for axes in drawn:
                    axes.set(**{limits: (ends[:, 0].min(), ends[:, 1].max())})

    return draw


def _cells(figure: Any, place: Any, comparison: Comparison) -> list[tuple[Any, Any]]:
    inner = place.subgridspec(1, len(comparison.runs))
    pairs = enumerate(comparison.runs.items())
    return [(figure.add_subplot(inner[column]), pair) for column, pair in pairs]


def _title(run: RunResult, name: str, own: str) -> str:
    return textwrap.fill(f"{run.panel(name).get('label', name)}: {own}", TITLE)


def _is_gray(run: RunResult, name: str) -> bool:
    return bool(run.outputs[name].ndim == 2)


def _say_nothing(axes: Any, run: RunResult, name: str, own: str) -> None:
    axes.set_axis_off()
    axes.set_title(_title(run, name, own), fontsize=9)
    _note(axes, str(run.failure) if run.failure is not None else "nothing was shown")


def _note(axes: Any, text: str) -> None:
    told = "\n".join(textwrap.fill(line, 42) for line in text.splitlines())
    axes.text(0.5, 0.5, told, ha="center", va="center", fontsize=9, color="0.35")


# Traces -----------------------------------------------------------------------------------------


def _trace_bands(comparison: Comparison, traces: list[str]) -> list[_Band]:
    """Return rows of plots, each with the traces of all runs, above their differences."""
    columns = [
        column
        for column in comparison.columns
        if any(column == name or column.startswith(f"{name}.") for name in traces)
    ]
    rows = -(-len(columns) // MOST_BESIDE) or 1
    beside = -(-len(columns) // rows)
    return [
        _Band(LINES + DIFFERENCES, _lines(comparison, columns[first : first + beside]))
        for first in range(0, len(columns), beside or 1)
    ]


def _lines(comparison: Comparison, columns: list[str]) -> Any:
    def draw(figure: Any, place: Any) -> None:
        inner = place.subgridspec(2, len(columns), height_ratios=(LINES, DIFFERENCES))
        for number, column in enumerate(columns):
            axes = figure.add_subplot(inner[0, number])
            below = figure.add_subplot(inner[1, number], sharex=axes)
            _draw_runs(axes, comparison, column)
            _draw_differences(below, comparison, column)
            axes.tick_params(labelbottom=False)
            if number == 0:
                axes.legend(fontsize=8)

    return draw


def _draw_runs(axes: Any, comparison: Comparison, column: str) -> None:
    described: dict[str, Any] = {}
    for color, (own, run) in zip(COLORS, comparison.runs.items(), strict=False):
        if column in run.columns:
            axes.plot(run.times, run.columns[column], color=color, lw=1.2, label=own)
            described = run.panel(column) or run.panel(column.rpartition(".")[0])
    values = np.concatenate([line.get_ydata() for line in axes.lines])
    scale = described.get("scale", "linear")
    if scale == "log" and not (values > 0).any():
        scale = "linear"  # Matplotlib warns of an axis that can show nothing
    axes.set_yscale("symlog" if scale == "log" and (values < 0).any() else scale)
    axes.set_title(column, fontsize=9)
    axes.set_ylabel(described.get("unit", ""))


def _draw_differences(axes: Any, comparison: Comparison, column: str) -> None:
    first, *others = comparison.runs.items()
    axes.axhline(0.0, color="0.7", lw=0.8, zorder=0)
    for color, (_, run) in zip(COLORS[1:], others, strict=False):
        if column in run.columns and column in first[1].columns:
            steps, values = rows_difference(
                run.recorded_steps, run.columns[column],
                first[1].recorded_steps, first[1].columns[column],
            )  # fmt: skip
            axes.plot(steps * run.step_duration, values, color=color, lw=1.0)
    axes.set_ylabel(f"minus {first[0]}"[: TITLE // 2], fontsize=8)
    axes.set_xlabel(f"time ({first[1].step_unit})" if first[1].step_unit else "step")


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
