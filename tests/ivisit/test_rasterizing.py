"""Figures: after any change the pixels are those of a full drawing, for all kinds of artists."""

import io

import matplotlib
import numpy as np
import pytest
from matplotlib import patches
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.gridspec import GridSpec
from PIL import Image

from ivisit.artists import hooked
from ivisit.inking import InkCanvas, Inking
from ivisit.looks import FigureView, Ink
from ivisit.panels import Figure
from ivisit.rasterizing import Rasterizer

X = np.linspace(0, 6, 60)


DARK = Ink((26 / 255, 31 / 255, 38 / 255), (0.9, 0.92, 0.95))


def drawn_anew(figure, ink=None):
    """Return the pixels that plain Matplotlib draws of the same figure, in other colors or not."""
    canvas = FigureCanvasAgg(figure) if ink is None else InkCanvas(figure)
    inking = Inking(figure, ink)

    def painter(artist, axes):
        draw = artist.draw
        return lambda renderer: inking.draw(draw, artist, renderer)

    with hooked(figure, painter):
        canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


# Compositions: name -> function that fills a figure and returns the artists that updates use ----


def lines(figure):
    axes = figure.subplots()
    axes.set(xlim=(0, 6), ylim=(-1, 1), title="Lines", xlabel="x", ylabel="y")
    made = [axes.plot(X, np.sin(X + i), label=f"line {i}")[0] for i in range(3)]
    axes.legend(loc="upper right")
    return axes, made[0]


def image_below_patch(figure):
    axes = figure.subplots()
    image = axes.imshow(np.eye(8))
    axes.add_patch(patches.Rectangle((2, 2), 3, 3, fill=False, ec="red", lw=4))
    axes.grid(color="cyan")
    return axes, image


def line_below_everything(figure):
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X), zorder=0.5, lw=6)
    axes.bar([1, 3], [0.5, 0.8], alpha=0.6)
    axes.axvspan(2, 4, color="orange", alpha=0.5)
    axes.grid(True, color="green", lw=3)
    axes.text(2, 0, "above", size=20)
    figure.text(0.5, 0.5, "of the figure", size=20, color="purple")
    return axes, line


def bars(figure):
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X))
    axes.barh([0.2, 0.6], [3, 5])
    return axes, line


def scatter(figure):
    axes = figure.subplots()
    points = axes.scatter(X, np.cos(X), c=X)
    (line,) = axes.plot(X, np.sin(X), marker="o", clip_on=False)
    return axes, line if points else None


def colorbar(figure):
    axes = figure.subplots()
    image = axes.imshow(np.eye(4))
    figure.colorbar(image)
    return axes, image


def horizontal_colorbar(figure):
    axes = figure.subplots()
    image = axes.imshow(np.eye(4))
    figure.colorbar(image, orientation="horizontal")
    return axes, image


def colorbar_of_two(figure):
    both = figure.subplots(1, 2)
    images = [axes.imshow(np.eye(4)) for axes in both]
    figure.colorbar(images[0], ax=both)
    return both[0], images[0]


def contours(figure):
    axes = figure.subplots()
    filled = axes.contourf(np.outer(X, X))
    figure.colorbar(filled)
    (line,) = axes.plot(X * 5, X * 5, color="white")
    return axes, line


def mesh(figure):
    axes = figure.subplots()
    made = axes.pcolormesh(np.outer(X[:9], X[:9]))
    figure.colorbar(made)
    (line,) = axes.plot(X, X, color="white")
    return axes, line


def scatter_with_bar(figure):
    axes = figure.subplots()
    figure.colorbar(axes.scatter(X, X, c=X))
    (line,) = axes.plot(X, X)
    return axes, line


def no_height(figure):
    grid = GridSpec(2, 1, height_ratios=[0, 1], figure=figure)
    figure.add_subplot(grid[0])
    axes = figure.add_subplot(grid[1])
    (line,) = axes.plot(X, np.sin(X))
    return axes, line


