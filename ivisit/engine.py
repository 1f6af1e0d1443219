"""`Engine`: owns one simulation and its life cycle; hands parameters in and frames out.

The engine itself has no thread and no clock. A headless run calls `Engine.run`; the window puts
an engine on a worker thread (`ivisit.worker`) and talks to it through `Engine.set`, `Engine.post`
and frames.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

import numpy as np

from ivisit.controls import Control
from ivisit.errors import Failure, IVisitError, ParameterError, RunError, expected, shorten, unknown
from ivisit.link import WindowLink
from ivisit.panels.base import Painter
from ivisit.recording import (
    RASTER_LIMIT,
    Adjustment,
    Change,
    Column,
    Frame,
    LogEntry,
    Recorder,
    SparseRecorder,
    component_name,
)
from ivisit.simulation import Simulation

#: Stages of an engine's life.
State: TypeAlias = Literal["new", "ready", "running", "paused", "failed", "closed"]
#: When a value that was set takes effect: before the next step, or at once.
Mode: TypeAlias = Literal["sync", "async"]


class Engine:
    """Runs one simulation: parameters in, steps, frames and records out.

    Parameters
    ----------
    simulation : Simulation or subclass
        A class is instantiated without arguments.
    seed : int or None, optional
        Seed of every run, 0 by default. None draws entropy, which `seed` then tells.
    mode : {'sync', 'async'}, optional
        ``sync``: `set` takes effect before the next step. ``async``: at once.
    record : iterable of str, optional
        Traces, components of traces (``trace.x``) and rasters to record; None (default) records
        all of them.
    every : int, optional
        Record every n-th step.
    limit : int, optional
        Most rows to keep; see `Recorder`.

    Attributes
    ----------
    simulation : Simulation
        The instance.
    state : str
        ``new``, ``ready`` (after `init`), ``running``, ``paused``, ``failed`` or ``closed``.
    steps : int
        Finished steps of the run.
    runs : int
        How often `init` was called.
    changes : list of Change and Adjustment
        What `set` and `adjust` changed in this run, by step; `replay` repeats it.
    initial_parameters, initial_adjustments : dict
        The parameters with which the run began, and the ranges and labels that differed from
        those of the class; see `ivisit.parameters.Parameters.adjustments`.
    revision : int
        How often `set` and `adjust` were called.
    instance_reused : bool
        Whether the instance had begun a run before this one: what that has left behind in it may
        show, and only a fresh instance repeats a run exactly.
    failure : Failure or None
        Why the state is ``failed``.

    Notes
    -----
    `set`, `adjust`, `control`, `press` and `post` may be called from any thread; all else from one
    thread at a time.
    An exception of the simulation's code gives the state ``failed`` and a `RunError`; `init`
    leads back to ``ready``.
    """

    def __init__(
        self,
        simulation: Simulation | type[Simulation],
        *,
        seed: int | None = 0,
        mode: Mode = "sync",
        record: Iterable[str] | None = None,
        every: int = 1,
        limit: int | None = None,
    ) -> None:
        if mode not in ("sync", "async"):
            raise ParameterError(expected("Engine", "mode", "'sync' or 'async'", mode))
        if isinstance(every, bool) or not isinstance(every, int | np.integer) or every < 1:
            raise ParameterError(expected("Engine", "every", "a whole number from 1 on", every))
        self.simulation = simulation() if isinstance(simulation, type) else simulation
        self._class = type(self.simulation)
        #: Called whenever something was posted; whoever runs the engine sets it.
        self.wake: Callable[[], Any] = _nothing
        #: Whether the simulation itself ended the last `run`; see `stop`.
        self.stopped = False
        self.seed = as_seed(seed)
        self.mode: Mode = mode
        self.state: State = "new"
        self.steps = 0
        self.runs = 0
        self.changes: list[LogEntry] = []
        self.initial_parameters: dict[str, Any] = {}
        self.initial_adjustments: dict[str, dict[str, Any]] = {}
        self.revision = 0
        self.instance_reused = False
        self.failure: Failure | None = None
        #: What the simulation may ask of its window.
        self.link = WindowLink()
        #: Size in pixels at which a figure panel is drawn; the window sets it.
        self.figure_sizes: dict[str, tuple[int, int]] = {}
        columns = self._recorded(record)
        sparse = [name for name in columns if name in self._rasters()]
        self.rasters = SparseRecorder(sparse, None if limit is None else RASTER_LIMIT)
        columns = {name: column for name, column in columns.items() if name not in sparse}
        self.recorder = Recorder(columns, int(every), limit)
        self._lock = threading.Lock()
        #: Whether values or controls wait for the next step.
        self._waiting = False
        self._pending: dict[str, Any] = {}
        self._pending_controls: dict[str, tuple[Control[Any], dict[str, Any]]] = {}
        self._callbacks: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._pressed: list[str] = []
        self._painters: dict[str, tuple[Any, Painter]] = {}
        self._watchers: dict[str, list[Callable[[], Any]]] = {}
        self.simulation._attached(self)

    def __repr__(self) -> str:
        return (
            f"<Engine of {self._class.key}: {self.state} after {self.steps} steps, "
            f"seed {shorten(self.seed)}, mode {self.mode}>"
        )

    def _rasters(self) -> list[str]:
        return [name for name, panel in self._class.panels.items() if panel.sparse]

    def _recorded(self, record: Iterable[str] | None) -> dict[str, Column]:
        """Return what to record, by name: traces, single components of them, and rasters."""
        known: dict[str, Column] = {}
        components: dict[str, Column] = {}
        for name, panel in self._class.panels.items():
            if panel.recorded:
                known[name] = Column(name, panel.size)
                for index, component in enumerate(panel.components):
                    components[component_name(name, component)] = Column(name, index=index)
            elif panel.sparse:
                known[name] = Column(name)
        if record is None:
            return known
        names = [record] if isinstance(record, str) else list(record)
        possible = known | components
        for name in names:
            if name not in possible:
                raise ParameterError(unknown(self._class.key, "trace", name, possible))
        return {name: possible[name] for name in names}

    # Parameters -----------------------------------------------------------------------------

    def set(self, name: str, value: Any) -> Any:
        """Give a parameter a value, from any thread; return the value in its canonical type.

        Raises
        ------
        ParameterError
            At once, when there is no such parameter or the value is not acceptable.
        """
        with self._lock:
            control = self.control(name)
            name = control.name
            present = self._pending.get(name, self.simulation._values[name])
            valid = control.validate(value, owner=self._class.key, present=present)
            # In the order of the last assignments: so is the log, and so is that of its replay.
            self._pending.pop(name, None)
            self._pending[name] = valid
            self._waiting = True
            self.revision += 1
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
        parameters = self.simulation.parameters
        with self._lock:
            name = parameters.control(name).name
            _, former = self._pending_controls.get(name, (None, None))
            control, all_changes = parameters.planned(name, changes, former)
            self._pending_controls[name] = control, all_changes
            present = self._pending.get(name, self.simulation._values[name])
            value = control.nearest(present)
            if value != present:
                self._pending[name] = value
            self._waiting = True
            self.revision += 1
        self._hand_over(name, value != present)
        return control

    def control(self, name: str) -> Control[Any]:
        """Return the control called `name` as it holds now, or from the next step on."""
        control = self.simulation.parameters.control(name)
        pending = self._pending_controls.get(control.name)
        return pending[0] if pending else control

    def _hand_over(self, name: str, has_value: bool = True) -> None:
        """Have what waits take effect at once in mode ``async``; tell who watches the value."""
        if self.mode == "async":
            self._apply_pending()
        for callback in self._watchers.get(name, ()) if has_value else ():
            self.post(callback)

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

    def parameters(self) -> dict[str, Any]:
        """Return the values of all controls, those that wait for the next step included."""
        with self._lock:
            return {**self.simulation._values, **self._pending}

    def _apply_pending(self) -> None:
        """Hand the waiting ranges and values over to the simulation and log them."""
        with self._lock:
            self._waiting = False
            controls, self._pending_controls = self._pending_controls, {}
            for name, (control, changes) in controls.items():
                self.simulation.parameters._adopt(name, control, changes)
                self.changes.append(Adjustment(self.steps, name, changes))
            pending, self._pending = self._pending, {}
            for name, value in pending.items():
                self.simulation._values[name] = value
                control = self._class.controls[name]
                if control.momentary and value != control.default:
                    self._pressed.append(name)
                self.changes.append(Change(self.steps, name, value))
        for name in pending:
            self.simulation._assigned(name)

    def _release_buttons(self) -> None:
        for name in self._pressed:
            self.simulation._values[name] = self._class.controls[name].default
        self._pressed.clear()

    def handle_callbacks(self) -> None:
        """Call what was posted, between two steps or while no run goes on."""
        while self._callbacks:
            callback, arguments = self._callbacks.popleft()
            with self._stage("callback"):
                callback(*arguments)

    # Life cycle -----------------------------------------------------------------------------

    def init(self) -> None:
        """Start a run: `main_init` if it is the first one, a fresh `rng`, `init`.

        Raises
        ------
        RunError
            When the simulation's code raises.
        """
        self._check_open()
        simulation = self.simulation
        self.failure = None
        self.steps = 0
        self.runs += 1
        self.recorder.clear()
        self.rasters.clear()
        self._release_buttons()  # a step that failed has not released them
        self._apply_pending()
        self.changes.clear()
        self.initial_parameters = dict(simulation._values)
        self.initial_adjustments = simulation.parameters.adjustments
        # A button that is down at the beginning, as with "-p reset=true", counts in one step.
        self._pressed = [
            name
            for name, control in self._class.controls.items()
            if control.momentary and simulation._values[name] != control.default
        ]
        self.instance_reused = simulation._begun > 0
        simulation._begun += 1
        self.prepare()
        simulation.rng = np.random.default_rng(self.seed)
        for name, panel in self._class.panels.items():
            if not panel.kept_over_init:
                simulation._outputs.pop(name, None)
        with self._stage("init"):
            simulation.init()
        self.state = "ready"

    def prepare(self) -> None:
        """Call `main_init`, with random numbers from the present seed, if that was not done yet."""
        if self.simulation._prepared:
            return
        self.simulation.rng = np.random.default_rng(self.seed)
        with self._stage("main_init"):
            self.simulation.main_init()
        self.simulation._prepared = True

    def run(self, steps: int | None = None, *, until: Callable[[Any], Any] | None = None) -> int:
        """Compute steps; return how many.

        Parameters
        ----------
        steps : int, optional
            How many; without it until `until` holds.
        until : callable, optional
            Called with the simulation after each step; a true value ends the run.

        Raises
        ------
        RunError
            When the simulation's code raises, also in `until`.
        """
        if steps is None and until is None:
            raise ParameterError("Engine.run: needs a number of steps, 'until', or both")
        self._check_open()
        if self.state == "new":
            self.init()
        if self.state == "failed":
            raise IVisitError(f"{self._class.key}: has failed; init() starts a new run")
        first = self.steps
        self.stopped = False
        self.state = "running"
        try:
            with self._stage("step"):
                self._loop(steps, until)
        finally:
            if self.state == "running":
                self.state = "paused"
        return self.steps - first

    def _loop(self, steps: int | None, until: Callable[[Any], Any] | None) -> None:
        """Step; this loop is the engine's overhead, so what is rarely needed hides behind ifs."""
        step = self.simulation.step
        outputs = self.simulation._outputs
        recorder = self.recorder if self.recorder.names else None
        rasters = self.rasters if self.rasters.names else None
        last = None if steps is None else self.steps + steps
        while last is None or self.steps < last:
            if self._waiting or self._callbacks:
                self._apply_pending()
                self.handle_callbacks()
                # What a callback has set counts in this step already.
                self._apply_pending()
            step()
            self.steps = done = self.steps + 1
            if recorder is not None and done % recorder.every == 0:
                recorder.record(done, outputs)
            if rasters is not None:
                rasters.record(done, outputs)
            if self._pressed:
                self._release_buttons()
            if self.stopped or (until is not None and until(self.simulation)):
                break

    def stop(self) -> None:
        """End the present `run` after this step; for the simulation's own code."""
        self.stopped = True

    def replay(self, changes: Iterable[LogEntry], steps: int) -> None:
        """Run `steps` steps and repeat the logged `changes` at their steps.

        With the seed and the initial parameters of the run in which they were logged, the
        results are those of that run, bit for bit.
        """
        for change in changes:
            if change.step > self.steps:
                self.run(min(change.step, steps) - self.steps)
            if change.step >= steps:
                return
            change.apply(self)
        self.run(steps - self.steps)

    def close(self) -> None:
        """Call the simulation's `close`, once; the engine cannot be used afterwards."""
        if self.state == "closed":
            return
        prepared, self.simulation._prepared = self.simulation._prepared, False
        self.state = "closed"
        if prepared:
            with self._stage("close"):
                self.simulation.close()

    def successor(self, simulation: Simulation | type[Simulation]) -> tuple[Engine, dict[str, str]]:
        """Return an engine for another version of the simulation, e.g. after its file was edited.

        It keeps seed, mode, recording and the values that still fit; the dict has a message for
        every value that the new declarations do not accept, by name.
        """
        engine = Engine(
            simulation,
            seed=self.seed,
            mode=self.mode,
            every=self.recorder.first_every,
            limit=self.recorder.limit,
        )
        engine.figure_sizes = dict(self.figure_sizes)
        problems = {}
        for name, value in self.parameters().items():
            try:
                engine.simulation.parameters[name] = value
            except ParameterError as error:
                problems[name] = str(error)
        return engine, problems

    def _check_open(self) -> None:
        if self.state == "closed":
            raise IVisitError(f"{self._class.key}: the engine is closed")

    def _stage(self, name: str) -> _Stage:
        return _Stage(self, name)

    # Output ---------------------------------------------------------------------------------

    def frame(self, *, figures: bool = True) -> Frame:
        """Return a snapshot of parameters, outputs and the rows recorded since the last one.

        Without `figures` no figure is drawn, so that no code of the simulation can fail.
        """
        trace_steps, traces = self.recorder.take()
        # Read first: a `set` in between is then in the values of a frame that counts as older.
        revision = self.revision
        return Frame(
            steps=self.steps,
            state=self.state,
            parameters=self.parameters(),
            outputs=self.outputs(figures=figures),
            trace_steps=trace_steps,
            traces=traces,
            run=self.runs,
            revision=revision,
            rasters=self.rasters.take(),
        )

    def outputs(self, *, figures: bool = True) -> dict[str, Any]:
        """Return copies of what all panels show; figures as pixels, or not at all."""
        self.simulation._refresh()
        shown: dict[str, Any] = {}
        for name, panel in self._class.panels.items():
            value = self.simulation._outputs.get(name)
            if value is None:
                continue
            painter = self.painter(name, value)
            if painter is None:
                shown[name] = panel.snapshot(value)
            elif figures:
                with self._stage(f"drawing of {name}"):
                    shown[name] = painter.pixels(*self.figure_sizes.get(name, (None, None)))
        return shown

    def painter(self, name: str, value: Any) -> Painter | None:
        """Return what makes pixels of the `value` of a panel; None where it is no picture.

        A painter remembers what it has drawn, so that it lasts as long as the value.
        """
        painted, painter = self._painters.get(name, (None, None))
        if painter is not None and painted is value:
            return painter
        painter = self._class.panels[name].painter(value)
        if painter is not None:
            self._painters[name] = value, painter
        return painter


class _Stage:
    """Turns an exception of the simulation's code into the state ``failed`` and a `RunError`.

    A context manager by hand: with `contextlib` the traceback would show its frames.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        # sys.exit() in a step must not end the window's worker without a word.
        if error is None or isinstance(error, RunError):
            return
        if not isinstance(error, Exception | SystemExit):
            return
        engine = self.engine
        engine.state = "failed"
        engine.failure = Failure.from_exception(self.name, error)
        raise RunError(f"{engine._class.key}: {engine.failure}", failure=engine.failure) from error


def _nothing() -> None:
    """Do nothing."""


def as_seed(seed: Any) -> int:
    """Return `seed`, or fresh entropy for None; a negative or other seed is a `ParameterError`."""
    if seed is None:
        return int(np.random.SeedSequence().entropy)  # type: ignore[arg-type]
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError(expected("", "seed", "a whole number from 0 on, or None", seed))
    return int(seed)
