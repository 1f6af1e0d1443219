"""A fair comparison of optimizers: equal cost, equal tuning, test error looked at once.

Every optimizer is tuned over a grid of its own with the same number of points and the same
forward-pass equivalents (FPE) each, on other seeds than those that count and on the validation
part. Then all seeds are trained once with the best setting at equal FPE, and once more at equal
wall-clock time, the time of the fastest. Test errors are those of these two runs.
"""

from __future__ import annotations

import logging
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dopamine_wp import _checks, series, tasks
from dopamine_wp.batches import Batches
from dopamine_wp.history import History
from dopamine_wp.networks import MLP, RNN, Network
from dopamine_wp.optimizers import (
    SGD,
    WP,
    Adam,
    Dopamine1,
    Dopamine2,
    DopamineV,
    Momentum,
    Optimizer,
    RMSProp,
)
from dopamine_wp.training import Trainer, train

logger = logging.getLogger(__name__)

#: Points at which a learning curve is looked at.
CURVE_POINTS = 30

#: Samples needed for training, validation and test part.
_SERIES_LENGTH = 3500

TASKS = (*series.GENERATORS, *tasks.TRUTH_TABLES)

_SERIES_GRIDS: dict[str, list[Optimizer]] = {
    "WP": [WP(rate, decay="linear") for rate in (0.003, 0.01, 0.03, 0.1)],
    "Dopamine1": [Dopamine1(rate) for rate in (1e-4, 1e-3, 1e-2, 0.1)],
    "Dopamine2": [Dopamine2(rate) for rate in (0.001, 0.003, 0.01, 0.03)],
    "DopamineV": [DopamineV(perturbations=K) for K in (16, 32, 64, 128)],
    "SGD": [SGD(rate, decay="linear") for rate in (0.03, 0.1, 0.3, 1.0)],
    "Momentum": [Momentum(rate, decay="linear") for rate in (0.01, 0.03, 0.1, 0.3)],
    "RMSProp": [RMSProp(rate, decay="linear") for rate in (0.001, 0.003, 0.01, 0.03)],
    "Adam": [Adam(rate, decay="linear") for rate in (0.003, 0.01, 0.03, 0.1)],
}
_TRUTH_TABLE_GRIDS: dict[str, list[Optimizer]] = {
    "WP": [WP(rate, decay="linear") for rate in (0.1, 0.3, 1.0, 3.0)],
    "Dopamine1": [Dopamine1(rate) for rate in (1e-4, 1e-3, 1e-2, 0.1)],
    "Dopamine2": [Dopamine2(rate, beta1=0.9) for rate in (0.01, 0.03, 0.1, 0.3)],
    "DopamineV": [DopamineV(perturbations=K) for K in (4, 8, 16, 32)],
    "SGD": [SGD(rate, decay="linear") for rate in (0.3, 1.0, 3.0, 10.0)],
    "Momentum": [Momentum(rate, decay="linear") for rate in (0.03, 0.1, 0.3, 1.0)],
    "RMSProp": [RMSProp(rate, decay="linear") for rate in (0.003, 0.01, 0.03, 0.1)],
    "Adam": [Adam(rate, decay="linear") for rate in (0.01, 0.03, 0.1, 0.3)],
}


