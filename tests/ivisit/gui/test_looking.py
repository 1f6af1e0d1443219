"""Looking at images and figures: levels by histogram, zoom kept, navigation, dark figures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import ivisit as iv
from ivisit.gui.panels.channels import counts_in, missing_text, sampled
from ivisit.gui.toolkit import clipboard

pytestmark = pytest.mark.window


class Shown(iv.Simulation):
    """An image and figures."""

    noise = iv.Slider(0.0, 0.0, 1.0)
    picture = iv.Image()
    plot = iv.Figure()
    wide = iv.Figure(width=12, height=3)
    taken = iv.Figure(pointer=True)
    report = iv.TextOutput()

    def init(self):
        values = np.arange(200.0).reshape(10, 20)
        values[0, :9] = np.nan
        values[9, 19] = np.inf
        self.picture = values
        for figure in (self.plot, self.wide, self.taken):
            figure.clear()
            figure.subplots().plot([0.0, 10.0], [0.0, 5.0])
        self.seen = []

    def step(self):
        pass

    def pointer(self, event):
        self.seen.append(event)


def message(user):
    """Return what the status line says."""
    return user.window.status.labels["message"].cget("text")


def gesture(canvas, begin, end, button=1):
    """Drag from one place of a canvas to another, given as fractions of its size."""
    places = [
        {"x": round(x * canvas.winfo_width()), "y": round(y * canvas.winfo_height())}
        for x, y in (begin, ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2), end)
    ]
    canvas.event_generate(f"<ButtonPress-{button}>", **places[0])
    for place in places:
        canvas.event_generate(f"<B{button}-Motion>", **place)
    canvas.event_generate(f"<ButtonRelease-{button}>", **places[-1])


# Images ------------------------------------------------------------------------------------------


def test_counts_are_those_of_a_histogram_and_what_is_not_finite_is_told():
    values = np.random.default_rng(0).normal(size=5000)
    np.testing.assert_array_equal(
        counts_in(values, -2.0, 1.5, 40), np.histogram(values, 40, (-2.0, 1.5))[0]
    )
    picture = np.ma.masked_array(np.eye(4), mask=np.eye(4, k=1))
    picture[3, 0] = np.nan
    assert len(sampled(picture)) == 12
    assert missing_text(picture) == "NaN: 1   masked: 3"
    assert missing_text(np.array([[1e308, 1e308]])) == ""
    assert missing_text(np.array([[np.inf, -np.inf, np.nan]])) == "NaN: 1   inf: 2"
    assert missing_text(np.zeros((2, 2), np.uint8)) == ""


@pytest.fixture
def strip(user):
    """The histogram of an image, on the screen."""
    user.open(Shown)
    panel = user.panel("picture")
    panel.show_strip(True)
    user.until(lambda: panel.strip.winfo_width() > 100 and panel.strip.axis is not None)
    user.until(lambda: panel.strip.winfo_ismapped())
    return panel.strip


def test_dragging_the_lines_of_the_histogram_sets_the_levels(user, strip):
    panel = user.panel("picture")
    assert strip.counts.sum() == 190
    assert strip.levels == (9, 198)

    def drag(begin, end):
        places = [{"x": round(strip._x_of(value)), "y": 20} for value in (begin, end)]
        strip.event_generate("<ButtonPress-1>", **places[0])
        strip.event_generate("<B1-Motion>", **places[1])
        strip.event_generate("<ButtonRelease-1>", **places[1])
        user.window.update()

    pixel = (strip.axis[1] - strip.axis[0]) / strip.winfo_width()
    drag(9, 60)
    assert panel.vmin == pytest.approx(60, abs=2 * pixel)
    assert panel.vmax == 198
    drag(198, 120)
    assert panel.vmax == pytest.approx(120, abs=2 * pixel)
    assert panel.offers.levels.marked == "fixed"
    assert set(panel.canvas.pixels[2].ravel()) == {0}
    assert set(panel.canvas.pixels[7].ravel()) == {255}
    # Between them both move; the lower one never passes the upper one.
    width = panel.vmax - panel.vmin
    drag(90, 110)
    assert panel.vmax - panel.vmin == pytest.approx(width)
    assert panel.vmin == pytest.approx(80, abs=4 * pixel)
    drag(panel.vmin, 190)
    assert panel.vmin < panel.vmax
    for _ in range(2):
        strip.event_generate("<ButtonPress-1>", x=5, y=20)
        strip.event_generate("<ButtonRelease-1>", x=5, y=20)
    user.window.update()
    assert (panel.vmin, panel.vmax) == (None, None)
    assert not user.window.sets.modified


def test_the_histogram_follows_the_running_picture_and_counts_logarithmically(user, strip):
    panel = user.panel("picture")
    heights = strip.coords(strip._bars)
    left, top, right, bottom = strip.bbox(strip._log)
    user.click(strip, (left + right) // 2, (top + bottom) // 2)
    assert strip.logarithmic
    assert strip.coords(strip._bars) != heights
    user.window.engine.simulation.picture = np.full((4, 4), 1000.0)
    user.look()
    user.until(lambda: strip.axis[0] <= 1000 <= strip.axis[1] and strip.counts.sum() == 16)
    user.window.engine.simulation.picture = np.full((4, 4), np.nan)
    user.look()
    user.until(lambda: strip.counts.sum() == 0)
    assert panel.view_state()["histogram"]
    assert panel.view_state()["log_counts"]


def test_the_read_out_tells_how_many_values_are_missing(user):
    user.open(Shown)
    panel = user.panel("picture")
    canvas = panel.canvas
    x, y = map(round, canvas.place_of(5, 5))
    canvas.event_generate("<Motion>", x=x, y=y)
    user.window.update()
    assert message(user) == "Picture [row 5, column 5] = 105    NaN: 9   inf: 1"
    assert "NaN: 9   inf: 1" in panel._notes[0]


def test_a_free_zoom_is_kept_over_init_and_with_the_set(user):
    user.open(Shown)
    panel = user.panel("picture")
    for _ in range(3):
        panel.canvas.event_generate("<Control-Button-4>", x=30, y=40)
    zoom, center = panel.canvas.zoom, panel.canvas.center
    assert zoom not in panel.offers.zooms.values
    assert panel.offers.zooms.marked is None
    assert f"×{zoom:.3g}" in panel._notes[0]
    assert not user.window.sets.modified
    user.window.sets.save_under("near")
    user.window.init()
    user.look()
    assert (panel.canvas.zoom, panel.canvas.center) == (zoom, center)
    panel.set_zoom(None)
    user.window.sets.load("near")
    panel = user.panel("picture")
    assert panel.canvas.zoom == pytest.approx(zoom)
    assert panel.canvas.center == pytest.approx(center)
    panel.take_view({"zoom": 1e9, "center": [7, "x"]})
    assert panel.canvas.zoom == pytest.approx(zoom)


def test_copying_a_picture_asks_a_program_of_the_system_or_says_what_is_missing(
    user, monkeypatch, tmp_path
):
    user.open(Shown)
    panel = user.panel("picture")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    panel.copy_picture()
    assert "xclip (X11) or wl-copy (Wayland) is not installed" in message(user)
    program = tmp_path / "xclip"
    program.write_text('#!/bin/sh\n/bin/cat > "$0.png"; test "$4" = image/png\n')
    program.chmod(0o755)
    panel.copy_picture()
    user.until(lambda: message(user) == "Copied a picture of 20×10 pixels")
    copied = np.asarray(Image.open(tmp_path / "xclip.png"))
    np.testing.assert_array_equal(copied, panel.canvas.pixels)
    program.write_text("#!/bin/sh\nexit 3\n")
    panel.copy_picture()
    user.until(lambda: "cannot be copied" in message(user))


@pytest.mark.parametrize("system", ["darwin", "win32", "linux"])
def test_every_system_has_its_command(system, monkeypatch, tmp_path):
    names = {"darwin": "osascript", "win32": "powershell", "linux": "wl-copy"}
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    found = {name: f"/bin/{name}" for name in names.values()}
    monkeypatch.setattr("shutil.which", found.get)
    command = clipboard.copying_command("/a/b.png")
    assert command[0] == f"/bin/{names[system]}"
    assert system == "linux" or "/a/b.png" in " ".join(command)


# Figures -----------------------------------------------------------------------------------------


@pytest.fixture
def figure(user):
    """A panel with a figure that has been drawn."""
    user.open(Shown)
    panel = user.panel("plot")
    user.until(lambda: panel.canvas.pixels is not None and panel.view.places)
    user.until(lambda: panel.canvas.pixels.shape[1] == panel.canvas.winfo_width())
    return panel


def corners(panel):
    """Return the data at the lower left and the upper right corner of the axes."""
    place = panel.view.places[0]
    left, top, right, bottom = place.box
    return place.data_at(left, bottom), place.data_at(right, top)


def test_marking_a_part_of_a_figure_shows_it_and_home_shows_all(user, figure):
    axes = user.window.engine.simulation.plot.axes[0]
    limits = axes.get_xlim(), axes.get_ylim()
    place = figure.view.places[0]
    begin, end = (0.4, 0.7), (0.7, 0.3)
    wanted = place.data_at(*begin), place.data_at(*end)
    figure._tools["zoom"].invoke()
    gesture(figure.canvas, begin, end)
    user.look()
    shown = corners(figure)
    assert shown[0] == pytest.approx(wanted[0], rel=0.02)
    assert shown[1] == pytest.approx(wanted[1], rel=0.02)
    assert (axes.get_xlim(), axes.get_ylim()) == limits
    assert str(figure._tools["home"].cget("style")).startswith("On")
    figure._tools["zoom"].invoke()
    gesture(figure.canvas, (0.5, 0.5), (0.6, 0.5))
    user.look()
    assert corners(figure)[0][0] < shown[0][0]
    figure._tools["home"].invoke()
    user.look()
    np.testing.assert_allclose(np.transpose(corners(figure)), limits, atol=1e-9)
    figure.canvas.event_generate("<Control-Button-4>", x=150, y=100)
    user.look()
    assert corners(figure)[1][0] - corners(figure)[0][0] == pytest.approx(11 / 1.25)
    user.window.init()
    user.look()
    assert figure.view.limits == {}
    assert not user.window.sets.modified


def test_the_pointer_tells_the_coordinates_in_a_figure(user, figure):
    width, height = figure.canvas.winfo_width(), figure.canvas.winfo_height()
    x, y = figure.view.places[0].data_at((width // 2) / width, (height // 2) / height)
    figure.canvas.event_generate("<Motion>", x=width // 2, y=height // 2)
    user.window.update()
    told = message(user)
    assert told.startswith("Plot: x = ")
    numbers = [float(part.split("=")[1]) for part in told.split(":")[1].split(",")]
    assert numbers == pytest.approx([x, y], abs=0.01)


def test_a_figure_that_takes_the_mouse_gives_it_away_while_a_tool_is_chosen(user, figure):
    panel = user.panel("taken")
    user.until(lambda: panel.view.places)
    simulation = user.window.engine.simulation
    gesture(panel.canvas, (0.4, 0.6), (0.7, 0.3))
    user.until(lambda: [event.kind for event in simulation.seen][-1:] == ["release"])
    assert panel.view.limits == {}
    taken = len(simulation.seen)
    panel._tools["zoom"].invoke()
    gesture(panel.canvas, (0.4, 0.6), (0.7, 0.3))
    user.look()
    assert panel.view.limits
    assert len(simulation.seen) == taken
    # Zoomed, the simulation still gets the coordinates that the user sees.
    panel._tools["zoom"].invoke()
    (x0, y0), (x1, y1) = corners(panel)
    left, top, right, bottom = panel.view.places[0].box
    canvas = panel.canvas
    x = round((left + right) / 2 * canvas.winfo_width())
    y = round((top + bottom) / 2 * canvas.winfo_height())
    canvas.event_generate("<ButtonPress-1>", x=x, y=y)
    user.until(lambda: len(simulation.seen) > taken)
    event = simulation.seen[-1]
    assert event.axes == 0
    assert (event.x, event.y) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2), rel=0.05)


def test_declared_proportions_are_kept_unless_the_figure_is_to_fill_its_card(user, figure):
    panel = user.panel("wide")
    canvas = panel.canvas
    panel.event_generate("<<Maximize>>")
    user.until(lambda: canvas.pixels is not None and canvas.pixels.shape[1] > 500)
    user.until(lambda: canvas.pixels.shape[1] == canvas.winfo_width())
    rows, columns = canvas.pixels.shape[:2]
    assert columns / rows == pytest.approx(4.0, rel=0.02)
    panel.menu.invoke("Fill the card")
    user.until(lambda: canvas.pixels.shape[0] == canvas.winfo_height())
    assert panel.view_state() == {"fill": True}
    panel.take_view({"fill": False})
    user.until(lambda: canvas.pixels.shape[0] == rows)


def test_figures_are_dark_in_a_dark_window_and_light_where_they_are_saved(
    user, figure, tmp_path, monkeypatch
):
    user.window.set_dark(True)
    user.until(lambda: figure.canvas.pixels[0, 0, :3].tolist() == [0x26, 0x2A, 0x31])
    figure.view.limits = {0: ((2.0, 3.0), (1.0, 2.0))}
    for name, options in (("whole", {}), ("shown", {"shown": True})):
        path = tmp_path / f"{name}.png"
        monkeypatch.setattr("tkinter.filedialog.asksaveasfilename", lambda p=path, **more: str(p))
        figure.ask_file(**options)
        user.until(path.exists)
    assert Image.open(tmp_path / "whole.png").convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert Image.open(tmp_path / "shown.png").convert("RGB").getpixel((0, 0)) == (0x26, 0x2A, 0x31)
    texts = []
    for name, options in (("whole", {}), ("shown", {"shown": True})):
        path = tmp_path / f"{name}.svg"
        figure.save(str(path), **options)
        user.until(lambda path=path: path.exists() and path.read_text().rstrip().endswith("</svg>"))
        texts.append(path.read_text())
    assert "<!-- 2.4 -->" in texts[1]
    assert "<!-- 2.4 -->" not in texts[0]
    figure.save(str(tmp_path / "wrong.xyz"))
    user.until(lambda: "cannot be saved" in user.told())
    user.window.set_dark(False)
    user.until(lambda: figure.canvas.pixels[0, 0, :3].tolist() == [255, 255, 255])


def test_letters_of_figures_grow_with_those_of_the_window(user, figure):
    mine = user.window.engine.simulation.plot
    before = mine.dpi
    user.window.set_font_size(6)
    user.until(lambda: mine.dpi > before * 1.2)
