"""The command line: results, messages, exit codes, and that the documentation is complete."""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ivisit as iv
from ivisit.cli import build_parser, main

ROOT = Path(__file__).parents[2]

SCRIPT = '''
import ivisit as iv

print("loading")


class Mine(iv.Simulation):
    """A small one."""

    rate = iv.Slider(0.5, 0.0, 1.0, unit="Hz", help="How fast.")
    group = iv.DictSlider({"a": 1, "b": 2}, 0, 9)
    Mode = iv.OptionList("x", ["x", "y"])
    level = iv.Trace(help="How high.")
    text = iv.TextOutput()

    def init(self):
        self.level = 0

    def step(self):
        print("stepping")
        self.level += self.rate * self.group["a"]
        self.text = "done"
        if self.level > 5:
            raise ArithmeticError("too high")
'''


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SCRIPT)
    return "mine.py"


@pytest.fixture
def cli(capsys):
    def cli(*arguments):
        """Return exit code, stdout and stderr."""
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return cli


def in_process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ivisit", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def test_run_prints_results_and_writes_files(cli, script):
    files = ["r.npz", "r.csv", "r.png"]
    outs = [word for file in files for word in ("--out", file)]
    code, out, err = cli("run", script, "--steps", 3, "-p", "rate=0.25", *outs)
    assert code == 0
    assert "level = 0.75" in out
    assert "finished after 3 steps" in err
    assert iv.RunResult.load("r.npz").parameters["rate"] == 0.25
    assert Path("r.csv").read_text().splitlines()[-1] == "3,0.75"
    assert Path("r.png").read_bytes().startswith(b"\x89PNG")
    assert not list(Path().glob("*.ivisit"))  # only with --db


def test_a_file_that_cannot_be_written_costs_nothing_else(cli, script):
    Path("full.npz").mkdir()
    outs = ["--out", "full.npz", "--out", "r.csv"]
    code, out, err = cli("run", script, "--steps", 3, *outs)
    assert code == 2
    assert "full.npz: cannot be written" in err
    assert "level = 1.5" in out
    assert Path("r.csv").read_text().splitlines()[-1] == "3,1.5"
    code, _, err = cli("run", script, "--steps", 99, "-p", "group.a=9", *outs)
    assert code == 1
    assert "full.npz: cannot be written" in err
    assert "ArithmeticError: too high" in err


def test_run_with_json_keeps_what_user_code_prints_out_of_stdout(cli, script):
    code, out, err = cli("run", script, "--steps", 3, "--json", "-p", "group.a=2")
    assert code == 0
    record = json.loads(out)
    assert record["outputs"] == {"level": 3.0, "text": "done"}
    assert record["parameters"] == {"rate": 0.5, "group": {"a": 2, "b": 2}, "Mode": "x"}
    assert "stepping" in err
    assert "loading" in err


def test_run_every_record_and_seed(cli, script):
    code, _, _ = cli(
        "run",
        script,
        "--steps",
        6,
        "--every",
        2,
        "--record",
        "level",
        "--seed",
        "none",
        "--out",
        "r.npz",
    )
    result = iv.RunResult.load("r.npz")
    assert code == 0
    assert result.recorded_steps.tolist() == [2, 4, 6]
    assert result.seed > 2**32


def test_a_run_that_fails_keeps_what_was_recorded_and_exits_with_1(cli, script):
    code, _, err = cli("run", script, "--steps", 99, "-p", "group.a=9", "--out", "r.npz")
    assert code == 1
    assert "step() raised ArithmeticError: too high" in err
    assert "mine.py, line " in err
    assert 'raise ArithmeticError("too high")' in err
    assert "Traceback" not in err
    assert iv.RunResult.load("r.npz").status == "failed"
    assert "Traceback" in cli("run", script, "--steps", 99, "-p", "group.a=9", "--debug")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-p", "rat=1"], "Mine: has no parameter 'rat'. Did you mean 'rate'?"),
        (["-p", "rate=2"], "Mine.rate: must be between 0 and 1 Hz, not 2"),
        (["-p", "group.c=2"], "Mine.group: has no item 'c'"),
        (["-p", "mode=x"], "has no parameter 'mode'. Did you mean 'Mode'?"),
        (["-p", "rate"], "-p: must be NAME=VALUE, not 'rate'"),
        (["--record", "lvl"], "has no trace 'lvl'. Did you mean 'level'?"),
        (["--every", "0"], "every: must be a whole number from 1 on, not 0"),
        (["--set", "soft"], "mine.ivisit"),
        (
            ["--out", "r.txt"],
            "--out: must end in .npz, .csv, .png, .pdf, .svg, .gif or .mp4, not 'r.txt'",
        ),
        (["--out", "no/r.npz"], "there is no folder for 'no/r.npz'"),
        (["--db", "."], "is a folder"),
    ],
)
def test_a_wrong_request_is_one_clear_message_and_exits_with_2(cli, script, arguments, message):
    code, out, err = cli("run", script, "--steps", 1, *arguments)
    assert code == 2
    assert message in err
    assert len([line for line in err.splitlines() if line.startswith("ivisit:")]) == 1
    assert "stepping" not in out


