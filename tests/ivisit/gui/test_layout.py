"""Where the widgets stand: nothing overlaps, nothing is cut."""

from __future__ import annotations

import itertools
import tkinter as tk

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.actions.layout_memory import layout_state, take_layout
from ivisit.gui.arranging.automatic import row_lengths
from ivisit.gui.layouts import FreeLayout, TiledLayout
from ivisit.gui.settings import Settings
from tests.ivisit.gui.arranging.standing import opened

pytestmark = pytest.mark.window

CONTROLS = [
    lambda: iv.Slider(1.5, 0, 10.0, unit="px/s"),
    lambda: iv.Slider(5, 1, 2000, label="A rather long label that has to be broken"),
    lambda: iv.OptionList("one", ["one", "two", "three hundred and fifty"]),
    lambda: iv.RadioButtons("a", ["a", "b", "longer option"]),
    lambda: iv.Checkbox(True),
    lambda: iv.CheckboxGroup({"gray": True, "rgb": False, "text": True}),
    lambda: iv.DictSlider({"learning": 0.1, "decay": 0.5}, 0.0, 1.0),
    lambda: iv.Button("Press me"),
    lambda: iv.TextBox("hello"),
    lambda: iv.TextBox("several\nlines", lines=3),
]
PANELS = [iv.Image, iv.Figure, iv.Trace, iv.TextOutput, lambda: iv.Comment("words " * 60), iv.Image]


def simulation(n_controls: int, n_panels: int) -> type[iv.Simulation]:
    names = {f"control_{i}": CONTROLS[i % len(CONTROLS)]() for i in range(n_controls)}
    names |= {f"panel_{i}": PANELS[i % len(PANELS)]() for i in range(n_panels)}
    return type(iv.Simulation)("Many", (iv.Simulation,), names)


def test_nothing_moves_when_the_widgets_are_made_anew(user):
    class Known(iv.Simulation):
        points = iv.Table([[0.0, 1.0]], columns=["x", "y"])
        size = iv.Slider(2.0, 0.0, 9.0, unit="px")
        mode = iv.OptionList("a", ["a", "longer"])
        picture = iv.Image()
        level = iv.Trace()

        def step(self):
            self.picture = np.zeros((40, 50))
            self.level = 1.0

    window = user.open(Known)
    window.step()
    user.until(lambda: user.panel("picture").picture is not None)

    def places():
        column = window.layout.column
        user.until(lambda: column.winfo_width() == column.wanted_width)
        inner = column.wanted_width - window.theme.pixels(6)
        user.until(lambda: all(c.winfo_width() == inner for c in window.layout.controls.values()))
        stand = opened(user, window)
        return stand | {name: box(control) for name, control in window.layout.controls.items()}

    for size in (4, 0):
        window.set_font_size(size)
        before = places()
        window.build_layout()
        assert places() == before


def box(widget: tk.Misc) -> tuple[int, int, int, int]:
    x, y = widget.winfo_rootx(), widget.winfo_rooty()
    return x, y, x + widget.winfo_width(), y + widget.winfo_height()


def overlap(a: tk.Misc, b: tk.Misc) -> bool:
    left, top, right, bottom = zip(box(a), box(b), strict=True)
    return max(left) < min(right) and max(top) < min(bottom)


def leaves(widget: tk.Misc) -> list[tk.Misc]:
    children = [child for child in widget.winfo_children() if child.winfo_ismapped()]
    return [leaf for child in children for leaf in leaves(child)] or [widget]


def check_arrangement(layout) -> None:
    """Assert that widgets do not overlap, and that each has the room that it needs."""
    widgets = [*layout.controls.values(), *layout.panels.values()]
    for a, b in itertools.combinations(widgets, 2):
        assert not overlap(a, b), (a, b)
    for control in layout.controls.values():
        parts = leaves(control)
        for part in parts:
            assert part.winfo_width() >= part.winfo_reqwidth(), part
            assert part.winfo_height() >= part.winfo_reqheight(), part
        for a, b in itertools.combinations(parts, 2):
            assert not overlap(a, b), (a, b)
    for panel in layout.panels.values():
        least = panel.smallest_size()
        assert panel.winfo_width() >= least[0]
        assert panel.winfo_height() >= least[1]


