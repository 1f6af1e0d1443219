"""Adaptive coding of the reward prediction error, shared by the scalar Dopamine rules."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dopamine_wp.optimizers.base import mean_over_directions


def adaptive_coding(
    slope: np.ndarray,
    state: Mapping[str, np.ndarray],
    *,
    beta_v: float,
    clip: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Measure the felt slopes in units of their own spread.

    ``v <- beta_v v + (1 - beta_v) mean_k d_k^2``, ``vh = v / (1 - beta_v^t)``,
    ``s_k = clip(d_k / (sqrt(vh) + eps), -clip, clip)``.

    Parameters
    ----------
    slope : ndarray, shape (K, R)
        d_k = delta_k / sigma_t.
    state : mapping
        ``second_moment`` (R,), v, and ``steps`` (R,), t, of the last step; empty at first.
    beta_v : float
        Memory of the running second moment.
    clip : float
        Largest size of a coded burst.
    eps : float
        Guards against division by zero only: a larger value would tie the rule to the scale of
        the loss.

    Returns
    -------
    burst : ndarray, shape (K, R)
        s_k; zero where all slopes have been zero.
    state : dict
        The updated ``second_moment`` and ``steps``.
    """
    replicas = slope.shape[1]
    t = state.get("steps", np.zeros(replicas)) + 1
    v = beta_v * state.get("second_moment", np.zeros(replicas))
    v = v + (1 - beta_v) * mean_over_directions(slope * slope)
    spread = np.sqrt(v / (1 - beta_v**t))
    burst = np.clip(slope / (spread + eps), -clip, clip)
    return burst, {"second_moment": v, "steps": t}
