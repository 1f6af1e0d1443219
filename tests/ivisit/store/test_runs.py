"""Runs are stored with all that is needed to understand them later, failures included."""

from __future__ import annotations

import math
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import numpy as np
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
    assert list(store.runs("T", sweep="a")) == []
    assert store.simulations() == ["S", "T"]


def test_a_sweep_takes_each_run_once(store: ParameterStore) -> None:
    store.save_run("S", **RUN, sweep="a", index=0)
    with pytest.raises(StoreError, match="run 0 of the sweep 'a' of S is stored already"):
        store.save_run("S", **RUN, sweep="a", index=0)
    store.save_run("T", **RUN, sweep="a", index=0)
    store.save_run("S", **RUN)
    store.save_run("S", **RUN)
    assert len(list(store.runs())) == 4


def test_several_runs_are_stored_all_or_none(store: ParameterStore) -> None:
    runs = [StoredRun(simulation="S", **RUN, sweep="a", index=i) for i in range(50)]
    assert store.save_runs(runs) == list(range(1, 51))
    with pytest.raises(StoreError, match="run 49 of the sweep 'a'"):
        store.save_runs([StoredRun(simulation="S", **RUN, sweep="a", index=i) for i in (50, 49)])
    assert len(list(store.runs())) == 50


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
        ({"steps": "x"}, r"run of S\.steps: must be a whole number from 0 on, not 'x'"),
        ({"steps": -5}, r"steps: must be a whole number from 0 on, not -5"),
        ({"steps": 1.5}, r"steps: must be a whole number"),
        ({"steps": True}, r"steps: must be a whole number"),
        ({"steps": 2**63}, r"steps: must be a whole number"),
        ({"steps": None}, r"steps: must be a whole number"),
        ({"index": 1.7}, r"index: must be a whole number from 0 on, not 1\.7"),
        ({"index": -1}, r"index: must be a whole number"),
        ({"index": "0"}, r"index: must be a whole number"),
        ({"duration": math.nan}, r"duration: must be a number of seconds or None, not nan"),
        ({"duration": -1.0}, r"duration: must be a number of seconds"),
        ({"duration": "1"}, r"duration: must be a number of seconds"),
        ({"metrics": [1]}, r"metrics: must be a mapping"),
        ({"metrics": None}, r"metrics: must be a mapping"),
        ({"provenance": [1]}, r"provenance: must be a mapping"),
        ({"parameters": [1]}, r"parameters must be a mapping"),
        ({"failure": "it failed"}, r"failure: must be a Failure or None, not 'it failed'"),
        ({"sweep": 3}, r"sweep: must be a text"),
        ({"started_at": 3}, r"started_at: must be a text"),
        ({"status": None}, "status: must be one of"),
        ({"metrcs": {}}, r"run of S: has no field 'metrcs'\. Did you mean 'metrics'\?"),
    ],
)
def test_what_cannot_be_stored_of_a_run_is_refused(
    store: ParameterStore, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        store.save_run("S", **RUN | changes)
    assert list(store.runs()) == []


def test_counts_may_be_numbers_of_numpy(store: ParameterStore) -> None:
    number = store.save_run("S", **RUN | {"steps": np.int64(7)}, sweep="a", index=np.uint8(3))
    run = store.load_run(number)
    assert (run.steps, run.index) == (7, 3)


@pytest.mark.parametrize("sweep", [None, "a"])
def test_a_long_list_is_read_in_parts_and_complete(
    store: ParameterStore, sweep: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivisit.store.runs.BATCH", 7)
    for key in ("T", "S"):
        runs = [
            StoredRun(simulation=key, **RUN, sweep="a", index=i if i < 40 else None)
            for i in reversed(range(50))
        ]
        store.save_runs(runs)
    found = list(store.runs(sweep=sweep))
    assert sorted(run.id for run in found if run.id is not None) == list(range(1, 101))
    if sweep is not None:
        assert [run.simulation for run in found] == ["S"] * 50 + ["T"] * 50
        assert [run.index for run in found[:50]] == [None] * 10 + list(range(40))
    assert len(list(store.runs("S", sweep=sweep))) == 50


def test_a_listing_takes_little_memory_and_holds_up_no_writer(store: ParameterStore) -> None:
    store.save_runs([StoredRun(simulation="S", **RUN) for _ in range(5000)])
    tracemalloc.start()
    try:
        listing = store.runs()
        next(listing)
        store.save_run("T", **RUN)
        assert sum(1 for _ in listing) == 5000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_runs_can_be_chosen(store: ParameterStore) -> None:
    for n in range(6):
        started = f"2026-01-0{n + 1}T00:30:00+01:00"
        store.save_run("S", **RUN | {"parameters": {"n": n % 3}}, started_at=started, sweep=str(n))
    store.save_run("S", **RUN | {"parameters": {"n": 9}})

    def ids(**choice: Any) -> list[int | None]:
        return [run.id for run in store.runs("S", **choice)]

    assert ids(limit=2) == [1, 2]
    assert ids(limit=0) == []
    assert ids(where=lambda run: run.parameters == {"n": 1}) == [2, 5]
    assert ids(where={"n": 1}) == [2, 5]
    assert ids(where={"n": 1, "sweep": "4"}) == [5]
    assert ids(where={"id": 3}) == [3]
    assert ids(since="2026-01-04T00:30:00+01:00") == [4, 5, 6]
    assert ids(since="2026-01-04T00:30:01+01:00") == [5, 6]
    assert ids(since=datetime(2026, 1, 3, 23, 30, tzinfo=UTC)) == [4, 5, 6]
    assert ids(since="2025-12-31", where={"n": 1}, limit=1) == [2]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"since": "yesterday"}, "runs.since: must be a time such as"),
        ({"since": 3}, "runs.since: must be a time such as"),
        ({"where": "status = 'failed'"}, "runs.where: must be a callable or a mapping"),
        ({"limit": -1}, "runs.limit: must be a whole number from 0 on, not -1"),
        ({"limit": "3"}, "runs.limit: must be a whole number from 0 on, not '3'"),
    ],
)
def test_a_choice_that_is_none_is_refused_at_once(
    store: ParameterStore, choice: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        store.runs(**choice)
