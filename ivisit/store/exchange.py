"""Parameter sets as a JSON file: to send, to keep under version control, to read elsewhere."""

from __future__ import annotations

import getpass
import json
import logging
import os
import platform
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ivisit.errors import StoreError
from ivisit.files import replace_file
from ivisit.store.importing import FORMAT, FORMAT_VERSION, read_entries, take_in
from ivisit.store.parameter_set import ParameterSet, SimulationLike, key_of
from ivisit.store.problems import explained
from ivisit.store.queries import HISTORY, fetch
from ivisit.store.set_rows import COLUMNS, current, keys_in_words, missing, now, to_set
from ivisit.store.sets import SetDatabase

log = logging.getLogger(__name__)


class ExchangeDatabase(SetDatabase):
    """A store's export to and import from JSON files."""

    def export(
        self,
        path: str | os.PathLike[str],
        simulation: SimulationLike | None = None,
        *,
        names: Collection[str] | None = None,
    ) -> int:
        """Write the parameter sets with all their versions to a JSON file.

        Deleted sets, damaged versions, pictures and runs are left out. A file that exists is
        replaced as a whole, once the new one is complete.

        Parameters
        ----------
        path : str or Path
            The file to write.
        simulation : str, Simulation or class, optional
            Only the sets of this one.
        names : collection of str, optional
            Only the sets of these names, each of which there must be.

        Returns
        -------
        int
            The number of sets written.

        Raises
        ------
        StoreError
            When the file cannot be written, or is the store itself, or when there are no sets of
            the simulation or none of one of the names.
        """
        target = Path(path).absolute()
        if target.exists() and target.samefile(self.path):
            raise StoreError(f"{target}: is the store itself. Choose another name.")
        key = None if simulation is None else key_of(simulation)
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {COLUMNS} FROM {HISTORY} WHERE deleted_at IS NULL "
                "AND (?1 IS NULL OR simulation = ?1) ORDER BY simulation, name, version",
                (key,),
            )
            for name in dict.fromkeys(names or ()):
                if name not in {row[1] for row in rows}:
                    raise missing(connection, key or "", name)
        versions: dict[tuple[str, str], list[dict[str, Any]]] = {}
        if not rows and key is not None:
            raise StoreError(
                f"{self.path}: has no parameter sets of {key!r}, so {target} was not written. "
                f"{keys_in_words(self.simulations())}"
            )
        for row in rows:
            stored = to_set(row, row[0])
            if names is not None and stored.name not in names:
                continue
            if stored.damage:
                log.warning("left out: %s", stored.damage)
                continue
            versions.setdefault((stored.simulation, stored.name), []).append(_to_entry(stored))
        document = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "exported_at": now(),
            "exported_by": _user(),
            "sets": [
                {"simulation": owner, "name": name, "versions": entries}
                for (owner, name), entries in versions.items()
            ],
        }
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        with explained(target):
            replace_file(target, lambda file: file.write(text), text=True)
        return len(versions)

    def import_(self, path: str | os.PathLike[str], *, merge: bool = False) -> list[ParameterSet]:
        """Add the parameter sets of a file that `export` wrote, or of another store.

        Versions that the store has are left out, wherever they are by now: importing a file again,
        or many files in any order, adds nothing twice. Versions keep their times, and ``origin``
        tells where they came from. A set whose name is taken by other work goes beside it, as
        ``soft (meyer)`` from ``meyer.json``; one that came by import, and was not changed since,
        gets its new versions. A deleted set that the file holds comes back. All sets are imported,
        or none.

        Parameters
        ----------
        path : str or Path
            The file.
        merge : bool, default False
            Add the versions to the set of the same name instead, where the last one becomes the
            current one.

        Returns
        -------
        list of ParameterSet
            The sets that were added, brought back, or have a new version.

        Raises
        ------
        StoreError
            When the file is not such a file, or was written by a newer ivisit.
        """
        source = Path(path).absolute()
        if source.exists() and source.samefile(self.path):
            raise StoreError(f"{source}: is the store itself. Choose another file.")
        entries = read_entries(source)
        with self._writing() as connection:
            changed = [
                take_in(connection, key, name, rows, source.stem, merge=merge)
                for key, name, rows in entries
            ]
            return [
                current(connection, key, name)
                for key, name in dict.fromkeys(place for place in changed if place is not None)
            ]


def _to_entry(stored: ParameterSet) -> dict[str, Any]:
    """Return a version as the JSON file holds it."""
    names = ("version", "parameters", "comment", "grade", "saved_at", "layout", "origin")
    return {name: getattr(stored, name) for name in names}


def _user() -> str | None:
    """Return ``user@host``, as far as it is known."""
    try:
        return f"{getpass.getuser()}@{platform.node()}"
    except (OSError, KeyError, ImportError):  # a container without a user database
        return None
