"""Changing a little of a stored set: some values, the comment, the grade."""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType
from typing import Any

from ivisit.declarations import own_name
from ivisit.errors import ParameterError, unknown
from ivisit.store.differences import differences
from ivisit.store.parameter_set import ParameterSet, SimulationLike, controls_of, key_of
from ivisit.store.pictures import find_picture
from ivisit.store.set_rows import (
    append_version,
    check_grade,
    current,
    intact,
    to_row,
)
from ivisit.store.sets import SetDatabase
from ivisit.store.values import check_text, encode_parameters


class AmendingDatabase(SetDatabase):
    """What changes a part of a set, and what else belongs to one version."""

    def amend(
        self,
        simulation: SimulationLike,
        name: str,
        values: Mapping[str, Any] | None = None,
        *,
        comment: str | None = None,
        grade: float | EllipsisType | None = ...,
    ) -> ParameterSet:
        """Change some values of a set, its comment or its grade; all else stays as it is.

        That makes a new version, in one transaction: what somebody else saves meanwhile is kept.
        Values that no longer fit the declaration stay in the set. When nothing would change, no
        version is made.

        Parameters
        ----------
        simulation : str, Simulation or class
            The simulation.
        name : str
            Name of the set.
        values : mapping of str to value, optional
            The new values; items of a group join those that are there.
        comment : str, optional
            The new comment.
        grade : int, float or None, optional
            The new grade; None takes it away.

        Returns
        -------
        ParameterSet
            The set as it is now.

        Raises
        ------
        ParameterError
            For an unknown name or a value that does not fit.
        StoreError
            When there is no such set, or when the file cannot be written.
        """
        key = key_of(simulation)
        with self._writing() as connection:
            # By key: what does not fit the declaration must not be lost.
            former = intact(current(connection, key, name))
            kept = dict(former)
            present = current(connection, simulation, name)
            kept |= _joined(simulation, values or {}, present)
            row = to_row(former) | {"parameters": encode_parameters(kept, key)}
            if comment is not None:
                row["comment"] = check_text(comment, "comment")
            if not isinstance(grade, EllipsisType):
                row["grade"] = check_grade(grade)
            has_new_values = bool(differences(former, kept))
            as_before = (row["comment"], row["grade"]) == (former.comment, former.grade)
            if has_new_values or not as_before:
                # Other values would have given another picture.
                picture = (
                    None if has_new_values else find_picture(connection, key, name, former.version)
                )
                append_version(connection, key, name, row, picture)
            return current(connection, simulation, name)

    def picture(self, simulation: SimulationLike, name: str, version: int) -> bytes | None:
        """Return the small picture of a version: what the panels showed when it was saved.

        Parameters
        ----------
        simulation : str, Simulation or class
            The simulation.
        name : str
            Name of the set; it may be a deleted one.
        version : int
            The version.

        Returns
        -------
        bytes or None
            A PNG; None for a version that was saved without a window, and where there is none.
        """
        with self._reading() as connection:
            return find_picture(connection, key_of(simulation), name, version)


def _joined(
    simulation: SimulationLike, values: Mapping[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    """Return validated values, with the items of groups that they leave out."""
    if isinstance(simulation, str):
        return dict(values)
    controls = controls_of(simulation)
    joined = {}
    for given, value in values.items():
        name = own_name(controls, given)
        if name not in controls:
            raise ParameterError(unknown(simulation.key, "parameter", name, controls))
        if controls[name].saved:
            joined[name] = controls[name].validate(
                value, owner=simulation.key, present=present.get(name)
            )
    return joined
