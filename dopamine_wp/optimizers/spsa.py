"""SPSA: simultaneous perturbation with Spall's falling gains."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from dopamine_wp import _checks
from dopamine_wp.optimizers.base import Optimizer, Proposal, mean_over_directions
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class SPSA(Optimizer):
    """Simultaneous perturbation stochastic approximation.

    ``theta <- theta - a_t (L(theta + c_t xi) - L(theta - c_t xi)) / (2 c_t) xi`` with xi of -1 and
    +1, ``a_t = a / (t + 1 + A)^alpha``, ``c_t = c / (t + 1)^gamma``, t = 0, 1, ...

    Parameters
    ----------
    rate : float, default 1.0
        a.
    sigma : float, default 0.01
        c.
    stability : float, default 50
        A, about a tenth of the steps.
    alpha, gamma : float, default 0.602, 0.101
        Exponents of the gains, Spall's practical ones.
    decay, hold
        See `Optimizer`; a decay comes on top of the falling gain.

    Raises
    ------
    ValueError
        For parameters out of range, by name.

    Notes
    -----
    Costs 2 forward passes a step, 3 if the run watches a `stop_loss`. It is `WP`, two-sided, with
    signs and falling gains.

    References
    ----------
    J. Spall, IEEE Trans. Automatic Control 37 (1992); gains: IEEE Trans. Aerospace and Electronic
    Systems 34 (1998), section III.

    Examples
    --------
    >>> from dopamine_wp import MLP, SPSA, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> history = train(net, SPSA(), tasks.xor(), theta=net.init(rng=0), steps=2, rng=1)
    >>> (history.rate[:, 0] * [51**0.602, 52**0.602]).round(9).tolist()
    [1.0, 1.0]
    """

    rate: float = 1.0
    _: KW_ONLY
    sigma: float = 0.01
    stability: float = 50.0
    alpha: float = 0.602
    gamma: float = 0.101

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("alpha", "gamma"):
            _checks.real(self.name, name, getattr(self, name), minimum=0, maximum=10)
        for name in ("sigma", "stability"):
            _checks.real(self.name, name, getattr(self, name), minimum=0)

    def _is_idle(self, probe: Probe) -> bool:
        return self.sigma == 0 or super()._is_idle(probe)

    def propose(self, probe: Probe) -> Proposal:
        """The two-sided difference along one direction, times the gains of this step."""
        gain = probe.rate / (probe.step + 1 + self.stability) ** self.alpha
        width = self.sigma / (probe.step + 1) ** self.gamma
        directions = probe.directions(1, "rademacher")
        delta, loss = directions.loss_differences(width, two_sided=True)
        candidate = directions.theta_plus(-gain / width * delta)
        return Proposal(candidate, loss=loss, rate=gain, rpe=mean_over_directions(delta))
