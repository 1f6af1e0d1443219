"""What a type checker says about simulations."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).parent / "typing_of_declarations.py"
EXPECTED = re.compile(r"  # error: (.+)$")
FOUND = re.compile(r"^.*typing_of_declarations\.py:(\d+): error: (.+)$", re.MULTILINE)


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="needs mypy")
def test_attributes_have_the_types_of_their_declarations_and_wrong_assignments_are_errors():
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(FILE)],
        cwd=ROOT,  # mypy does not find a package that is installed in editable form
        capture_output=True,
        text=True,
    )
    found = {int(line): message for line, message in FOUND.findall(answer.stdout)}
    expected = {
        number: match[1]
        for number, line in enumerate(FILE.read_text().splitlines(), start=1)
        if (match := EXPECTED.search(line))
    }
    assert set(found) == set(expected), answer.stdout + answer.stderr
    for line, text in expected.items():
        assert text in found[line]
