"""NodePerturbation: noise on the units of a recurrent network, credit by discounted rewards."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.local import node_perturbation_gradient
from dopamine_wp.networks.rnn import RNN
from dopamine_wp.optimizers.base import Proposal
from dopamine_wp.optimizers.probe import Probe
from dopamine_wp.optimizers.recurrent import RecurrentRule


@dataclass(frozen=True)
class NodePerturbation(RecurrentRule):
    """Perturb the inputs of the units of an `RNN` instead of its weights.

    ``z_t += sigma nu_t``, ``y_t += 0.3 sigma nu^o_t``; ``delta_t = e'_t^2 - e_t^2`` per sequence
    and time, clipped at 3 root mean squares; credit ``C_t = delta_t + gamma C_{t+1}``; slopes
    ``sum_t h_{t-1}' (nu_t C_t) / (sigma n)`` for Wh, with x_t for Wx and 1 for b, and
    ``sum_t h_t' (nu^o_t delta_t) / (0.3 sigma n)`` for Wo and bo. The slopes go through Adam.

    Parameters
    ----------
    sigma : float, default 3e-4
        Size of the noise on the units.
    gamma : float, default 0.7
        Discount of later errors, at least 0 and at most 1; 1 is unbiased, 0.7 has less variance.
    rate, decay, beta1, beta2, hold
        See `RecurrentRule`.

    Raises
    ------
    ValueError
        For parameters out of range; when training anything but an `RNN`.

    Notes
    -----
    Costs 2 forward passes a step; memory grows with time. It knows every unit's activity and noise,
    which a rule that perturbs weights need not. The history's `rpe` is the mean of delta.

    References
    ----------
    A. Dembo, T. Kailath, IEEE Trans. Neural Networks 1 (1990); I. Fiete, H. Seung, Physical Review
    Letters 97, 048104 (2006). Discount, clipping and Adam are ours.

    Examples
    --------
    >>> from dopamine_wp import RNN, NodePerturbation, series, tasks, train
    >>> task = tasks.forecast(series.henon(3500), rng=0)
    >>> net = RNN(1, 8, 1, washout=task.washout)
    >>> history = train(net, NodePerturbation(), task.batch, theta=net.init(rng=1), steps=5, rng=2)
    >>> float(history.fpe[-1])
    10.0
    """

    _: KW_ONLY
    sigma: float = 3e-4
    gamma: float = 0.7

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "sigma", self.sigma, minimum=0)
        _checks.real(self.name, "gamma", self.gamma, minimum=0, maximum=1)

    def _is_idle(self, probe: Probe) -> bool:
        return self.sigma == 0 or super()._is_idle(probe)

    def propose(self, probe: Probe) -> Proposal:
        """Noise on the units, discounted credit, then Adam."""
        net = probe.net
        assert isinstance(net, RNN)
        loss, slopes, rpe = node_perturbation_gradient(
            net, probe.theta, probe.batch, probe.generator(), sigma=self.sigma, gamma=self.gamma
        )
        probe.charge(1)
        probe.learn_loss(loss)
        probe.charge(1)
        slopes[~(np.isfinite(loss) & np.isfinite(slopes).all(axis=1))] = 0
        return self.descend(probe, loss, slopes, rpe)
