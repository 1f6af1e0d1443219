"""The value axes of plots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivisit.gui.panels.scales import LinearScale, LogScale, SymlogScale, scale_for

finite = st.floats(-1e100, 1e100, allow_nan=False)
positive = st.floats(1e-100, 1e100)


@given(st.tuples(finite, finite), st.integers(2, 8))
def test_limits_enclose_the_values_on_every_scale(ends, count):
    low, high = sorted(ends)
    for name in ("linear", "log", "symlog"):
        if name == "log" and low == 0:
            continue  # zeros are left out before
        scale = scale_for(name, low, high)
        bottom, top = scale.limits(low, high, count)
        places = scale.forward(np.array([low, high]))
        assert bottom <= places[0] + 1e-6 * (top - bottom)
        assert places[1] - 1e-6 * (top - bottom) <= top
        assert top > bottom


@given(st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)), st.integers(1, 8))
def test_a_linear_axis_has_two_ticks_at_least_and_not_many_more_than_wanted(ends, count):
    low, high = ends[0], ends[0] + ends[1]
    scale = LinearScale()
    bottom, top = scale.limits(low, high, count)
    for limits in ((bottom, top), (low, high)):  # chosen by the axis, or fixed by the user
        marks = scale.ticks(*limits, count)
        assert 2 <= len(marks) <= max(2 * count, 6)
        assert [float(text) for _, text in marks] == pytest.approx([p for p, _ in marks], rel=1e-6)


@given(st.tuples(positive, positive), st.integers(2, 8))
def test_ticks_of_a_logarithmic_axis_say_what_they_are(ends, count):
    low, high = sorted(ends)
    scale = LogScale()
    bottom, top = scale.limits(low, high, count)
    marks = scale.ticks(bottom, top, count)
    assert 1 <= len(marks) <= 3 * count + 6
    for place, text in marks:
        assert bottom - 1e-6 <= place <= top + 1e-6
        assert np.log10(float(text)) == pytest.approx(place, abs=1e-6)


def test_less_than_a_decade_has_ticks_too():
    scale = LogScale()
    bottom, top = scale.limits(0.23, 0.41, 4)
    assert [text for _, text in scale.ticks(bottom, top, 4)] == ["0.2", "0.5"]


def test_values_of_both_signs_get_an_axis_with_zero_in_it():
    scale = scale_for("log", -300.0, 4e-3)
    assert isinstance(scale, SymlogScale)
    places = scale.forward(np.array([-300.0, -1.0, 0.0, 1e-3, 1.0]))
    assert np.all(np.diff(places) > 0)
    assert places[2] == 0
    bottom, top = scale.limits(-300.0, 4e-3, 5)
    assert "0" in [text for _, text in scale.ticks(bottom, top, 5)]


def test_a_logarithmic_axis_has_no_place_for_zero():
    assert np.isnan(LogScale().forward(np.array([0.0, -1.0]))).all()
    assert isinstance(scale_for("log", 0.0, 1.0), LogScale)
    assert isinstance(scale_for("linear", -1.0, 1.0), LinearScale)
