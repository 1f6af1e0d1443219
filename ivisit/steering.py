"""`Steering`: all that reaches a run from outside."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from ivisit.class_plan import plan_of
from ivisit.controls import Control
from ivisit.delivering import Delivery
from ivisit.errors import ParameterError
from ivisit.events import Event
from ivisit.link import WindowLink
from ivisit.pending import Pending
from ivisit.recording import LogEntry
from ivisit.simulation import Simulation

#: Stages of an engine's life.
State: TypeAlias = Literal["new", "ready", "running", "paused", "failed", "closed"]
#: When a value that was set takes effect: before the next step, or at once.
Mode: TypeAlias = Literal["sync", "async"]


class Steering:
    """The part of an `Engine` that others talk to: values, ranges, buttons, events, callbacks.

    What comes in waits, each kind in an object of its own, until the engine is between two steps.

    Parameters
    ----------
    simulation : Simulation
        The simulation that is steered.
    mode : {'sync', 'async'}
        Whether values wait for the next step.
    """

    def __init__(self, simulation: Simulation, mode: Mode) -> None:
        self.simulation: Simulation = simulation
        self._class = type(simulation)
        self._plan = plan_of(self._class)
        #: Called whenever something was posted; whoever runs the engine sets it.
        self.wake: Callable[[], Any] = _nothing
        self.mode: Mode = mode
        self.state: State = "new"
        self.steps: int = 0
        self.runs: int = 0
        self.changes: list[LogEntry] = []
        self.initial_parameters: dict[str, Any] = {}
        #: Whether the log tells when something was, for who watches the run.
        self.is_timed: bool = False
        self._began_at: float = 0.0
        #: What the simulation may ask of its window.
        self.link: WindowLink = WindowLink()
        self._pending = Pending(simulation, self._plan)
        self._delivery = Delivery(simulation, self.link)
        self._callbacks: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._watchers: dict[str, list[Callable[[], Any]]] = {}

    @property
    def revision(self) -> int:
        """How often `set` and `adjust` were called."""
        return self._pending.revision

    def set(self, name: str, value: Any) -> Any:
        """Give a parameter a value, from any thread; return the value in its canonical type.

        Parameters
        ----------
        name : str
            The parameter.
        value : object
            Its new value.

        Raises
        ------
        ParameterError
            At once, when there is no such parameter or the value is not acceptable.
        """
        name, valid = self._pending.set(name, value)
        self._hand_over(name)
        return valid

    def adjust(self, name: str, **changes: Any) -> Control[Any]:
        """Change range, step or label of a control for this simulation, from any thread.

        All changes take effect at once, so that no range is ever empty; they are logged with
        their step and repeated by `replay`. A value outside the new range is brought inside.

        Parameters
        ----------
        name : str
            The control.
        **changes
            What changes; see `ivisit.parameters.Parameters.adjust`.

        Returns
        -------
        Control
            The control as it holds from now on.

        Raises
        ------
        ParameterError
            When the control would contradict itself; then nothing changes.
        """
        control, has_moved = self._pending.adjust(name, changes)
        self._hand_over(control.name, has_moved)
        return control

    def control(self, name: str) -> Control[Any]:
        """Return the control called `name` as it holds now, or from the next step on."""
        return self._pending.control(name)

    def adjustments(self) -> dict[str, dict[str, Any]]:
        """Return what `adjust` has changed, what waits for the next step included."""
        return self._pending.adjustments()

    def take(self, adjustments: Mapping[str, Mapping[str, Any]], name: str, value: Any) -> Any:
        """Give a parameter a value under the range that `adjustments` has for it.

        Without one the present range stays where the value fits, and the declared one returns
        where it does not; see `ivisit.parameters.Parameters.take`.

        Parameters
        ----------
        adjustments : dict of str to dict
            Ranges, steps and labels by parameter.
        name : str
            The parameter.
        value : object
            Its new value.
        """
        if name in adjustments:
            self.adjust(name, **adjustments[name])
        elif name in self.adjustments():
            try:
                return self.set(name, value)
            except ParameterError:
                declared = self._class.controls[name]
                self.adjust(name, **declared.declared(self.adjustments()[name]))
        return self.set(name, value)

    def parameters(self) -> dict[str, Any]:
        """Return the values of all controls, those that wait for the next step included."""
        return self._pending.parameters()

    @property
    def has_waiting(self) -> bool:
        """Whether anything waits for the next step."""
        return self._pending.is_waiting

    def waiting(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return whose values wait for the next step, and whose for the next `init`."""
        return self._pending.waiting(self.initial_parameters if self.runs else None)

    def _hand_over(self, name: str, has_value: bool = True) -> None:
        """Have what waits take effect at once in mode ``async``; tell who watches the value."""
        if self.mode == "async":
            self._apply_pending()
        for callback in self._watchers.get(name, ()) if has_value else ():
            self.post(callback)

    def _apply_pending(self) -> None:
        """Hand the waiting ranges and values over to the simulation and log them."""
        self._pending.apply(self.steps, self.changes, self.time_of_run())

    def press(self, name: str) -> None:
        """Click the button `name`: it is true during the next step."""
        self.set(name, True)

    def watch(self, name: str, callback: Callable[[], Any]) -> None:
        """Have ``callback()`` called between steps whenever `set` gave `name` a value."""
        name = self.simulation.parameters.control(name).name
        self._watchers.setdefault(name, []).append(callback)

    def post(self, callback: Callable[..., Any], *arguments: Any) -> None:
        """Have ``callback(*arguments)`` called between two steps, from any thread."""
        self._callbacks.append((callback, arguments))
        self.wake()

    @property
    def has_callbacks(self) -> bool:
        """Whether something was posted that has not been called yet."""
        return bool(self._callbacks)

    def send(self, event: Event) -> None:
        """Have an event delivered to the simulation between two steps, from any thread.

        Parameters
        ----------
        event : PointerEvent or MouseEvent
            The event. Of movements that wait only the latest is delivered.

        Raises
        ------
        ParameterError
            When there is no such panel, or it takes no such events.
        """
        if self._delivery.put(event):
            self.post(self._deliver)

    def schedule(self, events: Iterable[tuple[int, Any]]) -> None:
        """Have events delivered before given steps, counted from 0, of the coming run."""
        self._delivery.schedule(events)

    def repeat(self, log: Iterable[LogEntry]) -> None:
        """Have all that the log of a run holds done again before its steps of the coming run.

        Unlike `Engine.replay` this leaves it to others to step; an empty log forgets what is still
        to come.

        Raises
        ------
        ParameterError
            When there is no panel for an event, or it takes no such events.
        """
        self._delivery.repeat(log)

    def time_of_run(self) -> float | None:
        """Return the seconds since `init` where `is_timed` is set; None elsewhere."""
        return round(time.perf_counter() - self._began_at, 3) if self.is_timed else None

    def _deliver(self) -> None:
        """Hand the oldest event over to the simulation and log it."""
        goes_on = self.state not in ("new", "failed")
        self._delivery.deliver(self.steps, self.changes, goes_on=goes_on, at=self.time_of_run())


def _nothing() -> None:
    """Do nothing."""
