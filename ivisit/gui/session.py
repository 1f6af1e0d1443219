"""`Session`: the engine and worker behind a window, and what the window wants of them.

Nothing here knows Tk; reloading replaces both behind an unchanged window.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from ivisit.calling import as_seed
from ivisit.engine import Engine
from ivisit.errors import Failure, ParameterError
from ivisit.gui.cursor import Cursor
from ivisit.gui.printing import Printing
from ivisit.gui.turns import Turns
from ivisit.recording import RECORDER_LIMIT
from ivisit.simulation import Simulation
from ivisit.timing import step_time, time_text
from ivisit.worker import Worker

#: Seconds that a step may take for being computed while the user still drags.
PATIENCE = 0.3

logger = logging.getLogger(__name__)


class Session:
    """Runs one simulation for a window.

    Parameters
    ----------
    simulation : Simulation or subclass
        The simulation.
    seed : int or None, optional
        Seed of the runs; see `ivisit.Engine`.

    Attributes
    ----------
    engine : Engine
        The engine.
    worker : Worker
        The thread that steps it.
    running : bool
        Whether the simulation runs as far as the user wishes; the worker follows when it can.
    live : bool
        Whether a changed value computes a step while nothing runs.
    cursor : Cursor
        The step that the pointer marks in all plots.
    turns : Turns
        When which plot draws.
    """

    def __init__(self, simulation: Simulation | type[Simulation], seed: int | None = 0) -> None:
        self.engine = Engine(simulation, seed=seed, limit=RECORDER_LIMIT)
        self.engine.link.is_open = True
        self.engine.is_timed = True
        self.worker = Worker(self.engine)
        simulation_class = self.simulation_class
        self.worker.rate = simulation_class.pace
        self.worker.delay = simulation_class._delay
        self.live = simulation_class.live
        self.running = False
        self.cursor = Cursor()
        self.turns = Turns()
        #: Called before the user does something himself, which ends what is being played.
        self.take_over: Callable[[], object] = _nothing
        self._failure: Failure | None = None

    @property
    def simulation_class(self) -> type[Simulation]:
        """The class of the simulation."""
        return type(self.engine.simulation)

    def step_time(self) -> tuple[float, str]:
        """Return duration and unit of a step; see `ivisit.timing`."""
        try:
            return step_time(self.engine.simulation)
        except ParameterError:
            return 1.0, ""

    def time_text(self, step: int) -> str:
        """Return a step number, with its time where the simulation declares one."""
        return time_text(step, *self.step_time())

    def start(self) -> None:
        """Start the thread and the first run."""
        Printing.begin(self.worker.thread)
        self.worker.start()
        self.worker.init()

    def show_something(self) -> None:
        """Compute the first step if `init` has left all panels empty."""
        self.worker.show_something()

    def init(self) -> None:
        """Start a new run; a running simulation goes on from its beginning."""
        self.take_over()
        self.worker.init()

    def changed(self, name: str, *, settled: bool) -> None:
        """The user gave a parameter a value; `settled` is false while that goes on."""
        self.take_over()
        if not self.live or self.running:
            return
        control = self.simulation_class.controls[name]
        takes_long = self.worker.step_seconds > PATIENCE
        if settled or self.engine.has_preview or not takes_long:
            self.worker.change(restart=control.restart, preview=not settled)

    def pointed(self) -> None:
        """Mouse or key did something on a panel of the simulation's."""
        self.take_over()
        if self.live and not self.running:
            self.worker.change(restart=False, preview=False)

    def step(self) -> None:
        """Compute one step; a running simulation stops instead."""
        self.take_over()
        if self.running:
            self.stop()
        else:
            self.worker.step()

    def retry(self) -> None:
        """Compute the step that has failed once more."""
        self.take_over()
        self.worker.retry()

    def run(self, steps: int | None = None, until: Callable[[Any], bool] | None = None) -> None:
        """Step until `stop`, for so many steps, or until a function of the simulation is true."""
        self.take_over()
        self.running = True
        self.worker.run(steps, until)

    def stop(self) -> None:
        """Stop after the present step."""
        self.take_over()
        self.running = False
        self.worker.stop()

    def toggle(self) -> None:
        """Run, or stop."""
        if self.running:
            self.stop()
        else:
            self.run()

    def printed(self) -> str:
        """Return what the simulation has printed since the last call."""
        return Printing.take(self.worker.thread)

    def abandon(self) -> dict[str, str]:
        """Leave the step that goes on behind, and go on with a fresh simulation; see `replace`."""
        self.running = False
        return self.replace(self.simulation_class)

    def set_seed(self, seed: int | None) -> None:
        """Give the next run another seed; None draws one. `ParameterError` for what is none."""
        self.engine.seed = as_seed(seed)

    def failure_changed(self) -> bool:
        """Tell whether the failure is another one than at the last call; note it."""
        failure = self.engine.failure
        if failure is self._failure:
            return False
        self._failure = failure
        if failure is not None:
            self.running = False
        return True

    def follow_worker(self) -> None:
        """Notice when the simulation itself has ended its run."""
        if self.worker.settled:
            self.running = self.worker.running

    def replace(
        self,
        simulation: Simulation | type[Simulation],
        prepare: Callable[[Engine], object] | None = None,
    ) -> dict[str, str]:
        """Go on with another version of the simulation; return what did not fit, by name.

        The former version is closed as soon as its present step has ended. ``prepare(engine)`` is
        called before the new one begins; when it raises, nothing has changed.
        """
        former = self.worker
        engine, problems = self.engine.successor(simulation)
        if prepare is not None:
            prepare(engine)
        self.engine.link.is_open = False
        self.engine = engine
        self.engine.link.is_open = True
        self.worker = Worker(self.engine)
        self.worker.steps_per_frame = former.steps_per_frame
        self.worker.rate = former.rate
        self.worker.steps_per_delay = former.steps_per_delay
        self.worker.delay = former.delay
        former.close(timeout=0)
        Printing.end(former.thread)
        self._failure = None
        self.start()
        if self.running:
            self.worker.run()
        return problems

    def close(self, timeout: float) -> None:
        """End the thread; a step that does not end within `timeout` seconds is left behind."""
        Printing.end(self.worker.thread)
        self.engine.link.is_open = False
        if not self.worker.close(timeout):
            logger.warning(
                "%s: the present step has not ended; it is left behind", self.simulation_class.key
            )


def _nothing() -> None:
    """Do nothing."""


class QuickSwitching:
    """Lets Python change threads often while windows live.

    A pure-Python simulation holds the interpreter until it is asked to let go, which by default
    takes 5 ms for every single call into Tk: a window would draw ten frames a second.
    """

    INTERVAL = 0.0002
    _former = 0.0
    _users: set[Any] = set()

    @classmethod
    def begin(cls, user: Any) -> None:
        """Change threads often until every user has called `end`."""
        if not cls._users:
            cls._former = sys.getswitchinterval()
            sys.setswitchinterval(min(cls.INTERVAL, cls._former))
        cls._users.add(user)

    @classmethod
    def end(cls, user: Any) -> None:
        """Return to the former interval when `user` was the last one."""
        if user in cls._users:
            cls._users.remove(user)
            if not cls._users:
                sys.setswitchinterval(cls._former)
