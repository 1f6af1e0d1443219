"""Measures of retrieval: errors, transinformation, and bits per synapse.

A. Knoblauch, G. Palm, F. Sommer, "Memory capacities for synaptic and structural plasticity", Neural
Computation 22:289 (2010); arXiv:2412.18349 (2024), section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

from assocmem._validation import (
    binary,
    real_number,
    refusal,
    same_shape,
    whole_number,
    without_masks,
)
from assocmem.channel import Channel, required_channel


def output_error(
    answers: ArrayLike, patterns: ArrayLike, *, n_active: float | None = None
) -> NDArray[np.float64]:
    """Return the output error (misses + false alarms) / k of each pattern.

    Parameters
    ----------
    answers, patterns : array_like, shape (n_patterns, n_units) or (n_units,)
        Retrieved and original patterns, zeros and ones.
    n_active : float, optional
        k, greater than 0; default the number of active units of each pattern. For Bernoulli
        patterns give their mean.

    Returns
    -------
    ndarray, shape (n_patterns,) (or a number for 1-D)
        For a pattern without active units and no `n_active`: 0 if it was answered exactly, else
        infinity.

    Raises
    ------
    ValueError
        If the shapes differ, or an array is not binary.
    """
    retrieved, original = _pair(answers, patterns)
    errors = np.count_nonzero(retrieved != original, axis=-1)
    if n_active is not None:
        return errors / real_number("n_active", n_active, np.finfo(float).tiny)
    k = np.count_nonzero(original, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(errors == 0, 0.0, errors / np.asarray(k, float))[()]


def misses(answers: ArrayLike, patterns: ArrayLike) -> NDArray[np.intp]:
    """Return how many active units of each pattern the answer lacks.

    Parameters
    ----------
    answers, patterns : array_like, shape (n_patterns, n_units) or (n_units,)
        Retrieved and original patterns, zeros and ones.

    Returns
    -------
    ndarray of int, shape (n_patterns,) (or a number for 1-D)

    Raises
    ------
    ValueError
        If the shapes differ, or an array is not binary.
    """
    retrieved, original = _pair(answers, patterns)
    return np.count_nonzero(original & ~retrieved, axis=-1)


def false_alarms(answers: ArrayLike, patterns: ArrayLike) -> NDArray[np.intp]:
    """Return how many silent units of each pattern the answer activates.

    Parameters
    ----------
    answers, patterns : array_like, shape (n_patterns, n_units) or (n_units,)
        Retrieved and original patterns, zeros and ones.

    Returns
    -------
    ndarray of int, shape (n_patterns,) (or a number for 1-D)

    Raises
    ------
    ValueError
        If the shapes differ, or an array is not binary.
    """
    retrieved, original = _pair(answers, patterns)
    return np.count_nonzero(retrieved & ~original, axis=-1)


def exact_fraction(answers: ArrayLike, patterns: ArrayLike) -> float:
    """Return the fraction of patterns that were answered without any error.

    Parameters
    ----------
    answers, patterns : array_like, shape (n_patterns, n_units) or (n_units,)
        Retrieved and original patterns, zeros and ones.

    Raises
    ------
    ValueError
        If the shapes differ, an array is not binary, or there are no patterns.
    """
    retrieved, original = (np.atleast_2d(part) for part in _pair(answers, patterns))
    if not len(original):
        raise ValueError("patterns: must hold at least one pattern, not none")
    return float((retrieved == original).all(axis=1).mean())


def completeness(answers: ArrayLike, patterns: ArrayLike) -> NDArray[np.float64]:
    """Return hits / k: which fraction of each pattern's active units the answer contains.

    Parameters
    ----------
    answers, patterns : array_like, shape (n_patterns, n_units) or (n_units,)
        Retrieved and original patterns, zeros and ones.

    Returns
    -------
    ndarray, shape (n_patterns,) (or a number for 1-D)
        1 for a pattern without active units.

    Raises
    ------
    ValueError
        If the shapes differ, or an array is not binary.
    """
    retrieved, original = _pair(answers, patterns)
    k = np.count_nonzero(original, axis=-1)
    hits = np.count_nonzero(original & retrieved, axis=-1)
    return np.where(k == 0, 1.0, hits / np.maximum(k, 1))[()]


def entropy(probability: ArrayLike) -> NDArray[np.float64]:
    """Return the entropy of a binary variable in bits.

    Parameters
    ----------
    probability : array_like
        Of one of the two values, from 0 to 1.

    Returns
    -------
    ndarray, shape of `probability`, float64
        NaN outside of 0 to 1.

    Raises
    ------
    ValueError
        If there are masked entries, or others than real numbers.
    """
    p = without_masks("probability", probability)
    if p.dtype.kind not in "biuf":
        raise refusal("probability", "numbers from 0 to 1", p)
    p = p.astype(float)
    return (-(xlogy(p, p) + xlogy(1 - p, 1 - p)) / np.log(2))[()]


def transinformation(activity: float, channel: Channel) -> float:
    """Return the transinformation of a binary channel, in bits per unit.

    T(p, e01, e10) = H(p (1 - e10) + (1 - p) e01) - p H(e10) - (1 - p) H(e01)

    Parameters
    ----------
    activity : float
        Probability p that a unit of the original is active, from 0 to 1.
    channel : Channel
        Error probabilities between original and answer.

    Raises
    ------
    ValueError
        If `activity` is not a probability, or `channel` is no channel.
    """
    p, channel = real_number("activity", activity, 0, 1), required_channel(channel)
    received = p * (1 - channel.e10) + (1 - p) * channel.e01
    return float(entropy(received) - p * entropy(channel.e10) - (1 - p) * entropy(channel.e01))


def winners_channel(error: float, *, n_units: int, n_active: int) -> Channel:
    """Return the channel of answers with exactly k winners at a given output error.

    Misses and false alarms then are equally many: e10 = eps / 2, e01 = eps k / (2 (n - k)).

    Parameters
    ----------
    error : float
        Output error eps, from 0 to 2.
    n_units, n_active : int
        Numbers of units n and active units k.

    Returns
    -------
    Channel

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    n_units = whole_number("n_units", n_units, 1)
    n_active = whole_number("n_active", n_active, 0, n_units)
    half = real_number("error", error, 0, 2) / 2
    n_silent = n_units - n_active
    return Channel(min(1.0, half * n_active / n_silent) if n_silent else 0.0, half)


