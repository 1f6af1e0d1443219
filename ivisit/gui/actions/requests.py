"""What a simulation asks of its window: see `ivisit.link`."""

from __future__ import annotations

import tkinter as tk
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ivisit.gui.panels import PanelWidget
from ivisit.gui.widgets.slider import SliderWidget
from ivisit.link import MouseEvent, Request

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class MouseBinding:
    """Posts the events of one sequence on one panel to a function of the simulation.

    Of movements only the latest counts: a simulation that is slower than the mouse must not lag
    more and more behind it.
    """

    def __init__(
        self, window: Window, panel: PanelWidget, sequence: str, callback: Callable[..., Any]
    ) -> None:
        self.window = window
        self.panel = panel
        self.sequence = sequence
        self.callback = callback
        self._waiting: deque[MouseEvent] = deque(maxlen=1 if "Motion" in sequence else None)
        panel.event_widget().bind(sequence, self._happened, add=True)

    def _happened(self, event: Any) -> None:
        column, row = self.panel.pixel_at(event.x, event.y)
        button = event.num if isinstance(event.num, int) else _held_button(event)
        self._waiting.append(
            MouseEvent(event.x, event.y, column, row, button, self.sequence, self.panel.name)
        )
        self.window.session.worker.post(self._deliver)

    def _deliver(self) -> None:
        """Call the simulation; runs on the worker's thread."""
        if self._waiting:
            self.callback(self._waiting.popleft())


def _held_button(event: Any) -> int:
    """Return the button that is held during a movement, 0 for none."""
    state = event.state if isinstance(event.state, int) else 0
    return next((number for number in (1, 2, 3) if state & (0x80 << number)), 0)


def handle(window: Window, request: Request) -> None:
    """Do what a simulation asks; what is not possible costs a message."""
    if request.widget:
        _handle_for_widget(window, request)
        return
    text = str(request.arguments.get("text", ""))
    commands = _commands(window)
    if request.action == "message":
        window.say(text)
    elif request.action == "menu":
        callback = request.arguments["callback"]
        window.menu.offer(text, lambda: window.session.worker.post(callback))
    elif request.action == "title":
        window.root.title(text)
    elif request.action == "command" and request.arguments.get("name") in commands:
        commands[request.arguments["name"]]()
    elif request.action == "quit":
        window.close()
    else:
        window.say(f"The simulation asks for {request.action!r}, which the window does not know")


def _commands(window: Window) -> dict[str, Callable[[], object]]:
    """Return what a simulation may have the window do, by name."""
    session = window.session

    def begin_and_run() -> None:
        session.init()
        session.run()

    return {
        "init": window.init,
        "step": session.step,
        "run": begin_and_run,
        "cont": session.run,
        "stop": session.stop,
        "save": window.sets.save,
        "reload": window.source.reload,
    }


def _handle_for_widget(window: Window, request: Request) -> None:
    """Do what a simulation asks of one of its controls or panels."""
    arguments = request.arguments
    layout = window.layout
    assert layout is not None
    widget = layout.controls.get(request.widget) or layout.panels.get(request.widget)
    if widget is None:
        window.say(f"The simulation asks for {request.widget!r}, which is not in the window")
    elif request.action == "label":
        widget.set_label(str(arguments.get("text", "")))
    elif request.action == "range" and isinstance(widget, SliderWidget):
        widget.set_range(arguments.get("minimum"), arguments.get("maximum"), arguments.get("step"))
    elif request.action == "bind" and isinstance(widget, PanelWidget):
        try:
            MouseBinding(window, widget, arguments["sequence"], arguments["callback"])
        except (tk.TclError, KeyError) as error:
            window.say(f"{request.widget}: cannot be bound: {error}")
    else:
        window.say(f"{request.widget}: cannot do {request.action!r}")
