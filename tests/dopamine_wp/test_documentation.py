"""docs/dopamine.md names what there is."""

import subprocess
import sys
from pathlib import Path

import pytest

import dopamine_wp
from dopamine_wp.__main__ import main

PAGE = Path(__file__).parents[2] / "docs" / "dopamine.md"


@pytest.mark.parametrize("name", sorted(set(dopamine_wp.OPTIMIZERS)))
def test_every_optimizer_is_explained(name):
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")


def test_the_command_line_explains_itself_with_an_example(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["compare", "--help"])
    assert ended.value.code == 0
    assert "python -m dopamine_wp compare --task lorenz" in capsys.readouterr().out


def test_every_public_name_has_a_docstring():
    for name in dopamine_wp.__all__:
        thing = getattr(dopamine_wp, name)
        if not isinstance(thing, dict):
            assert thing.__doc__, name


def test_the_package_works_without_the_framework_window_and_plots():
    """Only the plugin needs ivisit; plots and progress bars are imported when asked for."""
    code = (
        "import sys, dopamine_wp, dopamine_wp.comparison, dopamine_wp.reporting\n"
        "print([name for name in ('ivisit', 'matplotlib', 'tqdm', 'tkinter', 'torch') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
