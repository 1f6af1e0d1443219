"""`Histogram`: how values are distributed."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, expected
from ivisit.panels.base import Panel

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Numbers that are kept at the most where all are counted; then the oldest are dropped.
MOST_NUMBERS = 100_000


class Collected:
    """The values that a histogram counts: single numbers, and whole arrays.

    Parameters
    ----------
    last : int or None
        How many assignments count.
    """

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.numbers = array("d")
        self.parts: deque[np.ndarray] = deque(maxlen=last or 1)

    def add(self, value: float | np.ndarray) -> None:
        """Add what was assigned."""
        if isinstance(value, np.ndarray):
            self.parts.append(value)
            return
        self.numbers.append(value)
        most = self.last or MOST_NUMBERS
        if len(self.numbers) > 2 * most:
            del self.numbers[:-most]

    def counts(self, bins: int, low: float | None, high: float | None) -> np.ndarray:
        """Return lower edge, upper edge and count of each bin, shape (bins, 3)."""
        numbers = np.array(self.numbers[-(self.last or MOST_NUMBERS) :])
        values = np.concatenate([numbers, *self.parts])
        values = values[np.isfinite(values)]
        least, most = values.min(initial=np.inf), values.max(initial=-np.inf)
        low = float(least) if low is None else low
        high = float(most) if high is None else high
        if not (np.isfinite(low) and np.isfinite(high)):
            low, high = 0.0, 1.0  # nothing yet
        if not low < high:
            low, high = min(low, high) - 0.5, max(low, high) + 0.5
        counts, edges = np.histogram(values, bins=bins, range=(low, high))
        return np.column_stack([edges[:-1], edges[1:], counts])


class Histogram(Panel[np.ndarray[Any, Any]]):
    """Counts of values in equal intervals.

    Assign an array, or a number, in a step. Reading the attribute gives the table that is shown:
    lower and upper edge and count of each bin, shape (bins, 3).

    Parameters
    ----------
    bins : int, optional
        Number of bins, 50 by default.
    last : int, optional
        How many of the latest assignments are counted together. By default an array stands for
        itself, and of numbers all since the run began are counted (the latest hundred thousand).
    vmin, vmax : float, optional
        Ends of the first and the last bin; by default the extremes of the values. Values outside
        are not counted.
    unit : str, optional
        Unit of the values.
    label, help : str, optional
        See `Declaration`.
    """

    def __init__(
        self,
        bins: int = 50,
        *,
        last: int | None = None,
        vmin: float | None = None,
        vmax: float | None = None,
        unit: str = "",
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.bins = bins
        self.last = last
        self.vmin = vmin
        self.vmax = vmax
        self.unit = unit

    def check(self, owner: str) -> None:
        super().check(owner)
        if not 1 <= (as_number(self.bins, int) or 0) <= 10_000:
            raise self.refusal(owner, "bins", "a whole number from 1 to 10000", self.bins)
        if self.last is not None and (as_number(self.last, int) or 0) < 1:
            raise self.refusal(owner, "last", "a whole number from 1 on", self.last)
        for argument in ("vmin", "vmax"):
            level = getattr(self, argument)
            if level is not None and as_number(level, float) is None:
                raise self.refusal(owner, argument, "a finite number", level)
        if self.vmin is not None and self.vmax is not None and not self.vmin < self.vmax:
            raise self.refusal(owner, "vmax", f"larger than vmin {self.vmin}", self.vmax)

    def __get__(self, instance: Holder | None, owner: type) -> Any:
        if instance is None:
            return self
        collected = instance._ivisit_outputs.get(self.name)
        return None if collected is None else self.snapshot(collected)

    def __set__(self, instance: Holder, value: ArrayLike) -> None:
        added = self.validate(value, owner=type(instance).__name__)
        collected = instance._ivisit_outputs.get(self.name)
        if collected is None:
            collected = instance._ivisit_outputs[self.name] = Collected(self.last)
        collected.add(added)

    def validate(self, value: Any, *, owner: str = "") -> Any:
        if type(value) is float:
            return value
        values = np.asarray(value)
        if values.dtype.kind not in "buif":
            allowed = "an array of real numbers, or one of them"
            raise ParameterError(expected(owner, self.name, allowed, value))
        return values.astype(np.float64).ravel() if values.ndim else float(values)

    def snapshot(self, value: Any) -> np.ndarray:
        return value.counts(self.bins, self.vmin, self.vmax)

    @classmethod
    def plot(cls, axes: Any, value: Any, description: Mapping[str, Any]) -> None:
        axes.stairs(value[:, 2], np.append(value[:, 0], value[-1, 1]), fill=True)
        axes.set(xlabel=description.get("unit", ""), ylabel="count")

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"bins": self.bins, "unit": self.unit}
