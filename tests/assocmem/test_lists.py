"""Sparse patterns: chosen uniformly, nested, equal to dense ones wherever they are taken."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse, stats

from assocmem import RULES, AssociativeMemory, Channel, measures, patterns
from assocmem.lists import choose_units

CHANNEL = Channel.of_query(0.75, 0.25, n_units=60, n_active=6)


def test_all_choices_are_equally_likely():
    chosen = np.sort(choose_units(np.random.default_rng(0).random((20_000, 3)), 6), axis=1)
    _, counts = np.unique(chosen, axis=0, return_counts=True)
    assert len(counts) == 20
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("k", [0, 1, 5, 6])
def test_units_of_a_choice_are_different(k):
    rows = patterns.palm(200, 6, k, rng=1, sparse=True)
    assert rows.shape == (200, 6)
    assert (rows.toarray().sum(axis=1) == k).all()
    assert rows.has_canonical_format


def test_sparse_patterns_are_nested_and_block_patterns_equal_dense_ones():
    few, many = (patterns.palm(m, 1000, 5, rng=2, sparse=True) for m in (10, 100))
    np.testing.assert_array_equal(few.toarray(), many[:10].toarray())
    dense = patterns.block(20, 60, 6, rng=3)
    np.testing.assert_array_equal(patterns.block(20, 60, 6, rng=3, sparse=True).toarray(), dense)


def test_a_million_units_need_no_array_over_all_of_them():
    rows = patterns.palm(1000, 10**6, 20, rng=0, sparse=True)
    queries = patterns.corrupt(rows, completeness=0.5, addition=0.5, rng=0)
    assert (np.diff(queries.indptr) == 20).all()
    assert (rows.multiply(queries).sum(axis=1) == 10).all()


@pytest.mark.parametrize("noise", [(0.5, 0.5), (1.0, 2.0), (0.0, 0.0), (0.6, 2.0)])
def test_corrupted_lists_have_exact_numbers_of_errors(noise):
    rows = patterns.from_indices([[0, 3, 5, 9], [1, 2], [], [4]], 12)
    queries = patterns.corrupt(rows, completeness=noise[0], addition=noise[1], rng=0)
    k = np.diff(rows.indptr)
    hits = np.asarray(rows.multiply(queries).sum(axis=1)).ravel()
    np.testing.assert_array_equal(hits, np.rint(noise[0] * k))
    np.testing.assert_array_equal(np.diff(queries.indptr) - hits, np.rint(noise[1] * k))
    assert (queries.data == 1).all()


def test_added_units_are_uniform_among_the_silent_ones():
    rows = patterns.from_indices([[0, 2, 3]] * 20_000, 8)
    queries = patterns.corrupt(rows, completeness=1, addition=2 / 3, rng=0)
    counts = queries.sum(axis=0)
    np.testing.assert_array_equal(counts[[0, 2, 3]], 20_000)
    assert stats.chisquare(counts[[1, 4, 5, 6, 7]]).pvalue > 1e-4


def test_independent_errors_have_the_asked_probabilities():
    rows = patterns.palm(4000, 100, 10, rng=0, sparse=True)
    queries = patterns.corrupt(rows, completeness=0.7, addition=0.9, independent=True, rng=1)
    found = Channel.estimate(queries, rows)
    assert found.e10 == pytest.approx(0.3, abs=0.012)
    assert found.e01 == pytest.approx(0.1, abs=0.003)


def test_lists_and_patterns_are_inverse():
    dense = patterns.bernoulli(20, 30, 4, rng=0)
    lists = patterns.to_indices(dense)
    np.testing.assert_array_equal(patterns.from_indices(lists, 30).toarray(), dense)
    array = np.array([[5, 1], [0, 2]])
    assert [u.tolist() for u in patterns.to_indices(patterns.from_indices(array, 6))] == [
        [1, 5],
        [0, 2],
    ]


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("dtype", [bool, np.int8, float])
@pytest.mark.parametrize("n_patterns", [5, 40])
def test_sparse_patterns_are_stored_and_forgotten_as_dense_ones(kind, dtype, n_patterns):
    dense = patterns.palm(n_patterns, 60, 6, rng=0)
    rows = kind(dense.astype(dtype))
    before = rows.copy()
    one, other = AssociativeMemory(60), AssociativeMemory(60)
    one.store(rows)
    other.store(dense)
    np.testing.assert_array_equal(one.coincidences, other.coincidences)
    assert abs(rows.astype(float) - before.astype(float)).nnz == 0
    one.forget(rows[:3] if kind is not sparse.coo_array else sparse.coo_array(dense[:3]))
    other.forget(dense[:3])
    np.testing.assert_array_equal(one.coincidences, other.coincidences)
    np.testing.assert_array_equal(one.usage, other.usage)


@pytest.mark.parametrize("rule", RULES)
def test_sparse_queries_have_sparse_answers(rule, palm_memory):
    memory, stored, queries = palm_memory(rule)
    call = {"channel": CHANNEL, "n_active": 6}
    dense = memory.retrieve(queries, **call)
    out = memory.retrieve(sparse.csr_array(queries), **call)
    assert sparse.issparse(out.patterns)
    np.testing.assert_array_equal(out.patterns.toarray(), dense.patterns)
    np.testing.assert_array_equal(out.potentials.finite, dense.potentials.finite)
    error = measures.output_error(out.patterns, sparse.csr_array(stored))
    np.testing.assert_array_equal(error, measures.output_error(dense.patterns, stored))


def test_one_sparse_pattern_is_one_pattern(palm_memory):
    memory, stored, _ = palm_memory("bcpnn")
    one, copy = sparse.coo_array(stored[0]), AssociativeMemory(memory.n_units)
    copy.store(one)
    assert (copy.usage == stored[0]).all()
    out = memory.retrieve(one, n_active=6)
    assert out.patterns.shape == (60,)
    expected = memory.retrieve(stored[0], n_active=6)
    np.testing.assert_array_equal(out.patterns.toarray(), expected.patterns)
    assert out.n_steps == expected.n_steps


def test_values_that_are_added_up_first_must_be_zeros_and_ones():
    twice = sparse.coo_array((np.array([1, 1]), (np.array([0, 0]), np.array([3, 3]))), (1, 6))
    memory = AssociativeMemory(6)
    with pytest.raises(ValueError, match=r"X: must hold zeros and ones only, not 2 \(at index"):
        memory.store(twice)
    explicit = sparse.csr_array((np.array([0, 1]), np.array([1, 2]), np.array([0, 2])), (1, 6))
    memory.store(explicit)
    assert memory.usage.tolist() == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda m: m.store(sparse.csr_array((2, 5))),
            r"X: must be .*, not a sparse one",
        ),
        (lambda m: m.store(sparse.csr_array((2, 6), dtype=complex)), "not a sparse array of compl"),
        (
            lambda m: patterns.from_indices([[0, 6]], 6),
            r"indices\[0\]: must be numbers of",
        ),
        (
            lambda m: patterns.from_indices([[-1]], 6),
            r"indices\[0\]: must be numbers of",
        ),
        (lambda m: patterns.from_indices([[0], [2, 9]], 6), r"indices\[1\]: .* from 0 to 5, not 9"),
        (lambda m: patterns.from_indices([[0.5]], 6), r"indices\[0\]: must be a list of numbers"),
        (lambda m: m.store(np.array([[1, 2, 4]])), r"X: .*\(for lists .*: patterns.from_indices\)"),
        (lambda m: patterns.from_indices([[1, 1]], 6), r"indices\[0\]: must name each unit only"),
        (lambda m: patterns.from_indices([1, 2], 6), r"indices\[0\]: must be a list of numbers"),
        (lambda m: patterns.palm(2, 6, 2, rng=0, sparse="yes"), "sparse: must be True or False"),
    ],
)
def test_wrong_lists_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call(AssociativeMemory(6))
