"""Theory beside simulation: formulas for the Willshaw memory and for linear rules.

All of them hold for one retrieval step in hetero-association with independent inputs and outputs,
and approximately for auto-association with the own term left out. Derivations: docs/assocmem.md.

References
----------
D. Willshaw, O. Buneman, H. Longuet-Higgins, Nature 222:960 (1969).
A. Knoblauch, G. Palm, F. Sommer, Neural Computation 22:289 (2010), sections 2 and 3.
P. Dayan, D. Willshaw, "Optimising synaptic learning rules in linear associative memories",
Biological Cybernetics 65:253 (1991).
"""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import comb, gammaln, ndtr

from assocmem._validation import choice, real_number, refusal, whole_number
from assocmem.activation import ACTIVATIONS
from assocmem.decoders import DECODERS
from assocmem.rules import RULES

#: Largest information a Willshaw synapse can store in hetero-association, in bits; a quarter of it
#: is what auto-association can gain.
WILLSHAW_LIMIT = float(np.log(2))

#: For each linear rule, the constant a that is subtracted from inputs, as a multiple of the input
#: activity p (what is subtracted from outputs shifts all potentials alike); Hopfield: one half.
_SUBTRACTED = {
    "hebb": 0.0,
    "homosynaptic": 0.0,
    "covariance": 1.0,
    "covariance-global": 1.0,
    "presynaptic-covariance": 1.0,
    "heterosynaptic": 1.0,
}
#: Most terms of an alternating sum, beyond which they cancel too much.
MOST_TERMS = 30

LINEAR_RULES = (*_SUBTRACTED, "hopfield")


def willshaw_load(n_patterns: int, input_activity: float, output_activity: float) -> float:
    """Return the matrix load p1, the expected fraction of synapses that exist.

    p1 = 1 - (1 - p q)^M

    Parameters
    ----------
    n_patterns : int
        Number of stored patterns M.
    input_activity, output_activity : float
        Probabilities p and q that an input and an output is active, from 0 to 1.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    m = whole_number("n_patterns", n_patterns)
    p = real_number("input_activity", input_activity, 0, 1)
    q = real_number("output_activity", output_activity, 0, 1)
    return float(-np.expm1(m * np.log1p(-p * q))) if p * q < 1 else float(m > 0)


def willshaw_false_alarm(
    n_patterns: int, input_activity: float, output_activity: float, n_correct: int
) -> float:
    """Return the probability that a silent output gets full support from a query.

    An output that is active in r of the other M - 1 patterns has a synapse from a given input with
    probability 1 - (1 - p)^r; so that

        p01 = sum_r binom(M - 1, r) q^r (1 - q)^(M - 1 - r) [1 - (1 - p)^r]^z,

    exact for Bernoulli patterns (inputs independent), unlike the usual p1^z, which takes the
    synapses of one output for independent.

    Parameters
    ----------
    n_patterns : int
        Number of stored patterns M, at least 1; one of them is retrieved.
    input_activity, output_activity : float
        Probabilities p and q that an input and an output is active, from 0 to 1.
    n_correct : int
        Number z of active inputs of the query, all of them correct.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    m = whole_number("n_patterns", n_patterns, 1)
    p = real_number("input_activity", input_activity, 0, 1)
    q = real_number("output_activity", output_activity, 0, 1)
    z = whole_number("n_correct", n_correct)
    usage = np.arange(m)
    supported = (1 - (1 - p) ** usage) ** z
    return float(stats.binom.pmf(usage, m - 1, q) @ supported)


def willshaw_capacity(
    n_units: int,
    n_active: int,
    *,
    completeness: float = 1.0,
    max_error: float = 0.01,
) -> float:
    """Return the number of patterns at which false alarms reach a tolerated output error.

    From p01 = p1^(lambda k) = eps k / (n - k) follows M = log(1 - p1) / log(1 - k^2 / n^2), for
    queries without wrong units.

    Parameters
    ----------
    n_units, n_active : int
        Numbers n and k of units and active units, of inputs and outputs alike, 0 < k < n.
    completeness : float, default 1
        Fraction lambda of the k active inputs in the query, greater than 0 and at most 1.
    max_error : float, default 0.01
        Tolerated false alarms per active output eps, greater than 0.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    n = whole_number("n_units", n_units, 2)
    k = whole_number("n_active", n_active, 1, n - 1)
    z = real_number("completeness", completeness, 0, 1) * k
    eps = real_number("max_error", max_error, 0)
    if not z or not eps:
        raise refusal("completeness and max_error", "greater than 0", (completeness, max_error))
    load = min(1.0, eps * k / (n - k)) ** (1 / z)
    with np.errstate(divide="ignore"):
        return float(np.log1p(-load) / np.log1p(-((k / n) ** 2)))


def willshaw_bits_per_synapse(
    load: float, *, completeness: float = 1.0, auto: bool = False
) -> float:
    """Return the stored information per synapse of a large memory that is filled to a load.

    C = lambda log2(p1) ln(1 - p1) in hetero-association, at most ln 2 = 0.69 bit at p1 = 1/2; in
    auto-association the completion gains (1 - lambda) times that, at most ln 2 / 4 = 0.17 bit.

    Parameters
    ----------
    load : float
        Matrix load p1, from 0 to 1.
    completeness : float, default 1
        Fraction lambda of active inputs in the query, from 0 to 1.
    auto : bool, default False
        Whether to return the gain of auto-association.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    p1 = real_number("load", load, 0, 1)
    part = real_number("completeness", completeness, 0, 1)
    if p1 in (0, 1):
        return 0.0
    bits = part * np.log2(p1) * np.log1p(-p1)
    return float(bits * (1 - part) if auto else bits)


