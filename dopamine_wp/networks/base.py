"""What every network offers: one parameter array for all replicas, losses, outputs, gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.losses import Loss, MeanSquaredError
from dopamine_wp.networks.prepared import PreparedPass

Batch = tuple[np.ndarray, np.ndarray]
RandomSource = int | np.random.Generator | np.random.SeedSequence | None


class UnitBlock(NamedTuple):
    """A block of `Network.unit_blocks`; views that are valid until the next block is asked for.

    Attributes
    ----------
    outputs : ndarray, shape (1 + count, R, ..., O)
        Raw outputs at theta, then those of the copies.
    targets : ndarray, shape (..., O)
    features : ndarray, shape (R, ..., F), or None
        What the linear readout sees at theta.
    """

    outputs: np.ndarray
    targets: np.ndarray
    features: np.ndarray | None


class Network:
    """Base class of the networks: R independent replicas in one array `theta` of shape (R, P).

    A new network says in `shapes` what its parameters are and defines one method, `_outputs`.
    Rules for it:

    1. `shapes` names the parameters and their shapes in the order in which they lie in a row of
       `theta`; weights are ``W[i, j]`` from unit i to unit j.
    2. `_outputs` returns raw outputs ``(R, B, ..., O)`` for inputs ``(B, ...)``.
    3. `_initialize` may fill the named views of a fresh `theta`; by default matrices are
       N(0, 1 / fan-in) and vectors zero.
    4. `_gradient` may return losses ``(R,)`` and gradients ``(R, P)``; rules that need a gradient
       refuse a network without it.
    5. `_output_blocks` may yield raw outputs ``(R, ..., O)`` piecewise, with the targets
       ``(..., O)`` they belong to; blocks may be views that are valid until the next one.
    6. `as_batch` and `_as_inputs` may check more than that samples are as many and not none.
    7. No state: a network is a description, safe to share between threads.

    Replicas never influence each other. All arithmetic is done in `dtype`, losses are summed in
    float64.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        Names and shapes of the parameters of one replica.
    loss : Loss, default mean squared error
        From `dopamine_wp.networks.losses`.
    dtype : {float64, float32}, default float64

    Attributes
    ----------
    shapes : dict of str to tuple of int
        Names and shapes of the parameters of one replica.
    n_parameters : int
        P, the length of one row of `theta`.
    dtype : numpy.dtype
        float32 or float64.
    loss_function : Loss
        The loss as a function of raw outputs and targets.
    fpe_unit : str
        What a cost of 1 stands for: "batch", a forward pass over one batch, whatever its size, or
        a number of sequences, such as "16 sequences".
    """

    fpe_unit: str = "batch"

    #: Whether None is refused as `batches` of `train`.
    needs_batches: bool = True

    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        loss: Loss | None = None,
        dtype: Any = np.float64,
    ) -> None:
        owner = type(self).__name__
        self.shapes = {
            name: _checks.wholes(owner, f"shapes[{name!r}]", shape, fewest=int(shape != ()))
            for name, shape in dict(shapes).items()
        }
        if not self.shapes:
            raise _checks.refuse(owner, "shapes", "shapes of at least one array, by name", shapes)
        self.loss_function = MeanSquaredError() if loss is None else loss
        self.dtype = _checks.float_type(owner, dtype)
        self.n_parameters = sum(math.prod(shape) for shape in self.shapes.values())

    def __repr__(self) -> str:
        # Histories keep it to tell whether a resumed run has the same network: no address in it
        return f"{type(self).__name__}({self.shapes}, dtype={self.dtype.name})"

    # Public interface

    def init(self, replicas: int = 1, *, rng: RandomSource = None) -> np.ndarray:
        """Draw initial parameters.

        Parameters
        ----------
        replicas : int, default 1
            R, the number of independent networks.
        rng : int, Generator or None, keyword only
            Seed or generator; None draws entropy from the operating system.

        Returns
        -------
        ndarray, shape (R, P), the network's dtype
            One row per replica.

        Raises
        ------
        ValueError
            If `replicas` is below 1.
        """
        _checks.whole(f"{type(self).__name__}.init", "replicas", replicas)
        theta = np.zeros((replicas, self.n_parameters), self.dtype)
        owner = f"{type(self).__name__}.init"
        self._initialize(self.unpack(theta), _checks.generator(owner, rng))
        return theta

    def unpack(self, theta: np.ndarray) -> dict[str, np.ndarray]:
        """Return named views of `theta`.

        Parameters
        ----------
        theta : ndarray, shape (R, P)
            Parameters, or anything laid out like them (a gradient, a perturbation).

        Returns
        -------
        dict of str to ndarray, shape (R, ...)
            Views: writing to them changes `theta`.

        Raises
        ------
        ValueError
            If `theta` is not two-dimensional or P is wrong.
        """
        self._check_theta(theta)
        views, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + math.prod(shape)
            views[name] = theta[:, start:stop].reshape(len(theta), *shape)
            start = stop
        return views

    def loss(self, theta: np.ndarray, batch: Batch) -> np.ndarray:
        """Return the loss of every replica on one batch: one forward pass.

        Parameters
        ----------
        theta : array_like, shape (R, P)
            Parameters.
        batch : tuple (X, Y) of array_like
            Inputs and targets, samples first; all replicas see the same batch.

        Returns
        -------
        ndarray, shape (R,), float64
            Non-finite where a replica has diverged; no warning is given.

        Raises
        ------
        ValueError
            If shapes do not fit, naming the shapes; if the batch is empty.
        """
        theta = self.as_theta(theta)
        batch = self.as_batch(batch)
        with np.errstate(all="ignore"):
            return self.evaluate(theta, batch)

    def outputs(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return the outputs of every replica.

        Parameters
        ----------
        theta : array_like, shape (R, P)
            Parameters.
        X : array_like
            Inputs, samples first; without the sample axis it is one sample, and the result has
            no sample axis either.

        Returns
        -------
        ndarray, shape (R, ..., O), the network's dtype
            Probabilities for a cross-entropy loss.

        Raises
        ------
        ValueError
            If shapes do not fit or `X` is empty.
        """
        theta = self.as_theta(theta)
        inputs, single = self._as_inputs(X)
        with np.errstate(all="ignore"):
            result = self.loss_function.readable(self._outputs(theta, inputs))
        return result[:, 0] if single else result

    def gradient(self, theta: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        """Return loss and exact gradient of every replica by back-propagation.

        Costs three forward-pass equivalents.

        Parameters
        ----------
        theta : array_like, shape (R, P)
            Parameters.
        batch : tuple (X, Y) of array_like
            Inputs and targets, samples first.

        Returns
        -------
        loss : ndarray, shape (R,), float64
        gradient : ndarray, shape (R, P), the network's dtype

        Raises
        ------
        ValueError
            If shapes do not fit or the batch is empty.
        """
        theta = self.as_theta(theta)
        batch = self.as_batch(batch)
        with np.errstate(all="ignore"):
            return self.evaluate_gradient(theta, batch)

    # For optimizers: no checks, no error state

    def memory_order(self, replicas: int) -> Literal["C", "F"]:
        """Return the memory order of `theta` in which this network is fastest.

        "C" keeps the parameters of a replica together, "F" lets the replica run fastest. The
        order changes speed and the last bits of results, nothing else.
        """
        return "C"

    def evaluate(self, theta: np.ndarray, batch: Batch) -> np.ndarray:
        """Return the losses (R,) of checked arguments; callers silence floating-point warnings."""
        total = np.zeros(len(theta))
        for outputs, targets in self._output_blocks(theta, batch):
            total += self.loss_function.total(outputs, targets)
        return total / self.sample_count(batch)

    def prepare(self, parameters: np.ndarray) -> PreparedPass | None:
        """Return a forward pass over networks whose parameters lie in (P, N), to run many times.

        None (the default) where there is nothing to gain; `evaluate` is used then.
        """
        return None

    def evaluate_gradient(self, theta: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        """Return losses (R,) and gradients (R, P) of checked arguments, like `evaluate`."""
        return self._gradient(theta, batch)

    def evaluate_slope(
        self, theta: np.ndarray, direction: np.ndarray, batch: Batch
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return losses (R,) and their derivatives (R,) along a direction (R, P), unchecked."""
        total, slope = np.zeros((2, len(theta)))
        for outputs, tangents, targets in self._tangent_blocks(theta, direction, batch):
            total += self.loss_function.total(outputs, targets)
            change = self.loss_function.slope(outputs, targets) * tangents
            slope += change.reshape(len(theta), -1).sum(axis=1, dtype=np.float64)
        count = self.sample_count(batch)
        return total / count, slope / count

    def feature_blocks(
        self, theta: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield outputs and targets as `output_blocks` does, with the features of the readout."""
        raise ValueError(f"{self!r}: has no linear readout")

    def output_blocks(
        self, theta: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield raw outputs (R, ..., O) and their targets (..., O), block by block.

        The sum over the blocks of the losses, divided by `sample_count`, is the loss. A block is
        valid until the next one is asked for, so that memory does not grow with time.
        """
        return self._output_blocks(theta, batch)

    def pass_cost(self, batch: Batch) -> float:
        """Return the cost of a forward pass over `batch` in the network's `fpe_unit`."""
        return 1.0

    def linear_readout(self) -> slice | None:
        """Return the columns of theta, at its end, that weigh features linearly into outputs.

        They are the weights ``(F, O)`` of the F features that `unit_blocks` yields, then the
        biases ``(O,)``. None (the default) if there is no such readout.
        """
        return None

    def unit_blocks(
        self, theta: np.ndarray, batch: Batch, count: int, sigma: float
    ) -> Iterator[UnitBlock]:
        """Yield the outputs of theta and of `count` copies of it, block by block.

        In copy k the parameter k, of every replica, is larger by `sigma`. The features are those
        of `linear_readout`, at theta; None without a readout.
        """
        copies = np.repeat(theta[None], count + 1, axis=0)
        copies[np.arange(1, count + 1), :, np.arange(count)] += self.dtype.type(sigma)
        flat = copies.reshape(-1, self.n_parameters)
        for outputs, targets in self._output_blocks(flat, batch):
            stacked = outputs.reshape(count + 1, len(theta), *outputs.shape[1:])
            yield UnitBlock(stacked, targets, None)

    def unit_memory(self, batch: Batch, count: int) -> int:
        """Return how many numbers `unit_blocks` keeps for every replica."""
        return (count + 1) * (self.n_parameters + batch[1].size)

    def sample_count(self, batch: Batch) -> int:
        """Return n, by which the summed loss of `batch` is divided."""
        return self.loss_function.count(batch[1].shape)

    def as_theta(self, theta: Any) -> np.ndarray:
        """Return `theta` as a checked array of the network's dtype, without a copy if possible."""
        array = _checks.numbers_array(type(self).__name__, "theta", theta, self.dtype)
        self._check_theta(array)
        return array

    def as_batch(self, batch: Any) -> Batch:
        """Return `batch` as a checked pair of arrays; raise ValueError naming the shapes."""
        X, Y = self._split_batch(batch)
        if X.ndim == 0 or Y.ndim == 0 or len(X) != len(Y) or X.size == 0 or Y.size == 0:
            raise ValueError(
                f"{type(self).__name__}: a batch must be X and Y with as many samples, at least "
                f"one, not {X.shape} and {Y.shape}"
            )
        return np.asarray(X, self.dtype), np.asarray(Y, self.dtype)

    def offers(self, what: str) -> bool:
        """Tell what there is to learn from.

        "losses", those of single "trials", "outputs", the exact "slope" along a direction, or the
        "gradient".
        """
        cls = type(self)
        outputs = cls._outputs is not Network._outputs
        blocks = cls._output_blocks is not Network._output_blocks
        return {
            "losses": True,
            "trials": outputs or blocks,
            "outputs": outputs or blocks,
            "slope": cls._tangent_blocks is not Network._tangent_blocks,
            "gradient": cls._gradient is not Network._gradient,
        }[what]

    # For subclasses

    def _outputs(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        raise ValueError(f"{self!r}: shows its losses only, no outputs")

    def _initialize(self, views: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        for view in views.values():
            if view.ndim > 2:
                view[...] = rng.standard_normal(view.shape) / np.sqrt(math.prod(view.shape[1:-1]))

    def _as_inputs(self, X: Any) -> tuple[np.ndarray, bool]:
        array = _checks.numbers_array(type(self).__name__, "X", X, self.dtype)
        if array.size == 0 or array.ndim == 0:
            raise ValueError(
                f"{type(self).__name__}: X must have at least one sample, not {array.shape}"
            )
        return array, False

    def _output_blocks(
        self, theta: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        X, Y = batch
        outputs = self._outputs(theta, X)
        if np.shape(outputs) != (len(theta), *Y.shape):
            raise ValueError(
                f"{type(self).__name__}: outputs must have the shape {(len(theta), *Y.shape)} of "
                f"replicas and targets, not {np.shape(outputs)}"
            )
        yield outputs, Y

    def _tangent_blocks(
        self, theta: np.ndarray, direction: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield raw outputs, their derivatives along `direction`, and targets."""
        raise ValueError(f"{self!r}: has no derivative along a direction")

    def _gradient(self, theta: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        raise ValueError(f"{self!r}: has no gradient")

    def _check_theta(self, theta: np.ndarray) -> None:
        shape = np.shape(theta)
        if len(shape) != 2 or shape[0] < 1 or shape[1] != self.n_parameters:
            raise ValueError(
                f"{type(self).__name__}: theta must have shape (replicas, {self.n_parameters}), "
                f"not {shape}"
            )

    def _split_batch(self, batch: Any) -> tuple[np.ndarray, np.ndarray]:
        """Take a batch apart; the arrays are not copied and keep their dtype."""
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            raise ValueError(
                f"{type(self).__name__}: a batch must be a pair (X, Y), not {type(batch).__name__}"
                + (f" of length {len(batch)}" if isinstance(batch, tuple | list) else "")
            )
        owner = type(self).__name__
        return (
            _checks.numbers_array(owner, "X", batch[0]),
            _checks.numbers_array(owner, "Y", batch[1]),
        )
