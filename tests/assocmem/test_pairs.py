"""The evidence of pairs against plain loops over pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assocmem import AssociativeMemory, patterns


def slow_evidence(stored, pattern, kept_from=(1e-4, 0.05)):
    """log M + sum_i log P(u_i) + sum over pairs of log ratios, from the patterns themselves."""
    M, n = stored.shape
    columns = stored.T.astype(int)

    def probability(i):
        on = min(max(columns[i].sum(), 0.5), M - 0.5) / M
        return on if pattern[i] else 1 - on

    total = math.log(M) + sum(math.log(probability(i)) for i in range(n))
    for i in range(n):
        for j in range(i):
            count = int(((columns[i] == pattern[i]) & (columns[j] == pattern[j])).sum())
            least = kept_from[0] if pattern[i] and pattern[j] else kept_from[1]
            pair = max(count, least) / M
            total += math.log(pair / (probability(i) * probability(j)))
    return total


@pytest.mark.parametrize("ensemble", ["palm", "bernoulli"])
def test_evidence_equals_the_double_loop_over_pairs(ensemble):
    rng = np.random.default_rng(0)
    stored = getattr(patterns, ensemble)(40, 12, 3, rng=rng)
    stored[:, 4], stored[:, 7] = 0, 1  # units without a choice
    memory = AssociativeMemory(12)
    memory.store(stored)
    asked = np.vstack([stored[:5], (rng.random((20, 12)) < 0.4), np.zeros((1, 12))]).astype(int)
    expected = [slow_evidence(stored, u) for u in asked]
    np.testing.assert_allclose(memory.evidence(asked), expected, rtol=1e-5, atol=1e-4)
    assert memory.evidence(asked[0]) == pytest.approx(expected[0], rel=1e-5)


def test_evidence_is_right_where_the_counts_come_in_several_blocks():
    n = 400  # 327 rows a block
    rng = np.random.default_rng(1)
    stored = patterns.palm(30, n, 20, rng=rng)
    memory = AssociativeMemory(n)
    memory.store(stored)
    pattern = patterns.palm(1, n, 20, rng=rng)[0]
    assert memory.evidence(pattern) == pytest.approx(slow_evidence(stored, pattern), rel=1e-5)
    couplings = memory._evaluator.pairs().couplings
    np.testing.assert_array_equal(couplings, couplings.T)
    assert not couplings.diagonal().any()


def test_evidence_tells_stored_from_random_patterns(palm_memory):
    memory, stored, _ = palm_memory(n_patterns=80)
    other = patterns.palm(80, 60, 6, rng=5)
    known, unknown = memory.evidence(stored), memory.evidence(other)
    assert known.min() > unknown.max()


def test_evidence_follows_what_is_stored(palm_memory):
    memory, _, _ = palm_memory()
    new = patterns.palm(1, 60, 6, rng=7)[0]
    before = memory.evidence(new)
    memory.store(new)
    assert memory.evidence(new) > before + 5


def test_evidence_has_no_meaning_without_patterns_or_between_different_units():
    with pytest.raises(ValueError, match="evidence: the memory is empty"):
        AssociativeMemory(4).evidence([0, 1, 0, 1])
    memory = AssociativeMemory(4, n_outputs=3)
    memory.store([1, 0, 0, 1], [1, 0, 1])
    with pytest.raises(ValueError, match="evidence: needs an auto-associative memory"):
        memory.evidence([0, 1, 0, 1])
