"""The two simulations, headlessly: they run, repeat themselves, and react to their controls."""

from __future__ import annotations

import numpy as np
import pytest

import ivisit as iv
from assocmem.noise import NOISE_MODES
from assocmem.rules import RULES
from assocmem.simulations import AssociativeCapacity, AssociativeRecall
from assocmem.simulations.recall import FALSE_ALARM, HIT, MISS


@pytest.mark.parametrize("simulation", [AssociativeRecall, AssociativeCapacity])
def test_the_same_seed_gives_the_same_run(simulation):
    first, second = (iv.run(simulation, steps=6, seed=5) for _ in range(2))
    other = iv.run(simulation, steps=6, seed=6)
    assert first.status == "finished"
    for name, trace in first.traces.items():
        np.testing.assert_array_equal(trace, second.traces[name])
    recall = simulation is AssociativeRecall
    name = "error" if recall else "n_stored"
    assert (first.traces[name] != other.traces[name]).any() == recall


@pytest.mark.parametrize("name", ["associative-recall", "associative-capacity"])
def test_the_simulations_are_found_by_their_names(name):
    assert iv.run(name, steps=2, seed=0).status == "finished"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("noise", NOISE_MODES)
def test_every_rule_runs_with_every_noise_estimate(rule, noise):
    result = iv.run(AssociativeRecall, {"rule": rule, "noise": noise}, steps=4, seed=0)
    assert result.status == "finished"
    assert np.isfinite(result.traces["error"]).all()


@pytest.mark.parametrize("source", ["digits", "random", "blocks", "prototypes"])
@pytest.mark.parametrize("activation", ["winners", "threshold", "block-winners"])
@pytest.mark.parametrize("clamp", [False, True])
def test_every_kind_of_pattern_runs_with_every_activation(source, activation, clamp):
    parameters = {"source": source, "activation": activation, "clamp": clamp, "addition": 1.0}
    assert iv.run(AssociativeRecall, parameters, steps=4, seed=0).status == "finished"


def test_the_pictures_show_hits_misses_and_false_alarms():
    result = iv.run(AssociativeRecall, {"completeness": 0.5, "addition": 0.5}, steps=1, seed=0)
    stored, cue = result.outputs["stored"], result.outputs["query"]
    assert stored.shape == (8, 8)
    k = int(stored.sum())
    counts = {color: int((cue == color).all(axis=2).sum()) for color in (HIT, MISS, FALSE_ALARM)}
    kept, added = np.rint(0.5 * k), np.rint(0.5 * k)
    assert counts == {HIT: kept, MISS: k - kept, FALSE_ALARM: added}
    assert ((stored == 1) == ((cue == HIT) | (cue == MISS)).all(axis=2)).all()
    assert result.outputs["rivals"].shape == (8, 35, 3)


def test_a_few_patterns_are_recalled_and_the_text_says_so():
    result = iv.run(AssociativeRecall, {"n_patterns": 2, "addition": 0.0}, steps=2, seed=0)
    assert result.traces["error"][-1] == 0
    assert "recalled exactly" in result.outputs["outcome"]


def test_the_chosen_bayes_equals_the_bayes_of_the_comparison():
    result = iv.run(AssociativeRecall, {"n_patterns": 60}, steps=40, seed=0)
    converged = iv.run(AssociativeRecall, {"n_patterns": 60, "noise": "soft"}, steps=40, seed=0)
    np.testing.assert_array_equal(result.traces["error"], result.traces["error_bayes"])
    np.testing.assert_array_equal(converged.traces["error"], converged.traces["error_soft"])


def test_true_noise_is_that_of_the_cue_in_the_first_iteration():
    result = iv.run(AssociativeRecall, {"source": "random"}, steps=1, seed=0)
    assert result.traces["true_noise"][0] == pytest.approx(2 / 54)
    assert result.traces["estimated_noise"][0] == pytest.approx(0.2 * 10 / 54)


def test_controls_may_change_while_the_recall_runs():
    engine = iv.Engine(AssociativeRecall, seed=0)
    engine.init()
    engine.run(3)
    engine.set("n_patterns", 5)
    engine.set("rule", "willshaw")
    engine.run(3)
    assert "willshaw, noise not used, 5 patterns" in engine.simulation.outcome
    engine.close()


def test_the_error_grows_with_the_stored_patterns_and_the_report_names_the_limit():
    result = iv.run(AssociativeCapacity, {"patterns_per_step": 40}, steps=10, seed=0)
    np.testing.assert_array_equal(result.traces["n_stored"], np.arange(40, 401, 40))
    assert result.traces["lowest_error"][0] == 0
    assert result.traces["lowest_error"][-1] > 0.01
    lines = dict(line.split(": ") for line in result.outputs["report"].splitlines())
    limits = {name: int(text.split()[2]) for name, text in lines.items()}
    assert limits["covariance"] < limits["bayes"] < limits["bayes+soft"]


