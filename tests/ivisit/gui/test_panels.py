"""Every kind of panel: what it shows, and what its menu can do."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from PIL import Image

import ivisit as iv
from ivisit import panels
from ivisit.gui.panels import PANELS, panel_class
from ivisit.gui.panels.channels import channel_of, percentile_levels

pytestmark = pytest.mark.window


class Sample(iv.Simulation):
    """One of each."""

    gray = iv.Image(vmin=0, vmax=255)
    automatic = iv.Image(cmap="viridis")
    color = iv.Image()
    plot = iv.Figure()
    level = iv.Trace(unit="mV")
    report = iv.TextOutput()
    note = iv.Comment("What a long comment says. " * 10)

    def init(self):
        self.gray = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
        self.automatic = np.linspace(0.0, 2.0, 20).reshape(4, 5)
        self.color = np.zeros((6, 8, 3), np.uint8)
        self.plot.clear()
        (self.line,) = self.plot.subplots().plot([0, 1], [0, 1])
        self.level = 0.0
        self.report = "begun"

    def step(self):
        self.level += 1.5
        self.line.set_ydata([0, -self.level])
        self.report = f"level {self.level}\n" * 30


def drawn(panel):
    """Return the pixels that a picture panel has given to Tk."""
    photo = panel.canvas._photo
    image = Image.new("RGBA", (photo.width(), photo.height()))
    for y in range(0, photo.height(), 7):
        for x in range(0, photo.width(), 7):
            pixel = panel.tk.call(str(photo), "get", x, y)
            image.putpixel((x, y), tuple(map(int, panel.tk.splitlist(pixel))))
    return np.asarray(image)[::7, ::7, :3]


def rows_of_line(panel):
    """Return the mean row of the line in each column of a plot that it crosses, from the left."""
    photo = panel._photo
    color = tuple(int(panel.lines[0].color[i : i + 2], 16) for i in (1, 3, 5))
    rows = []
    for x in range(photo.width()):
        found = [
            y
            for y in range(photo.height())
            if panel.tk.splitlist(panel.tk.call(str(photo), "get", x, y)) == color
        ]
        if found:
            rows.append(sum(found) / len(found))
    return rows


def test_every_kind_of_panel_has_a_widget():
    public = [getattr(iv, name) for name in iv.__all__]
    kinds = {c for c in public if isinstance(c, type) and issubclass(c, panels.Panel)}
    assert kinds == set(PANELS)


def test_a_derived_panel_gets_the_widget_of_its_base_and_others_are_named():
    class Map(iv.Image):
        pass

    class Sound(panels.Panel):
        pass

    assert panel_class(Map()) is PANELS[iv.Image]
    sound = Sound()
    sound.name = "sound"
    with pytest.raises(TypeError, match="sound: no widget for a Sound"):
        panel_class(sound)


def test_all_panels_show_the_state_after_init(user):
    user.open(Sample)
    assert user.panel("gray").canvas.pixels.shape == (3, 4, 3)
    assert user.panel("color").canvas.pixels.shape == (6, 8, 3)
    assert user.panel("report").text.get("1.0", "end-1c") == "begun"
    user.until(lambda: user.panel("level").note.cget("text") == "0 mV")
    assert user.panel("note").text.cget("text").startswith("What a long comment")


def test_an_enlarged_picture_keeps_its_pixels_and_its_aspect_ratio(user):
    user.open(Sample)
    canvas = user.panel("gray").canvas
    photo = canvas._photo
    assert photo.width() / photo.height() == pytest.approx(4 / 3, rel=0.02)
    assert photo.width() <= canvas.winfo_width()
    assert photo.height() <= canvas.winfo_height()
    shades = {tuple(pixel) for row in drawn(user.panel("gray")) for pixel in row}
    assert shades <= {(v, v, v) for v in range(0, 240, 20)}
    user.panel("gray").toggle_smooth()
    smooth = {tuple(pixel) for row in drawn(user.panel("gray")) for pixel in row}
    assert len(smooth) > len(shades)


def test_levels_and_color_map_change_what_is_shown(user):
    user.open(Sample)
    panel = user.panel("gray")
    panel.set_levels(100.0, 101.0)
    assert set(panel.canvas.pixels.ravel().tolist()) == {0, 255}
    panel.set_levels(None, None)
    assert panel.canvas.pixels.max() == 255
    panel.set_color_map("viridis")
    assert len(np.unique(panel.canvas.pixels.reshape(-1, 3), axis=0)) == 12
    panel.set_color_map("no such map")
    assert panel.color_map == "viridis"
    assert "no such map" in user.window.status.labels["message"].cget("text")


def test_the_levels_dialog_checks_what_is_typed(user):
    user.open(Sample)
    panel = user.panel("gray")
    panel.ask_levels()
    dialog = next(w for w in user.window.root.winfo_children() if hasattr(w, "entries"))
    for low, high, problem in [
        ("x", "1", "number"),
        ("2", "1", "larger"),
        ("inf", "", "finite"),
    ]:
        dialog.entries["Darkest"].delete(0, "end")
        dialog.entries["Darkest"].insert(0, low)
        dialog.entries["Brightest"].delete(0, "end")
        dialog.entries["Brightest"].insert(0, high)
        dialog.accept()
        assert problem in dialog.problem.cget("text")
    dialog.entries["Darkest"].delete(0, "end")
    dialog.entries["Brightest"].insert(0, "200")
    dialog.accept()
    assert not dialog.winfo_exists()
    assert (panel.vmin, panel.vmax) == (None, 200.0)


def test_the_pointer_tells_the_value_and_zooming_keeps_the_place(user):
    user.open(Sample)
    panel = user.panel("gray")
    canvas = panel.canvas
    x, y = canvas.winfo_width() // 2 + 3, canvas.winfo_height() // 2 + 3
    column, row = canvas.pixel_at(x, y)
    canvas.event_generate("<Motion>", x=x, y=y)
    user.window.update()
    text = user.window.status.labels["message"].cget("text")
    assert text == f"Gray [row {row}, column {column}] = {panel.picture[row, column]}"
    for _ in range(5):
        canvas.event_generate("<Control-Button-4>", x=x, y=y)
    assert canvas.zoom is not None
    assert canvas.pixel_at(x, y) == (column, row)
    assert canvas._photo.width() <= canvas.winfo_width()
    canvas.event_generate("<ButtonPress-2>", x=50, y=50)
    canvas.event_generate("<B2-Motion>", x=90, y=50)
    assert canvas.center[0] < 0.6
    canvas.set_zoom(None)
    canvas.event_generate("<Motion>", x=1, y=1)
    assert user.window.status._pointed == ""


def test_a_picture_is_saved_pixel_by_pixel_and_a_value_copied(user, tmp_path, monkeypatch):
    user.open(Sample)
    panel = user.panel("gray")
    panel.save(str(tmp_path / "gray.png"))
    saved = np.asarray(Image.open(tmp_path / "gray.png"))
    np.testing.assert_array_equal(saved[..., 0], panel.picture)
    panel.save(str(tmp_path / "missing" / "gray.png"))
    assert "cannot be saved: No such file" in user.told()
    monkeypatch.setattr(
        "tkinter.filedialog.asksaveasfilename", lambda **more: str(tmp_path / "other.png")
    )
    user.answer("Save elsewhere ...")
    assert (tmp_path / "other.png").read_bytes() == (tmp_path / "gray.png").read_bytes()
    assert not user.told()
    panel._pointed = (3, 2)
    panel.copy_value()
    assert user.window.root.clipboard_get() == "220"


def test_a_figure_is_drawn_in_the_size_of_its_place_and_follows_the_simulation(user):
    user.open(Sample)
    canvas = user.panel("plot").canvas
    size = (canvas.winfo_height(), canvas.winfo_width())
    user.until(lambda: canvas.pixels is not None and canvas.pixels.shape[:2] == size)
    before = canvas.pixels
    user.window.step()
    user.until(lambda: not np.array_equal(canvas.pixels, before))
    user.window.root.geometry("1000x600")
    user.until(lambda: canvas.winfo_width() < size[1])
    user.until(lambda: canvas.pixels.shape[:2] == (canvas.winfo_height(), canvas.winfo_width()))
    assert user.window.engine.link.sizes["plot"] == (canvas.winfo_width(), canvas.winfo_height())


def test_a_trace_draws_its_line_and_begins_anew_with_the_run(user):
    user.open(Sample)
    panel = user.panel("level")
    for _ in range(3):
        user.window.step()
    user.until(lambda: len(panel.history.view().steps) == 3)
    np.testing.assert_array_equal(panel.history.view().low[:, 0], [1.5, 3.0, 4.5])
    user.until(lambda: panel.note.cget("text") == "4.5 mV")
    user.wait(0.1)
    rows = rows_of_line(panel)
    assert rows[0] > rows[-1]
    panel.set_span(2)
    texts = [panel.canvas.itemcget(i, "text") for i in panel.canvas.find_withtag("axes")
             if panel.canvas.type(i) == "text"]  # fmt: skip
    assert {"-2", "now"} <= set(texts)
    user.window.init()
    user.until(lambda: len(panel.history.view().steps) == 0)


def test_a_trace_of_values_that_are_not_finite_is_drawn(user):
    class Odd(iv.Simulation):
        level = iv.Trace()

        def step(self):
            self.level = [np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0][self.rng.integers(6)]

    user.open(Odd)
    user.window.toggle_run()
    user.until(lambda: user.window.steps > 1000)
    assert user.window.error_pane.failure is None


def test_a_long_text_scrolls_and_keeps_its_place(user):
    user.open(Sample)
    panel = user.panel("report")
    assert not panel.bar.winfo_ismapped()
    user.window.step()
    user.until(lambda: "level 1.5" in panel.text.get("1.0", "end"))
    user.until(panel.bar.winfo_ismapped)
    panel.text.yview_moveto(0.5)
    user.window.step()
    user.until(lambda: "level 3.0" in panel.text.get("1.0", "end"))
    assert panel.text.yview()[0] == pytest.approx(0.5, abs=0.05)


def test_no_frame_is_torn_although_the_simulation_changes_its_array_in_place(user):
    class Flicker(iv.Simulation):
        picture = iv.Image(vmin=0, vmax=255)

        def init(self):
            self.buffer = np.zeros((400, 400), np.uint8)
            self.picture = self.buffer

        def step(self):
            self.buffer[...] = self.rng.integers(256)

    user.open(Flicker)
    panel = user.panel("picture")
    shades = []
    former = panel.canvas.show

    def show(pixels):
        shades.append((int(pixels.min()), int(pixels.max())))
        former(pixels)

    panel.canvas.show = show
    user.window.toggle_run()
    user.until(lambda: len(shades) > 40)
    assert all(low == high for low, high in shades)
    assert len(set(shades)) > 10


def test_panels_never_assigned_to_stay_empty_and_no_step_is_needed(user):
    class Silent(iv.Simulation):
        picture = iv.Image()
        level = iv.Trace()
        text = iv.TextOutput()

    user.open(Silent)
    assert user.panel("picture").canvas.pixels is None
    user.panel("picture").ask_file()
    assert "no picture yet" in user.window.status.labels["message"].cget("text")
    user.window.step()
    user.until(lambda: user.window.steps == 1)


def test_pictures_of_changing_shape_and_type_are_shown(user):
    shapes = [(1, 1), (200, 3), (3, 200), (5, 5, 3), (5, 5, 4), (700, 900)]
    done = threading.Event()

    class Changing(iv.Simulation):
        picture = iv.Image()

        def step(self):
            shape = shapes[self.rng.integers(len(shapes))]
            kind = [np.uint8, np.float32, bool, np.int64][self.rng.integers(4)]
            self.picture = (self.rng.random(shape) * 3).astype(kind)
            done.set()

    user.open(Changing)
    for _ in range(25):
        user.window.step()
    user.until(lambda: user.window.steps == 25)
    assert user.window.error_pane.failure is None


def test_a_note_without_room_is_left_out_and_not_cut(user):
    user.open(Sample)
    panel = user.panel("level")
    panel.set_note("1.23456 mV")
    assert panel.note.cget("text") == "1.23456 mV"
    panel.set_note("9" * 1000)
    assert panel.note.cget("text") == ""
    panel.set_note("1 mV")
    assert panel.note.cget("text") == "1 mV"


def test_channels_agree_with_an_independent_conversion():
    import colorsys

    rng = np.random.default_rng(0)
    picture = rng.random((5, 6, 3))
    picture[0, 0] = 0.5
    picture[0, 1] = 0
    expected = np.array([[colorsys.rgb_to_hsv(*pixel) for pixel in row] for row in picture])
    np.testing.assert_allclose(channel_of(picture, "H"), expected[..., 0] * 360, atol=1e-9)
    np.testing.assert_allclose(channel_of(picture, "S"), expected[..., 1])
    np.testing.assert_allclose(channel_of(picture, "V"), expected[..., 2])
    np.testing.assert_allclose(channel_of(picture, "gray"), picture.mean(axis=2))
    np.testing.assert_array_equal(channel_of(picture, "G"), picture[..., 1])
    assert channel_of(picture, "color") is picture


def test_levels_without_outliers_are_percentiles_of_the_finite_values():
    values = np.append(np.arange(1000.0), [1e9, np.nan, np.inf]).reshape(17, 59)
    low, high = percentile_levels(values)
    assert (low, high) == (pytest.approx(20, abs=1), pytest.approx(980, abs=2))
    assert percentile_levels(np.full((2, 2), np.nan)) is None


def test_the_menu_of_an_image_chooses_and_marks(user):
    user.open(Sample)
    panel = user.panel("color")
    panel.set_channel("R")
    assert panel.offers.channels.marked == "R"
    panel = user.panel("automatic")
    assert panel.offers.maps.marked == "viridis"
    assert panel.has_bar
    panel.offers.make_swatches()
    assert panel.offers.maps.menu.entrycget(3, "image")
    panel.offers.maps.menu.invoke("  magma")
    assert panel.color_map == panel.offers.maps.marked == "magma"
    panel.offers.levels.menu.invoke(1)
    assert panel.percentile
    assert panel.offers.levels.marked == "percentile"
    panel.set_levels(0.0, 1.0)
    assert panel.offers.levels.marked == "fixed"
    panel.offers.zooms.menu.invoke("Stretch")
    canvas = panel.canvas
    size = (canvas.winfo_width(), canvas.winfo_height())
    assert (canvas._photo.width(), canvas._photo.height()) == size
    assert canvas.pixel_at(size[0] - 1, size[1] - 1) == (4, 3)
    panel.offers.zooms.menu.invoke("2:1")
    panel._noted_at = 0.0
    panel.redraw()
    assert panel._notes[0].endswith("×2")


def test_the_value_under_the_pointer_follows_the_running_picture(user):
    class Counter(iv.Simulation):
        picture = iv.Image(vmin=0, vmax=100)

        def init(self):
            self.count = 0
            self.picture = np.zeros((20, 20))

        def step(self):
            self.count += 1
            side = 20 if self.count < 3 else 2
            self.picture = np.full((side, side), float(self.count))

    window = user.open(Counter)
    panel = user.panel("picture")
    canvas = panel.canvas
    canvas.event_generate("<Motion>", x=canvas.winfo_width() // 2, y=canvas.winfo_height() // 2)
    window.step()
    user.until(lambda: window.status._pointed.endswith("= 1"))
    # "Copy value" where the picture has shrunk since.
    panel._pointed = (19, 19)
    for _ in range(2):
        window.step()
    user.until(lambda: window.status._pointed.endswith("= 3"))
    panel.copy_value()
    assert window.root.clipboard_get() == "3.0"


def test_heading_and_color_bar_tell_the_levels_of_the_last_picture(user, monkeypatch):
    class Counter(iv.Simulation):
        picture = iv.Image(cmap="viridis")

        def init(self):
            self.count = 0
            self.picture = np.zeros((4, 4))

        def step(self):
            self.count += 1
            self.picture = np.arange(16.0).reshape(4, 4) * self.count

    window = user.open(Counter)
    panel = user.panel("picture")
    monkeypatch.setattr("ivisit.gui.panels.image.NOTE_INTERVAL", 1.0)
    panel._noted_at = time.perf_counter()
    # The pictures come faster than the heading changes, and then no more.
    window.run_for(30)
    user.until(lambda: window.steps == 30)
    user.until(lambda: panel._notes[0] == "4×4   0 … 450")
    assert panel.bar._levels == ("0", "450")


def test_a_new_run_does_not_show_the_picture_of_the_former_one(user):
    class Late(iv.Simulation):
        picture = iv.Image(cmap="viridis")
        report = iv.TextOutput()

        def init(self):
            self.report = "ready"

        def step(self):
            self.picture = np.arange(16.0).reshape(4, 4)

    window = user.open(Late)
    panel = user.panel("picture")
    window.step()
    user.until(lambda: panel.picture is not None)
    shape = panel.aspect()
    window.init()
    user.until(lambda: window.steps == 0 and panel.picture is None)
    assert panel.canvas.itemcget(panel.canvas._item, "state") == "hidden"
    assert panel.note.cget("text") == ""
    assert panel.bar._levels == ("", "")
    assert panel.aspect() == shape == 1  # nothing jumps
    window.step()
    user.until(lambda: panel.canvas.itemcget(panel.canvas._item, "state") == "normal")


def test_a_picture_is_saved_as_tiff_and_as_numbers(user, tmp_path):
    user.open(Sample)
    panel = user.panel("automatic")
    panel.save(str(tmp_path / "a.npy"))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), panel.picture)
    panel.save(str(tmp_path / "a.tif"))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.tif")), panel.canvas.pixels)
    panel.save(str(tmp_path / "missing" / "a.npy"))
    assert "cannot be saved" in user.told()


def test_how_panels_are_looked_at_is_kept_with_a_set_and_over_a_new_layout(user):
    window = user.open(Sample)
    image, trace = user.panel("automatic"), user.panel("level")
    image.set_color_map("magma")
    image.set_levels(0.5, 1.5)
    image.set_zoom(2.0)
    trace.set_scale("symlog")
    trace.set_span(500)
    trace.set_smoothing(5)
    assert not window.sets.modified
    assert window.sets.save_under("mine") == ""
    window.build_layout()
    assert user.panel("automatic").color_map == "magma"
    assert user.panel("level").scale_name == "symlog"
    user.panel("automatic").set_color_map("gray")
    user.panel("level").set_scale("linear")
    window.sets.load("mine")
    assert user.panel("automatic").color_map == "magma"
    assert (user.panel("automatic").vmin, user.panel("automatic").vmax) == (0.5, 1.5)
    assert user.panel("automatic").canvas.zoom == 2.0
    assert user.panel("level").scale_name == "symlog"
    assert (user.panel("level").span, user.panel("level").smoothing) == (500, 5)
    for nonsense in ({"color_map": 5, "levels": "x", "zoom": []}, {"span": "x", "range": 3}):
        user.panel("automatic").take_view(nonsense)
        user.panel("level").take_view(nonsense)


def test_a_figure_is_saved_as_a_drawing(user, tmp_path, monkeypatch):
    window = user.open(Sample)
    panel = user.panel("plot")
    said = []
    window.say = said.append
    for name, start in (("f.pdf", b"%PDF"), ("f.svg", b"<?xml")):
        panel.save(str(tmp_path / name))
        user.until(lambda name=name: any(name in text for text in said))
        assert (tmp_path / name).read_bytes().startswith(start)
    panel.save(str(tmp_path / "missing" / "f.pdf"))
    user.until(lambda: "cannot be saved" in user.told())
    monkeypatch.setattr(
        "tkinter.filedialog.asksaveasfilename", lambda **more: str(tmp_path / "other.pdf")
    )
    user.answer("Save elsewhere ...")
    user.until((tmp_path / "other.pdf").exists)


def test_a_figure_whose_own_code_fails_while_it_is_saved_costs_a_message_only(user, tmp_path):
    class Labels(iv.Simulation):
        plot = iv.Figure()

        def init(self):
            self.plot.clear()
            axes = self.plot.subplots()
            axes.xaxis.set_major_formatter(lambda place, index: {}[place])

    window = user.open(Labels)
    user.panel("plot").save(str(tmp_path / "f.pdf"))
    user.until(lambda: "cannot be saved: KeyError" in user.told())
    assert list(tmp_path.glob("f*")) == []
    window.step()
    user.until(lambda: window.steps == 1)


def test_a_long_title_ends_in_an_ellipsis_and_its_tooltip_has_all_of_it(user):
    class Long(iv.Simulation):
        level = iv.Trace(label="A title that is much longer than any card will ever be " * 4)
        short = iv.Trace(help="Of no use.")

    user.open(Long)
    panel = user.panel("level")
    user.until(lambda: panel.label.cget("text").endswith("…"))
    assert panel.label.winfo_reqwidth() <= panel.heading.winfo_width()
    assert Long.level.label.startswith(panel.label.cget("text")[:-1])
    assert panel._hint() == Long.level.label
    assert user.panel("short").label.cget("text") == "Short"
    assert user.panel("short")._hint() == "Of no use."
