"""The browser of parameter sets: finding, comparing, changing and bringing back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import ivisit as iv
from ivisit.gui.actions.portrait import encoded
from ivisit.gui.comparison.opening import open_comparison
from ivisit.store.pictures import MOST_BYTES
from tests.ivisit.gui.xdotool import Hands

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """A simulation with some values and a picture."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)
    mode = iv.OptionList("reflect", ["reflect", "wrap"])
    picture = iv.Image(vmin=0, vmax=255)

    def step(self):
        self.picture = np.full((20, 30), 200.0)


@pytest.fixture
def browser(user, tmp_path):
    """The open browser of a window whose store holds some sets."""
    path = tmp_path / "my.ivisit"
    with iv.ParameterStore(path) as store:
        store.save(Filter, "soft", {"sigma": 8.0, "mode": "wrap"}, comment="for portraits", grade=4)
        store.save(Filter, "sharp", {"sigma": 0.5, "mode": "reflect"})
        store.save(Filter, "run 10", {"sigma": 3.0, "mode": "reflect"}, grade=2)
        store.save(Filter, "run 2", {"sigma": 2.0, "mode": "reflect"}, grade=2)
        store.save(Filter, "soft", {"sigma": 9.0, "mode": "wrap"}, comment="for portraits", grade=4)
    window = user.open(Filter, store=path)
    user.key(window.root, "Control-b")
    # On the screen and drawn: where the columns lie is known only then.
    user.until(lambda: window.browser.table.winfo_ismapped() and window.browser.table._edges)
    return window.browser


def names(browser: Any) -> list[str]:
    return [stored.name for stored in browser.rows.shown]


def cell(browser: Any, name: str, column: str) -> str:
    return browser.rows.cell(names(browser).index(name), column).text


def message(window: Any) -> str:
    return window.status.labels["message"].cget("text")


def load(browser: Any, name: str = "soft") -> iv.ParameterSet:
    with iv.ParameterStore(browser.window.sets.path) as store:
        return store.load(Filter, name)


def test_the_browser_opens_with_the_newest_set_first_and_says_what_would_change(user, browser):
    assert names(browser) == ["soft", "run 2", "run 10", "sharp"]
    assert cell(browser, "soft", "difference") == "sigma 2 -> 9, mode reflect -> wrap"
    assert cell(browser, "run 2", "difference") == "nothing"
    assert cell(browser, "soft", "version") == "v2"
    assert cell(browser, "soft", "grade") == "★★★★☆"
    assert cell(browser, "soft", "comment") == "for portraits"
    user.type(user.control("sigma").number.entry, "3")
    user.until(lambda: cell(browser, "soft", "difference").startswith("sigma 3 -> 9"))
    assert cell(browser, "run 10", "difference") == "nothing"


def test_typing_filters_and_says_in_words_what_it_does_not_understand(user, browser):
    def type_in(text):
        user.type(browser.filter, text, key="KeyRelease")
        user.window.update()

    type_in("portrait")
    assert names(browser) == ["soft"]
    type_in("sigma<=3 grade>=2")
    assert names(browser) == ["run 2", "run 10"]
    assert browser.count.cget("text") == "2 of 4 sets"
    assert not browser.filter.hint.winfo_manager()
    type_in("sigme>3")
    assert "Did you mean 'sigma'" in browser.problem.cget("text")
    assert browser.problem.winfo_manager()
    assert names(browser) == ["run 2", "run 10"]
    type_in("sigma>100")
    assert names(browser) == []
    assert not browser.problem.winfo_manager()
    user.key(browser.filter, "Escape")
    assert len(names(browser)) == 4
    assert browser.filter.hint.winfo_manager()


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_the_order_round(user, browser):
    def click(column):
        left, _ = browser.table.span(column)
        browser.table.heading.event_generate("<ButtonRelease-1>", x=left + 5, y=5)
        user.window.update()

    click("name")
    assert names(browser) == ["run 2", "run 10", "sharp", "soft"]
    click("name")
    assert names(browser) == ["soft", "sharp", "run 10", "run 2"]
    click("grade")
    assert names(browser)[0] == "soft"
    assert names(browser)[-1] == "sharp"
    click("difference")
    assert [names(browser)[0], names(browser)[-1]] == ["run 2", "soft"]
    click("picture")
    assert names(browser)[0] == "run 2"


