"""Dopamine2: one learning rate per synapse, from coded reward prediction errors."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from dopamine_wp import _checks
from dopamine_wp.optimizers.base import Decay, PerturbationOptimizer, Proposal, mean_over_directions
from dopamine_wp.optimizers.coding import adaptive_coding
from dopamine_wp.optimizers.moments import adam_step
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class Dopamine2(PerturbationOptimizer):
    """Weight perturbation with coded reward prediction errors and a rate per synapse.

    The bursts s_k are those of `Dopamine1` (steps 1 to 3, with sigma_t from the scheduled rate);
    ``u = mean_k s_k xi_k`` then takes the place of the gradient in Adam::

        m <- beta1 m + (1 - beta1) u
        q <- beta2 q + (1 - beta2) u^2
        theta <- theta - eta_t (m / (1 - beta1^t)) / (sqrt(q / (1 - beta2^t)) + eps)

    Parameters
    ----------
    rate : float, default 0.003
        Learning rate eta; 0.03 to 0.1 on XOR.
    decay : {None, "linear"}, default "linear"
        Decay to zero over the run.
    beta1 : float, default 0.99
        Memory of the mean; 0.9 on XOR.
    beta2 : float, default 0.999
        Memory of the square.
    eps : float, default 1e-8
        Guards the division by the root of q.
    sigma, sigma_rel, sigma_min, beta_v, clip
        See `Dopamine1`.
    perturbations, two_sided, noise, hold
        See `PerturbationOptimizer` and `Optimizer`.

    Raises
    ------
    ValueError
        For parameters out of range, by name.

    Notes
    -----
    Costs K + 1 forward passes a step (2 K two-sided). E[u_i^2] is nearly equal over the synapses
    when P is large, so the rates per synapse add little; a single scalar is almost as good. The
    same is reported for zeroth-order fine-tuning in arXiv:2605.03869.

    References
    ----------
    Our definition after the abstract of arXiv:2510.22178, which gives no formula; see
    docs/dopamine.md.

    Examples
    --------
    >>> from dopamine_wp import MLP, Dopamine2, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> rule = Dopamine2(0.05, beta1=0.9)
    >>> history = train(net, rule, tasks.xor(), theta=net.init(rng=0), steps=4, rng=1)
    >>> history.rate[:, 0].round(4).tolist()
    [0.05, 0.0375, 0.025, 0.0125]
    """

    rate: float = 0.003
    _: KW_ONLY
    decay: Decay = "linear"
    sigma: float = 1e-2
    beta1: float = 0.99
    beta2: float = 0.999
    eps: float = 1e-8
    sigma_rel: float = 0.1
    sigma_min: float = 1e-6
    beta_v: float = 0.95
    clip: float = 3.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("beta1", "beta2", "beta_v"):
            _checks.real(self.name, name, getattr(self, name), minimum=0, below=1)
        for name in ("eps", "sigma_rel", "sigma_min", "clip"):
            _checks.real(self.name, name, getattr(self, name), above=0)

    def propose(self, probe: Probe) -> Proposal:
        """Coded bursts along the perturbations, then Adam."""
        sigma = min(max(self.sigma_rel * probe.rate, self.sigma_min), self.sigma)
        directions = probe.directions(self.perturbations, self.noise)
        delta, loss = directions.loss_differences(sigma, self.two_sided)
        burst, coding = adaptive_coding(
            delta / sigma, probe.state, beta_v=self.beta_v, clip=self.clip, eps=1e-30
        )
        u = directions.weighted_sum(burst / len(burst))
        candidate, moments = adam_step(
            u, probe.state, beta1=self.beta1, beta2=self.beta2, eps=self.eps
        )
        candidate *= -probe.rate
        candidate += probe.theta
        return Proposal(
            theta=candidate,
            loss=loss,
            rate=probe.rate,
            rpe=mean_over_directions(delta),
            state=coding | moments,
        )
