"""Exporting one plot: all recorded steps as a table, or what is shown as a picture."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.files import replace_file
from ivisit.link import Say

if TYPE_CHECKING:
    from ivisit.gui.panels.trace import TraceWidget


def export_plot(plot: TraceWidget, path: str) -> None:
    """Write a plot as ``.csv``, ``.npy``, ``.png`` or ``.svg``; a message tells how it went."""
    ending = Path(path).suffix.lower()
    if ending in (".csv", ".npy"):
        _export_numbers(plot, Path(path))
    elif ending in (".png", ".svg"):
        plot.host.say(
            _written(Path(path), lambda file: _figure(plot).savefig(file, format=ending[1:]))
        )
    else:
        plot.host.say(f"{path}: a plot is exported as .csv, .npy, .png or .svg")


def _export_numbers(plot: TraceWidget, path: Path) -> None:
    """Have the worker write the table: the recorder belongs to its thread."""
    engine = plot.host.engine
    names = [line.name for line in plot.lines]
    traces = [trace.name for trace in plot.traces]

    def write() -> None:
        steps, columns = engine.recorder.table()
        table = np.column_stack([steps, *(columns[name] for name in traces)])
        if path.suffix.lower() == ".npy":
            text = _written(path, lambda file: np.save(file, table))
        else:
            rows = [["step", *names], *([int(row[0]), *row[1:].tolist()] for row in table)]
            text = _written(
                path,
                lambda file: csv.writer(file, lineterminator="\n").writerows(rows),
                text=True,
            )
        engine.link.post(Say(text))

    plot.host.session.worker.call(write)


def _written(path: Path, write: Any, *, text: bool = False) -> str:
    """Write a file; return what to tell about it."""
    try:
        replace_file(path, write, text=text)
    except OSError as error:
        return f"{path}: cannot be saved: {error.strerror or error}"
    return f"Saved {path}"


def _figure(plot: TraceWidget) -> Any:
    """Return a Matplotlib figure of the steps and lines that the plot shows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    duration, unit = plot.host.session.step_time()
    first, last = plot.horizontal()
    view = plot.history.view(first, last)
    for index, line in enumerate(plot.lines):
        if not line.visible:
            continue
        x = view.steps * duration
        axes.plot(x, view.mean[:, index], color=line.color, linewidth=1.2, label=line.name)
        if not view.exact:
            low, high = view.low[:, index], view.high[:, index]
            axes.fill_between(x, low, high, color=line.color, alpha=0.25, linewidth=0)
    axes.set_yscale(plot.scale_name)
    axes.set_xlim(first * duration, last * duration)
    axes.set_xlabel(f"time ({unit})" if unit else "step")
    axes.set_ylabel(plot.traces[0].unit)
    axes.set_title(plot.title)
    if len(plot.lines) > 1:
        axes.legend()
    return figure
