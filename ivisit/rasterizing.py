"""Figures to pixels: what Matplotlib draws, drawing only what changed where that is the same.

A figure is a sequence of artists, each painted over those before it. `Rasterizer` keeps what lies
under the first artist that keeps changing (usually patch, axis, ticks and labels, which take most
of the time) and paints the rest anew, in Matplotlib's order. That is the full drawing, bit for bit:

1. What was kept is used only while nothing in it has changed: no artist is marked as stale, no data
   was changed in place, and size, limits, positions, order and settings are those of its drawing.
2. Artists of which this cannot be known (classes of other packages, annotations, labels made by a
   function) count as changed always. Axes with a drawing method of their own (three-dimensional,
   polar) are one such artist.
3. Several axes may keep a part each only while the places that they paint are apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ivisit.artists import (
    Leaf,
    all_axes,
    extent_of,
    hooked,
    is_clipped,
    is_known,
    laid_out_once,
    structure_of,
)
from ivisit.figure_layout import FigureLayout
from ivisit.looks import FigureView
from ivisit.viewing import looked_at, places_of

#: Share of the recent drawings in which an artist that is expected to change again has changed.
OFTEN = 0.25
#: Part of a pixel that is larger than the rounding error of a size in inches.
LITTLE = 1e-6
#: Weight of the last drawing in that share.
MEMORY = 0.4


class Rasterizer:
    """Turns one Matplotlib figure into pixels, again and again, doing as little as it can.

    The pixels are those of a full drawing by Agg of the same figure at the same size, always; see
    the rules in this module.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; its size is changed by `pixels`, and where the simulation has chosen neither a
        layout engine nor margins, its axes are arranged so that no label is cut.
    """

    #: Tells `ivisit.panels.base.painted` that it may hand over a view.
    shows_views = True

    def __init__(self, figure: Any) -> None:
        from ivisit.inking import InkCanvas

        self.figure = figure
        self.canvas: Any = InkCanvas(figure)
        self._inking: Any = None
        # Whoever else draws the figure, savefig for one, resets the marks of what is stale.
        self.canvas.mpl_connect("draw_event", self._drawn)
        self._drawn_elsewhere = False
        self._resized: tuple[Any, ...] = ()
        self._natural_dpi = figure.dpi
        self._natural_size = tuple(figure.bbox.size)
        self._leaves: list[Leaf] = []
        self._rates: dict[int, float] = {}
        self._suffix: list[Leaf] = []
        self._background: Any = None
        self._structure: Any = None
        #: The structure for which a view was told where the axes lie.
        self._placed: Any = None
        self._layout = FigureLayout(figure)
        self._pixels: np.ndarray | None = None

    def pixels(
        self,
        width: int | None = None,
        height: int | None = None,
        view: FigureView | None = None,
    ) -> np.ndarray:
        """Return the figure as an array (height, width, 4) of uint8, RGBA.

        Parameters
        ----------
        width, height : int, optional
            Size in pixels; by default the figure's own size. In a small place letters and lines
            are smaller, too, but never so small that they cannot be read.
        view : FigureView, optional
            Limits and colors in which the figure is shown, without changing its own, and the
            scale of the screen; is told where the axes lie.
        """
        from ivisit.inking import Inking

        self._resize(width, height, 1.0 if view is None else view.scale)
        with looked_at(self.figure, {} if view is None else view.limits):
            self._inking = Inking(self.figure, None if view is None else view.ink)
            pixels = self._drawn_pixels()
            if view is not None and self._may_have_moved(view):
                view.places = places_of(self.figure)
                self._placed = self._structure
        return pixels

    def _may_have_moved(self, view: FigureView) -> bool:
        """Tell whether axes may lie elsewhere, or show other data, than `view` was told."""
        # Which way three-dimensional axes are turned is no part of the structure.
        turned = any(place.kind == "solid" for place in view.places)
        return turned or not view.places or self._placed is not self._structure

    def _drawn_pixels(self) -> np.ndarray:
        changed = self._changed_leaves()
        if self._drawn_elsewhere or self._present_structure() != self._structure:
            # In which order artists are painted now is known only afterwards.
            self._draw_all(muted=[])
        elif not changed and self._pixels is not None:
            return self._pixels
        elif self._may_paint_only(changed):
            self._paint_suffix()
        else:
            self._draw_all(muted=self._expected_to_change())
        self._pixels = np.asarray(self.canvas.buffer_rgba()).copy()
        return self._pixels

    def _resize(self, width: int | None, height: int | None, screen: float) -> None:
        wanted, figure = (width, height, screen), self.figure
        if not (width and height) or self._resized == (wanted, figure.dpi, tuple(figure.bbox.size)):
            return
        natural_width, natural_height = self._natural_size
        scale = min(width / natural_width, height / natural_height) / screen
        self.figure.set_dpi(self._natural_dpi * screen * min(max(scale, 0.85), 1.5))
        # Matplotlib cuts the fraction off: a rounding error must not cost a row of pixels.
        self.figure.set_size_inches(
            (width + LITTLE) / self.figure.dpi, (height + LITTLE) / self.figure.dpi
        )
        self._resized = (wanted, figure.dpi, tuple(figure.bbox.size))

    def _present_structure(self) -> tuple[Any, ...]:
        return structure_of(self.figure), self._inking.key

    def _drawn(self, event: Any) -> None:
        self._drawn_elsewhere = True

    # What has changed -----------------------------------------------------------------------

    def _changed_leaves(self) -> list[Leaf]:
        """Return what may look different, and remember how often each artist changes."""
        changed = [leaf for leaf in self._leaves if leaf.has_changed()]
        names = {id(leaf.artist) for leaf in changed}
        self._rates = {
            id(leaf.artist): (1 - MEMORY) * self._rates.get(id(leaf.artist), 0.0)
            + MEMORY * (id(leaf.artist) in names)
            for leaf in self._leaves
        }
        return changed

    def _expected_to_change(self) -> list[Leaf]:
        """Return the artists above the first one that keeps changing, in their order."""
        if self._layout.has_own_engine() or not self._leaves:
            return []  # a layout engine moves axes in each full drawing
        often = {id(leaf) for leaf in self._leaves if self._rates[id(leaf.artist)] >= OFTEN}
        suffix = []
        for island in self._islands():
            first = next((i for i, leaf in enumerate(island) if id(leaf) in often), len(island))
            suffix += island[first:]
        chosen = set(map(id, suffix))
        return [leaf for leaf in self._leaves if id(leaf) in chosen]

    def _is_suffix(self, leaves: list[Leaf]) -> bool:
        """Tell whether artists come last in the sequences that paint apart from each other."""
        if not leaves:
            return True
        chosen = set(map(id, leaves))
        for island in self._islands():
            inside = [id(leaf) in chosen for leaf in island]
            if inside != sorted(inside):
                return False
        return True

    def _islands(self) -> list[list[Leaf]]:
        """Return the sequences of artists that paint apart from each other.

        Where axes overlap, or something of the figure lies between them, all are one sequence.
        """
        owners = [leaf.axes for leaf in self._leaves]
        inner = [i for i, owner in enumerate(owners) if owner is not None]
        if not inner or any(owners[i] is None for i in range(inner[0], inner[-1])):
            return [self._leaves]
        groups: dict[int, list[Leaf]] = {}
        for leaf in self._leaves[inner[0] : inner[-1] + 1]:
            groups.setdefault(id(leaf.axes), []).append(leaf)
        if len(groups) == 1 or not all(leaf.known for leaf in self._leaves):
            return [self._leaves]
        boxes = [self._extent(group) for group in groups.values()]
        if any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i]):
            return [self._leaves]
        # What lies above all axes is painted each time; what lies below them never changes often.
        return [*groups.values(), self._leaves[inner[-1] + 1 :]]

    def _extent(self, leaves: list[Leaf]) -> Any:
        """Return the place that artists of one axes paint, as a box in pixels."""
        from matplotlib.transforms import Bbox

        renderer = self.canvas.get_renderer()
        boxes = [leaves[0].axes.bbox]
        boxes += [extent_of(leaf.artist, renderer) for leaf in leaves if not is_clipped(leaf)]
        return Bbox.union([box for box in boxes if np.isfinite(box.get_points()).all()])

    def _may_paint_only(self, changed: list[Leaf]) -> bool:
        """Tell whether painting the upper artists anew gives the full drawing."""
        upper = set(map(id, self._suffix))
        if any(id(leaf) not in upper for leaf in changed) or self._layout.has_own_engine():
            return False
        if len({id(leaf.axes) for leaf in self._leaves if leaf.axes is not None}) < 2:
            return True
        # What is not held back by its axes may have grown into the place of others.
        return all(is_clipped(leaf) or leaf.axes is None for leaf in changed)

    # Drawing --------------------------------------------------------------------------------

    def _draw_all(self, muted: list[Leaf]) -> None:
        """Draw the figure; keep the picture without the `muted` artists, which come last."""
        self._layout.put_as_before()
        self._draw_recording(muted)
        # What the layout depends on, tick labels too, is known only after drawing.
        if self._layout.arrange():
            muted = []
            # Titles and labels find their places by those of the drawing before.
            self._draw_recording(muted)
            self._draw_recording(muted)
        known = set(map(id, (leaf.artist for leaf in self._leaves)))
        self._rates = {key: rate for key, rate in self._rates.items() if key in known}
        names = {id(leaf.artist) for leaf in muted}
        self._suffix = [leaf for leaf in self._leaves if id(leaf.artist) in names]
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        self._structure = self._present_structure()
        self._paint(self._suffix)
        if not self._is_suffix(self._suffix):
            # What has been painted has another size or place than expected.
            self._draw_all(muted=[])
            return
        for leaf in self._leaves:
            leaf.painted()
        self._settle()

    def _draw_recording(self, muted: list[Leaf]) -> None:
        """Draw the figure by Matplotlib, and note the artists in the order of their painting."""
        silent = {id(leaf.artist) for leaf in muted}
        former = {id(leaf.artist): leaf for leaf in self._leaves}
        drawn: list[Leaf] = []

        def painter(artist: Any, axes: Any) -> Callable[[Any], None]:
            draw = artist.draw

            def paint(renderer: Any) -> None:
                leaf = former.get(id(artist))
                if leaf is None or leaf.axes is not axes:
                    leaf = Leaf(artist, axes)
                drawn.append(leaf)
                if id(artist) not in silent:
                    self._inking.draw(draw, artist, renderer)

            return paint

        with hooked(self.figure, painter):
            self.canvas.draw()
        for leaf in drawn:
            leaf.parts = leaf.artist.findobj()
            leaf.known = is_known(leaf.artist)
            self._rates.setdefault(id(leaf.artist), 0.0)
        self._leaves = drawn

    def _paint_suffix(self) -> None:
        self.canvas.restore_region(self._background)
        self._paint(self._suffix)
        for leaf in self._leaves:
            # Placing a title marks the axis below it, too.
            leaf.settle()
        for leaf in self._suffix:
            leaf.painted()
        self._settle()

    def _paint(self, leaves: list[Leaf]) -> None:
        """Paint artists as Matplotlib does within a full drawing."""
        renderer = self.canvas.get_renderer()
        for axes in all_axes(self.figure):
            if any(title.stale for title in (axes.title, axes._left_title, axes._right_title)):
                axes._update_title_position(renderer)
        for leaf in leaves:
            with laid_out_once(leaf):
                self._inking.draw(leaf.artist.draw, leaf.artist, renderer)

    def _settle(self) -> None:
        """Mark figure and axes as drawn."""
        for axes in all_axes(self.figure):
            axes.stale = False
        self.figure.stale = False
        self._drawn_elsewhere = False
