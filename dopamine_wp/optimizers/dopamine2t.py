"""Dopamine2T: one scalar reward prediction error for every trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dopamine_wp.optimizers.base import Proposal
from dopamine_wp.optimizers.coding import adaptive_coding
from dopamine_wp.optimizers.dopamine2 import Dopamine2
from dopamine_wp.optimizers.moments import adam_step
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class Dopamine2T(Dopamine2):
    """`Dopamine2` with a perturbation of its own for every trial (sample) of the batch.

    ``d_b = (L_b(theta + sigma_t xi_b) - L_b(theta)) / sigma_t`` with L_b the loss on trial b alone;
    s_b is d_b coded by the spread of all of them, ``u = mean_b s_b xi_b``; then as `Dopamine2`.

    Parameters
    ----------
    rate : float, default 0.006
        Learning rate eta.
    beta1 : float, default 0.97
        Memory of the mean.
    decay, beta2, eps, sigma, sigma_rel, sigma_min, beta_v, clip, noise, hold
        See `Dopamine2`.
    perturbations, two_sided : int, bool
        Fixed: each trial has one perturbation, one-sided.

    Raises
    ------
    ValueError
        For parameters out of range, or `perturbations` or `two_sided` other than the default.

    Notes
    -----
    Costs 2 forward passes over the batch: as many scalars as there are trials for the price of
    one. It is a scalar rule still, and needs rewards that can be told apart by trial. Trials are
    evaluated one after the other, so it takes more time than its passes suggest.

    References
    ----------
    Our definition; see `Dopamine2`.

    Examples
    --------
    >>> from dopamine_wp import RNN, Dopamine2T, series, tasks, train
    >>> task = tasks.forecast(series.henon(3500), rng=0)
    >>> net = RNN(1, 8, 1, washout=task.washout)
    >>> history = train(net, Dopamine2T(), task.batch, theta=net.init(rng=1), steps=5, rng=2)
    >>> float(history.fpe[-1])
    10.0
    """

    rate: float = 0.006
    beta1: float = 0.97

    needs = "trials"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.perturbations != 1 or self.two_sided:
            raise ValueError(
                f"{self.name}: has one one-sided perturbation a trial; perturbations and "
                "two_sided cannot be changed"
            )

    def propose(self, probe: Probe) -> Proposal:
        """A coded burst along the perturbation of every trial, then Adam."""
        sigma = min(max(self.sigma_rel * probe.rate, self.sigma_min), self.sigma)
        X, Y = probe.batch
        directions = probe.directions(len(X), self.noise)
        before, after = np.empty((2, len(X), len(probe.theta)))
        trial = 0
        for block in directions.blocks():
            for xi in block:
                alone = X[trial : trial + 1], Y[trial : trial + 1]
                pair = np.concatenate([probe.theta, probe.theta + sigma * xi])
                losses = probe.net.evaluate(pair.astype(probe.theta.dtype, copy=False), alone)
                before[trial], after[trial] = losses.reshape(2, -1)
                trial += 1
        probe.charge(1)
        probe.learn_loss(before.mean(axis=0))
        probe.charge(1)
        delta = after - before
        delta[~np.isfinite(delta)] = 0
        burst, coding = adaptive_coding(
            delta / sigma, probe.state, beta_v=self.beta_v, clip=self.clip, eps=1e-30
        )
        u = directions.weighted_sum(burst / len(burst))
        step, moments = adam_step(u, probe.state, beta1=self.beta1, beta2=self.beta2, eps=self.eps)
        return Proposal(
            probe.theta - np.asarray(probe.rate * step, probe.theta.dtype),
            loss=probe.loss(),
            rate=probe.rate,
            rpe=delta.mean(axis=0),
            state=coding | moments,
        )
