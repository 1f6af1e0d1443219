"""Ensembles, query noise and images: exact numbers, statistics, reproducibility."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import patterns

ENSEMBLES = {
    "palm": lambda m, rng: patterns.palm(m, 60, 6, rng=rng),
    "bernoulli": lambda m, rng: patterns.bernoulli(m, 60, 6, rng=rng),
    "block": lambda m, rng: patterns.block(m, 60, 6, rng=rng),
    "prototypes": lambda m, rng: patterns.prototypes(
        m, 60, 6, n_prototypes=4, similarity=0.5, rng=rng
    ),
}
FOUR_SIGMA = 4


@pytest.mark.parametrize("make", ENSEMBLES.values(), ids=ENSEMBLES)
def test_patterns_are_binary_and_follow_the_seed(make):
    first = make(40, 3)
    assert first.shape == (40, 60)
    assert first.dtype == np.uint8
    assert set(np.unique(first)) <= {0, 1}
    np.testing.assert_array_equal(first, make(40, np.random.default_rng(3)))
    assert (first != make(40, 4)).any()
    assert make(0, 3).shape == (0, 60)


@pytest.mark.parametrize("name", ["palm", "bernoulli", "block", "prototypes"])
def test_the_first_patterns_do_not_depend_on_how_many_are_drawn(name, monkeypatch):
    monkeypatch.setattr(patterns, "DRAWN_AT_ONCE", 7 * 60)
    few, many = (ENSEMBLES[name](m, 0) for m in (11, 50))
    np.testing.assert_array_equal(few, many[:11])


def test_none_draws_new_patterns_each_time():
    assert (patterns.palm(20, 50, 5, rng=None) != patterns.palm(20, 50, 5, rng=None)).any()


def test_palm_patterns_have_exact_activity_and_equal_usage():
    U = patterns.palm(6000, 60, 6, rng=0)
    assert (U.sum(axis=1) == 6).all()
    usage = U.mean(axis=0)
    assert np.abs(usage - 0.1).max() < FOUR_SIGMA * np.sqrt(0.1 * 0.9 / 6000)


def test_bernoulli_units_are_independent():
    U = patterns.bernoulli(6000, 60, 6, rng=0)
    assert abs(U.mean() - 0.1) < FOUR_SIGMA * np.sqrt(0.09 / U.size)
    assert np.var(U.sum(axis=1)) == pytest.approx(60 * 0.09, rel=FOUR_SIGMA * np.sqrt(2 / 6000))


def test_block_patterns_have_one_unit_in_each_block():
    U = patterns.block(6000, 60, 6, rng=0)
    assert (U.reshape(-1, 6, 10).sum(axis=2) == 1).all()
    assert np.abs(U.mean(axis=0) - 0.1).max() < FOUR_SIGMA * np.sqrt(0.09 / 6000)


@pytest.mark.parametrize(("similarity", "shared"), [(1, 6), (0.5, 3), (0, 0), (0.75, 4), (0.4, 2)])
def test_instances_share_the_kept_units_with_their_prototype(similarity, shared):
    U = patterns.prototypes(50, 60, 6, n_prototypes=1, similarity=similarity, rng=0)
    prototype = patterns.prototypes(1, 60, 6, n_prototypes=1, similarity=1, rng=0)[0]
    assert (U.sum(axis=1) == 6).all()
    assert ((U & prototype).sum(axis=1) == shared).all()


def test_prototypes_are_all_used():
    U = patterns.prototypes(200, 60, 6, n_prototypes=5, similarity=1, rng=0)
    assert len(np.unique(U, axis=0)) == 5


@pytest.mark.parametrize(
    ("completeness", "addition", "kept", "added"),
    [(1, 0, 6, 0), (0, 0, 0, 0), (0.5, 0.5, 3, 3), (0.75, 0.25, 4, 2), (0.25, 1.5, 2, 9)],
)
def test_exact_noise_keeps_and_adds_exact_numbers(completeness, addition, kept, added):
    """4.5 and 1.5 are rounded half to even: 4 and 2."""
    U = patterns.palm(50, 60, 6, rng=0)
    Q = patterns.corrupt(U, completeness=completeness, addition=addition, rng=1)
    assert ((Q & U).sum(axis=1) == kept).all()
    assert ((Q & ~U & 1).sum(axis=1) == added).all()


def test_exact_noise_takes_each_patterns_own_activity():
    U = np.tril(np.ones((5, 12), np.uint8))
    Q = patterns.corrupt(U, completeness=0.5, addition=1, rng=0)
    k = np.arange(1, 6)
    np.testing.assert_array_equal((Q & U).sum(axis=1), np.rint(k / 2))
    np.testing.assert_array_equal((Q & ~U & 1).sum(axis=1), k)


def test_dropped_and_added_units_are_all_equally_likely():
    U = np.tile(patterns.palm(1, 20, 8, rng=0), (8000, 1))
    Q = patterns.corrupt(U, completeness=0.5, addition=0.5, rng=1)
    active = U[0] == 1
    for frequency, p in ((Q[:, active].mean(axis=0), 0.5), (Q[:, ~active].mean(axis=0), 1 / 3)):
        assert np.abs(frequency - p).max() < FOUR_SIGMA * np.sqrt(p * (1 - p) / 8000)


def test_independent_noise_has_the_right_probabilities():
    U = patterns.bernoulli(4000, 60, 6, rng=0)
    Q = patterns.corrupt(U, completeness=0.8, addition=0.3, independent=True, n_active=6, rng=1)
    on = U == 1
    for flips, p in ((Q[on] == 0, 0.2), (Q[~on] == 1, 0.3 * 6 / 54)):
        assert abs(flips.mean() - p) < FOUR_SIGMA * np.sqrt(p * (1 - p) / flips.size)


def test_independent_noise_uses_the_mean_activity_unless_told():
    U = patterns.bernoulli(2000, 60, 6, rng=0)
    call = {"addition": 0.5, "independent": True, "rng": 1}
    mean = U.sum() / len(U)
    np.testing.assert_array_equal(
        patterns.corrupt(U, **call), patterns.corrupt(U, n_active=mean, **call)
    )
    assert (patterns.corrupt(U, **call) != patterns.corrupt(U, n_active=20, **call)).any()


def test_dropped_units_leave_their_block_empty():
    U = patterns.block(100, 60, 6, rng=0)
    Q = patterns.corrupt(U, completeness=0.5, n_blocks=6, rng=1)
    assert (Q.sum(axis=1) == 3).all()
    assert (Q <= U).all()
    more = patterns.corrupt(U, completeness=0.5, addition=0.5, n_blocks=6, rng=1)
    added = (more & ~U & 1).reshape(-1, 6, 10).sum(axis=(0, 2), dtype=int)
    assert added.sum() == 300
    assert (np.abs(added - 50) < FOUR_SIGMA * np.sqrt(300 * 5 / 36)).all()


def test_corrupting_leaves_the_patterns_alone_and_keeps_their_shape():
    u = patterns.palm(1, 20, 4, rng=0)[0]
    before = u.copy()
    for independent in (False, True):
        q = patterns.corrupt(u, completeness=0.5, addition=0.5, independent=independent, rng=0)
        assert q.shape == (20,)
    np.testing.assert_array_equal(u, before)
    u[:] = 1
    np.testing.assert_array_equal(patterns.corrupt(u, independent=True, rng=0), u)


def test_digits_come_with_the_package():
    U = patterns.from_images()
    assert U.shape == (1797, 64)
    images, labels = patterns.load_digits()
    assert images.shape == (1797, 8, 8)
    assert sorted(set(labels.tolist())) == list(range(10))
    np.testing.assert_array_equal(U, images.reshape(-1, 64) >= 8)


def test_images_become_patterns_by_threshold_or_by_rank():
    image = np.array([[[0.0, 3.0], [1.0, 3.0]]])
    assert patterns.from_images(image).tolist() == [[0, 1, 0, 1]]
    assert patterns.from_images(image, threshold=1).tolist() == [[0, 1, 1, 1]]
    assert patterns.from_images(image, n_active=1).tolist() == [[0, 1, 0, 0]]
    assert patterns.from_images(image, n_active=3).tolist() == [[0, 1, 1, 1]]
    assert patterns.from_images(np.eye(3, dtype=np.uint8)[None], n_active=3).sum() == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: patterns.palm(-1, 5, 2, rng=0), "n_patterns: must be a whole number, at least 0"),
        (lambda: patterns.palm(1, 5, 6, rng=0), "n_active: must be a whole number, from 0 to 5"),
        (lambda: patterns.palm(1, 5, True, rng=0), "n_active: must be a whole number"),
        (lambda: patterns.bernoulli(1, 5, 5.5, rng=0), "n_active: must be a number from 0 to 5"),
        (lambda: patterns.block(1, 5, 2, rng=0), "n_blocks: 2 blocks do not divide 5 units"),
        (
            lambda: patterns.prototypes(1, 5, 4, n_prototypes=1, similarity=0, rng=0),
            "similarity: 0 moves 4 active units, but only 1 are silent",
        ),
        (lambda: patterns.corrupt([1, 0], completeness=1.5, rng=0), "completeness: must be a num"),
        (lambda: patterns.corrupt([1, 0], addition=-1, rng=0), "addition: must be a number of at"),
        (lambda: patterns.corrupt([1, 0], addition=2, rng=0), "adds 2 units to pattern 0, in whi"),
        (
            lambda: patterns.corrupt([1, 0], addition=2, independent=True, rng=0),
            "addition: 2 times 1 active units must not exceed the 1 silent units",
        ),
        (
            lambda: patterns.corrupt([1, 1, 0, 0], n_blocks=2, rng=0),
            "each block must have one active unit, but block 0 of pattern 0 has 2",
        ),
        (lambda: patterns.corrupt([[[1]]], rng=0), "patterns: must be an array of shape"),
        (lambda: patterns.from_images([[1, 2]]), "images: must be an array of numbers, shape"),
        (
            lambda: patterns.from_images(np.ones((1, 2, 2)), threshold=1, n_active=1),
            "threshold and n_active: must not both be given",
        ),
    ],
)
def test_wrong_arguments_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call()
