"""The sdist: everything that a packager needs, and its tests pass after unpacking."""

import sys
import tarfile

import pytest

from tests.conftest import run

# On one worker: what the tests share is costly.
pytestmark = pytest.mark.xdist_group("distributions")

#: Files that a packager or an author looks for.
EXPECTED = [
    ".ci/run",
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "Makefile",
    "README.md",
    "conftest.py",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "apps/gauss_filter.py",
    "benchmarks/engine.py",
    "data/digits.npz",
    "data/README.md",
    "docs/simulations.md",
    "docs/images/lorenz.png",
    "tests/conftest.py",
    "tests/ivisit/conftest.py",
    "tests/ivisit/legacy/scripts/plot.db",
    "tests/ivisit/store/version1.ivisit",
    "tests/assocmem/conftest.py",
    "tests/dopamine_wp/conftest.py",
]
#: The code of the pages.
BLOCKS = "tests/documentation/test_blocks.py::test_the_blocks_of_a_page_run_one_after_the_other"


def names(sdist):
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_it_holds_all_that_the_project_holds(sdist, project_copy):
    inside = names(sdist)
    assert set(EXPECTED) <= inside
    present = {
        f.relative_to(project_copy).as_posix() for f in project_copy.rglob("*") if f.is_file()
    }
    assert {name for name in present if "egg-info" not in name} <= inside
    assert not [name for name in inside if "__pycache__" in name or name.startswith(".git/")]


def test_its_tests_pass_after_unpacking(sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    # The whole suite would run twice; these import every package and read data and documents.
    chosen = [
        "tests/ivisit/test_engine.py",
        "tests/ivisit/store/test_migrations.py",
        "tests/ivisit/legacy/test_directives.py",
        "tests/assocmem/test_learning.py",
        "tests/dopamine_wp/test_tasks.py",
        f"{BLOCKS}[docs/simulations.md]",
        f"{BLOCKS}[README.md]",
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    code = "import ivisit, assocmem, dopamine_wp; print(ivisit.__file__)"
    assert str(folder) in run(sys.executable, "-c", code, cwd=folder)
    assert " passed" in run(*command, cwd=folder)
