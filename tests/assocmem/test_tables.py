"""Summaries that follow single patterns, and sums from them, against all synapses."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import AssociativeMemory, Channel, patterns
from assocmem.row_weights import own_terms
from assocmem.tables import CoincidenceSummary, UsageClasses, remainder, silent_sum


def summary_of(memory):
    statistics = memory._statistics
    return CoincidenceSummary(statistics.coincidences, statistics.input_usage, statistics.shared)


@pytest.mark.parametrize("hetero", [False, True], ids=["auto", "hetero"])
def test_a_summary_is_a_plain_count(hetero):
    rng = np.random.default_rng(0)
    X, Y = patterns.palm(30, 20, 4, rng=rng), patterns.palm(30, 15, 3, rng=rng)
    memory = AssociativeMemory(20, n_outputs=15 if hetero else None)
    memory.store(X, Y if hetero else None)
    summary = summary_of(memory)
    C, usage = memory.coincidences, memory.usage
    for j in range(C.shape[1]):
        inputs = [i for i in range(20) if hetero or i != j]
        for c in range(summary.histogram.shape[1]):
            assert summary.histogram[j, c] == sum(C[i, j] == c for i in inputs)
        assert summary.weighted[j] == sum(int(C[i, j]) * int(usage[i]) for i in inputs)


@pytest.mark.parametrize("hetero", [False, True], ids=["auto", "hetero"])
def test_a_summary_follows_what_is_stored_and_forgotten(hetero):
    rng = np.random.default_rng(1)
    memory = AssociativeMemory(12, n_outputs=9 if hetero else None)
    X = (rng.random((25, 12)) < 0.4).astype(np.uint8)
    Y = (rng.random((25, 9)) < 0.4).astype(np.uint8) if hetero else [None] * 25
    memory.store(X[0], Y[0])
    followed = memory._statistics.summary()
    for x, y in zip(X[1:], Y[1:], strict=True):
        memory.store(x, y)
    for number in (3, 7, 7 + 1):
        memory.forget(X[number], Y[number])
    assert memory._statistics.summary() is followed
    expected = summary_of(memory)
    width = expected.histogram.shape[1]
    np.testing.assert_array_equal(followed.histogram[:, :width], expected.histogram)
    assert not followed.histogram[:, width:].any()
    np.testing.assert_array_equal(followed.weighted, expected.weighted)


def test_a_refused_forget_leaves_the_summary_as_it_was():
    memory = AssociativeMemory(12)
    memory.store(patterns.palm(6, 12, 3, rng=0))
    memory.store(patterns.palm(1, 12, 3, rng=1))
    summary = memory._statistics.summary()
    before = summary.histogram.copy(), summary.weighted.copy(), memory.coincidences.copy()
    with pytest.raises(ValueError, match="forget"):
        memory.forget(np.ones(12))
    width = before[0].shape[1]
    assert not summary.histogram[:, width:].any()
    now = summary.histogram[:, :width], summary.weighted, memory.coincidences
    for after, then in zip(now, before, strict=True):
        np.testing.assert_array_equal(after, then)


@pytest.mark.parametrize("rule", ["bayes", "bcpnn-full"])
@pytest.mark.parametrize("ensemble", ["palm", "bernoulli"])
@pytest.mark.parametrize("channel", [Channel(0.01, 0.25), Channel(0.002, 0.6)])
def test_silent_sums_from_tables_equal_those_over_all_synapses(rule, ensemble, channel):
    n, k, M = 300, 6, 500
    memory = AssociativeMemory(n, rule=rule)
    memory.store(getattr(patterns, ensemble)(M, n, k, rng=np.random.default_rng(2)))
    statistics = memory._statistics
    classes = UsageClasses(statistics.input_usage, statistics.output_usage)
    summary = summary_of(memory)
    like = statistics.block(slice(0, 1), np.float64)
    quick = silent_sum(memory.rule, channel, like, classes, summary)
    exact = memory._evaluator.matrix(channel, exact=True)
    error = np.abs(quick.finite - exact.bias.finite).max()
    assert error < 1e-4
    if rule == "bayes":
        assert error < remainder(M, classes, summary)
    for quick_own, whole in zip(
        own_terms(memory.rule, channel, like, classes),
        (exact.own_active, exact.own_silent),
        strict=True,
    ):
        np.testing.assert_allclose(quick_own.finite, whole.finite, rtol=1e-12, atol=1e-12)