def test_the_curves_are_drawn_with_the_limit_and_kept_as_artists():
    engine = iv.Engine(AssociativeCapacity, seed=0)
    engine.init()
    engine.run(2)
    engine.draw()
    axes = engine.simulation.curves.axes[0]
    lines = list(axes.lines)
    engine.run(2)
    engine.draw()
    assert len(axes.collections) == len(engine.simulation.shown)  # one band each
    assert list(axes.lines) == lines
    assert lines[0].get_ydata()[0] == 0.01
    assert [line.get_label() for line in lines[1:]] == list(engine.simulation.shown)
    assert all(len(line.get_xdata()) == 4 for line in lines[1:])
    engine.close()


def test_another_task_or_choice_starts_the_curves_again():
    engine = iv.Engine(AssociativeCapacity, seed=0)
    engine.init()
    engine.run(3)
    engine.set("n_active", 5)
    engine.run(1)
    assert engine.simulation.n_stored == 10
    engine.set("methods", ["hebb"])
    engine.run(1)
    assert list(engine.simulation.shown) == ["hebb"]
    engine.set("methods", [])
    engine.run(1)
    assert np.isnan(engine.simulation.lowest_error)
    engine.close()


def test_the_cue_is_painted_and_stays_until_a_new_one():
    engine = iv.Engine(AssociativeRecall, seed=0)
    engine.init()
    engine.run(1)
    simulation = engine.simulation
    before = simulation.cue.copy()
    row, column = divmod(int(np.flatnonzero(before == 0)[0]), 8)
    simulation.pointer(iv.PointerEvent("query", "press", row=row, column=column))
    engine.run(20)
    expected = before.copy()
    expected[8 * row + column] = 1
    np.testing.assert_array_equal(simulation.cue, expected)
    assert "painted cue is" in simulation.outcome
    simulation.pointer(iv.PointerEvent("query", "drag", row=row, column=column, button=3))
    np.testing.assert_array_equal(simulation.cue, before)
    engine.set("new_cue", True)
    engine.run(1)
    assert "painted" not in simulation.outcome
    engine.close()


def test_a_painted_run_is_saved_and_replayed(tmp_path):
    """Reach the simulation as a hand does: by pointer events, which belong to the run."""
    events = [
        (2, iv.PointerEvent("query", "press", row=0, column=0)),
        (4, iv.PointerEvent("query", "drag", row=3, column=3)),
        (6, iv.PointerEvent("query", "press", row=0, column=0, button=3)),
    ]
    painted = iv.run("associative-recall", steps=14, seed=3, events=events)
    assert "painted cue is" in painted.outputs["outcome"]
    untouched = iv.run("associative-recall", steps=14, seed=3)
    assert (painted.traces["familiarity"] != untouched.traces["familiarity"]).any()
    painted.save(tmp_path / "painted.npz")
    again = iv.replay("associative-recall", iv.RunResult.load(tmp_path / "painted.npz"))
    for name, trace in painted.traces.items():
        np.testing.assert_array_equal(trace, again.traces[name])


def test_a_blank_cue_is_unknown_and_a_clean_one_known():
    parameters = {"completeness": 1.0, "addition": 0.0, "source": "random"}
    engine = iv.Engine(AssociativeRecall, seed=0)
    for name, value in parameters.items():
        engine.set(name, value)
    engine.init()
    engine.run(1)
    simulation = engine.simulation
    assert simulation.is_known
    assert "the cue is known" in simulation.outcome
    rng = np.random.default_rng(0)
    simulation.cue = (rng.random(64) < 0.5).astype(np.uint8)
    simulation.is_painted = True
    simulation.iteration = 0
    engine.run(1)
    assert not simulation.is_known
    engine.close()


def test_a_kept_cue_is_asked_again():
    engine = iv.Engine(AssociativeRecall, seed=0)
    engine.set("hold", True)
    engine.init()
    engine.run(1)
    cue = engine.simulation.cue.copy()
    engine.run(25)
    np.testing.assert_array_equal(engine.simulation.cue, cue)
    engine.close()


@pytest.mark.parametrize("simulation", [AssociativeRecall, AssociativeCapacity])
def test_numbers_do_not_depend_on_drawing(simulation):
    engine = iv.Engine(simulation, seed=3)
    engine.init()
    for _ in range(3):
        engine.run(1)
        engine.draw()
    result = iv.run(simulation, steps=3, seed=3)
    drawn = {name: getattr(engine.simulation, name) for name in result.traces}
    engine.close()
    for name, value in drawn.items():
        assert result.traces[name][-1] == pytest.approx(value, nan_ok=True)
