"""Sweeps that are killed: in the end exactly the runs asked for, each once, the same by bits."""

from __future__ import annotations

import os
import random
import re
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ivisit as iv
from ivisit.ranges import Range
from ivisit.runs.sweep_result import SweepResult

#: A run takes about 5 ms, so that kills hit an unfinished sweep.
SWEEP = shlex.split(
    "sweep walk.py -p size=lin:0.1:9:20 -p drift=-0.5,0.5 -p nap=0.001 --repeats 10 --steps 4 "
    "--metric position --metric speed:min --name kills --db walk.ivisit --workers 2"
)
SIZE = 400


def reference(folder: Path, walk: Path) -> SweepResult:
    """Return the same sweep, computed in this process without a break."""
    return iv.sweep(
        walk,
        {"size": Range(0.1, 9.0).points(20), "drift": [-0.5, 0.5], "nap": 0.001},
        repeats=10,
        steps=4,
        metrics=["position", "speed:min"],
        name="whole",
        store=folder / "whole.ivisit",
        workers=0,
    )


@pytest.mark.parametrize(
    "kills", [2, pytest.param(5, marks=pytest.mark.stress)], ids=["sample", "full"]
)
def test_a_parent_killed_in_mid_run_loses_no_run_and_leaves_no_worker(
    tmp_path: Path,
    walk: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
    fingerprint: Callable[[SweepResult], str],
    kills: int,
) -> None:
    store = tmp_path / "walk.ivisit"
    rng = random.Random(7)
    for _ in range(kills):
        before = stored_rows(store)
        command = ivisit(*SWEEP)
        until(lambda before=before: stored_rows(store) > before)
        time.sleep(rng.uniform(0, 0.1))
        workers = command.members()
        assert len(workers) >= 3
        command.kill()
        until(lambda command=command: not command.members(), seconds=5.0)
        assert before < stored_rows(store) < SIZE, "the kill did not hit an unfinished sweep"
    code, _, errors = ivisit(*SWEEP).finish()
    assert code == 0, errors
    assert re.search(rf"{SIZE} runs, [1-9]\d* done, [1-9]\d* to do", errors)
    assert stored_rows(store) == SIZE
    assert fingerprint(SweepResult(store, "kills")) == fingerprint(reference(tmp_path, walk))


def test_a_worker_that_is_killed_from_outside_costs_nothing(
    tmp_path: Path,
    walk: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
    fingerprint: Callable[[SweepResult], str],
) -> None:
    store = tmp_path / "walk.ivisit"
    command = ivisit(*SWEEP)
    until(lambda: stored_rows(store))
    victims = [pid for pid in command.members() if _is_worker(pid)]
    os.kill(victims[0], signal.SIGKILL)
    code, _, errors = command.finish()
    assert code == 0, errors
    assert fingerprint(SweepResult(store, "kills")) == fingerprint(reference(tmp_path, walk))


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize("how", ["ctrl-c", "sighup", "sigterm to all"])
def test_a_sweep_that_is_asked_to_end_finishes_what_runs_and_says_how_to_go_on(
    tmp_path: Path,
    walk: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
    fingerprint: Callable[[SweepResult], str],
    how: str,
) -> None:
    store = tmp_path / "walk.ivisit"
    command = ivisit(*SWEEP)
    until(lambda: stored_rows(store))
    if how == "sighup":
        os.kill(command.process.pid, signal.SIGHUP)
    else:
        command.signal_group(signal.SIGINT if how == "ctrl-c" else signal.SIGTERM)
    code, _, errors = command.finish()
    assert code == 130, errors
    told = re.search(r"interrupted: (\d+) of 400 runs are stored; the same command goes on", errors)
    assert told is not None, errors
    assert stored_rows(store) == int(told[1]) < SIZE
    assert "Traceback" not in errors
    until(lambda: not command.members())
    assert ivisit(*SWEEP).finish()[0] == 0
    assert fingerprint(SweepResult(store, "kills")) == fingerprint(reference(tmp_path, walk))


def test_ctrl_c_waits_for_long_runs_once_and_ends_them_at_once_when_pressed_twice(
    tmp_path: Path, walk: Path, ivisit: Callable[..., Any], until: Callable[..., Any]
) -> None:
    command = ivisit(*shlex.split("sweep walk.py -p size=1,2,3,4 -p nap=30 --steps 1 --workers 2"))
    until(lambda: len([pid for pid in command.members() if _is_worker(pid)]) == 2)
    time.sleep(1.0)
    command.signal_group(signal.SIGINT)
    time.sleep(0.3)
    assert command.process.poll() is None, "what runs is to be finished"
    began = time.monotonic()
    command.signal_group(signal.SIGINT)
    code, _, errors = command.finish()
    assert code == 130, errors
    assert time.monotonic() - began < 10.0
    until(lambda: not command.members())


def test_a_second_process_is_refused_while_the_first_lives(
    tmp_path: Path,
    walk: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
) -> None:
    store = tmp_path / "walk.ivisit"
    first = ivisit(*SWEEP)
    until(lambda: stored_rows(store))
    code, _, errors = ivisit(*SWEEP).finish()
    assert code == 2
    assert f"is being computed by process {first.process.pid}" in errors
    assert first.finish()[0] == 0
    assert stored_rows(store) == SIZE


@pytest.mark.parametrize(
    ("method", "kills"),
    [
        ("de", 1),
        ("tpe", 1),
        pytest.param("de", 5, marks=pytest.mark.stress),
        pytest.param("tpe", 5, marks=pytest.mark.stress),
        pytest.param("cmaes", 5, marks=pytest.mark.stress),
    ],
)
def test_a_killed_optimization_goes_on_with_the_same_trials_on_any_number_of_workers(
    tmp_path: Path,
    walk: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
    fingerprint: Callable[[SweepResult], str],
    method: str,
    kills: int,
) -> None:
    if method != "de":
        pytest.importorskip("optuna")
    trials = 24 * kills
    common = shlex.split(
        f"optimize walk.py --range size=0.1..9:log --range drift=* --maximize position:max "
        f"-p nap=0.06 --steps 1 --trials {trials} --method {method} --parallel 3 --db s.ivisit"
    )
    store = tmp_path / "s.ivisit"
    for _ in range(kills):
        before = stored_rows(store)
        command = ivisit(*common, "--name", "killed", "--workers", "2")
        until(lambda before=before: stored_rows(store) > before)
        command.kill()
        until(lambda command=command: not command.members(), seconds=2.0)
        assert before < stored_rows(store) < trials
    assert ivisit(*common, "--name", "killed", "--workers", "1").finish(120)[0] == 0
    code, _, errors = ivisit(*common, "--name", "whole", "--workers", "2").finish(120)
    assert code == 0, errors
    killed, whole = SweepResult(store, "killed"), SweepResult(store, "whole")
    assert len(killed) == trials
    assert fingerprint(killed) == fingerprint(whole)
