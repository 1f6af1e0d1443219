"""Ensembles of binary patterns, noisy queries, and patterns from real images.

The first rows do not depend on how many are drawn: with the same seed, 100 patterns are the first
100 of 1000. Ensembles and query noise: arXiv:2412.18349 (2024), section 2; `prototypes` is our
definition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from assocmem import lists
from assocmem._types import PatternRows
from assocmem._validation import (
    flag,
    pattern_rows,
    random_generator,
    real_number,
    refusal,
    unit_numbers,
    whole_number,
)
from assocmem.channel import Channel, required_channel
from assocmem.images import from_images, load_digits
from assocmem.learning import active_per_row, active_units

__all__ = [
    "bernoulli",
    "block",
    "corrupt",
    "from_images",
    "from_indices",
    "load_digits",
    "palm",
    "prototypes",
    "to_indices",
    "transmit",
]

#: Random numbers drawn at once.
DRAWN_AT_ONCE = 2**22


def palm(n_patterns: int, n_units: int, n_active: int, *, rng: Any, sparse: bool = False) -> Any:
    """Return patterns with exactly `n_active` active units each, all choices equally likely.

    Parameters
    ----------
    n_patterns : int
        Number of patterns M, at least 0.
    n_units : int
        Number of units n, at least 1.
    n_active : int
        Number of active units k, from 0 to n.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.
    sparse : bool, default False
        Whether to return a sparse array, at a cost of M k; the same seed then gives other
        patterns.

    Returns
    -------
    ndarray of uint8 or scipy.sparse.csr_array, shape (n_patterns, n_units)

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> palm(3, 10, 2, rng=0).sum(axis=1)
    array([2, 2, 2], dtype=uint64)
    """
    n_patterns, n_units = whole_number("n_patterns", n_patterns), _n_units(n_units)
    n_active = whole_number("n_active", n_active, 0, n_units)
    if flag("sparse", sparse):
        uniform = random_generator(rng).random((n_patterns, n_active))
        return lists.pattern_lists(lists.choose_units(uniform, n_units), n_units)
    everything = np.ones((n_patterns, n_units), np.uint8)
    return _choose(everything, np.full(n_patterns, n_active), random_generator(rng))


def bernoulli(n_patterns: int, n_units: int, n_active: float, *, rng: Any) -> NDArray[np.uint8]:
    """Return patterns whose units are active independently, each with probability k/n.

    Parameters
    ----------
    n_patterns, n_units : int
        Numbers of patterns M and units n.
    n_active : float
        Mean number of active units k, from 0 to n.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.

    Returns
    -------
    ndarray of uint8, shape (n_patterns, n_units)

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    n_patterns, n_units = whole_number("n_patterns", n_patterns), _n_units(n_units)
    probability = real_number("n_active", n_active, 0, n_units) / n_units
    generator = random_generator(rng)
    result = np.empty((n_patterns, n_units), np.uint8)
    for rows in _chunks(n_patterns, n_units):
        result[rows] = generator.random(result[rows].shape) < probability
    return result


def block(n_patterns: int, n_units: int, n_blocks: int, *, rng: Any, sparse: bool = False) -> Any:
    """Return patterns with exactly one active unit in each of `n_blocks` equal blocks.

    Parameters
    ----------
    n_patterns, n_units : int
        Numbers of patterns M and units n.
    n_blocks : int
        Number of blocks k of n/k neighbouring units each; divides n.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.
    sparse : bool, default False
        Whether to return the same patterns as a sparse array.

    Returns
    -------
    ndarray of uint8 or scipy.sparse.csr_array, shape (n_patterns, n_units)

    Raises
    ------
    ValueError
        If a number is out of range or the blocks do not divide the units.
    """
    n_patterns, n_units = whole_number("n_patterns", n_patterns), _n_units(n_units)
    n_blocks = _n_blocks(n_blocks, n_units)
    size = n_units // n_blocks
    chosen = random_generator(rng).integers(size, size=(n_patterns, n_blocks))
    if flag("sparse", sparse):
        return lists.pattern_lists(chosen + np.arange(n_blocks) * size, n_units)
    result = np.zeros((n_patterns, n_blocks, size), np.uint8)
    np.put_along_axis(result, chosen[:, :, None], 1, axis=2)
    return result.reshape(n_patterns, n_units)


