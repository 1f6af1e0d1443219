"""The drawer and its pages, and the table of which only what is seen is drawn."""

from __future__ import annotations

from typing import Any

import pytest

import ivisit as iv
from ivisit.gui.drawers.changes import Cells
from ivisit.gui.toolkit.table_cells import Cell, Column
from ivisit.gui.toolkit.virtual_table import VirtualTable

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """Some values, one of which makes it fail."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)
    mode = iv.OptionList("reflect", ["reflect", "wrap"])
    picture = iv.Trace()

    def step(self):
        self.picture = 1 / (self.sigma - 3)


def focus(window: Any) -> str:
    return str(window.root.tk.call("focus"))


def test_one_page_is_seen_at_a_time_and_the_same_key_closes_the_drawer(user):
    window = user.open(Filter)
    user.key(window.root, "Control-b")
    user.until(window.browser.winfo_ismapped)
    user.key(window.root, "Control-j")
    user.until(window.console.winfo_ismapped)
    assert not window.browser.is_open
    assert window.drawer.page is window.console
    user.key(window.root, "Control-j")
    assert not window.drawer.winfo_manager()
    user.key(window.root, "Control-b")
    user.until(lambda: focus(window) == str(window.browser.filter))
    window.drawer.close_button.invoke()
    user.until(lambda: focus(window) == str(window.root))


def test_a_failure_opens_its_page_and_leaves_a_tab_while_it_lasts(user):
    window = user.open(Filter)
    tab = window.drawer._tabs["Error"]
    assert not tab.winfo_manager()
    window.values.change("sigma", 3.0)
    window.step()
    user.until(window.error_pane.winfo_ismapped)
    window.console.open()
    assert not window.error_pane.is_open
    tab.invoke()
    assert window.error_pane.is_open
    window.values.change("sigma", 4.0)
    window.init()
    user.until(lambda: not window.error_pane.is_open)
    user.until(lambda: not tab.winfo_manager())


def test_the_drawer_is_dragged_higher_and_remembers_that_for_each_page(user):
    window = user.open(Filter)
    window.console.open()
    user.until(lambda: window.drawer.winfo_height() > 50)
    height, sash = window.drawer.winfo_height(), window.drawer.sash
    y = sash.winfo_rooty()
    sash.event_generate("<ButtonPress-1>", rootx=50, rooty=y)
    sash.event_generate("<B1-Motion>", rootx=50, rooty=y - 80)
    user.until(lambda: window.drawer.winfo_height() == height + 80)
    window.close()
    window = user.open(Filter)
    window.console.open()
    user.until(lambda: window.drawer.winfo_height() == height + 80)
    window.browser.open()
    user.until(lambda: window.drawer.winfo_height() != height + 80)


def test_changes_lists_what_differs_and_goes_back_undoably(user):
    window = user.open(Filter)
    window.values.change("sigma", 5.0)
    window.values.change("mode", "wrap")
    window.step()
    user.until(lambda: window.steps == 1)
    window.changes.open()
    changes = window.changes
    rows = changes.differences.model.rows
    assert [(r["label"].text, r["saved"].text, r["present"].text) for r in rows] == [
        ("Sigma", "2", "5"),
        ("Mode", "reflect", "wrap"),
    ]
    user.until(lambda: len(changes.log.model or ()) == 2)
    assert {row["text"].text for row in changes.log.model.rows} == {"Sigma = 5", "Mode = wrap"}
    changes.differences.select([0])
    user.key(changes.differences.canvas, "Return")
    user.until(lambda: changes.names == ["mode"])
    assert user.value("sigma") == 2.0
    window.values.undo()
    user.until(lambda: changes.names == ["sigma", "mode"])
    changes.all_back()
    assert (user.value("sigma"), user.value("mode")) == (2.0, "reflect")
    window.values.undo()
    assert (user.value("sigma"), user.value("mode")) == (5.0, "wrap")


def test_a_dot_and_a_tick_mark_what_differs_and_a_click_goes_back(user):
    class Grouped(iv.Simulation):
        sigma = iv.Slider(2.0, 0.0, 10.0, group="Filter")
        weights = iv.DictSlider({"a": 1.0, "b": 5.0}, 0.0, 10.0, group="Filter")
        on = iv.Checkbox(False, group="Query")

    window = user.open(Grouped)
    sigma, weights, on = (user.control(name) for name in ("sigma", "weights", "on"))
    assert sigma.dot is None
    sigma.commit(5.0)
    weights.commit({"b": 6.0})
    on.commit(True)
    user.until(lambda: sigma.dot and sigma.dot.winfo_ismapped())
    assert "2 at the start" in sigma.dot.text
    headings = [section.cget("text") for section in window.layout.sections]
    assert [text.split("  ", 1)[1] for text in headings] == [
        "Filter  (2 changed)",
        "Query  (1 changed)",
    ]
    tick = sigma.number._tick
    user.until(tick.winfo_ismapped)
    # Where the thumb stood before: its middle at a fifth of its way.
    thumb = sigma.number.scale.coords(0.2)[0]
    assert abs(tick.winfo_x() + tick.winfo_width() / 2 - thumb) <= 2
    assert weights.number._tick is None or not weights.number._tick.winfo_ismapped()
    weights.select("b")
    user.until(lambda: weights.number._tick and weights.number._tick.winfo_ismapped())
    user.click(sigma.dot)
    assert user.value("sigma") == 2.0
    user.until(lambda: not sigma.dot.winfo_manager() and not tick.winfo_manager())
    window.values.undo()
    user.until(sigma.dot.winfo_manager)
    assert window.sets.save_under("mine") == ""
    user.until(lambda: not sigma.dot.winfo_manager())
    on.commit(False)
    user.until(lambda: "on in mine v1" in on.dot.text)
    assert window.sets.title() == "mine v1, 1 changed: on"
    user.until(lambda: window.toolbar.sets.get() == "mine v1 *1")


def test_many_controls_are_found_by_words_also_in_folded_groups(user):
    groups = ["Query", "Noise", "Shape"]
    controls = {f"p_{n}": iv.Slider(1.0, 0.0, 2.0, group=groups[n // 6]) for n in range(17)}
    controls["alone"] = iv.Checkbox(False, help="neither here nor there")
    window = user.open(type("Many", (iv.Simulation,), controls))
    search = window.layout.column.head
    first, second, _ = window.layout.sections

    def seen():
        window.update()
        return [name for name, widget in window.layout.controls.items() if widget.winfo_manager()]

    second.toggle()
    assert len(seen()) == 12
    user.type(search.entry, "p_7", key="KeyRelease")
    assert seen() == ["p_7"]
    assert not first.winfo_manager()
    user.type(search.entry, "noise", key="KeyRelease")
    assert seen() == [f"p_{n}" for n in range(6, 12)]
    user.type(search.entry, "NEITHER", key="KeyRelease")
    assert seen() == ["alone"]
    user.key(search.entry, "Escape")
    assert len(seen()) == 12
    window.build_layout()
    assert len(seen()) == 12  # reloading keeps what is folded
    window.close()
    window = user.open(type("Many", (iv.Simulation,), controls))
    assert not window.layout.sections[1].is_open


def test_few_controls_need_no_search(user):
    assert user.open(Filter).layout.column.head is None


def test_a_table_moves_and_selects_by_keys_and_clicks(user):
    window = user.open(Filter)
    rows = [{"name": Cell(f"row {n}")} for n in range(100)]
    table = VirtualTable(window.console, window.theme, [Column("name", "Name", 100, 1)])
    window.console.text.pack_forget()
    table.pack(fill="both", expand=True)
    window.console.open()
    user.until(lambda: table.fitting > 2)
    table.show(Cells(rows))
    table.draw()
    canvas = table.canvas
    user.key(canvas, "Down", "Down")
    assert (table.active, table.selection) == (1, [1])
    user.key(canvas, "Shift-Down", "Shift-Down")
    assert table.selection == [1, 2, 3]
    user.key(canvas, "Shift-Up")
    assert table.selection == [1, 2]
    user.key(canvas, "End")
    assert table.selection == [99]
    table.draw()
    assert table.row_at((table.fitting - 1) * table.row_height + 1) == 99
    user.key(canvas, "Prior")
    assert table.active == 99 - table.fitting
    user.key(canvas, "Home")
    table.draw()
    assert table.row_at(5) == 0
    height = table.row_height
    canvas.event_generate("<ButtonPress-1>", x=5, y=2 * height + 3)
    canvas.event_generate("<ButtonPress-1>", x=5, y=3, state=4)
    assert table.selection == [0, 2]
    canvas.event_generate("<ButtonPress-1>", x=5, y=4 * height + 3, state=1)
    assert table.selection == [0, 1, 2, 3, 4]
    user.key(canvas, "Control-a")
    assert len(table.selection) == 100
    table._scroll_command("moveto", "0.5")
    table.draw()
    assert table.row_at(5) == 50
    table.show(Cells(rows[:2]), [1, 7])
    table.draw()
    assert (table.selection, table.row_at(5), table.row_at(3 * height)) == ([1], 0, -1)
    assert not table.bar.winfo_manager()


def test_long_texts_end_in_an_ellipsis_and_never_leave_their_column(user):
    window = user.open(Filter)
    table = VirtualTable(
        window.console, window.theme, [Column("a", "A", 80), Column("b", "B", 60, 1)]
    )
    measure = window.root.tk.call
    for text in ("short", "a long text of many words that has no room", "x" * 500, ""):
        for width in (5, 40, 200):
            shown = table.texts.fit(text, "TkDefaultFont", width)
            assert int(str(measure("font", "measure", "TkDefaultFont", shown))) <= max(width, 0)
            assert shown == text or shown.endswith("…") or shown == ""
