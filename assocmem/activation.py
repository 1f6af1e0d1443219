"""Activation: from potentials to active units, and to the posteriors that belong to it.

All functions here order pairs (finite, infinite) lexicographically and exactly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from assocmem._types import Indices, Reals, States
from assocmem._validation import choice, refusal, whole_number, without_masks
from assocmem.rules.base import Potentials, Rule, take

ACTIVATIONS = ("threshold", "winners", "block-winners", "willshaw")

#: Most steps of the search for the threshold at which posteriors sum up to k, its relative
#: precision, and the log odds beyond which a posterior is certain (within single precision).
NORMALIZING_STEPS, NORMALIZING_PRECISION, LARGEST_LOG_ODDS = 60, 1e-5, 80.0

#: Potentials that are ranked or normalized at once: 1 MB in single precision.
CHUNK_NUMBERS = 2**18


class Activation(ABC):
    """Decides which units are active, given the potentials of some queries.

    Methods receive the numbers `which` of these queries, because units to choose and the order of
    ties may differ from query to query.
    """

    @abstractmethod
    def activate(
        self, potentials: Potentials, which: Indices, inputs: States, n_active: int | None = None
    ) -> States:
        """Return the active units as 0 and 1, shape (n_queries, n_units).

        Parameters
        ----------
        potentials : Potentials, shape (n_queries, n_units)
        which : ndarray of int, shape (n_queries,)
            Numbers of the queries in the batch.
        inputs : ndarray, shape (n_queries, n_inputs)
            The state that led to the potentials.
        n_active : int, optional
            Number of units of a core step; default the full number.
        """

    def posterior(self, potentials: Potentials, which: Indices) -> Reals:
        """Return the probability that each unit is active, shape (n_queries, n_units)."""
        return probability(potentials)


class Threshold(Activation):
    """Active where the potential is at least (0, 0): the optimum for errors of single units."""

    def activate(
        self, potentials: Potentials, which: Indices, inputs: States, n_active: int | None = None
    ) -> States:
        active = potentials.finite >= 0
        if potentials.infinite is not None:
            active &= potentials.infinite == 0
            active |= potentials.infinite > 0
        return active.view(np.uint8)


class WillshawThreshold(Activation):
    """Active where every active input supports the unit (Willshaw rules only).

    Parameters
    ----------
    per_input : float
        Support by one active input, the rule's `supporting_input`.
    """

    def __init__(self, per_input: float) -> None:
        self.per_input = per_input

    def activate(
        self, potentials: Potentials, which: Indices, inputs: States, n_active: int | None = None
    ) -> States:
        needed = self.per_input * inputs.sum(axis=1, dtype=np.int64)
        return (potentials.finite >= needed[:, None]).view(np.uint8)


class Winners(Activation):
    """The k units with the largest potentials.

    Parameters
    ----------
    n_active : ndarray of int, shape (n_queries,)
        k for each query.
    order : ndarray, shape (n_queries, n_units), optional
        Among equal potentials the unit with the smaller number here wins; default the unit with
        the smaller index.
    """

    def __init__(self, n_active: Indices, order: Reals | None = None) -> None:
        self.n_active = n_active
        self.order = order

    def activate(
        self, potentials: Potentials, which: Indices, inputs: States, n_active: int | None = None
    ) -> States:
        k = self.n_active[which] if n_active is None else np.full(len(which), n_active)
        return winners(potentials, k, None if self.order is None else self.order[which])

    def posterior(self, potentials: Potentials, which: Indices) -> Reals:
        return normalized_probability(potentials, self.n_active[which])


class BlockWinners(Activation):
    """The unit with the largest potential in each of k blocks of n/k units.

    A core step keeps those block winners that have the largest potentials.

    Parameters
    ----------
    n_blocks : int
        Number of blocks k.
    order : ndarray, shape (n_queries, n_units), optional
        Order among equal potentials, as for `Winners`.
    """

    def __init__(self, n_blocks: int, order: Reals | None = None) -> None:
        self.n_blocks = n_blocks
        self.order = order

    def activate(
        self, potentials: Potentials, which: Indices, inputs: States, n_active: int | None = None
    ) -> States:
        order = None if self.order is None else self.order[which]
        in_blocks = Potentials(*(self._by_block(part) for part in potentials))
        ones = np.ones(len(in_blocks.finite), np.intp)
        active = winners(in_blocks, ones, None if order is None else self._by_block(order))
        active = active.reshape(potentials.finite.shape)
        if n_active is None or n_active == self.n_blocks:
            return active
        lowest = np.iinfo(np.int32).min
        counts = 0 if potentials.infinite is None else potentials.infinite
        among_winners = np.where(active, counts, lowest)
        core = Potentials(potentials.finite, among_winners)
        return winners(core, np.full(len(which), n_active), order)

    def posterior(self, potentials: Potentials, which: Indices) -> Reals:
        """Return the softmax within each block."""
        finite, infinite = (self._by_block(part) for part in potentials)
        if infinite is not None:
            below = infinite < infinite.max(axis=1, keepdims=True)
            finite = np.where(below, -np.inf, finite)
        weight = np.exp(finite - finite.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        return weight.reshape(potentials.finite.shape)

    def _by_block(self, array: Reals | None) -> Any:
        if array is None:
            return None
        return array.reshape(len(array) * self.n_blocks, -1)


def make_activation(
    name: str,
    *,
    rule: Rule,
    n_active: ArrayLike | None,
    n_queries: int,
    n_units: int,
    order: Reals | None,
) -> Activation:
    """Return the activation with this name, or raise a ValueError that says what is missing."""
    name = choice("activation", name, ACTIVATIONS)
    numbers = _checked_numbers(n_active, n_queries, n_units)
    if name == "threshold":
        return Threshold()
    if name == "willshaw":
        if rule.supporting_input is None:
            raise ValueError(
                f"activation: 'willshaw' asks each active input for support, which the rule "
                f"{rule.name!r} does not define; use 'threshold' or 'winners'"
            )
        return WillshawThreshold(rule.supporting_input)
    if numbers is None:
        raise ValueError(f"n_active: must be given with activation {name!r}")
    if name == "block-winners":
        n_blocks = whole_number("n_active", n_active, 1, n_units)
        if n_units % n_blocks:
            raise ValueError(
                f"n_active: {n_blocks} blocks do not divide {n_units} units evenly, as "
                "activation 'block-winners' needs"
            )
        return BlockWinners(n_blocks, order)
    return Winners(np.broadcast_to(numbers, n_queries), order)


def _checked_numbers(n_active: ArrayLike | None, n_queries: int, n_units: int) -> Indices | None:
    """Check `n_active`, also for activations that do not need it."""
    if n_active is None:
        return None
    numbers = without_masks("n_active", n_active)
    if numbers.dtype == object and numbers.shape == ():  # an int beyond 64 bits
        whole_number("n_active", n_active, 0, n_units)
    if numbers.dtype.kind not in "iu" or numbers.shape not in ((), (n_queries,)):
        raise refusal("n_active", "a whole number, or one for each query", n_active)
    for number in (numbers.min(initial=n_units), numbers.max(initial=0)):
        whole_number("n_active", number, 0, n_units)
    return numbers.astype(np.intp)


def winners(potentials: Potentials, n_active: Indices, order: Reals | None = None) -> States:
    """Return the `n_active` largest pairs of each row as 0 and 1, without sorting.

    Parameters
    ----------
    potentials : Potentials, shape (n_rows, n_units)
    n_active : ndarray of int, shape (n_rows,)
        From 0 to n_units.
    order : ndarray, shape (n_rows, n_units), optional
        Ties go to the smaller number; default the smaller index.
    """
    active = np.empty(potentials.finite.shape, np.uint8)
    for rows in _chunks(active.shape):
        part = None if order is None else order[rows]
        active[rows] = _winners(take(potentials, rows), n_active[rows], part)
    return active


def _winners(potentials: Potentials, n_active: Indices, order: Reals | None) -> NDArray[np.bool_]:
    key = potentials.finite
    if potentials.infinite is not None:
        # Units above and below the count of the last winner are decided by that count alone.
        deciding = _kth_largest(potentials.infinite, n_active)
        key = np.where(potentials.infinite == deciding, key, -np.inf)
        key[potentials.infinite > deciding] = np.inf
    last = _kth_largest(key, n_active)
    active = key >= last
    active[n_active == 0] = False
    surplus = np.flatnonzero(active.sum(axis=1) > n_active)
    for row in surplus:
        tied = np.flatnonzero(key[row] == last[row])
        if order is not None:
            tied = tied[np.argsort(order[row, tied], kind="stable")]
        n_losers = np.count_nonzero(active[row]) - n_active[row]
        active[row, tied[len(tied) - n_losers :]] = False
    return active


def _chunks(shape: tuple[int, ...]) -> list[slice]:
    """Return slices of rows that stay in the cache."""
    height = max(1, CHUNK_NUMBERS // max(1, shape[1]))
    return [slice(start, start + height) for start in range(0, shape[0], height)]


def _kth_largest(values: Reals, k: Indices) -> Reals:
    """Return the k-th largest value of each row as a column (the largest for k = 0)."""
    result = np.empty((len(values), 1), values.dtype)
    for number in np.unique(k):
        rows = np.flatnonzero(k == number)
        place = values.shape[1] - max(int(number), 1)
        chosen = values if len(rows) == len(values) else values[rows]
        result[rows, 0] = np.partition(chosen, place, axis=1)[:, place]
    return result


def probability(potentials: Potentials) -> Reals:
    """Return the probability that belongs to log odds: 0 or 1 where they are infinite."""
    result = expit(potentials.finite)
    if potentials.infinite is not None:
        result[potentials.infinite > 0] = 1
        result[potentials.infinite < 0] = 0
    return result


def normalized_probability(potentials: Potentials, n_active: Indices) -> Reals:
    """Return probabilities ``sigmoid(x - theta)`` with theta such that each row sums up to k.

    Units with more (fewer) infinities than the k-th largest pair are certainly active (silent).
    """
    result = np.empty_like(potentials.finite)
    for rows in _chunks(result.shape):
        result[rows] = _normalized_probability(take(potentials, rows), n_active[rows])
    return result


def _normalized_probability(potentials: Potentials, n_active: Indices) -> Reals:
    finite = potentials.finite
    if potentials.infinite is not None:
        deciding = _kth_largest(potentials.infinite, n_active)
        finite = np.where(potentials.infinite == deciding, finite, -np.inf)
        finite[potentials.infinite > deciding] = np.inf
    last = _kth_largest(finite, n_active)
    # With odds y = exp(x - last) and t = exp(theta - last): sigmoid(x - theta) = y / (y + t).
    odds = np.exp(np.clip(finite - last, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS))
    threshold = np.exp(_log_threshold(odds, n_active)).astype(odds.dtype)
    result = odds / (odds + threshold)
    result[n_active == 0] = 0
    result[n_active >= finite.shape[1]] = 1
    return result


def _log_threshold(odds: Reals, n_active: Indices) -> NDArray[np.float64]:
    """Solve sum_j y_j / (y_j + t) = k for log t in each row; Newton's method, bracketed."""
    solution = np.zeros((len(odds), 1))
    rows = np.flatnonzero((n_active > 0) & (n_active < odds.shape[1]))
    low = np.full((len(rows), 1), -LARGEST_LOG_ODDS / 2)
    high, guess = -low, np.zeros_like(low)
    for _ in range(NORMALIZING_STEPS):
        solution[rows] = guess
        p = odds[rows] / (odds[rows] + np.exp(guess).astype(odds.dtype))
        total = p.sum(axis=1, keepdims=True, dtype=np.float64)
        excess = np.log(total / n_active[rows, None])
        going = (np.abs(excess[:, 0]) > NORMALIZING_PRECISION) & ((high - low)[:, 0] > 1e-9)
        if not going.any():
            break
        low, high = np.where(excess > 0, guess, low), np.where(excess > 0, high, guess)
        slope = (p * (1 - p)).sum(axis=1, keepdims=True, dtype=np.float64) / total
        newton = guess + excess / np.maximum(slope, 1e-12)
        guess = np.where((newton > low) & (newton < high), newton, (low + high) / 2)
        rows, low, high, guess = rows[going], low[going], high[going], guess[going]
    return solution
