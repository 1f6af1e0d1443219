"""Matplotlib for old scripts: ``from ivisit.matplotlib import *``.

New simulations have `ivisit.Figure` instead, which draws less and shows more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from matplotlib.figure import Figure

__all__ = [
    "Figure",
    "FigureCanvas",
    "getDataPos_from_PixelPos",
    "getDataPos_from_canvas",
    "getMatplotlibFigure",
    "getMatplotlibImage",
    "np",
]


def getMatplotlibFigure(**kw: Any) -> Figure:
    """Return a new figure; the arguments are those of `matplotlib.figure.Figure`."""
    return Figure(**kw)


def getMatplotlibImage(fig: Figure) -> np.ndarray:
    """Draw a figure.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        A new array; its size in pixels is that of the figure in inches times its dpi.
    """
    canvas = fig.canvas if type(fig.canvas) is FigureCanvas else FigureCanvas(fig)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def getDataPos_from_PixelPos(
    pixel_x: float,
    pixel_y: float,
    canvas_h: float,
    ax: Any = None,
    transData2Pixel: Any = None,
) -> tuple[float, float]:
    """Return the data coordinates of a pixel.

    Parameters
    ----------
    pixel_x, pixel_y : float
        The pixel, counted from the upper left corner.
    canvas_h : float
        Height of the canvas in pixels.
    ax : matplotlib.axes.Axes, optional
        The axes, drawn at least once.
    transData2Pixel : matplotlib.transforms.Transform, optional
        Instead of `ax`: the transform from pixels to data.
    """
    if transData2Pixel is None:
        if ax is None:
            raise ValueError("getDataPos_from_PixelPos: needs ax or transData2Pixel")
        transData2Pixel = ax.transData.inverted()
    x, y = transData2Pixel.transform((pixel_x, canvas_h - pixel_y))
    return x, y


def getDataPos_from_canvas(
    px: float, py: float, canvas: Any, ax: Any = None, transData2Pixel: Any = None
) -> tuple[float, float]:
    """Return the data coordinates of a pixel of a canvas; see `getDataPos_from_PixelPos`."""
    return getDataPos_from_PixelPos(px, py, canvas.winfo_height(), ax, transData2Pixel)
