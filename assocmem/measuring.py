"""Output errors over numbers of patterns, with confidence intervals and common random numbers.

Patterns are nested in M and queries keep their noise, so that error curves are smooth; all methods
see the same patterns and queries. Memories are independent of each other and may be tried by
several processes at once, which does not change a number.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.special import stdtrit

from assocmem import measures
from assocmem._validation import random_generator, real_number, refusal, whole_number
from assocmem.channel import Channel
from assocmem.experiment import Method, Outcome, Streams, Task

#: Memories that each number of patterns is tried with at least, for a confidence interval.
FEWEST_MEMORIES = 4


@dataclass(frozen=True)
class ErrorEstimate:
    """The output error at one number of patterns.

    Attributes
    ----------
    n_patterns : int
        Number of stored patterns M.
    error : float
        Mean output error over memories and queries.
    low, high : float
        Confidence interval of the mean: Student's t over memories, which are independent.
    n_memories, n_errors : int
        How many memories were tried, and how many wrong units were counted in all.
    answers : Channel
        Frequencies of false alarms and misses in the answers.
    """

    n_patterns: int
    error: float
    low: float
    high: float
    n_memories: int
    n_errors: int
    answers: Channel

    def bits(self, task: Task) -> tuple[float, float]:
        """Return the bits per synapse in total, and gained beyond the queries (n^2 synapses)."""
        sizes: dict[str, Any] = {"n_units": task.n_units, "n_active": task.n_active}
        sizes["answers"] = self.answers
        return (
            measures.bits_per_synapse(self.n_patterns, **sizes),
            measures.bits_per_synapse(self.n_patterns, queries=task.channel, **sizes),
        )


@dataclass(frozen=True)
class Sampling:
    """How many numbers an error is estimated from.

    Parameters
    ----------
    n_queries : int, default 100
        Queries per memory (fewer while fewer patterns are stored).
    n_memories : int, default 8
        Largest number of independent memories for each number of patterns, at least 4.
    max_errors : int, default 400
        After 4 memories no further one is tried once this many wrong units were counted.
    confidence : float, default 0.95
        Confidence level of intervals.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    n_queries: int = 100
    n_memories: int = 8
    max_errors: int = 400
    confidence: float = 0.95

    def __post_init__(self) -> None:
        whole_number("n_queries", self.n_queries, 1)
        whole_number("n_memories", self.n_memories, FEWEST_MEMORIES)
        whole_number("max_errors", self.max_errors, 1)
        real_number("confidence", self.confidence, 0.5, 0.9999)


class Measurement:
    """Error estimates of one method on demand, each number of patterns measured once.

    Parameters
    ----------
    method : Method
    task : Task
    root : numpy.random.SeedSequence
        What the streams of all memories derive from.
    sampling : Sampling
    pool : Pool
        Where memories are tried.
    advance : callable
        Called after each memory.
    """

    def __init__(
        self,
        method: Method,
        task: Task,
        root: np.random.SeedSequence,
        sampling: Sampling,
        pool: Pool,
        advance: Callable[[], Any],
    ) -> None:
        self.method, self.task, self.root = method, task, root
        self.sampling, self.pool, self.advance = sampling, pool, advance
        self.known: dict[int, ErrorEstimate] = {}

    def __call__(self, n_patterns: int) -> ErrorEstimate:
        if n_patterns not in self.known:
            self.known[n_patterns] = self._measure(n_patterns)
        return self.known[n_patterns]

    def is_below(self, max_error: float, bound: str, n_patterns: int) -> bool:
        """Tell whether the error, or one of its confidence bounds, is at most `max_error`."""
        return bool(getattr(self(n_patterns), bound) <= max_error)

    def _measure(self, n_patterns: int) -> ErrorEstimate:
        outcomes: list[Outcome] = []
        n_errors = 0
        n_queries = self.sampling.n_queries
        try_one = partial(outcome_of, self.method, self.task, self.root, n_patterns, n_queries)
        for outcome in self.pool.map(try_one, self.sampling.n_memories):
            outcomes.append(outcome)
            n_errors += outcome.n_errors
            self.advance()
            if n_errors >= self.sampling.max_errors and len(outcomes) >= FEWEST_MEMORIES:
                break
        means = [float(outcome.errors(self.task).mean()) for outcome in outcomes]
        mean = float(np.mean(means))
        quantile = stdtrit(len(means) - 1, (1 + self.sampling.confidence) / 2)
        margin = float(quantile * np.std(means, ddof=1) / np.sqrt(len(means)))
        counts = np.sum([outcome.counts for outcome in outcomes], axis=0)
        e01, e10 = np.divide(counts[:2], counts[2:], where=counts[2:] > 0, out=np.zeros(2))
        return ErrorEstimate(
            n_patterns,
            mean,
            mean - margin,
            mean + margin,
            len(means),
            n_errors,
            Channel(float(e01), float(e10)),
        )


def outcome_of(
    method: Method,
    task: Task,
    root: np.random.SeedSequence,
    n_patterns: int,
    n_queries: int,
    number: int,
) -> Outcome:
    """Return what one memory answers; a function of its arguments, wherever it runs."""
    return method.outcome(task, n_patterns, n_queries, Streams(root, number))


class Pool:
    """Tries memories one after the other, or some at once in an executor.

    Parameters
    ----------
    executor : concurrent.futures.Executor or None
    width : int
        How many memories are tried at once.
    """

    def __init__(self, executor: Executor | None, width: int) -> None:
        self.executor, self.width = executor, width

    def map(self, task: Callable[[int], Outcome], number: int) -> Iterator[Outcome]:
        """Yield the outcomes of memories 0, 1, ... in this order, few more than are asked for."""
        start, width = 0, max(FEWEST_MEMORIES, self.width)
        while start < number:
            part = range(start, min(number, start + width))
            yield from map(task, part) if self.executor is None else self.executor.map(task, part)
            start, width = part.stop, self.width


@contextmanager
def pool(workers: int, executor: Executor | None) -> Iterator[Pool]:
    """Yield where memories are tried; see `assocmem.capacity.pattern_capacity`."""
    workers = whole_number("workers", workers, 1)
    if executor is not None:
        if not (hasattr(executor, "map") and hasattr(executor, "submit")):
            raise refusal("executor", "a concurrent.futures.Executor", executor)
        yield Pool(executor, max(workers, os.cpu_count() or 1))
    elif workers == 1:
        yield Pool(None, 1)
    else:
        with ProcessPoolExecutor(workers) as processes:
            yield Pool(processes, workers)


def seed_sequence(rng: Any) -> np.random.SeedSequence:
    """Return a seed sequence that streams of all memories derive from."""
    if isinstance(rng, np.random.SeedSequence):
        return rng
    if rng is None or (isinstance(rng, int | np.integer) and rng >= 0):
        return np.random.SeedSequence(rng)
    return np.random.SeedSequence(random_generator(rng).integers(2**63, size=2).tolist())


@contextmanager
def progress_bar(show: bool, label: str) -> Iterator[Callable[[], Any]]:
    """Yield what to call after each memory."""
    if not show:
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=" memories", leave=False) as bar:
        yield bar.update
