"""A forward pass of many tiny perceptrons, prepared once and run many times.

At a thousand networks of seventeen weights a training step is a few dozen microseconds, of which
making arrays and views is a large part. Here they are made once: one matrix product for the first
layer with its biases, sums of long vectors for the others, and the squared error of sigmoid
outputs without the sigmoid: with t = tanh(z / 2) the output is (t + 1) / 2, so the error is
(t - (2 y - 1)) / 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dopamine_wp.networks.losses import Loss

#: Up to so many squared errors are added up in the network's own dtype.
_FEW = 64

Activation = Callable[[np.ndarray], object]


class PreparedPass:
    """The losses of N perceptrons whose parameters lie in one array (P, N), replica last.

    Parameters
    ----------
    parameters : ndarray, shape (P, N), C-contiguous
        Read anew at every call.
    places : list of (start, inputs, outputs)
        Where the layers lie: weights, then biases.
    activation : callable
        Squashes hidden activity in place.
    halved_tanh : bool
        Whether the outputs are sigmoids that are judged by their squared error.
    loss_function : Loss
        For all other outputs.
    """

    def __init__(
        self,
        parameters: np.ndarray,
        places: list[tuple[int, int, int]],
        activation: Activation,
        halved_tanh: bool,
        loss_function: Loss,
    ) -> None:
        self._parameters = parameters
        self._places = places
        self._activation = activation
        self._halved_tanh = halved_tanh
        self._loss_function = loss_function
        self._samples = 0
        start, n_in, n_out = places[0]
        # The biases of a layer follow its weights: they are the weights of a constant input
        self._first = parameters[start : start + (n_in + 1) * n_out].reshape(n_in + 1, -1)
        self._later = [
            (
                parameters[start : start + n_in * n_out].reshape(n_in, n_out, -1),
                parameters[start + n_in * n_out : start + (n_in + 1) * n_out],
            )
            for start, n_in, n_out in places[1:]
        ]

    def bind(self, X: np.ndarray, Y: np.ndarray) -> None:
        """Take another batch, X (B, I) and Y (B, O)."""
        dtype, n = self._parameters.dtype, self._parameters.shape[1]
        self._inputs = np.ones((len(X), X.shape[1] + 1), dtype)
        self._inputs[:, :-1] = X
        self._targets = Y
        self._signs = (2 * Y - 1).astype(dtype)[..., None]
        self._divisor = float(self._loss_function.count(Y.shape) * (4 if self._halved_tanh else 1))
        self._sum_type = dtype if Y.size <= _FEW else np.dtype(np.float64)
        if len(X) == self._samples:
            return
        self._samples = len(X)
        self._activity = [
            np.empty((self._samples, n_out, n), dtype) for _, _, n_out in self._places
        ]
        self._flat_first = self._activity[0].reshape(self._samples, -1)
        self._errors = self._activity[-1].reshape(-1, n)

    def __call__(self) -> np.ndarray:
        """Return the losses (N,), float64, on the batch."""
        np.matmul(self._inputs, self._first, self._flat_first)
        h = self._activity[0]
        for (weights, bias), result in zip(self._later, self._activity[1:], strict=True):
            self._activation(h)
            if weights.shape[1] == 1:
                np.einsum("bir,ir->br", h, weights[:, 0], out=result[:, 0])
            else:
                np.einsum("bir,ior->bor", h, weights, out=result)
            np.add(result, bias, result)
            h = result
        if not self._halved_tanh:
            total = self._loss_function.total(h.transpose(2, 0, 1), self._targets)
            return np.divide(total, self._divisor)
        np.multiply(h, h.dtype.type(0.5), h)
        np.tanh(h, h)
        np.subtract(h, self._signs, h)
        total = np.einsum("sn,sn->n", self._errors, self._errors, dtype=self._sum_type)
        return np.divide(total, self._divisor, dtype=np.float64)
