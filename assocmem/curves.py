"""Output error over the number of stored patterns, for several methods: `errors_at`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from assocmem import theory
from assocmem._files import written_aside
from assocmem._validation import flag, refusal, whole_number
from assocmem.experiment import Method, Task
from assocmem.measuring import (
    ErrorEstimate,
    Measurement,
    Sampling,
    pool,
    progress_bar,
    seed_sequence,
)

#: Errors below this are drawn at this: a logarithmic axis has no zero.
LOWEST_DRAWN = 1e-4


@dataclass(frozen=True)
class ErrorCurve:
    """The error curve of one method.

    Attributes
    ----------
    method : Method
    estimates : tuple of ErrorEstimate
        One for each number of patterns, in the order asked for.
    theory : tuple of float or None
        Errors that `assocmem.theory.one_step_error` predicts; None where there is no theory.
    """

    method: Method
    estimates: tuple[ErrorEstimate, ...]
    theory: tuple[float | None, ...]


@dataclass(frozen=True)
class ErrorCurves:
    """Error curves of several methods at the same task; prints as a table.

    Attributes
    ----------
    task : Task
    confidence : float
        Confidence level of the intervals.
    curves : tuple of ErrorCurve
        In the order asked for.
    """

    task: Task
    confidence: float
    curves: tuple[ErrorCurve, ...]

    COLUMNS = (
        "method",
        "n_patterns",
        "error",
        "low",
        "high",
        "theory",
        "bits_total",
        "bits_gain",
        "n_memories",
        "n_errors",
    )

    def rows(self) -> list[dict[str, Any]]:
        """Return one dictionary for each method and number of patterns, with keys `COLUMNS`."""
        rows = []
        for curve in self.curves:
            for estimate, expected in zip(curve.estimates, curve.theory, strict=True):
                bits = dict(zip(("bits_total", "bits_gain"), estimate.bits(self.task), strict=True))
                content = vars(estimate) | bits
                content |= {"method": curve.method.label, "theory": expected}
                rows.append({name: content[name] for name in self.COLUMNS})
        return rows

    def write_csv(self, path: str | PathLike[str]) -> None:
        """Write the rows as comma-separated values with a header line."""
        write_rows(path, self.COLUMNS, self.rows())

    def plot(
        self, path: str | PathLike[str] | None = None, *, max_error: float | None = 0.01
    ) -> Any:
        """Draw errors with bands, theory dashed, and bits per synapse on a second axis.

        Parameters
        ----------
        path : str or path, optional
            Image file to write.
        max_error : float, default 0.01
            Where to draw a line for a tolerated error; None for none.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10, 5), layout="constrained")
        axes = figure.subplots()
        bits_axes = axes.twinx()
        for number, curve in enumerate(self.curves):
            color = f"C{number}"
            place = [e.n_patterns for e in curve.estimates]
            values = np.array([[e.error, e.low, e.high] for e in curve.estimates])
            error, low, high = np.maximum(values, LOWEST_DRAWN).T
            axes.plot(place, error, marker=".", color=color, label=curve.method.label)
            axes.fill_between(place, low, high, color=color, alpha=0.2, linewidth=0)
            expected = np.array(curve.theory, float)
            axes.plot(place, np.maximum(expected, LOWEST_DRAWN), "--", color=color)
            gained = [e.bits(self.task)[1] for e in curve.estimates]
            bits_axes.plot(place, gained, ":", color=color, linewidth=1)
        if max_error is not None:
            axes.axhline(max_error, color="gray", linewidth=1)
        axes.set(
            yscale="log",
            xlabel="stored patterns",
            ylabel=f"output error, {self.confidence:.0%} band (dashed: theory)",
            title=str(self.task),
        )
        bits_axes.set_ylabel("dotted: bits per synapse gained")
        # Beside the axes: ten names would hide the curves, and the second axis is drawn over them.
        figure.legend(loc="outside right upper", fontsize="small")
        if path is not None:
            with written_aside(path) as aside:
                figure.savefig(aside)
        return figure

    def __str__(self) -> str:
        """The rows as an aligned table."""
        width = max(6, *(len(curve.method.label) for curve in self.curves))
        lines = [
            f"{'method':{width}} {'patterns':>9} {'error':>8} {'interval':>18} {'theory':>8} "
            f"{'gain':>8}"
        ]
        for row in self.rows():
            interval = f"[{max(0, row['low']):.4f}, {row['high']:.4f}]"
            expected = "" if row["theory"] is None else f"{row['theory']:.4f}"
            lines.append(
                f"{row['method']:{width}} {row['n_patterns']:9} {row['error']:8.4f} "
                f"{interval:>18} {expected:>8} {row['bits_gain']:8.4f}"
            )
        return "\n".join(lines)


