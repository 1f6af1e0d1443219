"""Iterative retrieval against a loop over one query at a time, and what its options do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit

from assocmem import RULES, AssociativeMemory, Channel, patterns
from assocmem import evaluation as evaluation_module

CHANNEL = Channel.of_query(0.75, 0.25, n_units=60, n_active=6)
PROBABILISTIC = [name for name, rule in RULES.items() if rule.probabilistic]


def choose_winners(finite, infinite, k):
    """Sort pairs; equal ones by index."""
    order = sorted(range(len(finite)), key=lambda j: (-infinite[j], -finite[j], j))
    state = np.zeros(len(finite), np.uint8)
    state[order[:k]] = 1
    return state


def estimate(finite, infinite, state, k):
    """(e01, e10) of a state by posteriors that sum up to k, before limits."""
    order = sorted(zip(infinite, finite, strict=True), reverse=True)
    count = order[k - 1][0]
    certain, candidates = infinite > count, infinite == count

    def excess(theta):
        return certain.sum() + expit(finite[candidates] - theta).sum() - k

    p = certain.astype(float)
    p[candidates] = expit(finite[candidates] - brentq(excess, -300, 300))
    e01 = ((1 - p) * state).sum() / (1 - p).sum()
    return np.array([e01, (p * (1 - state)).sum() / p.sum()])


def is_clear(finite, infinite, k):
    """Whether the last winner leads by more than single precision can blur."""
    pairs = sorted(zip(infinite, finite, strict=True), reverse=True)
    return pairs[k - 1][0] > pairs[k][0] or pairs[k - 1][1] > pairs[k][1] + 1e-4


def slow_retrieval(memory, query, k, *, steps, noise, clamp, schedule, self_term):
    """One query, one step after the other, up to the first tie; states and noise of each step."""
    later = AssociativeMemory(memory.n_units, rule=memory.rule.adaptive()) if noise else memory
    if noise:
        later._statistics.__dict__.update(memory._statistics.__dict__)
    z, e, states, history = query, np.array([CHANNEL.e01, CHANNEL.e10]), [], []
    own = np.where(
        query,
        np.log((1 - CHANNEL.e10) / CHANNEL.e01),
        np.log(CHANNEL.e10 / (1 - CHANNEL.e01)),
    )
    for t in range(steps):
        with_own = not clamp and (self_term == "always" or (self_term == "first" and t == 0))
        x = (memory if t == 0 else later).potentials(z, Channel(*e), self_term=with_own)
        finite = x.finite + own if clamp else x.finite
        sizes = {k, schedule[t] if t < len(schedule) else k}
        if not all(is_clear(finite, x.infinite, size) for size in sizes):
            break
        history.append(e)
        z = choose_winners(finite, x.infinite, schedule[t] if t < len(schedule) else k)
        states.append(choose_winners(finite, x.infinite, k))
        if noise:
            e = np.clip(estimate(finite, x.infinite, z, k), [1e-5, 1e-3], [0.5, 0.999])
    return states, np.array(history)


@pytest.mark.parametrize("schedule", [(), (4, 5)])
@pytest.mark.parametrize("noise", [False, True], ids=["fixed", "posterior"])
@pytest.mark.parametrize("clamp", [False, True], ids=["free", "clamp"])
@pytest.mark.parametrize("rule", PROBABILISTIC)
def test_each_step_equals_the_slow_version(rule, clamp, noise, schedule, palm_memory):
    memory, _, queries = palm_memory(rule, n_patterns=80)
    n_compared = 0
    for query in queries[:12]:
        settings = {"clamp": clamp, "schedule": schedule}
        states, history = slow_retrieval(
            memory, query, 6, steps=4, noise=noise, self_term="first", **settings
        )
        for steps in range(1, len(states) + 1):
            out = memory.retrieve(
                query,
                channel=CHANNEL,
                n_active=6,
                max_steps=steps,
                noise="posterior" if noise else "fixed",
                **settings,
            )
            if out.n_steps < steps:
                break  # converged before
            np.testing.assert_array_equal(out.patterns, states[steps - 1])
            # Bias interpolation and single precision limit the agreement of the estimates.
            np.testing.assert_allclose(out.noise, history[:steps], rtol=5e-3, atol=1e-6)
            n_compared += 1
    assert n_compared >= 6


@pytest.mark.parametrize("self_term", ["first", "never", "always"])
@pytest.mark.parametrize("rule", RULES)
def test_own_terms_count_when_asked_for(rule, self_term, palm_memory):
    memory, _, queries = palm_memory(rule)
    for steps in (1, 2):
        out = memory.retrieve(
            queries[:5], channel=CHANNEL, n_active=6, max_steps=steps, self_term=self_term
        )
        before = queries[:5]
        if steps == 2:
            before = memory.retrieve(
                before, channel=CHANNEL, n_active=6, max_steps=1, self_term=self_term
            ).patterns
        own = self_term == "always" or (self_term == "first" and steps == 1)
        x = memory.potentials(before, CHANNEL, self_term=own)
        reached = out.n_steps == steps
        np.testing.assert_array_equal(out.potentials.infinite[reached], x.infinite[reached])
        np.testing.assert_allclose(
            out.potentials.finite[reached], x.finite[reached], rtol=1e-5, atol=1e-4
        )


@pytest.mark.parametrize("rule", RULES)
def test_own_terms_count_first_by_default_but_not_for_classic_networks(rule, palm_memory):
    memory, _, queries = palm_memory(rule)
    expected = {"willshaw": "always", "hopfield-bipolar": "never"}.get(rule, "first")
    call = {"channel": CHANNEL, "n_active": 6}
    default = memory.retrieve(queries, **call)
    chosen = memory.retrieve(queries, self_term=expected, **call)
    np.testing.assert_array_equal(default.potentials.finite, chosen.potentials.finite)


def test_a_converged_state_repeats_itself(palm_memory):
    memory, _, queries = palm_memory()
    out = memory.retrieve(queries, channel=CHANNEL, n_active=6, max_steps=10)
    assert out.converged.any()
    stopped = out.converged & (out.n_steps > 1)  # the first step counts own terms, too
    again = memory.potentials(out.patterns[stopped], CHANNEL, self_term=False)
    for state, x in zip(out.patterns[stopped], again.finite, strict=True):
        np.testing.assert_array_equal(choose_winners(x, np.zeros(60), 6), state)


def test_queries_that_do_not_converge_make_all_steps(palm_memory):
    memory, _, queries = palm_memory(n_patterns=150)
    out = memory.retrieve(queries, channel=CHANNEL, n_active=6, max_steps=4)
    assert not out.converged.all()
    assert (out.n_steps[~out.converged] == 4).all()
    assert (out.n_steps[out.converged] <= 4).all()


def test_finished_queries_are_not_computed_again(monkeypatch, palm_memory):
    memory, stored, _ = palm_memory(n_patterns=10)
    rows = []
    original = evaluation_module.WeightMatrix.potentials

    def count(self, inputs):
        rows.append(len(inputs))
        return original(self, inputs)

    monkeypatch.setattr(evaluation_module.WeightMatrix, "potentials", count)
    out = memory.retrieve(stored, channel=CHANNEL, n_active=6)
    assert out.converged.all()
    assert sum(rows) == out.n_steps.sum()


def test_weights_are_computed_once_for_a_channel(monkeypatch, palm_memory):
    memory, _, queries = palm_memory()
    calls = []
    original = type(memory.rule).terms
    monkeypatch.setattr(
        type(memory.rule), "terms", lambda *args: calls.append(1) or original(*args)
    )
    for e01 in (CHANNEL.e01, CHANNEL.e01 * (1 + 1e-15)):
        channel = Channel(e01, CHANNEL.e10)
        memory.retrieve(queries, channel=channel, n_active=6)
    assert len(calls) == 1


def test_core_steps_have_fewer_winners_but_the_answer_has_all(palm_memory):
    memory, _, queries = palm_memory()
    for steps in (1, 2, 3):
        out = memory.retrieve(
            queries, channel=CHANNEL, n_active=6, schedule=np.array([3, 4]), max_steps=steps
        )
        assert (out.patterns.sum(axis=1) == 6).all()
    assert (out.n_steps > 2).all()


def test_block_winners_have_one_unit_per_block():
    rng = np.random.default_rng(0)
    stored = patterns.block(30, 60, 6, rng=rng)
    queries = patterns.corrupt(stored, completeness=0.5, addition=0.2, n_blocks=6, rng=rng)
    memory = AssociativeMemory(60)
    memory.store(stored)
    channel = Channel.of_query(0.5, 0.2, n_units=60, n_active=6)
    for noise in ("fixed", "batch", "posterior", "soft"):
        for schedule in ((), (4, 5)):
            out = memory.retrieve(
                queries,
                channel=channel,
                activation="block-winners",
                n_active=6,
                noise=noise,
                schedule=schedule,
            )
            assert (out.patterns.reshape(30, 6, 10).sum(axis=2) == 1).all()
            assert (out.patterns == stored).mean() > 0.95


def test_each_query_may_have_its_own_number_of_winners(palm_memory):
    memory, _, queries = palm_memory()
    numbers = np.arange(len(queries)) % 7
    for noise in ("fixed", "batch", "soft"):
        out = memory.retrieve(queries, channel=CHANNEL, n_active=numbers, noise=noise)
        np.testing.assert_array_equal(out.patterns.sum(axis=1), numbers)


@pytest.mark.parametrize("rule", ["willshaw", "inhibitory-willshaw"])
def test_the_willshaw_threshold_finds_everything_that_all_inputs_support(rule, palm_memory):
    memory, stored, _ = palm_memory(rule, n_patterns=40)
    queries = patterns.corrupt(stored, completeness=0.5, rng=1)
    out = memory.retrieve(queries, activation="willshaw", max_steps=1, self_term="always")
    exists = memory.coincidences > 0
    for query, answer in zip(queries, out.patterns, strict=True):
        np.testing.assert_array_equal(answer, exists[query == 1].all(axis=0))


def test_ties_go_to_the_smaller_index_or_to_a_random_unit():
    memory = AssociativeMemory(40, rule="hebb")
    memory.store(np.ones(40))
    by_index = memory.retrieve(np.ones((50, 40)), n_active=3, max_steps=1)
    np.testing.assert_array_equal(by_index.patterns, [[1] * 3 + [0] * 37] * 50)
    draws = [
        memory.retrieve(
            np.ones((50, 40)), n_active=3, max_steps=1, ties="random", rng=seed
        ).patterns
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()
    assert len(np.unique(draws[0], axis=0)) > 40  # of 9880 equally likely choices
    assert (draws[0].sum(axis=1) == 3).all()


def test_calibration_depends_on_the_seed_alone(palm_memory):
    memory, stored, queries = palm_memory()
    call = {"channel": CHANNEL, "n_active": 6, "noise": "calibrated", "calibration": stored}
    one, two, three = (memory.retrieve(queries, rng=seed, **call) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.noise, two.noise)
    assert (one.noise[1:] != three.noise[1 : len(one.noise)]).any()


def test_calibrated_noise_is_that_of_the_simulated_retrieval(palm_memory):
    """After a noiseless query of an uncrowded memory no errors are left: the lower limits."""
    memory, stored, _ = palm_memory(n_patterns=5)
    channel = Channel(0.001, 0.1)
    out = memory.retrieve(
        stored, channel=channel, n_active=6, noise="calibrated", calibration=stored, rng=0
    )
    np.testing.assert_allclose(out.noise[1], [1e-5, 1e-3])


def test_true_noise_counts_the_errors_of_each_query(palm_memory):
    memory, stored, queries = palm_memory(n_patterns=120)
    out = memory.retrieve(queries, channel=CHANNEL, n_active=6, noise="true", truth=stored)
    first = memory.retrieve(queries, channel=CHANNEL, n_active=6, max_steps=1)
    hits = (first.patterns & stored).sum(axis=1, dtype=int)
    np.testing.assert_allclose(out.noise[1, :, 0], np.clip((6 - hits) / 54, 1e-5, 0.5))
    np.testing.assert_allclose(out.noise[1, :, 1], np.clip(1 - hits / 6, 1e-3, 0.999))
    assert out.noise.shape == (out.n_steps.max(), len(queries), 2)


def test_batch_noise_is_the_mean_over_the_batch_with_finished_queries(palm_memory):
    memory, _, queries = palm_memory(n_patterns=120)
    call = {"channel": CHANNEL, "n_active": 6}
    batch = memory.retrieve(queries, noise="batch", **call)
    single = memory.retrieve(queries, noise="posterior", max_steps=2, **call)
    np.testing.assert_allclose(batch.noise[1], single.noise[1].mean(axis=0), rtol=1e-3)
    assert len(batch.noise) == batch.n_steps.max()


@pytest.mark.parametrize(
    ("rule", "settings", "message"),
    [
        ("hebb", {"noise": "batch"}, "noise: must be 'fixed' with the rule 'hebb'"),
        ("willshaw", {"noise": "soft"}, "noise: must be 'fixed' with the rule 'willshaw'"),
        ("bcp", {"noise": "soft"}, "noise: 'soft' needs a rule with likelihoods"),
        ("bcpnn", {"noise": "soft"}, "noise: 'soft' needs .* not 'bcpnn'"),
        ("covariance", {"clamp": True}, "clamp: must be False with the rule 'covariance'"),
        ("willshaw", {"clamp": True}, "clamp: must be False with the rule 'willshaw'"),
        ("bayes", {"noise": "adaptive"}, "noise: must be one of 'fixed', .* not 'adaptive'"),
        ("bayes", {"noise": "true"}, "truth: must be given with noise 'true'"),
        ("bayes", {"noise": "true", "truth": np.zeros((1, 60))}, "truth and queries: must have"),
        ("bayes", {"noise": "calibrated"}, "calibration: must be given with noise 'calibrated'"),
        (
            "bayes",
            {"noise": "calibrated", "calibration": np.zeros((0, 60))},
            "calibration: must hold at least one pattern",
        ),
        ("bayes", {"n_active": None}, "n_active: must be given with activation 'winners'"),
        ("bayes", {"n_active": 61}, "n_active: must be a whole number, from 0 to 60, not 61"),
        ("bayes", {"n_active": 2.5}, "n_active: must be a whole number, or one for each query"),
        ("bayes", {"n_active": [1, 2]}, "n_active: must be a whole number, or one for each"),
        ("bayes", {"activation": "block-winners", "n_active": 7}, "7 blocks do not divide 60"),
        ("bayes", {"activation": "softmax"}, "activation: must be one of 'threshold', 'winners'"),
        ("hebb", {"activation": "willshaw"}, "the rule 'hebb' does not define"),
        ("bayes", {"self_term": "last"}, "self_term: must be one of 'first', 'never', 'always'"),
        ("bayes", {"ties": "first"}, "ties: must be one of 'index', 'random', not 'first'"),
        ("bayes", {"max_steps": 0}, "max_steps: must be a whole number, at least 1, not 0"),
        ("bayes", {"schedule": (7,)}, "schedule: must be a whole number, from 0 to 6, not 7"),
        (
            "bayes",
            {"schedule": (3,), "activation": "threshold"},
            "schedule: needs activation 'winners' or 'block-winners', not 'threshold'",
        ),
        ("bayes", {"channel": None}, "channel: must be given with the rule 'bayes'"),
    ],
)
def test_what_has_no_meaning_is_refused(rule, settings, message, palm_memory):
    memory, _, queries = palm_memory(rule)
    call = {"channel": CHANNEL, "n_active": 6} | settings
    with pytest.raises(ValueError, match=message):
        memory.retrieve(queries, **call)


def test_linear_rules_need_no_channel(palm_memory):
    memory, _, queries = palm_memory("covariance")
    out = memory.retrieve(queries, n_active=6)
    assert np.isnan(out.noise).all()
    with_channel = memory.retrieve(queries, n_active=6, channel=CHANNEL)
    np.testing.assert_array_equal(out.patterns, with_channel.patterns)
    np.testing.assert_allclose(with_channel.noise[0], [CHANNEL.e01, CHANNEL.e10])


@pytest.mark.parametrize("rule", ["bayes", "bcp", "bcpnn-full"])
def test_clamped_queries_without_false_alarms_keep_their_units(rule, palm_memory):
    memory, _, queries = palm_memory(rule, n_patterns=120, completeness=0.5, addition=0)
    out = memory.retrieve(queries, channel=Channel(0, 0.5), n_active=6, clamp=True, noise="batch")
    assert (out.patterns >= queries).all()


def test_single_rows_equal_the_whole_matrix(palm_memory):
    """Estimated noise is evaluated by rows or by matrix, whichever is less work."""
    for rule in PROBABILISTIC:
        memory, _, queries = palm_memory(rule)
        evaluator = memory._evaluator
        noise = np.array([0.02, 0.11])
        whole = evaluator.estimated(queries, noise, own_term=False, may_use_rows=True)
        single = evaluator.estimated(queries[:1], noise, own_term=False, may_use_rows=True)
        np.testing.assert_allclose(whole.finite[:1], single.finite, atol=2e-3)
        rows = evaluator.estimated_each(queries, np.tile(noise, (len(queries), 1)), False)
        np.testing.assert_allclose(whole.finite, rows.finite, atol=2e-3)
        always = evaluator.estimated(queries[:1], noise, own_term=True, may_use_rows=True)
        each = evaluator.estimated_each(queries[:1], noise[None], own_term=True)
        np.testing.assert_allclose(always.finite, each.finite, atol=1e-4)


@pytest.mark.parametrize("rule", ["bayes", "bcpnn-full"])
def test_interpolated_silent_sums_are_exact_to_a_millinat(rule, palm_memory):
    memory, _, _ = palm_memory(rule, n_patterns=150)
    evaluator = memory._evaluator
    for e01, e10 in [(1e-5, 1e-3), (0.02, 0.07), (0.1, 0.4), (0.5, 0.999), (0.3, 0.2)]:
        channel = Channel(e01, e10)
        exact = evaluator.matrix(channel, exact=True).bias
        fast = evaluator.silent_sum(memory.rule, e10 / (1 - e01))
        np.testing.assert_allclose(fast.finite, exact.finite, atol=1e-3)


def test_a_large_batch_of_random_ties_still_equals_its_parts(palm_memory):
    memory, _, queries = palm_memory("willshaw", n_patterns=100)
    whole = memory.retrieve(queries, n_active=6, ties="random", rng=np.random.default_rng(3))
    rng = np.random.default_rng(3)
    parts = [
        memory.retrieve(part, n_active=6, ties="random", rng=rng).patterns
        for part in np.array_split(queries, 7)
    ]
    np.testing.assert_array_equal(whole.patterns, np.vstack(parts))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"clamp": "yes"}, "clamp: must be True or False, not 'yes'"),
        ({"clamp": 1}, "clamp: must be True or False, not 1"),
        ({"schedule": 3}, "schedule: must be a sequence of whole numbers, .* not 3"),
        ({"schedule": "66"}, "schedule: must be a sequence of whole numbers, .* not '66'"),
        ({"schedule": (4.5,)}, "schedule: must be a whole number, from 0 to 6, not 4.5"),
        ({"rng": "a"}, "rng: must be None, a whole number of at least 0, .* not 'a'"),
        ({"rng": -1}, "rng: must be None, a whole number of at least 0, .* not -1"),
        ({"truth": np.zeros((5, 60))}, "truth: must be left out unless noise is 'true'"),
        ({"calibration": np.zeros((5, 60))}, "calibration: must be left out unless noise is"),
        ({"activation": "threshold", "n_active": 2.5}, "n_active: must be a whole number"),
        ({"activation": "threshold", "n_active": -1}, "n_active: must be a whole number"),
    ],
)
def test_arguments_without_a_meaning_are_refused(settings, message, palm_memory):
    memory, _, queries = palm_memory()
    with pytest.raises(ValueError, match=message):
        memory.retrieve(queries[:5], **{"channel": CHANNEL, "n_active": 6} | settings)


@pytest.mark.parametrize("rule", RULES)
def test_a_channel_is_asked_for_only_where_it_counts(rule, palm_memory):
    memory, _, queries = palm_memory(rule)
    call = {"queries": queries, "n_active": 6}
    if memory.rule.uses_channel:
        with pytest.raises(ValueError, match=f"channel: must be given with the rule '{rule}'"):
            memory.retrieve(**call)
    else:
        without, given = memory.retrieve(**call), memory.retrieve(**call, channel=CHANNEL)
        np.testing.assert_array_equal(without.patterns, given.patterns)
        assert memory.potentials(queries).finite.shape == queries.shape
        assert np.isnan(without.noise).all()
    if memory.rule.probabilistic:
        for settings in ({"clamp": True}, {"noise": "batch"}):
            with pytest.raises(ValueError, match="channel: must be given"):
                memory.retrieve(**call, **settings)


@pytest.mark.parametrize("n_patterns", [2**24 + 2**22, 2**30])
@pytest.mark.parametrize("noise", ["fixed", "batch", "posterior", "soft"])
def test_potentials_stay_exact_for_more_patterns_than_single_precision_counts(n_patterns, noise):
    """As if a few patterns had been stored millions of times: the same memory, but for size."""
    few = AssociativeMemory(12)
    generator = np.random.default_rng(0)
    stored = np.vstack([patterns.palm(31, 12, 3, rng=generator), np.ones((1, 12))])
    few.store(stored)
    many = AssociativeMemory(12)
    factor = n_patterns // 32
    statistics = few._statistics
    many._statistics.restore(
        32 * factor,
        factor * statistics.input_usage,
        factor * statistics.output_usage,
        (factor * statistics.coincidences.astype(np.int64)).astype(np.int32),
    )
    settings = {"channel": Channel(0.05, 0.25), "n_active": 3, "max_steps": 3, "noise": noise}
    one, other = (m.retrieve(stored[:31], **settings) for m in (few, many))
    np.testing.assert_array_equal(one.patterns, other.patterns)
    np.testing.assert_allclose(one.potentials.finite, other.potentials.finite, atol=2e-3)
