"""The tasks of the comparison: network, batches, errors, and what is tuned for which optimizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from dopamine_wp import _checks, baselines, metrics, series, tasks
from dopamine_wp.batches import Batches
from dopamine_wp.networks import MLP, RNN, Network
from dopamine_wp.optimizers import (
    RFLO,
    SGD,
    SNES,
    SPSA,
    WP,
    Adam,
    Dopamine1,
    Dopamine2,
    Dopamine2T,
    DopamineK,
    DopamineV,
    DopamineVPlus,
    FeedbackAlignment,
    ForwardGradient,
    Momentum,
    NodePerturbation,
    RMSProp,
    SepCMAES,
)
from dopamine_wp.tuning import BATCH_SIZE, Axis, Space

TASKS = (*series.GENERATORS, *tasks.TRUTH_TABLES)

#: Samples for training, validation and test part, and those of each that do not count in errors.
_SPLIT, _WASHOUT = (2000, 500, 1000), 10


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """A task with its network, batches and errors.

    Attributes
    ----------
    name : str
        Name of the task.
    net : Network
        The network to train.
    batches : callable
        ``batches(batch_size)`` gives the `batches` of `train`; the size is None for a task with
        one fixed batch.
    error : callable
        ``error(theta, part) -> (R,)`` for the parts "validation" and "test".
    measure : str
        What the error is.
    spaces : dict of str to Space
        What is tuned, by the name of the optimizer.
    references : dict of str to float
        Test errors of forecasts that need no training of a network.
    """

    name: str
    net: Network
    batches: Callable[[int | None], Batches]
    error: Callable[[np.ndarray, str], np.ndarray]
    measure: str
    spaces: Mapping[str, Space]
    references: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Problem({self.name}, {self.net!r}, {len(self.spaces)} optimizers)"


def problem(name: str, *, hidden: int = 16, horizon: int = 1, seed: int = 0) -> Problem:
    """Return a task of the comparison.

    Parameters
    ----------
    name : str
        One of `TASKS`, in any case.
    hidden : int, default 16
        Hidden units.
    horizon : int, default 1
        Steps ahead, forecast directly; for series only.
    seed : int, default 0
        Seed of the training windows.

    Raises
    ------
    ValueError
        For an unknown task, or a horizon with a truth table.
    """
    name = _checks.name_of("compare", "task", name, TASKS)
    _checks.whole("compare", "horizon", horizon)
    _checks.whole("compare", "hidden", hidden)
    _checks.whole("compare", "seed", seed, minimum=0)
    if name not in tasks.TRUTH_TABLES:
        return _forecasting(name, hidden, horizon, seed)
    if horizon != 1:
        raise _checks.refuse("compare", "horizon", f"1 for the truth table {name!r}", horizon)
    batch = tasks.TRUTH_TABLES[name]()
    net = MLP((batch[0].shape[1], hidden, 1), output="sigmoid")
    return Problem(
        name,
        net,
        lambda batch_size: batch,
        lambda theta, part: net.loss(theta, batch),
        "mean squared error",
        _truth_table_spaces(),
    )


def _forecasting(name: str, hidden: int, horizon: int, seed: int) -> Problem:
    longest = min(_SPLIT) - _WASHOUT - 1
    if horizon > longest:
        raise _checks.refuse("compare", "horizon", f"at most {longest} for series", horizon)
    values = series.GENERATORS[name](sum(_SPLIT))
    task = tasks.forecast(values, horizon=horizon, washout=_WASHOUT, split=_SPLIT, rng=seed)
    net = RNN(1, hidden, 1, washout=task.washout)

    def batches(batch_size: int | None) -> Batches:
        return replace(task, batch_size=batch_size or task.batch_size).batch

    steps = "one step" if horizon == 1 else f"{horizon} steps"
    return Problem(
        name,
        net,
        batches,
        lambda theta, part: task.nrmse(net, theta, part),
        f"NRMSE, {steps} ahead",
        _series_spaces(),
        _references(task),
    )


def _references(task: tasks.Forecast) -> dict[str, float]:
    """Return the test NRMSE of what needs no training of a network."""
    forecasts = {
        "persistence": baselines.persistence(task.test, horizon=task.horizon),
        "ridge on 20 lags": baselines.ridge(task.train, task.test, horizon=task.horizon),
        "echo-state network of 300 units": baselines.EchoState(300, rng=0)
        .fit(task.train, horizon=task.horizon)
        .forecast(task.test),
    }
    return {name: metrics.rmse(*pair) for name, pair in forecasts.items()}


def _rate(*values: float, first: int = 1) -> Axis:
    return Axis("rate", values, first, least=1e-7, most=1e4)


def _sigma(*values: float) -> Axis:
    return Axis("sigma", values, least=1e-6, most=10.0)


def _count(*values: int, first: int = 1) -> Axis:
    return Axis("perturbations", values, first, least=1, most=4096)


def _series_spaces() -> dict[str, Space]:
    """Return what is tuned on series: the batch size for every optimizer, and its own settings."""
    batch = Axis(BATCH_SIZE, (4, 8, 16), first=2, least=1, most=64)
    beta2 = Axis("beta2", (0.99, 0.999))
    return {
        "WP": Space(partial(WP, decay="linear"), (_rate(0.003, 0.01, 0.03, 0.1), batch)),
        "Dopamine1": Space(Dopamine1, (_rate(1e-4, 1e-3, 1e-2, 0.1), batch)),
        "Dopamine2": Space(
            Dopamine2,
            (_rate(0.001, 0.003, 0.01, 0.03), batch, Axis("beta1", (0.9, 0.97, 0.99), first=2)),
        ),
        "DopamineV": Space(DopamineV, (_count(16, 32, 64, 128, first=2), batch)),
        "DopamineK": Space(
            DopamineK,
            (
                Axis("lam_min", (1e-6, 1e-4, 1e-2), first=0),
                Axis(BATCH_SIZE, (2, 4, 8), first=0),
                Axis("rate", (0.25, 0.5, 1.0)),
            ),
        ),
        "DopamineVPlus": Space(
            DopamineVPlus, (_count(24, 48, 96), Axis(BATCH_SIZE, (4, 8, 16), least=1, most=64))
        ),
        "Dopamine2T": Space(
            Dopamine2T,
            (_rate(0.003, 0.006, 0.012), batch, Axis("beta1", (0.9, 0.97, 0.99))),
        ),
        "SPSA": Space(SPSA, (_rate(0.03, 0.1, 0.3, 1.0), batch, _sigma(1e-4, 1e-3, 1e-2))),
        "SNES": Space(SNES, (_sigma(0.003, 0.01, 0.03), batch)),
        "SepCMAES": Space(SepCMAES, (_sigma(0.003, 0.01, 0.03), batch)),
        "NodePerturbation": Space(
            NodePerturbation,
            (_rate(0.003, 0.01, 0.03), batch, Axis("gamma", (0.5, 0.7, 0.9))),
        ),
        "ForwardGradient": Space(
            partial(ForwardGradient, decay="linear"), (_rate(0.003, 0.01, 0.03, 0.1), batch)
        ),
        "RFLO": Space(RFLO, (_rate(0.003, 0.01, 0.03, 0.1), batch, beta2)),
        "SGD": Space(partial(SGD, decay="linear"), (_rate(0.03, 0.1, 0.3, 1.0), batch)),
        "Momentum": Space(partial(Momentum, decay="linear"), (_rate(0.01, 0.03, 0.1, 0.3), batch)),
        "RMSProp": Space(
            partial(RMSProp, decay="linear"),
            (_rate(0.001, 0.003, 0.01, 0.03), batch, Axis("beta", (0.9, 0.99), first=0)),
        ),
        # Few trials must not keep it from the small batches that it is best with
        "Adam": Space(
            partial(Adam, decay="linear"),
            (
                _rate(0.003, 0.01, 0.03, 0.1),
                replace(batch, first=0),
                replace(beta2, first=0),
            ),
        ),
    }


def _truth_table_spaces() -> dict[str, Space]:
    """Return what is tuned on truth tables, which are one fixed batch."""
    beta2 = Axis("beta2", (0.99, 0.999))
    return {
        "WP": Space(
            partial(WP, decay="linear"), (_rate(0.1, 0.3, 1.0, 3.0), _count(1, 2, 4, first=0))
        ),
        "Dopamine1": Space(Dopamine1, (_rate(0.01, 0.1, 1.0), _count(1, 2, 4, first=0))),
        "Dopamine2": Space(
            Dopamine2,
            (_rate(0.01, 0.03, 0.1, 0.3), Axis("beta1", (0.8, 0.9, 0.97, 0.99))),
        ),
        "DopamineV": Space(DopamineV, (_count(4, 8, 16, 32), Axis("rate", (0.5, 1.0)))),
        "DopamineK": Space(
            DopamineK,
            (
                Axis("rate", (0.25, 0.5, 1.0)),
                Axis("lam_min", (1e-6, 1e-4, 1e-2), first=0),
                Axis("clip", (0.05, 0.15, 0.5), least=0.01, most=100.0),
                Axis("beta", (0.0, 0.5, 0.85)),
            ),
        ),
        "Dopamine2T": Space(
            Dopamine2T,
            (_rate(0.01, 0.03, 0.1, 0.3), Axis("beta1", (0.8, 0.9, 0.97, 0.99))),
        ),
        "SPSA": Space(SPSA, (_rate(1.0, 3.0, 10.0, 30.0), _sigma(1e-3, 1e-2, 0.1))),
        "SNES": Space(SNES, (_sigma(0.3, 1.0, 3.0), Axis("population", (8, 12, 24)))),
        "SepCMAES": Space(SepCMAES, (_sigma(0.3, 1.0, 3.0), Axis("population", (8, 12, 24)))),
        "ForwardGradient": Space(
            partial(ForwardGradient, decay="linear"), (_rate(0.1, 0.3, 1.0, 3.0),)
        ),
        "FeedbackAlignment": Space(
            partial(FeedbackAlignment, decay="linear"), (_rate(0.3, 1.0, 3.0, 10.0),)
        ),
        "SGD": Space(partial(SGD, decay="linear"), (_rate(0.3, 1.0, 3.0, 10.0),)),
        "Momentum": Space(
            partial(Momentum, decay="linear"),
            (_rate(0.03, 0.1, 0.3, 1.0), Axis("beta", (0.8, 0.9, 0.95))),
        ),
        "RMSProp": Space(
            partial(RMSProp, decay="linear"),
            (_rate(0.003, 0.01, 0.03, 0.1), Axis("beta", (0.9, 0.99), first=0)),
        ),
        "Adam": Space(
            partial(Adam, decay="linear"),
            (_rate(0.01, 0.03, 0.1, 0.3), Axis("beta1", (0.5, 0.8, 0.9), first=2), beta2),
        ),
    }
