"""Prototypes of which distorted instances are stored: which rule finds them from a distorted cue.

Fixed seeds, 60 cues each; thresholds are ratios on the same patterns.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from assocmem import AssociativeMemory, Channel, measures, patterns
from assocmem.rules.bcpnn import ShrunkBCPNN

N, K, MOVED = 200, 10, 0.3
SEEDS = range(700, 704)
TOTAL = MOVED + MOVED - MOVED**2
CHANNEL = Channel(TOTAL * K / (N - K), TOTAL)
SEARCH = {"noise": "search", "saturate": False}


@cache
def found(rule, n_prototypes, n_instances, search=False):
    """Return the fraction of prototypes that are found exactly."""
    exact = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        originals = patterns.palm(n_prototypes, N, K, rng=rng)
        distortion = {"completeness": 1 - MOVED, "addition": MOVED, "rng": rng}
        memory = AssociativeMemory(N, rule=rule)
        memory.store(patterns.corrupt(np.repeat(originals, n_instances, axis=0), **distortion))
        asked = originals[rng.integers(n_prototypes, size=60)]
        cues = patterns.corrupt(asked, **distortion)
        out = memory.retrieve(cues, channel=CHANNEL, n_active=K, **(SEARCH if search else {}))
        exact.append(measures.exact_fraction(out.patterns, asked))
    return float(np.mean(exact))


def test_shrinking_helps_where_prototypes_share_units():
    assert found("bcpnn-shrunk", 80, 10) >= 1.3 * found("bcpnn-stable", 80, 10)


def test_shrinking_helps_where_few_prototypes_are_far_apart():
    assert found("bcpnn-shrunk", 20, 10) >= found("bcpnn-stable", 20, 10) + 0.15


def test_the_search_finds_prototypes_of_few_instances():
    assert found("bcpnn-shrunk", 40, 4, search=True) >= 1.4 * found("bcpnn-shrunk", 40, 4)


def test_iterated_bayes_is_led_astray_by_correlations():
    assert found("covariance", 20, 10) >= found("bayes", 20, 10) + 0.3


@pytest.mark.parametrize(("strength", "limit"), [(1e-7, "bcpnn"), (1e7, "covariance")])
def test_strong_and_weak_shrinking_are_known_rules(strength, limit, palm_memory):
    memory, stored, _ = palm_memory(n_patterns=1500)  # every pair of units has coincided
    assert memory.coincidences.min() > 0
    weights = []
    for rule in (ShrunkBCPNN(strength), limit):
        other = AssociativeMemory(60, rule=rule)
        other.store(stored)
        weights.append(other.weights().weights.finite)
    scale = 1 if limit == "bcpnn" else strength
    np.testing.assert_allclose(scale * weights[0], weights[1], rtol=1e-4, atol=1e-4)


def test_the_strength_must_be_positive():
    with pytest.raises(ValueError, match="strength: must be a number of at least"):
        ShrunkBCPNN(0)
