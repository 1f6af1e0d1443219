"""What the store asks its file: joins of its own tables, and texts that are damaged.

The file's views are for people. A file from elsewhere may bring views of these names that do
something else, so none is ever queried here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

#: A row for each version of each set.
HISTORY = """(
    SELECT simulation.key AS simulation, parameter_set.name AS name, set_version.*,
           parameter_set.deleted_at
    FROM set_version
    JOIN parameter_set ON parameter_set.id = set_version.set_id
    JOIN simulation ON simulation.id = parameter_set.simulation_id
) AS history"""

#: What narrows `HISTORY` to the newest version of each set.
NEWEST = "version = (SELECT max(version) FROM set_version WHERE set_id = history.set_id)"

#: A row for each run.
RUNS = """(
    SELECT simulation.key AS simulation, run.*
    FROM run JOIN simulation ON simulation.id = run.simulation_id
) AS runs"""


def fetch(
    connection: sqlite3.Connection, statement: str, values: Any = ()
) -> list[tuple[Any, ...]]:
    """Return all rows that `statement` gives, also where a text is no longer UTF-8."""
    try:
        return connection.execute(statement, values).fetchall()
    except sqlite3.OperationalError as error:
        if not str(error).startswith("Could not decode"):
            raise
        return list(_fetch_leniently(connection, statement, values))


def _fetch_leniently(
    connection: sqlite3.Connection, statement: str, values: Any
) -> Iterator[tuple[Any, ...]]:
    # Bytes that are no UTF-8 become half surrogates, which no saved text holds.
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    try:
        yield from connection.execute(statement, values)
    finally:
        connection.text_factory = str
