"""The built wheel, installed in an environment of its own, far from the checkout."""

import site
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.conftest import ROOT, run

# On one worker: what the tests share is costly.
pytestmark = pytest.mark.xdist_group("distributions")


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Build the wheel, as a packager does."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*command, "--wheel-dir", folder, sdist)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """Install the wheel in an empty environment that sees the third-party packages of this one.

    Their folder is listed in a .pth file; the .pth files in it, the editable install of the
    checkout among them, are not followed.
    """
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel)
    own = run(python, "-c", "import site; print(site.getsitepackages()[0])").strip()
    Path(own, "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return python


def test_every_module_of_the_checkout_is_in_the_wheel(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    for package in ("ivisit", "assocmem", "dopamine_wp"):
        for module in (ROOT / package).rglob("*.py"):
            assert str(module.relative_to(ROOT)) in inside
        assert f"{package}/py.typed" in inside
    assert "ivisit_lab_data/digits.npz" in inside
    assert not [name for name in inside if name.startswith(("tests/", "apps/", "docs/"))]


def test_commands_plugins_and_data_work_outside_the_checkout(python, tmp_path):
    command = python.with_name("ivisit")
    where = run(python, "-c", "import ivisit; print(ivisit.__file__)", cwd=tmp_path)
    assert str(ROOT) not in where
    listing = run(command, "list", cwd=tmp_path)
    for plugin in entry_points(group="ivisit.simulations"):
        assert plugin.name in listing
    assert "cannot be loaded" not in listing
    assert run(python, "-m", "ivisit", "--version", cwd=tmp_path).startswith("ivisit-lab ")
    code = (
        "import numpy as np\nfrom importlib.resources import files\n"
        "data = files('ivisit_lab_data')\n"
        "print(np.load(data / 'digits.npz')['images'].shape)\n"
        "print(np.load(data / 'santafe_laser.npz')['intensity'].shape)"
    )
    assert run(python, "-c", code, cwd=tmp_path) == "(1797, 8, 8)\n(10093,)\n"


def test_a_new_simulation_runs_with_the_installed_wheel(python, tmp_path):
    command = python.with_name("ivisit")
    run(command, "new", "mine.py", cwd=tmp_path)
    assert "signal = " in run(command, "run", "mine.py", "--steps", "5", cwd=tmp_path)


def test_the_version_stands_in_one_place():
    import importlib.metadata

    version = importlib.metadata.version("ivisit-lab")
    assert f"version = {version}\n" in (ROOT / "setup.cfg").read_text()
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
