"""Potentials, weights and biases of all rules against fractions, loops and enumeration."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel

CHANNELS = {
    "noisy": Channel(0.125, 0.25),
    "no false alarms": Channel(0.0, 0.25),
    "no misses": Channel(0.125, 0.0),
    "noiseless": Channel(0.0, 0.0),
    "inverting": Channel(0.75, 0.5),
    "without information": Channel(0.25, 0.75),
    "always on": Channel(1.0, 0.25),
    "inverted": Channel(1.0, 1.0),
}


@pytest.fixture(params=["ordinary", "with constant units", "single pattern"])
def stored(request):
    rng = np.random.default_rng(7)
    if request.param == "single pattern":
        return np.array([[1, 1, 0, 0, 1]], np.uint8)
    X = (rng.random((9, 7)) < 0.4).astype(np.uint8)
    if request.param == "with constant units":
        X[:, 2], X[:, 5] = 0, 1
    return X


@pytest.fixture
def queries(stored):
    rng = np.random.default_rng(8)
    n_units = stored.shape[1]
    return np.vstack([rng.random((4, n_units)) < 0.5, np.zeros((1, n_units))]).astype(np.uint8)


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
@pytest.mark.parametrize("rule", RULES)
def test_potentials_equal_the_loops(rule, channel, stored, queries, reading_version):
    memory = AssociativeMemory(stored.shape[1], rule=rule)
    memory.store(stored)
    slow = reading_version(stored, stored, channel.e01, channel.e10)
    for self_term in (True, False):
        x = memory.potentials(queries, channel, self_term=self_term)
        finite, infinite = slow.potentials(rule, queries, self_term=self_term)
        assert x.finite.dtype == np.float64
        np.testing.assert_array_equal(x.infinite, infinite)
        np.testing.assert_allclose(x.finite, finite, rtol=0, atol=1e-9)


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
@pytest.mark.parametrize("rule", RULES)
def test_weights_and_biases_equal_the_loops(rule, channel, stored, reading_version):
    memory = AssociativeMemory(stored.shape[1], rule=rule)
    memory.store(stored)
    weights, biases = memory.weights(channel)
    slow = reading_version(stored, stored, channel.e01, channel.e10)
    units = range(stored.shape[1])
    expected = np.array([[slow.weight(rule, i, j) for j in units] for i in units])
    np.testing.assert_array_equal(weights.infinite, expected[..., 0])
    np.testing.assert_allclose(weights.finite, expected[..., 1], rtol=0, atol=1e-9)
    expected = np.array([slow.bias(rule, j) for j in units])
    np.testing.assert_array_equal(biases.infinite, expected[:, 0])
    np.testing.assert_allclose(biases.finite, expected[:, 1], rtol=0, atol=1e-9)


@pytest.mark.parametrize("channel", [CHANNELS["noisy"], CHANNELS["noiseless"]])
@pytest.mark.parametrize("rule", RULES)
def test_hetero_association_equals_the_loops(rule, channel, stored, queries, reading_version):
    rng = np.random.default_rng(9)
    outputs = (rng.random((len(stored), 4)) < 0.5).astype(np.uint8)
    memory = AssociativeMemory(stored.shape[1], n_outputs=4, rule=rule)
    memory.store(stored, outputs)
    x = memory.potentials(queries, channel)
    slow = reading_version(stored, outputs, channel.e01, channel.e10)
    finite, infinite = slow.potentials(rule, queries)
    np.testing.assert_array_equal(x.infinite, infinite)
    np.testing.assert_allclose(x.finite, finite, rtol=0, atol=1e-9)


def posterior_by_enumeration(X, query, j, e01, e10):
    """P(u_j = 1 | query) for a random stored pattern, and its factors, as fractions."""
    on = off = Fraction(0)
    for pattern in X.tolist():
        likelihood = Fraction(1)
        for u, q in zip(pattern, query.tolist(), strict=True):
            flip = e10 if u else e01
            likelihood *= flip if u != q else 1 - flip
        if pattern[j]:
            on += likelihood
        else:
            off += likelihood
    return on / (on + off)


def test_bayes_is_the_posterior_where_inputs_are_conditionally_independent():
    # Given v_j, all combinations of the other units occur equally often: independence.
    e01, e10 = Fraction(1, 8), Fraction(1, 4)
    others = list(itertools.product([0, 1], repeat=4))
    X = np.array([(1, *rest) for rest in others] * 3 + [(0, *rest) for rest in others], np.uint8)
    memory = AssociativeMemory(5)
    memory.store(X)
    queries = np.array(list(itertools.product([0, 1], repeat=5)), np.uint8)
    x = memory.potentials(queries, Channel(float(e01), float(e10)))
    for query, log_odds in zip(queries, x.finite[:, 0], strict=True):
        p = posterior_by_enumeration(X, query, 0, e01, e10)
        assert log_odds == pytest.approx(math.log(p / (1 - p)), abs=1e-9)


def test_bayes_is_the_posterior_for_dependent_outputs_given_independent_inputs():
    # v = u_0 has independent inputs with different activities; unit 0 itself is an input too.
    e01, e10 = Fraction(1, 16), Fraction(3, 8)
    rows = []
    for a, b in itertools.product([0, 1], repeat=2):
        rows += [(1, a, b)] * ((1 + 3 * a) * (1 + b))  # P(u_1 = 1 | v) = 4/5, P(u_2 = 1 | v) = 2/3
        rows += [(0, a, b)] * ((3 - 2 * a) * (1 + 4 * b))
    X = np.array(rows, np.uint8)
    memory = AssociativeMemory(3)
    memory.store(X)
    queries = np.array(list(itertools.product([0, 1], repeat=3)), np.uint8)
    x = memory.potentials(queries, Channel(float(e01), float(e10)))
    for query, log_odds in zip(queries, x.finite[:, 0], strict=True):
        p = posterior_by_enumeration(X, query, 0, e01, e10)
        assert log_odds == pytest.approx(math.log(p / (1 - p)), abs=1e-9)


@pytest.mark.parametrize("rule", ["bayes", "bcp", "bcpnn-noise", "bcpnn-full"])
@pytest.mark.parametrize(("e01", "e10"), [(0, 0.25), (0.125, 0), (0, 0)])
def test_pairs_are_the_leading_order_for_vanishing_noise(rule, e01, e10, stored, queries):
    memory = AssociativeMemory(stored.shape[1], rule=rule)
    memory.store(stored)
    exact = memory.potentials(queries, Channel(e01, e10))
    eps = 1e-9
    near = memory.potentials(queries, Channel(e01 or eps, e10 or eps))
    decided = np.abs(exact.infinite) < 10**5
    limit = exact.finite - exact.infinite * math.log(eps)
    np.testing.assert_allclose(near.finite[decided], limit[decided], atol=1e-6)


def test_the_own_term_is_the_evidence_of_the_query():
    rng = np.random.default_rng(0)
    X = (rng.random((30, 8)) < 0.4).astype(np.uint8)
    memory = AssociativeMemory(8)
    memory.store(X)
    channel = Channel(0.125, 0.25)
    with_own = memory.potentials(X, channel).finite
    own = with_own - memory.potentials(X, channel, self_term=False).finite
    evidence = np.where(X, math.log(0.75 / 0.125), math.log(0.25 / 0.875))
    np.testing.assert_allclose(own, evidence, atol=1e-9)


def test_an_uninformative_channel_leaves_the_prior_alone():
    rng = np.random.default_rng(0)
    X = (rng.random((30, 8)) < 0.4).astype(np.uint8)
    memory = AssociativeMemory(8)
    memory.store(X)
    weights, _ = memory.weights(Channel(0.25, 0.75))
    np.testing.assert_allclose(weights.finite, 0, atol=1e-12)
    x = memory.potentials(X, Channel(0.25, 0.75))
    prior = np.log(memory.usage / (30 - memory.usage))
    np.testing.assert_allclose(x.finite, np.tile(prior, (30, 1)), atol=1e-9)
