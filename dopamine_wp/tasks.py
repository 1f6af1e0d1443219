"""Tasks: truth tables as one fixed batch, and forecasting windows of a series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dopamine_wp import _checks, metrics
from dopamine_wp.networks.base import Batch, RandomSource
from dopamine_wp.networks.rnn import RNN
from dopamine_wp.noise import draw_key


def xor() -> Batch:
    """Return the exclusive or of two bits.

    Returns
    -------
    X : ndarray, shape (4, 2), float64
        All pairs of 0 and 1.
    Y : ndarray, shape (4, 1), float64
        1 where exactly one input is 1.

    Examples
    --------
    >>> xor()[1].ravel().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    return parity(2)


def parity(n: int) -> Batch:
    """Return the parity of n bits.

    Parameters
    ----------
    n : int
        Number of bits, 1 to 20.

    Returns
    -------
    X : ndarray, shape (2**n, n), float64
        All patterns of 0 and 1, in counting order.
    Y : ndarray, shape (2**n, 1), float64
        1 where the number of ones is odd.

    Raises
    ------
    ValueError
        If n is outside 1 to 20.
    """
    _checks.whole("parity", "n", n)
    _checks.real("parity", "n", n, maximum=20)
    X = (np.arange(2**n)[:, None] >> np.arange(n)[::-1]) & 1
    return X.astype(np.float64), (X.sum(axis=1, keepdims=True) % 2).astype(np.float64)


