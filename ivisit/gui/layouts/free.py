"""`FreeLayout`: widgets at given positions, which can be moved by hand."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ivisit.gui.arranging.dragging import Holder
from ivisit.gui.arranging.solving import Rectangle
from ivisit.gui.arranging.tree import Direction, Side
from ivisit.gui.layouts.base import GAP, Layout
from ivisit.gui.panels import PanelWidget
from ivisit.gui.toolkit.scrolling import ScrolledFrame
from ivisit.gui.widgets import ControlWidget

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: Pixels at 96 dpi by which a key moves a card, or makes it larger.
STEP = 10
#: Width at 96 dpi of a card's edge by which it can be resized.
EDGE = 7
#: The smallest card, in pixels at 96 dpi.
SMALLEST = 60

AnyWidget = ControlWidget | PanelWidget


class FreeLayout(Layout):
    """Widgets at given positions; those without one stand below all others.

    Cards are moved by their headings and resized by their edges, controls moved by their labels.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    host : Host
        What the widgets may ask of the window.
    positions : mapping of str to mapping
        Widget name to ``{"x": ..., "y": ...}`` and perhaps ``"width"`` and ``"height"``, in pixels
        at 96 dpi. Where several widgets claim the same place, the first one gets it.
    """

    def __init__(
        self, parent: tk.Misc, host: Host, positions: Mapping[str, Mapping[str, Any]]
    ) -> None:
        super().__init__(parent, host)
        px = host.theme.pixels
        self.area = ScrolledFrame(self, horizontal=True, background=host.theme.palette.background)
        self.area.configure(width=1, height=1)
        self.area.grid_propagate(False)
        self._areas = [self.area]
        self.area.pack(fill="both", expand=True, padx=px(GAP), pady=(0, px(GAP)))
        self.area.bind("<Configure>", lambda event: self.fill_area(), add=True)
        self._given = positions
        self._positions: dict[str, dict[str, int]] = {}
        self._places: dict[str, Rectangle] = {}
        self._make_widgets(self.area.content, self.area.content)
        self._widgets: dict[str, AnyWidget] = {**self.controls}
        self._widgets |= {card.name: card for card in self.cards}
        self.update_idletasks()
        self._lay_out()
        self.arrange()
        for name in self._widgets:
            self._make_movable(name)

    def _make_movable(self, name: str) -> None:
        widget = self._widgets[name]
        if isinstance(widget, ControlWidget):
            grips: list[tk.Misc] = [widget, widget.label, widget.body]
        else:
            grips = [widget.heading, widget.label, widget.note]
            Holder([widget], self.host.theme, lambda: EdgeDrag(self, name), self.watch)
            widget.bind("<Motion>", lambda event: self._show_edge(name, event), add=True)
        Holder(grips, self.host.theme, lambda: PlaceDrag(self, name), self.watch)

    # Places -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Find a place for each widget: the given one, or below all others."""
        px, gap = self.host.theme.pixels, self.host.theme.pixels(GAP)
        self._positions.clear()
        taken: set[tuple[int, int]] = set()
        waiting: list[str] = []
        right = bottom = 0
        for name, widget in self._widgets.items():
            given = _as_place(self._given.get(name))
            if given is None or (given["x"], given["y"]) in taken:
                waiting.append(name)
                continue
            taken.add((given["x"], given["y"]))
            self._positions[name] = given
            place = Rectangle(px(given["x"]), px(given["y"]), *self._size(widget, given))
            self._places[name] = place
            right, bottom = max(right, place.right), max(bottom, place.bottom)
        right = max(right, px(900))
        x, y, height = 0, bottom + gap if bottom else 0, 0
        for name in waiting:
            size = self._size(self._widgets[name], {})
            if x and x + size[0] > right:
                x, y, height = 0, y + height + gap, 0
            self._places[name] = Rectangle(x, y, *size)
            x, height = x + size[0] + gap, max(height, size[1])

    def _size(self, widget: AnyWidget, place: Mapping[str, int]) -> tuple[int, int]:
        """Return the size of a widget: the given one, or the one that it asks for."""
        px = self.host.theme.pixels
        if isinstance(widget, PanelWidget):
            size = widget.natural_size()
        else:
            widget.put_label_on_top()
            widget.update_idletasks()
            size = (widget.winfo_reqwidth(), widget.winfo_reqheight())
        width, height = place.get("width"), place.get("height")
        return (px(width) if width else size[0], px(height) if height else size[1])

    def arrange(self) -> None:
        shown = self.shown_cards()
        for name, widget in self._widgets.items():
            if isinstance(widget, ControlWidget) or name in shown:
                self._put(widget, self._places[name])
            elif name not in self.windows:
                widget.take_out()
        self._measure()
        self.fill_area()

    def _measure(self) -> None:
        """Make the area as large as all places."""
        width, height = self._extent()
        self.area.content.configure(width=width, height=height)
        self.area.fit()

    def _extent(self) -> tuple[int, int]:
        """Return the width and height that all places together have."""
        places = self._places.values()
        right = max((place.right for place in places), default=0)
        bottom = max((place.bottom for place in places), default=0)
        return right, bottom + self.host.theme.pixels(GAP)

    def wanted_size(self, room: tuple[int, int]) -> tuple[int, int]:
        width, height = self._extent()
        gap = self.host.theme.pixels(GAP)
        return min(width + 2 * gap, room[0]), min(height + gap, room[1])

    @staticmethod
    def _put(widget: AnyWidget, place: Rectangle) -> None:
        widget.place(x=place.x, y=place.y, width=place.width)
        if isinstance(widget, PanelWidget):
            widget.place(height=place.height)  # controls grow to explain why a value was refused

    def place_of(self, name: str) -> Rectangle:
        """Return the place of a widget in pixels."""
        return self._places[name]

    def set_place(self, name: str, place: Rectangle) -> None:
        """Put a widget somewhere else, in front of the others."""
        scale, least = self.host.theme.scale, self.host.theme.pixels(SMALLEST)
        widget = self._widgets[name]
        is_card = isinstance(widget, PanelWidget)
        width = max(place.width, least) if is_card else place.width
        height = max(place.height, least) if is_card else place.height
        place = Rectangle(max(place.x, 0), max(place.y, 0), width, height)
        former = self._positions.get(name, {})
        position = {"x": round(place.x / scale), "y": round(place.y / scale)}
        if is_card:
            sizes = {"width": place.width, "height": place.height}
            position |= {key: round(length / scale) for key, length in sizes.items()}
        else:
            position |= {key: former[key] for key in ("width", "height") if key in former}
        self._places[name], self._positions[name] = place, position
        if name not in self.windows and name not in self.hidden:
            self._put(widget, place)
            widget.lift()
        self._measure()

    def move(self, card: PanelWidget, side: Side) -> None:
        step = self.host.theme.pixels(STEP)
        across = {"left": -step, "right": step}.get(side, 0)
        down = {"above": -step, "below": step}.get(side, 0)
        self._shift(card.name, across, down, 0, 0)

    def put(self, card: PanelWidget, beside: PanelWidget, side: Side) -> None:
        gap = self.host.theme.pixels(GAP)
        own, other = self._places[card.name], self._places[beside.name]
        x = {"left": other.x - gap - own.width, "right": other.right + gap}.get(side, other.x)
        y = {"above": other.y - gap - own.height, "below": other.bottom + gap}.get(side, other.y)
        self.restore()
        self.set_place(card.name, Rectangle(x, y, own.width, own.height))

    def grow(self, card: PanelWidget, direction: Direction, more: bool) -> None:
        step = self.host.theme.pixels(STEP) * (1 if more else -1)
        self._shift(card.name, 0, 0, step * (direction == "row"), step * (direction == "column"))

    def _shift(self, name: str, x: int, y: int, width: int, height: int) -> None:
        self.restore()
        place = self._places[name]
        self.set_place(
            name, Rectangle(place.x + x, place.y + y, place.width + width, place.height + height)
        )

    def reset(self) -> None:
        """Show all widgets where the given positions have them."""
        super().reset()
        self._lay_out()
        self.arrange()

    def positions(self) -> dict[str, dict[str, int]]:
        return self._positions

    def arrangement(self) -> dict[str, Any]:
        """Return what is remembered; see `Layout.arrangement`.

        Returns
        -------
        dict
            Also ``places``: the present positions of the widgets that have one.
        """
        return {**super().arrangement(), "places": dict(self._positions)}

    def take_arrangement(self, entry: Mapping[str, Any]) -> None:
        super().take_arrangement(entry)
        places, px = entry.get("places"), self.host.theme.pixels
        for name, given in places.items() if isinstance(places, Mapping) else ():
            place = _as_place(given)
            if name in self._widgets and place is not None and place != self._positions.get(name):
                size = self._size(self._widgets[name], place)
                self.set_place(name, Rectangle(px(place["x"]), px(place["y"]), *size))

    # Edges ------------------------------------------------------------------------------------

    def edges_at(self, name: str, x: int, y: int) -> tuple[int, int]:
        """Return which edges of a card lie at a place in it: -1 left or top, 1 right or bottom."""
        place, edge = self._places[name], self.host.theme.pixels(EDGE)
        across = -1 if x < edge else 1 if x >= place.width - edge else 0
        down = -1 if y < edge else 1 if y >= place.height - edge else 0
        return across, down

    def _show_edge(self, name: str, event: Any) -> None:
        is_free = name not in self.windows and self._maximized is None
        edges = self.edges_at(name, event.x, event.y) if is_free else (0, 0)
        event.widget.configure(cursor=CURSORS[edges])


