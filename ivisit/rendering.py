"""From what panels hold to pixels: colour maps and levels for images, raster for figures.

Nothing here knows a window: the window, PNG files and notebooks use the same pixels.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def to_rgb(
    picture: np.ndarray,
    *,
    vmin: float | None = None,
    vmax: float | None = None,
    cmap: str = "gray",
) -> np.ndarray:
    """Return `picture` as pixels to show.

    Parameters
    ----------
    picture : ndarray, shape (height, width), (height, width, 3) or (height, width, 4)
        Real numbers; see `ivisit.Image`.
    vmin, vmax : float, optional
        Levels of the darkest and brightest colour; by default those of `levels`.
    cmap : str, optional
        Matplotlib colour map for a grey picture.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3) or (height, width, 4)
        Values outside the levels get the nearest colour, NaN the darkest one.
    """
    low, high = levels(picture, vmin, vmax)
    indices = _to_bytes(picture, low, high)
    return lookup_table(cmap)[indices] if picture.ndim == 2 else indices


def levels(
    picture: np.ndarray, vmin: float | None = None, vmax: float | None = None
) -> tuple[float, float]:
    """Return the values shown as the darkest and the brightest colour; see `ivisit.Image`."""
    if vmin is not None and vmax is not None:
        return float(vmin), float(vmax)
    if picture.dtype == bool:
        extremes = (0.0, 1.0)
    elif picture.ndim == 3:
        extremes = (0.0, 1.0 if picture.dtype.kind == "f" else 255.0)
    else:
        extremes = _extremes(picture)
    low = extremes[0] if vmin is None else float(vmin)
    high = extremes[1] if vmax is None else float(vmax)
    return low, high


def _extremes(picture: np.ndarray) -> tuple[float, float]:
    """Return the smallest and largest finite value."""
    low, high = float(picture.min()), float(picture.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = picture[np.isfinite(picture)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return low, high


def _to_bytes(picture: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map `low` .. `high` to 0 .. 255 as uint8."""
    if picture.dtype == np.uint8 and (low, high) == (0.0, 255.0):
        return picture
    if not high > low:
        # A picture of one value is neither dark nor bright; show it dark.
        return np.zeros(picture.shape, np.uint8)
    # float32 has all the precision that 256 levels need, at half the memory traffic; values
    # beyond its range become infinite, which clipping handles.
    with np.errstate(over="ignore", invalid="ignore"):
        if max(abs(low), abs(high)) < 1e30 and (high - low) > 1e-30:
            scaled = picture.astype(np.float32)
        else:
            scaled = picture.astype(np.float64)
        scaled -= low
        scaled *= 255.0 / (high - low)
    scaled += 0.5
    np.clip(scaled, 0, 255, out=scaled)
    if picture.dtype.kind == "f":
        np.nan_to_num(scaled, copy=False, nan=0.0)
    return scaled.astype(np.uint8)


@lru_cache(maxsize=32)
def lookup_table(cmap: str) -> np.ndarray:
    """Return the colours of a Matplotlib colour map, shape (256, 3), uint8.

    Raises
    ------
    ValueError
        When Matplotlib has no such colour map.
    """
    if cmap == "gray":  # the usual case needs no Matplotlib
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    import matplotlib

    table = matplotlib.colormaps[cmap](np.arange(256), bytes=True)
    return np.ascontiguousarray(table[:, :3])
