"""What a learning rule sees during one step, with the cost of everything it asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from dopamine_wp.networks.base import Batch, Network
from dopamine_wp.noise import NoiseStream
from dopamine_wp.workspace import Stack, Workspace

#: Numbers in one block of perturbed parameters; more directions are evaluated block by block.
_BLOCK_NUMBERS = 2**18

#: Cost of a gradient (forward and backward pass) in forward passes.
GRADIENT_COST = 3


@dataclass(repr=False, slots=True)
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
    workspace : Workspace
        Arrays of the run that are used again at every step.
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
    workspace: Workspace = field(default_factory=Workspace)
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
        return self.workspace.losses(self.net, theta, self.batch)

    def gradient(self) -> tuple[np.ndarray, np.ndarray]:
        """Return loss (R,) and exact gradient (R, P) at theta: three forward-pass equivalents.

        The gradient of a replica whose loss or gradient is not finite is zero.
        """
        loss, gradient = self.net.evaluate_gradient(self.theta, self.batch)
        self.learn_gradient(loss, gradient)
        return loss, gradient

    def learn_gradient(self, loss: np.ndarray, slopes: np.ndarray) -> None:
        """Count what was computed like a gradient; slopes that are not finite become zero."""
        self.charge(GRADIENT_COST)
        self.learn_loss(loss)
        sick = ~(np.isfinite(loss) & np.isfinite(slopes).all(axis=1))
        if sick.any():
            slopes[sick] = 0

    def slope(self, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return loss (R,) and its exact derivative (R,) along a direction (R, P): two passes.

        A derivative that is not finite is zero.
        """
        self.charge(1)
        loss, slope = self.net.evaluate_slope(self.theta, direction, self.batch)
        self.learn_loss(loss)
        self.charge(1)
        return loss, np.where(np.isfinite(loss) & np.isfinite(slope), slope, 0)

    def fixed_generator(self) -> np.random.Generator:
        """Return a random generator that is the same at every step of the run."""
        return np.random.default_rng([self.key, 0, 1])

    def directions(self, count: int, noise: str = "normal") -> Directions:
        """Return `count` random directions, the same ones whenever this step is replayed."""
        if noise not in self.streams:
            self.streams[noise] = NoiseStream(self.key, noise)
        return Directions(self, count, self.streams[noise])

    def generator(self) -> np.random.Generator:
        """Return a random generator for this step, apart from the stream of the directions."""
        return np.random.default_rng([self.key, self.step])


