"""Evidence that a whole pattern was stored, from the counts of all pairs of its units.

With probabilities estimated by M11 = C_ij, M10 = M1(i) - C_ij, M01 = M1(j) - C_ij and
M00 = M - M1(i) - M1(j) + C_ij, all pairs of units of a pattern u taken for independent give the log
odds that u was stored

    E(u) = log M + sum_i log P(u_i) + sum_{i<j} log [P(u_i, u_j) / (P(u_i) P(u_j))]
         = c0 + sum_i u_i h_i + sum_{i<j} u_i u_j J_ij,

what users of Hopfield networks call the (negative) energy. Our definition; docs/assocmem.md.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, States
from assocmem.learning import PatternStatistics, active_units
from assocmem.rules.base import Rule
from assocmem.weights import blocks


class PairEvidence:
    """Couplings, fields and constant of E(u) for one state of a memory.

    Parameters
    ----------
    statistics : PatternStatistics
        Content of an auto-associative memory with at least one pattern.
    rule : Rule
        A rule with `Rule.pair_evidence`.

    Attributes
    ----------
    couplings : ndarray of float32, shape (n_units, n_units)
        J_ij, symmetric for Bayes, zero on the diagonal.
    fields : ndarray of float64, shape (n_units,)
        h_i, what unit i adds if it is the only active one.
    constant : float
        c0, the evidence of the pattern without active units.
    log_on, log_off : ndarray of float64, shape (n_units,)
        Logarithms of the probabilities that a unit is active and silent.
    """

    def __init__(self, statistics: PatternStatistics, rule: Rule) -> None:
        n_units = len(statistics.input_usage)
        self.log_on, self.log_off = log_activity(statistics)
        self.couplings = np.empty((n_units, n_units), np.float32)
        self.fields = self.log_on - self.log_off
        silent_pairs = 0.0
        for rows in blocks(n_units, n_units):
            terms = rule.pair_evidence(statistics.block(rows, statistics.working_type))
            for term in terms:
                if term is not None:
                    own = np.arange(len(term))
                    term[own, rows.start + own] = 0
            self.couplings[rows] = terms.couplings
            if terms.first_only is not None and terms.neither is not None:
                one = (terms.first_only - terms.neither).sum(axis=1, dtype=np.float64)
                self.fields[rows] += one
                silent_pairs += float(terms.neither.sum(dtype=np.float64))
        n_patterns = statistics.n_patterns
        self.constant = float(np.log(n_patterns) + self.log_off.sum() + silent_pairs / 2)

    @property
    def nbytes(self) -> int:
        """Bytes of the couplings."""
        return self.couplings.nbytes

    def rows(self, units: Indices) -> NDArray[np.float32]:
        """Return the couplings of some units, shape (*units.shape, n_units)."""
        return self.couplings[units]

    def block_rows(self, units: Indices, size: int) -> NDArray[np.float32]:
        """Return the couplings of units within their own blocks, shape (*units.shape, size)."""
        by_block = self.couplings.reshape(len(self.couplings), -1, size)
        return np.asarray(by_block[units, units // size])

    def evidence(self, patterns: States) -> NDArray[np.float64]:
        """Return E(u) of each pattern, shape (n_patterns,)."""
        return evidence(self, patterns)


class Couplings(Protocol):
    """Fields, constant and rows of couplings, however they are kept."""

    fields: NDArray[np.float64]
    constant: float

    def rows(self, units: Indices) -> NDArray[np.float32]:
        """Return the couplings of some units, shape (*units.shape, n_units)."""


def evidence(couplings: Couplings, patterns: States) -> NDArray[np.float64]:
    """Return E(u) of each pattern, shape (n_patterns,)."""
    result = np.full(len(patterns), couplings.constant)
    for number, units in enumerate(active_units(patterns)):
        pairs = couplings.rows(units)[:, units].sum(dtype=np.float64) / 2
        result[number] += couplings.fields[units].sum() + pairs
    return result


def log_activity(statistics: PatternStatistics) -> tuple[Any, Any]:
    """Return log P(u_i = 1) and log P(u_i = 0), with usages kept from 1/2 to M - 1/2."""
    n_patterns = statistics.n_patterns
    usage = np.clip(statistics.input_usage, 0.5, n_patterns - 0.5)
    return np.log(usage / n_patterns), np.log1p(-usage / n_patterns)


def log_sigmoid(x: Any) -> Any:
    """Return log(1 / (1 + exp(-x)))."""
    return -np.logaddexp(0.0, -np.asarray(x))
