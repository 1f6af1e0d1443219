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

from typing import TYPE_CHECKING, Any, Self, overload

from ivisit.declarations import Declaration
from ivisit.errors import ParameterError, address, expected

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


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