def prototypes(
    n_patterns: int,
    n_units: int,
    n_active: int,
    *,
    n_prototypes: int,
    similarity: float,
    rng: Any,
) -> NDArray[np.uint8]:
    """Return correlated patterns: distorted instances of a few prototypes.

    Each pattern takes a random prototype, keeps a fraction of its active units and moves the
    others to units that are silent in the prototype.

    Parameters
    ----------
    n_patterns, n_units, n_active : int
        Numbers of patterns M, units n, and active units k of prototypes and patterns.
    n_prototypes : int
        Number of prototypes P, at least 1.
    similarity : float
        Fraction of the prototype's active units that are kept, from 0 to 1; their number is
        rounded, halves to even.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.

    Returns
    -------
    ndarray of uint8, shape (n_patterns, n_units)

    Raises
    ------
    ValueError
        If a number is out of range, or more units would move than are silent.
    """
    n_patterns = whole_number("n_patterns", n_patterns)
    n_prototypes = whole_number("n_prototypes", n_prototypes, 1)
    similarity = real_number("similarity", similarity, 0, 1)
    of_prototypes, of_choice, of_distortion = random_generator(rng).spawn(3)
    originals = palm(n_prototypes, n_units, n_active, rng=of_prototypes)
    n_moved = n_active - int(np.rint(similarity * n_active))
    if n_moved > n_units - n_active:
        raise ValueError(
            f"similarity: {similarity:g} moves {n_moved} active units, but only "
            f"{n_units - n_active} are silent"
        )
    instances = originals[of_choice.integers(n_prototypes, size=n_patterns)]
    counts = np.full(n_patterns, n_moved)
    return _exchange(instances, n_active - counts, counts, of_distortion)


def from_indices(indices: Any, n_units: int) -> csr_array:
    """Return sparse patterns from lists of active units.

    Parameters
    ----------
    indices : array_like of int, shape (n_patterns, k), or sequence of such lists of any lengths
        Numbers of the active units of each pattern, from 0 to n_units - 1, in any order.
    n_units : int
        Number of units n.

    Returns
    -------
    scipy.sparse.csr_array of uint8, shape (n_patterns, n_units)

    Raises
    ------
    ValueError
        If an entry is no number of a unit, or a pattern names a unit twice.

    Examples
    --------
    >>> from_indices([[0, 2], [1]], 3).toarray()
    array([[1, 0, 1],
           [0, 1, 0]], dtype=uint8)
    """
    n_units = _n_units(n_units)
    if not np.iterable(indices):
        raise refusal("indices", "a list of the active units of each pattern", indices)
    lists = [unit_numbers(f"indices[{i}]", units, n_units) for i, units in enumerate(indices)]
    for number, units in enumerate(lists):
        if len(np.unique(units)) < len(units):
            raise ValueError(f"indices[{number}]: must name each unit only once")
    starts = np.cumsum([0, *map(len, lists)])
    units = np.concatenate([np.zeros(0, np.intp), *lists])
    rows = csr_array((np.ones(len(units), np.uint8), units, starts), shape=(len(lists), n_units))
    rows.sort_indices()
    return rows


def to_indices(patterns: ArrayLike) -> list[NDArray[np.intp]]:
    """Return the active units of each pattern, sorted: the inverse of `from_indices`.

    Parameters
    ----------
    patterns : array_like or sparse array, shape (n_patterns, n_units)
        Zeros and ones.

    Returns
    -------
    list of ndarray of int

    Raises
    ------
    ValueError
        If the patterns are not binary.
    """
    return active_units(pattern_rows("patterns", patterns))


def corrupt(
    patterns: ArrayLike,
    *,
    completeness: float = 1.0,
    addition: float = 0.0,
    independent: bool = False,
    n_blocks: int | None = None,
    n_active: float | None = None,
    rng: Any,
) -> Any:
    """Return noisy queries for patterns.

    Parameters
    ----------
    patterns : array_like or sparse array, shape (n_patterns, n_units) or (n_units,)
        Zeros and ones; not changed.
    completeness : float, default 1
        Fraction lambda of the active units that stay active, from 0 to 1.
    addition : float, default 0
        Number kappa of wrongly active units per active unit, at least 0.
    independent : bool, default False
        False: exact numbers round(lambda k) and round(kappa k) in each pattern, with k its own
        number of active units, halves rounded to even. True: independent flips of all units with
        the corresponding probabilities e10 = 1 - lambda and e01 = kappa k / (n - k).
    n_blocks : int, optional
        For block patterns, their number of blocks: checks that each block of each pattern has one
        active unit. A unit that is dropped leaves its block empty; an added unit goes to a random
        block at a random silent place.
    n_active : float, optional
        k for independent flips; default the mean number of active units of `patterns`.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.

    Returns
    -------
    ndarray of uint8, same shape; or scipy.sparse.csr_array, for which the same seed gives other
    queries

    Raises
    ------
    ValueError
        If a number is out of range, more units would be added than are silent, or the patterns
        are no block patterns although `n_blocks` is given.
    """
    rows = pattern_rows("patterns", patterns)
    completeness = real_number("completeness", completeness, 0, 1)
    addition = real_number("addition", addition, 0)
    k = active_per_row(rows)
    if n_blocks is not None:
        _check_blocks(rows, _n_blocks(n_blocks, rows.shape[1]))
    if flag("independent", independent):
        n_units = rows.shape[1]
        if n_active is None:
            n_active = k.sum() / max(1, len(k))
        channel = Channel.of_query(completeness, addition, n_units=n_units, n_active=n_active)
        return transmit(patterns, channel, rng=rng)
    generator = random_generator(rng)
    n_kept = np.rint(completeness * k).astype(np.intp)
    n_added = np.rint(addition * k).astype(np.intp)
    if (n_added > rows.shape[1] - k).any():
        worst = int(np.argmax(n_added - (rows.shape[1] - k)))
        raise ValueError(
            f"addition: {addition:g} adds {n_added[worst]} units to pattern {worst}, in which only "
            f"{rows.shape[1] - k[worst]} are silent"
        )
    if isinstance(rows, csr_array):
        return lists.exchange(rows, n_kept, n_added, generator)
    return _exchange(rows, n_kept, n_added, generator).reshape(np.shape(patterns))


