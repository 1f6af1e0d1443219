"""The public face of a memory: storing, files, edge cases, messages."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel, RetrievalResult, measures, patterns, theory

CHANNEL = Channel(0.05, 0.25)


def test_the_example_of_the_package_runs():
    rng = np.random.default_rng(0)
    U = patterns.palm(250, 200, 8, rng=rng)
    Q = patterns.corrupt(U, completeness=0.75, addition=0.25, rng=rng)
    memory = AssociativeMemory(200, rule="bayes")
    memory.store(U)
    channel = Channel.of_query(0.75, 0.25, n_units=200, n_active=8)
    out = memory.retrieve(
        Q,
        channel=channel,
        activation="winners",
        n_active=8,
        max_steps=10,
        noise="batch",
        clamp=True,
    )
    assert isinstance(out, RetrievalResult)
    assert out.patterns.shape == (250, 200)
    assert out.patterns.dtype == np.uint8
    assert out.n_steps.shape == out.converged.shape == (250,)
    assert out.noise.shape == (out.n_steps.max(), 2)
    assert out.noise[0].tolist() == [channel.e01, channel.e10]
    assert out.potentials.finite.shape == out.potentials.infinite.shape == (250, 200)


def test_a_single_pattern_and_query_are_one_dimensional():
    memory = AssociativeMemory(4)
    memory.store([1, 1, 0, 0])
    memory.store([[0, 0, 1, 1]])
    assert memory.n_patterns == 2
    out = memory.retrieve([1, 0, 0, 0], channel=CHANNEL, n_active=2, noise="posterior")
    assert out.patterns.tolist() == [1, 1, 0, 0]
    assert out.potentials.finite.shape == out.potentials.infinite.shape == (4,)
    assert out.n_steps.shape == out.converged.shape == ()
    assert out.noise.shape == (out.n_steps, 2)
    x = memory.potentials([1, 0, 0, 0], CHANNEL)
    assert x.finite.shape == x.infinite.shape == (4,)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32, np.float64])
def test_any_type_of_zeros_and_ones_is_accepted_and_left_alone(dtype):
    X = np.eye(3, dtype=dtype)
    memory = AssociativeMemory(3)
    memory.store(X)
    memory.retrieve(X, channel=CHANNEL, n_active=1, noise="soft")
    np.testing.assert_array_equal(X, np.eye(3))
    np.testing.assert_array_equal(memory.coincidences, np.eye(3))


def test_counts_cannot_be_changed_from_outside():
    memory = AssociativeMemory(3)
    memory.store([1, 0, 1])
    for counts in (memory.usage, memory.coincidences, memory.output_usage):
        with pytest.raises(ValueError, match="read-only"):
            counts[0] = 7


@pytest.mark.parametrize("rule", RULES)
def test_an_empty_memory_answers_with_zeros(rule):
    memory = AssociativeMemory(4, rule=rule)
    out = memory.retrieve([[1, 0, 1, 0]], channel=CHANNEL, n_active=2)
    assert not out.patterns.any()
    assert out.noise.tolist() == [[0.05, 0.25]]
    if rule not in ("bayes", "bcpnn-full"):
        with pytest.raises(ValueError, match="noise: "):
            memory.retrieve([1, 0, 1, 0], channel=CHANNEL, n_active=2, noise="soft")
    with pytest.raises(ValueError, match="potentials: the memory is empty"):
        memory.potentials([1, 0, 1, 0], CHANNEL)
    with pytest.raises(ValueError, match="weights: the memory is empty"):
        memory.weights(CHANNEL)


def test_more_units_than_fit_into_memory_are_refused_with_a_way_out():
    with pytest.raises(MemoryError, match="n_units: 10000000000 inputs .*; storage='sparse' keeps"):
        AssociativeMemory(10**10)


def test_no_queries_give_no_answers(palm_memory):
    memory, stored, _ = palm_memory()
    for noise in ("fixed", "batch", "posterior", "soft"):
        out = memory.retrieve(stored[:0], channel=CHANNEL, n_active=6, noise=noise)
        assert out.patterns.shape == (0, 60)


@pytest.mark.parametrize("rule", RULES)
def test_an_empty_query_is_allowed(rule, palm_memory):
    memory, _, _ = palm_memory(rule)
    out = memory.retrieve(np.zeros(60), channel=CHANNEL, n_active=6)
    assert out.patterns.sum() == 6


@pytest.mark.parametrize("n_active", [0, 60])
@pytest.mark.parametrize("noise", ["fixed", "batch", "posterior", "soft"])
def test_no_winners_and_all_winners(n_active, noise, palm_memory):
    memory, _, queries = palm_memory()
    out = memory.retrieve(queries, channel=CHANNEL, n_active=n_active, noise=noise)
    assert (out.patterns == (n_active > 0)).all()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda m: AssociativeMemory(0), "n_units: must be a whole number, at least 1, not 0"),
        (lambda m: AssociativeMemory(2.5), "n_units: must be a whole number, at least 1, not 2.5"),
        (lambda m: AssociativeMemory(2, n_outputs=0), "n_outputs: must be a whole number"),
        (lambda m: AssociativeMemory(2, rule="bayse"), "not 'bayse'. Did you mean 'bayes'"),
        (lambda m: m.store([[1, 0]]), r"X: must be an array of shape \(any, 60\), not an array of"),
        (lambda m: m.store(np.full(60, 2)), r"X: must hold zeros and ones only, not 2 \(at index"),
        (lambda m: m.store(np.full(60, np.nan)), "X: must hold zeros and ones only, not nan"),
        (lambda m: m.store(["a"] * 60), "X: must be an array of zeros and ones"),
        (lambda m: m.store(np.zeros(60), [1]), "Y: must be left out in auto-association"),
        (lambda m: m.potentials(np.zeros(60)), "channel: must be given with the rule 'bayes'"),
        (
            lambda m: m.store(np.ma.masked_array(np.zeros(60), np.eye(60)[0])),
            "X: must have no masked entries",
        ),
        (
            lambda m: m.retrieve(
                np.zeros((2, 60)), channel=CHANNEL, n_active=np.ma.masked_array([3, 3], [0, 1])
            ),
            "n_active: must have no masked entries",
        ),
        (
            lambda m: patterns.from_indices(np.ma.masked_array([[1, 2]], [[0, 1]]), 60),
            r"indices\[0\]: must have no masked entries",
        ),
        (
            lambda m: patterns.from_images(np.ma.masked_array(np.ones((1, 2, 2)), True)),
            "images: must have no masked entries",
        ),
        (
            lambda m: patterns.from_images([[[1.0, np.nan]]], n_active=1),
            r"images: must be finite everywhere, not nan \(at index \[0, 0, 1\]\)",
        ),
        (lambda m: patterns.from_images([[[1], [1, 2]]]), "images: must be an array, not lists"),
        (lambda m: measures.entropy("a"), "probability: must be numbers from 0 to 1, not 'a'"),
        (lambda m: measures.entropy([1j]), "probability: must be numbers from 0 to 1"),
        (
            lambda m: theory.one_step_error("covarience", 9, n_units=60, n_active=6),
            "rule: must be one of 'bayes'.*, not 'covarience'",
        ),
        (
            lambda m: theory.one_step_error("covariance", 9, n_units=60, n_active=61),
            "n_active: must be a whole number, from 1 to 60, not 61",
        ),
        (
            lambda m: measures.entropy(np.ma.masked_array([0.5, 0.1], [1, 0])),
            "probability: must have no masked entries",
        ),
        (lambda m: m.store(np.zeros(60), decay=1), "decay: .* from 0 to 0.999999999, not 1"),
        (
            lambda m: m.potentials(np.zeros(60), CHANNEL, self_term="no"),
            "self_term: must be True or False, not 'no'",
        ),
        (lambda m: m.potentials(np.zeros(60), 0.1), "channel: must be a Channel, not 0.1"),
        (lambda m: patterns.transmit(np.zeros(60), None, rng=0), "channel: must be a Channel"),
        (lambda m: measures.transinformation(0.1, 0.2), "channel: must be a Channel, .*, not 0.2"),
        (lambda m: m.store([[0, 1], [2]]), "X: .* not lists of different lengths .*from_indices"),
        (lambda m: m.store(None), r"X: must be an array of shape \(any, 60\), not None"),
        (
            lambda m: m.retrieve(np.zeros(60), channel=CHANNEL, n_active=10**30),
            "n_active: must be a whole number, from 0 to 60, not 10000",
        ),
        (
            lambda m: m.weights(CHANNEL, inputs=[0, 60]),
            "inputs: must be numbers .*, not 60",
        ),
        (lambda m: m.weights(CHANNEL, inputs=3), "inputs: must be a list of numbers .*, not 3"),
        (lambda m: patterns.from_indices(3, 60), "indices: must be a list of the active .* not 3"),
        (
            lambda m: measures.exact_fraction(np.zeros((0, 60)), np.zeros((0, 60))),
            "patterns: must hold at least one pattern",
        ),
        (lambda m: m.retrieve(np.full(60, -1), n_active=1), "queries: must hold zeros and ones"),
    ],
)
def test_wrong_arguments_get_a_clear_message(action, message, palm_memory):
    with pytest.raises(ValueError, match=message):
        action(palm_memory()[0])


def test_hetero_association_needs_as_many_outputs_as_inputs():
    memory = AssociativeMemory(3, n_outputs=2)
    with pytest.raises(ValueError, match="Y: must be given in hetero-association"):
        memory.store([1, 0, 1])
    with pytest.raises(ValueError, match="X and Y: must hold the same number of patterns"):
        memory.store([[1, 0, 1]], [[1, 0], [0, 1]])


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"noise": "batch"}, "noise"),
        ({"clamp": True}, "clamp"),
        ({"schedule": (1,)}, "schedule"),
        ({"self_term": "first"}, "self_term"),
    ],
)
def test_hetero_association_refuses_iteration(settings, name):
    memory = AssociativeMemory(3, n_outputs=2)
    memory.store([1, 0, 1], [1, 0])
    with pytest.raises(ValueError, match=f"{name}: must be .* in hetero-association"):
        memory.retrieve([1, 0, 1], channel=CHANNEL, n_active=1, **settings)


@pytest.mark.parametrize("rule", RULES)
def test_hetero_association_retrieves_in_one_step(rule):
    rng = np.random.default_rng(0)
    X, Y = patterns.palm(10, 100, 10, rng=rng), np.repeat(np.eye(10), 5, axis=1)
    memory = AssociativeMemory(100, n_outputs=50, rule=rule)
    memory.store(X, Y)
    queries = patterns.corrupt(X, completeness=0.8, rng=rng)
    out = memory.retrieve(queries, channel=Channel(0, 0.2), n_active=5)
    np.testing.assert_array_equal(out.patterns, Y)
    assert (out.n_steps == 1).all()
    assert out.converged.all()


def test_storing_makes_former_weights_invalid():
    rng = np.random.default_rng(1)
    first, second = (patterns.palm(20, 30, 4, rng=rng) for _ in range(2))
    memory = AssociativeMemory(30)
    memory.store(first)
    for noise in ("fixed", "posterior", "soft"):
        memory.retrieve(first, channel=CHANNEL, n_active=4, noise=noise)
    memory.store(second)
    fresh = AssociativeMemory(30)
    fresh.store(np.vstack([first, second]))
    for noise in ("fixed", "posterior", "soft"):
        out, expected = (
            m.retrieve(second, channel=CHANNEL, n_active=4, noise=noise) for m in (memory, fresh)
        )
        np.testing.assert_array_equal(out.potentials.finite, expected.potentials.finite)


def test_the_representation_tells_what_is_stored():
    memory = AssociativeMemory(3, n_outputs=2, rule="hebb")
    memory.store([1, 0, 1], [1, 0])
    text = repr(memory)
    assert text == "<AssociativeMemory(3, n_outputs=2, rule='hebb') with 1 patterns>"
