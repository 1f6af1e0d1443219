"""`Slider`: a number between two bounds."""

from __future__ import annotations

import math
import numbers
import re
from typing import Any, TypeVar

from ivisit.controls.base import Control
from ivisit.declarations import as_number
from ivisit.errors import ParameterError
from ivisit.ranges import Range, Scale, default_step, number_text

#: The smallest width of a range: a thousandth of it is a number with all its digits.
SMALLEST_SPAN = 1e-300
#: Steps from bound to bound that a slider can count.
MOST_STEPS = 1e15
#: A number as it is written in many countries, though not in Python.
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)

#: Type of a slider's value.
Number = TypeVar("Number", int, float)


class Slider(Control[Number]):
    """A number between two bounds; int or float, as the default is.

    Parameters
    ----------
    default : int or float
        Its type decides: ``Slider(2, 0, 10)`` holds an int, ``Slider(2.0, 0, 10)`` a float.
    minimum, maximum : int or float
        Bounds, both allowed values. They are ints where the default is.
    step : int or float, optional
        Grid of the slider in the window, counted from `minimum`. Default: 1 for an int, a
        thousandth of the range, rounded to 1, 2 or 5 times a power of ten, for a float.
    scale : {'linear', 'log'}, optional
        ``log`` spaces the slider logarithmically; both bounds must be positive.
    label, unit, help, group, restart
        See `Control`.

    Raises
    ------
    ParameterError
        When the simulation's class is created: empty range, default outside it, an int default
        with float bounds, a step that is not positive, larger than the range, or not whole for
        an int.

    Examples
    --------
    >>> Slider(2.0, 0.1, 20.0, step=0.1, label="Kernel width", unit="px")
    Slider(2.0, 0.1, 20.0, step=0.1, label='Kernel width', unit='px')
    """

    adjustable: tuple[str, ...] = ("label", "minimum", "maximum", "step")

    def __init__(
        self,
        default: Number,
        minimum: Number,
        maximum: Number,
        *,
        step: Number | None = None,
        scale: Scale = "linear",
        label: str | None = None,
        unit: str = "",
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(default, label=label, unit=unit, help=help, group=group, restart=restart)
        self.minimum: Number = minimum
        self.maximum: Number = maximum
        self._step: Any = step
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
            return float(self._step) if self.type is float else int(self._step)
        return 1 if self.type is int else default_step(self.minimum, self.maximum)

    @property
    def range(self) -> Range:
        """The range that window, sweeps and optimisers reckon with."""
        step = self.step if self.scale == "linear" else 0
        return Range(self.minimum, self.maximum, step, self.scale, self.type is int)

    def check(self, owner: str) -> None:
        if as_number(self.default, float) is None:
            raise self.refusal(owner, "default", "a finite number", self.default)
        self._check_arguments(owner)
        super().check(owner)

    def _check_arguments(self, owner: str) -> None:
        for argument in ("minimum", "maximum"):
            setattr(self, argument, self._checked_bound(owner, argument))
        if not self.minimum < self.maximum:
            wanted = f"larger than the minimum {number_text(self.minimum)}"
            raise self.refusal(owner, "maximum", wanted, self.maximum)
        self._check_span(owner)
        if self.scale not in ("linear", "log"):
            raise self.refusal(owner, "scale", "'linear' or 'log'", self.scale)
        if self.scale == "log" and self.minimum <= 0:
            raise self.refusal(owner, "minimum", "positive on a logarithmic scale", self.minimum)
        self._check_step(owner)

    def _check_span(self, owner: str) -> None:
        """Refuse ranges at the ends of what floats can be, where no arithmetic is left."""
        low, high = float(self.minimum), float(self.maximum)
        if not math.isfinite(high - low):
            wanted = f"nearer to the minimum {number_text(self.minimum)}: at most 1e308 from it"
            raise self.refusal(owner, "maximum", wanted, self.maximum)
        if high - low < SMALLEST_SPAN:
            wanted = (
                f"larger than the minimum {number_text(self.minimum)} by {SMALLEST_SPAN} or more"
            )
            raise self.refusal(owner, "maximum", wanted, self.maximum)

    def _checked_bound(self, owner: str, argument: str) -> float:
        """Return a bound in the type of the values."""
        given = getattr(self, argument)
        number = as_number(given, float)
        if number is None:
            raise self.refusal(owner, argument, "a finite number", given)
        if self.type is float:
            return number
        if not isinstance(given, numbers.Integral):
            whole = f"{self.default:d}"
            fix = f"a whole number, as the default {whole} is; write {whole}.0 for a float slider"
            raise self.refusal(owner, argument, fix, given)
        return int(given)

    def _check_step(self, owner: str) -> None:
        if self._step is None:
            return
        if self.scale == "log":
            raise self.refusal(owner, "step", "left out on a logarithmic scale", self._step)
        step = as_number(self._step, self.type)
        if step is None:
            kind = "a whole number, as the default is" if self.type is int else "a finite number"
            raise self.refusal(owner, "step", kind, self._step)
        if not 0 < step <= self.maximum - self.minimum:
            span = number_text(self.maximum - self.minimum)
            wanted = f"positive and at most the range {span}"
            raise self.refusal(owner, "step", wanted, self._step)
        if (self.maximum - self.minimum) / step > MOST_STEPS:
            smallest = number_text((self.maximum - self.minimum) / MOST_STEPS)
            raise self.refusal(owner, "step", f"at least {smallest} in this range", self._step)
        self._step = step

    def nearest(self, value: Any) -> Any:
        return self.range.clipped(value)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Any:
        number = as_number(value, self.type)
        if number is None:
            word = "a whole number" if self.type is int else "a number"
            error = self._refused(owner, value, f"{word} {self.allowed()}")
            raise error if self.type is int else with_decimal_point(error, value)
        if not self.minimum <= number <= self.maximum:
            raise self._refused(owner, value)
        return number

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
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


def with_decimal_point(error: ParameterError, value: Any) -> ParameterError:
    """Return the refusal of a value, with a hint where that is a number with a decimal comma."""
    if not (isinstance(value, str) and DECIMAL_COMMA.fullmatch(value.strip())):
        return error
    return ParameterError(f"{error}. With a decimal point: {value.strip().replace(',', '.')}")


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
