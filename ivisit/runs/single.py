"""`run`: a simulation without a window."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from ivisit.calling import has_close
from ivisit.class_plan import plan_of
from ivisit.declarations import is_whole
from ivisit.engine import Engine
from ivisit.errors import FilmError, ParameterError, RunError, StoreError, expected
from ivisit.films.request import Film, as_films
from ivisit.plugins.finding import get_simulation
from ivisit.plugins.origins import release
from ivisit.runs.beginning import open_for_writing, take_set
from ivisit.runs.filming import Filmings
from ivisit.runs.interrupting import EndOnce
from ivisit.runs.provenance import provenance
from ivisit.runs.randomness import states_to_watch, warn_of_global_random
from ivisit.runs.reading import Status
from ivisit.runs.result import Outputs, RunResult
from ivisit.timing import step_time

if TYPE_CHECKING:
    from ivisit.simulation import Simulation
    from ivisit.store import ParameterStore

#: What may be given as ``film``.
Filmed = str | os.PathLike[str] | Film | Iterable[str | os.PathLike[str] | Film] | None


def run(
    simulation: Any,
    parameters: Mapping[str, Any] | None = None,
    *,
    steps: int,
    seed: int | None = 0,
    record: Iterable[str] | None = None,
    every: int = 1,
    store: ParameterStore | str | os.PathLike[str] | None = None,
    parameter_set: str | None = None,
    strict: bool = True,
    until: Callable[[Any], Any] | None = None,
    events: Iterable[tuple[int, Any]] = (),
    film: Filmed = None,
    progress: bool = False,
) -> RunResult:
    """Run a simulation: `init` and `steps` steps.

    Parameters
    ----------
    simulation : Simulation, subclass, str or path-like
        A class, an instance, the name of a plugin, or a path ``file.py[:Class]``. An instance
        keeps its present parameters and stays open; its `main_init` is called in its first run
        only, and ``result.instance_reused`` tells of the later ones.
    parameters : dict, optional
        Values by name; they take precedence over the set, and the set over the defaults.
    steps : int
        How many steps at the most, from 0 on.
    seed : int or None, optional
        Seed of ``simulation.rng``, 0 by default. None draws entropy; ``result.seed`` tells it.
    record : iterable of str, optional
        Traces, components of traces (``trace.x``) and rasters to record; None (default) records
        all, an empty list none.
    every : int, optional
        Record every n-th step.
    store : ParameterStore or path-like, optional
        Where `parameter_set` is read, by default the simulation's own store in the working
        directory. The run is entered into the store only when it is given here.
    parameter_set : str, optional
        Name of a stored parameter set to start from, ``NAME@VERSION`` for a former version of it,
        or ``OTHER.ivisit:NAME`` for one in another store.
    strict : bool, optional
        Whether a set that does not fit the declaration any more is refused; else a warning names
        what was left out.
    until : callable, optional
        Called with the simulation after each step; a true value ends the run.
    events : iterable of (int, PointerEvent or dict), optional
        What mouse and keys do on panels: each event, or a dict of its attributes, is delivered
        before the step of that number, counted from 0.
    film : path-like, Film, or a list of them, optional
        Make films of the panels, ``.gif`` or ``.mp4``; see `ivisit.Film`. The result is the same
        as without. A run that is ended by Ctrl-C or fails leaves the film of what it has computed.
    progress : bool, optional
        Show a progress bar with rate and remaining time on stderr.

    Returns
    -------
    RunResult
        Its ``status`` is ``interrupted`` after Ctrl-C; what was recorded is kept.

    Raises
    ------
    ParameterError
        For a name or value that the declaration does not accept, before anything runs.
    PluginError, StoreError
        When the simulation or the set cannot be found, and when the store cannot take the run: what
        can be known is told before the first step, else ``error.result`` holds the result.
    RunError
        When the simulation's code raises; ``error.result`` holds what was recorded.
    FilmError
        When a film cannot be made: before the first step, or, with ``error.result``, afterwards.

    Examples
    --------
    >>> import ivisit as iv
    >>> class Counter(iv.Simulation):
    ...     stride = iv.Slider(1, 1, 9)
    ...     count = iv.Trace()
    ...
    ...     def init(self):
    ...         self.count = 0
    ...
    ...     def step(self):
    ...         self.count += self.stride
    >>> iv.run(Counter, {"stride": 2}, steps=3).traces["count"]
    array([2., 4., 6.])
    """
    if not is_whole(steps, 0):
        raise ParameterError(expected("run", "steps", "a whole number from 0 on", steps))
    found = get_simulation(simulation)
    engine = Engine(found, seed=seed, record=record, every=every)
    try:
        return _run(
            engine, parameters, steps=int(steps), store=store, parameter_set=parameter_set,
            strict=strict, until=until, events=events, film=film, progress=progress,
            owned=isinstance(found, type),
        )  # fmt: skip
    finally:
        if found is not simulation:
            release(found)


def run_undrawn(
    simulation: type[Simulation],
    parameters: Mapping[str, Any],
    *,
    steps: int,
    seed: int,
    until: Callable[[Any], Any] | None,
) -> RunResult:
    """Run a simulation as sweeps do: nobody looks, `draw` is never called."""
    engine = Engine(simulation, seed=seed, drawing=False)
    return _run(engine, parameters, steps=steps, until=until)


def run_prepared(
    simulation: type[Simulation],
    prepare: Callable[[Simulation], object],
    *,
    steps: int,
    seed: int,
    record: Iterable[str] | None,
    every: int,
    progress: bool,
) -> RunResult:
    """Run a simulation to whose fresh instance ``prepare(instance)`` has given its values."""
    engine = Engine(simulation, seed=seed, record=record, every=every)
    prepare(engine.simulation)
    return _run(engine, None, steps=steps, until=None, progress=progress)


def _run(
    engine: Engine,
    parameters: Mapping[str, Any] | None,
    *,
    steps: int,
    until: Callable[[Any], Any] | None,
    store: ParameterStore | str | os.PathLike[str] | None = None,
    parameter_set: str | None = None,
    strict: bool = True,
    events: Iterable[tuple[int, Any]] = (),
    film: Filmed = None,
    progress: bool = False,
    owned: bool = True,
) -> RunResult:
    """Set the values of an engine's simulation, run it and return the result."""
    # What can be refused comes first: a refusal leaves no new store behind.
    if parameter_set is not None:
        take_set(engine.simulation, parameter_set, store, strict=strict)
    if parameters:
        engine.simulation.parameters.update(parameters)
    engine.schedule(events)
    opened = None if store is None else open_for_writing(store)
    try:
        films = Filmings(as_films(film), engine, steps)
        with EndOnce():
            watched = states_to_watch(engine.simulation)
            with _Course() as course:
                engine.init()
                _drive(engine, steps, films.watching(until), progress)
                engine.draw()
            result = _conclude(engine, course, owned=owned, store=opened, films=films)
            if watched is not None:
                warn_of_global_random(engine.simulation, watched)
            return result
    finally:
        if opened is not None and opened is not store:
            opened.close()


