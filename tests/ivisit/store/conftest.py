"""What the tests of the store share: a store, a second connection, children without privileges."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.store import ParameterStore

HERE = Path(__file__).parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for a store; nothing is there yet."""
    return tmp_path / "store.ivisit"


@pytest.fixture
def store(path: Path) -> Iterator[ParameterStore]:
    """An open, empty store at `path`."""
    with ParameterStore(path) as store:
        yield store


@pytest.fixture
def query(path: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the file at `path` through a second connection, as the sqlite3 shell would."""

    def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            return connection.execute(statement, values).fetchall()

    return ask


@pytest.fixture
def run_script() -> Callable[..., Any]:
    """Run a script of this folder in a process of its own and return the JSON that it prints."""

    def run(name: str, *arguments: str | Path, input: str | None = None) -> Any:
        done = subprocess.run(
            [sys.executable, str(HERE / name), *map(str, arguments)],
            input=input,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def copy() -> Callable[[Path, Path], Path]:
    """Copy a file as a person does, from another process.

    Reading the file of an open store in this process would drop SQLite's locks on it.
    """

    def run(source: Path, target: Path) -> Path:
        subprocess.run(["cp", str(source), str(target)], check=True)
        return target

    return run


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own ones are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="ivisit-test-"))
    folder.chmod(0o755)
    yield folder
    for place, folders, _ in os.walk(folder):
        for name in folders:
            os.chmod(os.path.join(place, name), 0o755)
    folder.chmod(0o755)
    shutil.rmtree(folder)
