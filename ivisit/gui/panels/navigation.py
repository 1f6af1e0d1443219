"""Looking around in a figure by mouse: a part of it, moved, turned, and all of it again.

Only the view changes, never the figure: see `ivisit.looks`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ivisit.gui.panels.plot import NOTCH
from ivisit.looks import AxesPlace, Limits

if TYPE_CHECKING:
    from ivisit.gui.panels.figure import FigureWidget

#: What the left button does: nothing of its own, mark what to look at, or move.
MODES = ("", "zoom", "pan")
#: The pointer in each mode.
CURSORS = {"": "", "zoom": "crosshair", "pan": "fleur"}
#: Degrees by which three-dimensional axes turn when the pointer crosses all of them.
TURN = 180.0
#: Pixels below which a rectangle is a click.
CLICK = 5
#: Least part of a coordinate by which the ends of an axis may differ.
RESOLUTION = 1e-12

Box = tuple[float, float, float, float]


class Navigation:
    """Binds the mouse on a figure to looking around in it.

    Parameters
    ----------
    panel : FigureWidget
        Shows the figure.

    Attributes
    ----------
    mode : str
        ``zoom``: a drag marks the part to look at; ``pan``: it moves; ``""``: it moves, unless the
        button is the simulation's.
    """

    def __init__(self, panel: FigureWidget) -> None:
        self.panel = panel
        self.mode = ""
        self._held: list[AxesPlace] = []
        self._start = (0.0, 0.0)
        self._begin = (0, 0)
        self._gesture = ""
        canvas = panel.canvas
        self._rectangle = canvas.create_rectangle(0, 0, 0, 0, state="hidden", dash=(4, 3))
        for button in (1, 2):
            # Without `add`: the picture itself is neither moved nor enlarged.
            add = button == 1
            canvas.bind(f"<ButtonPress-{button}>", self._press, add=add)
            canvas.bind(f"<B{button}-Motion>", self._drag, add=add)
            canvas.bind(f"<ButtonRelease-{button}>", self._release, add=add)
        canvas.bind("<Double-Button-1>", self._home, add=True)
        for wheel in ("<Control-Button-4>", "<Control-Button-5>", "<Control-MouseWheel>"):
            canvas.bind(wheel, self._zoom_at)

    def choose(self, mode: str) -> None:
        """Choose what the left button does; the present mode again: nothing."""
        self.mode = "" if mode == self.mode else mode
        self.panel.canvas.configure(cursor=CURSORS[self.mode])
        self.panel.show_tools()

    @property
    def takes_button(self) -> bool:
        """Whether the left button is not the simulation's."""
        return bool(self.mode) or not self.panel.panel.pointer

    def home(self) -> None:
        """Show the figure as it is."""
        if self.panel.view.limits:
            self.panel.view.limits = {}
            self.panel.show_again()

    # Gestures -------------------------------------------------------------------------------

    def _press(self, event: Any) -> None:
        if event.num == 1 and not self.takes_button:
            return
        self._start = self.panel.canvas.fraction_at(event.x, event.y)
        self._begin = (event.x, event.y)
        self._held = self._places_at(*self._start)
        if not self._held:
            return
        if self._held[0].kind == "solid":
            self._gesture = "turn"
        else:
            self._gesture = "zoom" if event.num == 1 and self.mode == "zoom" else "pan"

    def _drag(self, event: Any) -> None:
        if not self._held:
            return
        x, y = self.panel.canvas.fraction_at(event.x, event.y)
        moved = (x - self._start[0], y - self._start[1])
        if self._gesture == "zoom":
            color = self.panel.host.theme.palette.accent
            canvas = self.panel.canvas
            canvas.coords(self._rectangle, *self._begin, event.x, event.y)
            canvas.itemconfigure(self._rectangle, state="normal", outline=color)
            canvas.tag_raise(self._rectangle)
        elif self._gesture == "turn":
            self._turn(self._held[0], *moved)
        elif any(moved):
            boxes = [_shifted(place.box, -moved[0], -moved[1]) for place in self._held]
            self._look_at(self._held, boxes)

    def _release(self, event: Any) -> None:
        held, self._held = self._held, []
        if self._gesture != "zoom" or not held:
            return
        self.panel.canvas.itemconfigure(self._rectangle, state="hidden")
        if min(abs(event.x - self._begin[0]), abs(event.y - self._begin[1])) < CLICK:
            return
        x, y = self.panel.canvas.fraction_at(event.x, event.y)
        marked = (
            min(x, self._start[0]), min(y, self._start[1]),
            max(x, self._start[0]), max(y, self._start[1]),
        )  # fmt: skip
        self._look_at(held, [_common(place.box, marked) for place in held])

    def _zoom_at(self, event: Any) -> str:
        """Zoom so that the data under the pointer stay there."""
        x, y = self.panel.canvas.fraction_at(event.x, event.y)
        places = [place for place in self._places_at(x, y) if place.kind == "flat"]
        factor = 1 / NOTCH if event.num == 4 or event.delta > 0 else NOTCH
        self._look_at(places, [_scaled(place.box, x, y, factor) for place in places])
        return "break"

    def _home(self, event: Any) -> None:
        if self.mode == "zoom":
            self._press(event)  # the beginning of another part, in the same place
        elif self.takes_button:
            self._held = []
            self.home()

    # What it means --------------------------------------------------------------------------

    def _places_at(self, x: float, y: float) -> list[AxesPlace]:
        """Return the uppermost axes at a place, and those in the same place, as twins are."""
        top = self.panel.view.axes_at(x, y)
        if top is None or top.kind == "other":
            return []
        same = [place for place in self.panel.view.places if _is_same(place.box, top.box)]
        return [top, *(p for p in same if p is not top and p.kind == top.kind)]

    def _look_at(self, places: Sequence[AxesPlace], boxes: Sequence[Box]) -> None:
        """Have boxes, in fractions of the figure, fill the axes."""
        chosen: dict[int, tuple[Limits, Limits]] = {}
        for place, (left, top, right, bottom) in zip(places, boxes, strict=True):
            (x0, y0), (x1, y1) = place.data_at(left, bottom), place.data_at(right, top)
            if not (_differ(x0, x1) and _differ(y0, y1)):
                return
            chosen[place.index] = ((x0, x1), (y0, y1))
        if chosen:
            self._show(chosen)

    def _turn(self, place: AxesPlace, across: float, down: float) -> None:
        left, top, right, bottom = place.box
        elevation = place.angles[0] + TURN * down / (bottom - top)
        azimuth = place.angles[1] - TURN * across / (right - left)
        self._show({place.index: (elevation, azimuth)})

    def _show(self, chosen: dict[int, Any]) -> None:
        view = self.panel.view
        view.limits = {i: ends for i, ends in view.limits.items() if i not in chosen} | chosen
        self.panel.show_again()


def _shifted(box: Box, across: float, down: float) -> Box:
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def _scaled(box: Box, x: float, y: float, factor: float) -> Box:
    return (
        x + (box[0] - x) * factor,
        y + (box[1] - y) * factor,
        x + (box[2] - x) * factor,
        y + (box[3] - y) * factor,
    )


def _common(box: Box, other: Box) -> Box:
    return (
        max(box[0], other[0]),
        max(box[1], other[1]),
        min(box[2], other[2]),
        min(box[3], other[3]),
    )


def _is_same(box: Box, other: Box) -> bool:
    return all(abs(a - b) < 1e-6 for a, b in zip(box, other, strict=True))


def _differ(first: float, second: float) -> bool:
    """Tell whether two ends of an axis are numbers, and far enough from each other."""
    largest = max(abs(first), abs(second))
    return math.isfinite(largest) and abs(second - first) > RESOLUTION * largest
