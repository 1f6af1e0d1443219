"""Cards arranged by hand: sashes, headings, windows of their own, menus, and what is remembered."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.actions.layout_memory import layout_state, take_layout
from ivisit.gui.arranging.detaching import on_screen
from ivisit.gui.arranging.menus import add_entries
from ivisit.gui.arranging.tree import names_in
from ivisit.gui.layouts import FreeLayout, TiledLayout
from tests.ivisit.gui.arranging.standing import box, boxes, opened, settled

pytestmark = pytest.mark.window

#: Milliseconds: far enough from each other that two presses are no double click.
CLOCK = itertools.count(1000, 1000)


class Four(iv.Simulation):
    """Four panels."""

    level = iv.Slider(1.0, 0.0, 9.0)
    first = iv.Image(pointer=True)
    second = iv.Image()
    line = iv.Trace()
    report = iv.TextOutput()

    def init(self):
        self.presses = []
        self.first = self.second = np.zeros((30, 40))

    def step(self):
        self.line = self.level
        self.report = f"{len(self.presses)}"

    def pointer(self, event):
        self.presses.append((event.kind, event.row, event.column))


def open_four(user, **options):
    window = user.open(Four, **options)
    assert isinstance(window.layout, TiledLayout)
    opened(user, window)
    return window


def drag(user, widget, start, places, *, release=True):
    """Drag from a place of a widget past places of the screen."""
    x, y = widget.winfo_rootx(), widget.winfo_rooty()

    def send(event, place):
        # The widget may have moved since: the pointer's place on the screen counts.
        inside = {"x": place[0] - x, "y": place[1] - y, "time": next(CLOCK)}
        widget.event_generate(event, rootx=place[0], rooty=place[1], **inside)
        user.window.update()

    send("<ButtonPress-1>", (x + start[0], y + start[1]))
    for place in places:
        send("<B1-Motion>", place)
    if release:
        send("<ButtonRelease-1>", places[-1])


def middle(widget, across=0.5, down=0.5):
    left, top, right, bottom = box(widget)
    return round(left + across * (right - left)), round(top + down * (bottom - top))


def drag_heading(user, name, *places, release=True):
    label = user.panel(name).label
    start = (box(label)[0] + 3, box(label)[1] + 3)
    drag(user, label, (3, 3), [(start[0] + 12, start[1] + 12), *places], release=release)


# Sashes ---------------------------------------------------------------------------------------


def test_a_sash_goes_with_the_pointer_and_cards_follow(user):
    window = open_four(user)
    board = window.layout.board
    sash = max(board.solution.sashes, key=lambda sash: sum(sash.spare.values()))
    is_row = sash.stack.direction == "row"
    place = sash.place
    start = (place.x + place.width // 2, place.y + place.height // 2)
    x, y = board.content.winfo_rootx() + start[0], board.content.winfo_rooty() + start[1]
    moved = (x - 25, y) if is_row else (x, y - 25)
    board.content.event_generate("<Motion>", x=start[0], y=start[1])
    assert "double_arrow" in str(board.content.cget("cursor"))
    drag(user, board.content, start, [moved])
    settled(user, window)
    found = next(s.place for s in board.solution.sashes if s.before == sash.before
                 and names_in(s.stack) == names_in(sash.stack))  # fmt: skip
    assert (found.x - place.x, found.y - place.y) == ((-25, 0) if is_row else (0, -25))
    assert window.layout.arrangement()["tree"] is not None


def test_escape_puts_a_held_sash_back(user):
    window = open_four(user)
    board = window.layout.board
    before = settled(user, window)
    sash = max(board.solution.sashes, key=lambda sash: sum(sash.spare.values()))
    start = (sash.place.x + 3, sash.place.y + 3)
    x, y = board.content.winfo_rootx() + start[0], board.content.winfo_rooty() + start[1]
    drag(user, board.content, start, [(x - 40, y - 40)], release=False)
    assert settled(user, window) != before
    user.key(window.root, "Escape")
    assert settled(user, window) == before
    board.content.event_generate("<ButtonRelease-1>", x=start[0], y=start[1])
    assert settled(user, window) == before
    assert window.layout.arrangement()["tree"] is None


# Headings -------------------------------------------------------------------------------------


def test_a_heading_that_is_dragged_puts_its_card_beside_another_one(user):
    window = open_four(user)
    sides = {"left": (0.1, 0.5), "right": (0.9, 0.5), "above": (0.5, 0.1), "below": (0.5, 0.9)}
    for side, (across, down) in sides.items():
        # Another card than the one at the border of all.
        window.arranging.use_arrangement(
            {"tree": {"row": ["line", {"column": ["first", "second", "report"]}]}}
        )
        settled(user, window)
        target = user.panel("second")
        across = 0.8 if across == 0.9 else across
        drag_heading(user, "report", middle(target, across, down))
        after = settled(user, window)
        moved, other = after["report"], after["second"]
        if side in ("left", "right"):
            assert moved[1] == other[1]
            assert (moved[2] < other[0]) == (side == "left")
        else:
            assert moved[0] == other[0]
            assert (moved[3] < other[1]) == (side == "above")
        assert sorted(after) == ["first", "line", "report", "second"]


def test_while_a_heading_is_dragged_its_place_is_shown_and_escape_cancels(user):
    window = open_four(user)
    board, before = window.layout.board, settled(user, window)
    former = set(board.content.winfo_children())
    drag_heading(user, "first", middle(user.panel("second"), 0.9, 0.5), release=False)
    lines = set(board.content.winfo_children()) - former
    user.until(lambda: sum(line.winfo_viewable() for line in lines) == 4)
    left = min(line.winfo_rootx() for line in lines)
    assert abs(left - middle(user.panel("second"))[0]) <= 1
    user.key(window.root, "Escape")
    assert not any(line.winfo_exists() for line in lines)
    label = user.panel("first").label
    label.event_generate("<ButtonRelease-1>", x=3, y=3)
    assert settled(user, window) == before
    assert window.layout.arrangement()["tree"] is None


def test_at_the_border_a_card_goes_beside_all_others(user):
    window = open_four(user)
    left, top, _, bottom = box(window.layout.board)
    drag_heading(user, "line", (left + 4, (top + bottom) // 2))
    after = settled(user, window)
    assert after["line"][0] == left
    assert after["line"][3] - after["line"][1] == bottom - top
    assert all(place[0] > after["line"][2] for name, place in after.items() if name != "line")


def test_a_click_on_a_heading_and_a_drag_to_nowhere_move_nothing(user):
    window = open_four(user)
    before = settled(user, window)
    user.click(user.panel("first").label, 4, 4)
    drag_heading(user, "first", middle(user.panel("first")))
    drag_heading(user, "first", middle(window.toolbar))
    assert settled(user, window) == before
    assert window.layout.arrangement()["tree"] is None


# Windows of their own -------------------------------------------------------------------------


def test_a_detached_panel_lives_in_its_own_window_and_comes_back_when_that_is_closed(user):
    window = open_four(user)
    before = settled(user, window)
    card = user.panel("first")
    window.layout.detach(card, "300x260+20+30")
    user.until(lambda: box(card)[2] - box(card)[0] == 300)
    assert card.winfo_toplevel() is card
    assert window.layout.arrangement()["windows"]["first"].startswith("300x260")
    assert "first" not in window.layout.board.cards
    # It stays live: pictures, the pointer's events, and the shortcuts of the window.
    frames = window.frames
    user.until(lambda: card.canvas._photo is not None)
    user.click(card.canvas)
    user.until(lambda: window.engine.simulation.presses)
    window.session.worker.step(3)
    user.until(lambda: window.frames > frames and window.steps == 3)
    user.key(card.canvas, "F6")
    user.until(lambda: window.steps == 4)
    # The window manager asks the window to close.
    card.tk.eval(str(card.tk.call("wm", "protocol", card, "WM_DELETE_WINDOW")))
    user.until(lambda: settled(user, window) == before)
    assert card.winfo_toplevel() is window.root
    # The second time it opens where it was.
    window.layout.detach(card)
    user.until(lambda: box(card)[2] - box(card)[0] == 300)


def test_a_heading_dragged_out_of_the_window_detaches_and_back_in_attaches(user):
    window = open_four(user)
    window.root.geometry("900x500+0+0")
    user.until(lambda: window.root.winfo_width() == 900)
    settled(user, window)
    card = user.panel("second")
    drag_heading(user, "second", (950, 400), (1000, 600))
    user.until(lambda: card.winfo_toplevel() is card)
    user.until(lambda: card.winfo_rootx() >= 900)
    settled(user, window)  # the others have taken its place
    drag_heading(user, "second", middle(user.panel("line"), 0.5, 0.3))
    after = settled(user, window)
    assert card.winfo_toplevel() is window.root
    assert after["second"][0] == after["line"][0]
    assert after["second"][3] < after["line"][1]


def test_a_window_of_a_monitor_that_is_gone_opens_on_the_screen(user):
    root = open_four(user).root
    width, height = root.winfo_screenwidth(), root.winfo_screenheight()
    assert on_screen(root, "300x200+10+20") == "300x200+10+20"
    assert on_screen(root, "300x200+50000+90000") == f"300x200+{width - 60}+{height - 60}"
    assert on_screen(root, "300x200+-900+-50") == "300x200+-240+0"
    assert on_screen(root, "90000x200+0+0") == f"{width}x200+0+0"
    assert on_screen(root, "huge") == on_screen(root, "") == ""


# Menus ----------------------------------------------------------------------------------------


def entries(menu):
    """Return the commands below a menu, by their labels."""
    found = {}
    for index in range((menu.index("end") or 0) + 1):
        kind = menu.type(index)
        if kind == "separator":
            continue
        label = menu.entrycget(index, "label")
        if kind == "cascade":
            inner = menu.nametowidget(menu.entrycget(index, "menu"))
            found |= {f"{label} > {key}": value for key, value in entries(inner).items()}
        else:
            found[label] = lambda menu=menu, index=index: menu.invoke(index)
    return found


def panel_entries(user, name):
    """Open a panel's menu without showing it, and return its commands."""
    card = user.panel(name)
    card.complete_menu(card.menu)
    return entries(card.menu)


