"""Copies, pickles and comparisons of simulations, declarations and results."""

import copy
import importlib.util
import multiprocessing
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import ivisit as iv
from ivisit.recording import Change

_spec = importlib.util.spec_from_file_location(
    "copied_simulations", Path(__file__).with_name("copied_simulations.py")
)
assert _spec is not None
assert _spec.loader is not None
copied_simulations = importlib.util.module_from_spec(_spec)
sys.modules["copied_simulations"] = copied_simulations
_spec.loader.exec_module(copied_simulations)
Walk = copied_simulations.Walk


@pytest.fixture
def walk():
    engine = iv.Engine(Walk, seed=7)
    engine.init()
    engine.adjust("rate", maximum=5.0)
    engine.set("rate", 3.0)
    engine.run(2)
    return engine.simulation


DEEP = [copy.deepcopy, lambda simulation: pickle.loads(pickle.dumps(simulation))]


@pytest.mark.parametrize("duplicate", DEEP, ids=["deepcopy", "pickle"])
def test_a_deep_copy_goes_on_as_the_original_would_and_shares_nothing(walk, duplicate):
    twin = duplicate(walk)
    before = copied_simulations.moved(duplicate(walk))
    assert copied_simulations.moved(twin) == before
    assert len(walk.log) == 3
    assert walk.picture[0, 0] == walk.position != twin.position
    assert walk.line.get_ydata()[1] == walk.position
    assert twin.line.get_ydata()[1] == twin.position
    assert twin.line.figure is twin.plot
    twin.parameters["rate"] = 1.5
    twin.weights = {"a": 0.25}
    twin.parameters.adjust("rate", maximum=2.0, label="Other")
    assert (walk.rate, walk.weights["a"]) == (3.0, 0.5)
    assert walk.parameters.control("rate").maximum == 5.0
    assert copied_simulations.moved(walk) == before


def test_a_copy_shares_the_users_own_attributes_only(walk):
    twin = copy.copy(walk)
    assert twin.log is walk.log
    assert (twin.rate, twin.position) == (walk.rate, walk.position)
    twin.rate = 0.25
    twin.position = 99.0
    twin.picture[0, 0] = 99.0
    twin.parameters.adjust("rate", maximum=1.0)
    random_state = copy.deepcopy(walk.rng).random()
    twin.rng.random()
    assert (walk.rate, walk.parameters.control("rate").maximum) == (3.0, 5.0)
    assert walk.position != 99.0 != walk.picture[0, 0]
    assert twin.plot is not walk.plot
    assert walk.rng.random() == random_state


def test_copies_can_be_run_by_engines_of_their_own(walk):
    one, two = (iv.run(copy.deepcopy(walk), steps=3, seed=1) for _ in range(2))
    assert one == two
    assert one.instance_reused


