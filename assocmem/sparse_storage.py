"""Coincidences of very many units, of which few pairs were ever active together.

Rows of C without the diagonal are kept as compressed sparse rows, in blocks: 4 bytes for the number
of a unit and 1 for the count, 2 or 4 from the first count above 255 or 65535. Terms of a rule come
from tables over usages and counts (`assocmem.tables`): sums over all inputs as if C_ij = 0, plus
corrections for the pairs that were active together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assocmem._types import PatternRows
from assocmem.counts import Counts
from assocmem.learning import (
    PatternStatistics,
    len_rows,
    sparse_products,
    to_sparse,
    usage_of,
)
from assocmem.tables import CoincidenceSummary

#: Coincidences that a block of rows may have at most when it is made: 40 MB of them.
BLOCK_COINCIDENCES = 2**23

#: Types of counts, the shortest first.
COUNT_TYPES = (np.uint8, np.uint16, np.int32)


class SparseStatistics(PatternStatistics):
    """Number of patterns, usages and coincidences; the whole content of a memory.

    Parameters
    ----------
    n_inputs, n_outputs : int
        Numbers of units.
    shared : bool
        True for auto-association: inputs and outputs are the same units.

    Attributes
    ----------
    starts : ndarray of int
        First row of each block, and the number of rows.
    blocks : list of scipy.sparse.csr_array
        Rows of C without own coincidences.
    """

    def __init__(self, n_inputs: int, n_outputs: int, *, shared: bool) -> None:
        self.shared = shared
        self.n_patterns = 0
        self.input_usage = np.zeros(n_inputs, np.int64)
        self.output_usage = self.input_usage if shared else np.zeros(n_outputs, np.int64)
        # Sums come from tables: whatever is stored, it costs no pass over all synapses.
        self.is_online = True
        self._summary: CoincidenceSummary | None = None
        self.starts = np.array([0, n_inputs])
        self.blocks = [sparse.csr_array((n_inputs, n_outputs), dtype=np.uint8)]

    @property
    def nbytes(self) -> int:
        """Bytes of the coincidences."""
        parts = ((b.data, b.indices, b.indptr) for b in self.blocks)
        return sum(array.nbytes for arrays in parts for array in arrays)

    @property
    def n_coincidences(self) -> int:
        """Number of pairs that were active together (both directions, without own ones)."""
        return sum(block.nnz for block in self.blocks)

    @property
    def coincidences(self) -> Any:  # type: ignore[override]
        """All of C as one sparse array, own coincidences included."""
        whole = sparse.vstack([block.astype(np.int32) for block in self.blocks], format="csr")
        if self.shared:
            whole = whole + sparse.diags_array(self.input_usage, format="csr", dtype=np.int32)
        return sparse.csr_array(whole)

    def summary(self) -> CoincidenceSummary:
        if self._summary is None:
            rows = (self.row_block(number) for number in range(len(self.blocks)))
            self._summary = CoincidenceSummary.of_sparse(
                rows, self.input_usage, len(self.output_usage), self.shared
            )
        return self._summary

    def row_block(self, number: int) -> tuple[slice, sparse.csr_array]:
        """Return the rows of a block and their coincidences."""
        return slice(int(self.starts[number]), int(self.starts[number + 1])), self.blocks[number]

    def row(self, unit: int) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Return the outputs that were active together with an input, and how often."""
        number = int(np.searchsorted(self.starts, unit, side="right")) - 1
        block = self.blocks[number]
        first, last = block.indptr[unit - self.starts[number] :][:2]
        return block.indices[first:last], block.data[first:last]

    def add(self, inputs: PatternRows, outputs: PatternRows) -> None:
        self._total_with(inputs)
        self._change(inputs, outputs, 1)

    def remove(self, inputs: PatternRows, outputs: PatternRows) -> None:
        in_usage = self.input_usage - usage_of(inputs)
        out_usage = self.output_usage - usage_of(outputs)
        possible = self.n_patterns >= len_rows(inputs) and min(in_usage.min(), out_usage.min()) >= 0
        before = dict(self.__dict__)
        if possible:
            self._change(inputs, outputs, -1)
            if self.is_consistent():
                return
            self.__dict__.update(before)
        raise self._refusal()

    def _change(self, inputs: PatternRows, outputs: PatternRows, sign: int) -> None:
        in_usage, out_usage = self._usages(inputs, outputs)
        in_usage, out_usage = (
            self.input_usage + sign * in_usage,
            self.output_usage + (sign * out_usage),
        )
        largest = int(min(max(in_usage.max(), self.input_usage.max()), out_usage.max(initial=1)))
        working = np.uint8 if largest <= 255 and sign > 0 else np.int32
        starts, blocks = [0], []
        shared = inputs is outputs
        left = to_sparse(inputs, working)
        right = left if shared else to_sparse(outputs, working)
        for rows, product in sparse_products(left, right, working, BLOCK_COINCIDENCES):
            if self.shared:
                product = _without_own(product, rows.start)
            former = self._rows(rows)
            if former.nnz or sign < 0:
                product = former.astype(working) + sign * product
                product.eliminate_zeros()
            starts.append(rows.stop)
            blocks.append(_shortened(product))
        self.starts, self.blocks = np.array(starts), blocks
        self.n_patterns += sign * len_rows(inputs)
        self.input_usage = in_usage
        self.output_usage = in_usage if self.shared else out_usage
        self._summary = None

    def _rows(self, rows: slice) -> sparse.csr_array:
        """Return some rows of C, whichever blocks they are in."""
        if self.n_patterns == 0:
            return sparse.csr_array((rows.stop - rows.start, self.shape[1]), dtype=np.uint8)
        parts = []
        for number in range(len(self.blocks)):
            own, block = self.row_block(number)
            first, last = max(own.start, rows.start), min(own.stop, rows.stop)
            if first < last:
                parts.append(block[first - own.start : last - own.start])
        return sparse.csr_array(sparse.vstack(parts, format="csr"))

    def is_consistent(self) -> bool:
        for number in range(len(self.blocks)):
            rows, block = self.row_block(number)
            row = np.repeat(np.arange(rows.start, rows.stop), np.diff(block.indptr))
            bound = np.minimum(self.input_usage[row], self.output_usage[block.indices])
            if block.nnz and ((block.data < 0) | (block.data > bound)).any():
                return False
        if max(self.input_usage.max(), self.output_usage.max()) > self.n_patterns:
            return False
        # Two usages that exceed M together need coincidences, so that no M00 is negative.
        crowded = np.flatnonzero(self.input_usage + self.output_usage.max() > self.n_patterns)
        height = max(1, BLOCK_COINCIDENCES // self.shape[1])
        parts = (crowded[start : start + height] for start in range(0, len(crowded), height))
        return not any((self.block(part, np.float64).neither < 0).any() for part in parts)

    def block(self, rows: slice | NDArray[np.intp], dtype: type[np.floating]) -> Counts:
        units = np.arange(*rows.indices(self.shape[0])) if isinstance(rows, slice) else rows
        both = np.zeros((len(units), self.shape[1]), dtype)
        for counts, unit in zip(both, units.tolist(), strict=True):
            outputs, number = self.row(unit)
            counts[outputs] = number
            if self.shared:
                counts[unit] = self.input_usage[unit]
        return Counts(
            self.n_patterns,
            self.input_usage[units, None].astype(dtype),
            self.output_usage.astype(dtype),
            both,
            float(self.input_usage.mean()),
            float(self.output_usage.mean()),
        )

    def restore(
        self,
        n_patterns: float,
        input_usage: NDArray[Any],
        output_usage: NDArray[Any],
        coincidences: Any,
    ) -> None:
        shapes = input_usage.shape, output_usage.shape, coincidences.shape
        if shapes != (self.input_usage.shape, self.output_usage.shape, self.shape):
            raise ValueError(f"the shapes of the saved counts do not fit: {shapes}")
        if self.shared:
            own = np.array_equal(coincidences.diagonal(), input_usage)
            if not own or (coincidences != coincidences.T).nnz:
                raise ValueError("the saved counts contradict each other")
            coincidences = _without_own(coincidences, 0)
        self.n_patterns = n_patterns
        self.input_usage = input_usage.astype(np.int64)
        self.output_usage = self.input_usage if self.shared else output_usage.astype(np.int64)
        self.starts = np.array([0, self.shape[0]])
        self.blocks = [_shortened(sparse.csr_array(coincidences))]
        self._summary = None
        if not self.is_consistent():
            raise ValueError("the saved counts contradict each other")


def _without_own(rows: sparse.csr_array, start: int) -> sparse.csr_array:
    """Return rows of C without the coincidences of units with themselves."""
    number = np.arange(start, start + rows.shape[0], dtype=np.int32)
    own = np.flatnonzero(rows.indices == np.repeat(number, np.diff(rows.indptr)))
    starts = rows.indptr - np.searchsorted(own, rows.indptr)
    return _compact(np.delete(rows.data, own), np.delete(rows.indices, own), starts, rows.shape)


def _shortened(rows: sparse.csr_array) -> sparse.csr_array:
    """Return counts in the shortest type that holds them, and unit numbers of 4 bytes."""
    largest = int(rows.data.max(initial=0))
    dtype = next(t for t in COUNT_TYPES if largest <= np.iinfo(t).max)
    return _compact(rows.data.astype(dtype, copy=False), rows.indices, rows.indptr, rows.shape)


def _compact(
    data: NDArray[Any], indices: NDArray[Any], starts: NDArray[Any], shape: tuple[int, int]
) -> sparse.csr_array:
    """Return a sparse array; SciPy keeps both kinds of numbers in the wider of their types."""
    number = np.int32 if len(data) <= np.iinfo(np.int32).max else np.int64
    content = (data, indices.astype(number, copy=False), starts.astype(number, copy=False))
    return sparse.csr_array(content, shape=shape)
