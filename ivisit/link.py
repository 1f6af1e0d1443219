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

from ivisit.events import MouseEvent

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
class BindMouse(Request):
    """Report a Tk event sequence such as ``<Button-1>`` on the image or figure `widget`.

    See `WindowLink.bind`.
    """

    widget: str
    sequence: str


@dataclass(frozen=True)
class BindControl(Request):
    """Have ``callback(item)`` called on the worker's thread when the control `widget` is used.

    `sequence` is a virtual event of its widget, such as ``<<ItemSelected>>`` of a `DictSlider`;
    `item` is the item that is selected there, an empty text where there are none.
    """

    widget: str
    sequence: str
    callback: Callable[[str], Any]


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
class Saved(Request):
    """Tell how the saving of a file went that the window asked the worker for.

    `problem` is empty where it is saved; else ``again()`` asks for another place.
    """

    path: str
    problem: str
    again: Callable[[], object]


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


class WindowLink:
    """Mailbox between a simulation and its window.

    Attributes
    ----------
    sizes : dict of str to (int, int)
        Width and height in pixels of the widgets on the screen, kept by the window; the empty name
        is that of all of them together.
    is_open : bool
        Whether a window takes the requests.
    handlers : dict of (str, str) to callable
        Panel and event sequence to what is called with a `MouseEvent`.
    standing : dict of tuple to Request
        What was asked of widgets, for a window that makes its widgets anew.
    """

    def __init__(self) -> None:
        self.standing: dict[tuple[str, str, str], Request] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        self.is_open = False
        #: Whether the window steps until it is stopped; kept by the worker.
        self.is_running = False
        self.handlers: dict[tuple[str, str], Callable[[MouseEvent], Any]] = {}
        # A headless run of days must not gather requests that nobody takes.
        self._requests: deque[Request] = deque(maxlen=10_000)

    def post(self, request: Request) -> None:
        """Ask the window for something; returns at once, from any thread."""
        self._requests.append(request)

    def bind(self, panel: str, sequence: str, callback: Callable[[MouseEvent], Any]) -> None:
        """Have ``callback(event)`` called, between two steps, for a Tk event sequence on a panel.

        Events come from a window, or from the log of a run that is replayed.
        """
        self.handlers[panel, sequence] = callback
        self.post(BindMouse(panel, sequence))

    def take(self) -> list[Request]:
        """Return the requests that wait, oldest first, and forget them."""
        requests = []
        while self._requests:
            requests.append(self._requests.popleft())
        return requests