def test_sets_are_found_and_loaded_by_keys_alone(user, browser):
    user.type(browser.filter, "run", key="KeyRelease")
    user.key(browser.filter, "Down")
    user.until(lambda: str(user.window.root.tk.call("focus")) == str(browser.table.canvas))
    user.key(browser.table.canvas, "Down", "Return")
    assert user.window.sets.name == "run 10"
    assert user.value("sigma") == 3.0
    user.type(browser.filter, "portrait")
    assert user.value("sigma") == 9.0
    user.key(user.window.root, "Control-z")
    assert (user.value("sigma"), user.window.sets.name) == (3.0, "run 10")


def test_a_click_on_a_star_grades_and_undo_takes_it_back(user, browser):
    left, _ = browser.table.span("grade")
    width = int(str(browser.tk.call("font", "measure", "TkDefaultFont", "★★★★★")))
    height = browser.table.row_height

    def click_star(number):
        x = left + user.window.theme.pixels(6) + round(width * (number - 0.5) / 5)
        user.click(browser.table.canvas, x, height // 2)

    assert names(browser)[0] == "soft"
    click_star(2)
    assert load(browser).grade == 2
    assert cell(browser, "soft", "grade") == "★★☆☆☆"
    browser.select(["soft"])
    user.key(browser.table.canvas, "Key-5")
    assert load(browser).grade == 5
    assert names(browser)[0] == "soft"
    click_star(5)
    assert load(browser).grade is None
    for grade in (5, 2, 4):
        user.window.values.undo()
        assert load(browser).grade == grade
    assert load(browser)["sigma"] == 9.0


def test_several_sets_are_graded_and_deleted_together_or_not_at_all(user, browser):
    def grades():
        return {stored.name: stored.grade for stored in browser.rows.sets}

    before = grades()
    browser.select(["soft", "sharp", "run 2"])
    browser.grade(5)
    assert grades() == {**before, "soft": 5, "sharp": 5, "run 2": 5}
    user.window.values.undo()
    browser.refresh()
    assert grades() == before
    # One of them is gone meanwhile: the others are not half of what was wanted.
    with iv.ParameterStore(browser.window.sets.path) as store:
        store.delete(Filter, "sharp")
    assert len(browser.selected()) == 3
    browser.delete()
    assert "sharp" in user.told() + message(user.window)
    assert set(names(browser)) == {"soft", "run 2", "run 10"}


def test_grading_the_loaded_set_keeps_it_loaded_and_unmodified(user, browser):
    browser.select(["soft"])
    browser.load()
    browser.grade(1)
    assert user.window.sets.title() == "soft v3"
    user.window.sets.load("soft", 1)
    browser.grade(2)
    assert user.window.sets.title() == "soft v1 (former; the current one is v4)"
    assert cell(browser, "soft", "version") == "v4 (v1)"


def test_rename_comment_and_duplicate_can_be_taken_back(user, browser):
    browser.select(["soft"])
    browser.load()
    form = browser.asking.name()
    user.type(form.entries["Name"], "sharp")
    assert "already" in form.problem.cget("text")
    user.type(form.entries["Name"], "softer")
    assert not form.winfo_exists()
    assert user.window.sets.title() == "softer v2"
    assert [one.name for one in browser.selected()] == ["softer"]
    user.type(browser.asking.comment().entries["Comment"], "for faces")
    assert load(browser, "softer").comment == "for faces"
    browser.duplicate()
    assert "softer 2" in names(browser)
    user.window.values.undo()
    user.until(lambda: "softer 2" not in names(browser))
    user.window.values.undo()
    assert load(browser, "softer").comment == "for portraits"
    user.window.values.undo()
    assert load(browser).comment == "for portraits"
    assert user.window.sets.name == "soft"
    for _ in range(3):
        user.window.values.redo()
    assert load(browser, "softer 2").comment == "for faces"


def test_deleted_sets_are_brought_back_by_undo_and_from_their_list(user, browser):
    browser.select(["soft", "sharp"])
    user.key(browser.table.canvas, "Delete")
    assert names(browser) == ["run 2", "run 10"]
    user.window.values.undo()
    user.until(lambda: len(names(browser)) == 4)
    user.window.values.redo()
    browser.deleted_box.invoke()
    assert sorted(names(browser)) == ["sharp", "soft"]
    assert not browser.buttons["Delete"].winfo_manager()
    browser.select(["soft"])
    browser.buttons["Bring back"].invoke()
    assert names(browser) == ["sharp"]
    browser.select(["sharp"])
    question = browser.asking.removal()
    question.buttons["Remove"].invoke()
    assert names(browser) == []
    browser.deleted_box.invoke()
    assert sorted(names(browser)) == ["run 10", "run 2", "soft"]


def test_a_filter_that_cannot_be_read_never_leaves_sets_listed_that_are_not_there(user, browser):
    browser.filter.set("sigma>")
    assert browser.problem.winfo_manager()
    browser.select(["run 2"])
    browser.delete()
    assert names(browser) == ["soft", "run 10", "sharp"]
    assert browser.selected() == []
    # What can be removed for good must be what is deleted.
    browser.deleted_box.invoke()
    assert names(browser) == []
    assert browser.selected() == []
    browser.filter.set("")
    assert names(browser) == ["run 2"]


def test_the_history_says_what_each_version_changed_and_a_former_one_comes_back(user, browser):
    details = browser.details
    browser.select(["soft"])
    user.until(lambda: len(details.steps) == 2)
    assert [step.words() for step in details.steps] == ["sigma 8 -> 9", "first version"]
    assert not details.restore_button.winfo_manager()
    details.table.select([1])
    user.until(details.restore_button.winfo_manager)
    details.load()
    assert user.value("sigma") == 8.0
    assert user.window.sets.title() == "soft v1 (former; the current one is v2)"
    details.table.select([1])
    details.restore()
    assert (load(browser).version, load(browser)["sigma"]) == (3, 8.0)
    assert user.window.sets.title() == "soft v3"
    user.window.values.undo()
    assert (load(browser).version, load(browser)["sigma"]) == (4, 9.0)


def test_values_of_one_set_and_differences_of_two_are_shown(user, browser):
    browser.select(["soft"])
    browser.details.choose("Values")
    rows = browser.details.table.model.rows
    assert [(row["name"].text, row["first"].text, row["second"].text) for row in rows] == [
        ("sigma", "9", "2"),
        ("mode", "wrap", "reflect"),
    ]
    browser.select(["soft", "run 2"])
    rows = browser.details.table.model.rows
    assert [(row["name"].text, row["first"].text, row["second"].text) for row in rows] == [
        ("sigma", "9", "2"),
        ("mode", "wrap", "reflect"),
    ]
    assert [c.title for c in browser.details.table.columns] == ["Differs", "soft", "run 2"]
    browser.select(names(browser))
    assert browser.details.table.columns[0].title == "4 sets"


def test_selected_sets_are_compared_side_by_side(user, browser):
    opened = []
    user.window.root.bind_class("Toplevel", "<Map>", lambda event: opened.append(event.widget))
    browser.compare()
    assert message(user.window) == "Select a set first"
    browser.select(["soft"])
    browser.compare()
    user.until(lambda: opened)
    titles = {window.title() for window in opened}
    assert any("soft" in title and "present values" in title for title in titles)


def test_chosen_sets_are_exported_and_others_imported(user, browser, tmp_path):
    file = tmp_path / "some.json"
    browser.commands.export(str(file), ["soft", "sharp"], browser.asking.export)
    assert [s["name"] for s in json.loads(file.read_text())["sets"]] == ["sharp", "soft"]
    asked = []
    browser.commands.export(str(tmp_path / "missing" / "x.json"), ["soft"], lambda: asked.append(1))
    assert "missing/x.json" in user.told()
    user.answer("Save elsewhere ...")
    assert asked == [1]
    browser.commands.delete(["soft"])
    with iv.ParameterStore(tmp_path / "meyer.ivisit") as other:
        other.save(Filter, "sharp", {"sigma": 7.0})
        other.save("Another", "theirs", {})
    browser.asking.take(str(tmp_path / "meyer.ivisit"))
    assert "1 set imported or changed; others belong to Another" in message(user.window)
    assert [one.name for one in browser.selected()] == ["sharp (meyer)"]
    browser.asking.take(str(file))
    assert "soft" in names(browser)
    browser.asking.take(str(tmp_path / "nowhere.json"))
    assert "nowhere.json" in user.told()
    form = browser.asking.take_over()
    form.accept()
    assert "theirs" in names(browser)


def test_what_somebody_else_saves_appears(user, browser):
    with iv.ParameterStore(browser.window.sets.path) as store:
        store.save(Filter, "theirs", {"sigma": 4.0})
    user.until(lambda: "theirs" in names(browser))


def test_a_saved_set_has_a_picture_of_the_panels(user, browser):
    user.window.session.step()
    user.until(lambda: user.window.steps == 1)
    user.look()
    assert user.window.sets.save_under("mine") == ""
    with iv.ParameterStore(browser.window.sets.path) as store:
        data = store.picture(Filter, "mine", 1)
        assert store.picture(Filter, "soft", 2) is None
    file = Path("mine.png")
    file.write_bytes(data)
    pixels = np.asarray(Image.open(file).convert("L"))
    assert pixels.shape == (200, 320)
    assert np.mean(pixels == 200) > 0.2  # the gray of the panel
    browser.refresh()
    assert browser.rows.cell(names(browser).index("mine"), "picture").image is not None
    assert browser.rows.cell(names(browser).index("soft"), "picture").image is None


def test_a_picture_of_noise_still_fits_the_store():
    noise = np.random.default_rng(0).integers(0, 256, (160, 256, 3), dtype=np.uint8)
    assert len(encoded(Image.fromarray(noise))) <= MOST_BYTES


def test_without_a_store_the_browser_says_how_to_begin(user):
    window = user.open(Filter)
    window.browser.toggle()
    user.until(lambda: window.browser.table._edges)
    window.browser.table.draw()
    texts = [
        window.browser.table.canvas.itemcget(item, "text")
        for item in window.browser.table.canvas.find_all()
    ]
    assert any("Ctrl-S" in text for text in texts)
    for act in (window.browser.load, window.browser.delete, window.browser.asking.name):
        act()
        assert message(window) == "Select a set first"
    assert not window.sets.path.exists()


def test_damaged_sets_are_listed_and_told(user, browser):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(browser.window.sets.path)) as connection, connection:
        connection.execute("UPDATE set_version SET comment = 'x' WHERE comment <> ''")
        connection.execute("UPDATE mark SET token = x'00'")
    user.until(lambda: cell(browser, "soft", "difference").startswith("damaged"))
    browser.select(["soft"])
    browser.load()
    assert "damaged" in user.told()
    browser.compare()
    assert "'soft' is damaged" in message(user.window)
    assert not [
        child
        for child in user.window.root.winfo_children()
        if child.winfo_class() == "Toplevel" and "present values" in child.title()
    ]


