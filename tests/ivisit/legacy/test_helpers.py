"""`ivisit.matplotlib` and `ivisit.special`: what old scripts import from there."""

from __future__ import annotations

import numpy as np
import pytest

from ivisit.matplotlib import (
    Figure,
    getDataPos_from_canvas,
    getDataPos_from_PixelPos,
    getMatplotlibFigure,
    getMatplotlibImage,
)
from ivisit.special import (
    ClickDragEventAutomaton,
    SimpleScope,
    computeGrid2D,
    getNearestNeighbor,
    ivml,
)


def test_star_imports_bring_what_scripts_use():
    names: dict = {}
    exec("from ivisit.matplotlib import *\nfrom ivisit.special import *", names)
    assert {"np", "Figure", "FigureCanvas", "ivml", "SimpleScope"} <= set(names)
    assert names["ivml"] is ivml


def test_an_image_of_a_figure_is_a_new_rgb_array_of_its_size():
    figure = getMatplotlibFigure()
    assert isinstance(figure, Figure)
    figure.set_size_inches(6, 5)
    first = getMatplotlibImage(figure)
    assert (first.shape, first.dtype) == ((500, 600, 3), np.uint8)
    figure.set_facecolor("red")
    second = getMatplotlibImage(figure)
    assert first[0, 0].tolist() == [255, 255, 255]
    assert second[0, 0].tolist() == [255, 0, 0]


def test_a_pixel_is_turned_into_data_coordinates():
    figure = getMatplotlibFigure(figsize=(4, 3))
    axes = figure.add_subplot(111)
    axes.plot([0, 1], [0, 1])
    height = getMatplotlibImage(figure).shape[0]
    x, y = axes.transData.transform((0.25, 0.75))

    class Canvas:
        def winfo_height(self):
            return height

    for position in (
        getDataPos_from_PixelPos(x, height - y, height, axes),
        getDataPos_from_PixelPos(x, height - y, height, None, axes.transData.inverted()),
        getDataPos_from_canvas(x, height - y, Canvas(), axes),
    ):
        assert position == pytest.approx((0.25, 0.75))
    with pytest.raises(ValueError, match="needs ax or transData2Pixel"):
        getDataPos_from_PixelPos(1, 1, 1)


def test_the_nearest_neighbor_is_an_index():
    points = [np.array([0.0, 0.0]), np.array([1.0, 1.0])]
    nearest = getNearestNeighbor(points, np.array([0.6, 0.6]))
    assert nearest == 1
    assert isinstance(nearest, np.intp)


@pytest.mark.parametrize(
    ("mode", "function"),
    [
        ("matrix", lambda x, y: x + 10 * y),
        ("vector", lambda x, y: x + 10 * y),
        ("scalar", lambda point: point[0] + 10 * point[1]),
    ],
)
def test_a_function_on_a_grid(mode, function):
    x, y, z = computeGrid2D(function, [0, 2, 1], [0, 3, 1], mode)
    assert x.tolist() == [[0, 1]] * 3
    assert y.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert z.tolist() == [[0, 1], [10, 11], [20, 21]]


def test_a_grid_is_square_by_default_and_modes_have_names():
    assert computeGrid2D(lambda x, y: x, [0, 1, 0.25])[2].shape == (4, 4)
    with pytest.raises(ValueError, match="must be 'matrix', 'vector' or 'scalar', not 'all'"):
        computeGrid2D(lambda x, y: x, [0, 1, 1], f_mode="all")


# The scope; the expected pictures are those of 0.72 ---------------------------------------------


def scope(**options):
    return SimpleScope(**{"im_width": 6, "im_height": 6, "max_x": 6, "min_y": -3, "max_y": 3,
                          **options})  # fmt: skip