#: The pointer over the edges of a card.
CURSORS = {
    (0, 0): "",
    (-1, 0): "left_side",
    (1, 0): "right_side",
    (0, -1): "top_side",
    (0, 1): "bottom_side",
    (-1, -1): "top_left_corner",
    (1, -1): "top_right_corner",
    (-1, 1): "bottom_left_corner",
    (1, 1): "bottom_right_corner",
}


class PlaceDrag:
    """A widget that is moved by hand; see `dragging.Drag`."""

    def __init__(self, layout: FreeLayout, name: str) -> None:
        self.layout = layout
        self.name = name

    def begin(self, x: int, y: int) -> None:
        self._from = (x, y)
        self._former = self.layout.place_of(self.name)
        self._position = self.layout.positions().get(self.name)

    def over(self, x: int, y: int) -> None:
        layout = self.layout
        if self.name in layout.windows or layout.maximized is not None:
            return
        layout.set_place(self.name, self._moved(x - self._from[0], y - self._from[1]))

    def _moved(self, across: int, down: int) -> Rectangle:
        former = self._former
        return Rectangle(former.x + across, former.y + down, former.width, former.height)

    def drop(self, x: int, y: int) -> None:
        self.over(x, y)

    def cancel(self) -> None:
        self.layout.set_place(self.name, self._former)
        if self._position is None:
            self.layout.positions().pop(self.name, None)
        else:
            self.layout.positions()[self.name] = self._position


