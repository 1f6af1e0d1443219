"""Plots in the window: joined traces, axes, cursor, zoom, export, rasters and histograms."""

from __future__ import annotations

import csv
import itertools
import types

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.panels.plotting import nice_length

pytestmark = pytest.mark.window


class Sample(iv.Simulation):
    """Some of each."""

    step_duration = 0.5
    step_unit = "ms"

    fast = iv.Trace(plot="errors", scale="log")
    slow = iv.Trace(plot="errors")
    state = iv.Trace(names=["x", "y"], span=100)
    alone = iv.Trace(vmin=0, vmax=2, unit="mV")
    spikes = iv.Raster(20, span=50)
    weights = iv.Histogram(4, vmin=0, vmax=4)

    def init(self):
        self.t = 0

    def step(self):
        self.t += 1
        self.fast, self.slow = 0.5**self.t, 0.9**self.t
        self.state = [self.t, -self.t]
        self.alone = 1.0
        self.spikes = [self.t % 20]
        self.weights = [0.5, 1.5, 1.5, 3.5]


def run(user, steps):
    window = user.open(Sample)
    window.session.worker.step(steps)
    user.until(lambda: window.steps == steps)
    user.wait(0.3)
    return window


def color_at(panel, x, y):
    return panel.tk.splitlist(panel.tk.call(str(panel._photo), "get", int(x), int(y)))


def rgb(color):
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def is_near(color, wanted):
    """Tell whether a pixel of a smooth line has nearly its color."""
    return max(abs(a - b) for a, b in zip(color, wanted, strict=True)) < 50


def at(panel, step):
    """Return an event at the place of a step."""
    x = round(panel.area[0] + panel.x_of(step))
    return types.SimpleNamespace(x=x, y=panel.area[1] + 5, num=4, delta=0)


def texts(panel):
    canvas = panel.canvas
    return [canvas.itemcget(i, "text") for i in canvas.find_all() if canvas.type(i) == "text"]


def test_traces_that_name_a_plot_share_a_card_with_a_legend(user):
    run(user, 20)
    panel = user.panel("fast")
    assert panel is user.panel("slow")
    assert user.window.layout.cards.count(panel) == 1
    assert panel.label.cget("text") == "Errors"
    assert [line.name for line in panel.lines] == ["Fast", "Slow"]
    assert "Slow  0.1216" in texts(panel)
    # Logarithmic: both fall along straight lines, whatever their size.
    rows = panel.y_of(panel.scale.forward(panel.history.view().low))
    np.testing.assert_allclose(np.diff(rows, 2, axis=0), 0, atol=1e-6)


@pytest.mark.parametrize(("width", "lines"), [(600, 5), (190, 5), (190, 12)])
def test_a_legend_shows_every_name_or_says_how_many_are_left_out(user, width, lines):
    class Many(iv.Simulation):
        state = iv.Trace(names=[f"line number {i}" for i in range(lines)])

        def step(self):
            self.state = np.arange(lines, dtype=float)

    window = user.open(Many)
    window.step()
    user.until(lambda: window.steps == 1)
    legend = window.layout.panels["state"].legend
    legend.forget()
    legend.arrange(0, width, 200)
    legend.show_values(["-0.1234"] * lines)
    canvas = legend.canvas
    texts = [i for i in canvas.find_withtag("legend") if canvas.type(i) == "text"]
    shown = [canvas.itemcget(item, "text") for item in texts]
    names = [text for text in shown if text.startswith("line")]
    boxes = [canvas.bbox(item) for item in texts]
    assert max(right for _, _, right, _ in boxes) <= width + 1  # a box has a pixel more
    assert len(names) + sum(int(text) for text in shown if text.startswith("+")) == lines
    assert len(set(names)) == len(names)