@dataclass(frozen=True, eq=False)
class Problem:
    """A task with its network, batches and errors.

    Attributes
    ----------
    name : str
        Name of the task.
    net : Network
        The network to train.
    batches : tuple, callable
        As for `train`.
    error : callable
        ``error(theta, part) -> (R,)`` for the parts "validation" and "test".
    measure : str
        What the error is.
    grids : dict of str to list of Optimizer
        Settings to tune over.
    """

    name: str
    net: Network
    batches: Batches
    error: Callable[[np.ndarray, str], np.ndarray]
    measure: str
    grids: dict[str, list[Optimizer]]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one optimizer has reached.

    Attributes
    ----------
    optimizer : Optimizer
        The tuned setting.
    at_edge : bool
        Whether it lies at the edge of its grid, so that a wider grid might serve it better.
    test : ndarray, shape (seeds,)
        Test errors at equal cost.
    fpe : float
        Forward-pass equivalents of a seed.
    seconds : float
        Wall-clock time of training all seeds.
    memory : float
        Peak memory of training one seed, KiB.
    test_equal_time : ndarray, shape (seeds,)
        Test errors at equal wall-clock time.
    curve_fpe : ndarray, shape (points,)
    curve : ndarray, shape (points, seeds)
        Validation errors along the run at equal cost.
    """

    optimizer: Optimizer
    at_edge: bool
    test: np.ndarray
    fpe: float
    seconds: float
    memory: float
    test_equal_time: np.ndarray
    curve_fpe: np.ndarray
    curve: np.ndarray


@dataclass(frozen=True, eq=False)
class _Run:
    """One training of all seeds."""

    theta: np.ndarray
    fpe: float
    seconds: float
    steps: int
    curve_fpe: np.ndarray
    curve: np.ndarray


def problem(name: str, *, hidden: int = 16, seed: int = 0) -> Problem:
    """Return a task of the comparison.

    Parameters
    ----------
    name : str
        One of `TASKS`.
    hidden : int, default 16
        Hidden units.
    seed : int, default 0
        Seed of the training windows.

    Raises
    ------
    ValueError
        For an unknown task.
    """
    _checks.choice("compare", "task", name, TASKS)
    if name in tasks.TRUTH_TABLES:
        batch = tasks.TRUTH_TABLES[name]()
        perceptron = MLP((batch[0].shape[1], hidden, 1), output="sigmoid")
        return Problem(
            name, perceptron, batch, lambda theta, part: perceptron.loss(theta, batch),
            "mean squared error", _TRUTH_TABLE_GRIDS,
        )
    task = tasks.forecast(series.GENERATORS[name](_SERIES_LENGTH), rng=seed)
    net = RNN(1, hidden, 1, washout=task.washout)
    return Problem(
        name, net, task.batch, lambda theta, part: task.nrmse(net, theta, part),
        "NRMSE, one step ahead", _SERIES_GRIDS,
    )


def compare(
    task: Problem,
    *,
    budget: int,
    seeds: int,
    tuning_seeds: int = 10,
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
        Replicas, other ones, that every point of a grid is judged by.
    optimizers : sequence of str, optional
        Names of the optimizers; default all that have a grid.
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
    for name, number in (("budget", budget), ("seeds", seeds), ("tuning_seeds", tuning_seeds)):
        _checks.whole("compare", name, number)
    chosen = list(task.grids) if optimizers is None else list(optimizers)
    for name in chosen:
        _checks.choice("compare", "optimizers", name, task.grids)

    tuned = {}
    for name in chosen:
        tuned[name] = _tune(task, task.grids[name], budget, tuning_seeds, seed)
        logger.info("%s tuned: %r", name, tuned[name][0])
    runs = {}
    for name, (optimizer, _) in tuned.items():
        steps = _steps(task, optimizer, budget)
        runs[name] = _run(task, optimizer, steps, seeds, [seed, 1])
        logger.info("%s trained: %.1f s", name, runs[name].seconds)

    shortest = min(run.seconds for run in runs.values())
    outcomes = {}
    for name, run in runs.items():
        optimizer, at_edge = tuned[name]
        steps = max(1, int(run.steps * shortest / run.seconds))
        timed = run if run.seconds == shortest else _run(task, optimizer, steps, seeds, [seed, 1])
        outcomes[name] = Outcome(
            optimizer=optimizer,
            at_edge=at_edge,
            test=task.error(run.theta, "test"),
            fpe=run.fpe,
            seconds=run.seconds,
            memory=_peak_memory(task, optimizer),
            test_equal_time=task.error(timed.theta, "test"),
            curve_fpe=run.curve_fpe,
            curve=run.curve,
        )
    return outcomes


def _tune(
    task: Problem, grid: list[Optimizer], budget: int, seeds: int, seed: int
) -> tuple[Optimizer, bool]:
    """Return the setting with the best median validation error, and whether it is at an edge."""
    medians = []
    for optimizer in grid:
        run = _run(task, optimizer, _steps(task, optimizer, budget), seeds, [seed, 0])
        errors = task.error(run.theta, "validation")
        medians.append(np.median(np.where(np.isfinite(errors), errors, np.inf)))
    best = int(np.argmin(medians))
    return grid[best], best in (0, len(grid) - 1)


def _steps(task: Problem, optimizer: Optimizer, budget: int) -> int:
    """Return how many steps the budget pays for, measured by doing some."""
    trial = 2 * optimizer.hold
    fpe = _train(task, optimizer, task.net.init(rng=0), trial, np.random.default_rng(0)).fpe[-1]
    steps = int(budget * trial / fpe)
    if steps < 1:
        raise _checks.refuse(
            "compare", "budget", f"at least {fpe / trial:.0f}, the cost of a step of {optimizer}",
            budget,
        )
    return steps


def _run(
    task: Problem, optimizer: Optimizer, steps: int, seeds: int, seed: list[int]
) -> _Run:
    """Train all seeds side by side; the clock stops while the learning curve is looked at."""
    rng = np.random.default_rng(seed)
    points, curve, paused = [], [], 0.0
    every = max(1, steps // CURVE_POINTS)

    def look(trainer: Trainer) -> None:
        nonlocal paused
        if trainer.steps_done % every == 0 or trainer.steps_done == steps:
            began = time.perf_counter()
            points.append(trainer.fpe)
            curve.append(task.error(trainer.theta, "validation"))
            paused += time.perf_counter() - began

    theta = task.net.init(seeds, rng=rng)
    began = time.perf_counter()
    history = _train(task, optimizer, theta, steps, rng, look)
    return _Run(
        theta=history.theta,
        fpe=float(history.fpe[-1]),
        seconds=time.perf_counter() - began - paused,
        steps=steps,
        curve_fpe=np.array(points),
        curve=np.array(curve),
    )


def _train(
    task: Problem,
    optimizer: Optimizer,
    theta: np.ndarray,
    steps: int,
    rng: np.random.Generator,
    *callbacks: Callable[[Trainer], object],
) -> History:
    """Train; a comparison of runs that were cut short would be none, so Ctrl-C goes on upwards."""
    history = train(
        task.net, optimizer, task.batches, theta=theta, steps=steps, rng=rng, callbacks=callbacks
    )
    if history.status == "interrupted":
        raise KeyboardInterrupt
    return history


def _peak_memory(task: Problem, optimizer: Optimizer) -> float:
    """Return the peak, in KiB, of what training one seed for some steps allocates."""
    trainer = Trainer(task.net, optimizer, task.batches, theta=task.net.init(rng=0), rng=0)
    trainer.step()
    tracemalloc.start()
    try:
        for _ in range(3):
            trainer.step()
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()
