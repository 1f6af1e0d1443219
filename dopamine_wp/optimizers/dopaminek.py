from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp.networks.base import UnitBlock
from dopamine_wp.optimizers.base import Decay, Optimizer, Proposal
from dopamine_wp.optimizers.gauss_newton import NormalEquations, agreement_with, next_damping
from dopamine_wp.optimizers.probe import Probe

LARGEST = 2000
_BLOCK_BYTES = 2**26


@dataclass(frozen=True)
class DopamineK(Optimizer):
    rate: float = 0.5
    _: KW_ONLY
    decay: Decay = "linear"
    beta: float = 0.85
    sigma: float = 1e-3
    rho: float = 0.01
    lam0: float = 1.0
    up: float = 2.0
    down: float = 1.5
    lam_min: float = 1e-6
    lam_max: float = 1e4
    clip: float = 0.05
    tol: float = 4.0

    def propose(self, probe: Probe) -> Proposal:
        net, theta = probe.net, probe.theta
        readout = net.linear_readout()
        wiggled = net.n_parameters if readout is None else readout.start
        equations = self._equations(probe, wiggled)
        probe.charge(1)
        probe.learn_loss(equations.total)
        probe.charge(wiggled)
        loss, A, b = equations.total, equations.A, equations.b

        G, state = self._remembered(probe, A, np.isfinite(loss))
        lam = probe.state.get("damping", np.full(len(theta), float(self.lam0)))
        delta = probe.rate * self._damped_solution(G, b, lam, wiggled)
        size = np.sqrt((delta[:, :wiggled] ** 2).mean(axis=1))
        delta *= np.minimum(1, self.clip / np.maximum(size, 1e-300))[:, None]
        candidate = (theta + delta).astype(theta.dtype)
        expected = equations.expected_gain(delta)
        candidate_loss = probe.loss_of(candidate)
        gain = np.where(np.isfinite(candidate_loss), loss - candidate_loss, -np.inf)
        agreement = agreement_with(gain, expected)
        keep = np.isfinite(candidate_loss) & (candidate_loss < self.tol * loss)
        judged = np.where(keep | np.isnan(agreement), agreement, -1)
        damping = next_damping(
            lam, judged, up=self.up, down=self.down, lam_min=self.lam_min, lam_max=self.lam_max
        )
        state["damping"] = damping
        return Proposal(
            theta=candidate, loss=loss, keep=keep, candidate_loss=candidate_loss,
            rate=probe.rate, rpe=None, agreement=agreement, state=state,
        )

    def _equations(self, probe: Probe, wiggled: int) -> NormalEquations:
        net = probe.net
        replicas, P = probe.theta.shape
        result = NormalEquations(net.loss_function, replicas, P)
        for block in net.unit_blocks(probe.theta, probe.batch, wiggled, self.sigma):
            base = block.outputs[0].astype(np.float64)
            D = np.empty((P, *base.shape))
            np.subtract(block.outputs[1:], base, out=D[:wiggled])
            D[:wiggled] /= self.sigma
            if wiggled < P:
                D[wiggled:] = _readout_rows(block)
            result.add_loss(base, block.targets)
            result.add(D, base, block.targets)
        result.divide(net.sample_count(probe.batch))
        return result

    def _remembered(self, probe, A, finite):
        S = probe.state.get("curvature", np.zeros_like(A))
        t = probe.state.get("updates", np.zeros(len(A)))
        S = np.where(finite[:, None, None], self.beta * S + (1 - self.beta) * A, S)
        t = t + finite
        return S / (1 - self.beta ** np.maximum(t, 1))[:, None, None], {"curvature": S, "updates": t}

    def _damped_solution(self, G, b, lam, wiggled):
        P = b.shape[1]
        diagonal = np.einsum("rkk->rk", G)
        scale = np.empty_like(b)
        scale[:, :wiggled] = diagonal[:, :wiggled].mean(axis=1, keepdims=True)
        if wiggled < P:
            scale[:, wiggled:] = self.rho * diagonal[:, wiggled:].mean(axis=1, keepdims=True)
        flat = ~(diagonal.sum(axis=1) > 0)
        system = G.copy()
        np.einsum("rkk->rk", system)[...] += lam[:, None] * scale + 1e-12 + flat[:, None]
        delta = -np.linalg.solve(system, b[..., None])[..., 0]
        delta[flat] = 0
        return delta


def _readout_rows(block: UnitBlock) -> np.ndarray:
    features = block.features
    n_out = block.outputs.shape[-1]
    ones = np.ones((*features.shape[:-1], 1))
    extended = np.moveaxis(np.concatenate([features, ones], axis=-1), -1, 0)
    rows = extended[:, None, ..., None] * np.eye(n_out).reshape(1, n_out, *[1] * (features.ndim - 1), n_out)
    return rows.reshape(-1, *rows.shape[2:])
