"""DopamineVPlus: DopamineV that knows the readout exactly."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Network, UnitBlock
from dopamine_wp.optimizers.base import Proposal
from dopamine_wp.optimizers.gauss_newton import (
    GaussNewton,
    NormalEquations,
    agreement_with,
    damped_step,
    reactions,
)
from dopamine_wp.optimizers.probe import Directions, Probe

#: Dampings of the readout, relative to that of the directions, that are tried at every step.
READOUT_DAMPING = (1.0, 0.01)


@dataclass(frozen=True)
class DopamineVPlus(GaussNewton):
    """Vector RPE along random directions, and the exact reactions to the readout weights.

    theta = [r | readout]. The directions xi_k, k = 1..K, are random on r and zero on the readout;
    to their reactions ``D_k = (o(theta + sigma xi_k) - o(theta)) / sigma`` a row for every readout
    weight is appended, the activity that it weighs. With A and b as in `DopamineV`, t_r and t_o the
    means of diag(A) over directions and readout, for rho in (1, 0.01)
    ``a = -(A + lam diag(t_r, ..., rho t_o, ...) + 1e-12 mean(diag A) I)^-1 b``; the candidate with
    the smaller loss on the same batch is taken; keeping and damping are those of `DopamineV`.

    Parameters
    ----------
    perturbations : int, default 48
        K.
    rate, sigma, lam0, up, down, lam_min, lam_max, decay, hold
        See `GaussNewton`.

    Raises
    ------
    ValueError
        For parameters out of range; when training a network without a linear readout.

    Notes
    -----
    For recurrent networks that are too large for `DopamineK`; use batches of 8 windows. Costs K + 3
    forward passes a step. It reads the activity that the readout weighs. One step ahead it has half
    the error of `DopamineV` on Lorenz, but not on all series (docs/dopamine.md); several steps
    ahead it is not to be relied upon.

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

    _: KW_ONLY
    perturbations: int = 48

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.whole(self.name, "perturbations", self.perturbations)

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
        lam = self.damping(probe)

        # The better of the candidates, each damped in its own way
        candidate, best = probe.theta, np.full(len(loss), np.inf)
        expected = np.zeros(len(loss))
        floor = 1e-12 * np.einsum("rkk->rk", equations.A).mean(axis=1)
        for rho in READOUT_DAMPING:
            a = probe.rate * damped_step(equations.A, equations.b, lam, K, rho, floor)
            tried = directions.theta_plus(_on_directions(a, K))
            tried[:, readout] = probe.theta[:, readout] + a[:, K:].astype(tried.dtype)
            tried_loss = probe.loss_of(tried)
            better = np.where(np.isfinite(tried_loss), tried_loss, np.inf) < best
            candidate = np.where(better[:, None], tried, candidate)
            best = np.where(better, tried_loss, best)
            expected = np.where(better, equations.expected_gain(a), expected)

        gain = np.where(np.isfinite(best), loss - best, -np.inf)
        agreement = agreement_with(gain, expected)
        return Proposal(
            theta=candidate,
            loss=loss,
            keep=(gain > 0) & (expected > 0),
            candidate_loss=best,
            rate=probe.rate,
            rpe=self.mean_prediction_error(equations, K),
            agreement=agreement,
            state={"damping": self.next_damping(lam, agreement)},
        )

    def _equations(self, probe: Probe, directions: Directions, readout: slice) -> NormalEquations:
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
