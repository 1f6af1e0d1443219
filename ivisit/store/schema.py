"""The tables of a store, how they are recognised, and how old ones are brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ivisit.errors import StoreError

#: ``PRAGMA application_id`` of every store: the letters IVLB.
APPLICATION_ID = 0x49564C42

_VERSION_1 = (
    """
    CREATE TABLE simulation (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE parameter_set (
        id INTEGER PRIMARY KEY,
        simulation_id INTEGER NOT NULL REFERENCES simulation,
        name TEXT NOT NULL,
        deleted_at TEXT,               -- ISO 8601; NULL: not deleted
        UNIQUE (simulation_id, name)
    )
    """,
    # The type of a grade is left open, so that 3 and 3.0 come back as they were.
    """
    CREATE TABLE set_version (
        id INTEGER PRIMARY KEY,
        set_id INTEGER NOT NULL REFERENCES parameter_set ON DELETE CASCADE,
        version INTEGER NOT NULL,      -- counts from 1; the highest is the current one
        parameters TEXT NOT NULL,      -- JSON object: parameter name -> value
        comment TEXT NOT NULL,
        grade,
        saved_at TEXT NOT NULL,        -- ISO 8601
        layout TEXT,                   -- JSON: places of the window's widgets
        UNIQUE (set_id, version)
    )
    """,
    """
    CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- the number of a deleted run is not used again
        simulation_id INTEGER NOT NULL REFERENCES simulation,
        sweep TEXT,                    -- label of the sweep; NULL: a single run
        sweep_index INTEGER,           -- place of the run in its sweep
        parameters TEXT NOT NULL,      -- JSON object: parameter name -> value
        seed TEXT NOT NULL,            -- JSON: an integer, a list of them, or null
        steps INTEGER NOT NULL,        -- steps that were done
        status TEXT NOT NULL CHECK (status IN ('finished', 'interrupted', 'failed')),
        metrics TEXT NOT NULL,         -- JSON object: metric name -> number
        duration REAL,                 -- seconds
        started_at TEXT,               -- ISO 8601
        finished_at TEXT,              -- ISO 8601
        failure TEXT,                  -- JSON object: stage, type, message, traceback ...
        provenance TEXT NOT NULL       -- JSON object: versions, platform, commit ...
    )
    """,
    # A run of a sweep is stored once, however often a killed sweep is taken up again.
    "CREATE UNIQUE INDEX run_of_sweep ON run (simulation_id, sweep, sweep_index)",
    """
    CREATE VIEW history AS
    SELECT simulation.key AS simulation, parameter_set.name AS name, set_version.version,
           set_version.parameters, set_version.comment, set_version.grade, set_version.saved_at,
           set_version.layout, parameter_set.deleted_at, set_version.set_id
    FROM set_version
    JOIN parameter_set ON parameter_set.id = set_version.set_id
    JOIN simulation ON simulation.id = parameter_set.simulation_id
    """,
    """
    CREATE VIEW current_sets AS
    SELECT * FROM history
    WHERE version = (SELECT max(version) FROM set_version WHERE set_id = history.set_id)
    """,
    "CREATE VIEW sets AS SELECT * FROM current_sets WHERE deleted_at IS NULL",
    "CREATE VIEW deleted_sets AS SELECT * FROM current_sets WHERE deleted_at IS NOT NULL",
    """
    CREATE VIEW parameters AS
    SELECT sets.simulation, sets.name AS set_name, sets.version,
           item.key AS parameter,
           CASE item.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE item.value END
               AS value
    FROM sets, json_each(sets.parameters) AS item
    """,
    """
    CREATE VIEW runs AS
    SELECT run.id, simulation.key AS simulation, run.sweep, run.sweep_index, run.status, run.seed,
           run.steps, run.parameters, run.metrics, run.duration, run.started_at, run.finished_at,
           run.failure, run.provenance
    FROM run JOIN simulation ON simulation.id = run.simulation_id
    """,
)

#: The statements that lead from schema version i to i + 1.
MIGRATIONS: list[tuple[str, ...]] = [_VERSION_1]


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
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
