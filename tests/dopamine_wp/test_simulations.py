"""The simulations run headlessly, learn, and switch the optimizer while running."""

import numpy as np
import pytest

import ivisit as iv
from dopamine_wp import MLP, OPTIMIZERS, RNN, series, tasks
from dopamine_wp.simulations import DopamineForecast, DopamineXOR
from dopamine_wp.steering import make_optimizer, rules_for


@pytest.mark.parametrize("optimizer", DopamineXOR.optimizer.options)
def test_xor_runs_with_every_optimizer(optimizer):
    result = iv.run(
        DopamineXOR, {"optimizer": optimizer, "replicas": 5, "rate": 0.1}, steps=3, seed=0
    )
    assert result.status == "finished"
    assert np.isfinite(result.traces["loss"]).all()
    assert result.outputs["surface"].shape == (64, 64)
    assert "30 training steps" in result.outputs["report"]


def test_xor_is_learned_and_the_surface_shows_it():
    parameters = {"replicas": 20, "shown": 3, "repeats": 50}
    result = iv.run(DopamineXOR, parameters, steps=30, seed=1)
    assert result.traces["solved"][-1] >= 0.9
    assert result.traces["loss"][-1] < 0.01
    surface = result.outputs["surface"]
    corners = surface[[-1, 0, -1, 0], [0, 0, -1, -1]]
    np.testing.assert_array_equal(corners > 0.5, [False, True, True, False])


@pytest.mark.parametrize("task", list(tasks.TRUTH_TABLES))
def test_every_truth_table_runs(task):
    result = iv.run(DopamineXOR, {"task": task, "replicas": 2}, steps=2, seed=0)
    assert result.status == "finished"


def test_same_seed_same_run():
    runs = [iv.run(DopamineXOR, {"replicas": 3}, steps=4, seed=5) for _ in range(2)]
    for name, values in runs[0].traces.items():
        np.testing.assert_array_equal(values, runs[1].traces[name])


@pytest.mark.parametrize("simulation", [DopamineXOR, DopamineForecast])
def test_the_optimizer_is_switched_while_running_and_keeps_what_was_learned(simulation):
    engine = iv.Engine(simulation, seed=0)
    engine.init()
    engine.run(20)
    learned = engine.simulation.trainer.theta
    loss = engine.simulation.loss
    engine.set("optimizer", "DopamineV")
    engine.set("perturbations", 16)
    engine.set("repeats", 1)
    engine.run(1)
    trainer = engine.simulation.trainer
    assert trainer.optimizer.name == "DopamineV"
    assert trainer.optimizer.perturbations == 16
    assert trainer.theta.shape == learned.shape
    assert engine.simulation.loss < 2 * loss
    engine.close()


@pytest.mark.parametrize("source", list(series.GENERATORS))
def test_every_series_is_forecast(source):
    parameters = {"source": source, "optimizer": "DopamineV", "repeats": 3}
    result = iv.run(DopamineForecast, parameters, steps=2, seed=0)
    assert 0 < result.traces["error"][-1] < 2
    assert result.outputs["weights"].shape == (16, 16)
    unit = "samples" if source == "santafe_laser" else "Lyapunov times"
    assert unit in result.outputs["report"]


def test_forecast_of_lorenz_gets_good():
    parameters = {"optimizer": "DopamineV", "repeats": 4}
    result = iv.run(DopamineForecast, parameters, steps=20, seed=0)
    assert result.traces["error"][-1] < 0.01 < result.traces["error"][0]


def test_settings_reach_the_rules_they_apply_to():
    common = {"rate": 0.5, "sigma": 1e-4, "perturbations": 3}
    assert make_optimizer("WP", **common).perturbations == 3
    assert make_optimizer("Adam", **common).rate == 0.5
    assert make_optimizer("DopamineV", **common).rate == 1
    own = make_optimizer("DopamineV", rate=0.5, sigma=1e-4, perturbations=0)
    assert own.perturbations == 64
    # No run ends at a known step here, so nothing may decay
    assert make_optimizer("Dopamine2", **common).decay is None


