"""`Trace`: numbers a step."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any, Generic, Literal, SupportsFloat, TypeVar, overload

import numpy as np

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, expected
from ivisit.panels.base import Panel

#: Largest number of components: more are a picture.
MOST_COMPONENTS = 1000

#: What a trace takes each step: a number, or an array of numbers.
Numbers = TypeVar("Numbers", float, np.ndarray[Any, Any])

ScaleName = Literal["linear", "log", "symlog"]


class Trace(Panel[Numbers], Generic[Numbers]):
    """A number a step, or several: live lines in the window, recorded columns in a result.

    Parameters
    ----------
    size : int, optional
        Without it one number is assigned; with it an array of `size` numbers, recorded as a
        column of shape (steps, size).
    names : sequence of str, optional
        What the components of an array are called; by default ``0``, ``1``, ``2`` ... Tables and
        metrics call them ``trace.name``. `size` may be left out where `names` are given.
    plot : str, optional
        Traces that name the same plot are drawn into one.
    scale : {'linear', 'log', 'symlog'}, optional
        Of the value axis. ``log`` becomes ``symlog`` where values are negative.
    span : int, optional
        How many of the latest steps are shown; by default all of them, or, where that would be
        a solid block, the latest 1000.
    vmin, vmax : float, optional
        Ends of the value axis; by default it follows the values.
    unit : str, optional
        Unit of the numbers.
    label, help : str, optional
        See `Declaration`.

    Notes
    -----
    A step that assigns nothing repeats the former number; before the first assignment the
    recorded value is NaN. NaN and infinities may be assigned. The window takes scale, span and
    ends of an axis from the first trace of a plot and lets the user change them.
    """

    recorded = True

    #: Whether a float is kept as it is, so that nothing needs to look at it.
    _takes_floats = False

    @overload
    def __init__(
        self: Trace[float],
        *,
        size: None = ...,
        names: None = ...,
        plot: str = ...,
        scale: ScaleName = ...,
        span: int | None = ...,
        vmin: float | None = ...,
        vmax: float | None = ...,
        unit: str = ...,
        label: str | None = ...,
        help: str = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Trace[np.ndarray[Any, Any]],
        *,
        size: int | None = ...,
        names: Sequence[str] | None = ...,
        plot: str = ...,
        scale: ScaleName = ...,
        span: int | None = ...,
        vmin: float | None = ...,
        vmax: float | None = ...,
        unit: str = ...,
        label: str | None = ...,
        help: str = ...,
    ) -> None: ...
    def __init__(
        self,
        *,
        size: int | None = None,
        names: Sequence[str] | None = None,
        plot: str = "",
        scale: ScaleName = "linear",
        span: int | None = None,
        vmin: float | None = None,
        vmax: float | None = None,
        unit: str = "",
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.size = len(names) if size is None and names is not None else size
        self.names = names
        self._plot = plot
        self.scale = scale
        self.span = span
        self.vmin = vmin
        self.vmax = vmax
        self.unit = unit

    @property
    def plot_name(self) -> str:
        """The plot that the trace shares with others; empty where it has one of its own."""
        return self._plot

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the components; empty where one number is assigned."""
        if self.size is None:
            return ()
        return tuple(self.names) if self.names is not None else tuple(map(str, range(self.size)))

    def check(self, owner: str) -> None:
        super().check(owner)
        self._check_components(owner)
        self._takes_floats = self.size is None and type(self).validate is Trace.validate
        if not isinstance(self._plot, str):
            raise self.refusal(owner, "plot", "the name of a plot", self._plot)
        if self.scale not in ("linear", "log", "symlog"):
            raise self.refusal(owner, "scale", "'linear', 'log' or 'symlog'", self.scale)
        if self.span is not None and (as_number(self.span, int) or 0) < 2:
            raise self.refusal(owner, "span", "a whole number from 2 on", self.span)
        for argument in ("vmin", "vmax"):
            level = getattr(self, argument)
            if level is not None and as_number(level, float) is None:
                raise self.refusal(owner, argument, "a finite number", level)
        if self.vmin is not None and self.vmax is not None and not self.vmin < self.vmax:
            raise self.refusal(owner, "vmax", f"larger than vmin {self.vmin}", self.vmax)
        if self.scale == "log" and self.vmin is not None and self.vmin <= 0:
            raise self.refusal(owner, "vmin", "positive on a logarithmic scale", self.vmin)

    def _check_components(self, owner: str) -> None:
        size, names = self.size, self.names
        if size is not None and not 1 <= (as_number(size, int) or 0) <= MOST_COMPONENTS:
            allowed = f"a whole number from 1 to {MOST_COMPONENTS}"
            raise self.refusal(owner, "size", allowed, size)
        if names is None:
            return
        if isinstance(names, str) or not all(isinstance(name, str) and name for name in names):
            raise self.refusal(owner, "names", "a list of texts", names)
        if len(names) != size or len(set(names)) != len(names):
            raise self.refusal(owner, "names", f"{size} different texts", names)

    def __set__(
        self, instance: Holder, value: SupportsFloat | Sequence[float] | np.ndarray
    ) -> None:
        # What most steps assign takes the shortest way.
        if type(value) is not float or not self._takes_floats:
            value = self.validate(value, owner=type(instance).__name__)
        instance._ivisit_outputs[self.name] = value

    def validate(self, value: Any, *, owner: str = "") -> Any:
        if self.size is not None:
            return self._validate_array(value, owner)
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

    def _validate_array(self, value: Any, owner: str) -> np.ndarray:
        array = np.asarray(value)
        if array.shape != (self.size,) or array.dtype.kind not in "buif":
            allowed = f"an array of {self.size} real numbers"
            raise ParameterError(expected(owner, self.name, allowed, value))
        return array.astype(np.float64)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {
            "unit": self.unit,
            "components": list(self.components),
            "plot": self._plot,
            "scale": self.scale,
        }
