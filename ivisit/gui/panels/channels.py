"""Single channels of color pictures, and levels that leave outliers out."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from ivisit.rendering import is_masked, levels, unmasked

Channel = Literal["color", "gray", "R", "G", "B", "H", "S", "V"]
#: What the menu calls them.
CHANNELS: tuple[tuple[str, Channel], ...] = (
    ("Color", "color"),
    ("Gray", "gray"),
    ("Red", "R"),
    ("Green", "G"),
    ("Blue", "B"),
    ("Hue", "H"),
    ("Saturation", "S"),
    ("Value", "V"),
)
#: Levels of channels whose values do not depend on those of the colors.
OWN_LEVELS: dict[str, tuple[float, float]] = {"H": (0.0, 360.0), "S": (0.0, 1.0)}
#: Parts of all values that percentile levels leave out below and above.
PERCENTILES = (2.0, 98.0)
#: Values that are looked at for percentiles; more would take longer and tell no more.
MOST_VALUES = 100_000


def channel_of(picture: np.ndarray, channel: Channel) -> np.ndarray:
    """Return one channel of a color picture as a grey one; anything else unchanged.

    Parameters
    ----------
    picture : ndarray, shape (height, width) or (height, width, 3 or 4)
        The picture.
    channel : str
        ``gray`` is the mean of red, green and blue; ``H``, ``S`` and ``V`` are hue in degrees,
        saturation from 0 to 1 and value (the largest of red, green and blue).

    Returns
    -------
    ndarray, shape (height, width), or `picture` itself
    """
    if picture.ndim == 2 or channel == "color":
        return picture
    if channel in "RGB":
        return picture[..., "RGB".index(channel)]
    colors = unmasked(picture)[..., :3].astype(np.float64)
    if channel == "gray":
        return colors.mean(axis=2)
    largest, smallest = colors.max(axis=2), colors.min(axis=2)
    if channel == "V":
        return largest
    span = largest - smallest
    with np.errstate(invalid="ignore", divide="ignore"):
        if channel == "S":
            return np.where(largest > 0, span / largest, 0.0)
        red, green, blue = np.moveaxis(colors, 2, 0)
        hue = np.select(
            [largest == red, largest == green],
            [(green - blue) / span, (blue - red) / span + 2],
            (red - green) / span + 4,
        )
    return np.where(span > 0, hue * 60 % 360, 0.0)


def percentile_levels(picture: np.ndarray) -> tuple[float, float] | None:
    """Return the values below which 2 and 98 percent of the finite values lie; None without any."""
    values = sampled(picture)
    if not len(values):
        return None
    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)


def levels_of(
    shown: np.ndarray,
    picture: np.ndarray,
    channel: Channel,
    *,
    percentile: bool,
    vmin: float | None,
    vmax: float | None,
) -> tuple[float, float]:
    """Return the levels of what is shown of a picture, which may be one of its channels."""
    if percentile and shown.ndim == 2:
        return percentile_levels(shown) or (0, 1)
    if shown is picture:
        return levels(shown, vmin, vmax)
    # Of a channel those of the colors, so that all channels can be compared.
    return OWN_LEVELS.get(channel) or levels(picture, vmin, vmax)


def sampled(picture: np.ndarray) -> np.ndarray:
    """Return the finite values of a picture that are not masked, of a large one every n-th."""
    step = max(picture.size // MOST_VALUES, 1)
    values = unmasked(picture).ravel()[::step]
    if is_masked(picture):
        values = values[~np.ma.getmaskarray(picture).ravel()[::step]]
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values


def counts_in(values: np.ndarray, low: float, high: float, bins: int) -> np.ndarray:
    """Return how many of `values` lie in each of `bins` equal parts from `low` to `high`."""
    places = (values.astype(np.float64) - low) * (bins / (high - low))
    inside = (places >= 0) & (places <= bins)
    return np.bincount(np.minimum(places[inside].astype(np.intp), bins - 1), minlength=bins)


def missing_text(picture: np.ndarray) -> str:
    """Return how many values of a picture are NaN, infinite or masked, where any are.

    >>> missing_text(np.array([[np.nan, 1.0], [np.inf, np.nan]])), missing_text(np.eye(2))
    ('NaN: 2   inf: 1', '')
    """
    masked = int(np.ma.getmaskarray(picture).sum()) if is_masked(picture) else 0
    data = unmasked(picture)
    absent = infinite = 0
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(data.sum(dtype=np.float64)) if data.dtype.kind == "f" else 0.0
    # The sum is not finite where any value is not; that takes half the time of looking at each.
    if not math.isfinite(total):
        shown = data if not masked else data[~np.ma.getmaskarray(picture)]
        absent = int(np.isnan(shown).sum())
        infinite = int(np.isinf(shown).sum())
    counts = (("NaN", absent), ("inf", infinite), ("masked", masked))
    return "   ".join(f"{name}: {count:,}" for name, count in counts if count)
