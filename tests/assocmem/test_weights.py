"""Weight matrices: gathered sums, blocks, and how many matrices are kept."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import AssociativeMemory, Channel, patterns, weights

CHANNELS = [Channel(0.01 * i, 0.25) for i in range(1, 6)]


@pytest.mark.parametrize("numbers", [1, 40, 10**6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_gathered_sums_equal_the_product(monkeypatch, numbers, dtype):
    monkeypatch.setattr(weights, "GATHER_NUMBERS", numbers)
    rng = np.random.default_rng(0)
    rows = rng.integers(-100, 100, size=(17, 9)).astype(dtype)
    inputs = (rng.random((6, 17)) < 0.4).astype(np.uint8)
    inputs[2] = 0
    sums = weights.gather(rows, inputs, np.int64 if dtype == np.int16 else None)
    np.testing.assert_array_equal(sums, inputs.astype(int) @ rows.astype(int))
    assert weights.gather(rows, inputs[:0]).shape == (0, 9)


@pytest.mark.parametrize("rule", ["bayes", "bcpnn", "covariance"])
def test_the_height_of_blocks_has_no_influence(monkeypatch, rule, palm_memory):
    memory, _, queries = palm_memory(rule)
    results = []
    for synapses in (1, 60 * 7, 10**6):
        monkeypatch.setattr(weights, "BLOCK_SYNAPSES", synapses)
        memory._evaluator.clear()
        results.append(memory.potentials(queries, CHANNELS[0]))
    for x in results[1:]:
        np.testing.assert_array_equal(x.infinite, results[0].infinite)
        np.testing.assert_allclose(x.finite, results[0].finite, atol=1e-9)


def test_matrices_are_kept_while_they_fit(monkeypatch, palm_memory):
    memory, _, queries = palm_memory()
    matrix_bytes = 60 * 60 * 4
    monkeypatch.setattr(weights, "CACHE_BYTES", 2 * matrix_bytes)
    built = []
    original = weights.build
    monkeypatch.setattr(weights, "build", lambda *args: built.append(args[2]) or original(*args))
    for channel in [*CHANNELS[:2], *CHANNELS[:2], CHANNELS[2], CHANNELS[1], CHANNELS[0]]:
        memory.retrieve(queries, channel=channel, n_active=6, max_steps=1)
    assert built == [*CHANNELS[:3], CHANNELS[0]]


def test_estimated_noise_makes_room_for_its_own_matrix(monkeypatch, palm_memory):
    memory, _, queries = palm_memory()
    cache = memory._evaluator.cache
    monkeypatch.setattr(weights, "CACHE_BYTES", 60 * 60 * 4)
    memory.retrieve(queries, channel=CHANNELS[0], n_active=6, max_steps=1)
    assert cache._kept_bytes() == 60 * 60 * 4
    memory.retrieve(queries, channel=CHANNELS[0], n_active=6, max_steps=2, noise="batch")
    assert cache._kept_bytes() == 0


def test_single_and_double_precision_do_not_get_mixed_up():
    stored = patterns.palm(30, 40, 5, rng=0)
    memory = AssociativeMemory(40)
    memory.store(stored)
    single = memory.retrieve(stored, channel=CHANNELS[0], n_active=5, max_steps=1)
    double = memory.potentials(stored, CHANNELS[0])
    assert single.potentials.finite.dtype == np.float32
    assert double.finite.dtype == np.float64
    np.testing.assert_allclose(single.potentials.finite, double.finite, rtol=1e-4, atol=1e-4)
    exact = memory.retrieve(stored, channel=Channel(0, 0.25), n_active=5, max_steps=1)
    assert exact.potentials.finite.dtype == np.float64
