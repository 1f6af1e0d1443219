"""Potentials of states, by the cheapest route: weight matrices, or single rows of them.

The channel of given queries stays the same from call to call, so its weight matrix is kept.
Estimated noise is new in each step: then only the rows of active inputs are computed where this is
less work than the whole matrix, and the sum over silent inputs is interpolated. For a likelihood
rule this sum depends on the noise through one number only, the likelihood ratio of a silent symbol
rho = e10 / (1 - e01).
"""

from __future__ import annotations

from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, States
from assocmem.channel import Channel
from assocmem.learning import PatternStatistics, active_units
from assocmem.levels import DenseLevel, Level, SparseLevel
from assocmem.pairs import PairEvidence
from assocmem.row_weights import RowWeights
from assocmem.rules.base import LikelihoodRule, Potentials, Rule, Terms, take
from assocmem.rules.bayes import Bayes
from assocmem.sparse_storage import SparseStatistics
from assocmem.sparse_weights import SparsePairs, SparseWeights
from assocmem.tables import UsageClasses, remainder, silent_sum
from assocmem.weights import (
    NO_NOISE,
    WeightCache,
    WeightMatrix,
    add,
    build,
    level_sum,
)

#: Distance of the nodes, in log rho, between which sums over silent inputs are interpolated by
#: cubic polynomials; the error is below 1e-3 nat (tested).
NODE_DISTANCE = 0.25

#: Synapses below which a whole matrix is as quick as some rows of it.
ROWS_FROM_SYNAPSES = 2**18

#: Error of sums from tables, in nats, up to which they replace sums over all synapses.
LARGEST_REMAINDER = 2e-4


