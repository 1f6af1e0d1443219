"""How pictures and rows of runs differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ivisit.differences import (
    image_difference,
    root_mean_square,
    rows_difference,
    shared_levels,
    symmetric_levels,
)

PICTURES = arrays(np.float64, (3, 4), elements=st.floats(-1e6, 1e6))


@given(PICTURES, PICTURES)
def test_the_difference_changes_its_sign_when_the_pictures_change_places(a, b):
    difference = image_difference(a, b)
    np.testing.assert_array_equal(difference, -image_difference(b, a))
    np.testing.assert_allclose(b + difference, a, atol=1e-9)


def test_bytes_do_not_overflow_and_colors_count_by_their_mean():
    dark, bright = np.zeros((2, 2), np.uint8), np.full((2, 2), 200, np.uint8)
    assert np.all(image_difference(dark, bright) == -200)
    color = np.zeros((2, 2, 4), np.uint8)
    other = color.copy()
    other[..., 0], other[..., 3] = 90, 255
    assert np.all(image_difference(other, color) == 30)  # opacity is no color


def test_masked_places_stay_masked_and_other_shapes_have_no_difference():
    picture = np.ma.masked_array(np.ones((2, 2)), [[True, False], [False, False]])
    difference = image_difference(picture, np.zeros((2, 2)))
    assert np.ma.getmaskarray(difference).tolist() == [[True, False], [False, False]]
    assert image_difference(np.ones((2, 2)), np.ones((2, 3))) is None


@given(PICTURES)
def test_levels_of_a_difference_are_symmetric_and_enclose_it(difference):
    low, high = symmetric_levels(difference)
    assert low == -high < 0
    assert low <= difference.min()
    assert difference.max() <= high


@given(PICTURES, PICTURES)
def test_shared_levels_enclose_all_pictures_unless_they_are_given(a, b):
    assert shared_levels([a, b]) == (min(a.min(), b.min()), max(a.max(), b.max()))
    assert shared_levels([a, b], 2.0, 3.0) == (2.0, 3.0)
    assert shared_levels([]) == (0, 1)


@pytest.mark.parametrize("size", [1.0, 1e-200, 1e200])
def test_the_root_mean_square_is_that_of_the_finite_values_whatever_their_size(size):
    values = np.array([[3.0, np.nan], [4.0, np.inf]]) * size
    assert root_mean_square(values) == pytest.approx(np.sqrt(12.5) * size)
    assert root_mean_square(np.zeros((2, 2))) == 0
    assert np.isnan(root_mean_square(np.full((1, 1), np.nan)))


def test_rows_are_subtracted_at_the_steps_that_both_have():
    steps, rows = rows_difference(
        np.array([1, 2, 3]),
        np.array([10.0, 20.0, 30.0]),
        np.array([2, 3, 4]),
        np.array([1.0, 2, 3]),
    )
    assert steps.tolist() == [2, 3]
    assert rows.tolist() == [19.0, 28.0]
