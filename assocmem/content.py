"""What a memory holds: counts of stored patterns, in one of several storages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assocmem import saving
from assocmem._types import PatternRows
from assocmem._validation import choice, pattern_rows, real_number, whole_number
from assocmem.fading import FadingStatistics
from assocmem.learning import PatternStatistics, len_rows
from assocmem.sparse_storage import SparseStatistics
from assocmem.storage import STORAGES, choose_storage

#: Largest decay: at 1, nothing but the last pattern would be left.
LARGEST_DECAY = 1 - 1e-9


class Content:
    """Counts of stored patterns, whatever a rule makes of them; the base of a memory.

    Parameters
    ----------
    n_units, n_outputs, storage
        As for `assocmem.AssociativeMemory`.
    """

    def __init__(self, n_units: int, n_outputs: int | None, storage: str) -> None:
        self.n_units = whole_number("n_units", n_units, 1)
        self.is_auto = n_outputs is None
        self.n_outputs = (
            self.n_units if n_outputs is None else whole_number("n_outputs", n_outputs, 1)
        )
        self._undecided = choice("storage", storage, STORAGES) == "auto"
        # An empty sparse memory costs nothing, whatever is decided later.
        self._hold(self._empty("dense" if storage == "dense" else "sparse"))

    def _hold(self, statistics: PatternStatistics) -> None:
        """Take these counts in place of the former ones."""
        self._statistics = statistics

    def _changed(self) -> None:
        """Take notice that the counts have changed."""

    def _empty(self, storage: str) -> PatternStatistics:
        kind = SparseStatistics if storage == "sparse" else PatternStatistics
        try:
            return kind(self.n_units, self.n_outputs, shared=self.is_auto)
        except (MemoryError, ValueError) as error:
            # Beyond what an address can reach NumPy raises a ValueError.
            raise MemoryError(
                f"n_units: {self.n_units} inputs and {self.n_outputs} outputs do not fit into "
                f"memory with storage={storage!r} ({error}); storage='sparse' keeps only pairs "
                "that were active together, BinaryMemory only bits"
            ) from error

    @property
    def _is_sparse(self) -> bool:
        return isinstance(self._statistics, SparseStatistics)

    @property
    def storage(self) -> str:
        """``"dense"`` or ``"sparse"``; ``"auto"`` before the first patterns."""
        return "auto" if self._undecided else "sparse" if self._is_sparse else "dense"

    @property
    def n_patterns(self) -> float:
        """Number of stored patterns M; a pattern stored twice counts twice.

        An int, unless patterns fade (``store(..., decay=)``): then the sum of their weights.
        """
        return self._statistics.n_patterns

    @property
    def usage(self) -> NDArray[np.int64]:
        """M1(i), in how many patterns each input unit is active; shape (n_units,), read-only."""
        return _read_only(self._statistics.input_usage)

    @property
    def output_usage(self) -> NDArray[np.int64]:
        """M1(j), in how many patterns each output unit is active; shape (n_outputs,), read-only."""
        return _read_only(self._statistics.output_usage)

    @property
    def coincidences(self) -> Any:
        """M11(i, j), in how many patterns both are active; shape (n_units, n_outputs), read-only.

        int16 as long as no usage exceeds 32767, then int32. A view that later calls of `store`
        may change. A new `scipy.sparse.csr_array` with sparse storage.
        """
        if self._is_sparse:
            return self._statistics.coincidences
        return _read_only(self._statistics.coincidences)

    def store(self, X: ArrayLike, Y: ArrayLike | None = None, *, decay: float = 0.0) -> None:
        """Store patterns, in addition to those that are stored already.

        Parameters
        ----------
        X : array_like or sparse array, shape (n_patterns, n_units) or (n_units,)
            Input patterns, zeros and ones; lists of active units by `patterns.from_indices`.
        Y : array_like or sparse array, shape (n_patterns, n_outputs) or (n_outputs,), optional
            Output patterns; for hetero-association only, and required there.
        decay : float, default 0
            Forgetting, from 0 to below 1: before each pattern, all counts are multiplied by
            1 - `decay`, so that a pattern of age a counts (1 - decay)^a, and the memory is never
            full. `n_patterns` then is a real number that tends to 1/decay, `forget` is refused,
            and counts take 8 bytes a synapse. Binary synapses (willshaw) do not fade. Not with
            sparse storage, whose counts are whole numbers.

        Raises
        ------
        ValueError
            If a shape is wrong, an entry is neither 0 nor 1, or `decay` is out of range or meets
            sparse storage.
        OverflowError
            If the memory would hold more than 2^30 patterns.
        """
        pairs = self._pairs(X, Y)
        decay = real_number("decay", decay, 0, LARGEST_DECAY)
        if not len_rows(pairs[0]):
            return
        if self._undecided:
            self._undecided = False
            self._hold(self._empty(choose_storage(*pairs, fading=bool(decay))))
        if decay and self._is_sparse:
            raise ValueError(
                "decay: needs storage='dense'; counts that fade are real numbers, all of them "
                "different and never zero again, while sparse storage lives on few whole ones "
                "(to keep the newest patterns only, `forget` the oldest)"
            )
        if decay and not isinstance(self._statistics, FadingStatistics):
            self._hold(FadingStatistics(self._statistics))
        if isinstance(self._statistics, FadingStatistics):
            self._statistics.fade(*pairs, decay)
        else:
            self._statistics.add(*pairs)
        self._changed()

    def forget(self, X: ArrayLike, Y: ArrayLike | None = None) -> None:
        """Undo `store` for these patterns; parameters as there.

        The memory holds counts, not patterns: a pattern that was never stored is refused only if
        some count of it would become negative. Where other patterns have left enough
        coincidences, it is subtracted all the same.

        Parameters
        ----------
        X, Y : array_like
            The patterns, as they were given to `store`.

        Raises
        ------
        ValueError
            If a count would become negative, because these patterns were not stored; the memory
            then is unchanged.
        """
        self._statistics.remove(*self._pairs(X, Y))
        self._changed()

    def _saved(self) -> dict[str, NDArray[Any]]:
        """Return the counts as entries of a file."""
        content = {"n_patterns": np.array(self.n_patterns), "usage": self.usage}
        if self._is_sparse:
            content |= saving.parts_of(self.coincidences)
        else:
            content["coincidences"] = self.coincidences
        if not self.is_auto:
            content["output_usage"] = self.output_usage
        if self._undecided:
            content["storage"] = np.array("auto")
        return content

    def _restore(self, content: dict[str, Any]) -> None:
        """Take over the counts that a file held, or raise a ValueError if they cannot be."""
        if isinstance(content["n_patterns"], float):
            self._hold(FadingStatistics(self._statistics))
        self._statistics.restore(
            content["n_patterns"],
            content["usage"],
            content["usage" if self.is_auto else "output_usage"],
            content["coincidences"],
        )

    def _pairs(self, X: ArrayLike, Y: ArrayLike | None) -> tuple[PatternRows, PatternRows]:
        """Check the patterns of `store` and `forget`, and return them two-dimensional."""
        inputs = pattern_rows("X", X, self.n_units)
        if self.is_auto:
            if Y is not None:
                raise ValueError("Y: must be left out in auto-association (n_outputs is None)")
            return inputs, inputs
        if Y is None:
            raise ValueError("Y: must be given in hetero-association (n_outputs is set)")
        outputs = pattern_rows("Y", Y, self.n_outputs)
        if len_rows(outputs) != len_rows(inputs):
            raise ValueError(
                f"X and Y: must hold the same number of patterns, "
                f"not {len_rows(inputs)} and {len_rows(outputs)}"
            )
        return inputs, outputs


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
