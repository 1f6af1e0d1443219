"""What a learning rule sees during one step, with the cost of everything it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from dopamine_wp.networks.base import Batch, Network
from dopamine_wp.noise import NoiseStream

#: Numbers in one block of perturbed parameters; more directions are evaluated block by block.
_BLOCK_NUMBERS = 2**18

#: Cost of a gradient (forward and backward pass) in forward passes.
GRADIENT_COST = 3


@dataclass(repr=False)
class Probe:
    """One step's view of the world: parameters, batch and what may be asked about them.

    Attributes
    ----------
    net : Network
        The network.
    theta : ndarray, shape (R, P)
        Present parameters; not to be changed in place.
    batch : tuple (X, Y)
        The batch of this step, checked.
    step : int
        Number of the step, from 0.
    rate : float
        The optimizer's rate after its schedule.
    schedule : float
        The factor that the schedule puts on the rate.
    key : int
        Philox key of the run.
    streams : dict of str to NoiseStream
        Streams of the run, by the kind of noise; made when first needed.
    state : mapping of str to ndarray
        What the rule stored in its last proposal; empty at the first step.
    known_loss : ndarray, shape (R,), or None
        Loss at `theta` on `batch` if a former step has already evaluated it.
    next_batch_same : bool
        Whether the next step sees the same batch.
    loss_wanted : bool
        Whether the run has to know the loss at theta itself, since it watches a `stop_loss`.
    fpe : float
        Forward-pass equivalents spent so far in this step, per replica.
    loss_fpe : float
        Value of `fpe` when the loss at theta was evaluated; 0 if it was known.
    """

    net: Network
    theta: np.ndarray
    batch: Batch
    step: int
    rate: float
    schedule: float
    key: int
    streams: dict[str, NoiseStream] = field(default_factory=dict)
    state: Mapping[str, np.ndarray] = field(default_factory=dict)
    known_loss: np.ndarray | None = None
    next_batch_same: bool = False
    loss_wanted: bool = False
    fpe: float = 0.0
    loss_fpe: float = 0.0

    def loss(self) -> np.ndarray:
        """Return the loss (R,) at theta: one forward pass, or none if it is known."""
        if self.known_loss is None:
            self.learn_loss(self.loss_of(self.theta))
        assert self.known_loss is not None
        return self.known_loss

    def learn_loss(self, loss: np.ndarray) -> None:
        """Take note of the loss (R,) at theta, which a rule has got together with other things."""
        self.known_loss = loss
        self.loss_fpe = self.fpe

    def charge(self, passes: float) -> None:
        """Count forward passes over the batch, at the network's price of one."""
        self.fpe += passes * self.net.pass_cost(self.batch)

    def loss_of(self, theta: np.ndarray) -> np.ndarray:
        """Return the loss (R,) of other parameters (R, P) on the same batch: one forward pass."""
        self.charge(1)
        return self.net.evaluate(theta, self.batch)

    def gradient(self) -> tuple[np.ndarray, np.ndarray]:
        """Return loss (R,) and exact gradient (R, P) at theta: three forward-pass equivalents.

        The gradient of a replica whose loss or gradient is not finite is zero.
        """
        loss, gradient = self.net.evaluate_gradient(self.theta, self.batch)
        self.charge(GRADIENT_COST)
        self.learn_loss(loss)
        sick = ~(np.isfinite(loss) & np.isfinite(gradient).all(axis=1))
        if sick.any():
            gradient[sick] = 0
        return loss, gradient

    def directions(self, count: int, noise: str = "normal") -> Directions:
        """Return `count` random directions, the same ones whenever this step is replayed."""
        if noise not in self.streams:
            self.streams[noise] = NoiseStream(self.key, noise)
        return Directions(self, count, self.streams[noise])

    def generator(self) -> np.random.Generator:
        """Return a random generator for this step, apart from the stream of the directions."""
        return np.random.default_rng([self.key, self.step])


