"""Parameter sets as a JSON file: to send, to keep under version control, to read elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ivisit.errors import ParameterError, StoreError
from ivisit.files import replace_file
from ivisit.store.parameter_set import ParameterSet, SimulationLike, key_of
from ivisit.store.problems import explained
from ivisit.store.queries import HISTORY, fetch
from ivisit.store.set_rows import (
    COLUMNS,
    append_version,
    check_grade,
    check_name,
    current,
    find,
    now,
    to_row,
    to_set,
)
from ivisit.store.sets import SetDatabase
from ivisit.store.values import check_text, encode_document, encode_parameters

FORMAT = "ivisit parameter sets"
FORMAT_VERSION = 1


class ExchangeDatabase(SetDatabase):
    """A store's export to and import from JSON files."""

    def export(self, path: str | os.PathLike[str], simulation: SimulationLike | None = None) -> int:
        """Write the parameter sets with all their versions to a JSON file.

        Deleted sets and runs are left out. A file that exists is replaced as a whole, once the
        new one is complete.

        Parameters
        ----------
        path : str or Path
            The file to write.
        simulation : str, Simulation or class, optional
            Only the sets of this one.

        Returns
        -------
        int
            The number of sets written.

        Raises
        ------
        StoreError
            When the file cannot be written, or is the store itself.
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
        versions: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for stored in (to_set(row, row[0]) for row in rows):
            versions.setdefault((stored.simulation, stored.name), []).append(_to_entry(stored))
        document = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "exported_at": now(),
            "sets": [
                {"simulation": owner, "name": name, "versions": entries}
                for (owner, name), entries in versions.items()
            ],
        }
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        with explained(target):
            replace_file(target, lambda file: file.write(text), text=True)
        return len(versions)

    def import_(self, path: str | os.PathLike[str]) -> list[ParameterSet]:
        """Add the parameter sets of a JSON file that `export` wrote.

        A new set comes with all its versions. To a set that the store has already, the file's
        current version is added as the newest one, unless it is equal to the present one; so
        nothing is lost, and importing twice changes nothing. All sets are imported, or none.

        Returns
        -------
        list of ParameterSet
            The sets that were added or have a new version.

        Raises
        ------
        StoreError
            When the file is not such a file, or was written by a newer ivisit.
        """
        changed = []
        entries = _read(Path(path).absolute())
        with self._writing() as connection:
            for key, name, rows in entries:
                present = find(connection, key, name)
                newest_row = {column: rows[-1][column] for column in _CONTENT}
                if present is None:
                    for row in rows:
                        append_version(connection, key, name, row)
                elif present.deleted_at or _differs(newest_row, to_row(present)):
                    append_version(connection, key, name, newest_row)
                else:
                    continue
                changed.append(current(connection, key, name))
        return changed


#: What makes a version differ from another one; number and time do not.
_CONTENT = ("parameters", "comment", "grade", "layout")


def _differs(row: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    # A row without a layout keeps the present one.
    return any(
        row[column] != present[column] and not (column == "layout" and row[column] is None)
        for column in _CONTENT
    )


def _to_entry(stored: ParameterSet) -> dict[str, Any]:
    """Return a version as the JSON file holds it."""
    names = ("version", "parameters", "comment", "grade", "saved_at", "layout")
    return {name: getattr(stored, name) for name in names}


def _to_row(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the columns for an entry of the JSON file, each checked."""
    if type(entry["version"]) is not int or entry["version"] < 1:
        raise ParameterError(f"version {entry['version']!r}")
    layout = entry["layout"]
    return {
        "version": entry["version"],
        "parameters": encode_parameters(entry["parameters"], key),
        "comment": check_text(entry["comment"], "comment"),
        "grade": check_grade(entry["grade"]),
        "saved_at": check_text(entry["saved_at"], "saved_at"),
        "layout": None if layout is None else encode_document(layout, "layout"),
    }


def _read(source: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return simulation, name and rows of each set in an exported file."""
    with explained(source):
        data = source.read_bytes()
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{source}: is not a JSON file: {error}.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StoreError(f"{source}: is not an export of parameter sets.")
    if document.get("format_version") != FORMAT_VERSION:
        raise StoreError(
            f"{source}: was written by a newer version of ivisit (format "
            f"{document.get('format_version')}, this version reads {FORMAT_VERSION})."
        )
    try:
        return [_read_set(entry) for entry in document["sets"]]
    except (KeyError, TypeError, ParameterError) as error:
        raise StoreError(f"{source}: is an incomplete or altered export: {error}.") from error


def _read_set(entry: Mapping[str, Any]) -> tuple[str, str, list[dict[str, Any]]]:
    key = check_name(entry["simulation"], "key of the simulation")
    name = check_name(entry["name"], "name of the set")
    rows = [_to_row(version, key) for version in entry["versions"]]
    numbers = [row["version"] for row in rows]
    if not rows or numbers != sorted(set(numbers)):
        raise ParameterError(f"the versions of {name!r} are {numbers}")
    return key, name, rows
