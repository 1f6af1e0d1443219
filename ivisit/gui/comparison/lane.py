"""`Lane`: one of the simulations that are compared, with its session and its frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ivisit.gui.session import Session
from ivisit.recording import Frame
from ivisit.simulation import Simulation


class LaneSession(Session):
    """The session of a lane: what the user does with one counts for the steps of all."""

    def __init__(
        self, simulation: type[Simulation], seed: int, changed: Callable[[bool], None]
    ) -> None:
        super().__init__(simulation, seed)
        self.worker.shows_ends_only = True
        self._changed = changed

    def changed(self, name: str, *, settled: bool) -> None:
        self._changed(self.simulation_class.controls[name].restart)

    def pointed(self) -> None:
        self._changed(False)


class Lane:
    """One simulation of a comparison.

    Parameters
    ----------
    name : str
        What the user calls it.
    simulation : type of Simulation
        The class; the lane makes an instance of its own.
    values : mapping of str to value
        The parameters that it begins with; a `ParameterSet` brings its ranges, too.
    seed : int
        Seed of its runs.
    changed : callable
        ``changed(restart)`` is called when a value was changed, or the pointer did something;
        `restart` tells whether that counts from `init` on.

    Attributes
    ----------
    session : LaneSession
        Engine and worker.
    run : int
        Number of the run whose frames count: those of the run before are late.
    frame : Frame or None
        What is to be shown next, with all rows since what was shown last.
    """

    def __init__(
        self,
        name: str,
        simulation: type[Simulation],
        values: Mapping[str, Any],
        seed: int,
        changed: Callable[[bool], None],
    ) -> None:
        self.name = name
        self.session = LaneSession(simulation, seed, changed)
        self.session.engine.simulation.parameters.take(getattr(values, "adjustments", {}), values)
        self.run = 0
        self.frame: Frame | None = None

    @property
    def failed(self) -> bool:
        """Whether its simulation has failed, so that it stands until the next `init`."""
        return self.session.engine.failure is not None

    @property
    def steps(self) -> int:
        """Steps that its engine has finished."""
        return self.session.engine.steps

    def init(self) -> None:
        """Start a new run."""
        self.run += 1
        self.frame = None
        self.session.init()

    def advance_to(self, target: int) -> None:
        """Compute steps up to the one with the number `target`."""
        self.session.worker.step(target - self.steps)

    def look(self) -> None:
        """Take what the worker has finished."""
        while (frame := self.session.worker.take_frame()) is not None:
            if frame.run >= self.run:
                self.frame = joined(self.frame, frame)

    def has_reached(self, target: int) -> bool:
        """Tell whether the picture of a step is there, or never will be."""
        frame = self.frame
        if frame is None:
            return False
        if frame.steps >= target and frame.state != "new":
            return True
        return self.session.worker.settled and (self.failed or self.has_ended)

    @property
    def has_ended(self) -> bool:
        """Whether the simulation itself has ended its run."""
        return self.session.engine.stopped

    def is_behind(self, target: int) -> bool:
        """Tell whether nothing goes on although steps are missing: a command came between."""
        return self.session.worker.settled and self.steps < target

    def take(self) -> Frame | None:
        """Return what is to be shown, once."""
        frame, self.frame = self.frame, None
        return frame


def joined(former: Frame | None, frame: Frame) -> Frame:
    """Return `frame` with the rows of `former` before its own, where both are of one run."""
    if former is None or former.run != frame.run or not _has_rows(former):
        return frame
    return replace(
        frame,
        trace_steps=np.concatenate([former.trace_steps, frame.trace_steps]),
        traces={n: np.concatenate([former.traces[n], rows]) for n, rows in frame.traces.items()},
        rasters={n: np.concatenate([former.rasters[n], rows]) for n, rows in frame.rasters.items()},
    )


def _has_rows(frame: Frame) -> bool:
    return bool(len(frame.trace_steps)) or any(len(rows) for rows in frame.rasters.values())
