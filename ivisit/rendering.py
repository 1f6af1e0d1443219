"""From numbers to pixels: levels and colour maps of images.

Nothing here knows a window: the window, PNG files and notebooks use the same pixels.
"""

from __future__ import annotations

import math
import sys
from functools import lru_cache
from typing import Any

import numpy as np

#: What follows the 256 colours of a map: missing values, minus infinity, plus infinity.
MISSING, BELOW, ABOVE = 256, 257, 258
#: Colours for these, the first that is far from all colours of the map: for what is missing, and
#: for the infinities.
MISSING_COLORS = ((255, 0, 255), (0, 255, 128), (128, 128, 128))
BELOW_COLORS = ((0, 0, 190), (0, 120, 60), (255, 255, 255), (0, 0, 0))
ABOVE_COLORS = ((230, 0, 0), (255, 160, 0), (255, 255, 255), (0, 0, 0))
#: Least distance of such a colour from all others, in steps of 255.
FAR = 60
#: Spans of floats between these need no scaling of exponents.
SMALLEST_SPAN, LARGEST_SPAN = 1e-30, 1e30


def to_rgb(
    picture: np.ndarray,
    *,
    vmin: float | None = None,
    vmax: float | None = None,
    cmap: str = "gray",
    missing: str | None = None,
) -> np.ndarray:
    """Return `picture` as pixels to show.

    Parameters
    ----------
    picture : ndarray, shape (height, width), (height, width, 3) or (height, width, 4)
        Real numbers, possibly masked; see `ivisit.Image`.
    vmin, vmax : float, optional
        Levels of the darkest and brightest colour; by default those of `levels`.
    cmap : str, optional
        Matplotlib colour map for a grey picture.
    missing : str, optional
        Matplotlib's name of the colour for NaN and masked values, by default magenta, or another
        colour that the map has not.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3) or (height, width, 4)
        Values outside the levels get the nearest colour; infinities of a grey picture colours of
        their own, blue and red where the map has neither.
    """
    low, high = levels(picture, vmin, vmax)
    gone = _missing_in(picture)
    data = unmasked(picture)
    indices = _to_bytes(data, low, high)
    if picture.ndim == 3:
        if gone is None:
            return indices
        indices = indices.copy()
        indices[gone.any(axis=2), :3] = lookup_table("gray", missing)[MISSING]
        return indices
    table = lookup_table(cmap, missing)
    if data.dtype.kind == "f" and (gone is not None or not np.isfinite(data).all()):
        indices = indices.astype(np.int16)
        indices[data == -np.inf] = BELOW
        indices[data == np.inf] = ABOVE
    if gone is not None:
        indices = indices.astype(np.int16, copy=False)
        indices[gone] = MISSING
    return table[indices]


def levels(
    picture: np.ndarray, vmin: float | None = None, vmax: float | None = None
) -> tuple[float, float]:
    """Return the values shown as the darkest and the brightest colour; see `ivisit.Image`.

    Those of whole numbers are whole numbers, exact also where a float would not be.
    """
    if vmin is not None and vmax is not None:
        return vmin, vmax
    extremes: tuple[float, float]
    if picture.dtype == bool:
        extremes = (0, 1)
    elif picture.ndim == 3:
        extremes = (0, _brightest(picture.dtype))
    else:
        extremes = finite_extremes(picture) or (0, 1)
    low = extremes[0] if vmin is None else vmin
    high = extremes[1] if vmax is None else vmax
    return low, high


def _brightest(dtype: np.dtype[Any]) -> int:
    """Return the brightest value of colour pictures: that of the type, 1 for floats.

    Signed numbers are what NumPy's arithmetic makes of bytes.
    """
    if dtype.kind == "f":
        return 1
    return int(np.iinfo(dtype).max) if dtype.kind == "u" else 255


def is_masked(picture: Any) -> bool:
    """Tell whether `picture` is a masked array; nothing is where nobody has imported them."""
    return "numpy.ma" in sys.modules and np.ma.isMaskedArray(picture)


def unmasked(picture: np.ndarray) -> np.ndarray:
    """Return the numbers of `picture`, also those that are masked."""
    return np.ma.getdata(picture) if is_masked(picture) else picture


def finite_extremes(picture: np.ndarray) -> tuple[float, float] | None:
    """Return the smallest and largest finite value that is not masked; None where there is none."""
    if not is_masked(picture):
        low, high = picture.min().item(), picture.max().item()
        if math.isfinite(low) and math.isfinite(high):
            return low, high
    data = unmasked(picture)
    counts = np.isfinite(data)
    if is_masked(picture):
        counts &= ~np.ma.getmaskarray(picture)
    finite = data[counts]
    return (finite.min().item(), finite.max().item()) if finite.size else None


