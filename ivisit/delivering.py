"""`Delivery`: events on their way to the simulation, by hand or from a script."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from ivisit.errors import ParameterError, unknown
from ivisit.events import Event, EventQueue, PointerEvent, as_event
from ivisit.link import WindowLink
from ivisit.recording import LogEntry, Occurrence
from ivisit.simulation import Simulation


class Delivery:
    """Checks the events for a simulation, lets them wait and hands them over.

    Parameters
    ----------
    simulation : Simulation
        The simulation that gets them.
    link : WindowLink
        Where scripts have registered handlers of Tk event sequences.

    Attributes
    ----------
    script : deque of LogEntry
        What is due before given steps of the coming run, by step.
    """

    def __init__(self, simulation: Simulation, link: WindowLink) -> None:
        self.simulation = simulation
        self.script: deque[LogEntry] = deque()
        self._link = link
        self._queue = EventQueue()

    def put(self, event: Event) -> bool:
        """Take an event, from any thread; tell whether it waits on its own; see `EventQueue`."""
        self._check(event)
        return self._queue.put(event)

    def schedule(self, events: Iterable[tuple[int, Any]]) -> None:
        """Have events delivered before given steps, in place of those scheduled before."""
        if isinstance(events, tuple) and not events:
            self.script.clear()  # as most runs are, thousands in a row
            return
        self.repeat(Occurrence(step, as_event(event)) for step, event in events)

    def repeat(self, log: Iterable[LogEntry]) -> None:
        """Have all that a log holds done again before its steps, in place of what was scheduled."""
        script = sorted(log, key=lambda entry: entry.step)
        for entry in script:
            if isinstance(entry, Occurrence):
                self._check(entry.event)
        self.script = deque(script)

    def _check(self, event: Event) -> None:
        owner, panels = type(self.simulation).key, type(self.simulation).panels
        if event.panel not in panels:
            raise ParameterError(unknown(owner, "panel", event.panel, panels))
        panel = panels[event.panel]
        if isinstance(event, PointerEvent):
            argument = "keys" if event.kind == "key" else "pointer"
            if not getattr(panel, argument):
                raise ParameterError(
                    f"{owner}.{event.panel}: takes no event {event.kind!r}; declare it "
                    f"with {argument}=True"
                )

    @property
    def stage(self) -> str:
        """The part of the life cycle that the oldest event leads to; see `Failure`."""
        return "pointer" if isinstance(self._queue.first(), PointerEvent) else "callback"

    def deliver(
        self, step: int, log: list[LogEntry], *, goes_on: bool, at: float | None = None
    ) -> None:
        """Hand the oldest event over to the simulation and log it before `step`.

        Where no run goes on the event is dropped: there is none to which it could belong.
        """
        event = self._queue.take()
        if event is None or not goes_on:
            return
        log.append(Occurrence(step, event, at=at))
        if isinstance(event, PointerEvent):
            self.simulation.pointer(event)
        elif (handler := self._link.handlers.get((event.panel, event.sequence))) is not None:
            handler(event)
