"""Baselines on series whose best forecast is known."""

import numpy as np
import pytest

from dopamine_wp import baselines, metrics, series


def test_persistence_repeats_the_present_value():
    target, prediction = baselines.persistence(np.arange(6.0), horizon=2)
    assert target.ravel().tolist() == [2, 3, 4, 5]
    assert prediction.ravel().tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("horizon", [1, 3])
def test_ridge_finds_a_linear_recurrence_exactly(horizon):
    wave = np.sin(0.3 * np.arange(300)) + np.cos(0.11 * np.arange(300)) + 5
    target, prediction = baselines.ridge(wave[:200], wave[200:], lags=6, horizon=horizon, penalty=0)
    assert target.shape == prediction.shape == (100 - 6 - horizon + 1, 1)
    np.testing.assert_array_equal(target[:, 0], wave[200 + 5 + horizon :])
    np.testing.assert_allclose(prediction, target, atol=1e-8)


def test_ridge_equals_its_normal_equations():
    generator = np.random.default_rng(0)
    values = generator.standard_normal((80, 2))
    _, prediction = baselines.ridge(values, values, lags=3, penalty=0.1)
    rows = np.array([np.append(values[t - 2 : t + 1][::-1].ravel(), 1) for t in range(2, 79)])
    penalty = 0.1 * len(rows) * np.diag([1] * 6 + [0])
    weights = np.linalg.solve(rows.T @ rows + penalty, rows.T @ values[3:])
    np.testing.assert_allclose(prediction, rows @ weights, atol=1e-10)


def test_a_large_penalty_leaves_the_mean():
    values = series.henon(500)
    _, prediction = baselines.ridge(values, values, lags=2, penalty=1e12)
    np.testing.assert_allclose(prediction, values[2:].mean(), atol=1e-6)


def test_echo_state_network_beats_linear_forecasts_of_chaos():
    values = series.lorenz(2600)
    network = baselines.EchoState(rng=0).fit(values[:2000])
    target, prediction = network.forecast(values[2000:])
    assert target.shape == prediction.shape == (600 - 100 - 1, 1)
    np.testing.assert_array_equal(target, values[2101:])
    error = metrics.nrmse(target, prediction)
    assert error < 0.02
    assert error < metrics.nrmse(*baselines.ridge(values[:2000], values[2000:])) / 2
    radius = np.abs(np.linalg.eigvals(network.recurrent_weights)).max()
    assert radius == pytest.approx(0.9)


def test_echo_state_network_is_reproducible():
    values = series.henon(400)
    forecasts = [baselines.EchoState(20, rng=5).fit(values).forecast(values)[1] for _ in range(2)]
    np.testing.assert_array_equal(*forecasts)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: baselines.persistence([1.0]), ValueError, "at least 2 samples, not 1"),
        (lambda: baselines.ridge(np.ones(9), np.ones(9), lags=0), ValueError, "ridge.lags"),
        (lambda: baselines.ridge(np.ones(9), np.ones(9)), ValueError, "at least 21 samples"),
        (lambda: baselines.EchoState(leak=2), ValueError, "EchoState.leak: .* at most 1"),
        (lambda: baselines.EchoState(5, rng=0).forecast(np.ones(300)), RuntimeError, "fit first"),
        (
            lambda: baselines.EchoState(5, rng=0).fit(np.ones(300)).forecast(np.ones((300, 2))),
            ValueError,
            "series must have 1 features, not 2",
        ),
    ],
)
def test_misuse_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_series_that_are_not_finite_are_refused():
    values = np.sin(np.arange(400.0))
    broken = values.copy()
    broken[7] = np.nan
    for make in (
        lambda: baselines.persistence(broken),
        lambda: baselines.ridge(broken, values),
        lambda: baselines.ridge(values, broken),
        lambda: baselines.EchoState(20, rng=0).fit(broken),
    ):
        with pytest.raises(ValueError, match="must be finite everywhere.*index 7"):
            make()
