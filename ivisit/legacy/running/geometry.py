"""Points and grids for old scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def getNearestNeighbor(X: Any, x: Any) -> np.intp:
    """Return the index of the point nearest to `x`, by Euclidean distance.

    Parameters
    ----------
    X : array_like, shape (n_points, n_dimensions)
        The points.
    x : array_like, shape (n_dimensions,)
        The place.
    """
    points = np.asarray(X).reshape(len(X), -1)
    return np.argmin(np.linalg.norm(points - np.ravel(x), axis=1))


def computeGrid2D(
    f: Callable[..., Any],
    xrange: Sequence[float],
    yrange: Sequence[float] | None = None,
    f_mode: str = "matrix",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a grid and the values of a function on it.

    Parameters
    ----------
    f : callable
        The function.
    xrange, yrange : sequence of 3 floats
        Minimum, maximum (excluded) and distance of the points; `yrange` is `xrange` by default.
    f_mode : {'matrix', 'vector', 'scalar'}, optional
        How `f` is called: with both coordinates as matrices, as vectors, or with ``[x, y]`` of
        one point at a time.

    Returns
    -------
    X, Y, Z : ndarray, shape (ny, nx)
        Coordinates and values.
    """
    X, Y = np.meshgrid(np.arange(*xrange), np.arange(*(xrange if yrange is None else yrange)))
    if f_mode == "matrix":
        Z = f(X, Y)
    elif f_mode == "vector":
        Z = np.reshape(f(X.ravel(), Y.ravel()), X.shape)
    elif f_mode == "scalar":
        values = [f([x, y]) for x, y in zip(X.flat, Y.flat, strict=True)]
        Z = np.reshape(np.array(values), X.shape)
    else:
        raise ValueError(
            f"computeGrid2D: f_mode must be 'matrix', 'vector' or 'scalar', not {f_mode!r}"
        )
    return X, Y, Z
