"""Where the batches of a run come from."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Batch, Network

Batches = Batch | Callable[[int], Batch] | Iterable[Batch] | None

#: The batch of a network that needs none.
NO_BATCH: Batch = (np.empty(0), np.empty(0))


class BatchSource:
    """The batches of a run: fixed, by index, or from an iterator; checked when they change.

    Parameters
    ----------
    net : Network
        The network they have to fit.
    batches : tuple (X, Y), callable, iterable or None
        One fixed batch, a function of the batch index, or batches one after the other; None for a
        network that needs none.

    Raises
    ------
    ValueError
        If `batches` is nothing of that kind, or the fixed batch does not fit.
    """

    def __init__(self, net: Network, batches: Batches) -> None:
        self._net = net
        self._function: Callable[[int], Batch] | None = None
        self._iterator: Iterator[Batch] | None = None
        self._batch: Any = None
        self._index = -1
        self._expected: int | None = None
        free = batches is None and not net.needs_batches
        self._fixed = free or isinstance(batches, tuple)
        if free:
            self._batch = NO_BATCH
        elif isinstance(batches, tuple):
            self._batch = net.as_batch(batches)
        elif isinstance(batches, list) and len(batches) == 2 and _is_pair(batches):
            raise ValueError(
                "train.batches: must be a tuple (X, Y) for one fixed batch; a list is taken for "
                "batches one after the other, and its items are no pairs"
            )
        elif callable(batches):
            self._function = batches
        elif isinstance(batches, Iterable):
            self._iterator = iter(batches)
        else:
            raise _checks.refuse(
                "train",
                "batches",
                "a pair (X, Y), a function of the batch index or an iterator",
                batches,
            )

    def batch(self, step: int, hold: int) -> tuple[Batch, bool]:
        """Return the batch of `step` and whether it differs from that of the step before."""
        index = 0 if self._fixed else step // hold
        fresh = index != self._index
        if fresh and not self._fixed:
            if self._function is not None:
                self._batch = self._net.as_batch(self._function(index))
            elif self._iterator is not None:
                self._batch = self._net.as_batch(next(self._iterator))
        self._index = index
        if self._expected is not None:
            fresh = self._expected != self.checksum()
            self._expected = None
        return self._batch, fresh

    def holds(self, step: int, hold: int) -> bool:
        """Tell whether `step` sees the present batch again."""
        return self._fixed or step // hold == self._index

    def spans(self, step: int, hold: int) -> bool:
        """Tell whether `step` sees the batch of the step before it."""
        return step > 0 and (self._fixed or step // hold == (step - 1) // hold)

    def release(self) -> None:
        """Forget how long the present batch is to be held, when the holding time changes."""
        self._index = -1

    def expect(self, checksum: int) -> None:
        """Take the next batch for the one that was held, if it has this checksum."""
        self._expected = checksum

    def checksum(self) -> int:
        """Return a number that tells batches apart; 0 before the first one."""
        if self._batch is None:
            return 0
        parts = self._batch if isinstance(self._batch, tuple) else (self._batch,)
        total = 0
        for part in parts:
            total = zlib.crc32(_bytes(part), total)
        return total


def _is_pair(items: list[Any]) -> bool:
    """Tell whether two items look like X and Y, not like two batches."""
    return all(isinstance(item, np.ndarray) and item.ndim > 1 for item in items)


def _bytes(part: Any) -> memoryview | bytes:
    if isinstance(part, np.ndarray) and part.dtype != object and part.size:
        return np.ascontiguousarray(part).data.cast("B")
    # A black box may have batches of any kind
    return repr(part).encode()
