"""`Raster`: which of many units are active, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, expected
from ivisit.panels.base import Panel

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Most units: more have no row of pixels each, and no index in the record.
MOST_UNITS = 10_000_000


class Raster(Panel[np.ndarray[Any, Any]]):
    """Dots against time: a unit that is active in a step, as a spiking neuron, gives one.

    Assign an array of `n_units` bools, or the indices of the active units. A step that assigns
    nothing has no active unit. Recorded are the active units only: step and unit, shape (n, 2),
    in `RunResult.rasters`. A raster gives no metric.

    Parameters
    ----------
    n_units : int
        How many units there are.
    span : int, optional
        How many of the latest steps are shown, 1000 by default.
    unit, label, help : str, optional
        `unit` is what the vertical axis counts, e.g. ``"neuron"``; else see `Declaration`.
    """

    sparse = True

    if TYPE_CHECKING:  # whatever NumPy makes an array of may be assigned

        def __set__(self, instance: Holder, value: ArrayLike) -> None: ...

    def __init__(
        self,
        n_units: int,
        *,
        span: int = 1000,
        unit: str = "",
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.n_units = n_units
        self.span = span
        self.unit = unit

    def check(self, owner: str) -> None:
        super().check(owner)
        for argument, least, most in (("n_units", 1, MOST_UNITS), ("span", 2, 10**9)):
            count = getattr(self, argument)
            if not least <= (as_number(count, int) or 0) <= most:
                raise self.refusal(owner, argument, f"a whole number from {least} to {most}", count)

    def validate(self, value: Any, *, owner: str = "") -> np.ndarray:
        units = np.asarray(value)
        if units.dtype == bool and units.shape == (self.n_units,):
            return np.flatnonzero(units)
        if units.size == 0 and units.ndim == 1:
            return np.empty(0, np.int64)
        good = units.ndim == 1 and units.dtype.kind in "iu"
        if not good or units.min() < 0 or units.max() >= self.n_units:
            allowed = (
                f"{self.n_units} bools, or indices of active units from 0 to {self.n_units - 1}"
            )
            raise ParameterError(expected(owner, self.name, allowed, value))
        return units.astype(np.int64)

    @classmethod
    def plot(cls, axes: Any, value: Any, description: Mapping[str, Any]) -> None:
        axes.plot(np.zeros(len(value)), value, ",")
        axes.set(ylim=(-0.5, description["n_units"] - 0.5), xlabel="active units of the last step")

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"n_units": self.n_units, "unit": self.unit}
