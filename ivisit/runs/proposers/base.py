"""What an optimisation asks of a method: values to try, given the costs of former ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from ivisit.errors import IVisitError
from ivisit.runs.space import Dimension


class Proposer(ABC):
    """A method of optimisation.

    Rules
    -----
    1. `ask` is called for trial 0, 1, 2 ...; `tell` for the same trials in the same order.
    2. Before trial k is asked for, exactly the first ``needed(k, parallel)`` trials have been
       told, whatever else is known already: timing decides nothing.
    3. Proposals depend on dimensions, seed and what was told, and on nothing else. A study is
       continued by asking and telling all over again.
    4. Costs are to be small; infinity stands for a failed or diverged trial.
    5. A proposer sees dimensions, never a simulation.

    Parameters
    ----------
    dimensions : sequence of Dimension
        What is searched.
    seed : int
        Seed of the method's own random numbers, 31 bits.
    """

    def __init__(self, dimensions: Sequence[Dimension], seed: int) -> None:
        self.dimensions = tuple(dimensions)
        self.seed = seed

    def needed(self, trial: int, parallel: int) -> int:
        """Return how many trials are to be told before `trial` is asked for."""
        return max(0, trial - parallel + 1)

    @abstractmethod
    def ask(self, trial: int) -> tuple[Any, ...]:
        """Return values to try, one for each dimension."""

    @abstractmethod
    def tell(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        """Hear what came of a proposal."""

    def insert(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        """Hear of a trial that was somebody else's idea.

        Raises
        ------
        IVisitError
            When the method can only work with its own proposals.
        """
        raise IVisitError(
            "this optimization was begun with another version of the method's library, which "
            "proposed other values; begin a new one (--name), perhaps with the best values so far "
            "(--enqueue)"
        )

    def close(self) -> None:  # noqa: B027
        """Release what the method holds."""
