"""`rerun`: repeat one stored run, and say whether its numbers are the same, bit for bit."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ivisit.errors import IVisitError, RunError
from ivisit.plugins.finding import get_simulation
from ivisit.plugins.loading import load_library
from ivisit.plugins.sources import Source, SourceFile
from ivisit.runs.metrics import Metric, make_metrics
from ivisit.runs.references import condition, resolve
from ivisit.runs.result import RunResult
from ivisit.runs.single import run, run_undrawn
from ivisit.simulation import Simulation
from ivisit.store import ParameterStore
from ivisit.store.run_rows import StoredRun


@dataclass
class RerunResult(RunResult):
    """The result of a repeated run.

    Attributes
    ----------
    identical : bool or None
        Whether status, steps and metrics are those stored, bit for bit; None when there was
        nothing to compare.
    stored : StoredRun or None
        What was stored.
    measured : dict
        The metrics of the repetition.
    """

    identical: bool | None = None
    stored: StoredRun | None = None
    measured: dict[str, float] = field(default_factory=dict)


def rerun(
    store: ParameterStore | str | os.PathLike[str],
    run_id: int,
    *,
    simulation: Any = None,
    stored_source: bool = False,
) -> RerunResult:
    """Repeat a stored run with its parameters and its seed.

    Parameters
    ----------
    store : ParameterStore or path-like
        Where the run is stored.
    run_id : int
        Its number.
    simulation : str, path-like or class, optional
        Where the simulation is now, by default where it was.
    stored_source : bool, optional
        Run the files that the store has kept, whatever has become of them since. Sweeps keep
        them; installed plugins and the libraries are those of today all the same.

    Returns
    -------
    RerunResult
        ``identical`` says whether the numbers are the same. NaN equals NaN: bits are compared.
    """
    opened = store if isinstance(store, ParameterStore) else ParameterStore(store, create=False)
    try:
        stored = opened.load_run(run_id)
        sweep = opened.find_sweep(stored.sweep, stored.simulation) if stored.sweep else None
        kept = _kept_source(opened, stored) if stored_source else None
    finally:
        if opened is not store:
            opened.close()
    if kept is not None:
        found = load_library(kept, _class_name(stored))
    else:
        found = get_simulation(simulation if simulation is not None else _place(stored))
    cls = found if isinstance(found, type) else type(found)
    specification: Mapping[str, Any] = sweep.specification if sweep is not None else {}
    metrics = make_metrics(cls, specification.get("metrics"))
    limit = specification.get("steps", stored.steps)

    def repeat(how: Callable[..., RunResult]) -> tuple[RunResult, dict[str, float], bool | None]:
        until = condition(cls, specification.get("until"))
        try:
            result = how(found, stored.parameters, steps=limit, seed=stored.seed, until=until)
        except RunError as error:
            if error.result is None:
                raise
            return error.result, {}, _same(stored, error.result, {})
        values = {m.name: _value(cls, m, result) for m in metrics}
        return result, values, _same(stored, result, values)

    result, values, identical = repeat(run)
    if identical is False and sweep is not None and isinstance(found, type):
        # Nothing was drawn in the sweep: what draw() does, or how it fails, is no difference.
        result, values, identical = repeat(run_undrawn)
    return RerunResult(
        **{one.name: getattr(result, one.name) for one in fields(RunResult)},
        identical=identical,
        stored=stored,
        measured=values,
    )


def _kept_source(store: ParameterStore, stored: StoredRun) -> Source:
    """Return the files that a run was computed with, as they were then."""
    known = stored.provenance
    main = Path(str(known.get("source", "")))
    places = {"__main__": (main, known.get("source_sha256", ""))}
    for helper in known.get("helpers", []):
        places[helper["module"]] = (main.parent / helper["path"], helper["sha256"])
    contents = store.source_files(digest for _, digest in places.values())
    missing = [path.name for path, digest in places.values() if digest not in contents]
    if missing:
        raise IVisitError(
            f"run {stored.id}: the store has not kept {', '.join(missing)}; only sweeps of files "
            "keep their sources"
        )
    files = [SourceFile(n, path, contents[digest][1]) for n, (path, digest) in places.items()]
    return Source(files[0], tuple(sorted(files[1:], key=lambda file: file.module)))


def _class_name(stored: StoredRun) -> str:
    """Return the class to load, where the file does not launch one."""
    return str(stored.provenance.get("origin", "")).rpartition(".py")[2].lstrip(":")


def _place(stored: StoredRun) -> str:
    """Return where the simulation of a stored run was."""
    origin = stored.provenance.get("origin", "")
    name = str(stored.provenance.get("simulation", "")).rpartition(":")[2]
    source = stored.provenance.get("source")
    if not origin and source:
        origin = f"{source}:{name}"
    if not origin:
        raise IVisitError(
            f"run {stored.id}: the store does not say where {stored.simulation!r} is; name it "
            "(--simulation)"
        )
    return str(origin)


def _value(cls: type[Simulation], metric: Metric, result: RunResult) -> float:
    if metric.function:
        return float(resolve(cls, metric.function, metric.name)(result))
    if metric.recorded:
        return metric.of_trace(result.recorded_steps, result.columns[metric.trace])
    return metric.column.present(result.outputs)


def _same(stored: StoredRun, result: RunResult, metrics: Mapping[str, float]) -> bool | None:
    """Compare by bits; an interrupted run has nothing to be compared with."""
    if stored.status == "interrupted" or result.status == "interrupted":
        return None
    if (stored.status, stored.steps) != (result.status, result.steps):
        return False
    if stored.status == "failed":
        return True
    if not stored.metrics:
        return None
    return all(
        name in metrics and struct.pack("<d", metrics[name]) == struct.pack("<d", value)
        for name, value in stored.metrics.items()
    )
