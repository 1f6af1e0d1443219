"""The runs of sweeps in the store: written in batches, read one by one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from ivisit.store.checksums import SIGNED, is_intact
from ivisit.store.parameter_set import SimulationLike
from ivisit.store.run_rows import StoredRun
from ivisit.store.runs import Condition, check_limit, condition, started
from ivisit.store.set_rows import simulation_id
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
from ivisit.store.sweeps import SweepDatabase, now


class SweepRunDatabase(SweepDatabase):
    """A store's sweeps, and their runs."""

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
                    "UPDATE sweep SET heartbeat_at = ? WHERE id = ?", (now(), sweep.id)
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
