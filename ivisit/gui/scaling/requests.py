"""What is asked of ``ivisit sweep`` and ``ivisit optimize``: words for a command line."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ivisit.runs.repeating import Recipe, address_of, option, plain
from ivisit.simulation import Simulation


@dataclass(frozen=True)
class Axis:
    """A parameter and the values that are tried of it.

    Attributes
    ----------
    name : str
        The parameter.
    low, high : float
        Ends of the range.
    points : int
        How many values of it a sweep tries.
    log : bool
        Whether they are spaced logarithmically.
    """

    name: str
    low: float
    high: float
    points: int = 11
    log: bool = False

    def values(self) -> str:
        """Return the axis of a sweep, as ``-p`` takes it."""
        kind = "log" if self.log else "lin"
        return f"{self.name}={kind}:{self.low!r}:{self.high!r}:{self.points}"

    def range(self) -> str:
        """Return the range of an optimization, as ``--range`` takes it."""
        return f"{self.name}={self.low!r}..{self.high!r}{':log' if self.log else ''}"


@dataclass(frozen=True)
class Request:
    """A sweep, or an optimization, of the present state of a window.

    Attributes
    ----------
    recipe : Recipe
        Simulation, values that stay the same, seed.
    axes : sequence of Axis
        What is varied.
    steps, repeats, workers : int
        Steps of each run, runs of each point, processes.
    metric : str
        What is measured.
    store : Path
        Where runs are stored.
    name : str
        Name of the sweep in the store.
    goal : {'', 'minimize', 'maximize'}
        What to search; nothing for a sweep.
    trials : int
        How many values to try.
    save : str
        Set under which the best values are saved.
    """

    recipe: Recipe
    axes: Sequence[Axis]
    steps: int
    metric: str
    store: Path
    name: str
    repeats: int = 1
    workers: int = 2
    goal: Literal["", "minimize", "maximize"] = ""
    trials: int = 50
    save: str = ""

    @property
    def simulation(self) -> type[Simulation]:
        """The simulation."""
        return self.recipe.simulation

    def words(self) -> list[str]:
        """Return the command line, without ``ivisit``."""
        words = ["optimize" if self.goal else "sweep", address_of(self.simulation)]
        varied = {axis.name for axis in self.axes}
        for axis in self.axes:
            words += ["--range", axis.range()] if self.goal else ["-p", axis.values()]
        if self.recipe.parameter_set:
            words += option("--set", self.recipe.parameter_set)
        for name, value in self.recipe.values.items():
            if name not in varied:
                words += ["-p", f"{name}={fixed_text(self.simulation, name, value)}"]
        words += ["--steps", str(self.steps), "--repeats", str(self.repeats)]
        words += ["--seed", str(self.recipe.seed), "--workers", str(self.workers)]
        if self.goal:
            words += [f"--{self.goal}", self.metric, "--trials", str(self.trials)]
            words += option("--save", self.save) if self.save else []
        else:
            words += ["--metric", self.metric]
        return [*words, "--name", self.name, "--db", str(self.store)]


def fixed_text(simulation: type[Simulation], name: str, value: Any) -> str:
    """Return a value so that a sweep takes it for one value, whatever is in it."""
    text = simulation.controls[name].text(value)
    is_one = isinstance(value, int | float | Mapping) or not set(text) & set(",:*[{.")
    return text if is_one else json.dumps([plain(value)], ensure_ascii=False)


def new_name(axes: Sequence[Axis]) -> str:
    """Return a name that no sweep has yet; the same request again is another sweep."""
    return f"{'-'.join(axis.name for axis in axes)}-{secrets.token_hex(3)}"
