"""The base class of all optimizers and what one step gives back."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.noise import NOISES

if TYPE_CHECKING:
    from dopamine_wp.networks.base import Network
    from dopamine_wp.optimizers.probe import Probe

Decay = Literal["linear"] | None
Noise = Literal["normal", "rademacher"]


@dataclass(repr=False, slots=True)
class Proposal:
    """What a rule wants to do in one step.

    Attributes
    ----------
    theta : ndarray, shape (R, P), or None
        Candidate parameters; None leaves theta as it is.
    loss : ndarray, shape (R,), or None
        Loss at the present theta, if the rule knows it; None records NaN.
    keep : ndarray of bool, shape (R,), or None
        Replicas that move to the candidate; None means all.
    candidate_loss : ndarray, shape (R,), or None
        Loss of the candidate on the same batch, if it was evaluated; it is the next step's loss
        when the batch is held.
    rate, rpe, agreement : ndarray, shape (R,), or float or None
        Recorded in the history; None records NaN.
    state : mapping of str to ndarray
        What the rule wants to find in `Probe.state` at the next step.
    """

    theta: np.ndarray | None = None
    loss: np.ndarray | None = None
    keep: np.ndarray | None = None
    candidate_loss: np.ndarray | None = None
    rate: np.ndarray | float | None = None
    rpe: np.ndarray | None = None
    agreement: np.ndarray | None = None
    state: Mapping[str, np.ndarray] = field(default_factory=dict)


#: What a rule may need, in words.
_NEEDED = {
    "losses": "losses",
    "trials": "losses of single trials",
    "outputs": "outputs",
    "slope": "exact derivatives along a direction",
    "gradient": "a gradient",
}


def mean_over_directions(values: np.ndarray) -> np.ndarray:
    """Return the mean (R,) of values (K, R)."""
    if len(values) == 1:
        return values[0]
    return np.add.reduce(values, 0) / len(values)


@dataclass(frozen=True)
class Optimizer(ABC):
    """Base class of the optimizers: an immutable description of a learning rule.

    A new optimizer implements one method, `propose`. Rules for it:

    1. It looks at the world through the `Probe` it is given: losses, gradients, perturbations,
       the scheduled rate. Everything it asks for is counted in forward-pass equivalents.
    2. It changes nothing in place: neither `probe.theta` nor the arrays in `probe.state`. A step
       that is interrupted or rejected leaves no trace.
    3. What it wants to remember goes into `Proposal.state` as arrays whose first axis is the
       replica, and is found in `probe.state` at the next step; there it is empty at first.
    4. Replicas do not influence each other.
    5. Random numbers come from `probe.directions` or `probe.generator` only.

    The base class sees to the rest: a rate of 0 (or a `sigma` of 0) makes the step a no-op that
    returns the loss, replicas whose loss is not finite stay where they are, candidates whose loss
    is not finite are rejected.

    Parameters
    ----------
    rate : float
        Learning rate eta >= 0.
    decay : {None, "linear"}, default None
        "linear" multiplies the rate at step t of `total_steps` by 1 - t / total_steps.
    hold : int, default 1
        Steps for which a mini-batch is held before the next one is asked for.

    Raises
    ------
    ValueError
        For a negative or non-finite rate, an unknown decay, or `hold` below 1.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> @dataclass(frozen=True)
    ... class SignDescent(Optimizer):
    ...     rate: float = 0.01
    ...     def propose(self, probe):
    ...         loss, gradient = probe.gradient()
    ...         return Proposal(probe.theta - probe.rate * np.sign(gradient), loss=loss)
    """

    rate: float
    _: KW_ONLY
    decay: Decay = None
    hold: int = 1

    #: What the rule asks of a network, in the words of `Network.offers`.
    needs: ClassVar[str] = "losses"

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if isinstance(value, np.generic):
                # Python's own numbers: a run resumes with the same words, whatever gave the rate.
                object.__setattr__(self, setting.name, value.item())
        name = type(self).__name__
        _checks.real(name, "rate", self.rate, minimum=0)
        _checks.choice(name, "decay", self.decay, (None, "linear"))
        _checks.whole(name, "hold", self.hold)

    @abstractmethod
    def propose(self, probe: Probe) -> Proposal:
        """Look through `probe` and return what to do; see the rules of the class."""

    def check_network(self, net: Network) -> None:
        """Refuse, by a ValueError, a network that this rule cannot train."""
        if not net.offers(self.needs):
            raise ValueError(
                f"{self.name}: needs {_NEEDED[self.needs]}, which {net!r} does not offer; use a "
                "rule that sees losses only, such as Dopamine1"
            )

    @property
    def name(self) -> str:
        """Class name, by which histories know the optimizer."""
        return type(self).__name__

    def schedule(self, step: int, total_steps: int) -> float:
        """Return the factor of the rate at `step` (counted from 0) of `total_steps`."""
        return 1.0 if self.decay is None else max(0.0, 1 - step / total_steps)

    def step(self, probe: Probe) -> Proposal:
        """Return the proposal of one step, made safe against non-finite losses.

        Parameters
        ----------
        probe : Probe
            Parameters, batch, state and step number.

        Returns
        -------
        Proposal
            With `keep` false for every replica that has to stay.
        """
        if self._is_idle(probe):
            stay = np.zeros(len(probe.theta), dtype=bool)
            return Proposal(loss=probe.loss(), keep=stay, rate=probe.rate, state=probe.state)
        proposal = self.propose(probe)
        if not isinstance(proposal, Proposal):
            raise ValueError(f"{self.name}.propose: must return a Proposal, not {proposal!r}")
        for loss in (proposal.loss, proposal.candidate_loss):
            # A sum is finite only if all its terms are, and takes one call
            if loss is not None and not math.isfinite(np.add.reduce(loss)):
                finite = np.isfinite(loss)
                proposal.keep = finite if proposal.keep is None else proposal.keep & finite
        return proposal

    def _is_idle(self, probe: Probe) -> bool:
        """Tell whether the step cannot change anything."""
        return probe.rate == 0


@dataclass(frozen=True)
class PerturbationOptimizer(Optimizer):
    """Base class of the rules that perturb all parameters at once.

    Parameters
    ----------
    rate, decay, hold
        See `Optimizer`.
    sigma : float, default 1e-3
        Size of the perturbation, >= 0; the perturbed network is theta + sigma xi.
    perturbations : int, default 1
        K, the number of directions xi_k in a step.
    two_sided : bool, default False
        Take half the difference between theta + sigma xi and theta - sigma xi: twice the cost,
        no bias and no variance from the curvature.
    noise : {"normal", "rademacher"}, default "normal"
        Distribution of xi: N(0, 1), or -1 and +1 (faster to draw).

    Raises
    ------
    ValueError
        For a negative or non-finite `sigma`, `perturbations` below 1, or an unknown `noise`.
    """

    _: KW_ONLY
    sigma: float = 1e-3
    perturbations: int = 1
    two_sided: bool = False
    noise: Noise = "normal"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "sigma", self.sigma, minimum=0)
        _checks.whole(self.name, "perturbations", self.perturbations)
        _checks.flag(self.name, "two_sided", self.two_sided)
        _checks.choice(self.name, "noise", self.noise, NOISES)

    def _is_idle(self, probe: Probe) -> bool:
        return self.sigma == 0 or super()._is_idle(probe)
