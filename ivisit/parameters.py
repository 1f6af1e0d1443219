"""`Parameters`: the values of a simulation's controls, every assignment validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Protocol

from ivisit.controls import Control
from ivisit.declarations import own_name
from ivisit.errors import ParameterError, unknown


class Declaring(Protocol):
    """What `Parameters` need of the class of a simulation."""

    key: str
    controls: Mapping[str, Control[Any]]


class Parameters(MutableMapping[str, Any]):
    """The values of a simulation's controls, by name; every assignment is validated.

    Names need not be identifiers, so this is the only way to some parameters of old scripts::

        simulation.parameters["Kernel Width"] = 3

    Range, step and label of a control are those of the simulation's class until `adjust` changes
    them, for this simulation only: `control` tells what holds.
    """

    def __init__(
        self,
        simulation: type[Declaring],
        values: dict[str, Any],
        adjustments: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._simulation = simulation
        self._owner = simulation.key
        self._values = values
        self._controls = dict(simulation.controls)
        self._adjustments: dict[str, dict[str, Any]] = {}
        for name, changes in (adjustments or {}).items():
            self.adopt(name, *self.planned(name, changes))

    def __reduce__(self) -> tuple[Any, ...]:
        # A simulation and its parameters share one dict of values, and so do copies of them.
        return type(self), (self._simulation, self._values, self.adjustments)

    def __getitem__(self, name: str) -> Any:
        return self._values[self.control(name).name]

    def __contains__(self, name: object) -> bool:
        return own_name(self._controls, name) in self._values

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[self.control(name).name] = self.validate(name, value)

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{self._owner}: a parameter cannot be deleted; reset() gives defaults")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))

    def control(self, name: str) -> Control[Any]:
        """Return the control called `name`, with the range that holds for this simulation.

        Raises
        ------
        ParameterError
            When there is none; the message has the closest name.
        """
        try:
            return self._controls[own_name(self._controls, name)]
        except (KeyError, TypeError):
            raise NoSuchParameter(unknown(self._owner, "parameter", name, self._controls)) from None

    def validate(self, name: str, value: Any) -> Any:
        """Return `value` as the control `name` would keep it; change nothing."""
        control = self.control(name)
        return control.validate(value, owner=self._owner, present=self._values[control.name])

    def update(self, values: Mapping[str, Any]) -> None:  # type: ignore[override]
        """Assign several values; when one is refused, none is assigned."""
        valid = {
            self.control(name).name: self.validate(name, value) for name, value in values.items()
        }
        self._values.update(valid)

    def reset(self) -> None:
        """Give every control its default again."""
        self._values.update({name: control.default for name, control in self._controls.items()})

    # Ranges, steps and labels of this simulation --------------------------------------------

    @property
    def adjustments(self) -> dict[str, dict[str, Any]]:
        """What `adjust` has changed: name of a control to its changed arguments, JSON-ready."""
        return {name: dict(changes) for name, changes in self._adjustments.items()}

    def adjust(self, name: str, **changes: Any) -> Control[Any]:
        """Change range, step or label of a control for this simulation; return the control.

        Several arguments change at once, so that no range is ever empty. A value that lies
        outside the new range is brought inside.

        Parameters
        ----------
        name : str
            The control.
        **changes
            ``minimum``, ``maximum``, ``step`` and ``label`` of a `Slider`; ``label`` of the
            others; ``items`` of a `DictSlider`, e.g. ``items={"decay": {"maximum": 20}}``.
            ``step=None`` is the default grid, ``label=None`` the default label.

        Raises
        ------
        ParameterError
            When the control would contradict itself; then nothing changes.

        Examples
        --------
        >>> import ivisit as iv
        >>> class Filter(iv.Simulation):
        ...     sigma = iv.Slider(2.0, 0.1, 20.0)
        >>> filter = Filter()
        >>> filter.parameters.adjust("sigma", minimum=5.0, maximum=50.0)
        Slider(5.0, 5.0, 50.0)
        >>> filter.sigma, Filter.sigma
        (5.0, Slider(2.0, 0.1, 20.0))
        """
        control, all_changes = self.planned(name, changes)
        self.adopt(control.name, control, all_changes)
        return control

    def take(self, adjustments: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]) -> None:
        """Take over the ranges and values that a parameter set or a result has kept.

        A control that `adjustments` does not mention keeps its range where the value fits, and
        else returns to the one of its class.
        """
        for name, changes in adjustments.items():
            self.adjust(name, **changes)
        for name in values:
            if name not in adjustments and not self._fits(name, values[name]):
                self.adopt(name, self._simulation.controls[name], {})
        self.update(values)

    def _fits(self, name: str, value: Any) -> bool:
        """Tell whether nothing speaks against a value but what its class says."""
        if not self._adjustments.get(name):
            return True
        try:
            self.validate(name, value)
        except ParameterError:
            return False
        return True

    def planned(
        self,
        name: str,
        changes: Mapping[str, Any],
        former: Mapping[str, Any] | None = None,
    ) -> tuple[Control[Any], dict[str, Any]]:
        """Return the control that `adjust` would give, and all that differs from its class.

        With `former`, these are the changes that were made before, rather than the present ones.
        """
        name = self.control(name).name
        before = self._adjustments.get(name, {}) if former is None else former
        merged = _merged(before, changes)
        control = self._simulation.controls[name].adjusted(self._owner, merged)
        return control, _canonical(control, merged)

    def adopt(self, name: str, control: Control[Any], changes: dict[str, Any]) -> None:
        """Let a control count that `planned` has returned."""
        self._controls[name] = control
        self._adjustments.pop(name, None)
        if changes:
            self._adjustments[name] = changes
        self._values[name] = control.nearest(self._values[name])


def _merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return both changes, the later one counting, those of a group's items item by item."""
    merged = {**before, **changes}
    if "items" in before and isinstance(changes.get("items"), Mapping):
        items: dict[str, Any] = dict(before["items"])
        for item, item_changes in changes["items"].items():
            if isinstance(item_changes, Mapping):
                item_changes = {**items.get(item, {}), **item_changes}
            items[item] = item_changes
        merged["items"] = items
    return merged


