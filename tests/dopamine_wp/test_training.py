"""The loop: batches, holding, stopping, resuming, schedules, callbacks."""

import itertools
import warnings

import numpy as np
import pytest

from dopamine_wp import (
    MLP,
    RNN,
    WP,
    Adam,
    Dopamine1,
    DopamineV,
    History,
    Optimizer,
    Proposal,
    Trainer,
    tasks,
    train,
)

NET = MLP((2, 4, 1), output="sigmoid")
BATCH = tasks.xor()
CURVES = ("theta", "loss", "rate", "rpe", "agreement", "fpe", "solved_at", "failed")


def assert_same_run(first, second):
    for name in CURVES:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)


def numbered_batches(index):
    generator = np.random.default_rng(index)
    return generator.standard_normal((6, 2)), generator.random((6, 1))


def test_a_function_is_called_with_the_batch_index_once_per_hold():
    asked = []

    def batches(index):
        asked.append(index)
        return numbered_batches(index)

    train(NET, Dopamine1(hold=4), batches, theta=NET.init(rng=0), steps=10, rng=0)
    assert asked == [0, 1, 2]


def test_fixed_function_and_iterator_batches_give_the_same_run():
    theta = NET.init(3, rng=0)
    fixed = numbered_batches(0)
    runs = [
        train(NET, WP(0.1), batches, theta=theta, steps=4, rng=0)
        for batches in (fixed, lambda index: fixed, itertools.repeat(fixed), [fixed] * 4)
    ]
    for run in runs[1:]:
        assert_same_run(runs[0], run)


def test_an_iterator_that_ends_ends_the_run():
    history = train(NET, WP(0.1), iter([BATCH] * 3), theta=NET.init(rng=0), steps=10, rng=0)
    assert history.status == "exhausted"
    assert history.steps == 3


def test_holding_a_batch_saves_the_evaluation_of_the_loss():
    theta = NET.init(2, rng=0)
    for hold, cost in ((1, 3), (20, 2 + 1 / 20)):
        history = train(NET, Dopamine1(hold=hold), numbered_batches, theta=theta, steps=40, rng=0)
        assert history.fpe[-1] == pytest.approx(40 * cost)


