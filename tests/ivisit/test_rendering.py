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
from ivisit.rendering import levels, lookup_table, to_rgb


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


@pytest.mark.parametrize("cmap", ["gray", "viridis", "turbo", "RdBu_r", "hot", "twilight", "jet"])
def test_what_has_no_place_in_the_map_has_colors_of_its_own(cmap):
    picture = np.array([[np.nan, -np.inf, 0.0, 0.5, 1.0, np.inf]])
    shown = [tuple(color) for color in to_rgb(picture, cmap=cmap)[0].tolist()]
    assert len(set(shown)) == 6
    of_the_map = {tuple(color) for color in lookup_table(cmap)[:256].tolist()}
    assert shown[0] not in of_the_map
    assert shown[2] == tuple(lookup_table(cmap)[0])
    assert shown[4] == tuple(lookup_table(cmap)[255])


def test_masked_values_are_missing_whatever_they_are():
    picture = np.ma.masked_less(np.array([[1.0, 2.0, 3.0, -1e9]]), 0)
    shown = to_rgb(picture)[0]
    assert shown[:3, 0].tolist() == [0, 128, 255]
    assert shown[3].tolist() == [255, 0, 255]
    whole = np.ma.masked_equal(np.array([[0, 5, 10]], np.uint8), 5)
    assert to_rgb(whole, missing="#123456")[0].tolist() == [[0] * 3, [18, 52, 86], [255] * 3]


def test_a_missing_color_is_shown_in_color_pictures_too():
    picture = np.zeros((1, 2, 3))
    picture[0, 1, 2] = np.nan
    assert to_rgb(picture, missing="lime")[0].tolist() == [[0, 0, 0], [0, 255, 0]]


def test_a_constant_picture_is_dark_and_one_without_finite_values_is_missing():
    assert to_rgb(np.full((2, 2), 7.0)).max() == 0
    assert to_rgb(np.full((2, 2), np.nan))[0, 0].tolist() == [255, 0, 255]


def equally_spaced(dtype, low, high):
    """Return 256 values from `low` to `high`, exact in `dtype`."""
    if np.dtype(dtype).kind == "f":
        kind = np.dtype(dtype).type
        half = kind(high) / 2 - kind(low) / 2
        steps = np.arange(256, dtype=dtype) / kind(255)
        return (kind(low) + steps * half + steps * half).reshape(16, 16)
    return np.array([low + (high - low) * i // 255 for i in range(256)], dtype).reshape(16, 16)


SPANS = [
    (np.float64, 300.0, 300.0 + 2.55e-4), (np.float64, 1e6, 1e6 + 1),
    (np.float64, -1e15, -1e15 + 255),
    (np.float64, 1e-320, 1e-318), (np.float64, -1.7e308, 1.7e308), (np.float64, 0, 1.7e308),
    (np.float64, 1e300, 1.0001e300), (np.float64, 1e-200, 2e-200), (np.float64, -5e-320, 5e-320),
    (np.float32, -3.4e38, 3.4e38), (np.float32, 1e4, 1e4 + 1), (np.float32, 1e-40, 1e-38),
    (np.int64, 10**9, 10**9 + 255), (np.int64, 2**62, 2**62 + 255), (np.int64, -(2**63), 2**63 - 1),
    (np.int64, -(2**63), -(2**63) + 2550), (np.uint64, 2**64 - 256, 2**64 - 1),
    (np.uint64, 0, 2**64 - 1), (np.int32, -(2**31), 2**31 - 1), (np.int32, 2**31 - 256, 2**31 - 1),
    (np.uint32, 0, 2**32 - 1), (np.int16, -(2**15), 2**15 - 1), (np.uint16, 65280, 65535),
    (np.int8, -128, 127), (np.uint8, 0, 255), (np.float16, 0, 255),
]  # fmt: skip


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize(("dtype", "low", "high"), SPANS)
def test_equally_spaced_values_keep_their_levels_over_any_offset_and_range(
    dtype, low, high, declared
):
    picture = equally_spaced(dtype, low, high)
    assert len(np.unique(picture)) == 256
    limits = {"vmin": low, "vmax": high} if declared else {}
    shades = to_rgb(picture, **limits)[..., 0].ravel().astype(int)
    assert len(np.unique(shades)) >= 250
    assert (np.diff(shades) >= 0).all()


@pytest.mark.parametrize("lowest", [0, -255, -128, 1, 2**20])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_multiples_of_the_smallest_number_keep_their_levels(dtype, lowest):
    lowest = min(lowest, 1792)  # float16 has more multiples in a row no further
    smallest = np.finfo(dtype).smallest_subnormal
    picture = ((lowest + np.arange(256)).astype(dtype) * smallest).reshape(16, 16)
    assert len(np.unique(picture)) == 256
    shades = to_rgb(picture)[..., 0].ravel()
    assert (shades == np.arange(256)).all()


@given(st.sampled_from([np.int32, np.uint32, np.int64, np.uint64]), st.data(), st.integers(1, 4000))
def test_whole_numbers_keep_their_levels_at_any_offset(dtype, data, step):
    info, span = np.iinfo(dtype), 255 * step
    low = data.draw(st.integers(info.min, info.max - span))
    shades = to_rgb(equally_spaced(dtype, low, low + span))[..., 0]
    assert len(np.unique(shades)) >= 250


def test_color_pictures_of_wider_types_are_scaled_by_their_type():
    picture = np.array([[[0, 32768, 65535]]], np.uint16)
    assert to_rgb(picture).tolist() == [[[0, 128, 255]]]
    assert to_rgb(picture.astype(np.int64) // 257).tolist() == [[[0, 127, 255]]]
    assert to_rgb(np.array([[[0, 500, 1000]]], np.uint16), vmax=1000).tolist() == [[[0, 128, 255]]]


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
