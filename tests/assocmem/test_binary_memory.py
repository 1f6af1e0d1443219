"""Willshaw memories of bits and lists: the answers of the rule, and what was planned."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from assocmem import AssociativeMemory, patterns
from assocmem import binary_memory as module
from assocmem.binary_memory import BinaryMemory


@pytest.mark.parametrize("synapses", ["bits", "indices"])
@pytest.mark.parametrize("activation", ["winners", "block-winners"])
@pytest.mark.parametrize("max_steps", [1, 10])
def test_answers_equal_those_of_the_rule(synapses, activation, max_steps, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_SYNAPSES", 500)
    monkeypatch.setattr(module, "UNPACKED", 500)
    stored = patterns.block(150, 90, 6, rng=0, sparse=True)
    queries = patterns.corrupt(stored[:40], completeness=0.7, addition=0.2, rng=1)
    memory = BinaryMemory(90, synapses=synapses)
    memory.store(stored[:100])
    memory.store(stored[100:].toarray())
    plain = AssociativeMemory(90, rule="willshaw")
    plain.store(stored)
    call = {"activation": activation, "n_active": 6, "max_steps": max_steps}
    answers = memory.retrieve(queries, **call)
    np.testing.assert_array_equal(
        answers.toarray(), plain.retrieve(queries, **call).patterns.toarray()
    )
    assert memory.load == (plain.coincidences > 0).mean()
    assert memory.n_patterns == 150


@pytest.mark.parametrize(("n_patterns", "kind"), [(200, "indices"), (20_000, "bits")])
def test_plans_come_true(n_patterns, kind):
    memory = BinaryMemory(2000)
    plan = memory.plan(n_patterns, 10)
    assert plan.synapses == kind
    memory.store(patterns.palm(n_patterns, 2000, 10, rng=0, sparse=True))
    assert memory.synapses == kind
    assert memory.load == pytest.approx(plan.load, rel=0.15)
    assert memory.nbytes == pytest.approx(plan.nbytes, rel=0.15)
    assert str(plan).startswith(f"{kind}: load")


def test_a_plan_for_a_million_units_allocates_nothing():
    memory = BinaryMemory(10**6, synapses="bits")
    assert memory.plan(10**6, 20).nbytes == 125 * 10**9
    assert BinaryMemory(10**6).plan(10**6, 20).nbytes < 2 * 10**9
    assert memory.nbytes == 0


def test_a_million_units_are_stored_and_recalled():
    memory = BinaryMemory(10**6)
    stored = patterns.block(2000, 10**6, 20, rng=0, sparse=True)
    memory.store(stored)
    queries = patterns.corrupt(stored[:3], completeness=0.5, rng=1)
    answers = memory.retrieve(queries, activation="block-winners", n_active=20)
    assert abs(answers.astype(int) - stored[:3].astype(int)).sum() == 0
    assert memory.nbytes < 20e6


def test_wrong_arguments_get_a_clear_message():
    memory = BinaryMemory(10)
    assert memory.retrieve(np.eye(10)[:2], n_active=2).nnz == 0
    memory.store(np.eye(10)[:3])
    for call, message in (
        (lambda: BinaryMemory(10, synapses="bytes"), "synapses: must be one of"),
        (lambda: memory.retrieve(np.eye(10), n_active=0), "n_active: must be a whole number"),
        (lambda: memory.store(np.eye(9)), "X: must be an array of shape"),
        (
            lambda: memory.retrieve(np.eye(10), n_active=3, activation="block-winners"),
            "n_active: must be a divisor of 10 units, not 3",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_what_storing_takes_is_logged(caplog):
    memory = BinaryMemory(90)
    with caplog.at_level(logging.INFO, "assocmem"):
        memory.store(patterns.block(150, 90, 6, rng=0))
    assert caplog.messages == [f"90 units, 150 patterns: {memory.plan(150, 6)}"]