def arranged(user, window) -> None:
    """Assert, as soon as that is so, that nothing overlaps and that each has its room."""

    def fine() -> bool:
        try:
            check_arrangement(window.layout)
        except AssertionError:
            return False
        return True

    for _ in range(200):
        if fine():
            break
        user.wait(0.02)
    check_arrangement(window.layout)


@pytest.mark.parametrize(
    ("n_controls", "n_panels"),
    [(1, 1), (3, 2), (12, 3), (30, 6), (0, 4), (10, 0), (0, 0), (2, 5)],
)
def test_nothing_overlaps_or_is_cut(user, n_controls, n_panels):
    window = user.open(simulation(n_controls, n_panels))
    root = window.root
    opened(user, window)
    arranged(user, window)
    assert root.winfo_rootx() + root.winfo_width() <= root.winfo_screenwidth()
    assert root.winfo_rooty() + root.winfo_height() <= root.winfo_screenheight()
    bottom = root.winfo_rooty() + root.winfo_height()
    for part in (window.toolbar, window.status):
        assert part.winfo_height() >= part.winfo_reqheight()
        assert part.winfo_rooty() + part.winfo_height() <= bottom
    for panel in window.layout.panels.values():
        assert box(panel)[2] <= root.winfo_rootx() + root.winfo_width()


def test_thirty_controls_scroll_to_the_last_one(user):
    window = user.open(simulation(30, 6))
    column = window.layout.column
    assert column.vertical_bar.winfo_ismapped()
    last = user.control("control_29")
    assert box(last)[3] > box(column)[3]
    for _ in range(60):
        user.control("control_0").event_generate("<Button-5>")
    user.window.update()
    assert box(last)[3] <= box(column)[3]


def test_the_tab_key_scrolls_to_the_control_that_it_leads_to(user):
    window = user.open(simulation(30, 1))
    column = window.layout.column
    user.key(user.control("control_0").number.entry, *["Tab"] * 35)
    focus = window.root.focus_get()
    assert box(focus)[1] > box(user.control("control_19"))[1]
    user.until(lambda: box(column)[1] <= box(focus)[1] and box(focus)[3] <= box(column)[3])


def test_the_tab_key_reaches_everything_once_in_order_and_returns(user):
    sliders = {f"control_{index}": iv.Slider(1.0, 0.0, 9.0) for index in range(5)}
    window = user.open(type(iv.Simulation)("Sliders", (iv.Simulation,), sliders))
    toolbar = window.toolbar
    expected = [toolbar.run_button, toolbar.step_button, toolbar.init_button, toolbar.live_box,
                toolbar.speed, toolbar.count, toolbar.sets, toolbar.save_button]  # fmt: skip
    expected += [user.control(f"control_{index}").number.entry for index in range(5)]
    user.key(expected[0])
    reached = []
    for _ in expected:
        reached.append(window.root.focus_get())
        reached[-1].event_generate("<Tab>")
        window.update()
    assert reached == expected
    assert window.root.focus_get() is expected[0]


def test_the_tab_key_leads_through_groups_from_top_to_bottom(user):
    class Grouped(iv.Simulation):
        inner = iv.Slider(1.0, 0.0, 9.0, group="Filter")
        other = iv.Slider(1.0, 0.0, 9.0, group="Noise")
        outer = iv.Slider(1.0, 0.0, 9.0)
        points = iv.Table([[1.0, 2.0]], columns=["x", "y"])

    window = user.open(Grouped)
    expected = [
        user.control("outer").number.entry,
        user.control("points").tree,
        window.layout.sections[0],
        user.control("inner").number.entry,
        window.layout.sections[1],
        user.control("other").number.entry,
    ]
    user.key(expected[0])
    for widget in expected:
        assert window.root.focus_get() is widget
        widget.event_generate("<Tab>")
        window.update()