def test_a_click_on_the_legend_hides_a_line_and_the_axis_follows(user):
    run(user, 20)
    panel = user.panel("fast")
    bottom = panel.limits[2]
    panel.legend.toggle(0)
    assert not panel.lines[0].visible
    assert panel.limits[2] > bottom
    panel.legend.toggle(0)
    assert panel.limits[2] == bottom


def test_lines_have_their_colors_where_their_values_are(user):
    run(user, 40)
    panel = user.panel("state")
    for index in (0, 1):
        x = panel.x_of(30) - 1
        y = panel.y_of(30 if index == 0 else -30)
        assert is_near(color_at(panel, x, y), rgb(panel.lines[index].color))


def test_the_pointer_marks_one_step_in_all_plots(user):
    run(user, 40)
    first, second = user.panel("alone"), user.panel("state")
    first._point(at(first, 12))
    assert first.cursor is second.cursor
    assert first.cursor.step == 12
    assert first.note.cget("text") == "step 12 (6 ms):  1 mV"
    assert {"x  12", "y  -12"} <= set(texts(second))
    assert second.canvas.itemcget(second._cursor_line, "state") == "normal"
    first.canvas.event_generate("<Leave>")
    user.until(lambda: first.cursor.step is None)
    assert first.note.cget("text") == "1 mV"
    assert second.canvas.itemcget(second._cursor_line, "state") == "hidden"


def test_wheel_and_drag_look_at_a_part_and_a_double_click_returns(user):
    run(user, 40)
    panel = user.panel("alone")
    whole = panel.horizontal()
    panel._zoom_at(at(panel, 20))
    panel._zoom_at(at(panel, 20))
    first, last = panel.horizontal()
    assert last - first < 0.7 * (whole[1] - whole[0])
    assert first < 20 < last
    panel._take_hold(at(panel, 20))
    panel._move(at(panel, 22))
    moved = panel.horizontal()
    assert moved[0] == pytest.approx(first - 2, abs=0.3)
    assert moved[1] - moved[0] == pytest.approx(last - first)
    panel._let_go(None)
    panel.show_all()
    assert panel.horizontal() == whole
    # Another run begins with the whole of it.
    panel._zoom_at(at(panel, 20))
    user.window.init()
    user.until(lambda: panel.zoom is None)


def test_axes_show_the_time_and_a_fixed_range_stays(user):
    run(user, 40)
    panel = user.panel("alone")
    assert panel.limits[2:] == (0.0, 2.0)
    assert any(text.endswith(" ms") for text in texts(panel))
    # What is shorter than the span is shown from the beginning.
    assert "now" not in texts(user.panel("state"))
    user.panel("state").set_span(20)
    assert "now" in texts(user.panel("state"))
    assert panel._take_range({"Lowest": "3", "Highest": "1"}).startswith("The highest")
    assert panel._take_range({"Lowest": "x", "Highest": ""}) == "A limit is a number, or empty."
    assert panel._take_range({"Lowest": "-5", "Highest": ""}) == ""
    assert panel.limits[2] <= -5


def test_menus_mark_what_is_on(user):
    run(user, 5)
    panel = user.panel("state")
    marked = {panel.menu.entrycget(i, "label"): panel for i in range(3)}
    assert list(marked) == ["Span", "Scale", "Moving average"]
    spans = panel.menu.nametowidget(panel.menu.entrycget(0, "menu"))
    variable = spans.entrycget(0, "variable")
    index = int(panel.getvar(variable))
    assert spans.entrycget(index, "label") == "Latest 100 steps"
    spans.invoke(1)
    assert panel.horizontal()[0] == 0


def test_a_moving_average_lies_over_the_pale_line(user):
    run(user, 40)
    panel = user.panel("alone")
    color = rgb(panel.lines[0].color)
    x, y = panel.x_of(30), panel.y_of(1.0)
    assert is_near(color_at(panel, x, y), color)
    panel.set_smoothing(5)
    assert is_near(color_at(panel, x, y), color)
    panel.history.append(np.array([41]), np.array([[2.0]]))
    panel.redraw()
    mean = panel.y_of(1.2)
    assert is_near(color_at(panel, panel.x_of(41) - 0.5, mean), color)


