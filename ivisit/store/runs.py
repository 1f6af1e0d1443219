"""Runs in the store: what was computed with which parameters, and what came of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from ivisit.errors import ParameterError, StoreError, expected
from ivisit.store.database import Database
from ivisit.store.parameter_set import SimulationLike, key_of
from ivisit.store.queries import RUNS, fetch
from ivisit.store.run_rows import COLUMNS, FIELDS, INSERT, StoredRun, make_run, to_row, to_run
from ivisit.store.set_rows import simulation_id

#: Rows that are read at a time; it bounds the memory, and how long a reader holds up writers.
BATCH = 500

#: Tells of a run whether it is wanted.
Condition = Callable[[StoredRun], bool]


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
        main = {"parameters": parameters, "seed": seed, "steps": steps, "status": status}
        return self.save_runs([make_run(key_of(simulation), main | details)])[0]

    def save_runs(self, runs: Iterable[StoredRun]) -> list[int]:
        """Store several runs in one transaction, all or none, and return their numbers.

        Raises
        ------
        ParameterError, StoreError
            See `save_run`.
        """
        rows = [(run, to_row(run)) for run in runs]
        numbers = []
        with self._writing() as connection:
            owners = {
                key: simulation_id(connection, key)
                for key in dict.fromkeys(run.simulation for run, _ in rows)
            }
            for run, row in rows:
                try:
                    cursor = connection.execute(INSERT, (owners[run.simulation], *row))
                except sqlite3.IntegrityError as error:
                    raise StoreError(
                        f"{self.path}: run {run.index} of the sweep {run.sweep!r} of "
                        f"{run.simulation} is stored already."
                    ) from error
                numbers.append(int(cursor.lastrowid or 0))
        return numbers

    def runs(
        self,
        simulation: SimulationLike | None = None,
        *,
        sweep: str | None = None,
        since: str | datetime | None = None,
        where: Condition | Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredRun]:
        """Iterate over the stored runs, the oldest first; those of a sweep in its order.

        However many runs there are, few are in memory at a time, and writers need not wait: a run
        that is stored meanwhile may be among them.

        Parameters
        ----------
        simulation : str, Simulation or class, optional
            Only the runs of this one.
        sweep : str, optional
            Only the runs of this sweep.
        since : str or datetime, optional
            Only runs that started then or later: ISO 8601, e.g. ``"2026-05-01"``; without a zone
            it is local time. Damaged runs, whose time nobody knows, are left out.
        where : callable or mapping, optional
            Only runs for which it is true; or, as a mapping, in which these fields of `StoredRun`,
            and parameters of these names, have these values, e.g.
            ``{"status": "failed", "sigma": 2.0}``.
        limit : int, optional
            At most so many.

        Raises
        ------
        ParameterError
            For a `since` that is no time, a `where` or `limit` of another type.
        """
        key = None if simulation is None else key_of(simulation)
        conditions = [condition(where), started(since)]
        batches = self._all_batches(key) if sweep is None else self._sweep_batches(key, sweep)
        wanted = (
            run
            for rows in batches
            for run in map(to_run, rows)
            if all(holds(run) for holds in conditions if holds is not None)
        )
        return islice(wanted, check_limit(limit))

    def load_run(self, id: int) -> StoredRun:
        """Return the run with the number `id`; `StoreError` when there is none or it is damaged."""
        with self._reading() as connection:
            rows = fetch(connection, f"SELECT {COLUMNS} FROM {RUNS} WHERE id = ?", (id,))
        if not rows:
            raise StoreError(f"{self.path}: has no run with the number {id}.")
        run = to_run(rows[0])
        if run.status == "damaged":
            raise StoreError(
                f"{self.path}: run {id} is damaged: it is not what was saved. Restore a backup; if "
                "somebody changed it on purpose, 'ivisit store check --accept' signs it."
            )
        return run

    def delete_runs(self, ids: Iterable[int]) -> int:
        """Remove the runs with these numbers for good, and return how many there were.

        Parameters
        ----------
        ids : iterable of int
            The numbers.
        """
        with self._writing() as connection:
            return sum(
                connection.execute("DELETE FROM run WHERE id = ?", (id,)).rowcount for id in ids
            )

    def _all_batches(self, key: str | None) -> Iterator[list[tuple[Any, ...]]]:
        return self._batches("?1 IS NULL OR simulation = ?1", (key,), "id", -(2**63))

    def _sweep_batches(self, key: str | None, sweep: str) -> Iterator[list[tuple[Any, ...]]]:
        with self._reading() as connection:
            owners = fetch(
                connection,
                "SELECT id FROM simulation WHERE ?1 IS NULL OR key = ?1 ORDER BY key",
                (key,),
            )
        for (owner,) in owners:
            of_sweep = "simulation_id = ?1 AND sweep = ?2"
            yield from self._batches(
                f"{of_sweep} AND sweep_index IS NULL", (owner, sweep), "id", -(2**63)
            )
            yield from self._batches(of_sweep, (owner, sweep), "sweep_index", -1)

    def _batches(
        self, condition: str, values: tuple[Any, ...], order: str, last: int
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows behind `last`, some at a time; each reading sees one state of the file."""
        place = COLUMNS.split(", ").index(order)
        while True:
            with self._reading() as connection:
                rows = fetch(
                    connection,
                    f"SELECT {COLUMNS} FROM {RUNS} WHERE ({condition}) "
                    f"AND {order} > ?{len(values) + 1} ORDER BY {order} LIMIT {BATCH}",
                    (*values, last),
                )
            if not rows:
                return
            yield rows
            last = rows[-1][place]


def check_limit(limit: Any) -> int | None:
    """Return the largest number of runs that is wanted, or raise `ParameterError`."""
    if limit is not None and (type(limit) is not int or limit < 0):
        raise ParameterError(expected("runs", "limit", "a whole number from 0 on", limit))
    return limit


def condition(where: Condition | Mapping[str, Any] | None) -> Condition | None:
    """Return what tells whether a run has these fields and parameters."""
    if where is None or callable(where):
        return where
    if not isinstance(where, Mapping):
        raise ParameterError(expected("runs", "where", "a callable or a mapping", where))
    names_of_fields = set(FIELDS) | {"id"}

    def holds(run: StoredRun) -> bool:
        return all(
            (getattr(run, name) if name in names_of_fields else run.parameters.get(name)) == value
            for name, value in where.items()
        )

    return holds


def started(since: str | datetime | None) -> Condition | None:
    """Return what tells whether a run started then or later."""
    if since is None:
        return None
    try:
        start = datetime.fromisoformat(since) if isinstance(since, str) else since.astimezone()
        first = start.astimezone()
    except (ValueError, AttributeError) as error:
        allowed = "a time such as '2026-05-01' or '2026-05-01T12:30+02:00'"
        raise ParameterError(expected("runs", "since", allowed, since)) from error

    def later(run: StoredRun) -> bool:
        try:
            return datetime.fromisoformat(run.started_at or "").astimezone() >= first
        except ValueError:
            return False

    return later