def errors_at(
    methods: str | Method | Sequence[str | Method],
    numbers: Iterable[int],
    *,
    n_units: int,
    n_active: int,
    workers: int = 1,
    executor: Executor | None = None,
    progress: bool = False,
    rng: Any = None,
    **options: Any,
) -> ErrorCurves:
    """Return the output errors of methods at some numbers of patterns.

    Parameters
    ----------
    methods : str, Method, or a sequence of them
        Rules with options of retrieval, see `Method.parse`.
    numbers : iterable of int
        Numbers of stored patterns M, at least 1 each.
    n_units, n_active, workers, executor, progress, rng, **options
        As for `pattern_capacity`: those of `Task` (completeness, addition, ensemble, ...) and of
        `Sampling` (n_queries, n_memories, max_errors, confidence).

    Returns
    -------
    ErrorCurves
        Prints as a table; `write_csv` and `plot` export it.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> curves = errors_at("bayes", [10, 500], n_units=64, n_active=4, n_queries=20, rng=0)
    >>> low, high = curves.curves[0].estimates
    >>> low.error < high.error
    True
    """
    chosen = parse_methods([methods] if isinstance(methods, str | Method) else methods)
    if not np.iterable(numbers):
        raise refusal("numbers", "a sequence of numbers of patterns", numbers)
    asked = [whole_number("numbers", number, 1) for number in numbers]
    if not asked:
        raise refusal("numbers", "at least one number of patterns", asked)
    task, sampling = split_options(n_units, n_active, options)
    root = seed_sequence(rng)
    curves = []
    with pool(workers, executor) as memories:
        for method in chosen:
            with progress_bar(flag("progress", progress), method.label) as advance:
                measure = Measurement(method, task, root, sampling, memories, advance)
                estimates = tuple(measure(number) for number in asked)
            expected = tuple(expected_error(method, task, number) for number in asked)
            curves.append(ErrorCurve(method, estimates, expected))
    return ErrorCurves(task, sampling.confidence, tuple(curves))


def expected_error(method: Method, task: Task, n_patterns: int) -> float | None:
    """Return what theory predicts for one step, or None where there is no theory for it."""
    settings = dict(method.settings)
    activation = settings.pop("activation", "winners")
    settings.pop("ties", None)
    one_step = settings.pop("max_steps", None) == 1
    # A silent unit of the query has no own term in the Willshaw rule, an active one stays on.
    own_term = settings.pop("self_term", None) != "never" and method.rule != "willshaw"
    known = one_step and not own_term and not settings and method.core is None
    if not known or task.ensemble != "palm" or not isinstance(method.rule, str):
        return None
    expected = theory.one_step_error(
        method.rule,
        n_patterns,
        n_units=task.n_units,
        n_active=task.n_active,
        completeness=task.completeness,
        addition=task.addition,
        activation=activation,
    )
    return None if np.isnan(expected) else expected


def parse_methods(methods: Sequence[str | Method]) -> list[Method]:
    """Return all methods, or refuse what is none."""
    if isinstance(methods, str) or not np.iterable(methods) or not len(methods):
        raise refusal("methods", "a sequence of at least one method", methods)
    return [parse_method(method) for method in methods]


def parse_method(method: str | Method) -> Method:
    """Return a method for its notation, or refuse what is none."""
    chosen = Method.parse(method) if isinstance(method, str) else method
    if not isinstance(chosen, Method):
        raise refusal("method", "a str or Method", method)
    return chosen


def split_options(n_units: int, n_active: int, options: dict[str, Any]) -> tuple[Task, Sampling]:
    """Return the task and the sampling that keyword arguments describe."""
    names = set(Sampling.__dataclass_fields__)
    unknown = options.keys() - names - set(Task.__dataclass_fields__)
    if unknown:
        known = sorted((names | set(Task.__dataclass_fields__)) - {"n_units", "n_active"})
        raise ValueError(f"{min(unknown)}: is no option; known: {', '.join(known)}")
    sampling = Sampling(**{name: options[name] for name in names & options.keys()})
    others = {name: value for name, value in options.items() if name not in names}
    return Task(n_units, n_active, **others), sampling


def write_rows(
    path: str | PathLike[str], columns: Sequence[str], rows: list[dict[str, Any]]
) -> None:
    """Write a table as comma-separated values with a header line."""
    with (
        written_aside(path) as aside,
        open(aside, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
