"""Optimal Bayesian rules: the naive-Bayes rule of the paper, and confidence propagation.

With the noise e01, e10 of a query, the symbol 1 at input i has the probabilities

    A = P(q_i = 1 | v_j = 1) = (M11 (1 - e10) + M01 e01) / M1(j)
    B = P(q_i = 1 | v_j = 0) = (M10 (1 - e10) + M00 e01) / M0(j)

A. Knoblauch, Neural Computation 23:1393 (2011), section 3; arXiv:2412.18349 (2024), section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.rules.base import (
    LikelihoodRule,
    PairTerms,
    Potentials,
    Rule,
    Terms,
    given_active,
    given_silent,
    log_ratio,
    settle,
)

#: Counts of pairs below these are taken for these: what was not seen is improbable, not impossible.
#: A missing coincidence counts more than other missing pairs.
LEAST_COINCIDENCE, LEAST_COUNT = 1e-4, 0.05


class Bayes(LikelihoodRule):
    """The optimal Bayesian rule: posterior log odds under independent inputs.

        x_j = log(M1(j) / M0(j)) + sum_{q_i = 1} log(A / B) + sum_{q_i = 0} log((1 - A) / (1 - B))

    It equals the exact posterior where the inputs are conditionally independent given the output.
    """

    name = "bayes"
    always_is_certain = True
    has_pair_evidence = True
    sums_by_counts = True

    def evidence(self, counts: Counts, if_active: Any, if_silent: Any) -> Potentials:
        return log_ratio(
            given_active(counts, if_active, if_silent), given_silent(counts, if_active, if_silent)
        )

    def prior(self, counts: Counts) -> Potentials:
        return log_ratio(counts.output_usage, counts.output_silence)

    def pair_evidence(self, counts: Counts) -> PairTerms:
        n_patterns = counts.output_usage.dtype.type(counts.n_patterns)
        on_i, off_i = _log_activity(counts.input_usage, n_patterns)
        off_j = _log_activity(counts.output_usage, n_patterns)[1]
        both = np.log(np.maximum(counts.both, LEAST_COINCIDENCE))
        one, other, neither = (
            np.log(np.maximum(count, LEAST_COUNT))
            for count in (counts.input_only, counts.output_only, counts.neither)
        )
        couplings = (both + neither) - (one + other)  # symmetric to the last bit
        log_m = np.log(n_patterns)
        return PairTerms(couplings, one - on_i - (log_m + off_j), neither - off_i - (log_m + off_j))


def _log_activity(usage: NDArray[Any], n_patterns: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return log P(u = 1) and log P(u = 0), with usages kept from 1/2 to M - 1/2."""
    half = usage.dtype.type(0.5)
    frequency = np.clip(usage, half, n_patterns - half) / n_patterns
    return np.log(frequency), np.log1p(-frequency)


class BayesianConfidencePropagation(Rule):
    """Bayes without the evidence of silent inputs ("BCP", our definition).

    x_j = log(M1(j) / M0(j)) + sum_{q_i = 1} log(A / B)
    """

    name = "bcp"
    probabilistic = True
    uses_channel = True

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        full = Bayes()
        active = full.evidence(counts, 1 - channel.e10, channel.e01)
        return settle(Terms(active, None, full.prior(counts)), counts, always=True)
