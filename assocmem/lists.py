"""Random choices of few of very many units, without an array over all of them.

Work and memory are proportional to the active units. As for dense patterns, the first rows do not
depend on how many there are; but the same seed gives other choices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from assocmem._types import Indices

#: Comparisons of chosen units made at once.
COMPARED_AT_ONCE = 2**24


def choose_units(uniform: NDArray[np.float64], n_units: int) -> NDArray[np.int64]:
    """Return different units for each row, all choices equally likely; by Floyd's algorithm.

    Parameters
    ----------
    uniform : ndarray, shape (n_rows, k)
        Independent random numbers from [0, 1).
    n_units : int
        Number of units n, at least k.

    Returns
    -------
    ndarray, shape (n_rows, k)
        Not sorted.
    """
    k = uniform.shape[1]
    chosen = np.empty(uniform.shape, np.int64)
    height = max(1, COMPARED_AT_ONCE // max(1, k))
    for start in range(0, len(uniform), height):
        part = chosen[start : start + height]
        for number, last in enumerate(range(n_units - k, n_units)):
            unit = (uniform[start : start + height, number] * (last + 1)).astype(np.int64)
            taken = (part[:, :number] == unit[:, None]).any(axis=1)
            part[:, number] = np.where(taken, last, unit)
    return chosen


def pattern_lists(units: NDArray[np.int64], n_units: int) -> csr_array:
    """Return sparse patterns from one list of different units a row, shape (n_patterns, k)."""
    n_patterns, k = units.shape
    content = (
        np.ones(units.size, np.uint8),
        np.sort(units, axis=1).ravel(),
        np.arange(n_patterns + 1) * k,
    )
    return csr_array(content, shape=(n_patterns, n_units))


def exchange(
    rows: csr_array, n_kept: Indices, n_added: Indices, generator: np.random.Generator
) -> csr_array:
    """Keep some active units of each pattern and add some of its silent ones."""
    of_misses, of_additions = generator.spawn(2)
    owner = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    order = np.lexsort((of_misses.random(len(owner)), owner))
    rank = np.empty(len(owner), np.intp)
    rank[order] = np.arange(len(owner)) - rows.indptr[owner]
    kept = rank < n_kept[owner]
    added_owner = np.repeat(np.arange(rows.shape[0]), n_added)
    added = _silent_units(rows, n_added, of_additions)
    return _assemble(
        np.concatenate([owner[kept], added_owner]),
        np.concatenate([rows.indices[kept], added]),
        rows.shape,
    )


def transmit(rows: csr_array, e01: float, e10: float, generator: np.random.Generator) -> csr_array:
    """Return patterns after independent errors of all units."""
    of_misses, of_numbers, of_additions = generator.spawn(3)
    owner = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    kept = of_misses.random(len(owner)) >= e10
    n_added = of_numbers.binomial(rows.shape[1] - np.diff(rows.indptr), e01)
    added = _silent_units(rows, n_added, of_additions)
    return _assemble(
        np.concatenate([owner[kept], np.repeat(np.arange(rows.shape[0]), n_added)]),
        np.concatenate([rows.indices[kept], added]),
        rows.shape,
    )


def _silent_units(
    rows: csr_array, n_added: Indices, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return so many different silent units of each pattern, one pattern after the other."""
    uniform = generator.random(int(n_added.sum()))
    starts = np.cumsum(n_added) - n_added
    result = np.empty(len(uniform), np.int64)
    n_active = np.diff(rows.indptr)
    for k, number in np.unique(np.stack([n_active, n_added], 1), axis=0).tolist():
        which = np.flatnonzero((n_active == k) & (n_added == number))
        place = starts[which, None] + np.arange(number)
        units = choose_units(uniform[place], rows.shape[1] - k)
        # The r-th silent unit: r plus the number of active units before it.
        active = rows.indices[rows.indptr[which, None] + np.arange(k)]
        result[place] = units + _active_before(active - np.arange(k), units)
    return result


def _active_before(gaps: NDArray[np.integer], ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many active units come before the silent unit of each rank."""
    shift = np.zeros_like(ranks)
    for column in gaps.T:
        shift += column[:, None] <= ranks
    return shift


def _assemble(owner: Indices, units: NDArray[np.integer], shape: tuple[int, int]) -> csr_array:
    """Return sparse patterns from pairs of a pattern and an active unit."""
    order = np.lexsort((units, owner))
    starts = np.zeros(shape[0] + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=shape[0]), out=starts[1:])
    content = (np.ones(len(units), np.uint8), units[order], starts)
    return csr_array(content, shape=shape)
