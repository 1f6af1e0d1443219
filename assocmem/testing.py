"""Conformance tests for learning rules, for the tests of anyone who writes one.

In a test of yours::

    from assocmem.testing import check_rule

    def test_my_rule_conforms():
        check_rule(MyRule())
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assocmem.channel import Channel
from assocmem.learning import PatternStatistics
from assocmem.memory import AssociativeMemory
from assocmem.rules.base import Potentials, Rule, Terms, take

CHANNELS = (
    Channel(0.05, 0.25),
    Channel(0.0, 0.25),
    Channel(0.05, 0.0),
    Channel(0.0, 0.0),
    Channel(0.3, 0.7),
)

#: Agreement demanded of sums in another order, relative and absolute.
TOLERANCE = 1e-9


def check_rule(rule: Rule, *, rng: int = 0) -> None:
    """Check that a rule keeps the contract of `Rule`, and that a memory works with it.

    Parameters
    ----------
    rule : Rule
        An instance of the rule.
    rng : int, default 0
        Seed of the patterns that are used.

    Raises
    ------
    AssertionError
        At the first violation, with a sentence that says which clause is violated.
    """
    generator = np.random.default_rng(rng)
    for stored in _ensembles(generator):
        statistics = PatternStatistics(stored.shape[1], stored.shape[1], shared=True)
        statistics.add(stored, stored)
        for channel in CHANNELS:
            for dtype in (np.float64, np.float32):
                _check_terms(rule, statistics, channel, dtype)
            _check_blocks(rule, statistics, channel, generator)
        _check_memory(rule, stored, generator)


def _ensembles(generator: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """Yield ordinary patterns, patterns with constant units, and a single one."""
    ordinary = (generator.random((20, 12)) < 0.3).astype(np.uint8)
    yield ordinary
    constant = ordinary.copy()
    constant[:, 3], constant[:, 8] = 0, 1
    yield constant
    yield ordinary[:1]


def _check_terms(
    rule: Rule, statistics: PatternStatistics, channel: Channel, dtype: type[np.floating]
) -> None:
    n_units = len(statistics.input_usage)
    counts = statistics.block(slice(None), dtype)
    before = copy.deepcopy(counts)
    terms = rule.terms(counts, channel)
    _require(isinstance(terms, Terms), "1: terms() must return Terms")
    for name in ("input_usage", "output_usage", "both"):
        same = np.array_equal(getattr(counts, name), getattr(before, name))
        _require(same, f"1: terms() must not change counts.{name}")
    shapes = {"active": (n_units, n_units), "silent": (n_units, n_units), "prior": (n_units,)}
    repeated = rule.terms(before, channel)
    for (name, part), again in zip(terms._asdict().items(), repeated, strict=True):
        if part is None:
            continue
        where = f"terms().{name}"
        _require(isinstance(part, Potentials), f"1: {where} must be Potentials or None")
        _require(part.finite.shape == shapes[name], f"3: {where} must have shape {shapes[name]}")
        _require(part.finite.dtype == dtype, f"3: {where} must keep the dtype of the counts")
        _require(bool(np.isfinite(part.finite).all()), f"4: {where}.finite must be finite")
        _require(_equal(part, again), f"1: {where} must depend on the arguments alone")
        if rule.uses_channel and channel.is_noisy and name != "prior":
            infinite = part.infinite is not None and bool(np.any(part.infinite))
            _require(not infinite, f"6: {where} must have no infinities with a noisy channel")


def _check_blocks(
    rule: Rule, statistics: PatternStatistics, channel: Channel, generator: np.random.Generator
) -> None:
    whole = rule.terms(statistics.block(slice(None), np.float64), channel)
    for rows in (np.array([4]), generator.permutation(len(statistics.input_usage))[:7]):
        part = rule.terms(statistics.block(rows, np.float64), channel)
        for name in ("active", "silent"):
            expected, got = getattr(whole, name), getattr(part, name)
            if expected is None:
                _require(got is None, f"2: terms().{name} must be None for each block")
            else:
                separate = _equal(take(expected, rows), got)
                _require(separate, f"2: terms().{name} must treat inputs separately")
        if whole.prior is not None:
            same = _equal(whole.prior, part.prior)
            _require(same, "5: the prior must be the same for each block")


def _check_memory(rule: Rule, stored: NDArray[np.uint8], generator: np.random.Generator) -> None:
    """Check that permuted units give permuted potentials, and that retrieval runs."""
    channel = CHANNELS[0]
    n_units = stored.shape[1]
    order = generator.permutation(n_units)
    memory = AssociativeMemory(n_units, rule=rule)
    memory.store(stored)
    permuted = AssociativeMemory(n_units, rule=rule)
    permuted.store(stored[::-1, order])
    x = memory.potentials(stored, channel)
    y = permuted.potentials(stored[:, order], channel)
    expected = take(x, (slice(None), order))
    _require(_equal(expected, y), "2: permuted units must have permuted potentials")
    out = memory.retrieve(stored, channel=channel, n_active=3)
    right = bool((out.patterns.sum(axis=1) == 3).all())
    _require(right, "retrieve() must find the right number of winners")


def _require(condition: bool, message: str) -> None:
    """Raise what a failing assert would raise, also when Python runs with -O."""
    if not condition:
        raise AssertionError(message)


def _equal(left: Potentials, right: Potentials | None) -> bool:
    """Tell whether two arrays of pairs agree, None standing for zero counts."""
    if right is None or left.finite.shape != right.finite.shape:
        return False
    counts = [
        np.zeros(part.finite.shape, np.int64) if part.infinite is None else part.infinite
        for part in (left, right)
    ]
    close = np.allclose(left.finite, right.finite, rtol=TOLERANCE, atol=TOLERANCE)
    return close and bool((counts[0] == counts[1]).all())
