"""`TraceHistory`: all that a trace was, in bounded memory."""

from __future__ import annotations

import numpy as np

#: Buckets at the most; more than any screen has columns.
CAPACITY = 8192
#: Latest values that are kept one by one.
RECENT = 20_000


class TraceHistory:
    """Keeps the latest values as they are, and of all values the extremes of equal time spans.

    Appending costs time in proportion to what is appended, however long the run.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._steps = np.empty(2 * RECENT, np.int64)
        self._values = np.empty(2 * RECENT)
        self._end = 0
        self._starts = np.empty(CAPACITY, np.int64)
        self._low = np.empty(CAPACITY)
        self._high = np.empty(CAPACITY)
        self._buckets = 0
        #: Steps that one bucket spans.
        self.span = 1
        self.last_step = 0

    def append(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Add values with their rising step numbers."""
        if len(steps) == 0:
            return
        self.last_step = int(steps[-1])
        self._append_recent(steps[-RECENT:], values[-RECENT:])
        while self._needed(steps) > CAPACITY:
            self._merge_pairs()
        self._append_buckets(steps, values)

    def _append_recent(self, steps: np.ndarray, values: np.ndarray) -> None:
        if self._end + len(steps) > len(self._steps):
            kept = min(RECENT, self._end)
            for column in (self._steps, self._values):
                column[:kept] = column[self._end - kept : self._end].copy()
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
        self._store(starts, self._low[used].copy(), self._high[used].copy(), 0)

    def _append_buckets(self, steps: np.ndarray, values: np.ndarray) -> None:
        starts = steps // self.span * self.span
        first = 0
        # The latest bucket may go on.
        if self._buckets and self._starts[self._buckets - 1] == starts[0]:
            last = self._buckets - 1
            first = int(np.searchsorted(starts, starts[0], side="right"))
            self._low[last] = np.fmin(self._low[last], np.fmin.reduce(values[:first]))
            self._high[last] = np.fmax(self._high[last], np.fmax.reduce(values[:first]))
        if first < len(starts):
            self._store(starts[first:], values[first:], values[first:], self._buckets)

    def _store(self, starts: np.ndarray, low: np.ndarray, high: np.ndarray, at: int) -> None:
        """Put rows into buckets from number `at` on, those with the same start together."""
        heads = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
        place = slice(at, at + len(heads))
        self._starts[place] = starts[heads]
        # fmin and fmax ignore NaN as long as there is a number.
        self._low[place] = np.fmin.reduceat(low, heads)
        self._high[place] = np.fmax.reduceat(high, heads)
        self._buckets = place.stop

    def view(self, window: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return steps, smallest and largest values of the last `window` steps, or of all."""
        recent = slice(max(0, self._end - RECENT), self._end)
        steps, values = self._steps[recent], self._values[recent]
        whole = len(steps) and (self._buckets == 0 or steps[0] <= self._starts[0])
        if window is None and not whole:
            used = slice(0, self._buckets)
            return self._starts[used], self._low[used], self._high[used]
        if window is not None:
            first = np.searchsorted(steps, self.last_step - window, side="right")
            steps, values = steps[first:], values[first:]
        return steps, values, values