def test_the_tab_key_reaches_the_field_that_finds_controls_before_the_controls(user):
    window = user.open(simulation(20, 0))
    user.key(window.toolbar.save_button, "Tab")
    search = window.layout.column.head
    assert window.root.focus_get() is search.entry
    user.key(search.entry, "Tab")
    assert window.root.focus_get() is user.control("control_0").number.entry


@pytest.mark.parametrize(("size", "width"), [(0, 1024), (8, 1024), (0, 760)])
def test_the_toolbar_leaves_out_words_rather_than_cut_fields_and_buttons(user, size, width):
    window = user.open(simulation(3, 1))
    window.set_font_size(size)
    window.root.geometry(f"{width}x600")
    toolbar = window.toolbar
    parts = [toolbar.run_button, toolbar.step_button, toolbar.init_button, toolbar.live_box,
             toolbar.speed, toolbar.count, toolbar.save_button]  # fmt: skip
    user.until(lambda: toolbar.winfo_width() == width)
    user.until(lambda: all(part.winfo_width() >= part.winfo_reqwidth() for part in parts))
    user.until(lambda: toolbar.sets.winfo_width() >= 0.5 * toolbar.sets.winfo_reqwidth())
    if not size:
        window.root.geometry("1200x600")
        user.until(lambda: all(word.winfo_ismapped() for word in toolbar.words))


def test_few_controls_need_no_scroll_bar(user):
    layout = user.open(simulation(4, 2)).layout
    assert not layout.column.vertical_bar.winfo_ismapped()
    assert not layout.board.vertical_bar.winfo_ismapped()


def test_a_small_window_scrolls(user):
    window = user.open(simulation(4, 6))
    window.root.geometry("600x400")
    user.until(window.layout.board.vertical_bar.winfo_ismapped)
    arranged(user, window)


def test_labels_and_fields_are_aligned(user):
    layout = user.open(simulation(30, 1)).layout
    bodies = {widget.body.winfo_rootx() for widget in layout.controls.values()}
    assert len(bodies) == 1
    entries = {
        box(widget.number.entry)[2]
        for widget in layout.controls.values()
        if hasattr(widget, "number")
    }
    assert len(entries) == 1


def test_panels_of_a_row_are_equally_wide(user):
    pictures = {name: iv.Image() for name in ("left", "right")}
    window = user.open(type(iv.Simulation)("Two", (iv.Simulation,), pictures))
    window.root.geometry("1200x450")
    left, right = window.layout.panels["left"], window.layout.panels["right"]
    user.until(lambda: left.winfo_rooty() == right.winfo_rooty())
    user.until(lambda: 0 < right.winfo_width() - left.winfo_width() + 1 <= 2)


@pytest.mark.parametrize("count", range(1, 13))
def test_rows_hold_all_and_are_nearly_equal(count):
    for n_rows in range(1, count + 1):
        rows = row_lengths(count, n_rows)
        assert len(rows) == n_rows
        assert sum(rows) == count
        assert max(rows) - min(rows) <= 1


def test_given_positions_are_honored_and_kept_in_the_set(user, tmp_path):
    places = {"control_0": {"x": 40, "y": 20}, "panel_0": {"x": 400, "y": 30}}
    cls = simulation(5, 3)
    with iv.ParameterStore(tmp_path / "my.ivisit") as store:
        store.save(cls, "placed", {}, layout={"widgets": places})
    window = user.open(cls, store=tmp_path / "my.ivisit", parameter_set="placed")
    layout = window.layout
    assert isinstance(layout, FreeLayout)
    scale = window.theme.scale
    content = layout.area.content
    for name, place in places.items():
        widget = layout.controls.get(name) or layout.panels[name]
        found = (widget.winfo_rootx() - content.winfo_rootx(),
                 widget.winfo_rooty() - content.winfo_rooty())  # fmt: skip
        assert found == (round(place["x"] * scale), round(place["y"] * scale))
    arranged(user, window)
    assert layout_state(window)["widgets"] == places


