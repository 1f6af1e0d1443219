"""How a store's file is recognised, and how an old one is brought up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from ivisit.errors import StoreError
from ivisit.store.migrations import MIGRATIONS, Migration
from ivisit.store.problems import DamageError
from ivisit.store.queries import fetch

#: ``PRAGMA application_id`` of every store: the letters IVLB.
APPLICATION_ID = 0x49564C42


def read_version(connection: sqlite3.Connection, path: Path, *, alone: bool = False) -> int:
    """Return the schema version of an open file: 0 when it is empty.

    The caller has begun a transaction; else a file that another process is just making could
    look like that of another program. With `alone`, the file is read without its log, and what it
    declares is not looked at: the log may mend that.

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
        if version and not alone:
            _refuse_strange(connection, path, version)
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


def _refuse_strange(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Raise `StoreError` for a store whose tables are not those that ivisit makes.

    Somebody may have added what would run by itself; and a damaged declaration would make of sound
    rows something else. Further tables, columns, indexes and views are nobody's business.
    """
    for (name,) in fetch(
        connection, "SELECT name FROM main.sqlite_master WHERE type = 'trigger' LIMIT 1"
    ):
        raise StoreError(
            f"{path}: holds the trigger {name!r}, which would run whenever something is saved; a "
            "parameter store has none. Nothing was changed. If you trust the file, remove it with "
            f"the sqlite3 shell: DROP TRIGGER {name}"
        )
    present = _declarations(connection)
    for name, declared in _declarations_of(tuple(MIGRATIONS[:version])).items():
        if not declared <= present.get(name, frozenset()):
            raise DamageError(
                f"{path}: is damaged or not a store as ivisit makes it: {name!r} is not the table "
                "or index that it should be. Nothing was changed. 'ivisit store restore BACKUP' "
                "puts a backup in its place and keeps a copy of it."
            )


def _declarations(connection: sqlite3.Connection) -> dict[str, frozenset[Any]]:
    """Return, by the names of tables and indexes, what is declared of each."""
    found: dict[str, set[Any]] = {}
    for name, *column in fetch(
        connection,
        'SELECT item.name, x.name, x.type, x."notnull", x.pk '
        "FROM main.sqlite_master AS item, pragma_table_xinfo(item.name) AS x "
        "WHERE item.type = 'table' AND item.sql LIKE 'CREATE TABLE%' AND x.hidden = 0",
    ):
        found.setdefault(name, set()).add(tuple(column))
    for name, definition in fetch(
        connection, "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND sql NOTNULL"
    ):
        found[name] = {definition}
    return {name: frozenset(declared) for name, declared in found.items()}


@lru_cache(maxsize=8)
def _declarations_of(migrations: tuple[Migration, ...]) -> dict[str, frozenset[Any]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migrate in migrations:
            migrate(connection)
        return {
            name: declared
            for name, declared in _declarations(connection).items()
            if not name.startswith("sqlite_")
        }


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from schema `version` to the newest; the caller commits."""
    for number, migrate in enumerate(MIGRATIONS[version:], start=version + 1):
        migrate(connection)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
