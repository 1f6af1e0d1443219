"""The old package, which has the same import name, in the same folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ivisit
from ivisit import installation

PACKAGE = Path(ivisit.__file__).parent
#: The modules of IVISIT 0.72.
OLD = [
    *("__init__", "matplotlib", "simulation", "special"),
    *("defdb", "defdialogs", "help", "parser", "widgetdefcollection", "widgets"),
]


@pytest.fixture
def site(tmp_path):
    """A folder as after ``pip install ivisit-lab``."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "ivisit", ignore=ignored)
    shutil.copytree(PACKAGE.parent / "data", tmp_path / "ivisit_lab_data", ignore=ignored)
    return tmp_path


def install_old(site, *, replace):
    for name in OLD:
        file = site / "ivisit" / f"{name}.py"
        if replace or not file.exists():
            # 0.72 needs a package that pip does not bring along.
            file.write_text("from supy.guimaker3 import *\n")


def uninstall_old(site):
    for name in OLD:
        (site / "ivisit" / f"{name}.py").unlink()


def python(site, *arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=site, check=False,
        env=os.environ | {"PYTHONPATH": str(site)},
    )  # fmt: skip


#: What the installed command does.
COMMAND = ("-c", "import sys; from ivisit_lab_data.start import main; sys.exit(main())")
IMPORT = ("-c", "import ivisit; print(hasattr(ivisit, 'Slider'))")


def test_ours_alone_says_nothing(site):
    done = python(site, *IMPORT)
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert installation.problem(site / "ivisit") == ""
    version = python(site, *COMMAND, "--version").stdout
    assert version.startswith("ivisit-lab ")
    assert str(site / "ivisit") in version


def test_the_old_one_below_ours_is_noticed_when_ours_is_imported(site):
    install_old(site, replace=False)
    done = python(site, *IMPORT)
    assert done.stdout == "True\n"
    assert "the old package 'ivisit' (0.7x) lies in the same folder" in done.stderr
    assert "pip uninstall -y ivisit ivisit-lab\n  pip install ivisit-lab" in done.stderr
    done = python(site, "-m", "ivisit", "list")
    assert done.returncode == 0
    assert done.stderr.count("lies in the same folder") == 1


def test_the_old_one_over_ours_is_noticed_by_the_command(site):
    install_old(site, replace=True)
    assert "No module named 'supy'" in python(site, *IMPORT).stderr  # none of our code runs
    for option in ("list", "--version"):
        done = python(site, *COMMAND, option)
        assert done.returncode == 2
        assert "was installed over ivisit-lab" in done.stderr
        assert "'import ivisit' gives the old one" in done.stderr
        assert "Traceback" not in done.stderr


def test_modules_that_the_old_one_took_along_are_noticed_by_the_command(site):
    install_old(site, replace=False)
    uninstall_old(site)
    done = python(site, *COMMAND, "list")
    assert done.returncode == 2
    assert (
        "modules of ivisit-lab are missing from "
        f"{site / 'ivisit'}: __init__.py, matplotlib.py, simulation.py, special.py" in done.stderr
    )


def test_the_old_one_alone_on_the_path_is_noticed_by_the_command(site):
    shutil.rmtree(site / "ivisit")
    (site / "ivisit").mkdir()
    install_old(site, replace=True)
    done = python(site, *COMMAND, "list")
    assert (done.returncode, "gives another package, the old one perhaps" in done.stderr) == (
        2,
        True,
    )
