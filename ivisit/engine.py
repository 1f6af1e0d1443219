"""`Engine`: owns one simulation and its life cycle; hands parameters in and frames out.

The engine itself has no thread and no clock. A headless run calls `Engine.run`; the window puts
an engine on a worker thread (`ivisit.worker`) and talks to it through `Engine.set`, `Engine.post`
and frames.
"""

from __future__ import annotations

import inspect
import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np

from ivisit import pyplots
from ivisit.controls import Control
from ivisit.drawing import Drawer
from ivisit.errors import (
    Failure,
    IVisitError,
    ParameterError,
    RunError,
    closest_names,
    expected,
    shorten,
    unknown,
)
from ivisit.events import Event, EventQueue, PointerEvent, as_event
from ivisit.link import Say, WindowLink
from ivisit.panels.base import Painter, painted
from ivisit.previews import previewed
from ivisit.pyplots import PyplotFigures
from ivisit.recording import (
    RASTER_LIMIT,
    Adjustment,
    Change,
    Column,
    Frame,
    LogEntry,
    Occurrence,
    Recorder,
    Retry,
    SparseRecorder,
    component_name,
)
from ivisit.reserved import LIFE_CYCLE
from ivisit.simulation import Simulation

logger = logging.getLogger(__name__)

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
    drawing : bool, optional
        Whether pictures are made of the runs, so that `Simulation.draw` is called when somebody
        looks; sweeps and optimizations need none.

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
        drawing: bool = True,
    ) -> None:
        if mode not in ("sync", "async"):
            raise ParameterError(expected("Engine", "mode", "'sync' or 'async'", mode))
        if isinstance(every, bool) or not isinstance(every, int | np.integer) or every < 1:
            raise ParameterError(expected("Engine", "every", "a whole number from 1 on", every))
        self.simulation: Simulation = _instance_of(simulation)
        self._class = type(self.simulation)
        #: Called whenever something was posted; whoever runs the engine sets it.
        self.wake: Callable[[], Any] = _nothing
        self.seed: int = as_seed(seed)
        self.mode: Mode = mode
        self.state: State = "new"
        self.steps: int = 0
        self.runs: int = 0
        self.changes: list[LogEntry] = []
        self.initial_parameters: dict[str, Any] = {}
        self.initial_adjustments: dict[str, dict[str, Any]] = {}
        self.revision: int = 0
        self.instance_reused: bool = False
        self.failure: Failure | None = None
        #: What the simulation may ask of its window.
        self.link: WindowLink = WindowLink()
        # The instance's own: it may have an engine for every run.
        self.pyplot_figures: PyplotFigures = vars(self.simulation).setdefault(
            "_ivisit_figures", PyplotFigures()
        )
        #: Size in pixels at which a figure panel is drawn; the window sets it.
        self.figure_sizes: dict[str, tuple[int, int]] = {}
        columns = self._recorded(record)
        panels = self._class.panels
        sparse = [name for name, column in columns.items() if panels[column.source].sparse]
        self.rasters: SparseRecorder = SparseRecorder(
            sparse, None if limit is None else RASTER_LIMIT
        )
        if sparse:
            columns = {name: column for name, column in columns.items() if name not in sparse}
        self.recorder: Recorder = Recorder(columns, int(every), limit)
        self._lock = threading.Lock()
        #: Whether values or controls wait for the next step.
        self._waiting = False
        self._pending: dict[str, Any] = {}
        self._pending_controls: dict[str, tuple[Control[Any], dict[str, Any]]] = {}
        self._callbacks: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._pressed: list[str] = []
        self._events = EventQueue()
        self._script: deque[Occurrence] = deque()
        self._drawer = Drawer(self.simulation)
        self._restarting = [n for n, control in self._class.controls.items() if control.restart]
        self._previewed: dict[str, Any] | None = None
        self._painters: dict[str, tuple[Any, Painter]] = {}
        self._watchers: dict[str, list[Callable[[], Any]]] = {}
        self.simulation._ivisit_drawing = drawing
        self.simulation._attached(self)

    def __repr__(self) -> str:
        return (
            f"<Engine of {self._class.key}: {self.state} after {self.steps} steps, "
            f"seed {shorten(self.seed)}, mode {self.mode}>"
        )

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

    def adjustments(self) -> dict[str, dict[str, Any]]:
        """Return what `adjust` has changed, what waits for the next step included."""
        with self._lock:
            waiting = {name: changes for name, (_, changes) in self._pending_controls.items()}
            return {**self.simulation.parameters.adjustments, **waiting}

    def take(self, adjustments: Mapping[str, Mapping[str, Any]], name: str, value: Any) -> Any:
        """Give a parameter a value under the range that `adjustments` has for it.

        Without one the present range stays where the value fits, and the declared one returns
        where it does not; see `ivisit.parameters.Parameters.take`.
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

    def send(self, event: Event, *, located: bool = True) -> None:
        """Have an event delivered to the simulation between two steps, from any thread.

        Parameters
        ----------
        event : PointerEvent or MouseEvent
            The event. Of movements that wait only the latest is delivered.
        located : bool, optional
            Without it ``x`` and ``y`` are fractions of the panel's width and height, from its
            upper left corner, and the panel says where in its data that is.

        Raises
        ------
        ParameterError
            When there is no such panel, or it takes no such events.
        """
        self._check_event(event)
        if self._events.put(event, located=located):
            self.post(self._deliver)

    def schedule(self, events: Iterable[tuple[int, Any]]) -> None:
        """Have events delivered before given steps, counted from 0, of the coming run."""
        script = [Occurrence(step, as_event(event)) for step, event in events]
        for occurrence in script:
            self._check_event(occurrence.event)
        self._script = deque(sorted(script, key=lambda occurrence: occurrence.step))

    def _check_event(self, event: Event) -> None:
        panels = self._class.panels
        if event.panel not in panels:
            raise ParameterError(unknown(self._class.key, "panel", event.panel, panels))
        panel = panels[event.panel]
        if isinstance(event, PointerEvent):
            argument = "keys" if event.kind == "key" else "pointer"
            if not getattr(panel, argument):
                raise ParameterError(
                    f"{self._class.key}.{event.panel}: takes no event {event.kind!r}; declare it "
                    f"with {argument}=True"
                )

    def _deliver(self) -> None:
        """Hand the oldest event over to the simulation and log it."""
        waiting = self._events.take()
        if waiting is None or self.state in ("new", "failed"):
            return  # there is no run to which it could belong
        event, located = waiting
        if isinstance(event, PointerEvent) and not located:
            value = self.simulation._outputs.get(event.panel)
            event = self._class.panels[event.panel].locate(value, event)
        self.changes.append(Occurrence(self.steps, event))
        if isinstance(event, PointerEvent):
            self.simulation.pointer(event)
        elif (handler := self.link.handlers.get((event.panel, event.sequence))) is not None:
            handler(event)

    def parameters(self) -> dict[str, Any]:
        """Return the values of all controls, those that wait for the next step included."""
        with self._lock:
            return {**self.simulation._values, **self._pending}

    @property
    def has_waiting(self) -> bool:
        """Whether anything waits for the next step."""
        return self._waiting

    def waiting(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return whose values wait for the next step, and whose for the next `init`."""
        with self._lock:
            values = {**self.simulation._values, **self._pending}
            late = frozenset(
                name
                for name in self._restarting
                if self.runs and values[name] != self.initial_parameters.get(name)
            )
            soon = frozenset(name for name in self._pending if name not in self._restarting)
            return soon, late

    @property
    def has_preview(self) -> bool:
        """Whether the simulation has a method ``preview``."""
        return hasattr(self._class, "preview")

    def preview(self) -> None:
        """Have the next frame show what ``preview()`` makes of the values that wait.

        It is shown until the next step or `init`, and leaves nothing behind; see
        `ivisit.previews.previewed`.
        """
        if self.state in _UNDRAWN:
            return
        with self._stage("preview"):
            self._previewed = previewed(self.simulation, self.parameters(), self.outputs)

    def _apply_pending(self) -> None:
        """Hand the waiting ranges and values over to the simulation and log them."""
        with self._lock:
            self._waiting = False
            controls, self._pending_controls = self._pending_controls, {}
            for name, (control, changes) in controls.items():
                self.simulation.parameters.adopt(name, control, changes)
                self.changes.append(Adjustment(self.steps, name, changes))
            pending, self._pending = self._pending, {}
            for name, value in pending.items():
                if name in controls and self.simulation._values[name] == value:
                    continue  # the new range has brought it there, and will again in a replay
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

    @property
    def has_callbacks(self) -> bool:
        """Whether something was posted that has not been called yet."""
        return bool(self._callbacks)

    def handle_callbacks(self) -> None:
        """Call what was posted, between two steps or while no run goes on."""
        self._drawer.forget()
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
        self._previewed = None
        self.steps = 0
        if self.runs:
            self.recorder.clear()
            self.rasters.clear()
            self._release_buttons()  # a step that failed has not released them
        self.runs += 1
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
        self.instance_reused = simulation._ivisit_begun > 0
        simulation._ivisit_begun += 1
        self.prepare()
        simulation.rng = np.random.default_rng(self.seed)
        for name, panel in self._class.panels.items():
            if not panel.kept_over_init:
                simulation._outputs.pop(name, None)
        with self._stage("init"):
            simulation.init()
            self._check_life_cycle()
        self.state = "ready"

    def prepare(self) -> None:
        """Call `main_init`, with random numbers from the present seed, if that was not done yet."""
        simulation = self.simulation
        if simulation._ivisit_prepared:
            return
        # A generator takes longer to make than many a step.
        if self._class.main_init is not Simulation.main_init:
            simulation.rng = np.random.default_rng(self.seed)
            with self._stage("main_init"):
                simulation.main_init()
        simulation._ivisit_prepared = True

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
            raise IVisitError(
                f"{self._class.key}: has failed; init() starts a new run, retry() goes on"
            )
        first = self.steps
        self._previewed = None
        self.simulation._ivisit_stopped = False
        if steps == 0 and not self._script:
            self.state = "paused"
            return 0
        self.state = "running"
        try:
            with self._stage("step"):
                ended = False
                if first == 0 and self.runs == 1 and (steps is None or steps > 0):
                    ended = self._follow_script(1, until)
                    self._tell_misspelt_outputs()
                if not ended:
                    self._follow_script(None if steps is None else first + steps, until)
        finally:
            if self.state == "running":
                self.state = "paused"
        return self.steps - first

    @property
    def can_retry(self) -> bool:
        """Whether a run has failed after its `init`, so that `retry` is possible."""
        failed = self.state == "failed" and self.failure is not None
        return failed and self.failure.stage not in ("main_init", "init")  # type: ignore[union-attr]

    def retry(self) -> None:
        """Let a run go on whose step has failed: the next `run` computes that step once more.

        What the failed step has done half stays done, so that a replay cannot promise the same
        results; the log says so.

        Raises
        ------
        IVisitError
            When no run has failed, or it has failed in `init`.
        """
        if not self.can_retry:
            raise IVisitError(f"{self._class.key}: no step has failed that could be computed again")
        self.failure = None
        self.state = "paused"
        self.changes.append(Retry(self.steps))

    def _follow_script(self, last: int | None, until: Callable[[Any], Any] | None) -> bool:
        """Step up to `last`, and deliver the scheduled events on the way; see `_loop`."""
        while self._script:
            due = self._script[0].step
            if last is not None and due > last:
                break
            if due > self.steps and self._loop(due - self.steps, until):
                return True
            self._apply_now(self._script.popleft())
        return self._loop(None if last is None else last - self.steps, until)

    def _apply_now(self, entry: LogEntry) -> None:
        """Do again what is logged, between two steps, so that the order of the log is kept."""
        if isinstance(entry, Change | Adjustment):
            # Those of one step take effect together, as they did: a range and its value are one.
            entry.apply(self)
            return
        self._apply_pending()
        entry.apply(self)
        self._apply_pending()
        self.handle_callbacks()

    def _loop(self, steps: int | None, until: Callable[[Any], Any] | None) -> bool:
        """Step; tell whether the simulation or `until` ended that.

        This loop is the engine's overhead, so what is rarely needed hides behind ifs.
        """
        simulation = self.simulation
        step = simulation.step
        outputs = self.simulation._outputs
        recorder = self.recorder if self.recorder.names else None
        rasters = self.rasters if self.rasters.names else None
        done = self.steps
        last = math.inf if steps is None else done + steps
        while done < last:
            if self._waiting or self._callbacks:
                self._apply_pending()
                self.handle_callbacks()
                # What a callback has set counts in this step already.
                self._apply_pending()
                done = self.steps  # a callback may have begun a new run
            step()
            self.steps = done = done + 1
            if recorder is not None and done % recorder.every == 0:
                recorder.record(done, outputs)
            if rasters is not None:
                rasters.record(done, outputs)
            if self._pressed:
                self._release_buttons()
            if simulation._ivisit_stopped or (until is not None and until(simulation)):
                return True
        return False

    def _check_life_cycle(self) -> None:
        """Refuse a simulation that has assigned something else to the name of a method."""
        own = vars(self.simulation)
        if _LIFE_CYCLE.isdisjoint(own):
            return
        for name in LIFE_CYCLE:
            value = own.get(name, _nothing)
            if not callable(value):
                raise ParameterError(
                    f"{self._class.key}.{name}: is a method of the simulation, and was assigned "
                    f"{shorten(value)}; rename that attribute"
                )

    def _tell_misspelt_outputs(self) -> None:
        """Point out attributes that resemble a panel to which the first step assigned nothing."""
        outputs = self.simulation._outputs
        empty = [n for n, p in self._class.panels.items() if n not in outputs and p.assignable]
        if not empty or self.simulation._ivisit_misspelt_told:
            return
        type(self.simulation)._ivisit_misspelt_told = True  # for all instances, of a sweep for one
        for attribute in vars(self.simulation):
            resembled = [] if attribute.startswith("_") else closest_names(attribute, empty, 0.75)
            if resembled:
                logger.warning(
                    "%s: the first step assigned nothing to the panel %r, but there is an "
                    "attribute %r. Is that a misspelling?",
                    self._class.key,
                    resembled[0],
                    attribute,
                )

    @property
    def stopped(self) -> bool:
        """Whether the simulation itself ended the last `run`."""
        return self.simulation._ivisit_stopped

    def stop(self) -> None:
        """End the present `run` after this step."""
        self.simulation._ivisit_stopped = True

    def replay(self, changes: Iterable[LogEntry], steps: int) -> None:
        """Run `steps` steps and repeat the logged `changes` at their steps.

        With the seed and the initial parameters of the run in which they were logged, the
        results are those of that run: bit for bit, if code, libraries and machine are the same.
        """
        for change in changes:
            if change.step > steps:
                break
            if change.step > self.steps:
                self.run(change.step - self.steps)
            if change.step == self.steps:  # unless the simulation has ended the run
                self._apply_now(change)
        self.run(steps - self.steps)

    def close(self) -> None:
        """Call the simulation's `close`, once; the engine cannot be used afterwards."""
        if self.state == "closed":
            return
        prepared, self.simulation._ivisit_prepared = self.simulation._ivisit_prepared, False
        self.state = "closed"
        try:
            if prepared and has_close(self.simulation):
                with self._stage("close"):
                    self.simulation.close()
        finally:
            self.pyplot_figures.close()

    def successor(self, simulation: Simulation | type[Simulation]) -> tuple[Engine, dict[str, str]]:
        """Return an engine for another version of the simulation, e.g. after its file was edited.

        It keeps seed, mode, recording, the values that still fit, and the ranges that were
        changed of controls whose declaration is as it was; the dict has a message for every value
        that the new declarations do not accept, by name.
        """
        engine = Engine(
            simulation,
            seed=self.seed,
            mode=self.mode,
            every=self.recorder.first_every,
            limit=self.recorder.limit,
        )
        engine.figure_sizes = dict(self.figure_sizes)
        parameters = engine.simulation.parameters
        for name, changes in self.simulation.parameters.adjustments.items():
            if repr(type(engine.simulation).controls.get(name)) == repr(self._class.controls[name]):
                parameters.adjust(name, **changes)
        problems = {}
        for name, value in self.parameters().items():
            try:
                control = parameters.control(name)
                parameters[name], change = control.fitting(value, owner=engine._class.key)
            except ParameterError as error:
                problems[name] = str(error)
            else:
                problems |= {name: change} if change else {}
        return engine, problems

    def _check_open(self) -> None:
        if self.state == "closed":
            raise IVisitError(f"{self._class.key}: the engine is closed")

    def hint_at_pyplot(self) -> None:
        """Tell the author of the simulation, once, that figures of pyplot are not seen."""
        if self.simulation._seeds_global_random:
            return  # a script of IVISIT 0.7x, which knows no panels to draw into
        shown = self.simulation._ivisit_outputs.values()
        if hint := self.pyplot_figures.hint(self._class.key, shown):
            logger.warning("%s", hint)
            self.link.post(Say(hint.partition("\n")[0] + " See 'iv.Figure'"))

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
            outputs=self._previewed or self.outputs(figures=figures),
            trace_steps=trace_steps,
            traces=traces,
            run=self.runs,
            revision=revision,
            rasters=self.rasters.take(),
        )

    def outputs(self, *, figures: bool = True) -> dict[str, Any]:
        """Return copies of what all panels show; figures as pixels, or not at all."""
        self.simulation._refresh()
        self.draw()
        shown: dict[str, Any] = {}
        for name, panel in self._class.panels.items():
            value = self.simulation._outputs.get(name)
            if value is None:
                continue
            painter = self.painter(name, value)
            if painter is None:
                shown[name] = panel.snapshot(value)
            elif figures:
                shown[name] = painted(painter, *self.figure_sizes.get(name, (None, None)))
        return shown

    def draw(self) -> None:
        """Have the simulation draw what somebody is going to look at; see `Simulation.draw`."""
        drawer = self._drawer
        if drawer.is_needed and self.simulation._ivisit_drawing and self.state not in _UNDRAWN:
            with self._stage("draw"):
                drawer.draw((self.runs, self.steps))

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
        self.former = pyplots.enter(self.engine.pyplot_figures)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        pyplots.enter(self.former)
        if self.engine.pyplot_figures.is_hint_due:
            self.engine.hint_at_pyplot()
        # sys.exit() in a step must not end the window's worker without a word.
        if error is None or isinstance(error, RunError):
            return
        # Ctrl-C is not the simulation's, and a generator's end no error; all else is.
        if isinstance(error, KeyboardInterrupt | GeneratorExit):
            return
        engine = self.engine
        engine.state = "failed"
        engine.failure = Failure.from_exception(self.name, error)
        raise RunError(
            f"{type(engine.simulation).key}: {engine.failure}", failure=engine.failure
        ) from error


