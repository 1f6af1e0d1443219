"""Learning signals of recurrent networks that need no back-propagation through time."""

from __future__ import annotations

import numpy as np

from dopamine_wp.networks.base import Batch
from dopamine_wp.networks.rnn import RNN


def eligibility_gradient(
    net: RNN, theta: np.ndarray, batch: Batch, feedback: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return losses (R,) and the slopes (R, P) of random feedback local online learning.

    Parameters
    ----------
    net : RNN
    theta : ndarray, shape (R, P)
    batch : tuple (X (B, T, d), Y (B, T, q))
    feedback : ndarray, shape (R, H, q)
        What takes the place of Wo on the way back.
    """
    X, Y = (array.astype(net.dtype, copy=False) for array in batch)
    leak, count = net.leak, net.sample_count(batch)
    slopes = np.zeros_like(theta, order="C")
    views, into = net.unpack(theta), net.unpack(slopes)
    M = np.concatenate([views["Wh"], views["Wx"], views["b"][:, None]], axis=1)
    gradient_M = np.zeros_like(M)
    h = np.zeros((len(theta), len(X), net.n_hidden), net.dtype)
    trace = np.zeros((*h.shape, M.shape[1]), net.dtype)
    total = np.zeros(len(theta))
    for t in range(X.shape[1]):
        x = np.broadcast_to(X[:, t], (len(theta), *X[:, t].shape))
        seen = np.concatenate([h, x, np.ones((*h.shape[:2], 1), net.dtype)], axis=2)
        activity = np.tanh(seen @ M)
        h = (1 - leak) * h + leak * activity
        bent = leak * (1 - activity * activity)
        trace = (1 - leak) * trace + bent[..., None] * seen[:, :, None, :]
        if t < net.washout:
            continue
        y = h @ views["Wo"] + views["bo"][:, None]
        if net.residual:
            y = y + x
        total += net.loss_function.total(y, Y[:, t])
        error = net.loss_function.slope(y, Y[:, t]) / count
        into["Wo"] += h.swapaxes(1, 2) @ error
        into["bo"] += error.sum(axis=1)
        signal = error @ feedback.swapaxes(1, 2)
        gradient_M += np.einsum("rbh,rbhj->rjh", signal, trace)
    H = net.n_hidden
    into["Wh"][...], into["Wx"][...] = gradient_M[:, :H], gradient_M[:, H:-1]
    into["b"][...] = gradient_M[:, -1]
    return total / count, slopes


def node_perturbation_gradient(
    net: RNN,
    theta: np.ndarray,
    batch: Batch,
    rng: np.random.Generator,
    *,
    sigma: float,
    gamma: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return losses (R,), slopes (R, P) and mean reward prediction errors (R,).

    See `NodePerturbation` for the formulas. All replicas share the noise.
    """
    X, Y = (array.astype(np.float64) for array in batch)
    (B, T, _), H, q = X.shape, net.n_hidden, net.n_outputs
    noise = rng.standard_normal((T, B, H))
    output_noise = rng.standard_normal((T, B, q))
    output_sigma = 0.3 * sigma
    views = {name: view.astype(np.float64) for name, view in net.unpack(theta).items()}
    plain, quiet = _run(net, views, X, 0 * noise, 0 * output_noise)
    _, moved = _run(net, views, X, sigma * noise, output_sigma * output_noise)
    target = Y.swapaxes(0, 1)
    before, after = ((y - target) ** 2 for y in (quiet, moved))
    before[:, : net.washout] = after[:, : net.washout] = 0
    count = net.sample_count(batch)
    loss = before.sum(axis=(1, 2, 3)) / count

    # Reward prediction errors (R, T, B) and the discounted credit of what came before them
    delta = (after - before).sum(axis=3)
    spread = np.sqrt((delta**2).mean(axis=(1, 2), keepdims=True))
    delta = np.clip(delta, -3 * spread, 3 * spread)
    credit = delta.copy()
    for t in range(T - 2, -1, -1):
        credit[:, t] += gamma * credit[:, t + 1]

    slopes = np.zeros(theta.shape)
    into = net.unpack(slopes)
    earned = credit[..., None] * noise / (sigma * count)
    earned_outputs = delta[..., None] * output_noise / (output_sigma * count)
    into["Wh"][...] = np.einsum("rtbi,rtbj->rij", plain[:, :-1], earned)
    into["Wx"][...] = np.einsum("tbi,rtbj->rij", X.swapaxes(0, 1), earned)
    into["b"][...] = earned.sum(axis=(1, 2))
    into["Wo"][...] = np.einsum("rtbi,rtbj->rij", plain[:, 1:], earned_outputs)
    into["bo"][...] = earned_outputs.sum(axis=(1, 2))
    return loss, slopes.astype(theta.dtype), delta.mean(axis=(1, 2))


def _run(
    net: RNN,
    views: dict[str, np.ndarray],
    X: np.ndarray,
    noise: np.ndarray,
    output_noise: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return activity (R, T + 1, B, H), the zero before the first step included, and outputs."""
    R, (B, T, _), H = len(views["Wh"]), X.shape, net.n_hidden
    h = np.zeros((R, T + 1, B, H))
    y = np.empty((R, T, B, net.n_outputs))
    for t in range(T):
        drive = X[:, t] @ views["Wx"] + h[:, t] @ views["Wh"] + views["b"][:, None] + noise[t]
        h[:, t + 1] = (1 - net.leak) * h[:, t] + net.leak * np.tanh(drive)
        y[:, t] = h[:, t + 1] @ views["Wo"] + views["bo"][:, None] + output_noise[t]
        if net.residual:
            y[:, t] += X[:, t]
    return h, y
