"""`Engine`: owns one simulation and its life cycle; hands parameters in and frames out.

The engine itself has no thread and no clock. A headless run calls `Engine.run`; the window puts
an engine on a worker thread (`ivisit.worker`) and talks to it through `Engine.set`, `Engine.post`
and frames.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ivisit.calling import (
    Stage,
    as_seed,
    check_life_cycle,
    has_close,
    instance_of,
    tell_misspelt_outputs,
)
from ivisit.class_plan import apart
from ivisit.declarations import is_whole
from ivisit.drawing import Drawer, Painters
from ivisit.errors import Failure, IVisitError, ParameterError, expected, shorten
from ivisit.link import Say
from ivisit.looks import FigureView
from ivisit.panels.base import Painter
from ivisit.previews import previewed
from ivisit.pyplots import PyplotFigures
from ivisit.recording import (
    RASTER_LIMIT,
    Adjustment,
    Change,
    Frame,
    LogEntry,
    Recorder,
    Retry,
    SparseRecorder,
    columns_to_record,
)
from ivisit.simulation import Simulation
from ivisit.steering import Mode, Steering

logger = logging.getLogger(__name__)

#: States in which there is nothing to draw, or what there is may be broken.
_UNDRAWN = ("new", "failed", "closed")
#: Of nothing there is nothing to keep, so that all engines may share it.
_NO_RASTERS = SparseRecorder(())


class Engine(Steering):
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
        if not is_whole(every, 1):
            raise ParameterError(expected("Engine", "every", "a whole number from 1 on", every))
        super().__init__(instance_of(simulation), mode)
        self.seed: int = as_seed(seed)
        self.initial_adjustments: dict[str, dict[str, Any]] = {}
        self.instance_reused: bool = False
        self.failure: Failure | None = None
        # The instance's own: it may have an engine for every run.
        if self.simulation._ivisit_figures is None:
            self.simulation._ivisit_figures = PyplotFigures()
        self.pyplot_figures: PyplotFigures = self.simulation._ivisit_figures
        #: How the window looks at figure panels, by name; nothing of it changes the figures.
        self.figure_views: dict[str, FigureView] = {}
        plan, panels = self._plan, self._class.panels
        if record is None:
            columns, sparse = plan.columns, plan.rasters
        else:
            wanted = columns_to_record(self._class.key, panels, record)
            columns, sparse = apart(wanted, self._class)
        self.rasters: SparseRecorder = (
            SparseRecorder(sparse, None if limit is None else RASTER_LIMIT)
            if sparse
            else _NO_RASTERS
        )
        self.recorder: Recorder = Recorder(columns, int(every), limit)
        self._drawer = Drawer(self.simulation, plan.recorded)
        self._painters = Painters(panels, plan.pictures)
        self._previewed: dict[str, Any] | None = None
        self.simulation._ivisit_drawing = drawing
        self.simulation._attached(self)

    def __repr__(self) -> str:
        return (
            f"<Engine of {self._class.key}: {self.state} after {self.steps} steps, "
            f"seed {shorten(self.seed)}, mode {self.mode}>"
        )

    # Between two steps ----------------------------------------------------------------------

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

    def handle_callbacks(self) -> None:
        """Call what was posted, between two steps or while no run goes on."""
        self._drawer.forget()
        while self._callbacks:
            callback, arguments = self._callbacks.popleft()
            name = self._delivery.stage if callback == self._deliver else "callback"
            with self._stage(name):
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
            self._pending.release_buttons()  # a step that failed has not released them
        self.runs += 1
        if self._pending.is_waiting:
            self._apply_pending()
        self.changes.clear()
        if self.is_timed:
            self._began_at = time.perf_counter()
        self.initial_parameters = dict(simulation._values)
        self.initial_adjustments = simulation.parameters.adjustments
        self._pending.press_initially()
        self.instance_reused = simulation._ivisit_begun > 0
        simulation._ivisit_begun += 1
        for view in self.figure_views.values():
            view.limits = {}
        self.prepare()
        simulation.rng = np.random.default_rng(self.seed)
        if outputs := simulation._outputs:
            for name in self._plan.cleared:
                outputs.pop(name, None)
        with self._stage("init"):
            simulation.init()
            check_life_cycle(simulation)
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
        if steps == 0 and not self._delivery.script:
            self.state = "paused"
            return 0
        self.state = "running"
        try:
            with self._stage("step"):
                ended = False
                if first == 0 and self.runs == 1 and (steps is None or steps > 0):
                    ended = self._follow_script(1, until)
                    tell_misspelt_outputs(self.simulation)
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
        self.changes.append(Retry(self.steps, at=self.time_of_run()))

    def _follow_script(self, last: int | None, until: Callable[[Any], Any] | None) -> bool:
        """Step up to `last`, and deliver the scheduled events on the way; see `_loop`."""
        while script := self._delivery.script:
            due = script[0].step
            if last is not None and due > last:
                break
            if due > self.steps and self._loop(due - self.steps, until):
                return True
            self._apply_now(script.popleft())
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
        outputs = simulation._outputs
        pending = self._pending
        callbacks = self._callbacks
        recorder = self.recorder if self.recorder.names else None
        rasters = self.rasters if self.rasters.names else None
        done = self.steps
        last = math.inf if steps is None else done + steps
        while done < last:
            if pending.is_waiting or callbacks:
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
            if pending.pressed:
                pending.release_buttons()
            # Asked also of the last step: who films the run wants its picture.
            if (until is not None and until(simulation)) or simulation._ivisit_stopped:
                return True
        return False

    @property
    def stopped(self) -> bool:
        """Whether the simulation itself ended the last `run`."""
        return self.simulation._ivisit_stopped

    def stop(self) -> None:
        """End the present `run` after this step."""
        self.simulation._ivisit_stopped = True

    def replay(
        self,
        changes: Iterable[LogEntry],
        steps: int,
        *,
        until: Callable[[Any], Any] | None = None,
    ) -> None:
        """Run `steps` steps and repeat the logged `changes` at their steps; `until` as for `run`.

        With the seed and the initial parameters of the run in which they were logged, the
        results are those of that run: bit for bit, if code, libraries and machine are the same.
        """
        for change in changes:
            if change.step > steps:
                break
            if change.step > self.steps:
                self.run(change.step - self.steps, until=until)
            if change.step == self.steps:  # unless the simulation has ended the run
                self._apply_now(change)
        self.run(steps - self.steps, until=until)

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
        engine.figure_views = {name: view.copy() for name, view in self.figure_views.items()}
        engine.is_timed = self.is_timed
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

    def _stage(self, name: str) -> Stage:
        return Stage(self, name)

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
        return self._painters.shown(
            self.simulation._outputs, self.figure_views if figures else None
        )

    def draw(self) -> None:
        """Have the simulation draw what somebody is going to look at; see `Simulation.draw`."""
        drawer = self._drawer
        if drawer.is_needed and self.simulation._ivisit_drawing and self.state not in _UNDRAWN:
            with self._stage("draw"):
                drawer.draw((self.runs, self.steps))

    def painter(self, name: str, value: Any) -> Painter | None:
        """Return what makes pixels of the `value` of a panel; None where it is no picture.

        Parameters
        ----------
        name : str
            Name of the panel.
        value : object
            What the panel holds.
        """
        return self._painters.of(name, value)
