"""`ivisit check`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ivisit.errors import DirectiveError
from ivisit.legacy.tools.check import check_script


def messages(path):
    """Return line and message of each finding."""
    return [(finding.line, finding.message) for finding in check_script(path)]


@pytest.mark.parametrize("name", ["all_widgets", "plot"])
def test_nothing_is_found_in_the_samples(scripts, name):
    assert check_script(scripts / f"{name}.py") == []


def test_all_findings_have_their_line_and_the_script_is_not_run(write):
    path = write(
        """
        SIMULATION & s
        SLIDER & Rate & [9,1] & [0,10,5,1] & raet & -1 & int & 3
        SLIDER & Size & [9,1] & [0,10,5,1] & size & -1 & int & 30
        LISTSEL & List & [9,1] & [x, y] & word & -1 & text & x
        SLIDER & Item & [9,1] & [0,10,5,1] & items & -1 & int & 3
        DICTSLIDER & Group & [9] & size & 0
        DICTSLIDERITEM & one & [0,9,1,1] & one & int & 1
        IMAGE & Picture & 1 & [0,255] & pictur & int
        TEXT_OUT & Made in step & [9,1] & None & made
        KNOB & K
        """,
        parameters="rate = 0; size = 1; word = ''; items = [1, 2]",
        data="picture = 0",
        methods="def step(self): SimData.made = self.isModified('Rate'); iv.IVisitHub",
    )
    path.write_text(path.read_text(encoding="utf-8") + "\nraise SystemError\n", encoding="utf-8")
    found = messages(path)
    assert [line for line, _ in found[:7]] == [2, 3, 4, 5, 6, 8, 10]
    assert (
        "'Rate': the parameters have no attribute 'raet'; it will be created. Did you mean "
        in (found[0][1])
    )
    assert "30 lies outside 0 .. 10; 10 is used" in found[1][1]
    assert "' y' begins or ends with a blank" in found[2][1]
    assert "'items' is a list of 2, so listindex must be between 0 and 1, not -1" in found[3][1]
    assert "'size' is no dict" in found[4][1]
    assert "nothing in the script makes the data 'pictur'. Did you mean 'picture'?" in found[5][1]
    assert "'KNOB' is no directive" in found[6][1]
    rest = " ".join(message for _, message in found[7:])
    assert "isModified() always returns 0" in rest
    assert "ivisit has no 'IVisitHub' any more" in rest
    assert str(check_script(path)[0]).startswith(f"{path}:2: 'Rate': ")


def test_names_that_came_from_tk_or_pillow_are_found(tmp_path):
    path = tmp_path / "star.py"
    path.write_text(
        "#@IVISIT:SIMULATION & s\n"
        "from ivisit import *\n"
        "root = Tk()\n"
        "picture = Image.open('x.png')\n"
        "fine = [np.zeros(n) for n in range(3)]\n"
        "def function(a, *b, **c):\n"
        "    return a, b, c, os, IVisit_Data\n",
        encoding="utf-8",
    )
    assert [line for line, _ in messages(path)] == [3, 4]
    assert "'Tk' is defined nowhere" in messages(path)[0][1]
    assert "import Pillow's or Tk's Image yourself" in messages(path)[1][1]


def test_a_script_without_directives_or_with_a_syntax_error_is_told(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("x = 1\n", encoding="utf-8")
    assert "has no line with @IVISIT:" in messages(path)[0][1]
    path.write_text("#@IVISIT:SIMULATION & s\nprint 'old'\n", encoding="utf-8")
    assert messages(path)[0] == (2, "is not valid Python: Missing parentheses in call to 'print'. "
                                 "Did you mean print(...)?")  # fmt: skip
    with pytest.raises(DirectiveError, match="cannot be read"):
        check_script(tmp_path / "missing.py")


# The command line --------------------------------------------------------------------------------


def test_an_old_script_runs_from_the_command_line_without_a_display(write, tmp_path):
    path = write(
        "SIMULATION & s\nSLIDER & Kernel-Radius & [9,1] & [0,9,1,1] & radius & -1 & int & 1\n"
        "TEXT_OUT & Out & [9,1] & None & out",
        data="out = 0",
        methods="def step(self): SimData.out = SimParameters.radius if self.parent else -1",
    )
    command = [sys.executable, "-m", "ivisit", "run", path.name, "--steps", "2"]
    environment = {"PATH": "", "HOME": str(tmp_path)}
    answer = subprocess.run(
        [*command, "-p", "Kernel-Radius=3", "--out", "r.npz"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    from ivisit import RunResult

    assert RunResult.load(tmp_path / "r.npz").outputs["Out"] == "3"
    answer = subprocess.run(
        [*command, "-p", "radius=99"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 2
    assert "Kernel-Radius: must be between 0 and 9, not 99" in answer.stderr
