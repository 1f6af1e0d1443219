"""Places on a slider and numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivisit.ranges import Range, short_text

LINEAR = Range(0.1, 20.0, 0.1, "linear", whole=False)
WHOLE = Range(1, 2000, 1, "linear", whole=True)
LOGARITHMIC = Range(1e-4, 1e3, 0.0, "log", whole=False)


@pytest.mark.parametrize("number_range", [LINEAR, WHOLE, LOGARITHMIC])
def test_both_ends_can_be_reached(number_range):
    assert number_range.value_at(0.0) == number_range.minimum
    assert number_range.value_at(1.0) == number_range.maximum
    assert number_range.fraction(number_range.minimum) == 0
    assert number_range.fraction(number_range.maximum) == 1


def test_a_dragged_number_lies_on_the_steps_counted_from_the_minimum():
    odd = Range(0.25, 3.25, 0.5, "linear", whole=False)
    found = {odd.value_at(i / 1000) for i in range(1001)}
    assert found == {0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25}


def test_a_dragged_number_has_no_noise_of_binary_fractions():
    for i in range(1001):
        assert len(repr(LINEAR.value_at(i / 1000))) <= 4


def test_a_maximum_between_two_steps_is_still_the_maximum():
    assert Range(0.0, 1.0, 0.3, "linear", whole=False).value_at(0.999) == 0.9
    assert Range(0.0, 1.0, 0.3, "linear", whole=False).value_at(1.0) == 1.0


def test_whole_numbers_stay_whole():
    values = [WHOLE.value_at(i / 997) for i in range(998)]
    assert all(type(value) is int for value in values)


def test_a_logarithmic_slider_gives_three_digits():
    assert LOGARITHMIC.value_at(0.5) == 0.316


@pytest.mark.parametrize(
    ("number_range", "value", "count", "expected"),
    [
        (LINEAR, 2.0, 1, 2.1),
        (LINEAR, 0.2, -1, 0.1),
        (LINEAR, 0.1, -1, 0.1),
        (LINEAR, 0.123, 1, 0.223),
        (WHOLE, 1999, 10, 2000),
        (LOGARITHMIC, 1.0, 100, 1000.0),
        (Range(1, 9, 0, "log", whole=True), 1, 1, 2),
        (Range(1, 9, 0, "log", whole=True), 9, -1, 8),
    ],
)
def test_keys_go_by_steps_within_the_range(number_range, value, count, expected):
    assert number_range.stepped(value, count) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (0.1, "0.1"), (0.123456789, "0.12346"), (12345678, "12345678"), (1e-7, "1e-07")],
)
def test_long_numbers_are_shortened_for_a_small_field(value, text):
    assert short_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_short_text_fits_its_field_and_reads_back_to_about_the_number(value):
    text = short_text(value)
    assert len(text) <= 8
    # One digit at least: off by no more than half of it.
    # In fractions: the largest floats are rounded to more than float64 holds.
    assert abs(Fraction(text) - Fraction(value)) <= abs(Fraction(value)) / 2
