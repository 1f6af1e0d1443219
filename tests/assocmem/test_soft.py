"""Soft noise estimation against loops without truncation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assocmem import AssociativeMemory, Channel, patterns, soft


def slow_soft(memory, query, channel, k, n_steps):
    """All units with their own likelihood ratio, in double precision; returns all potentials."""
    M, usage, C = memory.n_patterns, memory.usage.tolist(), memory.coincidences.tolist()
    n = len(usage)

    def evidence(i, j, on, off):
        """log P(symbol | v_j = 1) / P(symbol | ...) with P(symbol | u_i) = on, off."""
        given_1 = (C[i][j] * on + (usage[j] - C[i][j]) * off) / usage[j]
        m10 = usage[i] - C[i][j]
        if memory.rule.name == "bayes":
            silent = M - usage[j]
            return math.log(given_1 / ((m10 * on + (silent - m10) * off) / silent))
        return math.log(given_1 / ((usage[i] * on + (M - usage[i]) * off) / M))

    own = [
        math.log((1 - channel.e10) / channel.e01)
        if q
        else math.log(channel.e10 / (1 - channel.e01))
        for q in query
    ]
    prior_odds = [math.log(u / (M - u)) for u in usage]
    prior = prior_odds if memory.rule.name == "bayes" else [math.log(u / M) for u in usage]
    ratios = [math.exp(o) for o in own]
    potentials = []
    for _ in range(n_steps):
        x = [
            prior[j] + own[j] + sum(evidence(i, j, ratios[i], 1) for i in range(n) if i != j)
            for j in range(n)
        ]
        potentials.append(x)
        for j in range(n):
            p = min(max(1 / (1 + math.exp(-x[j])), 1e-7), 1 - 1e-6)
            ratios[j] = math.exp(min(max(math.log(p / (1 - p)) - prior_odds[j], -16), 14))
    return np.array(potentials)


@pytest.mark.parametrize("truncated", [False, True], ids=["all units", "most probable units"])
@pytest.mark.parametrize("storage", ["dense", "sparse"])
@pytest.mark.parametrize("rule", ["bayes", "bcpnn-full"])
def test_each_step_equals_the_loops(rule, storage, truncated, palm_memory, monkeypatch):
    """One level for all silent units is an approximation: some 0.1 nat, 1 at worst, of about 20."""
    if not truncated:
        monkeypatch.setattr(soft, "SILENT_LOG_RATIO", -16.0)
        monkeypatch.setattr(soft, "LOUD_UNITS_PER_ACTIVE", 100)
    # Dense coverage: every unit is used, so that no logarithm is infinite.
    dense, stored, queries = palm_memory(rule, n_patterns=60, n_units=40, n_active=5, seed=1)
    memory = AssociativeMemory(40, rule=rule, storage=storage)
    memory.store(stored)
    channel = Channel.of_query(0.75, 0.25, n_units=40, n_active=5)
    assert memory.usage.min() > 0
    compared = []
    for query in queries[:5]:
        slow = slow_soft(dense, query, channel, 5, 4)
        for step in (1, 2, 3, 4):
            out = memory.retrieve(query, channel=channel, n_active=5, max_steps=step, noise="soft")
            if out.n_steps < step:
                break
            tolerance = 1.0 if truncated and step > 1 else 2e-3
            np.testing.assert_allclose(out.potentials.finite, slow[step - 1], atol=tolerance)
            compared.append(step)
    assert max(compared) == 4


@pytest.mark.parametrize("channel", [Channel(0, 0.5), Channel(0, 0), Channel(0.02, 0)])
def test_noise_values_of_zero_keep_exact_infinities(channel, palm_memory):
    addition = channel.e01 * 54 / 6
    memory, _, queries = palm_memory(completeness=1 - channel.e10, addition=addition)
    out = memory.retrieve(queries, channel=channel, n_active=6, noise="soft")
    assert np.isfinite(out.potentials.finite).all()
    if channel.e01 == 0:
        assert (out.patterns >= queries).all()  # active units of the query are certain
    if channel.e10 == 0:
        assert (out.patterns <= queries).all()  # silent units of the query are certain


def test_zero_noise_is_the_limit_of_vanishing_noise(palm_memory):
    memory, _, queries = palm_memory(completeness=0.5, addition=0)
    answers = [
        memory.retrieve(queries, channel=Channel(e01, 0.5), n_active=6, noise="soft").patterns
        for e01 in (0.0, 1e-7)
    ]
    assert (answers[0] == answers[1]).mean() > 0.99


@pytest.mark.parametrize("storage", ["dense", "sparse"])
def test_units_that_were_never_or_always_active_do_no_harm(storage):
    rng = np.random.default_rng(0)
    stored = patterns.palm(30, 40, 5, rng=rng)
    stored[:, :3], stored[:, 3] = 0, 1
    memory = AssociativeMemory(40, storage=storage)
    memory.store(stored)
    queries = patterns.corrupt(stored, completeness=0.7, addition=0.2, rng=rng)
    for channel in (Channel(0.02, 0.3), Channel(0, 0.3)):
        out = memory.retrieve(
            queries, channel=channel, activation="threshold", noise="soft", max_steps=6
        )
        if channel.e01:  # the prior decides; only the evidence of the query is added to it
            on, off = (
                np.log((1 - channel.e10) / channel.e01),
                np.log(channel.e10 / (1 - channel.e01)),
            )
            own = np.where(queries, on, off)
            np.testing.assert_allclose(out.potentials.finite[:, :4], own[:, :4], atol=1e-6)
        assert (out.potentials.infinite[:, :3] < -(10**5)).all()
        assert not out.patterns[:, :3].any()
        assert out.patterns[:, 3].all()


def test_soft_noise_of_the_result_describes_the_answers(palm_memory):
    memory, _, queries = palm_memory(n_patterns=120)
    channel = Channel.of_query(0.75, 0.25, n_units=60, n_active=6)
    out = memory.retrieve(queries, channel=channel, n_active=6, noise="soft")
    assert out.noise.shape == (out.n_steps.max(), 2)
    first = memory.potentials(queries, channel)
    p = 1 / (1 + np.exp(-first.finite))
    z = memory.retrieve(queries, channel=channel, n_active=6, max_steps=1).patterns
    e01 = (((1 - p) * z).sum(1) / (1 - p).sum(1)).mean()
    e10 = ((p * (1.0 - z)).sum(1) / p.sum(1)).mean()
    np.testing.assert_allclose(out.noise[1], [e01, e10], rtol=1e-3)


def test_soft_retrieval_corrects_more_than_hard_retrieval(palm_memory):
    memory, stored, queries = palm_memory(n_patterns=100)
    channel = Channel.of_query(0.75, 0.25, n_units=60, n_active=6)
    hard, soft = (
        memory.retrieve(queries, channel=channel, n_active=6, noise=noise).patterns
        for noise in ("fixed", "soft")
    )
    assert (soft != stored).sum() < 0.7 * (hard != stored).sum()
