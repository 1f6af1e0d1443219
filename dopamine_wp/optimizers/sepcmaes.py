"""SepCMAES: evolution strategy with a diagonal covariance matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dopamine_wp.optimizers.base import Proposal
from dopamine_wp.optimizers.evolution import EvolutionStrategy
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class SepCMAES(EvolutionStrategy):
    """Covariance matrix adaptation restricted to the diagonal C, with its two evolution paths.

    With the better half of a population theta + sigma sqrt(C) z_k, z_k ~ N(0, I), and weights w_k
    by rank, ``z = sum_k w_k z_k``::

        theta <- theta + eta sigma sqrt(C) z
        p_s <- (1 - c_s) p_s + sqrt(c_s (2 - c_s) mu) z
        p_c <- (1 - c_c) p_c + h sqrt(c_c (2 - c_c) mu) sqrt(C) z
        C <- (1 - c_1 - c_mu) C + c_1 p_c^2 + c_mu C sum_k w_k z_k^2
        sigma <- sigma exp(c_s / d_s (|p_s| / E|N(0, I)| - 1))

    mu is the effective number of parents, h is 0 while p_s is long (at first), and the constants
    are those of the tutorial, c_1 and c_mu times (P + 2) / 3.

    Parameters
    ----------
    rate : float, default 1.0
        eta, the part of the step of the mean that is taken.
    sigma, population, decay, hold
        See `EvolutionStrategy`.

    Notes
    -----
    Costs lambda forward passes a step, one more if the run watches a `stop_loss`. The history's
    `rate` is sigma, its `loss` the mean of the population unless a `stop_loss` is watched.

    References
    ----------
    R. Ros, N. Hansen, PPSN X (2008); N. Hansen, "The CMA Evolution Strategy: A Tutorial",
    arXiv:1604.00772, equations 42 to 58.

    Examples
    --------
    >>> from dopamine_wp import MLP, SepCMAES, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, SepCMAES(), tasks.xor(), theta=net.init(rng=0), steps=100, rng=1)
    >>> bool(net.loss(history.theta, tasks.xor())[0] < 0.01)
    True
    """

    def propose(self, probe: Probe) -> Proposal:
        """Sample, rank, recombine; then paths, covariance and step size."""
        theta, state = probe.theta, probe.state
        R, P = theta.shape
        sigma = state.get("sigma", np.full(R, float(self.sigma)))
        C = state.get("covariance", np.ones((R, P)))
        path_s, path_c = (state.get(name, np.zeros((R, P))) for name in ("path_s", "path_c"))
        updates = state.get("updates", np.zeros(R)) + 1
        width = sigma[:, None] * np.sqrt(C)
        directions, ranks, loss = self.sample(probe, width)

        # Recombination of the better half
        c = _Constants(P, len(ranks))
        w = c.weights[ranks]
        z = directions.weighted_sum(w).astype(np.float64)
        candidate = theta + (probe.rate * width * z).astype(theta.dtype)

        # Evolution paths
        path_s = (1 - c.s) * path_s + np.sqrt(c.s * (2 - c.s) * c.mu) * z
        length = np.linalg.norm(path_s, axis=1)
        start = np.sqrt(1 - (1 - c.s) ** (2 * updates))
        h = (length / start < (1.4 + 2 / (P + 1)) * c.expected_length)[:, None]
        path_c = (1 - c.c) * path_c + h * np.sqrt(c.c * (2 - c.c) * c.mu) * np.sqrt(C) * z

        # Covariance and step size
        squares = directions.weighted_squares(w).astype(np.float64)
        lost = (1 - h) * c.c * (2 - c.c)
        grown = (1 - c.one - c.many + c.one * lost) * C + c.one * path_c**2 + c.many * C * squares
        wider = sigma * np.exp(np.minimum(1, c.s / c.d * (length / c.expected_length - 1)))
        new = {
            "sigma": wider,
            "covariance": grown,
            "path_s": path_s,
            "path_c": path_c,
            "updates": updates,
        }
        known = np.isfinite(loss)
        for name, value in new.items():
            if not known.all() and name in state:
                new[name] = np.where(known.reshape(-1, *[1] * (value.ndim - 1)), value, state[name])
        return Proposal(candidate, loss=loss, rate=sigma, state=new)


class _Constants:
    """The strategy parameters of the tutorial for P parameters and a population."""

    def __init__(self, P: int, population: int) -> None:
        parents = population // 2
        raw = np.log((population + 1) / 2) - np.log(np.arange(1, parents + 1))
        self.weights = np.concatenate([raw / raw.sum(), np.zeros(population - parents)])
        self.mu = mu = 1 / (self.weights**2).sum()
        self.s = (mu + 2) / (P + mu + 5)
        self.d = 1 + 2 * max(0.0, np.sqrt((mu - 1) / (P + 1)) - 1) + self.s
        self.c = (4 + mu / P) / (P + 4 + 2 * mu / P)
        faster = (P + 2) / 3
        self.one = min(1.0, faster * 2 / ((P + 1.3) ** 2 + mu))
        many = faster * 2 * (mu - 2 + 1 / mu) / ((P + 2) ** 2 + mu)
        self.many = min(1 - self.one, many)
        self.expected_length = np.sqrt(P) * (1 - 1 / (4 * P) + 1 / (21 * P**2))
