"""A closer look at a figure: what is seen, and that the figure itself stays as it was."""

import numpy as np
import pytest

from ivisit.engine import Engine
from ivisit.looks import FigureView
from ivisit.panels import Figure
from ivisit.rasterizing import Rasterizer
from ivisit.simulation import Simulation
from ivisit.viewing import places_of

X = np.linspace(0, 6, 60)


def plotted(xlim=None, ylim=None, scale="linear"):
    """Return a figure of a line, with limits or without."""
    figure = Figure().make()
    axes = figure.subplots()
    axes.plot(X, np.exp(X) if scale == "log" else np.sin(X))
    axes.set_yscale(scale)
    if xlim and ylim:
        axes.set(xlim=xlim, ylim=ylim)
    return figure


@pytest.mark.parametrize(
    ("scale", "limits"),
    [("linear", ((1.0, 2.5), (-0.5, 0.75))), ("log", ((1.0, 3.0), (2.0, 50.0)))],
)
def test_what_is_seen_is_the_figure_with_these_limits(scale, limits):
    figure = plotted(scale=scale)
    before = (figure.axes[0].get_xlim(), figure.axes[0].get_ylim())
    rasterizer = Rasterizer(figure)
    view = FigureView(limits={0: limits})
    seen = rasterizer.pixels(300, 220, view)
    np.testing.assert_array_equal(seen, Rasterizer(plotted(*limits, scale)).pixels(300, 220))
    assert (figure.axes[0].get_xlim(), figure.axes[0].get_ylim()) == before
    place = view.axes_at(0.5, 0.5)
    left, top, right, bottom = place.box
    assert place.data_at(left, top) == pytest.approx((limits[0][0], limits[1][1]))
    assert place.data_at(right, bottom) == pytest.approx((limits[0][1], limits[1][0]))
    view.limits = {}
    rasterizer.pixels(300, 220, view)
    left, top, right, bottom = view.places[0].box
    assert view.places[0].data_at(left, bottom) == pytest.approx((before[0][0], before[1][0]))
    assert view.places[0].data_at(right, top) == pytest.approx((before[0][1], before[1][1]))


def test_the_limits_of_the_simulation_go_on_following_its_data():
    figure = plotted()
    axes = figure.axes[0]
    rasterizer = Rasterizer(figure)
    view = FigureView(limits={0: ((1.0, 2.0), (0.0, 1.0))})
    for top in (5.0, 7.0):
        axes.plot([0, 1], [0, top])  # autoscaling waits until somebody draws
        rasterizer.pixels(300, 220, view)
        assert axes.get_autoscale_on()
        assert axes.get_ylim()[1] > top
    axes.lines[-1].set_ydata([0, 50])
    axes.relim()
    axes.autoscale_view()
    rasterizer.pixels(300, 220, view)
    assert axes.get_ylim()[1] > 50


def test_axes_that_share_a_direction_show_the_same_part_of_it():
    figure = Figure().make()
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.plot(X, X)
    lower.plot(X, X)
    view = FigureView(limits={0: ((1.0, 2.0), (0.0, 1.0))})
    Rasterizer(figure).pixels(300, 400, view)
    box = view.places[1].box
    assert view.places[1].data_at(box[0], box[1])[0] == pytest.approx(1.0)
    assert lower.get_xlim()[1] > 5


def test_three_dimensional_axes_are_turned_for_a_while():
    figure = Figure().make()
    axes = figure.add_subplot(projection="3d")
    axes.plot(X, X, np.sin(X))
    rasterizer = Rasterizer(figure)
    before = rasterizer.pixels(300, 220).copy()
    angles = (axes.elev, axes.azim)
    turned = rasterizer.pixels(300, 220, FigureView(limits={0: (80.0, 10.0)}))
    assert (turned != before).any()
    assert (axes.elev, axes.azim) == angles
    np.testing.assert_array_equal(rasterizer.pixels(300, 220), before)


def test_limits_that_make_no_sense_any_more_are_left_out():
    figure = plotted(scale="log")
    view = FigureView(limits={0: ((1.0, 2.0), (-1.0, 1.0)), 7: ((0.0, 1.0), (0.0, 1.0))})
    seen = Rasterizer(figure).pixels(300, 220, view)
    assert seen.shape == (220, 300, 4)
    assert figure.axes[0].get_ylim()[0] > 0


def test_init_shows_all_again_and_axes_drawn_anew_keep_the_part_that_is_looked_at():
    class Redrawn(Simulation):
        plot = Figure()

        def step(self):
            self.plot.clear()
            self.plot.subplots().hist(self.rng.normal(size=100))

    engine = Engine(Redrawn)
    view = engine.figure_views["plot"] = FigureView((300, 220))
    engine.init()
    view.limits = {0: ((0.0, 1.0), (0.0, 5.0))}
    for _ in range(2):
        engine.run(1)
        engine.frame()
        left, top, right, bottom = view.places[0].box
        assert view.places[0].data_at(left, bottom) == pytest.approx((0.0, 0.0), abs=1e-12)
        assert view.places[0].data_at(right, top) == pytest.approx((1.0, 5.0))
    engine.init()
    assert view.limits == {}


def test_places_of_polar_axes_are_known_but_not_to_be_limited():
    figure = Figure().make()
    figure.add_subplot(projection="polar")
    assert [place.kind for place in places_of(figure)] == ["other"]
