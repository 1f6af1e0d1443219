"""What the evolution strategies share: a population around theta, ranked."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.optimizers.base import Optimizer
from dopamine_wp.optimizers.probe import Directions, Probe


@dataclass(frozen=True)
class EvolutionStrategy(Optimizer):
    """Base class of the strategies whose mean is theta.

    Parameters
    ----------
    rate : float, default 1.0
        Fraction of the strategy's own step of the mean that is taken.
    sigma : float, default 1.0
        Initial standard deviation of the population around theta.
    population : int or None, default None
        lambda; None means 4 + floor(3 ln P).
    decay, hold
        See `Optimizer`.

    Raises
    ------
    ValueError
        For parameters out of range, by name.
    """

    rate: float = 1.0
    _: KW_ONLY
    sigma: float = 1.0
    population: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "sigma", self.sigma, minimum=0)
        if self.population is not None:
            _checks.whole(self.name, "population", self.population, minimum=2)

    def _is_idle(self, probe: Probe) -> bool:
        return self.sigma == 0 or super()._is_idle(probe)

    def size(self, n_parameters: int) -> int:
        """Return lambda for P parameters."""
        return self.population or 4 + int(3 * np.log(n_parameters))

    def sample(self, probe: Probe, sigma: np.ndarray) -> tuple[Directions, np.ndarray, np.ndarray]:
        """Return the directions, their ranks (lambda, R) from 0, the best, and a loss (R,).

        The loss is that at theta where it is known or a `stop_loss` is watched, else the mean of
        the population's finite ones. What is not finite ranks last.
        """
        if probe.loss_wanted:
            probe.loss()
        directions = probe.directions(self.size(probe.net.n_parameters), "normal")
        losses = directions.losses(sigma)
        finite = np.isfinite(losses)
        losses = np.where(finite, losses, np.inf)
        ranks = losses.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
        if probe.known_loss is not None:
            return directions, ranks, probe.known_loss
        count = finite.sum(axis=0)
        mean = np.where(finite, losses, 0).sum(axis=0) / np.maximum(count, 1)
        return directions, ranks, np.where(count, mean, np.nan)
