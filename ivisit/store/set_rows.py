"""The rows behind parameter sets: finding them, adding them, and saying that one is missing.

These functions work inside a transaction that their caller has begun.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ivisit.declarations import FrozenDict
from ivisit.errors import ParameterError, StoreError, expected, unknown
from ivisit.store.checksums import SIGNED, checksum, is_intact
from ivisit.store.parameter_set import ParameterSet, SimulationLike, adjustments_in, fitted, key_of
from ivisit.store.queries import HISTORY, NEWEST, fetch
from ivisit.store.values import (
    check_text,
    decode,
    decode_object,
    encode_document,
    encode_parameters,
    unwrap,
)

#: The columns of `HISTORY` from which `to_set` makes a set.
COLUMNS = f"simulation, name, deleted_at, checksum, {', '.join(SIGNED['set_version'])}"


def find(
    connection: sqlite3.Connection, simulation: SimulationLike, name: str
) -> ParameterSet | None:
    """Return the newest version of a set, deleted or not; None when there is no such set."""
    rows = fetch(
        connection,
        f"SELECT {COLUMNS} FROM {HISTORY} WHERE simulation = ? AND name = ? AND {NEWEST}",
        (key_of(simulation), name),
    )
    return to_set(rows[0], simulation) if rows else None


def newest(connection: sqlite3.Connection, simulation: SimulationLike, name: str) -> ParameterSet:
    """Return the newest version of a set, deleted or not; `StoreError` when there is none."""
    found = find(connection, simulation, name)
    if found is None:
        raise missing(connection, key_of(simulation), name)
    return found


def current(connection: sqlite3.Connection, simulation: SimulationLike, name: str) -> ParameterSet:
    """Return the current version of a set that is not deleted."""
    found = newest(connection, simulation, name)
    if found.deleted_at is not None:
        raise StoreError(
            f"{found.simulation}: the parameter set {name!r} was deleted at "
            f"{found.deleted_at}. It can be restored."
        )
    return found


def one_version(
    connection: sqlite3.Connection, simulation: SimulationLike, name: str, version: int
) -> ParameterSet:
    """Return one version of a set that is not deleted."""
    latest = current(connection, simulation, name)
    rows = fetch(
        connection,
        f"SELECT {COLUMNS} FROM {HISTORY} WHERE simulation = ? AND name = ? AND version = ?",
        (latest.simulation, name, version),
    )
    if not rows:
        raise StoreError(
            f"{latest.simulation}: the parameter set {name!r} has no version {version}; its "
            f"current one is {latest.version}."
        )
    return to_set(rows[0], simulation)


def intact(stored: ParameterSet) -> ParameterSet:
    """Return `stored`, or raise `StoreError` when it is damaged."""
    if stored.damage:
        raise StoreError(stored.damage)
    return stored


def missing(connection: sqlite3.Connection, key: str, name: str) -> StoreError:
    """Return the error for a set that does not exist, with the closest name that does."""
    names = fetch(
        connection,
        "SELECT name FROM parameter_set JOIN simulation ON simulation.id = simulation_id "
        "WHERE key = ? AND deleted_at IS NULL",
        (key,),
    )
    message = unknown(key, "parameter set", name, [known for (known,) in names])
    keys = [known for (known,) in fetch(connection, "SELECT key FROM simulation ORDER BY key")]
    if not names and keys and key not in keys:
        message += f" {keys_in_words(keys)} 'ivisit params rekey OLD {key}' moves what they have."
    return StoreError(message)


def keys_in_words(keys: list[str]) -> str:
    """Return a sentence that tells what simulations a store knows."""
    if not keys:
        return "The store holds nothing."
    shown = ", ".join(map(repr, keys[:10])) + ", ..." * (len(keys) > 10)
    return f"The store holds what belongs to {shown}."


def check_free(connection: sqlite3.Connection, key: str, name: str) -> None:
    """Raise `StoreError` when a set, be it a deleted one, has this name."""
    taken = find(connection, key, name)
    if taken is not None:
        deleted = taken.deleted_at is not None
        raise StoreError(
            f"{key}: has {'a deleted' if deleted else 'a'} parameter set {name!r} already. "
            + ("Restore or purge it first." if deleted else "Choose another name.")
        )


def append_version(
    connection: sqlite3.Connection,
    key: str,
    name: str,
    row: Mapping[str, Any],
    picture: bytes | None = None,
) -> None:
    """Insert a version of a set; make simulation and set if need be, undelete the set.

    `row` holds the encoded columns. A missing ``version`` is the next number, a missing
    ``saved_at`` is now, a ``layout`` of None is that of the former version, and without an
    ``origin`` the version was saved here. `picture` is what the panels showed, if anything.
    """
    row_id = set_id(connection, key, name)
    connection.execute("UPDATE parameter_set SET deleted_at = NULL WHERE id = ?", (row_id,))
    (newest_number,) = connection.execute(
        "SELECT coalesce(max(version), 0) FROM set_version WHERE set_id = ?", (row_id,)
    ).fetchone()
    columns = {"version": newest_number + 1, "saved_at": now(), "origin": None, **row}
    if columns["layout"] is None and newest_number:
        former = newest(connection, key, name).layout
        columns["layout"] = None if former is None else encode_document(former, "layout")
    signed = [columns[name] for name in SIGNED["set_version"]]
    inserted = connection.execute(
        f"INSERT INTO set_version (set_id, checksum, {', '.join(SIGNED['set_version'])}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row_id, checksum(signed), *signed),
    ).lastrowid
    if picture is not None:
        connection.execute("INSERT INTO set_picture VALUES (?, ?)", (inserted, picture))


def simulation_id(connection: sqlite3.Connection, key: str) -> int:
    """Return the row number of a simulation; a new row if need be."""
    connection.execute("INSERT INTO simulation (key) VALUES (?) ON CONFLICT DO NOTHING", (key,))
    return int(connection.execute("SELECT id FROM simulation WHERE key = ?", (key,)).fetchone()[0])


def now() -> str:
    """Return the time in ISO 8601, in UTC so that texts sort as times do."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def check_grade(grade: Any) -> float | None:
    """Return `grade` when it is None or a number that a column can hold."""
    grade = unwrap(grade)
    is_number = isinstance(grade, int | float) and not isinstance(grade, bool)
    # Comparing refuses NaN as well.
    if grade is not None and not (is_number and -(2**63) < grade < 2**63):
        raise ParameterError(expected("", "grade", "a number of moderate size or None", grade))
    return grade


