"""Counts that fade: each stored pattern makes all former ones count less (palimpsest).

With the decay d, all counts are multiplied by 1 - d before a pattern is added, so that a pattern of
age a counts (1 - d)^a and a memory never fills up: its number of patterns tends to 1/d. Instead of
all old counts, the weight of new patterns is changed, which costs k^2 a pattern. All counts grow by
the same numbers in the same order, so that C <= M1 <= M holds to the last bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem._types import PatternRows
from assocmem.counts import Counts
from assocmem.learning import PatternStatistics, active_units

#: Weight of the newest pattern above which all counts are scaled down.
LARGEST_WEIGHT = 1e100


class FadingStatistics(PatternStatistics):
    """Number of patterns, usages and coincidences as real numbers that fade.

    Parameters
    ----------
    former : PatternStatistics
        What was stored before; not changed.
    """

    def __init__(self, former: PatternStatistics) -> None:
        self.shared = former.shared
        self.is_online = False
        self._summary = None
        self.weight = 1.0
        self._total = float(former.n_patterns)
        self._inputs = former.input_usage.astype(np.float64)
        self._outputs = self._inputs if self.shared else former.output_usage.astype(np.float64)
        self._both = former.coincidences.astype(np.float64)

    # Attributes of the base class, seen from the newest pattern.

    @property
    def n_patterns(self) -> float:  # type: ignore[override]
        return self._total / self.weight

    @property
    def input_usage(self) -> NDArray[Any]:  # type: ignore[override]
        return self._inputs / self.weight

    @property
    def output_usage(self) -> NDArray[Any]:  # type: ignore[override]
        return self._outputs / self.weight

    @property
    def coincidences(self) -> NDArray[Any]:  # type: ignore[override]
        return self._both / self.weight

    def fade(self, inputs: PatternRows, outputs: PatternRows, decay: float) -> None:
        """Store patterns one after the other; before each, all counts are multiplied by 1 - d."""
        for a, b in zip(active_units(inputs), active_units(outputs), strict=True):
            self.weight /= 1 - decay
            if self.weight > LARGEST_WEIGHT:
                self._scale(1 / self.weight)
            self._total += self.weight
            self._inputs[a] += self.weight
            if not self.shared:
                self._outputs[b] += self.weight
            self._both[np.ix_(a, b)] += self.weight

    def add(self, inputs: PatternRows, outputs: PatternRows) -> None:
        self.fade(inputs, outputs, 0.0)

    def remove(self, inputs: PatternRows, outputs: PatternRows) -> None:
        raise ValueError("forget: patterns that have faded cannot be taken back exactly")

    def block(self, rows: slice | NDArray[np.intp], dtype: type[np.floating]) -> Counts:
        scale = 1 / self.weight
        return Counts(
            self.n_patterns,
            (self._inputs[rows, None] * scale).astype(dtype),
            (self._outputs * scale).astype(dtype),
            (self._both[rows] * scale).astype(dtype),
            float(self._inputs.mean() * scale),
            float(self._outputs.mean() * scale),
            exact=False,
        )

    def restore(
        self,
        n_patterns: float,
        input_usage: NDArray[Any],
        output_usage: NDArray[Any],
        coincidences: NDArray[Any],
    ) -> None:
        expected = (self._inputs.shape, self._outputs.shape, self._both.shape)
        if (input_usage.shape, output_usage.shape, coincidences.shape) != expected:
            raise ValueError("the shapes of the saved counts do not fit")
        both = coincidences.astype(np.float64)
        usage = np.minimum(input_usage[:, None], output_usage)
        good = np.isfinite(both).all() and (both >= 0).all() and (both <= usage).all()
        if not (good and usage.max(initial=0) <= n_patterns):
            raise ValueError("the saved counts contradict each other")
        self._total, self.weight = float(n_patterns), 1.0
        self._inputs = input_usage.astype(np.float64)
        self._outputs = self._inputs if self.shared else output_usage.astype(np.float64)
        self._both = both

    def _scale(self, factor: float) -> None:
        self.weight *= factor
        self._total *= factor
        for counts in (self._inputs, self._both, *(() if self.shared else (self._outputs,))):
            counts *= factor
