"""Optimal Bayesian rules: the naive-Bayes rule of the paper, and confidence propagation.

With the noise e01, e10 of a query, the symbol 1 at input i has the probabilities

    A = P(q_i = 1 | v_j = 1) = (M11 (1 - e10) + M01 e01) / M1(j)
    B = P(q_i = 1 | v_j = 0) = (M10 (1 - e10) + M00 e01) / M0(j)

A. Knoblauch, Neural Computation 23:1393 (2011), section 3; arXiv:2412.18349 (2024), section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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

#: Usages are kept from this to M less this.
HALF = 0.5


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
        both = np.maximum(counts.both, LEAST_COINCIDENCE)
        one, other, neither = (
            np.maximum(count, LEAST_COUNT)
            for count in (counts.input_only, counts.output_only, counts.neither)
        )
        # Logarithms of ratios, which are near 1: differences of logarithms would err by far more.
        n_patterns = counts.output_usage.dtype.type(counts.n_patterns)
        on_i = np.clip(counts.input_usage, HALF, n_patterns - HALF)
        off_j = n_patterns - np.clip(counts.output_usage, HALF, n_patterns - HALF)
        return PairTerms(
            np.log((both * neither) / (one * other)),
            np.log((one / on_i) / (off_j / n_patterns)),
            np.log((neither / (n_patterns - on_i)) / (off_j / n_patterns)),
        )


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
