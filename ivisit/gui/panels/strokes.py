"""Smooth lines, as numbers: how much of every pixel a line over time covers.

Tk draws lines with hard edges, and point by point. A line over time is a simpler thing: in each
narrow strip of the plot it covers one interval, from the smallest to the largest value there. So
four strips a column of pixels, their intervals thickened by a round pen and added up, give the
line with smooth edges, in time that depends on the size of the plot and hardly on the data.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

#: Strips in a column of pixels.
STRIPS = 4


def coverage(
    x: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    size: tuple[int, int],
    *,
    thickness: float = 1.5,
    dot: float = 4.0,
) -> np.ndarray:
    """Return which part of each pixel a line covers.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Places in pixels from the left, not falling.
    low, high : ndarray, shape (n,)
        What the line reaches there, in pixels from the top; NaN leaves a gap.
    size : tuple of int
        Width and height of the plot in pixels.
    thickness : float, optional
        Of the line, in pixels.
    dot : float, optional
        Diameter of a point that has no neighbours.

    Returns
    -------
    ndarray of float32, shape (height, width)
        From 0, outside, to 1.
    """
    width, height = size
    strips = width * STRIPS
    top, bottom = _intervals(x, low, high, strips, height)
    top, bottom = _thickened(top, bottom, thickness)
    alone = _isolated(low, high) & (x >= 0) & (x <= width)
    if alone.any():
        dot_top, dot_bottom = _dots(x[alone], low[alone], high[alone], strips)
        dot_top, dot_bottom = _thickened(dot_top, dot_bottom, dot)
        np.minimum(top, dot_top, out=top)
        np.maximum(bottom, dot_bottom, out=bottom)
    return _filled(top, bottom, height)


def edge_marks(
    x: np.ndarray, marked: np.ndarray, size: tuple[int, int], *, height: float = 3.0
) -> np.ndarray:
    """Return a strip along the lower edge, for values that have no place above it.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Places in pixels from the left, not falling.
    marked : ndarray of bool, shape (n,)
        Which of them get a mark; between marked neighbors the strip goes on.
    size : tuple of int
        Width and height of the plot in pixels.
    height : float, optional
        Height of the strip in pixels, and width of a single mark.

    Returns
    -------
    ndarray of float32, shape (height, width)
        1 inside the strip, 0 outside.
    """
    width, rows = size
    cover = np.zeros((rows, width), np.float32)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], marked.view(np.int8), [0]))))
    for first, end in edges.reshape(-1, 2):
        left, right = x[first] - height / 2, x[end - 1] + height / 2
        if right >= 0 and left <= width:
            cover[-max(round(height), 1) :, max(round(left), 0) : round(right)] = 1.0
    return cover


def _intervals(
    x: np.ndarray, low: np.ndarray, high: np.ndarray, strips: int, height: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and largest value of the line in each strip; inf and -inf where none."""
    top, bottom = np.full(strips, np.inf), np.full(strips, -np.inf)
    finite = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    if not len(finite):
        return top, bottom
    at, same = x[finite] * STRIPS, high is low
    # Far outside it does not matter how far: large numbers would only lose digits.
    low = np.clip(low[finite], -height, 2 * height)
    high = low if same else np.clip(high[finite], -height, 2 * height)
    # Between the values the line is straight ...
    first = int(np.clip(np.ceil(at[0]), 0, strips))
    last = int(np.clip(np.floor(at[-1]), -1, strips))
    if last > first:
        edges = np.arange(first, last + 1)
        at_edges = np.interp(edges, at, low)
        top[first:last] = np.minimum(at_edges[:-1], at_edges[1:])
        if high is not low:
            at_edges = np.interp(edges, at, high)
        bottom[first:last] = np.maximum(at_edges[:-1], at_edges[1:])
        gaps = np.diff(finite) > 1
        if gaps.any():
            piece = np.searchsorted(at, edges[:-1] + 0.5) - 1
            in_gap = gaps[np.clip(piece, 0, len(gaps) - 1)]
            top[first:last][in_gap], bottom[first:last][in_gap] = np.inf, -np.inf
    # ... and the values themselves lie in their strips.
    strip = np.floor(at).astype(np.int64)
    strip[at == strips] = strips - 1
    inside = slice(*np.searchsorted(strip, (0, strips)))
    strip, low, high = strip[inside], low[inside], high[inside]
    if len(strip):
        heads = np.flatnonzero(np.diff(strip, prepend=strip[0] - 1))
        place = strip[heads]
        top[place] = np.minimum(top[place], np.minimum.reduceat(low, heads))
        bottom[place] = np.maximum(bottom[place], np.maximum.reduceat(high, heads))
    return top, bottom


