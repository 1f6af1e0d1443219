"""Counting: usages and coincidences of stored patterns, and their exact undoing.

Three formulations of the same matrix X^T Y, chosen by the density of the patterns: counting, for
each input, the outputs of the patterns that contain it (work proportional to M k^2, in cache) for
sparse patterns, and a matrix product in single precision for dense ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assocmem.counts import Counts

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
        self.n_patterns = 0
        self.input_usage = np.zeros(n_inputs, np.int64)
        self.output_usage = self.input_usage if shared else np.zeros(n_outputs, np.int64)
        self.coincidences: NDArray[np.signedinteger] = np.zeros((n_inputs, n_outputs), np.int16)

    def add(self, inputs: NDArray[np.uint8], outputs: NDArray[np.uint8]) -> None:
        """Count the pattern pairs in the rows of `inputs` and `outputs`."""
        total = self.n_patterns + len(inputs)
        if total > LARGEST_COUNT:
            raise OverflowError(
                f"store: a memory counts up to {LARGEST_COUNT} patterns, not {total}"
            )
        input_usage, output_usage = self._usages(inputs, outputs)
        largest = int(max((self.input_usage + input_usage).max(initial=0), 0))
        if largest > np.iinfo(self.coincidences.dtype).max:
            self.coincidences = self.coincidences.astype(np.int32)
        for rows, counts in count_coincidences(inputs, outputs):
            self.coincidences[rows] += counts.astype(self.coincidences.dtype)
        self.n_patterns = total
        self._add_usages(input_usage, output_usage)

    def remove(self, inputs: NDArray[np.uint8], outputs: NDArray[np.uint8]) -> None:
        """Undo `add`; a count that would become negative leaves everything unchanged."""
        input_usage, output_usage = self._usages(inputs, outputs)
        reduced = PatternStatistics(len(input_usage), len(output_usage), shared=self.shared)
        reduced.n_patterns = self.n_patterns - len(inputs)
        reduced._add_usages(self.input_usage - input_usage, self.output_usage - output_usage)
        usages = (reduced.input_usage, reduced.output_usage)
        possible = reduced.n_patterns >= 0 and all(usage.min(initial=0) >= 0 for usage in usages)
        if possible:
            # A usage bounds the coincidences, so that nothing below leaves their integer type.
            reduced.coincidences = self.coincidences.copy()
            for rows, counts in count_coincidences(inputs, outputs):
                reduced.coincidences[rows] -= counts.astype(reduced.coincidences.dtype)
        if not (possible and reduced.is_consistent()):
            raise ValueError(
                "forget: the patterns must have been stored before; "
                "a count would become negative (nothing was forgotten)"
            )
        self.__dict__.update(reduced.__dict__)

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
        if shapes != expected or coincidences.dtype not in (np.int16, np.int32):
            raise ValueError(f"the shapes or types of the saved counts do not fit: {shapes}")
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
        self, inputs: NDArray[np.uint8], outputs: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        input_usage = inputs.sum(axis=0, dtype=np.int64)
        return input_usage, (input_usage if self.shared else outputs.sum(axis=0, dtype=np.int64))

    def _add_usages(self, input_usage: NDArray[np.int64], output_usage: NDArray[np.int64]) -> None:
        self.input_usage = self.input_usage + input_usage
        self.output_usage = self.input_usage if self.shared else self.output_usage + output_usage


def count_coincidences(
    inputs: NDArray[np.uint8], outputs: NDArray[np.uint8]
) -> Iterator[tuple[int | slice, NDArray[np.number]]]:
    """Yield rows of X^T Y with their row numbers; rows that are zero may be left out."""
    synapses = inputs.shape[1] * outputs.shape[1]
    if not len(inputs) or not synapses:
        return
    active = np.count_nonzero(inputs, axis=1) * np.count_nonzero(outputs, axis=1)
    dense = active.sum(dtype=np.int64) > DENSE_FROM * synapses * len(inputs)
    yield from (_count_by_product if dense else _count_by_input)(inputs, outputs)


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
