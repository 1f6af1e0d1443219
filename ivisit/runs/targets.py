"""What a sweep varies: a parameter, or one item of a grouped one, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ivisit.controls import Checkbox, Choice, Control, Group, Slider
from ivisit.declarations import own_name
from ivisit.errors import ParameterError, address, expected, unknown
from ivisit.parameters import NoSuchParameter
from ivisit.simulation import Simulation


@dataclass(frozen=True)
class Target:
    """A parameter, or an item of one.

    Attributes
    ----------
    name : str
        ``sigma`` or ``weights.first``.
    path : tuple of str
        Where the value is: ``("sigma",)`` or ``("weights", "first")``.
    control : Control
        The declaration that validates the value.
    owner : str
        What messages put before the name.
    """

    name: str
    path: tuple[str, ...]
    control: Control[Any]
    owner: str

    def validate(self, value: Any) -> Any:
        """Return `value` in its canonical type, or raise `ParameterError`."""
        return self.control.validate(value, owner=self.owner)

    def parse(self, text: str) -> Any:
        """Return the value that `text` stands for, or raise `ParameterError`."""
        return self.control.parse(text, owner=self.owner)

    def options(self) -> tuple[Any, ...]:
        """Return all values of a control that has few: options, or off and on."""
        if isinstance(self.control, Choice):
            return tuple(self.control.options)
        if isinstance(self.control, Checkbox):
            return (False, True)
        raise ParameterError(
            f"{address(self.owner, self.path[-1])}: '*' stands for all options of a list or a "
            f"check box, and this is a {type(self.control).__name__}; give values or a range"
        )

    def refusal(self, allowed: str, value: Any) -> ParameterError:
        """Return the error for something that cannot be done with this parameter."""
        return ParameterError(expected(self.owner, self.path[-1], allowed, value))

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers of a range."""
        return isinstance(self.control, Slider)


def find_target(simulation: type[Simulation], name: str) -> Target:
    """Return what `name` addresses; `ParameterError` with the closest name if nothing."""
    controls = simulation.controls
    own = own_name(controls, name)
    if own in controls:
        return Target(own, (own,), controls[own], simulation.key)
    group, _, item = str(name).rpartition(".")
    group = own_name(controls, group)
    control = controls.get(group)
    if not isinstance(control, Group):
        raise NoSuchParameter(unknown(simulation.key, "parameter", name, controls))
    here = address(simulation.key, group)
    item = own_name(control.items, item)
    if item not in control.items:
        raise ParameterError(unknown(here, control.item_word, item, control.items))
    return Target(f"{group}.{item}", (group, item), control.items[item], here)


def nest(paths: Iterable[tuple[str, ...]], values: Iterable[Any]) -> dict[str, Any]:
    """Return ``{parameter: value}``, items of a group in one dict, as parameters take it.

    >>> nest([("sigma",), ("weights", "first")], [2.0, 0.5])
    {'sigma': 2.0, 'weights': {'first': 0.5}}
    """
    nested: dict[str, Any] = {}
    for path, value in zip(paths, values, strict=True):
        if len(path) == 1:
            nested[path[0]] = value
        else:
            nested.setdefault(path[0], {})[path[1]] = value
    return nested


def flatten(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with a name for each item of a group: what a table has as columns.

    >>> flatten({"sigma": 2.0, "weights": {"first": 0.5}})
    {'sigma': 2.0, 'weights.first': 0.5}
    """
    flat: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{item}": number for item, number in value.items()}
        else:
            flat[name] = value
    return flat
