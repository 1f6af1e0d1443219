"""Metrics against values that can be worked out by hand."""

import numpy as np
import pytest

from dopamine_wp import MLP, metrics, tasks

TRUTH = np.array([[1.0], [3.0], [5.0], [7.0]])


def test_errors_of_a_constant_offset():
    assert metrics.rmse(TRUTH, TRUTH + 2) == 2
    assert metrics.nrmse(TRUTH, TRUTH + 2) == pytest.approx(2 / np.sqrt(5))
    assert metrics.nrmse(TRUTH, TRUTH + 2, std=4.0) == 0.5
    assert metrics.r2(TRUTH, TRUTH + 2) == pytest.approx(1 - 4 / 5)


def test_the_mean_has_no_skill_and_the_truth_has_all():
    assert metrics.r2(TRUTH, np.full_like(TRUTH, TRUTH.mean())) == pytest.approx(0)
    assert metrics.r2(TRUTH, TRUTH) == 1


def test_valid_prediction_time_is_the_mean_over_starts_until_the_first_large_error():
    truth = np.zeros((3, 10, 1))
    forecast = truth.copy()
    forecast[0, 4] = 0.5  # valid for 4 steps, then right again, which does not count
    forecast[1, 0] = np.nan  # never valid
    time = metrics.valid_prediction_time(
        truth, forecast, lyapunov_exponent=0.9, interval=0.1, std=1.0
    )
    assert time == pytest.approx((4 + 0 + 10) / 3 * 0.1 * 0.9)


def test_valid_prediction_time_tolerates_errors_up_to_the_threshold():
    truth = np.zeros(5)
    assert metrics.valid_prediction_time(truth, truth + 0.4, std=1.0) == 5
    assert metrics.valid_prediction_time(truth, truth + 0.41, std=1.0) == 0
    assert metrics.valid_prediction_time(truth, truth + 0.41, std=1.0, threshold=0.5) == 5


def test_gradient_agreement_by_layer():
    net, batch = MLP((2, 4, 1), output="sigmoid"), tasks.xor()
    theta = net.init(3, rng=0)
    gradient = net.gradient(theta, batch)[1]
    estimate = gradient.copy()
    net.unpack(estimate)["W1"][...] *= -2
    net.unpack(estimate)["b2"][...] = 0
    agreement = metrics.gradient_agreement(net, theta, batch, estimate)
    np.testing.assert_allclose(agreement["W1"], -1)
    np.testing.assert_allclose(agreement["W2"], 1)
    assert np.isnan(agreement["b2"]).all()
    cosines = [
        g @ e / np.linalg.norm(g) / np.linalg.norm(e)
        for g, e in zip(gradient, estimate, strict=True)
    ]
    np.testing.assert_allclose(agreement["all"], cosines)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.rmse(np.zeros(3), np.zeros(4)), r"rmse: .* not \(3,\) and \(4,\)"),
        (lambda: metrics.rmse([], []), "rmse: target and prediction .* not be empty"),
        (lambda: metrics.nrmse(np.ones(3), np.ones(3)), "nrmse.std: .* above 0, not 0.0"),
        (
            lambda: metrics.valid_prediction_time(TRUTH, TRUTH, interval=0),
            "valid_prediction_time.interval: must be a finite number above 0, not 0",
        ),
        (
            lambda: metrics.gradient_agreement(
                MLP((2, 1)), np.zeros((1, 3)), tasks.xor(), np.zeros(3)
            ),
            r"estimate must have the shape \(1, 3\) of theta, not \(3,\)",
        ),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_diverged_forecast_is_nan_but_a_broken_target_is_refused():
    assert np.isnan(metrics.rmse([0.0, 1.0], [np.nan, 1.0]))
    with pytest.raises(ValueError, match="rmse.target: must be finite"):
        metrics.rmse([np.nan, 1.0], [0.0, 1.0])
