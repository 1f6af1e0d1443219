"""Counts that fade, against the sum over patterns of all ages, and their limits."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel, patterns
from assocmem.fading import LARGEST_WEIGHT
from assocmem.sequences import recall_by_age

CHANNEL = Channel.of_query(0.75, 0.25, n_units=60, n_active=6)


@pytest.mark.parametrize("hetero", [False, True], ids=["auto", "hetero"])
def test_each_pattern_counts_by_its_age(hetero):
    rng = np.random.default_rng(0)
    X = patterns.palm(40, 20, 4, rng=rng)
    Y = patterns.palm(40, 15, 3, rng=rng) if hetero else X
    memory = AssociativeMemory(20, n_outputs=15 if hetero else None)
    more = (lambda rows: (Y[rows],)) if hetero else (lambda rows: ())
    memory.store(X[:10], *more(slice(0, 10)))
    memory.store(X[10:25], *more(slice(10, 25)), decay=0.1)
    memory.store(X[25:], *more(slice(25, 40)), decay=0.03)
    weights = np.concatenate([np.full(10, 0.9**15), 0.9 ** np.arange(14, -1, -1)]) * 0.97**15
    weights = np.concatenate([weights, 0.97 ** np.arange(14, -1, -1)])
    assert memory.n_patterns == pytest.approx(weights.sum())
    np.testing.assert_allclose(memory.usage, weights @ X)
    np.testing.assert_allclose(memory.output_usage, weights @ Y)
    np.testing.assert_allclose(memory.coincidences, (X.T * weights) @ Y)


def test_the_number_of_patterns_tends_to_the_reciprocal_of_the_decay():
    memory = AssociativeMemory(4)
    memory.store(np.tile([1, 1, 0, 0], (3000, 1)), decay=0.01)
    assert memory.n_patterns == pytest.approx(100, rel=1e-9)


def test_weights_are_scaled_before_they_overflow():
    memory = AssociativeMemory(4)
    memory.store(np.tile([1, 1, 0, 0], (2000, 1)), decay=0.5)
    assert memory._statistics.weight <= LARGEST_WEIGHT
    assert memory.n_patterns == pytest.approx(2)
    assert memory.usage.tolist() == [2, 2, 0, 0]


@pytest.mark.parametrize("rule", RULES)
def test_weak_decay_leaves_what_rules_compute(rule, palm_memory):
    memory, stored, queries = palm_memory(rule)
    fading = AssociativeMemory(60, rule=rule)
    fading.store(stored, decay=1e-9)
    call = {"channel": CHANNEL, "self_term": False}
    x, y = (m.potentials(queries, **call) for m in (memory, fading))
    np.testing.assert_allclose(x.finite, y.finite, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(x.infinite, y.infinite)


@pytest.mark.parametrize("noise", ["fixed", "batch", "posterior", "soft", "search"])
@pytest.mark.parametrize("channel", [CHANNEL, Channel(0, 0.25)])
def test_every_retrieval_works_with_counts_that_fade(noise, channel):
    rng = np.random.default_rng(1)
    stored = patterns.palm(300, 60, 6, rng=rng)
    stored[:, 3], stored[:, 7] = 0, 1  # no rounding may make a count of such units negative
    memory = AssociativeMemory(60)
    memory.store(stored, decay=0.037)
    queries = patterns.corrupt(stored[-10:], completeness=0.75, addition=0.0, rng=rng)
    out = memory.retrieve(queries, channel=channel, n_active=7, noise=noise)
    assert np.isfinite(out.potentials.finite).all()
    assert (out.patterns != stored[-10:]).mean() < 0.02
    assert (out.patterns.sum(axis=1) == 7).all()


def test_young_patterns_are_recalled_and_old_ones_forgotten():
    call = {"n_units": 100, "n_active": 5, "n_patterns": 600, "rng": 0}
    ages = [0, 20, 60, 300, 599]
    fading = recall_by_age(decay=0.02, ages=ages, **call).mean(axis=0)
    assert fading[:2].max() < 0.15
    assert fading[3:].min() > 1
    assert fading[1] < fading[2] < fading[3]
    # Without decay the memory is overloaded for all ages alike.
    equal = recall_by_age(decay=0.0, ages=ages, **call).mean(axis=0)
    assert equal.min() > 0.3
    assert equal.max() - equal.min() < 0.5


def test_counts_that_fade_are_saved_and_cannot_be_forgotten(tmp_path, palm_memory):
    _, stored, queries = palm_memory()
    memory = AssociativeMemory(60)
    memory.store(stored, decay=0.05)
    assert f"with {memory.n_patterns:.12g} patterns" in repr(memory)
    memory.save(tmp_path / "fading.npz")
    loaded = AssociativeMemory.load(tmp_path / "fading.npz")
    x, y = (m.potentials(queries, CHANNEL).finite for m in (memory, loaded))
    np.testing.assert_allclose(x, y, rtol=1e-9)
    loaded.store(stored[:1], decay=0.05)
    assert loaded.n_patterns == pytest.approx(0.95 * memory.n_patterns + 1)
    with pytest.raises(ValueError, match="forget: patterns that have faded"):
        memory.forget(stored[0])
    content = dict(np.load(tmp_path / "fading.npz"))
    content["coincidences"][0, 1] = np.nan
    np.savez(tmp_path / "bad.npz", **content)
    with pytest.raises(ValueError, match="contradict each other"):
        AssociativeMemory.load(tmp_path / "bad.npz")


@pytest.mark.parametrize("decay", [-0.1, 1, 1.5, "a", np.nan])
def test_a_decay_is_below_1_and_the_message_says_so(decay):
    memory = AssociativeMemory(4)
    with pytest.raises(ValueError, match=r"decay: must be a number from 0 to 0\.9{9}, not"):
        memory.store([1, 0, 0, 1], decay=decay)
    assert memory.n_patterns == 0
