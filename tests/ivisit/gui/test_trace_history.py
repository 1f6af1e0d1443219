"""The memory of a trace, and the numbers behind its plot."""

from __future__ import annotations

import numpy as np
import pytest

from ivisit.gui.panels.plotting import (
    line_points,
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
    seen_steps, low, high = history.view()
    np.testing.assert_array_equal(seen_steps, steps)
    np.testing.assert_array_equal(low, values)
    np.testing.assert_array_equal(high, values)


@pytest.mark.parametrize("chunk", [1, 999, 60_000, 200_000])
@pytest.mark.parametrize("every", [1, 4])
def test_a_long_run_keeps_its_extremes_in_bounded_memory(chunk, every):
    history = TraceHistory()
    values = np.random.default_rng(0).normal(size=200_000 if chunk > 1 else 30_000)
    steps = fill(history, values, chunk, every)
    starts, low, high = history.view()
    assert CAPACITY / 4 <= len(starts) <= CAPACITY
    # What each bucket must hold, computed the slow way.
    buckets = steps // history.span * history.span
    heads = np.flatnonzero(np.diff(buckets, prepend=-1))
    np.testing.assert_array_equal(starts, buckets[heads])
    np.testing.assert_array_equal(low, np.minimum.reduceat(values, heads))
    np.testing.assert_array_equal(high, np.maximum.reduceat(values, heads))


@pytest.mark.parametrize("chunk", [1, 999, 60_000])
def test_the_latest_values_are_kept_one_by_one(chunk):
    history = TraceHistory()
    values = np.arange(70_000.0)
    fill(history, values, chunk)
    steps, low, high = history.view(RECENT)
    np.testing.assert_array_equal(low, values[-RECENT:])
    assert low is high
    steps, low, _ = history.view(100)
    np.testing.assert_array_equal(low, values[-100:])
    assert steps[-1] == history.last_step == 70_000


def test_clearing_forgets_everything():
    history = TraceHistory()
    fill(history, np.ones(30_000), 1000)
    history.clear()
    assert len(history.view()[0]) == 0
    assert len(history.view(100)[0]) == 0


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


def test_few_values_are_joined_by_a_line():
    values = np.array([0.0, 1.0, 4.0])
    lines = line_points(np.array([0.0, 10.0, 20.0]), values, values, (-2.0, 100.0))
    assert lines == [[0.0, 100.0, 10.0, 98.0, 20.0, 92.0]]


def test_many_values_become_one_stroke_for_each_column_of_pixels():
    values = np.tile([0.0, 1.0], 5000)
    x = np.linspace(0, 99.99, 10_000)
    (line,) = line_points(x, values, values, (-10.0, 10.0))
    assert len(line) == 100 * 4
    assert set(line[1::2]) == {0.0, 10.0}


def test_a_value_that_is_not_finite_leaves_a_gap():
    values = np.array([0.0, 1.0, np.nan, 2.0, np.inf, 3.0, 4.0])
    x = np.arange(7.0) * 10
    lines = line_points(x, values, values, (1.0, 0.0))
    assert lines == [[0, 0, 10, 1], [30, 2, 31, 2], [50, 3, 60, 4]]


def test_nothing_gives_no_lines():
    empty = np.empty(0)
    assert line_points(empty, empty, empty, (1.0, 0.0)) == []
    nan = np.array([np.nan])
    assert line_points(np.zeros(1), nan, nan, (1.0, 0.0)) == []
