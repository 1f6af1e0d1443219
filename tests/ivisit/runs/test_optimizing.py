"""Optimisation: methods keep the rules of proposers, the store is the only state."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ivisit as iv
from ivisit.errors import IVisitError, ParameterError
from ivisit.runs.optimize_result import OptimizeResult
from ivisit.runs.proposers import METHODS, make_proposer
from ivisit.runs.space import Dimension
from ivisit.runs.specification import SweepMismatch
from ivisit.runs.sweep_result import SweepResult, load_result
from ivisit.runs.trials import Trials
from ivisit.store import ParameterStore

NUMBERS = (
    Dimension("x", -5.0, 5.0),
    Dimension("y", 1e-3, 10.0, "log"),
    Dimension("k", 0, 9, whole=True),
)
ALL = (*NUMBERS, Dimension("rule", options=("a", "b", "c")))

BOWL = '''
    """A bowl with a little noise."""
    import math
    import ivisit as iv

    class Bowl(iv.Simulation):
        x = iv.Slider(0.0, -5.0, 5.0)
        y = iv.Slider(1.0, 1e-3, 10.0, scale="log")
        k = iv.Slider(3, 0, 9)
        rule = iv.OptionList("a", ["a", "b", "c"])
        noise = iv.Slider(0.0, 0.0, 10.0)
        height = iv.Trace()

        def step(self):
            if self.x > 4.5:
                raise ValueError("too far")
            height = (self.x - 2) ** 2 + math.log10(self.y) ** 2 + 0.1 * (self.k - 7) ** 2
            self.height = height + "bac".index(self.rule) + self.noise * self.rng.normal()
            if self.x < -4.5:
                self.height = math.nan
'''


@pytest.fixture
def bowl(write: Callable[[str, str], Path]) -> Path:
    """The file of a bowl whose lowest point is x=2, y=1, k=7, rule=b."""
    return write("bowl.py", BOWL)


def cost(values: tuple[Any, ...]) -> float:
    x, y, k, *rest = values
    height = (x - 2) ** 2 + math.log10(y) ** 2 + 0.1 * (k - 7) ** 2
    return height + "bac".index(rest[0]) if rest else height


def optimize(path: Path, **options: Any) -> OptimizeResult:
    settings: dict[str, Any] = {
        "ranges": {name: iv.Range() for name in ("x", "y", "k", "rule")},
        "steps": 1,
        "minimize": "height",
        "method": "de",
        "trials": 30,
        "parallel": 2,
        "workers": 0,
        "name": "o",
        "store": path.with_suffix(".ivisit"),
    } | options
    return iv.optimize(path, settings.pop("ranges"), **settings)


# The rules of proposers -----------------------------------------------------------------------


def dimensions_of(method: str) -> tuple[Dimension, ...]:
    if METHODS[method].startswith("ivisit.runs.proposers.optuna"):
        pytest.importorskip("optuna")
    if method == "gp":
        pytest.importorskip("torch")
    return NUMBERS if method == "cmaes" else ALL


def drive(method: str, parallel: int, trials: int = 45) -> list[tuple[Any, ...]]:
    """Ask and tell as an optimisation does, and return what was proposed."""
    proposer = make_proposer(method, dimensions_of(method), 3)
    values: list[tuple[Any, ...]] = []
    told = 0
    for trial in range(trials):
        while told < proposer.needed(trial, parallel):
            proposer.tell(told, values[told], math.inf if told % 7 == 3 else cost(values[told]))
            told += 1
        values.append(proposer.ask(trial))
    proposer.close()
    return values


@pytest.mark.parametrize("method", list(METHODS))
def test_a_method_proposes_valid_values_and_the_same_again(method: str) -> None:
    dimensions = dimensions_of(method)
    values = drive(method, 3)
    assert drive(method, 3) == values
    for trial in values:
        for dimension, value in zip(dimensions, trial, strict=True):
            if dimension.options is not None:
                assert value in dimension.options
            else:
                assert dimension.low <= value <= dimension.high
                assert type(value) is (int if dimension.whole else float)
    assert len(set(values)) > 30


@pytest.mark.parametrize("method", list(METHODS))
def test_a_method_never_waits_for_more_than_the_lag_allows(method: str) -> None:
    proposer = make_proposer(method, dimensions_of(method), 0)
    assert proposer.needed(0, 1) == 0
    assert all(proposer.needed(trial, 4) <= trial for trial in range(20))
    proposer.close()


def test_the_lag_changes_what_is_proposed_and_the_order_of_results_does_not() -> None:
    pytest.importorskip("optuna")
    assert drive("tpe", 1) != drive("tpe", 4)
    orders = []
    for backwards in (False, True):
        proposer = make_proposer("tpe", ALL, 3)
        trials = Trials(proposer, trials=40, repeats=2, parallel=4)
        while trials.left:
            tasks = trials.take(100)
            for index, values in reversed(tasks) if backwards else tasks:
                trials._costs.setdefault(index // 2, {})[index % 2] = cost(values)
        orders.append([trials.values[k] for k in range(40)])
    assert orders[0] == orders[1]


@pytest.mark.parametrize("method", ["de", "tpe"])
def test_a_method_that_learns_beats_random_search(method: str) -> None:
    # 8 seeds; better in at least 7 has probability 0.035 when both are alike (sign test).
    dimensions = dimensions_of(method)

    def best(name: str, seed: int) -> float:
        proposer = make_proposer(name, dimensions, seed)
        costs: list[float] = []
        values = []
        for trial in range(100):
            while len(costs) < proposer.needed(trial, 1):
                costs.append(cost(values[len(costs)]))
                proposer.tell(len(costs) - 1, values[len(costs) - 1], costs[-1])
            values.append(proposer.ask(trial))
        proposer.close()
        return min(map(cost, values))

    wins = sum(best(method, seed) < best("random", seed) for seed in range(8))
    assert wins >= 7


def test_differential_evolution_goes_on_when_all_costs_are_equal() -> None:
    proposer = make_proposer("de", NUMBERS, 0)
    for trial in range(60):
        values = proposer.ask(trial)
        proposer.tell(trial, values, 1.0)
    proposer.close()


# Optimisations ----------------------------------------------------------------------------------


def test_the_best_values_are_found_saved_and_confirmed(bowl: Path) -> None:
    result = optimize(bowl, trials=150, save="best", confirm=3)
    assert result.best_value < 0.3
    assert result.best_parameters["rule"] == "b"
    assert result.best_parameters["x"] == pytest.approx(2.0, abs=0.5)
    with ParameterStore(bowl.with_suffix(".ivisit")) as store:
        saved = store.load("Bowl", "best")
        assert {name: saved[name] for name in result.varied} == result.best_parameters
        assert saved["noise"] == 0.0
        assert saved.comment == f"minimize height: {result.best_value:.6g} (confirmed of o)"
    assert result.confirmation is not None
    assert len(result.confirmation) == 9
    assert isinstance(load_result(result.path, "o"), OptimizeResult)


def test_failed_and_diverged_trials_are_the_worst(bowl: Path) -> None:
    result = optimize(bowl, ranges={"x": iv.Range()}, method="sobol", trials=64, maximize=None)
    bad = ~np.isfinite(result.history["value"])
    assert bad.sum() == 6, "of 64 points of a Sobol sequence 3.2 lie at each end"
    assert set(result.status[bad]) == {"failed", "finished"}
    assert (result.history["value"][bad] == np.inf).all()
    assert (np.diff(result.history["best"]) <= 0).all()
    largest = optimize(
        bowl, ranges={"x": iv.Range()}, method="sobol", trials=64, minimize=None,
        maximize="height", name="m",
    )  # fmt: skip
    assert (largest.history["value"][bad] == -np.inf).all()
    assert largest.best_parameters["x"] < -4
    assert np.isfinite(largest.best_value)


def test_the_median_over_repeats_counts(bowl: Path) -> None:
    result = optimize(bowl, parameters={"noise": 5.0}, repeats=5, trials=10)
    heights = result.metrics["height"].reshape(10, 5)
    finite = np.isfinite(heights).all(axis=1)
    assert (result.history["value"][finite] == np.median(heights[finite], axis=1)).all()
    assert (result.repeat == np.tile(np.arange(5), 10)).all()
    assert len(set(result.seed.tolist())) == 50


def test_more_trials_go_on_with_the_stored_ones(bowl: Path) -> None:
    small = optimize(bowl, trials=20)
    former = small.table()
    large = optimize(bowl, trials=35)
    assert len(large) == 35
    for name in ("x", "y", "k", "rule", "seed", "height"):
        assert large.table()[name][:20].tobytes() == former[name].tobytes()
    whole = optimize(bowl, trials=35, name="whole")
    assert whole.parameters["x"].tobytes() == large.parameters["x"].tobytes()


def test_without_a_lag_that_of_the_stored_study_holds(bowl: Path) -> None:
    optimize(bowl, trials=10, parallel=3)
    result = optimize(bowl, trials=12, parallel=None)
    assert result.sweep.specification["parallel"] == 3
    with pytest.raises(SweepMismatch, match="parallel: stored 3, asked for 4"):
        optimize(bowl, trials=12, parallel=4)


def test_values_that_are_given_are_tried_first(bowl: Path) -> None:
    start = {"x": 2.0, "y": 1.0, "k": 7, "rule": "b"}
    for method in ("de", "tpe"):
        dimensions_of(method)
        result = optimize(bowl, method=method, enqueue=[{"x": 1.0}, start], name=method)
        assert result.history[0].tolist()[:5] == (0, 1.0, 1.0, 3, "a")
        assert result.best_parameters == start
        assert result.best_value == 0.0


def test_stored_trials_count_when_another_library_would_propose_others(
    bowl: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("optuna")
    former = optimize(bowl, method="tpe", trials=12).parameters["x"].tolist()
    monkeypatch.setattr(
        "ivisit.runs.proposers.stream", lambda entropy, name: np.random.default_rng(9)
    )
    result = optimize(bowl, method="tpe", trials=20)
    assert result.parameters["x"][:12].tolist() == former
    assert len(result) == 20
    assert "another version of a library is at work" in caplog.text
    optimize(bowl, method="de", trials=12, name="de")
    monkeypatch.undo()
    with pytest.raises(IVisitError, match="begin a new one"):
        optimize(bowl, method="de", trials=20, name="de")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"minimize": None}, "name the metric to minimize or the one to maximize"),
        ({"maximize": "height"}, "name the metric to minimize or the one to maximize"),
        ({"minimize": "hight"}, "Did you mean 'height'?"),
        ({"ranges": {}}, "needs at least one range"),
        ({"ranges": {"x": iv.Range(-9, 9)}}, "Bowl.x: must be between -5 and 5"),
        ({"ranges": {"x": [1, 2]}}, "Bowl.x: must be an iv.Range"),
        ({"ranges": {"rule": iv.Range(0, 1)}}, "given without bounds, as it has options"),
        ({"parameters": {"x": 1.0}}, "given once: either as a range or as one value"),
        ({"method": "sgd"}, "one of de, random, sobol, tpe, cmaes, gp"),
        ({"trials": 0}, "trials: must be a whole number from 1 on"),
        ({"parallel": 0}, "parallel: must be a whole number from 1 on"),
        ({"save": "  "}, "save: must not be blank, not '  '"),
        ({"confirm": 0}, "confirm: must be a whole number from 1 on"),
        ({"enqueue": [{"noise": 1.0}]}, "among the ranges, to be enqueued"),
    ],
)
def test_a_wrong_request_is_refused_by_name(bowl: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ParameterError) as refused:
        optimize(bowl, **options)
    assert told in str(refused.value)


def test_cma_es_searches_numbers_only(bowl: Path) -> None:
    pytest.importorskip("optuna")
    with pytest.raises(ParameterError, match="cmaes: searches numbers only, and rule has options"):
        optimize(bowl, method="cmaes")


def test_without_optuna_differential_evolution_is_taken_and_that_is_said(
    bowl: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivisit.runs.proposers.optuna_samplers.available", lambda: False)
    result = optimize(bowl, method=None, trials=10)
    assert result.sweep.specification["method"] == "de"
    assert "pip install 'ivisit-lab[optimize]' usually finds better values" in caplog.text


def test_no_finite_trial_means_no_best_values(bowl: Path) -> None:
    result = optimize(bowl, ranges={"x": iv.Range(4.6, 5.0)}, trials=5, max_failures=99)
    with pytest.raises(IVisitError, match="no trial has given a finite height"):
        result.best_parameters  # noqa: B018
    assert result.summary().endswith("no trial has given a finite height")
    assert isinstance(result, SweepResult)
