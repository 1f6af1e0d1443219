"""`ivisit check` and `ivisit.testing`: each rule finds what breaks it, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ivisit.cli import main
from ivisit.testing import check_simulation, find_problems

ROOT = Path(__file__).parents[2]
OURS = [
    "associative-recall",
    "associative-capacity",
    "dopamine-xor",
    "dopamine-forecast",
    *(str(path) for path in sorted((ROOT / "apps").glob("*.py"))),
]

GOOD = '''
    """A file."""
    import random, sys, time
    import numpy as np
    import ivisit as iv
    {top}
    class Good(iv.Simulation):
        """A simulation that keeps the rules."""
        size = iv.Slider(1.0, 0.0, 9.0, help="How far a step goes.")
        place = iv.Trace()
        picture = iv.Image()
        {attributes}
        def main_init(self):
            self.table = np.arange(3)
            {main_init}
        def init(self):
            self.x = 0.0
            {init}
        def step(self):
            self.x += self.size * self.rng.normal()
            self.place = self.x
            self.picture = self.x + np.eye(3)
            {step}
'''

#: What to put where in the good one: rule, place, text, message.
BROKEN = [
    ("run", "step", "raise ValueError('no')", "step() raised ValueError: no"),
    ("run", "attributes", "never = iv.Trace()", "Good.never: is a trace that no step assigns to"),
    ("docs", "attributes", "knob = iv.Slider(1.0, 0.0, 2.0)", "Good.knob: has no help=..."),
    ("seed", "step", "self.place = time.perf_counter()", "give another trace 'place'"),
    ("random", "step", "self.place = np.random.random()", "global random numbers of NumPy; use"),
    ("random", "init", "self.x = random.random()", "global random numbers of Python; use"),
    ("reuse", "step", "self.table = self.table + 1; self.place = self.table[0]", "the second run"),
    ("reuse", "init", "self.x = getattr(self, 'kept', 0.0); self.kept = 1.0", "the second run"),
    ("drawing", "step", "self.place = self.x + self.drawing", "when drawing is False"),
]


def write(folder: Path, **parts: str) -> Path:
    texts = dict.fromkeys(("top", "attributes", "main_init", "init", "step"), "pass") | parts
    path = folder / "good.py"
    path.write_text(textwrap.dedent(GOOD).format(**texts))
    return path


@pytest.mark.parametrize("simulation", OURS, ids=lambda name: Path(name).stem)
def test_our_own_plugins_and_apps_keep_the_rules(simulation, check_simulation):
    check_simulation(simulation)


def test_a_good_one_passes_and_the_command_says_so(tmp_path, capsys):
    path = write(tmp_path)
    assert find_problems(path) == []
    assert main(["check", str(path)]) == 0
    assert "no findings" in capsys.readouterr().err


@pytest.mark.parametrize(("rule", "place", "text", "message"), BROKEN)
def test_each_rule_finds_what_breaks_it(tmp_path, rule, place, text, message, capsys):
    path = write(tmp_path, **{place: text})
    found = [problem for problem in find_problems(path) if problem.rule == rule]
    assert any(message in problem.message for problem in found), find_problems(path)
    with pytest.raises(AssertionError, match=rule):
        check_simulation(path)
    assert main(["check", str(path)]) == 1
    assert message in capsys.readouterr().out


def test_a_second_run_may_differ_where_nobody_uses_it(tmp_path):
    path = write(tmp_path, step="self.table = self.table + 1; self.place = self.table[0]")
    assert find_problems(path, reuse=False) == []


def test_a_file_that_cannot_be_loaded_is_a_problem_of_its_own(tmp_path):
    (problem,) = find_problems(write(tmp_path, top="1 / 0"))
    assert problem.rule == "load"
    assert "ZeroDivisionError" in problem.message


def test_bounds_that_are_the_items_and_options_that_are_none_are_no_mistakes(tmp_path):
    cell = 'cell = iv.DictSlider({"tau": iv.Slider(20.0, 2.0, 50.0)}, help="Its parts.")'
    squash = 'squash = iv.RadioButtons("no", {"no": None, "sign": np.sign}, help="Of the sum.")'
    assert find_problems(write(tmp_path, attributes=f"{cell}; {squash}")) == []


def test_an_item_that_takes_anything_is_found(tmp_path):
    path = write(
        tmp_path,
        top="class Any(iv.Slider):\n    def validate(self, value, **named): return 3.0",
        attributes='cell = iv.DictSlider({"tau": Any(20.0, 2.0, 50.0)}, help="Its parts.")',
    )
    problems = find_problems(path)
    assert {problem.rule for problem in problems} == {"values"}


def test_a_control_that_takes_anything_is_found(tmp_path):
    path = write(
        tmp_path,
        top="class Any(iv.TextBox):\n    def validate(self, value, **named): return value",
        attributes='free = Any("", help="Anything.")',
    )
    problems = find_problems(path)
    assert {problem.rule for problem in problems} == {"values"}
    assert "Good.free: accepts" in str(problems[0])


def test_pytest_finds_the_fixture_by_itself(tmp_path):
    write(tmp_path)
    (tmp_path / "test_mine.py").write_text(
        "def test_mine(check_simulation):\n    check_simulation('good.py')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_old_script_is_checked_as_one(capsys):
    script = ROOT / "tests" / "ivisit" / "legacy" / "scripts" / "plot.py"
    main(["check", str(script)])
    assert "docs:" not in capsys.readouterr().out
