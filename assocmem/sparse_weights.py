"""Potentials and couplings of a sparse memory, from tables and from pairs active together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, States
from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.learning import active_units
from assocmem.pairs import evidence, log_activity
from assocmem.row_weights import own_terms
from assocmem.rules.base import PairTerms, Potentials, Rule, difference
from assocmem.sparse_storage import SparseStatistics
from assocmem.tables import UsageClasses, remainder, sum_over_inputs, table_counts, table_terms
from assocmem.weights import choose, with_bias

#: Numbers in the tables of one weight matrix that are kept: 128 MB.
TABLE_NUMBERS = 2**24

#: Bytes of couplings that are kept from query to query.
KEPT_ROWS_BYTES = 2**28

#: Inputs whose pairs are summed up at once.
INPUTS_AT_ONCE = 256

#: Error of evidence, in nats, up to which sums at mean usages replace sums over all pairs.
EVIDENCE_ERROR = 0.1

#: A table pays where it has at most so many numbers for each pair that is looked up.
NUMBERS_PER_PAIR = 2


class PairTable:
    """A function of M1(i), C_ij and M1(j), looked up for the pairs of one input.

    Parameters
    ----------
    statistics : SparseStatistics
    evaluate : callable
        Returns the value of each pair for `Counts`, as a pair (finite, infinite or None).
    dtype : type
        Precision of counts.
    """

    def __init__(
        self,
        statistics: SparseStatistics,
        evaluate: Callable[[Counts], Potentials],
        dtype: type[np.floating],
    ) -> None:
        self.statistics, self.evaluate = statistics, evaluate
        self.classes = UsageClasses(statistics.input_usage, statistics.output_usage)
        self.like = Counts(
            statistics.n_patterns,
            statistics.input_usage[:1, None].astype(dtype),
            statistics.output_usage.astype(dtype),
            np.zeros((1, 1), dtype),
            float(statistics.input_usage.mean()),
            float(statistics.output_usage.mean()),
        )
        classes = self.classes
        self.alone = self._table(classes.inputs, np.zeros(len(classes.inputs)))
        self._tables: dict[int, tuple[int, Potentials]] = {}
        self._kept = 0

    def _table(self, usage: NDArray[Any], both: NDArray[Any]) -> Potentials:
        return self.evaluate(table_counts(self.like, usage, both, self.classes.outputs))

    def corrections(self, unit: int) -> tuple[NDArray[np.int32], Potentials]:
        """Return which outputs were active together with an input, and what that changes."""
        outputs, counts = self.statistics.row(unit)
        number = int(self.classes.input_class[unit])
        width = int(counts.max(initial=0)) + 1
        out_class = self.classes.output_class[outputs]
        alone = _take(self.alone, (number, out_class))
        known = self._tables.get(number)
        if known is None or known[0] < width:
            if width * len(self.classes.outputs) > NUMBERS_PER_PAIR * len(outputs) + 1000:
                return outputs, difference(self._directly(unit, outputs, counts), alone)
            known = self._keep(number, width)
        return outputs, difference(_take(known[1], (counts, out_class)), alone)

    def _directly(self, unit: int, outputs: NDArray[np.int32], counts: NDArray[Any]) -> Potentials:
        dtype = self.like.output_usage.dtype
        value = self.evaluate(
            Counts(
                self.like.n_patterns,
                self.statistics.input_usage[unit : unit + 1, None].astype(dtype),
                self.statistics.output_usage[outputs].astype(dtype),
                counts[None].astype(dtype),
                self.like.mean_input_usage,
                self.like.mean_output_usage,
            )
        )
        return _take(value, 0)

    def _keep(self, number: int, width: int) -> tuple[int, Potentials]:
        size = width * len(self.classes.outputs)
        if self._kept + size > TABLE_NUMBERS:
            self._tables.clear()
            self._kept = 0
        self._kept += size
        usage = np.full(width, self.classes.inputs[number])
        self._tables[number] = width, self._table(usage, np.arange(width))
        return self._tables[number]

    def sums(self, units: Indices) -> Potentials:
        """Return the sum of the values of some inputs for each output, own pairs left out."""
        classes = self.classes
        numbers = np.bincount(classes.input_class[units], minlength=len(classes.inputs))
        parts = [self.corrections(unit) for unit in units.tolist()]
        outputs = np.concatenate([np.zeros(0, np.int32), *(place for place, _ in parts)])
        totals: list[Any] = []
        for which in (0, 1):
            values = [pairs[which] for _, pairs in parts]
            if self.alone[which] is None and all(v is None for v in values):
                totals.append(None)
                continue
            table = np.zeros((1, 1)) if self.alone[which] is None else self.alone[which]
            by_class = numbers @ np.broadcast_to(table, self.alone.finite.shape)
            total = by_class[classes.output_class].astype(np.float64)
            if self.statistics.shared:
                own = np.broadcast_to(table, self.alone.finite.shape).diagonal()
                total[units] -= own[classes.input_class[units]]
            weights = np.concatenate(
                [np.zeros(0)]
                + [
                    np.zeros(len(place)) if v is None else v
                    for (place, _), v in zip(parts, values, strict=True)
                ]
            )
            total += np.bincount(outputs, weights, minlength=len(total))
            totals.append(np.rint(total).astype(np.int32) if which else total)
        return Potentials(*totals)

    def whole_sum(self) -> Potentials:
        """Return the sum of the values of all inputs for each output, own pairs left out."""
        every = np.arange(len(self.classes.input_class))
        finite, infinite = np.zeros(len(self.classes.output_class)), None
        # Parts, so that the pairs of few inputs are in memory at once.
        for part in np.array_split(every, 1 + len(every) // INPUTS_AT_ONCE):
            sums = self.sums(part)
            finite += sums.finite
            if sums.infinite is not None:
                infinite = sums.infinite if infinite is None else infinite + sums.infinite
        return Potentials(finite, infinite)


class SparseWeights:
    """Takes the place of a `WeightMatrix` for a sparse memory.

    Parameters
    ----------
    statistics : SparseStatistics
    rule : Rule
    channel : Channel
    dtype : type
        Precision of potentials.
    bias : Potentials or None
        Prior and silent terms, if they are known; else a sum over all pairs.
    """

    nbytes = 0

    def __init__(
        self,
        statistics: SparseStatistics,
        rule: Rule,
        channel: Channel,
        dtype: type[np.floating],
        bias: Potentials | None,
    ) -> None:
        self.dtype = dtype

        def active_less_silent(counts: Counts) -> Potentials:
            terms = rule.terms(counts, channel)
            return terms.active if terms.silent is None else difference(terms.active, terms.silent)

        self.terms = PairTable(statistics, active_less_silent, dtype)
        like, classes = self.terms.like, self.terms.classes
        self.own_active: Potentials | None = None
        self.own_silent: Potentials | None = None
        if statistics.shared:
            self.own_active, self.own_silent = own_terms(rule, channel, like, classes)
        if bias is None:
            bias = self._whole_sum(statistics, rule, channel)
        self.bias = bias

    def potentials(self, inputs: States) -> Potentials:
        """Return the potentials of all outputs without own terms, shape (n_queries, n_outputs)."""
        sums = [self.terms.sums(units) for units in active_units(inputs)]
        n_outputs = len(self.terms.classes.output_class)
        finite = np.array([s.finite for s in sums], self.dtype).reshape(len(sums), n_outputs)
        infinite = None
        if any(s.infinite is not None for s in sums):
            nothing = np.zeros(n_outputs, np.int32)
            infinite = np.array([nothing if s.infinite is None else s.infinite for s in sums])
        return with_bias(finite, infinite, self.bias)

    def own(self, inputs: States) -> Potentials:
        """Return the own terms of all units, shape (n_queries, n_units)."""
        if self.own_active is None or self.own_silent is None:
            raise TypeError("own: hetero-association has no own terms")
        return choose(inputs, self.own_active, self.own_silent)

    def rows(self, units: Indices) -> Potentials:
        """Return the weights of some inputs, zero for own ones, shape (n_rows, n_outputs)."""
        rows = [self.terms.sums(units[place : place + 1]) for place in range(len(units))]
        shape = len(units), len(self.terms.classes.output_class)
        finite = np.array([row.finite for row in rows], self.dtype).reshape(shape)
        if all(row.infinite is None for row in rows):
            return Potentials(finite)
        infinite = np.zeros(shape, np.int32)
        for counts, row in zip(infinite, rows, strict=True):
            counts += 0 if row.infinite is None else row.infinite
        return Potentials(finite, infinite)

    def _whole_sum(self, statistics: SparseStatistics, rule: Rule, channel: Channel) -> Potentials:
        """Return prior and silent terms of all inputs, by a pass over all coincidences."""
        like, classes = self.terms.like, self.terms.classes
        first = table_terms(rule, channel, like, classes.inputs[:1], np.zeros(1), classes.outputs)
        bias = Potentials(np.zeros(len(classes.output_class)))
        if first.silent is not None:

            def silent(counts: Counts) -> Potentials:
                return rule.terms(counts, channel).silent or Potentials(np.zeros(1))

            bias = PairTable(statistics, silent, np.float64).whole_sum()
        if first.prior is None:
            return bias
        prior = _take(first.prior, classes.output_class)
        infinite = sum(
            part.infinite.astype(np.int64) for part in (bias, prior) if part.infinite is not None
        )
        return Potentials(bias.finite + prior.finite, infinite if np.ndim(infinite) else None)


class SparsePairs:
    """Takes the place of a `PairEvidence` for a sparse memory: couplings row by row.

    Parameters
    ----------
    statistics : SparseStatistics
        Auto-associative, with at least one pattern.
    rule : Rule
        A rule with `Rule.pair_evidence`.
    """

    def __init__(self, statistics: SparseStatistics, rule: Rule) -> None:
        self.rule = rule
        self.log_on, self.log_off = log_activity(statistics)
        self.n_units = len(self.log_on)
        dtype = statistics.working_type
        self.terms = PairTable(
            statistics, lambda counts: Potentials(rule.pair_evidence(counts).couplings), dtype
        )
        self._rows: dict[int, NDArray[np.float32]] = {}
        self.fields = self.log_on - self.log_off
        self.constant = float(np.log(statistics.n_patterns) + self.log_off.sum())
        self.fields += self._sums(statistics, lambda pair: (pair.first_only, pair.neither))
        self.constant += float(self._sums(statistics, lambda pair: (pair.neither, None)).sum() / 2)

    def _sums(
        self, statistics: SparseStatistics, choose: Callable[[PairTerms], tuple[Any, Any]]
    ) -> NDArray[np.float64]:
        """Return sums over all second units of a pair, of one term less another one."""

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            # Rows of tables are second units.
            plus, minus = choose(self.rule.pair_evidence(_transposed(counts)))
            if plus is None:
                return np.zeros(counts.both.shape)
            return np.asarray((plus if minus is None else plus - minus).T, np.float64)

        classes, summary = self.terms.classes, statistics.summary()
        if remainder(statistics.n_patterns, classes, summary) * self.n_units < EVIDENCE_ERROR:
            like = statistics.block(slice(0, 1), np.float64)
            return sum_over_inputs(
                lambda second, both, first: evaluate(table_counts(like, second, both, first)),
                classes,
                summary,
            )
        table = PairTable(statistics, lambda counts: Potentials(evaluate(counts)), np.float64)
        return table.whole_sum().finite

    @property
    def nbytes(self) -> int:
        """Bytes of the couplings that are kept."""
        return 4 * self.n_units * len(self._rows)

    def rows(self, units: Indices) -> NDArray[np.float32]:
        """Return the couplings of some units, shape (*units.shape, n_units)."""
        result = np.empty((units.size, self.n_units), np.float32)
        for row, unit in zip(result, units.ravel().tolist(), strict=True):
            row[:] = self._row(unit)
        return result.reshape(*units.shape, self.n_units)

    def block_rows(self, units: Indices, size: int) -> NDArray[np.float32]:
        """Return the couplings of units within their own blocks, shape (*units.shape, size)."""
        rows = [self._row(u)[u // size * size :][:size] for u in units.ravel().tolist()]
        return np.array(rows, np.float32).reshape(*units.shape, size)

    def evidence(self, patterns: States) -> NDArray[np.float64]:
        """Return E(u) of each pattern, shape (n_patterns,)."""
        return evidence(self, patterns)

    def _row(self, unit: int) -> NDArray[np.float32]:
        if unit not in self._rows:
            if self.nbytes > KEPT_ROWS_BYTES:
                self._rows.clear()
            classes = self.terms.classes
            alone = self.terms.alone.finite[classes.input_class[unit]]
            row = alone[classes.output_class].astype(np.float32)
            outputs, correction = self.terms.corrections(unit)
            row[outputs] += correction.finite.astype(np.float32)
            row[unit] = 0
            self._rows[unit] = row
        return self._rows[unit]


def _transposed(counts: Counts) -> Counts:
    """Return the counts with inputs and outputs exchanged."""
    return Counts(
        counts.n_patterns,
        counts.output_usage[:, None],
        counts.input_usage[:, 0],
        counts.both.T,
        counts.mean_output_usage,
        counts.mean_input_usage,
    )


def _take(pairs: Potentials, which: Any) -> Potentials:
    parts: list[Any] = [None if part is None else part[which] for part in pairs]
    return Potentials(*parts)
