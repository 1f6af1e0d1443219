"""`sweep`: many runs of one simulation, each of them a row in the store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivisit.errors import ParameterError, expected
from ivisit.runs.executors import make_crew, workers_text
from ivisit.runs.job import Job, Row, Task
from ivisit.runs.ownership import this_process
from ivisit.runs.requests import (
    ReadStore,
    Subject,
    entropy_of,
    find_subject,
    make_base,
    make_measure,
    open_store,
    store_to_read,
    stored_sweep,
    whole_number,
)
from ivisit.runs.sitting import Sitting, count_runs, enter_sweep, provenance_of
from ivisit.runs.space import Space, make_space
from ivisit.runs.specification import canonical, digest_name
from ivisit.runs.sweep_result import SweepResult
from ivisit.runs.working import Bench
from ivisit.store import ParameterStore
from ivisit.store.sweep_rows import StoredSweep

SEEDS = ("independent", "common")


@dataclass
class Plan:
    """A sweep, validated and not begun.

    Attributes
    ----------
    subject : Subject
        The simulation.
    space : Space
        The points.
    stored : StoredSweep
        What will be entered into the store.
    job : Job
        What workers get.
    repeats : int
        How often each point is run.
    """

    subject: Subject
    space: Space
    stored: StoredSweep
    job: Job
    repeats: int

    def values(self, index: int) -> tuple[Any, ...]:
        """Return the values of what is varied in the run `index`."""
        return self.space.values(index % self.space.size)


def sweep(
    simulation: Any,
    parameters: Mapping[str, Any] | None = None,
    *,
    steps: int,
    metrics: Iterable[str] | Mapping[str, Callable[[Any], float]] | None = None,
    repeats: int = 1,
    points: Sequence[Mapping[str, Any]] | None = None,
    sample: tuple[str, int] | None = None,
    seed: int | None = 0,
    seeds: str = "independent",
    until: str | Callable[[Any], Any] | None = None,
    parameter_set: str | None = None,
    strict: bool = True,
    keep: Iterable[str] | str = (),
    every: int = 1,
    name: str | None = None,
    store: ParameterStore | str | os.PathLike[str] | None = None,
    executor: Any = None,
    workers: int | None = None,
    reuse: bool = False,
    max_failures: int | None = None,
    retry_failed: bool = False,
    accept_changed: bool = False,
    progress: Any = None,
    on_run: Callable[..., Any] | None = None,
) -> SweepResult:
    """Run a simulation for many values of its parameters, and store every run.

    The same call goes on where a former one was ended, by Ctrl-C, a crash or a full disk: each run
    is stored once, and its numbers do not depend on how many workers there are or on when it was
    computed.

    Parameters
    ----------
    simulation : subclass of Simulation, str or path-like
        A class, the name of a plugin, or a path ``file.py[:Class]``.
    parameters : dict, optional
        Name to one value, which is the same in all runs; to a list, tuple, `range` or array, an
        axis of the grid, whose last one is the fastest; or to an `iv.Range`, which is sampled.
        ``"group.item"`` names one item of a group.
    steps : int
        Steps of each run, at the most.
    metrics : list of str, or dict of str to callable, optional
        ``"trace"`` is its last value; also ``"trace:min"``, ``:max``, ``:mean``, ``:auc``,
        ``:argmin``, ``:argmax``, ``:first<0.1``, ``:first>0.9`` (step numbers, NaN for never) and
        ``:at=500``. A function gets the `RunResult`. Default: the last value of every trace.
    repeats : int, optional
        How often each point is run, with other random numbers.
    points : list of dict, optional
        Explicit points instead of a grid.
    sample : tuple of (str, int), optional
        ``("sobol", n)``, ``("latin", n)``, ``("random", n)`` or ``("saltelli", n)``; lists beside
        the ranges are crossed with the sample.
    seed : int or None, optional
        Seed of the sweep. None is that of the stored sweep of this `name`, or a new one.
    seeds : {'independent', 'common'}, optional
        ``common`` gives all points of one repeat the same random numbers, so that differences
        between them are no noise.
    until : str or callable, optional
        ``"loss<0.01"``, or a function of the simulation; a true value ends a run.
    parameter_set : str, optional
        A stored parameter set to start from.
    strict : bool, optional
        Whether a set that does not fit the declaration is refused; else what fits is taken, with a
        warning.
    keep : list of str or "all", optional
        Traces to keep of each run.
    every : int, optional
        Keep every n-th step of them.
    name : str, optional
        Name of the sweep in the store, by default a digest of what is asked for.
    store : ParameterStore or path-like, optional
        By default the simulation's own store in the working directory.
    executor : concurrent.futures.Executor or str, optional
        Who computes; it is not shut down. A text is the address of a Dask scheduler, or ``mpi``.
    workers : int, optional
        Number of local processes, by default one a core; 0 computes in this process.
    reuse : bool, optional
        Use one instance a worker for all runs, with `main_init` called once. Exact only when
        `init` resets everything; `ivisit.testing.check_simulation` tests it.
    max_failures : int, optional
        Stop when more runs have failed. By default a sweep stops only when its first 20 runs have
        all failed.
    retry_failed : bool, optional
        Compute failed runs once more.
    accept_changed : bool, optional
        Go on although the simulation's source has changed since the sweep was begun.
    progress : bool or callable, optional
        Show progress on stderr, or call a function with the counts.
    on_run : callable, optional
        Called with index, parameters, status and metrics of each run when it is finished.

    Returns
    -------
    SweepResult

    Raises
    ------
    ParameterError, PluginError, StoreError
        For a wrong request, before anything runs.
    SweepMismatch
        When another sweep of this name is stored.
    RunError
        When the sweep had to be stopped; what was computed is stored.
    KeyboardInterrupt
        After Ctrl-C, SIGTERM and SIGHUP; what was computed is stored. Once waits for running
        work, twice does not.

    Examples
    --------
    >>> import ivisit as iv
    >>> class Decay(iv.Simulation):
    ...     rate = iv.Slider(0.5, 0.0, 1.0)
    ...     level = iv.Trace()
    ...
    ...     def init(self):
    ...         self.level = 1.0
    ...
    ...     def step(self):
    ...         self.level *= self.rate
    >>> result = iv.sweep(Decay, {"rate": [0.5, 1.0]}, steps=2, workers=0)
    >>> result.metrics["level"]
    array([0.25, 1.  ])
    """
    return conduct(
        find_subject(simulation),
        parameters or {},
        steps=steps,
        metrics=metrics,
        repeats=repeats,
        points=points,
        sample=sample,
        seed=seed,
        seeds=seeds,
        until=until,
        parameter_set=parameter_set,
        strict=strict,
        keep=keep,
        every=every,
        name=name,
        store=store,
        executor=executor,
        workers=workers,
        reuse=reuse,
        max_failures=max_failures,
        retry_failed=retry_failed,
        accept_changed=accept_changed,
        progress=progress,
        on_run=on_run,
    )


def conduct(
    subject: Subject,
    parameters: Mapping[str, Any],
    *,
    store: Any = None,
    executor: Any = None,
    workers: int | None = None,
    max_failures: int | None = None,
    retry_failed: bool = False,
    accept_changed: bool = False,
    progress: Any = None,
    on_run: Callable[..., Any] | None = None,
    begin: Callable[..., Any] | None = None,
    **request: Any,
) -> SweepResult:
    """Do what `sweep` is asked for, with a simulation that has been found.

    Parameters
    ----------
    begin : callable, optional
        Called with the sweep's name, its counts and the number of workers before runs begin.
    **request
        The further arguments of `sweep`, and ``command``, the command line to remember.
    """
    if max_failures is not None:
        whole_number("max_failures", max_failures, 0)
    with store_to_read(store, subject.cls) as present:
        plan = make_plan(subject, parameters, store=present, **request)
    opened, owned = open_store(store, subject.cls)
    try:
        entered = enter_sweep(opened, plan.stored, subject.origin, accept_changed=accept_changed)
        stored = entered.sweep
        counts, done = count_runs(opened, stored, retry_failed)
        if begin is not None:
            begin(stored.name, counts, workers_text(executor, workers))
        if counts.done < counts.size:
            sitting = Sitting(
                opened,
                entered,
                plan.job,
                subject.factory,
                plan.values,
                counts,
                max_failures=max_failures,
                replace_failed=retry_failed,
                progress=progress,
                on_run=on_run,
            )
            sitting.compute(lambda: make_crew(executor, workers), Remaining(done, plan.values))
        return SweepResult(opened.path, stored.name, stored.simulation)
    finally:
        if owned:
            opened.close()


def preview(
    subject: Subject, parameters: Mapping[str, Any], *, store: Any = None, **request: Any
) -> tuple[Plan, Row]:
    """Return what `conduct` would do and the first run, computed here; nothing is stored."""
    for name in ("executor", "workers", "max_failures", "retry_failed", "accept_changed"):
        request.pop(name, None)
    for name in ("progress", "on_run", "begin"):
        request.pop(name, None)
    with store_to_read(store, subject.cls) as present:
        plan = make_plan(subject, parameters, store=present, **request)
    bench = Bench(plan.job, subject.factory)
    row = bench.run((0, plan.values(0)))
    bench.close()
    return plan, row


def make_plan(
    subject: Subject,
    parameters: Mapping[str, Any],
    *,
    store: ReadStore,
    steps: int,
    metrics: Any = None,
    repeats: int = 1,
    points: Sequence[Mapping[str, Any]] | None = None,
    sample: tuple[str, int] | None = None,
    seed: int | None = 0,
    seeds: str = "independent",
    until: Any = None,
    parameter_set: str | None = None,
    strict: bool = True,
    keep: Any = (),
    every: int = 1,
    name: str | None = None,
    reuse: bool = False,
    command: str | None = None,
) -> Plan:
    """Validate a sweep and tell what it consists of; see `sweep`."""
    whole_number("repeats", repeats, 1)
    if seeds not in SEEDS:
        raise ParameterError(expected("sweep", "seeds", "'independent' or 'common'", seeds))
    measure = make_measure(
        subject.cls, steps=steps, metrics=metrics, keep=keep, every=every, until=until
    )
    cls = subject.cls
    former = stored_sweep(store, name, cls)
    entropy = entropy_of(seed, former.entropy if former else None)
    fixed, space = make_space(cls, parameters, points=points, sample=sample, entropy=entropy)
    base = make_base(subject, store, parameter_set, fixed, strict=strict)
    specification = canonical(
        {
            **base.document(),
            "space": space.document(),
            "repeats": repeats,
            "seed": entropy,
            "seeds": seeds,
            "reuse": bool(reuse),
            **measure.document(),
        }
    )
    label = name if name is not None else digest_name({"of": cls.key, **specification})
    stored = StoredSweep(
        simulation=cls.key,
        name=label,
        kind="sweep",
        specification=specification,
        source_sha256=subject.origin.digest,
        size=space.size * repeats,
        entropy=entropy,
        provenance=provenance_of(subject, command),
    )
    job = Job(
        key=f"{label}/{this_process()}/{id(space)}",
        origin=subject.origin,
        fixed=base.given,
        adjustments=base.adjustments,
        paths=tuple(target.path for target in space.targets),
        points=space.size,
        steps=measure.steps,
        metrics=measure.metrics,
        keep=measure.keep,
        every=measure.every,
        until=measure.until,
        entropy=entropy,
        common=seeds == "common",
        reuse=bool(reuse),
    )
    return Plan(subject, space, stored, job, repeats)


class Remaining:
    """The runs of a sweep that are still to do, made from their indices when they are sent.

    Parameters
    ----------
    done : bytearray
        A byte for each run: 1 where it is done.
    values : callable
        Index to the values of what is varied.
    """

    def __init__(self, done: bytearray, values: Callable[[int], tuple[Any, ...]]) -> None:
        self._done = done
        self._values = values
        self._next = 0
        self.left = len(done) - done.count(1)

    def take(self, count: int) -> list[Task]:
        """Return the next tasks."""
        tasks: list[Task] = []
        while len(tasks) < count:
            index = self._done.find(0, self._next)
            if index < 0:
                break
            self._next = index + 1
            tasks.append((index, self._values(index)))
        self.left -= len(tasks)
        return tasks
