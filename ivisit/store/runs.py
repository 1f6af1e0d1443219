"""Runs in the store: what was computed with which parameters, and what came of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ivisit.errors import Failure, ParameterError, StoreError, expected
from ivisit.store.checksums import SIGNED, checksum, is_intact
from ivisit.store.database import Database
from ivisit.store.parameter_set import SimulationLike, key_of
from ivisit.store.queries import RUNS, fetch
from ivisit.store.set_rows import check_name, simulation_id
from ivisit.store.values import (
    check_text,
    decode,
    decode_metrics,
    encode_document,
    encode_metrics,
    encode_parameters,
)

#: How a run can end.
STATUSES = ("finished", "interrupted", "failed")

_COLUMNS = f"id, simulation, checksum, {', '.join(SIGNED['run'])}"


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """A run as a store keeps it.

    Attributes
    ----------
    simulation : str
        Key of the simulation.
    parameters : dict
        Parameter name to value.
    seed : int, list of int or None
        What the random numbers started from.
    steps : int
        Steps that were done.
    status : str
        ``finished``, ``interrupted`` or ``failed``; in a list also ``damaged``, when the row in
        the file is not what was saved: nothing that it holds is served then.
    metrics : dict
        Name to number, NaN and infinities included.
    duration : float or None
        Seconds.
    started_at, finished_at : str or None
        ISO 8601 with zone.
    failure : Failure or None
        Why a failed run failed.
    provenance : dict
        Versions, platform, digest of the source, commit.
    sweep : str or None
        Label of the sweep that the run belongs to.
    index : int or None
        Place of the run in its sweep. A store takes each place once.
    id : int or None
        Number of the run in the store; None before it is saved.
    """

    simulation: str
    parameters: Mapping[str, Any]
    seed: Any
    steps: int
    status: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    duration: float | None = None
    started_at: str | None = None
    finished_at: str | None = None
    failure: Failure | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    sweep: str | None = None
    index: int | None = None
    id: int | None = None


class RunDatabase(Database):
    """A store's runs."""

    def save_run(
        self,
        simulation: SimulationLike,
        *,
        parameters: Mapping[str, Any],
        seed: Any,
        steps: int,
        status: str,
        **details: Any,
    ) -> int:
        """Store one run and return its number.

        Parameters
        ----------
        simulation : str, Simulation or class
            The simulation.
        parameters, seed, steps, status
            See `StoredRun`.
        **details
            The further fields of `StoredRun`: ``metrics``, ``duration``, ``started_at``,
            ``finished_at``, ``failure``, ``provenance``, ``sweep``, ``index``.

        Raises
        ------
        ParameterError
            For a value that cannot be stored.
        StoreError
            When the sweep has this run already, or the file cannot be written.
        """
        run = StoredRun(
            simulation=key_of(simulation),
            parameters=parameters,
            seed=seed,
            steps=steps,
            status=status,
            **details,
        )
        return self.save_runs([run])[0]

    def save_runs(self, runs: Iterable[StoredRun]) -> list[int]:
        """Store several runs in one transaction, all or none, and return their numbers.

        Raises
        ------
        ParameterError, StoreError
            See `save_run`.
        """
        rows = [_to_row(run) for run in runs]
        with self._writing() as connection:
            return [self._insert_run(connection, row) for row in rows]

    def runs(
        self, simulation: SimulationLike | None = None, *, sweep: str | None = None
    ) -> list[StoredRun]:
        """Return the stored runs, the oldest first; those of a sweep in its order.

        Parameters
        ----------
        simulation : str, Simulation or class, optional
            Only the runs of this one.
        sweep : str, optional
            Only the runs of this sweep.
        """
        key = None if simulation is None else key_of(simulation)
        order = "id" if sweep is None else "simulation, sweep_index"
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {_COLUMNS} FROM {RUNS} WHERE (?1 IS NULL OR simulation = ?1) "
                f"AND (?2 IS NULL OR sweep = ?2) ORDER BY {order}",
                (key, sweep),
            )
        return [_to_run(row) for row in rows]

    def load_run(self, id: int) -> StoredRun:
        """Return the run with the number `id`; `StoreError` when there is none or it is damaged."""
        with self._reading() as connection:
            rows = fetch(connection, f"SELECT {_COLUMNS} FROM {RUNS} WHERE id = ?", (id,))
        if not rows:
            raise StoreError(f"{self.path}: has no run with the number {id}.")
        run = _to_run(rows[0])
        if run.status == "damaged":
            raise StoreError(
                f"{self.path}: run {id} is damaged: it is not what was saved. Restore a backup; if "
                "somebody changed it on purpose, 'ivisit store check --accept' signs it."
            )
        return run

    def delete_runs(self, ids: Iterable[int]) -> int:
        """Remove the runs with these numbers for good, and return how many there were."""
        with self._writing() as connection:
            return sum(
                connection.execute("DELETE FROM run WHERE id = ?", (id,)).rowcount for id in ids
            )

    def _insert_run(self, connection: sqlite3.Connection, row: Mapping[str, Any]) -> int:
        signed = [row[name] for name in SIGNED["run"]]
        owner = simulation_id(connection, row["simulation"])
        try:
            cursor = connection.execute(_INSERT, (owner, checksum(signed), *signed))
        except sqlite3.IntegrityError as error:
            raise StoreError(
                f"{self.path}: run {row['sweep_index']} of the sweep {row['sweep']!r} of "
                f"{row['simulation']} is stored already."
            ) from error
        return int(cursor.lastrowid or 0)


