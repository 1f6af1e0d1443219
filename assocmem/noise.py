"""Adaptive noise estimation (ANE): the noise assumed in each retrieval step.

The state z of a retrieval is a query for the next step, with a noise of its own. Its estimates
follow arXiv:2412.18349 (2024), section 3, as reconstructed in docs/assocmem.md ("our definition").
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, Reals, States
from assocmem.channel import Channel

#: Ways of retrieval: what is assumed about the noise of states. The last two have states of their
#: own kind (`assocmem.soft`, `assocmem.search`).
NOISE_MODES = ("fixed", "posterior", "batch", "calibrated", "true", "soft", "search")

#: Range of estimates: an error that was not seen may still occur.
E01_RANGE, E10_RANGE = (1e-5, 0.5), (1e-3, 0.999)

#: Change of log e01 and log e10 in one step below which an estimate counts as settled.
SETTLED = 0.05


def limited(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return noise (..., 2) clipped to the ranges of estimates."""
    low, high = np.array([E01_RANGE, E10_RANGE]).T
    return np.clip(noise, low, high)


def posterior_noise(posterior: Reals, state: States) -> NDArray[np.float64]:
    """Return the noise (e01, e10) that posteriors ascribe to a state, shape (n_queries, 2).

    e01 = sum_j (1 - p_j) z_j / sum_j (1 - p_j), e10 = sum_j p_j (1 - z_j) / sum_j p_j.
    """
    expected = posterior.sum(axis=1, dtype=np.float64)
    chosen = state.sum(axis=1, dtype=np.float64)
    hits = np.where(state, posterior, 0).sum(axis=1, dtype=np.float64)
    silent = state.shape[1] - expected
    return np.stack([_quotient(chosen - hits, silent), _quotient(expected - hits, expected)], 1)


def true_noise(truth: States, state: States) -> NDArray[np.float64]:
    """Return the frequencies (e01, e10) of the errors in a state, shape (n_queries, 2)."""
    return posterior_noise(truth, state)


def _quotient(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


class NoiseSource(ABC):
    """Supplies the noise of each step and decides when it no longer changes.

    Parameters
    ----------
    channel : Channel or None
        The noise of the given queries, used in step 1.
    n_queries : int
        Number of queries.
    """

    #: Whether each query has its own noise, shape (n_queries, 2) instead of (2,).
    per_query = False
    #: Whether the given channel holds in all steps.
    constant = False
    #: Whether estimates depend on which other queries there are.
    of_batch = False
    #: Whether posteriors are needed.
    needs_posterior = False

    def __init__(self, channel: Channel | None, n_queries: int) -> None:
        given = np.full(2, np.nan) if channel is None else np.array([channel.e01, channel.e10])
        self.current = np.tile(given, (n_queries, 1)) if self.per_query else given

    @abstractmethod
    def update(
        self, step: int, which: Indices, state: States, posterior: Reals | None
    ) -> NDArray[np.bool_]:
        """Estimate the noise of the states after a step, and tell for which queries it settled.

        Parameters
        ----------
        step : int
            Number of the step that ended, from 1.
        which : ndarray of int, shape (n_running,)
            Numbers of the queries that still run; the others keep their last estimate.
        state : ndarray, shape (n_running, n_units)
        posterior : ndarray, shape (n_running, n_units), or None
        """


class FixedNoise(NoiseSource):
    """The given channel in every step."""

    constant = True

    def update(
        self, step: int, which: Indices, state: States, posterior: Reals | None
    ) -> NDArray[np.bool_]:
        return np.ones(len(which), bool)


class OwnNoise(NoiseSource):
    """An estimate for each query: by its posterior, or by its true pattern (``truth``)."""

    per_query = True

    def __init__(
        self, channel: Channel | None, n_queries: int, truth: States | None = None
    ) -> None:
        super().__init__(channel, n_queries)
        self.truth = truth
        self.needs_posterior = truth is None

    def update(
        self, step: int, which: Indices, state: States, posterior: Reals | None
    ) -> NDArray[np.bool_]:
        evidence = self._evidence(which, posterior)
        before, self.current = self.current, self.current.copy()
        self.current[which] = limited(posterior_noise(evidence, state))
        return has_settled(before[which], self.current[which])

    def _evidence(self, which: Indices, posterior: Reals | None) -> Reals:
        if self.truth is not None:
            return self.truth[which]
        if posterior is None:
            raise TypeError("posterior: must be given")
        return posterior


class MeanNoise(NoiseSource):
    """The mean over the batch of the estimates of all queries, finished ones included."""

    of_batch = True

    def __init__(
        self, channel: Channel | None, n_queries: int, truth: States | None = None
    ) -> None:
        super().__init__(channel, n_queries)
        self.own = OwnNoise(channel, n_queries, truth)
        self.needs_posterior = self.own.needs_posterior

    def update(
        self, step: int, which: Indices, state: States, posterior: Reals | None
    ) -> NDArray[np.bool_]:
        self.own.update(step, which, state, posterior)
        before, self.current = self.current, self.own.current.mean(axis=0)
        return np.full(len(which), has_settled(before, self.current))


class ScheduledNoise(NoiseSource):
    """Noise known in advance for each step, from a calibration.

    Parameters
    ----------
    steps : ndarray, shape (n_steps, 2)
        Noise of each step; the last row also holds for later steps.
    n_queries : int
        Number of queries.
    """

    def __init__(self, steps: NDArray[np.float64], n_queries: int) -> None:
        super().__init__(Channel(*steps[0]), n_queries)
        self.steps = steps

    def update(
        self, step: int, which: Indices, state: States, posterior: Reals | None
    ) -> NDArray[np.bool_]:
        before, self.current = self.current, self.steps[min(step, len(self.steps) - 1)]
        return np.full(len(which), has_settled(before, self.current))


def has_settled(before: NDArray[np.float64], after: NDArray[np.float64]) -> Any:
    """Tell whether log e01 and log e10 both changed by less than `SETTLED`."""
    change = np.abs(np.log(limited(after)) - np.log(limited(before)))
    return (change < SETTLED).all(axis=-1)
