"""One sitting: a process that computes a stored sweep, from claiming it to letting it go."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ivisit.errors import IVisitError, RunError, StoreError
from ivisit.runs.dispatching import LARGEST, Dispatcher, Feed
from ivisit.runs.executors import Crew, InProcess
from ivisit.runs.interrupts import Interrupts
from ivisit.runs.job import Job
from ivisit.runs.origin import Factory, Origin
from ivisit.runs.ownership import may_take_over, this_process
from ivisit.runs.progress import make_progress
from ivisit.runs.provenance import provenance
from ivisit.runs.requests import Subject
from ivisit.runs.row_writer import Counts, RowWriter
from ivisit.runs.specification import check_growth
from ivisit.runs.stamp import STAMPED
from ivisit.runs.working import forget, share
from ivisit.store import ParameterStore
from ivisit.store.sweep_rows import StoredSweep

logger = logging.getLogger(__name__)


class SweepInterrupted(KeyboardInterrupt):
    """Somebody ended a sweep; what was computed is stored, and the same call goes on."""


class SourceChanged(IVisitError):
    """A sweep was begun with another source."""


class SweepStopped(RunError):
    """A sweep had to end: its store or its workers are gone; what was written stays."""


@dataclass(frozen=True)
class Entered:
    """A sweep that is in the store.

    Attributes
    ----------
    sweep : StoredSweep
        As it is stored.
    row_provenance : str
        JSON object that new runs carry, because source or libraries are not those with which the
        sweep was begun; else ``{}``.
    """

    sweep: StoredSweep
    row_provenance: str = "{}"


def enter_sweep(
    store: ParameterStore, sweep: StoredSweep, origin: Origin, *, accept_changed: bool
) -> Entered:
    """Enter a sweep into the store, or find it there and compare.

    Raises
    ------
    SweepMismatch
        When the stored one was asked to be something else.
    SourceChanged
        When the simulation's source is another one now.
    IVisitError
        When another process computes it.
    """
    stored = store.find_sweep(sweep.name, sweep.simulation)
    if stored is None:
        store.save_sweep(sweep, source_files(origin))
        return Entered(store.load_sweep(sweep.name, sweep.simulation))
    check_growth(sweep.name, stored.specification, sweep.specification)
    changed = stored.source_sha256 != sweep.source_sha256
    if changed and not accept_changed:
        raise SourceChanged(
            f"the sweep {sweep.name!r} was begun with another version of {sweep.simulation}'s "
            "source, its helpers included. Go on all the same with --accept-changed "
            "(accept_changed=True), or begin a new sweep with --name"
        )
    if stored.owner is not None and not may_take_over(stored.owner, stored.heartbeat_at):
        raise _owned(sweep.name, stored.owner)
    # What was begun stays as it was; runs that are computed otherwise say so themselves.
    grown = replace(sweep, source_sha256=stored.source_sha256, provenance=stored.provenance)
    if changed or (stored.specification, stored.size) != (grown.specification, grown.size):
        store.save_sweep(grown, source_files(origin))
        stored = store.load_sweep(sweep.name, sweep.simulation)
    same = not changed and all(
        stored.provenance.get(name) == sweep.provenance.get(name) for name in STAMPED
    )
    return Entered(stored, "{}" if same else json.dumps(dict(sweep.provenance)))


def _owned(name: str, owner: Mapping[str, Any]) -> IVisitError:
    return IVisitError(
        f"the sweep {name!r} is being computed by process {owner.get('pid')} on "
        f"{owner.get('host')}; wait for it, or end it"
    )


def source_files(origin: Origin) -> dict[str, tuple[str, bytes]]:
    """Return the files of a simulation by their digests, for the store."""
    return {file.sha256: (file.path.name, file.content) for file in origin.files}


def count_runs(
    store: ParameterStore, sweep: StoredSweep, retry_failed: bool
) -> tuple[Counts, bytearray]:
    """Return how a sweep stands, and a byte for each run: 1 where it is done."""
    done = bytearray(sweep.size)
    counts = Counts(sweep.size)
    for index in store.done_runs(sweep):
        if index < sweep.size:
            done[index] = 1
    failed = list(store.done_runs(sweep, status="failed"))
    if retry_failed:
        for index in failed:
            done[index] = 0
    else:
        counts.failed = len(failed)
    counts.done = done.count(1)
    counts.diverged = store.count_diverged(sweep)
    return counts, done


class Sitting:
    """Computes what is left of a sweep.

    Parameters
    ----------
    store : ParameterStore
        Where it is.
    entered : Entered
        What it is.
    job : Job
        As workers see it.
    factory : callable
        Makes an instance in this process.
    values : callable
        Index of a run to the values of what is varied.
    counts : Counts
        How it stands.
    """

    def __init__(
        self,
        store: ParameterStore,
        entered: Entered,
        job: Job,
        factory: Factory,
        values: Callable[[int], tuple[Any, ...]],
        counts: Counts,
        *,
        max_failures: int | None = None,
        replace_failed: bool = False,
        progress: Any = None,
        on_run: Callable[..., Any] | None = None,
    ) -> None:
        self.store = store
        self.sweep = sweep = entered.sweep
        self.job = job
        self.factory = factory
        self.owner = this_process()
        self.counts = counts
        self.progress = make_progress(progress, sweep.name)
        self.writer = RowWriter(
            store,
            sweep,
            job,
            values,
            owner=self.owner,
            provenance=entered.row_provenance,
            counts=counts,
            max_failures=max_failures,
            replace_failed=replace_failed,
            on_run=on_run,
        )
        self.dispatcher: Dispatcher | None = None

    def compute(
        self,
        make_crew: Callable[[], Crew],
        feed: Feed,
        *,
        largest: int = LARGEST,
        delivered: Callable[[list[Any]], None] | None = None,
    ) -> None:
        """Compute what `feed` gives, and return when all of it is stored.

        Raises
        ------
        SweepInterrupted
            After Ctrl-C or SIGTERM.
        TooManyFailures, SweepStopped
            When it makes no sense, or is not possible, to go on.
        """
        taken = self.store.claim_sweep(self.sweep.id, self.owner, may_take_over)
        if taken is not None:
            raise _owned(self.sweep.name, taken)
        interrupts = Interrupts()
        try:
            with interrupts.heard():
                self._compute(make_crew, feed, interrupts, largest, delivered)
        finally:
            # A store that is full cannot be told; its owner is dead then, which is enough.
            with contextlib.suppress(StoreError):
                self.store.release_sweep(self.sweep.id, self.owner)
        if interrupts.count:
            raise SweepInterrupted(
                f"the sweep {self.sweep.name!r} was interrupted: {self.counts.done} of "
                f"{self.counts.size} runs are stored; the same command goes on"
            )

    def _compute(
        self,
        make_crew: Callable[[], Crew],
        feed: Feed,
        interrupts: Interrupts,
        largest: int,
        delivered: Callable[[list[Any]], None] | None,
    ) -> None:
        crew = make_crew()
        if not crew.in_process:
            self.job.origin.check_portable()
        share(self.job, self.factory)
        interrupts.immediate = isinstance(crew, InProcess)

        def deliver(rows: list[Any], worker: str, stamp: str = "") -> None:
            self.writer.deliver(rows, worker, stamp)
            if delivered is not None:
                delivered(rows)

        self.dispatcher = Dispatcher(
            self.job,
            crew,
            feed,
            deliver=deliver,
            tick=self._tick,
            interrupts=interrupts,
            largest=largest,
        )
        try:
            try:
                self.dispatcher.work()
            finally:
                self.writer.flush()
        except StoreError as error:
            crew.kill()
            raise SweepStopped(
                f"{error} The sweep {self.sweep.name!r} was stopped; what was written stays, and "
                "the same command goes on."
            ) from error
        except BaseException:
            crew.kill()
            raise
        finally:
            forget(self.job)
            crew.close()
            self.progress.close()

    def _tick(self) -> None:
        self.writer.tick()
        self.progress.update(self.counts)


def provenance_of(subject: Subject, command: str | None) -> dict[str, Any]:
    """Return the provenance of a sweep: that of its runs, and how it was begun."""
    record = provenance(subject.cls) | {"origin": subject.origin.reference}
    return record if command is None else record | {"command": command}
