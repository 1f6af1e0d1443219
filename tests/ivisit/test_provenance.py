"""Provenance is of the code that ran."""

import hashlib
import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import ivisit as iv
from ivisit.runs import environment as environments

SIMULATION = """
    import helper
    import ivisit as iv

    class S(iv.Simulation):
        value = iv.Trace()

        def step(self):
            import lazy_helper
            self.value = helper.VALUE + lazy_helper.VALUE
"""


class Decay(iv.Simulation):
    """A class of a module."""


def digest(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write


@pytest.fixture
def program(write):
    write("helper.py", "VALUE = 1\n")
    write("lazy_helper.py", "VALUE = 2\n")
    return write("sim.py", SIMULATION)


@pytest.fixture
def git(tmp_path):
    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip

    return git


def record_of(path):
    return iv.run(path, steps=1).provenance


def test_versions_machine_and_source_are_told():
    record = iv.run(Decay, steps=1).provenance
    assert record["versions"]["numpy"] == np.__version__
    assert record["source"] == __file__
    assert record["simulation"] == f"{__name__}:Decay"
    with open(__file__, "rb") as file:
        assert record["source_sha256"] == digest(file.read())
    assert {"python", "platform", "machine", "cpu", "blas", "blas_threads"} <= record.keys()
    assert json.loads(json.dumps(record)) == record


def test_a_record_may_be_changed_without_harm():
    former = iv.run(Decay, steps=1).provenance
    former["python"] = former["versions"]["numpy"] = "changed"
    former["helpers"].append({})
    record = iv.run(Decay, steps=1).provenance
    assert record["python"] != "changed" != record["versions"]["numpy"]
    assert {} not in record["helpers"]


@pytest.mark.parametrize(
    ("variables", "blas", "threads"),
    [
        ({"OMP_NUM_THREADS": "3"}, "openblas", 3),
        ({"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "2"}, "scipy-openblas", 2),
        ({"OMP_NUM_THREADS": "3", "MKL_NUM_THREADS": "2"}, "openblas", 3),
        ({"OMP_NUM_THREADS": "4,2", "MKL_NUM_THREADS": "x"}, "mkl-dynamic-lp64", 4),
    ],
)
def test_the_threads_of_linear_algebra_are_those_that_it_begins_with(
    monkeypatch, variables, blas, threads
):
    for names in environments.THREAD_LIMITS.values():
        for name in (*names, "OMP_NUM_THREADS"):
            monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environments._threads(blas) == threads


def test_the_digest_is_of_what_ran_and_not_of_what_the_file_holds_by_now(program):
    ran = program.read_bytes()
    simulation = iv.get_simulation(program)
    program.write_text("# edited\n")
    record = iv.run(simulation, steps=1).provenance
    assert record["source_sha256"] == digest(ran)


def test_the_digest_of_an_imported_module_is_of_what_was_imported(write, monkeypatch, tmp_path):
    path = write("imported_sim.py", "import ivisit as iv\nclass S(iv.Simulation):\n    pass\n")
    ran = path.read_bytes()
    monkeypatch.syspath_prepend(str(tmp_path))
    import imported_sim

    path.write_text("# edited\n")
    try:
        record = iv.run(imported_sim.S, steps=0).provenance
    finally:
        del sys.modules["imported_sim"]
    assert (record["source"], record["source_sha256"]) == (str(path), digest(ran))


def test_helpers_are_listed_as_they_ran_the_lazy_ones_once_they_were_imported(program, write):
    simulation = iv.get_simulation(program)
    engine = iv.Engine(simulation)
    write("helper.py", "VALUE = 10\n")
    write("lazy_helper.py", "VALUE = 20\n")
    former = iv.run(simulation, steps=0).provenance["helpers"]
    assert [helper["module"] for helper in former] == ["helper"]
    engine.run(1)
    assert engine.simulation.outputs["value"] == 3
    helpers = iv.run(simulation, steps=0).provenance["helpers"]
    assert [(h["module"], h["path"], h["sha256"]) for h in helpers] == [
        ("helper", "helper.py", digest(b"VALUE = 1\n")),
        ("lazy_helper", "lazy_helper.py", digest(b"VALUE = 2\n")),
    ]


@pytest.mark.parametrize("how", [["-m", "ivisit", "run"], []])
def test_helpers_of_the_main_file_are_listed(program, tmp_path, how):
    text = program.read_text()
    program.write_text(
        text.replace("import lazy", "open('lazy_helper.py', 'w').write('VALUE = 7'); import lazy")
        + "\nif __name__ == '__main__' and not sys.argv[1:]:\n"
        "    iv.run(S, steps=1).save('r.npz')\n".replace("not sys.argv[1:]", repr(not how))
    )
    command = [sys.executable, *how, "sim.py"]
    command += ["--steps", "1", "--out", "r.npz"] if how else []
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    result = iv.RunResult.load(tmp_path / "r.npz")
    assert result.traces["value"] == [8]
    record = result.provenance
    assert record["source_sha256"] == digest(program.read_bytes())
    assert record["simulation"] == "__main__:S"
    assert {h["module"]: h["sha256"] for h in record["helpers"]} == {
        "helper": digest(b"VALUE = 1\n"),
        "lazy_helper": digest(b"VALUE = 7"),
    }


def states(record):
    helpers = {helper["module"]: helper["git_state"] for helper in record["helpers"]}
    return record["git_state"], helpers.get("helper"), record["git_dirty"]


def test_what_git_knows_of_each_file_is_told_at_the_moment_of_loading(program, git, write):
    assert record_of(program)["git_commit"] is None
    assert states(record_of(program)) == (None, None, None)
    git("init")
    assert states(record_of(program)) == ("untracked", "untracked", True)
    git("add", "sim.py")
    assert states(record_of(program)) == ("modified", "untracked", True)
    git("commit", "-m", "first")
    first = record_of(program)
    assert len(first["git_commit"]) == 40
    assert states(first) == ("clean", "untracked", True)
    git("add", ".")
    git("commit", "-m", "second")
    loaded = iv.get_simulation(program)
    second = record_of(program)
    assert states(second) == ("clean", "clean", False)
    assert second["git_commit"] != first["git_commit"]
    write("helper.py", "VALUE = 3\n")
    assert states(record_of(program)) == ("clean", "modified", True)
    git("commit", "-a", "-m", "third")
    third = record_of(program)
    assert states(third) == ("clean", "clean", False)
    # What was loaded earlier keeps the commit of then.
    assert iv.run(loaded, steps=1).provenance["git_commit"] == second["git_commit"]
    git("checkout", "-q", "HEAD~1", "--detach")
    assert record_of(program)["git_commit"] == second["git_commit"]


def test_a_file_in_a_folder_of_the_repository_and_in_a_worktree(program, git, write, tmp_path):
    git("init")
    inner = write("sub folder/more/sim ü.py", "import ivisit as iv\nclass S(iv.Simulation): pass\n")
    git("add", ".")
    git("commit", "-m", "first")
    assert record_of(inner)["git_state"] == "clean"
    git("worktree", "add", "../elsewhere")
    there = tmp_path.parent / "elsewhere" / "sim.py"
    assert states(record_of(there)) == ("clean", "clean", False)
    there.write_text(there.read_text() + "# edited\n")
    assert states(record_of(there)) == ("modified", "clean", True)


def test_line_ends_that_git_translates_are_no_modification(git, tmp_path):
    git("init")
    path = tmp_path / "sim.py"
    path.write_bytes(b"import ivisit as iv\r\nclass S(iv.Simulation): pass\r\n")
    git("-c", "core.autocrlf=true", "add", "sim.py")
    git("commit", "-m", "first")
    assert record_of(path)["git_state"] == "clean"


def test_without_git_a_run_goes_on(program, monkeypatch, git):
    git("init")
    monkeypatch.setenv("PATH", "")
    program.write_text(program.read_text() + "# another content\n")
    assert states(record_of(program)) == (None, None, None)


def test_runs_in_a_row_ask_git_once(program, git, monkeypatch):
    from ivisit.plugins import repository

    git("init")
    record_of(program)
    monkeypatch.setattr(repository.subprocess, "run", lambda *a, **k: pytest.fail("asked again"))
    assert states(record_of(program)) == ("untracked", "untracked", True)
