"""Controls: the declared inputs of a simulation.

Each control knows its default, what values it allows, and how a value reads as text. Assignment
from Python, from text (``-p name=value``) and from a store all end in `Control.validate`.

What is decided for all of them:

- NumPy scalars are accepted and become Python numbers; a bool is never taken for a number;
- a whole float such as ``4.0`` is accepted for an int slider, ``4.5`` is not;
- numeric strings are accepted as text only (``-p sigma=4``), not from Python (``sim.sigma = "4"``);
- NaN and infinities are refused;
- a slider's step is the grid of the window; values between two steps are kept as they are given.
"""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, overload

from ivisit.declarations import Declaration, FrozenDict, as_number, number_text, own_name
from ivisit.errors import ParameterError, address, closest, expected, unknown

if TYPE_CHECKING:
    from ivisit.simulation import Simulation

TRUE_WORDS = frozenset({"true", "yes", "on", "1"})
FALSE_WORDS = frozenset({"false", "no", "off", "0"})


class Control(Declaration):
    """Base class of all controls.

    Parameters
    ----------
    default : object
        The value before anybody changes it.
    label, help : str, optional
        See `Declaration`.
    unit : str, optional
        Unit of the value, e.g. ``"px"``.

    Notes
    -----
    A new kind of control implements `validate`, `parse` and `allowed`.
    """

    #: Whether the value belongs into a parameter set.
    saved = True

    def __init__(
        self, default: Any, *, label: str | None = None, unit: str = "", help: str = ""
    ) -> None:
        super().__init__(label=label, help=help)
        self.default = default
        self.unit = unit

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Simulation, owner: type) -> Any: ...
    def __get__(self, instance: Simulation | None, owner: type) -> Any:
        if instance is None:
            return self
        return instance._values[self.name]

    def __set__(self, instance: Simulation, value: Any) -> None:
        instance.parameters[self.name] = value

    def check(self, owner: str) -> None:
        super().check(owner)
        if not isinstance(self.unit, str):
            raise self.refusal(owner, "unit", "a text", self.unit)
        try:
            self.default = self.validate(self.default)
        except ParameterError as error:
            message = str(error).partition(": ")[2]
            raise ParameterError(f"{address(owner, self.name)}: its default {message}") from None

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Any:
        """Return `value` in its canonical type, or raise `ParameterError`.

        Parameters
        ----------
        value : object
            What somebody wants to assign.
        owner : str, optional
            Name of the simulation, for the message.
        present : object, optional
            The present value; controls with several items keep what `value` leaves out.
        """
        raise NotImplementedError

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
        """Return the value that `text` stands for, or raise `ParameterError`."""
        raise NotImplementedError

    def text(self, value: Any) -> str:
        """Return `value` as text that `parse` understands."""
        return str(value)

    def allowed(self) -> str:
        """Say what values are allowed, as it reads behind "must be"."""
        raise NotImplementedError

    @property
    def type_name(self) -> str:
        """The type of the values, for people: ``float``, ``text``, ``one of 4`` ..."""
        return type(self.default).__name__

    def describe(self) -> dict[str, Any]:
        """Return kind, type, default, range, unit, label and help as plain, JSON-ready values."""
        return {
            "name": self.name,
            "kind": type(self).__name__,
            "type": self.type_name,
            "default": dict(self.default) if isinstance(self.default, dict) else self.default,
            "allowed": self.allowed(),
            "unit": self.unit,
            "label": self.label,
            "help": self.help,
        }

    def _refused(self, owner: str, value: Any, allowed: str = "") -> ParameterError:
        return ParameterError(expected(owner, self.name, allowed or self.allowed(), value))


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


