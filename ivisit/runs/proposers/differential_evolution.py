"""Differential evolution, as scipy has it, turned from a caller into one that is asked.

Storn and Price, Journal of Global Optimization 11 (1997) 341. The population is about 10
individuals: with scipy's default of 15 a dimension the method is no better than random search
within 100 trials.
"""

from __future__ import annotations

import inspect
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ivisit.runs.proposers.base import Proposer
from ivisit.runs.space import Dimension

#: Individuals of a generation, about.
INDIVIDUALS = 10


class DifferentialEvolution(Proposer):
    """scipy's solver on a thread of its own; a generation is asked for, then told, as a whole."""

    def __init__(self, dimensions: Sequence[Dimension], seed: int) -> None:
        super().__init__(dimensions, seed)
        self._inserted: list[tuple[float, np.ndarray]] = []
        #: Trial with which the present generation begins, and its individuals.
        self._first = 0
        self._generation: list[np.ndarray] = []
        self._costs: list[float] = []
        self._generations: queue.Queue[list[np.ndarray] | BaseException] = queue.Queue()
        self._answers: queue.Queue[list[float] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def needed(self, trial: int, parallel: int) -> int:
        inside = trial < self._first + len(self._generation)
        return self._first if inside else trial

    def ask(self, trial: int) -> tuple[Any, ...]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._solve, daemon=True)
            self._thread.start()
        if trial >= self._first + len(self._generation):
            made = self._generations.get()
            if isinstance(made, BaseException):
                raise made
            self._first, self._generation, self._costs = trial, made, []
        point = self._generation[trial - self._first]
        return tuple(d.value_at(float(u)) for d, u in zip(self.dimensions, point, strict=True))

    def tell(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        self._costs.append(cost)
        if len(self._costs) == len(self._generation):
            self._answers.put(self._costs)

    def insert(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        """Hear of a trial before the first generation: the best of these joins it."""
        if self._thread is not None:
            super().insert(trial, values, cost)
        point = [d.fraction(v) for d, v in zip(self.dimensions, values, strict=True)]
        self._inserted.append((cost, np.clip(np.array(point), 0.0, 1.0)))

    def close(self) -> None:
        self._answers.put(None)

    # On the thread --------------------------------------------------------------------------

    def _solve(self) -> None:
        from scipy.optimize import differential_evolution

        number = len(self.dimensions)
        # scipy has renamed the argument.
        word = "rng" if "rng" in inspect.signature(differential_evolution).parameters else "seed"
        start = min(self._inserted, key=lambda pair: pair[0])[1] if self._inserted else None
        seeds = np.random.SeedSequence(self.seed)
        try:
            # A population whose costs are all equal ends the solver; then it begins anew.
            while True:
                differential_evolution(
                    _never_called,
                    [(0.0, 1.0)] * number,
                    popsize=max(1, INDIVIDUALS // number),
                    updating="deferred",
                    polish=False,
                    tol=0,
                    maxiter=10**9,
                    workers=self._evaluate,
                    x0=start,
                    **{word: np.random.default_rng(seeds.spawn(1)[0])},
                )
                start = None
        except _Closed:
            return
        # Whatever the solver raises is raised where the next proposal is asked for.
        except Exception as error:  # noqa: BLE001
            self._generations.put(error)

    def _evaluate(self, function: Callable[..., Any], points: Iterable[Any]) -> list[float]:
        """Stand for the map with which the solver evaluates a generation."""
        generation = [np.array(point, dtype=float) for point in points]
        self._generations.put(generation)
        answer = self._answers.get()
        if answer is None:
            raise _Closed
        return answer


class _Closed(Exception):
    """Nobody wants further proposals."""


def _never_called(point: np.ndarray) -> float:
    raise AssertionError("the solver evaluates through its map only")
