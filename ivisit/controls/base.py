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

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar, overload

from ivisit.declarations import Declaration, Holder
from ivisit.errors import ParameterError, address, expected, unknown

#: Type of a control's value, as a simulation reads it.
Value = TypeVar("Value")


class Control(Declaration, Generic[Value]):
    """Base class of all controls, generic in the type of the value.

    Parameters
    ----------
    default : object
        The value before anybody changes it.
    label, help : str, optional
        See `Declaration`.
    unit : str, optional
        Unit of the value, e.g. ``"px"``.
    group : str, optional
        Name of the section in which the window and ``ivisit show`` list it; by default none.
    restart : bool, optional
        Whether only `init` reads the value, so that another one takes effect with the next run.

    Notes
    -----
    A new kind of control

    1. implements `validate`, `parse` and `allowed`;
    2. takes `group` and `restart` as keywords and hands them on;
    3. names in `adjustable` what may be changed for one simulation, and where a range is among
       that, implements `nearest`;
    4. says with `saved` and `momentary` what its value is.
    """

    #: Whether the value belongs into a parameter set.
    saved = True
    #: Whether another value than the default lasts for one step only, as a click does.
    momentary = False
    #: Arguments that may be changed for one simulation; see `ivisit.parameters.Parameters.adjust`.
    adjustable: tuple[str, ...] = ("label",)
    #: The controls of the items, by name, where the value is a dict.
    items: Mapping[str, Control[Any]] = MappingProxyType({})

    def __init__(
        self,
        default: Any,
        *,
        label: str | None = None,
        unit: str = "",
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(label=label, help=help)
        self.default: Any = default
        self.unit = unit
        self.group = group
        self.restart = restart

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Holder, owner: type) -> Value: ...
    def __get__(self, instance: Holder | None, owner: type) -> Any:
        if instance is None:
            return self
        return instance._ivisit_values[self.name]

    def __set__(self, instance: Holder, value: Value) -> None:
        instance._ivisit_parameters[self.name] = value

    def check(self, owner: str) -> None:
        super().check(owner)
        for argument in ("unit", "group"):
            if not isinstance(getattr(self, argument), str):
                raise self.refusal(owner, argument, "a text", getattr(self, argument))
        if not isinstance(self.restart, bool):
            raise self.refusal(owner, "restart", "true or false", self.restart)
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

    def parse_item(self, item: str, text: str, *, owner: str = "") -> dict[str, Any]:
        """Return ``{item: value}`` for ``-p control.item=text``."""
        raise ParameterError(unknown(address(owner, self.name), "item", item, self.items))

    def nearest(self, value: Any) -> Any:
        """Return the acceptable value nearest to one that was acceptable under another range."""
        return value

    def fitting(self, value: Any, *, owner: str = "") -> tuple[Any, str]:
        """Return a stored value as it is acceptable now, and what had to be changed.

        Most kinds take a value as it is or refuse it; one that brings it inside says so.
        """
        return self.validate(value, owner=owner), ""

    def adjusted(self, owner: str, changes: Mapping[str, Any]) -> Self:
        """Return this control with another range, step or label, for one simulation.

        Parameters
        ----------
        owner : str
            Name of the simulation, for messages.
        changes : mapping
            Arguments of this kind that are `adjustable`, by name. A default that lies outside
            a new range is brought inside.

        Raises
        ------
        ParameterError
            For an argument that is not adjustable, and when the result contradicts itself.
        """
        for argument in changes:
            if argument not in self.adjustable:
                here = address(owner, self.name)
                kind = f"adjustable argument of a {type(self).__name__}"
                raise ParameterError(unknown(here, kind, argument, self.adjustable))
        changed = self._unsettled(changes)
        changed._check_arguments(owner)
        changed.default = changed.nearest(changed.default)
        changed.settle(owner)
        return changed

    def declared(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return for changes that were made of this control what undoes them."""
        return {argument: self.argument(argument) for argument in changes}

    def _check_arguments(self, owner: str) -> None:
        """Check all but the default, where a range depends on other arguments."""

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
            "group": self.group,
            "restart": self.restart,
        }

    def _refused(self, owner: str, value: Any, allowed: str = "") -> ParameterError:
        return ParameterError(expected(owner, self.name, allowed or self.allowed(), value))