def replay(simulation: Any, result: RunResult, *, film: Filmed = None) -> RunResult:
    """Repeat a run with its seed, initial parameters and every change at its step.

    Parameters
    ----------
    simulation : Simulation, subclass, str or path-like
        The simulation that gave `result`; see `run`.
    result : RunResult
        A run, e.g. one that was steered in the window and saved there.
    film : path-like, Film, or a list of them, optional
        See `run`: a session becomes a film afterwards.

    Returns
    -------
    RunResult
        Equal to `result` bit for bit, as long as code, libraries and machine are the same.
    """
    found = get_simulation(simulation)
    record = [*result.traces, *result.rasters]
    engine = Engine(found, seed=result.seed, record=record, every=result.every)
    engine.simulation.parameters.take(result.adjustments, result.parameters)
    films = Filmings(as_films(film), engine, result.steps)
    with EndOnce():
        with _Course() as course:
            engine.init()
            engine.replay(result.changes, steps_to_repeat(result), until=films.watching())
            engine.draw()
        return _conclude(engine, course, owned=isinstance(found, type), store=None, films=films)


def steps_to_repeat(result: RunResult) -> int:
    """Return how many steps to compute: of a run that failed in a step, that step, too."""
    failed_in_step = result.failure is not None and result.failure.stage == "step"
    return result.steps + failed_in_step


