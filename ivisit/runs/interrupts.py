"""Requests to end while a sweep goes on: counted, so that what was computed can be stored."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from ivisit.runs.interrupting import ENDING


class Interrupts:
    """How often somebody has asked for the end: once is after running work, twice at once."""

    def __init__(self) -> None:
        self.count = 0
        #: Whether the second one must end what this thread itself computes.
        self.immediate = False

    @contextlib.contextmanager
    def heard(self) -> Iterator[Interrupts]:
        """Count what is in `ENDING` while the block runs, where handlers can be set."""
        former: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for number in ENDING:
                # nohup has had this one ignored, and wants it to stay so.
                if signal.getsignal(number) == signal.SIG_IGN and number != signal.SIGINT:
                    continue
                with contextlib.suppress(ValueError, OSError):
                    former[number] = signal.signal(number, self._hear)
        try:
            yield self
        finally:
            for known, handler in former.items():
                if handler is not None:
                    signal.signal(known, handler)

    def _hear(self, number: int, frame: Any) -> None:
        self.count += 1
        if self.count > 2 or (self.immediate and self.count > 1):
            # What does not look at the count, a step that is computed here, ends like this.
            raise KeyboardInterrupt