def twins(figure):
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X), lw=5)
    axes.twinx().plot(X, np.cos(X) * 9, color="red", lw=5)
    return axes, line


def twins_below(figure):
    axes = figure.subplots()
    axes.plot(X, np.sin(X), lw=5)
    other = axes.twinx()
    other.set_zorder(-1)
    axes.patch.set_visible(False)
    (line,) = other.plot(X, np.cos(X) * 9, color="red", lw=5)
    return other, line


def polar(figure):
    axes = figure.add_subplot(projection="polar")
    (line,) = axes.plot(X, 1 + X)
    return axes, line


def three_dimensional(figure):
    axes = figure.add_subplot(projection="3d")
    (line,) = axes.plot(X, X, X)
    return axes, line


def surface(figure):
    axes = figure.add_subplot(projection="3d")
    figure.colorbar(axes.scatter(X, X, X, c=X))
    (line,) = axes.plot(X, -X, X)
    return axes, line


def subfigures(figure):
    left, right = figure.subfigures(1, 2)
    axes = left.subplots()
    right.subplots().imshow(np.eye(3))
    left.suptitle("Left")
    right.set_facecolor("lightgray")
    (line,) = axes.plot(X, np.sin(X))
    return axes, line


def inset(figure):
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X), lw=8)
    small = axes.inset_axes([0.3, 0.3, 0.4, 0.4])
    small.plot(X, np.cos(X))
    axes.indicate_inset_zoom(small)
    return axes, line


def logarithmic(figure):
    axes = figure.subplots()
    (line,) = axes.loglog(X + 1, np.exp(X))
    axes.axhline(10, color="red")
    axes.grid(which="both")
    return axes, line


def dates(figure):
    axes = figure.subplots()
    days = np.datetime64("2026-01-01") + np.arange(60)
    (line,) = axes.plot(days, np.sin(X))
    return axes, line


def many_axes(figure):
    grid = figure.subplots(2, 2)
    made = [axes.plot(X, np.sin(X * i))[0] for i, axes in enumerate(grid.flat)]
    for i, axes in enumerate(grid.flat):
        axes.set(title=f"Axes {i}", ylim=(-1, 1))
    return grid.flat[1], made[1]


def crowded_axes(figure):
    grid = figure.subplots(2, 2)
    figure.subplots_adjust(hspace=0, wspace=0)
    made = [axes.plot(X, np.sin(X * i), clip_on=False, lw=4)[0] for i, axes in enumerate(grid.flat)]
    return grid.flat[0], made[0]


def annotated(figure):
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X))
    axes.annotate("here", (1, 0.5), (3, -0.5), arrowprops={"arrowstyle": "->"})
    return axes, line


def no_axes(figure):
    figure.text(0.5, 0.5, "only a text")
    axes = figure.add_axes((0.1, 0.1, 0.3, 0.3))
    (line,) = axes.plot(X, np.sin(X))
    return axes, line


def equal_aspect(figure):
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X))
    axes.set_aspect("equal", adjustable="datalim")
    return axes, line


def constrained(figure):
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    (line,) = axes.plot(X, np.sin(X))
    return axes, line


def filled_and_errors(figure):
    axes = figure.subplots()
    axes.fill_between(X, np.sin(X) - 0.2, np.sin(X) + 0.2, alpha=0.3)
    axes.errorbar(X[::9], np.cos(X[::9]), yerr=0.2)
    axes.quiver(X[::9], 0 * X[::9], 1, 1)
    (line,) = axes.plot(X, np.sin(X))
    axes.table([["1", "2"]], loc="lower left")
    return axes, line


COMPOSITIONS = [
    lines, image_below_patch, line_below_everything, bars, scatter, colorbar, horizontal_colorbar,
    colorbar_of_two, contours, mesh, scatter_with_bar, no_height, twins, twins_below, polar,
    three_dimensional, surface, subfigures, inset, logarithmic, dates, many_axes, crowded_axes,
    annotated, no_axes, equal_aspect, constrained, filled_and_errors,
]  # fmt: skip


