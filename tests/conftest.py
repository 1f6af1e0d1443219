"""What the tests of the built distributions share."""

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: What lies about in a checkout or an unpacked sdist and does not belong to the project.
STRAY = (".*", "__pycache__", "build", "dist", "*.egg-info")


def pytest_collection_finish():
    """Spare the collections of garbage, of which each window asks for some, what stays anyhow.

    There are thousands of tests: going through them takes longer than most tests of a window.
    """
    gc.collect()
    gc.freeze()


def run(*command, **options):
    """Run a command without this environment's Python settings; return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "IVISIT"))}
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env=environment, **options
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory):
    """Copy what git knows, so that no stray file gets into a distribution."""
    source = tmp_path_factory.mktemp("project") / "source"
    if not (ROOT / ".git").exists():  # an unpacked sdist
        return shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*STRAY))
    for name in run("git", "ls-files", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    return source


@pytest.fixture(scope="session")
def sdist(project_copy, tmp_path_factory):
    """Build the sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    code = f"from setuptools.build_meta import build_sdist; build_sdist({str(folder)!r})"
    run(sys.executable, "-c", code, cwd=project_copy)
    (built,) = folder.glob("*.tar.gz")
    return built
