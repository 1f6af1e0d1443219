"""Handing a run to somebody else."""

import contextlib
import io
import json
import os
import pty
import shutil
import subprocess
import sys
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ivisit as iv
from ivisit.cli import main
from ivisit.runs import packing, provenance

PROGRAM = """
import helper
import ivisit as iv

class S(iv.Simulation):
    value = iv.Trace()

    def step(self):
        from package import lazy
        self.value = helper.VALUE + lazy.VALUE
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a program, in which commands are called."""
    folder = tmp_path / "here"
    (folder / "package").mkdir(parents=True)
    (folder / "helper.py").write_text("VALUE = 1\n")
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "lazy.py").write_text("VALUE = 2\n")
    (folder / "sim.py").write_text(PROGRAM)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr(packing.tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    yield folder
    packing.tempfile.tempdir = None


@pytest.fixture
def result(here):
    return iv.run("sim.py", steps=3)


@pytest.fixture
def away(tmp_path, monkeypatch):
    """Return a function that goes to another folder, after which the program is gone."""

    def go(*files):
        folder = tmp_path / "away"
        folder.mkdir(exist_ok=True)
        for file in files:
            shutil.copy(file, folder)
        shutil.rmtree(tmp_path / "here")
        monkeypatch.chdir(folder)
        monkeypatch.setattr(provenance, "_contents", {})
        return folder

    return go


def test_a_packed_run_is_repeated_where_nothing_else_of_it_is(result, away, capsys):
    result.pack("r")
    away("r.zip")
    assert main(["replay", "r.zip", "--yes"]) == 0
    err = capsys.readouterr().err
    assert "equals the saved run" in err
    assert "not as recorded" not in err
    with zipfile.ZipFile("r.zip") as packed:
        assert sorted(packed.namelist()) == [
            "README.txt", "manifest.json", "result.npz", "source/helper.py",
            "source/package/__init__.py", "source/package/lazy.py", "source/sim.py",
        ]  # fmt: skip
        readme = packed.read("README.txt").decode()
        assert "ivisit replay r.zip" in readme
        assert "numpy" in readme


def test_the_command_packs_what_a_file_says(result, away, capsys):
    result.save("r.npz")
    assert main(["pack", "r.npz"]) == 0
    assert "wrote r.zip" in capsys.readouterr().err
    away("r.zip")
    assert main(["replay", "r.zip", "--yes"]) == 0


def test_code_that_was_edited_since_is_still_packed_by_the_process_that_ran_it(result, away):
    with open("helper.py", "a") as file:
        file.write("VALUE = 100\n")
    result.pack("r.zip")
    away("r.zip")
    assert main(["replay", "r.zip", "--yes"]) == 0


def test_code_that_is_lost_is_named_and_nothing_is_written(result, here, monkeypatch, capsys):
    result.save("r.npz")
    monkeypatch.setattr(provenance, "_contents", {})
    (here / "helper.py").write_text("VALUE = 100\n")
    (here / "package" / "lazy.py").unlink()
    assert main(["pack", "r.npz"]) == 2
    err = capsys.readouterr().err
    assert "helper.py" in err
    assert "lazy.py" in err
    assert "sim.py" not in err
    assert not (here / "r.zip").exists()


def test_code_that_git_has_is_packed(here, monkeypatch, away):
    for arguments in (["init"], ["add", "."], ["commit", "-m", "first"]):
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments],
            check=True, capture_output=True,
        )  # fmt: skip
    iv.run("sim.py", steps=1).save("r.npz")
    monkeypatch.setattr(provenance, "_contents", {})
    (here / "helper.py").write_text("VALUE = 100\n")
    assert main(["pack", "r.npz", "--out", "other.zip"]) == 0
    away("other.zip")
    assert main(["replay", "other.zip", "--yes"]) == 0


def test_a_helper_from_elsewhere_is_packed_beside_the_file(tmp_path, here, away):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "far_helper.py").write_text("VALUE = 5\n")
    text = f"import sys\nsys.path.append({str(tmp_path / 'far')!r})\nimport far_helper\n" + PROGRAM
    (here / "sim.py").write_text(text.replace("helper.VALUE +", "far_helper.VALUE +"))
    iv.run("sim.py", steps=1).pack("r.zip")
    (tmp_path / "far" / "far_helper.py").unlink()
    away("r.zip")
    assert main(["replay", "r.zip", "--yes"]) == 0


def test_an_installed_plugin_is_packed_by_its_name(here, capsys):
    iv.run("dopamine-xor", steps=1).pack("r.zip")
    with zipfile.ZipFile("r.zip") as packed:
        assert sorted(packed.namelist()) == ["README.txt", "manifest.json", "result.npz"]
    assert main(["replay", "r.zip"]) == 0  # without --yes


def test_a_class_without_a_file_cannot_be_packed(here):
    cls = type(iv.Simulation)("Loose", (iv.Simulation,), {"__module__": "__main__"})
    cls._ivisit_written_in = None
    with pytest.raises(iv.IVisitError, match="classes of a notebook have no file"):
        iv.run(cls, steps=0).pack("r.zip")


