"""Numbers with their 95 % intervals, and the claims that they decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from dopamine_wp.reporting import median_interval


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


def mean(values: Sequence[float]) -> Interval:
    """Return a mean with the interval of Student's t."""
    sample = np.asarray(values, float)
    margin = stats.t.ppf(0.975, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample))
    return Interval(
        float(sample.mean()), float(sample.mean() - margin), float(sample.mean() + margin)
    )


def share(successes: int, trials: int) -> Interval:
    """Return a relative frequency with the interval of Wilson."""
    low, high = stats.binomtest(int(successes), int(trials)).proportion_ci(method="wilson")
    return Interval(successes / trials, float(low), float(high))


def median(values: Sequence[float]) -> Interval:
    """Return a median with the interval between two order statistics that covers it.

    It holds for any distribution; infinite values (what never came to an end) are allowed. With
    fewer than six values even the whole range covers the median with less than 95 %.
    """
    ordered = np.sort(np.where(np.isnan(values), np.inf, values))
    # np.median would take the difference of two infinities
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return Interval(float(middle), *median_interval(ordered))


def factor(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Return the geometric mean of first / second, pair by pair, with the interval of Student's t.

    Pairs come from the same random numbers; all values are above 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = mean(np.log(np.asarray(first, float)) - np.log(np.asarray(second, float)))
    return Interval(*np.exp([logs.value, logs.low, logs.high]).tolist())


def ratio(
    first: Sequence[float],
    second: Sequence[float],
    statistic: Callable[..., Any] = np.mean,
    *,
    paired: bool = True,
) -> Interval:
    """Return statistic(first) / statistic(second) with the interval of the bootstrap.

    `paired` values come from the same random numbers and are drawn together.
    """

    def quotient(a: Any, b: Any, axis: int = -1) -> Any:
        above, below = np.broadcast_arrays(statistic(a, axis=axis), statistic(b, axis=axis))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(above == below, 1.0, above / below)  # nothing to nothing is equal

    data = np.asarray(first, float), np.asarray(second, float)
    with np.errstate(invalid="ignore"):  # its standard error, where quotients are infinite
        done = stats.bootstrap(
            data, quotient, paired=paired, n_resamples=4999, method="percentile", rng=0
        )
    interval = done.confidence_interval
    return Interval(float(quotient(*data)), float(interval.low), float(interval.high))


@dataclass(frozen=True)
class Claim:
    """A sentence, the number that it stands or falls with, and whether it holds."""

    sentence: str
    number: str
    holds: bool


def below(sentence: str, interval: Interval, bound: float = 1) -> Claim:
    """Return the claim that a number, by default a ratio, is below a bound: all of its interval."""
    return Claim(sentence, str(interval), interval.high < bound)


def above(sentence: str, interval: Interval, bound: float = 1) -> Claim:
    """Return the claim that a number, by default a ratio, is above a bound: all of its interval."""
    return Claim(sentence, str(interval), interval.low > bound)
