"""Metrics: one number that a run is judged by, from a trace or from a function of the result."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ivisit.errors import ParameterError
from ivisit.runs.columns import TraceColumn, trace_column, trace_columns
from ivisit.runs.references import reference_to
from ivisit.simulation import Simulation


def _first(below: bool) -> Callable[[np.ndarray, np.ndarray, float], float]:
    def first(steps: np.ndarray, values: np.ndarray, bound: float) -> float:
        hits = np.flatnonzero(values < bound if below else values > bound)
        return float(steps[hits[0]]) if hits.size else math.nan

    return first


def _at(steps: np.ndarray, values: np.ndarray, step: float) -> float:
    hits = np.flatnonzero(steps == step)
    return float(values[hits[0]]) if hits.size else math.nan


def _area(steps: np.ndarray, values: np.ndarray, _: float) -> float:
    """Return the area under the curve over the step numbers, by trapezoids."""
    return float(np.sum((values[1:] + values[:-1]) / 2 * np.diff(steps)))


#: What becomes of a trace: name to function of steps, values and the number in the metric's text.
#: "Never" and "not reached" are NaN.
REDUCTIONS: dict[str, Callable[[np.ndarray, np.ndarray, float], float]] = {
    "min": lambda steps, values, _: float(np.min(values)),
    "max": lambda steps, values, _: float(np.max(values)),
    "mean": lambda steps, values, _: float(np.mean(values)),
    "auc": _area,
    "argmin": lambda steps, values, _: float(steps[np.argmin(values)]),
    "argmax": lambda steps, values, _: float(steps[np.argmax(values)]),
    "first<": _first(below=True),
    "first>": _first(below=False),
    "at=": _at,
}

FORMS = "TRACE, TRACE:last, :min, :max, :mean, :auc, :argmin, :argmax, :first<X, :first>X or :at=N"


@dataclass(frozen=True)
class Metric:
    """One number of a run.

    Attributes
    ----------
    name : str
        Its column; ``loss`` for the last value, else the text, e.g. ``loss:min``.
    trace : str
        The trace, or its component as ``trace.x``; empty for a function of the result.
    reduction : str
        ``last`` or one of `REDUCTIONS`.
    number : float
        The bound, or the step, in the text.
    function : str
        Reference to a function of a `RunResult`; empty for a trace.
    column : TraceColumn or None
        Where the numbers of the trace come from.
    """

    name: str
    trace: str = ""
    reduction: str = "last"
    number: float = 0.0
    function: str = ""
    column: TraceColumn | None = None

    @property
    def recorded(self) -> bool:
        """Whether the trace has to be recorded step by step."""
        return bool(self.trace) and self.reduction != "last"

    def of_outputs(self, outputs: Mapping[str, Any]) -> float:
        """Return the last value; NaN where nothing was assigned."""
        return math.nan if self.column is None else self.column.value(outputs)

    def of_trace(self, steps: np.ndarray, values: np.ndarray) -> float:
        """Return the metric of a recorded trace; NaN where nothing was recorded."""
        if not values.size:
            return math.nan
        return REDUCTIONS[self.reduction](steps, values, self.number)


def make_metrics(
    simulation: type[Simulation],
    metrics: Iterable[str] | Mapping[str, Callable[[Any], float]] | str | None,
) -> tuple[Metric, ...]:
    """Return the metrics that are asked for; by default the last value of every trace.

    Raises
    ------
    ParameterError
        For a text that is no metric, an unknown trace, or a function that workers could not find.
    """
    if metrics is None:
        return tuple(map(_last, trace_columns(simulation).values()))
    if isinstance(metrics, Mapping):
        found = [_named(simulation, name, given) for name, given in metrics.items()]
    else:
        texts = [metrics] if isinstance(metrics, str) else list(metrics)
        found = [parse_metric(simulation, text) for text in texts]
    names = [metric.name for metric in found]
    if len(set(names)) < len(names):
        raise ParameterError(f"{simulation.key}: a metric is named twice in {', '.join(names)}")
    return tuple(found)


def parse_metric(simulation: type[Simulation], text: str) -> Metric:
    """Return the metric that a text such as ``loss:first<0.1`` stands for."""
    columns = trace_columns(simulation)
    if text in columns:
        return _last(columns[text])
    trace, _, form = str(text).rpartition(":")
    last = _last(trace_column(simulation, trace or str(text)))
    if form == "last":
        return last
    match = re.fullmatch(r"(first[<>]|at=)(\S+)|([a-z]+)", form)
    reduction = (match[1] or match[3]) if match else ""
    number = _number(match[2]) if match and match[2] else 0.0
    if reduction not in REDUCTIONS or number is None:
        raise ParameterError(f"{simulation.key}: {text!r} is no metric; write {FORMS}")
    return replace(last, name=text, reduction=reduction, number=number)


def _last(column: TraceColumn) -> Metric:
    return Metric(column.name, trace=column.name, column=column)


def canonical_name(text: str) -> str:
    """Return the name under which a metric is stored: ``loss`` for ``loss:last``."""
    return text.removesuffix(":last")


def _named(simulation: type[Simulation], name: str, given: Any) -> Metric:
    columns = trace_columns(simulation)
    if isinstance(given, str) and (given in columns or given.rpartition(":")[0] in columns):
        return replace(parse_metric(simulation, given), name=name)
    return Metric(name, function=reference_to(simulation, given, f"metric {name!r}"))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
