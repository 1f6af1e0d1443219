"""`Trace`: a number a step."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any, SupportsFloat

import numpy as np

from ivisit.declarations import Holder
from ivisit.errors import ParameterError, expected
from ivisit.panels.base import Panel


class Trace(Panel[float]):
    """A number a step: a live line plot in the window, a recorded column in a result.

    Parameters
    ----------
    unit : str, optional
        Unit of the number.
    label, help : str, optional
        See `Declaration`.

    Notes
    -----
    A step that assigns nothing repeats the former number; before the first assignment the
    recorded value is NaN. NaN and infinities may be assigned.
    """

    recorded = True

    if TYPE_CHECKING:  # numbers of NumPy and arrays of one number may be assigned, too

        def __set__(self, instance: Holder, value: SupportsFloat) -> None: ...

    def __init__(self, *, unit: str = "", label: str | None = None, help: str = "") -> None:
        super().__init__(label=label, help=help)
        self.unit = unit

    def validate(self, value: Any, *, owner: str = "") -> float:
        if type(value) is float:
            return value
        scalar = isinstance(value, numbers.Real) or (
            isinstance(value, np.ndarray | np.generic)
            and value.ndim == 0
            and value.dtype.kind in "buif"
        )
        if not scalar:
            raise ParameterError(expected(owner, self.name, "one real number", value))
        return float(value)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"unit": self.unit}