def test_history_loss_is_the_loss_at_theta_on_the_batch_of_the_step():
    theta, seen = NET.init(3, rng=0), []
    for rule in (WP(0.1), Dopamine1(hold=2), DopamineV(perturbations=3, hold=2), Adam()):
        seen = [theta]
        history = train(
            NET,
            rule,
            numbered_batches,
            theta=theta,
            steps=6,
            rng=0,
            callbacks=[lambda trainer, seen=seen: seen.append(trainer.theta)],
        )
        expected = [
            NET.loss(before, numbered_batches(step // rule.hold))
            for step, before in enumerate(seen[:-1])
        ]
        np.testing.assert_allclose(history.loss, expected, rtol=1e-12)


def test_solved_at_counts_the_passes_until_the_first_evaluation_below_the_bound():
    theta = NET.init(10, rng=0)
    history = train(NET, WP(1.0), BATCH, theta=theta, steps=3000, stop_loss=0.05, rng=0)
    for replica in range(10):
        below = np.flatnonzero(history.loss[:, replica] < 0.05)
        first = 2 * below[0] + 1 if len(below) else np.inf
        assert history.solved_at[replica] == first


def test_an_accepted_candidate_counts_as_solved_and_a_perturbed_copy_does_not():
    theta = NET.init(20, rng=0)
    history = train(NET, Dopamine1(), BATCH, theta=theta, steps=3000, stop_loss=0.01, rng=0)
    assert history.status == "solved"
    final = NET.loss(history.theta, BATCH)
    assert (final < 0.01).all()
    last = history.solved_at.argmax()
    # Its last evaluation is the candidate of the last step, which no row of `loss` shows
    assert (history.loss[:, last] >= 0.01).all()
    assert history.solved_at[last] == history.fpe[-1]

    at_minimum = np.zeros((1, NET.n_parameters))
    rule = WP(0.0001, two_sided=True, sigma=2.0, perturbations=50)
    bound = NET.loss(at_minimum, BATCH)[0] - 1e-3
    history = train(NET, rule, BATCH, theta=at_minimum, steps=1, stop_loss=bound, rng=0)
    assert np.isinf(history.solved_at[0])
    assert history.fpe[0] == 2 * 50 + 1


def test_two_sided_differences_record_the_mean_of_the_perturbed_losses():
    theta = NET.init(3, rng=0)
    history = train(NET, WP(0.1, two_sided=True), BATCH, theta=theta, steps=1, rng=0)
    np.testing.assert_allclose(history.loss[0], NET.loss(theta, BATCH), rtol=1e-4)
    assert history.fpe[0] == 2


def test_linear_decay_runs_to_zero_over_the_steps():
    rule = WP(0.4, decay="linear")
    history = train(NET, rule, BATCH, theta=NET.init(rng=0), steps=4, rng=0)
    np.testing.assert_allclose(history.rate[:, 0], [0.4, 0.3, 0.2, 0.1])
    longer = train(NET, rule, BATCH, theta=NET.init(rng=0), steps=4, rng=0, total_steps=8)
    np.testing.assert_allclose(longer.rate[:, 0], [0.4, 0.35, 0.3, 0.25])


@pytest.mark.parametrize("cut", [1, 3, 4, 5])
@pytest.mark.parametrize("hold", [1, 4])
@pytest.mark.parametrize(
    "rule", [Dopamine1(), DopamineV(perturbations=3), WP(0.1, decay="linear")], ids=repr
)
def test_resuming_anywhere_within_a_held_batch_is_seamless(tmp_path, rule, hold, cut):
    rule = type(rule)(**{**rule.__dict__, "hold": hold})
    theta = NET.init(4, rng=0)
    for batches in (numbered_batches, lambda index: BATCH, BATCH):
        whole = train(NET, rule, batches, theta=theta, steps=9, rng=1, stop_loss=0.2)
        part = train(
            NET, rule, batches, theta=theta, steps=cut, rng=1, stop_loss=0.2, total_steps=9
        )
        loaded = History.load(part.save(tmp_path / "part.npz"))
        resumed = train(NET, rule, batches, steps=9 - cut, resume=loaded, stop_loss=0.2)
        assert_same_run(whole, resumed)
        assert resumed.status == whole.status


def test_resuming_on_another_fixed_batch_evaluates_the_loss_afresh():
    theta = NET.init(2, rng=0)
    first = train(NET, Dopamine1(), BATCH, theta=theta, steps=5, rng=0)
    other = numbered_batches(0)
    second = train(NET, Dopamine1(), other, steps=1, resume=first)
    np.testing.assert_allclose(second.loss[-1], NET.loss(first.theta, other))


def test_resuming_with_another_stop_loss_counts_anew():
    theta = NET.init(2, rng=0)
    first = train(NET, Dopamine1(), BATCH, theta=theta, steps=5, stop_loss=1.0, rng=0)
    assert first.status == "solved"
    assert first.steps == 1
    second = train(NET, Dopamine1(), BATCH, steps=5, stop_loss=1e-9, resume=first)
    assert second.steps == 6
    assert np.isinf(second.solved_at).all()


def test_resuming_with_another_optimizer_is_refused():
    history = train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=1, rng=0)
    with pytest.raises(ValueError, match="the history was made by WP, not by Adam"):
        train(NET, Adam(), BATCH, steps=1, resume=history)


def test_ctrl_c_keeps_the_last_complete_step():
    theta = NET.init(2, rng=0)
    whole = train(NET, Dopamine1(), BATCH, theta=theta, steps=10, rng=0)

    class Interrupting(MLP):
        calls = 0

        def evaluate(self, theta, batch):
            type(self).calls += 1
            if self.calls == 10:
                raise KeyboardInterrupt
            return super().evaluate(theta, batch)

    # The interrupt comes in the middle of a step, between perturbation and candidate
    net = Interrupting((2, 4, 1), output="sigmoid")
    history = train(net, Dopamine1(), BATCH, theta=theta, steps=10, rng=0)
    assert history.status == "interrupted"
    assert 0 < history.steps < 10
    resumed = train(NET, Dopamine1(), BATCH, steps=10 - history.steps, resume=history)
    assert_same_run(resumed, whole)


def test_a_trainer_goes_on_after_an_interrupt_on_a_fresh_batch():
    class Interrupting(MLP):
        armed = False

        def evaluate(self, theta, batch):
            if self.armed:
                type(self).armed = False
                raise KeyboardInterrupt
            return super().evaluate(theta, batch)

    theta, rule = NET.init(2, rng=0), Dopamine1(hold=2)
    trainer = Trainer(
        Interrupting((2, 4, 1), output="sigmoid"), rule, numbered_batches, theta=theta, rng=0
    )
    for step in range(4):
        if step == 2:
            Interrupting.armed = True
            with pytest.raises(KeyboardInterrupt):
                trainer.step()
        trainer.step()
    assert_same_run(
        trainer.history(), train(NET, rule, numbered_batches, theta=theta, steps=4, rng=0)
    )


def test_callbacks_see_every_step_and_may_stop_the_run():
    steps = []

    def callback(trainer):
        steps.append(trainer.steps_done)
        return trainer.steps_done == 3

    history = train(
        NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=10, rng=0, callbacks=[callback]
    )
    assert steps == [1, 2, 3]
    assert history.status == "stopped"


def test_progress_is_shown_only_on_request(capsys):
    arguments = {"theta": NET.init(rng=0), "steps": 3, "rng": 0}
    train(NET, WP(0.1), BATCH, **arguments)
    assert capsys.readouterr() == ("", "")
    train(NET, WP(0.1), BATCH, progress=True, **arguments)
    assert "3/3" in capsys.readouterr().err


def test_no_steps_give_an_empty_history():
    theta = NET.init(2, rng=0)
    history = train(NET, WP(0.1), BATCH, theta=theta, steps=0, rng=0)
    assert history.loss.shape == (0, 2)
    np.testing.assert_array_equal(history.theta, theta)


def test_entropy_of_an_unseeded_run_is_recorded():
    theta = NET.init(2, rng=0)
    history = train(NET, WP(0.1), BATCH, theta=theta, steps=3)
    trainer = Trainer(NET, WP(0.1), BATCH, theta=theta, rng=0)
    trainer.key = history.key
    for _ in range(3):
        trainer.step()
    np.testing.assert_array_equal(trainer.theta, history.theta)


def test_switching_the_optimizer_keeps_theta_and_costs():
    trainer = Trainer(NET, Dopamine1(), numbered_batches, theta=NET.init(2, rng=0), rng=0)
    trainer.step()
    before = trainer.theta
    trainer.switch(Adam(0.1))
    np.testing.assert_array_equal(trainer.theta, before)
    trainer.step()
    assert trainer.fpe == 3 + 3
    assert trainer.history().optimizer == "Adam"


def test_theta_keeps_dtype_and_layout_whatever_a_rule_proposes():
    class Careless(Optimizer):
        def propose(self, probe):
            return Proposal(np.array(probe.theta, dtype=np.float64, order="C"), loss=probe.loss())

    class Wrong(Optimizer):
        def propose(self, probe):
            return Proposal(probe.theta[:, :3], loss=probe.loss())

    net = MLP((2, 4, 1), dtype=np.float32)
    theta = net.init(1000, rng=0)
    trainer = Trainer(net, Careless(0.1), BATCH, theta=theta, rng=0)
    trainer.step()
    assert trainer.theta.dtype == np.float32
    assert trainer.theta.flags.f_contiguous
    with pytest.raises(ValueError, match=r"Wrong.propose: theta must keep its shape \(1000, 17\)"):
        train(net, Wrong(0.1), BATCH, theta=theta, steps=1)


def test_many_replicas_and_few_replicas_follow_the_same_rule_in_both_layouts():
    """Without noise the memory layout changes the last bits only."""
    theta = NET.init(1, rng=0)
    assert NET.memory_order(1) == "C"
    assert NET.memory_order(1000) == "F"
    gradient_run = train(NET, Adam(0.1), BATCH, theta=theta, steps=20)
    many = train(NET, Adam(0.1), BATCH, theta=np.repeat(theta, 1000, axis=0), steps=20)
    np.testing.assert_allclose(many.theta, np.repeat(gradient_run.theta, 1000, axis=0), rtol=1e-9)
    assert many.theta.flags.c_contiguous


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": -1}, "train.steps: must be an integer of at least 0, not -1"),
        ({"theta": None}, "train.theta: must be given"),
        ({"theta": np.zeros(17)}, r"theta must have shape \(replicas, 17\), not \(17,\)"),
        ({"optimizer": "adam"}, "train.optimizer: must be an Optimizer such as.*not 'adam'"),
        ({"batches": 3}, "train.batches: must be a pair"),
        ({"batches": (np.zeros((0, 2)), np.zeros((0, 1)))}, "at least one sample"),
        ({"stop_loss": float("nan")}, "train.stop_loss: must be a finite number, not nan"),
        ({"total_steps": 0}, "train.total_steps: must be an integer of at least 1"),
        ({"batches": list(BATCH)}, "train.batches: must be a tuple .* a list is taken for batches"),
        ({"callbacks": len}, "train.callbacks: must be a sequence of functions"),
        ({"callbacks": 5}, "train.callbacks: must be a sequence of functions, not 5"),
        ({"callbacks": [len, 5]}, "train.callbacks: must be a sequence of functions"),
        ({"progress": "yes"}, "train.progress: must be True or False, not 'yes'"),
        ({"resume": "run.npz"}, "train.resume: must be a History .*, not 'run.npz'"),
        ({"theta": "best"}, "MLP.theta: must be an array of real numbers, not 'best'"),
        ({"theta": NET.init(rng=0) + 1j}, "MLP.theta: .*, not an array of shape .* complex128"),
        ({"theta": [[1, 2], [3]]}, "MLP.theta: must be an array of real numbers"),
        (
            {"theta": np.ma.masked_array(NET.init(rng=0), np.ones((1, 17)))},
            "MLP.theta: must have no masked entries",
        ),
        ({"batches": (BATCH[0].astype(str), BATCH[1])}, "MLP.X: must be an array of real numbers"),
        ({"batches": (BATCH[0], BATCH[1] * 1j)}, "MLP.Y: must be an array of real numbers"),
        ({"rng": "dice"}, "random source must be None, a whole number of at least 0.*'dice'"),
        ({"rng": -1}, "random source must be None, a whole number of at least 0.*-1"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, message):
    good = {"optimizer": WP(0.1), "batches": BATCH, "theta": NET.init(rng=0), "steps": 1}
    chosen = good | arguments
    optimizer, batches = chosen.pop("optimizer"), chosen.pop("batches")
    with pytest.raises(ValueError, match=message):
        train(NET, optimizer, batches, **chosen)


def test_settings_that_are_numbers_of_numpy_resume_as_any_others():
    first, second = Dopamine1(rate=np.logspace(-2, -1, 2)[0], reject=np.True_), Dopamine1(rate=0.01)
    assert repr(first) == repr(second)
    history = train(NET, first, BATCH, theta=NET.init(rng=0), steps=2, rng=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert train(NET, second, BATCH, steps=1, resume=history).steps == 3


def test_a_series_batch_that_is_too_short_is_refused_in_training():
    net = RNN(1, 4, 1, washout=10)
    X = np.zeros((2, 10, 1))
    with pytest.raises(ValueError, match="longer than the washout of 10 steps"):
        train(net, WP(0.1), (X, X), theta=net.init(rng=0), steps=1)


@pytest.mark.parametrize("answer", [True, np.bool_(True), np.array(True)], ids=repr)
def test_any_true_answer_of_a_callback_stops_the_run(answer):
    history = train(
        NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=5, rng=0, callbacks=[lambda t: answer]
    )
    assert (history.status, history.steps) == ("stopped", 1)


@pytest.mark.parametrize("answer", [None, False, np.bool_(False)], ids=repr)
def test_any_other_answer_of_a_callback_lets_the_run_go_on(answer):
    history = train(
        NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=5, rng=0, callbacks=[lambda t: answer]
    )
    assert (history.status, history.steps) == ("finished", 5)


@pytest.mark.parametrize("answer", [0.5, 0, "stop", np.array([True, False])], ids=repr)
def test_an_answer_that_is_no_truth_value_is_refused(answer):
    with pytest.raises(ValueError, match="train.callbacks: must be functions that return True"):
        train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=5, callbacks=[lambda t: answer])


@pytest.mark.parametrize("net", [len, MLP, None, "MLP"], ids=repr)
def test_what_is_no_network_is_refused_by_name(net):
    with pytest.raises(ValueError, match=r"train.net: must be a Network such as MLP"):
        train(net, WP(0.1), BATCH, theta=NET.init(rng=0), steps=1)
    history = train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=1)
    with pytest.raises(ValueError, match=r"train.net: must be a Network such as MLP"):
        train(net, WP(0.1), BATCH, resume=history, steps=1)


