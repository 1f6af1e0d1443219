"""Gradient descent by back-propagation: the baselines of the perturbation rules.

All of them cost three forward-pass equivalents a step, forward and backward pass together.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.optimizers.base import Optimizer, Proposal
from dopamine_wp.optimizers.moments import adam_step
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent: ``theta <- theta - eta g``.

    Parameters
    ----------
    rate : float, default 0.1
        Learning rate eta.
    decay, hold
        See `Optimizer`.

    References
    ----------
    H. Robbins, S. Monro, Annals of Mathematical Statistics 22 (1951).

    Examples
    --------
    >>> from dopamine_wp import MLP, SGD, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, SGD(1.0), tasks.xor(), theta=net.init(rng=0), steps=5)
    >>> float(history.fpe[-1])
    15.0
    """

    rate: float = 0.1

    needs = "gradient"

    def propose(self, probe: Probe) -> Proposal:
        """theta - eta g"""
        loss, gradient = probe.gradient()
        gradient *= -probe.rate
        gradient += probe.theta
        return Proposal(gradient, loss=loss, rate=probe.rate)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Gradient descent with momentum: ``m <- beta m + g``, ``theta <- theta - eta m``.

    Parameters
    ----------
    rate : float, default 0.01
        Learning rate eta.
    beta : float, default 0.9
        Memory of the momentum, at least 0 and below 1.
    decay, hold
        See `Optimizer`.

    References
    ----------
    B. Polyak, USSR Computational Mathematics and Mathematical Physics 4 (1964).
    """

    rate: float = 0.01
    _: KW_ONLY
    beta: float = 0.9

    needs = "gradient"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "beta", self.beta, minimum=0, below=1)

    def propose(self, probe: Probe) -> Proposal:
        """m <- beta m + g, then theta - eta m"""
        loss, momentum = probe.gradient()
        if "momentum" in probe.state:
            momentum += self.beta * probe.state["momentum"]
        candidate = probe.theta - probe.rate * momentum
        return Proposal(candidate, loss=loss, rate=probe.rate, state={"momentum": momentum})


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """RMSProp: ``q <- beta q + (1 - beta) g^2``, ``theta <- theta - eta g / (sqrt(q) + eps)``.

    Parameters
    ----------
    rate : float, default 0.001
        Learning rate eta.
    beta : float, default 0.9
        Memory of the square, at least 0 and below 1.
    eps : float, default 1e-8
        Guards the division.
    decay, hold
        See `Optimizer`.

    References
    ----------
    T. Tieleman, G. Hinton, Lecture 6.5 of "Neural Networks for Machine Learning" (2012).
    """

    rate: float = 0.001
    _: KW_ONLY
    beta: float = 0.9
    eps: float = 1e-8

    needs = "gradient"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "beta", self.beta, minimum=0, below=1)
        _checks.real(self.name, "eps", self.eps, above=0)

    def propose(self, probe: Probe) -> Proposal:
        """q <- beta q + (1 - beta) g^2, then theta - eta g / (sqrt(q) + eps)"""
        loss, gradient = probe.gradient()
        square = (1 - self.beta) * gradient * gradient
        if "square" in probe.state:
            square += self.beta * probe.state["square"]
        candidate = probe.theta - probe.rate * gradient / (np.sqrt(square) + self.eps)
        return Proposal(candidate, loss=loss, rate=probe.rate, state={"square": square})


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: moments of the gradient, corrected for their start at zero.

    ``m <- beta1 m + (1 - beta1) g``, ``q <- beta2 q + (1 - beta2) g^2``,
    ``theta <- theta - eta (m / (1 - beta1^t)) / (sqrt(q / (1 - beta2^t)) + eps)``.

    Parameters
    ----------
    rate : float, default 0.001
        Learning rate eta.
    beta1, beta2 : float, default 0.9, 0.999
        Memories of the moments, at least 0 and below 1.
    eps : float, default 1e-8
        Guards the division.
    decay, hold
        See `Optimizer`.

    References
    ----------
    D. Kingma, J. Ba, arXiv:1412.6980, algorithm 1.
    """

    rate: float = 0.001
    _: KW_ONLY
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    needs = "gradient"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "beta1", self.beta1, minimum=0, below=1)
        _checks.real(self.name, "beta2", self.beta2, minimum=0, below=1)
        _checks.real(self.name, "eps", self.eps, above=0)

    def propose(self, probe: Probe) -> Proposal:
        """Algorithm 1 of the paper."""
        loss, gradient = probe.gradient()
        candidate, moments = adam_step(
            gradient, probe.state, beta1=self.beta1, beta2=self.beta2, eps=self.eps
        )
        candidate *= -probe.rate
        candidate += probe.theta
        return Proposal(candidate, loss=loss, rate=probe.rate, state=moments)
