"""Looking at a figure more closely than it shows itself: limits for a while, and where axes lie."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from ivisit.looks import AxesPlace

#: The two directions of flat axes.
DIRECTIONS = ("x", "y")


@contextmanager
def looked_at(figure: Any, limits: Mapping[int, tuple[Any, Any]]) -> Iterator[None]:
    """Have the axes of a figure show other limits for a while; see `FigureView.limits`.

    No artist is marked as changed, and whether the simulation's limits follow its data stays as
    it was. Axes that share a direction show the same part of it.
    """
    former: list[Callable[[], None]] = []
    try:
        # The last one is what was looked at last.
        for index, chosen in limits.items():
            if index < len(figure.axes):
                _look(figure.axes[index], chosen, former)
        yield
    finally:
        for restore in reversed(former):
            restore()


def _look(axes: Any, chosen: tuple[Any, Any], former: list[Callable[[], None]]) -> None:
    kind = kind_of(axes)
    if kind == "solid" and not isinstance(chosen[0], tuple):
        former.append(partial(vars(axes).update, elev=axes.elev, azim=axes.azim))
        axes.elev, axes.azim = chosen
    if kind != "flat" or not isinstance(chosen[0], tuple):
        return
    for direction, ends in zip(DIRECTIONS, chosen, strict=True):
        if getattr(axes, f"get_{direction}scale")() == "log" and min(ends) <= 0:
            continue  # the simulation has changed the scale since
        grouper = getattr(axes, f"get_shared_{direction}_axes")()
        for each in grouper.get_siblings(axes):
            # Asking for it applies what autoscaling has left to do.
            box, name = each.viewLim, f"interval{direction}"
            former.append(partial(setattr, box, name, tuple(getattr(box, name))))
            setattr(box, name, ends)


def kind_of(axes: Any) -> str:
    """Return ``flat``, ``solid`` (three-dimensional) or ``other``; see `AxesPlace`."""
    if hasattr(axes, "get_zlim"):
        return "solid"
    return "flat" if axes.transData.is_separable else "other"


def places_of(figure: Any) -> tuple[AxesPlace, ...]:
    """Return where the visible axes of a drawn figure lie, the uppermost ones last."""
    width, height = figure.bbox.size.tolist()
    places = []
    for index, axes in enumerate(figure.axes):
        if not axes.get_visible():
            continue
        left, bottom, right, top = axes.bbox.extents.tolist()
        box = (left / width, 1 - top / height, right / width, 1 - bottom / height)
        kind = kind_of(axes) if axes.get_navigate() else "other"
        if not all(map(math.isfinite, box)) or not right > left or not top > bottom:
            continue
        angles = (float(axes.elev), float(axes.azim)) if kind == "solid" else (0.0, 0.0)
        numeric = (not axes.xaxis.have_units(), not axes.yaxis.have_units())
        to_data = axes.transData.inverted().frozen()
        places.append(AxesPlace(index, box, kind, angles, numeric, to_data, (width, height)))
    return tuple(places)
