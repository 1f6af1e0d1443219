"""Measured figures of the search, beside soft and clamped batch estimates on the same queries.

16 fixed seeds with 80 queries each; thresholds are ratios of output errors (docs/assocmem.md).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from assocmem import AssociativeMemory, Channel, measures, patterns

MODES = {
    "clamp": {"noise": "batch", "clamp": True},
    "soft": {"noise": "soft"},
    "search": {"noise": "search"},
}
N_QUERIES = 80


@cache
def figures(
    mode, ensemble, n, k, M, noise, *, activation="winners", assumed=None, seeds=(0, 16, 7)
):
    """Return the mean output error over all seeds, and the fraction of exact answers."""
    errors, exact = [], []
    for seed in range(*seeds[:2]):
        rng = np.random.default_rng([seed, seeds[2]])
        stored = getattr(patterns, ensemble)(M, n, k, rng=rng)
        asked, independent = stored[:N_QUERIES], ensemble == "bernoulli"
        queries = patterns.corrupt(
            asked,
            completeness=noise[0],
            addition=noise[1],
            independent=independent,
            n_active=k if independent else None,
            rng=rng,
        )
        memory = AssociativeMemory(n)
        memory.store(stored)
        number = asked.sum(axis=1, dtype=np.intp) if independent else k
        out = memory.retrieve(
            queries,
            channel=Channel.of_query(*(assumed or noise), n_units=n, n_active=k),
            activation=activation,
            n_active=None if activation == "threshold" else number,
            **MODES[mode],
        )
        errors.append(measures.output_error(out.patterns, asked, n_active=k).mean())
        exact.append(measures.exact_fraction(out.patterns, asked))
    return float(np.mean(errors)), float(np.mean(exact))


def error(mode, *case, **more):
    return figures(mode, *case, **more)[0]


def test_the_search_is_far_better_than_hard_estimates_on_palm_patterns():
    case = ("palm", 200, 8, 250, (0.75, 0.25))
    assert error("search", *case) <= 0.012
    assert error("search", *case) <= 0.4 * error("clamp", *case)


def test_the_search_is_best_where_half_of_the_cue_is_wrong():
    case = ("palm", 200, 8, 130, (0.5, 0.5))
    assert error("search", *case) <= 0.025
    assert error("search", *case) <= 0.7 * error("soft", *case)


def test_the_search_beats_soft_estimates_on_incomplete_block_patterns():
    case, more = ("block", 200, 8, 280, (0.5, 0.0)), {"activation": "block-winners"}
    assert error("search", *case, **more) <= 0.9 * error("soft", *case, **more)


def test_the_search_finds_patterns_of_unknown_activity():
    case, more = ("bernoulli", 200, 8, 150, (0.75, 0.25)), {"activation": "threshold"}
    assert error("search", *case, **more) <= 0.7 * error("soft", *case, **more)
    assert error("search", *case, **more) <= 0.9 * error("clamp", *case, **more)
    case = ("bernoulli", 200, 8, 100, (0.5, 0.5))
    assert error("search", *case, **more) <= 0.85 * error("clamp", *case, **more)


def test_the_search_finds_bernoulli_patterns_of_known_activity():
    case = ("bernoulli", 200, 8, 150, (0.75, 0.25))
    assert error("search", *case) <= 0.85 * error("soft", *case)


def test_more_incomplete_bernoulli_patterns_are_exact_though_units_tie():
    case, more = ("bernoulli", 200, 8, 150, (0.6, 0.0)), {"activation": "threshold"}
    exact = {mode: figures(mode, *case, **more)[1] for mode in ("search", "clamp")}
    assert exact["search"] >= exact["clamp"] + 0.02


def test_the_search_holds_250_patterns_of_which_half_of_each_cue_is_wrong():
    case, more = ("palm", 250, 10, 250, (0.5, 0.5)), {"seeds": (20, 28, 11)}
    assert error("search", *case, **more) <= 0.010
    assert error("search", *case, **more) <= 0.35 * error("soft", *case, **more)


def test_the_search_does_not_mind_a_wrong_channel():
    case = ("palm", 200, 8, 250, (0.75, 0.25))
    assumed = [(0.75, 0.25), (0.9, 0.1), (0.95, 0.05), (0.5, 0.5), (0.75, 1.0)]
    errors = [error("search", *case, assumed=pair, seeds=(0, 8, 13)) for pair in assumed]
    assert max(errors) - min(errors) <= 0.004
