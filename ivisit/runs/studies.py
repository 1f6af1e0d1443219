"""`Study`: an optimisation, validated: what is searched, how, and what is measured."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivisit.errors import ParameterError
from ivisit.runs.job import Job, Row
from ivisit.runs.metrics import make_metrics, parse_metric
from ivisit.runs.ownership import this_process
from ivisit.runs.proposers import check_method, default_method
from ivisit.runs.proposers.differential_evolution import INDIVIDUALS
from ivisit.runs.requests import (
    ReadStore,
    Subject,
    entropy_of,
    make_base,
    make_measure,
    stored_sweep,
    whole_number,
)
from ivisit.runs.sitting import provenance_of
from ivisit.runs.space import AXIS_TYPES, Dimension, Range, resolve_range
from ivisit.runs.specification import canonical, digest_name
from ivisit.runs.targets import Target, find_target, flatten
from ivisit.store.sweep_rows import StoredSweep

logger = logging.getLogger(__name__)


@dataclass
class Study:
    """An optimisation, validated and not begun."""

    subject: Subject
    targets: tuple[Target, ...]
    dimensions: tuple[Dimension, ...]
    queue: list[tuple[Any, ...]]
    objective: str
    sign: float
    stored: StoredSweep
    job: Job

    @property
    def specification(self) -> Mapping[str, Any]:
        """What was asked for."""
        return self.stored.specification

    def cost(self, row: Row) -> float:
        """Return the objective of a run as a cost, to be small."""
        names = [metric.name for metric in self.job.metrics]
        if row.status != "finished":
            return math.inf
        return self.cost_of(dict(zip(names, row.metrics, strict=True)))

    def cost_of(self, metrics: Mapping[str, float]) -> float:
        """Return the objective among metrics as a cost."""
        value = float(metrics.get(self.objective, math.nan)) * self.sign
        return value if math.isfinite(value) else math.inf


def make_study(
    subject: Subject,
    ranges: Mapping[str, Range],
    *,
    store: ReadStore,
    steps: int,
    minimize: str | None = None,
    maximize: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    trials: int = 100,
    repeats: int = 1,
    method: str | None = None,
    parallel: int | None = None,
    workers: int = 1,
    seed: int | None = 0,
    until: Any = None,
    parameter_set: str | None = None,
    strict: bool = True,
    enqueue: Sequence[Mapping[str, Any]] = (),
    name: str | None = None,
    command: str | None = None,
) -> Study:
    """Validate an optimisation and tell what it consists of; see `optimize`."""
    cls = subject.cls
    whole_number("trials", trials, 1)
    whole_number("repeats", repeats, 1)
    if (minimize is None) == (maximize is None):
        raise ParameterError("optimize: name the metric to minimize or the one to maximize")
    objective = parse_metric(cls, minimize or maximize or "")
    others = [metric.name for metric in make_metrics(cls, None) if metric.name != objective.name]
    measure = make_measure(cls, steps=steps, metrics=[objective.name, *others], until=until)
    if not ranges:
        raise ParameterError("optimize: needs at least one range, e.g. --range x=0..1")
    targets = tuple(find_target(cls, name) for name in ranges)
    dimensions = tuple(
        resolve_range(target, _as_range(target, given))
        for target, given in zip(targets, ranges.values(), strict=True)
    )
    fixed = {}
    for given_name, value in (parameters or {}).items():
        target = find_target(cls, given_name)
        if target in targets or isinstance(value, (*AXIS_TYPES, Range)):
            raise target.refusal("given once: either as a range or as one value", value)
        fixed[target] = target.validate(value)
    base = make_base(subject, store, parameter_set, fixed, strict=strict)
    queue = [_queued(cls, targets, base.values, point) for point in enqueue]
    specification: dict[str, Any] = {
        **base.document(),
        "space": {
            "order": [target.name for target in targets],
            "ranges": {d.name: d.document() for d in dimensions},
        },
        "objective": {
            "metric": objective.name,
            "direction": "minimize" if minimize is not None else "maximize",
        },
        "repeats": int(repeats),
        "enqueue": [list(values) for values in queue],
        **measure.document(),
    }
    label, former = name, None
    if label is not None:
        former = stored_sweep(store, label, cls)
    entropy = entropy_of(seed, former.entropy if former else None)
    specification["seed"] = entropy
    if method is None and former is not None:
        method = former.specification.get("method")
    specification["method"] = check_method(method if method is not None else default_method())
    if label is None:
        label = digest_name(canonical({"of": cls.key, **specification}))
        former = stored_sweep(store, label, cls)
    if parallel is None:
        known = former.specification.get("parallel") if former else None
        parallel = known or max(1, min(workers, trials // 10))
    specification["parallel"] = lag = whole_number("parallel", parallel, 1)
    specification["trials"] = int(trials)
    if specification["method"] == "de" and lag > INDIVIDUALS:
        logger.warning(
            "differential evolution works in generations of about %d: more workers idle",
            INDIVIDUALS,
        )
    specification = canonical(specification)
    stored = StoredSweep(
        simulation=cls.key,
        name=label,
        kind="optimize",
        specification=specification,
        source_sha256=subject.origin.digest,
        size=int(trials) * int(repeats),
        entropy=entropy,
        provenance=provenance_of(subject, command),
    )
    job = Job(
        key=f"{label}/{this_process()}/{id(stored)}",
        origin=subject.origin,
        fixed=base.given,
        adjustments=base.adjustments,
        paths=tuple(target.path for target in targets),
        points=stored.size,
        steps=measure.steps,
        metrics=measure.metrics,
        until=measure.until,
        entropy=entropy,
    )
    sign = 1.0 if minimize is not None else -1.0
    return Study(subject, targets, dimensions, queue, objective.name, sign, stored, job)


def _as_range(target: Target, given: Any) -> Range:
    if not isinstance(given, Range):
        raise target.refusal("an iv.Range", given)
    return given


def _queued(
    cls: Any, targets: Sequence[Target], base: Mapping[str, Any], point: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Return the values of an enqueued trial; what it does not name is as in the base."""
    known = {find_target(cls, name): value for name, value in point.items()}
    for target in known:
        if target not in targets:
            raise target.refusal("among the ranges, to be enqueued", point)
    flat = flatten(base)
    return tuple(
        target.validate(known[target]) if target in known else flat[target.name]
        for target in targets
    )
