"""Exporting one plot: all recorded steps as a table, or what is shown as a picture."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.gui.saving import problem_of, save_file
from ivisit.link import Saved

if TYPE_CHECKING:
    from ivisit.gui.panels.trace import TraceWidget


def export_plot(plot: TraceWidget, path: str) -> None:
    """Write a plot as ``.csv``, ``.npy``, ``.png`` or ``.svg``; a message tells how it went."""
    ending = Path(path).suffix.lower()
    if ending in (".csv", ".npy"):
        _export_numbers(plot, Path(path))
    elif ending in (".png", ".svg"):
        save_file(
            plot.host,
            path,
            lambda file: _figure(plot).savefig(file, format=ending[1:]),
            plot.ask_file,
        )
    else:
        problem = f"{path}: a plot is exported as .csv, .npy, .png or .svg"
        plot.host.tell_saved(path, problem, plot.ask_file)


def _export_numbers(plot: TraceWidget, path: Path) -> None:
    """Have the worker write the table: the recorder belongs to its thread."""
    engine = plot.host.engine
    names = [line.name for line in plot.lines]
    traces = [trace.name for trace in plot.traces]

    def write() -> None:
        steps, columns = engine.recorder.table()
        table = np.column_stack([steps, *(columns[name] for name in traces)])
        if path.suffix.lower() == ".npy":
            problem = problem_of(path, lambda file: np.save(file, table))
        else:
            rows = [["step", *names], *([int(row[0]), *row[1:].tolist()] for row in table)]
            problem = problem_of(
                path,
                lambda file: csv.writer(file, lineterminator="\n").writerows(rows),
                text=True,
            )
        engine.link.post(Saved(str(path), problem, plot.ask_file))

    plot.host.session.worker.call(write)


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
