"""How far a sweep is, on stderr or wherever the caller wants it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from ivisit.runs.row_writer import Counts

#: Seconds between two lines where stderr is no terminal: the log of a batch job.
LOG_INTERVAL = 30.0
#: Seconds between two changes of the line on a terminal.
SCREEN_INTERVAL = 0.2


class Progress:
    """Shows nothing; base of what does."""

    def update(self, counts: Counts) -> None:
        """Take notice of how a sweep stands."""

    def close(self) -> None:
        """End the display."""


class Called(Progress):
    """Calls a function of the user's."""

    def __init__(self, function: Callable[[Counts], Any]) -> None:
        self.function = function

    def update(self, counts: Counts) -> None:
        self.function(counts)


class Line(Progress):
    """One line on stderr: overwritten on a terminal, else a new one every half minute."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.screen = sys.stderr.isatty()
        self._began = self._shown = time.monotonic()
        self._first: int | None = None
        self._last = ""

    def update(self, counts: Counts) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = counts.done
        self._last = self.text(counts, now)
        if now - self._shown >= (SCREEN_INTERVAL if self.screen else LOG_INTERVAL):
            self._shown = now
            self._show(self._last)

    def text(self, counts: Counts, now: float) -> str:
        """Return done and all, rate, remaining time, failures."""
        elapsed = max(now - self._began, 1e-9)
        rate = (counts.done - (self._first or 0)) / elapsed
        text = f"sweep {self.name!r}: {counts.done}/{counts.size}, {rate:.3g} runs/s"
        if rate > 0 and counts.done < counts.size:
            text += f", {duration_text((counts.size - counts.done) / rate)} left"
        if counts.failed:
            text += f", {counts.failed} failed"
        if counts.diverged:
            text += f", {counts.diverged} diverged"
        return text

    def close(self) -> None:
        if self.screen and self._last:
            self._show(self._last)
            sys.stderr.write("\n")

    def _show(self, text: str) -> None:
        sys.stderr.write(f"\r{text}\x1b[K" if self.screen else f"{text}\n")
        sys.stderr.flush()


def make_progress(progress: Any, name: str) -> Progress:
    """Return how progress is shown: not at all, as a line, or by a function of the user's."""
    if callable(progress):
        return Called(progress)
    return Line(name) if progress else Progress()


def duration_text(seconds: float) -> str:
    """Return a duration as people say it.

    >>> duration_text(4.2), duration_text(75), duration_text(7300), duration_text(200000)
    ('4.2 s', '1 min 15 s', '2 h 1 min', '2 d 7 h')
    """
    if seconds < 60:
        return f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"
