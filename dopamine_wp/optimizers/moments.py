"""The step of Adam, shared by `Adam` and `Dopamine2`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def adam_step(
    estimate: np.ndarray,
    state: Mapping[str, np.ndarray],
    *,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the direction of Adam, to be multiplied by the rate and subtracted.

    ``m <- beta1 m + (1 - beta1) g``, ``q <- beta2 q + (1 - beta2) g^2``, direction
    ``(m / (1 - beta1^t)) / (sqrt(q / (1 - beta2^t)) + eps)`` (D. Kingma, J. Ba,
    arXiv:1412.6980, algorithm 1).

    Parameters
    ----------
    estimate : ndarray, shape (R, P)
        g, a gradient or an estimate of its direction.
    state : mapping
        ``mean``, ``square`` (R, P) and ``updates`` (R,); empty at first.
    beta1, beta2, eps : float
        Constants of the rule.

    Returns
    -------
    direction : ndarray, shape (R, P)
    state : dict
        The updated moments.
    """
    updates = state.get("updates", np.zeros(len(estimate))) + 1
    mean = (1 - beta1) * estimate
    square = estimate * estimate
    square *= 1 - beta2
    if "mean" in state:
        mean += beta1 * state["mean"]
        square += beta2 * state["square"]
    correction = [(1 - beta**updates).astype(estimate.dtype)[:, None] for beta in (beta1, beta2)]
    direction = square / correction[1]
    np.sqrt(direction, out=direction)
    direction += eps
    direction *= correction[0]
    np.divide(mean, direction, out=direction)
    return direction, {"mean": mean, "square": square, "updates": updates}
