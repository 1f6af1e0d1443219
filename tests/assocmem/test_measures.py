"""Measures against hand-made examples and independent formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assocmem import Channel, measures

PATTERNS = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [0, 0, 0, 0, 0]])
ANSWERS = np.array([[1, 0, 1, 1, 0], [1, 1, 1, 1, 0], [0, 0, 0, 0, 0]])


def test_errors_are_counted_apart_and_together():
    assert measures.misses(ANSWERS, PATTERNS).tolist() == [1, 0, 0]
    assert measures.false_alarms(ANSWERS, PATTERNS).tolist() == [2, 0, 0]
    assert measures.output_error(ANSWERS, PATTERNS).tolist() == [1.5, 0, 0]
    assert measures.output_error(ANSWERS, PATTERNS, n_active=4).tolist() == [0.75, 0, 0]
    assert measures.completeness(ANSWERS, PATTERNS).tolist() == [0.5, 1, 1]
    assert measures.exact_fraction(ANSWERS, PATTERNS) == pytest.approx(2 / 3)


def test_single_patterns_give_single_numbers():
    assert measures.output_error(ANSWERS[0], PATTERNS[0]) == 1.5
    assert measures.misses(ANSWERS[0], PATTERNS[0]) == 1
    assert measures.completeness(ANSWERS[0], PATTERNS[0]) == 0.5
    assert measures.exact_fraction(ANSWERS[1], PATTERNS[1]) == 1


def test_errors_of_an_empty_pattern_are_infinitely_many_per_active_unit():
    assert measures.output_error([0, 1], [0, 0]) == math.inf


def test_transinformation_is_that_of_the_joint_distribution():
    p, e01, e10 = 0.2, 0.05, 0.3
    joint = np.array([[(1 - p) * (1 - e01), (1 - p) * e01], [p * e10, p * (1 - e10)]])
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    expected = (joint * np.log2(joint / product)).sum()
    assert measures.transinformation(p, Channel(e01, e10)) == pytest.approx(expected)


@pytest.mark.parametrize("p", [0, 0.3, 1])
def test_transinformation_of_perfect_and_useless_channels(p):
    assert measures.transinformation(p, Channel(0, 0)) == pytest.approx(measures.entropy(p))
    assert measures.transinformation(p, Channel(0.3, 0.7)) == pytest.approx(0, abs=1e-12)


def test_bits_per_synapse_in_total_and_gained():
    sizes = {"n_units": 100, "n_active": 5}
    answers = measures.winners_channel(0.01, **sizes)
    assert (answers.e10, answers.e01) == pytest.approx((0.005, 0.005 * 5 / 95))
    queries = Channel.of_query(0.5, 0, **sizes)
    total = measures.bits_per_synapse(200, answers=answers, **sizes)
    gain = measures.bits_per_synapse(200, answers=answers, queries=queries, **sizes)
    t_answers, t_queries = (measures.transinformation(0.05, c) for c in (answers, queries))
    assert total == pytest.approx(2 * t_answers)
    assert gain == pytest.approx(2 * (t_answers - t_queries))


def test_bits_per_synapse_of_hetero_association_count_per_output():
    bits = measures.bits_per_synapse(
        300, n_units=100, n_outputs=50, n_active=5, answers=Channel(0, 0)
    )
    assert bits == pytest.approx(300 * 50 * measures.entropy(0.1) / (100 * 50))


def test_exact_gain_counts_the_possible_patterns():
    """c + f = 3 active units of the query hide c = 2, the other k - c = 2 are among 7."""
    gain = measures.exact_gain(6, n_units=10, n_active=4, n_correct=2, n_false=1)
    assert gain == pytest.approx(6 * math.log2(math.comb(3, 2) * math.comb(7, 2)) / 100)
    whole = measures.exact_gain(1, n_units=10, n_active=4, n_correct=0, n_false=0)
    assert whole == pytest.approx(math.log2(math.comb(10, 4)) / 100)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: measures.misses([1, 0], [1]), "answers and patterns: must have the same shape"),
        (lambda: measures.misses([1, 2], [1, 0]), "answers: must hold zeros and ones only, not 2"),
        (lambda: measures.output_error([1], [1], n_active=0), "n_active: must be a number of at"),
        (lambda: measures.transinformation(1.1, Channel(0, 0)), "activity: must be a number from"),
        (lambda: measures.winners_channel(3, n_units=2, n_active=1), "error: must be a number fr"),
        (
            lambda: measures.exact_gain(1, n_units=4, n_active=2, n_correct=3, n_false=0),
            "n_correct: must be a whole number, from 0 to 2, not 3",
        ),
    ],
)
def test_wrong_arguments_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call()
