"""What the workers of a sweep have to know: plain data that travels as bytes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ivisit.runs.metrics import Metric
from ivisit.runs.origin import Origin
from ivisit.runs.seeding import run_seed

#: One run to do: its place in the sweep, and the values of what is varied.
Task = tuple[int, tuple[Any, ...]]


class Row(NamedTuple):
    """One finished run, as workers return it: strings, numbers and bytes, no user objects.

    Attributes
    ----------
    index : int
        Place in the sweep.
    seed : int
        Seed of the run.
    status : str
        ``finished`` or ``failed``.
    steps : int
        Finished steps.
    metrics : tuple of float
        In the order of `Job.metrics`; empty for a failed run that has none.
    duration : float
        Seconds.
    failure : dict or None
        The fields of `Failure` and ``output``, the last characters that the run printed.
    traces : tuple of (str, bytes, bytes)
        Name, steps and values of kept traces, compressed.
    """

    index: int  # type: ignore[assignment]
    seed: int
    status: str
    steps: int
    metrics: tuple[float, ...]
    duration: float
    failure: dict[str, Any] | None = None
    traces: tuple[tuple[str, bytes, bytes], ...] = ()


@dataclass(frozen=True)
class Job:
    """One sweep, as its workers see it.

    Attributes
    ----------
    key : str
        Tells this job from all others: workers keep what they have prepared for it.
    origin : Origin
        Where the simulation is.
    fixed : dict
        Parameters that are the same in all runs.
    paths : tuple of tuple of str
        Where the values of a task belong.
    points : int
        Number of points: run ``index`` is repeat ``index // points``.
    steps : int
        Steps of a run, at the most.
    metrics : tuple of Metric
        What is computed.
    keep, every
        Traces to keep, and which of their steps.
    until : str or None
        Condition that ends a run; see `references.condition_text`.
    entropy : int
        Seed of the sweep.
    common : bool
        Whether all points of one repeat share their random numbers.
    adjustments : dict
        Ranges that are not those of the declarations.
    reuse : bool
        Whether a worker uses one instance for all runs.
    """

    key: str
    origin: Origin
    fixed: dict[str, Any]
    paths: tuple[tuple[str, ...], ...]
    points: int
    steps: int
    metrics: tuple[Metric, ...]
    keep: tuple[str, ...] = ()
    every: int = 1
    until: str | None = None
    entropy: int = 0
    common: bool = False
    reuse: bool = False
    adjustments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def seed(self, index: int) -> int:
        """Return the seed of the run at a place."""
        return run_seed(self.entropy, index // self.points if self.common else index)

    def pack(self) -> bytes:
        """Return the job as bytes."""
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)
