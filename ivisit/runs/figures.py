"""Pictures of a sweep; each function returns a Matplotlib figure that belongs to no window."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.errors import IVisitError
from ivisit.runs import statistics
from ivisit.runs.sensitivity import binned_importance, sobol_indices

if TYPE_CHECKING:
    from ivisit.runs.sweep_result import SweepResult

#: Up to so many runs of a point are shown one by one.
FEW = 5
#: Up to so many values of a parameter have a curve each.
MOST_CURVES = 10
#: More lines or points than this are pixels in a vector picture, which would be large else.
MOST_VECTORS = 2000
#: Positive numbers whose largest is so many times the smallest are drawn on a logarithmic axis.
WIDE_RATIO = 100
#: A number so many times larger than nearly all others may lie outside of the picture.
OUTLIER = 1e6


def lines(result: SweepResult, x: str, y: str, by: str | None = None) -> Any:
    """Return medians of a metric over a parameter, with a band from quartile to quartile.

    Parameters
    ----------
    result : SweepResult
    x : str
        A parameter.
    y : str
        A metric.
    by : str, optional
        A parameter whose values have a curve each.
    """
    figure, axes = _new(result)
    result.parameter(x)
    groups = [(None, np.ones(len(result), dtype=bool))]
    if by is not None:
        own = result.parameter(by)
        groups = [(value, own == value) for value in np.unique(own)]
        if len(groups) > MOST_CURVES:
            raise IVisitError(f"figure: {by} has {len(groups)} values, too many for curves")
    colors = _colors(len(groups))
    for (value, mask), color in zip(groups, colors, strict=True):
        _draw_curve(
            axes, result, x, y, mask, None if value is None else f"{by} = {_text(value)}", color
        )
    _label_x(axes, result, x)
    axes.set_ylabel(y)
    _log_if_wide(axes, result.metric(y))
    if by is not None:
        axes.legend(frameon=False)
    return _finish(figure, result, y)


def _draw_curve(
    axes: Any, result: SweepResult, x: str, y: str, mask: np.ndarray, label: str | None, color: Any
) -> None:
    parameter, values = result.parameters[x][mask], result.metric(y)[mask]
    # Not by its own name: a parameter may be called "n".
    table = statistics.aggregate({"x": parameter}, values, ("median", "q25", "q75", "n"))
    place = _places(result, x, table["x"])
    most = int(table["n"].max()) if table.size else 0
    axes.plot(place, table["median"], "o-", ms=4, lw=1.6, color=color, label=label)
    if most > 1:
        axes.fill_between(place, table["q25"], table["q75"], color=color, alpha=0.2, lw=0)
    if 1 < most <= FEW:
        axes.plot(_places(result, x, parameter), values, ".", ms=3, color=color, alpha=0.6)


def heatmap(result: SweepResult, x: str, y: str, metric: str) -> Any:
    """Return the median of a metric over two parameters; hatched where runs failed, crossed where
    they diverged, dotted where a condition never held, each with their number."""
    figure, axes = _new(result)
    row_values, column_values, matrix = result.pivot(y, x, metric)
    finite = matrix[np.isfinite(matrix)]
    norm = "log" if finite.size and finite.min() > 0 and _ratio(finite) > WIDE_RATIO else None
    image = axes.imshow(matrix, origin="lower", aspect="auto", cmap="viridis", norm=norm)
    figure.colorbar(image, ax=axes, label=f"median of {metric}")
    marks = {"//": result.status == "failed", "xx": result.diverged}
    if metric in result.never:
        marks[".."] = result.never[metric] & ~result.diverged
    places = (
        np.searchsorted(column_values, result.parameters[x]),
        np.searchsorted(row_values, result.parameters[y]),
    )
    _mark_cells(axes, np.stack(places), marks)
    _ticks(axes.xaxis, column_values)
    _ticks(axes.yaxis, row_values)
    axes.set(xlabel=x, ylabel=y)
    return _finish(figure, result, metric)


def _mark_cells(axes: Any, places: np.ndarray, marks: dict[str, np.ndarray]) -> None:
    """Hatch the cells of a heat map in which there are runs of a kind, and write how many.

    `places` are column and row of each run, `marks` the hatch of a kind and which runs it is.
    """
    from matplotlib.patches import Rectangle

    for hatch, mask in marks.items():
        cells, counts = np.unique(places[:, mask], axis=1, return_counts=True)
        for (column, row), count in zip(cells.T, counts, strict=True):
            corner = (column - 0.5, row - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, fill=False, hatch=hatch, ec="0.45", lw=0))
            box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8}
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8, bbox=box)


def parallel(result: SweepResult, metric: str) -> Any:
    """Return parallel coordinates: an axis for each parameter, a line for each run."""
    names = result.varied
    figure, axes = _new(result, width=max(6.4, 1.6 * (len(names) + 1)))
    values = result.metric(metric)
    shown = np.flatnonzero(np.isfinite(values))
    columns = [_unit(result.parameters[name], _is_log(result, name)) for name in names]
    log = shown.size > 0 and values[shown].min() > 0 and _ratio(values[shown]) > WIDE_RATIO
    columns.append(_unit(values, log, finite=True))
    # The best, be it small or large, must not be hidden: draw in the order of the metric, large
    # ones first.
    order = shown[np.argsort(values[shown])[::-1]]
    alpha = float(np.clip(30 / max(1, order.size), 0.05, 0.8))
    from matplotlib import colormaps
    from matplotlib.collections import LineCollection

    places = np.arange(len(columns))
    segments = [np.column_stack([places, [c[i] for c in columns]]) for i in order]
    # By rank: one diverged run would take all colors for itself.
    colors = colormaps["viridis"](np.linspace(1, 0, order.size))
    bundle = LineCollection(segments, colors=colors, alpha=alpha, lw=1.2)
    bundle.set_rasterized(len(segments) > MOST_VECTORS)
    axes.add_collection(bundle)
    axes.set(xlim=(-0.3, len(columns) - 0.7), ylim=(-0.05, 1.05), yticks=[])
    axes.set_xticks(places, [*names, metric])
    for place, name in enumerate([*names, metric]):
        column = (
            values[shown] if name == metric and place == len(names) else result.parameters[name]
        )
        axes.axvline(place, color="0.7", lw=0.8, zorder=0)
        if column.size:
            ends = np.unique(column)[[0, -1]]
            for height, end in zip((-0.03, 1.03), ends, strict=True):
                va = "top" if height < 0 else "bottom"
                axes.text(place, height, _text(end), ha="center", va=va, fontsize=8)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, pad=14)
    return _finish(figure, result, metric)


def importance(result: SweepResult, metric: str) -> Any:
    """Return bars: total Sobol indices where the sample has them, else binned variance."""
    figure, axes = _new(result)
    sampled = result.sweep.specification["space"].get("sample", ("",))[0] == "saltelli"
    names = result.varied
    if sampled:
        table = sobol_indices(result, metric)
        names = table["parameter"].tolist()
        heights = table["total"]
        errors = np.abs(np.stack([heights - table["total_low"], table["total_high"] - heights]))
        label = f"total Sobol index of {metric}, 95 % interval"
    else:
        values = result.metric(metric)
        finite = values[np.isfinite(values)]
        log = finite.size > 0 and finite.min() > 0 and _ratio(finite) > WIDE_RATIO
        if log:
            values = np.log10(values)
        heights = np.array([binned_importance(result.parameters[n], values) for n in names])
        errors = None
        what = f"log10({metric})" if log else metric
        label = f"share of the variance of {what}\nbetween bins of one parameter"
    order = np.argsort(heights)
    ordered = errors[:, order] if errors is not None else None
    axes.barh(np.arange(len(names)), heights[order], xerr=ordered, color=_colors(1)[0], height=0.6)
    axes.set_yticks(np.arange(len(names)), [names[i] for i in order])
    axes.set_xlabel(label)
    axes.set_xlim(left=min(0.0, float(np.nanmin(heights, initial=0.0))))
    return _finish(figure, result, metric)


def pareto(result: SweepResult, a: str, b: str) -> Any:
    """Return two metrics, both to be small, and the runs that no other one beats in both."""
    figure, axes = _new(result)
    first, second = result.metric(a), result.metric(b)
    finite = np.isfinite(first) & np.isfinite(second)
    front = pareto_front(first[finite], second[finite])
    axes.plot(first[finite], second[finite], ".", color="0.6", ms=5, label="runs")
    x, y = first[finite][front], second[finite][front]
    axes.step(x, y, where="post", color=_colors(1)[0], lw=1.2)
    axes.plot(x, y, "o", color=_colors(1)[0], ms=5, label="beaten by none")
    axes.set(xlabel=a, ylabel=b)
    _log_if_wide(axes, first[finite], axis="x")
    _log_if_wide(axes, second[finite])
    axes.legend(frameon=False)
    return _finish(figure, result, f"{a} and {b}")


def pareto_front(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the places of the points that no other one beats in both, sorted by `a`.

    >>> pareto_front(np.array([1.0, 2.0, 3.0, 2.5]), np.array([3.0, 1.0, 2.0, 1.0])).tolist()
    [0, 1]
    """
    order = np.lexsort((b, a))
    lowest = np.minimum.accumulate(b[order]) if order.size else b
    keep = np.ones(order.size, dtype=bool)
    keep[1:] = b[order][1:] < lowest[:-1]
    return order[keep]


