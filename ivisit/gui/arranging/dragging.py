"""Moving cards by their headings: what is held, where it would go, and what shows that."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ivisit.gui.arranging.solving import Rectangle, Solution
from ivisit.gui.arranging.tree import Side
from ivisit.gui.toolkit.theme import Theme

#: Pixels at 96 dpi that the pointer moves before a press becomes a drag.
THRESHOLD = 6
#: Width at 96 dpi of the border of the area in which a card goes beside all others.
BORDER = 22
#: Thickness at 96 dpi of the frame around the place where the card would go.
LINE = 3
#: Part of the area that a card gets beside all others.
OUTER_PART = 4


class Drag(Protocol):
    """What happens to a thing that is held; places are those of the screen."""

    def begin(self, x: int, y: int) -> None:
        """The pointer has begun to move from this place."""

    def over(self, x: int, y: int) -> None:
        """The pointer is here."""

    def drop(self, x: int, y: int) -> None:
        """The user has let go here."""

    def cancel(self) -> None:
        """It was not meant."""


class Holder:
    """Turns the events of some widgets into a `Drag`.

    Parameters
    ----------
    widgets : list of tkinter.Misc
        By these the thing is held.
    theme : Theme
        Gives sizes.
    make : callable
        ``make()`` returns the `Drag` that begins.
    watch : callable
        ``watch(holder)`` is told when a drag begins, ``watch(None)`` when it ends.
    """

    def __init__(
        self,
        widgets: list[tk.Misc],
        theme: Theme,
        make: Callable[[], Drag],
        watch: Callable[[Holder | None], object],
    ) -> None:
        self.theme = theme
        self.make = make
        self.watch = watch
        self._start: tuple[int, int] | None = None
        self._drag: Drag | None = None
        for widget in widgets:
            widget.bind("<ButtonPress-1>", self._press, add=True)
            widget.bind("<B1-Motion>", self._move, add=True)
            widget.bind("<ButtonRelease-1>", self._release, add=True)

    def _press(self, event: Any) -> None:
        self._start = (event.x_root, event.y_root)

    def _move(self, event: Any) -> None:
        if self._start is None:
            return
        x, y = event.x_root, event.y_root
        if self._drag is None:
            distance = max(abs(x - self._start[0]), abs(y - self._start[1]))
            if distance < self.theme.pixels(THRESHOLD):
                return
            self._drag = self.make()
            self.watch(self)
            self._drag.begin(*self._start)
        self._drag.over(x, y)

    def _release(self, event: Any) -> None:
        drag = self._end()
        if drag is not None:
            drag.drop(event.x_root, event.y_root)

    def cancel(self) -> None:
        """Leave all as it was."""
        drag = self._end()
        if drag is not None:
            drag.cancel()

    def _end(self) -> Drag | None:
        drag, self._drag, self._start = self._drag, None, None
        if drag is not None:
            self.watch(None)
        return drag


@dataclass(frozen=True)
class Target:
    """Where a card would go: to a side of another one, or of all where `beside` is empty."""

    beside: str
    side: Side
    outline: Rectangle


def target_at(
    solution: Solution, seen: Rectangle, name: str, x: int, y: int, border: int
) -> Target | None:
    """Return where the card `name` would go from a place of the area; None where it would stay.

    `seen` is the part of the area that is seen.
    """
    if not seen.contains(x, y):
        return None
    others = [other for other in solution.places if other != name]
    if others:
        depths: dict[Side, int] = {
            "left": x - seen.x,
            "right": seen.right - 1 - x,
            "above": y - seen.y,
            "below": seen.bottom - 1 - y,
        }
        side = min(depths, key=lambda side: depths[side])
        if depths[side] < border:
            return Target("", side, part_of(seen, side, OUTER_PART))
    for other in others:
        place = solution.places[other]
        if place.contains(x, y):
            side = nearest_side(place, x, y)
            return Target(other, side, part_of(place, side, 2))
    return None


def nearest_side(place: Rectangle, x: int, y: int) -> Side:
    """Return the side of a rectangle to which a point inside is next, in its own proportions."""
    across = (x - place.x + 0.5) / place.width - 0.5
    down = (y - place.y + 0.5) / place.height - 0.5
    if abs(across) > abs(down):
        return "left" if across < 0 else "right"
    return "above" if down < 0 else "below"


def part_of(place: Rectangle, side: Side, part: int) -> Rectangle:
    """Return the part of a rectangle that lies at one side: a half (2), a quarter (4) ..."""
    width, height = max(place.width // part, 1), max(place.height // part, 1)
    match side:
        case "left":
            return Rectangle(place.x, place.y, width, place.height)
        case "right":
            return Rectangle(place.right - width, place.y, width, place.height)
        case "above":
            return Rectangle(place.x, place.y, place.width, height)
    return Rectangle(place.x, place.bottom - height, place.width, height)


class Outline:
    """A frame of four lines around a place; what lies below it stays visible."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        self.parent = parent
        self.thickness = theme.pixels(LINE)
        accent = theme.palette.accent
        self._lines = [tk.Frame(parent, background=accent, borderwidth=0) for _ in range(4)]
        self._shown: Rectangle | None = None

    def show(self, place: Rectangle | None) -> None:
        """Show the frame there; None takes it away."""
        if place == self._shown:
            return
        self._shown = place
        if place is None:
            for line in self._lines:
                line.place_forget()
            return
        thick = self.thickness
        for line, (x, y, width, height) in zip(
            self._lines,
            (
                (place.x, place.y, place.width, thick),
                (place.x, place.bottom - thick, place.width, thick),
                (place.x, place.y, thick, place.height),
                (place.right - thick, place.y, thick, place.height),
            ),
            strict=True,
        ):
            line.place(in_=self.parent, x=x, y=y, width=width, height=height)
            line.lift()

    def destroy(self) -> None:
        """Take it away for good."""
        for line in self._lines:
            line.destroy()


class Flag:
    """A small text that follows the pointer, also outside of the window."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        palette, px = theme.palette, theme.pixels
        self._offset = px(14)
        self._text = ""
        self.window = tk.Toplevel(parent, background=palette.accent)
        self.window.wm_withdraw()
        self.window.wm_overrideredirect(True)
        self._label = tk.Label(
            self.window,
            background=palette.surface,
            foreground=palette.text,
            padx=px(8),
            pady=px(4),
        )
        self._label.pack(padx=1, pady=1)

    def show(self, text: str, x: int, y: int) -> None:
        """Show a text beside a place of the screen."""
        self.window.wm_geometry(f"+{x + self._offset}+{y + self._offset}")
        if text != self._text:
            first, self._text = not self._text, text
            self._label.configure(text=text)
            if first:
                self.window.wm_deiconify()
                self.window.lift()

    def destroy(self) -> None:
        """Take it away for good."""
        self.window.destroy()
