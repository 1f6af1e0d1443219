"""What a simulation asks of its window: see `ivisit.link`."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ivisit.events import MouseEvent
from ivisit.gui.host import Host
from ivisit.gui.panels import PanelWidget
from ivisit.gui.widgets import ControlWidget
from ivisit.link import (
    BindControl,
    BindMouse,
    Command,
    OfferMenu,
    Quit,
    Request,
    Saved,
    Say,
    SetLabel,
    SetTitle,
)

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class MouseBinding:
    """Hands the events of one sequence on one panel to the simulation."""

    def __init__(self, host: Host, panel: PanelWidget, sequence: str) -> None:
        self.host = host
        self.panel = panel
        self.sequence = sequence
        panel.event_widget().bind(sequence, self._happened, add=True)

    def _happened(self, event: Any) -> None:
        column, row = self.panel.pixel_at(event.x, event.y)
        button = event.num if isinstance(event.num, int) else held_button(event)
        self.host.engine.send(
            MouseEvent(event.x, event.y, column, row, button, self.sequence, self.panel.name)
        )


def held_button(event: Any) -> int:
    """Return the button that is held during a movement, 0 for none."""
    state = event.state if isinstance(event.state, int) else 0
    return next((number for number in (1, 2, 3) if state & (0x80 << number)), 0)


def handle(window: Window, request: Request) -> None:
    """Do what a simulation asks; what is not possible costs a message."""
    match request:
        case Say(text):
            window.say(text)
        case Saved(path, problem, again):
            window.tell_saved(path, problem, again)
        case OfferMenu(text, callback):
            window.menu.offer(text, lambda: window.session.worker.post(callback))
        case SetTitle(text):
            window.root.title(text)
        case Command(name) if name in (commands := _commands(window)):
            commands[name]()
        case Quit():
            window.close()
        case SetLabel(widget) | BindMouse(widget) | BindControl(widget):
            if _handle_for_widget(window, widget, request):
                key = (type(request).__name__, widget, getattr(request, "sequence", ""))
                window.engine.link.standing[key] = request
        case _:
            window.say(f"The simulation asks for {request}, which the window does not know")


def repeat(window: Window) -> None:
    """Do again what the simulation has asked of its widgets: they have been made anew."""
    for (_, widget, _), request in list(window.engine.link.standing.items()):
        _handle_for_widget(window, widget, request)


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


def _handle_for_widget(window: Window, name: str, request: Request) -> bool:
    """Do what a simulation asks of one of its controls or panels; tell whether it was possible."""
    assert window.layout is not None
    widget: ControlWidget | PanelWidget | None
    widget = window.layout.controls.get(name) or window.layout.panels.get(name)
    match request, widget:
        case _, None:
            window.say(f"The simulation asks for {name!r}, which is not in the window")
            return False
        case SetLabel(_, text), _:
            widget.set_label(text)
        case BindControl(_, sequence, callback), ControlWidget():

            def used(event: Any) -> None:
                window.session.worker.post(callback, getattr(widget, "selected", ""))

            widget.bind(sequence, used, add=True)
        case BindMouse(_, sequence), PanelWidget():
            try:
                MouseBinding(window, widget, sequence)
            except tk.TclError as error:
                window.say(f"{name}: cannot be bound: {error}")
                return False
        case _:
            window.say(f"{name}: cannot do {type(request).__name__}")
            return False
    return True
