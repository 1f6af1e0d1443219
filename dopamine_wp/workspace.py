"""Arrays that a training run uses again at every step."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dopamine_wp.networks.base import Batch, Network
from dopamine_wp.networks.prepared import PreparedPass


@dataclass(eq=False, repr=False)
class Stack:
    """Room for copies of theta, in the memory order of theta: three views of the same numbers.

    Attributes
    ----------
    memory : ndarray
        C-contiguous: (copies, R, P), or (P, copies, R) where the replica runs fastest.
    copies : ndarray, shape (copies, R, P)
    flat : ndarray, shape (copies * R, P)
    prepared : PreparedPass or None
        A forward pass over all copies, where the network offers one.
    batch : tuple (X, Y) or None
        The batch that `prepared` is bound to.
    """

    memory: np.ndarray
    copies: np.ndarray
    flat: np.ndarray
    prepared: PreparedPass | None = None
    batch: Batch | None = None

    @classmethod
    def like(cls, theta: np.ndarray, copies: int) -> Stack:
        """Allocate room for copies of `theta`."""
        replicas, n_parameters = theta.shape
        if theta.flags.c_contiguous:
            memory = np.empty((copies, replicas, n_parameters), theta.dtype)
            return cls(memory, memory, memory.reshape(-1, n_parameters))
        memory = np.empty((n_parameters, copies, replicas), theta.dtype)
        return cls(memory, memory.transpose(1, 2, 0), memory.reshape(n_parameters, -1).T)

    def losses(self, net: Network, batch: Batch) -> np.ndarray:
        """Return the losses (copies, R) of the copies."""
        if self.prepared is None:
            return net.evaluate(self.flat, batch).reshape(len(self.copies), -1)
        if self.batch is not batch:
            self.prepared.bind(*batch)
            self.batch = batch
        return self.prepared().reshape(len(self.copies), -1)


@dataclass(eq=False, repr=False)
class Workspace:
    """The stacks of one run, by purpose and number of copies.

    It belongs to one `Trainer`; what lies in it is worth nothing from one step to the next.
    """

    stacks: dict[tuple[str, int, bool, bool], Stack] = field(default_factory=dict)

    def stack(
        self, purpose: str, net: Network, theta: np.ndarray, copies: int, evaluated: bool
    ) -> Stack:
        """Return room for `copies` of theta; all thetas of a run have one shape and dtype.

        Parameters
        ----------
        purpose : str
            Stacks of different purposes never share memory.
        net : Network
            Offers a prepared pass if `evaluated`.
        theta : ndarray, shape (R, P)
            Gives shape, dtype and memory order.
        copies : int
        evaluated : bool
            Whether losses of the copies will be asked for.
        """
        key = purpose, copies, evaluated, theta.flags.c_contiguous
        stack = self.stacks.get(key)
        if stack is None:
            stack = self.stacks[key] = Stack.like(theta, copies)
            if evaluated and not theta.flags.c_contiguous:
                stack.prepared = net.prepare(stack.memory.reshape(theta.shape[1], -1))
        return stack

    def losses(self, net: Network, theta: np.ndarray, batch: Batch) -> np.ndarray:
        """Return the losses (R,) at theta, by a prepared pass where there is one."""
        if theta.flags.c_contiguous or not theta.flags.f_contiguous:
            return net.evaluate(theta, batch)
        stack = self.stack("loss", net, theta, 1, True)
        if stack.prepared is None:
            return net.evaluate(theta, batch)
        stack.copies[0] = theta
        return stack.losses(net, batch)[0]
