"""What user code prints in a worker process of ours: the end of it is kept for a failed run.

Only there: `sys.stdout` belongs to the whole process, and where several runs share one process
two of them would restore it in the wrong order.
"""

from __future__ import annotations

import io
import sys
from typing import Any

#: Characters kept of what a run printed.
TAIL = 2000


class _Tail(io.TextIOBase):
    """A text stream that remembers its end, however much is written."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: Any) -> int:
        text = str(text)
        self.text = (self.text + text[-TAIL:])[-TAIL:]
        return len(text)


_tail: _Tail | None = None


def become_worker() -> None:
    """Keep what this process prints from now on; called once, in a worker process."""
    global _tail
    _tail = _Tail()
    sys.stdout = sys.stderr = _tail


def is_worker() -> bool:
    """Tell whether this process is a worker of ours."""
    return _tail is not None


def clear() -> None:
    """Forget what was printed."""
    if _tail is not None:
        _tail.text = ""


def tail() -> str:
    """Return the end of what was printed since `clear`; empty outside our workers."""
    return "" if _tail is None else _tail.text
