"""How many patterns a memory can hold: bisection with common random numbers.

The pattern capacity M_eps is the largest number of stored patterns at which the mean output error
stays at or below eps (A. Knoblauch, Neural Computation 23:1393 (2011), section 4; arXiv:2412.18349
(2024), section 4). Patterns are nested in M and queries keep their noise, so that the error curve
is smooth; all methods of a comparison see the same patterns and queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any

import numpy as np

from assocmem._files import written_aside
from assocmem._validation import flag, real_number, whole_number
from assocmem.bisection import bisect
from assocmem.curves import (
    ErrorCurve,
    ErrorCurves,
    errors_at,
    parse_method,
    parse_methods,
    split_options,
    write_rows,
)
from assocmem.experiment import Method, Task
from assocmem.measuring import (
    ErrorEstimate,
    Measurement,
    Sampling,
    pool,
    progress_bar,
    seed_sequence,
)

__all__ = [
    "Capacity",
    "Comparison",
    "ErrorCurve",
    "ErrorCurves",
    "ErrorEstimate",
    "Sampling",
    "compare",
    "errors_at",
    "pattern_capacity",
]

#: Width of an interval, relative to the capacity, above which a bar for the number would mislead.
WIDE_INTERVAL = 0.5

#: Arguments of `pattern_capacity` that describe the task.
TASK_OPTIONS = set(Task.__dataclass_fields__) - {"n_units", "n_active"}


@dataclass(frozen=True)
class Capacity:
    """The pattern capacity of a method, with everything that was measured on the way.

    Attributes
    ----------
    method : Method
    n_patterns : int
        Largest M found with mean output error <= eps; 0 if even one pattern fails.
    is_limited : bool
        Whether `n_patterns` is only `max_patterns`: the true capacity is at least this.
    low, high : int
        Confidence interval: the M at which the upper (lower) confidence bound of the error
        crosses eps.
    bits_total, bits_gain : float
        Bits per synapse in total, and gained beyond the queries, at this M and error (n^2
        synapses).
    estimates : tuple of ErrorEstimate
        All measured points, ordered by M.
    """

    method: Method
    n_patterns: int
    is_limited: bool
    low: int
    high: int
    bits_total: float
    bits_gain: float
    estimates: tuple[ErrorEstimate, ...]

    @property
    def is_vague(self) -> bool:
        """Whether the interval says more than the number: wide, or limited by `max_patterns`."""
        return self.is_limited or self.high - self.low > WIDE_INTERVAL * max(1, self.n_patterns)


def pattern_capacity(
    method: str | Method = "bayes",
    *,
    n_units: int,
    n_active: int,
    max_error: float = 0.01,
    tolerance: float = 0.01,
    max_patterns: int = 10**6,
    workers: int = 1,
    executor: Executor | None = None,
    progress: bool = False,
    rng: Any = None,
    **options: Any,
) -> Capacity:
    """Return the largest number of patterns with mean output error at most `max_error`.

    Parameters
    ----------
    method : str or Method, default "bayes"
        A rule with options of retrieval, in the notation of `Method.parse`.
    n_units, n_active : int
        Numbers of units n and of active units k.
    max_error : float, default 0.01
        Output error eps that is tolerated, between 0 and 1.
    tolerance : float, default 0.01
        Relative width at which bisection ends.
    max_patterns : int, default 10^6
        Largest number of patterns to try.
    workers : int, default 1
        Number of processes that try memories at once; the result does not depend on it.
    executor : concurrent.futures.Executor, optional
        Where to try memories instead, e.g. one of Dask or MPI; it is not shut down.
    progress : bool, default False
        Whether to show a progress bar (memories tried) on stderr.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Source of random numbers.
    **options
        Those of `Task`: completeness, addition (the query), ensemble, n_prototypes, similarity
        (the patterns); and of `Sampling`: n_queries, n_memories, max_errors, confidence.

    Returns
    -------
    Capacity

    Raises
    ------
    ValueError
        If an argument is out of range or the method is unknown.

    Examples
    --------
    >>> pattern_capacity("bayes+soft", n_units=64, n_active=4, n_queries=20, rng=0).n_patterns > 10
    True
    """
    chosen = parse_method(method)
    task, sampling = split_options(n_units, n_active, options)
    max_error = real_number("max_error", max_error, 0, 1)
    tolerance = real_number("tolerance", tolerance, 0, 1)
    max_patterns = whole_number("max_patterns", max_patterns, 1)
    show = flag("progress", progress)
    with pool(workers, executor) as memories, progress_bar(show, chosen.label) as advance:
        measure = Measurement(chosen, task, seed_sequence(rng), sampling, memories, advance)
        search = {"start": max(1, min(max_patterns, n_units // 2)), "largest": max_patterns}
        limits = {
            bound: bisect(
                partial(measure.is_below, max_error, bound), tolerance=tolerance, **search
            )
            for bound in ("error", "low", "high")
        }
    return _conclude(measure, limits, max_patterns)


def _conclude(measure: Measurement, limits: dict[str, int], max_patterns: int) -> Capacity:
    """Return the capacity, given the largest M at which the error and each bound is tolerated."""
    n_patterns = limits["error"]
    bits = measure(n_patterns).bits(measure.task) if n_patterns else (0.0, 0.0)
    return Capacity(
        method=measure.method,
        n_patterns=n_patterns,
        is_limited=n_patterns == max_patterns,
        low=min(limits["high"], n_patterns),
        high=max(limits["low"], n_patterns),
        bits_total=bits[0],
        bits_gain=bits[1],
        estimates=tuple(measure.known[m] for m in sorted(measure.known)),
    )


@dataclass(frozen=True)
class Comparison:
    """Capacities of several methods at the same task.

    Attributes
    ----------
    task : Task
    max_error : float
        Tolerated output error.
    capacities : tuple of Capacity
        In the order asked for.
    """

    task: Task
    max_error: float
    capacities: tuple[Capacity, ...]

    COLUMNS = ("method", "n_patterns", "is_limited", "low", "high", "bits_total", "bits_gain")

    def rows(self) -> list[dict[str, Any]]:
        """Return one dictionary for each method, with the keys `COLUMNS`."""
        return [
            {"method": c.method.label}
            | {name: getattr(c, name) for name in self.COLUMNS if name != "method"}
            for c in self.capacities
        ]

    def write_csv(self, path: str | PathLike[str]) -> None:
        """Write the rows as comma-separated values with a header line."""
        write_rows(path, self.COLUMNS, self.rows())

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Draw a bar for each capacity with its confidence interval.

        Where the number alone would mislead, because its interval is wide or it is only the
        largest number that was tried, the bar is the interval itself, hatched.

        Parameters
        ----------
        path : str or path, optional
            Image file to write.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 1.2 + 0.4 * len(self.capacities)), layout="constrained")
        axes = figure.subplots()
        place = np.arange(len(self.capacities))
        values = np.array([[c.n_patterns, c.low, c.high] for c in self.capacities]).reshape(-1, 3)
        margins = np.abs(values[:, 1:] - values[:, :1]).T
        vague = np.array([c.is_vague for c in self.capacities], bool)
        clear = ~vague
        axes.barh(place[clear], values[clear, 0], xerr=margins[:, clear], capsize=3)
        spans = values[vague, 2] - values[vague, 1]
        axes.barh(
            place[vague],
            np.maximum(spans, 1),
            left=values[vague, 1],
            fill=False,
            hatch="///",
            edgecolor="C0",
        )
        for row in np.flatnonzero([c.is_limited for c in self.capacities]):
            axes.annotate(
                "≥", (values[row, 0], row), va="center", xytext=(4, 0), textcoords="offset points"
            )
        axes.set_yticks(place, [c.method.label for c in self.capacities])
        axes.invert_yaxis()
        axes.set_xlim(left=0)  # bars that begin elsewhere are intervals
        axes.set_xlabel(f"patterns at output error <= {self.max_error:g}")
        axes.set_title(str(self.task))
        if path is not None:
            with written_aside(path) as aside:
                figure.savefig(aside)
        return figure

    def __str__(self) -> str:
        """The rows as an aligned table."""
        width = max(6, *(len(c.method.label) for c in self.capacities))
        lines = [f"{'method':{width}} {'patterns':>9} {'interval':>15} {'total':>8} {'gain':>8}"]
        for c in self.capacities:
            interval = f"[{c.low}, {c.high}]"
            number = f">={c.n_patterns}" if c.is_limited else f"{c.n_patterns}"
            lines.append(
                f"{c.method.label:{width}} {number:>9} {interval:>15} "
                f"{c.bits_total:8.4f} {c.bits_gain:8.4f}"
            )
        return "\n".join(lines)


def compare(
    methods: Sequence[str | Method],
    *,
    n_units: int,
    n_active: int,
    max_error: float = 0.01,
    workers: int = 1,
    executor: Executor | None = None,
    rng: Any = None,
    **options: Any,
) -> Comparison:
    """Return the pattern capacities of several methods for the same patterns and queries.

    Parameters
    ----------
    methods : sequence of str or Method
        Rules with options of retrieval, see `Method.parse`.
    n_units, n_active, max_error, workers, executor, rng, **options
        As for `pattern_capacity`.

    Returns
    -------
    Comparison
        Prints as a table; `write_csv` and `plot` export it.

    Raises
    ------
    ValueError
        If there is no method, or an argument is out of range.
    """
    parsed = parse_methods(methods)
    root = seed_sequence(rng)
    options |= {"n_units": n_units, "n_active": n_active, "max_error": max_error}
    with pool(workers, executor) as memories:
        options |= {"executor": memories.executor, "workers": memories.width}
        capacities = tuple(pattern_capacity(method, rng=root, **options) for method in parsed)
    task, _ = split_options(
        n_units,
        n_active,
        {name: value for name, value in options.items() if name in TASK_OPTIONS},
    )
    return Comparison(task, max_error, capacities)