def bits_per_synapse(
    n_patterns: int,
    *,
    n_units: int,
    n_active: int,
    answers: Channel,
    queries: Channel | None = None,
    n_outputs: int | None = None,
) -> float:
    """Return the stored information per synapse: in total, or what retrieval gained.

    C_total = (M / n) T(k / n, answers); C_gain = (M / n) [T(k / n, answers) - T(k / n, queries)].

    Parameters
    ----------
    n_patterns : int
        Number of stored patterns M.
    n_units, n_active : int
        Numbers of units n and of active units k.
    answers : Channel
        Errors between patterns and answers, see `winners_channel` and `Channel.estimate`.
    queries : Channel, optional
        Errors between patterns and queries; given, the information that the queries contained is
        subtracted (auto-association).
    n_outputs : int, optional
        Number of output units of a hetero-association with n inputs; then T counts per output and
        k is the number of active outputs.

    Returns
    -------
    float
        Bits per synapse, of n^2 synapses (n times `n_outputs` in hetero-association).
    """
    n_patterns = whole_number("n_patterns", n_patterns)
    n_units = whole_number("n_units", n_units, 1)
    n_outputs = n_units if n_outputs is None else whole_number("n_outputs", n_outputs, 1)
    activity = whole_number("n_active", n_active, 0, n_outputs) / n_outputs
    gained = transinformation(activity, answers)
    if queries is not None:
        gained -= transinformation(activity, queries)
    return n_patterns / n_units * gained


def exact_gain(
    n_patterns: int, *, n_units: int, n_active: int, n_correct: int, n_false: int
) -> float:
    """Return the bits per synapse that exact retrieval of Palm patterns gains.

    C = M H(U | Q) / n^2 with H(U | Q) = log2 binom(c + f, c) + log2 binom(n - c - f, k - c), for
    queries with exactly c correct and f false active units.

    Parameters
    ----------
    n_patterns : int
        Number of stored patterns M.
    n_units, n_active : int
        Numbers of units n and active units k.
    n_correct, n_false : int
        Numbers c (at most k) and f (at most n - k).

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    n_patterns = whole_number("n_patterns", n_patterns)
    n = whole_number("n_units", n_units, 1)
    k = whole_number("n_active", n_active, 0, n)
    c = whole_number("n_correct", n_correct, 0, k)
    f = whole_number("n_false", n_false, 0, n - k)
    bits = _log2_binomial(c + f, c) + _log2_binomial(n - c - f, k - c)
    return n_patterns * bits / n**2


def _log2_binomial(n: int, k: int) -> float:
    return float((gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)) / np.log(2))


def _pair(answers: Any, patterns: Any) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    retrieved, original = binary("answers", answers), binary("patterns", patterns)
    same_shape("answers", retrieved, "patterns", original)
    return retrieved.astype(bool), original.astype(bool)
