"""Curves show medians and quartiles over their costs, checkpoints survive."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from dopamine_wp import (
    MLP,
    RNN,
    WP,
    Adam,
    Checkpoint,
    Dopamine1,
    History,
    plot_histories,
    tasks,
    train,
)

NET = MLP((2, 4, 1), output="sigmoid")
BATCH = tasks.xor()


@pytest.fixture(scope="module")
def histories():
    theta = NET.init(9, rng=0)
    return {
        rule.name: train(NET, rule, BATCH, theta=theta, steps=40, rng=1)
        for rule in (Dopamine1(), Adam(0.1))
    }


@pytest.fixture
def ax():
    return Figure().subplots()


def test_the_line_is_the_median_over_the_passes(histories, ax):
    plot_histories(histories, ax)
    for line, history in zip(ax.lines, histories.values(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), history.fpe)
        np.testing.assert_array_equal(line.get_ydata(), np.median(history.loss, axis=1))
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert ax.get_xlabel() == "forward passes over one batch"
    assert "9 replicas" in ax.get_ylabel()
    assert len(ax.collections) == 2


@pytest.mark.parametrize("axis", ["seconds", "steps"])
def test_other_costs_can_be_the_axis(histories, ax, axis):
    history = histories["Adam"]
    history.plot(ax, axis=axis, curve="rate")
    expected = history.seconds if axis == "seconds" else np.arange(1, 41)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), expected)
    assert (np.diff(expected) > 0).all()


def test_smoothing_takes_the_geometric_mean_of_losses(histories, ax):
    history = histories["Dopamine1"]
    history.plot(ax, smooth=4)
    last = np.exp(np.log(history.loss[-4:]).mean(axis=0))
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(np.median(last))
    assert len(ax.lines[0].get_ydata()) == 37


def test_a_curve_may_be_negative_or_have_gaps(histories, ax):
    histories["Dopamine1"].plot(ax, curve="rpe")
    assert ax.get_yscale() == "linear"
    np.testing.assert_allclose(
        ax.lines[0].get_ydata(), np.median(histories["Dopamine1"].rpe, axis=1)
    )


def test_diverged_replicas_do_not_hide_the_others(ax):
    net = RNN(1, 4, 1)
    X = np.random.default_rng(0).standard_normal((16, 9, 1))
    theta = net.init(5, rng=0)
    theta[:2] = np.nan
    history = train(net, WP(0.01), (X, X), theta=theta, steps=5, rng=0)
    history.plot(ax)
    assert np.isfinite(ax.lines[0].get_ydata()).all()
    assert ax.get_xlabel() == "forward passes over 16 sequences"
    assert len(ax.figure.axes) == 1


def test_without_axes_a_new_figure_is_made(histories):
    from matplotlib import pyplot

    ax = histories["Adam"].plot()
    assert ax.figure.number in pyplot.get_fignums()
    pyplot.close(ax.figure)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda h: plot_histories({}), "plot_histories.histories: must be a mapping"),
        (lambda h: plot_histories(h["Adam"]), "plot_histories.histories: must be a mapping"),
        (lambda h: plot_histories({"a": 3}), r"histories\['a'\]: must be a History .*not 3"),
        (lambda h: h["Adam"].plot(curve="los"), "plot_histories.curve: must be one of 'loss'"),
        (lambda h: h["Adam"].plot(axis="time"), "plot_histories.axis: must be one of 'fpe'"),
        (lambda h: h["Adam"].plot(curve="agreement"), "Adam records no agreement"),
        (lambda h: h["Adam"].plot(smooth=41), "a History of at least 41 steps"),
        (lambda h: h["Adam"].plot(smooth=0), "plot_histories.smooth: must be an integer"),
        (lambda h: h["Adam"].fpe_to("low"), "History.fpe_to.loss: must be a finite number"),
    ],
)
def test_bad_requests_are_refused_by_name(histories, make, message):
    with pytest.raises(ValueError, match=message):
        make(histories)


def test_fpe_to_is_the_cost_of_the_first_step_below(histories):
    for history in histories.values():
        for bound in (0.3, 0.2, 1e-9):
            expected = [
                next((f for f, loss in zip(history.fpe, row, strict=True) if loss < bound), np.inf)
                for row in history.loss.T
            ]
            assert history.fpe_to(bound).tolist() == expected


def test_a_run_without_steps_has_reached_nothing():
    net = MLP((2, 2, 1), output="sigmoid")
    history = train(net, Adam(), tasks.xor(), theta=net.init(3, rng=0), steps=0)
    assert history.fpe_to(0.1).tolist() == [np.inf] * 3


def test_seconds_are_those_of_the_steps_and_go_on_when_resumed():
    theta = NET.init(rng=0)
    history = train(NET, WP(0.1), BATCH, theta=theta, steps=5, rng=0)
    assert history.seconds.shape == (5,)
    assert 0 < history.seconds[0] < history.seconds[-1]
    longer = train(NET, WP(0.1), BATCH, resume=history, steps=5)
    assert longer.seconds[5] > longer.seconds[4] == history.seconds[4]


def test_a_checkpoint_is_the_run_up_to_it_and_can_be_resumed(tmp_path):
    theta = NET.init(3, rng=0)
    keep = Checkpoint(tmp_path / "run.npz", save_every=4)
    whole = train(NET, Dopamine1(), BATCH, theta=theta, steps=10, rng=0, callbacks=[keep])
    stored = History.load(keep.path)
    assert (stored.steps, stored.status) == (8, "running")
    resumed = train(NET, Dopamine1(), BATCH, resume=stored, steps=2)
    np.testing.assert_array_equal(resumed.theta, whole.theta)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_checkpoint_that_cannot_be_written_keeps_the_former_one(tmp_path, monkeypatch):
    keep = Checkpoint(tmp_path / "run.npz", save_every=1)
    train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=2, rng=0, callbacks=[keep])

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=2, rng=0, callbacks=[keep])
    assert History.load(keep.path).steps == 2
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    with pytest.raises(ValueError, match="Checkpoint.save_every: must be an integer of at least 1"):
        Checkpoint("x.npz", save_every=0)
    with pytest.raises(ValueError, match="Checkpoint.path: must be a file in a folder that exists"):
        Checkpoint(tmp_path / "none" / "x.npz", save_every=1)


def test_progress_shows_the_loss(capsys):
    train(NET, WP(0.1), BATCH, theta=NET.init(rng=0), steps=3, rng=0, progress=True)
    assert "loss 0." in capsys.readouterr().err