@pytest.mark.parametrize("name", ["missing.py", "no-such", "broken.py", "mine.py:Other"])
def test_a_simulation_that_cannot_be_found_or_loaded_exits_with_2(cli, script, name):
    Path("broken.py").write_text("1/0")
    code, _, err = cli("run", name, "--steps", 1)
    assert code == 2
    assert err.startswith("ivisit: ")


def test_arguments_that_argparse_refuses_exit_with_2(script):
    negative = ["run", script, "--steps", "1", "--seed", "-1"]
    for arguments in (["run", script], ["fly"], [], negative):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2


def test_a_run_from_a_set_is_entered_in_a_store_only_when_it_is_named(cli, script):
    assert cli("params", "save", script, "slow", "-p", "rate=0.125")[0] == 0
    assert "level = 0.125" in cli("run", script, "--steps", 1, "--set", "slow")[1]
    code, _, _ = cli("run", script, "--steps", 1, "--set", "slow", "--db", "mine.ivisit")
    assert code == 0
    with iv.ParameterStore("mine.ivisit") as store:
        assert len(list(store.runs())) == 1


def test_show_prints_controls_with_range_default_unit_and_help(cli, script):
    code, out, _ = cli("show", script)
    assert code == 0
    for text in (
        "A small one.",
        "between 0 and 1 Hz",
        "default 0.5",
        "How fast.",
        "group.a",
        "one of 'x', 'y'",
        "level",
        "How high.",
    ):
        assert text in out
    record = json.loads(cli("show", script, "--json")[1])
    assert [c["name"] for c in record["controls"]] == ["rate", "group", "Mode"]


def test_without_any_set_the_list_is_empty_and_says_so(cli, script):
    code, out, err = cli("params", "list", script)
    assert (code, out) == (0, "")
    assert "no parameter sets yet" in err
    assert not list(Path().glob("*.ivisit"))


def test_list_shows_name_summary_and_origin(cli, script):
    Path("apps").mkdir()
    Path(script).rename("apps/mine.py")
    code, out, _ = cli("list")
    assert code == 0
    assert re.search(r"mine +A small one. +apps/mine.py", out)
    assert {"name": "mine", "summary": "A small one.", "origin": "apps/mine.py", "error": ""} in (
        json.loads(cli("list", "--json")[1])
    )


def test_parameter_sets_from_the_shell(cli, script):
    def params(*arguments):
        code, out, err = cli("params", *arguments)
        assert code == 0, err
        return out

    def value(name, *arguments):
        return json.loads(params("show", script, name, "--json", *arguments))["parameters"]

    params("save", script, "soft", "-p", "rate=0.25", "--comment", "für später", "--grade", "2")
    assert value("soft") == {"rate": 0.25, "group": {"a": 1, "b": 2}, "Mode": "x"}
    params("set", script, "soft", "-p", "group.b=7")
    assert value("soft") == {"rate": 0.25, "group": {"a": 1, "b": 7}, "Mode": "x"}
    assert "für später" in params("list", script)
    assert "grade 2" in params("list")
    assert len(params("history", script, "soft").splitlines()) == 2
    params("restore", script, "soft", "--version", "1")
    assert value("soft")["group"] == {"a": 1, "b": 2}
    assert value("soft", "--version", "2")["group"] == {"a": 1, "b": 7}
    params("copy", script, "soft", "hard")
    params("set", script, "hard", "-p", "rate=1")
    assert params("diff", script, "soft", "hard").split() == ["rate", "0.25", "->", "1.0"]
    assert json.loads(params("diff", script, "soft@1", "soft@2", "--json")) == {
        "group": [{"a": 1, "b": 2}, {"a": 1, "b": 7}]
    }
    params("rename", script, "hard", "harder")
    params("delete", script, "soft")
    assert "soft" not in params("list")
    assert "soft" in params("list", script, "--deleted")
    params("restore", script, "soft")
    params("export", "sets.json")
    params("import", "sets.json", "--db", "other.ivisit")
    assert params("list", "--db", "other.ivisit") == params("list", script)
    params("delete", script, "soft", "--purge")
    assert cli("params", "restore", script, "soft")[0] == 2


def test_sets_are_reached_by_the_stored_key_too(cli, script):
    cli("params", "save", script, "soft", "-p", "rate=0.25")
    assert "rate" in cli("params", "show", "Mine", "soft")[1]
    assert cli("params", "set", "Mine", "soft", "-p", "rate=0.75", "-p", "note=by hand")[0] == 0
    _, out, err = cli("params", "show", script, "soft")
    assert "0.75" in out
    assert "left out: Mine: has no parameter 'note'" in err
    assert cli("params", "set", script, "soft", "-p", "rate=0.5")[0] == 0
    assert '"by hand"' in cli("params", "show", "Mine", "soft")[1]  # nothing vanishes


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "mine.py", "missing"],
        ["list", "--db", "missing.ivisit"],
        ["save", "mine.py", "bad", "-p", "rate=7"],
        ["import", "mine.py", "mine.py"],
        ["export", "out.json"],
    ],
)
def test_params_refuse_with_one_message_and_exit_2(cli, script, arguments):
    code, _, err = cli("params", *arguments)
    assert code == 2
    assert err.splitlines()[-1].startswith("ivisit: ")


