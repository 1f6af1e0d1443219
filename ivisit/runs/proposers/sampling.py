"""Methods that do not learn: independent points, and a low-discrepancy sequence."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from ivisit.runs.proposers.base import Proposer
from ivisit.runs.space import Dimension


class _Sample(Proposer):
    """Points of the unit cube, one after the other."""

    def needed(self, trial: int, parallel: int) -> int:
        return 0

    @abstractmethod
    def _point(self) -> np.ndarray:
        """Return the next point, shape (n_dimensions,)."""

    def ask(self, trial: int) -> tuple[Any, ...]:
        point = self._point()
        return tuple(d.value_at(float(u)) for d, u in zip(self.dimensions, point, strict=True))

    def tell(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        """Learn nothing."""

    def insert(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        """Learn nothing."""


class RandomSearch(_Sample):
    """Independent points."""

    def __init__(self, dimensions: Sequence[Dimension], seed: int) -> None:
        super().__init__(dimensions, seed)
        self._rng = np.random.default_rng(seed)

    def _point(self) -> np.ndarray:
        return self._rng.random(len(self.dimensions))


class SobolSearch(_Sample):
    """Points of a scrambled Sobol sequence, which leave no large gaps."""

    def __init__(self, dimensions: Sequence[Dimension], seed: int) -> None:
        super().__init__(dimensions, seed)
        from scipy.stats import qmc

        self._sequence = qmc.Sobol(len(dimensions), seed=np.random.default_rng(seed))

    def _point(self) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*balance properties.*")
            point: np.ndarray = self._sequence.random(1)[0]
        return point
