"""Figures to pixels: only what changed is drawn anew."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np


class Rasterizer:
    """Turns one Matplotlib figure into pixels, again and again, doing as little as it can.

    An unchanged figure is not drawn. When only lines, points, images and texts inside the axes
    have changed, the axes, ticks and labels come from a stored background.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; its size is changed by `pixels`.
    """

    def __init__(self, figure: Any) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        self.figure = figure
        self.canvas = FigureCanvasAgg(figure)
        self._natural_dpi = figure.dpi
        self._natural_size = tuple(figure.bbox.size)
        self._background: Any = None
        self._layout: tuple[Any, ...] = ()
        self._arranged_for: tuple[Any, ...] = ()
        self._pixels: np.ndarray | None = None

    def pixels(self, width: int | None = None, height: int | None = None) -> np.ndarray:
        """Return the figure as an array (height, width, 4) of uint8, RGBA.

        Parameters
        ----------
        width, height : int, optional
            Size in pixels; by default the figure's own size. In a small place letters and lines
            are smaller, too, but never so small that they cannot be read.
        """
        if width and height and tuple(self.figure.bbox.size.astype(int)) != (width, height):
            natural_width, natural_height = self._natural_size
            scale = min(width / natural_width, height / natural_height)
            self.figure.set_dpi(self._natural_dpi * min(max(scale, 0.85), 1.5))
            self.figure.set_size_inches(width / self.figure.dpi, height / self.figure.dpi)
        size = tuple(self.figure.bbox.size)
        if self._pixels is not None and not self.figure.stale and self._layout[:1] == (size,):
            return self._pixels
        moving = self._moving_artists()
        layout = (size, self._fingerprint(moving))
        if self._background is None or layout != self._layout or self._frame_is_stale(moving):
            self._draw_background(moving)
            self._layout = (size, self._fingerprint(moving))
        else:
            self.canvas.restore_region(self._background)
        self._draw_moving(moving)
        self._pixels = np.asarray(self.canvas.buffer_rgba()).copy()
        return self._pixels

    def _moving_artists(self) -> list[Any]:
        """Return the artists inside the axes, and the spines and legends drawn over them."""
        moving: list[Any] = []
        boxes = [axes.bbox for axes in self.figure.axes]
        if any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2)):
            return moving  # twins and insets lie between the artists of the axes below
        for axes in self.figure.axes:
            if type(axes).__module__ != "matplotlib.axes._axes":
                continue  # three-dimensional and polar axes decide on their own order of drawing
            inside = [*axes.lines, *axes.collections, *axes.images, *axes.texts]
            legend = axes.get_legend()
            over = [*axes.spines.values(), *([legend] if legend else [])]
            for artist in inside + over if inside else []:
                # Whoever animates artists on their own keeps the say over them.
                if not artist.get_animated():
                    moving.append(artist)
        return moving

    def _fingerprint(self, moving: list[Any]) -> tuple[Any, ...]:
        """Return what the background depends on and does not mark as stale itself."""
        axes = tuple(
            (
                id(a),
                tuple(a.viewLim.bounds),
                tuple(a.get_position(original=False).bounds),
                len(a.get_children()),
                a.get_visible(),
            )
            for a in self.figure.axes
        )
        return axes, tuple(map(id, moving))

    def _frame_is_stale(self, moving: list[Any]) -> bool:
        """Tell whether anything that the background shows has changed."""
        moves = set(map(id, moving))
        for axes in self.figure.axes:
            for artist in axes.get_children():
                if id(artist) not in moves and artist.stale:
                    return True
        others = (a for a in self.figure.get_children() if a not in self.figure.axes)
        return any(artist.stale for artist in others)

    def _draw_background(self, moving: list[Any]) -> None:
        """Draw the figure without its moving artists and keep the result."""
        for artist in moving:
            artist.set_animated(True)
        try:
            self.canvas.draw()
            # What the layout depends on, tick labels too, is known only after drawing.
            if self._arrange():
                self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        finally:
            for artist in moving:
                artist.set_animated(False)
        for axes in self.figure.axes:
            for artist in axes.get_children():
                artist.stale = False  # an empty title is never drawn and would stay stale

    def _arrange(self) -> bool:
        """Lay the axes out where their texts have changed; tell whether anything moved.

        Matplotlib's constrained layout takes longer than drawing, so it must not run each time.
        Who chose a layout of his own keeps it.
        """
        if self.figure.get_layout_engine() is not None or self._has_own_margins():
            return False
        texts = tuple(_texts_around(axes) for axes in self.figure.axes)
        arranged_for = (tuple(self.figure.bbox.size), len(self.figure.texts), texts)
        if arranged_for == self._arranged_for or not texts:
            return False
        self._arranged_for = arranged_for
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        # A legend inside the axes needs no room around them, however wide it is.
        legends = [a.get_legend() for a in self.figure.axes if a.get_legend() is not None]
        inside = [legend for legend in legends if legend.get_bbox_to_anchor() is legend.parent.bbox]
        for legend in inside:
            legend.set_in_layout(False)
        ConstrainedLayoutEngine().execute(self.figure)
        for legend in inside:
            legend.set_in_layout(True)
        return True

    def _has_own_margins(self) -> bool:
        from matplotlib.gridspec import SubplotParams

        # A new SubplotParams has Matplotlib's own values.
        return vars(self.figure.subplotpars) != vars(SubplotParams())

    def _draw_moving(self, moving: list[Any]) -> None:
        """Draw the moving artists in their order onto the canvas."""
        renderer = self.canvas.get_renderer()
        for artist in sorted(moving, key=lambda a: a.get_zorder()):
            if artist.get_visible():
                artist.draw(renderer)
            artist.stale = False
        for axes in self.figure.axes:
            axes.stale = False
        self.figure.stale = False


def _texts_around(axes: Any) -> tuple[Any, ...]:
    """Return what decides how much room `axes` needs around itself."""
    ticks = []
    for axis in (axes.xaxis, axes.yaxis):
        labels = [tick.label1.get_text() for tick in axis.majorTicks]
        ticks.append(max(map(len, labels), default=0))
    return id(axes), axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), *ticks
