"""What takes more than one call of the store; the command line and the window both do it here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ivisit.sets.wording import grade_text, in_words
from ivisit.store.differences import differences
from ivisit.store.parameter_set import ParameterSet, SimulationLike

if TYPE_CHECKING:
    from ivisit.store import ParameterStore


@dataclass(frozen=True)
class Step:
    """One version of a set, and in what it differs from the one before.

    Attributes
    ----------
    stored : ParameterSet
        The version.
    values : dict
        Differing parameters, as `ParameterStore.diff` returns them; empty for the first version.
    former : ParameterSet or None
        The version before it.
    """

    stored: ParameterSet
    values: dict[str, tuple[Any, Any]]
    former: ParameterSet | None

    def words(self) -> str:
        """Return what was changed, as people say it."""
        if self.stored.damage:
            return "damaged"
        if self.former is None:
            return "first version"
        parts = [in_words(self.values)] if self.values else []
        if self.former.grade != self.stored.grade:
            pair = (grade_text(one.grade) or "none" for one in (self.former, self.stored))
            parts.append(f"grade {' -> '.join(pair)}")
        if self.former.comment != self.stored.comment:
            parts.append("comment")
        return ", ".join(parts) or "the same values"


def history(store: ParameterStore, simulation: SimulationLike, name: str) -> list[Step]:
    """Return all versions of a set, the current one last, each with what was changed.

    Raises
    ------
    StoreError
        When there is no such set.
    """
    steps: list[Step] = []
    former: ParameterSet | None = None
    for stored in store.history(simulation, name):
        changed = {} if former is None else differences(former, stored)
        steps.append(Step(stored, changed, former))
        former = stored
    return steps


def save_defaults(
    store: ParameterStore,
    simulation: SimulationLike,
    name: str,
    changes: Mapping[str, Any],
    *,
    comment: str = "",
    grade: float | None = None,
) -> ParameterSet:
    """Save the defaults with some changes as a set; of a bare key, the changes alone."""
    values = dict(changes)
    if not isinstance(simulation, str):
        defaults = {one: control.default for one, control in simulation.controls.items()}
        values = {**defaults, **values}
    return store.save(simulation, name, values, comment=comment, grade=grade)


def duplicate(
    store: ParameterStore, simulation: SimulationLike, name: str, new_name: str | None = None
) -> ParameterSet:
    """Store a set under a second name, by default the first free one of ``name 2`` ..."""
    return store.copy(simulation, name, new_name or free_name(store, simulation, name))


def free_name(store: ParameterStore, simulation: SimulationLike, name: str) -> str:
    """Return ``name 2``, or with the next number that no set bears, be it a deleted one."""
    taken = {
        one.name for deleted in (False, True) for one in store.sets(simulation, deleted=deleted)
    }
    stem, _, number = name.rpartition(" ")
    if not (stem and number.isdecimal()):
        stem, number = name, "1"
    count = int(number) + 1
    while f"{stem} {count}" in taken:
        count += 1
    return f"{stem} {count}"


def remove(store: ParameterStore, simulation: SimulationLike, name: str) -> None:
    """Remove a set for good, with its history; it need not have been deleted before."""
    if name not in [one.name for one in store.sets(simulation, deleted=True)]:
        store.delete(simulation, name)
    store.purge(simulation, name)


#: Readers of files that stores cannot read themselves: ``recognises(path)``, and
#: ``read(path, store, simulation)``, which returns the sets that it has added.
Reader: TypeAlias = (
    "tuple[Callable[[Path], bool], Callable[[Path, ParameterStore, Any], list[ParameterSet]]]"
)

#: The readers that there are; who can read such files adds one.
READERS: list[Reader] = []


def import_file(
    store: ParameterStore,
    path: str | os.PathLike[str],
    simulation: SimulationLike | None = None,
    *,
    merge: bool = False,
) -> list[ParameterSet]:
    """Add the sets of a file: an export, another store, or what one of `READERS` reads.

    Parameters
    ----------
    store : ParameterStore
        Takes them.
    path : path-like
        The file.
    simulation : str, Simulation or class, optional
        Whose sets they become, where the file does not say.
    merge : bool, default False
        Add versions to the sets of the same names; see `ParameterStore.import_`.
    """
    for recognises, read in READERS:
        if recognises(Path(path)):
            return read(Path(path), store, simulation)
    return store.import_(path, merge=merge)
