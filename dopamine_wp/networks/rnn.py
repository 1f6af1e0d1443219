"""Recurrent networks of leaky tanh units, R replicas at once, memory independent of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Batch, Network, UnitBlock
from dopamine_wp.networks.losses import MeanSquaredError

#: Time steps that are evaluated between two visits to the loss. Small enough that the buffers of
#: a few replicas stay in the cache, large enough to spread the cost of the loss.
_BLOCK = 16


#: Sequences whose forward pass is the unit of cost.
_SEQUENCES = 16


class _Bump(NamedTuple):
    """One element of M that is larger in every copy of a network but the first."""

    rows: np.ndarray
    columns: np.ndarray
    size: float

    def add(self, state: np.ndarray, result: np.ndarray) -> None:
        """Add what the larger elements contribute to ``result = M @ state``."""
        copies = len(self.rows) + 1
        inputs = state.reshape(*state.shape[:2], copies, -1)
        outputs = result.reshape(*result.shape[:2], copies, -1)
        others = np.arange(1, copies)
        outputs[:, self.rows, others] += (
            result.dtype.type(self.size) * inputs[:, self.columns, others]
        )


class RNN(Network):
    """Recurrent network with one hidden layer of leaky tanh units and linear outputs.

    ``h_t = (1 - l) h_{t-1} + l tanh(x_t Wx + h_{t-1} Wh + b)``, ``y_t = h_t Wo + bo``, plus
    ``x_t`` if `residual`; ``h_{-1} = 0``; the loss is the mean squared error over batch, outputs
    and the time steps t >= `washout`.

    Parameters
    ----------
    n_inputs, n_hidden, n_outputs : int
        d, H, q.
    leak : float, default 1.0
        l, above 0 and at most 1.
    residual : bool, default False
        Add the input to the output, so that the network learns the change; needs d = q.
    washout : int, default 0
        Time steps at the beginning that do not count in the loss.
    dtype : {float32, float64}, default float32
        Arithmetic of parameters and activity; float32 is several times faster.

    Attributes
    ----------
    shapes : dict
        ``Wx (d, H)``, ``Wh (H, H)``, ``b (H,)``, ``Wo (H, q)``, ``bo (q,)`` in the order of
        `theta`.

    Raises
    ------
    ValueError
        For sizes below 1, a leak outside (0, 1], a negative washout, or `residual` with d != q.

    Notes
    -----
    Batches are ``X (B, T, d)`` and ``Y (B, T, q)``. Initial weights: Wx ~ U(-1, 1) 0.5 sqrt(3/d),
    b ~ U(-0.2, 0.2), Wh ~ N(0, 0.9^2/H), Wo ~ N(0, 0.25/H) (0.01/H if residual), bo = 0.

    A time step is one matrix product and one tanh: ``[z_{t+1} | y_t]`` is
    ``[h_t, x_{t+1}, 1] @ [[Wh | Wo], [Wx | 0], [b | bo]]``. Gradients are by full
    back-propagation through time (P. Werbos, Proc. IEEE 78, 1990), which stores every activity;
    `loss` stores only a few time steps, whatever T is.

    Examples
    --------
    >>> import numpy as np
    >>> from dopamine_wp import RNN
    >>> net = RNN(1, 16, 1, washout=10)
    >>> theta = net.init(replicas=2, rng=0)
    >>> net.outputs(theta, np.zeros((4, 60, 1))).shape
    (2, 4, 60, 1)
    """

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        n_outputs: int,
        leak: float = 1.0,
        residual: bool = False,
        washout: int = 0,
        dtype: Any = np.float32,
    ) -> None:
        for name, value in (
            ("n_inputs", n_inputs),
            ("n_hidden", n_hidden),
            ("n_outputs", n_outputs),
        ):
            _checks.whole("RNN", name, value)
        _checks.real("RNN", "leak", leak, above=0, maximum=1)
        _checks.flag("RNN", "residual", residual)
        _checks.whole("RNN", "washout", washout, minimum=0)
        if residual and n_inputs != n_outputs:
            raise ValueError(
                "RNN.residual: must be False unless n_inputs equals n_outputs, "
                f"not True with {n_inputs} inputs and {n_outputs} outputs"
            )
        self.fpe_unit = f"{_SEQUENCES} sequences"
        self.n_inputs, self.n_hidden, self.n_outputs = n_inputs, n_hidden, n_outputs
        self.leak, self.residual, self.washout = float(leak), residual, washout
        shapes = {
            "Wx": (n_inputs, n_hidden),
            "Wh": (n_hidden, n_hidden),
            "b": (n_hidden,),
            "Wo": (n_hidden, n_outputs),
            "bo": (n_outputs,),
        }
        super().__init__(shapes, MeanSquaredError(), dtype)

    def __repr__(self) -> str:
        return (
            f"RNN({self.n_inputs}, {self.n_hidden}, {self.n_outputs}, leak={self.leak}, "
            f"residual={self.residual}, washout={self.washout}, dtype={self.dtype.name})"
        )

    def as_batch(self, batch: Any) -> Batch:
        """Return the pair (X (B, T, d), Y (B, T, q)) uncopied; see `Network.loss`."""
        X, Y = self._split_batch(batch)
        if X.ndim == Y.ndim == 2:
            X, Y = X[None], Y[None]
        fits = X.ndim == Y.ndim == 3 and X.shape[:2] == Y.shape[:2] and X.size > 0
        if not fits or X.shape[2] != self.n_inputs or Y.shape[2] != self.n_outputs:
            raise ValueError(
                f"RNN: a batch must be X (samples, time, {self.n_inputs}) and Y (samples, time, "
                f"{self.n_outputs}) with at least one sample and step, not {X.shape} and {Y.shape}"
            )
        if X.shape[1] <= self.washout:
            raise ValueError(
                f"RNN: time must be longer than the washout of {self.washout} steps, "
                f"not X {X.shape}"
            )
        return X, Y

    def closed_loop(self, theta: np.ndarray, warmup: np.ndarray, steps: int) -> np.ndarray:
        """Let the network continue a series by feeding its outputs back as inputs.

        Parameters
        ----------
        theta : array_like, shape (R, P)
            Parameters.
        warmup : array_like, shape (B, T, d) or (T, d)
            True series that is fed in first (teacher forcing).
        steps : int
            Number of values to generate; the first is the forecast of the value behind `warmup`.

        Returns
        -------
        ndarray, shape (R, B, steps, q) or (R, steps, q)

        Raises
        ------
        ValueError
            If inputs and outputs differ in number, `steps` is below 1 or shapes do not fit.
        """
        if self.n_inputs != self.n_outputs:
            raise ValueError(
                "RNN.closed_loop: needs as many outputs as inputs, "
                f"not {self.n_outputs} and {self.n_inputs}"
            )
        _checks.whole("RNN.closed_loop", "steps", steps)
        theta = self.as_theta(theta)
        X, single = self._as_inputs(warmup)
        H, d = self.n_hidden, self.n_inputs
        M = self._matrix(theta)
        S = self._fresh_state(len(theta), 1, X)[0]
        result = np.empty((len(theta), len(X), steps, d), self.dtype)
        with np.errstate(all="ignore"):
            x = np.broadcast_to(X[:, 0].T, (len(theta), d, len(X)))
            for t in range(X.shape[1] + steps - 1):
                S[:, H : H + d] = x
                S[:, :H] = self._next_hidden((M @ S)[:, :H], S[:, :H])
                y = (M @ S)[:, H:] + x if self.residual else (M @ S)[:, H:]
                if t >= X.shape[1] - 1:
                    result[:, :, t - X.shape[1] + 1] = y.swapaxes(1, 2)
                    x = y
                else:
                    x = np.broadcast_to(X[:, t + 1].T, x.shape)
        return result[:, 0] if single else result

    def _as_inputs(self, X: Any) -> tuple[np.ndarray, bool]:
        array = _checks.numbers_array("RNN", "X", X)
        single = array.ndim == 2
        if single:
            array = array[None]
        if array.ndim != 3 or array.size == 0 or array.shape[2] != self.n_inputs:
            raise ValueError(
                f"RNN: X must have shape (samples, time, {self.n_inputs}) with at least one "
                f"sample and step, not {np.shape(X)}"
            )
        return array, single

    def _initialize(self, views: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        H = self.n_hidden
        views["Wx"][...] = rng.uniform(-1, 1, views["Wx"].shape) * 0.5 * np.sqrt(3 / self.n_inputs)
        views["Wh"][...] = rng.standard_normal(views["Wh"].shape) * 0.9 / np.sqrt(H)
        views["b"][...] = rng.uniform(-0.2, 0.2, views["b"].shape)
        variance = 0.01 if self.residual else 0.25
        views["Wo"][...] = rng.standard_normal(views["Wo"].shape) * np.sqrt(variance / H)

    def _outputs(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        result = np.empty((len(theta), *X.shape[:2], self.n_outputs), self.dtype)
        for start, y, _ in self._stream(self._matrix(theta), X):
            result[:, :, start : start + len(y)] = y.transpose(1, 3, 0, 2)
        return result

    def _output_blocks(
        self, theta: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for y, _, targets in self._counted(self._matrix(theta), batch):
            yield y.transpose(1, 0, 3, 2), targets

    def feature_blocks(
        self, theta: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield outputs, targets and the hidden activity that the readout weighs."""
        for y, h, targets in self._counted(self._matrix(theta), batch):
            yield y.transpose(1, 0, 3, 2), targets, h.transpose(1, 0, 3, 2)

    def _tangent_blocks(
        self, theta: np.ndarray, direction: np.ndarray, batch: Batch
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        X, Y = batch
        H, T = self.n_hidden, X.shape[1]
        M, dM = self._matrix(theta), self._matrix(np.asarray(direction, self.dtype))
        S, dS = self._fresh_state(len(M), 1, X)[0], self._fresh_state(len(M), 1, X)[0]
        dS[:, -1] = 0
        for t in range(T + 1):
            if t < T:
                S[:, H:-1] = X[:, t].T
            # [z_t | y_{t-1}] = M S, and its derivative M dS + dM S
            result, slope = M @ S, M @ dS + dM @ S
            if t > self.washout:
                y = result[:, H:] + X[:, t - 1].T if self.residual else result[:, H:]
                target = Y[:, t - 1].astype(self.dtype, copy=False)
                yield y.swapaxes(1, 2), slope[:, H:].swapaxes(1, 2), target
            activity = np.tanh(result[:, :H])
            S[:, :H] = (1 - self.leak) * S[:, :H] + self.leak * activity
            bent = self.leak * (1 - activity * activity) * slope[:, :H]
            dS[:, :H] = (1 - self.leak) * dS[:, :H] + bent

    def linear_readout(self) -> slice:
        """Return the columns of Wo and bo; the features are the hidden activity."""
        start = self.n_parameters - (self.n_hidden + 1) * self.n_outputs
        return slice(start, self.n_parameters)

    def unit_blocks(
        self, theta: np.ndarray, batch: Batch, count: int, sigma: float
    ) -> Iterator[UnitBlock]:
        """See `Network.unit_blocks`.

        The copies of a replica share all weights but one, so that a time step of all of them is
        one wide matrix product, to which every copy adds what its own weight is larger by.
        """
        copies, samples = count + 1, len(batch[0])
        places = self._theta_from_matrix_places()[:count]
        bump = _Bump(*np.divmod(places, self.n_hidden + self.n_inputs + 1), sigma)
        wide = np.tile(batch[0], (copies, 1, 1)), batch[1]
        for y, h, targets in self._counted(self._matrix(theta), wide, bump):
            outputs = y.reshape(*y.shape[:3], copies, samples).transpose(3, 1, 0, 4, 2)
            yield UnitBlock(outputs, targets, h[..., :samples].transpose(1, 0, 3, 2))

    def unit_memory(self, batch: Batch, count: int) -> int:
        """Return how many numbers `unit_blocks` keeps for every replica."""
        features = self.n_hidden + self.n_inputs + self.n_outputs + 1
        return (count + 1) * 2 * _BLOCK * features * len(batch[0])

    def _theta_from_matrix_places(self) -> np.ndarray:
        """Return where in `_matrix`, flattened, every column of theta lies."""
        shape = (1, self.n_hidden + self.n_outputs, self.n_hidden + self.n_inputs + 1)
        numbers = np.arange(shape[1] * shape[2]).reshape(shape)
        return self._theta_from_matrix(numbers)[0]

    def pass_cost(self, batch: Batch) -> float:
        """Return the number of sequences in 16."""
        return len(batch[0]) / _SEQUENCES

    def _counted(
        self, M: np.ndarray, batch: Batch, bump: _Bump | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield outputs (t, R, q, B), activity (t, R, H, B) and targets (t, B, q) that count."""
        X, Y = batch
        for start, y, h in self._stream(M, X, bump):
            skip, stop = max(0, self.washout - start), start + len(y)
            if skip < len(y):
                targets = Y[:, start + skip : stop].swapaxes(0, 1)
                yield y[skip:], h[skip:], targets.astype(self.dtype, copy=False)

    def _stream(
        self, M: np.ndarray, X: np.ndarray, bump: _Bump | None = None
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield (t, outputs (block, R, q, B) from time t on, activity (block, R, H, B)).

        Both are views of reused buffers. Features come before samples in them, so that the
        activity of a replica is contiguous and one tanh call runs over long rows.
        """
        H, T = self.n_hidden, X.shape[1]
        # Step i of a block turns [h_{t-1}, x_t, 1] into [z_t | y_{t-1}]; T + 1 steps give y_{T-1}.
        S = self._fresh_state(len(M), _BLOCK + 1, X)
        Z = np.empty((_BLOCK, len(M), H + self.n_outputs, len(X)), self.dtype)
        hidden = [s[:, :H] for s in S]
        # The views of every step, made once: (input, result, z_t, h_{t-1}, h_t)
        steps = list(zip(S[:-1], Z, Z[:, :, :H], hidden[:-1], hidden[1:], strict=True))
        plain = self.leak == 1
        for t in range(0, T + 1, _BLOCK):
            n = min(_BLOCK, T + 1 - t)
            inputs = X[:, t : t + n].transpose(1, 2, 0)
            S[: len(inputs), :, H:-1] = inputs[:, None]
            for state, result, drive, before, after in steps[:n]:
                np.matmul(M, state, result)
                if bump is not None:
                    bump.add(state, result)
                if plain:
                    np.tanh(drive, after)
                else:
                    after[...] = self._next_hidden(drive, before)
            first = 1 if t == 0 else 0
            if n > first:
                y = Z[first:n, :, H:]
                if self.residual:
                    y += X[:, t + first - 1 : t + n - 1].transpose(1, 2, 0)[:, None]
                yield t + first - 1, y, S[first:n, :, :H]
            hidden[0][...] = hidden[n]

    def _gradient(self, theta: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        X, Y = batch
        H, T = self.n_hidden, X.shape[1]
        M = self._matrix(theta)
        S = self._fresh_state(len(theta), T + 1, X)
        S[:T, :, H:-1] = X.transpose(1, 2, 0)[:, None]
        G = np.zeros((T + 1, len(theta), H + self.n_outputs, len(X)), self.dtype)
        z = np.empty_like(G[0])
        for t in range(T):
            np.matmul(M, S[t], out=z)
            S[t + 1, :, :H] = self._next_hidden(z[:, :H], S[t, :, :H])
            np.matmul(M[:, H:], S[t + 1], out=G[t + 1, :, H:])
        loss = self._output_slopes(G[1:, :, H:], X, Y)

        # G_t = d loss / d [z_t | y_{t-1}]; M' G_t is what reaches [h_{t-1}, x_t, 1].
        transposed = np.ascontiguousarray(M.swapaxes(1, 2))
        gradient_M = np.zeros_like(M)
        slope = np.zeros((len(theta), H, len(X)), self.dtype)
        for t in range(T, -1, -1):
            if t < T:
                activity = S[t + 1, :, :H]
                if self.leak != 1:
                    activity = (activity - (1 - self.leak) * S[t, :, :H]) / self.leak
                G[t, :, :H] = self.leak * slope * (1 - activity * activity)
            gradient_M += G[t] @ S[t].swapaxes(1, 2)
            reaching = (transposed @ G[t])[:, :H]
            slope = reaching + (1 - self.leak) * slope if self.leak != 1 else reaching
        return loss, self._theta_from_matrix(gradient_M)

    def _output_slopes(self, y: np.ndarray, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Overwrite the outputs `y` (T, R, q, B) by the slopes of the loss; return the losses."""
        if self.residual:
            y += X.transpose(1, 2, 0)[:, None]
        targets = Y.transpose(1, 2, 0)[:, None]
        count = self.sample_count((X, Y))
        total = np.zeros(y.shape[1])
        for t in range(len(y)):
            if t < self.washout:
                y[t] = 0
                continue
            target = targets[t].astype(self.dtype, copy=False)
            total += self.loss_function.total(y[t], target[0])
            y[t] = self.loss_function.slope(y[t], target[0]) / count
        return total / count

    def sample_count(self, batch: Batch) -> int:
        """Return the number of outputs that count in the loss, those behind the washout."""
        samples, steps, n_outputs = batch[1].shape
        return self.loss_function.count((samples, steps - self.washout, n_outputs))

    def _fresh_state(self, replicas: int, steps: int, X: np.ndarray) -> np.ndarray:
        """Return buffers [h, x, 1] (steps, R, H + d + 1, B), zero but for later activity."""
        H = self.n_hidden
        state = np.empty((steps, replicas, H + self.n_inputs + 1, len(X)), self.dtype)
        # Activity is written before it is read, but for the first step; inputs may end early
        state[0, :, :H] = 0
        state[:, :, H:-1] = 0
        state[:, :, -1] = 1
        return state

    def _next_hidden(self, drive: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """Return (1 - l) h + l tanh(z)."""
        activity = np.tanh(drive)
        if self.leak != 1:
            activity *= self.leak
            activity += (1 - self.leak) * hidden
        return activity

    def _matrix(self, theta: np.ndarray) -> np.ndarray:
        """Return M (R, H + q, H + d + 1) with [z_t | y_{t-1}] = M [h_{t-1}, x_t, 1]."""
        H, views = self.n_hidden, self.unpack(theta)
        M = np.zeros((len(theta), H + self.n_outputs, H + self.n_inputs + 1), self.dtype)
        M[:, :H, :H] = views["Wh"].swapaxes(1, 2)
        M[:, :H, H:-1] = views["Wx"].swapaxes(1, 2)
        M[:, :H, -1] = views["b"]
        M[:, H:, :H] = views["Wo"].swapaxes(1, 2)
        M[:, H:, -1] = views["bo"]
        return M

    def _theta_from_matrix(self, M: np.ndarray) -> np.ndarray:
        """Undo `_matrix`, for gradients."""
        theta = np.empty((len(M), self.n_parameters), M.dtype)
        H, views = self.n_hidden, self.unpack(theta)
        views["Wh"][...] = M[:, :H, :H].swapaxes(1, 2)
        views["Wx"][...] = M[:, :H, H:-1].swapaxes(1, 2)
        views["b"][...] = M[:, :H, -1]
        views["Wo"][...] = M[:, H:, :H].swapaxes(1, 2)
        views["bo"][...] = M[:, H:, -1]
        return theta