def test_new_writes_a_working_simulation_and_overwrites_nothing(cli):
    assert cli("new", "my_sim.py")[0] == 0
    first = iv.run("my_sim.py", {"noise": 0.0}, steps=10).traces["signal"][0]
    assert first == pytest.approx(0.0998, abs=1e-4)
    code, _, err = cli("new", "my_sim.py")
    assert (code, "exists; --force overwrites it" in err) == (2, True)
    assert cli("new", "my_sim.py", "--force")[0] == 0
    assert cli("new", "no/my_sim.py")[0] == 2
    assert cli("new", "my_sim.txt")[0] == 2


def test_a_saved_run_is_replayed_and_a_difference_is_told(cli, script):
    cli("run", script, "--steps", 4, "--out", "r.npz")
    code, _, err = cli("replay", "r.npz", "--yes")
    assert (code, "equals the saved run, bit for bit" in err) == (0, True)
    Path(script).write_text(SCRIPT.replace("self.rate *", "self.rate * 0.5 *"))
    code, _, err = cli("replay", "r.npz", "--simulation", script)
    assert (code, "differs in level" in err) == (1, True)
    assert err.index("is not the one that ran") < err.index("differs in level")
    assert cli("replay", script)[0] == 2


def test_check_and_migrate_read_old_scripts(cli):
    Path("old.py").write_text("#@IVISIT:SIMULATION & s\n#@IVISIT:SLIDR & x\n")
    code, out, _ = cli("check", "old.py")
    assert code == 1
    assert "old.py:2" in out
    assert cli("migrate", "old.py")[0] == 0


def test_without_a_display_the_window_says_what_to_do(script):
    environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
    done = in_process("gui", script, env=environment)
    assert done.returncode == 2
    assert "ivisit run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error(script):
    done = subprocess.run(
        f"{sys.executable} -m ivisit show {script} | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert done.stderr == "loading\n"


def test_help_imports_neither_numpy_nor_matplotlib_nor_tk():
    heavy = "numpy", "matplotlib", "scipy", "tkinter", "PIL", "sqlite3"
    code = (
        "import sys, ivisit.cli\n"
        "try: ivisit.cli.main(['--help'])\nexcept SystemExit: pass\n"
        f"sys.exit(' '.join(m for m in {heavy} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_importing_ivisit_is_light():
    heavy = "matplotlib", "scipy", "tkinter", "PIL", "sqlite3"
    code = (
        "import sys, ivisit as iv\n"
        "class S(iv.Simulation):\n    x = iv.Slider(1, 0, 2)\n    t = iv.Trace()\n"
        "iv.run(S, steps=3)\n"
        f"sys.exit(' '.join(m for m in {heavy} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# Documentation --------------------------------------------------------------------------------


def commands(parser, words=()):
    """Yield every command as its words and its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield from commands(sub, (*words, name))
            return
    yield words, parser


@pytest.mark.parametrize(("words", "parser"), list(commands(build_parser())))
def test_every_command_has_help_an_example_and_a_place_in_the_documentation(words, parser):
    text = (ROOT / "docs" / "command-line.md").read_text()
    heading = f"`ivisit {' '.join(words)}"
    ends = f"{heading} ", f"{heading}`"
    sections = [s for s in re.split(r"^#+ ", text, flags=re.M) if s.startswith(ends)]
    assert len(sections) == 1, f"docs/command-line.md has no heading {heading}"
    assert "example:\n  ivisit " in parser.format_help()
    for action in parser._actions:
        assert action.help, f"{words}: {action.dest} has no help"
        common = ("--help", "--quiet", "--debug", "--json", "--db")
        if action.option_strings and action.option_strings[-1] not in common:
            assert action.option_strings[0] in sections[0], f"{words}: {action.option_strings}"


def test_the_options_that_all_commands_share_are_in_the_documentation():
    text = (ROOT / "docs" / "command-line.md").read_text()
    for option in ("--help", "--quiet", "--debug", "--json", "--db", "--version"):
        assert f"`{option}" in text


def test_show_lists_controls_by_section_and_tells_what_only_init_reads(tmp_path, capsys):
    (tmp_path / "net.py").write_text(
        "import ivisit as iv\n\n\n"
        "class Net(iv.Simulation):\n"
        "    rate = iv.Slider(0.5, 0.0, 1.0)\n"
        "    units = iv.Slider(10, 1, 99, group='Network', restart=True, help='Of the layer.')\n"
        "    noise = iv.Slider(0.0, 0.0, 1.0)\n"
        "    sparse = iv.Checkbox(group='Network')\n"
    )
    assert main(["show", "net.py"]) == 0
    lines = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[1:6] == ["Parameters", "rate", "noise", "Network", "units"]
    assert main(["show", "net.py"]) == 0
    assert "Of the layer. (read by init)" in capsys.readouterr().out
