"""`Playing`: a saved session that is shown in the window, at its own speed or faster.

Nothing here knows Tk; who shows it calls `tick` again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivisit.engine import Engine
from ivisit.errors import IVisitError, ParameterError
from ivisit.gui.session import Session
from ivisit.recording import LogEntry
from ivisit.runs.packing import is_packed, unpack
from ivisit.runs.repetition import compare
from ivisit.runs.result import RunResult
from ivisit.runs.single import result_of, steps_to_repeat

#: Steps a second of a session whose log does not tell when something was.
USUAL_RATE = 60.0
#: Seconds that a pause takes at the most, in which somebody thought and nothing ran.
LONGEST_PAUSE = 2.0


@dataclass(frozen=True)
class Schedule:
    """When which step of a session is due.

    Attributes
    ----------
    steps, times : ndarray, shape (n,)
        Finished steps, and the seconds after which there are so many.
    """

    steps: np.ndarray
    times: np.ndarray

    @classmethod
    def of(cls, log: Sequence[LogEntry], steps: int, duration: float) -> Schedule:
        """Return the schedule of a session with a log, a number of steps and a duration."""
        places = [(entry.step, entry.at) for entry in log if entry.at is not None]
        if not places and duration <= 0:
            places = [(steps, steps / USUAL_RATE)]
        else:
            places.append((steps, max([duration, *(at for _, at in places)])))
        at_steps, at_times = [0], [0.0]
        former_time = 0.0
        for step, time in places:
            passed = max(step - at_steps[-1], 0)
            pause = min(max(time - former_time, 0.0), max(LONGEST_PAUSE, passed))
            at_steps.append(at_steps[-1] + passed)
            at_times.append(at_times[-1] + pause)
            former_time = time
        return cls(np.array(at_steps), np.array(at_times))

    def due(self, seconds: float) -> int:
        """Return how many steps are finished after so many seconds."""
        if seconds >= self.times[-1]:
            return int(self.steps[-1])
        return int(np.interp(seconds, self.times, self.steps))


class Playing:
    """Shows a saved session with a fresh simulation.

    Parameters
    ----------
    session : Session
        What shows it; the simulation that it has now is left behind.
    result : RunResult
        The saved session.

    Attributes
    ----------
    speed : float or None
        How many times as fast as it was; None: as fast as possible.
    last : int
        Steps that it has, one that failed included.
    verdict : str
        At the end, whether the results are the same; empty until then.

    Raises
    ------
    IVisitError
        When it is the session of another simulation, or its values do not fit this one any more.
        Nothing has changed then.
    """

    #: What `speed` may be.
    speeds: tuple[float | None, ...] = (1.0, 4.0, 16.0, None)

    def __init__(self, session: Session, result: RunResult) -> None:
        simulation = session.simulation_class
        if result.simulation != simulation.key:
            raise IVisitError(
                f"this is a session of {result.simulation}, and the window shows {simulation.key}"
            )
        self.session = session
        self.result = result
        self.speed: float | None = 1.0
        self.verdict = ""
        self.last = steps_to_repeat(result)
        self.schedule = Schedule.of(result.changes, self.last, result.duration)
        self._passed = 0.0
        self._former: float | None = None
        self._ending = False
        session.stop()
        session.replace(simulation, self._prepare)
        self._engine = session.engine

    def _prepare(self, engine: Engine) -> None:
        engine.seed = self.result.seed
        engine.simulation.parameters.take(self.result.adjustments, self.result.parameters)
        engine.repeat(self.result.changes)

    @property
    def steps(self) -> int:
        """Steps that have been shown."""
        return self._engine.steps

    @property
    def is_over(self) -> bool:
        """Whether it cannot go on: all was shown, a step failed, or another simulation is there."""
        return bool(self.verdict) or self.session.engine is not self._engine

    def tick(self, now: float) -> None:
        """Compute what is due, as far as the worker has time."""
        passed = 0.0 if self._former is None else now - self._former
        self._former = now
        worker, steps = self.session.worker, self.last
        self._passed += passed * (self.speed or 0.0)
        if self.is_over or not worker.settled or self._engine.runs == 0:
            return
        if self._engine.failure is not None:
            self._end()
            return
        due = steps if self.speed is None else self.schedule.due(self._passed)
        if due > self.steps or due == steps:
            # The last time also for what was done after the last step.
            worker.go_to(due)
            if due == steps and self.steps >= steps:
                self._end()

    def _end(self) -> None:
        if not self._ending:
            self._ending = True
            self.session.worker.call(self._compare)

    def _compare(self) -> None:
        """Say whether the results are those of the saved session; on the worker's thread."""
        engine, former = self._engine, self.result
        if former.recorded_steps.size and former.every != engine.recorder.every:
            self.verdict = "other rows were recorded, so that the results cannot be compared"
            return
        try:
            present = result_of(engine, status="failed" if engine.failure else "finished")
            differing, _ = compare(former, present)
        except IVisitError as error:
            self.verdict = f"the results cannot be compared: {error}"
            return
        self.verdict = (
            f"the results differ in {', '.join(differing)}"
            if differing
            else "the results are the same, bit for bit"
        )

    def stop(self) -> None:
        """Leave it here; what is still to come is forgotten, and the run goes on by hand."""
        engine = self._engine
        if not self.is_over:
            self.session.worker.call(lambda: engine.repeat(()))


def read_session(path: Path) -> RunResult:
    """Return a saved session, from a result or from a packed run.

    Raises
    ------
    IVisitError
        When the file is neither.
    """
    if is_packed(path):
        return unpack(path)[0]
    result = RunResult.load(path)
    if result.mode == "async":
        raise ParameterError(f"{path}: was made with mode='async' and cannot be repeated by steps")
    return result