class Directions:
    """K random directions xi_k of shape (R, P) each, never stored: drawn again when needed.

    Parameters
    ----------
    probe : Probe
        The step they belong to; it counts the forward passes.
    count : int
        K.
    stream : NoiseStream
        Where they come from.
    """

    def __init__(self, probe: Probe, count: int, stream: NoiseStream) -> None:
        self.probe = probe
        self.count = count
        self.stream = stream
        self._block = max(1, min(count, _BLOCK_NUMBERS // probe.theta.size))
        # Copies of the last block, and how they were perturbed: (theta + sigma xi, sigma)
        self._perturbed: tuple[np.ndarray, np.ndarray] | None = None

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the directions from the first to the last as arrays (k, R, P)."""
        self.stream.restart(self.probe.step)
        for start in range(0, self.count, self._block):
            size = min(self._block, self.count - start)
            memory, directions, _ = _allocate(size, self.probe.theta)
            self.stream.fill(memory)
            yield directions

    def loss_differences(
        self, sigma: float | np.ndarray, two_sided: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the reward prediction errors and the loss they are measured from.

        ``delta_k = L(theta + sigma xi_k) - L(theta)``, or half the difference between
        ``L(theta + sigma xi_k)`` and ``L(theta - sigma xi_k)`` if two-sided.

        Parameters
        ----------
        sigma : float or ndarray, shape (R,)
            Size of the perturbation.
        two_sided : bool, default False
            Perturb to both sides: 2 K forward passes instead of K + 1. The loss at theta is then
            evaluated only if the run watches a `stop_loss`.

        Returns
        -------
        delta : ndarray, shape (K, R), float64
            Zero where a perturbed loss is not finite.
        loss : ndarray, shape (R,), float64
            L(theta) where it is known, else (two-sided) the mean of the perturbed losses, which
            is L(theta) + O(sigma^2).
        """
        probe = self.probe
        sigma = np.full(len(probe.theta), sigma, probe.theta.dtype)
        if two_sided and probe.loss_wanted:
            probe.loss()
        plus, minus = [], []
        for xi in self.blocks():
            with_theta = probe.known_loss is None and not two_sided
            losses = self._perturbed_losses(xi, sigma, with_theta)
            if with_theta:
                probe.charge(1)
                probe.learn_loss(losses[0])
                losses = losses[1:]
            probe.charge(len(losses))
            plus.append(losses)
            if two_sided:
                minus.append(self._perturbed_losses(xi, -sigma, False))
                probe.charge(len(xi))
        return self._differences(_joined(plus), _joined(minus) if two_sided else None)

    def weighted_sum(self, coefficients: np.ndarray) -> np.ndarray:
        """Return ``sum_k c_k xi_k``.

        The perturbed copy of a single direction is still in memory beside theta, and xi is read
        off it: this is the perturbation that was really applied, after rounding. Several
        directions are drawn once more.

        Parameters
        ----------
        coefficients : ndarray, shape (K, R)
            One coefficient per direction and replica.

        Returns
        -------
        ndarray, shape (R, P), the dtype of theta
        """
        theta = self.probe.theta
        if self.count == 1 and self._perturbed is not None:
            copies, sigma = self._perturbed
            change = np.subtract(copies[-1], theta)
            change *= (coefficients[0] / sigma).astype(theta.dtype)[:, None]
            return change
        total = np.zeros_like(theta)
        start = 0
        for xi in self.blocks():
            part = coefficients[start : start + len(xi)].astype(theta.dtype)
            total += np.einsum("kr,krp->rp", part, xi)
            start += len(xi)
        return total

    def stacked(self, sigma: float, with_theta: bool) -> np.ndarray:
        """Return theta (if asked for) and all theta + sigma xi_k as copies ((1+)K * R, P)."""
        # The numbers depend on how they are cut into blocks: the replay has to cut them alike
        self._block = self.count
        xi = next(self.blocks())
        width = np.full(len(self.probe.theta), sigma, self.probe.theta.dtype)
        return self._stack(xi, width, with_theta)[1]

    def _perturbed_losses(
        self, xi: np.ndarray, sigma: np.ndarray, with_theta: bool
    ) -> np.ndarray:
        copies, flat = self._stack(xi, sigma, with_theta)
        self._perturbed = (copies, sigma)
        return self.probe.net.evaluate(flat, self.probe.batch).reshape(len(copies), -1)

    def _stack(
        self, xi: np.ndarray, sigma: np.ndarray, with_theta: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Build perturbed copies beside theta, so that theta is never touched."""
        theta = self.probe.theta
        _, copies, flat = _allocate(len(xi) + with_theta, theta)
        if with_theta:
            copies[0] = theta
        np.multiply(xi, sigma[:, None], out=copies[int(with_theta) :])
        copies[int(with_theta) :] += theta
        return copies, flat

    def _differences(
        self, plus: np.ndarray, minus: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        known = self.probe.known_loss
        if minus is None:
            assert known is not None
            delta, loss = plus - known, known
        else:
            delta = (plus - minus) / 2
            finite = np.isfinite(delta)
            count = finite.sum(axis=0)
            mean = np.where(finite, (plus + minus) / 2, 0).sum(axis=0)
            loss = np.where(count, mean / np.maximum(count, 1), np.nan) if known is None else known
        delta[~np.isfinite(delta)] = 0
        return delta, loss


def _joined(blocks: list[np.ndarray]) -> np.ndarray:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _allocate(copies: int, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Allocate `copies` arrays like `theta` in its memory layout.

    Returns
    -------
    memory : ndarray, C-contiguous
    copies : ndarray, shape (copies, R, P)
    flat : ndarray, shape (copies * R, P)
        Three views of the same numbers.
    """
    replicas, n_parameters = theta.shape
    if theta.flags.c_contiguous:
        memory = np.empty((copies, replicas, n_parameters), theta.dtype)
        return memory, memory, memory.reshape(-1, n_parameters)
    memory = np.empty((n_parameters, copies, replicas), theta.dtype)
    return memory, memory.transpose(1, 2, 0), memory.reshape(n_parameters, -1).T
