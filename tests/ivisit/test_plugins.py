"""Finding and loading simulations."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ivisit as iv
from ivisit.plugins import finding, origins

ONE = """
import ivisit as iv

class One(iv.Simulation):
    '''The only one.

    More text.
    '''
    x = iv.Slider(1.0, 0.0, 2.0)
"""

TWO = (
    ONE
    + """
class Base(One):
    '''Derived.'''
"""
)


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


def test_a_class_and_an_instance_stand_for_themselves():
    class Mine(iv.Simulation):
        pass

    instance = Mine()
    assert iv.get_simulation(Mine) is Mine
    assert iv.get_simulation(instance) is instance


def test_a_file_with_one_simulation_needs_no_name(write):
    found = iv.get_simulation(write("one.py", ONE))
    assert found.__name__ == "One"
    assert found.__module__.startswith("_ivisit_one_")
    assert origins.source_file(type("Sub", (found,), {"step": lambda self: None})) is not None


def test_several_simulations_are_listed_and_one_is_named(write):
    path = write("two.py", TWO)
    with pytest.raises(iv.PluginError, match=r"name one of .*two.py:One, .*two.py:Base"):
        iv.get_simulation(path)
    assert iv.get_simulation(f"{path}:Base").__name__ == "Base"
    with pytest.raises(iv.PluginError, match="has no simulation called 'Bse'"):
        iv.get_simulation(f"{path}:Bse")


def test_what_a_file_launches_decides_and_no_window_opens(write):
    path = write("launch.py", TWO + "\niv.launch(Base)\nafter = Base.marker = 1\n")
    found = iv.get_simulation(path)
    assert found.__name__ == "Base"
    assert found.marker == 1  # the code after the launch went on


def test_a_launched_instance_keeps_its_values(write):
    path = write("launch.py", ONE + "\none = One()\none.x = 1.5\niv.launch(one)\n")
    assert iv.get_simulation(path).x == 1.5


def test_a_file_runs_as_main_with_its_own_arguments_and_folder(write):
    write("helper_of_mine.py", "VALUE = 7\n")
    path = write(
        "script.py",
        "import sys\nimport helper_of_mine\n" + ONE + "\n"
        "One.seen = (__name__, sys.argv, helper_of_mine.VALUE, __file__)\nsys.exit(3)\n",
    )
    former = sys.argv, sys.modules["__main__"]
    found = iv.get_simulation(path)
    assert found.seen == ("__main__", [str(path)], 7, str(path))
    assert (sys.argv, sys.modules["__main__"]) == former


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 +\n", "is not valid Python"),
        ("\n\nraise ValueError('broken')\n", r"cannot be loaded: ValueError: broken .*line 3"),
        ("x = 1\n", "has no class derived from ivisit.Simulation"),
        ("import ivisit as iv\nclass S(iv.Simulation):\n    x = iv.Slider(5, 0, 1)\n",
         r"S.x: its default must be between 0 and 1, not 5"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(write, text, message):
    with pytest.raises(iv.PluginError, match=message):
        iv.get_simulation(write("bad.py", text))


@pytest.mark.parametrize("wrong", ["missing.py", "no-such-plugin", 3, iv.Slider])
def test_what_is_no_simulation_is_named(wrong):
    with pytest.raises(iv.PluginError):
        iv.get_simulation(wrong)


def test_a_mistyped_plugin_gets_a_hint():
    with pytest.raises(iv.PluginError, match="Did you mean 'dopamine-xor'"):
        iv.get_simulation("dopamin-xor")


def test_folders_are_read_and_not_run(write, monkeypatch, tmp_path):
    write("plugins/good.py", ONE + "\nraise SystemError('was run')\n")
    write("plugins/two.py", TWO)
    write("plugins/broken.py", "def (")
    write("plugins/other.py", "x = 1")
    write("plugins/old.py", "#@IVISIT:SIMULATION & demo\n")
    monkeypatch.setenv("IVISIT_PATH", str(tmp_path / "plugins"))
    rows = {row.name: row for row in iv.list_simulations()}
    assert rows["good"].summary == "The only one."
    assert rows["two:One"].error == ""
    assert rows["two:Base"].summary == "Derived."
    assert "cannot be read" in rows["broken"].error
    assert rows["old"].summary == "A script for IVISIT 0.7x."
    assert "other" not in rows
    assert iv.get_simulation("two:Base").__name__ == "Base"


def test_a_folder_called_apps_is_found(write):
    write("apps/mine.py", ONE)
    assert "mine" in [row.name for row in iv.list_simulations()]
    assert iv.get_simulation("mine").__name__ == "One"


def test_a_plugin_that_cannot_be_imported_is_a_row_with_its_error(tmp_path):
    package = tmp_path / "broken_plugin-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-plugin\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        "[ivisit.simulations]\nbroken = broken_plugin:Missing\nnumber = math:pi\n"
    )
    (tmp_path / "broken_plugin.py").write_text("raise RuntimeError('no luck')\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import ivisit as iv\n"
        "for row in iv.list_simulations(): print(row.name, '|', row.error)"
    )
    lines = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert any(line.startswith("broken |") and "no luck" in line for line in lines)
    assert any(line.startswith("number |") and "is not a class" in line for line in lines)
    assert "dopamine-xor | " in lines


def test_installed_plugins_are_known_by_their_class():
    for row in iv.list_simulations():
        if row.origin == "ivisit-lab":
            assert row.error == ""
            assert row.summary
            assert finding.plugin_name(iv.get_simulation(row.name)) == row.name


def test_the_source_file_of_a_simulation_is_known(write):
    path = write("one.py", ONE + "\n    def step(self):\n        pass\n")
    assert origins.source_file(iv.get_simulation(path)) == Path(path).resolve()
    assert origins.source_file(iv.Simulation) == Path(iv.simulation.__file__)


# Bad neighbours -------------------------------------------------------------------------------


def install(folder, name, entries, **modules):
    """Make `folder` look as if a distribution was installed there."""
    package = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[ivisit.simulations]\n" + "\n".join(entries) + "\n")
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("class Odd(BaseException): pass\nraise Odd('x')", "Odd: x"),
        ("raise MemoryError", "MemoryError"),
        ("def f(): f()\nf()", "RecursionError"),
        ("x = " + "(" * 5000, "SyntaxError|MemoryError"),
    ],
)
def test_a_plugin_that_breaks_anyhow_is_a_row_with_its_error(
    tmp_path, monkeypatch, request, text, message
):
    module = f"breaking_plugin_{abs(hash(text))}"
    install(tmp_path, "bad-neighbour", [f"bad = {module}:S"], **{module: text})
    monkeypatch.syspath_prepend(str(tmp_path))
    rows = {row.name: row for row in iv.list_simulations()}
    assert re.search(message, rows["bad"].error)
    assert rows["dopamine-xor"].error == ""


@pytest.mark.parametrize(
    "content",
    [
        b"x = " + b"-" * 500_000 + b"1",
        b"x = " + b"(" * 100_000,
        b"x = " + b"[" * 199 + b"]" * 199 + b"\nimport (",
        b"\0",
        b"# coding: no-such-coding\n",
        b"x = '\xff'",
        b"a." * 100_000 + b"b",
    ],
)
def test_a_file_that_cannot_be_parsed_is_a_row_with_its_error(tmp_path, monkeypatch, content):
    monkeypatch.setenv("IVISIT_PATH", str(tmp_path))
    (tmp_path / "bad.py").write_bytes(content)
    (tmp_path / "good.py").write_text(ONE)
    rows = {row.name: row for row in iv.list_simulations()}
    assert re.search("cannot be read: .*[^: ]$", rows["bad"].error)
    assert rows["good"].error == ""
    with pytest.raises(iv.PluginError, match="bad.py: .*[^: ]$"):
        iv.get_simulation(str(tmp_path / "bad.py"))


def test_a_file_that_declares_its_encoding_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("IVISIT_PATH", str(tmp_path))
    text = "# coding: latin-1\n" + ONE.replace("The only one", "Größe")
    (tmp_path / "umlaut.py").write_bytes(text.encode("latin-1"))
    rows = {row.name: row for row in iv.list_simulations()}
    assert (rows["umlaut"].summary, rows["umlaut"].error) == ("Größe.", "")


def test_two_plugins_of_one_name_say_so_and_are_run_by_their_full_names(
    tmp_path, monkeypatch, write
):
    for name in ("first", "second"):
        install(tmp_path / name, name, [f"twin = {name}_twin:One"], **{f"{name}_twin": ONE})
        monkeypatch.syspath_prepend(str(tmp_path / name))
    rows = [row for row in iv.list_simulations() if row.name == "twin"]
    assert [row.origin for row in rows] == ["first", "second"]
    assert all("first_twin:One and second_twin:One" in row.error for row in rows)
    with pytest.raises(iv.PluginError, match=r"run first_twin:One or second_twin:One"):
        iv.get_simulation("twin")
    assert iv.get_simulation("second_twin:One").__module__ == "second_twin"


def test_files_and_plugins_of_one_name_say_so(tmp_path, monkeypatch, write):
    a, b = write("a/one.py", ONE), write("b/one.py", ONE)
    xor = write("a/dopamine-xor.py", ONE)
    monkeypatch.setenv("IVISIT_PATH", f"{a.parent}{os.pathsep}{b.parent}")
    rows = [row for row in iv.list_simulations() if "several have this name" in row.error]
    assert sorted(row.name for row in rows) == ["dopamine-xor", "dopamine-xor", "one", "one"]
    for name, names in {"one": (a, b), "dopamine-xor": (xor, "dopamine_wp.simulations:")}.items():
        with pytest.raises(iv.PluginError) as refused:
            iv.get_simulation(name)
        assert all(str(each) in str(refused.value) for each in names)
    with pytest.raises(iv.PluginError, match=f"run {a}:One or {b}:One"):
        iv.get_simulation("one:One")
    assert iv.get_simulation(f"{b}:One").__name__ == "One"


def test_an_abstract_class_is_no_row(write, monkeypatch, tmp_path):
    text = (
        "import abc, ivisit as iv\nclass Base(iv.Simulation):\n    '''Abstract.'''\n"
        "    @abc.abstractmethod\n    def rule(self): ...\n"
        "class Middle(Base):\n    '''Abstract too.'''\n"
        "class Real(Middle):\n    '''Real.'''\n    def rule(self): ...\n"
    )
    write("sims/rules.py", text)
    monkeypatch.setenv("IVISIT_PATH", str(tmp_path / "sims"))
    rows = [row for row in iv.list_simulations() if row.name.startswith("rules")]
    assert [(row.name, row.summary) for row in rows] == [("rules", "Real.")]
    assert iv.get_simulation("rules").__name__ == "Real"


def test_plugins_that_are_installed_meanwhile_are_found(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "late" not in [row.name for row in iv.list_simulations()]
    install(tmp_path, "late-plugin", ["late = late_plugin:One"], late_plugin=ONE)
    assert iv.get_simulation("late").__name__ == "One"
