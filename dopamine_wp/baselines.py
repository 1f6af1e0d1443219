"""Forecasts that any trained network has to beat.

All return ``(target, prediction)``, aligned and of one shape, ready for `metrics`::

    metrics.nrmse(*baselines.persistence(series))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import RandomSource


def persistence(series: Any, *, horizon: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Forecast that nothing changes.

    Parameters
    ----------
    series : array_like, shape (time, features) or (time,)
        The series to forecast.
    horizon : int, default 1
        Steps ahead.

    Returns
    -------
    target, prediction : ndarray, shape (time - horizon, features)

    Raises
    ------
    ValueError
        If the series is not longer than the horizon.
    """
    values = _long_enough("persistence", series, horizon, 1)
    return values[horizon:], values[:-horizon]


def ridge(
    train: Any, test: Any, *, lags: int = 20, horizon: int = 1, penalty: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Forecast linearly from the last values, fitted by ridge regression.

    Minimizes ``|H w - y|^2 / n + penalty |w|^2`` over the rows ``H = [x_t, ..., x_{t-lags+1}, 1]``
    of the training series; the constant is not penalized.

    Parameters
    ----------
    train, test : array_like, shape (time, features) or (time,)
        Series to fit and to forecast.
    lags : int, default 20
        Number of past values, the present one included.
    horizon : int, default 1
        Steps ahead, forecast directly.
    penalty : float, default 1e-6
        Weight of the penalty, at least 0.

    Returns
    -------
    target, prediction : ndarray, shape (time - lags - horizon + 1, features)
        Of the test series.

    Raises
    ------
    ValueError
        If a series is too short or arguments are out of range.
    """
    _checks.whole("ridge", "lags", lags)
    _checks.real("ridge", "penalty", penalty, minimum=0)
    fitted = _long_enough("ridge", train, horizon, lags)
    judged = _long_enough("ridge", test, horizon, lags)
    weights = _ridge_regression(
        _lagged(fitted, lags, horizon), fitted[lags - 1 + horizon :], penalty
    )
    return judged[lags - 1 + horizon :], _with_constant(_lagged(judged, lags, horizon)) @ weights


class EchoState:
    """Echo-state network: a fixed random recurrent network with a trained linear readout.

    ``h_t = (1 - l) h_{t-1} + l tanh(x_t Wx + h_{t-1} Wh + b)``; the forecast is
    ``[h_t, x_t, 1] Wo``, with Wo by ridge regression.

    Parameters
    ----------
    n_hidden : int, default 300
        Units of the reservoir.
    spectral_radius : float, default 0.9
        Largest absolute eigenvalue of Wh, which is dense and Gaussian.
    leak : float, default 1.0
        l, above 0 and at most 1.
    input_scale : float, default 0.5
        Wx ~ U(-input_scale, input_scale).
    bias_scale : float, default 0.2
        b ~ U(-bias_scale, bias_scale).
    penalty : float, default 1e-8
        Of the ridge regression; see `ridge`.
    washout : int, default 100
        Steps at the beginning that are neither fitted nor forecast.
    rng : int, Generator or None, keyword only
        Source of the weights.

    Attributes
    ----------
    output_weights_ : ndarray, shape (n_hidden + features + 1, features)
        Wo, after `fit`.

    Raises
    ------
    ValueError
        For arguments out of range.

    References
    ----------
    H. Jaeger, H. Haas, Science 304 (2004).

    Examples
    --------
    >>> from dopamine_wp import metrics, series
    >>> values = series.henon(3000)
    >>> esn = EchoState(100, rng=0).fit(values[:2000])
    >>> bool(metrics.nrmse(*esn.forecast(values[2000:])) < 0.1)
    True
    """

    def __init__(
        self,
        n_hidden: int = 300,
        *,
        spectral_radius: float = 0.9,
        leak: float = 1.0,
        input_scale: float = 0.5,
        bias_scale: float = 0.2,
        penalty: float = 1e-8,
        washout: int = 100,
        rng: RandomSource = None,
    ) -> None:
        _checks.whole("EchoState", "n_hidden", n_hidden)
        _checks.real("EchoState", "leak", leak, above=0, maximum=1)
        _checks.whole("EchoState", "washout", washout, minimum=0)
        for name, value in (
            ("spectral_radius", spectral_radius),
            ("input_scale", input_scale),
            ("bias_scale", bias_scale),
            ("penalty", penalty),
        ):
            _checks.real("EchoState", name, value, minimum=0)
        self.n_hidden, self.leak, self.penalty = n_hidden, leak, penalty
        self.input_scale, self.washout = input_scale, washout
        self._rng = _checks.generator("EchoState", rng)
        weights = self._rng.standard_normal((n_hidden, n_hidden)) / np.sqrt(n_hidden)
        radius = np.abs(np.linalg.eigvals(weights)).max()
        self.recurrent_weights = weights * (spectral_radius / radius)
        self.bias = self._rng.uniform(-bias_scale, bias_scale, n_hidden)
        self.input_weights: np.ndarray | None = None
        self.output_weights_: np.ndarray | None = None
        self.horizon_ = 1

    def fit(self, series: Any, *, horizon: int = 1) -> EchoState:
        """Fit the readout to forecast `series` `horizon` steps ahead.

        Parameters
        ----------
        series : array_like, shape (time, features) or (time,)
            Training series.
        horizon : int, default 1
            Steps ahead, forecast directly.

        Returns
        -------
        EchoState
            Itself.

        Raises
        ------
        ValueError
            If the series is not longer than washout and horizon together.
        """
        values = _long_enough("EchoState.fit", series, horizon, self.washout + 1)
        shape = (values.shape[1], self.n_hidden)
        self.input_weights = self._rng.uniform(-self.input_scale, self.input_scale, shape)
        self.horizon_ = horizon
        features = self._features(values)[self.washout : -horizon]
        self.output_weights_ = _ridge_regression(
            features, values[self.washout + horizon :], self.penalty
        )
        return self

    def forecast(self, series: Any) -> tuple[np.ndarray, np.ndarray]:
        """Forecast another series, teacher-forced.

        Parameters
        ----------
        series : array_like, shape (time, features) or (time,)
            Series to forecast; the first `washout` values only excite the reservoir.

        Returns
        -------
        target, prediction : ndarray, shape (time - washout - horizon, features)

        Raises
        ------
        RuntimeError
            If `fit` has not been called.
        ValueError
            If the series is too short or has other features than the training series.
        """
        if self.output_weights_ is None or self.input_weights is None:
            raise RuntimeError("EchoState.forecast: call fit first")
        values = _long_enough("EchoState.forecast", series, self.horizon_, self.washout + 1)
        if values.shape[1] != len(self.input_weights):
            raise ValueError(
                f"EchoState.forecast: series must have {len(self.input_weights)} features, "
                f"not {values.shape[1]}"
            )
        features = self._features(values)[self.washout : -self.horizon_]
        return values[self.washout + self.horizon_ :], _with_constant(features) @ (
            self.output_weights_
        )

    def _features(self, values: np.ndarray) -> np.ndarray:
        """Return [h_t, x_t] for every time."""
        assert self.input_weights is not None
        drive = values @ self.input_weights + self.bias
        states = np.zeros((len(values), self.n_hidden))
        hidden = np.zeros(self.n_hidden)
        for t, inputs in enumerate(drive):
            activity = np.tanh(inputs + hidden @ self.recurrent_weights)
            hidden = (1 - self.leak) * hidden + self.leak * activity
            states[t] = hidden
        return np.hstack([states, values])


def _lagged(values: np.ndarray, lags: int, horizon: int) -> np.ndarray:
    """Return the rows [x_t, ..., x_{t-lags+1}] whose forecasts lie within the series."""
    n = len(values) - lags - horizon + 1
    return np.hstack([values[lags - 1 - lag : lags - 1 - lag + n] for lag in range(lags)])


def _ridge_regression(features: np.ndarray, target: np.ndarray, penalty: float) -> np.ndarray:
    """Return weights, the constant last, by least squares on the penalized system.

    The penalty enters as extra rows rather than through the normal equations, which would square
    the condition number.
    """
    extended = _with_constant(features)
    rows = np.sqrt(penalty * len(features)) * np.eye(extended.shape[1])[:-1]
    system = np.vstack([extended, rows])
    goal = np.vstack([target, np.zeros((len(rows), target.shape[1]))])
    return np.linalg.lstsq(system, goal, rcond=None)[0]


def _with_constant(features: np.ndarray) -> np.ndarray:
    return np.hstack([features, np.ones((len(features), 1))])


def _long_enough(owner: str, series: Any, horizon: int, needed: int) -> np.ndarray:
    """Return the series as (time, features), refusing one with nothing to forecast."""
    _checks.whole(owner, "horizon", horizon)
    values = _checks.series_array(owner, "series", series)
    if len(values) < needed + horizon:
        raise ValueError(
            f"{owner}.series: must have at least {needed + horizon} samples, not {len(values)}"
        )
    return values