def linear_signal_to_noise(
    rule: str,
    n_patterns: int,
    input_activity: float,
    output_activity: float,
    *,
    n_correct: int,
    n_false: int = 0,
) -> float:
    """Return the signal-to-noise ratio of the potentials of a linear rule.

    The signal is the mean difference between outputs that should be active and silent, the noise
    the standard deviation over outputs within one retrieval. With inputs reduced by a and Z = c + f
    active inputs in the query, c of them correct,

        signal = c - a Z,    noise^2 = (M - 1) q (1 - q) [Z p (1 - p) + Z^2 (p - a)^2].

    a = 0 for hebb and homosynaptic, p for all covariance rules and heterosynaptic, 1/2 for
    hopfield. What is subtracted from outputs shifts all potentials alike.

    Parameters
    ----------
    rule : str
        Name of a linear rule (`LINEAR_RULES`).
    n_patterns : int
        Number of stored patterns M, at least 2.
    input_activity, output_activity : float
        Probabilities p and q, between 0 and 1.
    n_correct, n_false : int
        Numbers c and f of active inputs in the query.

    Returns
    -------
    float
        signal / noise, a number without unit.

    Raises
    ------
    ValueError
        If the rule is not linear or a number is out of range.
    """
    choice("rule", rule, LINEAR_RULES)
    m = whole_number("n_patterns", n_patterns, 2)
    p = real_number("input_activity", input_activity, 1e-12, 1 - 1e-12)
    q = real_number("output_activity", output_activity, 1e-12, 1 - 1e-12)
    c, f = whole_number("n_correct", n_correct, 1), whole_number("n_false", n_false)
    a = 0.5 if rule == "hopfield" else _SUBTRACTED[rule] * p
    active = c + f
    variance = (m - 1) * q * (1 - q) * (active * p * (1 - p) + (active * (p - a)) ** 2)
    return float((c - a * active) / np.sqrt(variance))


def one_step_error(
    rule: str,
    n_patterns: int,
    *,
    n_units: int,
    n_active: int,
    completeness: float = 1.0,
    addition: float = 0.0,
    activation: str = "winners",
) -> float:
    """Return the expected output error of one step, where one of the formulas here applies.

    Linear rules with k winners: with Gaussian potentials and the signal-to-noise ratio r, the
    threshold t at which as many units are missed as wrongly chosen, k Phi(t - r) = (n - k) Phi(-t),
    gives eps = 2 Phi(t - r). The rule ``"willshaw"`` with threshold and no wrong inputs misses
    nothing: eps = p01 (n - k) / k. With z = lambda k inputs of Palm patterns, by inclusion and
    exclusion of the inputs that share none of the patterns of a silent output,

        p01 = sum_s (-1)^s binom(z, s) [1 - q + q binom(n-1-s, k-1) / binom(n-1, k-1)]^(M-1),

    with q = k / n, exactly.

    Parameters
    ----------
    rule : str
        Name of a rule.
    n_patterns, n_units, n_active : int
        Numbers of patterns M, units n and active units k.
    completeness, addition : float, default 1 and 0
        Fractions lambda and kappa of the query.
    activation : {"winners", "willshaw"}, default "winners"
        As for `AssociativeMemory.retrieve`.

    Returns
    -------
    float
        Relative to k; NaN for other rules and activations.

    Raises
    ------
    ValueError
        If there is no rule or activation of this name, or a number is out of range.
    """
    choice("rule", rule, (*RULES, *DECODERS))
    choice("activation", activation, ACTIVATIONS)
    whole_number("n_patterns", n_patterns)
    whole_number("n_active", n_active, 1, whole_number("n_units", n_units, 1))
    real_number("completeness", completeness, 0, 1)
    real_number("addition", addition, 0)
    correct, false = round(completeness * n_active), round(addition * n_active)
    n_silent, p = n_units - n_active, n_active / n_units
    if rule == "willshaw" and activation == "willshaw" and not false:
        if correct > MOST_TERMS:
            return float("nan")
        s = np.arange(correct + 1)
        without = gammaln(n_units - s) - gammaln(n_units - s - n_active + 1)
        share = np.exp(without - without[0])
        signs = (-1.0) ** s * comb(correct, s)
        p01 = float(signs @ (1 - p + p * share) ** (n_patterns - 1))
        return max(0.0, p01) * n_silent / n_active
    if rule not in LINEAR_RULES or activation != "winners" or not correct or n_patterns < 2:
        return float("nan")
    if not n_silent:
        return 0.0
    r = linear_signal_to_noise(rule, n_patterns, p, p, n_correct=correct, n_false=false)

    def surplus(t: float) -> float:
        return float(n_active * ndtr(t - r) - n_silent * ndtr(-t))

    threshold = brentq(surplus, -50 - abs(r), 50 + abs(r))
    return float(2 * ndtr(threshold - r))


def linear_error(signal_to_noise: float) -> float:
    """Return the probability that a unit errs with the threshold half-way between the means.

    Gaussian potentials: Phi(-r / 2), for misses and false alarms alike.

    Parameters
    ----------
    signal_to_noise : float
        The ratio r of `linear_signal_to_noise`.
    """
    return float(stats.norm.cdf(-real_number("signal_to_noise", signal_to_noise, -np.inf) / 2))
