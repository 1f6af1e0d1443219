"""The BCPNN family: evidence against the unconditional probability of an input's symbol.

A. Lansner, O. Ekeberg, "A one-layer feedback artificial neural network with a Bayesian learning
rule" (1989); the variants with noise: A. Knoblauch, arXiv:2412.18349 (2024), section 2. With A of
`assocmem.rules.bayes` and p = P(q_i = 1) = (M1(i) (1 - e10) + M0(i) e01) / M.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem._validation import real_number
from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.rules.base import (
    LikelihoodRule,
    PairTerms,
    Potentials,
    Rule,
    Terms,
    given_active,
    log_ratio,
    regardless,
    settle,
)

NOISELESS = Channel(0.0, 0.0)


def _prior(counts: Counts) -> Potentials:
    """Return log(M1(j) / M)."""
    total = counts.output_usage.dtype.type(counts.n_patterns)
    return log_ratio(counts.output_usage, np.full_like(counts.output_usage, total))


def _evidence(counts: Counts, if_active: Any, if_silent: Any) -> Potentials:
    """Return log[P(symbol | v_j = 1) / P(symbol)]."""
    return log_ratio(
        given_active(counts, if_active, if_silent), regardless(counts, if_active, if_silent)
    )


class NoisyBCPNN(Rule):
    """BCPNN with a noise model, active inputs only.

    x_j = log(M1(j) / M) + sum_{q_i = 1} log(A / p)
    """

    name = "bcpnn-noise"
    probabilistic = True
    uses_channel = True

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        active = _evidence(counts, 1 - channel.e10, channel.e01)
        return settle(Terms(active, None, _prior(counts)), counts, always=False)


class ClassicBCPNN(Rule):
    """The classic BCPNN, which knows no noise.

        x_j = log(M1(j) / M) + sum_{q_i = 1} log[M M11 / (M1(i) M1(j))]

    Without coincidences (M11 = 0) a synapse is (finite -log(M1(i) / M), infinite -1), the limit of
    `NoisyBCPNN` for vanishing noise. With estimated noise it becomes `NoisyBCPNN` (our
    definition).
    """

    name = "bcpnn"
    probabilistic = True

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        return NoisyBCPNN().terms(counts, NOISELESS)

    def adaptive(self) -> Rule:
        return NoisyBCPNN()


class FullBCPNN(LikelihoodRule):
    """BCPNN with a noise model and the evidence of silent inputs.

    x_j = log(M1(j) / M) + sum_{q_i = 1} log(A / p) + sum_{q_i = 0} log((1 - A) / (1 - p))
    """

    name = "bcpnn-full"
    sums_by_counts = True

    def evidence(self, counts: Counts, if_active: Any, if_silent: Any) -> Potentials:
        return _evidence(counts, if_active, if_silent)

    def prior(self, counts: Counts) -> Potentials:
        return _prior(counts)


class ShrunkBCPNN(Rule):
    """The classic BCPNN with ratios drawn towards 1, for correlated patterns (our definition).

        x_j = log(M1(j) / M) + sum_{q_i = 1} log[(M11 + a) / (M1(i) M1(j) / M + a)]

    The mean of the ratio of coincidences to their expected number, under a gamma prior of mean 1
    that weighs as much as a expected coincidences. a -> 0 is the classic BCPNN, a -> infinity the
    covariance rule divided by a.

    Parameters
    ----------
    strength : float, default 1
        The number a > 0.
    """

    name = "bcpnn-shrunk"
    probabilistic = True
    has_pair_evidence = True

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = real_number("strength", strength, float(np.finfo(np.float32).tiny))

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        active = Potentials(self._weights(counts))
        return settle(Terms(active, None, _prior(counts)), counts, always=False)

    def adaptive(self) -> Rule:
        return NoisyBCPNN()

    def pair_evidence(self, counts: Counts) -> PairTerms:
        return PairTerms(self._weights(counts))

    def _weights(self, counts: Counts) -> NDArray[Any]:
        a = counts.both.dtype.type(self.strength)
        m = counts.both.dtype.type(counts.n_patterns)
        expected = counts.input_usage * (counts.output_usage / m)
        return np.asarray(np.log((counts.both + a) / (expected + a)))


class StableBCPNN(Rule):
    """The classic BCPNN with coincidence counts kept above a small floor (our definition).

        x_j = log(M1(j) / M) + sum_{q_i = 1} log[M max(M11, c) / (M1(i) M1(j))]

    Parameters
    ----------
    floor : float, optional
        The floor c > 0, a number of coincidences. Default: min(0.001, 0.01 M p q) with the mean
        activities p of inputs and q of outputs, far below the expected number M p q: a floor near
        it destroys sparse memories.
    """

    name = "bcpnn-stable"
    probabilistic = True

    def __init__(self, floor: float | None = None) -> None:
        if floor is not None:
            floor = real_number("floor", floor, float(np.finfo(np.float32).tiny))
        self.floor = floor

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        floor = self.floor
        if floor is None:
            expected = counts.mean_input_usage * counts.mean_output_usage / counts.n_patterns
            floor = min(1e-3, 0.01 * expected)
        # Where no input was ever active the expected number is 0, and no synapse matters.
        raised = np.maximum(counts.both, floor or 1.0)
        raised /= np.maximum(counts.output_usage, 1)
        ratio = log_ratio(raised, regardless(counts, 1.0, 0.0))
        if ratio.infinite is not None:  # inputs that were never active contribute nothing
            ratio.finite[counts.input_usage[:, 0] == 0] = 0
        active = Potentials(ratio.finite)
        return settle(Terms(active, None, _prior(counts)), counts, always=False)

    def adaptive(self) -> Rule:
        return NoisyBCPNN()
