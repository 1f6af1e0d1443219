"""Schema 1: simulations, parameter sets with their versions, runs, and views for people."""

from __future__ import annotations

import sqlite3

STATEMENTS = (
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


def upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables of a new store."""
    for statement in STATEMENTS:
        connection.execute(statement)
