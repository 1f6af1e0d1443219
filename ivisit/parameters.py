"""`Parameters`: the values of a simulation's controls, every assignment validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ivisit.controls import Control, Group
from ivisit.declarations import own_name
from ivisit.errors import ParameterError, unknown

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


class Parameters(Mapping[str, Any]):
    """The values of a simulation's controls, by name; every assignment is validated.

    Names need not be identifiers, so this is the only way to some parameters of old scripts::

        simulation.parameters["Kernel Width"] = 3
    """

    def __init__(self, simulation: Simulation) -> None:
        self._controls = type(simulation).controls
        self._values = simulation._values
        self._owner = type(simulation).key

    def __getitem__(self, name: str) -> Any:
        return self._values[self.control(name).name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[self.control(name).name] = self.validate(name, value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))

    def control(self, name: str) -> Control:
        """Return the control called `name`; `ParameterError` with the closest name if none is."""
        try:
            return self._controls[own_name(self._controls, name)]
        except (KeyError, TypeError):
            raise NoSuchParameter(unknown(self._owner, "parameter", name, self._controls)) from None

    def validate(self, name: str, value: Any) -> Any:
        """Return `value` as the control `name` would keep it; change nothing."""
        control = self.control(name)
        return control.validate(value, owner=self._owner, present=self._values[control.name])

    def update(self, values: Mapping[str, Any]) -> None:
        """Assign several values; when one is refused, none is assigned."""
        valid = {
            self.control(name).name: self.validate(name, value) for name, value in values.items()
        }
        self._values.update(valid)

    def reset(self) -> None:
        """Give every control its default again."""
        self._values.update({name: control.default for name, control in self._controls.items()})


class NoSuchParameter(ParameterError, KeyError):
    """A parameter name that the simulation does not declare."""

    # KeyError would print the repr of the message.
    __str__ = Exception.__str__


def parse_values(controls: Mapping[str, Control], owner: str, texts: Mapping[str, str]) -> dict:
    """Return the values that texts stand for, as ``-p name=text`` and ``-p group.item=text`` do.

    Parameters
    ----------
    controls : mapping of str to Control
        The declared controls.
    owner : str
        The simulation's name, for messages.
    texts : mapping of str to str
        Parameter name, or ``control.item`` of a control with several items, to text.

    Returns
    -------
    dict
        Parameter name to validated value. Items that are not mentioned are left out, so that an
        assignment keeps them.

    Raises
    ------
    ParameterError
        For an unknown name or item and for a text that is not acceptable.
    """
    values: dict[str, Any] = {}
    for name, text in texts.items():
        name = own_name(controls, name)
        group, _, item = name.rpartition(".")
        group = own_name(controls, group)
        if name not in controls and isinstance(controls.get(group), Group):
            parsed = controls[group].parse_item(item, text, owner=owner)  # type: ignore[attr-defined]
            values[group] = {**values.get(group, {}), **parsed}
        elif name in controls:
            values[name] = controls[name].parse(text, owner=owner)
        else:
            raise NoSuchParameter(unknown(owner, "parameter", name, controls))
    return values
