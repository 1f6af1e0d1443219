"""`Turns`: many plots share the time that drawing may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

#: All plots of a session together take at most this part of the time.
SHARE = 0.12


class Drawing(Protocol):
    """Something that can be drawn."""

    def redraw(self) -> None:
        """Draw now."""


class Turns:
    """Lets plots draw one after another, as often as their share of the time allows.

    What has asked is drawn soon, in the order of asking; who asks again while waiting waits once.
    """

    def __init__(self) -> None:
        self._waiting: dict[Drawing, None] = {}
        self._due = 0.0
        self._timer: str | None = None
        self._after: Callable[[int, Callable[[], object]], str] | None = None

    def ask(self, drawing: Drawing, after: Callable[[int, Callable[[], object]], str]) -> None:
        """Have `drawing` drawn, now or when its turn comes.

        ``after(milliseconds, function)`` calls a function later, as long as there is a window.
        """
        self._waiting.setdefault(drawing)
        self._after = after
        self._draw_waiting()

    def forget(self, drawing: Drawing) -> None:
        """Draw it no more."""
        self._waiting.pop(drawing, None)

    def _draw_waiting(self) -> None:
        while self._waiting and (began := time.perf_counter()) >= self._due:
            drawing = next(iter(self._waiting))
            del self._waiting[drawing]
            drawing.redraw()
            now = time.perf_counter()
            self._due = now + (now - began) * (1 / SHARE - 1)
        if self._waiting and self._timer is None and self._after is not None:
            pause = max(int((self._due - time.perf_counter()) * 1000), 1)
            self._timer = self._after(pause, self._come_back)

    def _come_back(self) -> None:
        self._timer = None
        self._draw_waiting()

    def stop(self, cancel: Callable[[str], object]) -> None:
        """Draw nothing any more; ``cancel(timer)`` ends what `after` has begun."""
        self._waiting.clear()
        # It belongs to the window, which nothing may keep: see `Window.close`.
        self._after = None
        if self._timer is not None:
            cancel(self._timer)
            self._timer = None
