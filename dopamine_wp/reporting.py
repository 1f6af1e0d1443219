"""Table, CSV file and learning-curve plot of a comparison."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from dopamine_wp.comparison import Outcome, Problem

_COLUMNS = (
    ("optimizer", "{}"),
    ("median", "{:.4g}"),
    ("q25", "{:.4g}"),
    ("q75", "{:.4g}"),
    ("worst", "{:.4g}"),
    ("fpe", "{:.0f}"),
    ("seconds", "{:.1f}"),
    ("peak_kib", "{:.0f}"),
    ("median_equal_time", "{:.4g}"),
    ("setting", "{}"),
)


def rows(outcomes: dict[str, Outcome]) -> list[dict[str, object]]:
    """Return one row per optimizer, the best median first.

    Parameters
    ----------
    outcomes : dict of str to Outcome
        From `comparison.compare`.

    Returns
    -------
    list of dict
        ``optimizer``; ``median``, ``q25``, ``q75``, ``worst`` of the test errors at equal cost;
        ``fpe`` of a seed; ``seconds`` for all seeds; ``peak_kib`` of memory for one seed;
        ``median_equal_time`` of the test errors at equal wall-clock time; ``setting``, with an
        asterisk if it lies at the edge of its grid.
    """
    table: list[dict[str, object]] = []
    for name, outcome in sorted(outcomes.items(), key=lambda item: _median(item[1].test)):
        q25, median, q75, worst = _quantiles(outcome.test, (0.25, 0.5, 0.75, 1.0))
        table.append(
            {
                "optimizer": name,
                "median": median,
                "q25": q25,
                "q75": q75,
                "worst": worst,
                "fpe": outcome.fpe,
                "seconds": outcome.seconds,
                "peak_kib": outcome.memory,
                "median_equal_time": _median(outcome.test_equal_time),
                "setting": _setting(outcome) + ("*" if outcome.at_edge else ""),
            }
        )
    return table


def format_table(table: list[dict[str, object]]) -> str:
    """Return the rows as aligned text with a head line."""
    lines = [[name for name, _ in _COLUMNS]]
    lines += [[form.format(row[name]) for name, form in _COLUMNS] for row in table]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = []
    for line in lines:
        first = line[0].ljust(widths[0])
        middle = [cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1], strict=True)]
        text.append("  ".join([first, *middle, line[-1]]))
    return "\n".join(text)


def write_csv(table: list[dict[str, object]], path: Path) -> None:
    """Write the rows, unrounded, to a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [name for name, _ in _COLUMNS])
        writer.writeheader()
        writer.writerows(table)


def write_plot(task: Problem, outcomes: dict[str, Outcome], path: Path) -> None:
    """Plot validation error against cost: medians as lines, interquartile ranges as bands."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for name, outcome in outcomes.items():
        low, middle, high = np.array(
            [_quantiles(errors, (0.25, 0.5, 0.75)) for errors in outcome.curve]
        ).T
        (line,) = axes.loglog(outcome.curve_fpe, middle, label=name)
        axes.fill_between(outcome.curve_fpe, low, high, color=line.get_color(), alpha=0.2)
    finite = np.concatenate([outcome.curve[np.isfinite(outcome.curve)]
                             for outcome in outcomes.values()])
    # A diverged run would squeeze all others into one line
    axes.set_ylim(finite.min() / 1.5, min(finite.max(), 3 * np.quantile(finite, 0.9)))
    axes.set_xlabel("forward-pass equivalents per seed")
    axes.set_ylabel(f"validation {task.measure}")
    axes.set_title(f"{task.name}: median and interquartile range over "
                   f"{next(iter(outcomes.values())).test.size} seeds")
    axes.legend(ncols=2)
    figure.savefig(path, dpi=150)


def _setting(outcome: Outcome) -> str:
    """Return the part of the optimizer that is tuned."""
    optimizer = outcome.optimizer
    if optimizer.name == "DopamineV":
        return f"perturbations={optimizer.perturbations}"  # type: ignore[attr-defined]
    return f"rate={optimizer.rate:g}"


def _median(errors: np.ndarray) -> float:
    return _quantiles(errors, (0.5,))[0]


def _quantiles(errors: np.ndarray, levels: tuple[float, ...]) -> list[float]:
    """Return quantiles in which a run that is not finite counts as infinitely bad."""
    ordered = np.where(np.isfinite(errors), errors, np.inf)
    with np.errstate(invalid="ignore"):
        values = np.quantile(ordered, levels)
    return np.where(np.isnan(values), np.inf, values).tolist()
