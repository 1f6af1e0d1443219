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


def telling_ticks(low: float, high: float, step: float) -> tuple[list[float], float]:
    """Return the ticks between the limits and their distance: `step`, or less where it gives one.

    One number alone would not tell the scale.

    >>> telling_ticks(12, 18, 5), telling_ticks(0, 40, 50), telling_ticks(0, 10, 5)
    (([12.0, 14.0, 16.0, 18.0], 2.0), ([0.0, 20.0, 40.0], 20.0), ([0, 5, 10], 5))
    """
    marks = ticks(low, high, step)
    # From a distance as long as the axis, or a little more, to half of the axis.
    for _ in range(4):
        if len(marks) > 1 or not step > 0 or not math.isfinite(step):
            break
        step = nice_step(0.4 * step, 1)
        marks = ticks(low, high, step)
    return marks, step


def tick_text(value: float, step: float) -> str:
    """Return the label of a tick, with the digits that its distance to the next one needs.

    >>> tick_text(0.5, 0.1), tick_text(1234567.2, 0.2), tick_text(2e6, 1e6), tick_text(3e-7, 1e-7)
    ('0.5', '1234567.2', '2e6', '3e-7')
    """
    if abs(value) < step * 1e-6:
        return "0"
    decade = math.floor(math.log10(step) + 1e-9)
    # A distance that is not round would lose up to half of itself in its first digit.
    is_round = any(abs(step / 10.0**decade - m) < 1e-6 for m in (1, 2, 5)) if decade > -300 else 0
    decimals = -decade + (not is_round)
    if 1e-4 < abs(value) < 1e6:
        return f"{value:.{max(decimals, 0)}f}"
    digits = max(math.floor(math.log10(abs(value)) + 1e-9) + decimals, 0)
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    scientific = f"{short}e{int(exponent)}"
    fixed = f"{value:.{max(decimals, 0)}f}" if abs(value) < 1e16 else scientific + " "
    return fixed if len(fixed) < len(scientific) else scientific


def value_text(value: float, span: float, digits: int = 6) -> str:
    """Return a number for reading, with the digits by which it differs from others in `span`.

    >>> value_text(0.123456789, 1.0), value_text(1234567.51, 0.8), value_text(10**9 + 7, 10)
    ('0.123457', '1234567.51', '1000000007')
    """
    if span > 0 and value and math.isfinite(value) and math.isfinite(span):
        before = math.floor(math.log10(abs(value))) - math.floor(math.log10(span))
        digits = min(max(digits, before + 3), 17)
    return f"{value:.{digits}g}"