def _canonical(control: Control[Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with the values that the changed control has kept: Python's own types."""
    return {
        argument: {name: _canonical(control.items[name], value[name]) for name in value}
        if argument == "items"
        else control.argument(argument)
        for argument, value in changes.items()
    }


class NoSuchParameter(ParameterError, KeyError):
    """A parameter name that the simulation does not declare."""

    def __str__(self) -> str:
        return Exception.__str__(self)  # KeyError would print the repr of the message


def parse_values(
    controls: Mapping[str, Control[Any]], owner: str, texts: Mapping[str, str]
) -> dict[str, Any]:
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
    for written, text in texts.items():
        found = _addressed(controls, written, text)
        if found is None:
            raise NoSuchParameter(unknown(owner, "parameter", written, controls))
        name, item, text = found
        if item:
            parsed = controls[name].parse_item(item, text, owner=owner)
            values[name] = {**values.get(name, {}), **parsed}
        else:
            values[name] = controls[name].parse(text, owner=owner)
    return values


def _addressed(
    controls: Mapping[str, Control[Any]], written: str, text: str
) -> tuple[str, str, str] | None:
    """Return the control and item that ``written=text`` addresses, and the text for it.

    Names and items may contain dots and equals signs: the longest name that fits counts. An item
    is only looked for in a control that has items, and need not exist: the message names it.
    """
    whole = f"{written}={text}"
    ends = [place for place, character in enumerate(whole) if character == "="]
    unknown_item = None
    for end in ends:
        address, rest = whole[:end], whole[end + 1 :]
        name = own_name(controls, address)
        if name in controls:
            return name, "", rest
        for dot in [place for place, character in enumerate(address) if character == "."]:
            name, item = own_name(controls, address[:dot]), address[dot + 1 :]
            if name in controls and controls[name].items:
                if own_name(controls[name].items, item) in controls[name].items:
                    return name, item, rest
                unknown_item = unknown_item or (name, item, rest)
    return unknown_item
