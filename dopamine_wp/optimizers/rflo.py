"""RFLO: random feedback local online learning of recurrent networks."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Network
from dopamine_wp.networks.local import eligibility_gradient
from dopamine_wp.networks.rnn import RNN
from dopamine_wp.optimizers.base import Decay, Optimizer, Proposal
from dopamine_wp.optimizers.moments import adam_step
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class RFLO(Optimizer):
    """Local learning of an `RNN`: eligibility traces times randomly fed back errors.

    ``p_t = (1 - l) p_{t-1} + l f'(z_t) [h_{t-1}, x_t, 1]`` at every synapse; the slope of a
    recurrent weight is ``sum_t (B' e_t) p_t`` with B drawn once like the readout, that of the
    readout exact. The slopes go through Adam.

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
        When training anything but an `RNN`.

    Notes
    -----
    Counted as 3 forward-pass equivalents, like back-propagation; memory does not grow with time.
    With a leak l = 1 (the default of `RNN`) the traces forget after one step. The paper takes plain
    steps; Adam makes it the peer of the other rules.

    References
    ----------
    J. Murray, "Local online learning in recurrent networks with random feedback", eLife 8 (2019),
    equations 5 to 8.

    Examples
    --------
    >>> from dopamine_wp import RFLO, RNN, series, tasks, train
    >>> task = tasks.forecast(series.henon(3500), rng=0)
    >>> net = RNN(1, 8, 1, washout=task.washout)
    >>> history = train(net, RFLO(), task.batch, theta=net.init(rng=1), steps=5)
    >>> float(history.fpe[-1])
    15.0
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
        require_rnn(self.name, net)

    def propose(self, probe: Probe) -> Proposal:
        """Eligibility traces times randomly fed back errors, then Adam."""
        net = probe.net
        assert isinstance(net, RNN)
        drawn = net.init(len(probe.theta), rng=probe.fixed_generator())
        feedback = net.unpack(drawn)["Wo"]
        loss, slopes = eligibility_gradient(net, probe.theta, probe.batch, feedback)
        probe.learn_gradient(loss, slopes)
        step, moments = adam_step(
            slopes, probe.state, beta1=self.beta1, beta2=self.beta2, eps=1e-8
        )
        candidate = probe.theta - np.asarray(probe.rate * step, probe.theta.dtype)
        return Proposal(candidate, loss=loss, rate=probe.rate, state=moments)


def require_rnn(owner: str, net: Network) -> None:
    """Refuse all networks but recurrent ones."""
    if not isinstance(net, RNN):
        raise ValueError(f"{owner}: trains networks of the class RNN only, not {net!r}")