def _isolated(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Tell which values have no finite neighbour: no line would show them."""
    finite = np.isfinite(low) & np.isfinite(high)
    padded = np.concatenate(([False], finite, [False]))
    return finite & ~padded[:-2] & ~padded[2:]


def _dots(
    x: np.ndarray, low: np.ndarray, high: np.ndarray, strips: int
) -> tuple[np.ndarray, np.ndarray]:
    top, bottom = np.full(strips, np.inf), np.full(strips, -np.inf)
    strip = np.clip((x * STRIPS).astype(np.int64), 0, strips - 1)
    np.minimum.at(top, strip, low)
    np.maximum.at(bottom, strip, high)
    return top, bottom


def _thickened(
    top: np.ndarray, bottom: np.ndarray, thickness: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the intervals that a round pen covers whose middle goes along the line."""
    radius = thickness / 2
    reach = int(radius * STRIPS)
    thick_top, thick_bottom = top - radius, bottom + radius
    for shift in range(1, reach + 1):
        part = np.sqrt(max(radius**2 - (shift / STRIPS) ** 2, 0.0))
        np.minimum(thick_top[shift:], top[:-shift] - part, out=thick_top[shift:])
        np.minimum(thick_top[:-shift], top[shift:] - part, out=thick_top[:-shift])
        np.maximum(thick_bottom[shift:], bottom[:-shift] + part, out=thick_bottom[shift:])
        np.maximum(thick_bottom[:-shift], bottom[shift:] + part, out=thick_bottom[:-shift])
    return thick_top, thick_bottom


def _filled(top: np.ndarray, bottom: np.ndarray, height: int) -> np.ndarray:
    """Return how much of each pixel the intervals cover, STRIPS of them in each column."""
    used = np.flatnonzero(bottom > top)
    columns = used // STRIPS
    width = len(top) // STRIPS
    # The part of the pixels in a column that lies below a place grows by steps: at the place's
    # own pixel by what is left of it, at the next one by the rest.
    begin, end = np.clip(top[used], 0, height), np.clip(bottom[used], 0, height)
    places, weights = [], []
    for edge, sign in ((begin, 1.0 / STRIPS), (end, -1.0 / STRIPS)):
        whole = np.floor(edge)
        rest = edge - whole
        pixel = whole.astype(np.int64) * width + columns
        places += [pixel, pixel + width]
        weights += [sign * (1 - rest), sign * rest]
    steps = np.bincount(
        np.concatenate(places), np.concatenate(weights), minlength=(height + 2) * width
    ).reshape(height + 2, width)
    cover = steps[:height].astype(np.float32)
    # Row by row: NumPy's cumsum along columns takes three times as long.
    for row in range(1, height):
        np.add(cover[row], cover[row - 1], out=cover[row])
    # Sums of many small parts may end a rounding error beside 0 and 1.
    return np.clip(cover, 0.0, 1.0, out=cover)


def mask(cover: np.ndarray, strength: float = 1.0) -> Image.Image:
    """Return a coverage as a picture of grey values, through which a color can be pasted."""
    return Image.fromarray((cover * (255 * strength) + 0.5).astype(np.uint8))
