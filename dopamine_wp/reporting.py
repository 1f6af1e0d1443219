"""Tables, CSV file and learning-curve plot of a comparison."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from dopamine_wp.comparison import Outcome, Run
from dopamine_wp.contests import Problem

_COLUMNS = {
    "optimizer": "{}",
    "median": "{:.3g}",
    "low": "{:.3g}",
    "high": "{:.3g}",
    "worst": "{:.3g}",
    "fpe": "{:.0f}",
    "seconds": "{:.3g}",
    "peak_kib": "{:.0f}",
    "setting": "{}",
}

Row = dict[str, object]


def rows(outcomes: dict[str, Outcome], condition: str = "equal_cost") -> list[Row]:
    """Return one row per optimizer, the best median first.

    Parameters
    ----------
    outcomes : dict of str to Outcome
        From `comparison.compare`.
    condition : {"equal_cost", "equal_time"}, default "equal_cost"
        Which of the two runs.

    Returns
    -------
    list of dict
        ``optimizer``; ``median`` of the test errors with its 95 % interval ``low`` to ``high``
        (see `median_interval`), and ``worst``; ``fpe`` of a seed; ``seconds`` of processor time
        for all seeds; ``peak_kib`` of memory for one seed; ``setting``, with an asterisk if a
        neighbor of it was left untried.
    """
    table: list[Row] = []
    for name, outcome in outcomes.items():
        run: Run = getattr(outcome, condition)
        # A run that is not finite counts as infinitely bad
        errors = np.sort(np.where(np.isfinite(run.test), run.test, np.inf))
        low, high = median_interval(errors)
        table.append(
            {
                "optimizer": name,
                "median": float(np.median(errors)),
                "low": low,
                "high": high,
                "worst": float(errors[-1]),
                "fpe": run.fpe,
                "seconds": run.seconds,
                "peak_kib": outcome.memory,
                "setting": outcome.described + ("*" if outcome.at_edge else ""),
            }
        )
    return sorted(table, key=lambda row: float(str(row["median"])))


def median_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the interval between two order statistics that covers the median.

    The j-th smallest and j-th largest of n values enclose the median of their distribution,
    whatever it is, with probability ``1 - 2 P(Binomial(n, 1/2) < j)``; j is the largest for which
    this reaches `level`. Below six values even the whole range does not reach 95 %.

    Parameters
    ----------
    values : array_like, shape (n,)
        Independent values.
    level : float, default 0.95
        Probability wanted.

    Examples
    --------
    >>> median_interval(range(1, 21))
    (6.0, 15.0)
    """
    ordered = np.sort(np.asarray(values, float))
    n, j, below = len(ordered), 1, 2.0 ** -len(ordered)
    while j < n // 2 and 1 - 2 * (below + math.comb(n, j) * 2.0**-n) >= level:
        below += math.comb(n, j) * 2.0**-n
        j += 1
    return float(ordered[j - 1]), float(ordered[n - j])


def format_table(table: list[Row]) -> str:
    """Return the rows as aligned text with a head line."""
    lines = [list(_COLUMNS)]
    lines += [[form.format(row[name]) for name, form in _COLUMNS.items()] for row in table]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = []
    for line in lines:
        first = line[0].ljust(widths[0])
        middle = [cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1], strict=True)]
        text.append("  ".join([first, *middle, line[-1]]))
    return "\n".join(text)


def format_report(task: Problem, outcomes: dict[str, Outcome]) -> str:
    """Return both tables with their headings and what needs no training."""
    seeds = len(next(iter(outcomes.values())).equal_cost.test)
    parts = [f"{task.name}, {task.net!r}: test {task.measure}, {seeds} seeds"]
    headings = {"equal_cost": "Equal cost (fpe)", "equal_time": "Equal time (seconds)"}
    for condition, heading in headings.items():
        parts.append(f"{heading}:\n{format_table(rows(outcomes, condition))}")
    if task.references:
        known = ", ".join(f"{name} {error:.3g}" for name, error in task.references.items())
        parts.append(f"Without training a network: {known}")
    return "\n\n".join(parts)


def write_csv(outcomes: dict[str, Outcome], path: Path) -> None:
    """Write the rows of both tables, unrounded, to a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["condition", *_COLUMNS])
        writer.writeheader()
        for condition in ("equal_cost", "equal_time"):
            for row in rows(outcomes, condition):
                writer.writerow({"condition": condition} | row)


def write_plot(task: Problem, outcomes: dict[str, Outcome], path: Path) -> None:
    """Plot validation error against cost: medians as lines, interquartile ranges as bands."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    curves = {name: outcome.equal_cost for name, outcome in outcomes.items()}
    for name, run in curves.items():
        errors = np.where(np.isfinite(run.curve), run.curve, np.inf)
        # The lower neighbors instead of means of neighbors: those of infinity are not numbers
        low, middle, high = np.quantile(errors, (0.25, 0.5, 0.75), axis=1, method="lower")
        (line,) = axes.loglog(run.curve_fpe, middle, label=name)
        axes.fill_between(run.curve_fpe, low, high, color=line.get_color(), alpha=0.2)
    finite = np.concatenate([run.curve[np.isfinite(run.curve)] for run in curves.values()])
    if finite.size:
        # A diverged run would squeeze all others into one line
        axes.set_ylim(finite.min() / 1.5, min(finite.max(), 3 * np.quantile(finite, 0.9)))
    axes.set_xlabel(
        f"forward-pass equivalents per seed (passes over one {task.net.fpe_unit})".replace(
            "one 16", "16"
        )
    )
    axes.set_ylabel(f"validation {task.measure}")
    seeds = len(next(iter(curves.values())).test)
    axes.set_title(f"{task.name}: median and interquartile range over {seeds} seeds")
    axes.legend(ncols=2)
    figure.savefig(path, dpi=150)
