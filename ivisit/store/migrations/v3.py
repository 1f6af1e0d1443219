"""Schema 3: sweeps and optimisations, the sources that they ran, kept traces."""

from __future__ import annotations

import sqlite3

_STATEMENTS = (
    """
    CREATE TABLE sweep (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        simulation_id INTEGER NOT NULL REFERENCES simulation,
        name TEXT NOT NULL,            -- run.sweep of its runs
        kind TEXT NOT NULL CHECK (kind IN ('sweep', 'optimize')),
        specification TEXT NOT NULL,   -- JSON object: axes or points, repeats, steps, metrics ...
        source_sha256 TEXT,            -- digest of the simulation's file and its helpers
        size INTEGER NOT NULL,         -- number of runs
        entropy TEXT NOT NULL,         -- seed of the sweep, an integer
        provenance TEXT NOT NULL,      -- JSON object; holds for each run that has none of its own
        created_at TEXT NOT NULL,      -- ISO 8601
        finished_at TEXT,              -- ISO 8601
        status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted')),
        owner TEXT,                    -- JSON object: host, pid, start time of who computes it
        heartbeat_at TEXT,             -- ISO 8601; when the owner wrote last
        checksum BLOB,
        UNIQUE (simulation_id, name)
    )
    """,
    "ALTER TABLE run ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1",
    # host:pid, where it was not the host that wrote the row.
    "ALTER TABLE run ADD COLUMN worker TEXT",
    """
    CREATE TABLE source_file (
        sha256 TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        content BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE run_trace (
        run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        name TEXT NOT NULL,
        steps BLOB NOT NULL,           -- zlib of int64, little endian
        data BLOB NOT NULL,            -- zlib of float64, little endian
        PRIMARY KEY (run_id, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE VIEW sweeps AS
    SELECT sweep.id, simulation.key AS simulation, sweep.name, sweep.kind, sweep.status, sweep.size,
           count(run.id) AS done, coalesce(sum(run.status = 'failed'), 0) AS failed,
           coalesce(sum(run.status = 'finished' AND EXISTS (
               SELECT 1 FROM json_each(run.metrics) AS metric WHERE metric.type = 'text'
           )), 0) AS diverged,
           coalesce(sum(run.duration), 0) AS seconds, sweep.created_at, sweep.finished_at
    FROM sweep
    JOIN simulation ON simulation.id = sweep.simulation_id
    LEFT JOIN run ON run.simulation_id = sweep.simulation_id AND run.sweep = sweep.name
    GROUP BY sweep.id
    """,
    # A run of a sweep holds what differs from the others; the sweep holds the rest.
    "DROP VIEW IF EXISTS runs",
    """
    CREATE VIEW runs AS
    SELECT run.id, simulation.key AS simulation, run.sweep, run.sweep_index, run.status, run.seed,
           run.steps,
           CASE WHEN sweep.id IS NULL THEN run.parameters
                ELSE json_patch(json_extract(sweep.specification, '$.fixed'), run.parameters)
           END AS parameters,
           run.metrics, run.duration,
           coalesce(run.started_at, sweep.created_at) AS started_at,
           coalesce(run.finished_at, sweep.finished_at) AS finished_at,
           run.failure,
           CASE WHEN sweep.id IS NOT NULL AND run.provenance = '{}' THEN sweep.provenance
                ELSE run.provenance
           END AS provenance,
           run.attempts, run.worker
    FROM run
    JOIN simulation ON simulation.id = run.simulation_id
    LEFT JOIN sweep ON sweep.simulation_id = run.simulation_id AND sweep.name = run.sweep
    """,
)


def upgrade(connection: sqlite3.Connection) -> None:
    """Add the tables and columns, and let the views show them."""
    for statement in _STATEMENTS:
        connection.execute(statement)