def test_a_plot_is_exported_as_table_array_and_picture(user, tmp_path):
    window = run(user, 20)
    panel = user.panel("fast")
    from ivisit.gui.panels.plot_export import export_plot

    said = []
    window.say = said.append
    for ending in ("csv", "npy", "png", "svg"):
        export_plot(panel, str(tmp_path / f"plot.{ending}"))
        user.until(lambda ending=ending: any(f".{ending}" in text for text in said))
    with open(tmp_path / "plot.csv") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["step", "Fast", "Slow"]
    assert [float(row[1]) for row in rows[1:]] == [0.5**t for t in range(1, 21)]
    table = np.load(tmp_path / "plot.npy")
    np.testing.assert_allclose(table[:, 2], 0.9 ** np.arange(1, 21), rtol=1e-14)
    assert (tmp_path / "plot.png").stat().st_size > 5000
    assert "<svg" in (tmp_path / "plot.svg").read_text()
    export_plot(panel, str(tmp_path / "plot.txt"))
    export_plot(panel, str(tmp_path / "missing" / "plot.png"))
    export_plot(panel, str(tmp_path / "missing" / "plot.csv"))
    user.until(lambda: user.told().count("cannot be saved: No such file") == 2)
    assert "exported as .csv, .npy, .png or .svg" in user.told()


def test_a_raster_shows_a_dot_for_each_active_unit(user):
    run(user, 40)
    panel = user.panel("spikes")
    assert panel.note.cget("text") == "1 active"
    color = rgb(user.window.theme.palette.lines[0])
    for step in (15, 32):
        assert color_at(panel, panel.x_of(step), panel.y_of(step % 20)) == color
        assert color_at(panel, panel.x_of(step), panel.y_of((step + 7) % 20)) != color
    user.window.init()
    user.until(lambda: not len(panel._entries))


def test_a_histogram_shows_a_bar_for_each_bin(user):
    run(user, 3)
    panel = user.panel("weights")
    assert panel.note.cget("text") == "4 values"
    color = rgb(user.window.theme.palette.lines[0])
    for value, count in ((0.5, 1), (1.5, 2), (2.5, 0), (3.5, 1)):
        assert (color_at(panel, panel.x_of(value), panel.y_of(0.5)) == color) == (count > 0)
        assert (color_at(panel, panel.x_of(value), panel.y_of(1.5)) == color) == (count > 1)


def test_all_plots_are_colored_anew_in_the_dark(user):
    window = run(user, 20)
    window.set_dark(True)
    user.wait(0.1)
    surface = rgb(window.theme.palette.surface)
    for name in ("fast", "spikes", "weights"):
        panel = user.panel(name)
        assert color_at(panel, 1, 1) in (surface, rgb(window.theme.palette.hover))


def test_a_solid_block_is_shown_by_its_latest_steps(user):
    class Noise(iv.Simulation):
        level = iv.Trace()

        def step(self):
            self.level = self.rng.random()

    window = user.open(Noise)
    window.session.worker.step(40_000)
    user.until(lambda: window.steps == 40_000)
    panel = user.panel("level")
    user.until(lambda: panel.horizontal()[0] == 39_000)
    panel.set_span(None)
    assert panel.horizontal()[0] == 0


def test_whether_a_plot_is_solid_does_not_depend_on_when_it_is_looked_at(user):
    class Noise(iv.Simulation):
        level = iv.Trace()

    window = user.open(Noise)
    window.root.geometry("1400x700")
    user.look()
    panel = user.panel("level")
    values = np.random.default_rng(0).random(40_001)
    # Looked at when the buckets of the history have just become half as many.
    for first, last in itertools.pairwise([1, 8_300, 16_500, 33_000, 40_001]):
        panel.history.append(np.arange(first, last), values[first:last])
        panel.shown_span()
    assert panel.shown_span() == 1000


