"""A window that opens on an old script and its old file: pace, values, fonts, first picture."""

from __future__ import annotations

import logging
import shutil
import sqlite3

import pytest

import ivisit as iv
from ivisit.cli import main
from ivisit.legacy.files.tables import is_old_file, read_tables
from ivisit.plugins.loading import load_file
from ivisit.store import ParameterStore

SLIDER = """
SIMULATION & s
SLIDER & A & [200,1] & [0,{maximum},5,1] & a & -1 & int & 3
"""


@pytest.fixture
def old_file(scripts, tmp_path):
    """A function that gives a copy of a sample's old file, with some SQL done to it."""

    def old_file(name="old.db", *statements):
        path = tmp_path / name
        shutil.copyfile(scripts / "all_widgets.db", path)
        with sqlite3.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return path

    return old_file


def message(window):
    """Return the message in the status line."""
    return window.status.labels["message"].cget("text")


# Pace -------------------------------------------------------------------------------------------


@pytest.mark.window
def test_the_steps_of_a_cycle_and_its_delay_are_those_of_the_old_file(load, user, old_file):
    script = load("SIMULATION & s\nSLIDER & Frequency & [200,1] & [0,20,5,1] & freq & -1 & int & 9")
    old_file(
        "old.db",
        "UPDATE simulation SET simsteps_per_frame = 2, frames_per_step = 2, delay_per_step = 50",
    )
    window = user.open(load_file(script.path))
    worker = window.session.worker
    assert (worker.steps_per_delay, worker.delay, worker.steps_per_frame) == (4, 0.05, None)
    window.step()
    user.until(lambda: window.steps == 4)
    window.sets.save()
    assert window.sets.history()[0].layout["steps_per_delay"] == 4


# Values that no longer fit ----------------------------------------------------------------------


