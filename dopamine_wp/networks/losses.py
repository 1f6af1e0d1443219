r"""Losses and what second-order rules need of them.

A loss is a sum over samples divided by a count n, so that it can be accumulated block by block
(time blocks of a recurrent network). With raw outputs o and targets y:

=================  ==============================  =======  ============  ==================
loss               value                           n        dL/do * n     d2L/do2 * n
=================  ==============================  =======  ============  ==================
mean squared       sum (o-y)^2 / n                 all o    2 (o-y)       2
sigmoid entropy    sum softplus(o) - y o,  / n     all o    p-y           p (1-p)
softmax entropy    sum -y log p,  / n              samples  p-y           diag(p) - p p'
=================  ==============================  =======  ============  ==================

For the entropies o are logits and p the probabilities. Sums are added up in float64 whatever the
dtype of the network, since the difference of two nearly equal losses is what the perturbation
rules live on.

Reference: C. M. Bishop, "Pattern Recognition and Machine Learning" (2006), sections 5.2 and 5.4.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np


class Loss(ABC):
    """A loss on raw outputs of shape (R, ..., O) and targets of shape (..., O)."""

    #: Name by which a network is asked for this loss.
    name: str

    def count(self, shape: tuple[int, ...]) -> int:
        """Return n, the divisor of the loss, for targets of `shape`."""
        return math.prod(shape)

    @abstractmethod
    def total(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the summed loss of every replica, shape (R,), float64."""

    @abstractmethod
    def slope(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the derivative of the summed loss with respect to the outputs."""

    @abstractmethod
    def curvature_times(self, outputs: np.ndarray, change: np.ndarray) -> np.ndarray:
        """Return the Hessian of the summed loss in the outputs times `change` (..., R, ..., O)."""

    @abstractmethod
    def readable(self, outputs: np.ndarray) -> np.ndarray:
        """Turn raw outputs into what a user expects to see (probabilities for the entropies)."""


class MeanSquaredError(Loss):
    """Mean over batch, time and outputs of (o - y)^2."""

    name = "mse"

    def total(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        error = outputs - targets
        error *= error
        return error.sum(axis=tuple(range(1, error.ndim)), dtype=np.float64)

    def slope(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return 2 * (outputs - targets)

    def curvature_times(self, outputs: np.ndarray, change: np.ndarray) -> np.ndarray:
        return 2 * change

    def readable(self, outputs: np.ndarray) -> np.ndarray:
        return outputs


class SigmoidCrossEntropy(Loss):
    """Mean over batch and outputs of the entropy of independent yes/no targets."""

    name = "cross_entropy"

    def total(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        entropy = np.logaddexp(0, outputs) - targets * outputs
        return entropy.sum(axis=tuple(range(1, entropy.ndim)), dtype=np.float64)

    def slope(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return sigmoid(outputs) - targets

    def curvature_times(self, outputs: np.ndarray, change: np.ndarray) -> np.ndarray:
        probability = sigmoid(outputs)
        return probability * (1 - probability) * change

    def readable(self, outputs: np.ndarray) -> np.ndarray:
        return sigmoid(outputs)


class SoftmaxCrossEntropy(Loss):
    """Mean over samples of the entropy of one choice among the outputs."""

    name = "cross_entropy"

    def count(self, shape: tuple[int, ...]) -> int:
        return math.prod(shape[:-1])

    def total(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        peak = outputs.max(axis=-1, keepdims=True)
        log_sum = np.log(np.exp(outputs - peak).sum(axis=-1, keepdims=True)) + peak
        entropy = targets * (log_sum - outputs)
        return entropy.sum(axis=tuple(range(1, entropy.ndim)), dtype=np.float64)

    def slope(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        # Targets that do not add up to 1 weigh their sample by their sum.
        return softmax(outputs) * targets.sum(axis=-1, keepdims=True) - targets

    def curvature_times(self, outputs: np.ndarray, change: np.ndarray) -> np.ndarray:
        probability = softmax(outputs)
        mean = (probability * change).sum(axis=-1, keepdims=True)
        return probability * (change - mean)

    def readable(self, outputs: np.ndarray) -> np.ndarray:
        return softmax(outputs)


def sigmoid(values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return 1 / (1 + exp(-values)) without overflow, in the dtype of `values` and in `out`.

    The form with tanh is used because NumPy vectorizes tanh for float32.
    """
    result = np.divide(values, 2, out=out)
    np.tanh(result, out=result)
    result += 1
    result /= 2
    return result


def softmax(values: np.ndarray) -> np.ndarray:
    """Return exp(values) normalized over the last axis, without overflow."""
    result = np.exp(values - values.max(axis=-1, keepdims=True))
    result /= result.sum(axis=-1, keepdims=True)
    return result