def transmit(patterns: ArrayLike, channel: Channel, *, rng: Any) -> Any:
    """Return patterns after independent errors of all units.

    Parameters
    ----------
    patterns : array_like, shape (n_patterns, n_units) or (n_units,)
        Zeros and ones; not changed.
    channel : Channel
        Probabilities of the errors.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.

    Returns
    -------
    ndarray of uint8, same shape

    Raises
    ------
    ValueError
        If the patterns are not binary, or the channel is none.
    """
    rows = pattern_rows("patterns", patterns)
    generator = random_generator(rng)
    channel = required_channel(channel)
    if isinstance(rows, csr_array):
        return lists.transmit(rows, channel.e01, channel.e10, generator)
    result = np.empty_like(rows)
    for part in _chunks(*rows.shape):
        draws = generator.random(rows[part].shape)
        result[part] = draws < np.where(rows[part], 1 - channel.e10, channel.e01)
    return result.reshape(np.shape(patterns))


def _n_units(n_units: int) -> int:
    return whole_number("n_units", n_units, 1)


def _n_blocks(n_blocks: int, n_units: int) -> int:
    n_blocks = whole_number("n_blocks", n_blocks, 1, n_units)
    if n_units % n_blocks:
        raise ValueError(f"n_blocks: {n_blocks} blocks do not divide {n_units} units evenly")
    return n_blocks


def _check_blocks(patterns: PatternRows, n_blocks: int) -> None:
    size = patterns.shape[1] // n_blocks
    pattern, unit = (part.astype(np.intp) for part in patterns.nonzero())
    place = pattern * n_blocks + unit // size
    active = np.bincount(place, minlength=patterns.shape[0] * n_blocks).reshape(-1, n_blocks)
    if (active != 1).any():
        row, number = np.argwhere(active != 1)[0]
        raise ValueError(
            f"patterns: each block must have one active unit, but block {number} of pattern {row} "
            f"has {active[row, number]}"
        )


def _chunks(n_rows: int, n_columns: int) -> list[slice]:
    height = max(1, DRAWN_AT_ONCE // max(1, n_columns))
    return [slice(start, start + height) for start in range(0, n_rows, height)]


def _choose(
    candidates: NDArray[np.uint8], numbers: NDArray[np.intp], generator: np.random.Generator
) -> NDArray[np.uint8]:
    """Return, for each row, a random choice of that many of its candidates (entries 1)."""
    result = np.zeros(candidates.shape, np.uint8)
    for rows in _chunks(*candidates.shape):
        # A random key for each unit; the largest keys win, and candidates beat all others.
        keys = generator.random(candidates[rows].shape) + candidates[rows]
        for number in np.unique(numbers[rows]):
            if number:
                same = np.flatnonzero(numbers[rows] == number)
                place = keys.shape[1] - int(number)
                chosen = np.argpartition(keys[same], place, axis=1)[:, place:]
                part = np.zeros((len(same), keys.shape[1]), np.uint8)
                np.put_along_axis(part, chosen, 1, axis=1)
                result[rows][same] = part
    return result


def _exchange(
    patterns: NDArray[np.uint8],
    n_kept: NDArray[np.intp],
    n_added: NDArray[np.intp],
    generator: np.random.Generator,
) -> NDArray[np.uint8]:
    """Keep some active units of each pattern and add some of its silent ones."""
    of_misses, of_additions = generator.spawn(2)
    kept = _choose(patterns, n_kept, of_misses)
    return kept | _choose(1 - patterns, n_added, of_additions)
