"""Activation: exact order of pairs, ties, blocks; posteriors that sum up to k."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assocmem.activation import BlockWinners, Threshold, normalized_probability, winners
from assocmem.rules import Potentials

SHAPE = (3, 7)
FINITE = arrays(np.float64, SHAPE, elements=st.sampled_from([-2.0, -0.5, 0.0, 0.5, 3.0]))
COUNTS = arrays(np.int32, SHAPE, elements=st.integers(-2, 2))


@settings(max_examples=100, deadline=None)
@given(finite=FINITE, infinite=st.none() | COUNTS, k=arrays(np.intp, 3, elements=st.integers(0, 7)))
def test_winners_are_the_first_of_a_lexicographic_sort(finite, infinite, k):
    active = winners(Potentials(finite, infinite), k)
    counts = np.zeros(SHAPE, int) if infinite is None else infinite
    for row in range(SHAPE[0]):
        order = sorted(range(SHAPE[1]), key=lambda j: (-counts[row, j], -finite[row, j], j))
        assert set(np.flatnonzero(active[row])) == set(order[: k[row]])


@settings(max_examples=50, deadline=None)
@given(finite=FINITE, infinite=COUNTS, order=arrays(np.float64, SHAPE, elements=st.floats(0, 1)))
def test_ties_follow_the_given_order(finite, infinite, order):
    active = winners(Potentials(finite, infinite), np.full(3, 3), order)
    for row in range(SHAPE[0]):
        keys = sorted(
            range(SHAPE[1]),
            key=lambda j: (-infinite[row, j], -finite[row, j], order[row, j], j),
        )
        assert set(np.flatnonzero(active[row])) == set(keys[:3])


def test_the_finite_part_decides_only_between_equal_counts():
    x = Potentials(np.array([[1e5, -1e5, 0.0]]), np.array([[-1, 0, 0]]))
    assert winners(x, np.array([1])).tolist() == [[0, 0, 1]]
    assert winners(x, np.array([2])).tolist() == [[0, 1, 1]]


def test_the_threshold_is_zero_and_belongs_to_the_active():
    x = Potentials(np.array([[0.0, -1.0, 5.0, -5.0, 1.0]]), np.array([[0, 0, -1, 1, 0]]))
    active = Threshold().activate(x, np.array([0]), np.zeros((1, 5), np.uint8))
    assert active.tolist() == [[1, 0, 0, 1, 1]]


@settings(max_examples=50, deadline=None)
@given(
    finite=arrays(np.float64, (2, 12), elements=st.floats(-3, 3)),
    infinite=st.none() | arrays(np.int32, (2, 12), elements=st.integers(-1, 1)),
    core=st.integers(0, 4),
)
def test_core_steps_of_blocks_keep_the_largest_block_winners(finite, infinite, core):
    x, which = Potentials(finite, infinite), np.arange(2)
    blocks = BlockWinners(4)
    full = blocks.activate(x, which, np.zeros((2, 12), np.uint8))
    assert (full.reshape(2, 4, 3).sum(axis=2) == 1).all()
    part = blocks.activate(x, which, np.zeros((2, 12), np.uint8), core)
    assert (part <= full).all()
    assert (part.sum(axis=1) == core).all()
    counts = np.zeros((2, 12), int) if infinite is None else infinite
    for row in range(2):
        kept, left = (
            [(counts[row, j], finite[row, j]) for j in np.flatnonzero(state)]
            for state in (part[row], full[row] & ~part[row] & 1)
        )
        assert not kept or not left or min(kept) >= max(left)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_normalized_probabilities_sum_up_to_k_and_keep_log_odds_apart(dtype, data):
    scale = data.draw(st.sampled_from([0.1, 1.0, 10.0]))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    x = (scale * rng.standard_normal((4, 30))).astype(dtype)
    k = rng.integers(1, 30, size=4)
    p = normalized_probability(Potentials(x), k)
    np.testing.assert_allclose(p.sum(axis=1), k, rtol=1e-4)
    if scale < 10 and dtype == np.float64:
        log_odds = np.log(p / (1 - p))
        np.testing.assert_allclose(np.ptp(x - log_odds, axis=1), 0, atol=1e-6)


def test_units_with_other_counts_than_the_last_winner_are_certain():
    x = Potentials(np.array([[0.0, 1.0, -1.0, 7.0, 0.0]]), np.array([[1, -1, -1, -2, -1]]))
    p = normalized_probability(x, np.array([3]))
    assert p[0, 0] == pytest.approx(1, abs=1e-12)
    assert p[0, 3] == pytest.approx(0, abs=1e-12)
    assert p[0, [1, 2, 4]].sum() == pytest.approx(2, abs=1e-4)


def test_a_group_that_must_win_as_a_whole_is_certain():
    x = Potentials(np.array([[0.5, -3.0, 9.0, 9.0]]), np.array([[0, 0, -1, -1]]))
    p = normalized_probability(x, np.array([2]))
    np.testing.assert_allclose(p, [[1, 1, 0, 0]], atol=1e-4)
