"""Ctrl-C and other requests to end: the first ends the run, the next ones do not lose its result.

People press Ctrl-C twice, a batch system sends SIGTERM to the whole group, a terminal that closes
SIGHUP. The first of them raises `KeyboardInterrupt` in the main thread; until what was computed
is safe, or until `PATIENCE` has passed, the others are only counted.
"""

from __future__ import annotations

# What `signal` wraps: its conversions to enumerations take longer than many a run.
import _signal  # type: ignore[import-not-found, unused-ignore]
import signal
import threading
import time
from types import FrameType
from typing import Any, Self

#: Seconds after a request to end during which further ones are taken for the same one.
PATIENCE = 2.0
_DEFAULT = (signal.default_int_handler, signal.SIG_DFL)
#: What asks a command to end; Windows has no SIGHUP.
ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class EndOnce:
    """A context manager within which a request to end is raised once.

    Parameters
    ----------
    *signals : signal.Signals
        What to listen to; by default Ctrl-C. A signal whose handler is not Python's or the
        system's own is left to whoever has set it.
    for_good : bool
        Whether the process ends with this block: after one request, it hears no further ones,
        which would change its exit code.
    """

    def __init__(self, *signals: signal.Signals, for_good: bool = False) -> None:
        self.signals = signals or (signal.SIGINT,)
        self.for_good = for_good
        self._asked_at: float | None = None
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        # Python handles signals in the main thread, and lets only that one ask for them.
        if threading.current_thread() is threading.main_thread():
            for number in self.signals:
                if _signal.getsignal(number) in _DEFAULT:
                    self._former[number] = _signal.signal(number, self._ask)
        return self

    def __exit__(self, *exception: Any) -> None:
        deaf = self.for_good and self._asked_at is not None
        for number, handler in self._former.items():
            _signal.signal(number, _signal.SIG_IGN if deaf else handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_at is None or now - self._asked_at > PATIENCE:
            self._asked_at = now
            raise KeyboardInterrupt


def hear_no_more() -> None:
    """Have a process that was asked to end, and does, keep its exit code when it is asked again."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
