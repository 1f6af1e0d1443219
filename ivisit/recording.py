"""What an engine hands out: frames for who watches, changes for a replay, rows for a result."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

#: Rows that a recorder with a limit keeps at the most.
RECORDER_LIMIT = 2**20


class Changeable(Protocol):
    """What an entry of the log needs of the engine on which it is repeated."""

    def set(self, name: str, value: Any) -> Any:
        """Give a parameter a value."""

    def adjust(self, name: str, **changes: Any) -> Any:
        """Change range, step or label of a control."""


@dataclass(frozen=True)
class LogEntry:
    """Something that came from outside before the step with number `step`, counted from 0."""

    step: int

    def apply(self, engine: Changeable) -> None:
        """Do it again."""
        raise NotImplementedError


@dataclass(frozen=True)
class Change(LogEntry):
    """A parameter was given a value."""

    name: str
    value: Any

    def apply(self, engine: Changeable) -> None:
        engine.set(self.name, self.value)


@dataclass(frozen=True)
class Adjustment(LogEntry):
    """A control was given another range, step or label.

    Attributes
    ----------
    name : str
        The control.
    changes : dict
        All that differs from the declaration in the class; see
        `ivisit.parameters.Parameters.adjustments`.
    """

    name: str
    changes: dict[str, Any]

    def apply(self, engine: Changeable) -> None:
        engine.adjust(self.name, **self.changes)


#: What a log may hold, by the name that a saved log has for it.
LOG_ENTRIES: dict[str, type[LogEntry]] = {"change": Change, "adjustment": Adjustment}


def entry_to_json(entry: LogEntry) -> dict[str, Any]:
    """Return an entry of a log as plain, JSON-ready values."""
    kind = next(name for name, cls in LOG_ENTRIES.items() if cls is type(entry))
    return {"kind": kind, **asdict(entry)}


def entry_from_json(values: Mapping[str, Any]) -> LogEntry:
    """Return the entry that `entry_to_json` has written; ValueError for an unknown kind."""
    fields = dict(values)
    kind = fields.pop("kind", "change")
    if kind not in LOG_ENTRIES:
        raise ValueError(f"no entry of a log is called {kind!r}")
    return LOG_ENTRIES[kind](**fields)


@dataclass(frozen=True)
class Frame:
    """What a simulation showed at one moment: copies, so that nothing changes afterwards.

    Attributes
    ----------
    steps : int
        Finished steps of the run.
    state : str
        State of the engine.
    parameters : dict
        Values of all controls.
    outputs : dict
        Panel name to array (`Image`), pixels (`Figure`; (height, width, 4) uint8), float
        (`Trace`) or text (`TextOutput`). Panels that were never assigned to are missing.
    trace_steps : ndarray of int, shape (n,)
        Step numbers of the rows recorded since the frame before.
    traces : dict of str to ndarray, shape (n,)
        These rows.
    run : int
        Number of the run: rises with every `init`.
    revision : int
        `Engine.revision` at that moment: an older frame does not know a newer `set` yet.
    """

    steps: int
    state: str
    parameters: dict[str, Any]
    outputs: dict[str, Any]
    trace_steps: np.ndarray
    traces: dict[str, np.ndarray]
    run: int
    revision: int = 0


class Recorder:
    """Keeps one number a trace for every n-th step.

    Parameters
    ----------
    names : iterable of str
        The traces.
    every : int
        Keep every n-th step: steps n, 2n, 3n ...
    limit : int, optional
        Keep at most so many rows: when there are more, every other one is dropped and `every`
        doubles, so that a window may run for days.
    """

    def __init__(self, names: Iterable[str], every: int = 1, limit: int | None = None) -> None:
        self.names = tuple(names)
        self.first_every = every
        self.limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget all rows."""
        self.every = self.first_every
        self.steps = array("q")
        self.columns = {name: array("d") for name in self.names}
        self._taken = 0

    def record(self, step: int, outputs: Mapping[str, Any]) -> None:
        """Keep the present values of the traces as the row of `step`."""
        self.steps.append(step)
        for name, column in self.columns.items():
            column.append(outputs.get(name, np.nan))
        if self.limit and len(self.steps) > self.limit:
            self._thin()

    def _thin(self) -> None:
        self.every *= 2
        keep = np.flatnonzero(np.array(self.steps) % self.every == 0)
        self._taken = int(np.searchsorted(keep, self._taken))
        self.steps = array("q", np.array(self.steps)[keep].tobytes())
        for name, column in self.columns.items():
            self.columns[name] = array("d", np.array(column)[keep].tobytes())

    def take(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return steps and columns of the rows that were not taken before."""
        start, self._taken = self._taken, len(self.steps)
        columns = {name: np.array(column[start:]) for name, column in self.columns.items()}
        return np.array(self.steps[start:], dtype=np.int64), columns

    def table(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return steps and columns of all rows."""
        columns = {name: np.array(column) for name, column in self.columns.items()}
        return np.array(self.steps, dtype=np.int64), columns