class EdgeDrag(PlaceDrag):
    """A card one or two of whose edges are moved."""

    def begin(self, x: int, y: int) -> None:
        super().begin(x, y)
        content = self.layout.area.content
        inside = (
            x - content.winfo_rootx() - self._former.x,
            y - content.winfo_rooty() - self._former.y,
        )
        self._edges = self.layout.edges_at(self.name, *inside)

    def _moved(self, across: int, down: int) -> Rectangle:
        former, least = self._former, self.layout.host.theme.pixels(SMALLEST)
        x, width = _resized(former.x, former.width, self._edges[0], across, least)
        y, height = _resized(former.y, former.height, self._edges[1], down, least)
        return Rectangle(x, y, width, height)


def _resized(start: int, length: int, edge: int, distance: int, least: int) -> tuple[int, int]:
    """Return start and length of a side whose lower (-1) or upper (1) end moves."""
    if edge == 0:
        return start, length
    if edge == 1:
        return start, max(length + distance, least)
    # Neither beyond the border of the area, nor so far that nothing is left.
    moved = max(min(distance, length - least), -start)
    return start + moved, length - moved


def _as_place(entry: Any) -> dict[str, int] | None:
    """Return the numbers of a stored position; None when it is none."""
    if not isinstance(entry, Mapping):
        return None
    numbers = {
        key: max(round(entry[key]), 0)
        for key in ("x", "y", "width", "height")
        if isinstance(entry.get(key), int | float) and math.isfinite(entry[key])
    }
    return numbers if "x" in numbers and "y" in numbers else None
