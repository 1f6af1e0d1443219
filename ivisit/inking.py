"""Figures in the colors of a dark window: what is black, white or gray gets other colors.

A figure on which the simulation has chosen no background is black on white, and so it is saved.
Shown in a dark window, its grays are exchanged while Agg paints, between the artist and the pixels:
nothing in the figure changes. Colors with a hue stay as they are, and so does what stands for data:
pictures, artists with a color map, and what lies upon a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg

from ivisit.artists import all_axes
from ivisit.looks import Color, Ink

#: Largest difference of red, green and blue of a gray.
GRAY = 1e-6
#: Places of the colors of faces and edges among the arguments of `draw_path_collection`.
FACES, EDGES = 6, 7


class InkRenderer(RendererAgg):
    """Agg, with other colors for black, white and gray while `ink` is set."""

    ink: Ink | None = None

    def _update_methods(self) -> None:
        # Matplotlib binds these to the instance, so that methods would not be called.
        super()._update_methods()  # type: ignore[no-untyped-call]
        instance = vars(self)
        self._plain_markers = instance["draw_markers"]
        self._plain_collection = instance["draw_path_collection"]
        instance.update(draw_markers=self._markers, draw_path_collection=self._collection)

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        with self._inked(gc):
            super().draw_path(gc, path, transform, self._exchanged(rgbFace))  # type: ignore[no-untyped-call]

    def draw_text(self, gc: Any, *arguments: Any, **more: Any) -> None:
        with self._inked(gc):
            super().draw_text(gc, *arguments, **more)  # type: ignore[no-untyped-call]

    def draw_tex(self, gc: Any, *arguments: Any, **more: Any) -> None:
        with self._inked(gc):
            super().draw_tex(gc, *arguments, **more)  # type: ignore[no-untyped-call]

    def _markers(self, gc: Any, path: Any, marks: Any, line: Any, transform: Any,
                 face: Any = None) -> None:  # fmt: skip
        with self._inked(gc):
            self._plain_markers(gc, path, marks, line, transform, self._exchanged(face))

    def _collection(self, gc: Any, *arguments: Any, **more: Any) -> None:
        if self.ink is not None:
            # Without the graphics context: it is the first argument of the original.
            colors = [self._exchanged_all(c) for c in arguments[FACES - 1 : EDGES]]
            arguments = (*arguments[: FACES - 1], *colors, *arguments[EDGES:])
            if "hatchcolors" in more:
                more["hatchcolors"] = self._exchanged_all(more["hatchcolors"])
        with self._inked(gc):
            self._plain_collection(gc, *arguments, **more)

    @contextmanager
    def _inked(self, gc: Any) -> Iterator[None]:
        """Have a graphics context hold the exchanged colors for a while."""
        if self.ink is None:
            yield
            return
        line, hatch = gc.get_rgb(), gc.get_hatch_color()
        gc.set_foreground(self._exchanged(line), isRGBA=True)
        if hatch is not None:
            gc.set_hatch_color(self._exchanged(hatch))
        try:
            yield
        finally:
            gc.set_foreground(line, isRGBA=True)
            if hatch is not None:
                gc.set_hatch_color(hatch)

    def _exchanged(self, color: Any) -> Any:
        if self.ink is None or color is None:
            return color
        red, green, blue = color[:3]
        if max(red, green, blue) - min(red, green, blue) > GRAY:
            return color
        return (*between(self.ink, red), *color[3:])

    def _exchanged_all(self, colors: Any) -> Any:
        """Exchange rows of colors."""
        colors = np.array(colors, dtype=float)
        if self.ink is None or colors.ndim != 2 or not len(colors):
            return colors
        gray = np.ptp(colors[:, :3], axis=1) <= GRAY
        paper, ink = np.array(self.ink.paper), np.array(self.ink.ink)
        light = colors[gray, :1]
        colors[gray, :3] = light * paper + (1 - light) * ink
        return colors


def between(ink: Ink, gray: float) -> Color:
    """Return the color in place of a gray: 0 is black, 1 is white."""
    red, green, blue = (gray * p + (1 - gray) * i for p, i in zip(ink.paper, ink.ink, strict=True))
    return red, green, blue


class InkCanvas(FigureCanvasAgg):
    """A canvas that paints by an `InkRenderer`."""

    def get_renderer(self) -> InkRenderer:
        size = (*self.figure.bbox.size, self.figure.dpi)
        if getattr(self, "_made_for", None) != size:
            width, height = self.figure.bbox.size
            self._made_for = size
            self.renderer = InkRenderer(width, height, self.figure.dpi)  # type: ignore[no-untyped-call]
        return self.renderer


class Inking:
    """Decides which artists of a figure are painted in other colors, and has them so painted.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; its canvas is an `InkCanvas`.
    ink : Ink or None
        The colors; None: the figure's own.
    """

    def __init__(self, figure: Any, ink: Ink | None) -> None:
        self.ink = None if ink is None or has_own_background(figure) else ink
        pictured = [] if self.ink is None else filter(_has_picture, all_axes(figure))
        self._pictured = frozenset(map(id, pictured))

    @property
    def key(self) -> tuple[Any, ...]:
        """What must be the same for two drawings to be the same."""
        return self.ink, self._pictured

    def draw(self, draw: Any, artist: Any, renderer: Any) -> None:
        """Call ``draw(renderer)``, which paints `artist`."""
        if self.ink is None or self._keeps_colors(artist):
            draw(renderer)
            return
        renderer.ink = self.ink
        # Axes that draw themselves, such as polar ones, have artists of both sorts.
        inner = [part for part in _inside(artist) if self._keeps_colors(part)]
        try:
            with _plainly_drawn(inner, renderer):
                draw(renderer)
        finally:
            renderer.ink = None

    def _keeps_colors(self, artist: Any) -> bool:
        if is_mapped(artist):
            return True
        axes = getattr(artist, "axes", None)
        return id(axes) in self._pictured and artist in _content_of(axes)


def _inside(artist: Any) -> list[Any]:
    return artist.get_children() if hasattr(artist, "get_axes_locator") else []


@contextmanager
def _plainly_drawn(artists: list[Any], renderer: Any) -> Iterator[None]:
    """Have some artists drawn in their own colors for a while."""
    for artist in artists:

        def plain(renderer: Any, draw: Any = artist.draw) -> None:
            ink, renderer.ink = renderer.ink, None
            try:
                draw(renderer)
            finally:
                renderer.ink = ink

        vars(artist)["draw"] = plain
    try:
        yield
    finally:
        for artist in artists:
            vars(artist).pop("draw", None)


def is_mapped(artist: Any) -> bool:
    """Tell whether the colors of an artist stand for numbers."""
    return hasattr(artist, "get_array") and artist.get_array() is not None


def _has_picture(axes: Any) -> bool:
    """Tell whether something lies over the background of axes that has colors of its own."""
    from matplotlib.collections import PathCollection

    # Not the points of a scatter plot: between them the background is seen.
    return any(is_mapped(a) and not isinstance(a, PathCollection) for a in _content_of(axes))


def _content_of(axes: Any) -> list[Any]:
    """Return what the simulation has put into axes: not their frame, ticks and titles."""
    sorts = (axes.images, axes.collections, axes.patches, axes.lines, axes.texts, axes.tables,
             axes.artists)  # fmt: skip
    return [artist for sort in sorts for artist in sort]


def has_own_background(figure: Any) -> bool:
    """Tell whether the simulation has chosen the background of a figure or of any axes."""
    patches = [figure.patch, *(s.patch for s in figure.subfigs)]
    patches += [axes.patch for axes in all_axes(figure) if axes.axison and axes.get_visible()]
    return any(_is_colored(patch) for patch in patches)


def _is_colored(patch: Any) -> bool:
    red, green, blue, alpha = patch.get_facecolor()
    return patch.get_visible() and alpha > 0 and (red, green, blue) != (1.0, 1.0, 1.0)
