"""Sparse storage: the same numbers as dense storage, in less memory, and what it cannot do."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from scipy import sparse

from assocmem import RULES, AssociativeMemory, Channel, evaluation, levels, patterns
from assocmem import sparse_storage as storage_module
from assocmem.learning import PatternStatistics

N, K, M = 300, 6, 400
CHANNEL = Channel.of_query(0.75, 0.25, n_units=N, n_active=K)


def pair(rule="bayes", stored=None, outputs=None):
    """Return a sparse and a dense memory with the same patterns."""
    stored = patterns.palm(M, N, K, rng=0) if stored is None else stored
    n_outputs = None if outputs is None else outputs.shape[1]
    memories = []
    for storage in ("sparse", "dense"):
        memory = AssociativeMemory(stored.shape[1], n_outputs=n_outputs, rule=rule, storage=storage)
        memory.store(stored, outputs)
        memories.append(memory)
    return memories


@pytest.mark.parametrize("channel", [CHANNEL, Channel(0, 0.25), Channel(0.01, 0), Channel(0, 0)])
@pytest.mark.parametrize("self_term", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_potentials_equal_those_of_dense_storage(rule, self_term, channel):
    stored = patterns.palm(60, 40, 5, rng=1)
    stored[:, 7], stored[:, 9] = 0, 1
    sparse, dense = pair(rule, stored)
    queries = patterns.transmit(stored[:10], Channel(0.05, 0.3), rng=2)
    queries[0] = 0
    x, y = (m.potentials(queries, channel, self_term) for m in (sparse, dense))
    np.testing.assert_allclose(x.finite, y.finite, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(x.infinite, y.infinite)


@pytest.mark.parametrize("rule", RULES)
def test_hetero_association_equals_that_of_dense_storage(rule):
    rng = np.random.default_rng(3)
    stored, outputs = patterns.palm(50, 40, 5, rng=rng), patterns.palm(50, 30, 4, rng=rng)
    sparse, dense = pair(rule, stored, outputs)
    x, y = (m.potentials(stored[:8], CHANNEL) for m in (sparse, dense))
    np.testing.assert_allclose(x.finite, y.finite, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(x.infinite, y.infinite)


@pytest.mark.parametrize("channel", [CHANNEL, Channel(0, 0)])
@pytest.mark.parametrize("rule", RULES)
def test_weights_equal_those_of_dense_storage(rule, channel):
    rng = np.random.default_rng(1)
    stored, outputs = patterns.palm(60, 40, 5, rng=rng), patterns.palm(60, 30, 4, rng=rng)
    stored[:, 7], stored[:, 9] = 0, 1
    for memories in (pair(rule, stored), pair(rule, stored, outputs)):
        whole = memories[1].weights(channel)
        for inputs in (None, [9, 3, 7, 3], np.zeros(0, int)):
            rows = slice(None) if inputs is None else inputs
            for memory in memories:
                weights, biases = memory.weights(channel, inputs=inputs)
                assert weights.finite.dtype == biases.finite.dtype == np.float64
                np.testing.assert_allclose(weights.finite, whole.weights.finite[rows], atol=1e-9)
                np.testing.assert_array_equal(weights.infinite, whole.weights.infinite[rows])
                np.testing.assert_allclose(biases.finite, whole.biases.finite, atol=1e-9)
                np.testing.assert_array_equal(biases.infinite, whole.biases.infinite)


def test_weights_belong_to_the_caller():
    for memory in pair(stored=patterns.palm(20, 30, 4, rng=0)):
        before = memory.potentials(np.eye(30, dtype=int), CHANNEL).finite
        for part in memory.weights(CHANNEL):
            part.finite[:] = part.infinite[:] = 7
        np.testing.assert_array_equal(
            memory.potentials(np.eye(30, dtype=int), CHANNEL).finite, before
        )


def test_two_thousand_units_are_within_a_ten_thousandth_of_dense_storage(monkeypatch):
    """Of dense storage in double precision: single precision errs by more."""
    monkeypatch.setattr(PatternStatistics, "working_type", np.float64)
    n, k = 2000, 12
    stored = patterns.palm(1500, n, k, rng=0)
    queries = patterns.corrupt(stored[:3], completeness=0.6, addition=0.4, rng=1)
    channel = Channel.of_query(0.6, 0.4, n_units=n, n_active=k)
    sparse, dense = pair(stored=stored)
    x, y = (m.potentials(queries, channel).finite for m in (sparse, dense))
    np.testing.assert_allclose(x, y, atol=1e-4)
    for n_steps in (2, 10):
        call = {"channel": channel, "n_active": k, "noise": "soft", "max_steps": n_steps}
        one, other = (m.retrieve(queries, **call) for m in (sparse, dense))
        np.testing.assert_allclose(one.potentials.finite, other.potentials.finite, atol=1e-4)
        np.testing.assert_array_equal(one.patterns, other.patterns)


@pytest.mark.parametrize(("numbers", "largest"), [(1, 0.0), (2**20, 1e-3)])
@pytest.mark.parametrize("activation", ["winners", "block-winners", "threshold"])
def test_soft_retrieval_equals_that_of_dense_storage(activation, numbers, largest, monkeypatch):
    monkeypatch.setattr(levels, "TABLE_NUMBERS", numbers)
    monkeypatch.setattr(evaluation, "LARGEST_REMAINDER", largest)
    monkeypatch.setattr(PatternStatistics, "working_type", np.float64)
    stored = patterns.block(150, 120, 6, rng=0)
    queries = patterns.corrupt(stored[:20], completeness=0.7, addition=0.3, rng=1)
    call = {"channel": Channel.of_query(0.7, 0.3, n_units=120, n_active=6), "noise": "soft"}
    call |= {"activation": activation, "n_active": 6}
    one, other = (m.retrieve(queries, **call) for m in pair(stored=stored))
    np.testing.assert_allclose(one.potentials.finite, other.potentials.finite, atol=5e-3)
    np.testing.assert_array_equal(one.patterns, other.patterns)
    np.testing.assert_array_equal(one.converged, other.converged)


@pytest.mark.parametrize("noise", ["fixed", "batch", "posterior", "search"])
@pytest.mark.parametrize("rule", ["bayes", "bcpnn-shrunk"])
def test_retrieval_equals_that_of_dense_storage(rule, noise):
    sparse, dense = pair(rule)
    queries = patterns.corrupt(patterns.palm(M, N, K, rng=0)[:30], completeness=0.7, rng=1)
    call = {"channel": CHANNEL, "n_active": K, "noise": noise}
    one, other = (m.retrieve(queries, **call) for m in (sparse, dense))
    np.testing.assert_array_equal(one.patterns, other.patterns)
    np.testing.assert_allclose(one.potentials.finite, other.potentials.finite, atol=5e-3)
    np.testing.assert_allclose(one.score, other.score, atol=1e-3)
    np.testing.assert_allclose(one.evidence, other.evidence, rtol=1e-3, atol=0.02)
    np.testing.assert_array_equal(one.noise.shape, other.noise.shape)


def test_evidence_equals_that_of_dense_storage():
    sparse, dense = pair()
    asked = patterns.bernoulli(20, N, K, rng=5)
    np.testing.assert_allclose(sparse.evidence(asked), dense.evidence(asked), rtol=1e-4, atol=0.01)


@pytest.mark.parametrize("block", [200, 2**23], ids=["many blocks", "one block"])
def test_patterns_are_added_and_taken_back(block, monkeypatch):
    monkeypatch.setattr(storage_module, "BLOCK_COINCIDENCES", block)
    stored = patterns.palm(90, 50, 4, rng=0)
    sparse, dense = (AssociativeMemory(50, storage=s) for s in ("sparse", "dense"))
    for part in (stored[:1], stored[1:40], stored[40:41], stored[41:]):
        for memory in (sparse, dense):
            memory.store(part)
        np.testing.assert_array_equal(sparse.coincidences.toarray(), dense.coincidences)
    for part in (stored[3:4], stored[50:]):
        for memory in (sparse, dense):
            memory.forget(part)
        np.testing.assert_array_equal(sparse.coincidences.toarray(), dense.coincidences)
        np.testing.assert_array_equal(sparse.usage, dense.usage)
    before = sparse.coincidences.toarray()
    with pytest.raises(ValueError, match="forget: the patterns must have been stored before"):
        sparse.forget(np.ones(50))
    np.testing.assert_array_equal(sparse.coincidences.toarray(), before)


@pytest.mark.parametrize("n_patterns", [255, 256, 300, 65536])
def test_counts_never_saturate(n_patterns):
    memory = AssociativeMemory(5, storage="sparse")
    pattern = np.array([[1, 1, 0, 0, 1]])
    memory.store(np.repeat(pattern, n_patterns - 1, axis=0))
    memory.store(pattern)
    assert memory.coincidences.toarray()[0].tolist() == [n_patterns, n_patterns, 0, 0, n_patterns]
    size = next(s for s, top in ((1, 255), (2, 65535), (4, 2**31)) if n_patterns <= top)
    assert memory._statistics.blocks[0].data.itemsize == size


def test_a_coincidence_takes_five_bytes():
    memory = AssociativeMemory(5000, storage="sparse")
    memory.store(patterns.palm(3000, 5000, 10, rng=0, sparse=True))
    statistics = memory._statistics
    assert statistics.nbytes <= 5 * statistics.n_coincidences + 4 * 5000 + 100


def test_storage_is_chosen_with_the_first_patterns_and_told(caplog):
    with caplog.at_level(logging.INFO, "assocmem"):
        large = AssociativeMemory(20_000, storage="auto")
        assert large.storage == "auto"
        large.store(patterns.palm(50, 20_000, 10, rng=0, sparse=True))
    assert large.storage == "sparse"
    assert "storage: sparse for 20000 x 20000 units" in caplog.text
    assert "storage='sparse'" in repr(large)
    small = AssociativeMemory(100, storage="auto")
    assert small.retrieve(np.zeros(100), channel=CHANNEL, n_active=3).patterns.sum() == 0
    small.store(patterns.palm(5, 100, 4, rng=0))
    assert small.storage == "dense"
    assert small.usage.sum() == 20


@pytest.mark.parametrize("n_outputs", [None, 20])
def test_sparse_memories_are_saved(n_outputs, tmp_path):
    rng = np.random.default_rng(0)
    memory = AssociativeMemory(30, n_outputs=n_outputs, rule="bcpnn", storage="sparse")
    X = patterns.palm(20, 30, 4, rng=rng)
    memory.store(X, None if n_outputs is None else patterns.palm(20, 20, 3, rng=rng))
    memory.save(tmp_path / "sparse.npz")
    loaded = AssociativeMemory.load(tmp_path / "sparse.npz")
    assert loaded.storage == "sparse"
    x, y = (m.potentials(X, CHANNEL) for m in (memory, loaded))
    np.testing.assert_array_equal(x.finite, y.finite)
    content = dict(np.load(tmp_path / "sparse.npz"))
    for name, value in (("counts", 10**6), ("indices", 99), ("indptr", 10**6)):
        bad = content | {name: content[name].astype(np.int64)}
        bad[name][1] = value
        np.savez(tmp_path / "bad.npz", **bad)
        with pytest.raises(ValueError, match=r"bad\.npz"):
            AssociativeMemory.load(tmp_path / "bad.npz")


def test_a_storage_that_is_still_to_be_chosen_is_saved_as_such(tmp_path):
    empty = AssociativeMemory(5, storage="auto")
    empty.save(tmp_path / "empty.npz")
    loaded = AssociativeMemory.load(tmp_path / "empty.npz")
    assert loaded.storage == "auto"
    loaded.store([1, 1, 0, 0, 0])
    assert loaded.storage == "dense"
    AssociativeMemory(5, storage="sparse").save(tmp_path / "empty.npz")
    assert AssociativeMemory.load(tmp_path / "empty.npz").storage == "sparse"


def test_what_sparse_storage_cannot_do_is_told():
    memory = AssociativeMemory(13_000, storage="sparse")
    memory.store(patterns.palm(3, 13_000, 5, rng=0, sparse=True))
    with pytest.raises(ValueError, match="of 13000 inputs to 13000 outputs would take 2.03 GB"):
        memory.weights(CHANNEL)
    assert memory.weights(CHANNEL, inputs=[12_999]).weights.finite.shape == (1, 13_000)
    with pytest.raises(ValueError, match="decay: needs storage='dense'; counts that fade are real"):
        memory.store(np.zeros(13_000), decay=0.1)
    with pytest.raises(ValueError, match="storage: must be one of 'dense', 'sparse', 'auto'"):
        AssociativeMemory(5, storage="disk")


@pytest.mark.parametrize("storage", ["dense", "sparse", "auto"])
def test_storing_no_patterns_changes_nothing(storage):
    memory = AssociativeMemory(5, storage=storage)
    memory.store(np.zeros((0, 5)), decay=0.1)
    assert (memory.storage, memory.n_patterns) == (storage, 0)
    memory.store([1, 1, 0, 0, 0])
    assert memory.n_patterns == 1
    assert isinstance(memory.n_patterns, int)


def test_twenty_thousand_units_take_little_time_and_memory():
    """9 of 10 queries with half of the cue wrong; no array over all pairs is made."""
    n, k = 20_000, 14
    memory = AssociativeMemory(n, storage="sparse")
    stored = patterns.palm(5000, n, k, rng=0, sparse=True)
    memory.store(stored)
    queries = patterns.corrupt(stored[:10], completeness=0.5, addition=0.5, rng=1)
    channel = Channel.of_query(0.5, 0.5, n_units=n, n_active=k)
    out = memory.retrieve(queries, channel=channel, n_active=k)
    assert abs(out.patterns - stored[:10]).sum() == 0
    assert memory._statistics.nbytes < 20e6


def test_what_was_never_stored_is_refused_as_by_dense_storage(monkeypatch):
    monkeypatch.setattr(storage_module, "BLOCK_COINCIDENCES", 8)
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(200):
        n_units = int(rng.integers(2, 6))
        stored = rng.random((int(rng.integers(1, 6)), n_units)) < 0.4
        others = rng.random((int(rng.integers(1, 3)), n_units)) < 0.4
        left = []
        for storage in ("dense", "sparse"):
            memory = AssociativeMemory(n_units, storage=storage)
            memory.store(stored)
            try:
                memory.forget(others)
            except ValueError:
                refused += 1
                assert memory.n_patterns == len(stored)
            both = memory.coincidences if storage == "dense" else memory.coincidences.toarray()
            left.append((memory.n_patterns, memory.usage.tolist(), both.tolist()))
        assert left[0] == left[1]
    assert 0 < refused < 400


@pytest.mark.parametrize("place", [(0, 1), (2, 2)])
def test_saved_coincidences_must_be_symmetric_with_usages_on_the_diagonal(place, tmp_path):
    memory = AssociativeMemory(4, storage="sparse")
    memory.store([[1, 1, 0, 0], [0, 0, 1, 1]])
    memory.save(tmp_path / "good.npz")
    counts = memory.coincidences.toarray()
    counts[place] = 0
    wrong = sparse.csr_array(counts)
    parts = {"indptr": wrong.indptr, "indices": wrong.indices, "counts": wrong.data}
    np.savez(tmp_path / "bad.npz", **dict(np.load(tmp_path / "good.npz")) | parts)
    with pytest.raises(ValueError, match="contradict each other"):
        AssociativeMemory.load(tmp_path / "bad.npz")