def check_name(name: str, what: str) -> str:
    """Return `name` when something can bear it, else raise `ParameterError`."""
    if not check_text(name, what).strip():
        wanted = "must not be empty" if not name else f"must not be blank, not {name!r}"
        raise ParameterError(f"{what}: {wanted}")
    return name


def set_id(connection: sqlite3.Connection, key: str, name: str) -> int:
    """Return the row number of a set; a new row if need be."""
    row = (simulation_id(connection, key), name)
    connection.execute(
        "INSERT INTO parameter_set (simulation_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", row
    )
    return int(
        connection.execute(
            "SELECT id FROM parameter_set WHERE simulation_id = ? AND name = ?", row
        ).fetchone()[0]
    )


def to_set(row: tuple[Any, ...], simulation: SimulationLike) -> ParameterSet:
    """Return the set in a row of `COLUMNS`, fitted to the declaration of `simulation`.

    Nothing that a damaged row holds is served: such a set has no values, only its `damage`.
    """
    key, name, deleted_at, signature, *signed = row
    version, parameters, comment, grade, saved_at, layout, origin = signed
    try:
        if not is_intact(signed, signature):
            raise StoreError("it is not what was saved")
        places = None if layout is None else decode(layout)
        fits, problems = fitted(simulation, decode_object(parameters), adjustments_in(places))
        return ParameterSet(
            simulation=key,
            name=name,
            version=version,
            parameters=fits,
            comment=comment,
            grade=grade,
            saved_at=saved_at,
            layout=places,
            deleted_at=deleted_at,
            origin=None if origin is None else decode_object(origin),
            problems=problems,
        )
    except StoreError as error:
        damage = (
            f"{key}: version {version} of the parameter set {name!r} is damaged: {error}. Load a "
            "former version, or restore a backup; if somebody changed it on purpose, "
            "'ivisit store check --accept' signs it"
        )
        return ParameterSet(
            simulation=key,
            name=name,
            version=version,
            parameters=FrozenDict(),
            deleted_at=deleted_at,
            damage=damage,
        )


def to_row(stored: ParameterSet) -> dict[str, Any]:
    """Return the encoded columns for `append_version` that make another version of `stored`."""
    return {
        "parameters": encode_parameters(stored, stored.simulation),
        "comment": stored.comment,
        "grade": stored.grade,
        "layout": None if stored.layout is None else encode_document(stored.layout, "layout"),
    }
