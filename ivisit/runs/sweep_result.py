"""`SweepResult`: the runs of a sweep as columns, read from the store."""

from __future__ import annotations

import html
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ivisit.errors import Failure, IVisitError, StoreError, unknown
from ivisit.runs import statistics as summaries
from ivisit.runs.metrics import canonical_name
from ivisit.runs.result_views import ResultViews
from ivisit.runs.targets import flatten
from ivisit.store import ParameterStore
from ivisit.store.sweep_rows import StoredSweep
from ivisit.unfolding import ALWAYS_ALLOWED, unfolded


@dataclass(frozen=True)
class RunFailure:
    """A failed run of a sweep.

    Attributes
    ----------
    id, index : int
        Number in the store, and place in the sweep.
    parameters : dict
        The values of what is varied.
    failure : Failure
        Stage, type, message, traceback ...
    output : str
        The last that the run printed.
    """

    id: int
    index: int
    parameters: dict[str, Any]
    failure: Failure
    output: str

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"run {self.id} (index {self.index}; {values}): {self.failure}"


#: What the long table tells of each run beside parameters and metrics.
OWN_COLUMNS = frozenset({"index", "repeat", "seed", "status", "steps", "duration"})


class SweepResult(ResultViews):
    """The runs of a sweep, in its order: a view of the store, read when it is first looked at.

    Parameters
    ----------
    store : path-like
        The file.
    name : str
        Name of the sweep, or ``SIMULATION/NAME``.
    simulation : str, optional
        Key of the simulation.

    Attributes
    ----------
    sweep : StoredSweep
        What was asked for, when, by whom.
    """

    def __init__(
        self, store: str | os.PathLike[str], name: str, simulation: str | None = None
    ) -> None:
        self.path = Path(store)
        with ParameterStore(self.path, create=False) as opened:
            self.sweep: StoredSweep = opened.load_sweep(name, simulation)

    @property
    def name(self) -> str:
        """Name of the sweep."""
        return self.sweep.name

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        names = ("id", "index", "parameters", "seed", "steps", "status", "metrics", "duration")
        columns: dict[str, list[Any]] = {name: [] for name in (*names, "failure")}
        damaged = []
        with ParameterStore(self.path, create=False) as store:
            # It may have grown since this view was made.
            self.sweep = store.load_sweep(self.sweep.name, self.sweep.simulation)
            for row in store.sweep_rows(self.sweep):
                number, is_damaged, index, parameters, seed, steps, status, metrics, duration = row[
                    :9
                ]
                if is_damaged:
                    damaged.append(index)
                    continue
                values = (number, index, flatten(json.loads(parameters)), int(seed), steps, status)
                for name, value in zip(names, values, strict=False):
                    columns[name].append(value)
                columns["metrics"].append(json.loads(metrics))
                columns["duration"].append(duration)
                columns["failure"].append(row[9])
        if damaged:
            raise StoreError(
                f"{self.path}: {len(damaged)} runs of the sweep {self.name!r} are damaged, the "
                f"first with the index {damaged[0]}: they are not what was saved. Restore a "
                "backup, or delete them and continue the sweep"
            )
        return columns

    # Columns ----------------------------------------------------------------------------------

    @cached_property
    def ids(self) -> np.ndarray:
        """Numbers of the runs in the store, int64, shape (n,)."""
        return np.array(self._columns["id"], dtype=np.int64)

    @cached_property
    def index(self) -> np.ndarray:
        """Places of the runs in the sweep, int64, shape (n,)."""
        return np.array(self._columns["index"], dtype=np.int64)

    @cached_property
    def repeat(self) -> np.ndarray:
        """Repeat of each run, from 0 on, int64, shape (n,)."""
        repeats = self.sweep.specification.get("repeats", 1)
        if self.sweep.kind == "optimize":
            return self.index % repeats
        points = max(1, self.sweep.size // repeats)
        return self.index // points

    @cached_property
    def seed(self) -> np.ndarray:
        """Seeds, int64, shape (n,)."""
        return np.array(self._columns["seed"], dtype=np.int64)

    @cached_property
    def status(self) -> np.ndarray:
        """``finished`` or ``failed``, shape (n,)."""
        return np.array(self._columns["status"], dtype=str)

    @cached_property
    def duration(self) -> np.ndarray:
        """Seconds, float64, shape (n,)."""
        return np.array(self._columns["duration"], dtype=float)

    @cached_property
    def steps(self) -> np.ndarray:
        """Finished steps, int64, shape (n,)."""
        return np.array(self._columns["steps"], dtype=np.int64)

    @cached_property
    def parameters(self) -> dict[str, np.ndarray]:
        """Name to values of what is varied, shape (n,); texts as str, numbers as numbers."""
        return {
            name: np.array([row[name] for row in self._columns["parameters"]])
            for name in self.varied
        }

    @property
    def varied(self) -> list[str]:
        """Names of what is varied, the slowest first."""
        return list(self.sweep.specification["space"]["order"])

    @cached_property
    def metrics(self) -> dict[str, np.ndarray]:
        """Name to float64, shape (n,); NaN for a failed run."""
        return {
            name: np.array([float(row.get(name, math.nan)) for row in self._columns["metrics"]])
            for name in self.sweep.specification["metrics"]
        }

    def metric(self, name: str) -> np.ndarray:
        """Return the column of a metric; ``loss:last`` is ``loss``.

        Parameters
        ----------
        name : str
            Name of the metric.
        """
        own = name if name in self.metrics else canonical_name(name)
        if own not in self.metrics:
            raise IVisitError(unknown(f"sweep {self.name!r}", "metric", name, self.metrics))
        return self.metrics[own]

    @cached_property
    def diverged(self) -> np.ndarray:
        """Whether a run has finished with a metric that is no finite number, shape (n,).

        A condition that never held is none; see `never`.
        """
        finite = np.ones(len(self), dtype=bool)
        for name, column in self.metrics.items():
            if name not in self.never:
                finite &= np.isfinite(column)
        return (self.status == "finished") & ~finite

    @cached_property
    def never(self) -> dict[str, np.ndarray]:
        """Metrics as ``loss:first<0.1``, and in which finished runs that never held, shape (n,)."""
        finished = self.status == "finished"
        conditions = self.sweep.conditions
        return {n: finished & np.isnan(c) for n, c in self.metrics.items() if n in conditions}

    @property
    def failures(self) -> list[RunFailure]:
        """The failed runs, with their causes."""
        found = []
        for place, text in enumerate(self._columns["failure"]):
            if text is None:
                continue
            stored = json.loads(text)
            output = stored.pop("output", "")
            found.append(
                RunFailure(
                    int(self.ids[place]),
                    int(self.index[place]),
                    self._columns["parameters"][place],
                    Failure(**stored),
                    output,
                )
            )
        return found

    def traces(self, name: str) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Return index to steps and values of a kept trace, for all runs that have it.

        Parameters
        ----------
        name : str
            Name of the trace.

        Raises
        ------
        StoreError
            When a trace is damaged, or unfolds to more numbers than the run has steps.
        """
        most = min(8 * self.sweep.specification.get("steps", ALWAYS_ALLOWED), ALWAYS_ALLOWED)
        found = {}
        with ParameterStore(self.path, create=False) as store:
            for index, steps, data in store.traces(self.sweep, name):
                try:
                    found[index] = (
                        np.frombuffer(unfolded(steps, most), dtype="<i8"),
                        np.frombuffer(unfolded(data, most), dtype="<f8"),
                    )
                except ValueError as error:
                    raise StoreError(
                        f"{self.path}: the trace {name!r} of run {index} of the sweep "
                        f"{self.name!r} cannot be read: {error}"
                    ) from error
        kept = self.sweep.specification.get("keep", [])
        if not found and name not in kept:
            raise IVisitError(unknown(f"sweep {self.name!r}", "kept trace", name, kept))
        return found

    # Rows -------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._columns["index"])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        columns = self.columns()
        plain = {name: column.tolist() for name, column in columns.items()}
        for values in zip(*plain.values(), strict=True):
            yield dict(zip(plain, values, strict=True))

    @property
    def complete(self) -> bool:
        """Whether all runs that were asked for are there."""
        return len(self) >= self.sweep.size

    def columns(self) -> dict[str, np.ndarray]:
        """Return the long table as columns: one row a run."""
        return {
            "index": self.index,
            "repeat": self.repeat,
            **{self.parameter_column(name): c for name, c in self.parameters.items()},
            "seed": self.seed,
            "status": self.status,
            "steps": self.steps,
            **{self._metric_column(name): column for name, column in self.metrics.items()},
            "duration": self.duration,
        }

    def parameter_column(self, name: str) -> str:
        """Return the column of a parameter; it may be called as one of the table's own columns.

        Parameters
        ----------
        name : str
            The parameter.
        """
        return f"{name} (parameter)" if name in OWN_COLUMNS else name

    def _metric_column(self, name: str) -> str:
        """Return the column of a metric; a parameter may have the same name."""
        return f"{name} (metric)" if name in {*OWN_COLUMNS, *self.varied} else name

    def table(self) -> np.ndarray:
        """Return the long table as a structured array, shape (n,)."""
        columns = self.columns()
        table = np.empty(len(self), dtype=[(n, c.dtype) for n, c in columns.items()])
        for name, column in columns.items():
            table[name] = column
        return table

    def mask(self, **values: Any) -> np.ndarray:
        """Return which runs have these values of parameters, or of index, repeat, status."""
        own = {"index": self.index, "repeat": self.repeat, "status": self.status}
        chosen = np.ones(len(self), dtype=bool)
        for name, value in values.items():
            column = {**own, **self.parameters}.get(name)
            if column is None:
                raise IVisitError(unknown(f"sweep {self.name!r}", "column", name, self.varied))
            chosen &= np.isin(column, value) if isinstance(value, list | tuple) else column == value
        return chosen

    def select(self, **values: Any) -> np.ndarray:
        """Return the rows of `table` with these values; a list stands for any of them."""
        return self.table()[self.mask(**values)]

    # Summaries --------------------------------------------------------------------------------

    def aggregate(
        self,
        by: str | Sequence[str],
        metric: str,
        statistics: Iterable[str] = ("median", "q25", "q75", "n"),
    ) -> np.ndarray:
        """Return statistics of a metric for each value of one or several parameters.

        Parameters
        ----------
        by : str or list of str
            Parameters.
        metric : str
            A metric.
        statistics : iterable of str, optional
            Of median, mean, std, min, max, q25, q75, ... (any percentile), n (finite values),
            failed (runs without a finite value).

        Returns
        -------
        ndarray, structured
            A row for each combination that occurs, sorted; only finite values count. Beside a
            parameter called ``n`` the statistic of that name is ``n (statistic)``.
        """
        names = [by] if isinstance(by, str) else list(by)
        return summaries.aggregate(
            {name: self.parameter(name) for name in names}, self.metric(metric), statistics
        )

    def pivot(
        self, index: str, columns: str, metric: str, statistic: str = "median"
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return a metric as a matrix of two parameters.

        Parameters
        ----------
        index, columns : str
            The parameters along rows and columns.
        metric : str
            The metric.
        statistic : str, optional
            What of several runs counts, by default the median; see `aggregate`.

        Returns
        -------
        index_values, column_values : ndarray
            Sorted values.
        matrix : ndarray, shape (n_index, n_columns)
            NaN where no run has a finite value.
        """
        return summaries.pivot(
            self.parameter(index), self.parameter(columns), self.metric(metric), statistic
        )

    def best(self, metric: str, n: int = 1, *, maximize: bool = False) -> list[dict[str, Any]]:
        """Return the `n` points with the best median of a metric, best first.

        A failed or diverged run counts as the worst. Each is a dict with ``parameters``, ``value``,
        ``n`` (runs) and ``indices``.

        Parameters
        ----------
        metric : str
            The metric.
        n : int, optional
            How many points.
        maximize : bool, optional
            Whether large values are good.
        """
        return summaries.best(self, self.metric(metric), n, maximize)

    def sensitivity(self, metric: str, *, resamples: int = 300) -> np.ndarray:
        """Return Sobol indices of a metric; the sample must be ``("saltelli", n)``.

        Parameters
        ----------
        metric : str
            The metric.
        resamples : int, optional
            Samples of the bootstrap.

        Returns
        -------
        ndarray, structured
            Fields parameter, total, total_low, total_high, first, first_low, first_high: indices
            with 95 % intervals from a bootstrap.
        """
        from ivisit.runs.sensitivity import sobol_indices

        return sobol_indices(self, metric, resamples)

    def parameter(self, name: str) -> np.ndarray:
        """Return the column of a varied parameter; `IVisitError` with the closest name if none."""
        if name not in self.parameters:
            raise IVisitError(
                unknown(f"sweep {self.name!r}", "varied parameter", name, self.parameters)
            )
        return self.parameters[name]

    # Summaries for people ---------------------------------------------------------------------

    def summary(self) -> str:
        """Return one line: how many runs, failed, never came to a condition, diverged."""
        failed = int((self.status == "failed").sum())
        diverged = int(self.diverged.sum())
        text = f"{self.sweep.kind} {self.name!r}: {len(self)} of {self.sweep.size} runs"
        text += f", {failed} failed" if failed else ""
        for name, runs in self.never.items():
            text += f", {runs.sum()} in which {name} never held" if runs.any() else ""
        return text + (f", {diverged} with a metric that is not finite" if diverged else "")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.sweep.simulation}: {self.summary()}>"

    def _repr_html_(self) -> str:
        """Show the first runs in a notebook."""
        columns = self.columns()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{html.escape(str(c[i]))}</td>" for c in columns.values())
            + "</tr>"
            for i in range(min(len(self), 10))
        )
        return f"<b>{html.escape(self.summary())}</b><table><tr>{head}</tr>{rows}</table>"


def load_result(store: str | os.PathLike[str], name: str) -> SweepResult:
    """Return the result of a stored sweep or optimisation.

    Parameters
    ----------
    store : path-like
        The file.
    name : str
        Name of the sweep, or ``SIMULATION/NAME``.
    """
    result = SweepResult(store, name)
    if result.sweep.kind == "optimize":
        from ivisit.runs.optimize_result import OptimizeResult

        return OptimizeResult(store, result.sweep.name, result.sweep.simulation)
    return result