def test_what_does_not_fit_of_a_compared_set_is_told(user, browser):
    with iv.ParameterStore(browser.window.sets.path) as store:
        store.save("Filter", "old", {"sigma": 3.0, "mode": "gone"})
    window = open_comparison(user.window, ["run 2", "old"])
    assert window is not None
    told = window.messages.messages["problems"].text
    assert "old does not fit" in told
    assert "not 'gone'" in told


def test_the_browser_draws_only_what_is_seen(user, tmp_path):
    with iv.ParameterStore(tmp_path / "many.ivisit") as store:
        for number in range(60):
            store.save(Filter, f"set {number}", {"sigma": 2.0 + number / 10})
    window = user.open(Filter, store=tmp_path / "many.ivisit")
    asked = []
    picture = window.browser.rows._picture
    window.browser.rows._picture = lambda stored: asked.append(stored.name) or picture(stored)
    window.browser.open()
    user.until(lambda: asked)
    window.browser.table.draw()
    assert len(set(asked)) < 20
    user.key(window.browser.table.canvas, "End")
    assert window.browser.table.active == 59
    user.until(lambda: "set 0" in asked)


def test_a_set_is_found_by_typing_and_loaded_with_real_mouse_and_keys(user, browser):
    window, hands = user.window, Hands(user)
    browser.hide()
    user.until(lambda: not browser.winfo_ismapped())
    # Without a window manager the focus follows the pointer.
    hands.point(window.root)
    window.root.focus_force()
    hands.press("ctrl+b")
    user.until(browser.filter.winfo_viewable)
    user.until(lambda: str(window.root.tk.call("focus")) == str(browser.filter))
    hands.type("sigma>2 grade<4")
    user.until(lambda: names(browser) == ["run 10"])
    hands.press("Return")
    user.until(lambda: window.sets.name == "run 10")
    user.until(lambda: user.control("sigma").number.entry.get() == "3")
    hands.press("Escape")
    user.until(lambda: len(names(browser)) == 4)
    row = names(browser).index("soft")
    left, _ = browser.table.span("name")
    height = browser.table.row_height
    hands.click(browser.table.canvas, left + 10, row * height + height // 2)
    user.until(lambda: [one.name for one in browser.selected()] == ["soft"])
    hands.press("Return")
    user.until(lambda: user.control("sigma").number.entry.get() == "9")
    assert user.value("mode") == "wrap"