# Updates: what a step does with the artists ------------------------------------------------------


def new_data(axes, artist, i):
    if hasattr(artist, "set_data_3d"):
        artist.set_data_3d(X, np.sin(X + i), X)
    elif hasattr(artist, "set_ydata"):
        artist.set_ydata(np.sin(X * (i + 1)) + 1.5)
    else:
        artist.set_data(np.roll(np.array(artist.get_array()), 1, axis=0))


def data_in_place(axes, artist, i):
    """Change what the artist holds without telling it."""
    if hasattr(artist, "get_array"):
        artist.get_array()[i % 2, 0] += 0.5
    elif not hasattr(artist, "get_data_3d"):
        artist.get_xydata()[5:9, 1] += 0.1


def limits(axes, artist, i):
    new_data(axes, artist, i)
    axes.set_xlim(0.5, 5 + i)


def color(axes, artist, i):
    if hasattr(artist, "set_color"):
        artist.set_color(["red", "blue"][i % 2])
    axes.set_facecolor(["lightyellow", "white"][i % 2])


def axis_off(axes, artist, i):
    new_data(axes, artist, i)
    axes.set_axis_off() if i % 2 else axes.set_axis_on()


def tick_labels(axes, artist, i):
    new_data(axes, artist, i)
    for label in axes.get_xticklabels():
        label.set_color(["red", "blue"][i % 2])


def texts(axes, artist, i):
    new_data(axes, artist, i)
    axes.set_title(f"Step {i}" + "\nand more" * (i % 2))
    axes.set_xlabel("x" * i)


def annotation(axes, artist, i):
    new_data(axes, artist, i)
    for text in axes.texts:
        text.xy = (i, 0.0)


def more_and_less(axes, artist, i):
    new_data(axes, artist, i)
    if i % 2:
        axes.add_patch(patches.Circle((2, 0.5), 0.4 + i / 10, alpha=0.5))
    else:
        for patch in list(axes.patches):
            patch.remove()


def order(axes, artist, i):
    artist.set_zorder([10, 0][i % 2])


def of_the_figure(axes, artist, i):
    new_data(axes, artist, i)
    axes.figure.suptitle(f"Above all, {i}")
    axes.figure.text(0.2 + i / 10, 0.5, "here")


def saved_between(axes, artist, i):
    new_data(axes, artist, i)
    FigureCanvasAgg(axes.figure.canvas.figure).print_png(io.BytesIO())


def settings(axes, artist, i):
    new_data(axes, artist, i)
    matplotlib.rcParams["path.simplify"] = bool(i % 2)


def function_labels(axes, artist, i):
    new_data(axes, artist, i)
    if i == 0 and not hasattr(axes, "get_zlim"):
        axes.counter = [0]
        axes.yaxis.set_major_formatter(lambda value, place: f"{value:.1f}/{axes.counter[0]}")
    elif hasattr(axes, "counter"):
        axes.counter[0] = i


def markers_outside(axes, artist, i):
    new_data(axes, artist, i)
    if hasattr(artist, "set_marker"):
        artist.set(clip_on=False, marker="o", markersize=10 + 5 * i)


UPDATES = [
    new_data, data_in_place, limits, color, axis_off, tick_labels, texts, annotation,
    more_and_less, order, of_the_figure, saved_between, settings, function_labels, markers_outside,
]  # fmt: skip


def forget(rasterizer):
    """Have a rasterizer not notice that this test has drawn its figure."""
    for part in rasterizer.figure.findobj():
        part.stale = False
    rasterizer._drawn_elsewhere = False


def compare(compose, update, frames=3, ink=None):
    """Show a figure while it is updated, and compare each picture with a full drawing."""
    view = FigureView(ink=ink)
    with matplotlib.rc_context():
        figure = Figure().make()
        axes, artist = compose(figure)
        rasterizer = Rasterizer(figure)
        rasterizer.pixels(300, 220, view)
        for i in range(frames):
            update(axes, artist, i)
            pixels = rasterizer.pixels(300, 220, view)
            different = (pixels != drawn_anew(figure, ink)).any(axis=-1)
            forget(rasterizer)
            assert not different.any(), f"{update.__name__}, step {i}: {different.sum()} pixels"


