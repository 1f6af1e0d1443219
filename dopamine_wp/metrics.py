"""How good a forecast or a gradient estimate is."""

from __future__ import annotations

from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Batch, Network


def rmse(target: Any, prediction: Any) -> float:
    """Return the root mean squared error over all elements.

    Parameters
    ----------
    target, prediction : array_like, same shape
        Truth and forecast.

    Raises
    ------
    ValueError
        If the shapes differ, the arrays are empty, or `target` is not finite everywhere.

    Examples
    --------
    >>> rmse([0.0, 2.0], [0.0, 0.0]) == 2**0.5
    True
    """
    true, predicted = _pair("rmse", target, prediction)
    return float(np.sqrt(np.mean((predicted - true) ** 2)))


def nrmse(target: Any, prediction: Any, std: float | None = None) -> float:
    """Return the root mean squared error divided by a standard deviation.

    Parameters
    ----------
    target, prediction : array_like, same shape
        Truth and forecast.
    std : float, optional
        Standard deviation, e.g. of the training part; default that of `target`.

    Raises
    ------
    ValueError
        If the shapes differ, the arrays are empty, or the standard deviation is not above zero.

    Examples
    --------
    >>> nrmse([0.0, 2.0], [1.0, 1.0])
    1.0
    """
    true, predicted = _pair("nrmse", target, prediction)
    scale = float(true.std()) if std is None else std
    _checks.real("nrmse", "std", scale, above=0)
    return rmse(true, predicted) / scale


def r2(target: Any, prediction: Any) -> float:
    """Return the coefficient of determination, ``1 - nrmse(target, prediction)**2``.

    Parameters
    ----------
    target, prediction : array_like, same shape
        Truth and forecast.

    Raises
    ------
    ValueError
        If the shapes differ, the arrays are empty, or `target` is constant.

    Examples
    --------
    >>> r2([0.0, 2.0], [0.0, 2.0])
    1.0
    """
    true, predicted = _pair("r2", target, prediction)
    if not true.std() > 0:
        raise ValueError("r2.target: must vary, not be constant")
    return 1 - nrmse(true, predicted) ** 2


def valid_prediction_time(
    target: Any,
    prediction: Any,
    *,
    lyapunov_exponent: float = 1.0,
    interval: float = 1.0,
    threshold: float = 0.4,
    std: float | None = None,
) -> float:
    """Return the time for which closed-loop forecasts stay valid, in Lyapunov times.

    A forecast is valid until the first time at which ``|error| > threshold * std`` in any
    feature; the number of valid steps times ``interval * lyapunov_exponent`` is averaged over
    the forecasts. A forecast that stays valid to its end counts with its length, one that is not
    finite ends there.

    Parameters
    ----------
    target, prediction : array_like, shape (starts, time, features), (time, features) or (time,)
        Truth and forecasts.
    lyapunov_exponent : float, default 1
        Largest Lyapunov exponent, per time unit; see `series.LYAPUNOV_EXPONENTS`.
    interval : float, default 1
        Time between samples.
    threshold : float, default 0.4
        Tolerated error in standard deviations.
    std : float, optional
        Standard deviation of the series; default that of `target`.

    Raises
    ------
    ValueError
        If the shapes differ, the arrays are empty, or a number is not above zero.

    Examples
    --------
    >>> truth = [1.0, -1.0, 1.0, -1.0]
    >>> valid_prediction_time(truth, [1.0, -1.0, 0.0, -1.0])
    2.0
    """
    true, predicted = _pair("valid_prediction_time", target, prediction)
    scale = float(true.std()) if std is None else std
    for name, value in (
        ("lyapunov_exponent", lyapunov_exponent),
        ("interval", interval),
        ("threshold", threshold),
        ("std", scale),
    ):
        _checks.real("valid_prediction_time", name, value, above=0)
    if true.ndim == 1:
        true, predicted = true[:, None], predicted[:, None]
    if true.ndim == 2:
        true, predicted = true[None], predicted[None]
    wrong = (~(np.abs(predicted - true) <= threshold * scale)).any(axis=-1)
    valid_steps = np.where(wrong.any(axis=1), wrong.argmax(axis=1), wrong.shape[1])
    return float(valid_steps.mean()) * interval * lyapunov_exponent


def gradient_agreement(
    net: Network, theta: np.ndarray, batch: Batch, estimate: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the cosine between a gradient estimate and the true gradient.

    Parameters
    ----------
    net : Network
        The network.
    theta : array_like, shape (R, P)
        Where the gradient is taken.
    batch : tuple (X, Y)
        The batch.
    estimate : array_like, shape (R, P)
        The estimate, e.g. ``(theta - history.theta) / rate`` after one step of `WP`.

    Returns
    -------
    dict of str to ndarray, shape (R,)
        One entry per parameter array of ``net.shapes`` and one, "all", for the whole vector; NaN
        where estimate or gradient is zero.

    Raises
    ------
    ValueError
        If shapes do not fit.
    """
    _, gradient = net.gradient(theta, batch)
    guess = _checks.numbers_array("gradient_agreement", "estimate", estimate, np.float64)
    if guess.shape != gradient.shape:
        raise ValueError(
            f"gradient_agreement: estimate must have the shape {gradient.shape} of theta, "
            f"not {guess.shape}"
        )
    true = gradient.astype(np.float64)
    pairs = {name: (net.unpack(guess)[name], view) for name, view in net.unpack(true).items()}
    pairs["all"] = (guess, true)
    return {name: _cosine(*pair) for name, pair in pairs.items()}


def _cosine(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    a, b = first.reshape(len(first), -1), second.reshape(len(second), -1)
    norm = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.divide((a * b).sum(axis=1), norm, out=np.full(len(a), np.nan), where=norm > 0)


def _pair(name: str, target: Any, prediction: Any) -> tuple[np.ndarray, np.ndarray]:
    true = _checks.numbers_array(name, "target", target, np.float64)
    predicted = _checks.numbers_array(name, "prediction", prediction, np.float64)
    if true.shape != predicted.shape or true.size == 0:
        raise ValueError(
            f"{name}: target and prediction must have the same shape and not be empty, "
            f"not {true.shape} and {predicted.shape}"
        )
    if not np.isfinite(true).all():
        raise ValueError(f"{name}.target: must be finite everywhere; NaN or inf is in it")
    return true, predicted
