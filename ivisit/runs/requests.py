"""What `sweep` and `optimize` share before anything runs: the simulation, its values, its store."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ivisit.calling import as_seed
from ivisit.declarations import is_whole
from ivisit.errors import ParameterError, PluginError, expected, unknown
from ivisit.plugins.finding import get_simulation
from ivisit.plugins.loading import hand_over
from ivisit.recording import single_columns
from ivisit.runs.beginning import store_name, take_set
from ivisit.runs.metrics import Metric, make_metrics
from ivisit.runs.origin import Factory, Origin, origin_of
from ivisit.runs.references import condition_text
from ivisit.runs.targets import Target, nest
from ivisit.simulation import Simulation
from ivisit.store import ParameterStore, default_path
from ivisit.store.sweep_rows import StoredSweep

#: A store to read: an open one, or where one may be; None is the simulation's own.
ReadStore: TypeAlias = ParameterStore | Path | None


@dataclass(frozen=True)
class Subject:
    """The simulation that is to be run many times.

    Attributes
    ----------
    cls : subclass of Simulation
        Its declarations.
    origin : Origin
        Where workers find it.
    factory : callable
        Makes an instance in this process.
    """

    cls: type[Simulation]
    origin: Origin
    factory: Factory


def find_subject(simulation: Any) -> Subject:
    """Return the simulation that is asked for.

    Raises
    ------
    SystemExit
        While a file is being loaded by somebody else: a script that sweeps its own class must not
        begin that sweep in each worker. The simulation is handed over.
    """
    if isinstance(simulation, Subject):
        return simulation
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise PluginError(
            "a worker process has come to iv.sweep or iv.optimize while it imported this script; "
            "put the call under:  if __name__ == '__main__':"
        )
    found = get_simulation(simulation)
    if hand_over(found):
        raise SystemExit
    origin, factory = origin_of(simulation, found)
    return Subject(found if isinstance(found, type) else type(found), origin, factory)


def whole_number(name: str, value: Any, least: int) -> int:
    """Return a whole number from `least` on, or raise `ParameterError`."""
    if not is_whole(value, least):
        raise ParameterError(expected("sweep", name, f"a whole number from {least} on", value))
    return int(value)


def check_keep(cls: type[Simulation], keep: Iterable[str] | str) -> tuple[str, ...]:
    """Return the names of the traces to keep, ``"all"`` for all; several numbers by component."""
    columns = single_columns(cls.panels)
    if keep == "all":
        return tuple(columns)
    kept: set[str] = set()
    for name in [keep] if isinstance(keep, str) else keep:
        parts = {name} if name in columns else {n for n, c in columns.items() if c.source == name}
        if not parts:
            raise ParameterError(unknown(cls.key, "trace", name, columns))
        kept |= parts
    return tuple(sorted(kept))


def open_store(
    store: ParameterStore | str | os.PathLike[str] | None, cls: type[Simulation]
) -> tuple[ParameterStore, bool]:
    """Return the store that is asked for, and whether it has been opened here."""
    if isinstance(store, ParameterStore):
        return store, False
    return ParameterStore(store_path(store, cls)), True


@contextlib.contextmanager
def store_to_read(
    store: ParameterStore | str | os.PathLike[str] | None, cls: type[Simulation]
) -> Iterator[ReadStore]:
    """Open the store that is asked for, where there is one; else give its path, and make nothing.

    What can be refused is refused before a new store is made.
    """
    if isinstance(store, ParameterStore):
        yield store
    elif not (path := store_path(store, cls)).exists():
        yield None if store is None else path
    else:
        with ParameterStore(path, create=False) as opened:
            yield opened


def stored_sweep(store: ReadStore, name: str | None, cls: type[Simulation]) -> StoredSweep | None:
    """Return the sweep of that name, where there is one."""
    if name is None or not isinstance(store, ParameterStore):
        return None
    return store.find_sweep(name, cls.key)


def store_path(store: Any, cls: type[Simulation]) -> Path:
    """Return the file of the store that is asked for, by default the simulation's own."""
    if isinstance(store, ParameterStore):
        return store.path
    return default_path(store_name(cls)) if store is None else Path(store)


@dataclass(frozen=True)
class Base:
    """What all runs have in common, except where something is varied.

    Attributes
    ----------
    values : dict
        All parameters.
    given : dict
        Those that are no defaults.
    adjustments : dict
        Ranges that are not those of the declarations; see `Parameters.adjust`.
    """

    values: dict[str, Any]
    given: dict[str, Any]
    adjustments: dict[str, dict[str, Any]]

    def document(self) -> dict[str, Any]:
        """Return it as plain, JSON-ready values."""
        document: dict[str, Any] = {"fixed": self.values}
        return document | ({"adjustments": self.adjustments} if self.adjustments else {})


def make_base(
    subject: Subject,
    store: ReadStore,
    parameter_set: str | None,
    fixed: Mapping[Target, Any],
    *,
    strict: bool = True,
) -> Base:
    """Return defaults, with the values of a stored set upon them, and fixed ones upon these."""
    cls = subject.cls
    defaults = {name: control.default for name, control in cls.controls.items()}
    given: dict[str, Any] = {}
    adjustments: dict[str, dict[str, Any]] = {}
    if parameter_set is not None:
        simulation = subject.factory()
        take_set(simulation, parameter_set, store, strict=strict)
        adjustments = simulation.parameters.adjustments
        given = {n: v for n, v in simulation.parameters.items() if v != defaults[n]}
    for name, value in nest([t.path for t in fixed], fixed.values()).items():
        present = given.get(name, defaults[name])
        given[name] = {**present, **value} if isinstance(value, Mapping) else value
    return Base(defaults | given, given, adjustments)


@dataclass(frozen=True)
class Measure:
    """What is computed and kept of each run, validated."""

    steps: int
    metrics: tuple[Metric, ...]
    keep: tuple[str, ...]
    every: int
    until: str | None

    def document(self) -> dict[str, Any]:
        """Return it as plain, JSON-ready values."""
        return {
            "steps": self.steps,
            "metrics": {
                m.name: m.function or f"{m.trace}:{_reduction_text(m)}" for m in self.metrics
            },
            "keep": list(self.keep),
            "every": self.every,
            "until": self.until,
        }


def make_measure(
    cls: type[Simulation],
    *,
    steps: Any,
    metrics: Any,
    keep: Any = (),
    every: Any = 1,
    until: str | Callable[[Any], Any] | None = None,
) -> Measure:
    """Validate what is to be computed of each run."""
    count = whole_number("steps", steps, 0)
    made = make_metrics(cls, metrics)
    for metric in made:
        if metric.reduction == "at=" and metric.number not in range(1, count + 1):
            allowed = f"one of the steps, 1 to {count}"
            raise ParameterError(expected(cls.key, metric.name, allowed, metric.number))
    return Measure(
        count,
        made,
        check_keep(cls, keep),
        whole_number("every", every, 1),
        condition_text(cls, until),
    )


def _reduction_text(metric: Metric) -> str:
    bounded = metric.reduction.endswith(("<", ">", "="))
    return f"{metric.reduction}{metric.number!r}" if bounded else metric.reduction


def entropy_of(seed: Any, stored: int | None) -> int:
    """Return the seed of a sweep; None is that of the stored sweep of the name, or a new one."""
    if seed is None and stored is not None:
        return stored
    entropy = as_seed(seed)
    # What SQLite, tables and a command line hold.
    return entropy & (2**63 - 1) if seed is None else entropy
