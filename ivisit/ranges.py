"""The arithmetic of ranges: value to place and back, grids of steps, digits to show.

Sliders and fields of the window, `Slider.step`, the grids of old scripts, sweeps and optimisers
use this and have no such arithmetic of their own. Nothing here knows a control or a widget.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

#: How places between two bounds are spaced.
Scale: TypeAlias = Literal["linear", "log"]

#: Steps from one end of a logarithmic range to the other, for keys and mouse wheel.
LOG_STEPS = 100
#: Significant digits of a number chosen by its place on a logarithmic range.
LOG_DIGITS = 3
#: A step with more significant digits, a third for one, is no decimal number that people write.
DECIMAL_DIGITS = 12


@dataclass(frozen=True)
class Range:
    """Numbers between two bounds, and the grid of steps between them.

    Attributes
    ----------
    minimum, maximum : int or float
        Bounds, both part of the range.
    step : int or float
        Grid, counted from `minimum`; 0 for none. Means nothing on a logarithmic scale.
    scale : {'linear', 'log'}
        How places are spaced; for ``log`` both bounds are positive.
    whole : bool
        Whether the numbers are ints.

    Examples
    --------
    >>> width = Range(0.1, 20.0, 0.1)
    >>> width.value_at(0.5), width.fraction(20.0), width.stepped(0.2, 1), width.snapped(0.34)
    (10.0, 1.0, 0.3, 0.3)
    >>> Range(1e-4, 1.0, scale="log").points(5)
    [0.0001, 0.001, 0.01, 0.1, 1.0]
    """

    minimum: float
    maximum: float
    step: float = 0.0
    scale: Scale = "linear"
    whole: bool = False

    def fraction(self, value: float) -> float:
        """Return the place of `value`: 0 at the minimum, 1 at the maximum; clipped to these."""
        value = self.clipped(value)
        if self.scale == "log":
            # Differences of logarithms: the quotient of two bounds may be out of reach.
            span = math.log(self.maximum) - math.log(self.minimum)
            part = (math.log(value) - math.log(self.minimum)) / span
        else:
            part = (value - self.minimum) / (self.maximum - self.minimum)
        return min(max(part, 0.0), 1.0)

    def value_at(self, fraction: float) -> float:
        """Return the number at a place, on the grid where there is one; 1 is the maximum."""
        if fraction <= 0:
            return self.minimum
        if fraction >= 1:
            return self.maximum
        if self.scale == "log":
            return self.clipped(float(f"{self._between(fraction):.{LOG_DIGITS - 1}e}"))
        if not self.step:
            return self.clipped(self._between(fraction))
        count = round(fraction * (self.maximum - self.minimum) / self.step)
        return self.clipped(grid_point(self.minimum, count, self.step))

    def stepped(self, value: float, count: int) -> float:
        """Return the number `count` steps above `value`."""
        if self.scale == "linear":
            return self.clipped(grid_point(value, count, self.step))
        moved = self.value_at(self.fraction(value) + count / LOG_STEPS)
        if self.whole and moved == value:
            moved = value + (1 if count > 0 else -1)
        return self.clipped(moved)

    def snapped(self, value: float) -> float:
        """Return the nearest number on the grid within the range; `value` where there is none."""
        value = self.clipped(value)
        if self.scale == "log" or not self.step:
            return value
        count = round((value - self.minimum) / self.step)
        nearest = grid_point(self.minimum, count, self.step)
        if nearest > self.maximum:
            nearest = grid_point(self.minimum, count - 1, self.step)
        return self.clipped(nearest)

    def clipped(self, value: float) -> float:
        """Return the nearest number within the range, an int where the numbers are."""
        value = min(max(value, self.minimum), self.maximum)
        return round(value) if self.whole else value

    def points(self, count: int) -> list[float]:
        """Return `count` numbers from bound to bound, evenly spaced on the scale.

        Of ints every one is given once, so that there may be fewer.
        """
        if count < 2:
            return [self.minimum][:count]
        inner = (self._between(i / (count - 1)) for i in range(1, count - 1))
        numbers = [self.minimum, *(self.clipped(_tidy(number)) for number in inner), self.maximum]
        return list(dict.fromkeys(numbers)) if self.whole else numbers

    def _between(self, fraction: float) -> float:
        """Return the number at a place, on no grid."""
        if self.scale == "log":
            low, high = math.log(self.minimum), math.log(self.maximum)
            return math.exp(low + fraction * (high - low))
        return self.minimum + fraction * (self.maximum - self.minimum)


def default_step(minimum: float, maximum: float) -> float:
    """Return a thousandth of a range, rounded up to 1, 2 or 5 times a power of ten.

    >>> default_step(0.1, 20.0), default_step(0.0, 1.0), default_step(-1e308, 7e307)
    (0.02, 0.001, 2e+305)
    """
    span = maximum / 1000 - minimum / 1000
    exponent = math.floor(math.log10(span))
    # The thousandth of 1.0 may be a little more than 0.001.
    mantissa = next(m for m in (1, 2, 5, 10) if m >= span / 10.0**exponent * 0.999)
    return float(f"{mantissa}e{exponent}")


def grid_point(start: float, count: int, step: float) -> float:
    """Return ``start + count * step`` without the noise of binary fractions: 0.3, not 0.3...04.

    >>> grid_point(0.1, 2, 0.1), grid_point(0.0, 3, 1 / 3), grid_point(1, 2, 3)
    (0.3, 1.0, 7)
    """
    if isinstance(start, int) and isinstance(step, int):
        return start + count * step
    exact_step = Decimal(repr(step))
    total = Decimal(repr(start)) + count * exact_step
    if len(exact_step.normalize().as_tuple().digits) > DECIMAL_DIGITS:
        return _tidy(float(total))
    return float(total)


def _tidy(number: float) -> float:
    """Return the number that people would write for one with the noise of binary fractions."""
    return float(f"{number:.{DECIMAL_DIGITS}g}")


def number_text(value: float) -> str:
    """Return a number as people write it: ``20`` rather than ``20.0``.

    >>> number_text(20.0), number_text(0.1), number_text(1e-7)
    ('20', '0.1', '1e-07')
    """
    return repr(value).removesuffix(".0")


def short_text(value: float, length: int = 8) -> str:
    """Return a number as text that fits a small field; long ones are rounded, and never cut.

    Eight characters hold at least one digit of every float64.

    >>> short_text(0.123456789), short_text(12.5), short_text(-0.00012345), short_text(-1.275e-255)
    ('0.12346', '12.5', '-1.23e-4', '-1e-255')
    """
    text = number_text(value)
    if len(text) <= length:
        return text
    rounded = f"{value:.{length - 3}g}"
    digits = length - 3
    while len(rounded) > length and digits > 0:
        digits -= 1
        mantissa, exponent = f"{value:.{digits}e}".split("e")
        rounded = f"{mantissa}e{int(exponent)}"
    return rounded