def test_a_class_in_place_of_an_optimizer_is_refused_in_switching_too():
    trainer = Trainer(NET, WP(0.1), BATCH, theta=NET.init(rng=0))
    with pytest.raises(ValueError, match=r"train.optimizer: must be an Optimizer such as"):
        trainer.switch(Adam)
    with pytest.raises(ValueError, match="train.total_steps: must be an integer of at least 1"):
        Trainer(NET, WP(0.1), BATCH, theta=NET.init(rng=0), total_steps=0)


def test_resuming_a_decay_that_would_jump_warns_and_names_the_rates():
    rule = WP(0.1, decay="linear")
    first = train(NET, rule, BATCH, theta=NET.init(rng=0), steps=100, rng=0)
    with pytest.warns(UserWarning, match=r"from 100 to 200 steps.*from 0.001 to 0.05"):
        train(NET, rule, BATCH, resume=first, steps=100)


def test_resuming_without_a_jump_does_not_warn(recwarn):
    rule = WP(0.1, decay="linear")
    half = train(NET, rule, BATCH, theta=NET.init(rng=0), steps=10, rng=0, total_steps=20)
    train(NET, rule, BATCH, resume=half, steps=10)
    done = train(NET, rule, BATCH, theta=NET.init(rng=0), steps=10, rng=0)
    train(NET, rule, BATCH, resume=done, steps=10, total_steps=20)
    constant = train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=10, rng=0)
    train(NET, WP(0.1), BATCH, resume=constant, steps=10)
    assert not recwarn.list


