"""`Pending`: values and ranges on their way from any thread into the simulation."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ivisit.class_plan import ClassPlan
from ivisit.controls import Control
from ivisit.recording import Adjustment, Change, LogEntry
from ivisit.simulation import Simulation


class Pending:
    """Values and ranges that were accepted and wait for the next step.

    Parameters
    ----------
    simulation : Simulation
        The simulation that they are meant for.
    plan : ClassPlan
        The plan of its class.

    Attributes
    ----------
    is_waiting : bool
        Whether anything waits.
    revision : int
        How often `set` and `adjust` have accepted something.

    Notes
    -----
    `press_initially` and `release_buttons` belong to the thread that steps; all else may be called
    from any thread.
    """

    def __init__(self, simulation: Simulation, plan: ClassPlan) -> None:
        self.simulation = simulation
        self._class = type(simulation)
        self.is_waiting: bool = False
        self.revision: int = 0
        #: Buttons that are down during the next step.
        self.pressed: list[str] = []
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}
        self._controls: dict[str, tuple[Control[Any], dict[str, Any]]] = {}
        self._restarting = plan.restarting
        self._momentary = plan.momentary

    def set(self, name: str, value: Any) -> tuple[str, Any]:
        """Accept a value; return the parameter's own name and the value in its canonical type."""
        with self._lock:
            control = self.control(name)
            name = control.name
            present = self._values.get(name, self.simulation._values[name])
            valid = control.validate(value, owner=self._class.key, present=present)
            # In the order of the last assignments: so is the log, and so is that of its replay.
            self._values.pop(name, None)
            self._values[name] = valid
            self.is_waiting = True
            self.revision += 1
        return name, valid

    def adjust(self, name: str, changes: Mapping[str, Any]) -> tuple[Control[Any], bool]:
        """Accept another range, step or label; return the control and if its value has moved."""
        parameters = self.simulation.parameters
        with self._lock:
            name = parameters.control(name).name
            _, former = self._controls.get(name, (None, None))
            control, all_changes = parameters.planned(name, changes, former)
            self._controls[name] = control, all_changes
            present = self._values.get(name, self.simulation._values[name])
            value = control.nearest(present)
            if value != present:
                self._values[name] = value
            self.is_waiting = True
            self.revision += 1
        return control, value != present

    def control(self, name: str) -> Control[Any]:
        """Return the control called `name` as it holds now, or from the next step on."""
        control = self.simulation.parameters.control(name)
        pending = self._controls.get(control.name)
        return pending[0] if pending else control

    def adjustments(self) -> dict[str, dict[str, Any]]:
        """Return what `adjust` has changed, what waits for the next step included."""
        with self._lock:
            waiting = {name: changes for name, (_, changes) in self._controls.items()}
            return {**self.simulation.parameters.adjustments, **waiting}

    def parameters(self) -> dict[str, Any]:
        """Return the values of all controls, those that wait for the next step included."""
        with self._lock:
            return {**self.simulation._values, **self._values}

    def waiting(
        self, initial_parameters: Mapping[str, Any] | None
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return whose values wait for the next step, and whose for the next `init`.

        Parameters
        ----------
        initial_parameters : mapping or None
            The values with which the run began; None: none has begun.
        """
        with self._lock:
            values = {**self.simulation._values, **self._values}
            late = frozenset(
                name
                for name in self._restarting
                if initial_parameters is not None and values[name] != initial_parameters.get(name)
            )
            soon = frozenset(name for name in self._values if name not in self._restarting)
            return soon, late

    def apply(self, step: int, log: list[LogEntry], at: float | None = None) -> None:
        """Hand all that waits over to the simulation and log it before `step`."""
        with self._lock:
            self.is_waiting = False
            controls, self._controls = self._controls, {}
            for name, (control, changes) in controls.items():
                self.simulation.parameters.adopt(name, control, changes)
                log.append(Adjustment(step, name, changes, at=at))
            pending, self._values = self._values, {}
            for name, value in pending.items():
                if name in controls and self.simulation._values[name] == value:
                    continue  # the new range has brought it there, and will again in a replay
                self.simulation._values[name] = value
                control = self._class.controls[name]
                if control.momentary and value != control.default:
                    self.pressed.append(name)
                log.append(Change(step, name, value, at=at))
        for name in pending:
            self.simulation._assigned(name)

    def press_initially(self) -> None:
        """Have a button that is down at the beginning, as with "-p reset=true", count one step."""
        controls = self._class.controls
        self.pressed = [
            name
            for name in self._momentary
            if self.simulation._values[name] != controls[name].default
        ]

    def release_buttons(self) -> None:
        """Let go the buttons that were down in the last step."""
        for name in self.pressed:
            self.simulation._values[name] = self._class.controls[name].default
        self.pressed.clear()
