"""The parent's hand: takes rows from workers, writes them in batches, counts and warns."""

from __future__ import annotations

import json
import logging
import math
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ivisit.errors import RunError
from ivisit.runs.job import Job, Row
from ivisit.runs.stamp import machine_stamp
from ivisit.runs.targets import nest
from ivisit.store import ParameterStore
from ivisit.store.sweep_rows import StoredSweep, SweepRow

logger = logging.getLogger(__name__)

#: Seconds between two writes: what a kill -9 can cost.
INTERVAL = 0.5
#: Seconds between two signs of life while nothing is finished.
HEARTBEAT = 10.0
#: So many failures and no success at the beginning: a fault that all runs share.
ALL_FAILED = 20


class TooManyFailures(RunError):
    """A sweep was stopped because too many of its runs failed."""


@dataclass
class Counts:
    """How a sweep stands: stored runs, those of former sittings included."""

    size: int
    done: int = 0
    failed: int = 0
    diverged: int = 0


class RowWriter:
    """Writes the rows of a sweep.

    Parameters
    ----------
    store : ParameterStore
        Where to.
    sweep : StoredSweep
        Of what.
    job : Job
        Tells the names of metrics and parameters.
    values : callable
        Index of a run to the values of what is varied.
    owner : mapping
        Who writes; see `ownership`.
    provenance : str
        JSON object for runs that are not computed as the sweep was begun.
    counts : Counts
        How the sweep stands at the beginning.
    max_failures : int or None
        How many failed runs are too many.
    replace_failed : bool
        Whether failed runs are done once more.
    on_run : callable or None
        Called with ``(index, parameters, status, metrics)`` of each run.
    """

    def __init__(
        self,
        store: ParameterStore,
        sweep: StoredSweep,
        job: Job,
        values: Callable[[int], tuple[Any, ...]],
        *,
        owner: Mapping[str, Any],
        provenance: str = "{}",
        counts: Counts,
        max_failures: int | None = None,
        replace_failed: bool = False,
        on_run: Callable[..., Any] | None = None,
    ) -> None:
        self.store = store
        self.sweep = sweep
        self.job = job
        self.values = values
        self.owner = owner
        self.provenance = provenance
        self.counts = counts
        self.max_failures = max_failures
        self.replace_failed = replace_failed
        self.on_run = on_run
        self.commits = 0
        self._names = [metric.name for metric in job.metrics]
        self._may_be_nan = [name in sweep.conditions for name in self._names]
        self._waiting: list[SweepRow] = []
        self._written_at = time.monotonic()
        self._first: list[str] = []
        self._host = socket.gethostname()
        self._stamp: str | None = None

    def deliver(self, rows: list[Row], worker: str, stamp: str = "") -> None:
        """Take the rows of a chunk."""
        host = worker.rpartition(":")[0]
        elsewhere = worker if host and host != self._host else None
        provenance = self.provenance
        if elsewhere and stamp and stamp != self._own_stamp():
            provenance = json.dumps({**json.loads(provenance), **json.loads(stamp)})
        for row in rows:
            metrics = dict(zip(self._names, row.metrics, strict=False))
            parameters = nest(self.job.paths, self.values(row.index))
            self._waiting.append(
                SweepRow(
                    index=row.index,
                    parameters=parameters,
                    seed=row.seed,
                    steps=row.steps,
                    status=row.status,
                    metrics=metrics,
                    duration=row.duration,
                    failure=row.failure,
                    traces=row.traces,
                    worker=elsewhere,
                    provenance=provenance,
                )
            )
            self._count(row)
            if self.on_run is not None:
                self.on_run(row.index, parameters, row.status, metrics)
        self._check_failures(rows)

    def tick(self) -> None:
        """Write what waits, when it is time."""
        elapsed = time.monotonic() - self._written_at
        if elapsed >= INTERVAL and (self._waiting or elapsed >= HEARTBEAT):
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting and time.monotonic() - self._written_at < HEARTBEAT:
            return
        self._written_at = time.monotonic()
        self.commits += 1
        try:
            conflicts = self.store.save_rows(
                self.sweep, waiting, owner=self.owner, replace_failed=self.replace_failed
            )
        except BaseException:
            self._waiting = waiting + self._waiting
            raise
        for index in conflicts:
            logger.warning(
                "run %d of the sweep %r gave other numbers than those stored: it is not "
                "reproducible. The stored ones are kept.",
                index,
                self.sweep.name,
            )

    def _count(self, row: Row) -> None:
        self.counts.done += 1
        if row.status == "failed":
            self.counts.failed += 1
        elif not all(map(math.isfinite, row.metrics)):
            # Something that never held is a finding.
            pairs = zip(row.metrics, self._may_be_nan, strict=True)
            self.counts.diverged += any(not (math.isfinite(v) or known) for v, known in pairs)

    def _check_failures(self, rows: list[Row]) -> None:
        """Raise `TooManyFailures` when it makes no sense to go on."""
        if self.max_failures is not None:
            if self.counts.failed > self.max_failures:
                raise TooManyFailures(
                    f"the sweep {self.sweep.name!r} was stopped: {self.counts.failed} runs have "
                    f"failed, and at most {self.max_failures} may"
                )
            return
        if len(self._first) < ALL_FAILED:
            self._first += [row.status for row in rows]
            if len(self._first) >= ALL_FAILED and "finished" not in self._first:
                failure: Mapping[str, Any] = rows[-1].failure or {}
                raise TooManyFailures(
                    f"the sweep {self.sweep.name!r} was stopped: its first {len(self._first)} runs "
                    f"have all failed, the last with {failure.get('type')}: "
                    f"{failure.get('message')} in {failure.get('stage')}"
                )

    def _own_stamp(self) -> str:
        if self._stamp is None:
            self._stamp = machine_stamp()
        return self._stamp
