"""Taking in parameter sets that somebody else saved, without a word over one's own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ivisit.errors import ParameterError, StoreError, shorten
from ivisit.store.backups import sound_store
from ivisit.store.opening import is_database
from ivisit.store.parameter_set import ParameterSet
from ivisit.store.problems import explained
from ivisit.store.queries import HISTORY, fetch
from ivisit.store.set_rows import (
    COLUMNS,
    append_version,
    check_grade,
    check_name,
    set_id,
    to_row,
    to_set,
)
from ivisit.store.values import check_text, encode_document, encode_parameters

FORMAT = "ivisit parameter sets"
FORMAT_VERSION = 1

#: Simulation, name, and the columns of all versions of a set.
Entry: TypeAlias = tuple[str, str, list[dict[str, Any]]]

#: What tells a version from others: where its name was given, what it holds, and when it was saved.
Identity: TypeAlias = tuple[Any, ...]


def take_in(
    connection: sqlite3.Connection,
    key: str,
    name: str,
    rows: list[dict[str, Any]],
    label: str,
    *,
    merge: bool,
) -> tuple[str, str] | None:
    """Add the versions of one set that the store does not have.

    Parameters
    ----------
    connection : sqlite3.Connection
        In a write transaction.
    key, name : str
        Simulation and name of the set.
    rows : list of dict
        The columns of its versions, the newest last.
    label : str
        Where they came from, for a name beside another set.
    merge : bool
        Add them to the set `name` in any case.

    Returns
    -------
    tuple of str or None
        Simulation and name of the set that changed.
    """
    present = _present(connection, key)
    identities = [_identity(row, name) for row in rows]
    if merge:
        home: str | None = name
    else:
        home = next((one for one, has in present.items() if identities[-1] in has), None)
    if home is not None and identities[-1] in present.get(home, {}):
        return _undelete(connection, key, home)
    if home is None:
        home = _continued(present, identities) or _free_name(present, name, label)
    known = present.get(home, {})
    for row, identity in zip(rows, identities, strict=True):
        if identity not in known:
            # Numbers are kept in a new set only.
            kept = row if not known else {n: v for n, v in row.items() if n != "version"}
            append_version(connection, key, home, kept)
    return key, home


def _present(connection: sqlite3.Connection, key: str) -> dict[str, dict[Identity, bool]]:
    """Return, by set, the versions that the store has, the newest last, and which are foreign."""
    rows = fetch(
        connection,
        f"SELECT {COLUMNS} FROM {HISTORY} WHERE simulation = ? ORDER BY name, version",
        (key,),
    )
    present: dict[str, dict[Identity, bool]] = {}
    for stored in (to_set(row, key) for row in rows):
        versions = present.setdefault(stored.name, {})
        columns = _columns(stored)
        versions[_identity(columns, stored.name)] = stored.origin is not None
    return present


def _columns(stored: ParameterSet) -> dict[str, Any]:
    origin = None if stored.origin is None else encode_document(stored.origin, "origin")
    return {**to_row(stored), "saved_at": stored.saved_at, "origin": origin}


def _identity(row: Mapping[str, Any], name: str) -> Identity:
    origin = json.loads(row["origin"] or "{}")
    # As text, 1 differs from 1.0. The layout of a window does not make another version.
    content = (row["parameters"], row["comment"], repr(row["grade"]), row["saved_at"])
    return (origin.get("name", name), *content)


def _undelete(connection: sqlite3.Connection, key: str, name: str) -> tuple[str, str] | None:
    changed = connection.execute(
        "UPDATE parameter_set SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL",
        (set_id(connection, key, name),),
    ).rowcount
    return (key, name) if changed else None


def _continued(
    present: Mapping[str, Mapping[Identity, bool]], identities: list[Identity]
) -> str | None:
    """Return the set that the file's versions continue: all of it is foreign, and in the file."""
    for name, versions in present.items():
        if all(versions.values()) and list(versions)[-1] in identities:
            return name
    return None


def _free_name(present: Mapping[str, Any], name: str, label: str) -> str:
    number, free = 1, name
    while free in present:
        free = f"{name} ({label})" if number == 1 else f"{name} ({label} {number})"
        number += 1
    return free


def read_entries(source: Path) -> list[Entry]:
    """Return the sets in an exported file, or in another store."""
    if is_database(source):
        return _read_store(source)
    with explained(source):
        data = source.read_bytes()
    return _read_export(source, data)


def _read_store(source: Path) -> list[Entry]:
    with sound_store(source) as connection:
        rows = fetch(
            connection,
            f"SELECT {COLUMNS} FROM {HISTORY} WHERE deleted_at IS NULL "
            "ORDER BY simulation, name, version",
        )
    entries: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for stored in (to_set(row, row[0]) for row in rows):
        if stored.damage:
            raise StoreError(f"{source}: {stored.damage}.")
        origin = stored.origin or {"name": stored.name, "file": source.name}
        columns = {"version": stored.version, **_columns(stored)}
        columns["origin"] = encode_document(origin, "origin")
        entries.setdefault((stored.simulation, stored.name), []).append(columns)
    return [(key, name, versions) for (key, name), versions in entries.items()]


def _to_row(entry: Mapping[str, Any], key: str, origin: Mapping[str, Any]) -> dict[str, Any]:
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
        # Where it came from in the first place.
        "origin": encode_document(_checked(entry.get("origin")) or origin, "origin"),
    }


def _checked(origin: Any) -> Any:
    if origin is not None and not isinstance(origin, Mapping):
        raise ParameterError(f"origin {shorten(origin)}")
    return origin


def _read_export(source: Path, data: bytes) -> list[Entry]:
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
    origin = {"file": source.name}
    if isinstance(document.get("exported_by"), str):
        origin["user"] = document["exported_by"]
    try:
        return [_read_set(entry, origin) for entry in document["sets"]]
    except (KeyError, TypeError, AttributeError, ParameterError, RecursionError) as error:
        raise StoreError(f"{source}: is an incomplete or altered export: {error}.") from error


def _read_set(entry: Mapping[str, Any], origin: Mapping[str, Any]) -> Entry:
    key = check_name(entry["simulation"], "key of the simulation")
    name = check_name(entry["name"], "name of the set")
    rows = [_to_row(version, key, {"name": name, **origin}) for version in entry["versions"]]
    numbers = [row["version"] for row in rows]
    if not rows or numbers != sorted(set(numbers)):
        raise ParameterError(f"the versions of {name!r} are {numbers}")
    return key, name, rows
