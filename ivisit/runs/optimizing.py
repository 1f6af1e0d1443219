"""`optimize`: search the parameters that make a metric smallest or largest."""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivisit.runs import sweeping
from ivisit.runs.executors import available_cores, make_crew, workers_text
from ivisit.runs.optimize_result import OptimizeResult
from ivisit.runs.proposers import make_proposer
from ivisit.runs.requests import (
    Subject,
    find_subject,
    open_store,
    store_to_read,
    whole_number,
)
from ivisit.runs.seeding import stream
from ivisit.runs.sitting import Entered, Sitting, count_runs, enter_sweep
from ivisit.runs.space import Range
from ivisit.runs.studies import Study, make_study
from ivisit.runs.targets import flatten
from ivisit.runs.trials import Trials
from ivisit.store import ParameterStore
from ivisit.store.set_rows import check_name
from ivisit.store.sweep_rows import StoredSweep

logger = logging.getLogger(__name__)

#: How many of the best trials are tried again.
CONFIRMED = 3


def optimize(
    simulation: Any,
    ranges: Mapping[str, Range],
    *,
    steps: int,
    minimize: str | None = None,
    maximize: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    trials: int = 100,
    repeats: int = 1,
    method: str | None = None,
    parallel: int | None = None,
    seed: int | None = 0,
    until: str | Callable[[Any], Any] | None = None,
    parameter_set: str | None = None,
    strict: bool = True,
    save: str | None = None,
    confirm: int | None = None,
    enqueue: Sequence[Mapping[str, Any]] = (),
    name: str | None = None,
    store: ParameterStore | str | os.PathLike[str] | None = None,
    executor: Any = None,
    workers: int | None = None,
    max_failures: int | None = None,
    accept_changed: bool = False,
    progress: Any = None,
) -> OptimizeResult:
    """Search the parameters that make a metric smallest or largest.

    Every run is a row in the store, and the store is the only state: the same call goes on where a
    former one was ended, with the same proposals. Which values are tried depends on `seed` and
    `parallel`, never on the number of workers or their speed.

    Parameters
    ----------
    simulation : subclass of Simulation, str or path-like
        A class, the name of a plugin, or a path ``file.py[:Class]``.
    ranges : dict of str to Range
        What is searched. ``iv.Range()`` is the control's own range, or all its options.
    steps : int
        Steps of each run, at the most.
    minimize, maximize : str
        The metric; one of the two. See `sweep`.
    parameters : dict, optional
        Values that are the same in all runs.
    trials : int, optional
        How many values to try. It may grow from call to call.
    repeats : int, optional
        Runs of each trial, with other random numbers; their median counts.
    method : {'de', 'tpe', 'cmaes', 'gp', 'random', 'sobol'}, optional
        By default ``tpe`` where Optuna is installed, else ``de``.
    parallel : int, optional
        How many trials are asked for ahead of results; by default the number of workers, at most a
        tenth of the trials, and that of the stored study when there is one.
    save : str, optional
        Save the best values as a parameter set of this name.
    confirm : int, optional
        Run the three best trials again so often, with fresh seeds, and decide by their median:
        of noisy objectives the best trial is the luckiest.
    enqueue : sequence of dict, optional
        Values to try first.
    seed, until, parameter_set, strict, name, store, executor, workers
        See `sweep`.
    max_failures, accept_changed, progress
        See `sweep`.

    Returns
    -------
    OptimizeResult

    Raises
    ------
    See `sweep`.

    Examples
    --------
    >>> import ivisit as iv
    >>> class Parabola(iv.Simulation):
    ...     x = iv.Slider(0.0, -5.0, 5.0)
    ...     height = iv.Trace()
    ...
    ...     def step(self):
    ...         self.height = (self.x - 2.0) ** 2
    >>> found = iv.optimize(Parabola, {"x": iv.Range()}, steps=1, minimize="height", method="de",
    ...                     trials=80, workers=0)
    >>> round(found.best_parameters["x"], 1)
    2.0
    """
    return conduct(
        find_subject(simulation),
        ranges,
        steps=steps,
        minimize=minimize,
        maximize=maximize,
        parameters=parameters or {},
        trials=trials,
        repeats=repeats,
        method=method,
        parallel=parallel,
        seed=seed,
        until=until,
        parameter_set=parameter_set,
        strict=strict,
        save=save,
        confirm=confirm,
        enqueue=enqueue,
        name=name,
        store=store,
        executor=executor,
        workers=workers,
        max_failures=max_failures,
        accept_changed=accept_changed,
        progress=progress,
    )


