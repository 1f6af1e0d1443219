"""Grow and verify: against all patterns there are, against a slow version, and its edges."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel, patterns

CHANNEL = Channel.of_query(0.75, 0.25, n_units=60, n_active=6)


def log_sigmoid(x):
    return -np.logaddexp(0, -x)


def likelihood(query, pattern, channel):
    """log P(q | u) - log P(q | silent), unit by unit."""
    on = np.where(query, (1 - channel.e10) / channel.e01, channel.e10 / (1 - channel.e01))
    return float(np.log(on[pattern == 1]).sum())


def slow_search(memory, query, channel, k, n_blocks, n_starts, saturate):
    """One query after the other, all gains computed anew from E(u) for each candidate change."""
    n, size = len(query), 0 if n_blocks is None else len(query) // n_blocks

    def value(u):
        return memory.evidence(u) + likelihood(query, u, channel)

    def score(u):
        e = memory.evidence(u)
        return likelihood(query, u, channel) + (log_sigmoid(e) if saturate else e)

    def block(i):
        return i // size if size else i

    def change(u, *units):
        other = u.copy()
        other[list(units)] ^= 1
        return other

    def grow(seed):
        u = np.zeros(n, np.uint8)
        u[seed] = 1
        while k is None or u.sum() < k:
            taken = {block(i) for i in np.flatnonzero(u)}
            free = [j for j in range(n) if block(j) not in taken]
            if not free:
                break
            best = max(free, key=lambda j: value(change(u, j)))
            if k is None and value(change(u, best)) <= value(u):
                break
            u = change(u, best)
        return u

    def polish(u):
        for _ in range(60):
            active, silent = np.flatnonzero(u == 1), np.flatnonzero(u == 0)
            moves = [(i, j) for i in active for j in silent if not size or block(i) == block(j)]
            if k is None:
                moves += [(i,) for i in range(n)]
            best = max(moves, key=lambda move: value(change(u, *move)), default=())
            if value(change(u, *best)) <= value(u) + 1e-4:
                break
            u = change(u, *best)
        return u

    one = {"channel": channel, "max_steps": 1}
    if k is None:
        first = memory.retrieve(query, activation="threshold", **one)
    else:
        activation = "winners" if n_blocks is None else "block-winners"
        first = memory.retrieve(query, activation=activation, n_active=k, **one)
    x = first.potentials.finite + 1e6 * first.potentials.infinite
    order = sorted(range(n), key=lambda j: (-int(query[j]), -x[j]))
    candidates, times, covered = [], {}, set()
    for seed in [-1, *order[:n_starts]]:
        if seed in covered:
            continue
        u = polish(first.patterns.copy() if seed < 0 else grow(seed))
        candidates.append(u)
        times[u.tobytes()] = times.get(u.tobytes(), 0) + 1
        if times[u.tobytes()] == 2 and memory.evidence(u) > 3:
            covered |= set(np.flatnonzero(u))
    return max(candidates, key=score), len(candidates)


@pytest.mark.parametrize("saturate", [True, False])
@pytest.mark.parametrize("kind", ["palm", "block", "open number"])
def test_the_search_equals_the_slow_version(kind, saturate):
    rng = np.random.default_rng(2)
    n, k, M = 24, 4, 30
    make = patterns.block if kind == "block" else patterns.palm
    stored = make(M, n, k, rng=rng)
    queries = patterns.corrupt(stored[:5], completeness=0.6, addition=0.4, rng=rng)
    memory = AssociativeMemory(n)
    memory.store(stored)
    channel = Channel.of_query(0.6, 0.4, n_units=n, n_active=k)
    activation = {"palm": "winners", "block": "block-winners"}.get(kind, "threshold")
    number = None if kind == "open number" else k
    out = memory.retrieve(
        queries,
        channel=channel,
        activation=activation,
        n_active=number,
        noise="search",
        n_starts=5,
        saturate=saturate,
    )
    for row, query in enumerate(queries):
        blocks = k if kind == "block" else None
        answer, n_starts = slow_search(memory, query, channel, number, blocks, 5, saturate)
        np.testing.assert_array_equal(out.patterns[row], answer)
        assert out.n_steps[row] == n_starts
        evidence = memory.evidence(answer)
        assert out.evidence[row] == pytest.approx(evidence, abs=1e-3)
        other = log_sigmoid(evidence) if saturate else evidence
        score = likelihood(query, answer, channel) + other
        assert out.score[row] == pytest.approx(score, abs=1e-3)


def test_the_best_of_all_patterns_is_found():
    """Among all 364 patterns of 3 of 14 units."""
    rng = np.random.default_rng(0)
    stored = patterns.palm(12, 14, 3, rng=rng)
    queries = patterns.corrupt(stored, completeness=0.7, addition=0.4, rng=rng)
    channel = Channel.of_query(0.7, 0.4, n_units=14, n_active=3)
    memory = AssociativeMemory(14)
    memory.store(stored)
    every = np.zeros((364, 14), np.uint8)
    for row, units in enumerate(combinations(range(14), 3)):
        every[row, units] = 1
    evidence = log_sigmoid(memory.evidence(every))
    out = memory.retrieve(queries, channel=channel, n_active=3, noise="search")
    for query, score in zip(queries, out.score, strict=True):
        best = max(likelihood(query, u, channel) + e for u, e in zip(every, evidence, strict=True))
        assert score == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("activation", ["winners", "block-winners", "threshold"])
def test_a_batch_equals_its_queries_one_by_one(activation, monkeypatch):
    rng = np.random.default_rng(3)
    stored = patterns.block(60, 60, 6, rng=rng)
    queries = patterns.corrupt(stored[:12], completeness=0.6, addition=0.5, rng=rng)
    memory = AssociativeMemory(60)
    memory.store(stored)
    numbers = None if activation == "threshold" else 6
    call = {"channel": CHANNEL, "activation": activation, "n_active": numbers, "noise": "search"}
    batch = memory.retrieve(queries, **call)
    single = [memory.retrieve(query, **call) for query in queries]
    monkeypatch.setattr("assocmem.search.CHUNK_NUMBERS", 1000)
    chunked = memory.retrieve(queries, **call)
    for name in ("patterns", "score", "evidence", "background", "n_steps", "converged"):
        np.testing.assert_array_equal(getattr(batch, name), [getattr(s, name) for s in single])
        np.testing.assert_array_equal(getattr(batch, name), getattr(chunked, name))


def test_each_query_may_have_its_own_number_of_units():
    rng = np.random.default_rng(4)
    stored = patterns.bernoulli(80, 60, 6, rng=rng)
    numbers = stored.sum(axis=1, dtype=np.intp)
    memory = AssociativeMemory(60)
    memory.store(stored)
    queries = patterns.corrupt(stored, completeness=0.9, addition=0.1, independent=True, rng=rng)
    out = memory.retrieve(queries, channel=CHANNEL, n_active=numbers, noise="search")
    np.testing.assert_array_equal(out.patterns.sum(axis=1), numbers)


@pytest.mark.parametrize("noise", ["fixed", "batch", "soft"])
@pytest.mark.parametrize("schedule", [(), (4, 5)])
def test_states_are_the_answers_that_fewer_steps_would_have_given(noise, schedule, palm_memory):
    memory, _, queries = palm_memory(n_patterns=120)
    call = {"channel": CHANNEL, "n_active": 6, "noise": noise, "schedule": schedule}
    out = memory.retrieve(queries, states=True, **call)
    assert len(out.states) == out.n_steps.max() > 2
    for step, states in enumerate(out.states, 1):
        fewer = memory.retrieve(queries, max_steps=step, **call)
        np.testing.assert_array_equal(states, fewer.patterns)
    np.testing.assert_array_equal(out.states[-1], out.patterns)
    alone = memory.retrieve(queries[0], states=True, **call | {"noise": "fixed"})
    assert alone.states.shape == (alone.n_steps, 60)
    assert memory.retrieve(queries, **call).states is None


def test_states_of_a_search_are_the_best_after_each_start(palm_memory):
    memory, _, queries = palm_memory(n_patterns=120)
    call = {"channel": CHANNEL, "n_active": 6, "noise": "search"}
    out = memory.retrieve(queries, states=True, n_starts=5, **call)
    assert out.states.shape == (6, 120, 60)
    for n_starts, states in enumerate(out.states):
        fewer = memory.retrieve(queries, n_starts=n_starts, **call)
        np.testing.assert_array_equal(states, fewer.patterns)


def test_known_and_unknown_cues_are_told_apart():
    """The area under the curve of the score, and few wrong decisions at the background."""
    rng = np.random.default_rng([0, 7])
    stored = patterns.palm(200, 200, 8, rng=rng)
    noise = {"completeness": 0.75, "addition": 0.25}
    channel = Channel.of_query(*noise.values(), n_units=200, n_active=8)
    memory = AssociativeMemory(200)
    memory.store(stored)
    known, unknown = (
        patterns.corrupt(part, **noise, rng=rng)
        for part in (stored, patterns.palm(200, 200, 8, rng=rng))
    )
    call = {"channel": channel, "n_active": 8}
    outs = [memory.retrieve(part, noise="search", **call) for part in (known, unknown)]
    scores = [out.score for out in outs]
    area = (scores[0][:, None] > scores[1]).mean()
    assert area > 0.999
    assert memory.is_known(known, **call).mean() >= 0.98
    assert memory.is_known(unknown, **call).mean() <= 0.02
    np.testing.assert_array_equal(outs[1].is_known, memory.is_known(unknown, **call))
    assert memory.is_known(known[0], **call).shape == ()


def test_the_background_is_the_probability_of_independent_units(palm_memory):
    memory, stored, queries = palm_memory()
    out = memory.retrieve(queries[:4], channel=CHANNEL, n_active=6, noise="search")
    p = np.clip(stored.mean(axis=0), 0.5 / 60, 1 - 0.5 / 60)
    for query, background in zip(queries, out.background, strict=False):
        given_on = np.where(query, 1 - CHANNEL.e10, CHANNEL.e10)
        given_off = np.where(query, CHANNEL.e01, 1 - CHANNEL.e01)
        ratio = (p * given_on + (1 - p) * given_off) / given_off
        assert background == pytest.approx(np.log(60) + np.log(ratio).sum())


def test_other_retrieval_has_no_score(palm_memory):
    memory, _, queries = palm_memory()
    out = memory.retrieve(queries, channel=CHANNEL, n_active=6)
    assert out.score.shape == out.evidence.shape == out.background.shape == (60,)
    assert np.isnan([out.score, out.evidence, out.background]).all()
    with pytest.raises(ValueError, match="is_known: needs a result of retrieve"):
        _ = out.is_known
    out = memory.retrieve(queries, channel=CHANNEL, n_active=6, noise="search", saturate=False)
    with pytest.raises(ValueError, match="is_known: needs a result of retrieve"):
        _ = out.is_known


@pytest.mark.parametrize("activation", ["winners", "block-winners", "threshold"])
def test_odd_queries_are_answered(activation, palm_memory):
    memory, _, queries = palm_memory()
    call = {"channel": Channel(0, 0), "activation": activation, "noise": "search"}
    if activation != "threshold":
        call["n_active"] = 6
    for asked in (np.zeros((2, 60)), np.ones((2, 60)), queries[:0], queries[:1]):
        out = memory.retrieve(asked, **call)
        assert out.patterns.shape == asked.shape
        assert np.isfinite(out.score).all()
        if activation != "threshold":
            assert (out.patterns.sum(axis=1) == 6).all()
    for k in (0, 60):
        out = memory.retrieve(queries, channel=CHANNEL, n_active=k, noise="search")
        assert (out.patterns.sum(axis=1) == k).all()
    empty = AssociativeMemory(60).retrieve(queries, **call)
    assert not empty.patterns.any()
    assert not empty.is_known.any()
    assert np.isneginf([empty.score, empty.evidence]).all()
    assert not AssociativeMemory(60).is_known(queries, channel=CHANNEL, n_active=6).any()


@pytest.mark.parametrize("rule", [name for name in RULES if not RULES[name].has_pair_evidence])
def test_rules_without_evidence_of_pairs_are_refused(rule, palm_memory):
    memory, _, queries = palm_memory(rule)
    with pytest.raises(ValueError, match="noise: 'search' needs a rule with evidence of pairs"):
        memory.retrieve(queries, channel=CHANNEL, n_active=6, noise="search")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_starts": -1, "noise": "search"}, "n_starts: must be a whole number, at least 0"),
        ({"n_starts": 4}, "n_starts: must be left out unless noise is 'search', not 'fixed'"),
        ({"saturate": True}, "saturate: must be left out unless noise is 'search'"),
        ({"saturate": 0, "noise": "search"}, "saturate: must be True or False, not 0"),
        ({"states": "all"}, "states: must be True or False, not 'all'"),
        ({"noise": "search", "channel": None}, "channel: must be given"),
    ],
)
def test_wrong_settings_get_a_clear_message(settings, message, palm_memory):
    memory, _, queries = palm_memory()
    with pytest.raises(ValueError, match=message):
        memory.retrieve(queries, **{"channel": CHANNEL, "n_active": 6} | settings)


def test_the_couplings_are_kept_until_the_memory_changes(palm_memory, monkeypatch):
    memory, stored, queries = palm_memory()
    call = {"channel": CHANNEL, "n_active": 6, "noise": "search"}
    memory.retrieve(queries, **call)
    first = memory._evaluator.pairs()
    other = Channel(0.01, 0.4)
    memory.retrieve(queries, **call | {"channel": other})
    assert memory._evaluator.pairs() is first
    memory.store(stored[:1])
    assert memory._evaluator.pairs() is not first
    monkeypatch.setattr("assocmem.weights.CACHE_BYTES", 0)
    memory.retrieve(queries, **call)
    assert len(memory._evaluator.cache._matrices) == 1
