"""Evidence of units that each have a likelihood ratio of their own, for soft noise estimation.

Of very many units only few are probably active. All others get one common likelihood ratio, the
silent level, whose evidence is summed up once; the few are added as differences from that level.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices
from assocmem.learning import PatternStatistics, active_units
from assocmem.rules.base import LikelihoodRule, Potentials
from assocmem.sparse_storage import SparseStatistics
from assocmem.sparse_weights import PairTable
from assocmem.tables import table_counts
from assocmem.weights import BLOCK_SYNAPSES, gather, level_sum

#: Numbers in the tables of the units that are summed up at once: 8 MB.
TABLE_NUMBERS = 2**20


class Level(Protocol):
    """The evidence of inputs at one likelihood ratio, and of single ones that leave it."""

    #: Prior and evidence of all inputs at the level, shape (n_units,).
    bias: Potentials

    @property
    def nbytes(self) -> int:
        """Bytes that are kept from call to call."""

    def departures(self, log_ratios: NDArray[np.float32]) -> NDArray[np.floating]:
        """Return the evidence of all units above the level, less their evidence at the level.

        Parameters
        ----------
        log_ratios : ndarray, shape (n_queries, n_units)
            log rho of every unit; the log of the level or more.

        Returns
        -------
        ndarray, shape (n_queries, n_units)
            Zero for outputs whose prior alone decides.
        """


class DenseLevel:
    """A `Level` of dense coincidences.

    Parameters
    ----------
    statistics : PatternStatistics
        Of an auto-associative memory.
    rule : LikelihoodRule
    log_ratio : float
        log rho of the level.
    """

    def __init__(
        self, statistics: PatternStatistics, rule: LikelihoodRule, log_ratio: float
    ) -> None:
        self.statistics, self.rule, self.log_ratio = statistics, rule, log_ratio
        self._evidence = np.empty(statistics.shape, np.float32)
        self.bias = level_sum(statistics, rule, float(np.exp(log_ratio)), self._evidence)

    @property
    def nbytes(self) -> int:
        """Bytes of the evidence at the level."""
        return self._evidence.nbytes

    def departures(self, log_ratios: NDArray[np.float32]) -> NDArray[np.floating]:
        loud = (log_ratios > self.log_ratio).view(np.uint8)
        total = -gather(self._evidence, loud)
        query, unit = np.nonzero(loud)
        ratio = np.exp(log_ratios[query, unit])[:, None]
        height = max(1, BLOCK_SYNAPSES // loud.shape[1])
        for start in range(0, len(unit), height):
            rows = slice(start, start + height)
            counts = self.statistics.block(unit[rows], self.statistics.working_type)
            evidence = self.rule.evidence(counts, ratio[rows], np.float32(1)).finite
            evidence[np.arange(len(evidence)), unit[rows]] = 0
            owner, first = np.unique(query[rows], return_index=True)
            for q, part in zip(owner, np.split(evidence, first[1:]), strict=True):
                total[q] += part.sum(axis=0)
        return _undecided_only(total, self.bias)


class SparseLevel:
    """A `Level` of sparse coincidences, from tables over usages and counts.

    Parameters
    ----------
    statistics : SparseStatistics
        Of an auto-associative memory.
    rule : LikelihoodRule
    log_ratio : float
        log rho of the level.
    bias : Potentials or None
        Prior and evidence of all inputs at the level, if they are known; else a sum over all pairs.
    """

    def __init__(
        self,
        statistics: SparseStatistics,
        rule: LikelihoodRule,
        log_ratio: float,
        bias: Potentials | None,
    ) -> None:
        self.statistics, self.rule, self.log_ratio = statistics, rule, log_ratio
        self.ratio = float(np.exp(log_ratio))
        self._at_level = PairTable(
            statistics, lambda counts: rule.evidence(counts, self.ratio, 1.0), np.float64
        )
        self.bias = self._sum_over_pairs() if bias is None else bias

    @property
    def nbytes(self) -> int:
        """Bytes of tables, which are few."""
        return 0

    def departures(self, log_ratios: NDArray[np.float32]) -> NDArray[np.floating]:
        total = np.zeros(log_ratios.shape)
        loud = (log_ratios > self.log_ratio).view(np.uint8)
        for row, units, log_ratio in zip(total, active_units(loud), log_ratios, strict=True):
            for part in self._parts(units):
                self._add(row, part, np.exp(log_ratio[part].astype(np.float64)))
        return _undecided_only(total, self.bias)

    def _sum_over_pairs(self) -> Potentials:
        total = self._at_level.whole_sum().finite
        prior = self.rule.settled_prior(self.statistics.block(slice(0, 1), np.float64))
        if prior.infinite is None:
            return Potentials(total + prior.finite)
        return Potentials(np.where(prior.infinite == 0, total + prior.finite, 0), prior.infinite)

    def _parts(self, units: Indices) -> Iterator[Indices]:
        """Yield units whose tables together are small enough."""
        width = max((int(self.statistics.row(u)[1].max(initial=0)) for u in units), default=0) + 1
        height = max(1, TABLE_NUMBERS // (width * len(self._at_level.classes.outputs)))
        for start in range(0, len(units), height):
            yield units[start : start + height]

    def _add(self, total: NDArray[np.float64], units: Indices, ratios: NDArray[Any]) -> None:
        """Add the departures of units to these ratios to the total of each output."""
        rows = [self.statistics.row(unit) for unit in units.tolist()]
        outputs = np.concatenate([place for place, _ in rows])
        times = np.concatenate([number for _, number in rows])
        owner = np.repeat(np.arange(len(units)), [len(place) for place, _ in rows])
        table = self._table(units, ratios, int(times.max(initial=0)) + 1)
        never, usage = table[:, 0], self._at_level.classes.output_class
        total += never.sum(axis=0)[usage]
        total[units] -= never[np.arange(len(units)), usage[units]]
        kind = usage[outputs]
        corrections = table[owner, times, kind] - never[owner, kind]
        total += np.bincount(outputs, corrections, minlength=len(total))

    def _table(self, units: Indices, ratios: NDArray[Any], width: int) -> NDArray[np.float64]:
        """Return departures by unit, number of coincidences (below `width`), usage of the output.

        Terms depend on nothing else, so that few logarithms are needed.
        """
        counts = table_counts(
            self._at_level.like,
            np.repeat(self.statistics.input_usage[units], width),
            np.tile(np.arange(width), len(units)),
            self._at_level.classes.outputs,
        )
        own = self.rule.evidence(counts, np.repeat(ratios, width)[:, None], 1.0).finite
        table = own - self.rule.evidence(counts, self.ratio, 1.0).finite
        return table.reshape(len(units), width, -1)


def _undecided_only(total: NDArray[Any], bias: Potentials) -> NDArray[Any]:
    """Set evidence to zero for outputs whose prior alone decides."""
    if bias.infinite is not None:
        total[:, bias.infinite != 0] = 0
    return total
