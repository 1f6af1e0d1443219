"""Conformance tests for optimizers, one's own included.

`check_optimizer` runs them all::

    from dopamine_wp.testing import check_optimizer

    check_optimizer(MyRule(rate=0.01))

A test suite gets one test per promise by parametrizing over `CHECKS`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from dopamine_wp import tasks
from dopamine_wp.history import History
from dopamine_wp.networks import MLP, RNN, Network
from dopamine_wp.networks.base import Batch
from dopamine_wp.optimizers import Optimizer
from dopamine_wp.training import train

#: Enough for an `MLP` to take its replica-last layout.
_REPLICAS = 60
_STEPS = 6
#: Of the arrays of a history, those that two equal runs share.
_CURVES = ("theta", "loss", "rate", "rpe", "agreement", "fpe", "solved_at", "failed")


class ConformanceError(AssertionError):
    """An optimizer breaks one of the promises that `train` gives for all optimizers."""


def check_optimizer(optimizer: Optimizer) -> None:
    """Run all conformance tests on an optimizer.

    Parameters
    ----------
    optimizer : Optimizer
        With a rate above 0.

    Raises
    ------
    ConformanceError
        Saying which promise is broken, on which network.
    """
    for check in CHECKS:
        check(optimizer)


def check_history_is_complete(optimizer: Optimizer) -> None:
    """Curves have the shapes that `History` promises, costs rise, the given theta is unchanged."""
    for net, batches in _cases(optimizer):
        theta = net.init(_REPLICAS, rng=0)
        before = theta.copy()
        history = train(net, optimizer, batches, theta=theta, steps=_STEPS, rng=1)
        shapes = {name: getattr(history, name).shape for name in ("loss", "rate", "rpe")}
        _demand(
            set(shapes.values()) == {(_STEPS, _REPLICAS)},
            optimizer,
            net,
            f"curves have the shape ({_STEPS}, {_REPLICAS}), not {shapes}",
        )
        _demand(
            bool((np.diff(history.fpe, prepend=0) > 0).all()),
            optimizer,
            net,
            "every step costs forward passes",
        )
        _demand(np.array_equal(theta, before), optimizer, net, "the given theta is not changed")
        _demand(history.theta.dtype == net.dtype, optimizer, net, "theta keeps its dtype")
        _demand(not np.array_equal(history.theta, theta), optimizer, net, "something is learned")


def check_same_seed_same_run(optimizer: Optimizer) -> None:
    """The same seed gives the same run, bit for bit."""
    for net, batches in _cases(optimizer):
        theta = net.init(_REPLICAS, rng=0)
        first, second = (
            train(net, optimizer, batches, theta=theta, steps=_STEPS, rng=1) for _ in range(2)
        )
        _demand_equal(first, second, optimizer, net, "the same seed gives the same")


def check_replicas_are_independent(optimizer: Optimizer) -> None:
    """Altering one replica leaves the paths of all others bitwise equal."""
    for net, batches in _cases(optimizer):
        theta = net.init(_REPLICAS, rng=0)
        altered = theta.copy()
        altered[0] *= 1.5
        paths = [
            train(net, optimizer, batches, theta=start, steps=_STEPS, rng=1).theta
            for start in (theta, altered)
        ]
        _demand(
            np.array_equal(paths[0][1:], paths[1][1:]),
            optimizer,
            net,
            "a replica does not influence the others",
        )


def check_rate_zero_changes_nothing(optimizer: Optimizer) -> None:
    """With a rate of 0 theta stays bit for bit and the loss is returned."""
    for net, batches in _cases(optimizer):
        theta = net.init(_REPLICAS, rng=0)
        idle = replace(optimizer, rate=0.0)
        history = train(net, idle, batches, theta=theta, steps=_STEPS, rng=1)
        _demand(np.array_equal(history.theta, theta), optimizer, net, "a rate of 0 is a no-op")
        _demand(
            np.allclose(history.loss[0], net.loss(theta, batches(0))),
            optimizer,
            net,
            "a rate of 0 returns the loss",
        )


def check_failed_replica_stays(optimizer: Optimizer) -> None:
    """A replica without a finite loss stays, is flagged, and disturbs no other replica."""
    for net, batches in _cases(optimizer):
        theta = net.init(_REPLICAS, rng=0)
        sick = theta.copy()
        sick[0] = np.nan
        healthy, history = (
            train(net, optimizer, batches, theta=start, steps=_STEPS, rng=1)
            for start in (theta, sick)
        )
        _demand(
            bool(np.isnan(history.theta[0]).all()),
            optimizer,
            net,
            "a replica with a loss of NaN stays",
        )
        _demand(
            bool(history.failed[0]) and not history.failed[1:].any(),
            optimizer,
            net,
            "a replica with a loss of NaN, and no other, is flagged as failed",
        )
        _demand(
            np.array_equal(history.theta[1:], healthy.theta[1:]),
            optimizer,
            net,
            "a failed replica does not influence the others",
        )


def check_resume_is_seamless(optimizer: Optimizer) -> None:
    """A run that is saved, loaded and resumed equals one that was never interrupted."""
    for net, batches in _cases(optimizer):
        theta = net.init(_REPLICAS, rng=0)
        whole = train(net, optimizer, batches, theta=theta, steps=2 * _STEPS, rng=1)
        half = train(
            net, optimizer, batches, theta=theta, steps=_STEPS, rng=1, total_steps=2 * _STEPS
        )
        with tempfile.TemporaryDirectory() as folder:
            stored = History.load(half.save(Path(folder) / "half.npz"))
        resumed = train(net, optimizer, batches, steps=_STEPS, resume=stored)
        _demand_equal(whole, resumed, optimizer, net, "a resumed run has the same")


#: All conformance tests.
CHECKS: tuple[Callable[[Optimizer], None], ...] = (
    check_history_is_complete,
    check_same_seed_same_run,
    check_replicas_are_independent,
    check_rate_zero_changes_nothing,
    check_failed_replica_stays,
    check_resume_is_seamless,
)


def _cases(optimizer: Optimizer) -> list[tuple[Network, Callable[[int], Batch]]]:
    """Return small networks with tasks: one in each layout, dtype and kind of batch.

    Those that the optimizer refuses are left out.
    """
    truth_table = tasks.xor()

    def windows(index: int) -> Batch:
        phase = np.arange(13)[None, :, None] * 0.7 + np.arange(3)[:, None, None] + index
        return np.sin(phase[:, :-1]), np.sin(phase[:, 1:])

    cases: list[tuple[Network, Callable[[int], Batch]]] = [
        (MLP((2, 4, 1), output="sigmoid"), lambda index: truth_table),
        (RNN(1, 5, 1, leak=0.8, washout=2), windows),
    ]
    accepted = [case for case in cases if _accepts(optimizer, case[0])]
    if not accepted:
        raise ConformanceError(f"{optimizer!r} trains neither an MLP nor an RNN")
    return accepted


def _accepts(optimizer: Optimizer, net: Network) -> bool:
    try:
        optimizer.check_network(net)
    except ValueError:
        return False
    return True


def _demand_equal(
    first: History, second: History, optimizer: Optimizer, net: Network, promise: str
) -> None:
    for name in _CURVES:
        equal = np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True)
        _demand(equal, optimizer, net, f"{promise} {name}")


def _demand(kept: bool, optimizer: Optimizer, net: Network, promise: str) -> None:
    if not kept:
        raise ConformanceError(f"{optimizer!r} on {net!r} breaks the promise: {promise}")