def _to_row(run: StoredRun) -> dict[str, Any]:
    """Return the encoded columns of `run`, each checked."""
    owner = f"run of {run.simulation}"
    check_name(run.simulation, "key of the simulation")
    if run.status not in STATUSES:
        raise ParameterError(expected(owner, "status", f"one of {', '.join(STATUSES)}", run.status))
    for name in ("sweep", "started_at", "finished_at"):
        if getattr(run, name) is not None:
            check_text(getattr(run, name), f"{owner}.{name}")
    return {
        "simulation": run.simulation,
        "sweep": run.sweep,
        "sweep_index": None if run.index is None else int(run.index),
        "parameters": encode_parameters(run.parameters, run.simulation),
        "seed": encode_document(run.seed, f"{owner}.seed"),
        "steps": int(run.steps),
        "status": run.status,
        "metrics": encode_metrics(run.metrics, owner),
        "duration": None if run.duration is None else float(run.duration),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "failure": run.failure
        and encode_document(printable(asdict(run.failure)), f"{owner}.failure"),
        "provenance": encode_document(run.provenance, f"{owner}.provenance"),
    }


def printable(failure: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a failure, with what a store refuses in texts written as escapes."""
    # A message may repeat whatever the failed code worked on, and must not fail to be stored.
    return {
        name: value.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode("utf-8")
        if isinstance(value, str)
        else value
        for name, value in failure.items()
    }


def _to_run(row: tuple[Any, ...]) -> StoredRun:
    """Return the run in a row of `_COLUMNS`; of a damaged one only what its place tells."""
    number, key, signature, *signed = row
    values = dict(zip(SIGNED["run"], signed, strict=True))
    index = values.pop("sweep_index")
    if not is_intact(signed, signature):
        return StoredRun(
            simulation=key,
            parameters={},
            seed=None,
            steps=0,
            status="damaged",
            sweep=values["sweep"],
            index=index,
            id=number,
        )
    for name in ("parameters", "seed", "provenance"):
        values[name] = decode(values[name])
    values["metrics"] = decode_metrics(values["metrics"])
    if values["failure"] is not None:
        known = {field.name for field in fields(Failure)}
        stored = decode(values["failure"])
        values["failure"] = Failure(**{n: v for n, v in stored.items() if n in known})
    return StoredRun(simulation=key, index=index, id=number, **values)


_INSERT = (
    f"INSERT INTO run (simulation_id, checksum, {', '.join(SIGNED['run'])}) "
    f"VALUES ({', '.join('?' * (2 + len(SIGNED['run'])))})"
)