class _Group(Control):
    """A control whose value is a dict of named items, each with a control of its own."""

    #: What one item is called in messages.
    item_word = "item"

    def __init__(self, items: Mapping[str, Control], **texts: Any) -> None:
        self.items = dict(items)
        super().__init__({name: item.default for name, item in self.items.items()}, **texts)

    def check(self, owner: str) -> None:
        if not self.items:
            raise self.refusal(owner, "default", f"a dict with at least one {self.item_word}", {})
        for name, item in self.items.items():
            if not isinstance(name, str) or not name:
                raise self.refusal(owner, f"name of an {self.item_word}", "a non-empty text", name)
            item.name = name
            item.check(address(owner, self.name))
        self.default = {name: item.default for name, item in self.items.items()}
        super().check(owner)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> FrozenDict:
        if not isinstance(value, Mapping):
            raise self._refused(owner, value)
        here = address(owner, self.name)
        full = dict(present or self.default)
        for name, item in value.items():
            name = own_name(self.items, name)
            if name not in self.items:
                raise ParameterError(unknown(here, self.item_word, name, self.items))
            full[name] = self.items[name].validate(item, owner=here)
        return FrozenDict(full)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> FrozenDict:
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        return self.validate(value, owner=owner, present=present)

    def parse_item(self, item: str, text: str, *, owner: str = "") -> dict[str, Any]:
        """Return ``{item: value}`` for ``-p control.item=text``."""
        here = address(owner, self.name)
        item = own_name(self.items, item)
        if item not in self.items:
            raise ParameterError(unknown(here, self.item_word, item, self.items))
        return {item: self.items[item].parse(text, owner=here)}

    def text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    @property
    def type_name(self) -> str:
        return "dict"

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"items": [item.describe() for item in self.items.values()]}


class DictSlider(_Group):
    """A dict of numbers, edited through one slider and one selector.

    Parameters
    ----------
    default : dict of str to (int, float or Slider)
        The items. A plain number gets the common bounds; a `Slider` brings its own.
    minimum, maximum, step, scale
        Common bounds of the items that are plain numbers; see `Slider`.
    label, unit, help : str, optional
        See `Control`.

    Notes
    -----
    The value is a dict that cannot be changed in place; see `FrozenDict`. On the command line an
    item is ``-p weights.first=0.5``.

    Examples
    --------
    >>> rates = DictSlider({"learning": 0.1, "decay": Slider(1, 0, 9)}, 0.0, 1.0)
    """

    def __init__(
        self,
        default: Mapping[str, float | Slider],
        minimum: float | None = None,
        maximum: float | None = None,
        *,
        step: float | None = None,
        scale: str = "linear",
        label: str | None = None,
        unit: str = "",
        help: str = "",
    ) -> None:
        items = {
            name: item
            if isinstance(item, Slider)
            # None is refused with the item's own name when the class is created.
            else Slider(item, minimum, maximum, step=step, scale=scale, unit=unit)  # type: ignore[arg-type]
            for name, item in dict(default).items()
        }
        super().__init__(items, label=label, unit=unit, help=help)

    def allowed(self) -> str:
        return f"a dict with numbers for {', '.join(map(repr, self.items))}"


class CheckboxGroup(_Group):
    """Several named check boxes.

    Parameters
    ----------
    default : dict of str to bool
        Names and initial states.
    label, help : str, optional
        See `Control`.

    Notes
    -----
    The value is a dict that cannot be changed in place; assigning a list of names switches those
    on and all others off. On the command line: ``-p show=gray,text`` or ``-p show.gray=off``.
    """

    item_word = "check box"

    def __init__(
        self, default: Mapping[str, bool], *, label: str | None = None, help: str = ""
    ) -> None:
        items = {name: Checkbox(state) for name, state in dict(default).items()}
        super().__init__(items, label=label, help=help)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> FrozenDict:
        if isinstance(value, list | tuple | set | frozenset):
            for name in value:
                if name not in self.items:
                    here = address(owner, self.name)
                    raise ParameterError(unknown(here, self.item_word, name, self.items))
            value = {name: name in value for name in self.items}
        return super().validate(value, owner=owner, present=present)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> FrozenDict:
        if text.lstrip().startswith("{"):
            return super().parse(text, owner=owner, present=present)
        names = [name.strip() for name in text.split(",") if name.strip()]
        return self.validate(names, owner=owner)

    def allowed(self) -> str:
        return f"a dict of true or false for {', '.join(map(repr, self.items))}"