def rows(picture):
    """Return a picture as text: . for 0, # for 255, else the tens."""
    return ["".join({0: ".", 255: "#"}.get(v, str(v // 10 % 10)) for v in row) for row in picture]


def test_a_scope_draws_bars_a_cursor_and_the_zero_line():
    one = scope()
    assert rows(one.im_data) == ["......", "......", "######", "......", "......", "......"]
    one.set_data(1, [-1], [1], [100])
    assert rows(one.im_data) == ["..#...", ".0#...", ".0####", ".0#...", "..#...", "..#..."]
    one.set_data(1, [2], [2], [50])
    assert rows(one.im_data) == [".5#...", ".0#...", ".#####", ".0#...", "..#...", "..#..."]
    one.set_data(0, [1], [1], [50], erase_x=0)
    assert rows(one.im_data) == [".#....", "5#....", "##.###", ".#....", ".#....", ".#...."]


def test_a_scope_wraps_around():
    plain = {"flag_line_x0": 0, "flag_line_y0": 0, "im_width": 4, "im_height": 4,
             "max_x": 4, "min_y": -2, "max_y": 2}  # fmt: skip
    for value, row in [(-2, 3), (-1.6, 3), (-1.4, 2), (0, 1), (0.5, 0), (1.5, 3), (2.5, 2)]:
        one = scope(**plain)
        one.set_data(1, [value], None, [255])
        assert np.nonzero(one.im_data[:, 1])[0].tolist() == [row]
    for x, column in [(0.4, 0), (0.5, 1), (3.5, 0), (5, 1), (-0.6, 0), (-2.6, 2)]:
        one = scope(**plain)
        one.set_data(x, [0], None, [255])
        assert np.nonzero(one.im_data[1])[0].tolist() == [column]
    for bar, expected in [((0, 1), [0, 1]), ((1, 0), [0, 1]), ((-1.6, 3), [2, 3]), ((1, 5), [0])]:
        one = scope(**plain)
        one.set_data(1, *bar)
        assert np.nonzero(one.im_data[:, 1])[0].tolist() == expected


def test_a_scope_in_colors():
    one = scope(flagRGB=1, col_bkgr=[1, 2, 3], col_frgr=[9, 8, 7])
    one.set_data(1, 1, 1, (5, 5, 5))
    assert one.im_data.shape == (6, 6, 3)
    assert one.im_data[1, 1].tolist() == [5, 5, 5]
    assert one.im_data[0, 1].tolist() == [1, 2, 3]
    assert one.im_data[2, 5].tolist() == [9, 8, 7]


def test_single_values_without_end_and_without_color_are_points():
    one = scope()
    one.set_data(3, 2)
    one.set_data(4, [-1, -2])
    assert one.im_data[0, 3] == one.im_data[3, 4] == one.im_data[4, 4] == 255


def test_a_scope_can_be_configured_anew():
    one = scope()
    assert one.configure(min_y=-3) is one.im_data
    before = one.im_data
    assert one.configure(im_height=5, col_bkgr=7) is not before
    assert rows(one.im_data)[0] == "0" * 6
    assert one.im_data.shape == (5, 6)


# Clicks and drags --------------------------------------------------------------------------------


class Event:
    def __init__(self, column, row, widget=None):
        self.column, self.row = self.x, self.y = column, row
        self.widget = widget


class Simulation:
    class parameters:
        action = "Move"

    def __init__(self):
        import threading

        self.lock = threading.Lock()
        self.seen = []

    def handle(self, *arguments):
        assert self.lock.locked()
        self.seen.append(arguments)
        if arguments[1] == [9, 9]:
            raise ZeroDivisionError


def drag(kind, action="Move"):
    sim = Simulation()
    sim.parameters.action = action
    automaton = ClickDragEventAutomaton(sim, "action", "handle", kind)
    automaton.onPressedButton(Event(3, 6))
    automaton.onMovedButton(Event(4, 8))
    automaton.onMovedButton(Event(5, 8))
    automaton.onReleasedButton(Event(6, 8))
    return sim.seen


CLICK = [("click", [3, 6], None, None)]
DRAG = [
    ("drag_init", [3, 6], [3, 6], [3, 6]),
    ("drag_move", [4, 8], [3, 6], [3, 6]),
    ("drag_move", [5, 8], [3, 6], [4, 8]),
    ("drag_finish", [5, 8], [3, 6], [4, 8]),
]


@pytest.mark.parametrize(
    ("kind", "action", "seen"),
    [
        (None, "x", CLICK),
        ("click", "x", CLICK),
        ("drag", "x", DRAG),
        ({"Move": "drag", "New": "click"}, "Move", DRAG),
        ({"Move": "drag", "New": "click"}, "New", CLICK),
        ({"Move": "drag"}, "unknown", CLICK),
    ],
)
def test_clicks_and_drags_reach_the_simulation(kind, action, seen):
    assert drag(kind, action) == seen


def test_an_exception_in_the_handler_releases_the_lock():
    sim = Simulation()
    automaton = ClickDragEventAutomaton(sim, handle_action="handle")
    with pytest.raises(ZeroDivisionError):
        automaton.onPressedButton(Event(9, 9))
    assert not sim.lock.locked()


def test_positions_may_be_data_coordinates():
    sim = Simulation()
    figure = getMatplotlibFigure(figsize=(1, 1))
    sim.ax = figure.add_axes((0, 0, 1, 1))
    getMatplotlibImage(figure)
    automaton = ClickDragEventAutomaton(sim, handle_action="handle", flagMatplotlib=1)
    automaton.img_axis_name = "ax"

    class Canvas:
        def winfo_height(self):
            return 100

    automaton.onPressedButton(Event(25, 25, Canvas()))
    assert sim.seen[0][1] == pytest.approx([0.25, 0.75])
