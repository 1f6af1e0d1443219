"""Truth tables and forecasting windows."""

import numpy as np
import pytest

from dopamine_wp import RNN, metrics, series, tasks


def test_xor_and_parity_are_their_truth_tables():
    X, Y = tasks.xor()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert Y.tolist() == [[0], [1], [1], [0]]
    X, Y = tasks.parity(5)
    assert len(np.unique(X, axis=0)) == 32
    assert [int(row.sum()) % 2 for row in X] == Y[:, 0].tolist()
    for name, table in tasks.TRUTH_TABLES.items():
        assert len(table()[0]) == 2 ** (2 if name == "xor" else int(name[-1]))


@pytest.mark.parametrize("n", [0, 21, 1.5])
def test_parity_refuses_bad_numbers_of_bits(n):
    with pytest.raises(ValueError, match=f"parity.n: must be .* not {n}"):
        tasks.parity(n)


def test_parts_are_scaled_by_the_training_part_and_follow_each_other():
    values = series.henon(3500)
    task = tasks.forecast(values, rng=0)
    assert [len(part) for part in (task.train, task.validation, task.test)] == [2000, 500, 1000]
    assert task.train.mean() == pytest.approx(0)
    assert task.train.std() == pytest.approx(1)
    joined = np.concatenate([task.train, task.validation, task.test])
    np.testing.assert_allclose(joined * task.std + task.mean, values, atol=1e-12)
    assert task.validation.mean() != pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("horizon", [1, 5])
def test_windows_come_from_the_training_part_and_targets_are_later_values(horizon):
    task = tasks.forecast(np.arange(3500.0) ** 1.1, horizon=horizon, rng=0)
    starts = set()
    for index in range(50):
        X, Y = task.batch(index)
        assert X.shape == Y.shape == (16, 60, 1)
        for x, y in zip(X[..., 0], Y[..., 0], strict=True):
            start = int(np.abs(task.train[:, 0] - x[0]).argmin())
            np.testing.assert_allclose(x, task.train[start : start + 60, 0], rtol=1e-6)
            np.testing.assert_allclose(
                y, task.train[start + horizon : start + horizon + 60, 0], rtol=1e-6
            )
            starts.add(start)
    assert len(starts) > 600


def test_batches_depend_on_seed_and_index_alone():
    values = series.henon(3500)
    first, second = (tasks.forecast(values, rng=0) for _ in range(2))
    second.batch(7)
    np.testing.assert_array_equal(first.batch(3)[0], second.batch(3)[0])
    assert not np.array_equal(first.batch(3)[0], first.batch(4)[0])
    assert not np.array_equal(first.batch(3)[0], tasks.forecast(values, rng=1).batch(3)[0])


def test_nrmse_is_that_of_the_teacher_forced_outputs_behind_the_washout():
    task = tasks.forecast(series.henon(3500), rng=0)
    net = RNN(1, 5, 1, washout=10, dtype=np.float64)
    theta = net.init(3, rng=0)
    outputs = net.outputs(theta, task.test[None, :-1])
    for replica, value in enumerate(task.nrmse(net, theta)):
        expected = metrics.nrmse(task.test[11:], outputs[replica, 0, 10:], std=1.0)
        assert value == pytest.approx(expected, rel=1e-12)
    # The network's own loss on the whole part is the square
    np.testing.assert_allclose(
        net.loss(theta, task.sequence("test")), task.nrmse(net, theta) ** 2, rtol=1e-12
    )


def perfect_sine_network(angle):
    """Linear rotation by `angle` inside nearly linear tanh units, forecasting a sine."""
    net = RNN(1, 2, 1, dtype=np.float64)
    theta = np.zeros((1, net.n_parameters))
    views, scale = net.unpack(theta), 1e-4
    # s_{t+1} = 2 cos(angle) s_t - s_{t-1}: unit 0 carries s_t, unit 1 s_{t-1}
    views["Wx"][0] = [[scale, 0]]
    views["Wh"][0] = [[0, 1], [0, 0]]
    views["Wo"][0] = [[2 * np.cos(angle) / scale], [-1 / scale]]
    return net, theta


def test_valid_prediction_time_of_a_perfect_network_is_the_whole_horizon():
    angle = 0.5
    net, theta = perfect_sine_network(angle)
    task = tasks.forecast(np.sin(angle * np.arange(3500)), rng=0)
    assert task.nrmse(net, theta)[0] < 1e-3
    time = task.valid_prediction_time(net, theta, lyapunov_exponent=2.0, interval=0.5, steps=50)
    assert time[0] == pytest.approx(50 * 0.5 * 2.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: tasks.forecast(np.ones(3500)), "forecast.series: must vary .*0.0"),
        (lambda: tasks.forecast(np.arange(100.0)), "at least 3500 samples .* not 100"),
        (lambda: tasks.forecast(np.zeros((0, 1))), r"forecast.series: .* shape \(0, 1\)"),
        (lambda: tasks.forecast(np.arange(3500.0), horizon=0), "forecast.horizon: .* at least 1"),
        (lambda: tasks.forecast(np.arange(3500.0), washout=60), "forecast.window: must be longer"),
        (
            lambda: tasks.forecast(np.arange(3500.0), split=(2000, 5, 1000)),
            "forecast.split: must be an integer of at least 12, not 5",
        ),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_closed_loops_need_a_horizon_of_one():
    task = tasks.forecast(series.henon(3500), horizon=2, rng=0)
    net = RNN(1, 3, 1)
    with pytest.raises(ValueError, match="valid_prediction_time.horizon: must be 1, not 2"):
        task.valid_prediction_time(net, net.init(rng=0), lyapunov_exponent=1, interval=1)


@pytest.mark.parametrize("index", [10, 2100, 3000])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_series_that_is_not_finite_in_any_part_is_refused_with_the_place(index, value):
    values = np.sin(np.arange(3500.0) ** 1.1)
    values[index] = value
    with pytest.raises(ValueError, match=rf"forecast.series: must be finite.*at index {index}"):
        tasks.forecast(values)


@pytest.mark.parametrize("split", [(2000, 500), "2000", (2000, 500.5, 100), 3])
def test_a_split_that_is_not_three_integers_is_refused(split):
    with pytest.raises(ValueError, match="forecast.split: must be"):
        tasks.forecast(np.sin(np.arange(3500.0) ** 1.1), split=split)
