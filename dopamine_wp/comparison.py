"""A fair comparison of optimizers: equal tuning, equal cost, equal time, test error looked at once.

Every optimizer is tuned with the same number of trials, over its rate, its batch size and its own
settings, at the same forward-pass equivalents (FPE), on other seeds than those that count and on
the validation part. Then all seeds are trained once with the best setting at equal FPE, and once
more in equal time, the time that the best of them took. Test errors are those of these two runs.
"""

from __future__ import annotations

import logging
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.contests import Problem
from dopamine_wp.history import History
from dopamine_wp.trainer import Trainer
from dopamine_wp.training import train
from dopamine_wp.tuning import Search, Setting, search

logger = logging.getLogger(__name__)

#: Points at which a learning curve is looked at.
CURVE_POINTS = 30


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One training of all seeds.

    Attributes
    ----------
    test : ndarray, shape (seeds,)
        Test errors at the end.
    fpe : float
        Forward-pass equivalents of a seed.
    seconds : float
        Processor time of training all seeds side by side; on an idle machine with one thread
        (``OMP_NUM_THREADS=1``) the wall-clock time.
    steps : int
    curve_fpe : ndarray, shape (points,)
    curve : ndarray, shape (points, seeds)
        Validation errors along the run.
    """

    test: np.ndarray
    fpe: float
    seconds: float
    steps: int
    curve_fpe: np.ndarray
    curve: np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class Outcome:
    """What one optimizer has reached.

    Attributes
    ----------
    setting : Setting
        The tuned optimizer and batch size.
    described : str
        The tuned values in words.
    at_edge : bool
        Whether a neighbor of the setting was left untried, so that it may be better.
    equal_cost, equal_time : Run
        The runs that count.
    memory : float
        Peak memory of training one seed, KiB.
    """

    setting: Setting
    described: str
    at_edge: bool
    equal_cost: Run
    equal_time: Run
    memory: float


def compare(
    task: Problem,
    *,
    budget: int,
    seeds: int,
    tuning_seeds: int = 10,
    trials: int = 16,
    optimizers: Sequence[str] | None = None,
    seed: int = 0,
) -> dict[str, Outcome]:
    """Tune, train and test optimizers on one task.

    Parameters
    ----------
    task : Problem
        The task.
    budget : int
        Forward-pass equivalents of every training.
    seeds : int
        Replicas that count.
    tuning_seeds : int, default 10
        Replicas, other ones, that every setting is judged by.
    trials : int, default 16
        Settings that are tried for every optimizer (fewer only where it has no more).
    optimizers : sequence of str, optional
        Names of the optimizers, in any case; default all that have a space of settings.
    seed : int, default 0
        Seed of everything.

    Returns
    -------
    dict of str to Outcome

    Raises
    ------
    ValueError
        For numbers below 1, an unknown optimizer, or a budget that is too small for a step.
    """
    numbers = {"budget": budget, "seeds": seeds, "tuning_seeds": tuning_seeds, "trials": trials}
    for name, number in numbers.items():
        _checks.whole("compare", name, number)
    _checks.whole("compare", "seed", seed, minimum=0)
    chosen = (
        list(task.spaces)
        if optimizers is None
        else [_checks.name_of("compare", "optimizers", name, task.spaces) for name in optimizers]
    )
    if not chosen:
        raise _checks.refuse("compare", "optimizers", "at least one name", optimizers)

    tuned = {}
    for name in chosen:
        tuned[name] = _tune(task, name, budget, tuning_seeds, trials, seed)
        logger.info("%s tuned: %s", name, task.spaces[name].describe(tuned[name].best))
    runs = {}
    for name, found in tuned.items():
        runs[name] = _run(task, found.best, _steps(task, found.best, budget), seeds, [seed, 1])
        logger.info("%s trained: %.1f s", name, runs[name].seconds)

    winner = min(runs.values(), key=lambda run: _judged(run.test))
    outcomes = {}
    for name, run in runs.items():
        best = tuned[name].best
        steps = max(1, round(run.steps * winner.seconds / run.seconds))
        outcomes[name] = Outcome(
            setting=best,
            described=task.spaces[name].describe(best),
            at_edge=tuned[name].at_edge,
            equal_cost=run,
            equal_time=run if run is winner else _run(task, best, steps, seeds, [seed, 1]),
            memory=_peak_memory(task, best),
        )
    return outcomes


def _tune(task: Problem, name: str, budget: int, seeds: int, trials: int, seed: int) -> Search:
    """Try settings by the median validation error of other seeds than those that count."""

    def score(setting: Setting) -> float:
        steps = _steps(task, setting, budget)
        history = _train(task, setting, steps, seeds, np.random.default_rng([seed, 0]))
        return _judged(task.error(history.theta, "validation"))

    return search(task.spaces[name], score, trials)


def _judged(errors: np.ndarray) -> float:
    """Return the median, in which a run that is not finite counts as infinitely bad."""
    return float(np.median(np.where(np.isfinite(errors), errors, np.inf)))


def _steps(task: Problem, setting: Setting, budget: int) -> int:
    """Return how many steps the budget pays for, measured by doing some."""
    trial = 2 * setting.optimizer.hold
    fpe = _train(task, setting, trial, 1, np.random.default_rng(0)).fpe[-1]
    steps = int(budget * trial / fpe)
    if steps < 1:
        raise _checks.refuse(
            "compare",
            "budget",
            f"at least {fpe / trial:.4g}, the cost of a step of {setting.optimizer}",
            budget,
        )
    return steps


def _run(task: Problem, setting: Setting, steps: int, seeds: int, seed: list[int]) -> Run:
    """Train all seeds side by side; the clock stops while the learning curve is looked at."""
    points, curve, paused = [], [], 0.0
    every = max(1, steps // CURVE_POINTS)

    def look(trainer: Trainer) -> None:
        nonlocal paused
        if trainer.steps_done % every == 0 or trainer.steps_done == steps:
            began = time.process_time()
            points.append(trainer.fpe)
            curve.append(task.error(trainer.theta, "validation"))
            paused += time.process_time() - began

    began = time.process_time()
    history = _train(task, setting, steps, seeds, np.random.default_rng(seed), look)
    return Run(
        test=task.error(history.theta, "test"),
        fpe=float(history.fpe[-1]),
        seconds=max(time.process_time() - began - paused, 1e-6),
        steps=steps,
        curve_fpe=np.array(points),
        curve=np.array(curve),
    )


def _train(
    task: Problem,
    setting: Setting,
    steps: int,
    seeds: int,
    rng: np.random.Generator,
    *callbacks: Callable[[Trainer], object],
) -> History:
    """Train; a comparison of runs that were cut short would be none, so Ctrl-C goes on upwards."""
    theta = task.net.init(seeds, rng=rng)
    history = train(
        task.net,
        setting.optimizer,
        task.batches(setting.batch_size),
        theta=theta,
        steps=steps,
        rng=rng,
        callbacks=callbacks,
    )
    if history.status == "interrupted":
        raise KeyboardInterrupt
    return history


def _peak_memory(task: Problem, setting: Setting) -> float:
    """Return the peak, in KiB, of what training one seed for some steps allocates."""
    trainer = Trainer(
        task.net,
        setting.optimizer,
        task.batches(setting.batch_size),
        theta=task.net.init(rng=0),
        total_steps=10,
        rng=0,
    )
    trainer.step()
    tracemalloc.start()
    try:
        for _ in range(3):
            trainer.step()
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()
