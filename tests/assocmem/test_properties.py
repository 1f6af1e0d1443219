"""Properties of all rules for random patterns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assocmem import RULES, AssociativeMemory, Channel

N_UNITS = 6
CHANNELS = st.builds(
    Channel, st.sampled_from([0.0, 0.05, 0.5, 1.0]), st.sampled_from([0.0, 0.25, 0.5, 1.0])
)


def binary(min_rows=1, max_rows=8, columns=N_UNITS):
    rows = st.integers(min_rows, max_rows)
    return rows.flatmap(lambda n: arrays(np.uint8, (n, columns), elements=st.integers(0, 1)))


def memory_with(rule, *parts):
    memory = AssociativeMemory(N_UNITS, rule=rule)
    for part in parts:
        memory.store(part)
    return memory


def assert_same(x, y):
    np.testing.assert_array_equal(x.infinite, y.infinite)
    np.testing.assert_allclose(x.finite, y.finite, rtol=0, atol=1e-9)


rules = pytest.mark.parametrize("rule", RULES)
few = settings(max_examples=30, deadline=None)


@rules
@few
@given(X=binary(), Q=binary(), channel=CHANNELS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_patterns_has_no_influence(rule, X, Q, channel, seed):
    shuffled = np.random.default_rng(seed).permutation(X)
    x, y = (memory_with(rule, part).potentials(Q, channel) for part in (X, shuffled))
    assert_same(x, y)


@rules
@few
@given(X=binary(), Q=binary(), channel=CHANNELS, seed=st.integers(0, 2**32 - 1))
def test_permuted_units_have_permuted_potentials(rule, X, Q, channel, seed):
    order = np.random.default_rng(seed).permutation(N_UNITS)
    x = memory_with(rule, X).potentials(Q, channel)
    y = memory_with(rule, X[:, order]).potentials(Q[:, order], channel)
    np.testing.assert_array_equal(x.infinite[:, order], y.infinite)
    np.testing.assert_allclose(x.finite[:, order], y.finite, rtol=0, atol=1e-9)


@rules
@few
@given(X=binary(), Y=binary(), Q=binary(), channel=CHANNELS)
def test_storing_twice_equals_storing_both_at_once(rule, X, Y, Q, channel):
    parts, whole = memory_with(rule, X, Y), memory_with(rule, np.vstack([X, Y]))
    np.testing.assert_array_equal(parts.coincidences, whole.coincidences)
    assert_same(parts.potentials(Q, channel), whole.potentials(Q, channel))


@rules
@few
@given(X=binary(), Y=binary(0), Q=binary(), channel=CHANNELS)
def test_forgetting_undoes_storing(rule, X, Y, Q, channel):
    memory, before = memory_with(rule, X, Y), memory_with(rule, X)
    memory.forget(Y)
    np.testing.assert_array_equal(memory.coincidences, before.coincidences)
    np.testing.assert_array_equal(memory.usage, before.usage)
    assert_same(memory.potentials(Q, channel), before.potentials(Q, channel))


@rules
@few
@given(X=binary(), Q=binary(), channel=CHANNELS, data=st.data())
def test_a_batch_of_queries_equals_one_by_one(rule, X, Q, channel, data):
    memory = memory_with(rule, X)
    modes = ["fixed"]
    if memory.rule.probabilistic:
        modes += ["posterior", "calibrated"]
    if rule in ("bayes", "bcpnn-full"):
        modes += ["soft"]
    noise = data.draw(st.sampled_from(modes))
    ties = data.draw(st.sampled_from(["index", "random"]))
    activation = data.draw(st.sampled_from(["winners", "threshold", "block-winners"]))
    call = {"channel": channel, "n_active": 2, "noise": noise, "activation": activation}
    rng, same_rng = 5, 5
    if noise == "calibrated":
        call["calibration"] = X
    else:  # one generator for all: each query takes a stream of its own from it
        call["ties"] = ties
        rng, same_rng = np.random.default_rng(5), np.random.default_rng(5)
    batch = memory.retrieve(Q, rng=rng, **call)
    single = [memory.retrieve(q, rng=same_rng, **call) for q in Q]
    for name in ("patterns", "n_steps", "converged"):
        np.testing.assert_array_equal(getattr(batch, name), [getattr(one, name) for one in single])
    np.testing.assert_allclose(
        batch.potentials.finite, [one.potentials.finite for one in single], atol=1e-5
    )
    np.testing.assert_array_equal(
        batch.potentials.infinite, [one.potentials.infinite for one in single]
    )


@rules
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_few_patterns_are_recalled_from_any_unambiguous_cue(rule, seed):
    """Disjoint patterns and cues from one of them only: nothing else is a sensible answer."""
    rng = np.random.default_rng(seed)
    units = rng.permutation(24).reshape(4, 6)
    X = np.zeros((4, 24), np.uint8)
    np.put_along_axis(X, units, 1, axis=1)
    cues = np.zeros_like(X)
    n_known = int(rng.integers(1, 7))
    for row, members in enumerate(units):
        cues[row, rng.choice(members, n_known, replace=False)] = 1
    memory = AssociativeMemory(24, rule=rule)
    memory.store(X)
    channel = Channel(0.0, 1 - n_known / 6)
    for noisy in (channel, Channel(0.01, max(0.01, channel.e10))):
        out = memory.retrieve(cues, channel=noisy, n_active=6)
        np.testing.assert_array_equal(out.patterns, X)


@pytest.mark.parametrize("noise", ["posterior", "batch", "calibrated", "true", "soft"])
@settings(max_examples=25, deadline=None)
@given(X=binary(1, 8), Q=binary(), channel=CHANNELS, clamp=st.booleans())
def test_estimated_noise_always_stays_a_probability(noise, X, Q, channel, clamp):
    memory = memory_with("bayes", X)
    out = memory.retrieve(
        Q,
        channel=channel,
        n_active=2,
        noise=noise,
        clamp=clamp,
        truth=Q if noise == "true" else None,
        calibration=X if noise == "calibrated" else None,
        rng=0,
    )
    assert ((out.noise >= 0) & (out.noise <= 1)).all()
    assert np.isfinite(out.potentials.finite).all()
    assert (out.patterns.sum(axis=1) == 2).all()


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("covariance-global", "heterosynaptic", 1),
        ("homosynaptic", "hebb", 1),
        ("willshaw", "inhibitory-willshaw", 1),
    ],
)
@few
@given(X=binary(), Q=binary())
def test_rules_that_differ_by_a_constant_over_outputs(one, other, factor, X, Q):
    x, y = (memory_with(rule, X).potentials(Q).finite for rule in (one, other))
    np.testing.assert_allclose(np.ptp(x - factor * y, axis=1), 0, atol=1e-9)


@few
@given(X=binary(), Q=binary())
def test_hopfield_is_hebb_minus_a_bias(X, Q):
    hopfield, hebb = memory_with("hopfield", X), memory_with("hebb", X)
    active = Q.sum(axis=1, keepdims=True, dtype=int)
    expected = 4 * hebb.potentials(Q).finite - 2 * active * hebb.usage
    difference = hopfield.potentials(Q).finite - expected
    np.testing.assert_allclose(np.ptp(difference, axis=1), 0, atol=1e-9)
