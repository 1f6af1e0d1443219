"""Moving average of what a plot shows, and whether a plot has become a solid block."""

from __future__ import annotations

import numpy as np


def moving_average(values: np.ndarray, rows: int) -> np.ndarray:
    """Return the mean of each value and the ``rows - 1`` values before it.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values that are not finite are left out of the means.
    rows : int
        At the beginning there are fewer.

    Returns
    -------
    ndarray, shape (n,)
        NaN where no value is finite.
    """
    finite = np.isfinite(values)
    # Sums of differences from one of the values: a large offset costs no digits.
    offset = values[finite][0] if finite.any() else 0.0
    sums = np.concatenate(([0.0], np.cumsum(np.where(finite, values - offset, 0.0))))
    counts = np.concatenate(([0], np.cumsum(finite)))
    first = np.maximum(np.arange(1, len(values) + 1) - rows, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (sums[1:] - sums[first]) / (counts[1:] - counts[first])
    return means + offset


def is_solid(low: np.ndarray, high: np.ndarray, columns: int) -> bool:
    """Tell whether drawing these buckets would fill most of the plot.

    Parameters
    ----------
    low, high : ndarray, shape (n, lines)
        Extremes of each bucket.
    columns : int
        Columns of pixels that the plot has.
    """
    # A bucket stands for several steps: one for each column tells enough.
    if low is high or len(low) < columns:
        return False
    per_column = len(low) // columns
    used = columns * per_column
    shape = (columns, per_column, low.shape[1])
    # What is as large as a float can be has no span that is finite, and is not judged.
    with np.errstate(invalid="ignore", over="ignore"):
        smallest = np.nanmin(low[-used:].reshape(shape), axis=1, initial=np.inf)
        largest = np.nanmax(high[-used:].reshape(shape), axis=1, initial=-np.inf)
        span = largest.max(axis=0) - smallest.min(axis=0)
        filled = np.median(largest - smallest, axis=0)
    return bool(np.any(np.isfinite(span) & (span > 0) & (filled > 0.6 * span)))
