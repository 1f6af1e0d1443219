"""`StoredSweep` and `SweepRow`, and the rows behind them."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ivisit.store.checksums import SIGNED, checksum
from ivisit.store.run_rows import StoredRun, printable


@dataclass(frozen=True, kw_only=True)
class StoredSweep:
    """A sweep or an optimisation as a store keeps it.

    Attributes
    ----------
    id : int
        Number in the store; 0 before it is saved.
    simulation, name : str
        Key of the simulation, and name of the sweep; together they are unique.
    kind : str
        ``sweep`` or ``optimize``.
    specification : mapping
        Axes or points, repeats, steps, metrics ..., plain values.
    source_sha256 : str or None
        Digest of the simulation's file and its helpers.
    size : int
        Number of runs.
    entropy : int
        Seed of the sweep.
    provenance : mapping
        Versions, platform, source; holds for each run that has none of its own.
    created_at, finished_at, heartbeat_at : str or None
        ISO 8601 with zone.
    status : str
        ``running``, ``finished`` or ``interrupted``.
    owner : mapping or None
        Host, pid and start time of the process that computes it.
    """

    id: int = 0
    simulation: str
    name: str
    kind: str
    specification: Mapping[str, Any]
    source_sha256: str | None
    size: int
    entropy: int
    provenance: Mapping[str, Any]
    created_at: str = ""
    finished_at: str | None = None
    status: str = "running"
    owner: Mapping[str, Any] | None = None
    heartbeat_at: str | None = None

    @property
    def conditions(self) -> frozenset[str]:
        """Names of the metrics that tell when something first held; NaN: it never did."""
        metrics = self.specification.get("metrics", {})
        return frozenset(n for n, text in metrics.items() if ":first<" in text or ":first>" in text)


@dataclass(frozen=True)
class SweepRow:
    """One run of a sweep, on its way into the store; see `ivisit.runs.job.Row`."""

    index: int
    parameters: Mapping[str, Any]
    seed: int
    steps: int
    status: str
    metrics: Mapping[str, float]
    duration: float
    failure: Mapping[str, Any] | None = None
    traces: tuple[tuple[str, bytes, bytes], ...] = ()
    worker: str | None = None
    provenance: str = "{}"


def complete(run: StoredRun, sweep: StoredSweep) -> StoredRun:
    """Return a run of a sweep with all parameters and its provenance."""
    parameters = dict(sweep.specification.get("fixed", {}))
    for name, value in run.parameters.items():
        if isinstance(value, Mapping) and isinstance(parameters.get(name), Mapping):
            parameters[name] = {**parameters[name], **value}
        else:
            parameters[name] = value
    return replace(
        run,
        parameters=parameters,
        provenance=run.provenance or sweep.provenance,
        started_at=run.started_at or sweep.created_at,
        finished_at=run.finished_at or sweep.finished_at,
    )


INSERT = (
    f"INSERT INTO run (simulation_id, checksum, worker, {', '.join(SIGNED['run'])}) "
    f"VALUES ({', '.join('?' * (3 + len(SIGNED['run'])))}) "
    "ON CONFLICT (simulation_id, sweep, sweep_index) DO "
)
OR_KEEP = "NOTHING"
OR_REPLACE_FAILED = (
    "UPDATE SET attempts = attempts + 1, checksum = excluded.checksum, worker = excluded.worker, "
    + ", ".join(f"{name} = excluded.{name}" for name in SIGNED["run"])
    + " WHERE run.status = 'failed'"
)


def encode(name: str, row: SweepRow) -> tuple[Any, ...]:
    """Return checksum, worker and signed columns of a run."""
    signed = (
        name,
        row.index,
        _dump(row.parameters),
        str(row.seed),
        row.steps,
        row.status,
        _dump({n: v if math.isfinite(v) else str(v) for n, v in row.metrics.items()}),
        row.duration,
        None,
        None,
        None if row.failure is None else _dump(printable(row.failure)),
        row.provenance,
    )
    return checksum(signed), row.worker, *signed


def conflicts(
    connection: sqlite3.Connection, key: int, encoded: list[tuple[Any, ...]]
) -> list[int]:
    """Return the places of runs whose stored status or metrics are others."""
    differing = []
    for _, _, name, index, _, _, _, status, metrics, *_ in encoded:
        stored = connection.execute(
            "SELECT status, metrics FROM run WHERE simulation_id = ? AND sweep = ? "
            "AND sweep_index = ?",
            (key, name, index),
        ).fetchone()
        if stored != (status, metrics):
            differing.append(index)
    return differing


#: `json.dumps` would make one for every call.
_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
