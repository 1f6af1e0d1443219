"""How the experiments draw: points with intervals, lines with bands, plain numbers at axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from intervals import Interval


def points(
    axes: Any, places: Any, intervals: Sequence[Interval], *, floor: float = 0.0, **style: Any
) -> None:
    """Draw estimates over places with their intervals; on a logarithmic axis give a `floor`."""
    middle, margins = _margins(intervals, floor)
    axes.errorbar(places, middle, yerr=margins, capsize=2, markersize=5, **style)


def across(
    axes: Any, places: Any, intervals: Sequence[Interval], *, floor: float = 0.0, **style: Any
) -> None:
    """Draw estimates as `points` does, from left to right, one place below the other."""
    middle, margins = _margins(intervals, floor)
    axes.errorbar(middle, places, xerr=margins, capsize=2, markersize=5, **style)


def band(
    axes: Any, places: Any, intervals: Sequence[Interval], *, floor: float = 0.0, **style: Any
) -> None:
    """Draw a line through estimates, and their intervals as a band."""
    low, middle, high = _numbers(intervals, floor)
    (line,) = axes.plot(places, middle, **style)
    axes.fill_between(places, low, high, color=line.get_color(), alpha=0.2, linewidth=0)


def plain_ticks(axis: Any, values: Sequence[float]) -> None:
    """Label a logarithmic axis with these values and nothing else, as plain numbers."""
    axis.set_ticks(values, [f"{value:g}" for value in values])
    axis.set_tick_params(which="minor", labelbottom=False, labelleft=False)


def _margins(intervals: Sequence[Interval], floor: float) -> tuple[np.ndarray, np.ndarray]:
    low, middle, high = _numbers(intervals, floor)
    with np.errstate(invalid="ignore"):
        return middle, np.nan_to_num([middle - low, high - middle], posinf=0.0)


def _numbers(intervals: Sequence[Interval], floor: float) -> np.ndarray:
    """Return low ends, estimates and high ends, at least `floor` each."""
    numbers = [[each.low, each.value, each.high] for each in intervals]
    return np.maximum(np.reshape(numbers, (-1, 3)).T, floor or -np.inf)