@pytest.mark.parametrize("optimizer", ["DopamineK", "DopamineVPlus", "NodePerturbation", "RFLO"])
def test_forecasting_runs_with_the_rules_for_recurrent_networks(optimizer):
    parameters = {"optimizer": optimizer, "hidden": 4, "replicas": 3, "repeats": 2}
    result = iv.run(DopamineForecast, parameters, steps=2, seed=0)
    traces = {name: result.traces[name][-1] for name in ("best_error", "error", "worst_error")}
    assert traces["best_error"] <= traces["error"] <= traces["worst_error"] < 2
    assert result.traces["valid_time"][-1] >= 0


def test_every_registered_rule_is_offered_somewhere():
    offered = set(rules_for(MLP((2, 3, 1)))) | set(rules_for(RNN(1, 3, 1)))
    assert offered == set(OPTIMIZERS)


@pytest.mark.parametrize("simulation", [DopamineXOR, DopamineForecast])
def test_numbers_are_the_same_when_nothing_is_drawn(simulation, monkeypatch):
    parameters = {"repeats": 2, "hidden": 3}
    alone = iv.run(simulation, parameters, steps=2, seed=3)

    def refuse(self):
        raise AssertionError("drawn")

    monkeypatch.setattr(simulation, "draw", refuse)
    engine = iv.Engine(simulation, seed=3)
    for name, value in parameters.items():
        engine.set(name, value)
    engine.init()
    engine.run(2)
    assert engine.simulation.loss == alone.traces["loss"][-1]
    assert engine.simulation.agreement == alone.traces["agreement"][-1]
    engine.close()


def test_the_closed_loop_ends_where_it_is_marked():
    engine = iv.Engine(DopamineForecast, seed=0)
    engine.set("optimizer", "DopamineK")
    engine.set("hidden", 8)
    engine.set("repeats", 20)
    engine.init()
    engine.run(2)
    simulation = engine.simulation
    simulation.draw()
    end = simulation.valid_mark.get_xdata()[0]
    times, closed = (np.asarray(values) for values in simulation.closed_line.get_data())
    wrong = np.abs(np.ravel(closed) - simulation.truth[times, 0]) > 0.4
    expected = times[wrong.argmax()] if wrong.any() else times[-1] + 1
    assert end == expected
    engine.close()


@pytest.mark.parametrize("simulation", [DopamineXOR, DopamineForecast])
def test_a_picture_may_be_due_before_the_first_step(simulation):
    engine = iv.Engine(simulation, seed=0)
    engine.init()
    engine.simulation.draw()
    engine.close()


def test_a_run_ends_where_all_networks_are_solved_if_that_is_wanted():
    parameters = {"replicas": 5, "repeats": 50, "optimizer": "DopamineV"}
    ended = iv.run(DopamineXOR, parameters | {"stop_when_solved": True}, steps=30, seed=0)
    solved = ended.traces["solved"]
    assert len(solved) < 30
    assert (solved[:-1] < 1).all()
    assert solved[-1] == 1
    assert len(iv.run(DopamineXOR, parameters, steps=30, seed=0).traces["solved"]) == 30


@pytest.mark.parametrize(
    ("simulation", "metric"), [(DopamineXOR, "loss"), (DopamineForecast, "error")]
)
def test_a_sweep_over_rules_and_rates_draws_nothing(simulation, metric, tmp_path, monkeypatch):
    parameters = {"optimizer": ["Dopamine1", "SNES"], "rate": [0.01, 0.1], "hidden": 3}
    parameters |= {"replicas": 2, "repeats": 1}

    def refuse(self):
        raise AssertionError("drawn")

    monkeypatch.setattr(simulation, "draw", refuse)
    result = iv.sweep(
        simulation, parameters, steps=2, metrics=[metric], store=tmp_path / "s.ivisit", workers=0
    )
    assert result.status.tolist() == ["finished"] * 4
    assert np.isfinite(result.metric(metric)).all()
    assert len(set(result.metric(metric))) > 1