def _drive(engine: Engine, steps: int, until: Callable[[Any], Any] | None, progress: bool) -> None:
    """Compute the steps, with a progress bar on stderr if wanted."""
    if not progress:
        engine.run(steps, until=until)
        return
    from tqdm import tqdm

    reached = False

    def watched(simulation: Any) -> bool:
        nonlocal reached
        reached = until is not None and bool(until(simulation))
        return reached

    with tqdm(total=steps, unit="step", desc=type(engine.simulation).key) as bar:
        chunk = 1
        while engine.steps < steps and not (reached or engine.stopped):
            began = time.perf_counter()
            done = engine.run(min(chunk, steps - engine.steps), until=until and watched)
            bar.update(done)
            # The bar moves several times a second and costs a fast simulation nothing.
            if time.perf_counter() - began < 0.05:
                chunk *= 2


class _Course:
    """How a run goes: a context manager around it that notes begin, end and duration.

    Ctrl-C and a failure of the simulation's code end the run, and go no further.
    """

    def __init__(self) -> None:
        self.status: Status = "finished"
        self.error: RunError | None = None
        self.duration = 0.0

    def __enter__(self) -> Self:
        self.started = time.time()
        self._began = time.perf_counter()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        self.duration = time.perf_counter() - self._began
        if isinstance(error, KeyboardInterrupt):
            self.status = "interrupted"
        elif isinstance(error, RunError):
            self.status, self.error = "failed", error
        return self.status != "finished"


def _conclude(
    engine: Engine,
    course: _Course,
    *,
    owned: bool,
    store: ParameterStore | None,
    films: Filmings,
) -> RunResult:
    """Return the result of a run that has ended; raise its failure with the result attached."""
    unfilmed = films.finish()
    result = result_of(engine, status=course.status, duration=course.duration, owned=owned)
    error: RunError | StoreError | FilmError | None = course.error
    if store is not None:
        try:
            _enter(result, course.started, store)
        except StoreError as refused:
            error = error or refused
    if owned:
        try:
            engine.close()
        except RunError as failed:
            # The first failure is the one to tell; close() often fails in its wake.
            error = error or failed
    error = error or unfilmed
    if error is not None:
        error.result = result
        raise error
    return result


def result_of(
    engine: Engine, *, status: Status = "finished", duration: float = 0.0, owned: bool = False
) -> RunResult:
    """Return what an engine's run has given so far, as `run` would.

    Parameters
    ----------
    engine : Engine
        Between two steps; call this on the thread that steps it.
    status : str, optional
        ``finished``, ``interrupted`` or ``failed``.
    duration : float, optional
        Seconds that the run took.
    owned : bool, optional
        Whether nobody steps the engine any more: then figures are drawn when they are looked at,
        unless `close` of the simulation might change them.
    """
    steps, traces = engine.recorder.table()
    duration_of_step, unit = step_time(engine.simulation)
    simulation = type(engine.simulation)
    plan = plan_of(simulation)
    values = engine.outputs(figures=False)
    painters = {
        # Not the engine's own: a result has each picture in its own size.
        name: painter
        for name in plan.pictures
        if (shown := engine.simulation._outputs.get(name)) is not None
        and (painter := simulation.panels[name].painter(shown)) is not None
    }
    outputs = Outputs(values, painters)
    # Whoever owns the simulation, and its own close(), may go on drawing: take the pixels now.
    if painters and (not owned or has_close(engine.simulation)):
        for name in painters:
            outputs[name]
    return RunResult(
        simulation=simulation.key,
        parameters=engine.initial_parameters or dict(engine.simulation.parameters),
        seed=engine.seed,
        steps=engine.steps,
        traces=traces,
        recorded_steps=steps,
        outputs=outputs,
        panels=plan.descriptions(simulation),
        status=status,
        mode=engine.mode,
        changes=list(engine.changes),
        adjustments=engine.initial_adjustments
        if engine.runs
        else engine.simulation.parameters.adjustments,
        instance_reused=engine.instance_reused,
        failure=engine.failure,
        duration=duration,
        provenance=provenance(simulation),
        rasters=engine.rasters.table(),
        step_duration=duration_of_step,
        step_unit=unit,
    )


def _enter(result: RunResult, started: float, store: ParameterStore) -> None:
    """Enter a run into the store; its metrics are the final values of the traces."""
    store.save_run(
        result.simulation,
        parameters=result.parameters,
        seed=result.seed,
        steps=result.steps,
        status=result.status,
        metrics=result.metrics,
        duration=result.duration,
        started_at=datetime.fromtimestamp(started, UTC).isoformat(),
        finished_at=datetime.now(UTC).isoformat(),
        failure=result.failure,
        provenance=result.provenance,
    )