def history(result: Any, metric: str, *, maximize: bool) -> Any:
    """Return the objective of each trial, the best so far, and it over each parameter."""
    names = result.varied
    columns = min(3, len(names) + 1)
    rows = math.ceil((len(names) + 1) / columns)
    figure, grid = _new(result, width=4.0 * columns, height=3.2 * rows, grid=(rows, columns))
    trials = result.history
    axes = grid.flat[0]
    shown = np.isfinite(trials["value"])
    axes.plot(trials["trial"][shown], trials["value"][shown], ".", color="0.6", label="trial")
    axes.plot(trials["trial"], trials["best"], drawstyle="steps-post", color=_colors(1)[0], lw=1.8,
              label="best so far")  # fmt: skip
    axes.set(xlabel="trial", ylabel=metric)
    axes.legend(frameon=False)
    _log_if_wide(axes, trials["value"])
    for panel, name in zip(grid.flat[1:], names, strict=False):
        place = _places(result, name, trials[name])
        points = panel.scatter(place[shown], trials["value"][shown], c=trials["trial"][shown],
                               cmap="viridis", s=14)  # fmt: skip
        _label_x(panel, result, name)
        panel.set_ylabel(metric)
        _log_if_wide(panel, trials["value"])
        if panel is grid.flat[len(names)]:
            figure.colorbar(points, ax=panel, label="trial")
    for panel in grid.flat[len(names) + 1 :]:
        panel.set_visible(False)
    return _finish(figure, result, metric)


