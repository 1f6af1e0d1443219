"""Files that IVISIT 0.72 wrote: read as parameter sets, never written."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import ivisit as iv
from ivisit.errors import StoreError
from ivisit.legacy.files.database import import_database
from ivisit.legacy.files.tables import TABLES, read_tables
from ivisit.legacy.tools.migrate import migrated
from ivisit.plugins.loading import load_file
from ivisit.store import ParameterStore

SAMPLES = {
    "all_widgets": (
        "s1_all_widgets",
        {
            "Frequency": 3,
            "Gain": 1.25,
            "Weight-1": 4,
            "Pattern": "rings",
            "Bits": "8",
            "Show": {"gray": True, "rgb": True, "text": True, "extra": False},
            "Colour map": "warm",
            "Caption": "Hello world",
        },
    ),
    "plot": (
        "s2_plot",
        {
            "Model-Par": {"Order N": 3, "sigma": 1.5},
            "Other-Par": {"a first": 2, "b": -0.25},
            "Action": "New",
        },
    ),
}


@pytest.fixture
def folder(tmp_path, scripts, monkeypatch):
    """A folder with copies of the samples, in which one works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)
    for name in SAMPLES:
        for ending in (".py", ".db"):
            shutil.copyfile(scripts / f"{name}{ending}", tmp_path / f"{name}{ending}")
    return tmp_path


@pytest.fixture
def store(tmp_path):
    with ParameterStore(tmp_path / "sets.ivisit") as opened:
        yield opened


