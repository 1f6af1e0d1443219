"""Sweeps in the store: what was asked for, who computes it, and its runs in batches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ivisit.errors import StoreError, unknown
from ivisit.store.checksums import SIGNED, checksum, is_intact
from ivisit.store.parameter_set import SimulationLike
from ivisit.store.queries import fetch
from ivisit.store.run_rows import StoredRun
from ivisit.store.runs import Condition, RunDatabase, check_limit, condition, started
from ivisit.store.set_rows import check_name, simulation_id
from ivisit.store.sweep_rows import (
    INSERT,
    OR_KEEP,
    OR_REPLACE_FAILED,
    StoredSweep,
    SweepRow,
    complete,
    conflicts,
    encode,
)
from ivisit.store.values import decode, encode_document

_COLUMNS = (
    "sweep.id, simulation.key, sweep.name, kind, specification, source_sha256, size, entropy, "
    "provenance, created_at, finished_at, status, owner, heartbeat_at, checksum"
)
_FROM = "FROM sweep JOIN simulation ON simulation.id = sweep.simulation_id"


class SweepDatabase(RunDatabase):
    """A store's sweeps, and their runs."""

    # Sweeps -----------------------------------------------------------------------------------

    def sweeps(self) -> list[StoredSweep]:
        """Return all sweeps, the oldest first."""
        with self._reading() as connection:
            rows = fetch(connection, f"SELECT {_COLUMNS} {_FROM} ORDER BY sweep.id")
        return [self._to_sweep(row) for row in rows]

    def sweep_overview(self) -> list[dict[str, Any]]:
        """Return a dict for each sweep: name, simulation, kind, status, size, how it stands."""
        rows = []
        for sweep in self.sweeps():
            with self._reading() as connection:
                done, failed, seconds = connection.execute(
                    "SELECT count(*), coalesce(sum(status = 'failed'), 0), "
                    "coalesce(sum(duration), 0) FROM run WHERE simulation_id = "
                    "(SELECT id FROM simulation WHERE key = ?) AND sweep = ?",
                    (sweep.simulation, sweep.name),
                ).fetchone()
            rows.append(
                {
                    "name": sweep.name,
                    "simulation": sweep.simulation,
                    "kind": sweep.kind,
                    "status": sweep.status,
                    "size": sweep.size,
                    "done": done,
                    "failed": failed,
                    "diverged": self.count_diverged(sweep),
                    "seconds": seconds,
                    "created_at": sweep.created_at,
                    "finished_at": sweep.finished_at,
                }
            )
        return rows

    def find_sweep(self, name: str, simulation: str | None = None) -> StoredSweep | None:
        """Return the sweep of this name; None when there is none.

        Parameters
        ----------
        name : str
            Name of the sweep.
        simulation : str, optional
            Key of the simulation.

        Raises
        ------
        StoreError
            When several simulations have one and none of them is named, or its row is damaged.
        """
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {_COLUMNS} {_FROM} WHERE sweep.name = ?1 "
                "AND (?2 IS NULL OR simulation.key = ?2)",
                (name, simulation),
            )
        if len(rows) > 1:
            raise StoreError(
                f"{self.path}: several simulations have a sweep {name!r}: "
                f"{', '.join(row[1] for row in rows)}; write SIMULATION/{name}"
            )
        return self._to_sweep(rows[0]) if rows else None

    def load_sweep(self, name: str, simulation: str | None = None) -> StoredSweep:
        """Return the sweep of this name, or ``SIMULATION/NAME``; else `StoreError`.

        Parameters
        ----------
        name : str
            Name of the sweep, or ``SIMULATION/NAME``.
        simulation : str, optional
            Key of the simulation.
        """
        found = self.find_sweep(name, simulation)
        if found is None and "/" in name and simulation is None:
            key, _, rest = name.partition("/")
            found = self.find_sweep(rest, key)
        if found is None:
            names = [sweep.name for sweep in self.sweeps()]
            raise StoreError(unknown(str(self.path), "sweep", name, names))
        return found

    def save_sweep(self, sweep: StoredSweep, sources: Mapping[str, tuple[str, bytes]]) -> None:
        """Enter a sweep, or what has changed of it: specification, source, size, provenance.

        Parameters
        ----------
        sweep : StoredSweep
            As it is to be.
        sources : mapping of str to (str, bytes)
            The files that it runs: digest to name and content.
        """
        check_name(sweep.simulation, "key of the simulation")
        check_name(sweep.name, "name of the sweep")
        owner = f"sweep {sweep.name!r}"
        signed = (
            sweep.name,
            sweep.kind,
            encode_document(sweep.specification, f"{owner}, specification"),
            sweep.source_sha256,
            sweep.size,
            str(sweep.entropy),
            encode_document(sweep.provenance, f"{owner}, provenance"),
        )
        with self._writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO source_file VALUES (?, ?, ?)",
                [(digest, name, content) for digest, (name, content) in sources.items()],
            )
            connection.execute(
                "INSERT INTO sweep (simulation_id, name, kind, specification, source_sha256, size, "
                "entropy, provenance, created_at, status, checksum) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'interrupted', ?) "
                "ON CONFLICT (simulation_id, name) DO UPDATE SET "
                "specification = excluded.specification, source_sha256 = excluded.source_sha256, "
                "size = excluded.size, provenance = excluded.provenance, "
                "checksum = excluded.checksum",
                (
                    simulation_id(connection, sweep.simulation),
                    *signed,
                    _now(),
                    checksum(signed),
                ),
            )

    def claim_sweep(self, id: int, owner: Mapping[str, Any], may: Any) -> Mapping[str, Any] | None:
        """Become the one who computes a sweep; return the present owner when it is refused.

        Parameters
        ----------
        id : int
            Number of the sweep.
        owner : mapping
            Who asks.
        may : callable
            Called with the present owner and the time of its last sign of life; says whether
            somebody else may take over.
        """
        with self._writing() as connection:
            present, seen = connection.execute(
                "SELECT owner, heartbeat_at FROM sweep WHERE id = ?", (id,)
            ).fetchone()
            known = None if present is None else decode(present)
            if known is not None and not may(known, seen):
                return known
            connection.execute(
                "UPDATE sweep SET owner = ?, heartbeat_at = ?, status = 'running', "
                "finished_at = NULL WHERE id = ?",
                (json.dumps(dict(owner)), _now(), id),
            )
        return None

    def release_sweep(self, id: int, owner: Mapping[str, Any]) -> None:
        """Stop computing a sweep; it is finished when all its runs are there.

        Parameters
        ----------
        id : int
            Number of the sweep.
        owner : dict
            Who computes it; see `claim_sweep`.
        """
        with self._writing() as connection:
            connection.execute(
                "UPDATE sweep SET owner = NULL, heartbeat_at = ?1, "
                "status = CASE WHEN size <= (SELECT count(*) FROM run WHERE "
                "run.simulation_id = sweep.simulation_id AND run.sweep = sweep.name) "
                "THEN 'finished' ELSE 'interrupted' END WHERE id = ?2 AND owner = ?3",
                (_now(), id, json.dumps(dict(owner))),
            )
            connection.execute(
                "UPDATE sweep SET finished_at = ? WHERE id = ? AND status = 'finished'",
                (_now(), id),
            )

    def delete_sweep(self, sweep: StoredSweep) -> int:
        """Remove a sweep with all its runs for good, and return how many there were."""
        with self._writing() as connection:
            (key,) = connection.execute(
                "SELECT simulation_id FROM sweep WHERE id = ?", (sweep.id,)
            ).fetchone()
            count = connection.execute(
                "DELETE FROM run WHERE simulation_id = ? AND sweep = ?", (key, sweep.name)
            ).rowcount
            connection.execute("DELETE FROM sweep WHERE id = ?", (sweep.id,))
        return int(count)

    def source_files(self, digests: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Return name and content of stored source files, by digest.

        Parameters
        ----------
        digests : iterable of str
            The digests.
        """
        found = {}
        with self._reading() as connection:
            for digest in digests:
                row = connection.execute(
                    "SELECT name, content FROM source_file WHERE sha256 = ?", (digest,)
                ).fetchone()
                if row is not None:
                    found[digest] = (row[0], row[1])
        return found

    def _to_sweep(self, row: tuple[Any, ...]) -> StoredSweep:
        *values, signature = row
        number, key, name, kind, specification, source, size, entropy, provenance = values[:9]
        signed = (name, kind, specification, source, size, entropy, provenance)
        if not is_intact(signed, signature):
            raise StoreError(
                f"{self.path}: the sweep {name!r} is damaged: it is not what was saved. Restore a "
                "backup."
            )
        created, finished, status, owner, heartbeat = values[9:]
        return StoredSweep(
            id=number,
            simulation=key,
            name=name,
            kind=kind,
            specification=decode(specification),
            source_sha256=source,
            size=size,
            entropy=int(entropy),
            provenance=decode(provenance),
            created_at=created,
            finished_at=finished,
            status=status,
            owner=None if owner is None else decode(owner),
            heartbeat_at=heartbeat,
        )

    # Runs of a sweep --------------------------------------------------------------------------

    def save_rows(
        self,
        sweep: StoredSweep,
        rows: Iterable[SweepRow],
        *,
        owner: Mapping[str, Any] | None = None,
        replace_failed: bool = False,
    ) -> list[int]:
        """Store runs of a sweep in one transaction.

        Parameters
        ----------
        sweep : StoredSweep
            The sweep.
        rows : iterable of SweepRow
            The runs. Of a run that is stored already, what is stored is kept.
        owner : mapping, optional
            Who computes the sweep: it has given a sign of life.
        replace_failed : bool, optional
            Whether a run takes the place of a stored one that failed.

        Returns
        -------
        list of int
            Places of runs that are stored already *with other metrics*: they could not be
            reproduced.
        """
        rows = list(rows)
        encoded = [encode(sweep.name, row) for row in rows]
        statement = INSERT + (OR_REPLACE_FAILED if replace_failed else OR_KEEP)
        with self._writing() as connection:
            key = simulation_id(connection, sweep.simulation)
            stored = connection.executemany(
                statement, [(key, *columns) for columns in encoded]
            ).rowcount
            self._save_traces(connection, key, sweep.name, rows)
            if owner is not None:
                connection.execute(
                    "UPDATE sweep SET heartbeat_at = ? WHERE id = ?", (_now(), sweep.id)
                )
            if stored == len(encoded):
                return []
            return conflicts(connection, key, encoded)

    def _save_traces(
        self, connection: sqlite3.Connection, key: int, name: str, rows: list[SweepRow]
    ) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO run_trace SELECT id, ?4, ?5, ?6 FROM run "
            "WHERE simulation_id = ?1 AND sweep = ?2 AND sweep_index = ?3",
            [
                (key, name, row.index, trace, steps, data)
                for row in rows
                for trace, steps, data in row.traces
            ],
        )

    def done_runs(self, sweep: StoredSweep, *, status: str | None = None) -> Iterator[int]:
        """Yield the places of the runs that are stored, of all or of one status.

        Parameters
        ----------
        sweep : StoredSweep
            The sweep.
        status : str, optional
            Only runs of this status.
        """
        with self._reading() as connection:
            cursor = connection.execute(
                "SELECT sweep_index FROM run WHERE simulation_id = (SELECT id FROM simulation "
                "WHERE key = ?1) AND sweep = ?2 AND (?3 IS NULL OR status = ?3)",
                (sweep.simulation, sweep.name, status),
            )
            for (index,) in cursor:
                yield index

    def count_diverged(self, sweep: StoredSweep) -> int:
        """Return how many finished runs have a metric that is no finite number.

        That something never held, as ``loss:first<0.1`` may say, is a finding and does not count.

        Parameters
        ----------
        sweep : StoredSweep
            The sweep.
        """
        with self._reading() as connection:
            # Such numbers are the only texts among the values of a metrics object.
            (count,) = connection.execute(
                "SELECT count(*) FROM run WHERE simulation_id = (SELECT id FROM simulation "
                "WHERE key = ?1) AND sweep = ?2 AND status = 'finished' AND (instr(metrics, "
                """'": "nan"') OR instr(metrics, '": "inf"') OR instr(metrics, '": "-inf"')) """
                # What is no JSON is damaged, and others tell it.
                "AND (?3 = '[]' OR NOT json_valid(metrics) OR EXISTS (SELECT 1 FROM json_each("
                "metrics) AS m WHERE m.type = 'text' AND m.key NOT IN (SELECT value FROM "
                "json_each(?3))))",
                (sweep.simulation, sweep.name, json.dumps(sorted(sweep.conditions))),
            ).fetchone()
        return int(count)

    def sweep_rows(self, sweep: StoredSweep) -> Iterator[tuple[Any, ...]]:
        """Yield the runs of a sweep in its order, as they are in the file.

        Each is ``(id, damaged, index, parameters, seed, steps, status, metrics, duration, failure,
        attempts, worker)``, texts not decoded.
        """
        columns = ", ".join(SIGNED["run"])
        with self._reading() as connection:
            cursor = connection.execute(
                f"SELECT run.id, checksum, attempts, worker, {columns} FROM run WHERE "
                "simulation_id = (SELECT id FROM simulation WHERE key = ?1) AND sweep = ?2 "
                "ORDER BY sweep_index",
                (sweep.simulation, sweep.name),
            )
            for number, signature, attempts, worker, *signed in cursor:
                _, index, parameters, seed, steps, status, metrics, duration, _, _, failure, _ = (
                    signed
                )
                damaged = not is_intact(signed, signature)
                yield (
                    number, damaged, index, parameters, seed, steps, status, metrics, duration,
                    failure, attempts, worker,
                )  # fmt: skip

    def traces(self, sweep: StoredSweep, name: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield place, steps and data, both compressed, of a kept trace.

        Parameters
        ----------
        sweep : StoredSweep
            The sweep.
        name : str
            Name of the trace.
        """
        with self._reading() as connection:
            cursor = connection.execute(
                "SELECT sweep_index, run_trace.steps, data FROM run_trace JOIN run ON id = run_id "
                "WHERE simulation_id = (SELECT id FROM simulation WHERE key = ?1) AND sweep = ?2 "
                "AND name = ?3 ORDER BY sweep_index",
                (sweep.simulation, sweep.name, name),
            )
            yield from cursor

    def runs(
        self,
        simulation: SimulationLike | None = None,
        *,
        sweep: str | None = None,
        since: str | datetime | None = None,
        where: Condition | Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredRun]:
        """Iterate over the stored runs, each complete with what its sweep says of all runs.

        See `RunDatabase.runs`.

        Parameters
        ----------
        simulation, sweep, since, where, limit
            See `RunDatabase.runs`.
        """
        conditions = [one for one in (condition(where), started(since)) if one is not None]
        known: dict[tuple[str, str], StoredSweep | None] = {}

        def completed(run: StoredRun) -> StoredRun:
            if run.sweep is None or run.status == "damaged":
                return run
            place = run.simulation, run.sweep
            if place not in known:
                known[place] = self.find_sweep(run.sweep, run.simulation)
            found = known[place]
            return run if found is None else complete(run, found)

        stored = super().runs(simulation, sweep=sweep)
        wanted = (run for run in map(completed, stored) if all(holds(run) for holds in conditions))
        return islice(wanted, check_limit(limit))

    def load_run(self, id: int) -> StoredRun:
        """Return the run with the number `id`, complete with what its sweep says of all runs."""
        run = super().load_run(id)
        sweep = None if run.sweep is None else self.find_sweep(run.sweep, run.simulation)
        return run if sweep is None else complete(run, sweep)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
