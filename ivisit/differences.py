"""How pictures and rows of several runs differ, and the levels that they share.

Nothing here knows a window or a file: both use the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivisit.rendering import finite_extremes, levels

#: Colour map of differences: blue is less, red is more, white is equal.
DIVERGING = "RdBu_r"


def image_difference(picture: np.ndarray, reference: np.ndarray) -> np.ndarray | None:
    """Return ``picture - reference`` as floats; of colour pictures the mean over red, green, blue.

    Parameters
    ----------
    picture, reference : ndarray, shape (height, width), (height, width, 3) or (height, width, 4)
        Pictures as `ivisit.Image` keeps them, possibly masked.

    Returns
    -------
    ndarray of float64, shape (height, width), or None
        Masked where one of the pictures is; None when their shapes differ.
    """
    if picture.shape != reference.shape:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        difference: np.ndarray = picture.astype(np.float64) - reference.astype(np.float64)
        return difference if difference.ndim == 2 else difference[..., :3].mean(axis=2)


def symmetric_levels(difference: np.ndarray) -> tuple[float, float]:
    """Return levels of the same size below and above 0 that enclose all finite differences."""
    low, high = finite_extremes(difference) or (0.0, 0.0)
    largest = max(abs(low), abs(high)) or 1.0
    return -largest, largest


def shared_levels(
    pictures: Sequence[np.ndarray], vmin: float | None = None, vmax: float | None = None
) -> tuple[float, float]:
    """Return the levels under which all pictures can be compared: those that enclose the levels
    of each; see `ivisit.rendering.levels`.
    """
    each = [levels(picture, vmin, vmax) for picture in pictures] or [(0, 1)]
    return min(low for low, _ in each), max(high for _, high in each)


def root_mean_square(difference: np.ndarray) -> float:
    """Return the root mean square of what is finite and not masked; NaN where nothing is."""
    data = np.ma.getdata(difference)
    known = data[np.isfinite(data) & ~np.ma.getmaskarray(difference)]
    if not known.size:
        return float("nan")
    # Scaled, so that the squares of very large or small numbers exist.
    largest = float(np.abs(known).max())
    return largest * float(np.sqrt(np.mean((known / largest) ** 2))) if largest else 0.0


def rows_difference(
    steps: np.ndarray, rows: np.ndarray, other_steps: np.ndarray, other_rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps that two recorded traces have in common, and ``rows - other_rows`` there.

    Parameters
    ----------
    steps, other_steps : ndarray of int, shape (n,) and (m,)
        Rising step numbers.
    rows, other_rows : ndarray, shape (n,) or (n, size), and the same for m
        Values at these steps.
    """
    common, here, there = np.intersect1d(
        steps, other_steps, assume_unique=True, return_indices=True
    )
    with np.errstate(invalid="ignore", over="ignore"):
        return common, rows[here] - other_rows[there]
