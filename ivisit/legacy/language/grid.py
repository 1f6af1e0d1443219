"""`Grid`: the numbers at which a slider of an old script can rest.

They are those of Tk's scale, because scripts have got them for years: places counted from the
minimum by the resolution, the last one beside the maximum where the range is no multiple of it,
and read back with as many digits as Tk shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """Range of a slider, and where it rests between.

    Attributes
    ----------
    minimum, maximum : float
        Bounds as the script gives them.
    resolution : float
        Distance of two places; 0 for no grid.
    whole : bool
        Whether the numbers are ints.
    length : int
        Length of the old slider in pixels; without a resolution it decides how many digits count.
    ticks : int
        Into how many parts the old slider divided its range for the reader.

    Examples
    --------
    >>> grid = Grid(0.01, 1.0, 0.1)
    >>> grid.rested(0.57), grid.rested(2.0), grid.rested(0.01)
    (0.6, 1.0, 0.0)
    """

    minimum: float
    maximum: float
    resolution: float = 0.0
    whole: bool = False
    length: int = 200
    ticks: int = 5

    @property
    def lowest(self) -> float:
        """The number at the left end."""
        return self.rested(self.minimum)

    @property
    def highest(self) -> float:
        """The number at the right end."""
        return self.rested(self.maximum)

    def rested(self, value: float) -> float:
        """Return the number that the slider tells when it has been moved to `value`."""
        number = float(f"{self._place(value):{self._format()}}")
        return round(number) if self.whole else number

    def given(self, value: float, present: float = 0.0) -> float:
        """Return the number that a script gets when `value` is given to the slider.

        Tk's scale tells a number only when it moves: a value that lies at the place where the
        slider rests already is kept as it is. A new slider rests where 0 lies.
        """
        return value if self.is_beside(value, present) else self.rested(value)

    def is_beside(self, value: float, other: float) -> bool:
        """Tell whether two numbers lie at the same place of the slider."""
        return self._place(value) == self._place(other)

    def _place(self, value: float) -> float:
        """Return the place, within the bounds, that is nearest to `value`."""
        end = self.minimum + self._multiple(self.maximum - self.minimum)
        place = self.minimum + self._multiple(value - self.minimum)
        return min(max(place, self.minimum), end)

    def _multiple(self, distance: float) -> float:
        """Return the nearest multiple of the resolution, of two equally near ones the larger."""
        if self.resolution <= 0 or not math.isfinite(distance):
            return distance
        count = math.floor(distance / self.resolution)
        below = count * self.resolution
        return (count + 1) * self.resolution if distance - below >= self.resolution / 2 else below

    def _format(self) -> str:
        """Return the format with which Tk writes the number: different for any two places."""
        end = self.minimum + self._multiple(self.maximum - self.minimum)
        largest = max(abs(self.minimum), abs(end)) or 1.0
        most = math.floor(math.log10(largest))
        step = self.resolution
        if step <= 0:
            step = abs(end - self.minimum) / (self.length if self.length > 0 else 1)
        digits = max(most - (math.floor(math.log10(step)) if step > 0 else 0) + 1, 1)
        decimals = max(digits - most - 1, 0)
        fixed = max(most, 0) + decimals + (decimals > 0) + (most < 0)
        scientific = digits + 4 + (digits > 1)
        return f".{decimals}f" if fixed <= scientific else f".{digits - 1}e"
