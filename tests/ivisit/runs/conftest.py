"""Simulations in files of their own, and what identifies the rows of a sweep."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ivisit.runs.sweep_result import SweepResult
from tests.ivisit.hearing import hear_signals

WALK = '''
    """A random walk."""

    import os, time
    import ivisit as iv

    class Walk(iv.Simulation):
        size = iv.Slider(1.0, 0.0, 10.0)
        drift = iv.Slider(0.0, -1.0, 1.0)
        turns = iv.Slider(1, 1, 9)
        rule = iv.OptionList("plain", ["plain", "a,b", "*"])
        nap = iv.Slider(0.0, 0.0, 100.0)
        weights = iv.DictSlider({"first": 1.0, "second": 2.0}, 0.0, 5.0)

        position = iv.Trace()
        speed = iv.Trace()

        def init(self):
            self.x = 0.0

        def step(self):
            if self.nap:
                time.sleep(self.nap)
            self.speed = self.drift + self.size * self.rng.standard_normal()
            self.x += self.turns * self.speed * self.weights["first"]
            self.position = self.x

    if __name__ == "__main__":
        iv.launch(Walk)
'''


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file into the test's folder, its text without the common indentation."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file


@pytest.fixture
def walk(write: Callable[[str, str], Path]) -> Path:
    """The file of a random walk."""
    return write("walk.py", WALK)


@pytest.fixture
def fingerprint() -> Callable[[SweepResult], str]:
    """Digest what must not depend on who computed a sweep, bit for bit."""
    return _fingerprint


def _fingerprint(result: SweepResult) -> str:
    columns = {n: c for n, c in result.columns().items() if n != "duration"}
    digest = hashlib.sha256()
    for name, column in columns.items():
        digest.update(name.encode() + column.tobytes())
    return digest.hexdigest()


class Command:
    """An ``ivisit`` command that runs in a process group of its own."""

    def __init__(self, *arguments: Any, cwd: Path, env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ivisit", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hear_signals,
        )

    def signal_group(self, number: int) -> None:
        """Send a signal to the whole group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """Kill the parent alone, so that nothing of it runs any more."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def finish(self, seconds: float = 60.0) -> tuple[int, str, str]:
        """Wait for the end; return exit code, stdout and stderr."""
        output, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, output, errors

    def members(self) -> list[int]:
        """Return the living processes of the group."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[2]) == self.process.pid and fields[0] != "Z":
                    found.append(int(entry.name))
        return found


@pytest.fixture
def ivisit(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Start an ``ivisit`` command in the test's folder; what still runs at the end is killed."""
    started: list[Command] = []

    def start(*arguments: Any, **options: Any) -> Command:
        command = Command(*arguments, cwd=tmp_path, **options)
        started.append(command)
        return command

    yield start
    for command in started:
        for pid in command.members():
            os.kill(pid, signal.SIGKILL)
        command.process.communicate()


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait until a condition holds, and return what it gave."""
    return _until


def _until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def stored_rows() -> Callable[[Path], int]:
    """Count the runs that a store holds, without disturbing its writer."""
    return _stored_rows


def _stored_rows(path: Path) -> int:
    import sqlite3
    from contextlib import closing

    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM run").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
