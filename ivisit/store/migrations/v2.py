"""Schema 2: checksums, where a version came from, and what tells to which file a log belongs."""

from __future__ import annotations

import os
import sqlite3

from ivisit.store.checksums import checksum
from ivisit.store.queries import fetch

#: The columns of each table over which this step computes checksums.
_SIGNED = {
    "set_version": ("version, parameters, comment, grade, saved_at, layout, origin"),
    "run": (
        "sweep, sweep_index, parameters, seed, steps, status, metrics, duration, started_at, "
        "finished_at, failure, provenance"
    ),
}

_STATEMENTS = (
    # JSON object: name, file, user ... of an imported version; NULL: it was saved here.
    "ALTER TABLE set_version ADD COLUMN origin TEXT",
    "ALTER TABLE set_version ADD COLUMN checksum BLOB",
    "ALTER TABLE run ADD COLUMN checksum BLOB",
    # One row that every write changes, so that a log can be recognised as that of another file.
    """
    CREATE TABLE mark (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        token BLOB NOT NULL,           -- another one with each write
        former BLOB                    -- the token before it
    )
    """,
    "DROP VIEW IF EXISTS history",
    """
    CREATE VIEW history AS
    SELECT simulation.key AS simulation, parameter_set.name AS name, set_version.version,
           set_version.parameters, set_version.comment, set_version.grade, set_version.saved_at,
           set_version.layout, parameter_set.deleted_at, set_version.set_id, set_version.origin
    FROM set_version
    JOIN parameter_set ON parameter_set.id = set_version.set_id
    JOIN simulation ON simulation.id = parameter_set.simulation_id
    """,
)

#: Rows that are signed at a time; it bounds the memory.
_BATCH = 1000


def upgrade(connection: sqlite3.Connection) -> None:
    """Add the columns, and sign every row as it is."""
    for statement in _STATEMENTS:
        connection.execute(statement)
    connection.execute("INSERT INTO mark (id, token) VALUES (1, ?)", (os.urandom(16),))
    for table, columns in _SIGNED.items():
        _sign_all(connection, table, columns)


def _sign_all(connection: sqlite3.Connection, table: str, columns: str) -> None:
    last = -(2**63)
    while rows := fetch(
        connection,
        f"SELECT id, {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {_BATCH}",
        (last,),
    ):
        connection.executemany(
            f"UPDATE {table} SET checksum = ? WHERE id = ?",
            [(checksum(values), number) for number, *values in rows],
        )
        last = rows[-1][0]