class Directions:
    """K random directions xi_k of shape (R, P) each, drawn again when they are needed again.

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
        self._scale = 1.0
        # All directions times the scale, where they fit into one block
        self._drawn: np.ndarray | None = None

    def blocks(self, scale: float = 1.0) -> Iterator[np.ndarray]:
        """Yield the directions times `scale`, from the first to the last, as arrays (k, R, P).

        A block is valid until the next one is asked for.
        """
        if self._drawn is not None and scale == self._scale:
            yield self._drawn
            return
        self._scale, self._drawn = scale, None
        self.stream.restart(self.probe.step)
        for start in range(0, self.count, self._block):
            size = min(self._block, self.count - start)
            stack = self._room("directions", size, False)
            self.stream.fill(stack.memory, scale)
            if size == self.count:
                self._drawn = stack.copies
            yield stack.copies

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
        if two_sided and probe.loss_wanted:
            probe.loss()
        plus, minus = [], []
        # One size for all replicas is drawn with the noise, one of each is multiplied to it
        common = not isinstance(sigma, np.ndarray) and sigma > 0
        width = None if common else np.full(len(probe.theta), sigma, probe.theta.dtype)
        for xi in self.blocks(float(sigma) if common else 1.0):
            with_theta = probe.known_loss is None and not two_sided
            losses = self._perturbed_losses(xi, width, with_theta)
            if with_theta:
                probe.charge(1)
                probe.learn_loss(losses[0])
                losses = losses[1:]
            probe.charge(len(losses))
            plus.append(losses)
            if two_sided:
                minus.append(self._perturbed_losses(xi, width, False, -1))
                probe.charge(len(xi))
        return self._differences(_joined(plus), _joined(minus) if two_sided else None)

    def losses(self, sigma: np.ndarray) -> np.ndarray:
        """Return ``L(theta + sigma xi_k)`` (K, R) with a size for every parameter, sigma (R, P)."""
        found = []
        width = sigma.astype(self.probe.theta.dtype, copy=False)
        for xi in self.blocks():
            found.append(self._perturbed_losses(xi, width, False))
            self.probe.charge(len(xi))
        return _joined(found)

    def weighted_sum(self, coefficients: np.ndarray) -> np.ndarray:
        """Return ``sum_k c_k xi_k``.

        Directions that did not fit into one block are drawn once more.

        Parameters
        ----------
        coefficients : ndarray, shape (K, R)
            One coefficient per direction and replica.

        Returns
        -------
        ndarray, shape (R, P), the dtype of theta
        """
        theta = self.probe.theta
        weights = (coefficients / self._scale).astype(theta.dtype)
        if self.count == 1:
            return next(self.blocks(self._scale))[0] * weights[0][:, None]
        total = np.zeros_like(theta)
        start = 0
        for xi in self.blocks(self._scale):
            total += np.einsum("kr,krp->rp", weights[start : start + len(xi)], xi)
            start += len(xi)
        return total

    def weighted_squares(self, coefficients: np.ndarray) -> np.ndarray:
        """Return ``sum_k c_k xi_k^2``; arguments as for `weighted_sum`."""
        theta = self.probe.theta
        weights = coefficients.astype(theta.dtype)
        total, start = np.zeros_like(theta), 0
        for xi in self.blocks():
            total += np.einsum("kr,krp,krp->rp", weights[start : start + len(xi)], xi, xi)
            start += len(xi)
        return total

    def theta_plus(self, coefficients: np.ndarray) -> np.ndarray:
        """Return ``theta + sum_k c_k xi_k``, a new array; arguments as for `weighted_sum`."""
        theta = self.probe.theta
        if self.count > 1 or self._drawn is None:
            return theta + self.weighted_sum(coefficients)
        # The direction itself is turned into the step; whoever needs it again draws it again
        step, self._drawn = self._drawn[0], None
        step *= (coefficients[0] / self._scale).astype(theta.dtype)[:, None]
        return theta + step

    def stacked(self, sigma: float, with_theta: bool) -> np.ndarray:
        """Return theta (if asked for) and all theta + sigma xi_k as copies ((1+)K * R, P)."""
        # The numbers depend on how they are cut into blocks: the replay has to cut them alike
        if self._block != self.count:
            self._block, self._drawn = self.count, None
        return self._stack(next(self.blocks(sigma)), None, with_theta, 1, evaluated=False).flat

    def _room(self, purpose: str, copies: int, evaluated: bool) -> Stack:
        probe = self.probe
        return probe.workspace.stack(purpose, probe.net, probe.theta, copies, evaluated)

    def _perturbed_losses(
        self, xi: np.ndarray, width: np.ndarray | None, with_theta: bool, side: int = 1
    ) -> np.ndarray:
        stack = self._stack(xi, width, with_theta, side)
        return stack.losses(self.probe.net, self.probe.batch)

    def _stack(
        self,
        xi: np.ndarray,
        width: np.ndarray | None,
        with_theta: bool,
        side: int,
        evaluated: bool = True,
    ) -> Stack:
        """Build perturbed copies beside theta, so that theta is never touched.

        They are theta + side width xi; without a width, xi has its size already.
        """
        theta = self.probe.theta
        stack = self._room("copies", len(xi) + with_theta, evaluated)
        perturbed = stack.copies
        if with_theta:
            perturbed[0] = theta
            perturbed = perturbed[1:]
        if width is not None:
            np.multiply(xi, width if width.ndim == 2 else width[:, None], out=perturbed)
            xi = perturbed
        (np.add if side > 0 else np.subtract)(theta, xi, out=perturbed)
        return stack

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
        if not math.isfinite(np.add.reduce(delta, None)):
            delta[~np.isfinite(delta)] = 0
        return delta, loss


def _joined(blocks: list[np.ndarray]) -> np.ndarray:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
