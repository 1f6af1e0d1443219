"""Parameter sets in the store: saving, loading, versions, and undoing what was done to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from ivisit.errors import StoreError
from ivisit.store.database import Database
from ivisit.store.differences import differences
from ivisit.store.parameter_set import (
    ParameterSet,
    SimulationLike,
    accepted,
    key_of,
    with_adjustments,
)
from ivisit.store.pictures import check_picture, find_picture
from ivisit.store.queries import HISTORY, NEWEST, fetch
from ivisit.store.set_rows import (
    COLUMNS,
    append_version,
    check_free,
    check_grade,
    check_name,
    current,
    find,
    intact,
    keys_in_words,
    missing,
    newest,
    now,
    one_version,
    set_id,
    simulation_id,
    to_row,
    to_set,
)
from ivisit.store.values import check_text, encode_document, encode_parameters

#: The tables whose rows belong to a simulation.
OWNED = ("parameter_set", "run")


class SetDatabase(Database):
    """A store's parameter sets.

    Wherever a simulation is asked for, its key will do; a class or an instance adds validation:
    what is saved is checked, and what is loaded is fitted to the declaration.
    """

    def save(
        self,
        simulation: SimulationLike,
        name: str,
        values: Mapping[str, Any],
        *,
        comment: str = "",
        grade: float | None = None,
        layout: Any = None,
        picture: bytes | None = None,
    ) -> ParameterSet:
        """Store `values` under `name`; what was there before remains as a former version.

        Saving under the name of a deleted set brings that set back, with one more version.

        Parameters
        ----------
        simulation : str, Simulation or class
            The simulation. With a bare key, values are stored without validation. With an
            instance, so are ranges, steps and labels of its own; see `ParameterSet.adjustments`.
        name : str
            Name of the set.
        values : mapping of str to value
            The parameters. Buttons are left out.
        comment : str, optional
            Anything worth remembering.
        grade : int or float, optional
            How good the set is, on a scale of your own.
        layout : JSON-ready object, optional
            Places of the window's widgets; None keeps those of the former version.
        picture : bytes, optional
            What the panels showed, as a small PNG of at most 64 KB; see `picture`.

        Returns
        -------
        ParameterSet
            What was stored, on the disk when this returns.

        Raises
        ------
        ParameterError
            For an unknown name or a value that does not fit or cannot be stored.
        StoreError
            When the file cannot be written.
        """
        key = key_of(simulation)
        row = {
            "parameters": encode_parameters(accepted(simulation, values), key),
            "comment": check_text(comment, "comment"),
            "grade": check_grade(grade),
        }
        check_name(key, "key of the simulation")
        check_name(name, "name of the set")
        check_picture(picture)
        with self._writing() as connection:
            former = find(connection, key, name)
            kept = with_adjustments(simulation, layout, None if former is None else former.layout)
            row["layout"] = None if kept is None else encode_document(kept, "layout")
            append_version(connection, key, name, row, picture)
            return current(connection, simulation, name)

    def load(
        self, simulation: SimulationLike, name: str, *, version: int | None = None
    ) -> ParameterSet:
        """Return a parameter set.

        Parameters
        ----------
        simulation : str, Simulation or class
            With a class or an instance, values that no longer fit the declaration are left out
            and reported in ``problems``.
        name : str
            Name of the set.
        version : int, optional
            A former version; by default the current one.

        Raises
        ------
        StoreError
            When there is no such set or version, when it was deleted, or when it is damaged.
        """
        with self._reading() as connection:
            if version is None:
                return intact(current(connection, simulation, name))
            return intact(one_version(connection, simulation, name, version))

    def sets(
        self, simulation: SimulationLike | None = None, *, deleted: bool = False
    ) -> list[ParameterSet]:
        """Return the current versions of all sets, by simulation and name.

        Parameters
        ----------
        simulation : str, Simulation or class, optional
            Only the sets of this one.
        deleted : bool, default False
            Return the deleted sets instead of the others.
        """
        key = None if simulation is None else key_of(simulation)
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {COLUMNS} FROM {HISTORY} WHERE {NEWEST} "
                f"AND deleted_at IS {'NOT' * deleted} NULL "
                "AND (?1 IS NULL OR simulation = ?1) ORDER BY simulation, name",
                (key,),
            )
        return [to_set(row, row[0] if simulation is None else simulation) for row in rows]

    def simulations(self) -> list[str]:
        """Return the keys of the simulations that have parameter sets or runs, sorted."""
        with self._reading() as connection:
            rows = fetch(
                connection,
                "SELECT key FROM simulation WHERE "
                "EXISTS (SELECT 1 FROM parameter_set WHERE simulation_id = simulation.id "
                "        AND deleted_at IS NULL) "
                "OR EXISTS (SELECT 1 FROM run WHERE simulation_id = simulation.id) ORDER BY key",
            )
        return [key for (key,) in rows]

    def history(self, simulation: SimulationLike, name: str) -> list[ParameterSet]:
        """Return all versions of a set, the current one last; also of a deleted set.

        Parameters
        ----------
        simulation : str, Simulation or subclass
            Key of the simulation, or the simulation.
        name : str
            Name of the set.

        Raises
        ------
        StoreError
            When there is no such set.
        """
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {COLUMNS} FROM {HISTORY} WHERE simulation = ? AND name = ? "
                "ORDER BY version",
                (key_of(simulation), name),
            )
            if not rows:
                raise missing(connection, key_of(simulation), name)
        return [to_set(row, simulation) for row in rows]

    def diff(
        self,
        simulation: SimulationLike,
        a: str | tuple[str, int],
        b: str | tuple[str, int],
    ) -> dict[str, tuple[Any, Any]]:
        """Return the parameters in which two sets, or two versions of a set, differ.

        Parameters
        ----------
        simulation : str, Simulation or class
            The simulation. The values are compared as they are stored.
        a, b : str or (str, int)
            Name of a set, or name and version.

        Returns
        -------
        dict
            Parameter name to the values in `a` and in `b`; None stands for a value that is not
            there. ``1`` and ``1.0`` are different.

        Raises
        ------
        StoreError
            When there is no such set or version.
        """
        key = key_of(simulation)
        with self._reading() as connection:
            first, second = (
                intact(
                    current(connection, key, one)
                    if isinstance(one, str)
                    else one_version(connection, key, *one)
                )
                for one in (a, b)
            )
        return differences(first, second)

    def rename(self, simulation: SimulationLike, name: str, new_name: str) -> ParameterSet:
        """Give a set with all its versions another name, and return it.

        Parameters
        ----------
        simulation : str, Simulation or subclass
            Key of the simulation, or the simulation.
        name : str
            Name of the set.
        new_name : str
            The other name.

        Raises
        ------
        StoreError
            When there is no such set, or when `new_name` is taken, be it by a deleted set.
        """
        check_name(new_name, "new name")
        with self._writing() as connection:
            current(connection, key_of(simulation), name)
            check_free(connection, key_of(simulation), new_name)
            connection.execute(
                "UPDATE parameter_set SET name = ? WHERE id = ?",
                (new_name, set_id(connection, key_of(simulation), name)),
            )
            return current(connection, simulation, new_name)

    def copy(self, simulation: SimulationLike, name: str, new_name: str) -> ParameterSet:
        """Store the current version of a set under another name too, and return the copy.

        Parameters
        ----------
        simulation : str, Simulation or subclass
            Key of the simulation, or the simulation.
        name : str
            Name of the set.
        new_name : str
            The other name.

        Raises
        ------
        StoreError
            When there is no such set, or when `new_name` is taken, be it by a deleted set.
        """
        check_name(new_name, "new name")
        key = key_of(simulation)
        with self._writing() as connection:
            original = intact(current(connection, key, name))
            check_free(connection, key, new_name)
            picture = find_picture(connection, key, name, original.version)
            append_version(connection, key, new_name, to_row(original), picture)
            return current(connection, simulation, new_name)

    def delete(self, simulation: SimulationLike, name: str) -> None:
        """Delete a set; `restore` brings it back, `purge` removes it for good.

        Parameters
        ----------
        simulation : str, Simulation or subclass
            Key of the simulation, or the simulation.
        name : str
            Name of the set.

        Raises
        ------
        StoreError
            When there is no such set.
        """
        key = key_of(simulation)
        with self._writing() as connection:
            current(connection, key, name)
            connection.execute(
                "UPDATE parameter_set SET deleted_at = ? WHERE id = ?",
                (now(), set_id(connection, key, name)),
            )

    def restore(
        self, simulation: SimulationLike, name: str, *, version: int | None = None
    ) -> ParameterSet:
        """Undo: bring a deleted set back, or make a former version the current one again.

        Parameters
        ----------
        simulation : str, Simulation or class
            The simulation.
        name : str
            Name of the set.
        version : int, optional
            The former version. It is saved once more, so that no version is lost.

        Raises
        ------
        StoreError
            When there is no such set or version, or when nothing says what to restore.
        """
        key = key_of(simulation)
        with self._writing() as connection:
            deleted = newest(connection, key, name).deleted_at is not None
            if version is None and not deleted:
                raise StoreError(
                    f"{key}: the parameter set {name!r} is not deleted. To go back to a former "
                    "version, say which."
                )
            connection.execute(
                "UPDATE parameter_set SET deleted_at = NULL WHERE id = ?",
                (set_id(connection, key, name),),
            )
            if version is not None:
                former = intact(one_version(connection, key, name, version))
                picture = find_picture(connection, key, name, version)
                append_version(connection, key, name, to_row(former), picture)
            return current(connection, simulation, name)

    def rekey(self, old: str, new: str) -> int:
        """Give what belongs to one simulation to another: its class was renamed.

        Parameters
        ----------
        old, new : str
            The keys.

        Returns
        -------
        int
            The number of sets and runs that were moved.

        Raises
        ------
        StoreError
            When the store holds nothing of `old`, or when both have a set of the same name, be it
            a deleted one, or a run at the same place of a sweep. Nothing is moved then.
        """
        check_name(new, "new key")
        with self._writing() as connection:
            keys = [key for (key,) in fetch(connection, "SELECT key FROM simulation ORDER BY key")]
            if old not in keys:
                raise StoreError(f"{self.path}: holds nothing of {old!r}. {keys_in_words(keys)}")
            if old == new:
                return 0
            owners = (simulation_id(connection, new), simulation_id(connection, old))
            both = fetch(
                connection,
                "SELECT name FROM parameter_set WHERE simulation_id = ? AND name IN "
                "(SELECT name FROM parameter_set WHERE simulation_id = ?) ORDER BY name",
                owners,
            )
            if both:
                names = ", ".join(repr(name) for (name,) in both)
                raise StoreError(
                    f"{self.path}: {old} and {new} both have the parameter set {names}. Rename or "
                    "purge one of each."
                )
            try:
                moved = sum(
                    connection.execute(
                        f"UPDATE {table} SET simulation_id = ? WHERE simulation_id = ?", owners
                    ).rowcount
                    for table in OWNED
                )
            except sqlite3.IntegrityError as error:
                raise StoreError(
                    f"{self.path}: {old} and {new} both have runs at the same places of a sweep."
                ) from error
            connection.execute("DELETE FROM simulation WHERE id = ?", owners[1:])
            return moved
