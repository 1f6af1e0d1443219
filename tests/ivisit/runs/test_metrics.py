"""Metrics of traces against loops that do the same, naively."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.errors import ParameterError
from ivisit.runs.metrics import make_metrics, parse_metric
from ivisit.runs.requests import make_measure


class Lab(iv.Simulation):
    """Two traces, one of them with a colon in its name."""

    loss = iv.Trace()
    norm = iv.Trace()


numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def measure(text, values):
    steps = np.arange(1, len(values) + 1)
    return parse_metric(Lab, text).of_trace(steps, np.array(values))


@given(numbers, st.floats(-1e6, 1e6))
def test_metrics_equal_naive_loops(values, bound):
    first_below = next((i + 1 for i, v in enumerate(values) if v < bound), math.nan)
    first_above = next((i + 1 for i, v in enumerate(values) if v > bound), math.nan)
    area = sum((a + b) / 2 for a, b in itertools.pairwise(values))
    assert measure("loss:min", values) == min(values)
    assert measure("loss:max", values) == max(values)
    assert measure("loss:mean", values) == pytest.approx(sum(values) / len(values), abs=1e-6)
    assert measure("loss:auc", values) == pytest.approx(area, abs=1e-4)
    assert measure("loss:argmin", values) == values.index(min(values)) + 1
    assert measure("loss:argmax", values) == values.index(max(values)) + 1
    for text, expected in (
        (f"loss:first<{bound}", first_below),
        (f"loss:first>{bound}", first_above),
    ):
        found = measure(text, values)
        assert found == expected or (math.isnan(found) and math.isnan(expected))


def test_a_step_that_was_not_reached_has_no_value():
    assert measure("loss:at=2", [1.0, 5.0]) == 5.0
    assert math.isnan(measure("loss:at=3", [1.0, 5.0]))
    assert math.isnan(measure("loss:min", []))


def test_what_is_not_a_number_is_never_hidden():
    for text in ("loss:min", "loss:max", "loss:mean", "loss:auc"):
        assert math.isnan(measure(text, [1.0, math.nan, 3.0]))


def test_the_last_value_of_every_trace_is_the_default():
    assert [metric.name for metric in make_metrics(Lab, None)] == ["loss", "norm"]
    assert [m.name for m in make_metrics(Lab, ["loss:last", "norm:min"])] == ["loss", "norm:min"]


@pytest.mark.parametrize("text", ["loss:", "loss:medium", "loss:first", "loss:first<x", "loss:at=",
                                  "loss:first<nan", "loss:at=inf", "loss:min<3"])  # fmt: skip
def test_texts_that_are_no_metric_are_refused(text):
    with pytest.raises(ParameterError, match="is no metric; write TRACE"):
        parse_metric(Lab, text)


def test_a_metric_must_not_be_named_twice():
    with pytest.raises(ParameterError, match="named twice in loss, loss"):
        make_metrics(Lab, ["loss", "loss:last"])


class Body(iv.Simulation):
    """A trace of several numbers beside one of one."""

    position = iv.Trace(size=2, names=["x", "y"])
    energy = iv.Trace()


def test_components_of_a_trace_are_metrics_like_traces_of_one_number():
    assert [m.name for m in make_metrics(Body, None)] == ["position.x", "position.y", "energy"]
    (metric,) = make_metrics(Body, "position.y")
    assert metric.column.present({"position": np.array([1.0, 2.0])}) == 2.0
    assert math.isnan(metric.column.present({}))
    (metric,) = make_metrics(Body, "position.x:max")
    assert metric.of_trace(np.arange(1, 4), np.array([0.5, 2.0, 1.0])) == 2.0
    with pytest.raises(ParameterError, match="has no trace 'position.z'"):
        make_metrics(Body, "position.z")


@pytest.mark.parametrize("step", ["0", "6", "2.5", "-1"])
def test_a_step_that_no_run_has_is_refused(step):
    with pytest.raises(ParameterError, match="one of the steps, 1 to 5"):
        make_measure(Body, steps=5, metrics=f"energy:at={step}")
    make_measure(Body, steps=5, metrics="energy:at=5")
