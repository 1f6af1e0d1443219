"""Neural associative memories with optimal Bayesian learning, BCPNN and the classic rules.

Store binary patterns, retrieve them from noisy queries by iteration with adaptive noise estimation,
and measure how many patterns a memory can hold::

    from assocmem import AssociativeMemory, Channel, measures, patterns

    rng = np.random.default_rng(0)
    U = patterns.palm(250, 200, 8, rng=rng)
    Q = patterns.corrupt(U, completeness=0.75, addition=0.25, rng=rng)
    memory = AssociativeMemory(200, rule="bayes")
    memory.store(U)
    channel = Channel.of_query(0.75, 0.25, n_units=200, n_active=8)
    out = memory.retrieve(Q, channel=channel, n_active=8, noise="batch", clamp=True)
    measures.output_error(out.patterns, U).mean()

Theory, definitions and measured tables: docs/assocmem.md.
"""

from assocmem import capacity, decoders, measures, patterns, sequences, theory
from assocmem.binary_memory import BinaryMemory
from assocmem.channel import Channel
from assocmem.counts import Counts
from assocmem.memory import AssociativeMemory
from assocmem.retrieval import RetrievalResult
from assocmem.rules import RULES, LikelihoodRule, Potentials, Rule, Terms, register
from assocmem.weights import Weights

__all__ = [
    "RULES",
    "AssociativeMemory",
    "BinaryMemory",
    "Channel",
    "Counts",
    "LikelihoodRule",
    "Potentials",
    "RetrievalResult",
    "Rule",
    "Terms",
    "Weights",
    "capacity",
    "decoders",
    "measures",
    "patterns",
    "register",
    "sequences",
    "theory",
]
