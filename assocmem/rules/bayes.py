"""Optimal Bayesian rules: the naive-Bayes rule of the paper, and confidence propagation.

With the noise e01, e10 of a query, the symbol 1 at input i has the probabilities

    A = P(q_i = 1 | v_j = 1) = (M11 (1 - e10) + M01 e01) / M1(j)
    B = P(q_i = 1 | v_j = 0) = (M10 (1 - e10) + M00 e01) / M0(j)

A. Knoblauch, Neural Computation 23:1393 (2011), section 3; arXiv:2412.18349 (2024), section 2.
"""

from __future__ import annotations

from typing import Any

from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.rules.base import (
    LikelihoodRule,
    Potentials,
    Rule,
    Terms,
    given_active,
    given_silent,
    log_ratio,
    settle,
)


class Bayes(LikelihoodRule):
    """The optimal Bayesian rule: posterior log odds under independent inputs.

        x_j = log(M1(j) / M0(j)) + sum_{q_i = 1} log(A / B) + sum_{q_i = 0} log((1 - A) / (1 - B))

    It equals the exact posterior where the inputs are conditionally independent given the output.
    """

    name = "bayes"
    always_is_certain = True

    def evidence(self, counts: Counts, if_active: Any, if_silent: Any) -> Potentials:
        return log_ratio(
            given_active(counts, if_active, if_silent), given_silent(counts, if_active, if_silent)
        )

    def prior(self, counts: Counts) -> Potentials:
        return log_ratio(counts.output_usage, counts.output_silence)


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