def can_be_updated(compose, update):
    flat = compose not in (three_dimensional, surface)
    # A layout engine moves the axes a little in each drawing, also in those of this test.
    return (flat or update is not more_and_less) and compose is not constrained


PAIRS = [(c, u) for c in COMPOSITIONS for u in UPDATES if can_be_updated(c, u)]


@pytest.mark.parametrize(("compose", "update"), PAIRS[::7], ids=lambda function: function.__name__)
def test_the_pixels_are_those_of_a_full_drawing(compose, update):
    compare(compose, update)


@pytest.mark.parametrize(
    ("compose", "update"), PAIRS[2::23], ids=lambda function: function.__name__
)
def test_the_pixels_in_a_dark_window_are_those_of_a_full_drawing_in_its_colors(compose, update):
    compare(compose, update, ink=DARK)


def of_dark_style(gray):
    """Return the color of a dark style where a light one has a gray."""
    return tuple(gray * p + (1 - gray) * i for p, i in zip(DARK.paper, DARK.ink, strict=True))


DARK_STYLE = {
    **dict.fromkeys(["figure.facecolor", "axes.facecolor"], DARK.paper),
    **dict.fromkeys(
        ["axes.edgecolor", "axes.labelcolor", "text.color", "xtick.color", "ytick.color",
         "patch.edgecolor"], DARK.ink
    ),
    "grid.color": of_dark_style(0xB0 / 255),
    "legend.edgecolor": of_dark_style(0.8),
    "axes3d.xaxis.panecolor": (*of_dark_style(0.95), 0.5),
    "axes3d.yaxis.panecolor": (*of_dark_style(0.9), 0.5),
    "axes3d.zaxis.panecolor": (*of_dark_style(0.925), 0.5),
}  # fmt: skip
#: Those that set a gray or a background themselves, and those that a layout engine moves.
NOT_BY_STYLE = (subfigures, inset, filled_and_errors, constrained)


@pytest.mark.parametrize(
    "compose", [c for c in COMPOSITIONS if c not in NOT_BY_STYLE], ids=lambda f: f.__name__
)
def test_in_a_dark_window_a_figure_looks_as_if_made_in_a_dark_style(compose):
    light = Figure().make()
    compose(light)
    shown = Rasterizer(light).pixels(300, 220, FigureView(ink=DARK))
    with matplotlib.rc_context(DARK_STYLE):
        dark = Figure().make()
        compose(dark)
        np.testing.assert_array_equal(shown, Rasterizer(dark).pixels(300, 220))


def test_colors_that_the_simulation_has_chosen_stay_in_a_dark_window():
    def shown(fill):
        figure = Figure().make()
        fill(figure)
        # One rasterizer: another one would lay the axes out once more, from where they are now.
        rasterizer = Rasterizer(figure)
        plain = rasterizer.pixels(300, 220).copy()
        return plain, rasterizer.pixels(300, 220, FigureView(ink=DARK))

    def own_background(figure):
        figure.subplots().set_facecolor("lightyellow")

    def heat_map(figure):
        axes = figure.add_axes((0, 0, 1, 1))
        axes.imshow(np.eye(2), aspect="auto", cmap="gray")
        axes.text(0, 0, "white", color="white", size=30)
        axes.text(1, 0, "black", color="black", size=30)
        axes.set_axis_off()

    for fill in (own_background, heat_map):
        plain, dark = shown(fill)
        np.testing.assert_array_equal(plain, dark)
    plain, dark = shown(lines)
    assert (plain[0, 0, :3] == 255).all()
    assert dark[0, 0, :3].tolist() == [26, 31, 38]


