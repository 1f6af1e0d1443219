"""Axes of a figure arranged so that no label is cut, as rarely as possible."""

from __future__ import annotations

import logging
import warnings
from typing import Any

logger = logging.getLogger(__name__)


class FigureLayout:
    """Arranges the axes of a figure, unless the simulation has chosen a layout or margins.

    Matplotlib's constrained layout takes as long as several drawings, so it runs only where texts,
    size or grid have changed.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    """

    def __init__(self, figure: Any) -> None:
        self.figure = figure
        self._arranged_for: tuple[Any, ...] = ()
        #: The axes that were arranged last, and their places.
        self._arranged: list[tuple[Any, Any, Any]] = []

    def has_own_engine(self) -> bool:
        """Tell whether the simulation has chosen a layout engine."""
        return self.figure.get_layout_engine() is not None

    def arrange(self) -> bool:
        """Lay the axes out where their texts have changed; tell whether anything moved.

        Matplotlib's constrained layout takes longer than drawing, so it must not run each time.
        Who chose a layout or margins of his own keeps them. What cannot be arranged stays as it is.
        """
        if self.has_own_engine() or self._has_own_margins():
            return False
        texts = tuple(_texts_around(axes) for axes in self.figure.axes)
        arranged_for = (self._grid(), len(self.figure.texts), texts)
        if arranged_for == self._arranged_for or not texts:
            return False
        # Axes at places of their own are not to be arranged.
        if all(axes.get_subplotspec() is None for axes in self.figure.axes):
            return False
        moved = self._execute_layout()
        self._arranged_for = arranged_for
        self._arranged = [
            (a, a.get_position(original=True), a.get_position()) for a in self.figure.axes
        ]
        return moved

    def put_as_before(self) -> None:
        """Give axes that were made anew the places of those that stood there before.

        Who clears a figure and draws it again for each picture need not wait for the layout, which
        takes as long as several drawings.
        """
        axes = self.figure.axes
        if len(axes) != len(self._arranged) or not axes or self._arranged_for[0] != self._grid():
            return
        if self.has_own_engine() or self._has_own_margins():
            return
        if all(each is former for each, (former, *_) in zip(axes, self._arranged, strict=True)):
            return
        for each, (_, original, active) in zip(axes, self._arranged, strict=True):
            if each.get_subplotspec() is not None:
                each._set_position(original, which="original")
                each._set_position(active, which="active")
        self._arranged = [
            (each, *places) for each, (_, *places) in zip(axes, self._arranged, strict=True)
        ]

    def _grid(self) -> tuple[Any, ...]:
        """Return the size of the figure, and where in which grid the axes stand."""
        return tuple(self.figure.bbox.size), [_cell_of(axes) for axes in self.figure.axes]

    def _execute_layout(self) -> bool:
        """Run Matplotlib's constrained layout once; tell whether it could."""
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        # A legend inside the axes needs no room around them, however wide it is.
        legends = [a.get_legend() for a in self.figure.axes if a.get_legend() is not None]
        inside = [legend for legend in legends if legend.get_bbox_to_anchor() is legend.parent.bbox]
        inside = [legend for legend in inside if legend.get_in_layout()]
        places = [(a, a.get_position(original=True), a.get_position()) for a in self.figure.axes]
        for legend in inside:
            legend.set_in_layout(False)
        try:
            with warnings.catch_warnings():
                # That a place is too small for all labels is seen, and not the user's fault.
                warnings.simplefilter("ignore")
                ConstrainedLayoutEngine().execute(self.figure)
        # Whatever Matplotlib raises here concerns the arrangement, which can be done without.
        except Exception as error:  # noqa: BLE001
            logger.debug("the axes cannot be arranged: %s: %s", type(error).__name__, error)
            for axes, original, active in places:
                axes._set_position(original, which="original")
                axes._set_position(active, which="active")
            return False
        finally:
            for legend in inside:
                legend.set_in_layout(True)
        return True

    def _has_own_margins(self) -> bool:
        # A new SubplotParams has Matplotlib's own values.
        margins = self.figure.subplotpars
        return vars(margins) != vars(type(margins)())


def _texts_around(axes: Any) -> tuple[Any, ...]:
    """Return what decides how much room `axes` needs around itself."""
    ticks = []
    for axis in (axes.xaxis, axes.yaxis):
        labels = [tick.label1.get_text() for tick in axis.majorTicks]
        ticks.append(max(map(len, labels), default=0))
    return axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), *ticks


def _cell_of(axes: Any) -> tuple[Any, ...]:
    """Return the places of axes in their grids, from the innermost one to the outermost."""
    cells = []
    spec = axes.get_subplotspec()
    while spec is not None:
        grid = spec.get_gridspec()
        cells.append((spec.get_geometry(), grid.get_width_ratios(), grid.get_height_ratios()))
        spec = getattr(grid, "_subplot_spec", None)
    return tuple(cells)
