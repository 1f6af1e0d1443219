"""DopamineVPlus: DopamineV that knows the readout exactly."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Network, UnitBlock
from dopamine_wp.optimizers.base import Optimizer, Proposal
from dopamine_wp.optimizers.gauss_newton import (
    NormalEquations,
    agreement_with,
    check_damping,
    next_damping,
    reactions,
)
from dopamine_wp.optimizers.probe import Directions, Probe

#: Dampings of the readout, relative to that of the directions, that are tried at every step.
READOUT_DAMPING = (1.0, 0.01)


@dataclass(frozen=True)
class DopamineVPlus(Optimizer):
    """Vector RPE along random directions, and the exact reactions to the readout weights.

    theta = [r | readout]. The directions xi_k, k = 1..K, are random on r and zero on the readout;
    to their reactions ``D_k = (o(theta + sigma xi_k) - o(theta)) / sigma`` a row for every readout
    weight is appended, the activity that it weighs. With A and b as in `DopamineV`, t_r and t_o the
    means of diag(A) over directions and readout, for rho in (1, 0.01)
    ``a = -(A + lam diag(t_r, ..., rho t_o, ...) + 1e-12 mean(diag A) I)^-1 b``; the candidate with
    the smaller loss on the same batch is taken; keeping and damping are those of `DopamineV`.

    Parameters
    ----------
    rate : float, default 1.0
        Fraction of the step that is taken.
    perturbations : int, default 48
        K.
    sigma : float, default 1e-3
        Size of the perturbation.
    lam0, up, down, lam_min, lam_max
        The damping, as in `DopamineV`.
    decay, hold
        See `Optimizer`.

    Raises
    ------
    ValueError
        For parameters out of range; when training a network without a linear readout.

    Notes
    -----
    For recurrent networks that are too large for `DopamineK`; use batches of 8 windows. Costs K + 3
    forward passes a step. It reads the activity that the readout weighs. One step ahead it is about
    twice as good as `DopamineV`; several steps ahead it is not to be relied upon.

    References
    ----------
    Ours; see docs/dopamine.md.

    Examples
    --------
    >>> from dopamine_wp import RNN, DopamineVPlus, series, tasks, train
    >>> task = tasks.forecast(series.henon(3500), batch_size=8, rng=0)
    >>> net = RNN(1, 8, 1, washout=task.washout)
    >>> history = train(net, DopamineVPlus(), task.batch, theta=net.init(rng=1), steps=2, rng=2)
    >>> float(history.fpe[-1])
    51.0
    """

    rate: float = 1.0
    _: KW_ONLY
    perturbations: int = 48
    sigma: float = 1e-3
    lam0: float = 1.0
    up: float = 2.0
    down: float = 1.5
    lam_min: float = 1e-8
    lam_max: float = 1e8

    needs = "outputs"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.whole(self.name, "perturbations", self.perturbations)
        _checks.real(self.name, "sigma", self.sigma, minimum=0)
        check_damping(
            self.name, lam0=self.lam0, lam_min=self.lam_min, lam_max=self.lam_max,
            up=self.up, down=self.down,
        )

    def _is_idle(self, probe: Probe) -> bool:
        return self.sigma == 0 or super()._is_idle(probe)

    def check_network(self, net: Network) -> None:
        """Refuse a network without outputs or a linear readout."""
        super().check_network(net)
        if net.linear_readout() is None:
            raise ValueError(f"{self.name}: needs a linear readout, which {net!r} does not offer")

    def propose(self, probe: Probe) -> Proposal:
        """Reactions, one candidate for every damping of the readout, the better one."""
        readout = probe.net.linear_readout()
        assert readout is not None
        K = min(self.perturbations, readout.start)
        directions = probe.directions(K)
        equations = self._equations(probe, directions, readout)
        loss = equations.total
        lam = probe.state.get("damping", np.full(len(loss), float(self.lam0)))

        # The better of the candidates, each damped in its own way
        candidate, best = probe.theta, np.full(len(loss), np.inf)
        expected = np.zeros(len(loss))
        for rho in READOUT_DAMPING:
            a = probe.rate * _damped_step(equations, lam, rho, K)
            tried = directions.theta_plus(_on_directions(a, K))
            tried[:, readout] = probe.theta[:, readout] + a[:, K:].astype(tried.dtype)
            tried_loss = probe.loss_of(tried)
            better = np.where(np.isfinite(tried_loss), tried_loss, np.inf) < best
            candidate = np.where(better[:, None], tried, candidate)
            best = np.where(better, tried_loss, best)
            expected = np.where(better, equations.expected_gain(a), expected)

        gain = np.where(np.isfinite(best), loss - best, -np.inf)
        agreement = agreement_with(gain, expected)
        damping = next_damping(
            lam, agreement, up=self.up, down=self.down, lam_min=self.lam_min, lam_max=self.lam_max
        )
        slope = equations.b[:, :K] + self.sigma / 2 * np.einsum("rkk->rk", equations.A)[:, :K]
        return Proposal(
            theta=candidate,
            loss=loss,
            keep=(gain > 0) & (expected > 0),
            candidate_loss=best,
            rate=probe.rate,
            rpe=self.sigma * slope.mean(axis=1),
            agreement=agreement,
            state={"damping": damping},
        )

    def _equations(
        self, probe: Probe, directions: Directions, readout: slice
    ) -> NormalEquations:
        """Return A and b over directions and readout."""
        net, theta = probe.net, probe.theta
        replicas = len(theta)
        copies = directions.stacked(self.sigma, with_theta=True)
        # The readout itself is not perturbed
        copies.reshape(-1, *theta.shape)[..., readout] = theta[:, readout]
        size = directions.count + readout.stop - readout.start
        equations = NormalEquations(net.loss_function, replicas, size)
        for outputs, targets, features in net.feature_blocks(copies, probe.batch):
            stacked = outputs.reshape(-1, replicas, *outputs.shape[1:])
            block = UnitBlock(stacked, targets, features[:replicas])
            base = block.outputs[0].astype(np.float64)
            equations.add_loss(base, targets)
            equations.add(reactions(block, base, self.sigma), base, targets)
        equations.divide(net.sample_count(probe.batch))
        probe.charge(1)
        probe.learn_loss(equations.total)
        probe.charge(directions.count)
        return equations


def _on_directions(a: np.ndarray, K: int) -> np.ndarray:
    return np.ascontiguousarray(a[:, :K].T)


def _damped_step(equations: NormalEquations, lam: np.ndarray, rho: float, K: int) -> np.ndarray:
    """Return the damped solution (R, K + readout), zero where nothing reacts."""
    diagonal = np.einsum("rkk->rk", equations.A)
    scale = np.empty_like(diagonal)
    scale[:, :K] = diagonal[:, :K].mean(axis=1, keepdims=True)
    scale[:, K:] = rho * diagonal[:, K:].mean(axis=1, keepdims=True)
    flat = ~(diagonal.sum(axis=1) > 0)
    floor = 1e-12 * diagonal.mean(axis=1) + flat
    system = equations.A.copy()
    np.einsum("rkk->rk", system)[...] += lam[:, None] * scale + floor[:, None]
    a = -np.linalg.solve(system, equations.b[..., None])[..., 0]
    a[flat] = 0
    return a
