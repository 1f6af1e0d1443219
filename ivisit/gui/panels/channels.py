"""Single channels of color pictures, and levels that leave outliers out."""

from __future__ import annotations

from typing import Literal

import numpy as np

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
    colors = np.ma.getdata(picture)[..., :3].astype(np.float64)
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
    values = np.ma.getdata(picture).ravel()
    values = values[:: max(len(values) // MOST_VALUES, 1)]
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)
