"""Willshaw memories of up to 10^6 units: one bit for each synapse, or a list of those that exist.

A. Knoblauch, G. Palm, "Iterative retrieval and block coding in autoassociative and
heteroassociative memory", Neural Computation 32:205 (2020): networks of up to 2 10^6 neurons; the
largest information, about 0.2 bit per synapse, was found at some 10^5 neurons.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from assocmem._types import Indices
from assocmem._validation import choice, pattern_rows, refusal, whole_number
from assocmem.learning import active_per_row, active_units, len_rows, sparse_products, to_sparse
from assocmem.theory import willshaw_load

log = logging.getLogger(__name__)

SYNAPSES = ("auto", "bits", "indices")

#: Synapses of a row block that exist at most when it is made; rows of bits that are made at once
#: take 64 MB before they are packed.
BLOCK_SYNAPSES, UNPACKED = 2**23, 2**26

#: Synapses set, and looked at, per second on one core of 2024 (measured, with bits and with lists).
SET_PER_SECOND, READ_PER_SECOND = 2e7, 1e8


@dataclass(frozen=True)
class Plan:
    """What storing would take; prints as one line.

    Attributes
    ----------
    synapses : {"bits", "indices"}
    load : float
        Expected fraction p1 of synapses that exist.
    nbytes : int
        Expected memory for synapses.
    seconds : float
        Expected time for storing, roughly.
    seconds_per_query : float
        Expected time for one retrieval step of a query, roughly.
    """

    synapses: str
    load: float
    nbytes: int
    seconds: float
    seconds_per_query: float

    def __str__(self) -> str:
        return (
            f"{self.synapses}: load {self.load:.3g}, {self.nbytes / 1e9:.3g} GB, about "
            f"{self.seconds:.2g} s to store and {1e3 * self.seconds_per_query:.2g} ms a step"
        )


class BinaryMemory:
    """A Willshaw memory for auto-association, with the same answers as the rule ``"willshaw"``.

    Parameters
    ----------
    n_units : int
        Number of units n.
    synapses : {"auto", "bits", "indices"}, default "auto"
        n^2 bits, or a sorted list of 4 bytes for each synapse that exists: shorter below a load of
        1/32. ``"auto"`` decides with the first patterns.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from assocmem import patterns
    >>> stored = patterns.block(1000, 10_000, 10, rng=0, sparse=True)
    >>> memory = BinaryMemory(10_000)
    >>> memory.plan(1000, 10).synapses
    'indices'
    >>> memory.store(stored)
    >>> cues = patterns.corrupt(stored[:5], completeness=0.5, rng=0)
    >>> answers = memory.retrieve(cues, activation="block-winners", n_active=10)
    >>> int(abs(answers - stored[:5]).sum())
    0
    """

    def __init__(self, n_units: int, *, synapses: str = "auto") -> None:
        self.n_units = whole_number("n_units", n_units, 1, 2**31 - 1)
        self.synapses = choice("synapses", synapses, SYNAPSES)
        self.n_patterns = 0
        self._bits = np.zeros((0, 0), np.uint8)
        self._lists: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = []
        self._starts = np.array([0, self.n_units])

    def plan(self, n_patterns: int, n_active: int) -> Plan:
        """Return what storing random patterns would take, without allocating anything.

        Parameters
        ----------
        n_patterns, n_active : int
            Numbers of patterns M and of active units k.
        """
        m, n = whole_number("n_patterns", n_patterns), self.n_units
        k = whole_number("n_active", n_active, 0, n)
        load = willshaw_load(m, k / n, k / n)
        row_bytes = -(-n // 8)
        sizes = {"bits": n * row_bytes, "indices": round(4 * load * n * n) + 8 * n}
        kind = (
            min(sizes, key=lambda name: sizes[name]) if self.synapses == "auto" else self.synapses
        )
        work = m * k * k + (n * n / 8 if kind == "bits" else 0)
        looked_at = k * (row_bytes if kind == "bits" else load * n) + n
        return Plan(kind, load, sizes[kind], work / SET_PER_SECOND, looked_at / READ_PER_SECOND)

    @property
    def nbytes(self) -> int:
        """Bytes of the synapses."""
        return self._bits.nbytes + sum(a.nbytes + b.nbytes for a, b in self._lists)

    @property
    def load(self) -> float:
        """Fraction p1 of the synapses that exist, own ones included."""
        if self._bits.size:
            ones = int(np.bitwise_count(self._bits).sum(dtype=np.int64))
        else:
            ones = sum(len(units) for _, units in self._lists)
        return ones / self.n_units**2

    def store(self, X: ArrayLike) -> None:
        """Store patterns, shape (n_patterns, n_units); sparse ones take least.

        What `plan` says of them is logged before anything is allocated.

        Parameters
        ----------
        X : array_like or sparse array, shape (n_patterns, n_units)
            The patterns, zeros and ones.

        Raises
        ------
        ValueError
            If a shape is wrong or an entry is neither 0 nor 1.
        """
        rows = pattern_rows("X", X, self.n_units)
        if not len_rows(rows):
            return
        n_patterns = self.n_patterns + len_rows(rows)
        plan = self.plan(n_patterns, round(active_per_row(rows).mean()))
        log.info("%d units, %d patterns: %s", self.n_units, n_patterns, plan)
        self.synapses = plan.synapses
        patterns = to_sparse(rows, np.uint8)
        if self.synapses == "bits":
            self._set_bits(patterns)
        else:
            self._extend_lists(patterns)
        self.n_patterns += len_rows(rows)

    def _set_bits(self, patterns: csr_array) -> None:
        if not self._bits.size:
            self._bits = np.zeros((self.n_units, -(-self.n_units // 8)), np.uint8)
        height = max(1, UNPACKED // self.n_units)
        by_unit, lists = patterns.T.tocsr(), active_units(patterns)
        for start in range(0, self.n_units, height):
            part = np.zeros((min(height, self.n_units - start), self.n_units), np.bool_)
            for row, unit in enumerate(range(start, start + len(part))):
                which = by_unit.indices[by_unit.indptr[unit] : by_unit.indptr[unit + 1]]
                if len(which):
                    part[row, np.concatenate([lists[p] for p in which.tolist()])] = True
            self._bits[start : start + len(part)] |= np.packbits(part, axis=1)

    def _extend_lists(self, patterns: csr_array) -> None:
        former = self._all_lists()
        starts, lists = [0], []
        for rows, product in sparse_products(patterns, patterns, np.int32, BLOCK_SYNAPSES):
            if former is not None:
                product = former[rows] + product
            product.sort_indices()
            starts.append(rows.stop)
            lists.append((product.indptr.astype(np.int64), product.indices.astype(np.int32)))
        self._starts, self._lists = np.array(starts), lists

    def _all_lists(self) -> csr_array | None:
        """Return all synapses as one sparse array."""
        if not self._lists:
            return None
        starts = [np.zeros(1, np.int64)]
        for ends, _ in self._lists:
            starts.append(ends[1:] + starts[-1][-1])
        units = np.concatenate([units for _, units in self._lists])
        content = (np.ones(len(units), np.int32), units, np.concatenate(starts))
        return csr_array(content, shape=(self.n_units, self.n_units))

    def retrieve(
        self,
        queries: ArrayLike,
        *,
        activation: str = "winners",
        n_active: int,
        max_steps: int = 10,
    ) -> csr_array:
        """Retrieve patterns by up to `max_steps` steps, until nothing changes.

        Parameters
        ----------
        queries : array_like or sparse array, shape (n_queries, n_units)
            Zeros and ones.
        activation : {"winners", "block-winners"}
            The `n_active` units with most support (of equal ones those with smaller numbers), or
            the first such unit in each of `n_active` blocks.
        n_active : int
            Number k of winners, or of blocks.
        max_steps : int, default 10
            Largest number of steps.

        Returns
        -------
        scipy.sparse.csr_array of uint8, shape (n_queries, n_units)

        Raises
        ------
        ValueError
            If an argument is out of range, or blocks do not divide the units.
        """
        rows = pattern_rows("queries", queries, self.n_units)
        choice("activation", activation, ("winners", "block-winners"))
        k = whole_number("n_active", n_active, 1, self.n_units)
        max_steps = whole_number("max_steps", max_steps, 1)
        in_blocks = activation == "block-winners"
        if in_blocks and self.n_units % k:
            raise refusal("n_active", f"a divisor of {self.n_units} units", n_active)
        answers = []
        for units in active_units(rows):
            for _ in range(max_steps if self.n_patterns else 0):
                before, units = units, _winners(self._support(units), k, in_blocks)
                if np.array_equal(before, units):
                    break
            answers.append(units if self.n_patterns else units[:0])
        starts = np.cumsum([0, *map(len, answers)])
        content = np.concatenate([np.zeros(0, np.intp), *answers])
        shape = (len(answers), self.n_units)
        return csr_array((np.ones(len(content), np.uint8), content, starts), shape=shape)

    def _support(self, units: Indices) -> NDArray[Any]:
        """Return by how many of the units each unit is supported."""
        if self._bits.size:
            bits = np.unpackbits(self._bits[units], axis=1, count=self.n_units)
            return np.asarray(bits.sum(axis=0, dtype=np.int32))
        found = [np.zeros(0, np.int32)]
        for unit in units.tolist():
            number = int(np.searchsorted(self._starts, unit, side="right")) - 1
            starts, content = self._lists[number]
            place = unit - int(self._starts[number])
            found.append(content[starts[place] : starts[place + 1]])
        return np.bincount(np.concatenate(found), minlength=self.n_units)


def _winners(support: NDArray[Any], k: int, in_blocks: bool) -> Indices:
    """Return the sorted numbers of the winners; of equally supported units the first ones."""
    if in_blocks:
        size = len(support) // k
        first = support.reshape(k, size).argmax(axis=1)
        return np.asarray(first + np.arange(k) * size)
    last = np.partition(support, len(support) - k)[len(support) - k]
    above = np.flatnonzero(support > last)
    tied = np.flatnonzero(support == last)[: k - len(above)]
    return np.sort(np.concatenate([above, tied]))
