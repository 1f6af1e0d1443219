"""What a worker does: prepare a job once, compute chunks of its runs, return plain tuples."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ivisit.engine import Engine
from ivisit.errors import Failure, RunError
from ivisit.runs import capturing
from ivisit.runs.job import Job, Row, Task
from ivisit.runs.metrics import Metric
from ivisit.runs.references import condition, resolve
from ivisit.runs.stamp import machine_stamp
from ivisit.runs.targets import nest
from ivisit.simulation import Simulation

#: A chunk that takes longer hands the rest of its runs back, so that a stop is soon heard.
CHUNK_SECONDS = 1.0
#: Jobs for which a worker keeps what it has prepared.
KEPT_JOBS = 8

Factory = Callable[[], Simulation]

_benches: OrderedDict[str, Bench] = OrderedDict()
_lock = threading.RLock()


def run_chunk(key: str, packed: bytes, tasks: list[Task]) -> tuple[list[Row], str, str]:
    """Compute some runs; the entry point of every worker.

    Parameters
    ----------
    key : str
        Key of the job.
    packed : bytes
        The job; empty where the worker is the parent's own process.
    tasks : list of Task
        What to compute, in this order.

    Returns
    -------
    rows : list of Row
        One for each task from the first on; fewer when time was up.
    worker : str
        ``host:pid``.
    stamp : str
        What computed them: versions and platform, as JSON; empty in the parent's own process.
    """
    bench = _bench(key, packed)
    end = time.perf_counter() + CHUNK_SECONDS
    rows = []
    for task in tasks:
        rows.append(bench.run(task))
        if time.perf_counter() > end:
            break
    return rows, f"{socket.gethostname()}:{os.getpid()}", _stamp() if packed else ""


def share(job: Job, factory: Factory) -> None:
    """Prepare a job for workers in this process: they use the parent's own class."""
    with _lock:
        _benches[job.key] = Bench(job, factory)


def forget(job: Job) -> None:
    """Drop what `share` has prepared."""
    with _lock:
        bench = _benches.pop(job.key, None)
    if bench is not None:
        bench.close()


@lru_cache(maxsize=1)
def _stamp() -> str:
    return machine_stamp()


def _bench(key: str, packed: bytes) -> Bench:
    with _lock:
        bench = _benches.get(key)
        if bench is None:
            bench = _benches[key] = Bench(pickle.loads(packed))
            while len(_benches) > KEPT_JOBS:
                _benches.popitem(last=False)
        else:
            _benches.move_to_end(key)
        return bench