def test_widgets_that_claim_the_same_place_do_not_hide_each_other(user):
    window = user.open(simulation(6, 2))
    names = [*window.layout.controls, *window.layout.panels]
    take_layout(window, {"widgets": {name: {"x": 0, "y": 0} for name in names}})
    window.update()
    assert isinstance(window.layout, FreeLayout)
    arranged(user, window)


@pytest.mark.parametrize(
    "layout",
    [
        None,
        [],
        "text",
        {"widgets": []},
        {"widgets": {"control_0": 5, "nobody": {"x": 1, "y": 1}, "panel_0": {"x": "a", "y": 1}}},
        {"steps_per_frame": -1, "delay": "long", "geometry": "huge"},
        {"steps_per_frame": 2.5, "delay": -1},
    ],
)
def test_a_layout_that_makes_no_sense_does_no_harm(user, layout):
    window = user.open(simulation(2, 1))
    take_layout(window, layout)
    window.update()
    assert window.session.worker.steps_per_frame is None
    assert window.session.worker.rate is None
    arranged(user, window)


def test_the_dark_palette_reaches_all_parts(user):
    window = user.open(simulation(30, 6))
    window.set_dark(True)
    window.update()
    palette = window.theme.palette
    dark = {palette.background, palette.surface, palette.hover}
    widgets: list[tk.Misc] = [window.root]
    while widgets:
        widget = widgets.pop()
        widgets += widget.winfo_children()
        if isinstance(widget, tk.Menu) and widget is not window.menu:
            continue  # gets its colors when it opens
        if isinstance(widget, tk.Canvas | tk.Text | tk.Menu | tk.Tk):
            assert str(widget.cget("background")) in dark, widget
    assert isinstance(window.layout, TiledLayout)


def test_a_double_click_on_a_heading_shows_one_panel_alone_and_escape_all_again(user):
    window = user.open(simulation(3, 5))
    card = window.layout.cards[1]
    user.until(lambda: card.winfo_width() > 50)
    before, geometry = box(card), window.root.geometry()
    for _ in range(2):
        card.label.event_generate("<ButtonPress-1>", x=3, y=3)
    user.until(lambda: window.layout.maximized is card)
    area = window.layout.board
    user.until(lambda: card.winfo_width() >= area.canvas.winfo_width() - 1)
    assert card.winfo_height() >= area.canvas.winfo_height() - 1
    # It follows the size of the window.
    window.root.geometry("900x600")
    user.until(lambda: card.winfo_width() == area.canvas.winfo_width() < 900)
    window.root.geometry(geometry)
    user.key(window.root, "Escape")
    user.until(lambda: window.layout.maximized is None)
    user.until(lambda: box(card) == before)
    arranged(user, window)


def test_panels_are_hidden_and_shown_from_the_menu_and_keep_what_they_show(user):
    class Lines(iv.Simulation):
        first = iv.Trace()
        second = iv.Trace()
        picture = iv.Image()

        def step(self):
            self.first = self.second = 1.0
            self.picture = np.ones((3, 3))

    window = user.open(Lines)
    window.session.worker.step(5)
    user.until(lambda: window.steps == 5)
    menu = window.menu
    menu._list_panels()
    menu.panel_menu.invoke(0)
    user.until(lambda: not user.panel("first").winfo_ismapped())
    user.until(lambda: sum(card.winfo_ismapped() for card in window.layout.cards) == 2)
    menu._list_panels()
    assert menu.getvar(menu.panel_menu.entrycget(0, "variable")) in ("0", 0)
    menu.panel_menu.invoke(0)
    user.until(user.panel("first").winfo_ismapped)
    assert len(user.panel("first").history.view().steps) == 5
    window.arranging.hide_panels(["picture", "second"])
    user.until(lambda: not user.panel("picture").winfo_ismapped())
    window.arranging.reset()
    user.until(user.panel("picture").winfo_ismapped)
    # The content never decides on the size of a card.
    assert not any(card.grid_propagate() for card in window.layout.cards)