def test_all_that_the_mouse_does_has_an_entry_of_the_panels_menu(user):
    window = open_four(user)
    before = settled(user, window)
    wanted = {"Maximize", "Detach", "Hide", "Move > Left", "Move > Right", "Move > Up",
              "Move > Down", "Size > Wider", "Size > Narrower", "Size > Higher",
              "Size > Lower", "Move > Left of > Line"}  # fmt: skip
    assert wanted <= set(panel_entries(user, "first"))
    # However often it opens.
    assert sorted(panel_entries(user, "first")) == sorted(panel_entries(user, "first"))
    window.menu._list_panels()
    listed = entries(window.menu.panel_menu)
    assert {f"Arrange First > {entry}" for entry in wanted} <= set(listed)
    panel_entries(user, "first")["Maximize"]()
    assert window.layout.maximized is user.panel("first")
    panel_entries(user, "first")["Show all panels"]()
    assert settled(user, window) == before
    panel_entries(user, "report")["Move > Below > Second"]()
    after = settled(user, window)
    assert after["report"][0] == after["second"][0]
    assert after["report"][1] > after["second"][3]
    panel_entries(user, "first")["Hide"]()
    assert window.layout.hidden == {"first"}
    window.menu._list_panels()
    entries(window.menu.panel_menu)["First"]()
    assert window.layout.hidden == set()
    panel_entries(user, "first")["Detach"]()
    user.until(lambda: user.panel("first").winfo_toplevel() is user.panel("first"))
    panel_entries(user, "first")["Attach"]()
    assert settled(user, window) == after


