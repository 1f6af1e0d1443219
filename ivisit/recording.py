"""What an engine hands out: frames for who watches, changes for a replay, rows for a result."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np

from ivisit.errors import ParameterError, RunError, unknown
from ivisit.events import Event, as_event
from ivisit.panels.base import Panel

logger = logging.getLogger(__name__)

#: Rows that a recorder with a limit keeps at the most.
RECORDER_LIMIT = 2**20
#: Entries of a raster that a recorder with a limit keeps at the most.
RASTER_LIMIT = 2**22


class Changeable(Protocol):
    """What an entry of the log needs of the engine on which it is repeated."""

    def set(self, name: str, value: Any) -> Any:
        """Give a parameter a value."""

    def adjust(self, name: str, **changes: Any) -> Any:
        """Change range, step or label of a control."""

    def run(self, steps: int | None = None) -> int:
        """Compute steps."""

    def retry(self) -> None:
        """Let a failed run go on."""

    def send(self, event: Event) -> None:
        """Have an event delivered."""


@dataclass(frozen=True)
class LogEntry:
    """Something that came from outside before the step with number `step`, counted from 0.

    `at` tells when, in seconds since `init`, where somebody watched; it is for showing a session
    at its own speed, counts for nothing in a replay, and is not compared.
    """

    step: int
    at: float | None = field(default=None, kw_only=True, compare=False, repr=False)

    def apply(self, engine: Changeable) -> None:
        """Do it again."""
        raise NotImplementedError


@dataclass(frozen=True)
class Change(LogEntry):
    """A parameter was given a value.

    Attributes
    ----------
    step : int
        The step before which it happened, counted from 0.
    name : str
        The parameter.
    value : object
        Its new value.
    at : float or None
        When, in seconds since `init`, where somebody watched.
    """

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


@dataclass(frozen=True)
class Retry(LogEntry):
    """The step had failed and was computed once more."""

    def apply(self, engine: Changeable) -> None:
        logger.warning(
            "step %d failed and was computed once more: what it had done by then is not known, so "
            "that the results of a replay may differ",
            self.step + 1,
        )
        try:
            engine.run(1)
        except RunError:
            engine.retry()


@dataclass(frozen=True)
class Occurrence(LogEntry):
    """Mouse or key did something on a panel; a mapping of the event's attributes is taken, too."""

    event: Event

    def __post_init__(self) -> None:
        object.__setattr__(self, "event", as_event(self.event))

    def apply(self, engine: Changeable) -> None:
        engine.send(self.event)


#: What a log may hold, by the name that a saved log has for it.
LOG_ENTRIES: dict[str, type[LogEntry]] = {
    "change": Change,
    "adjustment": Adjustment,
    "retry": Retry,
    "event": Occurrence,
}


