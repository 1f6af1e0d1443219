"""Scales of a plot's value axis: linear, logarithmic, and symmetric-logarithmic.

A scale turns values into positions on the axis (`forward`), chooses limits that enclose the
values, and says which ticks stand between them. Positions are plain floats; the plot maps them
to pixels.
"""

from __future__ import annotations

import math
from typing import Literal, Protocol

import numpy as np

from ivisit.gui.panels.plotting import nice_limits, telling_ticks, tick_text

ScaleName = Literal["linear", "log", "symlog"]
#: Decades that a symmetric-logarithmic axis shows on each side of zero.
SYMLOG_DECADES = 6


class Scale(Protocol):
    """One kind of value axis."""

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Return positions; NaN where a value has none."""

    def limits(self, low: float, high: float, count: int) -> tuple[float, float]:
        """Return limits, as positions, that enclose the values `low` and `high`."""

    def ticks(self, bottom: float, top: float, count: int) -> list[tuple[float, str]]:
        """Return position and text of about `count` ticks between two positions."""


class LinearScale:
    """Equal distances for equal differences."""

    def forward(self, values: np.ndarray) -> np.ndarray:
        return values

    def limits(self, low: float, high: float, count: int) -> tuple[float, float]:
        return nice_limits(low, high, count)[:2]

    def ticks(self, bottom: float, top: float, count: int) -> list[tuple[float, str]]:
        marks, step = telling_ticks(bottom, top, nice_limits(bottom, top, count)[2])
        return [(value, tick_text(value, step)) for value in marks]


class LogScale:
    """Equal distances for equal factors; values that are not positive have no place."""

    def forward(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(values), np.nan)

    def limits(self, low: float, high: float, count: int) -> tuple[float, float]:
        bottom, top = math.log10(low), math.log10(high)
        if top - bottom > 1:
            return math.floor(bottom + 1e-9), math.ceil(top - 1e-9)
        # Less than a decade: ticks at 1, 2 and 5 enclose more closely.
        marks = [math.log10(m) for m in (1, 2, 5)]
        below = [d + m for d in (math.floor(bottom) - 1, math.floor(bottom)) for m in marks]
        above = [d + m for d in (math.floor(top), math.floor(top) + 1) for m in marks]
        lower = max(m for m in below if m <= bottom + 1e-9)
        upper = min(m for m in above if m >= top - 1e-9)
        return (lower, upper) if upper > lower else (lower, min(m for m in above if m > lower))

    def ticks(self, bottom: float, top: float, count: int) -> list[tuple[float, str]]:
        if top - bottom >= 2:
            stride = max(math.ceil((top - bottom) / max(count, 1)), 1)
            first = math.ceil(bottom / stride - 1e-9)
            last = math.floor(top / stride + 1e-9)
            return [(float(n * stride), power_text(n * stride)) for n in range(first, last + 1)]
        decades = range(math.floor(bottom), math.ceil(top) + 1)
        places = [(d + math.log10(m), m, d) for d in decades for m in (1, 2, 5)]
        return [
            (place, number_text(m, d))
            for place, m, d in places
            if bottom - 1e-9 <= place <= top + 1e-9
        ]


class SymlogScale:
    """Logarithmic on both sides of zero, linear near it.

    Parameters
    ----------
    threshold : float
        Below it the axis is linear.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    @classmethod
    def of(cls, largest: float) -> SymlogScale:
        """Return the scale for values up to `largest` in size."""
        decade = math.ceil(math.log10(largest)) if largest > 0 else 0
        return cls(10.0 ** max(decade - SYMLOG_DECADES, -300))

    def forward(self, values: np.ndarray) -> np.ndarray:
        return np.sign(values) * np.log10(1 + np.abs(values) / self.threshold)

    def limits(self, low: float, high: float, count: int) -> tuple[float, float]:
        bottom, top = (float(self.forward(np.array(v))) for v in (low, high))
        margin = 0.04 * (top - bottom) or 1.0
        return bottom - margin, top + margin

    def ticks(self, bottom: float, top: float, count: int) -> list[tuple[float, str]]:
        first = round(math.log10(self.threshold)) + 1
        decades = range(first, first + SYMLOG_DECADES + 1)
        positive = [(float(self.forward(np.array(10.0**d))), power_text(d)) for d in decades]
        places = [(-p, f"-{text}") for p, text in reversed(positive)] + [(0.0, "0"), *positive]
        shown = [place for place in places if bottom <= place[0] <= top]
        stride = max(-(-len(shown) // max(count, 2)), 1)
        middle = next((i for i, place in enumerate(shown) if place[0] == 0), 0)
        return shown[middle % stride :: stride]


def power_text(exponent: int) -> str:
    """Return a power of ten as a short text.

    >>> power_text(-2), power_text(0), power_text(3), power_text(-9)
    ('0.01', '1', '1000', '1e-9')
    """
    if -3 <= exponent <= 4:
        return f"{10.0**exponent:.{max(-exponent, 0)}f}"
    return f"1e{exponent}"


def number_text(mantissa: int, exponent: int) -> str:
    """Return ``mantissa * 10**exponent`` as a short text."""
    if -4 <= exponent <= 4:
        return f"{mantissa * 10.0**exponent:.{max(-exponent, 0)}f}"
    return f"{mantissa}e{exponent}"


def scale_for(name: ScaleName, low: float, high: float) -> Scale:
    """Return the scale of that name that can show values from `low` to `high`.

    A logarithmic axis for values of both signs is a symmetric-logarithmic one.
    """
    if name == "linear":
        return LinearScale()
    if name == "log" and low >= 0:
        return LogScale()
    return SymlogScale.of(max(abs(low), abs(high)))