def change(path: Path, *statements: str) -> None:
    """Write into an old file, as its user would have in 0.72."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("with_script", [True, False])
def test_the_simulations_of_a_file_become_parameter_sets(folder, store, name, with_script):
    set_name, values = SAMPLES[name]
    target = f"{name}.py" if with_script else None
    (imported,) = import_database(folder / f"{name}.db", store, target)
    stored = store.load(name, set_name)
    assert imported == stored == values
    assert (stored.comment, stored.grade) == ("", None)
    assert stored.layout["delay"] == 1
    assert stored.layout["old_pace"] == {"simsteps_per_frame": 1, "frames_per_step": 1}
    assert stored.layout["imported"]["file"] == f"{name}.db"


def test_the_places_of_all_widgets_are_kept(folder, store):
    (stored,) = import_database("plot.db", store, "plot.py")
    places = stored.layout["widgets"]
    assert {name: (place["x"], place["y"]) for name, place in places.items()} == {
        "Model-Par": (0, 0),
        "Other-Par": (0, 190),
        "Action": (0, 380),
        "Plot": (420, 0),
        "Drag me": (420, 200),
        "Clicked": (420, 400),
    }
    # An image of 60×40 pixels, three times enlarged, within a frame.
    assert places["Drag me"]["width"] in range(180, 220)
    assert places["Drag me"]["height"] in range(120, 180)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_byte_of_the_old_file_changes_and_nothing_is_made_beside_it(folder, store, name):
    file = folder / f"{name}.db"
    before = hashlib.sha256(file.read_bytes()).digest()
    import_database(file, store, f"{name}.py")
    assert hashlib.sha256(file.read_bytes()).digest() == before
    assert sorted(p.name for p in folder.glob(f"{name}.db*")) == [f"{name}.db"]


def test_a_file_that_may_only_be_read_is_read(folder, store):
    (folder / "plot.db").chmod(0o400)
    assert len(import_database("plot.db", store)) == 1


def test_a_second_import_changes_nothing_also_when_the_set_has_changed(folder, store):
    import_database("plot.db", store, "plot.py")
    store.save("plot", "s2_plot", {"Action": "Move"})
    assert import_database("plot.db", store, "plot.py") == []
    assert store.load("plot", "s2_plot") == {"Action": "Move"}
    store.delete("plot", "s2_plot")
    assert import_database("plot.db", store, "plot.py") == []


def test_a_set_of_the_users_own_with_the_same_name_is_not_written_over(folder, store):
    store.save("plot", "s2_plot", {"Action": "Move"})
    (imported,) = import_database("plot.db", store, "plot.py")
    assert (imported.name, imported["Action"]) == ("s2_plot (2)", "New")
    assert store.load("plot", "s2_plot") == {"Action": "Move"}
    assert len(store.history("plot", "s2_plot")) == 1


@pytest.mark.parametrize("layout", [None, {}], ids=["from the shell", "from the window"])
def test_a_changed_file_brings_its_sets_anew_beside_those_that_the_user_changed(
    folder, store, layout
):
    def imported(action):
        statement = "UPDATE parameterwidget SET value = '{}' WHERE name = 'Action'"
        change(folder / "plot.db", statement.format(action))
        return [(s.name, s["Action"]) for s in import_database("plot.db", store, "plot.py")]

    assert imported("New") == [("s2_plot", "New")]
    assert imported("Delete") == [("s2_plot", "Delete")]
    store.save("plot", "s2_plot", {"Action": "Move"}, layout=layout)
    assert imported("New") == [("s2_plot (2)", "New")]
    assert imported("Delete") == [("s2_plot (2)", "Delete")]
    assert store.load("plot", "s2_plot") == {"Action": "Move"}


def test_two_files_with_a_simulation_of_the_same_name_become_two_sets(folder, store):
    shutil.copyfile(folder / "plot.db", folder / "other.db")
    change(folder / "other.db", "UPDATE parameterwidget SET value = 'Move' WHERE name = 'Action'")
    import_database("plot.db", store, "plot.py")
    (other,) = import_database("other.db", store, "plot.py")
    assert other.name == "s2_plot (2)"
    assert store.load("plot", "s2_plot")["Action"] == "New"


def test_every_simulation_comes_with_comment_grade_delay_and_its_own_values(folder, store):
    change(
        folder / "plot.db",
        "INSERT INTO simulation VALUES (2, 's2_plot', 'my favourite', 'N.N.', 'N.N.', 5, 2, 40, 3)",
        "INSERT INTO parameterwidget SELECT key + 10, 2, key_parameter, name, comment, type, range,"
        " items, size, pos, value FROM parameterwidget",
        "UPDATE parameterwidget SET value = '[7, 2.5]' WHERE key = 10",
        "UPDATE parameterwidget SET value = 'Delete' WHERE key = 12",
    )
    first, second = import_database("plot.db", store, "plot.py")
    assert (first.name, second.name) == ("s2_plot", "s2_plot (2)")
    assert second["Model-Par"] == {"Order N": 7, "sigma": 2.5}
    assert second["Action"] == "Delete"
    assert (second.comment, second.grade, second.layout["delay"]) == ("my favourite", 3, 40)
    assert second.layout["old_pace"] == {"simsteps_per_frame": 5, "frames_per_step": 2}


def test_the_row_that_every_file_begins_with_is_no_set_unless_it_was_used(folder, store):
    change(folder / "plot.db", "UPDATE simulation SET comment = 'used' WHERE key = 0")
    assert [s.name for s in import_database("plot.db", store)] == ["N.N.", "s2_plot"]


def test_values_that_do_not_fit_are_brought_to_what_a_widget_can_show(folder, store, caplog):
    change(
        folder / "all_widgets.db",
        "UPDATE parameterwidget SET value = 'waves' WHERE name = 'Pattern'",
        "UPDATE parameterwidget SET value = '99' WHERE name = 'Frequency'",
        "UPDATE parameterwidget SET value = '01' WHERE name = 'Show'",
        "UPDATE parameterwidget SET value = 'hot' WHERE name = 'Colour map'",
    )
    (stored,) = import_database("all_widgets.db", store, "all_widgets.py")
    # A list has always shown any text; the others come to rest on what they can show.
    assert stored["Pattern"] == "waves"
    assert stored["Frequency"] == 20
    assert list(stored["Show"].values()) == [False, True, False, False]
    assert stored["Colour map"] == "warm"
    for told in (
        "99 lies outside 0 .. 20; 20 is used",
        "must be 4 digits 0 or 1, one a label, not '01'; '0100' is used",
        "must be one of [warm,cold,none], not 'hot'; the first is used",
    ):
        assert caplog.text.count(told) == 1
    assert "waves" not in caplog.text


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("all_widgets", "[0,20,5,1]", "[0,2,2,1]", "Frequency: 3 of the file does not fit"),
        ("all_widgets", "[warm,cold,none]", "[cold,none]", "Colour map: 'warm' of the file"),
        ("plot", "[0,10, 5,1]", "[0,2,2,1]", "Model-Par.N: 3 of the file does not fit"),
        # What is not on the slider keeps its number, as it always did.
        ("plot", "[0, 5, 5,0.1]", "[0, 1, 5,0.1]", ""),
    ],
)  # fmt: skip
def test_what_an_old_file_holds_for_directives_that_have_changed_since_is_told(
    folder, store, name, old, new, message
):
    path = folder / f"{name}.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = []
    import_database(folder / f"{name}.db", store, path, tell=told.append)
    assert [message in line for line in told] == [True] * bool(message)


def test_widgets_that_only_the_file_knows_are_declared(folder):
    change(
        folder / "plot.db",
        "INSERT INTO parameter VALUES (9, 'extra', 'N.N.', 'int', '[0,9]', 0)",
        "INSERT INTO parameterwidget VALUES (9, 1, 9, 'By hand', 'my help', 'slider',"
        " '[0,9,1,1]', '', '[200,1]', '[1,1]', '5')",
        "INSERT INTO commentwidget VALUES (5, 1, 'Title', 'Look here', 'textfield', 'Arial', 10,"
        " 'normal', 'black', 'gray', 1, '[2,2]')",
        "UPDATE parameterwidget SET comment = 'what to do' WHERE name = 'Action'",
    )
    cls = load_file(folder / "plot.py")
    assert list(cls.controls) == ["Model-Par", "Other-Par", "Action", "By hand"]
    assert (cls.controls["By hand"].default, cls.controls["By hand"].help) == (5, "my help")
    assert cls.controls["Action"].help == "what to do"
    assert cls.panels["Title"].text == "Look here"
    engine = iv.Engine(cls)
    engine.run(1)
    assert engine.simulation._script.simulation.parameters.extra == 5


def test_a_small_picture_has_room_for_its_heading_and_the_menu(folder, store):
    (stored,) = import_database("all_widgets.db", store, "all_widgets.py")
    # As wide as the panel of the window asks for, whose heading is as long.
    assert stored.layout["widgets"]["Unit image"]["width"] >= 140


def test_widgets_that_were_never_moved_apart_are_laid_out_anew(folder, store):
    change(
        folder / "plot.db",
        *(f"UPDATE {table} SET pos = '[0,0]'" for table in ("parameterwidget", "datawidget")),
    )
    (stored,) = import_database("plot.db", store, "plot.py")
    assert stored.layout["widgets"] == {}


def test_a_row_that_makes_no_sense_costs_only_itself(folder, store, caplog):
    change(
        folder / "all_widgets.db",
        "UPDATE parameterwidget SET type = 'dial' WHERE name = 'Gain'",
        "UPDATE parameterwidget SET pos = 'anywhere' WHERE name = 'Frequency'",
    )
    (stored,) = import_database("all_widgets.db", store)
    assert "Gain" not in stored
    assert stored["Frequency"] == 3
    assert "'Gain': a widget of type 'dial' is not known" in caplog.text


def test_text_values_keep_every_character(folder, store):
    change(
        folder / "all_widgets.db",
        "UPDATE parameterwidget SET value = 'it''s \"ä\" & #\n\nend ' WHERE name = 'Caption'",
    )
    (stored,) = import_database("all_widgets.db", store, "all_widgets.py")
    assert stored["Caption"] == 'it\'s "ä" & #\n\nend '


# Files that are none -----------------------------------------------------------------------------


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(StoreError, match="there is no such file"):
        read_tables(tmp_path / "nothing.db")


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(2000)])
def test_a_damaged_file_is_told(tmp_path, content):
    path = tmp_path / "bad.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"bad.db: is no file of IVISIT 0.7x"):
        read_tables(path)
    assert path.read_bytes() == content


def test_an_empty_file_and_a_file_of_another_program_are_told(tmp_path, folder):
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="the table 'simulation' is missing"):
        read_tables(tmp_path / "empty.db")
    change(folder / "plot.db", "ALTER TABLE parameterwidget DROP COLUMN pos")
    with pytest.raises(StoreError, match=r"parameterwidget.pos is missing"):
        read_tables(folder / "plot.db")


def test_a_file_cut_short_is_told(folder):
    data = (folder / "plot.db").read_bytes()
    (folder / "plot.db").write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match="damaged"):
        read_tables(folder / "plot.db")


def test_a_script_runs_also_when_its_file_is_damaged(folder, caplog):
    (folder / "plot.db").write_bytes(b"no database")
    assert iv.run("plot.py", steps=1).status == "finished"
    assert "plot.db: is no file of IVISIT 0.7x" in caplog.text


def test_all_tables_of_the_format_are_read():
    assert len(TABLES) == 6


def test_a_simulation_may_be_a_key_and_must_not_be_a_missing_script(folder, store):
    (stored,) = import_database("plot.db", store, "another key")
    assert stored.simulation == "another key"
    with pytest.raises(iv.PluginError):
        import_database("plot.db", store, "missing.py")


def test_the_sets_of_an_old_file_are_there_in_the_shell_without_a_window(tmp_path, capsys):
    from ivisit.cli import main

    for name in ("all_widgets.py", "all_widgets.db"):
        (tmp_path / name).write_bytes((Path(__file__).parent / "scripts" / name).read_bytes())
    before = (tmp_path / "all_widgets.db").read_bytes()
    assert main(["params", "list", "all_widgets.py"]) == 0
    assert "s1_all_widgets" in capsys.readouterr().out
    assert main(["run", "all_widgets.py", "--steps", "1", "--set", "s1_all_widgets"]) == 0
    assert "w=[1, 4, 3]" in capsys.readouterr().out
    assert (tmp_path / "all_widgets.db").read_bytes() == before


@pytest.mark.parametrize(
    "action",
    [
        ["show", "{}"],
        ["set", "{}", "-p", "Action=Move"],
        ["copy", "{}", "second"],
        ["rename", "{}", "second"],
        ["history", "{}"],
        ["diff", "{}", "{}"],
        ["delete", "{}"],
    ],
    ids=lambda action: action[0],
)
def test_every_action_of_the_shell_knows_the_sets_of_an_old_file_at_once(folder, action):
    from ivisit.cli import main

    name, *rest = [word.format("s2_plot") for word in action]
    assert main(["params", name, "plot.py", *rest]) == 0


MIGRATED = {
    "all_widgets": {
        "freq": 3,
        "gain": 1.25,
        "weights_1": 4,
        "pattern": "rings",
        "bits": "8",
        "str_show": {"gray": True, "rgb": True, "text": True, "extra": False},
        "cmap": "warm",
        "caption": "Hello world",
    },
    "plot": {"par": {"N": 3, "sigma": 1.5}, "par2": {"a": 2, "b": -0.25}, "action": "New"},
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_migrated_script_takes_the_sets_of_the_old_one(folder, store, name):
    new = folder / f"new_{name}.py"
    new.write_text(migrated(folder / f"{name}.py"), encoding="utf-8")
    target = load_file(new)
    (imported,) = import_database(folder / f"{name}.db", store, target)
    assert dict(imported) == MIGRATED[name]
    assert import_database(folder / f"{name}.db", store, target) == []


def test_a_new_simulation_is_told_what_it_does_not_take_of_an_old_file(folder, store, caplog):
    class Other(iv.Simulation):
        """Has one of the widgets, and another with a range that does not fit."""

        gain = iv.Slider(0.0, 0.0, 1.0, label="Gain")
        rate = iv.Slider(1, 0, 20, label="frequency")

    (imported,) = import_database(folder / "all_widgets.db", store, Other)
    assert dict(imported) == {"rate": 3}
    assert "Other has no 'Pattern'" in caplog.text
    assert "gain: must be between 0 and 1, not 1.25" in caplog.text
