"""Multi-layer perceptrons, R replicas at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Batch, Network
from dopamine_wp.networks.layouts import Layout, ReplicaFirst, ReplicaLast
from dopamine_wp.networks.losses import (
    Loss,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    sigmoid,
)
from dopamine_wp.networks.prepared import PreparedPass

HIDDEN = ("tanh", "sigmoid", "relu")
OUTPUT = ("linear", "sigmoid", "softmax")
_CROSS_ENTROPY = ("cross_entropy", "cross-entropy", "ce")

#: From so many replicas on, and up to this layer width, the replica-last layout is faster.
_REPLICA_LAST_FROM = 50
_REPLICA_LAST_WIDTH = 32


class MLP(Network):
    """Multi-layer perceptron: h <- f(h W + b), layer by layer.

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, input first. Two numbers make a network without hidden layer.
    hidden : {"tanh", "sigmoid", "relu"}, default "tanh"
        Activation f of the hidden layers.
    output : {"linear", "sigmoid", "softmax"}, default "linear"
        Activation of the output layer; "softmax" goes with `loss` "cross_entropy" only.
    loss : {"mse", "cross_entropy"}, default "mse"
        "mse" is the mean over batch and outputs of (o - y)^2. "cross_entropy" (also spelled
        "cross-entropy" or "ce") needs a sigmoid output (mean over batch and outputs) or a softmax
        output (mean over batch).
    dtype : {float64, float32}, keyword, default float64
        Arithmetic of parameters and activity.

    Attributes
    ----------
    sizes : tuple of int
    shapes : dict
        ``W1 (I, J)``, ``b1 (J,)``, ``W2`` ... in the order of `theta`.

    Raises
    ------
    ValueError
        For fewer than two sizes, a size below 1, unknown names or combinations.

    Notes
    -----
    Batches are ``X (B, I)`` and ``Y (B, O)``. Initial weights are Glorot-uniform,
    U(-a, a) with a = sqrt(6 / (I + J)) (X. Glorot, Y. Bengio, AISTATS 2010, equation 16);
    biases start at zero. At the kink of relu the gradient is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from dopamine_wp import MLP, tasks
    >>> net = MLP((2, 4, 1), hidden="tanh", output="sigmoid")
    >>> theta = net.init(replicas=3, rng=0)
    >>> theta.shape, net.loss(theta, tasks.xor()).shape
    ((3, 17), (3,))
    """

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: Literal["tanh", "sigmoid", "relu"] = "tanh",
        output: Literal["linear", "sigmoid", "softmax"] = "linear",
        loss: str = "mse",
        dtype: Any = np.float64,
    ) -> None:
        self.sizes = _checks.wholes("MLP", "sizes", sizes, fewest=2)
        _checks.choice("MLP", "hidden", hidden, HIDDEN)
        _checks.choice("MLP", "output", output, OUTPUT)
        self.hidden = hidden
        self.output = output
        shapes: dict[str, tuple[int, ...]] = {}
        # Where a layer begins in a row of theta, and its sizes
        self._places: list[tuple[int, int, int]] = []
        start = 0
        for layer, (n_in, n_out) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), 1):
            shapes[f"W{layer}"] = (n_in, n_out)
            shapes[f"b{layer}"] = (n_out,)
            self._places.append((start, n_in, n_out))
            start += (n_in + 1) * n_out
        super().__init__(shapes, _choose_loss(output, loss), dtype)
        self._squared = isinstance(self.loss_function, MeanSquaredError)

    def __repr__(self) -> str:
        return (
            f"MLP({self.sizes}, hidden={self.hidden!r}, output={self.output!r}, "
            f"loss={self.loss_function.name!r}, dtype={self.dtype.name})"
        )

    def memory_order(self, replicas: int) -> Literal["C", "F"]:
        """Return "F" (replica-last) for many tiny networks, else "C"."""
        tiny = max(self.sizes) <= _REPLICA_LAST_WIDTH
        return "F" if replicas >= _REPLICA_LAST_FROM and tiny else "C"

    def as_batch(self, batch: Any) -> Batch:
        """Return the pair (X (B, I), Y (B, O)) in the network's dtype; see `Network.loss`."""
        X, Y = self._split_batch(batch)
        n_in, n_out = self.sizes[0], self.sizes[-1]
        if X.ndim == 1 and Y.ndim == 1 and X.shape == (n_in,) and Y.shape == (n_out,):
            X, Y = X[None], Y[None]
        fits = X.ndim == 2 and Y.ndim == 2 and len(X) == len(Y) > 0
        if not fits or X.shape[1] != n_in or Y.shape[1] != n_out:
            raise ValueError(
                f"MLP: a batch must be X (samples, {n_in}) and Y (samples, {n_out}) with at least "
                f"one sample, not {X.shape} and {Y.shape}"
            )
        return np.asarray(X, self.dtype), np.asarray(Y, self.dtype)

    def _as_inputs(self, X: Any) -> tuple[np.ndarray, bool]:
        array = _checks.numbers_array("MLP", "X", X, self.dtype)
        single = array.ndim == 1
        if single:
            array = array[None]
        if array.ndim != 2 or len(array) == 0 or array.shape[1] != self.sizes[0]:
            raise ValueError(
                f"MLP: X must have shape (samples, {self.sizes[0]}) with at least one sample, "
                f"not {np.shape(X)}"
            )
        return array, single

    def _initialize(self, views: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        for name, view in views.items():
            if name.startswith("W"):
                limit = np.sqrt(6 / sum(view.shape[1:]))
                view[...] = rng.uniform(-limit, limit, view.shape)

    def _outputs(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        layout = _layout(theta)
        return layout.replicas_first(self._forward(theta, X, layout)[-1])

    def _output_blocks(
        self, theta: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        yield self._outputs(theta, batch[0]), batch[1]

    def prepare(self, parameters: np.ndarray) -> PreparedPass:
        """Return a prepared forward pass; see `Network.prepare`."""
        halved_tanh = self.output == "sigmoid" and self._squared
        return PreparedPass(
            parameters, self._places, self._activation, halved_tanh, self.loss_function
        )

    def _forward(self, theta: np.ndarray, X: np.ndarray, layout: type[Layout]) -> list[np.ndarray]:
        """Return the activity of every layer, the input first, raw outputs last."""
        activity = [X]
        for weights, bias in self._layers(theta, layout):
            h = layout.affine(activity[-1], weights, bias)
            last = len(activity) == len(self.sizes) - 1
            activity.append(self._output_activation(h) if last else self._activation(h))
        return activity

    def _layers(
        self, theta: np.ndarray, layout: type[Layout]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return views of the weights and biases of every layer."""
        return [layout.parameters(theta, *place) for place in self._places]

    def _activation(self, z: np.ndarray) -> np.ndarray:
        if self.hidden == "tanh":
            return np.tanh(z, out=z)
        if self.hidden == "relu":
            return np.maximum(z, 0, out=z)
        return sigmoid(z, out=z)

    def _output_activation(self, z: np.ndarray) -> np.ndarray:
        # The entropies work on logits; only a squared error sees the sigmoid's result.
        return sigmoid(z) if self._squared and self.output == "sigmoid" else z

    def _tangent_blocks(
        self, theta: np.ndarray, direction: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        X, Y = batch
        layout = _layout(theta)
        along = np.asarray(direction, theta.dtype, order="F" if layout is ReplicaLast else "C")
        h, tangent = X, None
        layers, changes = self._layers(theta, layout), self._layers(along, layout)
        for layer, ((W, b), (dW, db)) in enumerate(zip(layers, changes, strict=True), 1):
            # z = h W + b and its derivative dh W + h dW + db
            slope = layout.affine(h, dW, db)
            if tangent is not None:
                slope += layout.affine(tangent, W, np.zeros_like(b))
            z = layout.affine(h, W, b)
            if layer < len(layers):
                h = self._activation(z)
                tangent = slope * self._derivative(h)
                continue
            h = self._output_activation(z)
            if self._squared and self.output == "sigmoid":
                slope *= h * (1 - h)
            yield layout.replicas_first(h), layout.replicas_first(slope), Y

    def feedback_gradient(
        self, theta: np.ndarray, batch: Batch, feedback: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return losses (R,) and the slopes (R, P) of feedback alignment, unchecked.

        The weights in `feedback` (R, P) take the place of those in theta on the way back.
        """
        return self._gradient(theta, batch, feedback)

    def _gradient(
        self, theta: np.ndarray, batch: Batch, feedback: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        X, Y = batch
        layout = _layout(theta)
        activity = self._forward(theta, X, layout)
        outputs = layout.replicas_first(activity[-1])
        count = self.sample_count(batch)
        loss = self.loss_function.total(outputs, Y) / count

        gradient = np.empty_like(theta)
        delta = layout.native(self.loss_function.slope(outputs, Y) / count)
        if self.output == "sigmoid" and self._squared:
            delta = delta * activity[-1] * (1 - activity[-1])
        backward = theta
        if feedback is not None:
            order: Literal["C", "F"] = "F" if layout is ReplicaLast else "C"
            backward = np.asarray(feedback, theta.dtype, order=order)
        layers, targets = self._layers(backward, layout), self._layers(gradient, layout)
        for layer in reversed(range(len(layers))):
            h = activity[layer]
            targets[layer][0][...], targets[layer][1][...] = layout.parameter_gradient(h, delta)
            if layer:
                delta = layout.input_gradient(delta, layers[layer][0]) * self._derivative(h)
        return loss, gradient

    def _derivative(self, h: np.ndarray) -> np.ndarray:
        """Return f'(z) as a function of the activity h = f(z)."""
        if self.hidden == "tanh":
            return 1 - h * h
        if self.hidden == "relu":
            return (h > 0).astype(h.dtype)
        return h * (1 - h)


def _layout(theta: np.ndarray) -> type[Layout]:
    """Choose the layout that `theta` lies in; anything but plain F order is replica-first."""
    last = theta.flags.f_contiguous and not theta.flags.c_contiguous
    return ReplicaLast if last else ReplicaFirst


def _choose_loss(output: str, loss: str) -> Loss:
    """Return the loss that belongs to an output activation, refusing what does not fit."""
    _checks.choice("MLP", "loss", loss, ("mse", *_CROSS_ENTROPY))
    if loss == "mse":
        if output == "softmax":
            raise ValueError("MLP.loss: must be 'cross_entropy' with a softmax output, not 'mse'")
        return MeanSquaredError()
    if output == "linear":
        raise ValueError(
            "MLP.output: must be 'sigmoid' or 'softmax' with cross-entropy, not 'linear'"
        )
    return SigmoidCrossEntropy() if output == "sigmoid" else SoftmaxCrossEntropy()
