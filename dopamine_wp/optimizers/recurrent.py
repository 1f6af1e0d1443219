"""What the local rules of recurrent networks share: Adam on slopes of their own."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Network
from dopamine_wp.networks.rnn import RNN
from dopamine_wp.optimizers.base import Decay, Optimizer, Proposal
from dopamine_wp.optimizers.moments import adam_step
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class RecurrentRule(Optimizer):
    """Base class of the rules that train an `RNN` by slopes of their own, through Adam.

    Parameters
    ----------
    rate : float, default 0.01
        Learning rate eta.
    decay : {None, "linear"}, default "linear"
        Decay to zero over the run.
    beta1, beta2 : float, default 0.9, 0.999
        Memories of Adam.
    hold
        See `Optimizer`.

    Raises
    ------
    ValueError
        For parameters out of range; when training anything but an `RNN`.
    """

    rate: float = 0.01
    _: KW_ONLY
    decay: Decay = "linear"
    beta1: float = 0.9
    beta2: float = 0.999

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("beta1", "beta2"):
            _checks.real(self.name, name, getattr(self, name), minimum=0, below=1)

    def check_network(self, net: Network) -> None:
        """Refuse all networks but recurrent ones."""
        super().check_network(net)
        if not isinstance(net, RNN):
            raise ValueError(f"{self.name}: trains networks of the class RNN only, not {net!r}")

    def descend(
        self, probe: Probe, loss: np.ndarray, slopes: np.ndarray, rpe: np.ndarray | None = None
    ) -> Proposal:
        """Return the step of Adam against the slopes (R, P)."""
        step, moments = adam_step(slopes, probe.state, beta1=self.beta1, beta2=self.beta2, eps=1e-8)
        candidate = probe.theta - np.asarray(probe.rate * step, probe.theta.dtype)
        return Proposal(candidate, loss=loss, rate=probe.rate, rpe=rpe, state=moments)
