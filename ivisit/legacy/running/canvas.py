"""`Canvas`: what old scripts get as the canvas of an image, and the events on it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.events import MouseEvent
from ivisit.legacy.running.winfo import WinfoAnswers

if TYPE_CHECKING:
    from ivisit.engine import Engine

logger = logging.getLogger(__name__)

#: Methods of Tk's canvas that change what is drawn on it, besides ``create_line`` and the like.
DRAWING = ("addtag_withtag", "coords", "delete", "dtag", "move", "moveto")


@dataclass(frozen=True)
class CanvasEvent:
    """A mouse event as old scripts know it.

    Attributes
    ----------
    x, y : int
        Pixels of the canvas: of the image times its scale, however large the window shows it.
    column, row : int
        Pixel of the image.
    num : int
        Button: 1 left, 2 middle, 3 right; 0 for a movement without one.
    type : str
        The Tk event sequence.
    widget : Canvas
        The canvas.
    """

    x: int
    y: int
    column: int
    row: int
    num: int
    type: str
    widget: Canvas


class Canvas(WinfoAnswers):
    """The canvas of an image, `scale` times as large as its data.

    Parameters
    ----------
    engine : Engine
        The engine.
    name : str
        Name of the panel.
    scale : float
        Pixels of the canvas for one of the image.
    picture : callable
        Returns the present data.
    """

    _tk_class = "Canvas"
    _kind = "canvas"
    _instead = "draw into the array that the picture shows"

    def __init__(self, engine: Engine, name: str, scale: float, picture: Callable[[], Any]) -> None:
        self.scale = scale
        self._engine = engine
        self._name = name
        self._picture = picture
        self._callbacks: dict[str, list[Callable[[CanvasEvent], Any]]] = {}

    def bind(self, sequence: str, func: Callable[[CanvasEvent], Any], add: Any = None) -> str:
        """Have ``func(event)`` called, between two steps, for a Tk event sequence."""
        if sequence not in self._callbacks:
            self._engine.link.bind(self._name, sequence, self._deliver)
        former = self._callbacks.get(sequence, []) if add else []
        self._callbacks[sequence] = [*former, func]
        return f"{self._name} {sequence}"

    def unbind(self, sequence: str, funcid: str | None = None) -> None:
        """Call nothing any more for `sequence`."""
        if sequence in self._callbacks:
            self._callbacks[sequence] = []

    def _deliver(self, event: MouseEvent) -> None:
        """Hand an event of the window on, in pixels of this canvas."""
        # The middle of the pixel, so that dividing by the scale gives the pixel again.
        old = CanvasEvent(
            x=int((event.column + 0.5) * self.scale),
            y=int((event.row + 0.5) * self.scale),
            column=event.column,
            row=event.row,
            num=event.button,
            type=event.sequence,
            widget=self,
        )
        for callback in self._callbacks.get(event.sequence, []):
            callback(old)

    def _extent(self) -> tuple[int, int]:
        picture = self._picture()
        if picture is None:
            # A text has no pixels of its own; the window knows its size.
            return self._engine.link.sizes.get(self._name, (1, 1))
        height, width = (*np.shape(picture), 1, 1)[:2]
        return int(self.scale * width), int(self.scale * height)

    def _toplevel(self) -> Any:
        return self._engine.simulation._parent  # type: ignore[attr-defined]

    def _is_looks(self, name: str) -> bool:
        return name in DRAWING or name.startswith(("create_", "item", "tag_"))

    def configure(self, **options: Any) -> None:
        """Do nothing: how the image looks is the window's affair."""

    config = configure

    def update(self) -> None:
        """Do nothing: the window draws by itself."""

    update_idletasks = update
    focus_set = update
