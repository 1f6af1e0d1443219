"""`Courtesy`: let the thread of the window have the interpreter in time.

Python lets a thread in that waits for the interpreter when another one has held it for a while. A
step that hands it back for a moment many times, as NumPy does while it copies, begins that while
anew each time, and takes it again before the other thread has woken up: the window would draw one
picture a second. It gets its turn when the thread that computes really sleeps.
"""

from __future__ import annotations

import math
import time

#: Seconds that the thread that computes sleeps, and from one such nap to the next.
NAP, BETWEEN_NAPS = 0.00005, 0.0003
#: Seconds by which a window must be late to be taken to wait for the interpreter.
LATE = 0.002


class Courtesy:
    """Naps of a thread that computes, while a window has something to do or is late.

    Where no window ever calls `begin`, there are none.
    """

    def __init__(self) -> None:
        self._content_until = math.inf
        self._next_nap = 0.0

    def begin(self) -> None:
        """Tell that the window has begun to look after everything."""
        self._content_until = 0.0

    def end(self, pause: float) -> None:
        """Tell that the window is done, for `pause` seconds."""
        self._content_until = time.perf_counter() + pause + LATE

    def give_way(self) -> None:
        """Sleep for a moment if that is due; called by the thread that computes."""
        now = time.perf_counter()
        if now > self._content_until and now > self._next_nap:
            time.sleep(NAP)
            self._next_nap = time.perf_counter() + BETWEEN_NAPS
