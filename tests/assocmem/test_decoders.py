"""Decoders that keep patterns, against enumeration; and that nothing beats what bounds it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assocmem import AssociativeMemory, Channel, capacity, patterns
from assocmem.decoders import DECODERS, IdealDecoder, ModernHopfield, NearestPatterns
from assocmem.experiment import Method

CHANNEL = Channel(0.05, 0.3)


def log_likelihood(query, pattern, channel):
    table = {(1, 1): 1 - channel.e10, (1, 0): channel.e10, (0, 1): channel.e01}
    table[0, 0] = 1 - channel.e01
    return sum(math.log(table[int(u), int(q)]) for u, q in zip(pattern, query, strict=True))


@pytest.fixture
def small():
    rng = np.random.default_rng(0)
    stored = (rng.random((15, 12)) < 0.3).astype(np.uint8)
    queries = patterns.transmit(stored, CHANNEL, rng=rng)
    scores = [[log_likelihood(q, u, CHANNEL) for u in stored] for q in queries]
    return stored, queries, np.array(scores)


def filled(decoder, stored):
    decoder.store(stored[:4])
    decoder.store(stored[4:])
    return decoder


def test_the_ideal_decoder_answers_with_the_likeliest_pattern(small):
    stored, queries, scores = small
    out = filled(IdealDecoder(12), stored).retrieve(queries, channel=CHANNEL, n_active=3)
    np.testing.assert_array_equal(out.patterns, stored[scores.argmax(axis=1)])
    alone = filled(IdealDecoder(12), stored).retrieve(queries[0], channel=CHANNEL, n_active=3)
    np.testing.assert_array_equal(alone.patterns, out.patterns[0])


def test_the_modern_hopfield_network_is_the_posterior_mean(small):
    stored, queries, scores = small
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    p = weights @ stored
    call = {"channel": CHANNEL, "activation": "threshold"}
    out = filled(ModernHopfield(12), stored).retrieve(queries, **call)
    np.testing.assert_array_equal(out.patterns, p >= 0.5)
    inner = (p > 1e-9) & (p < 1 - 1e-9)
    np.testing.assert_allclose(
        out.potentials.finite[inner], np.log(p[inner] / (1 - p[inner])), rtol=1e-9, atol=1e-9
    )


def test_the_nearest_patterns_vote(small):
    stored, queries, scores = small
    out = filled(NearestPatterns(12, 3), stored).retrieve(
        queries, channel=CHANNEL, activation="threshold"
    )
    for row, answer in zip(scores, out.patterns, strict=True):
        nearest = sorted(range(15), key=lambda m: (-round(row[m], 9), m))[:3]
        np.testing.assert_array_equal(answer, stored[nearest].sum(axis=0) >= 2)


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("channel", [Channel(0, 0), Channel(0, 0.5), Channel(0.1, 0)])
def test_no_noise_and_no_patterns_are_allowed(name, channel):
    decoder = DECODERS[name](6)
    query = np.array([1, 1, 0, 0, 0, 0], np.uint8)
    assert np.isfinite(decoder.retrieve(query, channel=channel, n_active=2).potentials.finite).all()
    decoder.store([[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0]])
    out = decoder.retrieve(query, channel=channel, n_active=2)
    if name != "nearest-patterns":
        np.testing.assert_array_equal(out.patterns, query)


def test_no_method_beats_the_ideal_decoder():
    methods = ["bayes+search", "bayes+soft", "bcpnn", "ideal-decoder"]
    call = {"n_units": 60, "n_active": 4, "n_queries": 40, "n_memories": 6, "rng": 0}
    curves = capacity.errors_at(methods, [60, 120], completeness=0.75, **call)
    for number in range(2):
        *others, ideal = (curve.estimates[number].error for curve in curves.curves)
        assert ideal <= min(others)
        assert ideal > 0


def test_the_classic_hopfield_network_stores_dense_patterns_where_half_of_its_terms_does_not():
    rng = np.random.default_rng(0)
    stored = patterns.bernoulli(20, 200, 100, rng=rng)
    wrong = {}
    for rule in ("hopfield", "hopfield-bipolar"):
        memory = AssociativeMemory(200, rule=rule)
        memory.store(stored)
        queries = patterns.transmit(stored, Channel(0.1, 0.1), rng=1)
        out = memory.retrieve(queries, activation="threshold")
        wrong[rule] = (out.patterns != stored).mean()
    assert wrong["hopfield-bipolar"] < 0.01
    assert wrong["hopfield"] > 0.1


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("activation", ["winners", "threshold", "block-winners"])
def test_without_patterns_the_answer_is_silence(name, activation):
    queries = np.eye(2, 6, dtype=np.uint8)
    out = DECODERS[name](6).retrieve(
        queries, channel=Channel(0.1, 0.1), activation=activation, n_active=2
    )
    assert out.patterns.shape == (2, 6)
    assert not out.patterns.any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activation": "willshaw"}, "activation: must be one of 'winners', .* not 'willshaw'"),
        ({"ties": "rnadom"}, "ties: must be one of 'index', 'random', not 'rnadom'"),
        ({"rng": "a"}, "rng: must be None"),
        ({"n_active": 7}, "n_active: must be a whole number, from 0 to 6, not 7"),
    ],
)
def test_wrong_arguments_get_a_clear_message(settings, message):
    call = {"channel": Channel(0.1, 0.1), "n_active": 2} | settings
    with pytest.raises(ValueError, match=message):
        IdealDecoder(6).retrieve(np.zeros(6), **call)


def test_options_of_memories_have_no_meaning_for_decoders():
    with pytest.raises(ValueError, match="'ideal-decoder' knows no option but 'threshold'"):
        Method.parse("ideal-decoder+batch")
    with pytest.raises(ValueError, match="channel: must be given with the rule 'ideal-decoder'"):
        IdealDecoder(3).retrieve([1, 0, 0], channel=None, n_active=1)
    with pytest.raises(ValueError, match="n_neighbors: must be a whole number, at least 1"):
        NearestPatterns(3, 0)
    found = capacity.pattern_capacity(
        "modern-hopfield+threshold", n_units=30, n_active=3, max_patterns=4, n_queries=4, rng=0
    )
    assert found.n_patterns <= 4