def picture(result: SweepResult, metric: str | None = None) -> Any:
    """Return the figure that fits: lines for one axis, a heat map for two, parallel else."""
    metric = metric or next(iter(result.metrics), None)
    if metric is None:
        raise IVisitError(f"sweep {result.name!r}: has no metric to draw")
    if not len(result):
        raise IVisitError(f"sweep {result.name!r}: has no runs to draw yet")
    if result.sweep.kind == "optimize":
        return result.history_figure()  # type: ignore[attr-defined]
    names = result.varied
    gridded = set(result.sweep.specification["space"]) == {"order", "axes"}
    if len(names) == 1:
        return lines(result, names[0], metric)
    if len(names) == 2 and gridded:
        return heatmap(result, names[1], names[0], metric)
    return parallel(result, metric)


# Parts ------------------------------------------------------------------------------------------


def _new(
    result: SweepResult,
    width: float = 6.4,
    height: float = 4.4,
    grid: tuple[int, int] | None = None,
) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    if not len(result):
        raise IVisitError(f"sweep {result.name!r}: has no runs to draw yet")
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(*(grid or (1, 1)), squeeze=grid is None)


def _finish(figure: Any, result: SweepResult, metric: str) -> Any:
    """Give the figure its title and a caption that tells what is not to be seen."""
    failed = int((result.status == "failed").sum())
    diverged = int(result.diverged.sum())
    caption = f"n = {len(result)} runs, {failed} failed, {diverged} not finite"
    if metric in result.never:
        caption += f", {result.never[metric].sum()} in which it never held"
    if not result.complete:
        caption += f", {result.sweep.size - len(result)} not done yet"
    figure.suptitle(f"{result.sweep.simulation}: {metric}", fontsize=11)
    figure.supxlabel(caption, fontsize=8, color="0.35")
    return figure


