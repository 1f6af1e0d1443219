"""Weights of single inputs, computed when an input is active for the first time.

After each stored pattern all weights are new. Where few queries follow, most of them are never
needed: then only rows of active inputs are computed, and the sum over silent inputs comes from
tables (`assocmem.tables.silent_sum`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, States
from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.learning import PatternStatistics, active_units
from assocmem.rules.base import Potentials, Rule
from assocmem.tables import UsageClasses, table_terms
from assocmem.weights import choose, gather_lists, with_bias


class RowWeights:
    """The weights of one rule and one channel, for the inputs that were active so far.

    Takes the place of a `WeightMatrix`, and adds up the same numbers in the same order.

    Parameters
    ----------
    statistics : PatternStatistics
    rule : Rule
    channel : Channel
    dtype : type
        Precision of the weights.
    bias : Potentials, shape (n_outputs,)
        Prior and silent terms.
    """

    def __init__(
        self,
        statistics: PatternStatistics,
        rule: Rule,
        channel: Channel,
        dtype: type[np.floating],
        bias: Potentials,
    ) -> None:
        self.statistics, self.rule, self.channel = statistics, rule, channel
        self.dtype, self.bias = dtype, bias
        n_inputs, n_outputs = statistics.shape
        self.place = np.full(n_inputs, -1)
        self.finite = np.empty((0, n_outputs), dtype)
        self.infinite: NDArray[np.int16] | None = None
        self._own: tuple[Potentials, Potentials] | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the weights."""
        return self.finite.nbytes + (0 if self.infinite is None else self.infinite.nbytes)

    @property
    def n_rows(self) -> int:
        """Number of inputs whose weights are known."""
        return len(self.finite)

    def unknown(self, state: States) -> Indices:
        """Return the active inputs whose weights are not known yet."""
        return np.flatnonzero(state.any(axis=0) & (self.place < 0))

    def potentials(self, inputs: States) -> Potentials:
        """Return the potentials of all outputs without own terms, shape (n_queries, n_outputs)."""
        self._learn(self.unknown(inputs))
        lists = [self.place[units] for units in active_units(inputs)]
        counts = None
        if self.infinite is not None:
            counts = gather_lists(self.infinite, lists, np.int32)
        return with_bias(gather_lists(self.finite, lists), counts, self.bias)

    def own(self, inputs: States) -> Potentials:
        """Return the own terms of all units, shape (n_queries, n_units)."""
        if self._own is None:
            self._own = self._own_terms()
        return choose(inputs, *self._own)

    def _learn(self, units: Indices) -> None:
        """Compute the weights of further inputs."""
        if not len(units):
            return
        terms = self.rule.terms(self.statistics.block(units, self.dtype), self.channel)
        finite, infinite = terms.active.finite, terms.active.infinite
        if terms.silent is not None:  # finite: else a whole matrix is built
            finite = finite - terms.silent.finite
        own = np.arange(len(units))
        if self.statistics.shared:
            finite[own, units] = 0
        self.place[units] = self.n_rows + own
        if infinite is not None or self.infinite is not None:
            counts = np.zeros(finite.shape, np.int16) if infinite is None else infinite
            if self.statistics.shared:
                counts[own, units] = 0
            before = self.infinite
            if before is None:
                before = np.zeros(self.finite.shape, np.int16)
            self.infinite = np.concatenate([before, counts.astype(np.int16)])
        self.finite = np.concatenate([self.finite, finite])

    def _own_terms(self) -> tuple[Potentials, Potentials]:
        """Return the own terms of active and silent units, from one table."""
        usage = self.statistics.input_usage
        classes = UsageClasses(usage, usage)
        like = self.statistics.block(slice(0, 1), self.dtype)
        active, silent = own_terms(self.rule, self.channel, like, classes)
        return active, silent


def own_terms(
    rule: Rule, channel: Channel, like: Counts, classes: UsageClasses
) -> tuple[Potentials, Potentials]:
    """Return the terms i = j of active and of silent units, shape (n_units,) each."""
    usage = classes.inputs
    terms = table_terms(rule, channel, like, usage, usage, usage)
    return _diagonal(terms.active, classes), _diagonal(terms.silent, classes)


def _diagonal(term: Potentials | None, classes: UsageClasses) -> Potentials:
    if term is None:
        return Potentials(np.zeros(len(classes.input_class)))
    parts: list[Any] = [
        None if part is None else part.diagonal()[classes.input_class] for part in term
    ]
    return Potentials(*parts)