class Bench:
    """A job prepared for running: the simulation loaded, its functions found."""

    def __init__(self, job: Job, factory: Factory | None = None) -> None:
        self.job = job
        self.recorded = sorted(
            {metric.trace for metric in job.metrics if metric.recorded} | set(job.keep)
        )
        self._needs_result = any(metric.function for metric in job.metrics)
        self._factory = factory
        self._load_failure: dict[str, Any] | None = None
        self._own = threading.local()  # an instance that is used again belongs to one thread
        if factory is None:
            self._load()

    def _load(self) -> None:
        """Execute the simulation's file; when that fails, every run fails with the reason."""
        capturing.clear()
        try:
            self._factory = self.job.origin.load()
        # Whatever foreign code raises while it is loaded becomes the failure of the runs.
        except BaseException as error:  # noqa: BLE001
            self._load_failure = describe("load", error.__cause__ or error)

    def close(self) -> None:
        """Close the instance that was used again and again, of this thread."""
        engine: Engine | None = getattr(self._own, "engine", None)
        self._own.engine = None
        if engine is not None:
            engine.close()

    def run(self, task: Task) -> Row:
        """Compute one run; whatever goes wrong in it is in the row."""
        index, values = task
        seed = self.job.seed(index)
        if self._load_failure is not None:
            return Row(index, seed, "failed", 0, (), 0.0, self._load_failure)
        capturing.clear()
        began = time.perf_counter()
        engine: Engine | None = None
        stage = "main_init"
        try:
            engine = self._engine(seed)
            engine.simulation.parameters.update(nest(self.job.paths, values))
            stage = "init"
            engine.init()
            stage = "step"
            engine.run(self.job.steps, until=self._until(engine))
            stage = "metric"
            metrics, traces = self._measure(engine, time.perf_counter() - began)
            stage = "close"
            if not self.job.reuse:
                engine.close()
        except BaseException as error:
            if _is_interrupt(error):
                raise
            self._drop(engine)
            duration = time.perf_counter() - began
            steps = 0 if engine is None else engine.steps
            return Row(index, seed, "failed", steps, (), duration, describe(stage, error))
        return Row(index, seed, "finished", engine.steps, metrics, _since(began), None, traces)

    def _engine(self, seed: int) -> Engine:
        """Return an engine with the fixed parameters: a new one, or this thread's."""
        engine: Engine | None = getattr(self._own, "engine", None) if self.job.reuse else None
        if engine is None:
            assert self._factory is not None
            simulation = self._factory()
            # A function of the result may look at any trace.
            record = None if self._needs_result else self.recorded
            engine = Engine(simulation, seed=seed, record=record, drawing=False)
            if self.job.reuse:
                engine.seed = self.job.entropy
                engine.prepare()
                self._own.engine = engine
        elif self.job.reuse:
            engine.simulation.parameters.reset()
        engine.seed = seed
        if self.job.fixed or self.job.adjustments:
            engine.simulation.parameters.take(self.job.adjustments, self.job.fixed)
        return engine

    def _drop(self, engine: Engine | None) -> None:
        """Close an instance whose run failed: nothing of it is used again."""
        self._own.engine = None
        if engine is not None:
            # The first failure is the one to tell; close() often fails in its wake.
            with contextlib.suppress(RunError):
                engine.close()

    def _until(self, engine: Engine) -> Callable[[Any], Any] | None:
        return condition(type(engine.simulation), self.job.until) if self.job.until else None

    def _measure(
        self, engine: Engine, duration: float
    ) -> tuple[tuple[float, ...], tuple[tuple[str, bytes, bytes], ...]]:
        """Return metrics and kept traces of a run that has ended."""
        simulation = engine.simulation
        simulation._refresh()
        outputs = simulation._outputs
        if not self.recorded and not self._needs_result:
            return tuple([m.column.present(outputs) for m in self.job.metrics]), ()
        steps, traces = engine.recorder.table()
        result = None
        if self._needs_result:
            from ivisit.runs.single import result_of

            result = result_of(engine, duration=duration, owned=True)
            traces = result.columns
        metrics = tuple(
            [self._metric(m, engine, steps, traces, outputs, result) for m in self.job.metrics]
        )
        return metrics, tuple(
            _compress(name, steps, traces[name], self.job) for name in self.job.keep
        )

    def _metric(
        self,
        metric: Metric,
        engine: Engine,
        steps: np.ndarray,
        traces: dict[str, np.ndarray],
        outputs: dict[str, Any],
        result: Any,
    ) -> float:
        if metric.function:
            function = resolve(type(engine.simulation), metric.function, metric.name)
            return float(function(result))
        if metric.recorded:
            return metric.of_trace(steps, traces[metric.trace])
        return metric.column.present(outputs)


def describe(stage: str, error: BaseException) -> dict[str, Any]:
    """Return a failure as strings, and the last that the run printed."""
    failure = getattr(error, "failure", None)
    if not isinstance(failure, Failure):
        failure = Failure.from_exception(stage, error)
    fields = {name: getattr(failure, name) for name in Failure.__dataclass_fields__}
    return fields | {"output": capturing.tail()}


def lost(job: Job, index: int, reason: str) -> Row:
    """Return the row of a run whose worker died twice."""
    failure = {
        "stage": "worker",
        "type": "WorkerDied",
        "message": f"the process that computed this run ended, twice ({reason})",
        "traceback": "",
        "file": "",
        "line": 0,
        "source": "",
        "output": "",
    }
    return Row(index, job.seed(index), "failed", 0, (), 0.0, failure)


def _compress(
    name: str, steps: np.ndarray, values: np.ndarray, job: Job
) -> tuple[str, bytes, bytes]:
    kept = steps % job.every == 0
    return (
        name,
        zlib.compress(steps[kept].astype("<i8").tobytes()),
        zlib.compress(values[kept].astype("<f8").tobytes()),
    )


def _is_interrupt(error: BaseException) -> bool:
    """Tell whether Ctrl-C reached a run; worker processes never hear it."""
    return isinstance(error, KeyboardInterrupt) and not capturing.is_worker()


def _since(began: float) -> float:
    return time.perf_counter() - began
