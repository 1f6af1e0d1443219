"""Bounds for comparisons: decoders that keep the patterns themselves, not synapses between units.

What they achieve is no achievement of a memory; it is what any memory could at best reach with the
same queries. All of them weigh the stored patterns by how well they explain the query,

    log P(q | u) = sum_{u_i = 1} l_i + const,    l_i = log [P(q_i | 1) / P(q_i | 0)].

Modern Hopfield networks: H. Ramsauer et al., "Hopfield Networks is All You Need", ICLR 2021,
equation 3; with patterns in the log-likelihood metric and inverse temperature 1 their update is the
posterior mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit, softmax

from assocmem._validation import binary, choice, random_generator, whole_number
from assocmem.activation import Activation, make_activation
from assocmem.channel import Channel, check_channel
from assocmem.request import TIES
from assocmem.retrieval import RetrievalResult, own_evidence
from assocmem.rules import RULES
from assocmem.rules.base import Potentials

#: Noise below this is taken for this, so that all logarithms are finite.
SMALLEST_NOISE = 1e-12

#: How units can be chosen; nothing is stored that could support others as Willshaw's rule needs.
ACTIVATIONS = ("winners", "threshold", "block-winners")

#: Scores computed at once: 32 MB.
CHUNK_NUMBERS = 2**22


class Decoder(ABC):
    """Keeps all patterns, and answers by those that explain the query best.

    Parameters
    ----------
    n_units : int
        Number of units n.

    Attributes
    ----------
    patterns : ndarray of uint8, shape (n_patterns, n_units)
        What was stored.
    """

    name: ClassVar[str]

    def __init__(self, n_units: int) -> None:
        self.n_units = whole_number("n_units", n_units, 1)
        self.patterns = np.zeros((0, self.n_units), np.uint8)

    @property
    def n_patterns(self) -> int:
        """Number of stored patterns M."""
        return len(self.patterns)

    def store(self, X: ArrayLike) -> None:
        """Keep patterns, shape (n_patterns, n_units) or (n_units,), in addition to former ones.

        Raises
        ------
        ValueError
            If a shape is wrong or an entry is neither 0 nor 1.
        """
        self.patterns = np.vstack([self.patterns, np.atleast_2d(binary("X", X, self.n_units))])

    def retrieve(
        self,
        queries: ArrayLike,
        *,
        channel: Channel,
        activation: str = "winners",
        n_active: ArrayLike | None = None,
        ties: str = "index",
        rng: Any = None,
    ) -> RetrievalResult:
        """Answer queries in one step.

        Parameters
        ----------
        queries, channel, activation, n_active, ties, rng
            As for `AssociativeMemory.retrieve`; the decoders know no random ties. `IdealDecoder`
            answers with a stored pattern whatever the activation.

        Returns
        -------
        RetrievalResult
            Its potentials are the log odds of each unit, its noise the given channel.

        Raises
        ------
        ValueError
            If an argument is out of range or missing.
        """
        inputs = binary("queries", queries, self.n_units)
        rows = np.atleast_2d(inputs)
        check_channel(channel, self.name)
        choice("activation", activation, ACTIVATIONS)
        choice("ties", ties, TIES)
        random_generator(rng)
        chosen = make_activation(
            activation,
            rule=RULES["bayes"](),
            n_active=n_active,
            n_queries=len(rows),
            n_units=self.n_units,
            order=None,
        )
        shares = self._shares(rows, channel.limited(SMALLEST_NOISE))
        potentials = Potentials(logit(np.clip(shares, 1e-300, 1 - 1e-16)))
        result = RetrievalResult(
            self._answers(shares, potentials, chosen, rows),
            np.ones(len(rows), np.intp),
            np.ones(len(rows), bool),
            Potentials(potentials.finite, np.zeros(shares.shape, np.int32)),
            np.array([[channel.e01, channel.e10]]),
        )
        return result.first() if inputs.ndim == 1 else result

    def _shares(self, queries: NDArray[np.uint8], channel: Channel) -> NDArray[np.float64]:
        """Return how active each unit is in the patterns that count, from 0 to 1."""
        shares = np.zeros(queries.shape)
        if not self.n_patterns:
            return shares
        height = max(1, CHUNK_NUMBERS // self.n_patterns)
        stored = self.patterns.astype(np.float32)
        silent, active = own_evidence(np.array([[0, 1]], np.uint8), channel).finite[0]
        for start in range(0, len(queries), height):
            part = queries[start : start + height].astype(np.float32)
            overlap = (part @ stored.T).astype(np.float64)
            scores = (active - silent) * overlap + silent * stored.sum(axis=1, dtype=np.float64)
            shares[start : start + height] = self._weigh(scores)
        return shares

    def _answers(
        self,
        shares: NDArray[np.float64],
        potentials: Potentials,
        activation: Activation,
        queries: NDArray[np.uint8],
    ) -> NDArray[np.uint8]:
        """Return which units become active: none while no pattern is stored."""
        if not self.n_patterns:
            return np.zeros(shares.shape, np.uint8)
        return activation.activate(potentials, np.arange(len(shares)), queries)

    @abstractmethod
    def _weigh(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the shares for log likelihoods (n_queries, n_patterns)."""


class IdealDecoder(Decoder):
    """The stored pattern with the largest likelihood: no decoder finds more patterns exactly.

    Of equally likely ones the first.
    """

    name = "ideal-decoder"

    def _weigh(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.patterns[scores.argmax(axis=1)].astype(np.float64)

    def _answers(self, shares: NDArray[np.float64], *_: Any) -> NDArray[np.uint8]:
        return shares.astype(np.uint8)


class NearestPatterns(Decoder):
    """The mean of the k stored patterns with the largest likelihoods (k nearest neighbors).

    Parameters
    ----------
    n_units : int
    n_neighbors : int, default 5
        Number of patterns that vote, fewer if fewer are stored.
    """

    name = "nearest-patterns"

    def __init__(self, n_units: int, n_neighbors: int = 5) -> None:
        super().__init__(n_units)
        self.n_neighbors = whole_number("n_neighbors", n_neighbors, 1)

    def _weigh(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        nearest = np.argsort(-scores, axis=1, kind="stable")[:, : self.n_neighbors]
        return np.asarray(self.patterns[nearest].mean(axis=1))


class ModernHopfield(Decoder):
    """The posterior mean of the stored patterns: one update of a modern Hopfield network.

    With the activation ``"threshold"`` no decoder makes fewer wrong units.
    """

    name = "modern-hopfield"

    def _weigh(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(softmax(scores, axis=1) @ self.patterns)


#: All decoders by name, for `assocmem.capacity`.
DECODERS: dict[str, type[Decoder]] = {
    decoder.name: decoder for decoder in (IdealDecoder, NearestPatterns, ModernHopfield)
}
