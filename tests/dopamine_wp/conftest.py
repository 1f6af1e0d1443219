"""Slow, plain oracles that the fast code is compared with."""

from types import SimpleNamespace

import numpy as np
import pytest


def _numerical_gradient(net, theta, batch, width=1e-6):
    gradient = np.empty_like(theta)
    for p in range(theta.shape[1]):
        shift = np.zeros(theta.shape[1])
        shift[p] = width
        difference = net.loss(theta + shift, batch) - net.loss(theta - shift, batch)
        gradient[:, p] = difference / (2 * width)
    return gradient


def _mlp_outputs(net, theta, X):
    """One replica, one sample, one layer at a time."""
    squash = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    squash["sigmoid"] = lambda z: 1 / (1 + np.exp(-z))
    squash["linear"] = lambda z: z
    squash["softmax"] = lambda z: np.exp(z) / np.exp(z).sum()
    result = []
    for row in theta:
        views = {name: view[0] for name, view in net.unpack(row[None]).items()}
        samples = []
        for h in np.asarray(X, float):
            for layer in range(1, len(net.sizes)):
                h = h @ views[f"W{layer}"] + views[f"b{layer}"]
                h = squash[net.hidden if layer < len(net.sizes) - 1 else net.output](h)
            samples.append(h)
        result.append(samples)
    return np.array(result)


def _rnn_outputs(net, theta, X):
    """One replica, one sample, one time step at a time."""
    result = np.empty((len(theta), *X.shape[:2], net.n_outputs))
    for r, row in enumerate(theta):
        views = {name: view[0] for name, view in net.unpack(row[None]).items()}
        for n, sequence in enumerate(X):
            h = np.zeros(net.n_hidden)
            for t, x in enumerate(sequence):
                z = x @ views["Wx"] + h @ views["Wh"] + views["b"]
                h = (1 - net.leak) * h + net.leak * np.tanh(z)
                y = h @ views["Wo"] + views["bo"]
                result[r, n, t] = y + x if net.residual else y
    return result


@pytest.fixture(scope="session")
def oracles():
    return SimpleNamespace(
        numerical_gradient=_numerical_gradient,
        mlp_outputs=_mlp_outputs,
        rnn_outputs=_rnn_outputs,
    )
