"""Rows on demand: the same numbers as whole matrices, at the cost of few rows."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel, patterns
from assocmem import evaluation as evaluation_module
from assocmem.row_weights import RowWeights
from assocmem.weights import WeightMatrix

N, K = 600, 8
CHANNEL = Channel.of_query(0.75, 0.25, n_units=N, n_active=K)


@pytest.fixture
def online():
    """Return a function that makes a memory whose last pattern came alone, and some queries."""

    def make(rule, n_patterns=700):
        rng = np.random.default_rng(0)
        stored = patterns.palm(n_patterns, N, K, rng=rng)
        memory = AssociativeMemory(N, rule=rule)
        memory.store(stored[:-1])
        memory.store(stored[-1])
        queries = patterns.corrupt(stored[-5:], completeness=0.75, addition=0.25, rng=rng)
        return memory, queries

    return make


@pytest.mark.parametrize("channel", [CHANNEL, Channel(0, 0.25), Channel(0.01, 0)])
@pytest.mark.parametrize("rule", RULES)
def test_rows_give_the_potentials_of_the_matrix(rule, channel, online):
    memory, queries = online(rule)
    call = {"channel": channel, "n_active": K, "max_steps": 1}
    for self_term in ("first", "never"):
        out = memory.retrieve(queries, self_term=self_term, **call)
        x = memory.potentials(queries, channel, self_term=self_term == "first")
        np.testing.assert_array_equal(out.potentials.infinite, x.infinite)
        np.testing.assert_allclose(out.potentials.finite, x.finite, rtol=1e-5, atol=2e-4)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "hopfield-bipolar"])
def test_a_batch_equals_single_queries_whichever_way_their_weights_come(rule, online):
    memory, _ = online(rule)
    queries = patterns.palm(300, N, K, rng=3)
    call = {"channel": CHANNEL, "n_active": K, "max_steps": 3}
    single = [memory.retrieve(q, **call) for q in queries[:3]]
    kinds = {type(memory._evaluator.weights(queries[:1], CHANNEL))}
    batch = memory.retrieve(queries, **call)
    kinds.add(type(memory._evaluator.weights(queries, CHANNEL)))
    assert kinds == {RowWeights, WeightMatrix}
    for row, alone in enumerate(single):
        np.testing.assert_array_equal(batch.patterns[row], alone.patterns)
        np.testing.assert_array_equal(batch.potentials.finite[row], alone.potentials.finite)


@pytest.mark.parametrize("rule", ["bayes", "covariance", "bcpnn"])
def test_storing_one_and_retrieving_one_looks_at_few_synapses(rule, online, monkeypatch):
    memory, queries = online(rule)
    memory.retrieve(queries[0], channel=CHANNEL, n_active=K)  # makes the summary
    seen = []

    def count(method):
        def counting(self, counts, channel):
            seen.append(counts.both.size)
            return method(self, counts, channel)

        return counting

    for cls in {type(memory.rule), *type(memory.rule).__mro__[:2]}:
        if "terms" in vars(cls):
            monkeypatch.setattr(cls, "terms", count(cls.terms))
    for number in range(5):
        memory.store(patterns.palm(1, N, K, rng=number))
        seen.clear()
        out = memory.retrieve(queries[0], channel=CHANNEL, n_active=K)
        assert sum(seen) <= (K * out.n_steps + 1) * N + 10_000
        assert sum(seen) < N * N / 4


def test_dense_patterns_use_whole_matrices(online, monkeypatch):
    rng = np.random.default_rng(0)
    memory = AssociativeMemory(N)
    memory.store(patterns.palm(40, N, 200, rng=rng))
    query = patterns.palm(1, N, 200, rng=rng)
    memory.store(query)
    memory.retrieve(query, channel=CHANNEL, n_active=200)
    assert isinstance(memory._evaluator.weights(query, CHANNEL), WeightMatrix)


def test_small_memories_use_whole_matrices(palm_memory):
    memory, stored, queries = palm_memory("covariance")
    memory.store(stored[0])
    assert isinstance(memory._evaluator.weights(queries[:1], None), WeightMatrix)
    assert evaluation_module.ROWS_FROM_SYNAPSES > 3600


@pytest.mark.parametrize("noise", ["posterior", "batch", "soft", "search"])
def test_estimated_noise_works_online(noise, online):
    memory, queries = online("bayes")
    fresh = AssociativeMemory(N)
    fresh._statistics.restore(
        memory.n_patterns, memory.usage, memory.usage, memory.coincidences.copy()
    )
    call = {"channel": CHANNEL, "n_active": K, "noise": noise}
    one, other = (m.retrieve(queries, **call) for m in (memory, fresh))
    np.testing.assert_array_equal(one.patterns, other.patterns)
    np.testing.assert_allclose(one.potentials.finite, other.potentials.finite, atol=0.01)