@pytest.mark.parametrize("method", sorted(multiprocessing.get_all_start_methods()))
def test_simulations_go_to_other_processes_and_come_back(walk, method, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    context = multiprocessing.get_context(method)
    expected = copied_simulations.moved(copy.deepcopy(walk))
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(copied_simulations.moved, walk).result() == expected
        back = pool.submit(copy.deepcopy, walk).result()
    assert copied_simulations.moved(back) == expected


@pytest.mark.parametrize("duplicate", [copy.copy, *DEEP], ids=["copy", "deepcopy", "pickle"])
def test_a_copied_declaration_is_the_same_declaration(duplicate):
    for declaration in [*Walk.controls.values(), *Walk.panels.values()]:
        twin = duplicate(declaration)
        assert repr(twin) == repr(declaration)
        assert twin.describe() == declaration.describe()
        with pytest.raises(AttributeError, match="cannot be changed"):
            twin.help = "other"


# Results --------------------------------------------------------------------------------------


def test_equal_runs_give_equal_results_whatever_they_took(tmp_path):
    one, two = (iv.run(Walk, {"rate": 0.75}, steps=4, seed=3) for _ in range(2))
    two.duration, two.provenance = 99.0, {"platform": "elsewhere"}
    assert one == two
    assert iv.RunResult.load(one.save(tmp_path / "r.npz")) == one
    assert pickle.loads(pickle.dumps(one)) == one


class Odd(iv.Simulation):
    """Traces and pictures with NaN."""

    level = iv.Trace()
    picture = iv.Image()

    def step(self):
        self.level = np.nan
        self.picture = np.full((2, 2), np.nan)


def test_nan_is_equal_to_nan_in_traces_and_outputs():
    assert iv.run(Odd, steps=2) == iv.run(Odd, steps=2)


def different(result):
    """Yield results that differ from `result` in one thing each."""
    for change in (
        {"simulation": "Other"},
        {"parameters": {**result.parameters, "rate": 0.125}},
        {"parameters": {}},
        {"adjustments": {"rate": {"maximum": 2.0}}},
        {"seed": 4},
        {"status": "interrupted"},
        {"changes": [Change(1, "rate", 0.5)]},
        {"recorded_steps": result.recorded_steps + 1},
        {"traces": {}},
        {"traces": {"position": result.traces["position"] + 1e-16}},
        {"traces": {"position": result.traces["position"][:-1]}},
        {"outputs": {**result.outputs, "report": "other"}},
        {"outputs": {**result.outputs, "picture": np.zeros((9, 9))}},
        {"outputs": {**result.outputs, "picture": None}},
    ):
        other = copy.copy(result)
        for name, value in change.items():
            setattr(other, name, value)
        yield other


def test_results_that_differ_in_anything_else_are_unequal():
    result = iv.run(Walk, steps=2)
    for other in different(result):
        assert result != other
        assert other != result
    assert result != "result"
    with pytest.raises(TypeError, match="unhashable"):
        hash(result)


# Instances that run more than once ------------------------------------------------------------


class Counting(iv.Simulation):
    """Counts the calls of its life cycle."""

    def __init__(self):
        self.calls = []

    def main_init(self):
        self.calls.append("main_init")

    def init(self):
        self.calls.append("init")

    def close(self):
        self.calls.append("close")


def test_an_instance_is_prepared_once_and_its_later_results_say_so(tmp_path):
    simulation = Counting()
    results = [iv.run(simulation, steps=1) for _ in range(3)]
    assert simulation.calls == ["main_init", "init", "init", "init"]
    assert [result.instance_reused for result in results] == [False, True, True]
    assert iv.RunResult.load(results[1].save(tmp_path / "r.npz")).instance_reused
    assert not iv.run(Counting, steps=1).instance_reused


def test_an_instance_that_was_closed_is_prepared_again():
    simulation = Counting()
    for _ in range(2):
        engine = iv.Engine(simulation)
        engine.run(1)
        engine.close()
    assert simulation.calls == ["main_init", "init", "close"] * 2


class FailingOnce(Counting):
    """Cannot be prepared at first."""

    def main_init(self):
        super().main_init()
        if len(self.calls) == 1:
            raise OSError("no data yet")


def test_a_preparation_that_failed_is_done_again():
    simulation = FailingOnce()
    with pytest.raises(iv.RunError, match="no data yet"):
        iv.run(simulation, steps=1)
    iv.run(simulation, steps=1)
    assert simulation.calls == ["main_init", "main_init", "init"]


# One helpful line -----------------------------------------------------------------------------


def test_objects_print_as_one_helpful_line(tmp_path, walk):
    engine = iv.Engine(Walk, seed=7)
    engine.run(2)
    assert repr(engine) == "<Engine of Walk: paused after 2 steps, seed 7, mode sync>"
    assert repr(walk).startswith("<Walk: rate=3.0, weights={'a': 0.5, 'b': 2.0}, show=")
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:
        stored = store.save(Walk, "soft", {"rate": 0.25})
        assert repr(store) == f"ParameterStore('{tmp_path / 's.ivisit'}')"
    assert repr(stored) == "<ParameterSet 'soft' of Walk, version 1: {'rate': 0.25}>"
    assert repr(iv.run(Walk, steps=1)).startswith("<RunResult of Walk: finished after 1 steps")
    for thing in (engine, walk, stored, store):
        assert "\n" not in repr(thing)
