"""The trials of an optimisation as tasks: asked for with a fixed lag, told in their order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ivisit.errors import shorten
from ivisit.runs.job import Row, Task
from ivisit.runs.proposers import Proposer

logger = logging.getLogger(__name__)


class Trials:
    """Feeds a dispatcher with the runs of trials, and a proposer with their costs.

    Trial k is asked for when exactly the trials 0 ... k - parallel are told, so that neither the
    number of workers nor their speed decides what is proposed.

    Parameters
    ----------
    proposer : Proposer
        The method.
    trials, repeats : int
        How many trials, and runs of each.
    parallel : int
        The lag.
    queue : sequence of tuple
        Values of the first trials, which are not asked for.
    stored : mapping of int to (values, cost or None)
        Index of a stored run to what was tried and what came of it.
    """

    def __init__(
        self,
        proposer: Proposer,
        *,
        trials: int,
        repeats: int,
        parallel: int,
        queue: Sequence[tuple[Any, ...]] = (),
        stored: Mapping[int, tuple[tuple[Any, ...], float]] | None = None,
    ) -> None:
        self.proposer = proposer
        self.trials = trials
        self.repeats = repeats
        self.parallel = parallel
        self.values: dict[int, tuple[Any, ...]] = {}
        #: Trials whose values do not come from the proposer.
        self._foreign: set[int] = set(range(min(len(queue), trials)))
        self._queue = queue
        self._costs: dict[int, dict[int, float]] = {}
        self._stored = stored or {}
        self._ready: deque[Task] = deque()
        self._asked = 0
        self._told = 0
        for index, (_, cost) in self._stored.items():
            self._costs.setdefault(index // repeats, {})[index % repeats] = cost

    @property
    def left(self) -> int:
        """Tasks that have not been taken, those of trials included that are not asked for yet."""
        self._advance()
        return len(self._ready) + (self.trials - self._asked) * self.repeats

    def take(self, count: int) -> list[Task]:
        """Return up to `count` tasks; none while results must come first."""
        self._advance()
        return [self._ready.popleft() for _ in range(min(count, len(self._ready)))]

    def run_values(self, index: int) -> tuple[Any, ...]:
        """Return the values of the run `index`."""
        return self.values[index // self.repeats]

    def deliver(self, rows: Sequence[Row], cost: Any) -> None:
        """Take finished runs; ``cost(row)`` is to be small."""
        for row in rows:
            trial, repeat = divmod(row.index, self.repeats)
            self._costs.setdefault(trial, {})[repeat] = cost(row)

    def cost(self, trial: int) -> float | None:
        """Return the median cost of a trial; None while a run is missing."""
        costs = self._costs.get(trial, {})
        if len(costs) < self.repeats:
            return None
        with np.errstate(invalid="ignore"):
            median = float(np.median(list(costs.values())))
        return median if np.isfinite(median) else float("inf")

    def _advance(self) -> None:
        """Tell and ask as far as results allow."""
        while self._asked < self.trials:
            if self._told < self._needed(self._asked):
                cost = self.cost(self._told)
                if cost is None:
                    return
                self._tell(self._told, cost)
                self._told += 1
            else:
                self._ask(self._asked)
                self._asked += 1

    def _needed(self, trial: int) -> int:
        if trial < len(self._queue):
            return 0
        # What is not the method's own idea is known to it before its first one.
        return max(self.proposer.needed(trial, self.parallel), min(trial, len(self._queue)))

    def _ask(self, trial: int) -> None:
        values = self._queue[trial] if trial < len(self._queue) else self.proposer.ask(trial)
        indices = range(trial * self.repeats, (trial + 1) * self.repeats)
        former = next((self._stored[i][0] for i in indices if i in self._stored), None)
        if former is not None and former != values:
            logger.warning(
                "trial %d is stored with %s, and %s was proposed now: another version of a "
                "library is at work. The stored trials count.",
                trial,
                shorten(former),
                shorten(values),
            )
            values = former
            self._foreign.add(trial)
        self.values[trial] = values
        self._ready.extend((index, values) for index in indices if index not in self._stored)

    def _tell(self, trial: int, cost: float) -> None:
        if trial in self._foreign:
            self.proposer.insert(trial, self.values[trial], cost)
        else:
            self.proposer.tell(trial, self.values[trial], cost)