def test_a_stored_value_outside_the_range_comes_inside_and_is_told(load, caplog):
    script = load(SLIDER.format(maximum=10))
    with ParameterStore("old.ivisit") as store:
        store.save(script.simulation_class, "best", {"A": 9})
    narrower = script.path.read_text(encoding="utf-8").replace("[0,10,5,1]", "[0,5,5,1]")
    script.path.write_text(narrower, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        result = iv.run(script.path, steps=1, parameter_set="best")
    assert result.parameters == {"A": 5}
    assert "old.A: must be between 0 and 5, not 9; 5 is used" in caplog.text
    with ParameterStore("old.ivisit") as store:
        assert store.load("old", "best") == {"A": 9}


@pytest.mark.window
def test_the_window_says_which_value_came_inside(load, user):
    script = load(SLIDER.format(maximum=10))
    with ParameterStore("old.ivisit") as store:
        store.save(script.simulation_class, "best", {"A": 9})
    narrower = script.path.read_text(encoding="utf-8").replace("[0,10,5,1]", "[0,5,5,1]")
    script.path.write_text(narrower, encoding="utf-8")
    user.open(load_file(script.path))
    assert user.value("A") == 5
    user.until(lambda: "not 9; 5 is used" in message(user.window))


def test_a_value_of_an_old_file_outside_the_scripts_range_comes_inside(write, old_file):
    path = write(
        SLIDER.format(maximum=5).replace("& A &", "& Frequency &").replace("& a &", "& freq &")
    )
    old_file("old.db", "UPDATE parameterwidget SET value = '9' WHERE name = 'Frequency'")
    assert iv.run(path, steps=1, parameter_set="s1_all_widgets").parameters["Frequency"] == 5


@pytest.mark.window
def test_a_set_of_which_no_value_fits_is_opened_with_its_places_and_told(load, user):
    script = load("SIMULATION & s\nIMAGE & I & 1 & [0,255] & im & int", data="im = [[1]]")
    with ParameterStore("old.ivisit") as store:
        layout = {"widgets": {"I": {"x": 70, "y": 80}}, "delay": 30}
        store.save(script.simulation_class, "places", {}, layout=layout)
    window = user.open(load_file(script.path))
    assert window.sets.name == "places"
    assert window.layout.positions()["I"]["x"] == 70
    assert window.session.worker.delay == 0.03


@pytest.mark.window
def test_values_for_which_there_is_no_widget_any_more_are_told(load, user):
    script = load("SIMULATION & s\nIMAGE & I & 1 & [0,255] & im & int", data="im = [[1]]")
    with ParameterStore("old.ivisit") as store:
        store.save("old", "former", {"Gone": 3})
    window = user.open(load_file(script.path))
    assert window.sets.name == "former"
    user.until(lambda: "'Gone'" in message(window))


# Files of any name ------------------------------------------------------------------------------


def test_an_old_file_is_recognised_by_its_content(old_file, tmp_path):
    assert is_old_file(old_file("a.dat"))
    (tmp_path / "text.db").write_text("no database", encoding="utf-8")
    assert not is_old_file(tmp_path / "text.db")
    assert not is_old_file(tmp_path / "missing.dat")
    with ParameterStore(tmp_path / "new.ivisit") as store:
        store.save("x", "y", {})
    assert not is_old_file(tmp_path / "new.ivisit")


def test_an_old_file_of_any_name_is_imported(old_file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = old_file("a.dat").read_bytes()
    assert main(["params", "import", "a.dat", "--db", "n.ivisit"]) == 0
    assert "s1_all_widgets" in capsys.readouterr().err
    assert (tmp_path / "a.dat").read_bytes() == before


# Fonts and explanations -------------------------------------------------------------------------

COMMENT = (
    "INSERT INTO commentwidget (key, key_simulation, name, comment, fontname, fontsize, fontstyle, "
    "fontcolor, flagDisplayName, pos) VALUES (7, 1, 'Note', 'Look here', 'Courier', 18, "
    "'bold italic', 'red', 1, '[10, 20]')"
)


def test_font_and_color_of_a_comment_are_imported(write, old_file):
    path = write("SIMULATION & s1_all_widgets\nTEXT_OUT & T & [9,1] & None & t", data="t = 1")
    old_file("old.db", COMMENT)
    comment = load_file(path).panels["Note"]
    assert (comment.text, comment.font, comment.size) == ("Look here", "Courier", 18)
    assert (comment.style, comment.color) == ("bold italic", "red")


@pytest.mark.window
def test_a_comment_is_shown_in_its_font_and_color(write, user, old_file):
    path = write("SIMULATION & s1_all_widgets\nTEXT_OUT & T & [9,1] & None & t", data="t = 1")
    old_file("old.db", COMMENT)
    user.open(load_file(path))
    label = user.panel("Note").text
    assert str(label.cget("foreground")) == "red"
    font = user.panel("Note")._font.actual()
    assert (font["size"], font["weight"], font["slant"]) == (18, "bold", "italic")


def test_a_comment_that_nobody_has_dressed_looks_like_the_window(write, old_file):
    path = write("SIMULATION & s1_all_widgets\nTEXT_OUT & T & [9,1] & None & t", data="t = 1")
    old_file("old.db", "UPDATE commentwidget SET comment = 'plain'")
    comment = next(p for p in load_file(path).panels.values() if isinstance(p, iv.Comment))
    assert comment.text == "plain"
    assert (comment.font, comment.size, comment.style, comment.color) == ("", 0, "", "")


def test_explanations_of_all_simulations_of_a_file_are_imported(write, old_file):
    path = write(
        "SIMULATION & s1_all_widgets\n"
        "SLIDER & Frequency & [200,1] & [0,20,5,1] & freq & -1 & int & 9"
    )
    file = old_file(
        "old.db",
        "UPDATE parameterwidget SET comment = 'How fast' WHERE name = 'Frequency'",
        "INSERT INTO simulation (key, name) VALUES (2, 'another')",
        "INSERT INTO parameterwidget (key, key_simulation, key_parameter, name, type, range, value)"
        " VALUES (90, 2, 0, 'Frequency', 'slider', '[0, 20, 5, 1]', '4')",
    )
    assert [one.name for one in read_tables(file)][-1] == "another"
    assert load_file(path).controls["Frequency"].help == "How fast"


# The first picture ------------------------------------------------------------------------------


@pytest.mark.window
@pytest.mark.parametrize(
    "directives",
    ["SIMULATION & s", "SIMULATION & s\nIMAGE & I & 1 & [0,255] & missing & int"],
)
def test_no_step_is_computed_when_the_window_opens(load, user, directives):
    script = load(directives, methods="def step(self): calls.append(1)")
    window = user.open(load_file(script.path))
    made = len(window.engine.simulation._script.simulation.step.__globals__["calls"])
    window.session.show_something()
    user.until(lambda: window.session.worker.settled)
    assert made == len(window.engine.simulation._script.simulation.step.__globals__["calls"]) == 1
    assert window.engine.steps == 0


@pytest.mark.window
def test_errors_of_steps_and_callbacks_appear_on_the_terminal(load, user, caplog):
    script = load(
        "SIMULATION & s\nTEXT_OUT & T & [9,1] & None & t",
        data="t = 1",
        methods="def step(self):\n    if self.parent: raise KeyError('in step')",
    )
    window = user.open(load_file(script.path))
    window.step()
    user.until(lambda: "KeyError: 'in step'" in caplog.text)

    def call():
        raise KeyError("in a callback")

    window.engine.post(call)
    user.until(lambda: "KeyError: 'in a callback'" in caplog.text)


# Sets of old files without a window -------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        ["compare", "all_widgets.py", "defaults", "s1_all_widgets", "--steps", "1"],
        ["sweep", "all_widgets.py", "-p", "Gain=1,2", "--set", "s1_all_widgets", "--steps", "1",
         "--workers", "0"],
    ],
)  # fmt: skip
def test_sets_of_an_old_file_are_compared_and_swept(scripts, tmp_path, monkeypatch, request_):
    for name in ("all_widgets.py", "all_widgets.db"):
        shutil.copyfile(scripts / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert main(request_) == 0
