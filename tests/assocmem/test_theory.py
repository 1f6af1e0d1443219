"""Formulas against simulations, within four standard errors, and against known limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assocmem import AssociativeMemory, patterns, theory

FOUR_SIGMA = 4


def bernoulli_pairs(n_patterns, n_inputs, n_outputs, p, q, seed):
    rng = np.random.default_rng(seed)
    X = patterns.bernoulli(n_patterns, n_inputs, p * n_inputs, rng=rng)
    return X, patterns.bernoulli(n_patterns, n_outputs, q * n_outputs, rng=rng)


def test_the_matrix_load_is_the_fraction_of_synapses():
    loads = []
    for seed in range(80):
        memory = AssociativeMemory(80, n_outputs=60, rule="willshaw")
        memory.store(*bernoulli_pairs(40, 80, 60, 0.1, 0.15, seed))
        loads.append((memory.coincidences > 0).mean())
    expected = theory.willshaw_load(40, 0.1, 0.15)
    margin = FOUR_SIGMA * np.std(loads, ddof=1) / math.sqrt(80)
    assert abs(np.mean(loads) - expected) < margin
    assert margin < 0.02


def test_false_alarms_of_the_willshaw_memory_are_as_frequent_as_computed():
    """A query of z units that are active in the addressed pattern, others at random."""
    p, q, z, n_patterns = 0.1, 0.1, 5, 60
    rates = []
    for seed in range(200):
        X, Y = bernoulli_pairs(n_patterns, 100, 100, p, q, seed)
        X[0, :z], Y[0] = 1, 0  # the addressed pattern contains the query, no output belongs to it
        memory = AssociativeMemory(100, n_outputs=100, rule="willshaw")
        memory.store(X, Y)
        query = np.zeros(100, np.uint8)
        query[:z] = 1
        rates.append(memory.retrieve(query, activation="willshaw").patterns.mean())
    expected = theory.willshaw_false_alarm(n_patterns, p, q, z)
    margin = FOUR_SIGMA * np.std(rates, ddof=1) / math.sqrt(200)
    assert abs(np.mean(rates) - expected) < margin
    # The usual approximation by independent synapses lies outside.
    assert abs(theory.willshaw_load(n_patterns, p, q) ** z - expected) > margin


def test_false_alarms_without_inputs_or_without_other_patterns():
    assert theory.willshaw_false_alarm(50, 0.1, 0.1, 0) == pytest.approx(1)
    assert theory.willshaw_false_alarm(1, 0.1, 0.1, 3) == 0


def test_the_load_of_a_memory_at_capacity_gives_the_tolerated_error():
    n, k, eps = 1000, 10, 0.01
    m = theory.willshaw_capacity(n, k, completeness=0.8, max_error=eps)
    load = theory.willshaw_load(round(m), k / n, k / n)
    assert load**8 * (n - k) / k == pytest.approx(eps, rel=0.01)


def test_the_willshaw_limit_is_ln_2_at_half_load_and_a_quarter_in_auto_association():
    loads = np.linspace(0.01, 0.99, 197)
    bits = [theory.willshaw_bits_per_synapse(load) for load in loads]
    assert max(bits) <= theory.WILLSHAW_LIMIT + 1e-12
    assert loads[int(np.argmax(bits))] == pytest.approx(0.5)
    assert theory.willshaw_bits_per_synapse(0.5) == pytest.approx(math.log(2))
    gains = [
        theory.willshaw_bits_per_synapse(0.5, completeness=c, auto=True)
        for c in np.linspace(0, 1, 101)
    ]
    assert max(gains) == pytest.approx(math.log(2) / 4)
    assert int(np.argmax(gains)) == 50
    assert theory.willshaw_bits_per_synapse(0) == theory.willshaw_bits_per_synapse(1) == 0


def test_large_memories_approach_the_limit_from_below():
    """Stored bits per synapse, with k = log2 n active units: half load at full capacity."""
    bits = []
    for n in (10**3, 10**5, 10**8):
        k = round(math.log2(n))
        m = theory.willshaw_capacity(n, k, max_error=0.01)
        bits.append(m * k * math.log2(n / k) / n**2)
    assert bits[0] < bits[1] < bits[2] < theory.WILLSHAW_LIMIT


@pytest.mark.parametrize("n_false", [0, 4])
@pytest.mark.parametrize("rule", theory.LINEAR_RULES)
def test_signal_and_noise_of_linear_rules_are_as_computed(rule, n_false):
    """Signal and noise over outputs, measured in single retrievals of many memories."""
    p, q, c, n_patterns = 0.2, 0.3, 8, 60
    signals, variances = [], []
    for seed in range(150):
        X, Y = bernoulli_pairs(n_patterns, 60, 80, p, q, seed)
        X[0, :c], X[0, c : c + n_false] = 1, 0
        query = np.zeros(60, np.uint8)
        query[: c + n_false] = 1
        memory = AssociativeMemory(60, n_outputs=80, rule=rule)
        memory.store(X, Y)
        x = memory.potentials(query).finite
        high, low = x[Y[0] == 1], x[Y[0] == 0]
        signals.append(high.mean() - low.mean())
        variances.append(low.var(ddof=1))
    scale = 1.0
    if rule == "hopfield":
        scale = 4.0
    if rule == "presynaptic-covariance":
        scale = 1 / (p * n_patterns)
    ratio = np.mean(signals) / math.sqrt(np.mean(variances))
    expected = theory.linear_signal_to_noise(rule, n_patterns, p, q, n_correct=c, n_false=n_false)
    spread = np.hypot(
        np.std(signals) / np.mean(signals), np.std(variances) / (2 * np.mean(variances))
    )
    margin = FOUR_SIGMA * spread / math.sqrt(150)
    # Rules with the usages of single units know the addressed pattern itself: order 1/M.
    assert ratio == pytest.approx(expected, rel=margin + 2 / n_patterns)
    # Division by the usage of single inputs, 12 on average, adds a few percent.
    bias = 0.1 if rule == "presynaptic-covariance" else 3 / n_patterns
    expected = scale * signal(rule, p, c, n_false)
    assert np.mean(signals) == pytest.approx(expected, rel=margin + bias)


def signal(rule, p, c, f):
    a = {"hebb": 0, "homosynaptic": 0, "hopfield": 0.5}.get(rule, p)
    return c - a * (c + f)


def test_the_covariance_rules_are_the_best_linear_ones():
    call = {"n_correct": 10, "n_false": 2}
    ratios = {
        rule: theory.linear_signal_to_noise(rule, 100, 0.1, 0.1, **call)
        for rule in theory.LINEAR_RULES
    }
    best = max(ratios.values())
    assert {rule for rule, ratio in ratios.items() if ratio == best} == {
        "covariance",
        "covariance-global",
        "presynaptic-covariance",
        "heterosynaptic",
    }


def test_the_error_of_gaussian_potentials():
    assert theory.linear_error(0) == pytest.approx(0.5)
    assert theory.linear_error(2 * 1.959964) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.willshaw_load(1.5, 0.1, 0.1), "n_patterns: must be a whole number"),
        (lambda: theory.willshaw_load(5, 1.1, 0.1), "input_activity: must be a number from 0"),
        (lambda: theory.willshaw_capacity(10, 10), "n_active: must be a whole number, from 1 to 9"),
        (lambda: theory.willshaw_capacity(10, 1, max_error=0), "must be greater than 0"),
        (
            lambda: theory.linear_signal_to_noise("bayes", 5, 0.1, 0.1, n_correct=2),
            "rule: must be one of 'hebb'",
        ),
    ],
)
def test_wrong_arguments_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call()
