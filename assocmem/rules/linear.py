"""Linear rules: weights that are linear in the number of coincidences.

With C = M11 and mean activities p of the inputs and q of the outputs over all units. All of them
are bilinear sums over patterns of (u_i - a) (v_j - b). A. Knoblauch, Neural Computation 23:1393
(2011), appendix; G. Palm, F. Sommer (1996).
"""

from __future__ import annotations

import numpy as np

from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.rules.base import Potentials, Rule, Terms


class Hebb(Rule):
    """Coincidences: w = C."""

    name = "hebb"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        return Terms(Potentials(counts.both.copy()))


class Hopfield(Rule):
    """Agreements minus disagreements: w = M11 - M10 - M01 + M00 = 4 C - 2 M1(i) - 2 M1(j) + M."""

    name = "hopfield"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        agreements = counts.both + counts.neither
        return Terms(Potentials(agreements - counts.input_only - counts.output_only))


class BipolarHopfield(Rule):
    """The classic Hopfield network with states +1 and -1, of which `Hopfield` lacks half.

        x_j = sum_i s_i w_ij,    s_i = 2 q_i - 1,    w_ij = M11 - M10 - M01 + M00

    Silent inputs count with the opposite sign. Units have no connection with themselves. Meant for
    dense patterns and the activation ``"threshold"``.
    """

    name = "hopfield-bipolar"
    self_term = "never"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        weights = Hopfield().terms(counts, channel).active.finite
        return Terms(Potentials(weights), Potentials(-weights))


class Covariance(Rule):
    """Covariance with the activity of each unit: w = C - M1(i) M1(j) / M."""

    name = "covariance"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        expected = counts.input_usage * (counts.output_usage / counts.n_patterns)
        return Terms(Potentials(counts.both - expected))


class GlobalCovariance(Rule):
    """Covariance with mean activities: w = C - q M1(i) - p M1(j) + M p q."""

    name = "covariance-global"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        p = counts.mean_input_usage / counts.n_patterns
        q = counts.mean_output_usage / counts.n_patterns
        from_inputs = counts.input_usage * q
        from_outputs = counts.output_usage * p - counts.n_patterns * p * q
        return Terms(Potentials(counts.both - from_inputs - from_outputs))


class PresynapticCovariance(Rule):
    """Covariance per use of the input: w = C / M1(i) - M1(j) / M; C / M1(i) = 0 if M1(i) = 0."""

    name = "presynaptic-covariance"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        conditional = counts.both / np.maximum(counts.input_usage, 1)
        return Terms(Potentials(conditional - counts.output_usage / counts.n_patterns))


class Homosynaptic(Rule):
    """Depression at active inputs: w = C - q M1(i)."""

    name = "homosynaptic"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        q = counts.mean_output_usage / counts.n_patterns
        return Terms(Potentials(counts.both - counts.input_usage * q))


class Heterosynaptic(Rule):
    """Depression at active outputs: w = C - p M1(j)."""

    name = "heterosynaptic"

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        p = counts.mean_input_usage / counts.n_patterns
        return Terms(Potentials(counts.both - counts.output_usage * p))
