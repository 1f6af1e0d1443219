"""What the rules share that let every output report its own reward prediction error.

The rows of D are the reactions of the outputs to a step along each direction. In steps a along
them the loss is, to second order of Gauss and Newton, ``L + b.a + a' A a / 2``. `NormalEquations`
adds up A and b, block by block in time; the damping follows D. Marquardt, J. SIAM 11 (1963).
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import UnitBlock
from dopamine_wp.networks.losses import Loss
from dopamine_wp.optimizers.base import Optimizer
from dopamine_wp.optimizers.probe import Probe


@dataclass(frozen=True)
class GaussNewton(Optimizer):
    """Base class of the rules that move along a damped quadratic.

    Parameters
    ----------
    rate : float, default 1.0
        Fraction of the step that is taken.
    sigma : float, default 1e-3
        Size of the perturbation.
    lam0 : float, default 1.0
        Initial damping lam.
    up, down : float, default 2.0, 1.5
        Factors of the damping.
    lam_min, lam_max : float, default 1e-8, 1e8
        Range of the damping.
    decay, hold
        See `Optimizer`.

    Raises
    ------
    ValueError
        For parameters out of range, by name.
    """

    rate: float = 1.0
    _: KW_ONLY
    sigma: float = 1e-3
    lam0: float = 1.0
    up: float = 2.0
    down: float = 1.5
    lam_min: float = 1e-8
    lam_max: float = 1e8

    needs: ClassVar[str] = "outputs"

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "sigma", self.sigma, minimum=0)
        _checks.real(self.name, "lam_min", self.lam_min, above=0)
        _checks.real(self.name, "lam_max", self.lam_max, minimum=self.lam_min)
        _checks.real(self.name, "lam0", self.lam0, minimum=self.lam_min, maximum=self.lam_max)
        _checks.real(self.name, "up", self.up, minimum=1)
        _checks.real(self.name, "down", self.down, minimum=1)

    def _is_idle(self, probe: Probe) -> bool:
        return self.sigma == 0 or super()._is_idle(probe)

    def damping(self, probe: Probe) -> np.ndarray:
        """Return lam (R,) as the last step has left it."""
        return probe.state.get("damping", np.full(len(probe.theta), float(self.lam0)))

    def next_damping(self, lam: np.ndarray, agreement: np.ndarray) -> np.ndarray:
        """Return lam / down above an agreement of 1/2, lam up below 1/4; NaN leaves it alone."""
        falls, rises = agreement > 0.5, agreement < 0.25
        factor = np.where(falls, 1 / self.down, np.where(rises, self.up, 1.0))
        return np.clip(lam * factor, self.lam_min, self.lam_max)

    def mean_prediction_error(self, equations: NormalEquations, directions: int) -> np.ndarray:
        """Return the mean of sigma b_k + sigma^2 A_kk / 2 (R,) over the first directions.

        For the squared error each is exactly L(theta + sigma xi_k) - L(theta).
        """
        curved = np.einsum("rkk->rk", equations.A)[:, :directions]
        slope = equations.b[:, :directions] + self.sigma / 2 * curved
        return self.sigma * slope.mean(axis=1)


def damped_step(
    curvature: np.ndarray,
    b: np.ndarray,
    lam: np.ndarray,
    directions: int,
    rho: float,
    floor: np.ndarray | float,
) -> np.ndarray:
    """Return ``-(A + lam diag(d) + floor I)^-1 b`` (R, K), zero where nothing reacts.

    d is the mean of diag(A) over the first `directions` there, and `rho` times its mean over the
    rest (the readout) on the rest.
    """
    diagonal = np.einsum("rkk->rk", curvature)
    scale = np.empty_like(diagonal)
    for part, factor in ((slice(directions), 1.0), (slice(directions, None), rho)):
        if diagonal[:, part].size:
            scale[:, part] = factor * diagonal[:, part].mean(axis=1, keepdims=True)
    flat = ~(diagonal.sum(axis=1) > 0)
    system = curvature.copy()
    np.einsum("rkk->rk", system)[...] += lam[:, None] * scale + (floor + flat)[:, None]
    step = -np.linalg.solve(system, b[..., None])[..., 0]
    step[flat] = 0
    return step


class NormalEquations:
    """A (R, K, K) and b (R, K) of one batch, with the loss at theta, added up over blocks.

    Squared error: ``A = 2 D D' / n``, ``b = 2 D (o - y) / n``. Cross-entropy, with o the logits and
    p the probabilities: ``A = D C D' / n``, ``b = D (p - y) / n``, C = diag(p (1 - p)) for a
    sigmoid, diag(p) - p p' per sample for a softmax.

    Parameters
    ----------
    loss_function : Loss
        Of the network.
    replicas, directions : int
        R and K.
    """

    def __init__(self, loss_function: Loss, replicas: int, directions: int) -> None:
        self._function = loss_function
        self.A = np.zeros((replicas, directions, directions))
        self.b = np.zeros((replicas, directions))
        self.total = np.zeros(replicas)

    def add_loss(self, outputs: np.ndarray, targets: np.ndarray) -> None:
        """Add the loss of one block of outputs (R, ..., O)."""
        self.total += self._function.total(outputs, targets)

    def add(self, D: np.ndarray, outputs: np.ndarray, targets: np.ndarray) -> None:
        """Add one block: reactions D (K, R, ..., O) and the outputs (R, ..., O) at theta."""
        bent = as_rows(self._function.curvature_times(outputs, D))
        slope = self._function.slope(outputs, targets).astype(D.dtype, copy=False)
        rows = as_rows(D)
        self.A += rows @ bent.swapaxes(1, 2)
        self.b += (rows @ slope.reshape(len(slope), -1, 1))[..., 0]

    def divide(self, count: int) -> None:
        """Turn the sums into means, and put zeros where a perturbed copy was not finite."""
        A, b = self.A, self.b
        dead = ~(np.isfinite(np.einsum("rkk->rk", A)) & np.isfinite(b))
        A[dead] = 0
        A.swapaxes(1, 2)[dead] = 0
        b[dead] = 0
        A /= count
        b /= count
        self.total /= count

    def put(self, start: int, part: NormalEquations) -> None:
        """Take over the results of some replicas, the first of which is `start`."""
        replicas = slice(start, start + len(part.total))
        self.A[replicas], self.b[replicas], self.total[replicas] = part.A, part.b, part.total

    def expected_gain(self, a: np.ndarray) -> np.ndarray:
        """Return ``-(a.b + a' A a / 2)`` (R,), what the step a (R, K) gains in the quadratic."""
        return -((a * self.b).sum(axis=1) + np.einsum("rk,rkl,rl->r", a, self.A, a) / 2)


def as_rows(values: np.ndarray) -> np.ndarray:
    """Turn (K, R, ..., O) into (R, K, n)."""
    return values.reshape(*values.shape[:2], -1).swapaxes(0, 1)


def agreement_with(gain: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return actual over expected gain in [-1, 1], NaN where nothing is expected."""
    ratio = np.full(len(gain), np.nan)
    np.divide(gain, expected, out=ratio, where=expected > 0)
    return np.clip(ratio, -1, 1)


def reactions(block: UnitBlock, base: np.ndarray, sigma: float) -> np.ndarray:
    """Return D (K, R, ..., O): differences of the copies, then the activity the readout weighs."""
    differences = (block.outputs[1:] - base) / sigma
    if block.features is None:
        return differences
    # The weight from feature j to output c, or the bias of c, moves output c only
    n_outputs = base.shape[-1]
    ones = np.ones((*block.features.shape[:-1], 1))
    features = np.moveaxis(np.concatenate([block.features, ones], axis=-1), -1, 0)
    rows = np.zeros((len(features), n_outputs, *base.shape))
    for output in range(n_outputs):
        rows[:, output, ..., output] = features
    return np.concatenate([differences, rows.reshape(-1, *base.shape)])
