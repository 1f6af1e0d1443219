"""Parameter sets in the window: saving, finding again, modified, undo."""

from __future__ import annotations

import sqlite3

import pytest

import ivisit as iv
from ivisit.runs.single import replay

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """A simulation with some values."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)
    mode = iv.OptionList("reflect", ["reflect", "nearest"])
    go = iv.Button()


def entry(user, name="sigma"):
    return user.control(name).number.entry


def message(window):
    return window.status.labels["message"].cget("text")


def title(window):
    return window.status.labels["set"].cget("text")


def dialogs(window):
    return [w for w in window.root.winfo_children() if w.winfo_class() == "Toplevel"]


def save_as(user, name, comment="", grade=""):
    form = user.window.sets.ask_name()
    for field, text in (("Name", name), ("Comment", comment), ("Grade", grade)):
        form.entries[field].delete(0, "end")
        form.entries[field].insert(0, text)
    form.accept()
    return form


def test_a_saved_set_is_found_when_the_window_is_opened_again(user, tmp_path):
    window = user.open(Filter, store=tmp_path / "my.ivisit")
    assert not (tmp_path / "my.ivisit").exists()
    user.type(entry(user), "7.5")
    user.choose(user.control("mode").box, 1)
    save_as(user, "soft", comment="for portraits", grade="4")
    window.quit()
    assert not window.alive

    window = user.open(Filter, store=tmp_path / "my.ivisit")
    assert user.value("sigma") == 2.0
    window.toolbar.list_sets()
    assert window.toolbar.sets.cget("values") == ("soft",)
    user.choose(window.toolbar.sets, 0)
    assert user.value("sigma") == 7.5
    assert user.value("mode") == "nearest"
    assert entry(user).get() == "7.5"
    assert title(window) == "soft v1"
    assert "for portraits" in window.sets.description()
    assert "Grade 4" in window.sets.description()


def test_a_window_can_begin_with_a_set_and_values_that_take_precedence(user, tmp_path):
    with iv.ParameterStore(tmp_path / "my.ivisit") as store:
        layout = {"steps_per_frame": 5, "delay": 20, "geometry": "900x600+10+10"}
        store.save(Filter, "soft", {"sigma": 8.0, "mode": "nearest"}, layout=layout)
    window = user.open(
        Filter, store=tmp_path / "my.ivisit", parameter_set="soft", parameters={"sigma": 3.0}
    )
    assert user.value("sigma") == 3.0
    assert user.value("mode") == "nearest"
    assert title(window) == "soft v1, 1 changed: sigma"
    assert window.session.worker.steps_per_frame == 5
    assert window.session.worker.delay == 0.02
    assert window.menu.frame_choices.marked == 5
    assert window.toolbar.speed_label.cget("text") == "50/s"
    assert window.root.winfo_width() == 900


def test_a_set_that_is_not_there_or_a_wrong_value_is_told_before_the_window_opens(user, tmp_path):
    with pytest.raises(iv.StoreError, match="no such"):
        user.open(Filter, store=tmp_path / "my.ivisit", parameter_set="soft")
    with pytest.raises(iv.ParameterError, match="between"):
        user.open(Filter, parameters={"sigma": 99.0})
    with pytest.raises(iv.ParameterError, match="Did you mean 'sigma'"):
        user.open(Filter, parameters={"sigme": 1.0})


def test_the_store_lies_in_the_working_directory_or_where_ivisit_db_says(
    user, tmp_path, monkeypatch
):
    window = user.open(Filter)
    assert window.sets.path.parent == tmp_path
    assert window.sets.path.suffix == ".ivisit"
    monkeypatch.setenv("IVISIT_DB", str(tmp_path / "other.db"))
    assert user.open(Filter).sets.path == tmp_path / "other.db"


def test_the_modified_mark_comes_and_goes(user):
    window = user.open(Filter)
    assert title(window) == "No parameter set"
    user.type(entry(user), "3")
    assert title(window) == "No parameter set, 1 changed: sigma"
    user.type(entry(user), "2")
    assert title(window) == "No parameter set"
    save_as(user, "a")
    assert title(window) == "a v1"
    user.click(user.control("go").button)
    assert title(window) == "a v1"


def test_saving_keeps_the_former_version_which_can_be_loaded(user):
    window = user.open(Filter)
    user.type(entry(user), "3")
    save_as(user, "a", comment="first")
    user.type(entry(user), "4")
    user.key(window.root, "Control-s")
    assert title(window) == "a v2"
    versions = window.sets.history()
    assert [(v.version, v["sigma"], v.comment) for v in versions] == [
        (2, 4.0, "first"),
        (1, 3.0, "first"),
    ]
    window.sets.load("a", 1)
    assert user.value("sigma") == 3.0
    assert title(window) == "a v1 (former; the current one is v2)"
    user.until(lambda: window.toolbar.sets.get() == "a v1")


def test_a_form_with_mistakes_stays_open_and_says_why(user):
    window = user.open(Filter)
    form = save_as(user, " ")
    assert "needs a name" in form.problem.cget("text")
    form.entries["Name"].insert(0, "a")
    form.entries["Grade"].insert(0, "good")
    form.accept()
    assert "number" in form.problem.cget("text")
    user.key(form.entries["Name"], "Escape")
    assert not dialogs(window)
    assert window.sets.names() == []


def test_undo_and_redo_follow_values_loading_new_and_deleting(user):
    window = user.open(Filter)
    user.type(entry(user), "3")
    save_as(user, "a")
    user.type(entry(user), "5")
    window.sets.load("a")
    window.sets.new()
    assert (user.value("sigma"), title(window)) == (2.0, "No parameter set")
    expected = [
        (3.0, "a v1"),
        (5.0, "a v1, 1 changed: sigma"),
        (3.0, "a v1"),
        (2.0, "a v1, 1 changed: sigma"),
    ]
    for state in expected:
        user.key(window.root, "Control-z")
        assert (user.value("sigma"), title(window)) == state
    user.key(window.root, "Control-z")
    assert message(window) == "There is nothing to undo"
    for state in [*expected[2::-1], (2.0, "No parameter set")]:
        user.key(window.root, "Control-y")
        assert (user.value("sigma"), title(window)) == state


def test_a_deleted_set_comes_back_by_undo(user):
    window = user.open(Filter)
    save_as(user, "a")
    window.sets.delete()
    assert window.sets.names() == []
    assert title(window) == "No parameter set"
    window.values.undo()
    assert window.sets.names() == ["a"]
    assert title(window) == "a v1"


def test_a_drag_is_undone_as_one_change(user):
    window = user.open(Filter)
    scale = user.control("sigma").number.scale
    user.drag(scale, [0.3, 0.5, 0.7, 0.9])
    end = user.value("sigma")
    user.key(window.root, "Control-z")
    assert user.value("sigma") == 2.0
    user.key(window.root, "Control-y")
    assert user.value("sigma") == end
    assert entry(user).get() == f"{end:g}"


def test_quitting_asks_only_when_something_is_unsaved(user):
    window = user.open(Filter)
    user.type(entry(user), "3")
    window.quit()
    assert window.alive
    (question,) = dialogs(window)
    question.buttons["Cancel"].invoke()
    assert window.alive
    window.quit()
    (question,) = dialogs(window)
    question.buttons["Save"].invoke()
    (form,) = dialogs(window)
    form.entries["Name"].insert(0, "kept")
    form.accept()
    assert not window.alive
    window = user.open(Filter)
    assert window.sets.names() == ["kept"]
    user.type(entry(user), "4", key="")
    window.quit()
    (question,) = dialogs(window)
    question.buttons["Discard"].invoke()
    assert not window.alive


def test_a_set_of_an_older_declaration_is_loaded_as_far_as_it_fits(user, tmp_path):
    with iv.ParameterStore(tmp_path / "my.ivisit") as store:
        store.save("Filter", "old", {"sigma": 500.0, "mode": "nearest", "gone": 1})
    window = user.open(Filter, store=tmp_path / "my.ivisit")
    window.sets.load("old")
    assert (user.value("sigma"), user.value("mode")) == (2.0, "nearest")
    assert "not everything fits any more" in user.told()
    assert "gone" in user.told()


def test_a_store_that_cannot_be_used_costs_a_message_only(user, tmp_path):
    broken = tmp_path / "broken.ivisit"
    broken.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    foreign = tmp_path / "foreign.ivisit"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE other (x)")
    for path in (broken, foreign, tmp_path):
        before = path.read_bytes() if path.is_file() else None
        window = user.open(Filter, store=path)
        assert window.sets.names() == []
        assert str(path.name) in user.told()
        problem = window.sets.save_under("a")
        assert str(path.name) in problem
        window.close()
        assert before is None or path.read_bytes() == before


def test_a_missing_set_costs_a_message_only(user):
    window = user.open(Filter)
    save_as(user, "a")
    window.sets.load("b")
    assert "'b'" in user.told()
    assert title(window) == "a v1"


class Walk(iv.Simulation):
    """A random walk."""

    size = iv.Slider(1.0, 0.0, 9.0)
    position = iv.Trace()

    def init(self):
        self.position = 0.0

    def step(self):
        self.position += self.size * self.rng.standard_normal()


def test_a_run_that_was_steered_by_hand_is_saved_and_can_be_replayed(user, tmp_path):
    window = user.open(Walk, seed=3)
    window.toggle_run()
    user.until(lambda: window.steps > 20)
    user.type(entry(user, "size"), "5")
    user.until(lambda: window.engine.changes)
    window.toggle_run()
    user.until(lambda: not window.session.worker.running)
    window.sessions.save(str(tmp_path / "run.npz"))
    user.until(lambda: message(window).startswith("Saved"))
    result = iv.RunResult.load(tmp_path / "run.npz")
    assert result.seed == 3
    assert [change.value for change in result.changes] == [5.0]
    again = replay(Walk, result)
    assert list(again.traces["position"]) == list(result.traces["position"])


def test_traces_are_saved_as_a_table_and_a_bad_path_costs_a_message(user, tmp_path):
    window = user.open(Walk)
    window.step()
    window.sessions.save(str(tmp_path / "run.csv"))
    user.until(lambda: message(window).startswith("Saved"))
    assert "position" in (tmp_path / "run.csv").read_text()
    window.sessions.save(str(tmp_path / "nowhere" / "run.npz"))
    user.until(lambda: "cannot be written" in user.told())
    assert user.told().count("run.npz") == 1