# Whose code runs ------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["r.npz", "r.zip"])
def test_code_that_a_file_names_runs_only_when_somebody_says_so(result, file, capsys, here):
    result.save("r.npz")
    result.pack("r.zip")
    (here / "package" / "__init__.py").write_text("")
    assert main(["replay", file]) == 2
    assert (
        "say --yes if you trust it, or name your own with --simulation" in capsys.readouterr().err
    )
    assert main(["replay", file, "--yes"]) == 0
    assert main(["replay", file, "--simulation", "sim.py"]) == 0


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("yes\n", 0), ("\n", 2), ("n\n", 2)])
def test_a_terminal_is_asked(result, answer, code):
    result.save("r.npz")
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    done = subprocess.run(
        [sys.executable, "-m", "ivisit", "replay", "r.npz"],
        stdin=theirs, capture_output=True, text=True, check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert "sim.py:S', which the result names.\nRun it? [y/N]" in done.stderr


def test_a_file_beside_the_result_is_taken_when_the_recorded_one_is_gone(
    result, here, away, capsys
):
    result.save("r.npz")
    folder = away("r.npz", "sim.py", "helper.py")
    assert main(["replay", "r.npz", "--yes"]) == 1  # package/ is missing
    assert f"{folder / 'sim.py'}" in capsys.readouterr().err
    (folder / "package").mkdir()
    (folder / "package" / "lazy.py").write_text("VALUE = 2\n")
    assert main(["replay", "r.npz", "--yes"]) == 0
    (folder / "sim.py").unlink()
    assert main(["replay", "r.npz", "--yes"]) == 2
    err = capsys.readouterr().err
    assert "there is no " in err
    assert "--simulation" in err


def test_the_file_that_ran_is_preferred_wherever_it_is(result, here, tmp_path):
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "sim.py").write_text("# edited\n")
    assert packing.whereabouts(result, beside).name == f"{here / 'sim.py'}:S"
    shutil.copy("sim.py", beside)
    assert packing.whereabouts(result, beside).name == f"{beside / 'sim.py'}:S"
    (here / "sim.py").write_text("# edited\n")
    (beside / "sim.py").write_text("# edited, too\n")
    assert packing.whereabouts(result, beside).name == f"{beside / 'sim.py'}:S"


def test_a_packed_run_is_asked_for_by_the_names_that_the_user_knows(result, here, capsys):
    result.save("r.npz")
    assert main(["pack", "r.npz"]) == 0
    capsys.readouterr()
    assert main(["replay", "r.zip"]) == 2
    assert "replaying runs 'sim.py:S of r.zip', which" in capsys.readouterr().err


# Differences ----------------------------------------------------------------------------------


def test_what_is_not_as_recorded_is_told_before_the_numbers(result, here, capsys):
    result.provenance["versions"]["numpy"] = "0.1"
    result.provenance["cpu"] = "an abacus"
    result.save("r.npz")
    (here / "package" / "lazy.py").write_text("VALUE = 3\n")
    (here / "sim.py").write_text(PROGRAM + "# edited\n")
    assert main(["replay", "r.npz", "--yes"]) == 1
    err = capsys.readouterr().err
    order = [
        err.index(text)
        for text in (
            f"the source {here / 'sim.py'} is not the one that ran",
            "numpy is ",
            "the processor is ",
            "the module package.lazy (package/lazy.py) is not the one that ran",
            "the replay differs in value",
        )
    ]
    assert order == sorted(order)
    assert ", was 0.1" in err
    assert "self.rng" not in err


@pytest.mark.parametrize(
    ("draw", "import_"),
    [("np.random.rand()", "import numpy as np"), ("random.random()", "import random"),
     ("time.perf_counter()", "import time")],
)  # fmt: skip
def test_a_replay_that_differs_without_a_known_cause_says_what_to_look_for(
    here, capsys, draw, import_
):
    (here / "odd.py").write_text(
        f"import ivisit as iv\n{import_}\n\n\nclass Odd(iv.Simulation):\n"
        f"    value = iv.Trace()\n\n    def step(self):\n        self.value = {draw}\n"
    )
    iv.run("odd.py", steps=3).save("odd.npz")
    assert main(["replay", "odd.npz", "--yes"]) == 1
    err = capsys.readouterr().err
    assert err.index("the replay differs in value") < err.index("self.rng (numpy.random, random)")


def test_equal_provenances_have_no_differences(result):
    assert packing.differences(result.provenance, iv.run("sim.py", steps=1).provenance) == []
    assert packing.differences({}, result.provenance) == [
        "the result does not say which source ran"
    ]


# Damage ---------------------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_is_one_error(result, data):
    if not os.path.exists("r.zip"):
        result.pack("r.zip")
    with open("r.zip", "rb") as file:
        content = bytearray(file.read())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    with open("damaged.zip", "wb") as file:
        file.write(content)
    with contextlib.suppress(iv.IVisitError):
        packing.unpack("damaged.zip")


@pytest.mark.parametrize(
    "path", ["../evil.py", "/tmp/evil.py", "a/../../evil.py", "c:\\evil.py", "..\\evil.py", ""]
)
def test_a_packed_file_cannot_write_elsewhere(result, path):
    result.pack("r.zip")
    with zipfile.ZipFile("r.zip") as packed, zipfile.ZipFile("evil.zip", "w") as evil:
        manifest = json.loads(packed.read("manifest.json"))
        manifest["files"][1]["path"] = path
        evil.writestr("manifest.json", json.dumps(manifest))
        for name in packed.namelist():
            if name != "manifest.json":
                evil.writestr(name, packed.read(name))
        evil.writestr(f"source/{path}", "x = 1")
    with pytest.raises(iv.IVisitError, match="damaged"):
        packing.unpack("evil.zip")