def test_looks_size_live_and_hidden_panels_are_remembered_for_the_next_start(user):
    kind = simulation(3, 4)
    window = user.open(kind)
    window.set_dark(True)
    window.set_font_size(3)
    window.set_live(True)
    window.arranging.hide_panels(["panel_1"])
    window.root.geometry("900x610")
    user.until(lambda: window.root.winfo_width() == 900)
    window.close()
    window = user.open(kind)
    assert window.theme.palette.name == "dark"
    assert window.font_size == 3
    assert window.session.live
    assert window.layout.hidden == {"panel_1"}
    user.until(lambda: window.root.winfo_width() == 900)
    assert window.menu.getvar(window.menu.dark_variable) in ("1", 1)


def test_settings_that_cannot_be_read_or_written_cost_only_the_memory(user, tmp_path, monkeypatch):
    path = tmp_path / "broken.json"
    for content in ("{", "[]", '{"dark": "yes", "simulations": 5}', '{"simulations": {"Grid": 1}}'):
        path.write_text(content)
        settings = Settings("Grid", path)
        assert settings.get("dark", bool, False) is False
        assert settings.get_own("size", str, "") == ""
        settings.keep({"dark": True}, {"size": "1x1"})
        assert settings.get("dark", bool, False) is True
        assert settings.get_own("size", str, "") == "1x1"
    Settings("Grid", tmp_path / "broken.json" / "below").keep({"dark": True}, {})


def test_controls_of_a_group_are_folded_away_under_their_heading(user):
    class Grouped(iv.Simulation):
        alone = iv.Slider(1, 0, 9)
        sigma = iv.Slider(1.0, 0.0, 9.0, group="Noise")
        shape = iv.OptionList("a", ["a", "b"], group="Filter")
        seeds = iv.Slider(3, 0, 9, group="Noise")

    window = user.open(Grouped)
    noise, shape = window.layout.sections
    assert [noise.title, shape.title] == ["Noise", "Filter"]
    order = ["alone", "sigma", "seeds", "shape"]
    tops = [box(user.control(name))[1] for name in order]
    assert tops == sorted(tops)
    user.control("sigma").commit(5.0)
    noise.invoke()
    user.until(lambda: not user.control("sigma").winfo_ismapped())
    user.until(lambda: noise.cget("text").endswith("Noise  (1 changed)"))
    assert user.control("shape").winfo_ismapped()
    noise.invoke()
    user.until(user.control("seeds").winfo_ismapped)


def test_one_long_unit_leaves_the_others_their_room_and_tears_nothing_apart(user):
    class Units(iv.Simulation):
        rate = iv.Slider(1.0, 0.0, 9.0, unit="spikes per second and square millimeter of cortex")
        kind = iv.RadioButtons("a", ["a", "b", "c"])
        picture = iv.Image()

    window = user.open(Units)
    user.until(lambda: window.layout.column.winfo_width() > 50)
    assert window.layout.column.winfo_width() < 0.47 * window.root.winfo_width()
    buttons = [box(button) for button in user.control("kind").buttons]
    assert all(right[0] - left[2] < 40 for left, right in itertools.pairwise(buttons))


def test_a_narrowed_column_stacks_label_and_slider(user):
    window = user.open(simulation(4, 1))
    control = user.control("control_0")
    user.until(lambda: window.layout.column.winfo_width() > 50)
    assert box(control.label)[1] < box(control.body)[3]
    assert box(control.label)[2] <= box(control.body)[0]
    window.layout.paned.sashpos(0, 150)
    user.until(lambda: box(control.label)[3] <= box(control.body)[1])
    window.layout.paned.sashpos(0, 600)
    user.until(lambda: box(control.label)[2] <= box(control.body)[0])


def test_a_larger_font_gets_its_room(user):
    window = user.open(simulation(4, 1))
    user.until(lambda: window.layout.column.winfo_width() > 50)
    before = window.layout.column.cget("width")
    window.set_font_size(8)
    user.wait(0.1)
    assert int(str(window.layout.column.cget("width"))) > int(str(before))
