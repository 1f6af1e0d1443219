"""Counting: all formulations give the same counts, which never overflow and can be undone."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import AssociativeMemory, learning, patterns


def loop_counts(X, Y):
    counts = np.zeros((X.shape[1], Y.shape[1]), int)
    for x, y in zip(X, Y, strict=True):
        for i in np.flatnonzero(x):
            for j in np.flatnonzero(y):
                counts[i, j] += 1
    return counts


@pytest.mark.parametrize(
    ("sparse_below", "dense_from"),
    [(0.0, 0.0), (0.0, 1.0), (2.0, 1.0)],
    ids=["by product", "by input", "by sparse product"],
)
@pytest.mark.parametrize("product_rows", [5, 100], ids=["in blocks", "at once"])
@pytest.mark.parametrize("activity", [0.0, 0.05, 0.5, 1.0])
def test_all_formulations_equal_the_loop(
    monkeypatch, sparse_below, dense_from, product_rows, activity
):
    monkeypatch.setattr(learning, "SPARSE_BELOW", sparse_below)
    monkeypatch.setattr(learning, "SPARSE_SYNAPSES", 20 * product_rows)
    monkeypatch.setattr(learning, "SCATTER_BELOW", 0.2 if product_rows == 5 else 0.0)
    monkeypatch.setattr(learning, "CACHED_ROWS", product_rows)
    monkeypatch.setattr(learning, "DENSE_FROM", dense_from)
    monkeypatch.setattr(learning, "PRODUCT_PATTERNS", 7)
    monkeypatch.setattr(learning, "PRODUCT_ROWS", product_rows)
    rng = np.random.default_rng(0)
    X = (rng.random((25, 13)) < activity).astype(np.uint8)
    Y = (rng.random((25, 9)) < 0.3).astype(np.uint8)
    auto = AssociativeMemory(13)
    auto.store(X)
    np.testing.assert_array_equal(auto.coincidences, loop_counts(X, X))
    memory = AssociativeMemory(13, n_outputs=9)
    memory.store(X, Y)
    np.testing.assert_array_equal(memory.coincidences, loop_counts(X, Y))
    np.testing.assert_array_equal(memory.usage, X.sum(axis=0))
    np.testing.assert_array_equal(memory.output_usage, Y.sum(axis=0))


def test_sparse_patterns_are_counted_without_a_matrix_product(monkeypatch):
    def refuse(*_):
        raise AssertionError("sparse patterns must not be multiplied")

    monkeypatch.setattr(learning, "_count_by_product", refuse)
    AssociativeMemory(1000).store(patterns.palm(50, 1000, 8, rng=0))


def test_dense_patterns_are_counted_by_a_matrix_product(monkeypatch):
    def refuse(*_):
        raise AssertionError("dense patterns must be multiplied")

    monkeypatch.setattr(learning, "_count_by_input", refuse)
    AssociativeMemory(40).store(patterns.palm(50, 40, 20, rng=0))


@pytest.mark.parametrize("n_patterns", [32767, 32768, 70000])
def test_counts_widen_to_32_bits_before_they_overflow(n_patterns):
    memory = AssociativeMemory(3)
    memory.store(np.tile([1, 1, 0], (n_patterns, 1)))
    assert memory.coincidences.tolist() == [[n_patterns] * 2 + [0]] * 2 + [[0] * 3]
    assert memory.coincidences.dtype == (np.int16 if n_patterns < 32768 else np.int32)


def test_counts_widen_when_patterns_come_in_parts():
    memory = AssociativeMemory(2)
    for _ in range(3):
        memory.store(np.ones((20000, 2), np.uint8))
    assert memory.coincidences.tolist() == [[60000] * 2] * 2


def test_a_count_beyond_32_bits_is_refused(monkeypatch):
    monkeypatch.setattr(learning, "LARGEST_COUNT", 10)
    memory = AssociativeMemory(2)
    memory.store(np.ones((10, 2), np.uint8))
    with pytest.raises(OverflowError, match="counts up to 10 patterns, not 11"):
        memory.store([1, 1])
    assert memory.n_patterns == 10
    assert np.iinfo(np.int32).max + 1 >= 2 * 2**30


@pytest.mark.parametrize(
    "wrong",
    [
        [[1, 0, 1, 0]],  # this coincidence was not stored
        [[0, 0, 0, 0]],  # would leave units active in more patterns than there are
        [[1, 1, 0, 0], [1, 1, 0, 0]],  # stored once only
        [[1, 1, 0, 0]] * 3,
        [[1, 1, 1, 1]] * 40000,  # beyond the integer type
    ],
)
def test_forgetting_what_was_not_stored_changes_nothing(wrong):
    memory = AssociativeMemory(4)
    memory.store([[1, 1, 0, 0], [0, 0, 1, 1]])
    before = memory.coincidences.copy(), memory.usage.copy(), memory.n_patterns
    with pytest.raises(ValueError, match="forget: the patterns must have been stored before"):
        memory.forget(wrong)
    np.testing.assert_array_equal(memory.coincidences, before[0])
    np.testing.assert_array_equal(memory.usage, before[1])
    assert memory.n_patterns == before[2]


def test_forgetting_in_hetero_association_checks_outputs_too():
    memory = AssociativeMemory(2, n_outputs=2)
    memory.store([[1, 0]], [[0, 1]])
    with pytest.raises(ValueError, match="forget"):
        memory.forget([[1, 0]], [[1, 0]])
    memory.forget([[1, 0]], [[0, 1]])
    assert memory.n_patterns == 0
    assert not memory.coincidences.any()
