"""Smooth lines, against the area that they must cover."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ivisit.gui.panels.smoothing import is_solid, moving_average
from ivisit.gui.panels.strokes import coverage, edge_marks, mask


def test_a_level_line_covers_exactly_its_thickness():
    x = np.array([0.0, 100.0])
    for level in (20.0, 20.25, 20.5, 20.9):
        y = np.full(2, level)
        cover = coverage(x, y, y, (100, 40), thickness=1.5)
        np.testing.assert_allclose(cover.sum(axis=0), 1.5, atol=1e-5)
        rows = np.arange(40.0)
        covered = np.minimum(rows + 1, level + 0.75) - np.maximum(rows, level - 0.75)
        expected = np.repeat(np.maximum(covered, 0)[:, None], 100, axis=1)
        np.testing.assert_allclose(cover, expected, atol=1e-5)


@pytest.mark.parametrize("slope", [0.2, 1.0, 3.0, 8.0])
def test_a_sloping_line_covers_its_thickness_across(slope):
    x = np.array([20.0, 20.0 + 160 / (1 + slope)])
    y = np.array([20.0, 20.0 + slope * (x[1] - x[0])])
    size = (200, 200)
    length = np.hypot(*(np.diff(x), np.diff(y)))[0]
    cover = coverage(x, y, y, size, thickness=2.0)
    # Two round ends belong to it.
    assert cover.sum() == pytest.approx(length * 2.0 + np.pi, rel=0.12)


def test_a_solid_block_of_values_is_filled_between_its_extremes():
    values = np.tile([50.0, 10.0], 5000)
    cover = coverage(np.linspace(0, 100, 10_000), values, values, (100, 60), thickness=1.0)
    assert np.all(cover[10:50] == pytest.approx(1.0, abs=1e-5))
    assert np.all(cover[:9] < 1e-6)
    assert np.all(cover[51:] < 1e-6)


def test_values_that_are_not_finite_leave_gaps_and_single_points_are_dots():
    x = np.arange(0.0, 100.0, 10.0)
    y = np.full(10, 20.0)
    y[[3, 6, 8]] = np.nan, np.inf, -np.inf
    cover = coverage(x, y, y, (100, 40)).sum(axis=0)
    assert np.all(cover[22:38] == 0)  # from the last value before the gap to the first behind
    assert np.all(cover[53:67] == 0)
    assert cover[5] == pytest.approx(1.5, abs=1e-5)
    assert cover[70] > 2.5  # a dot is thicker than the line
    assert cover[91] > 1.5


@pytest.mark.parametrize("n", [1, 2, 3, 1000])
def test_whatever_is_not_finite_or_far_outside_harms_nothing(n):
    rng = np.random.default_rng(n)
    for _ in range(50):
        x = np.sort(rng.uniform(-300, 300, n))
        y = rng.choice([np.nan, np.inf, -np.inf, 1e300, -1e300, 5.0, 31.0], n)
        cover = coverage(x, y, y, (120, 40))
        assert cover.shape == (40, 120)
        assert cover.min() > -1e-5
        assert cover.max() < 1 + 1e-5


def test_nothing_covers_nothing_and_a_mask_mixes_colors():
    nothing = np.empty(0)
    assert not coverage(nothing, nothing, nothing, (10, 5)).any()
    picture = Image.new("RGB", (2, 2), (255, 255, 255))
    cover = np.array([[1.0, 0.5], [0.0, 0.0]], np.float32)
    picture.paste((0, 100, 200), None, mask(cover))
    pixels = np.asarray(picture)
    np.testing.assert_allclose(pixels[0], [[0, 100, 200], [127, 177, 227]], atol=1)
    assert np.all(pixels[1] == 255)


def test_the_moving_average_is_the_mean_of_the_latest_values():
    rng = np.random.default_rng(0)
    values = 1e9 + rng.normal(size=300)
    values[rng.integers(0, 300, 60)] = np.nan
    for rows in (1, 2, 7, 1000):
        slow = [np.nanmean(values[max(0, i - rows + 1) : i + 1]) if
                np.isfinite(values[max(0, i - rows + 1) : i + 1]).any() else np.nan
                for i in range(300)]  # fmt: skip
        np.testing.assert_allclose(moving_average(values, rows), slow, rtol=1e-15, atol=1e-6)
    assert np.isnan(moving_average(np.full(3, np.nan), 2)).all()


def test_a_plot_is_solid_when_most_columns_are_full():
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1, 1, (8000, 20, 1))
    drift = np.linspace(0, 20, 8000)[:, None]
    assert is_solid(noise.min(axis=1), noise.max(axis=1), 800)
    assert not is_solid(noise.min(axis=1) + drift, noise.max(axis=1) + drift, 800)
    exact = noise[:, 0]
    assert not is_solid(exact, exact, 800)


def test_marks_at_the_edge_stand_where_values_have_no_place():
    x = np.array([0.0, 10.0, 20.0, 30.0, 60.0, 500.0])
    marked = np.array([False, True, True, False, True, True])
    cover = edge_marks(x, marked, (100, 20), height=4.0)
    columns = np.flatnonzero(cover[-1])
    assert columns.tolist() == [*range(8, 22), *range(58, 100)]
    assert (cover[-4:] == cover[-1]).all()
    assert not cover[:-4].any()
    assert not edge_marks(x, np.zeros(6, bool), (100, 20)).any()
