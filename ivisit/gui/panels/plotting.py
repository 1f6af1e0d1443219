"""Ticks and round limits for a plot drawn by hand."""

from __future__ import annotations

import math


def nice_step(span: float, count: int) -> float:
    """Return 1, 2 or 5 times a power of ten: the distance of about `count` ticks in `span`."""
    raw = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m for m in (1, 2, 5, 10) if m * power >= raw * 0.999) * power


def nice_limits(low: float, high: float, count: int) -> tuple[float, float, float]:
    """Return limits that enclose `low` and `high`, and the distance of the ticks between them."""
    if not high > low:
        margin = abs(low) * 0.1 or 1.0
        low, high = low - margin, high + margin
    span = high - low
    # A noisy straight line far from zero: below this, float64 has no numbers for the ticks.
    smallest = max(max(abs(low), abs(high)) * 1e-12, 1e-300)
    if not math.isfinite(span) or span < smallest:
        return low, high, span if math.isfinite(span) else high / 2 - low / 2
    step = nice_step(span, count)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def nice_length(steps: int) -> int:
    """Return a round number of steps, at least `steps`, for a time axis that grows rarely."""
    power = 10 ** max(math.floor(math.log10(max(steps, 10))), 1)
    return next(
        length
        for length in (round(m * power) for m in (1, 1.5, 2, 3, 4, 6, 8, 10))
        if length >= steps
    )


def ticks(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of `step` between the limits."""
    if not step > 0:
        return []
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [number * step for number in range(first, min(last, first + 50) + 1)]


def tick_text(value: float, step: float) -> str:
    """Return the label of a tick, with the digits that its distance to the next one needs."""
    if abs(value) < step * 1e-6:
        return "0"
    if not 1e-4 < abs(value) < 1e6:
        return f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:.{digits}f}"