def test_the_sign_in_a_heading_opens_the_panels_menu(user):
    window = open_four(user)
    card = user.panel("line")
    (button,) = card.tools.winfo_children()
    user.until(button.winfo_viewable)
    user.click(button)
    user.until(card.menu.winfo_ismapped)
    assert "Detach" in entries(card.menu)
    card.menu.unpost()
    user.until(lambda: not card.menu.winfo_ismapped())
    window.update()


def test_cards_change_places_and_at_the_border_stand_beside_all(user):
    window = open_four(user)
    layout = window.layout
    take_layout(window, {"arrangement": {"tree": {"row": ["first", {"column": ["second", "line"]},
                                                          "report"]}}})  # fmt: skip
    settled(user, window)
    layout.move(user.panel("line"), "above")
    assert names_in(layout.board.part) == ["first", "line", "second", "report"]
    layout.move(user.panel("first"), "left")
    assert names_in(layout.board.part)[0] == "first"
    layout.move(user.panel("report"), "above")
    after = settled(user, window)
    assert all(place[1] > after["report"][3] for n, place in after.items() if n != "report")
    layout.move(user.panel("first"), "right")
    after = settled(user, window)
    assert after["first"][0] > after["line"][0]


def test_a_card_grows_and_shrinks_by_keys(user):
    window = open_four(user)
    take_layout(window, {"arrangement": {"tree": {"row": ["first", {"column": ["second", "line"]},
                                                          "report"]}}})  # fmt: skip
    former = settled(user, window)
    width = {name: place[2] - place[0] for name, place in former.items()}
    window.layout.grow(user.panel("first"), "row", True)
    after = settled(user, window)
    assert after["first"][2] - after["first"][0] > width["first"]
    window.layout.grow(user.panel("first"), "row", False)
    assert settled(user, window) == former
    window.layout.grow(user.panel("second"), "column", True)
    assert settled(user, window)["second"][3] > former["second"][3]


# Kept -----------------------------------------------------------------------------------------


