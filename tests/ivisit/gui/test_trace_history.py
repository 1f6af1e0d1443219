"""The memory of a trace, and the numbers behind its plot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivisit.gui.panels.plotting import (
    nice_length,
    nice_limits,
    tick_text,
    ticks,
)
from ivisit.gui.panels.trace_history import CAPACITY, RECENT, TraceHistory


def fill(history: TraceHistory, values: np.ndarray, chunk: int, every: int = 1) -> np.ndarray:
    steps = np.arange(1, len(values) + 1) * every
    for first in range(0, len(values), chunk):
        part = slice(first, first + chunk)
        history.append(steps[part], values[part])
    return steps


def test_a_short_run_is_kept_as_it_is():
    history = TraceHistory()
    values = np.random.default_rng(0).normal(size=500)
    steps = fill(history, values, 7)
    view = history.view()
    assert view.exact
    np.testing.assert_array_equal(view.steps, steps)
    np.testing.assert_array_equal(view.low[:, 0], values)
    np.testing.assert_array_equal(view.mean[:, 0], values)


@pytest.mark.parametrize("chunk", [1, 999, 60_000, 200_000])
@pytest.mark.parametrize("every", [1, 4])
def test_a_long_run_keeps_its_extremes_in_bounded_memory(chunk, every):
    history = TraceHistory()
    values = np.random.default_rng(0).normal(size=200_000 if chunk > 1 else 30_000)
    steps = fill(history, values, chunk, every)
    view = history.view()
    starts, low, high = view.steps, view.low[:, 0], view.high[:, 0]
    assert CAPACITY / 4 <= len(starts) <= CAPACITY
    # What each bucket must hold, computed the slow way.
    buckets = steps // history.span * history.span
    heads = np.flatnonzero(np.diff(buckets, prepend=-1))
    np.testing.assert_array_equal(starts, buckets[heads])
    np.testing.assert_array_equal(low, np.minimum.reduceat(values, heads))
    np.testing.assert_array_equal(high, np.maximum.reduceat(values, heads))
    counts = np.diff(heads, append=len(values))
    np.testing.assert_allclose(view.mean[:, 0], np.add.reduceat(values, heads) / counts)


@pytest.mark.parametrize("chunk", [1, 999, 60_000])
def test_the_latest_values_are_kept_one_by_one(chunk):
    history = TraceHistory()
    values = np.arange(70_000.0)
    fill(history, values, chunk)
    view = history.view(70_000 - RECENT + 1)
    assert view.exact
    np.testing.assert_array_equal(view.low[:, 0], values[-RECENT:])
    # One row more than asked for, so that a line enters the plot at its edge.
    view = history.view(70_000 - 99)
    np.testing.assert_array_equal(view.low[:, 0], values[-101:])
    assert view.steps[-1] == history.last_step == 70_000


def test_a_part_of_a_long_run_is_found_and_its_values_told():
    history = TraceHistory(2)
    steps = np.arange(1, 100_001)
    history.append(steps, np.column_stack([steps, -steps]).astype(float))
    view = history.view(20_000, 30_000)
    assert view.steps[0] <= 20_000 <= view.steps[1]
    assert view.steps[-2] <= 30_000 <= view.steps[-1]
    step, values = history.at(99_999)
    assert (step, values.tolist()) == (99_999, [99_999.0, -99_999.0])
    step, values = history.at(50_000)
    assert abs(step - 50_000) <= history.span
    assert values[0] == pytest.approx(step, abs=history.span)
    assert TraceHistory().at(5) is None


def test_values_that_are_not_finite_count_in_no_mean():
    history = TraceHistory()
    values = np.where(np.arange(40_000) % 2, np.nan, 3.0)
    history.append(np.arange(1, 40_001), values)
    view = history.view()
    assert not view.exact
    assert np.all(view.mean[:-1] == 3.0)


def test_clearing_forgets_everything():
    history = TraceHistory()
    fill(history, np.ones(30_000), 1000)
    history.clear()
    assert len(history.view().steps) == 0
    assert len(history.view(100).steps) == 0


def test_limits_enclose_the_values_and_lie_on_ticks():
    for low, high in [(0, 1), (-3.2, 7.9), (1e-9, 2e-9), (1e6, 1e6 + 3), (-5, -4.99)]:
        bottom, top, step = nice_limits(low, high, 4)
        assert bottom <= low + 1e-9 * step
        assert top >= high - 1e-9 * step
        assert 2 <= len(ticks(bottom, top, step)) <= 12


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (5, 5), (1e300, 1e300), (-1e308, 1e308), (1.0, 1.0 + 1e-16)]
)
def test_limits_exist_for_all_finite_values(low, high):
    bottom, top, step = nice_limits(low, high, 4)
    assert bottom <= low <= high <= top
    assert top > bottom
    assert len(ticks(bottom, top, step)) <= 60


def test_the_time_axis_grows_in_round_numbers():
    assert [nice_length(n) for n in (0, 10, 11, 16, 999, 1001)] == [10, 10, 15, 20, 1000, 1500]


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [(0.0, 0.1, "0"), (-1e-18, 0.1, "0"), (0.30000000000000004, 0.1, "0.3"), (1000, 500, "1000"),
     (2.5e7, 5e6, "2.5e7"), (1e-5, 1e-5, "1e-5"), (0.0005, 0.0005, "0.0005")],
)  # fmt: skip
def test_ticks_show_the_digits_they_need(value, step, text):
    assert tick_text(value, step) == text


@given(
    low=st.floats(-1e300, 1e300),
    span=st.floats(1e-290, 1e300),
    count=st.integers(1, 12),
)
@example(low=1234567.1, span=0.8, count=5)
@example(low=0.99e6, span=2e4, count=5)
@example(low=0.0, span=1.275e-255, count=5)
@example(low=1e6 - 1, span=2.0, count=5)
def test_distinct_ticks_have_distinct_texts_that_read_back(low, span, count):
    bottom, top, step = nice_limits(low, low + span, count)
    values = sorted(set(ticks(bottom, top, step)))
    texts = [tick_text(value, step) for value in values]
    assert len(set(texts)) == len(values)
    for value, text in zip(values, texts, strict=True):
        assert abs(float(text) - value) <= step / 10
