"""FeedbackAlignment: back-propagation through fixed random weights."""

from __future__ import annotations

from dataclasses import dataclass

from dopamine_wp.networks.base import Network
from dopamine_wp.networks.mlp import MLP
from dopamine_wp.optimizers.base import Optimizer, Proposal
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class FeedbackAlignment(Optimizer):
    """Gradient descent whose errors travel back through random weights B instead of W.

    ``delta_l = (delta_{l+1} B') f'(z_l)``, B drawn once like the initial weights; forward weights
    align with them while learning. For `MLP` only.

    Parameters
    ----------
    rate : float, default 0.1
        Learning rate eta.
    decay, hold
        See `Optimizer`.

    Raises
    ------
    ValueError
        When training anything but an `MLP`.

    Notes
    -----
    Costs 3 forward-pass equivalents, as back-propagation. Without hidden layer it is `SGD`.

    References
    ----------
    T. Lillicrap, D. Cownden, D. Tweed, C. Akerman, Nature Communications 7, 13276 (2016).

    Examples
    --------
    >>> from dopamine_wp import MLP, FeedbackAlignment, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, FeedbackAlignment(), tasks.xor(), theta=net.init(rng=0), steps=3)
    >>> float(history.fpe[-1])
    9.0
    """

    rate: float = 0.1

    def check_network(self, net: Network) -> None:
        """Refuse all networks but perceptrons."""
        super().check_network(net)
        if not isinstance(net, MLP):
            raise ValueError(f"{self.name}: trains networks of the class MLP only, not {net!r}")

    def propose(self, probe: Probe) -> Proposal:
        """theta - eta times the slopes that came through B"""
        net = probe.net
        assert isinstance(net, MLP)
        feedback = net.init(len(probe.theta), rng=probe.fixed_generator())
        loss, slopes = net.feedback_gradient(probe.theta, probe.batch, feedback)
        probe.learn_gradient(loss, slopes)
        return Proposal(probe.theta - probe.rate * slopes, loss=loss, rate=probe.rate)
