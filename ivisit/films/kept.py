"""`Kept`: figures of a simulation are left as they were."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary


class Kept:
    """Sizes of figures and places of their axes, which painting changes, as they were before.

    What a run returns of a figure must not depend on whether it was filmed.
    """

    def __init__(self) -> None:
        self._figures: dict[int, tuple[Any, float, tuple[float, float]]] = {}
        self._axes: WeakKeyDictionary[Any, tuple[Any, Any]] = WeakKeyDictionary()

    def note(self, figure: Any) -> None:
        """Remember a figure before it is painted, and axes that it has not had before."""
        known = figure.dpi, tuple(figure.get_size_inches())
        self._figures.setdefault(id(figure), (figure, *known))
        for axes in figure.axes:
            if axes not in self._axes:
                places = axes.get_position(original=True).frozen(), axes.get_position().frozen()
                self._axes[axes] = places

    def restore(self) -> None:
        """Give figures and axes what was remembered of them."""
        for figure, dpi, size in self._figures.values():
            figure.set_dpi(dpi)
            figure.set_size_inches(size)
        for axes, (original, active) in self._axes.items():
            # Not set_position, which would take the axes out of every layout.
            axes._set_position(original, which="original")  # noqa: SLF001
            axes._set_position(active, which="active")  # noqa: SLF001
