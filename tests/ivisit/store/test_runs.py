"""Runs are stored with all that is needed to understand them later, failures included."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ivisit.errors import Failure, ParameterError, StoreError
from ivisit.simulation import Simulation
from ivisit.store import ParameterStore, StoredRun

RUN: dict[str, Any] = {"parameters": {"n": 1}, "seed": 0, "steps": 10, "status": "finished"}


class Sim(Simulation):
    """A simulation without parameters."""


def test_a_run_comes_back_as_it_was_saved(store: ParameterStore) -> None:
    details: dict[str, Any] = {
        "parameters": {"n": 1, "x": -0.0, "group": {"a": True}},
        "seed": 2**127 + 1,
        "steps": 10,
        "status": "finished",
        "metrics": {"error": 0.1, "count": 3},
        "duration": 1.5,
        "started_at": "2026-05-01T12:00:00+02:00",
        "finished_at": "2026-05-01T12:00:01.5+02:00",
        "provenance": {"git": {"commit": "abc", "dirty": None}, "versions": ["numpy 2.0"]},
        "sweep": "sigma",
        "index": 3,
    }
    number = store.save_run(Sim, **details)
    assert store.load_run(number) == StoredRun(simulation="Sim", id=number, **details)


def test_what_is_not_known_of_a_run_may_be_left_out(store: ParameterStore) -> None:
    run = store.load_run(store.save_run("S", **RUN | {"seed": None}))
    assert (run.seed, run.metrics, run.duration, run.failure) == (None, {}, None, None)
    assert (run.sweep, run.index, run.provenance) == (None, None, {})


def test_the_failure_of_a_run_is_kept(store: ParameterStore) -> None:
    try:
        raise ValueError("cannot invert \ud800 \0 'x'")
    except ValueError as error:
        failure = Failure.from_exception("step", error)
    run = store.load_run(store.save_run("S", **RUN | {"status": "failed"}, failure=failure))
    assert run.failure is not None
    assert (run.failure.stage, run.failure.type) == ("step", "ValueError")
    assert run.failure.message == "cannot invert \\ud800 \\0 'x'"
    assert run.failure.traceback.startswith("Traceback (most recent call last):")
    assert run.failure.line == failure.line


def test_a_diverged_run_keeps_its_metrics(store: ParameterStore) -> None:
    metrics = {"loss": math.inf, "gradient": -math.inf, "x": 1}
    assert store.load_run(store.save_run("S", **RUN, metrics=metrics)).metrics == metrics
    number = store.save_run("S", **RUN, metrics={"loss": math.nan})
    assert math.isnan(store.load_run(number).metrics["loss"])


def test_runs_are_listed_by_simulation_and_sweep(store: ParameterStore) -> None:
    store.save_run("S", **RUN)
    for index in (2, 0, 1):
        store.save_run("S", **RUN, sweep="a", index=index)
    store.save_run("T", **RUN, sweep="b", index=0)
    assert [run.id for run in store.runs()] == [1, 2, 3, 4, 5]
    assert [run.id for run in store.runs("T")] == [5]
    assert [run.index for run in store.runs(sweep="a")] == [0, 1, 2]
    assert store.runs("T", sweep="a") == []
    assert store.simulations() == ["S", "T"]


def test_a_sweep_takes_each_run_once(store: ParameterStore) -> None:
    store.save_run("S", **RUN, sweep="a", index=0)
    with pytest.raises(StoreError, match="run 0 of the sweep 'a' of S is stored already"):
        store.save_run("S", **RUN, sweep="a", index=0)
    store.save_run("T", **RUN, sweep="a", index=0)
    store.save_run("S", **RUN)
    store.save_run("S", **RUN)
    assert len(store.runs()) == 4


def test_several_runs_are_stored_all_or_none(store: ParameterStore) -> None:
    runs = [StoredRun(simulation="S", **RUN, sweep="a", index=i) for i in range(50)]
    assert store.save_runs(runs) == list(range(1, 51))
    with pytest.raises(StoreError, match="run 49 of the sweep 'a'"):
        store.save_runs([StoredRun(simulation="S", **RUN, sweep="a", index=i) for i in (50, 49)])
    assert len(store.runs()) == 50


def test_the_number_of_a_deleted_run_is_not_used_again(store: ParameterStore) -> None:
    numbers = [store.save_run("S", **RUN) for _ in range(3)]
    assert store.delete_runs([numbers[2], 99]) == 1
    with pytest.raises(StoreError, match="has no run with the number 3"):
        store.load_run(numbers[2])
    assert store.save_run("S", **RUN) == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": "done"}, "status: must be one of finished, interrupted, failed, not 'done'"),
        ({"parameters": {"n": math.nan}}, r"S\.n: must be a finite number"),
        ({"metrics": {"m": "low"}}, "metric m: must be a number, not 'low'"),
        ({"provenance": {"x": object()}}, r"provenance\.x: must be a number"),
        ({"sweep": "\0"}, r"sweep: must not hold the character NUL"),
        ({"seed": object()}, r"seed: must be a number"),
    ],
)
def test_what_cannot_be_stored_of_a_run_is_refused(
    store: ParameterStore, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        store.save_run("S", **RUN | changes)
    assert store.runs() == []
