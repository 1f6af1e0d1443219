"""How many patterns a memory can hold: bisection with common random numbers.

The pattern capacity M_eps is the largest number of stored patterns at which the mean output error
stays at or below eps (A. Knoblauch, Neural Computation 23:1393 (2011), section 4; arXiv:2412.18349
(2024), section 4). Patterns are nested in M and queries keep their noise, so that the error curve
is smooth; all methods of a comparison see the same patterns and queries.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any

import numpy as np
from scipy import stats

from assocmem import measures
from assocmem._files import written_aside
from assocmem._validation import flag, random_generator, real_number, refusal, whole_number
from assocmem.experiment import Method, Streams, Task

#: Memories that each number of patterns is tried with at least, for a confidence interval.
FEWEST_MEMORIES = 4


@dataclass(frozen=True)
class ErrorEstimate:
    """The output error at one number of patterns.

    Attributes
    ----------
    n_patterns : int
        Number of stored patterns M.
    error : float
        Mean output error over memories and queries.
    low, high : float
        Confidence interval of the mean: Student's t over memories, which are independent.
    n_memories, n_errors : int
        How many memories were tried, and how many wrong units were counted in all.
    """

    n_patterns: int
    error: float
    low: float
    high: float
    n_memories: int
    n_errors: int


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


class _Measurement:
    """Error estimates of one method on demand, each number of patterns measured once."""

    def __init__(
        self,
        method: Method,
        task: Task,
        root: np.random.SeedSequence,
        *,
        n_queries: int,
        n_memories: int,
        max_errors: int,
        confidence: float,
        advance: Callable[[], Any],
    ) -> None:
        self.method, self.task, self.root = method, task, root
        self.n_queries, self.n_memories = n_queries, n_memories
        self.max_errors, self.confidence = max_errors, confidence
        self.advance = advance
        self.known: dict[int, ErrorEstimate] = {}

    def __call__(self, n_patterns: int) -> ErrorEstimate:
        if n_patterns not in self.known:
            self.known[n_patterns] = self._measure(n_patterns)
        return self.known[n_patterns]

    def is_below(self, max_error: float, bound: str, n_patterns: int) -> bool:
        """Tell whether the error, or one of its confidence bounds, is at most `max_error`."""
        return bool(getattr(self(n_patterns), bound) <= max_error)

    def _measure(self, n_patterns: int) -> ErrorEstimate:
        means: list[float] = []
        n_errors = 0
        for number in range(self.n_memories):
            streams = Streams(self.root, number)
            errors = self.method.errors(self.task, n_patterns, self.n_queries, streams)
            means.append(float(np.mean(errors)))
            n_errors += round(float(np.sum(errors)) * self.task.n_active)
            self.advance()
            if n_errors >= self.max_errors and len(means) >= FEWEST_MEMORIES:
                break
        mean = float(np.mean(means))
        quantile = stats.t.ppf((1 + self.confidence) / 2, len(means) - 1)
        margin = float(quantile * np.std(means, ddof=1) / np.sqrt(len(means)))
        return ErrorEstimate(n_patterns, mean, mean - margin, mean + margin, len(means), n_errors)


def pattern_capacity(
    method: str | Method = "bayes",
    *,
    n_units: int,
    n_active: int,
    completeness: float = 0.8,
    addition: float = 0.2,
    ensemble: str = "palm",
    max_error: float = 0.01,
    n_queries: int = 100,
    n_memories: int = 8,
    max_errors: int = 400,
    confidence: float = 0.95,
    tolerance: float = 0.01,
    max_patterns: int = 10**6,
    progress: bool = False,
    rng: Any = None,
) -> Capacity:
    """Return the largest number of patterns with mean output error at most `max_error`.

    Parameters
    ----------
    method : str or Method, default "bayes"
        A rule with options of retrieval, in the notation of `Method.parse`.
    n_units, n_active : int
        Numbers of units n and of active units k.
    completeness, addition : float, default 0.8 and 0.2
        Fractions lambda and kappa of the queries.
    ensemble : {"palm", "bernoulli", "block"}
        Kind of patterns; answers have the right number of winners (in blocks for block patterns).
    max_error : float, default 0.01
        Output error eps that is tolerated, between 0 and 1.
    n_queries : int, default 100
        Queries per memory (fewer while fewer patterns are stored).
    n_memories : int, default 8
        Largest number of independent memories for each number of patterns, at least 4.
    max_errors : int, default 400
        After 4 memories no further one is tried once this many wrong units were counted.
    confidence : float, default 0.95
        Confidence level of intervals.
    tolerance : float, default 0.01
        Relative width at which bisection ends.
    max_patterns : int, default 10^6
        Largest number of patterns to try.
    progress : bool, default False
        Whether to show a progress bar (memories tried) on stderr.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Source of random numbers.

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
    task = Task(n_units, n_active, completeness, addition, ensemble)
    chosen = Method.parse(method) if isinstance(method, str) else method
    if not isinstance(chosen, Method):
        raise refusal("method", "a str or Method", method)
    max_error = real_number("max_error", max_error, 0, 1)
    tolerance = real_number("tolerance", tolerance, 0, 1)
    max_patterns = whole_number("max_patterns", max_patterns, 1)
    with _progress_bar(flag("progress", progress), chosen.label) as advance:
        measure = _Measurement(
            chosen,
            task,
            _root(rng),
            n_queries=whole_number("n_queries", n_queries, 1),
            n_memories=whole_number("n_memories", n_memories, FEWEST_MEMORIES),
            max_errors=whole_number("max_errors", max_errors, 1),
            confidence=real_number("confidence", confidence, 0.5, 0.9999),
            advance=advance,
        )
        search = {"start": max(1, min(max_patterns, n_units // 2)), "largest": max_patterns}
        limits = {
            bound: _bisect(
                partial(measure.is_below, max_error, bound), tolerance=tolerance, **search
            )
            for bound in ("error", "low", "high")
        }
    return _conclude(measure, limits, max_patterns)


def _conclude(measure: _Measurement, limits: dict[str, int], max_patterns: int) -> Capacity:
    """Return the capacity, given the largest M at which the error and each bound is tolerated."""
    n_patterns, task = limits["error"], measure.task
    error = measure(n_patterns).error if n_patterns else 0.0
    sizes: dict[str, Any] = {"n_units": task.n_units, "n_active": task.n_active}
    sizes["answers"] = measures.winners_channel(error, **sizes)
    return Capacity(
        method=measure.method,
        n_patterns=n_patterns,
        is_limited=n_patterns == max_patterns,
        low=min(limits["high"], n_patterns),
        high=max(limits["low"], n_patterns),
        bits_total=measures.bits_per_synapse(n_patterns, **sizes),
        bits_gain=measures.bits_per_synapse(n_patterns, queries=task.channel, **sizes),
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
        with (
            written_aside(path) as aside,
            open(aside, "w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.DictWriter(file, self.COLUMNS)
            writer.writeheader()
            writer.writerows(self.rows())

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Draw a bar for each capacity with its confidence interval.

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
        axes.barh(place, values[:, 0], xerr=margins, capsize=3)
        axes.set_yticks(place, [c.method.label for c in self.capacities])
        axes.invert_yaxis()
        axes.set_xlabel(f"patterns at output error <= {self.max_error:g}")
        task = self.task
        axes.set_title(
            f"{task.ensemble}, n = {task.n_units}, k = {task.n_active}, "
            f"λ = {task.completeness:g}, κ = {task.addition:g}"
        )
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
    rng: Any = None,
    **options: Any,
) -> Comparison:
    """Return the pattern capacities of several methods for the same patterns and queries.

    Parameters
    ----------
    methods : sequence of str or Method
        Rules with options of retrieval, see `Method.parse`.
    n_units, n_active, max_error, rng, **options
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
    if isinstance(methods, str) or not len(methods):
        raise refusal("methods", "a sequence of at least one method", methods)
    parsed = [Method.parse(m) if isinstance(m, str) else m for m in methods]
    root = _root(rng)
    options |= {"n_units": n_units, "n_active": n_active, "max_error": max_error}
    capacities = tuple(pattern_capacity(method, rng=root, **options) for method in parsed)
    names = ("n_units", "n_active", "completeness", "addition", "ensemble")
    task = Task(**{name: options[name] for name in names if name in options})
    return Comparison(task, max_error, capacities)


def _bisect(passes: Callable[[int], bool], *, start: int, largest: int, tolerance: float) -> int:
    """Return about the largest number that passes, from 0 to `largest`."""
    low, high = 0, start
    while passes(high):
        if high == largest:
            return largest
        low, high = high, min(2 * high, largest)
    while high - low > max(1, tolerance * low):
        middle = (low + high) // 2
        if passes(middle):
            low = middle
        else:
            high = middle
    return low


def _root(rng: Any) -> np.random.SeedSequence:
    """Return a seed sequence that streams of all memories derive from."""
    if isinstance(rng, np.random.SeedSequence):
        return rng
    if rng is None or (isinstance(rng, int | np.integer) and rng >= 0):
        return np.random.SeedSequence(rng)
    return np.random.SeedSequence(random_generator(rng).integers(2**63, size=2).tolist())


@contextmanager
def _progress_bar(show: bool, label: str) -> Iterator[Callable[[], Any]]:
    """Yield what to call after each memory."""
    if not show:
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=" memories", leave=False) as bar:
        yield bar.update
