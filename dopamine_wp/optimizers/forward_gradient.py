"""ForwardGradient: the exact slope along a random direction, without a backward pass."""

from __future__ import annotations

from dataclasses import dataclass

from dopamine_wp.optimizers.base import Optimizer, Proposal
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class ForwardGradient(Optimizer):
    """Step against the exact directional derivative: ``theta <- theta - eta (g.xi) xi``.

    g.xi is computed with dual numbers in one forward pass that carries the tangent along (forward
    mode of automatic differentiation): `WP` with sigma -> 0.

    Parameters
    ----------
    rate : float, default 0.01
        Learning rate eta.
    decay, hold
        See `Optimizer`.

    Notes
    -----
    Costs 2 forward passes a step, one for the values and one for the tangents. It knows the
    network's inside, as back-propagation does; the variance of its estimate is that of `WP`.

    References
    ----------
    A. Baydin, B. Pearlmutter, D. Syme, F. Wood, P. Torr, arXiv:2202.08587, section 3.

    Examples
    --------
    >>> from dopamine_wp import MLP, ForwardGradient, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, ForwardGradient(1.0), tasks.xor(), theta=net.init(rng=0), steps=3)
    >>> float(history.fpe[-1])
    6.0
    """

    rate: float = 0.01

    needs = "slope"

    def propose(self, probe: Probe) -> Proposal:
        """theta - eta (g.xi) xi"""
        directions = probe.directions(1)
        xi = next(directions.blocks())[0]
        loss, slope = probe.slope(xi)
        candidate = directions.theta_plus(-probe.rate * slope[None])
        return Proposal(candidate, loss=loss, rate=probe.rate, rpe=slope)
