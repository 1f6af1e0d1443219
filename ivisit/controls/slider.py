"""`Slider`: a number between two bounds."""

from __future__ import annotations

import math
import numbers
from typing import Any

from ivisit.controls.base import Control
from ivisit.declarations import as_number, number_text


class Slider(Control):
    """A number between two bounds; int or float, as the default is.

    Parameters
    ----------
    default : int or float
        Its type decides: ``Slider(2, 0, 10)`` holds an int, ``Slider(2.0, 0, 10)`` a float.
    minimum, maximum : int or float
        Bounds, both allowed values.
    step : int or float, optional
        Grid of the slider in the window, counted from `minimum`. Default: 1 for an int, a
        thousandth of the range, rounded to 1, 2 or 5 times a power of ten, for a float.
    scale : {'linear', 'log'}, optional
        ``log`` spaces the slider logarithmically; both bounds must be positive.
    label, unit, help : str, optional
        See `Control`.

    Raises
    ------
    ParameterError
        When the simulation's class is created: empty range, default outside it, a step that is
        not positive, larger than the range, or not whole for an int.
    """

    def __init__(
        self,
        default: float,
        minimum: float,
        maximum: float,
        *,
        step: float | None = None,
        scale: str = "linear",
        label: str | None = None,
        unit: str = "",
        help: str = "",
    ) -> None:
        super().__init__(default, label=label, unit=unit, help=help)
        self.minimum = minimum
        self.maximum = maximum
        self._step = step
        self.scale = scale

    @property
    def type(self) -> type[int] | type[float]:
        """``int`` or ``float``."""
        return int if isinstance(self.default, numbers.Integral) else float

    @property
    def type_name(self) -> str:
        return self.type.__name__

    @property
    def step(self) -> float:
        """Grid of the slider in the window."""
        if self._step is not None:
            return self._step
        if self.type is int:
            return 1
        span = (self.maximum - self.minimum) / 1000
        power = 10.0 ** math.floor(math.log10(span))
        return float(f"{next(m for m in (1, 2, 5, 10) if m * power >= span * 0.999) * power:.0e}")

    def set_step(self, step: float | None) -> None:
        """Change the grid of the slider in the window; None is the default grid."""
        self._step = step

    def check(self, owner: str) -> None:
        if as_number(self.default, float) is None:
            raise self.refusal(owner, "default", "a finite number", self.default)
        kind = "a whole number, as the default is" if self.type is int else "a finite number"
        for argument in ("minimum", "maximum"):
            given = getattr(self, argument)
            bound = as_number(given, self.type)
            if bound is None:
                raise self.refusal(owner, argument, kind, given)
            setattr(self, argument, bound)
        if not self.minimum < self.maximum:
            wanted = f"larger than the minimum {number_text(self.minimum)}"
            raise self.refusal(owner, "maximum", wanted, self.maximum)
        if self.scale not in ("linear", "log"):
            raise self.refusal(owner, "scale", "'linear' or 'log'", self.scale)
        if self.scale == "log" and self.minimum <= 0:
            raise self.refusal(owner, "minimum", "positive on a logarithmic scale", self.minimum)
        self._check_step(owner, kind)
        super().check(owner)

    def _check_step(self, owner: str, kind: str) -> None:
        if self._step is None:
            return
        if self.scale == "log":
            raise self.refusal(owner, "step", "left out on a logarithmic scale", self._step)
        step = as_number(self._step, self.type)
        if step is None:
            raise self.refusal(owner, "step", kind, self._step)
        if not 0 < step <= self.maximum - self.minimum:
            span = number_text(self.maximum - self.minimum)
            wanted = f"positive and at most the range {span}"
            raise self.refusal(owner, "step", wanted, self._step)
        self._step = step

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> float:
        number = as_number(value, self.type)
        if number is None:
            word = "a whole number" if self.type is int else "a number"
            raise self._refused(owner, value, f"{word} {self.allowed()}")
        if not self.minimum <= number <= self.maximum:
            raise self._refused(owner, value)
        return number

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> float:
        return self.validate(number_from_text(text), owner=owner)

    def text(self, value: Any) -> str:
        return repr(value)

    def allowed(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"between {number_text(self.minimum)} and {number_text(self.maximum)}{unit}"

    def describe(self) -> dict[str, Any]:
        return super().describe() | {
            "minimum": self.minimum,
            "maximum": self.maximum,
            "step": self.step,
            "scale": self.scale,
        }


def number_from_text(text: str) -> Any:
    """Return the int or float that `text` spells, else the text itself, to be refused by name."""
    # Python's "1_000" and full-width digits would be a surprise in a shell.
    if text.isascii() and "_" not in text:
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
    return text
