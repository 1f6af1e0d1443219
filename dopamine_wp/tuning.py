"""Tuning every optimizer with the same number of trials.

A `Space` is a lattice of settings. `search` walks over it from its middle, always around the best
setting seen so far, and goes on beyond the end of an axis while the best lies there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dopamine_wp.optimizers import Optimizer

#: Steps by which an axis may be continued beyond either end.
WIDENED_BY = 4

#: The axis that belongs to the batches, not to the optimizer.
BATCH_SIZE = "batch_size"

Place = tuple[int, ...]


@dataclass(frozen=True)
class Axis:
    """One tuned setting.

    Attributes
    ----------
    name : str
        Keyword of the optimizer, or "batch_size".
    values : tuple of numbers
        Values in rising order.
    first : int
        Index at which the search begins.
    least, most : float
        Range in which the axis may be continued, in the ratio of its last three values; by
        default it is closed.
    """

    name: str
    values: tuple[float, ...]
    first: int = 1
    least: float = np.inf
    most: float = -np.inf

    def value(self, index: int) -> float | None:
        """Return the value at an index, which may lie beyond the ends; None where there is none."""
        last = len(self.values) - 1
        beyond = max(-index, index - last, 0)
        if beyond == 0:
            return self.values[index]
        if beyond > WIDENED_BY or self.least > self.most:
            return None
        ladder = list(self.values if index > 0 else self.values[::-1])
        ratio = ladder[-1] / ladder[-3] if len(ladder) > 2 else (ladder[-1] / ladder[-2]) ** 2
        for _ in range(beyond):
            ladder.append(float(f"{ladder[-2] * ratio:.6g}"))
        value = ladder[-1]
        if not self.least <= value <= self.most:
            return None
        whole = all(isinstance(known, int) for known in self.values)
        return int(value) if whole else value


@dataclass(frozen=True)
class Setting:
    """An optimizer with its batch size (None where the task has one fixed batch)."""

    optimizer: Optimizer
    batch_size: int | None = None


@dataclass(frozen=True)
class Space:
    """The settings of one optimizer that a task may be tuned over.

    Attributes
    ----------
    make : callable
        Makes the optimizer from the keywords of the axes.
    axes : tuple of Axis
        The first one is walked along from end to end before anything else.
    """

    make: Callable[..., Optimizer]
    axes: tuple[Axis, ...]

    def setting(self, place: Place) -> Setting | None:
        """Return the setting at a place of the lattice; None beyond its border."""
        values: dict[str, Any] = {}
        for axis, index in zip(self.axes, place, strict=True):
            value = axis.value(index)
            if value is None:
                return None
            values[axis.name] = value
        batch_size = values.pop(BATCH_SIZE, None)
        return Setting(self.make(**values), batch_size)

    def describe(self, setting: Setting) -> str:
        """Return the tuned values in words."""
        words = []
        for axis in self.axes:
            source = setting if axis.name == BATCH_SIZE else setting.optimizer
            words.append(f"{axis.name}={getattr(source, axis.name):g}")
        return " ".join(words)


@dataclass
class Search:
    """What a search has tried: the score (lower is better) of every place, and the best one."""

    space: Space
    scores: dict[Place, float] = field(default_factory=dict)

    @property
    def best(self) -> Setting:
        """The setting with the lowest score."""
        setting = self.space.setting(self.ranking()[0])
        assert setting is not None
        return setting

    @property
    def at_edge(self) -> bool:
        """Whether a neighbor of the best setting has not been tried, so that it may be better."""
        return bool(self.untried_neighbors(self.ranking()[0]))

    def ranking(self) -> list[Place]:
        """Return the places tried, the best first."""
        return sorted(self.scores, key=lambda place: self.scores[place])

    def untried_neighbors(self, place: Place) -> list[Place]:
        """Return the places one step away along one axis that have not been tried."""
        result = []
        for axis in range(len(place)):
            for step in (-1, 1):
                neighbor = (*place[:axis], place[axis] + step, *place[axis + 1 :])
                if neighbor not in self.scores and self.space.setting(neighbor) is not None:
                    result.append(neighbor)
        return result

    def next_place(self) -> Place | None:
        """Return the place to try next: along the first axis, then around the best so far."""
        start = tuple(axis.first for axis in self.space.axes)
        for index in range(len(self.space.axes[0].values)):
            place = (index, *start[1:])
            if place not in self.scores:
                return place
        for place in self.ranking():
            neighbors = self.untried_neighbors(place)
            if neighbors:
                return neighbors[0]
        return None


def search(space: Space, score: Callable[[Setting], float], trials: int) -> Search:
    """Try `trials` settings of a space, or all where it has fewer.

    Parameters
    ----------
    space : Space
        The settings.
    score : callable
        Judges a setting; lower is better, NaN counts as infinitely bad.
    trials : int
        Number of settings to try.

    Returns
    -------
    Search
        With all scores.

    Examples
    --------
    >>> from dopamine_wp import SGD
    >>> space = Space(SGD, (Axis("rate", (0.01, 0.03, 0.1), least=1e-6, most=100.0),))
    >>> done = search(space, lambda setting: abs(setting.optimizer.rate - 1.0), trials=8)
    >>> done.best.optimizer.rate, done.at_edge
    (1.0, False)
    """
    result = Search(space)
    while len(result.scores) < trials and (place := result.next_place()) is not None:
        setting = space.setting(place)
        assert setting is not None
        value = score(setting)
        result.scores[place] = value if np.isfinite(value) else np.inf
    return result
