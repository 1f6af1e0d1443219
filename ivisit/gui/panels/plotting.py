"""Numbers for drawing a line plot by hand: ticks, nice limits, points by pixel column."""

from __future__ import annotations

import math

import numpy as np


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
    smallest = max(abs(low), abs(high)) * 1e-12
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


def is_dense(x: np.ndarray) -> bool:
    """Tell whether several values share most columns of pixels, `x` being their pixels."""
    return len(x) > 2 * (x[-1] - x[0] + 1) if len(x) else False


def line_points(
    x: np.ndarray, low: np.ndarray, high: np.ndarray, y: tuple[float, float]
) -> list[list[float]]:
    """Return the lines to draw, each as a flat list x, y, x, y ...

    Parameters
    ----------
    x : ndarray, shape (n,)
        Pixel of each value, rising.
    low, high : ndarray, shape (n,)
        Smallest and largest value there.
    y : tuple of float
        Factor and offset from values to pixels.

    Returns
    -------
    list of list of float
        Where a value is not finite, one line ends and another one begins.
    """
    if len(x) == 0:
        return []
    if is_dense(x):
        # A vertical stroke between the extremes in every column of pixels.
        columns = x.astype(np.int64)
        heads = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
        low, high = np.fmin.reduceat(low, heads), np.fmax.reduceat(high, heads)
        x = columns[heads].astype(float)
    if low is high:
        points = np.empty((len(x), 2))
    else:
        # Every other stroke runs downwards, so that they join at neighbouring ends.
        low, high = low.copy(), high.copy()
        low[1::2], high[1::2] = high[1::2], low[1::2].copy()
        points = np.empty((len(x), 4))
        points[:, 2], points[:, 3] = x, _pixels(high, y)
    points[:, 0], points[:, 1] = x, _pixels(low, y)
    return _finite_lines(points)


def _pixels(values: np.ndarray, y: tuple[float, float]) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return values * y[0] + y[1]


def _finite_lines(points: np.ndarray) -> list[list[float]]:
    """Return the rows as flat lists, split at those that are not finite."""
    good = np.isfinite(points).all(axis=1)
    parts = [points]
    if not good.all():
        cuts = np.flatnonzero(np.diff(good.astype(np.int8))) + 1
        pieces = zip(np.split(points, cuts), np.split(good, cuts), strict=True)
        parts = [piece for piece, is_finite in pieces if is_finite[0]]
    lines = []
    for part in parts:
        flat = np.round(part, 1).ravel().tolist()
        # A line of one point would be refused by Tk.
        lines.append(flat if len(flat) > 2 else [*flat, flat[0] + 1, flat[1]])
    return lines
