"""Experiments with time: recall against the age of patterns, and sequences of patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem import measures
from assocmem._validation import real_number, refusal, whole_number
from assocmem.bisection import bisect
from assocmem.channel import Channel
from assocmem.experiment import Task
from assocmem.measuring import seed_sequence
from assocmem.memory import AssociativeMemory
from assocmem.rules.base import Rule


def recall_by_age(
    rule: str | Rule = "bayes",
    *,
    n_units: int,
    n_active: int,
    decay: float,
    n_patterns: int,
    ages: Sequence[int],
    completeness: float = 0.8,
    addition: float = 0.2,
    n_memories: int = 8,
    rng: Any = None,
    **settings: Any,
) -> NDArray[np.float64]:
    """Return the output error of Palm patterns by their age in a memory that fades.

    Parameters
    ----------
    rule : str or Rule, default "bayes"
    n_units, n_active : int
        Numbers of units n and of active units k.
    decay : float
        As for `AssociativeMemory.store`.
    n_patterns : int
        Number of patterns stored one after the other.
    ages : sequence of int
        Ages to ask for: 0 is the newest pattern, `n_patterns` - 1 the first one.
    completeness, addition : float, default 0.8 and 0.2
        Fractions lambda and kappa of the queries.
    n_memories : int, default 8
        Number of independent memories.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Source of random numbers.
    **settings
        Further arguments of `AssociativeMemory.retrieve`, such as ``noise="soft"``.

    Returns
    -------
    ndarray, shape (n_memories, n_ages)
        Output errors; their mean over memories is the error of each age.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> errors = recall_by_age(
    ...     n_units=100, n_active=5, decay=0.02, n_patterns=400, ages=[0, 300], rng=0
    ... )
    >>> young, old = errors.mean(axis=0)
    >>> bool(young < 0.1 < 1 < old)
    True
    """
    task = Task(n_units, n_active, completeness, addition)
    n_patterns = whole_number("n_patterns", n_patterns, 1)
    if not np.iterable(ages):
        raise refusal("ages", "a sequence of whole numbers", ages)
    asked = np.array([whole_number("ages", age, 0, n_patterns - 1) for age in ages], np.intp)
    root = seed_sequence(rng)
    errors = np.empty((whole_number("n_memories", n_memories, 1), len(asked)))
    for row, child in enumerate(root.spawn(len(errors))):
        streams = np.random.default_rng(child).spawn(3)
        stored = task.draw(n_patterns, streams[0])
        memory = AssociativeMemory(n_units, rule=rule)
        memory.store(stored, decay=decay)
        targets = stored[n_patterns - 1 - asked]
        out = memory.retrieve(
            task.corrupt(targets, streams[1]),
            channel=task.channel,
            n_active=n_active,
            rng=streams[2],
            **settings,
        )
        errors[row] = measures.output_error(out.patterns, targets)
    return errors


def recalled_steps(
    answers: NDArray[np.uint8], sequence: NDArray[np.uint8], *, max_error: float = 0.01
) -> int:
    """Return how many steps of a sequence were recalled before the first that was not.

    Parameters
    ----------
    answers, sequence : ndarray, shape (n_steps, n_units)
        Recalled patterns and what they should be, in order.
    max_error : float, default 0.01
        Output error up to which a step counts as recalled.
    """
    wrong = measures.output_error(answers, sequence) > real_number("max_error", max_error, 0)
    return int(np.argmax(wrong)) if wrong.any() else len(wrong)


def sequence_capacity(
    rule: str | Rule = "bayes",
    *,
    n_units: int,
    n_active: int,
    fraction: float = 0.5,
    max_error: float = 0.01,
    max_steps: int = 10**5,
    n_memories: int = 8,
    rng: Any = None,
) -> int:
    """Return the number of steps of the longest sequence that is recalled from its beginning.

    A memory stores each pattern of a sequence of random Palm patterns with its successor, gets the
    first one without noise, and goes on by itself.

    Parameters
    ----------
    rule : str or Rule, default "bayes"
    n_units, n_active : int
        Numbers of units n and of active units k.
    fraction : float, default 0.5
        Fraction of the memories that must recall the whole sequence.
    max_error : float, default 0.01
        Output error up to which a step counts as recalled.
    max_steps : int, default 10^5
        Longest sequence to try.
    n_memories : int, default 8
        Number of independent sequences for each length.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Source of random numbers; shorter sequences are beginnings of longer ones.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> sequence_capacity("willshaw", n_units=100, n_active=4, rng=0) > 20
    True
    """
    task = Task(n_units, n_active, 1.0, 0.0)
    fraction = real_number("fraction", fraction, 0, 1)
    max_steps = whole_number("max_steps", max_steps, 1)
    children = seed_sequence(rng).spawn(whole_number("n_memories", n_memories, 1))
    # What was recalled is a pattern with few errors; exact infinities would forbid these.
    channel = Channel(1e-6, 1e-3)

    def passes(length: int) -> bool:
        complete = 0
        for child in children:
            sequence = task.draw(length + 1, np.random.default_rng(child))
            memory = AssociativeMemory(n_units, n_outputs=n_units, rule=rule)
            memory.store(sequence[:-1], sequence[1:])
            answers = memory.recall_sequence(
                sequence[0], n_steps=length, channel=channel, n_active=n_active
            )
            steps = recalled_steps(answers, sequence[1:], max_error=max_error)
            complete += steps == length
        return complete >= fraction * len(children)

    start = min(max_steps, max(1, n_units // 2))
    return bisect(passes, start=start, largest=max_steps, tolerance=0.01)
