"""What a simulation may ask of its window, without ever waiting for it.

User code runs on the worker's thread and must not touch Tk. It posts requests here; the window
takes them when it has time, and leaves behind what user code may want to know (sizes of panels).
Headlessly nobody takes the requests, and they are dropped when there are many.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request of the simulation to its window.

    Attributes
    ----------
    action : str
        ``label`` (text=): change the visible label of a widget;
        ``range`` (minimum=, maximum=, step=; None keeps): change the range of a slider;
        ``bind`` (sequence=, callback=): have ``callback(MouseEvent)`` called, on the worker's
        thread, for a Tk event sequence such as ``<Button-1>`` on an image or figure panel;
        ``menu`` (text=, callback=): offer an entry in the menu of the simulation; when it is
        chosen, ``callback()`` is called between two steps;
        ``message`` (text=): show a line in the status bar;
        ``title`` (text=): change the window's title;
        ``command`` (name=): do what the button of that name does: ``init``, ``step``, ``run``,
        ``cont`` (run on without a new beginning), ``stop``, ``save`` or ``reload``;
        ``quit``: close the window.
    widget : str
        Name of the control or panel; empty where the request concerns the window.
    arguments : dict
        See `action`.
    """

    action: str
    widget: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)


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

    def post(self, action: str, widget: str = "", **arguments: Any) -> None:
        """Ask the window for something; returns at once, from any thread."""
        self._requests.append(Request(action, widget, arguments))

    def take(self) -> list[Request]:
        """Return the requests that wait, oldest first, and forget them."""
        requests = []
        while self._requests:
            requests.append(self._requests.popleft())
        return requests
