"""`TraceHistory`: all that the lines of a plot were, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Buckets at the most; more than any screen has columns.
CAPACITY = 8192
#: Latest values that are kept one by one.
RECENT = 20_000


@dataclass(frozen=True)
class View:
    """What a plot shows of its lines.

    Attributes
    ----------
    steps : ndarray of int, shape (n,)
        Step numbers; of a bucket the first one.
    low, high, mean : ndarray, shape (n, lines)
        Smallest, largest and mean value there; one and the same array where each value stands
        for itself.
    """

    steps: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray

    @property
    def exact(self) -> bool:
        """Whether each value stands for itself."""
        return self.low is self.high


class TraceHistory:
    """Keeps the latest values as they are, and of all values extremes and means of equal spans.

    Appending costs time in proportion to what is appended, however long the run.

    Parameters
    ----------
    lines : int, optional
        Numbers a step.
    """

    def __init__(self, lines: int = 1) -> None:
        self.lines = lines
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._steps = np.empty(2 * RECENT, np.int64)
        self._values = np.empty((2 * RECENT, self.lines))
        self._end = 0
        self._starts = np.empty(CAPACITY, np.int64)
        # Extremes, sums and numbers of the finite values in each bucket.
        self._low, self._high, self._sum, self._count = (
            np.empty((CAPACITY, self.lines)) for _ in range(4)
        )
        self._buckets = 0
        #: Steps that one bucket spans.
        self.span = 1
        self.last_step = 0

    def append(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Add rows, shape (n, lines) or (n,) for one line, with their rising step numbers."""
        if len(steps) == 0:
            return
        values = values.reshape(len(steps), self.lines)
        self.last_step = int(steps[-1])
        self._append_recent(steps[-RECENT:], values[-RECENT:])
        while self._needed(steps) > CAPACITY:
            self._merge_pairs()
        self._append_buckets(steps, values)

    def _append_recent(self, steps: np.ndarray, values: np.ndarray) -> None:
        if self._end + len(steps) > len(self._steps):
            kept = min(RECENT, self._end)
            self._steps[:kept] = self._steps[self._end - kept : self._end].copy()
            self._values[:kept] = self._values[self._end - kept : self._end].copy()
            self._end = kept
        place = slice(self._end, self._end + len(steps))
        self._steps[place], self._values[place] = steps, values
        self._end = place.stop

    def _needed(self, steps: np.ndarray) -> int:
        """Return how many buckets there are at the most after appending."""
        return self._buckets + min(len(steps), int(steps[-1] - steps[0]) // self.span + 2)

    def _merge_pairs(self) -> None:
        """Double the span of the buckets."""
        self.span *= 2
        if not self._buckets:
            return
        used = slice(0, self._buckets)
        starts = self._starts[used] // self.span * self.span
        parts = [a[used].copy() for a in (self._low, self._high, self._sum, self._count)]
        self._store(starts, parts, 0)

    def _append_buckets(self, steps: np.ndarray, values: np.ndarray) -> None:
        starts = steps // self.span * self.span
        finite = np.isfinite(values)
        parts = [values, values, np.where(finite, values, 0.0), finite.astype(float)]
        first = 0
        # The latest bucket may go on.
        if self._buckets and self._starts[self._buckets - 1] == starts[0]:
            last = self._buckets - 1
            first = int(np.searchsorted(starts, starts[0], side="right"))
            self._low[last] = np.fmin(self._low[last], np.fmin.reduce(values[:first]))
            self._high[last] = np.fmax(self._high[last], np.fmax.reduce(values[:first]))
            with np.errstate(over="ignore", invalid="ignore"):
                self._sum[last] += parts[2][:first].sum(axis=0)
            self._count[last] += parts[3][:first].sum(axis=0)
        if first < len(starts):
            self._store(starts[first:], [part[first:] for part in parts], self._buckets)

    def _store(self, starts: np.ndarray, parts: list[np.ndarray], at: int) -> None:
        """Put rows into buckets from number `at` on, those with the same start together."""
        heads = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
        place = slice(at, at + len(heads))
        self._starts[place] = starts[heads]
        # fmin and fmax ignore NaN as long as there is a number.
        self._low[place] = np.fmin.reduceat(parts[0], heads)
        self._high[place] = np.fmax.reduceat(parts[1], heads)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sum[place] = np.add.reduceat(parts[2], heads)
        self._count[place] = np.add.reduceat(parts[3], heads)
        self._buckets = place.stop

    def view(self, first: float = -np.inf, last: float = np.inf) -> View:
        """Return what there is of the steps from `first` to `last`, and one beyond each end."""
        recent = slice(max(0, self._end - RECENT), self._end)
        steps, values = self._steps[recent], self._values[recent]
        exact = len(steps) and (steps[0] <= first or self._is_whole(steps))
        if exact or not self._buckets:
            part = _part(steps, first, last)
            values = values[part]
            return View(steps[part], values, values, values)
        part = _part(self._starts[: self._buckets], first, last)
        with np.errstate(invalid="ignore", over="ignore"):
            mean = self._sum[part] / self._count[part]
        return View(self._starts[part], self._low[part], self._high[part], mean)

    def _is_whole(self, steps: np.ndarray) -> bool:
        return not self._buckets or bool(steps[0] <= self._starts[0])

    def at(self, step: float) -> tuple[int, np.ndarray] | None:
        """Return step number and values (bucket: means) nearest to `step`; None without any."""
        view = self.view(step, step)
        if not len(view.steps):
            return None
        nearest = int(np.argmin(np.abs(view.steps - step)))
        return int(view.steps[nearest]), view.mean[nearest]

    def tail(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return steps and values of the latest rows, as they are, at most `count` of them."""
        recent = slice(max(0, self._end - min(count, RECENT)), self._end)
        return self._steps[recent], self._values[recent]


def _part(steps: np.ndarray, first: float, last: float) -> slice:
    """Return which of rising `steps` lie between, and one more on each side."""
    begin = int(np.searchsorted(steps, first, side="left"))
    end = int(np.searchsorted(steps, last, side="right"))
    return slice(max(begin - 1, 0), min(end + 1, len(steps)))
