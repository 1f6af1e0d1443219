"""How a store's file is recognised, and how an old one is brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ivisit.errors import StoreError
from ivisit.store.migrations import MIGRATIONS

#: ``PRAGMA application_id`` of every store: the letters IVLB.
APPLICATION_ID = 0x49564C42


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
        return int(version)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if application or version or tables:
        old = {"parameterwidget", "datawidget"} <= tables
        raise StoreError(
            f"{path}: is an SQLite file, but not a parameter store: "
            + ("IVISIT 0.7 made it. Import it into a new store" if old else "choose another name")
            + "; the file was not changed."
        )
    return 0


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from schema `version` to the newest; the caller commits."""
    for number, migrate in enumerate(MIGRATIONS[version:], start=version + 1):
        migrate(connection)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
