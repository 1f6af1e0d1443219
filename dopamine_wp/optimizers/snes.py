"""SNES: separable natural evolution strategy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dopamine_wp.optimizers.base import Proposal
from dopamine_wp.optimizers.evolution import EvolutionStrategy
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class SNES(EvolutionStrategy):
    """Natural gradient of a normal distribution with a width for every parameter.

    With a population theta + sigma s_k, k = 1..lambda, s_k ~ N(0, I), and utilities u_k by rank,
    ``u = max(0, ln(lambda / 2 + 1) - ln(rank)) / sum - 1 / lambda``::

        theta <- theta + eta sigma sum_k u_k s_k
        sigma <- sigma exp(eta_sigma / 2 sum_k u_k (s_k^2 - 1))

    Parameters
    ----------
    rate : float, default 1.0
        eta, the rate of the mean; eta_sigma is (3 + ln P) / (5 sqrt(P)).
    sigma, population, decay, hold
        See `EvolutionStrategy`.

    Notes
    -----
    Costs lambda forward passes a step, one more if the run watches a `stop_loss`. The history's
    `rate` is the mean of sigma, its `loss` that of the population unless a `stop_loss` is watched.
    It sees losses only, and only their order.

    References
    ----------
    T. Schaul, T. Glasmachers, J. Schmidhuber, GECCO (2011), algorithm 2.

    Examples
    --------
    >>> from dopamine_wp import MLP, SNES, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, SNES(), tasks.xor(), theta=net.init(rng=0), steps=100, rng=1)
    >>> float(history.fpe[-1]), bool(net.loss(history.theta, tasks.xor())[0] < 0.01)
    (1200.0, True)
    """

    def propose(self, probe: Probe) -> Proposal:
        """Sample, rank, and move mean and widths along the natural gradient."""
        theta = probe.theta
        P = theta.shape[1]
        width = probe.state.get("width", np.full(theta.shape, self.sigma))
        directions, ranks, loss = self.sample(probe, width)
        utility = utilities(len(ranks))[ranks]
        mean_slope = directions.weighted_sum(utility)
        # The utilities add up to zero, so that the -1 of s^2 - 1 drops out
        width_slope = directions.weighted_squares(utility).astype(np.float64)
        eta_sigma = (3 + np.log(P)) / (5 * np.sqrt(P))
        candidate = theta + (probe.rate * width * mean_slope).astype(theta.dtype)
        grown = width * np.exp(eta_sigma / 2 * width_slope)
        known = np.isfinite(loss)[:, None]
        return Proposal(
            candidate,
            loss=loss,
            rate=width.mean(axis=1),
            state={"width": np.where(known, grown, width)},
        )


def utilities(population: int) -> np.ndarray:
    """Return the utilities by rank, the best first; they add up to zero."""
    ranks = np.arange(1, population + 1)
    raw = np.maximum(0, np.log(population / 2 + 1) - np.log(ranks))
    return raw / raw.sum() - 1 / population
