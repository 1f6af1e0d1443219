"""Where a number lies on a slider, and which number lies at a place of the slider."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ivisit.controls import Slider
from ivisit.declarations import number_text

#: Steps from one end of a logarithmic slider to the other, for keys and mouse wheel.
LOG_STEPS = 100
#: Significant digits of a number chosen on a logarithmic slider.
LOG_DIGITS = 3


@dataclass(frozen=True)
class Range:
    """The range that a slider shows; `Slider` declares it, and a simulation may change it."""

    minimum: float
    maximum: float
    step: float
    scale: str
    whole: bool

    @classmethod
    def of(cls, slider: Slider) -> Range:
        """Return the declared range."""
        return cls(slider.minimum, slider.maximum, slider.step, slider.scale, slider.type is int)

    def fraction(self, value: float) -> float:
        """Return the place of `value`: 0 at the left end, 1 at the right one."""
        if self.scale == "log":
            part = math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        else:
            part = (value - self.minimum) / (self.maximum - self.minimum)
        return min(max(part, 0.0), 1.0)

    def value_at(self, fraction: float) -> float:
        """Return the number at a place, snapped to the steps counted from the minimum."""
        if fraction <= 0:
            return self.minimum
        if fraction >= 1:
            return self.maximum
        if self.scale == "log":
            value = self.minimum * (self.maximum / self.minimum) ** fraction
            return self._limited(float(f"{value:.{LOG_DIGITS - 1}e}"))
        count = round(fraction * (self.maximum - self.minimum) / self.step)
        return self._limited(_exact_sum(self.minimum, count, self.step))

    def stepped(self, value: float, count: int) -> float:
        """Return the number `count` steps above `value`."""
        if self.scale == "linear":
            return self._limited(_exact_sum(value, count, self.step))
        moved = self.value_at(self.fraction(value) + count / LOG_STEPS)
        if self.whole and moved == value:
            moved = value + (1 if count > 0 else -1)
        return self._limited(moved)

    def _limited(self, value: float) -> float:
        value = min(max(value, self.minimum), self.maximum)
        return round(value) if self.whole else value


def _exact_sum(start: float, count: int, step: float) -> float:
    """Return ``start + count * step`` without the noise of binary fractions: 0.3, not 0.3...04."""
    total = Decimal(repr(start)) + count * Decimal(repr(step))
    return int(total) if isinstance(start, int) and isinstance(step, int) else float(total)


def short_text(value: Any, length: int = 8) -> str:
    """Return a number as text that fits a small field; long ones are rounded."""
    text = number_text(value)
    return text if len(text) <= length else f"{value:.{length - 3}g}"
