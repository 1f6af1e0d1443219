"""``ivisit sweep``, ``optimize`` and ``runs``, as a person types them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ivisit.cli import main
from ivisit.store import ParameterStore

SWEEP = ["sweep", "walk.py", "-p", "size=0.5,1", "-p", "drift=lin:-0.5:0.5:3", "--steps", "2",
         "--workers", "0", "--name", "s"]  # fmt: skip


@pytest.fixture(autouse=True)
def here(walk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the folder of the walk."""
    monkeypatch.chdir(walk.parent)


def test_a_sweep_says_what_it_does_and_writes_what_is_asked_for(capsys):
    assert main([*SWEEP, "--repeats", "2", "--out", "t.csv", "--out", "t.png"]) == 0
    output = capsys.readouterr()
    assert output.err.startswith("sweep 's': 12 runs, 0 done, 12 to do (in this process)\n")
    assert output.out.startswith("sweep 's': 12 of 12 runs\nmetric")
    with open("t.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["drift"]) for row in rows] == [-0.5, 0.0, 0.5] * 4
    assert Path("t.png").stat().st_size > 5000
    assert main([*SWEEP, "--repeats", "3"]) == 0
    assert "18 runs, 12 done, 6 to do" in capsys.readouterr().err


def test_json_goes_to_stdout_and_nothing_else(capsys):
    assert main([*SWEEP, "--json", "--quiet"]) == 0
    output = capsys.readouterr()
    record = json.loads(output.out)
    assert output.err == ""
    assert (record["done"], record["failed"], record["parameters"]) == (6, 0, ["size", "drift"])


def test_a_dry_run_tells_the_plan_and_stores_nothing(capsys):
    assert main([*SWEEP, "--repeats", "100", "--dry-run"]) == 0
    output = capsys.readouterr().out
    assert "600 runs (6 points)" in output
    assert "first: size=0.5, drift=-0.5" in output
    assert "last:  size=1.0, drift=0.5" in output
    assert not Path("walk.ivisit").exists()


@pytest.mark.parametrize(
    "command",
    [
        "run walk.py --steps 2 --set typo",
        "run walk.py --steps 2 -p typo=1",
        "sweep walk.py -p size=0.5,1 --steps 2 --set typo",
        "sweep walk.py -p size=0.5,1 --steps 2 --set typo --dry-run",
        "sweep walk.py -p sise=0.5,1 --steps 2",
        "sweep walk.py -p size=0.5,1 --steps 2 --metric typo",
        "optimize walk.py --range size=0.5..1 --minimize speed --steps 2 --set typo",
        "optimize walk.py --range sise=0.5..1 --minimize speed --steps 2",
        "params show walk.py typo",
        "runs list",
        "store info",
    ],
)
def test_what_is_refused_leaves_no_new_store(command, capsys):
    assert main([*command.split(), "--db", "new.ivisit"]) == 2
    assert "ivisit: " in capsys.readouterr().err
    assert not list(Path().glob("*.ivisit*"))


def test_a_summary_names_no_best_point_where_no_value_is_finite(capsys):
    assert main([*SWEEP, "--workers", "0", "--metric", "position:first>1e9"]) == 0
    output = capsys.readouterr().out
    assert "position:first>1e9  -         never  -        never" in output
    assert "inf " not in output


@pytest.mark.parametrize(
    ("workers", "told"), [("0", "in this process"), ("1", "with 1 worker\n"), ("3", "3 workers")]
)
def test_a_dry_run_tells_who_would_compute(capsys, workers, told):
    assert main([*SWEEP, "--dry-run", "--workers", workers]) == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-p", "sise=1"], "Did you mean 'size'?"),
        (["--sample", "sobol"], "--sample: must be KIND:N"),
        (["--points", "none.csv"], "none.csv: cannot be read as a table"),
        (["--out", "t.xlsx"], "--out: must end in .csv"),
        (["--out", "no/t.csv"], "there is no folder"),
        (["--metric", "position:medium"], "is no metric"),
        (["--scheduler", "http://x"], "begins with tcp://"),
        (["--set", "none"], "has no parameter set 'none'"),
    ],
)
def test_a_wrong_request_is_exit_code_2_with_one_message(capsys, words, told):
    base = [word for word in SWEEP if word not in ("--workers", "0")]
    assert main([*base, *words]) == 2
    errors = capsys.readouterr().err
    assert told in errors
    assert "Traceback" not in errors


def test_another_sweep_of_the_name_is_exit_code_2(capsys):
    assert main(SWEEP) == 0
    assert main([*SWEEP, "--seed", "4"]) == 2
    assert "seed: stored 0, asked for 4" in capsys.readouterr().err


def test_samples_points_and_options_come_from_the_command_line(capsys):
    Path("points.csv").write_text('size,rule\n0.5,"a,b"\n1,*\n')
    base = ["--steps", "1", "--workers", "0", "--db", "x.ivisit"]
    assert main(["sweep", "walk.py", *base, "--points", "points.csv", "--name", "p"]) == 0
    sample = ["--sample", "latin:5", "-p", "size=0..1", "-p", "rule=*", "--name", "q"]
    assert main(["sweep", "walk.py", *base, *sample]) == 0
    assert "15 runs" in capsys.readouterr().err
    assert main(["runs", "table", "p", "--db", "x.ivisit", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["size"], row["rule"]) for row in rows] == [(0.5, "a,b"), (1.0, "*")]