def test_the_arrangement_is_there_after_a_restart_and_reset_forgets_it(user):
    window = open_four(user)
    first = settled(user, window)
    window.layout.put(user.panel("report"), user.panel("first"), "above")
    window.layout.hide({"line"})
    window.layout.detach(user.panel("second"), "320x240+40+50")
    settled(user, window)
    user.until(lambda: user.panel("second").winfo_width() == 320)
    assert not window.sets.modified
    before, kept = boxes(window.layout), window.layout.arrangement()
    geometry = window.root.geometry()
    window.close()
    window = open_four(user)
    user.until(lambda: window.root.geometry() == geometry)
    user.until(lambda: boxes(window.layout) == before)
    assert window.layout.arrangement() == kept
    assert not window.sets.modified
    window.arranging.reset()
    user.until(lambda: boxes(window.layout) == first)
    assert window.layout.arrangement()["tree"] is None


def test_a_set_keeps_its_arrangement_and_loading_it_modifies_nothing(user, tmp_path):
    window = open_four(user, store=tmp_path / "four.ivisit")
    first = settled(user, window)
    window.sets.save_under("plain")
    window.layout.put(user.panel("report"), user.panel("first"), "left")
    window.layout.hide({"line"})
    second = settled(user, window)
    assert not window.sets.modified
    window.sets.save_under("arranged")
    window.sets.load("plain")
    assert settled(user, window) == first
    window.sets.load("arranged")
    assert settled(user, window) == second
    assert not window.sets.modified
    json.dumps(layout_state(window))
    window.close()
    # A set that the window begins with has precedence over what was there the last time.
    window = open_four(user, store=tmp_path / "four.ivisit", parameter_set="plain")
    user.until(lambda: boxes(window.layout) == first)


def test_a_layout_of_another_version_is_taken_as_far_as_it_goes(user):
    window = open_four(user)
    tree = {"row": ["gone", {"column": ["line", "second"]}, "first"], "weights": [1, 2, 3]}
    take_layout(window, {"arrangement": {
        "tree": tree, "hidden": ["gone", "first", 5], "windows": {"gone": "1x1+0+0", "line": 7},
        "column": "wide"}})  # fmt: skip
    after = settled(user, window)
    assert sorted(after) == ["line", "report", "second"]
    assert after["line"][0] == after["second"][0]
    assert after["report"][1] > after["second"][3]


def test_an_arrangement_that_makes_no_sense_does_no_harm(user):
    window = open_four(user)
    entries = [None, 5, [], "text", {"tree": 5}, {"tree": ["first"]}, {"tree": {"row": ["nobody"]}},
               {"hidden": "first"}, {"windows": ["first"]}, {"column": -5},
               {"windows": {"first": "big"}}]  # fmt: skip
    for entry in entries:
        take_layout(window, {"arrangement": entry})
        user.until(lambda: all(card.winfo_viewable() for card in window.layout.cards))


def test_reloading_keeps_the_arrangement(user):
    window = open_four(user)
    window.layout.put(user.panel("report"), user.panel("first"), "above")
    window.layout.detach(user.panel("line"), "300x200+10+10")
    user.until(lambda: user.panel("line").winfo_width() == 300)
    settled(user, window)
    kept = window.layout.arrangement()
    window.build_layout()
    after = settled(user, window)
    assert window.layout.arrangement() == kept
    assert after["report"][0] == after["first"][0]
    assert after["report"][3] < after["first"][1]
    assert "line" not in after
    user.until(lambda: user.panel("line").winfo_width() == 300)


def test_the_width_of_the_controls_is_remembered(user):
    window = open_four(user)
    paned = window.layout.paned
    place = paned.sashpos(0) + 2
    paned.event_generate("<ButtonPress-1>", x=place, y=100)
    paned.event_generate("<B1-Motion>", x=place + 60, y=100)
    paned.event_generate("<ButtonRelease-1>", x=place + 60, y=100)
    window.update()
    user.until(lambda: window.layout.column.winfo_width() > place + 40)
    width = window.layout.column.winfo_width()
    window.close()
    window = open_four(user)
    user.until(lambda: abs(window.layout.column.winfo_width() - width) <= 1)


def test_the_column_takes_less_than_half_of_the_window_whatever_its_units(user):
    options = ["an option that is quite long", "another one that is as long"]
    names = {"kind": iv.OptionList(options[0], options, unit="units of a long name"),
             "rate": iv.Slider(1.0, 0.0, 9.0, label="A long label of a control with a long name",
                               unit="spikes per second and square millimeter of cortex"),
             "picture": iv.Image()}  # fmt: skip
    window = user.open(type(iv.Simulation)("Long", (iv.Simulation,), names))
    window.root.geometry("760x500")
    user.until(lambda: window.root.winfo_width() == 760)
    user.until(lambda: 50 < window.layout.column.winfo_width() < 0.47 * 760)
    unit = user.control("rate").number.unit
    assert str(unit.cget("text")).count("\n") == 1
    assert str(unit.cget("text")).endswith("…")


