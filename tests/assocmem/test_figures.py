"""Measured figures: which retrieval beats which, by how much, pooled over 16 seeds.

Each figure stores new patterns for each of 16 fixed seeds and retrieves 100 of them. Thresholds are
ratios of output errors on the same seeds.
"""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import AssociativeMemory, Channel, measures, patterns

# On one worker: what the tests share is costly.
pytestmark = pytest.mark.xdist_group("figures of assocmem")

SEEDS = range(16)
N_QUERIES = 100


def pooled_error(rule, experiment, **settings):
    """Return the mean output error over all seeds."""
    errors = []
    for seed in SEEDS:
        streams = np.random.default_rng(seed).spawn(3)
        stored, queries = experiment.draw(streams[0], streams[1])
        memory = AssociativeMemory(experiment.n_units, rule=rule)
        memory.store(stored)
        extra = {"calibration": stored} if settings.get("noise") == "calibrated" else {}
        out = memory.retrieve(
            queries,
            channel=experiment.channel,
            n_active=experiment.n_active,
            rng=streams[2],
            **extra,
            **settings,
        )
        error = measures.output_error(
            out.patterns, stored[:N_QUERIES], n_active=experiment.n_active
        )
        errors.append(error.mean())
    return float(np.mean(errors))


class Experiment:
    """Patterns and queries of one figure."""

    def __init__(self, n_units, n_active, n_patterns, completeness, addition, ensemble):
        self.n_units, self.n_active, self.n_patterns = n_units, n_active, n_patterns
        self.completeness, self.addition = completeness, addition
        self.ensemble = ensemble
        self.channel = Channel.of_query(completeness, addition, n_units=n_units, n_active=n_active)

    def draw(self, of_patterns, of_queries):
        stored = self.ensemble(self.n_patterns, self.n_units, self.n_active, rng=of_patterns)
        queries = patterns.corrupt(
            stored[:N_QUERIES],
            completeness=self.completeness,
            addition=self.addition,
            independent=self.ensemble is patterns.bernoulli,
            n_active=self.n_active if self.ensemble is patterns.bernoulli else None,
            rng=of_queries,
        )
        return stored, queries


@pytest.fixture(scope="module")
def noisy_cues():
    """Output errors with 3/4 of the cue right and 1/4 as many units wrong (figure A)."""
    experiment = Experiment(200, 8, 250, 0.75, 0.25, patterns.palm)
    core = {"schedule": (6, 6)}
    runs = {
        "one step": ("bayes", {"max_steps": 1}),
        "iterated": ("bayes", {}),
        "own term always": ("bayes", {"self_term": "always"}),
        "classic BCPNN": ("bcpnn", {}),
        "ANE": ("bayes", {"noise": "batch"}),
        "clamped ANE": ("bayes", {"noise": "batch", "clamp": True}),
        "core": ("bayes", core),
        "core with ANE": ("bayes", {"noise": "calibrated", **core}),
        "soft": ("bayes", {"noise": "soft"}),
    }
    return {name: pooled_error(rule, experiment, **kw) for name, (rule, kw) in runs.items()}


def test_iteration_improves_on_one_step(noisy_cues):
    assert noisy_cues["iterated"] <= 0.7 * noisy_cues["one step"]


def test_classic_bcpnn_beats_bayes_whose_noise_estimate_stays_that_of_the_query(noisy_cues):
    assert noisy_cues["classic BCPNN"] <= 0.95 * noisy_cues["iterated"]


def test_adaptive_noise_estimation_improves_iterated_bayes(noisy_cues):
    assert noisy_cues["ANE"] <= 0.85 * noisy_cues["iterated"]


def test_the_clamped_query_with_adaptive_noise_halves_the_error(noisy_cues):
    assert noisy_cues["clamped ANE"] <= 0.5 * noisy_cues["iterated"]


def test_core_retrieval_gains_from_adaptive_noise_estimation(noisy_cues):
    assert noisy_cues["core with ANE"] <= 0.65 * noisy_cues["core"]


def test_counting_the_own_term_in_later_steps_freezes_errors(noisy_cues):
    assert noisy_cues["own term always"] >= 1.1 * noisy_cues["iterated"]


def test_soft_noise_estimation_beats_the_best_hard_one(noisy_cues):
    assert noisy_cues["soft"] <= 0.6 * noisy_cues["clamped ANE"]
    assert noisy_cues["soft"] <= 0.018


def test_bayes_beats_confidence_propagation_on_bernoulli_patterns():
    """Figure C: one step, threshold, independent noise."""
    experiment = Experiment(250, 10, 200, 0.8, 0.2, patterns.bernoulli)
    bayes, bcp = (
        pooled_error(rule, experiment, activation="threshold", max_steps=1)
        for rule in ("bayes", "bcp")
    )
    assert bayes <= 0.75 * bcp


@pytest.fixture(scope="module")
def incomplete_cues():
    """Output errors with half of each pattern as cue and nothing wrong (figure D)."""
    experiment = Experiment(200, 8, 200, 0.5, 0.0, patterns.palm)
    modes = {"iterated": "fixed", "ANE": "batch", "soft": "soft"}
    return {name: pooled_error("bayes", experiment, noise=noise) for name, noise in modes.items()}


def test_hard_noise_estimation_gains_nothing_without_false_alarms(incomplete_cues):
    assert 0.8 <= incomplete_cues["ANE"] / incomplete_cues["iterated"] <= 1.3


def test_soft_noise_estimation_gains_without_false_alarms(incomplete_cues):
    assert incomplete_cues["soft"] <= 0.6 * incomplete_cues["iterated"]
