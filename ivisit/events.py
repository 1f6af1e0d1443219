"""`PointerEvent`: what the mouse or a key did on a panel; a part of the session, as values are."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ivisit.errors import ParameterError, expected

EventKind = Literal["press", "drag", "release", "double", "wheel", "key"]


@dataclass(frozen=True)
class PointerEvent:
    """What happened on a panel that is declared with ``pointer=True`` or ``keys=True``.

    Attributes
    ----------
    panel : str
        Name of the panel.
    kind : {'press', 'drag', 'release', 'double', 'wheel', 'key'}
        What happened.
    x, y : float
        Where, in data coordinates: of an image, column and row with their fractions (the middle
        of the first pixel is 0.5, 0.5); of a figure, the coordinates of its axes.
    row, column : int or None
        Pixel of the image, always inside it; None on figures.
    axes : int or None
        Which of the figure's axes, by its place in ``figure.axes``; None outside all of them, where
        `x` and `y` are fractions of the figure's width and height, and on images.
    button : int
        1 left, 2 middle, 3 right; 0 where none is held.
    delta : int
        Notches of the wheel, upwards positive.
    key : str
        Name of the key as Tk has it: ``a``, ``A``, ``Left``, ``space`` ...
    modifiers : tuple of str
        Those of ``shift``, ``control``, ``alt`` that are held.
    """

    panel: str
    kind: EventKind = "press"
    x: float | None = None
    y: float | None = None
    row: int | None = None
    column: int | None = None
    axes: int | None = None
    button: int = 1
    delta: int = 0
    key: str = ""
    modifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(EventKind):
            allowed = f"one of {', '.join(get_args(EventKind))}"
            raise ParameterError(expected("PointerEvent", "kind", allowed, self.kind))
        # The middle of the pixel, where only that is given.
        for name, index in (("x", self.column), ("y", self.row)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, 0.0 if index is None else index + 0.5)
        object.__setattr__(self, "modifiers", tuple(self.modifiers))


@dataclass(frozen=True)
class MouseEvent:
    """A mouse event on a panel, as scripts get it that have bound a Tk event sequence.

    Attributes
    ----------
    x, y : int
        Pixels of the widget on the screen, from its upper left corner.
    column, row : int
        Pixel of the image that lies there, within the image's bounds.
    button : int
        1 left, 2 middle, 3 right; 0 for a movement without button.
    sequence : str
        The Tk event sequence, e.g. ``<B1-Motion>``.
    panel : str
        Name of the panel.
    """

    x: int
    y: int
    column: int
    row: int
    button: int
    sequence: str
    panel: str


Event = PointerEvent | MouseEvent


def as_event(value: Any) -> Event:
    """Return an event, or make one of a mapping of its attributes."""
    if isinstance(value, PointerEvent | MouseEvent):
        return value
    if isinstance(value, Mapping):
        kind = MouseEvent if "sequence" in value else PointerEvent
        try:
            return kind(**value)
        except TypeError as error:
            raise ParameterError(f"event: {error}") from error
    raise ParameterError(expected("", "event", "a PointerEvent or a dict of its attributes", value))


class EventQueue:
    """Events that wait for the simulation; of movements in a row only the latest counts.

    A simulation that is slower than the mouse must not lag more and more behind it.
    """

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._lock = threading.Lock()

    def put(self, event: Event) -> bool:
        """Add an event; tell whether it waits on its own, not in place of a former one."""
        with self._lock:
            joins = bool(self._events) and _continues(self._events[-1], event)
            if joins:
                self._events.pop()
            self._events.append(event)
        return not joins

    def first(self) -> Event | None:
        """Return the oldest event and leave it; None when there is none."""
        with self._lock:
            return self._events[0] if self._events else None

    def take(self) -> Event | None:
        """Return the oldest event; None when there is none."""
        with self._lock:
            return self._events.popleft() if self._events else None


def _continues(former: Event, event: Event) -> bool:
    """Tell whether two events are movements of one kind."""
    if isinstance(former, MouseEvent) and isinstance(event, MouseEvent):
        same = (former.panel, former.sequence) == (event.panel, event.sequence)
        return same and "Motion" in event.sequence
    if isinstance(former, PointerEvent) and isinstance(event, PointerEvent):
        return former.kind == event.kind == "drag" and (former.panel, former.button) == (
            event.panel,
            event.button,
        )
    return False
