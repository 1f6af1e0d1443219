"""Sweeps in one process: what is stored, continued, refused, and told when runs fail."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ivisit as iv
from ivisit.errors import IVisitError, ParameterError, RunError
from ivisit.runs.ownership import this_process
from ivisit.runs.row_writer import TooManyFailures
from ivisit.runs.sitting import SourceChanged
from ivisit.runs.specification import SweepMismatch
from ivisit.runs.sweep_result import SweepResult
from ivisit.store import ParameterStore


def sweep(path: Path, parameters: dict[str, Any] | None = None, **options: Any) -> SweepResult:
    """Sweep in this process, into a store beside the file."""
    settings: dict[str, Any] = {
        "steps": 3,
        "workers": 0,
        "name": "s",
        "store": path.with_suffix(".ivisit"),
    }
    return iv.sweep(path, parameters, **settings | options)


def test_traces_of_several_numbers_are_measured_and_kept_by_component(
    write: Callable[[str, str], Path],
) -> None:
    body = write(
        "body.py",
        """
        import ivisit as iv

        class Body(iv.Simulation):
            speed = iv.Slider(1.0, 0.0, 9.0)
            position = iv.Trace(size=2, names=["x", "y"])

            def init(self):
                self.position = [0, 0]

            def step(self):
                self.position = self.position + [self.speed, 2 * self.speed]

        def far(result):
            return result.traces["position"].max()
        """,
    )
    plain = sweep(body, {"speed": [1.0, 2.0]}, until="position.y>7.5")
    assert plain.columns()["position.x"].tolist() == [3.0, 4.0]
    assert plain.columns()["position.y"].tolist() == [6.0, 8.0]
    metrics = {"far": ".:far", "high": "position.y:at=2"}
    both = sweep(body, {"speed": [1.0, 2.0]}, metrics=metrics, keep="position", name="t")
    assert both.columns()["far"].tolist() == [6.0, 12.0]
    assert both.columns()["high"].tolist() == [4.0, 8.0]
    assert both.traces("position.x")[1][1].tolist() == [2.0, 4.0, 6.0]
    best = iv.optimize(
        body, {"speed": iv.Range(0.0, 9.0)}, minimize="position.x", steps=2, trials=6, workers=0,
        store=body.with_suffix(".ivisit"),
    )  # fmt: skip
    assert best.best_value == pytest.approx(2 * best.best_parameters["speed"])


# Numbers ------------------------------------------------------------------------------------------


def test_each_row_is_what_iv_run_gives_with_its_parameters_and_seed(walk: Path) -> None:
    result = sweep(
        walk,
        {"size": [0.5, 2.0], "turns": range(1, 4), "weights.first": [0.5, 1.5], "drift": 0.25},
        metrics=["position", "speed:min", "speed:at=2"],
        repeats=2,
    )
    assert len(result) == result.sweep.size == 2 * 3 * 2 * 2
    assert result.index.tolist() == list(range(24))
    for row in result:
        alone = iv.run(
            walk,
            {
                "size": row["size"],
                "turns": row["turns"],
                "drift": 0.25,
                "weights": {"first": row["weights.first"]},
            },
            steps=3,
            seed=row["seed"],
        )
        assert row["position"] == alone.traces["position"][-1]
        assert row["speed:min"] == alone.traces["speed"].min()
        assert row["speed:at=2"] == alone.traces["speed"][1]
        assert (row["status"], row["steps"]) == ("finished", 3)


def test_the_last_axis_is_the_fastest_and_repeats_come_behind_all_points(walk: Path) -> None:
    result = sweep(walk, {"size": [1.0, 2.0], "drift": [0.0, 0.5, 1.0]}, repeats=2)
    assert result.varied == ["size", "drift"]
    assert result.parameters["size"].tolist() == [1, 1, 1, 2, 2, 2] * 2
    assert result.parameters["drift"].tolist() == [0, 0.5, 1] * 4
    assert result.repeat.tolist() == [0] * 6 + [1] * 6
    assert len(set(result.seed.tolist())) == 12


def test_common_random_numbers_are_shared_by_all_points_of_a_repeat(walk: Path) -> None:
    result = sweep(walk, {"drift": [0.0, 0.5]}, repeats=3, seeds="common")
    seeds = result.seed.reshape(3, 2)
    assert (seeds[:, 0] == seeds[:, 1]).all()
    assert len(set(seeds[:, 0].tolist())) == 3
    difference = np.diff(result.metrics["position"].reshape(3, 2), axis=1)
    assert difference == pytest.approx(1.5)


def test_a_run_ends_when_a_condition_holds(walk: Path) -> None:
    result = sweep(walk, {"size": 0.0, "drift": [0.1, 0.5]}, steps=30, until="position>1.1")
    assert result.steps.tolist() == [12, 3]


def test_kept_traces_come_back_bit_for_bit_and_thinned(walk: Path) -> None:
    result = sweep(walk, {"drift": [0.0, 0.5]}, steps=10, keep=["position"], every=3)
    alone = iv.run(walk, {"drift": 0.5}, steps=10, seed=int(result.seed[1]))
    steps, values = result.traces("position")[1]
    assert steps.tolist() == [3, 6, 9]
    assert values.tobytes() == alone.traces["position"][[2, 5, 8]].tobytes()
    with pytest.raises(IVisitError, match="has no kept trace 'speed'"):
        result.traces("speed")


def test_a_metric_may_be_a_function_of_the_result_in_the_simulations_file(
    write: Callable[[str, str], Path],
) -> None:
    path = write(
        "own.py",
        """
        import ivisit as iv

        def double(result):
            return 2 * result.traces["level"][-1]

        class Own(iv.Simulation):
            rate = iv.Slider(0.5, 0.0, 1.0)
            level = iv.Trace()
            def step(self):
                self.level = self.rate
        """,
    )
    cls = iv.get_simulation(path)
    double = cls.step.__globals__["double"]
    result = iv.sweep(
        cls, {"rate": [0.25, 0.5]}, steps=1, metrics={"twice": double, "plain": "level"},
        workers=2, store=path.with_suffix(".ivisit"), name="s",
    )  # fmt: skip
    assert result.metrics["twice"].tolist() == [0.5, 1.0]
    assert result.metrics["plain"].tolist() == [0.25, 0.5]
    with pytest.raises(ParameterError, match="cannot be found by workers"):
        iv.sweep(cls, steps=1, metrics={"bad": lambda result: 1.0}, workers=0)


def test_one_instance_for_all_runs_gives_the_same_when_init_resets_everything(walk: Path) -> None:
    fresh = sweep(walk, {"drift": [0.0, 0.5, 1.0]}, repeats=3)
    again = sweep(walk, {"drift": [0.0, 0.5, 1.0]}, repeats=3, reuse=True, name="reuse")
    assert again.metrics["position"].tobytes() == fresh.metrics["position"].tobytes()


def test_reuse_calls_main_init_once_with_the_seed_of_the_sweep(
    write: Callable[[str, str], Path],
) -> None:
    path = write(
        "once.py",
        """
        import ivisit as iv

        class Once(iv.Simulation):
            a = iv.Slider(1.0, 0.0, 9.0)
            drawn = iv.Trace()
            calls = iv.Trace()
            made = 0
            def main_init(self):
                self.drawn_once = self.rng.random()
                type(self).made += 1
            def step(self):
                self.drawn, self.calls = self.drawn_once, type(self).made
        """,
    )
    result = sweep(path, {"a": [1.0, 2.0, 3.0]}, steps=1, seed=5, reuse=True)
    assert result.metrics["calls"].tolist() == [1, 1, 1]
    assert set(result.metrics["drawn"]) == {np.random.default_rng(5).random()}


def test_what_a_file_launches_is_executed_anew_for_every_run(
    write: Callable[[str, str], Path],
) -> None:
    path = write(
        "launched.py",
        """
        import ivisit as iv
        COUNT = [0]

        class Counting(iv.Simulation):
            a = iv.Slider(1.0, 0.0, 9.0)
            count = iv.Trace()
            def step(self):
                COUNT[0] += 1
                self.count = COUNT[0]

        iv.launch(Counting())
        """,
    )
    assert sweep(path, {"a": [1.0, 2.0, 3.0]}, steps=2).metrics["count"].tolist() == [2, 2, 2]


# Going on ---------------------------------------------------------------------------------------


def test_the_same_call_computes_only_what_is_missing(walk: Path) -> None:
    seen: list[int] = []

    def on_run(index: int, *details: Any) -> None:
        seen.append(index)
        if len(seen) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="4 of 6 runs are stored"):
        sweep(walk, {"drift": [0.0, 0.5, 1.0]}, repeats=2, on_run=on_run)
    first = set(seen)
    result = sweep(walk, {"drift": [0.0, 0.5, 1.0]}, repeats=2, on_run=on_run)
    assert len(seen) == 6
    assert first | set(seen) == set(range(6))
    assert result.complete
    assert result.sweep.status == "finished"


def test_without_a_name_the_same_request_finds_itself_and_another_one_does_not(walk: Path) -> None:
    first = sweep(walk, {"drift": [0.0, 0.5]}, name=None)
    assert sweep(walk, {"drift": [0.0, 0.5]}, name=None).name == first.name
    assert sweep(walk, {"drift": [0.0, 0.5]}, name=None, repeats=2).name == first.name
    for other in ({"seed": 1}, {"steps": 4}, {"seeds": "common"}, {"metrics": ["speed"]}):
        assert sweep(walk, {"drift": [0.0, 0.5]}, name=None, **other).name != first.name
    assert sweep(walk, {"drift": [0.5, 0.0]}, name=None).name != first.name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"parameters": {"drift": [0.0, 0.5]}}, {"repeats": 3}),
        (
            {"parameters": {"drift": iv.Range(0.0, 1.0), "turns": [1, 2]}, "sample": ("sobol", 4)},
            {"sample": ("sobol", 16)},
        ),
        ({"parameters": {"size": iv.Range()}, "sample": ("random", 3)}, {"sample": ("random", 7)}),
    ],
)
def test_what_grows_keeps_all_former_runs(
    walk: Path, before: dict[str, Any], after: dict[str, Any]
) -> None:
    computed: list[int] = []
    small = sweep(walk, **before)
    former, before_size = small.columns(), len(small)
    large = sweep(walk, **before | after, on_run=lambda index, *_: computed.append(index))
    assert len(large) > before_size
    assert sorted(computed) == list(range(before_size, len(large)))
    for name, column in former.items():
        if name != "duration":
            assert large.columns()[name][:before_size].tobytes() == column.tobytes()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"steps": 4}, "steps: stored 3, asked for 4"),
        ({"parameters": {"drift": [0.0, 1.0]}}, "space.axes.drift: stored"),
        ({"parameters": {"drift": [0.0, 0.5], "size": 2.0}}, "fixed.size: stored 1.0"),
        ({"repeats": 1}, "repeats: stored 2, asked for 1"),
        ({"seed": 3}, "seed: stored 0, asked for 3"),
        ({"metrics": ["speed"]}, "metrics.position: stored"),
    ],
)
def test_another_request_under_the_same_name_is_refused_by_name_and_changes_nothing(
    walk: Path, change: dict[str, Any], told: str
) -> None:
    request: dict[str, Any] = {"parameters": {"drift": [0.0, 0.5]}, "repeats": 2}
    result = sweep(walk, **request)
    with pytest.raises(SweepMismatch) as refused:
        sweep(walk, **request | change)
    assert told in str(refused.value)
    assert SweepResult(result.path, "s").table().tobytes() == result.table().tobytes()


@pytest.mark.parametrize("helper", [False, True], ids=["the file", "a helper"])
def test_a_changed_source_is_refused_unless_it_is_accepted(
    write: Callable[[str, str], Path], helper: bool
) -> None:
    text = """
        import ivisit as iv
        import mod_a

        class Uses(iv.Simulation):
            a = iv.Slider(1.0, 0.0, 9.0)
            value = iv.Trace()
            def step(self):
                self.value = self.a * mod_a.VALUE
        """
    path = write("uses.py", text)
    write("mod_a.py", "VALUE = 2.0")
    assert sweep(path, {"a": [1.0, 2.0]}, steps=1).metrics["value"].tolist() == [2.0, 4.0]
    if helper:
        write("mod_a.py", "VALUE = 3.0")
    else:
        write("uses.py", text.replace("* mod_a.VALUE", "* 3.0"))
    with pytest.raises(SourceChanged, match="another version of Uses's source"):
        sweep(path, {"a": [1.0, 2.0]}, steps=1, repeats=2)
    result = sweep(path, {"a": [1.0, 2.0]}, steps=1, repeats=2, accept_changed=True)
    assert result.metrics["value"].tolist() == [2.0, 4.0, 3.0, 6.0]
    # Each run says with which source it was computed.
    with ParameterStore(result.path) as store:
        known = [
            (run.provenance["source_sha256"], run.provenance["helpers"][0]["sha256"])
            for run in store.runs(sweep="s")
        ]
        assert known[0] == known[1] != known[2] == known[3]
        assert len(store.source_files(digest for pair in known for digest in pair)) == 3


def test_helpers_of_the_same_name_in_two_folders_are_not_mixed_up(
    write: Callable[[str, str], Path],
) -> None:
    text = """
        import ivisit as iv
        import mod_a
        class Uses(iv.Simulation):
            value = iv.Trace()
            def step(self):
                import mod_a as lazily
                self.value = mod_a.VALUE + lazily.VALUE
        """
    for folder, value in (("a", 2), ("b", 5)):
        write(f"{folder}/sim.py", text)
        write(f"{folder}/mod_a.py", f"VALUE = {value}")
    for folder, value in (("a", 4.0), ("b", 10.0)):
        path = write(f"{folder}/sim.py", text)
        for workers in (0, 1):
            result = sweep(path, steps=1, workers=workers, name=f"w{workers}")
            assert result.metrics["value"].tolist() == [value]


# Failures -----------------------------------------------------------------------------------------

FAILING = '''
    """Fails in many ways."""
    import os, sys
    import ivisit as iv

    class TwoArguments(Exception):
        def __init__(self, one, two):
            super().__init__(one)

    class Failing(iv.Simulation):
        how = iv.OptionList("not", ["not", "main_init", "init", "step", "close", "two", "exit",
                                    "nan", "endless", "kill", "leave", "interrupt"])
        level = iv.Trace()

        def fail(self, stage):
            if self.how == stage:
                raise ValueError(f"failed in {stage} \\0 \\ud800")
        def main_init(self):
            self.fail("main_init")
        def init(self):
            print("started", self.how)
            self.fail("init")
        def step(self):
            if self.how == "two":
                raise TwoArguments(1, 2)
            if self.how == "exit":
                sys.exit(3)
            if self.how == "interrupt":
                raise KeyboardInterrupt
            if self.how == "endless":
                for _ in range(2000):
                    print("x" * 1000, file=sys.stderr)
                raise ValueError("after much output")
            if self.how == "kill":
                os.kill(os.getpid(), 9)
            if self.how == "leave":
                os._exit(3)
            self.fail("step")
            self.level = float("nan") if self.how == "nan" else 1.0
        def close(self):
            self.fail("close")
'''


@pytest.fixture
def failing(write: Callable[[str, str], Path]) -> Path:
    """The file of a simulation that fails on demand."""
    return write("failing.py", FAILING)


def test_a_failing_run_is_a_row_with_its_stage_and_all_others_are_right(failing: Path) -> None:
    result = sweep(
        failing, {"how": ["not", "main_init", "init", "step", "close", "two", "exit", "nan"]}
    )
    assert result.status.tolist() == ["finished", *["failed"] * 6, "finished"]
    causes = [(f.failure.stage, f.failure.type) for f in result.failures]
    assert causes == [
        ("main_init", "ValueError"),
        ("init", "ValueError"),
        ("step", "ValueError"),
        ("close", "ValueError"),
        ("step", "TwoArguments"),
        ("step", "SystemExit"),
    ]
    assert "failed in init" in result.failures[1].failure.message
    assert "raise ValueError" in result.failures[1].failure.traceback
    assert result.diverged.tolist() == [False] * 7 + [True]
    assert math.isnan(result.metrics["level"][-1])
    assert result.summary().endswith("6 failed, 1 with a metric that is not finite")
    assert result.best("level", maximize=True)[0]["parameters"] == {"how": "not"}


def test_workers_that_die_are_found_out_and_cost_no_other_run(failing: Path) -> None:
    deadly = ["kill", "leave", "endless", "interrupt", "two"]
    result = sweep(failing, {"how": [*deadly, "not"]}, workers=2)
    assert len(result) == 6
    causes = {f.parameters["how"]: f.failure for f in result.failures}
    assert {name: f.stage for name, f in causes.items()} == {
        "kill": "worker",
        "leave": "worker",
        "endless": "step",
        "interrupt": "step",
        "two": "step",
    }
    assert "ended, twice" in causes["kill"].message
    outputs = {f.parameters["how"]: f.output for f in result.failures}
    assert outputs["two"] == "started two\n"
    assert len(outputs["endless"]) == 2000
    healthy = result.mask(how="not")
    assert (result.status[healthy] == "finished").all()
    assert (result.metrics["level"][healthy] == 1.0).all()


def test_failed_runs_are_results_unless_they_are_to_be_tried_again(
    write: Callable[[str, str], Path], failing: Path
) -> None:
    assert (sweep(failing, {"how": ["not", "step"]}).status == ["finished", "failed"]).all()
    assert (sweep(failing, {"how": ["not", "step"]}).status == ["finished", "failed"]).all()
    write("failing.py", FAILING.replace('self.fail("step")', "pass"))
    result = sweep(failing, {"how": ["not", "step"]}, retry_failed=True, accept_changed=True)
    assert (result.status == "finished").all()
    assert result.metrics["level"].tolist() == [1.0, 1.0]
    with closing(sqlite3.connect(result.path)) as connection:
        rows = connection.execute("SELECT attempts FROM runs ORDER BY sweep_index").fetchall()
    assert rows == [(1,), (2,)]


def test_a_fault_that_all_runs_share_stops_the_sweep_early(failing: Path) -> None:
    with pytest.raises(TooManyFailures, match=r"its first \d+ runs have all failed"):
        sweep(failing, {"how": "step"}, repeats=1000)
    assert 20 <= len(SweepResult(failing.with_suffix(".ivisit"), "s")) < 200


def test_a_sweep_stops_when_more_runs_fail_than_may(failing: Path) -> None:
    with pytest.raises(RunError, match="3 runs have failed, and at most 2 may"):
        sweep(failing, {"how": ["not", "step"]}, repeats=10, max_failures=2)
    assert len(SweepResult(failing.with_suffix(".ivisit"), "s")) < 20


def test_a_file_that_fails_to_load_in_a_worker_makes_rows_that_say_so(
    write: Callable[[str, str], Path],
) -> None:
    path = write(
        "picky.py",
        """
        import multiprocessing
        import ivisit as iv
        if multiprocessing.parent_process() is not None:
            raise OSError("no licence here")
        class Picky(iv.Simulation):
            level = iv.Trace()
            def step(self):
                self.level = 1.0
        """,
    )
    result = sweep(path, repeats=3, workers=1)
    assert {(f.failure.stage, f.failure.type) for f in result.failures} == {("load", "OSError")}


def test_a_store_that_fills_up_stops_the_sweep_and_the_same_call_goes_on(
    walk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = ParameterStore.save_rows, []

    def full_in_the_second_write(self: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise iv.StoreError("the disk is full.")
        return real(self, *arguments, **options)

    monkeypatch.setattr("ivisit.runs.row_writer.INTERVAL", 0.0)
    monkeypatch.setattr(ParameterStore, "save_rows", full_in_the_second_write)
    parameters = {"drift": [i / 100 for i in range(60)]}
    with pytest.raises(RunError, match=r"the disk is full\. The sweep 's' was stopped"):
        sweep(walk, parameters)
    assert 0 < len(SweepResult(walk.with_suffix(".ivisit"), "s")) < 60
    assert len(sweep(walk, parameters)) == 60


# Requests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "options", "told"),
    [
        ({"sise": [1.0]}, {}, "Walk: has no parameter 'sise'. Did you mean 'size'?"),
        ({"size": [1.0, 99.0]}, {}, "Walk.size: must be between 0 and 10, not 99.0"),
        ({"size": []}, {}, "an axis with at least one value"),
        ({"size": [1.0, 1]}, {}, "an axis whose values differ"),
        ({"weights.third": [1.0]}, {}, "Walk.weights: has no item 'third'"),
        ({"weights": {"first": 1.0}, "weights.first": [1.0]}, {}, "is given twice"),
        ({"size": iv.Range(0, 1)}, {}, "is a range, which is sampled; say how"),
        ({"size": iv.Range(1, 0)}, {"sample": ("sobol", 4)}, "low end is below its high end"),
        (
            {"size": iv.Range(0, 1, "log")},
            {"sample": ("sobol", 4)},
            "positive numbers on a logarithmic scale",
        ),
        ({"size": iv.Range()}, {"sample": ("sobols", 4)}, "with a kind of sobol, latin"),
        ({"size": iv.Range()}, {"sample": ("saltelli", 6)}, "a power of two"),
        ({}, {"sample": ("sobol", 4)}, "a sample needs ranges"),
        ({"size": [1.0]}, {"points": [{"drift": 0.0}]}, "points replace axes"),
        ({}, {"points": [{"drift": 0.0}, {"size": 1.0}]}, "points[1]: must name the same"),
        ({}, {"steps": -1}, "steps: must be a whole number from 0 on"),
        ({}, {"repeats": 0}, "repeats: must be a whole number from 1 on"),
        ({}, {"metrics": ["positon"]}, "has no trace 'positon'. Did you mean 'position'?"),
        ({}, {"metrics": ["position:median"]}, "'position:median' is no metric; write TRACE"),
        ({}, {"keep": ["nothing"]}, "has no trace 'nothing'"),
        ({}, {"metrics": {"m": ":far"}}, "there is no function ':far'; write 'module:name'"),
        ({}, {"metrics": {"m": "..a:far"}}, "there is no function '..a:far'"),
        ({}, {"until": "position"}, "until: must be TRACE<NUMBER"),
        ({}, {"until": "pos<1"}, "has no trace 'pos'"),
        ({}, {"workers": -1}, "workers: must be a whole number from 0 on"),
        (
            {},
            {"executor": "http://x", "workers": None},
            "an executor, or a text that begins with tcp://",
        ),
        ({}, {"executor": 3, "workers": None}, "a concurrent.futures.Executor"),
        ({}, {"seeds": "same"}, "'independent' or 'common'"),
        ({}, {"seed": -1}, "seed: must be a whole number from 0 on, or None"),
        ({}, {"parameter_set": "soft"}, "has no parameter set 'soft'"),
    ],
)
def test_a_wrong_request_is_refused_by_name_before_anything_runs(
    walk: Path, parameters: dict[str, Any], options: dict[str, Any], told: str
) -> None:
    with pytest.raises(IVisitError) as refused:
        sweep(walk, parameters, **options)
    assert told in str(refused.value)


def test_an_instance_is_refused_for_each_run_needs_a_fresh_one(walk: Path) -> None:
    with pytest.raises(ParameterError, match="so give it the class, not an instance"):
        iv.sweep(iv.get_simulation(walk)(), steps=1)


def test_a_stored_set_is_where_a_sweep_starts_from(walk: Path) -> None:
    with ParameterStore(walk.with_suffix(".ivisit")) as store:
        store.save(iv.get_simulation(walk), "soft", {"size": 0.0, "drift": 0.5})
    result = sweep(walk, {"turns": [1, 2]}, steps=2, parameter_set="soft")
    assert result.metrics["position"].tolist() == [1.0, 2.0]
    assert result.sweep.specification["fixed"]["size"] == 0.0


def test_a_sweep_whose_owner_is_dead_is_taken_over_at_once_and_a_living_one_is_not(
    walk: Path,
) -> None:
    result = sweep(walk, {"drift": [0.0]})
    owner = this_process()
    for known, lives in ((owner, True), (owner | {"started": "another start"}, False)):
        with closing(sqlite3.connect(result.path)) as connection, connection:
            connection.execute("UPDATE sweep SET owner = ?", (json.dumps(known),))
        if lives:
            with pytest.raises(IVisitError, match="is being computed by process"):
                sweep(walk, {"drift": [0.0]}, repeats=2)
        else:
            assert len(sweep(walk, {"drift": [0.0]}, repeats=2)) == 2


def test_an_owner_on_another_host_counts_as_alive_for_a_minute(walk: Path) -> None:
    result = sweep(walk, {"drift": [0.0]})
    for age, lives in (("now", True), ("now', '-2 minutes", False)):
        with closing(sqlite3.connect(result.path)) as connection, connection:
            seen = connection.execute(f"SELECT strftime('%Y-%m-%dT%H:%M:%S+00:00', '{age}')")
            connection.execute(
                "UPDATE sweep SET owner = ?, heartbeat_at = ?",
                ('{"host": "elsewhere", "pid": 1}', seen.fetchone()[0]),
            )
        if lives:
            with pytest.raises(IVisitError, match="by process 1 on elsewhere"):
                sweep(walk, {"drift": [0.0]}, repeats=2)
        else:
            assert len(sweep(walk, {"drift": [0.0]}, repeats=2)) == 2


def test_a_run_that_cannot_be_reproduced_is_told_and_what_is_stored_is_kept(
    walk: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = sweep(walk, {"drift": [0.0, 0.5]})
    stored = result.metrics["position"].tolist()
    with closing(sqlite3.connect(result.path)) as connection, connection:
        connection.execute("DELETE FROM run WHERE sweep_index = 1")

    def lie(self: Any, engine: Any, duration: float) -> Any:
        # Meanwhile somebody else has stored the very run that is computed here.
        with ParameterStore(result.path) as store:
            known = store.load_sweep("s")
            from ivisit.store.sweep_rows import SweepRow

            store.save_rows(known, [SweepRow(1, {"drift": 0.5}, 1, 3, "finished", {"position": 7.0,
                                             "speed": 1.0}, 0.0)])  # fmt: skip
        return (8.0, 1.0), ()

    monkeypatch.setattr("ivisit.runs.working.Bench._measure", lie)
    again = sweep(walk, {"drift": [0.0, 0.5]})
    assert again.metrics["position"].tolist() == [stored[0], 7.0]
    assert "run 1 of the sweep 's' gave other numbers than those stored" in caplog.text


def test_a_read_only_store_is_refused_before_anything_runs(walk: Path) -> None:
    store = walk.with_suffix(".ivisit")
    sweep(walk, {"drift": [0.0]})
    with ParameterStore(store) as opened:
        opened.read_only = True
        with pytest.raises(iv.StoreError, match="is read-only"):
            sweep(walk, {"drift": [0.0]}, repeats=2, store=opened)


def test_few_chunks_are_in_flight_and_commits_are_few(
    walk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    from ivisit.runs.sitting import Sitting

    seen: list[Sitting] = []
    init = Sitting.__init__

    def watched(self: Any, *arguments: Any, **options: Any) -> None:
        init(self, *arguments, **options)
        seen.append(self)

    monkeypatch.setattr(Sitting, "__init__", watched)
    began = time.monotonic()
    sweep(walk, {"drift": [i / 1000 for i in range(500)]}, repeats=4, workers=2)
    seconds = time.monotonic() - began
    assert seen[0].dispatcher is not None
    assert seen[0].dispatcher.most_in_flight <= 4
    assert seen[0].writer.commits <= seconds / 0.5 + 2


def test_a_run_costs_few_bytes(walk: Path) -> None:
    path = walk.with_suffix(".ivisit")
    sweep(walk, {"size": [1.0], "drift": [0.5]}, metrics=["position", "speed"])
    ParameterStore(path).vacuum()
    before = path.stat().st_size
    sweep(walk, {"size": [1.0], "drift": [0.5]}, metrics=["position", "speed"], repeats=3001)
    assert (path.stat().st_size - before) / 3000 <= 200


def test_the_parent_stays_small_however_many_runs_there_are(
    write: Callable[[str, str], Path],
) -> None:
    script = write(
        "idle.py",
        """
        import re, sys
        import ivisit as iv

        class Idle(iv.Simulation):
            number = iv.Slider(0, 0, 10)
            level = iv.Trace()

        def peak():
            return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

        if __name__ == "__main__":
            axes = {"number": range(10)}
            for repeats in (50, 2000):
                iv.sweep(Idle, axes, repeats=repeats, steps=0, workers=1, store="idle.ivisit")
                print(peak())
        """,
    )
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, cwd=script.parent,
        timeout=120, check=False,
    )  # fmt: skip
    small, large = map(float, done.stdout.split())
    assert large < 120
    assert large - small < 20
