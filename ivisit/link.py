"""What a simulation may ask of its window, without ever waiting for it.

User code runs on the worker's thread and must not touch Tk. It posts requests here; the window
takes them when it has time, and leaves behind what user code may want to know (sizes of panels).
Headlessly nobody takes the requests, and they are dropped when there are many.

There is one small class a request; the window matches them by class (`gui.actions.requests`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

#: What the buttons of the window do; ``cont`` runs on without a new beginning.
CommandName = Literal["init", "step", "run", "cont", "stop", "save", "reload"]


@dataclass(frozen=True)
class Request:
    """Base class of all requests of a simulation to its window."""


@dataclass(frozen=True)
class SetLabel(Request):
    """Change the visible label of the control or panel `widget`."""

    widget: str
    text: str


@dataclass(frozen=True)
class SetRange(Request):
    """Change the range of the slider `widget`; None keeps what there is."""

    widget: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


@dataclass(frozen=True)
class BindMouse(Request):
    """Have ``callback(MouseEvent)`` called on the worker's thread.

    `sequence` is a Tk event sequence such as ``<Button-1>`` on the image or figure `widget`.
    """

    widget: str
    sequence: str
    callback: Callable[[MouseEvent], Any]


@dataclass(frozen=True)
class OfferMenu(Request):
    """Offer an entry in the simulation's menu; chosen, ``callback()`` is called between steps."""

    text: str
    callback: Callable[[], Any]


@dataclass(frozen=True)
class Say(Request):
    """Show a line in the status bar."""

    text: str


@dataclass(frozen=True)
class SetTitle(Request):
    """Change the window's title."""

    text: str


@dataclass(frozen=True)
class Command(Request):
    """Do what the button of that name does."""

    name: CommandName


@dataclass(frozen=True)
class Quit(Request):
    """Close the window."""


@dataclass(frozen=True)
class MouseEvent:
    """A mouse event on a panel, as user code gets it.

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


class WindowLink:
    """Mailbox between a simulation and its window.

    Attributes
    ----------
    sizes : dict of str to (int, int)
        Width and height in pixels of the widgets on the screen, kept by the window.
    is_open : bool
        Whether a window takes the requests.
    """

    def __init__(self) -> None:
        self.sizes: dict[str, tuple[int, int]] = {}
        self.is_open = False
        # A headless run of days must not gather requests that nobody takes.
        self._requests: deque[Request] = deque(maxlen=10_000)

    def post(self, request: Request) -> None:
        """Ask the window for something; returns at once, from any thread."""
        self._requests.append(request)

    def take(self) -> list[Request]:
        """Return the requests that wait, oldest first, and forget them."""
        requests = []
        while self._requests:
            requests.append(self._requests.popleft())
        return requests