# Given positions ------------------------------------------------------------------------------

GIVEN = {
    "first": {"x": 200, "y": 10, "width": 200, "height": 180},
    "second": {"x": 260, "y": 60, "width": 200, "height": 180},
    "level": {"x": 5, "y": 10},
}


def open_free(user):
    window = user.open(Four)
    take_layout(window, {"widgets": GIVEN})
    window.update()
    assert isinstance(window.layout, FreeLayout)
    user.until(lambda: user.panel("second").winfo_viewable())
    user.until(lambda: user.panel("second").winfo_width() > 100)
    return window


def test_given_positions_can_be_changed_by_hand_and_reset(user):
    window = open_free(user)
    scale = window.theme.scale
    before = box(user.panel("second"))
    x, y = box(user.panel("second").label)[:2]
    drag_heading(user, "second", (x + 150, y + 90))
    user.until(lambda: box(user.panel("second"))[:2] != before[:2])
    moved = box(user.panel("second"))
    assert (moved[0] - before[0], moved[1] - before[1]) == (147, 87)
    assert window.layout.positions()["second"]["x"] == round((260 * scale + 147) / scale)
    assert not window.sets.modified
    # By the lower right corner.
    card = user.panel("first")
    left, top, right, bottom = box(card)
    drag(user, card, (right - left - 2, bottom - top - 2), [(right + 20, bottom + 28)])
    user.until(lambda: box(card)[2:] == (right + 22, bottom + 30))
    # A control by its label.
    label = user.control("level").label
    x, y = box(label)[:2]
    drag(user, label, (2, 2), [(x + 12, y + 12), (x + 42, y + 62)])
    user.until(lambda: box(label)[:2] == (x + 40, y + 60))
    state = layout_state(window)
    window.arranging.reset()
    user.until(lambda: box(user.panel("second")) == before)
    assert window.layout.positions() == GIVEN
    take_layout(window, state)
    user.until(lambda: box(user.panel("second")) == moved)
    window.arranging.arrange_automatically()
    user.until(lambda: isinstance(window.layout, TiledLayout))
    settled(user, window)


def test_a_window_with_given_positions_is_as_large_as_they_ask(user, tmp_path):
    with iv.ParameterStore(tmp_path / "four.ivisit") as store:
        places = {"first": {"x": 0, "y": 0}, "line": {"x": 600, "y": 500}}
        store.save(Four, "placed", {}, layout={"widgets": places})
    window = user.open(Four, store=tmp_path / "four.ivisit", parameter_set="placed")
    user.until(lambda: box(window.root)[2] >= box(user.panel("line"))[2] > 600)
    assert window.root.winfo_width() < 1200


def test_escape_cancels_the_move_of_a_card_with_a_given_position(user):
    window = open_free(user)
    before = box(user.panel("second"))
    x, y = box(user.panel("second").label)[:2]
    drag_heading(user, "second", (x + 150, y + 90), release=False)
    user.until(lambda: box(user.panel("second")) != before)
    user.key(window.root, "Escape")
    user.until(lambda: box(user.panel("second")) == before)
    assert window.layout.positions() == GIVEN


def test_positions_changed_by_hand_are_there_after_a_restart(user):
    window = open_free(user)
    card = user.panel("second")
    window.layout.move(card, "right")
    window.layout.grow(card, "column", True)
    window.layout.hide({"line"})
    window.layout.detach(user.panel("report"), "300x200+10+10")
    positions = window.layout.positions()
    assert positions["second"]["x"] > 260
    window.close()
    window = user.open(Four)
    assert isinstance(window.layout, FreeLayout)
    assert window.layout.positions() == positions
    assert window.layout.hidden == {"line"}
    assert "report" in window.layout.windows


def test_the_entries_of_a_menu_are_those_of_the_layout_that_there_is(user):
    window = open_free(user)
    import tkinter as tk

    menu = tk.Menu(window.root, tearoff=False)
    add_entries(menu, window.layout, user.panel("second"))
    before = window.layout.positions()["second"]["y"]
    entries(menu)["Move > Down"]()
    assert window.layout.positions()["second"]["y"] == before + 10
    entries(menu)["Move > Right of > First"]()
    user.until(lambda: box(user.panel("second"))[0] >= box(user.panel("first"))[2])