def entry_to_json(entry: LogEntry) -> dict[str, Any]:
    """Return an entry of a log as plain, JSON-ready values."""
    kind = next(name for name, cls in LOG_ENTRIES.items() if cls is type(entry))
    values = asdict(entry)
    if values["at"] is None:
        del values["at"]
    return {"kind": kind, **values}


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
    traces : dict of str to ndarray, shape (n,) or (n, size)
        These rows.
    run : int
        Number of the run: rises with every `init`.
    revision : int
        `Engine.revision` at that moment: an older frame does not know a newer `set` yet.
    rasters : dict of str to ndarray, shape (n, 2)
        Step and unit of what was active since the frame before.
    """

    steps: int
    state: str
    parameters: dict[str, Any]
    outputs: dict[str, Any]
    trace_steps: np.ndarray
    traces: dict[str, np.ndarray]
    run: int
    revision: int = 0
    rasters: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """What is recorded under one name.

    Attributes
    ----------
    source : str
        The panel.
    size : int or None
        Numbers a step; None: one number, not an array of one.
    index : int or None
        The only component that is recorded; None: all.
    """

    source: str
    size: int | None = None
    index: int | None = None

    def present(self, outputs: Mapping[str, Any]) -> float:
        """Return the number that is recorded here of what panels hold; NaN where they hold none."""
        value = outputs.get(self.source)
        if value is None:
            return np.nan
        return float(value if self.index is None else value[self.index])


def single_columns(panels: Mapping[str, Panel[Any]]) -> dict[str, Column]:
    """Return all that is one number a step, by name: traces of one, and components of others."""
    columns: dict[str, Column] = {}
    for name, panel in panels.items():
        if panel.recorded and panel.size is None:
            columns[name] = Column(name)
        for index, component in enumerate(panel.components):
            columns[component_name(name, component)] = Column(name, index=index)
    return columns


def columns_to_record(
    owner: str, panels: Mapping[str, Panel[Any]], record: Iterable[str] | None
) -> dict[str, Column]:
    """Return what to record, by name: traces, single components of them, and rasters."""
    known = {
        name: Column(name, panel.size)
        for name, panel in panels.items()
        if panel.recorded or panel.sparse
    }
    if record is None:
        return known
    names = [record] if isinstance(record, str) else list(record)
    possible = single_columns(panels) | known
    for name in names:
        if name not in possible:
            raise ParameterError(unknown(owner, "trace", name, possible))
    return {name: possible[name] for name in names}


class Recorder:
    """Keeps one row of numbers for every n-th step.

    Parameters
    ----------
    columns : mapping of str to Column, or iterable of str
        What to record; a mere name is a number a step.
    every : int
        Keep every n-th step: steps n, 2n, 3n ...
    limit : int, optional
        Keep at most so many rows: when there are more, every other one is dropped and `every`
        doubles, so that a window may run for days.
    """

    def __init__(
        self,
        columns: Mapping[str, Column] | Iterable[str],
        every: int = 1,
        limit: int | None = None,
    ) -> None:
        # The exact type first: asking the abstract one takes longer than all the rest.
        if type(columns) is not dict and not isinstance(columns, Mapping):
            columns = {name: Column(name) for name in columns}
        self.names: tuple[str, ...] = tuple(columns)
        self._sizes = {name: c.size for name, c in columns.items() if c.index is None}
        self._columns = columns
        self.first_every = every
        self.limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget all rows."""
        self.every: int = self.first_every
        self.steps: array[int] = array("q")
        self.columns = {name: array("d") for name in self.names}
        self._taken = 0
        self._arrange()

    def _arrange(self) -> None:
        """Sort the columns by how a row is added to them."""
        self._numbers, self._arrays, self._parts = [], [], []
        for name, column in self._columns.items():
            kept = self.columns[name]
            if column.index is not None:
                self._parts.append((kept, column.source, column.index))
            elif column.size is not None:
                missing = np.full(column.size, np.nan).tobytes()
                self._arrays.append((kept, column.source, missing))
            else:
                self._numbers.append((kept, column.source))

    def record(self, step: int, outputs: Mapping[str, Any]) -> None:
        """Keep the present values of the traces as the row of `step`."""
        self.steps.append(step)
        for column, source in self._numbers:
            column.append(outputs.get(source, np.nan))
        for column, source, missing in self._arrays:
            value = outputs.get(source)
            column.frombytes(missing if value is None else value.tobytes())
        for column, source, index in self._parts:
            value = outputs.get(source)
            column.append(np.nan if value is None else value[index])
        if self.limit and len(self.steps) > self.limit:
            self._thin()

    def _thin(self) -> None:
        self.every *= 2
        keep = np.flatnonzero(np.array(self.steps) % self.every == 0)
        self._taken = int(np.searchsorted(keep, self._taken))
        columns = self.table()[1]
        self.steps = array("q", np.array(self.steps)[keep].tobytes())
        self.columns = {name: array("d", rows[keep].tobytes()) for name, rows in columns.items()}
        self._arrange()

    def _rows(self, start: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        columns = {}
        for name, column in self.columns.items():
            size = self._sizes.get(name)
            rows = np.array(column[start * (size or 1) :] if start else column)
            columns[name] = rows if size is None else rows.reshape(-1, size)
        return np.array(self.steps[start:] if start else self.steps, dtype=np.int64), columns

    def take(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return steps and columns of the rows that were not taken before."""
        start, self._taken = self._taken, len(self.steps)
        return self._rows(start)

    def table(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return steps, shape (n,), and columns, shape (n,) or (n, size), of all rows."""
        return self._rows(0)


class SparseRecorder:
    """Keeps which units were active at which step.

    Parameters
    ----------
    names : iterable of str
        The panels; each of them holds the indices of its active units.
    limit : int, optional
        Keep about so many entries of each panel: when there are more, the older half is dropped.
    """

    def __init__(self, names: Iterable[str], limit: int | None = None) -> None:
        self.names: tuple[str, ...] = tuple(names)
        self.limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._entries = {name: array("q") for name in self.names}
        self._seen: dict[str, Any] = dict.fromkeys(self.names)
        self._taken = dict.fromkeys(self.names, 0)

    def record(self, step: int, outputs: MutableMapping[str, Any]) -> None:
        """Keep what was active in `step`; a step that assigned nothing had nothing active."""
        for name, entries in self._entries.items():
            units = outputs.get(name)
            if units is None:
                continue
            # Each assignment makes a new array: the same one was assigned in an earlier step.
            if units is self._seen[name]:
                units = units[:0]
                outputs[name] = units
            self._seen[name] = units
            if len(units):
                rows = np.empty((len(units), 2), np.int64)
                rows[:, 0], rows[:, 1] = step, units
                entries.frombytes(rows.tobytes())
                if self.limit and len(entries) > 2 * self.limit:
                    dropped = len(entries) // 4
                    del entries[: 2 * dropped]
                    self._taken[name] = max(self._taken[name] - dropped, 0)

    def take(self) -> dict[str, np.ndarray]:
        """Return what was not taken before: step and unit, shape (n, 2), by panel."""
        taken = {}
        for name, entries in self._entries.items():
            taken[name] = np.array(entries[2 * self._taken[name] :], np.int64).reshape(-1, 2)
            self._taken[name] = len(entries) // 2
        return taken

    def table(self) -> dict[str, np.ndarray]:
        """Return all that is kept: step and unit, shape (n, 2), by panel."""
        return {n: np.array(e, np.int64).reshape(-1, 2) for n, e in self._entries.items()}


def component_name(trace: str, component: str) -> str:
    """Return what tables and metrics call a component of a trace.

    >>> component_name("position", "x")
    'position.x'
    """
    return f"{trace}.{component}"