def conduct(
    subject: Subject,
    ranges: Mapping[str, Range],
    *,
    store: Any = None,
    executor: Any = None,
    workers: int | None = None,
    save: str | None = None,
    confirm: int | None = None,
    max_failures: int | None = None,
    accept_changed: bool = False,
    progress: Any = None,
    begin: Callable[..., Any] | None = None,
    **request: Any,
) -> OptimizeResult:
    """Do what `optimize` is asked for, with a simulation that has been found."""
    if confirm is not None:
        whole_number("confirm", confirm, 1)
    if max_failures is not None:
        whole_number("max_failures", max_failures, 0)
    if save is not None:
        check_name(save, "save")
    how = {"executor": executor, "workers": workers, "progress": progress}
    if request.get("parallel") is None:
        request["workers"] = available_cores() if workers is None else max(1, workers)
    with store_to_read(store, subject.cls) as present:
        study = make_study(subject, ranges, store=present, **request)
    opened, owned = open_store(store, subject.cls)
    try:
        entered = enter_sweep(opened, study.stored, subject.origin, accept_changed=accept_changed)
        stored = entered.sweep
        counts, _ = count_runs(opened, stored, False)
        if begin is not None:
            begin(stored.name, counts, workers_text(executor, workers))
        if counts.done < counts.size:
            _compute(study, opened, entered, counts, max_failures, how)
        result = OptimizeResult(opened.path, stored.name, stored.simulation)
        if confirm is not None:
            _confirm(study, result, opened, confirm, accept_changed, how)
            result = OptimizeResult(opened.path, stored.name, stored.simulation)
        if save is not None:
            _save(study, result, opened, save)
        return result
    finally:
        if owned:
            opened.close()


def _compute(
    study: Study,
    store: ParameterStore,
    entered: Entered,
    counts: Any,
    max_failures: int | None,
    how: Mapping[str, Any],
) -> None:
    """Compute the trials that are missing."""
    stored = entered.sweep
    proposer = make_proposer(study.specification["method"], study.dimensions, stored.entropy)
    trials = Trials(
        proposer,
        trials=study.specification["trials"],
        repeats=study.specification["repeats"],
        parallel=study.specification["parallel"],
        queue=study.queue,
        stored=_stored_runs(study, store, stored),
    )
    sitting = Sitting(
        store,
        entered,
        study.job,
        study.subject.factory,
        trials.run_values,
        counts,
        max_failures=max_failures,
        progress=how["progress"],
    )
    try:
        sitting.compute(
            lambda: make_crew(how["executor"], how["workers"]),
            trials,
            largest=1,
            delivered=lambda rows: trials.deliver(rows, study.cost),
        )
    finally:
        proposer.close()


def _stored_runs(
    study: Study, store: ParameterStore, stored: StoredSweep
) -> dict[int, tuple[tuple[Any, ...], float]]:
    """Return index to values and cost of the runs that are stored."""
    found = {}
    for row in store.sweep_rows(stored):
        index, parameters, status, metrics = row[2], row[3], row[6], row[7]
        flat = flatten(json.loads(parameters))
        values = tuple(flat[target.name] for target in study.targets)
        known = {name: float(value) for name, value in json.loads(metrics).items()}
        found[index] = values, study.cost_of(known) if status == "finished" else math.inf
    return found


def _confirm(
    study: Study,
    result: OptimizeResult,
    store: ParameterStore,
    confirm: int,
    accept_changed: bool,
    how: Mapping[str, Any],
) -> None:
    """Run the best trials again, with fresh seeds, as a sweep of its own."""
    specification = study.specification
    points = [best["parameters"] for best in result.top(CONFIRMED)]
    fixed = specification["fixed"]
    varied = {target.path[0] for target in study.targets}
    sweeping.conduct(
        study.subject,
        {name: value for name, value in fixed.items() if name not in varied},
        points=points,
        steps=specification["steps"],
        metrics=[study.objective],
        repeats=confirm,
        seed=int(stream(study.stored.entropy, "confirm").integers(2**62)),
        until=specification["until"],
        name=f"{study.stored.name}-confirm-{confirm}-{specification['trials']}",
        store=store,
        accept_changed=accept_changed,
        **how,
    )


def _save(study: Study, result: OptimizeResult, store: ParameterStore, name: str) -> None:
    """Save the best values as a parameter set."""
    from ivisit.runs.targets import nest

    values = dict(study.specification["fixed"])
    paths = [target.path for target in study.targets]
    best = [result.best_parameters[target.name] for target in study.targets]
    for parameter, value in nest(paths, best).items():
        values[parameter] = {**values[parameter], **value} if isinstance(value, dict) else value
    saved = {n: v for n, v in values.items() if study.subject.cls.controls[n].saved}
    trial = result.winner.get("trial")
    which = f"trial {trial}" if trial is not None else "confirmed"
    direction = study.specification["objective"]["direction"]
    comment = f"{direction} {study.objective}: {result.best_value:.6g} ({which} of {result.name})"
    store.save(study.subject.cls, name, saved, comment=comment)
