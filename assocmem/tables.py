"""Terms of a rule as functions of counts alone, for all units with the same usage at once.

A rule treats synapses separately: a term depends on M1(i), C_ij and M1(j) only, of which few
different values occur in sparse memories. Sums over all inputs are sums over their usages as if
C_ij = 0, plus a correction for each pair that was active together. `CoincidenceSummary` keeps what
the corrections need, and follows single patterns at a cost of k n, so that an online memory needs
no sum over all synapses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from assocmem._types import Indices
from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.rules.base import Potentials, Rule, Terms

#: Synapses that are counted together when a summary is made.
SUMMARY_BLOCK = 2**20


class CoincidenceSummary:
    """How many inputs each output has been active with how often.

    Parameters
    ----------
    coincidences : ndarray of int, shape (n_inputs, n_outputs)
    input_usage : ndarray of int, shape (n_inputs,)
    shared : bool
        Whether inputs are outputs; pairs of a unit with itself then do not count.

    Attributes
    ----------
    histogram : ndarray of int32, shape (n_outputs, largest count + 2)
        N_j(c), the number of inputs i with C_ij = c.
    weighted : ndarray of int64, shape (n_outputs,)
        sum_i C_ij M1(i).
    """

    def __init__(
        self, coincidences: NDArray[Any], input_usage: NDArray[np.int64], shared: bool
    ) -> None:
        self.shared = shared
        n_inputs, n_outputs = coincidences.shape
        width = int(coincidences.max(initial=0)) + 2
        histogram = np.zeros(n_outputs * width, np.int64)
        self.weighted = np.zeros(n_outputs, np.int64)
        first = np.arange(n_outputs) * width
        height = max(1, SUMMARY_BLOCK // max(1, n_outputs))
        for start in range(0, n_inputs, height):
            part = coincidences[start : start + height]
            histogram += np.bincount((part + first).ravel(), minlength=len(histogram))
            self.weighted += input_usage[start : start + height] @ part
        self.histogram = histogram.reshape(n_outputs, width).astype(np.int32)
        if shared:
            own = np.arange(n_outputs)
            self.histogram[own, coincidences.diagonal()] -= 1
            self.weighted -= coincidences.diagonal() * input_usage

    @classmethod
    def of_sparse(
        cls,
        rows: Iterable[tuple[slice, csr_array]],
        input_usage: NDArray[np.int64],
        n_outputs: int,
        shared: bool,
    ) -> CoincidenceSummary:
        """Return a summary of sparse rows of C; inputs without coincidences are not counted."""
        blocks = list(rows)
        width = max((int(block.data.max(initial=0)) for _, block in blocks), default=0) + 2
        summary = cls(np.zeros((0, n_outputs), np.int64), input_usage[:0], False)
        histogram = np.zeros(n_outputs * width, np.int64)
        weighted = np.zeros(n_outputs)
        for part, block in blocks:
            place = block.indices.astype(np.int64)
            place *= width
            place += block.data
            histogram += np.bincount(place, minlength=len(histogram))
            # Not `astype` of the matrix, which would sort it.
            content = (block.data.astype(np.float64), block.indices, block.indptr)
            weighted += csr_array(content, shape=block.shape).T @ input_usage[part]
        summary.histogram = histogram.reshape(n_outputs, width).astype(np.int32)
        summary.weighted, summary.shared = weighted.astype(np.int64), shared
        return summary

    def follow(
        self,
        coincidences: NDArray[Any],
        input_usage: NDArray[np.int64],
        inputs: Indices,
        outputs: Indices,
        sign: int,
    ) -> None:
        """Take over one stored (sign 1) or forgotten (sign -1) pattern.

        Parameters
        ----------
        coincidences, input_usage : ndarray
            Of the memory, with the pattern not yet counted.
        inputs, outputs : ndarray of int
            Active units of the pattern.
        """
        rows = coincidences[inputs].astype(np.int64)
        before = rows[:, outputs]
        largest = int(before.max(initial=0)) + 2
        if largest >= self.histogram.shape[1]:
            wider = ((0, 0), (0, largest + 1 - self.histogram.shape[1]))
            self.histogram = np.pad(self.histogram, wider)
        real = (inputs[:, None] != outputs) | (not self.shared)
        place = np.broadcast_to(outputs, before.shape)[real]
        np.subtract.at(self.histogram, (place, before[real]), 1)
        np.add.at(self.histogram, (place, before[real] + sign), 1)
        rows[:, outputs] += sign
        if self.shared:
            rows[np.arange(len(inputs)), inputs] = 0
        self.weighted += sign * rows.sum(axis=0)
        gained = input_usage[inputs].sum() - (input_usage[outputs] if self.shared else 0)
        self.weighted[outputs] += sign * gained


def table_counts(
    like: Counts, input_usage: NDArray[Any], both: NDArray[Any], output_usage: NDArray[Any]
) -> Counts:
    """Return the counts of pairs that are given by M1(i), C_ij and M1(j).

    Parameters
    ----------
    like : Counts
        Any counts of the memory, for the number of patterns, mean usages and the precision.
    input_usage, both : ndarray, shape (n_rows,)
        M1(i) and C_ij of each row; impossible C_ij are replaced by the nearest possible ones.
    output_usage : ndarray, shape (n_columns,)
        M1(j) of each column.

    Returns
    -------
    Counts
        Of shape (n_rows, n_columns).
    """
    dtype = like.output_usage.dtype
    rows, columns = input_usage[:, None].astype(dtype), output_usage.astype(dtype)
    least = np.maximum(rows + columns - dtype.type(like.n_patterns), 0)
    return Counts(
        like.n_patterns,
        rows,
        columns,
        np.clip(both[:, None].astype(dtype), least, np.minimum(rows, columns)),
        like.mean_input_usage,
        like.mean_output_usage,
        like.exact,
    )


def table_terms(
    rule: Rule,
    channel: Channel,
    like: Counts,
    input_usage: NDArray[Any],
    both: NDArray[Any],
    output_usage: NDArray[Any],
) -> Terms:
    """Return the terms of pairs that are given by their counts, see `table_counts`."""
    return rule.terms(table_counts(like, input_usage, both, output_usage), channel)


class UsageClasses:
    """The different usages of inputs and outputs, and which unit has which.

    Attributes
    ----------
    inputs, outputs : ndarray of int64
        Different values of M1(i) and M1(j), sorted.
    input_counts : ndarray of int
        How many inputs have each of these usages.
    input_class, output_class : ndarray of int
        Number of the usage of each unit in `inputs` and `outputs`.
    """

    def __init__(self, input_usage: NDArray[np.int64], output_usage: NDArray[np.int64]) -> None:
        self.inputs, self.input_class, self.input_counts = _distinct(input_usage)
        if output_usage is input_usage:
            self.outputs, self.output_class = self.inputs, self.input_class
        else:
            self.outputs, self.output_class, _ = _distinct(output_usage)

    @property
    def mean_together(self) -> float:
        """Mean usage of an input that was active together with another unit."""
        times = float(self.inputs @ self.input_counts)
        return float(self.inputs**2 @ self.input_counts) / max(1.0, times)

    @property
    def n_pairs(self) -> int:
        """Number of pairs of different usages."""
        return len(self.inputs) * len(self.outputs)


def _distinct(usage: NDArray[Any]) -> tuple[NDArray[Any], Indices, Indices]:
    """Return the sorted different values, the number of the value of each unit, and counts."""
    if usage.dtype.kind == "f" or usage.max(initial=0) > 16 * len(usage):
        values, number, counts = np.unique(usage, return_inverse=True, return_counts=True)
        return values, number, counts
    # Small whole numbers need no sorting.
    counts = np.bincount(usage, minlength=1)
    values = np.flatnonzero(counts)
    return values, (np.cumsum(counts > 0) - 1)[usage], counts[values]


def sum_over_inputs(
    evaluate: Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], NDArray[Any]],
    classes: UsageClasses,
    summary: CoincidenceSummary,
) -> NDArray[np.float64]:
    """Return sums over all inputs (but the own one) for each output, shape (n_outputs,).

    What a coincidence changes is taken at the mean usage of such inputs, and to first order in
    the difference.

    Parameters
    ----------
    evaluate : callable
        Returns the terms (n_rows, n_columns) for M1(i) and C_ij of rows and M1(j) of columns.
    """
    outputs = classes.outputs
    base = evaluate(classes.inputs, np.zeros(len(classes.inputs)), outputs)
    by_class = classes.input_counts @ base
    if summary.shared:
        by_class = by_class - base.diagonal()
    total = by_class[classes.output_class].astype(np.float64)
    mean = classes.mean_together
    times = np.arange(summary.histogram.shape[1])

    def correction(usage: NDArray[Any], both: NDArray[Any]) -> NDArray[Any]:
        return evaluate(usage, both, outputs) - evaluate(usage, np.zeros(len(both)), outputs)

    corrections = correction(np.maximum(mean, times), times)
    for count in times[1:]:
        total += summary.histogram[:, count] * corrections[count][classes.output_class]
    once = correction(np.array([mean, mean + 1]), np.ones(2))
    slope = once[1] - once[0]
    together = summary.histogram @ times
    total += (summary.weighted - mean * together) * slope[classes.output_class]
    return total


def silent_sum(
    rule: Rule, channel: Channel, like: Counts, classes: UsageClasses, summary: CoincidenceSummary
) -> Potentials:
    """Return prior plus silent terms of all inputs (but the own one), shape (n_outputs,).

    For rules with `LikelihoodRule.sums_by_counts`.
    """

    def silent(usage: NDArray[Any], both: NDArray[Any], outputs: NDArray[Any]) -> NDArray[Any]:
        return _silent(table_terms(rule, channel, like, usage, both, outputs))

    total = sum_over_inputs(silent, classes, summary)
    one, none = classes.inputs[:1], np.zeros(1)
    prior = table_terms(rule, channel, like, one, none, classes.outputs).prior
    if prior is None:
        return Potentials(total)
    total += prior.finite[classes.output_class]
    infinite = None
    if prior.infinite is not None:
        infinite = prior.infinite[classes.output_class].astype(np.int64)
        total[infinite != 0] = 0
    return Potentials(total, infinite)


def remainder(n_patterns: float, classes: UsageClasses, summary: CoincidenceSummary) -> float:
    """Return a bound of what `silent_sum` neglects for the rules `bayes` and `bcpnn-full`, in nats.

    Silent terms of Bayes depend on M1(i) in a correction through log(1 - r c / (D + r M1(i))) with
    D = M - M1(j) and -1 < r < 0, whose second derivative is below 2 c / (D - M1(i) - c)^3.
    """
    largest = float(classes.inputs[-1])
    silent = n_patterns - largest - float(classes.outputs[-1]) - summary.histogram.shape[1]
    if silent <= 0:
        return float("inf")
    mean = classes.mean_together
    deviation = max(mean - float(classes.inputs[0]), largest - mean)
    together = float((summary.histogram @ np.arange(summary.histogram.shape[1])).max(initial=0))
    return together * deviation**2 / silent**3


def _silent(terms: Terms) -> NDArray[np.float64]:
    if terms.silent is None:
        raise TypeError("terms.silent: must be given")
    return terms.silent.finite.astype(np.float64)
