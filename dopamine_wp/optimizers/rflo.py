"""RFLO: random feedback local online learning of recurrent networks."""

from __future__ import annotations

from dataclasses import dataclass

from dopamine_wp.networks.local import eligibility_gradient
from dopamine_wp.networks.rnn import RNN
from dopamine_wp.optimizers.base import Proposal
from dopamine_wp.optimizers.probe import Probe
from dopamine_wp.optimizers.recurrent import RecurrentRule


@dataclass(frozen=True)
class RFLO(RecurrentRule):
    """Local learning of an `RNN`: eligibility traces times randomly fed back errors.

    ``p_t = (1 - l) p_{t-1} + l f'(z_t) [h_{t-1}, x_t, 1]`` at every synapse; the slope of a
    recurrent weight is ``sum_t (B' e_t) p_t`` with B drawn once like the readout, that of the
    readout exact. The slopes go through Adam.

    Parameters
    ----------
    rate, decay, beta1, beta2, hold
        See `RecurrentRule`.

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

    def propose(self, probe: Probe) -> Proposal:
        """Eligibility traces times randomly fed back errors, then Adam."""
        net = probe.net
        assert isinstance(net, RNN)
        drawn = net.init(len(probe.theta), rng=probe.fixed_generator())
        feedback = net.unpack(drawn)["Wo"]
        loss, slopes = eligibility_gradient(net, probe.theta, probe.batch, feedback)
        probe.learn_gradient(loss, slopes)
        return self.descend(probe, loss, slopes)
