"""Panels: the declared outputs of a simulation.

A simulation assigns to them like to plain attributes; window, headless run and store read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, overload

from ivisit.declarations import Declaration

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


class Panel(Declaration):
    """Base class of all panels.

    Parameters
    ----------
    label, help : str, optional
        See `Declaration`.
    """

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Simulation, owner: type) -> Any: ...
    def __get__(self, instance: Simulation | None, owner: type) -> Any:
        if instance is None:
            return self
        return instance._outputs.get(self.name)

    def __set__(self, instance: Simulation, value: Any) -> None:
        instance._outputs[self.name] = self.validate(value, owner=type(instance).__name__)

    def validate(self, value: Any, *, owner: str = "") -> Any:
        """Return `value` as the panel keeps it, or raise `ParameterError`."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """Return kind, label and help as plain, JSON-ready values."""
        return {
            "name": self.name,
            "kind": type(self).__name__,
            "label": self.label,
            "help": self.help,
        }