def test_an_optimization_saves_its_best_values(capsys):
    words = ["optimize", "walk.py", "--range", "drift=*", "--range", "size=0.1..1:log",
             "--maximize", "position", "--steps", "3", "--trials", "12", "--method", "random",
             "--workers", "0", "--save", "best", "--enqueue", "drift=1,size=0.1", "--name",
             "o"]  # fmt: skip
    assert main([*words, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    with ParameterStore("walk.ivisit") as store:
        assert store.load("Walk", "best")["drift"] == record["best_parameters"]["drift"]
    assert main([*words, "--out", "o.png"]) == 0
    output = capsys.readouterr().out
    assert "12 of 12 runs; best position" in output
    assert main(["runs", "report", "o", "--out", "o.html"]) == 0
    assert Path("o.html").read_text().count("<svg") >= 2


def failing_sweep(write: Callable[[str, str], Path]) -> None:
    write(
        "half.py",
        """
        import ivisit as iv
        class Half(iv.Simulation):
            a = iv.Slider(0, 0, 9)
            level = iv.Trace()
            def step(self):
                if self.a % 2:
                    raise ValueError(f"{self.a} is odd")
                self.level = self.a
        """,
    )
    words = ["sweep", "half.py", "-p", "a=int:0:3", "--steps", "1", "--workers", "0", "--name", "h"]
    assert main(words) == 1


def test_failed_runs_are_exit_code_1_and_the_command_that_lists_them_is_told(write, capsys):
    failing_sweep(write)
    errors = capsys.readouterr().err
    assert "2 of 4 runs failed: ivisit runs show h --failed --db " in errors
    command = errors.rsplit("ivisit ", 1)[1].split()
    assert main(command) == 0
    assert "(index 1; a=1): step() raised ValueError: 1 is odd" in capsys.readouterr().out


def test_stored_sweeps_are_listed_shown_repeated_exported_and_deleted(write, capsys):
    failing_sweep(write)
    capsys.readouterr()
    db = ["--db", "half.ivisit"]
    assert main(["runs", "list", *db]) == 0
    assert "h      Half        sweep  finished  4/4   2       0" in capsys.readouterr().out
    assert main(["runs", "list", "--json", *db]) == 0
    assert json.loads(capsys.readouterr().out)["sweeps"][0]["failed"] == 2
    assert main(["runs", "show", "h", *db]) == 0
    output = capsys.readouterr().out
    assert "steps = 1" in output
    assert "1  step: ValueError: 1 is odd" in output
    assert main(["runs", "table", "h", "--by", "a", *db]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == [
        "a", "median", "q25", "q75", "n", "failed",
    ]  # fmt: skip
    assert main(["runs", "table", "h", "--failed", *db]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert main(["runs", "rerun", "3", *db]) == 0
    assert "identical, bit for bit" in capsys.readouterr().err
    assert main(["runs", "show", "2", *db]) == 0
    assert "ValueError: 1 is odd" in capsys.readouterr().out
    assert main(["runs", "export", "h", "--out", "h.json", "--out", "h.svg", *db]) == 0
    assert json.loads(Path("h.json").read_text())[1]["level"] is None
    assert main(["runs", "export", "h", "--out", "h.docx", *db]) == 2
    assert main(["runs", "delete", "h", *db]) == 2
    assert "say so with --yes" in capsys.readouterr().err
    assert main(["runs", "delete", "2", "--yes", *db]) == 0
    assert main(["runs", "delete", "h", "--yes", *db]) == 0
    assert "with 3 runs" in capsys.readouterr().err
    assert main(["runs", "show", "h", *db]) == 2
    assert "has no sweep 'h'" in capsys.readouterr().err


def test_a_repeated_run_that_differs_is_exit_code_1(walk, capsys):
    assert main(SWEEP) == 0
    walk.write_text(walk.read_text().replace("self.x = 0.0", "self.x = 1.0"))
    assert main(["runs", "rerun", "1", "--db", "walk.ivisit"]) == 1
    assert "not identical" in capsys.readouterr().err


def test_the_only_store_of_a_folder_needs_no_name(capsys):
    assert main(SWEEP) == 0
    assert main(["runs", "list"]) == 0
    ParameterStore("other.ivisit").close()
    capsys.readouterr()
    assert main(["runs", "list"]) == 2
    assert "Name a simulation or --db PATH (other.ivisit, walk.ivisit)" in (capsys.readouterr().err)


def test_a_sweep_of_the_same_name_in_two_simulations_is_told_apart(write, capsys):
    write("other.py", Path("walk.py").read_text().replace("Walk", "Other"))
    for name in ("walk.py", "other.py"):
        words = [name if word == "walk.py" else word for word in SWEEP]
        assert main([*words, "--db", "both.ivisit"]) == 0
    assert main(["runs", "show", "s", "--db", "both.ivisit"]) == 2
    assert "write SIMULATION/s" in capsys.readouterr().err
    assert main(["runs", "show", "Other/s", "--db", "both.ivisit"]) == 0


def test_progress_is_a_line_every_half_minute_where_stderr_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr("ivisit.runs.progress.LOG_INTERVAL", 0.0)
    assert main([*SWEEP, "--repeats", "20"]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "runs/s" in line]
    assert lines
    assert all("\r" not in line for line in lines)
    assert lines[-1].startswith("sweep 's': 120/120, ")
