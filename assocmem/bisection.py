"""Bisection for the largest number that passes a test."""

from __future__ import annotations

from collections.abc import Callable


def bisect(passes: Callable[[int], bool], *, start: int, largest: int, tolerance: float) -> int:
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
