"""Metrics: one number that a run is judged by, from a trace or from a function of the result."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ivisit.controls.slider import with_decimal_point
from ivisit.errors import ParameterError, unknown
from ivisit.recording import Column, single_columns
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


#: What a function of the result records.
_NOTHING = Column("")


@dataclass(frozen=True)
class Metric:
    """One number of a run.

    Attributes
    ----------
    name : str
        Its column; ``loss`` for the last value, else the text, e.g. ``loss:min``.
    trace : str
        The trace, or a component of one as ``trace.x``; empty for a function of the result.
    reduction : str
        ``last`` or one of `REDUCTIONS`.
    number : float
        The bound, or the step, in the text.
    function : str
        Reference to a function of a `RunResult`; empty for a trace.
    column : Column
        What is recorded under the name of the trace.
    """

    name: str
    trace: str = ""
    reduction: str = "last"
    number: float = 0.0
    function: str = ""
    column: Column = _NOTHING

    @property
    def recorded(self) -> bool:
        """Whether the trace has to be recorded step by step."""
        return bool(self.trace) and self.reduction != "last"

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

    Of traces of several numbers the components are metrics, as ``trace.x``.

    Raises
    ------
    ParameterError
        For a text that is no metric, an unknown trace, or a function that workers could not find.
    """
    if metrics is None:
        columns = single_columns(simulation.panels)
        return tuple(Metric(name, trace=name, column=column) for name, column in columns.items())
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
    traces = single_columns(simulation.panels)
    if text in traces:
        return Metric(text, trace=text, column=traces[text])
    trace, _, form = str(text).rpartition(":")
    if trace not in traces:
        asked = trace or str(text)
        raise ParameterError(unknown(simulation.key, "trace", asked, traces))
    column = traces[trace]
    if form == "last":
        return Metric(trace, trace=trace, column=column)
    match = re.fullmatch(r"(first[<>]|at=)(\S+)|([a-z]+)", form)
    reduction = (match[1] or match[3]) if match else ""
    number = _number(match[2]) if match and match[2] else 0.0
    if reduction not in REDUCTIONS or number is None:
        error = ParameterError(f"{simulation.key}: {text!r} is no metric; write {FORMS}")
        raise with_decimal_point(error, match[2] if match else "")
    return Metric(text, trace=trace, reduction=reduction, number=number, column=column)


def canonical_name(text: str) -> str:
    """Return the name under which a metric is stored: ``loss`` for ``loss:last``."""
    return text.removesuffix(":last")


def _named(simulation: type[Simulation], name: str, given: Any) -> Metric:
    traces = single_columns(simulation.panels)
    if isinstance(given, str) and (given in traces or given.rpartition(":")[0] in traces):
        metric = parse_metric(simulation, given)
        return replace(metric, name=name)
    return Metric(name, function=reference_to(simulation, given, f"metric {name!r}"))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