def test_what_is_saved_is_light_although_the_window_is_dark():
    figure = Figure().make()
    lines(figure)
    rasterizer = Rasterizer(figure)

    def saved():
        file = io.BytesIO()
        figure.savefig(file, format="png")
        return np.asarray(Image.open(file))

    rasterizer.pixels(300, 220)
    before = saved()
    rasterizer.pixels(300, 220, FigureView(ink=DARK))
    np.testing.assert_array_equal(saved(), before)
    assert (before[0, 0, :3] == 255).all()


@pytest.mark.parametrize("width", range(578, 700, 7))
def test_a_picture_has_exactly_the_size_that_is_wanted(width):
    figure = Figure().make()
    assert Rasterizer(figure).pixels(width, width * 2 // 3).shape == (width * 2 // 3, width, 4)


@pytest.mark.stress
@pytest.mark.parametrize(("compose", "update"), PAIRS, ids=lambda function: function.__name__)
def test_the_pixels_are_those_of_a_full_drawing_in_all_cases(compose, update):
    compare(compose, update, frames=6)


@pytest.mark.parametrize("update", [new_data, limits, texts, color])
def test_a_layout_engine_of_the_simulation_is_left_alone(update):
    ours, theirs = Figure().make(), Figure().make()
    pair = [constrained(figure) for figure in (ours, theirs)]
    rasterizer = Rasterizer(ours)
    for i in range(3):
        for axes, artist in pair:
            update(axes, artist, i)
        assert np.array_equal(rasterizer.pixels(), drawn_anew(theirs))


def test_what_lies_above_an_image_is_seen():
    figure = Figure().make()
    image_below_patch(figure)
    pixels = Rasterizer(figure).pixels().astype(int)
    red = (pixels[..., 0] > 200) & (pixels[..., 1:3].max(axis=-1) < 50)
    cyan = (pixels[..., 0] < 50) & (pixels[..., 1:3].min(axis=-1) > 200)
    assert red.sum() > 500
    assert cyan.sum() > 500


def test_an_arrangement_that_cannot_be_made_leaves_the_axes_where_they_are(monkeypatch):
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    def fail(self, figure):
        figure.axes[0].set_position((0, 0, 0.1, 0.1))
        raise ZeroDivisionError

    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", fail)
    figure = Figure().make()
    axes, _ = lines(figure)
    place = axes.get_position().bounds
    assert Rasterizer(figure).pixels().shape == (480, 640, 4)
    assert axes.get_position().bounds == place


def test_a_bar_removed_from_a_figure_disappears_from_the_picture():
    figure = Figure().make()
    axes = figure.subplots()
    bars = axes.bar([0, 1], [1, 2], color="red")
    rasterizer = Rasterizer(figure)
    before = rasterizer.pixels()
    bars[1].remove()
    after = rasterizer.pixels()
    assert (after != before).any()
    assert np.array_equal(after, drawn_anew(figure))


def test_a_figure_that_is_drawn_anew_for_each_picture_is_arranged_only_where_it_changes(
    monkeypatch,
):
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    arranged = []
    execute = ConstrainedLayoutEngine.execute
    monkeypatch.setattr(
        ConstrainedLayoutEngine, "execute", lambda *a: (arranged.append(1), execute(*a))
    )
    figure = Figure().make()
    rasterizer = Rasterizer(figure)

    def redraw(columns, label=""):
        figure.clear()
        for axes in figure.subplots(1, columns, squeeze=False).flat:
            axes.hist(np.sin(X), bins=9)
            axes.set_xlabel(label)
        pixels = rasterizer.pixels(300, 220)
        np.testing.assert_array_equal(pixels, drawn_anew(figure))
        return pixels

    redraw(1)
    second = redraw(1)  # ticks depend on the size of the axes: they are found by two drawings
    count = len(arranged)
    for _ in range(3):
        np.testing.assert_array_equal(redraw(1), second)
    assert len(arranged) == count
    redraw(2)
    assert len(arranged) > count
    count = len(arranged)
    redraw(2, "a label")
    assert len(arranged) > count
