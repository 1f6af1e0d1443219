"""What the rules share that let every output report its own reward prediction error.

The rows of D are the reactions of the outputs to a step along each direction. In steps a along
them the loss is, to second order of Gauss and Newton, ``L + b.a + a' A a / 2``. `NormalEquations`
adds up A and b, block by block in time; the damping follows D. Marquardt, J. SIAM 11 (1963).
"""

from __future__ import annotations

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import UnitBlock
from dopamine_wp.networks.losses import Loss


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


def check_damping(
    owner: str, *, lam0: float, lam_min: float, lam_max: float, up: float, down: float
) -> None:
    """Refuse a damping, its range or its factors where they are out of range."""
    _checks.real(owner, "lam_min", lam_min, above=0)
    _checks.real(owner, "lam_max", lam_max, minimum=lam_min)
    _checks.real(owner, "lam0", lam0, minimum=lam_min, maximum=lam_max)
    _checks.real(owner, "up", up, minimum=1)
    _checks.real(owner, "down", down, minimum=1)


def as_rows(values: np.ndarray) -> np.ndarray:
    """Turn (K, R, ..., O) into (R, K, n)."""
    return values.reshape(*values.shape[:2], -1).swapaxes(0, 1)


def agreement_with(gain: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return actual over expected gain in [-1, 1], NaN where nothing is expected."""
    ratio = np.full(len(gain), np.nan)
    np.divide(gain, expected, out=ratio, where=expected > 0)
    return np.clip(ratio, -1, 1)


def next_damping(
    lam: np.ndarray,
    agreement: np.ndarray,
    *,
    up: float,
    down: float,
    lam_min: float,
    lam_max: float,
) -> np.ndarray:
    """Return lam / down above an agreement of 1/2, lam up below 1/4; NaN leaves it alone."""
    factor = np.where(agreement > 0.5, 1 / down, np.where(agreement < 0.25, up, 1.0))
    return np.clip(lam * factor, lam_min, lam_max)


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
