"""Dopamine1: one learning rate per network, set by the reward prediction error."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.optimizers.base import PerturbationOptimizer, Proposal, mean_over_directions
from dopamine_wp.optimizers.coding import adaptive_coding
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class Dopamine1(PerturbationOptimizer):
    """Weight perturbation whose learning rate follows the reward prediction error.

    A step, with L0 = L(theta) and everything on the same batch:

    1. ``sigma_t = clip(sigma_rel eta, sigma_min, sigma)``
    2. ``d_k = (L(theta + sigma_t xi_k) - L0) / sigma_t``
    3. ``s_k = clip(d_k / (sqrt(vh) + eps), -clip, clip)`` with the running second moment vh of
       d (adaptive coding: a burst is measured in units of its own spread)
    4. ``change = -eta mean_k s_k xi_k``, expected gain ``e = eta mean_k s_k d_k``
    5. actual gain ``a = L0 - L(theta + change)``, agreement ``r = clip(a / e, -1, 1)``
    6. ``eta <- clip(eta exp(kappa (r - target)), rate_min, rate_max)``
    7. the change is undone if a < 0

    Parameters
    ----------
    rate : float, default 0.01
        Initial learning rate eta; it may lie outside [`rate_min`, `rate_max`].
    sigma : float, default 1e-2
        Largest size of the perturbation.
    sigma_rel : float, default 0.1
        Size of the perturbation relative to eta: the part of the RPE that is due to curvature is
        about sigma / (2 eta) of the part that is due to the slope.
    sigma_min : float, default 1e-6
        Smallest size of the perturbation; keep it there in float32.
    beta_v : float, default 0.95
        Memory of the second moment of the slopes.
    clip : float, default 3
        Largest coded burst.
    kappa : float, default 0.1
        Speed of the rate.
    target : float, default 0.5
        Agreement at which the rate rests. On a quadratic a / e = 1 - eta c / (2 |g|) with
        c = xi' H xi; the best step eta = |g| / c gives 1/2, the edge of stability 0.
    rate_min, rate_max : float, default 1e-6, 0.3
        Range of the rate from the first update on.
    eps : float, default 1e-30
        Guards a division by zero; larger values break the invariance to the loss's scale.
    reject : bool, default True
        Undo steps that increase the loss.
    hold : int, default 20
        Steps on one mini-batch: the candidate's loss is then the next L0.
    perturbations, two_sided, noise, decay
        See `PerturbationOptimizer`. `decay` multiplies the adapted rate.

    Raises
    ------
    ValueError
        For parameters out of range, by name.

    Notes
    -----
    Costs 2 forward passes a step on a held batch (K + 1, or 2 K + 1 two-sided), one more when
    the batch changes. The path does not depend on the scale of the loss. A candidate whose loss
    is not finite is rejected with r = -1, even without `reject`.

    References
    ----------
    Our definition after the abstract of arXiv:2510.22178 (the regret of the perturbed against
    the unperturbed model sets the learning rate), which gives no formula; derived in
    docs/dopamine.md.

    Examples
    --------
    >>> from dopamine_wp import MLP, Dopamine1, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, Dopamine1(), tasks.xor(), theta=net.init(rng=0), steps=10, rng=1)
    >>> float(history.fpe[-1])
    21.0
    """

    rate: float = 0.01
    _: KW_ONLY
    sigma: float = 1e-2
    hold: int = 20
    sigma_rel: float = 0.1
    sigma_min: float = 1e-6
    beta_v: float = 0.95
    clip: float = 3.0
    kappa: float = 0.1
    target: float = 0.5
    rate_min: float = 1e-6
    rate_max: float = 0.3
    eps: float = 1e-30
    reject: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("sigma_rel", "sigma_min", "clip", "rate_min", "eps"):
            _checks.real(self.name, name, getattr(self, name), above=0)
        _checks.real(self.name, "beta_v", self.beta_v, minimum=0, below=1)
        _checks.real(self.name, "kappa", self.kappa, minimum=0)
        _checks.real(self.name, "target", self.target, minimum=-1, maximum=1)
        _checks.real(self.name, "rate_max", self.rate_max, minimum=self.rate_min)
        _checks.flag(self.name, "reject", self.reject)

    def propose(self, probe: Probe) -> Proposal:
        """Steps 1 to 7 of the class."""
        adapted = probe.state.get("rate")
        if adapted is None:
            adapted = np.full(len(probe.theta), float(self.rate))
        eta = adapted * probe.schedule
        # The cap wins over the floor, so that a user's sigma is never exceeded.
        sigma = np.minimum(np.maximum(self.sigma_rel * eta, self.sigma_min), self.sigma)

        # Reward prediction errors and coded bursts
        if self.two_sided:
            probe.loss()
        directions = probe.directions(self.perturbations, self.noise)
        delta, loss = directions.loss_differences(sigma, self.two_sided)
        slope = delta / sigma
        burst, state = adaptive_coding(
            slope, probe.state, beta_v=self.beta_v, clip=self.clip, eps=self.eps
        )

        # The step and what it is expected to gain
        candidate = directions.theta_plus(-eta / len(delta) * burst)
        expected = eta * mean_over_directions(burst * slope)

        # What it gains, and the rate that follows from the agreement
        candidate_loss = probe.loss_of(candidate)
        agreement = self._agreement(loss - candidate_loss, expected)
        state["rate"] = np.clip(
            adapted * np.exp(self.kappa * (agreement - self.target)), self.rate_min, self.rate_max
        )
        silent = expected == 0
        state["rate"] = np.where(silent, adapted, state["rate"])
        return Proposal(
            theta=candidate,
            loss=loss,
            keep=~(candidate_loss > loss) if self.reject else None,
            candidate_loss=candidate_loss,
            rate=eta,
            rpe=mean_over_directions(delta),
            agreement=agreement,
            state=state,
        )

    def _agreement(self, actual: np.ndarray, expected: np.ndarray) -> np.ndarray:
        """r = clip(a / e, -1, 1), -1 where a is not finite, `target` where nothing is expected."""
        silent = expected == 0
        ratio = np.divide(actual, expected, out=np.full_like(actual, self.target), where=~silent)
        ratio = np.where(np.isfinite(actual) | silent, ratio, -1)
        return np.clip(ratio, -1, 1)