class Evaluator:
    """Computes potentials of states for one memory and one rule.

    Parameters
    ----------
    statistics : PatternStatistics
        Content of the memory.
    rule : Rule
        The rule of the memory.

    Attributes
    ----------
    cache : WeightCache
        Weight matrices of this content.
    """

    def __init__(self, statistics: PatternStatistics, rule: Rule) -> None:
        self.statistics = statistics
        self.rule = rule
        self.cache = WeightCache(statistics)
        self._adaptive: Rule | None = None
        self._silent_sums: dict[int, Potentials] = {}
        self._online_sums: dict[tuple[object, ...], Potentials | None] = {}
        self._quick_biases: dict[tuple[object, ...], Potentials | None] = {}
        self._classes: UsageClasses | None = None

    @property
    def is_sparse(self) -> bool:
        """Whether coincidences are stored as sparse rows."""
        return isinstance(self.statistics, SparseStatistics)

    def _sparse(
        self, rule: Rule, channel: Channel, dtype: type[np.floating], bias: Potentials | None
    ) -> SparseWeights:
        """Return the weights of a sparse memory."""
        if not isinstance(self.statistics, SparseStatistics):
            raise TypeError("statistics: must be sparse")
        make = partial(SparseWeights, self.statistics, rule, channel, dtype, bias)
        key = ("sparse", *self.cache.key(rule, channel, dtype), bias is None)
        return self.cache.keep(key, np.bool_, make)

    @property
    def n_inputs(self) -> int:
        """Number of input units."""
        return len(self.statistics.input_usage)

    @property
    def n_outputs(self) -> int:
        """Number of output units."""
        return len(self.statistics.output_usage)

    @property
    def adaptive_rule(self) -> Rule:
        """The rule of steps with estimated noise; a ValueError if there is none."""
        if self._adaptive is None:
            self._adaptive = self.rule.adaptive()
        return self._adaptive

    def clear(self) -> None:
        """Forget everything that was computed from the former content."""
        self.cache.clear()
        self._silent_sums.clear()
        self._online_sums.clear()
        self._quick_biases.clear()
        self._classes = None

    def weights(
        self, state: States, channel: Channel | None
    ) -> WeightMatrix | RowWeights | SparseWeights:
        """Return weights for retrieval: all of them, or only those of inputs that are active.

        A few rows pay where the memory has just changed. Which route is taken does not change the
        numbers: that depends on what was stored, not on the queries.
        """
        dtype = self._precision(channel)
        key = self.cache.key(self.rule, channel, dtype)
        if key not in self._quick_biases:
            self._quick_biases[key] = self._bias_without_matrix(channel or NO_NOISE, dtype)
        bias = self._quick_biases[key]
        if isinstance(self.statistics, SparseStatistics):
            return self._sparse(self.rule, channel or NO_NOISE, dtype, bias)
        if bias is None:
            return self.matrix(channel)
        whole = self.cache.find(("whole", *key))
        if whole is not None:
            return cast(WeightMatrix, whole)
        make = partial(RowWeights, self.statistics, self.rule, channel or NO_NOISE, dtype, bias)
        rows = self.cache.keep(("rows", *key), np.bool_, make)
        n_new = len(rows.unknown(state))
        if n_new <= self.n_inputs / 4 and rows.n_rows + n_new <= self.n_inputs / 2:
            return rows
        self.cache.drop(("rows", *key))
        make_whole = partial(build, self.statistics, self.rule, channel or NO_NOISE, dtype, bias)
        return self.cache.keep(("whole", *key), dtype, make_whole)

    def _bias_without_matrix(self, channel: Channel, dtype: type[np.floating]) -> Potentials | None:
        """Return prior and silent terms if they need no sum over all synapses, else None."""
        if not self.is_sparse and self.statistics.size < ROWS_FROM_SYNAPSES:
            return None
        first = self.rule.terms(self.statistics.block(slice(0, 1), dtype), channel)
        if first.silent is None:
            return first.prior or Potentials(np.zeros(self.n_outputs))
        return self.online_silent_sum(self.rule, channel)

    def online_silent_sum(self, rule: Rule, channel: Channel) -> Potentials | None:
        """Return prior and silent terms from tables while patterns come one by one, else None."""
        statistics = self.statistics
        if not (
            statistics.is_online
            and isinstance(rule, LikelihoodRule)
            and rule.sums_by_counts
            and channel.is_noisy
        ):
            return None
        key = ("silent sum", rule, channel.key())
        if key not in self._online_sums:
            if self._classes is None:
                self._classes = UsageClasses(statistics.input_usage, statistics.output_usage)
            summary, classes = statistics.summary(), self._classes
            n_synapses = statistics.size
            small = classes.n_pairs * summary.histogram.shape[1] < n_synapses / 16
            if small and remainder(statistics.n_patterns, classes, summary) < LARGEST_REMAINDER:
                like = statistics.block(slice(0, 1), np.float64)
                self._online_sums[key] = silent_sum(rule, channel, like, classes, summary)
            else:
                self._online_sums[key] = None
        return self._online_sums[key]

    def _precision(self, channel: Channel | None) -> type[np.floating]:
        noisy = channel is not None and channel.is_noisy and self.rule.uses_channel
        return self.statistics.working_type if noisy else np.float64

    def matrix(self, channel: Channel | None, *, exact: bool = False) -> WeightMatrix:
        """Return the weight matrix for a given channel.

        Single precision where the rule uses the channel, both noise values are positive, all
        counts are exact in it, and `exact` is false.
        """
        dtype = np.float64 if exact else self._precision(channel)
        return self.cache.get(self.rule, channel, dtype)

    def exact(self, channel: Channel | None) -> WeightMatrix | SparseWeights:
        """Return all weights for a given channel in double precision."""
        if self.is_sparse:
            return self._sparse(self.rule, channel or NO_NOISE, np.float64, None)
        return self.matrix(channel, exact=True)

    def given(
        self, state: States, channel: Channel | None, own_term: bool, exact: bool = False
    ) -> Potentials:
        """Return potentials for the channel of the given queries."""
        weights = self.exact(channel) if exact else self.weights(state, channel)
        x = weights.potentials(state)
        return add(x, weights.own(state)) if own_term else x

    def estimated(
        self, state: States, noise: NDArray[np.float64], own_term: bool, *, may_use_rows: bool
    ) -> Potentials:
        """Return potentials for one estimated noise (e01, e10), shared by all states."""
        few_rows = 2 * np.count_nonzero(state) < state.shape[1]
        if may_use_rows and few_rows and not own_term:
            return self.estimated_each(state, np.tile(noise, (len(state), 1)), own_term)
        matrix: WeightMatrix | SparseWeights
        if self.is_sparse:
            matrix = self._estimated_sparse(Channel(*noise))
        else:
            self.cache.make_room(self.statistics.working_type)
            matrix = self._build(Channel(*noise))
        x = matrix.potentials(state)
        return add(x, matrix.own(state)) if own_term else x

    def _estimated_sparse(self, channel: Channel) -> SparseWeights:
        """Return weights for an estimated noise, which are not kept."""
        if not isinstance(self.statistics, SparseStatistics):
            raise TypeError("statistics: must be sparse")
        rule, dtype = self.adaptive_rule, self.statistics.working_type
        bias = self.online_silent_sum(rule, channel)
        self._online_sums.clear()
        return SparseWeights(self.statistics, rule, channel, dtype, bias)

    def estimated_each(
        self, state: States, noise: NDArray[np.float64], own_term: bool
    ) -> Potentials:
        """Return potentials for an estimated noise of each state, shape (n_queries, 2)."""
        if self.is_sparse:
            parts = [
                self._by_tables(z[None], Channel(*e), own_term)
                for z, e in zip(state, noise, strict=True)
            ]
        elif own_term:
            parts = [self._by_matrix(z, Channel(*e)) for z, e in zip(state, noise, strict=True)]
        else:
            parts = [
                self._by_rows(units, Channel(*e))
                for units, e in zip(active_units(state), noise, strict=True)
            ]
        finite = np.array([part.finite for part in parts])
        if all(part.infinite is None for part in parts):
            return Potentials(finite)
        zeros = np.zeros(self.n_outputs, np.int32)
        return Potentials(
            finite, np.array([zeros if p.infinite is None else p.infinite for p in parts], np.int32)
        )

    def _by_tables(self, state: States, channel: Channel, own_term: bool) -> Potentials:
        weights = self._estimated_sparse(channel)
        x = weights.potentials(state)
        return take(add(x, weights.own(state)) if own_term else x, 0)

    def level(self, rule: LikelihoodRule, log_ratio: float) -> Level:
        """Return the evidence of inputs that have one likelihood ratio in common."""
        statistics, key = self.statistics, ("level", rule, log_ratio)
        if isinstance(statistics, SparseStatistics):
            # Silent symbols of this channel have the ratio, on which alone their evidence depends.
            bias = self.online_silent_sum(rule, Channel(0.5, 0.5 * float(np.exp(log_ratio))))
            return self.cache.keep(
                key, np.bool_, partial(SparseLevel, statistics, rule, log_ratio, bias)
            )
        return self.cache.keep(key, np.float32, partial(DenseLevel, statistics, rule, log_ratio))

    def pairs(self) -> PairEvidence | SparsePairs:
        """Return the evidence of pairs, by the rule if it has one, else by Bayes."""
        rule = self.rule if self.rule.has_pair_evidence else Bayes()
        if isinstance(self.statistics, SparseStatistics):
            return self.cache.keep(
                ("pairs",), np.bool_, partial(SparsePairs, self.statistics, rule)
            )
        make = partial(PairEvidence, self.statistics, rule)
        return self.cache.keep(("pairs",), np.float32, make)

    def _build(self, channel: Channel) -> WeightMatrix:
        """Return new weights for an estimated noise, which will hardly occur again."""
        return build(self.statistics, self.adaptive_rule, channel, self.statistics.working_type)

    def _by_matrix(self, state: States, channel: Channel) -> Potentials:
        matrix = self._build(channel)
        return take(add(matrix.potentials(state[None]), matrix.own(state[None])), 0)

    def _by_rows(self, units: Indices, channel: Channel) -> Potentials:
        """Return the potentials of one state from the rows of its active inputs."""
        rows = units if len(units) else np.zeros(1, np.intp)
        counts = self.statistics.block(rows, self.statistics.working_type)
        terms = self.adaptive_rule.terms(counts, channel)
        weights = terms.active.finite
        if terms.silent is not None:
            weights = weights - terms.silent.finite
        weights = weights[: len(units)]
        weights[np.arange(len(units)), units] = 0
        bias = self._bias(terms, channel)
        return Potentials((weights.sum(axis=0) + bias.finite).astype(np.float32), bias.infinite)

    def _bias(self, terms: Terms, channel: Channel) -> Potentials:
        if terms.silent is None:
            return terms.prior or Potentials(np.zeros(self.n_outputs))
        if isinstance(self.adaptive_rule, LikelihoodRule):
            online = self.online_silent_sum(self.adaptive_rule, channel)
            if online is not None:
                return online
            return self.silent_sum(self.adaptive_rule, channel.e10 / (1 - channel.e01))
        return self._build(channel).bias

    def silent_sum(self, rule: LikelihoodRule, ratio: float) -> Potentials:
        """Return prior and terms of all inputs as if silent, by cubic interpolation in log rho."""
        place = np.log(ratio) / NODE_DISTANCE
        first = int(np.floor(place)) - 1
        nodes = [self._silent_sum_at(rule, first + m) for m in range(4)]
        s = place - first
        weights = (
            -(s - 1) * (s - 2) * (s - 3) / 6,
            s * (s - 2) * (s - 3) / 2,
            -s * (s - 1) * (s - 3) / 2,
            s * (s - 1) * (s - 2) / 6,
        )
        finite = sum(w * node.finite for w, node in zip(weights, nodes, strict=True))
        return Potentials(np.asarray(finite), nodes[0].infinite)

    def _silent_sum_at(self, rule: LikelihoodRule, node: int) -> Potentials:
        if node not in self._silent_sums:
            ratio = float(np.exp(node * NODE_DISTANCE))
            self._silent_sums[node] = level_sum(self.statistics, rule, ratio)
        return self._silent_sums[node]
