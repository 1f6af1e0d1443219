"""Sequences: recalled step by step, closed ones around, long ones until the memory is full."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel, patterns
from assocmem.sequences import recalled_steps, sequence_capacity

CHANNEL = Channel(1e-6, 1e-3)


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.startswith("hopfield")])
def test_a_closed_sequence_goes_round_and_round(rule):
    ring = patterns.palm(7, 200, 8, rng=0)
    memory = AssociativeMemory(200, n_outputs=200, rule=rule)
    memory.store(ring, np.roll(ring, -1, axis=0))
    start = patterns.corrupt(ring[2], completeness=0.75, rng=1)
    noisy = Channel(1e-6, 0.25)
    answers = memory.recall_sequence(start, n_steps=20, channel=noisy, n_active=8)
    np.testing.assert_array_equal(answers, ring[(3 + np.arange(20)) % 7])


def test_each_step_is_a_retrieval():
    rng = np.random.default_rng(0)
    sequence = patterns.palm(60, 50, 5, rng=rng)
    memory = AssociativeMemory(50, n_outputs=50)
    memory.store(sequence[:-1], sequence[1:])
    answers = memory.recall_sequence(sequence[0], n_steps=5, channel=CHANNEL, n_active=5)
    state = sequence[0]
    for answer in answers:
        state = memory.retrieve(state, channel=CHANNEL, n_active=5).patterns
        np.testing.assert_array_equal(answer, state)


def test_longer_sequences_fail_beyond_the_capacity():
    call = {"n_units": 100, "n_active": 4, "n_memories": 4, "rng": 0}
    found = sequence_capacity("bayes", **call)
    assert found > sequence_capacity("hebb", **call)
    assert 30 < found < 2000
    assert sequence_capacity("bayes", max_steps=20, **call) == 20


def test_steps_are_counted_until_the_first_error():
    sequence = patterns.palm(5, 20, 4, rng=0)
    answers = sequence.copy()
    assert recalled_steps(answers, sequence) == 5
    answers[3] = 0
    assert recalled_steps(answers, sequence) == 3


def test_only_a_memory_with_as_many_outputs_as_inputs_recalls_sequences():
    for memory in (AssociativeMemory(4), AssociativeMemory(4, n_outputs=3)):
        with pytest.raises(ValueError, match="recall_sequence: needs one start and a hetero"):
            memory.recall_sequence([1, 0, 0, 1], n_steps=2, channel=CHANNEL, n_active=2)
    memory = AssociativeMemory(4, n_outputs=4)
    with pytest.raises(ValueError, match="n_steps: must be a whole number"):
        memory.recall_sequence([1, 0, 0, 1], n_steps=-1, channel=CHANNEL, n_active=2)