def test_a_value_of_zero_is_marked_at_the_lower_edge_of_a_logarithmic_axis(user):
    class Fading(iv.Simulation):
        error = iv.Trace(scale="log")

        def step(self):
            self.error = [1.0, 0.1, 0.0, 0.0, 0.0][min(self.steps, 4)]
            self.steps += 1

        def init(self):
            self.steps = 0

    user.open(Fading)
    panel = user.panel("error")
    for _ in range(5):
        user.window.step()
    user.until(lambda: panel.note.cget("text") == "0 (below the axis)")
    user.until(lambda: len(panel.history.view().steps) == 5)
    user.look()
    photo = panel._photo
    color = tuple(int(panel.lines[0].color[i : i + 2], 16) for i in (1, 3, 5))

    def marked(step):
        x = min(round(float(panel.x_of(step))), photo.width() - 1)
        return panel.tk.splitlist(panel.tk.call(str(photo), "get", x, photo.height() - 1)) == color

    user.until(lambda: marked(4))
    assert [marked(step) for step in (1, 3, 4, 5)] == [False, True, True, True]
    panel.set_scale("linear")
    assert not marked(4) or panel.limits[2] == 0
    user.until(lambda: panel.note.cget("text") == "0")


def test_a_logarithmic_axis_fits_values_between_which_there_are_zeros(user):
    class Sparse(iv.Simulation):
        error = iv.Trace(scale="log")

    user.open(Sparse)
    panel = user.panel("error")
    panel.set_span(None)
    values = np.where(np.arange(50_000) % 2, 0.0, 1e-6)
    # So many that a column of pixels has the extremes of several steps: all have a zero.
    panel.history.append(np.arange(1, 50_001), values)
    panel.redraw()
    assert not panel.view.exact
    low, high = 10.0 ** np.array(panel.limits[2:])
    assert 1e-8 < low <= 1e-6 <= high < 1e-4


@pytest.mark.parametrize("steps", [1, 12, 25, 40, 55, 90])
def test_a_narrow_plot_tells_the_scale_of_its_steps(user, steps):
    class Level(iv.Simulation):
        level = iv.Trace()

    user.open(Level)
    panel = user.panel("level")
    end = float(nice_length(steps))
    for width in (100, 200, 400):
        marks = panel.horizontal_ticks((0.0, end), width)
        assert len(marks) >= 2
        assert all(0 <= place <= end and float(text) == place for place, text in marks)


def test_a_text_gets_room_for_its_lines_once_or_for_those_declared(user):
    class Texts(iv.Simulation):
        six = iv.TextOutput()
        one = iv.TextOutput()
        five = iv.TextOutput(lines=5)
        picture = iv.Image()

        def init(self):
            self.picture = np.eye(4)

        def step(self):
            self.six = "\n".join("abcdef")
            self.one = "short" if self.one is None else "x\n" * 20

    user.open(Texts)
    sizes = {name: user.panel(name).smallest_size()[1] for name in ("six", "one", "five")}
    assert sizes["five"] > sizes["six"] == sizes["one"]
    user.window.step()
    user.until(lambda: user.panel("six").text.winfo_height() > 1 and user.window.steps == 1)
    user.until(lambda: not user.panel("six").bar.winfo_ismapped())
    user.until(lambda: user.panel("six").text.yview() == (0.0, 1.0))
    grown = user.panel("six").smallest_size()[1]
    assert grown > sizes["five"]
    user.window.step()
    user.until(lambda: user.window.steps == 2)
    assert user.panel("one").smallest_size()[1] == sizes["one"]
    with pytest.raises(iv.ParameterError, match="lines: must be a whole number from 1 to 60"):
        type(iv.Simulation)("Wrong", (iv.Simulation,), {"text": iv.TextOutput(lines=0)})