class _Choice(Control):
    """One of several options."""

    def __init__(
        self,
        default: str | float,
        options: Sequence[str | float],
        *,
        label: str | None = None,
        unit: str = "",
        help: str = "",
    ) -> None:
        super().__init__(default, label=label, unit=unit, help=help)
        self.options = options

    def check(self, owner: str) -> None:
        if isinstance(self.options, str) or not isinstance(self.options, Iterable):
            raise self.refusal(owner, "options", "a list of texts or numbers", self.options)
        self.options = tuple(self.options)
        if not self.options:
            raise self.refusal(owner, "options", "a list with at least one option", [])
        texts = [str(option) for option in self.options]
        for option, text in zip(self.options, texts, strict=True):
            if isinstance(option, bool) or not isinstance(option, str | int | float):
                raise self.refusal(owner, "options", "texts or numbers", option)
            if texts.count(text) > 1:
                raise self.refusal(owner, "options", "different from each other", text)
        super().check(owner)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Any:
        # "1 == True" and "1 == 1.0" hold in Python: only numbers may stand for numbers.
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if is_number or isinstance(value, str):
            for option in self.options:
                if option == value:
                    return option
        hint = closest(value, map(str, self.options)) if isinstance(value, str) else ""
        raise ParameterError(str(self._refused(owner, value)) + ("." + hint if hint else ""))

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
        for option in self.options:
            if str(option) == text:
                return option
        return self.validate(text, owner=owner)

    def allowed(self) -> str:
        return "one of " + ", ".join(map(repr, self.options))

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"options": list(self.options)}


class OptionList(_Choice):
    """One of several options, chosen from a drop-down list.

    Parameters
    ----------
    default : str, int or float
        One of `options`.
    options : sequence of str, int or float
        All different, also as text.
    label, unit, help : str, optional
        See `Control`.
    """


class RadioButtons(_Choice):
    """One of several options, all of them visible; the parameters are those of `OptionList`."""


class Checkbox(Control):
    """A bool.

    Parameters
    ----------
    default : bool, optional
        Initial state, by default off.
    label, help : str, optional
        See `Control`.
    """

    def __init__(
        self, default: bool = False, *, label: str | None = None, help: str = ""
    ) -> None:
        super().__init__(default, label=label, help=help)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> bool:
        if isinstance(value, bool):
            return value
        if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        raise self._refused(owner, value)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> bool:
        word = text.strip().lower()
        if word in TRUE_WORDS | FALSE_WORDS:
            return word in TRUE_WORDS
        raise self._refused(owner, text, "true or false (also yes, no, on, off, 1, 0)")

    def text(self, value: Any) -> str:
        return "true" if value else "false"

    def allowed(self) -> str:
        return "true or false"


class Button(Checkbox):
    """A push button: true during exactly one step after a click.

    Parameters
    ----------
    label, help : str, optional
        See `Control`; the label stands on the button.

    Notes
    -----
    In the window a click counts at the next step. Headlessly ``-p reset=true`` presses the button
    for the first step. A click is never saved in a parameter set.
    """

    saved = False

    def __init__(self, label: str | None = None, *, help: str = "") -> None:
        super().__init__(False, label=label, help=help)


class TextBox(Control):
    """A text that people type.

    Parameters
    ----------
    default : str, optional
        Initial text.
    lines : int, optional
        Visible lines in the window, at least 1.
    label, help : str, optional
        See `Control`.
    """

    def __init__(
        self, default: str = "", *, lines: int = 1, label: str | None = None, help: str = ""
    ) -> None:
        super().__init__(default, label=label, help=help)
        self.lines = lines

    def check(self, owner: str) -> None:
        lines = as_number(self.lines, int)
        if lines is None or lines < 1:
            raise self.refusal(owner, "lines", "a whole number from 1 on", self.lines)
        super().check(owner)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> str:
        if not isinstance(value, str):
            raise self._refused(owner, value)
        # Neither SQLite's text functions nor a file in UTF-8 can hold these.
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self._refused(owner, value, "a text without NUL and lone surrogates")
        return str(value)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> str:
        return self.validate(text, owner=owner)

    def allowed(self) -> str:
        return "a text"

    @property
    def type_name(self) -> str:
        return "text"


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
