"""Sets of parameters side by side in a window of their own."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.bars.run_bar import place_of
from ivisit.gui.comparison import open_comparison, opening
from ivisit.gui.comparison.opening import ChoiceDialog
from ivisit.store import ParameterStore
from tests.ivisit.gui.xdotool import Hands

pytestmark = pytest.mark.window


class Growth(iv.Simulation):
    """Grows by its gain; what it shows tells that."""

    gain = iv.Slider(1.0, 0.0, 10.0)
    faulty = iv.Checkbox(False)

    picture = iv.Image()
    plot = iv.Figure()
    spikes = iv.Raster(5)
    values = iv.Histogram()
    size = iv.Trace()
    place = iv.Trace(names=["x", "y"])
    report = iv.TextOutput()
    note = iv.Comment("The same for all.")

    def init(self):
        self.size = 0.0
        self.picture = np.arange(12.0).reshape(3, 4) * self.gain
        self.plot.clear()
        self.plot.subplots().plot([0, 1], [0, self.gain])

    def step(self):
        if self.faulty:
            raise ValueError("as it was told")
        self.size += self.gain
        self.place = [self.size, -self.gain]
        self.picture = np.arange(12.0).reshape(3, 4) * self.size
        self.spikes = [1]
        self.values = self.size
        self.report = f"size {self.size}"


@pytest.fixture
def compare(user):
    """Open a comparison and wait for its first picture."""
    opened = []

    def start(sets, simulation=Growth):
        window = user.window or user.open(simulation)
        comparison = open_comparison(window, sets)
        opened.append(comparison)
        user.until(lambda: comparison.frames and not comparison.lockstep.busy)
        return comparison

    yield start
    for comparison in opened:
        comparison.close()
    opened.clear()


def steps(user, comparison, count):
    """Compute steps and wait until they are drawn."""
    target = comparison.lockstep.steps + count
    for _ in range(count):
        comparison.lockstep.step()
    user.until(lambda: comparison.lockstep.steps == target and not comparison.lockstep.busy)


def row(comparison, name):
    return next(
        row
        for row in comparison.layout.rows
        if name in (getattr(row, "panel", None) or row.trace).name
    )


def message(comparison):
    return comparison.status["message"].cget("text")


def test_panels_stand_side_by_side_with_the_same_levels_and_a_difference(user, compare):
    comparison = compare({"small": {"gain": 1.0}, "large": {"gain": 3.0}})
    steps(user, comparison, 2)
    images = row(comparison, "picture")
    small, large = images.own
    np.testing.assert_array_equal(small.picture, np.arange(12.0).reshape(3, 4) * 2)
    np.testing.assert_array_equal(large.picture, np.arange(12.0).reshape(3, 4) * 6)
    # Under the levels of both, 0 to 66: the brightest of the small one is a third as bright.
    assert large.canvas.pixels[-1, -1].tolist() == [255] * 3
    assert small.canvas.pixels[-1, -1].tolist() == [85] * 3
    np.testing.assert_array_equal(images.difference.picture, large.picture - small.picture)
    assert images.difference.canvas.pixels[0, 0].min() > 240  # no difference is nearly white
    red, _, blue = images.difference.canvas.pixels[-1, -1].tolist()
    assert red > blue  # more is red
    titles = {card.title for card in comparison.layout.cards}
    assert {"small · Picture", "large · Picture", "large − small · Picture"} <= titles
    assert not any("Note" in title for title in titles)


def test_traces_of_all_are_in_one_plot_and_their_difference_in_another(user, compare):
    comparison = compare({"small": {"gain": 1.0}, "large": {"gain": 3.0}})
    steps(user, comparison, 4)
    size = row(comparison, "size")
    assert [line.name for line in size.all.lines] == ["small", "large"]
    number, values = size.all.history.tail(10)
    assert number.tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(values, [[1, 3], [2, 6], [3, 9], [4, 12]])
    np.testing.assert_array_equal(size.difference.history.tail(10)[1], [[2], [4], [6], [8]])
    place = row(comparison, "place")
    assert [line.name for line in place.all.lines] == ["x small", "x large", "y small", "y large"]
    np.testing.assert_array_equal(place.difference.history.tail(1)[1], [[8, -2]])
    assert len({line.color for line in place.all.lines}) == 4


def test_a_control_changes_all_or_the_chosen_one(user, compare):
    comparison = compare({"a": {"gain": 1.0}, "b": {"gain": 2.0}})
    gain = comparison.layout.controls["gain"]

    def values():
        return [lane.session.engine.parameters()["gain"] for lane in comparison.lanes]

    user.click(comparison.toolbar.switch[2])
    assert gain.value == 2.0
    gain.commit(5.0)
    assert values() == [1.0, 5.0]
    assert comparison.headers[1].text.cget("text") == "gain 5.0"
    user.click(comparison.toolbar.switch[1])
    assert gain.value == 1.0
    assert "b: 5.0" in gain.hint()
    user.click(comparison.toolbar.switch[0])
    gain.commit(4.0)
    assert values() == [4.0, 4.0]
    assert comparison.headers[0].text.cget("text") == "the same values"
    assert "b: " not in gain.hint()
    assert not gain.commit(400.0)
    assert values() == [4.0, 4.0]


def test_a_value_changed_in_one_steps_all_with_live(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    comparison.lockstep.live = True
    comparison.controls_host.chosen = comparison.lanes[1]
    comparison.layout.controls["gain"].commit(7.0)
    user.until(lambda: comparison.lockstep.steps == 1 and not comparison.lockstep.busy)
    assert [lane.steps for lane in comparison.lanes] == [1, 1]
    assert [card.picture[-1, -1] for card in row(comparison, "picture").own] == [11.0, 77.0]


def test_one_that_fails_tells_its_error_and_the_others_go_on(user, compare):
    comparison = compare({"good": {}, "bad": {"faulty": True}})
    comparison.lockstep.run()
    user.until(lambda: comparison.lockstep.steps >= 3)
    comparison.lockstep.stop()
    user.until(lambda: not comparison.lockstep.busy)
    head = comparison.headers[1]
    assert "ValueError in step()" in head.text.cget("text")
    assert "as it was told" in head.text.cget("text")
    head.details.invoke()
    dialog = next(w for w in comparison.root.winfo_children() if w.winfo_class() == "Toplevel")
    assert "Traceback" in dialog.text.get("1.0", "end")
    dialog.destroy()
    images = row(comparison, "picture")
    assert images.difference.picture is None  # those of two steps have none
    sizes = row(comparison, "size").all.history.tail(3)[1]
    assert np.isfinite(sizes[:, 0]).all()
    assert np.isnan(sizes[:, 1]).all()
    comparison.controls_host.chosen = comparison.lanes[1]
    comparison.layout.controls["faulty"].commit(False)
    user.click(comparison.toolbar.init_button)
    user.until(lambda: not comparison.lockstep.busy and not comparison.lanes[1].failed)
    steps(user, comparison, 1)
    assert "gain" not in head.text.cget("text")
    assert images.difference.picture is not None


def test_pointer_zoom_and_colors_are_shared(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    steps(user, comparison, 1)
    images = row(comparison, "picture")
    a, b = images.own
    user.until(lambda: a.canvas.winfo_width() > 50)
    x, y = (int(place) for place in a.canvas.place_of(3, 2))
    a.canvas.event_generate("<Motion>", x=x, y=y)
    assert message(comparison) == "Picture [row 2, column 3]: a 11, b 22, difference 11"
    for card in (a, b, images.difference):
        assert any(card.canvas.itemcget(item, "state") == "normal" for item in card._cross)
    a.canvas.event_generate("<Leave>")
    assert message(comparison) == ""
    b.set_color_map("viridis")
    assert a.color_map == "viridis"
    assert images.difference.color_map == "RdBu_r"
    b.canvas.event_generate("<Control-Button-4>", x=10, y=10)
    assert a.canvas.zoom == b.canvas.zoom == images.difference.canvas.zoom
    assert a.canvas.center == b.canvas.center == images.difference.canvas.center
    a.set_levels(0.0, 5.0)
    assert (b.vmin, b.vmax) == (0.0, 5.0)
    assert images.difference.vmin is None


def test_the_same_part_of_all_figures_is_seen(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    a, b = row(comparison, "plot").own
    user.until(lambda: a.view.places and b.view.places)
    canvas = b.canvas
    x, y = canvas.winfo_width() // 2, canvas.winfo_height() // 2
    canvas.event_generate("<Control-Button-4>", x=x, y=y)
    assert b.view.limits
    assert a.view.limits == b.view.limits
    b.navigation.home()
    assert not a.view.limits


def test_all_plots_share_their_cursor_and_their_steps(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    steps(user, comparison, 3)
    size, spikes = row(comparison, "size"), row(comparison, "spikes")
    user.until(lambda: size.all.canvas.winfo_width() > 50)
    comparison.lanes[0].session.cursor.move(2)
    plots = [size.all, size.difference, *spikes.own]
    for plot in plots:
        assert plot.canvas.itemcget("cursor", "state") == "normal"
    size.all.canvas.event_generate("<Control-Button-4>", x=150, y=40)
    assert size.all.zoom is not None
    assert {plot.zoom for plot in plots} == {size.all.zoom}
    for event in ("<ButtonPress-1>", "<ButtonRelease-1>") * 2:  # a double click
        size.all.canvas.event_generate(event, x=150, y=40)
    assert {plot.zoom for plot in plots} == {None}


def test_histograms_have_the_same_axes(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 5.0}})
    steps(user, comparison, 4)
    a, b = row(comparison, "values").own
    user.until(lambda: a.limits == b.limits)
    assert a.limits[0] <= 1.0
    assert a.limits[1] >= 20.0


def test_four_are_compared_and_any_two_of_them_subtracted(user, compare):
    sets = {name: {"gain": gain} for name, gain in zip("abcd", (1.0, 2.0, 4.0, 8.0), strict=True)}
    comparison = compare(sets)
    steps(user, comparison, 1)
    images = row(comparison, "picture")
    assert images.difference.picture[-1, -1] == 11.0
    box = comparison.toolbar.pair_box
    user.choose(box, list(box.cget("values")).index("d − c"))
    assert images.difference.picture[-1, -1] == 44.0
    assert images.difference.title == "d − c · Picture"
    size = row(comparison, "size").difference
    np.testing.assert_array_equal(size.history.tail(1)[1], [[1.0, 3.0, 7.0]])


def test_long_names_of_sets_lose_their_middle_and_are_told_whole(user, compare):
    names = [f"{end} of a set whose name is long {end}" for end in "12"]
    comparison = compare({name: {"gain": gain} for gain, name in enumerate(names, start=1)})
    steps(user, comparison, 1)
    plot = row(comparison, "place").all
    legend = plot.legend
    user.until(lambda: legend.height)
    lines = [line.name for line in legend.lines]
    assert [(n[:3], n[-1]) for n in legend._names] == [(n[:3], n[-1]) for n in lines]
    assert all("…" in name for name in legend._names)
    for index, name in enumerate(lines):
        left, _, right, _ = plot.canvas.bbox(f"entry{index}")
        assert 0 <= left < right <= plot.canvas.winfo_width()
        legend._point_at(index)
        assert legend._hint() == name
    legend._point_at(None)
    assert not legend._hint()
    title = row(comparison, "picture").own[1].label.cget("text")
    assert title.endswith("2 · Picture")


def test_changes_are_taken_back_in_their_lanes_and_the_speed_holds_for_all(user, compare):
    comparison = compare({"a": {"gain": 2.0}, "b": {"gain": 3.0}})
    gain, engines = comparison.layout.controls["gain"], [
        lane.session.engine for lane in comparison.lanes
    ]  # fmt: skip

    def values():
        return [engine.parameters()["gain"] for engine in engines]

    gain.commit(5.0)
    comparison.toolbar.switch[2].invoke()
    gain.commit(6.0)
    gain.commit(7.0, continues=True)
    assert values() == [5.0, 7.0]
    user.key(comparison.root, "Control-z")
    assert values() == [5.0, 5.0]
    assert gain.value == 5.0
    user.key(comparison.root, "Control-z")
    assert values() == [2.0, 3.0]
    assert gain.value == 3.0  # that of the chosen lane
    user.key(comparison.root, "Control-y")
    user.key(comparison.root, "Control-Shift-Z")
    assert values() == [5.0, 7.0]
    assert comparison.toolbar.speed_label.cget("text") == "max"
    comparison.toolbar.speed.set(place_of(50.0))
    assert comparison.lockstep.rate == 50.0


def test_the_window_chooses_stored_sets_the_present_and_the_declared_values(user):
    window = user.open(Growth)
    with ParameterStore(window.sets.path) as store:
        for gain in (2.0, 3.0):
            store.save(Growth, f"gain {gain:g}", {"gain": gain, "faulty": False})
    window.change("gain", 6.0)
    window.menu.ask_comparison()
    dialog = next(w for w in window.root.winfo_children() if isinstance(w, ChoiceDialog))
    rows = dialog.table.get_children()
    names = [dialog.table.item(row, "text") for row in rows]
    assert names == ["present values", "defaults", "gain 2", "gain 3"]
    dialog.toggle(rows[1])
    assert str(dialog.button.cget("state")) == "disabled"  # one alone
    for chosen in rows[2:]:
        dialog.toggle(chosen)
    dialog.button.invoke()
    user.until(lambda: any("gain 2" in str(w.title()) for w in toplevels(window)))
    (top,) = toplevels(window)
    assert top.title() == "Growth: present values | gain 2 | gain 3 - ivisit"
    top.destroy()


def toplevels(window):
    return [w for w in window.root.winfo_children() if w.winfo_class() == "Toplevel"]


def test_ranges_come_with_the_values(user, compare):
    window = user.open(Growth)
    window.engine.adjust("gain", maximum=50.0)
    window.change("gain", 40.0)
    with ParameterStore(window.sets.path) as store:
        stored = store.save(Growth, "b", {"gain": 2.0, "faulty": False})
    comparison = compare(["present values", stored, "defaults"])
    assert [lane.name for lane in comparison.lanes] == ["present values", "b", "defaults"]
    engines = [lane.session.engine for lane in comparison.lanes]
    assert [engine.parameters()["gain"] for engine in engines] == [40.0, 2.0, 1.0]
    # What one of them does not take is given to none.
    gain = comparison.layout.controls["gain"]
    assert not gain.commit(30.0)
    assert [engine.parameters()["gain"] for engine in engines] == [40.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("sets", "told"),
    [(["defaults"], "two to four sets, not 1"), (["defaults", "defalts"], "no parameter set")],
)
def test_what_cannot_be_compared_is_told(user, sets, told):
    window = user.open(Growth)
    assert open_comparison(window, sets) is None
    assert told in window.status.labels["message"].cget("text")


def test_closing_either_window_ends_the_threads(user, compare):
    window = user.open(Growth)
    for close in (lambda comparison: comparison.close(), lambda comparison: window.close()):
        comparison = compare({"a": {}, "b": {"gain": 2.0}})
        comparison.lockstep.run()
        threads = [lane.session.worker.thread for lane in comparison.lanes]
        close(comparison)
        assert not comparison.alive
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
    assert threading.active_count() < 20


def test_the_colors_follow_those_of_the_window(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    user.window.set_dark(True)
    background = user.window.theme.palette.background
    user.until(lambda: comparison.root.cget("background") == background)
    canvas = row(comparison, "size").all.canvas
    user.until(lambda: canvas.cget("background") == user.window.theme.palette.surface)


def test_a_double_click_shows_one_card_alone(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    card = row(comparison, "picture").own[1]
    user.until(card.winfo_viewable)
    small = card.winfo_width()
    card.event_generate("<<Maximize>>")
    user.until(lambda: card.winfo_width() > 1.5 * small)
    user.key(comparison.root, "Escape")
    user.until(lambda: card.winfo_width() == small)


def test_from_end_to_end_by_mouse_and_keyboard(user, monkeypatch):
    opened = []
    make = opening.ComparisonWindow
    monkeypatch.setattr(
        opening, "ComparisonWindow", lambda *a, **k: opened.append(make(*a, **k)) or opened[-1]
    )
    window = user.open(Growth)
    hands = Hands(user)
    hands.point(window.toolbar)
    hands.press("alt+s")
    menu = window.menu.simulation_menu
    labels = [
        "" if menu.type(i) == "separator" else menu.entrycget(i, "label")
        for i in range(menu.index("end") + 1)
    ]
    entries = [label for label in labels if label]
    for _ in range(entries.index("Compare ...")):
        hands.press("Down")
    hands.press("Return")
    user.until(lambda: toplevels(window))
    (dialog,) = toplevels(window)
    hands.click(dialog.button)  # present values and defaults
    user.until(lambda: opened)
    (comparison,) = opened
    user.until(lambda: comparison.frames and not comparison.lockstep.busy)
    hands.click(comparison.toolbar.switch[2])
    user.until(lambda: comparison.controls_host.chosen is comparison.lanes[1])
    hands.replace(comparison.layout.controls["gain"].number.entry, "4")
    user.until(lambda: comparison.lanes[1].session.engine.parameters()["gain"] == 4.0)
    assert comparison.lanes[0].session.engine.parameters()["gain"] == 1.0
    hands.click(comparison.toolbar.step_button)
    user.until(lambda: comparison.lockstep.steps == 1 and not comparison.lockstep.busy)
    shown = [card.picture[-1, -1] for card in row(comparison, "picture").own]
    assert shown == [11.0, 44.0]
    comparison.close()


def test_nothing_of_tk_is_left_when_a_comparison_is_closed(user, compare):
    comparison = compare({"a": {}, "b": {"gain": 2.0}})
    comparison.lockstep.run()
    user.until(lambda: comparison.lockstep.steps > 50)
    top = weakref.ref(comparison.root)
    comparison.close()
    gc.collect()
    # Tk ends the process when another thread collects its interpreter.
    assert top() is None
