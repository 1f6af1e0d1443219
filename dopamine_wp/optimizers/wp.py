"""Plain weight perturbation."""

from __future__ import annotations

from dataclasses import dataclass

from dopamine_wp.optimizers.base import PerturbationOptimizer, Proposal, mean_over_directions
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class WP(PerturbationOptimizer):
    """Weight perturbation: step against the regret along every perturbation.

    ``theta <- theta - (eta / sigma) mean_k delta_k xi_k`` with the reward prediction error
    ``delta_k = L(theta + sigma xi_k) - L(theta)`` on the same batch. The mean is an estimate of
    the gradient, unbiased up to O(sigma^2), whose error obeys
    ``E|estimate - gradient|^2 / |gradient|^2 = (P + 1) / K`` (Rademacher: ``(P - 1) / K``). The
    curvature adds variance to one-sided differences, no bias.

    Parameters
    ----------
    rate : float
        Learning rate eta. There is no default, since no rate is safe: the best is about 1 on XOR
        and 0.01 on recurrent networks, and three times more makes every recurrent run diverge.
    sigma : float, default 1e-3
        Size of the perturbation.
    perturbations, two_sided, noise
        See `PerturbationOptimizer`.
    decay, hold
        See `Optimizer`.

    Notes
    -----
    Costs K + 1 forward passes a step (2 K if two-sided; the history's loss is then the mean of
    the perturbed losses unless a `stop_loss` asks for the loss at theta, which costs one more).

    References
    ----------
    Our definition of the plain rule that arXiv:2510.22178 compares with; see also M. Jabri and
    B. Flower, IEEE Trans. Neural Networks 3 (1992). The error law is derived in docs/dopamine.md.

    Examples
    --------
    >>> from dopamine_wp import MLP, WP, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, WP(1.0), tasks.xor(), theta=net.init(rng=0), steps=10, rng=1)
    >>> float(history.fpe[-1])
    20.0
    """

    def propose(self, probe: Probe) -> Proposal:
        """theta - (eta / sigma) mean_k delta_k xi_k"""
        directions = probe.directions(self.perturbations, self.noise)
        delta, loss = directions.loss_differences(self.sigma, self.two_sided)
        candidate = directions.theta_plus(-probe.rate / (self.sigma * len(delta)) * delta)
        rpe = mean_over_directions(delta)
        return Proposal(theta=candidate, loss=loss, rate=probe.rate, rpe=rpe)