def _colors(count: int) -> list[Any]:
    from matplotlib import colormaps

    if count == 1:
        return ["#1f6f8b"]
    return [colormaps["viridis"](0.9 * i / (count - 1)) for i in range(count)]


def _is_log(result: SweepResult, name: str) -> bool:
    """Tell whether a parameter was spaced logarithmically."""
    space = result.sweep.specification["space"]
    if name in space.get("ranges", {}):
        return bool(space["ranges"][name].get("scale") == "log")
    values = np.unique(result.parameters[name])
    if values.dtype.kind not in "if" or values.size < 3 or values[0] <= 0:
        return False
    steps = np.diff(np.log(values.astype(float)))
    even = bool(steps.max() < 1.5 * steps.min()) and _ratio(values) > values.size
    return even or _ratio(values) >= 10 * WIDE_RATIO


def _ratio(values: np.ndarray) -> float:
    return float(values.max() / values.min())


def _places(result: SweepResult, name: str, values: np.ndarray) -> np.ndarray:
    """Return where values of a parameter are on an axis: numbers as they are, options by place."""
    if values.dtype.kind in "if":
        return values
    return np.searchsorted(np.unique(result.parameters[name]), values)


def _label_x(axes: Any, result: SweepResult, name: str) -> None:
    values = np.unique(result.parameters[name])
    axes.set_xlabel(name)
    if values.dtype.kind not in "if":
        axes.set_xticks(np.arange(values.size), [_text(value) for value in values])
        axes.tick_params(axis="x", rotation=30 if values.size > 4 else 0)
        axes.margins(x=0.15)
    elif _is_log(result, name):
        axes.set_xscale("log")


def _log_if_wide(axes: Any, values: np.ndarray, axis: str = "y") -> None:
    """Use a logarithmic axis for positive values of very different size."""
    finite = values[np.isfinite(values)]
    if finite.size and finite.min() > 0 and _ratio(finite) > WIDE_RATIO:
        getattr(axes, f"set_{axis}scale")("log")
        usual = float(np.percentile(finite, 90))
        if finite.max() > OUTLIER * usual:
            # What has diverged must not hide all others.
            getattr(axes, f"set_{axis}lim")(finite.min() / 2, 10 * usual)


def _ticks(axis: Any, values: np.ndarray) -> None:
    every = math.ceil(values.size / 12)
    places = np.arange(values.size)[::every]
    axis.set_ticks(places, [_text(values[place]) for place in places])


def _unit(values: np.ndarray, log: bool, finite: bool = False) -> np.ndarray:
    """Return values between 0 and 1."""
    if values.dtype.kind not in "if":
        values = np.searchsorted(np.unique(values), values)
    scaled = np.array(values, dtype=float)
    if log:
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = np.log(scaled)
    known = scaled[np.isfinite(scaled)] if finite else scaled
    if not known.size or known.max() == known.min():
        return np.full(scaled.shape, 0.5)
    unit: np.ndarray = (scaled - known.min()) / (known.max() - known.min())
    return unit


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
