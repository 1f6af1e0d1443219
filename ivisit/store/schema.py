"""How a store's file is recognised, and how an old one is brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ivisit.errors import StoreError
from ivisit.store.migrations import MIGRATIONS
from ivisit.store.queries import fetch

#: ``PRAGMA application_id`` of every store: the letters IVLB.
APPLICATION_ID = 0x49564C42

#: The tables of a store, of all versions.
TABLES = ("simulation", "parameter_set", "set_version", "run", "mark")


def read_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of an open file: 0 when it is empty.

    The caller has begun a transaction; else a file that another process is just making could
    look like that of another program.

    Raises
    ------
    StoreError
        When the file is an SQLite file of another program, or a store of a newer ivisit.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION_ID:
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{path}: was written by a newer version of ivisit (its schema has number "
                f"{version}, this version knows up to {len(MIGRATIONS)}). Install the newer one; "
                "the file was not changed."
            )
        if version:
            _refuse_strange(connection, path)
        return int(version)
    tables = {name for (name,) in fetch(connection, "SELECT name FROM sqlite_master")}
    if application or version or tables:
        old = {"parameterwidget", "datawidget"} <= tables
        raise StoreError(
            f"{path}: is an SQLite file, but not a parameter store: "
            + ("IVISIT 0.7 made it. Import it into a new store" if old else "choose another name")
            + "; the file was not changed."
        )
    return 0


def _refuse_strange(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `StoreError` for a store to which somebody has added what would run by itself."""
    for kind, name, table, definition in fetch(
        connection, "SELECT type, name, tbl_name, sql FROM main.sqlite_master"
    ):
        if kind == "trigger":
            raise StoreError(
                f"{path}: holds the trigger {name!r}, which would run whenever something is saved; "
                "a parameter store has none. Nothing was changed. If you trust the file, remove "
                f"it with the sqlite3 shell: DROP TRIGGER {name}"
            )
        if name in TABLES and (kind != "table" or not _is_plain(connection, table, definition)):
            raise StoreError(
                f"{path}: is not a store as ivisit makes it: {name!r} is no ordinary table. "
                "Nothing was changed."
            )


def _is_plain(connection: sqlite3.Connection, table: str, definition: str) -> bool:
    columns = connection.execute("SELECT hidden FROM pragma_table_xinfo(?)", (table,))
    return definition.upper().startswith("CREATE TABLE") and not any(h for (h,) in columns)


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from schema `version` to the newest; the caller commits."""
    for number, migrate in enumerate(MIGRATIONS[version:], start=version + 1):
        migrate(connection)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