#: States in which there is nothing to draw, or what there is may be broken.
_UNDRAWN = ("new", "failed", "closed")
_LIFE_CYCLE = frozenset(LIFE_CYCLE)


def _instance_of(simulation: Simulation | type[Simulation]) -> Simulation:
    """Return an instance, made without arguments where a class is given."""
    if not isinstance(simulation, type):
        return simulation
    try:
        return simulation()
    except (KeyboardInterrupt, GeneratorExit, IVisitError):
        raise
    # The simulation's own code: whatever it raises is told like an error of its steps.
    except BaseException as error:
        if isinstance(error, TypeError):
            _refuse_arguments(simulation)
        failure = Failure.from_exception("__init__", error)
        raise RunError(f"{simulation.__name__}: {failure}", failure=failure) from error


def has_close(simulation: Simulation) -> bool:
    """Tell whether a simulation has something to do at the end."""
    return type(simulation).close is not Simulation.close or "close" in vars(simulation)


def _refuse_arguments(simulation: type[Simulation]) -> None:
    """Raise `ParameterError` for a class that cannot be made without arguments."""
    try:
        inspect.signature(simulation.__init__).bind(None)
    except TypeError as error:
        raise ParameterError(
            f"{simulation.__name__}: cannot be made without arguments ({error}); give them "
            "defaults, or hand over an instance"
        ) from None


def _nothing() -> None:
    """Do nothing."""


def as_seed(seed: Any) -> int:
    """Return `seed`, or fresh entropy for None; a negative or other seed is a `ParameterError`."""
    if seed is None:
        return int(np.random.SeedSequence().entropy)  # type: ignore[arg-type]
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError(expected("", "seed", "a whole number from 0 on, or None", seed))
    return int(seed)
