"""Samples of the unit cube, by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ivisit.declarations import is_whole
from ivisit.errors import ParameterError, expected
from ivisit.runs.seeding import stream


def check_sample(sample: Any) -> tuple[str, int]:
    """Return kind and size of a sample, or raise `ParameterError`."""
    try:
        kind, size = sample
    except (TypeError, ValueError):
        kind, size = sample, None
    if kind not in SAMPLES:
        allowed = f"(kind, size) with a kind of {', '.join(SAMPLES)}"
        raise ParameterError(expected("sweep", "sample", allowed, sample))
    if not is_whole(size, 1):
        raise ParameterError(expected("sweep", "sample", "of a size from 1 on", sample))
    if kind == "saltelli" and size & (size - 1):
        raise ParameterError(
            expected("sweep", "sample", "of a size that is a power of two for saltelli", sample)
        )
    return str(kind), int(size)


def sample_points(kind: str, size: int, dimensions: int, entropy: int) -> np.ndarray:
    """Return the points of a sample.

    Parameters
    ----------
    kind : str
        One of `SAMPLES`.
    size : int
        Number of points; saltelli makes ``size * (dimensions + 2)`` of them.
    dimensions : int
        How many parameters are sampled.
    entropy : int
        Seed of the sweep.

    Returns
    -------
    ndarray of float64, shape (n, dimensions)
        Between 0 and 1. Of sobol and random a larger sample begins with the smaller one.
    """
    return SAMPLES[kind](size, dimensions, stream(entropy, kind))


def _sobol(size: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    from scipy.stats import qmc

    with warnings.catch_warnings():
        # A size that is no power of two loses balance, and can be made larger later.
        warnings.filterwarnings("ignore", message=".*balance properties.*")
        points: np.ndarray = qmc.Sobol(dimensions, seed=rng).random(size)
    return points


def _latin(size: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    from scipy.stats import qmc

    points: np.ndarray = qmc.LatinHypercube(dimensions, seed=rng).random(size)
    return points


def _random(size: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    return rng.random((size, dimensions))


def _saltelli(size: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Return A, B and for each parameter A with that column of B, one below the other.

    Saltelli et al., Computer Physics Communications 181 (2010) 259, section 5.
    """
    both = _sobol(size, 2 * dimensions, rng)
    first, second = both[:, :dimensions], both[:, dimensions:]
    blocks = [first, second]
    for column in range(dimensions):
        mixed = first.copy()
        mixed[:, column] = second[:, column]
        blocks.append(mixed)
    return np.concatenate(blocks)


#: Kind of sample to the function that draws it.
SAMPLES: dict[str, Callable[[int, int, np.random.Generator], np.ndarray]] = {
    "sobol": _sobol,
    "latin": _latin,
    "random": _random,
    "saltelli": _saltelli,
}