def test_resuming_under_other_conditions_warns(tmp_path):
    first = train(NET, Dopamine1(), BATCH, theta=NET.init(rng=0), steps=3, rng=0)
    stored = History.load(first.save(tmp_path / "first.npz"))
    with pytest.warns(UserWarning, match=r"optimizer=Dopamine1\(.*goes on with Dopamine1\("):
        train(NET, Dopamine1(kappa=0.2), BATCH, resume=stored, steps=1)
    other = MLP((2, 4, 1), hidden="sigmoid", output="sigmoid")
    with pytest.warns(UserWarning, match=r"net=MLP\(.*'tanh'.*goes on with MLP\(.*'sigmoid'"):
        train(other, Dopamine1(), BATCH, resume=stored, steps=1)


def test_descriptions_of_what_holds_arrays_are_short():
    task = tasks.forecast(np.sin(np.arange(3500.0) ** 1.3), rng=0)
    trainer = Trainer(NET, WP(0.1), BATCH, theta=NET.init(500, rng=0))
    trainer.step()
    proposal = Proposal(trainer.theta)
    for thing in (task, trainer, trainer.record, trainer.history(), proposal):
        assert len(repr(thing)) < 300, type(thing)
    assert repr(task).startswith("Forecast(train 2000, validation 500, test 1000 samples")
