"""The two memory layouts of a layer of many replicas.

`ReplicaFirst` keeps every replica together, (R, batch, units), and multiplies matrices replica by
replica: right for few or wide networks. `ReplicaLast` lets the replica run fastest, (batch, units,
R): the first layer is one matrix product for all replicas and the others are sums over units of
long vectors, which is 2 to 4 times faster for a hundred and more tiny networks, where the start
of each small matrix product would dominate.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np


class Layout(ABC):
    """Affine layers of R replicas; `h` is a shared input (B, I) or activity in this layout."""

    @staticmethod
    @abstractmethod
    def parameters(
        theta: np.ndarray, start: int, n_in: int, n_out: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return views of the weights and biases that begin at column `start` of `theta`."""

    @staticmethod
    @abstractmethod
    def affine(h: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Return ``h @ weights + bias`` for every replica."""

    @staticmethod
    @abstractmethod
    def parameter_gradient(h: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the gradients of weights and biases, given that of the layer's result."""

    @staticmethod
    @abstractmethod
    def input_gradient(delta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the gradient of the layer's input, given that of its result."""

    @staticmethod
    @abstractmethod
    def replicas_first(h: np.ndarray) -> np.ndarray:
        """Return `h` as a view of shape (R, batch, units)."""

    @staticmethod
    @abstractmethod
    def native(h: np.ndarray) -> np.ndarray:
        """Undo `replicas_first`."""


class ReplicaFirst(Layout):
    """Activity (R, batch, units); theta in C order."""

    @staticmethod
    def parameters(
        theta: np.ndarray, start: int, n_in: int, n_out: int
    ) -> tuple[np.ndarray, np.ndarray]:
        stop = start + n_in * n_out
        weights = theta[:, start:stop].reshape(len(theta), n_in, n_out)
        return weights, theta[:, None, stop : stop + n_out]

    @staticmethod
    def affine(h: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
        result = h @ weights
        result += bias
        return result

    @staticmethod
    def parameter_gradient(h: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return h.swapaxes(-1, -2) @ delta, delta.sum(axis=1, keepdims=True)

    @staticmethod
    def input_gradient(delta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return delta @ weights.swapaxes(-1, -2)

    @staticmethod
    def replicas_first(h: np.ndarray) -> np.ndarray:
        return h

    @staticmethod
    def native(h: np.ndarray) -> np.ndarray:
        return h


class ReplicaLast(Layout):
    """Activity (batch, units, R); theta in F order."""

    @staticmethod
    def parameters(
        theta: np.ndarray, start: int, n_in: int, n_out: int
    ) -> tuple[np.ndarray, np.ndarray]:
        stop = start + n_in * n_out
        columns = theta.T
        return columns[start:stop].reshape(n_in, n_out, len(theta)), columns[stop : stop + n_out]

    @staticmethod
    def affine(h: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
        if h.ndim == 2:
            n_in, n_out, replicas = weights.shape
            result = (h @ weights.reshape(n_in, -1)).reshape(len(h), n_out, replicas)
        else:
            result = np.einsum("bir,ior->bor", h, weights)
        result += bias
        return result

    @staticmethod
    def parameter_gradient(h: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        subscripts = "bi,bor->ior" if h.ndim == 2 else "bir,bor->ior"
        return np.einsum(subscripts, h, delta), delta.sum(axis=0)

    @staticmethod
    def input_gradient(delta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.einsum("bor,ior->bir", delta, weights)

    @staticmethod
    def replicas_first(h: np.ndarray) -> np.ndarray:
        return h.transpose(2, 0, 1)

    @staticmethod
    def native(h: np.ndarray) -> np.ndarray:
        return h.transpose(1, 2, 0)
