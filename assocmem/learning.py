"""Counting: usages and coincidences of stored patterns, and their exact undoing.

Four formulations of the same matrix X^T Y, chosen by number and density of the patterns: the square
of active units for each of a few patterns, a product of sparse matrices (work proportional to
M k^2) for very sparse ones, counting, for each input, the outputs of the patterns that contain it,
and a matrix product in single precision for dense ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assocmem._types import PatternRows
from assocmem.counts import Counts
from assocmem.tables import CoincidenceSummary

#: Up to this many patterns are counted one by one.
FEW_PATTERNS = 8

#: Fraction of active synapses below which a product of sparse matrices counts fastest (k/n = 2 % in
#: auto-association); synapses that such a product may hold at once (256 MB); fraction of them below
#: which they are added one by one, else so many rows at a time that these stay in the cache.
SPARSE_BELOW, SPARSE_SYNAPSES, SCATTER_BELOW, CACHED_ROWS = 4e-4, 2**25, 5e-3, 128

#: Fraction of active synapses (k/n of the inputs times k/n of the outputs) above which a matrix
#: product counts faster than the sparse method (k/n = 3 % in auto-association); measured.
DENSE_FROM = 1e-3

#: Rows of a dense product computed at once, and patterns per product: below 2^24 patterns single
#: precision holds every count exactly.
PRODUCT_ROWS, PRODUCT_PATTERNS = 2048, 2**14

#: Up to this many patterns, single precision holds all counts and their differences exactly.
EXACT_IN_SINGLE = 2**24

#: Largest count, so that sums of two counts still fit into 32 bits.
LARGEST_COUNT = 2**30


class PatternStatistics:
    """Number of patterns, usages and coincidences; the whole content of a memory.

    Parameters
    ----------
    n_inputs, n_outputs : int
        Numbers of units.
    shared : bool
        True for auto-association: inputs and outputs are the same units.

    Attributes
    ----------
    n_patterns : int
        Number of stored patterns M (a pattern stored twice counts twice).
    input_usage, output_usage : ndarray, shape (n_inputs,) and (n_outputs,), int64
        M1(i) and M1(j); one and the same array for auto-association.
    coincidences : ndarray, shape (n_inputs, n_outputs), int16 or int32
        M11(i, j); 16 bits until a count could exceed them, then 32.
    """

    def __init__(self, n_inputs: int, n_outputs: int, *, shared: bool) -> None:
        self.shared = shared
        self.n_patterns: float = 0
        self.input_usage = np.zeros(n_inputs, np.int64)
        self.output_usage = self.input_usage if shared else np.zeros(n_outputs, np.int64)
        self.coincidences: NDArray[np.signedinteger] = np.zeros((n_inputs, n_outputs), np.int16)
        self.is_online = False
        self._summary: CoincidenceSummary | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of inputs and outputs."""
        return len(self.input_usage), len(self.output_usage)

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self.input_usage) * len(self.output_usage)

    def summary(self) -> CoincidenceSummary:
        """Return how often each output was active with others; followed from pattern to pattern."""
        if self._summary is None:
            self._summary = CoincidenceSummary(self.coincidences, self.input_usage, self.shared)
        return self._summary

    def add(self, inputs: PatternRows, outputs: PatternRows) -> None:
        """Count the pattern pairs in the rows of `inputs` and `outputs`."""
        total = self._total_with(inputs)
        input_usage, output_usage = self._usages(inputs, outputs)
        largest = int(max((self.input_usage + input_usage).max(initial=0), 0))
        if largest > np.iinfo(self.coincidences.dtype).max:
            self.coincidences = self.coincidences.astype(np.int32)
        self.is_online = len_rows(inputs) <= FEW_PATTERNS
        if self.is_online:
            self._count_one_by_one(inputs, outputs, 1)
            return
        self._summary = None
        for rows, counts in count_coincidences(inputs, outputs):
            self.coincidences[rows] += counts.astype(self.coincidences.dtype, copy=False)
        self.n_patterns = total
        self._add_usages(input_usage, output_usage)

    def _total_with(self, inputs: PatternRows) -> float:
        """Return the number of patterns with these, or refuse them as too many."""
        total = self.n_patterns + len_rows(inputs)
        if total > LARGEST_COUNT:
            raise OverflowError(
                f"store: a memory counts up to {LARGEST_COUNT} patterns, not {total}"
            )
        return total

    def _count_one_by_one(self, inputs: PatternRows, outputs: PatternRows, sign: int) -> None:
        """Count (sign 1) or uncount (sign -1) few patterns."""
        pairs = zip(active_units(inputs), active_units(outputs), strict=True)
        for in_units, out_units in pairs:
            if self._summary is not None:
                self._summary.follow(self.coincidences, self.input_usage, in_units, out_units, sign)
            self.coincidences[np.ix_(in_units, out_units)] += sign
            # New arrays: views that were handed out keep their content.
            self.input_usage = self.input_usage.copy()
            self.input_usage[in_units] += sign
            if self.shared:
                self.output_usage = self.input_usage
            else:
                self.output_usage = self.output_usage.copy()
                self.output_usage[out_units] += sign
            self.n_patterns += sign

    def remove(self, inputs: PatternRows, outputs: PatternRows) -> None:
        """Undo `add`; a count that would become negative leaves everything unchanged."""
        if len_rows(inputs) <= FEW_PATTERNS:
            self._remove_one_by_one(inputs, outputs)
            return
        input_usage, output_usage = self._usages(inputs, outputs)
        reduced = PatternStatistics(len(input_usage), len(output_usage), shared=self.shared)
        reduced.n_patterns = self.n_patterns - len_rows(inputs)
        reduced._add_usages(self.input_usage - input_usage, self.output_usage - output_usage)
        usages = (reduced.input_usage, reduced.output_usage)
        possible = reduced.n_patterns >= 0 and all(usage.min(initial=0) >= 0 for usage in usages)
        if possible:
            # A usage bounds the coincidences, so that nothing below leaves their integer type.
            reduced.coincidences = self.coincidences.copy()
            for rows, counts in count_coincidences(inputs, outputs):
                reduced.coincidences[rows] -= counts.astype(reduced.coincidences.dtype)
        if not (possible and reduced.is_consistent()):
            raise self._refusal()
        self.__dict__.update(reduced.__dict__)

    def _remove_one_by_one(self, inputs: PatternRows, outputs: PatternRows) -> None:
        changed = self.n_patterns - len_rows(inputs) >= 0
        if changed:
            self._count_one_by_one(inputs, outputs, -1)
            units = np.unique(np.concatenate([*active_units(inputs), np.zeros(0, np.intp)]))
            if self._has_no_negative(units):
                self.is_online = True
                return
            self._count_one_by_one(inputs, outputs, 1)
        raise self._refusal()

    @staticmethod
    def _refusal() -> ValueError:
        return ValueError(
            "forget: the patterns must have been stored before; "
            "a count would become negative (nothing was forgotten)"
        )

    def _has_no_negative(self, changed: NDArray[np.intp]) -> bool:
        """Tell whether the counts are consistent, given the inputs whose usage was reduced.

        Usages bound the other counts where they are below M / 2; else all of them are looked at.
        """
        usages = (self.input_usage, self.output_usage)
        if min(usage.min(initial=0) for usage in usages) < 0:
            return False
        if sum(int(usage.max(initial=0)) for usage in usages) > self.n_patterns:
            return self.is_consistent()
        both = self.coincidences[changed]
        bounds = (both, self.input_usage[changed, None] - both)
        columns = self.coincidences[:, changed] if self.shared else self.coincidences
        usage = self.output_usage[changed] if self.shared else self.output_usage
        return all(count.min(initial=0) >= 0 for count in (*bounds, usage - columns))

    def restore(
        self,
        n_patterns: int,
        input_usage: NDArray[np.integer],
        output_usage: NDArray[np.integer],
        coincidences: NDArray[np.signedinteger],
    ) -> None:
        """Take over saved counts, or raise a ValueError if they contradict each other."""
        shapes = (input_usage.shape, output_usage.shape, coincidences.shape)
        expected = (self.input_usage.shape, self.output_usage.shape, self.coincidences.shape)
        if shapes != expected:
            raise ValueError(f"the shapes of the saved counts do not fit: {shapes}")
        if coincidences.dtype not in (np.int16, np.int32):
            raise ValueError(
                f"the saved coincidences must be of type int16 or int32, not {coincidences.dtype}"
            )
        if not min(counts.size for counts in (input_usage, output_usage)):
            raise ValueError("the saved counts are of no units")
        self.n_patterns = n_patterns
        self.input_usage = input_usage.astype(np.int64)
        self.output_usage = self.input_usage if self.shared else output_usage.astype(np.int64)
        self.coincidences = coincidences
        symmetric = not self.shared or self._is_symmetric()
        if not (symmetric and self.is_consistent()):
            raise ValueError("the saved counts contradict each other")

    def _is_symmetric(self) -> bool:
        """Tell whether coincidences suit auto-association: symmetric, usages on the diagonal."""
        if not np.array_equal(self.coincidences.diagonal(), self.input_usage):
            return False
        for start in range(0, len(self.coincidences), PRODUCT_ROWS):
            part = slice(start, start + PRODUCT_ROWS)
            if not np.array_equal(self.coincidences[part], self.coincidences[:, part].T):
                return False
        return True

    def is_consistent(self) -> bool:
        """Tell whether all of the counts M11, M10, M01 and M00 are at least 0."""
        for start in range(0, len(self.input_usage), PRODUCT_ROWS):
            both = self.coincidences[start : start + PRODUCT_ROWS]
            input_only = self.input_usage[start : start + PRODUCT_ROWS, None] - both
            neither = self.n_patterns - self.output_usage - input_only
            counts = (both, input_only, self.output_usage - both, neither)
            if any(count.min(initial=0) < 0 for count in counts):
                return False
        return True

    @property
    def working_type(self) -> type[np.floating]:
        """The shortest floating-point type in which all counts are exact."""
        return np.float32 if self.n_patterns <= EXACT_IN_SINGLE else np.float64

    def block(self, rows: slice | NDArray[np.intp], dtype: type[np.floating]) -> Counts:
        """Return the counts of some inputs in floating point, as a rule takes them."""
        return Counts(
            self.n_patterns,
            self.input_usage[rows, None].astype(dtype),
            self.output_usage.astype(dtype),
            self.coincidences[rows].astype(dtype),
            float(self.input_usage.mean()),
            float(self.output_usage.mean()),
        )

    def _usages(
        self, inputs: PatternRows, outputs: PatternRows
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        input_usage = usage_of(inputs)
        return input_usage, (input_usage if self.shared else usage_of(outputs))

    def _add_usages(self, input_usage: NDArray[np.int64], output_usage: NDArray[np.int64]) -> None:
        self.input_usage = self.input_usage + input_usage
        self.output_usage = self.input_usage if self.shared else self.output_usage + output_usage


def usage_of(rows: PatternRows) -> NDArray[np.int64]:
    """Return in how many patterns each unit is active."""
    if isinstance(rows, sparse.csr_array):
        return np.bincount(rows.indices, minlength=rows.shape[1]).astype(np.int64)
    return np.asarray(rows.sum(axis=0, dtype=np.int64))


def len_rows(rows: PatternRows) -> int:
    """Return the number of patterns."""
    return int(rows.shape[0])


def active_units(rows: PatternRows) -> list[NDArray[np.intp]]:
    """Return the indices of the active units of each pattern."""
    if isinstance(rows, sparse.csr_array):
        unit, ends = rows.indices.astype(np.intp), rows.indptr[1:]
    else:
        pattern, unit = nonzero(rows)
        ends = np.bincount(pattern, minlength=len(rows)).cumsum()
    return np.split(unit, ends[:-1])[: len_rows(rows)]


def nonzero(states: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the entries 1; three times as fast as NumPy's for bytes."""
    flat = np.flatnonzero(np.ascontiguousarray(states).view(np.bool_))
    return np.divmod(flat, max(1, states.shape[1]))


def to_sparse(rows: PatternRows, dtype: type[np.integer]) -> sparse.csr_array:
    """Return patterns as a sparse matrix of ones of this type."""
    if isinstance(rows, sparse.csr_array):
        content = (np.ones(len(rows.indices), dtype), rows.indices, rows.indptr)
        return sparse.csr_array(content, shape=rows.shape)
    pattern, unit = nonzero(rows)
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.bincount(pattern, minlength=len(rows)), out=starts[1:])
    return sparse.csr_array((np.ones(len(unit), dtype), unit, starts), shape=rows.shape)


def to_dense(rows: PatternRows) -> NDArray[np.uint8]:
    """Return patterns as an array of zeros and ones."""
    return rows.toarray() if isinstance(rows, sparse.csr_array) else rows


def active_per_row(rows: PatternRows) -> NDArray[np.intp]:
    """Return the number of active units of each pattern."""
    if isinstance(rows, sparse.csr_array):
        return np.diff(rows.indptr).astype(np.intp)
    return np.count_nonzero(rows, axis=1)


def count_coincidences(
    inputs: PatternRows, outputs: PatternRows
) -> Iterator[tuple[Any, NDArray[np.number]]]:
    """Yield entries of X^T Y with their places; entries that are zero may be left out.

    Places are disjoint within one call or are to be added up in turn.
    """
    synapses = inputs.shape[1] * outputs.shape[1]
    if not len_rows(inputs) or not synapses:
        return
    work = int((active_per_row(inputs) * active_per_row(outputs)).sum(dtype=np.int64))
    density = work / (synapses * len_rows(inputs))
    if density < SPARSE_BELOW:
        yield from _count_by_sparse_product(inputs, outputs)
        return
    shared = inputs is outputs
    inputs = to_dense(inputs)
    outputs = inputs if shared else to_dense(outputs)
    yield from (_count_by_product if density > DENSE_FROM else _count_by_input)(inputs, outputs)


def sparse_products(
    inputs: PatternRows,
    outputs: PatternRows,
    dtype: type[np.integer],
    n_synapses: int = SPARSE_SYNAPSES,
) -> Iterator[tuple[slice, sparse.csr_array]]:
    """Yield blocks of rows of X^T Y as sparse matrices with at most `n_synapses` entries."""
    right = to_sparse(outputs, dtype)
    left = right if inputs is outputs else to_sparse(inputs, dtype)
    left = left.T.tocsr()
    # An input that is active in m patterns has coincidences with at most m times k outputs.
    most = np.diff(left.indptr) * int(active_per_row(outputs).max(initial=1))
    most = np.minimum(most, outputs.shape[1]).cumsum()
    start = 0
    while start < left.shape[0]:
        limit = (most[start - 1] if start else 0) + n_synapses
        end = max(start + 1, int(np.searchsorted(most, limit, side="right")))
        yield slice(start, end), left[start:end] @ right
        start = end


def _count_by_sparse_product(
    inputs: PatternRows, outputs: PatternRows
) -> Iterator[tuple[Any, NDArray[np.integer]]]:
    """Count with products of sparse matrices, added row by row or entry by entry."""
    largest = usage_of(inputs).max(initial=0)
    dtype = np.int16 if largest <= np.iinfo(np.int16).max else np.int32
    for rows, product in sparse_products(inputs, outputs, dtype, SPARSE_SYNAPSES):
        if product.nnz < SCATTER_BELOW * product.shape[0] * product.shape[1]:
            row = np.repeat(np.arange(rows.start, rows.stop), np.diff(product.indptr))
            yield (row, product.indices), product.data
            continue
        for start in range(0, product.shape[0], CACHED_ROWS):
            part = product[start : start + CACHED_ROWS].toarray()
            yield slice(rows.start + start, rows.start + start + len(part)), part


def _count_by_product(
    inputs: NDArray[np.uint8], outputs: NDArray[np.uint8]
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Count with single-precision matrix products of blocks."""
    for first in range(0, len(inputs), PRODUCT_PATTERNS):
        chunk = slice(first, first + PRODUCT_PATTERNS)
        right = outputs[chunk].astype(np.float32)
        if inputs is outputs and inputs.shape[1] <= PRODUCT_ROWS:
            yield slice(None), right.T @ right  # BLAS computes half of a symmetric product only
            continue
        for start in range(0, inputs.shape[1], PRODUCT_ROWS):
            rows = slice(start, start + PRODUCT_ROWS)
            yield rows, inputs[chunk, rows].astype(np.float32).T @ right


def _count_by_input(
    inputs: NDArray[np.uint8], outputs: NDArray[np.uint8]
) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Count, for each input, the outputs of the patterns that contain it."""
    n_outputs = outputs.shape[1]
    pattern, unit = np.nonzero(outputs)
    ends = np.bincount(pattern, minlength=len(outputs)).cumsum()
    active_outputs = np.split(unit, ends[:-1])
    pattern, unit = np.nonzero(inputs)
    by_unit = np.argsort(unit, kind="stable")
    ends = np.bincount(unit, minlength=inputs.shape[1]).cumsum()
    for i, patterns in enumerate(np.split(pattern[by_unit], ends[:-1])):
        if len(patterns):
            lists = [active_outputs[p] for p in patterns.tolist()]
            yield i, np.bincount(np.concatenate(lists), minlength=n_outputs)
