"""Pixels: levels and colour maps of images, figures drawn with as little work as possible."""

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ivisit.panels import Figure
from ivisit.rasterizing import Rasterizer
from ivisit.rendering import levels, to_rgb


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.float32, np.float64])
def test_levels_map_to_black_and_white_for_every_type(dtype):
    picture = np.array([[10, 20, 30, 40]], dtype)
    shades = to_rgb(picture, vmin=20, vmax=30)[0, :, 0]
    assert shades.tolist() == [0, 0, 255, 255]


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e300, 1e300)))
def test_any_picture_fills_its_own_levels_and_keeps_the_order(picture):
    shades = to_rgb(picture)[..., 0].astype(int)
    low, high = levels(picture)
    if high > low and np.isfinite(high - low):
        assert (shades.min(), shades.max()) == (0, 255)
    order = np.argsort(picture.ravel(), kind="stable")
    assert (np.diff(shades.ravel()[order]) >= 0).all()


def test_gray_levels_agree_with_matplotlib_within_one():
    picture = np.random.default_rng(0).normal(size=(50, 50))
    scaled = (picture + 1) / 3
    theirs = matplotlib.colormaps["viridis"](scaled, bytes=True)[..., :3].astype(int)
    ours = to_rgb(picture, vmin=-1, vmax=2, cmap="viridis").astype(int)
    # They cut, we round: neighbours in a table of 256 colours.
    table = matplotlib.colormaps["viridis"](np.arange(256), bytes=True)[:, :3].astype(int)
    step = np.abs(np.diff(table, axis=0)).max()
    assert np.abs(theirs - ours).max() <= step


def test_bytes_in_full_range_are_shown_as_they_are():
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(to_rgb(picture, vmin=0, vmax=255)[..., 1], picture)


def test_color_pictures_keep_their_scale():
    bytes_ = np.array([[[0, 128, 255]]], np.uint8)
    assert to_rgb(bytes_).tolist() == bytes_.tolist()
    assert to_rgb(np.array([[[0.0, 0.5, 1.0]]])).tolist() == [[[0, 128, 255]]]
    assert to_rgb(np.zeros((2, 2, 4), np.uint8)).shape == (2, 2, 4)


def test_nan_is_dark_and_infinities_are_clipped():
    picture = np.array([[np.nan, -np.inf, 0.0, 1.0, np.inf]])
    assert to_rgb(picture)[0, :, 0].tolist() == [0, 0, 0, 255, 255]


def test_a_constant_picture_and_one_without_finite_values_are_dark():
    assert to_rgb(np.full((2, 2), 7.0)).max() == 0
    assert to_rgb(np.full((2, 2), np.nan)).max() == 0


def test_bools_are_black_and_white():
    assert to_rgb(np.array([[False, True]]))[0, :, 0].tolist() == [0, 255]


# Figures --------------------------------------------------------------------------------------


@pytest.fixture
def plot():
    figure = Figure().make()
    axes = figure.subplots()
    lines = [axes.plot([0, 1], [i, i + 1], label=str(i))[0] for i in range(3)]
    axes.set(xlim=(0, 1), ylim=(0, 4), title="Title", xlabel="x")
    axes.legend(loc="upper left")
    return figure, axes, lines


def drawn_anew(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def count_full_draws(rasterizer, monkeypatch):
    draws = []
    draw = rasterizer.canvas.draw
    monkeypatch.setattr(rasterizer.canvas, "draw", lambda: (draws.append(1), draw()))
    return draws


@pytest.mark.parametrize(
    "change",
    [
        lambda axes, lines: lines[0].set_ydata([3, 0]),
        lambda axes, lines: lines[1].set_color("black"),
        lambda axes, lines: lines[1].set_visible(False),
        lambda axes, lines: axes.set_title("Another"),
        lambda axes, lines: axes.set_ylim(0, 1000),
        lambda axes, lines: axes.set_facecolor("yellow"),
        lambda axes, lines: axes.grid(True),
        lambda axes, lines: axes.plot([0, 1], [4, 0]),
        lambda axes, lines: lines[2].remove(),
        lambda axes, lines: axes.figure.suptitle("Above all"),
        lambda axes, lines: axes.imshow(np.eye(3), extent=(0, 1, 0, 4), aspect="auto"),
        lambda axes, lines: axes.twinx().plot([0, 1], [5, 9]),
        lambda axes, lines: axes.set_yscale("symlog"),
    ],
)
def test_after_any_change_the_pixels_equal_a_full_drawing(plot, change):
    figure, axes, lines = plot
    rasterizer = Rasterizer(figure)
    rasterizer.pixels()
    change(axes, lines)
    pixels = rasterizer.pixels()
    assert np.array_equal(pixels, drawn_anew(figure))


def test_new_data_of_lines_needs_no_full_drawing(plot, monkeypatch):
    figure, _, lines = plot
    rasterizer = Rasterizer(figure)
    rasterizer.pixels()
    lines[0].set_ydata([4, 4])
    before = rasterizer.pixels()  # from here on the lines are known to change
    draws = count_full_draws(rasterizer, monkeypatch)
    for i in range(3):
        lines[0].set_ydata([i, 3])
        assert not np.array_equal(rasterizer.pixels(), before)
    assert draws == []


def test_an_unchanged_figure_is_not_drawn_at_all(plot):
    rasterizer = Rasterizer(plot[0])
    first = rasterizer.pixels()
    assert rasterizer.pixels() is first


def test_earlier_pixels_do_not_change_with_later_ones(plot):
    rasterizer = Rasterizer(plot[0])
    first = rasterizer.pixels()
    copy = first.copy()
    plot[2][0].set_ydata([4, 4])
    rasterizer.pixels()
    assert np.array_equal(first, copy)


def test_the_size_follows_the_window(plot):
    rasterizer = Rasterizer(plot[0])
    assert rasterizer.pixels().shape == (480, 640, 4)
    assert rasterizer.pixels(300, 200).shape == (200, 300, 4)


def test_three_dimensional_axes_are_drawn_as_a_whole():
    figure = Figure().make()
    axes = figure.add_subplot(projection="3d")
    (line,) = axes.plot([0, 1], [0, 1], [0, 1])
    rasterizer = Rasterizer(figure)
    before = rasterizer.pixels()
    line.set_data_3d([0, 1], [1, 0], [0, 1])
    assert not np.array_equal(rasterizer.pixels(), before)


def test_own_margins_and_layouts_are_kept():
    figure = Figure().make()
    figure.subplots_adjust(left=0.4)
    axes = figure.subplots()
    Rasterizer(figure).pixels()
    assert axes.get_position().x0 == pytest.approx(0.4)
