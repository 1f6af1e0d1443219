"""`ParameterSet`: a stored assignment of a simulation's parameters, and how it fits a class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ivisit.declarations import FrozenDict, own_name
from ivisit.errors import ParameterError, shorten, unknown

if TYPE_CHECKING:
    from ivisit.controls import Control
    from ivisit.parameters import Parameters
    from ivisit.simulation import Simulation

#: A simulation's key in the store, or the class or an instance of it.
SimulationLike: TypeAlias = "str | Adjusted | Simulation | type[Simulation]"


@dataclass(frozen=True, eq=False)
class ParameterSet(Mapping[str, Any]):
    """One version of a named parameter set: an unchangeable mapping of names to values.

    Two sets are equal when they hold equal values, whatever their names.

    Attributes
    ----------
    simulation : str
        Key of the simulation.
    name : str
        Name of the set.
    version : int
        Counts from 1.
    parameters : FrozenDict
        Parameter name to value.
    comment : str
        What somebody wrote about it.
    grade : int, float or None
        How good somebody found it.
    saved_at : str
        ISO 8601 with zone, e.g. ``2026-05-01T12:30:00.123456+00:00``.
    layout : dict or None
        Places and settings of the window's widgets.
    deleted_at : str or None
        When the set was deleted; None when it was not.
    origin : FrozenDict or None
        Where an imported version came from: the ``file``, the ``name`` of the set there, and, where
        known, the ``user`` who exported it; None for a version that was saved here.
    damage : str
        What is wrong when the row in the file is not what was saved; such a set has no values, and
        loading it is refused. Empty for a sound one.
    problems : FrozenDict
        Name of a stored value that does not fit the simulation's present declaration, to what is
        wrong with it. Those values are not among the parameters, but for those that were brought
        inside a range; all remain in the store as they were.
    """

    simulation: str
    name: str
    version: int
    parameters: FrozenDict
    comment: str = ""
    grade: float | None = None
    saved_at: str = ""
    layout: Any = None
    deleted_at: str | None = None
    origin: Any = None
    damage: str = ""
    problems: FrozenDict = field(default_factory=FrozenDict)

    @property
    def adjustments(self) -> dict[str, dict[str, Any]]:
        """Ranges, steps and labels that differed from the declared ones when it was saved.

        See `ivisit.parameters.Parameters.adjustments`; the layout keeps them as ``controls``.
        """
        return adjustments_in(self.layout)

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def __repr__(self) -> str:
        return (
            f"<ParameterSet {self.name!r} of {self.simulation}, version {self.version}: "
            f"{shorten(dict(self.parameters), 100)}>"
        )


def key_of(simulation: SimulationLike) -> str:
    """Return the key under which a store keeps `simulation`."""
    key = simulation if isinstance(simulation, str) else getattr(simulation, "key", None)
    if not isinstance(key, str):
        raise TypeError(
            f"simulation must be a key, a Simulation class or an instance, not {simulation!r}"
        )
    return key


def split_version(text: str, names: Iterable[str]) -> tuple[str, int | None]:
    """Split ``NAME@VERSION`` into the two; what is itself among `names` is a name without version.

    >>> split_version("soft@2", ["soft"]), split_version("a@2", ["a@2"]), split_version("soft", [])
    (('soft', 2), ('a@2', None), ('soft', None))
    """
    name, at, number = text.rpartition("@")
    if at and name and number.isdecimal() and text not in names:
        return name, int(number)
    return text, None


def accepted(simulation: SimulationLike, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a parameter set of `simulation` keeps, each validated.

    Values of a simulation of which only the key is known are returned unchanged. Buttons are
    left out: a click is no setting.

    Raises
    ------
    ParameterError
        For an unknown name and for a value that its control refuses.
    """
    if isinstance(simulation, str):
        return dict(values)
    controls = controls_of(simulation)
    values = {own_name(controls, name): value for name, value in values.items()}
    for name in values:
        if name not in controls:
            raise ParameterError(unknown(simulation.key, "parameter", name, controls))
    return {
        name: controls[name].validate(value, owner=simulation.key)
        for name, value in values.items()
        if controls[name].saved
    }


@dataclass(frozen=True)
class Adjusted:
    """A simulation's class with the ranges of one instance, for who must not wait for its engine.

    Where a store wants a simulation, this stands for the instance.
    """

    simulation: type[Simulation]
    parameters: Parameters

    @property
    def key(self) -> str:
        """The simulation's key."""
        return self.simulation.key

    @property
    def controls(self) -> Mapping[str, Control[Any]]:
        """The declared controls."""
        return self.simulation.controls


def controls_of(simulation: Adjusted | Simulation | type[Simulation]) -> Mapping[str, Control[Any]]:
    """Return the controls of a class as declared, those of an instance with its own ranges."""
    if isinstance(simulation, type):
        return simulation.controls
    return {name: simulation.parameters.control(name) for name in simulation.controls}


def adjustments_in(layout: Any) -> dict[str, dict[str, Any]]:
    """Return the changes of controls that a stored layout keeps; {} where it makes no sense."""
    kept = layout.get("controls", {}) if isinstance(layout, Mapping) else {}
    if not isinstance(kept, Mapping):
        return {}
    return {name: dict(changes) for name, changes in kept.items() if isinstance(changes, Mapping)}


def with_adjustments(simulation: SimulationLike, layout: Any, former: Any) -> Any:
    """Return the layout to be stored: with the changed ranges of an instance.

    A layout of None is that of the `former` version, whose ranges are not those of the new one.
    """
    if isinstance(simulation, str):
        return layout
    adjustments = {} if isinstance(simulation, type) else simulation.parameters.adjustments
    present = former if layout is None else layout
    if not isinstance(present, Mapping):
        return {"controls": adjustments} if adjustments and present is None else present
    others = {name: value for name, value in present.items() if name != "controls"}
    return {**others, "controls": adjustments} if adjustments else others


def fitted(
    simulation: SimulationLike,
    values: Mapping[str, Any],
    adjustments: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[FrozenDict, FrozenDict]:
    """Return the stored values that fit the declaration of `simulation`, and what is wrong with
    the others, both by name. What was saved under another range must fit that range."""
    if isinstance(simulation, str):
        return FrozenDict(values), FrozenDict()
    fits: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in values.items():
        control = simulation.controls.get(name)
        changes = (adjustments or {}).get(name)
        if control is not None and changes:
            try:
                control = control.adjusted(simulation.key, changes)
            except ParameterError as error:
                problems[name] = str(error)
                continue
        if control is None or not control.saved:
            problems[name] = unknown(simulation.key, "parameter", name, simulation.controls)
            continue
        try:
            fits[name], change = control.fitting(value, owner=simulation.key)
            if change:
                problems[name] = change
        except ParameterError as error:
            items, item_problems = _fitting_items(control, value, simulation.key)
            if items:
                fits[name] = control.validate(items, owner=simulation.key)
            problems |= item_problems if items else {name: str(error)}
    return FrozenDict(fits), FrozenDict(problems)


def _fitting_items(
    control: Control[Any], value: Any, owner: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the items of a group that fit each by itself, and what is wrong with the others."""
    fits: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for item, item_value in value.items() if isinstance(value, Mapping) else ():
        try:
            control.validate({item: item_value}, owner=owner)
        except ParameterError as error:
            problems[f"{control.name}.{item}"] = str(error)
        else:
            fits[item] = item_value
    return fits, problems