def _missing_in(picture: np.ndarray) -> np.ndarray | None:
    """Return where `picture` is NaN or masked; None where nothing is."""
    gone = np.ma.getmaskarray(picture) if is_masked(picture) else None
    if picture.dtype.kind == "f":
        absent = np.isnan(unmasked(picture))
        gone = absent if gone is None else gone | absent
    return gone if gone is not None and gone.any() else None


def _to_bytes(picture: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map `low` .. `high` to 0 .. 255 as uint8; what NaN becomes does not matter."""
    if picture.dtype == np.uint8 and (low, high) == (0, 255):
        return picture
    if not high > low:
        # A picture of one value is neither dark nor bright; show it dark.
        return np.zeros(picture.shape, np.uint8)
    # The difference to the lowest level has few digits, the value itself may have many.
    with np.errstate(over="ignore", invalid="ignore"):
        if picture.dtype.kind == "f":
            scaled = _above_of_floats(picture, low, high)
        else:
            scaled = _above_of_integers(picture, low, high)
        scaled += 0.5
        np.clip(scaled, 0, 255, out=scaled)
        return scaled.astype(np.uint8)


def _above_of_floats(picture: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return how far the values lie above `low`, in 255ths of the span."""
    low, high = float(low), float(high)
    if SMALLEST_SPAN < high - low < LARGEST_SPAN and max(abs(low), abs(high)) < LARGEST_SPAN:
        kind = np.float32 if picture.dtype.itemsize <= 4 and _is_exact(low) else np.float64
        above = np.subtract(picture, kind(low), dtype=kind)
        # Half the memory traffic for what follows; values beyond its range become infinite.
        above = above.astype(np.float32, copy=False)
        above *= np.float32(255.0 / (high - low))
        return above
    # Halves where the difference of the largest numbers is infinite; halves of the smallest ones
    # would lose their last digit.
    factor = 1.0 if math.isfinite(high - low) else 0.5
    above = picture.astype(np.float64) * factor - low * factor
    span = high * factor - low * factor
    exponent = math.frexp(span)[1]
    return np.ldexp(above, -exponent) * (255.0 / math.ldexp(span, -exponent))


def _is_exact(level: float) -> bool:
    return float(np.float32(level)) == level


def _above_of_integers(picture: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return how far the values lie above `low`, in 255ths of the span."""
    whole = float(low).is_integer() and float(high).is_integer()
    if picture.dtype.itemsize <= 2 or picture.dtype == bool or not whole:
        kind: Any = np.float32 if picture.dtype.itemsize <= 2 else np.float64
        above: np.ndarray = picture.astype(kind) - kind(low)
        return above * kind(255.0 / (float(high) - float(low)))
    # Differences of 64-bit numbers are exact in their own arithmetic only.
    range_ = np.iinfo(picture.dtype)
    bottom, top = (int(min(max(level, range_.min), range_.max)) for level in (low, high))
    clipped = np.clip(picture, bottom, top).astype(picture.dtype, copy=False)
    unsigned = np.dtype(f"u{picture.dtype.itemsize}")
    above_bottom = clipped.view(unsigned) - unsigned.type(bottom % 2 ** (8 * unsigned.itemsize))
    span = int(high) - int(low)
    return (above_bottom.astype(np.float64) + float(bottom - int(low))) * (255.0 / span)


@lru_cache(maxsize=32)
def lookup_table(cmap: str, missing: str | None = None) -> np.ndarray:
    """Return the colours of a Matplotlib colour map and of what has no place in it.

    Returns
    -------
    ndarray of uint8, shape (259, 3)
        256 colours of the map, then those of missing values and of the two infinities.

    Raises
    ------
    ValueError
        When Matplotlib has no such colour map or colour.
    """
    if cmap == "gray":  # the usual case needs no Matplotlib
        table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    else:
        import matplotlib

        table = matplotlib.colormaps[cmap](np.arange(256), bytes=True)[:, :3]
    if missing is None:
        choices: tuple[tuple[int, int, int], ...] = MISSING_COLORS
    else:
        from matplotlib.colors import to_rgb as color_of

        red, green, blue = (round(255 * part) for part in color_of(missing))
        choices = ((red, green, blue),)
    for candidates in (choices, BELOW_COLORS, ABOVE_COLORS):
        table = np.vstack([table, _farthest(candidates, table)])
    return np.ascontiguousarray(table, np.uint8)


def _farthest(candidates: tuple[tuple[int, int, int], ...], table: np.ndarray) -> list[int]:
    """Return the first colour that is far from all in `table`, else the farthest one."""
    distances = [
        float(np.linalg.norm(table.astype(float) - np.array(color), axis=1).min())
        for color in candidates
    ]
    first = next((i for i, distance in enumerate(distances) if distance >= FAR), None)
    return list(candidates[int(np.argmax(distances)) if first is None else first])
