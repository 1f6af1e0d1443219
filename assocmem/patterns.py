"""Ensembles of binary patterns, noisy queries, and patterns from real images.

The first rows do not depend on how many are drawn: with the same seed, 100 patterns are the first
100 of 1000. Ensembles and query noise: arXiv:2412.18349 (2024), section 2; `prototypes` is our
definition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assocmem._validation import (
    binary,
    flag,
    random_generator,
    real_number,
    refusal,
    whole_number,
)
from assocmem.channel import Channel

#: Random numbers drawn at once.
DRAWN_AT_ONCE = 2**22


def palm(n_patterns: int, n_units: int, n_active: int, *, rng: Any) -> NDArray[np.uint8]:
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

    Returns
    -------
    ndarray of uint8, shape (n_patterns, n_units)

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


def block(n_patterns: int, n_units: int, n_blocks: int, *, rng: Any) -> NDArray[np.uint8]:
    """Return patterns with exactly one active unit in each of `n_blocks` equal blocks.

    Parameters
    ----------
    n_patterns, n_units : int
        Numbers of patterns M and units n.
    n_blocks : int
        Number of blocks k of n/k neighbouring units each; divides n.
    rng : int, numpy.random.Generator or None
        Seed or source of random numbers.

    Returns
    -------
    ndarray of uint8, shape (n_patterns, n_units)

    Raises
    ------
    ValueError
        If a number is out of range or the blocks do not divide the units.
    """
    n_patterns, n_units = whole_number("n_patterns", n_patterns), _n_units(n_units)
    n_blocks = _n_blocks(n_blocks, n_units)
    size = n_units // n_blocks
    chosen = random_generator(rng).integers(size, size=(n_patterns, n_blocks))
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


def corrupt(
    patterns: ArrayLike,
    *,
    completeness: float = 1.0,
    addition: float = 0.0,
    independent: bool = False,
    n_blocks: int | None = None,
    n_active: float | None = None,
    rng: Any,
) -> NDArray[np.uint8]:
    """Return noisy queries for patterns.

    Parameters
    ----------
    patterns : array_like, shape (n_patterns, n_units) or (n_units,)
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
    ndarray of uint8, same shape

    Raises
    ------
    ValueError
        If a number is out of range, more units would be added than are silent, or the patterns
        are no block patterns although `n_blocks` is given.
    """
    original = binary("patterns", patterns)
    rows = np.atleast_2d(original)
    completeness = real_number("completeness", completeness, 0, 1)
    addition = real_number("addition", addition, 0)
    if n_blocks is not None:
        _check_blocks(rows, _n_blocks(n_blocks, rows.shape[1]))
    generator = random_generator(rng)
    if flag("independent", independent):
        n_units = rows.shape[1]
        if n_active is None:
            n_active = rows.sum() / max(1, len(rows))
        channel = Channel.of_query(completeness, addition, n_units=n_units, n_active=n_active)
        return transmit(original, channel, rng=generator)
    k = rows.sum(axis=1, dtype=np.intp)
    n_kept = np.rint(completeness * k).astype(np.intp)
    n_added = np.rint(addition * k).astype(np.intp)
    if (n_added > rows.shape[1] - k).any():
        worst = int(np.argmax(n_added - (rows.shape[1] - k)))
        raise ValueError(
            f"addition: {addition:g} adds {n_added[worst]} units to pattern {worst}, in which only "
            f"{rows.shape[1] - k[worst]} are silent"
        )
    return _exchange(rows, n_kept, n_added, generator).reshape(original.shape)


def transmit(patterns: ArrayLike, channel: Channel, *, rng: Any) -> NDArray[np.uint8]:
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
        If the patterns are not binary.
    """
    original = binary("patterns", patterns)
    rows = np.atleast_2d(original)
    generator = random_generator(rng)
    result = np.empty_like(rows)
    for part in _chunks(*rows.shape):
        draws = generator.random(rows[part].shape)
        result[part] = draws < np.where(rows[part], 1 - channel.e10, channel.e01)
    return result.reshape(original.shape)


def from_images(
    images: ArrayLike | None = None,
    *,
    threshold: float | None = None,
    n_active: int | None = None,
) -> NDArray[np.uint8]:
    """Return binary patterns from grey images, one unit per pixel.

    Parameters
    ----------
    images : array_like, shape (n_images, height, width), optional
        Grey values of any scale. Default: 1797 hand-written digits of 8 x 8 pixels with values
        from 0 to 16, which come with the package.
    threshold : float, optional
        Pixels of at least this value are active. Default: half of the largest value.
    n_active : int, optional
        In place of a threshold: the brightest `n_active` pixels of each image are active (equal
        ones by index).

    Returns
    -------
    ndarray of uint8, shape (n_images, height * width)

    Raises
    ------
    ValueError
        If the shape is wrong, or both `threshold` and `n_active` are given.

    References
    ----------
    E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998), CC BY 4.0.
    """
    grey = load_digits()[0] if images is None else np.asarray(images)
    if grey.ndim != 3 or grey.dtype.kind not in "biuf":
        raise refusal("images", "an array of numbers, shape (n_images, height, width)", grey)
    pixels = grey.reshape(len(grey), -1)
    if n_active is None:
        if threshold is None:
            threshold = pixels.max(initial=0) / 2
        return (pixels >= real_number("threshold", threshold, -np.inf)).astype(np.uint8)
    if threshold is not None:
        raise ValueError("threshold and n_active: must not both be given")
    n_active = whole_number("n_active", n_active, 0, pixels.shape[1])
    result = np.zeros(pixels.shape, np.uint8)
    brightest = np.argsort(-pixels.astype(np.float64), axis=1, kind="stable")[:, :n_active]
    np.put_along_axis(result, brightest, 1, axis=1)
    return result


def load_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the hand-written digits that come with the package, and their labels.

    Returns
    -------
    images : ndarray of uint8, shape (1797, 8, 8)
        Grey values from 0 to 16.
    labels : ndarray of uint8, shape (1797,)
        The digits 0 to 9.
    """
    from importlib.resources import files

    with (files("ivisit_lab_data") / "digits.npz").open("rb") as file, np.load(file) as archive:
        return archive["images"], archive["labels"]


def _n_units(n_units: int) -> int:
    return whole_number("n_units", n_units, 1)


def _n_blocks(n_blocks: int, n_units: int) -> int:
    n_blocks = whole_number("n_blocks", n_blocks, 1, n_units)
    if n_units % n_blocks:
        raise ValueError(f"n_blocks: {n_blocks} blocks do not divide {n_units} units evenly")
    return n_blocks


def _check_blocks(patterns: NDArray[np.uint8], n_blocks: int) -> None:
    active = patterns.reshape(len(patterns), n_blocks, -1).sum(axis=2)
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
