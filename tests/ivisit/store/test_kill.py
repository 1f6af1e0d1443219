"""A process that is killed at any moment leaves the old or the new state, never a mix."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ivisit.store import ParameterStore


@pytest.fixture
def kill_while_saving() -> Iterator[Callable[[Path], int]]:
    """Let a process save into a store until it is killed; return its last acknowledged save."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("victims.py")), "20260501"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield lambda path: int(
            print(path, file=server.stdin, flush=True) or server.stdout.readline()
        )
        server.stdin.close()
    assert server.returncode == 0


def check_state(path: Path, acknowledged: int) -> int:
    """Check what a killed process left: whole, nothing acknowledged missing; return its last n."""
    with ParameterStore(path) as store:
        if not store.sets("S"):
            assert acknowledged == 0
            return 0
        current = store.load("S", "a")
        n = current["n"]
        # The one save that was under way may be there or not.
        assert n in (acknowledged, acknowledged + 1)
        assert current == {"n": n, "text": f"{n:06}" * 1000, "again": n}
        assert (current.comment, current.version) == (str(n), n)
        return int(n)


def test_two_hundred_kills_lose_no_acknowledged_save(
    tmp_path: Path, kill_while_saving: Callable[[Path], int]
) -> None:
    # On one store, each process goes on where the killed one stopped.
    for part in range(4):
        path, saved = tmp_path / f"store {part}.ivisit", 0
        for _ in range(35):
            acknowledged = kill_while_saving(path) or saved
            saved = check_state(path, acknowledged)
        assert saved > 35, "hardly anything was saved, so this shows nothing"
        with ParameterStore(path) as store:
            assert [one["n"] for one in store.history("S", "a")] == list(range(1, saved + 1))
    # On new ones, the process may be killed while it makes the file.
    for n in range(60):
        fresh = tmp_path / f"fresh {n}.ivisit"
        check_state(fresh, kill_while_saving(fresh))


def check_storm(answer: dict[str, Any], at_least: int) -> None:
    assert answer["saved"] > at_least
    assert (answer["missing"], answer["failed"], answer["sound"]) == ([], 0, True)


def test_writers_that_are_killed_lose_nothing_and_are_in_nobodys_way(
    path: Path, run_script: Callable[..., Any]
) -> None:
    check_storm(run_script("storm.py", path, "40"), 20)


@pytest.mark.stress
@pytest.mark.parametrize("part", range(4))
def test_hundreds_of_kills_among_writers_lose_nothing(
    path: Path, run_script: Callable[..., Any], part: int
) -> None:
    check_storm(run_script("storm.py", path, "400"), 200)
