"""DopamineV: every output unit and time step reports its own reward prediction error."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.noise import NOISES
from dopamine_wp.optimizers.base import Noise, Proposal
from dopamine_wp.optimizers.gauss_newton import GaussNewton, NormalEquations, agreement_with
from dopamine_wp.optimizers.probe import Directions, Probe


@dataclass(frozen=True)
class DopamineV(GaussNewton):
    """Vector reward prediction error: Gauss-Newton in a random subspace, without derivatives.

    With outputs o (n numbers), targets y and everything on the same batch:

    1. ``D_k = (o(theta + sigma xi_k) - o(theta)) / sigma``
    2. mean squared error: ``A = 2 D D' / n``, ``b = 2 D (o - y) / n``; cross-entropy: o are
       logits, ``A = D C D' / n``, ``b = D (p - y) / n`` with C = diag(p (1 - p)) for sigmoid and
       diag(p) - p p' per sample for softmax outputs
    3. ``a = -(A + lam tr(A) / K I)^-1 b``, candidate ``theta + rate sum_k a_k xi_k``
    4. expected gain ``p = -(rate a.b + rate^2 a' A a / 2)``, actual gain
       ``g = L(theta) - L(candidate)``; the candidate is kept if g > 0
    5. r = g / p: above 1/2 ``lam <- lam / down``, below 1/4 ``lam <- lam up``

    Parameters
    ----------
    rate : float, default 1.0
        Fraction of the step a that is taken.
    perturbations : int, default 64
        K; 64 suits recurrent networks, 8 to 16 tiny ones. Above P it is P.
    sigma : float, default 1e-3
        Size of the perturbation.
    lam0, up, down, lam_min, lam_max
        The damping; see `GaussNewton`.
    noise : {"normal", "rademacher"}, default "normal"
        Distribution of the directions.
    decay, hold
        See `Optimizer`. Holding a mini-batch makes this rule worse.

    Raises
    ------
    ValueError
        For parameters out of range, by name.

    Notes
    -----
    Recommended whenever outputs and targets are visible, not just a reward. Costs K + 2 forward
    passes a step, K + 1 when the batch is held, since the candidate's outputs are the next o.
    The K + 1 copies run side by side in time and A, b are added up per time block, so memory is
    K (P + B H) + K^2 whatever T is (a held batch adds R times the size of the targets). The
    batch must be large: n = B (T - washout) q >> K.

    The history's `rpe` is the mean of sigma b_k + sigma^2 A_kk / 2, which for the squared error
    is exactly L(theta + sigma xi_k) - L(theta); `agreement` is r clipped to [-1, 1]. Where the
    outputs do not react at all (tr(A) = 0) nothing moves and the agreement is NaN.

    References
    ----------
    Our extension of the idea of arXiv:2510.22178; damping as in D. Marquardt, J. SIAM 11 (1963).
    Derived in docs/dopamine.md.

    Examples
    --------
    >>> from dopamine_wp import MLP, DopamineV, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> rule = DopamineV(perturbations=8)
    >>> history = train(net, rule, tasks.xor(), theta=net.init(rng=0), steps=40, rng=1)
    >>> bool(history.loss[-1, 0] < 0.01)
    True
    """

    _: KW_ONLY
    perturbations: int = 64
    noise: Noise = "normal"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.whole(self.name, "perturbations", self.perturbations)
        _checks.choice(self.name, "noise", self.noise, NOISES)

    def propose(self, probe: Probe) -> Proposal:
        """Steps 1 to 5 of the class."""
        lam = self.damping(probe)
        directions = probe.directions(min(self.perturbations, probe.net.n_parameters), self.noise)
        equations, outputs = self._reactions(probe, directions)
        A, b, loss = equations.A, equations.b, probe.loss()

        # The damped step in the subspace, and what it is expected to gain
        a = probe.rate * _damped_solution(A, b, lam)
        expected = equations.expected_gain(a)
        candidate = directions.theta_plus(a.T)

        # What it gains on the same batch, and the damping that follows
        candidate_loss, candidate_outputs = _evaluate_candidate(probe, candidate)
        gain = np.where(np.isfinite(candidate_loss), loss - candidate_loss, -np.inf)
        agreement = agreement_with(gain, expected)
        keep = (gain > 0) & (expected > 0)
        state = {"damping": self.next_damping(lam, agreement)}
        if candidate_outputs is not None and outputs is not None:
            state["outputs"] = np.where(keep[:, None], candidate_outputs, outputs)
        return Proposal(
            theta=candidate,
            loss=loss,
            keep=keep,
            candidate_loss=candidate_loss,
            rate=probe.rate,
            rpe=self.mean_prediction_error(equations, directions.count),
            agreement=agreement,
            state=state,
        )

    def _reactions(
        self, probe: Probe, directions: Directions
    ) -> tuple[NormalEquations, np.ndarray | None]:
        """Return A and b and, if the batch is held, the outputs (R, n) at theta."""
        replicas, K = len(probe.theta), directions.count
        stored = probe.state.get("outputs") if probe.known_loss is not None else None
        copies = directions.stacked(self.sigma, with_theta=stored is None)
        equations = NormalEquations(probe.net.loss_function, replicas, K)
        kept, start = [], 0
        for outputs, targets in probe.net.output_blocks(copies, probe.batch):
            moved = outputs.reshape(-1, replicas, *outputs.shape[1:])
            if stored is None:
                base, moved = moved[0], moved[1:]
                equations.add_loss(base, targets)
            else:
                stop = start + outputs[0].size
                base = stored[:, start:stop].reshape(replicas, *outputs.shape[1:])
                start = stop
            if stored is None and probe.next_batch_same:
                kept.append(base.reshape(replicas, -1).copy())
            equations.add((moved - base) / moved.dtype.type(self.sigma), base, targets)

        equations.divide(probe.net.sample_count(probe.batch))
        if stored is None:
            probe.charge(1)
            probe.learn_loss(equations.total)
        probe.charge(K)
        return equations, np.concatenate(kept, axis=1) if kept else stored


def _damped_solution(A: np.ndarray, b: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """Return -(A + lam tr(A) / K I)^-1 b, zero where tr(A) is zero."""
    K = b.shape[1]
    damping = lam * np.einsum("rkk->r", A) / K
    flat = ~(damping > 0)
    system = A + np.where(flat, 1.0, damping)[:, None, None] * np.eye(K)
    a = -np.linalg.solve(system, b[..., None])[..., 0]
    a[flat] = 0
    return a


def _evaluate_candidate(
    probe: Probe, candidate: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the candidate's loss (R,) and, if the next step sees this batch too, its outputs."""
    if not probe.next_batch_same:
        return probe.loss_of(candidate), None
    total, kept = np.zeros(len(candidate)), []
    for outputs, targets in probe.net.output_blocks(candidate, probe.batch):
        total += probe.net.loss_function.total(outputs, targets)
        kept.append(outputs.reshape(len(candidate), -1).copy())
    probe.charge(1)
    return total / probe.net.sample_count(probe.batch), np.concatenate(kept, axis=1)
