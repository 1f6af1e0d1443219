"""Binary synapses: the Willshaw rule and its inhibitory form.

D. Willshaw, O. Buneman, H. Longuet-Higgins, Nature 222:960 (1969); inhibitory: A. Knoblauch,
"Neural associative memory with optimal Bayesian learning", Neural Computation 23:1393 (2011).
"""

from __future__ import annotations

from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.rules.base import Potentials, Rule, Terms


class Willshaw(Rule):
    """A synapse exists after the first coincidence: w = [C > 0].

    The own term stays in every step unless told otherwise: without it a unit loses the support of
    itself, which its rivals keep.
    """

    name = "willshaw"
    self_term = "always"
    supporting_input = 1.0

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        return Terms(Potentials((counts.both > 0).astype(counts.both.dtype)))


class InhibitoryWillshaw(Rule):
    """Units that were never active together inhibit each other: w = -[C = 0]."""

    name = "inhibitory-willshaw"
    supporting_input = 0.0

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        return Terms(Potentials(-(counts.both == 0).astype(counts.both.dtype)))