#: The parts of a series, in this order of time.
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False, repr=False)
class Forecast:
    """Forecasting a series `horizon` steps ahead, directly, from windows.

    Made by `forecast`, which explains the arguments.

    Attributes
    ----------
    train, validation, test : ndarray, shape (time, features), float64
        The parts of the series, z-scored by mean and standard deviation of the training part, so
        that a root mean squared error is an NRMSE.
    mean, std : ndarray, shape (features,)
        Statistics of the training part.
    horizon, window, washout, batch_size : int
        See `forecast`.
    key : int
        Seed of the windows.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    horizon: int
    window: int
    washout: int
    batch_size: int
    key: int

    def __repr__(self) -> str:
        parts = ", ".join(f"{part} {len(getattr(self, part))}" for part in PARTS)
        return (
            f"Forecast({parts} samples of {self.train.shape[1]} feature(s), "
            f"horizon={self.horizon}, window={self.window}, washout={self.washout}, "
            f"batch_size={self.batch_size}, key={self.key})"
        )

    def batch(self, index: int) -> Batch:
        """Return training batch `index`, always the same for the same index.

        Returns
        -------
        X, Y : ndarray, shape (batch_size, window, features), float32
            Windows that begin at random times, and the same windows `horizon` steps later.
        """
        rng = np.random.default_rng([self.key, index])
        starts = rng.integers(
            len(self.train) - self.window - self.horizon + 1, size=self.batch_size
        )
        times = starts[:, None] + np.arange(self.window)
        X, Y = self.train[times], self.train[times + self.horizon]
        return X.astype(np.float32), Y.astype(np.float32)

    def sequence(self, part: str) -> Batch:
        """Return a whole part, "train", "validation" or "test", as one teacher-forced sequence.

        Returns
        -------
        X, Y : ndarray, shape (1, time - horizon, features)
        """
        _checks.choice("Forecast.sequence", "part", part, PARTS)
        values = getattr(self, part)
        return values[None, : -self.horizon], values[None, self.horizon :]

    def nrmse(self, net: RNN, theta: np.ndarray, part: str = "test") -> np.ndarray:
        """Return the NRMSE (R,) of the teacher-forced forecast behind the washout."""
        X, Y = self.sequence(part)
        outputs = net.outputs(theta, X)[:, :, self.washout :].astype(np.float64)
        return np.array([metrics.rmse(Y[:, self.washout :], replica) for replica in outputs])

    def valid_prediction_time(
        self,
        net: RNN,
        theta: np.ndarray,
        *,
        lyapunov_exponent: float,
        interval: float,
        starts: int = 20,
        warmup: int = 100,
        steps: int = 200,
        part: str = "test",
    ) -> np.ndarray:
        """Return the valid prediction time (R,) of the closed loop, in Lyapunov times.

        From each of `starts` times, evenly spread over the part, the network is fed `warmup`
        true values and then its own outputs; see `metrics.valid_prediction_time`.

        Parameters
        ----------
        net, theta
            The networks, trained on a horizon of 1.
        lyapunov_exponent : float
            Largest Lyapunov exponent, per time unit.
        interval : float
            Time between samples.
        starts, warmup, steps : int, default 20, 100, 200
            Number of starts, values fed in, values generated at most; as many steps are
            generated as the part allows.
        part : {"test", "validation", "train"}
            Part of the series.

        Raises
        ------
        ValueError
            If the horizon is not 1 or the part is too short.
        """
        if self.horizon != 1:
            raise _checks.refuse("valid_prediction_time", "horizon", "1", self.horizon)
        for name, number in (("starts", starts), ("warmup", warmup), ("steps", steps)):
            _checks.whole("valid_prediction_time", name, number)
        _checks.choice("valid_prediction_time", "part", part, PARTS)
        values = getattr(self, part)
        steps = min(steps, len(values) - warmup - starts)
        if steps < 1:
            raise ValueError(
                f"valid_prediction_time: {part} has {len(values)} samples, too few for "
                f"{warmup} of warm-up and {starts} starts"
            )
        begins = np.linspace(0, len(values) - warmup - steps, starts).astype(int)
        fed = values[begins[:, None] + np.arange(warmup)]
        true = values[begins[:, None] + warmup + np.arange(steps)]
        generated = net.closed_loop(theta, fed, steps)
        return np.array(
            [
                metrics.valid_prediction_time(
                    true, replica, lyapunov_exponent=lyapunov_exponent, interval=interval, std=1.0
                )
                for replica in generated
            ]
        )


def forecast(
    series: np.ndarray,
    *,
    horizon: int = 1,
    window: int = 60,
    washout: int = 10,
    batch_size: int = 16,
    split: Sequence[int] = (2000, 500, 1000),
    rng: RandomSource = None,
) -> Forecast:
    """Cut a series into training windows, validation and test part.

    Parameters
    ----------
    series : array_like, shape (time, features) or (time,)
        The series; it is z-scored by its training part.
    horizon : int, default 1
        Steps ahead, forecast directly.
    window : int, default 60
        T, time steps of a training window.
    washout : int, default 10
        Steps that do not count in errors.
    batch_size : int, default 16
        B, windows in a batch.
    split : tuple of 3 ints, default (2000, 500, 1000)
        Samples for training, validation and test, in this order of time.
    rng : int, Generator or None, keyword only
        Source of the windows.

    Returns
    -------
    Forecast
        Its `batch` method is the `batches` argument of `train`.

    Raises
    ------
    ValueError
        If the series is too short, constant or not finite somewhere, or arguments are out of
        range.

    Examples
    --------
    >>> from dopamine_wp import series
    >>> task = forecast(series.henon(3500), rng=0)
    >>> task.batch(0)[0].shape
    (16, 60, 1)
    """
    values = _checks.series_array("forecast", "series", series)
    for name, number in (("horizon", horizon), ("batch_size", batch_size), ("window", window)):
        _checks.whole("forecast", name, number)
    _checks.whole("forecast", "washout", washout, minimum=0)
    split = _checks.wholes(
        "forecast", "split", split, fewest=3, most=3, minimum=horizon + washout + 1
    )
    if washout >= window or split[0] < window + horizon:
        raise ValueError(
            f"forecast.window: must be longer than the washout {washout} and fit with the horizon "
            f"{horizon} into {split[0]} training samples, not {window}"
        )
    if len(values) < sum(split):
        raise ValueError(
            f"forecast.series: must have at least {sum(split)} samples for the split {split}, "
            f"not {len(values)}"
        )
    mean, std = values[: split[0]].mean(axis=0), values[: split[0]].std(axis=0)
    if not (std > 0).all():
        raise ValueError(
            "forecast.series: must vary in its training part, not have the standard deviation "
            f"{std.tolist()}"
        )
    scaled = (values - mean) / std
    bounds = np.cumsum(split)
    parts = scaled[: bounds[0]], scaled[bounds[0] : bounds[1]], scaled[bounds[1] : bounds[2]]
    return Forecast(*parts, mean, std, horizon, window, washout, batch_size, draw_key(rng))


#: Truth tables by name, for programs that let the user choose.
TRUTH_TABLES: dict[str, Callable[[], Batch]] = {
    "xor": xor,
    "parity-3": lambda: parity(3),
    "parity-4": lambda: parity(4),
}
