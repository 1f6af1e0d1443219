"""`Comparison`: the results of two to four runs, as a table, as files, as a picture."""

from __future__ import annotations

import csv
import html
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import numpy as np

from ivisit.differences import image_difference, root_mean_square, rows_difference
from ivisit.errors import IVisitError, ParameterError, unknown
from ivisit.runs.result import RunResult
from ivisit.runs.writing import written

#: How many runs are compared.
FEWEST, MOST = 2, 4

#: Kinds of panels of which only a picture can be compared, by eye.
DRAWN = ("Figure", "Histogram")

RowKind: TypeAlias = Literal["parameter", "run", "metric", "output"]


@dataclass(frozen=True)
class ComparisonRow:
    """One line of the table of a comparison.

    Attributes
    ----------
    kind : str
        ``parameter`` (one in which the runs differ), ``run`` (steps and status), ``metric`` (final
        value of a recorded trace) or ``output`` (what else panels held at the end).
    name : str
        What is compared.
    values : tuple
        The value of each run; None where it has none.
    differences : tuple of float or None
        For each run but the first: its value minus that of the first, None where there is no such
        number.
    unit : str
        Unit of the values.
    """

    kind: RowKind
    name: str
    values: tuple[Any, ...]
    differences: tuple[float | None, ...]
    unit: str = ""


class Comparison:
    """Two to four runs of a simulation side by side; `ivisit.compare` makes one.

    Results that were saved can be compared, too: ``iv.Comparison({"then": a, "now": b})``.

    Parameters
    ----------
    runs : dict of str to RunResult
        Results of one simulation by name. All others are compared with the first.

    Attributes
    ----------
    runs : dict of str to RunResult
        The results.

    Raises
    ------
    ParameterError
        For fewer than two or more than four results, and when their panels are not the same.
    """

    def __init__(self, runs: Mapping[str, RunResult]) -> None:
        if not FEWEST <= len(runs) <= MOST:
            raise ParameterError(f"Comparison: needs two to four results, not {len(runs)}")
        self.runs: dict[str, RunResult] = dict(runs)
        first = self.names[0]
        for name in self.names[1:]:
            if told := _other_panels(self.runs[first], self.runs[name]):
                raise ParameterError(
                    f"Comparison: {name!r} has other panels than {first!r}: {told}; "
                    "only runs of one simulation can be compared"
                )

    @property
    def names(self) -> list[str]:
        """The names of the runs."""
        return list(self.runs)

    @property
    def simulation(self) -> str:
        """Key of the simulation."""
        return next(iter(self.runs.values())).simulation

    @property
    def failed(self) -> list[str]:
        """The names of the runs that failed; their results have a ``failure``."""
        return [name for name, run in self.runs.items() if run.status == "failed"]

    @property
    def parameters(self) -> dict[str, tuple[Any, ...]]:
        """The parameters in which the runs differ, with the value of each run."""
        each = [run.parameters for run in self.runs.values()]
        names = dict.fromkeys(name for parameters in each for name in parameters)
        found = {name: tuple(values.get(name) for values in each) for name in names}
        return {n: values for n, values in found.items() if any(v != values[0] for v in values)}

    @property
    def columns(self) -> dict[str, dict[str, np.ndarray]]:
        """The recorded traces of all runs: column to name of the run to values.

        Components are columns of their own, as in `RunResult.columns`.
        """
        names = dict.fromkeys(name for run in self.runs.values() for name in run.columns)
        return {
            column: {
                n: run.columns[column] for n, run in self.runs.items() if column in run.columns
            }
            for column in names
        }

    def difference(self, panel: str, run: str | None = None, reference: str | None = None) -> Any:
        """Return by how much a picture or a recorded trace differs between two runs.

        Parameters
        ----------
        panel : str
            An image, or a trace or component of one.
        run, reference : str, optional
            The runs, by default the second and the first.

        Returns
        -------
        ndarray or None
            That of `run` minus that of `reference`. Of colour pictures the mean over the colours;
            of traces the values at the steps that both recorded. None for pictures of different
            shapes, and where a run has none.

        Raises
        ------
        KeyError
            When there is no such run or panel, or when it is neither a picture nor a trace.
        """
        names = self.names
        one, other = (
            self._run(names[1] if run is None else run),
            self._run(names[0] if reference is None else reference),
        )
        if any(panel in each.traces or panel in each.columns for each in (one, other)):
            rows = [each.traces.get(panel, each.columns.get(panel)) for each in (one, other)]
            if rows[0] is None or rows[1] is None:
                return None
            steps = one.recorded_steps, other.recorded_steps
            return rows_difference(steps[0], rows[0], steps[1], rows[1])[1]
        if panel in self.image_names():
            values = one.outputs.get(panel), other.outputs.get(panel)
            if isinstance(values[0], np.ndarray) and isinstance(values[1], np.ndarray):
                return image_difference(values[0], values[1])
            return None
        comparable = dict.fromkeys([*self.image_names(), *one.traces, *self.columns])
        raise KeyError(unknown(self.simulation, "picture or trace", panel, comparable))

    def _run(self, name: str) -> RunResult:
        if name not in self.runs:
            raise KeyError(unknown("Comparison", "run", name, self.runs))
        return self.runs[name]

    def image_names(self) -> list[str]:
        """Return the names of the panels that show pictures of numbers."""
        found = {}
        for run in self.runs.values():
            for name in run.panel_names():
                if self._is_drawn(run, name) or name in run.traces or name in run.rasters:
                    continue
                value = run.outputs.get(name)
                if isinstance(value, np.ndarray) and value.ndim in (2, 3):
                    found[name] = True
        return list(found)

    # The table ------------------------------------------------------------------------------

    @property
    def table(self) -> list[ComparisonRow]:
        """What differs in the parameters, and all final numbers and texts, side by side.

        Of a picture these are its mean, and the root mean square of its difference to that of the
        first run.
        """
        runs = list(self.runs.values())
        rows = [_row("parameter", name, values) for name, values in self.parameters.items()]
        rows.append(_row("run", "steps", tuple(run.steps for run in runs)))
        rows.append(_row("run", "status", tuple(run.status for run in runs)))
        for column in self.columns:
            values = tuple(run.metrics.get(column) for run in runs)
            rows.append(_row("metric", column, values, self._unit(column)))
        images = self.image_names()
        for name in dict.fromkeys(name for run in runs for name in run.panel_names()):
            if name in images:
                rows += self._image_rows(name)
            elif any(name in run.rasters for run in runs):
                counts = tuple(
                    len(run.rasters[name]) if name in run.rasters else None for run in runs
                )
                rows.append(_row("output", f"{name}, events", counts))
            elif not any(name in run.traces or self._is_drawn(run, name) for run in runs):
                values = tuple(run.outputs.get(name) for run in runs)
                if all(value is None or isinstance(value, str | float | int) for value in values):
                    rows.append(_row("output", name, values, self._unit(name)))
        return rows

    @staticmethod
    def _is_drawn(run: RunResult, name: str) -> bool:
        """Tell whether a panel holds no numbers of its own; to look at it would be to draw it."""
        return run.panel(name).get("kind") in DRAWN

    def _unit(self, name: str) -> str:
        run = next(iter(self.runs.values()))
        owner = next((n for n in run.traces if name == n or name.startswith(f"{n}.")), name)
        return str(run.panel(owner).get("unit", ""))

    def _image_rows(self, name: str) -> list[ComparisonRow]:
        first, *others = self.names
        pictures = [run.outputs.get(name) for run in self.runs.values()]
        means = tuple(None if p is None else _mean(p) for p in pictures)
        distances: list[float | None] = []
        for other in others:
            difference = self.difference(name, other, first)
            distances.append(None if difference is None else root_mean_square(difference))
        none = (None,) * len(self.runs)
        return [
            _row("output", f"{name}, mean", means),
            ComparisonRow("output", f"{name}, RMS difference", none, tuple(distances)),
        ]

    def header(self) -> list[str]:
        """Return the titles of the columns of the table."""
        first, *others = self.names
        return ["kind", "name", "unit", *self.names, *(f"{other} - {first}" for other in others)]

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the table; numbers are written so that reading gives the same float64.

        Parameters
        ----------
        path : path-like
            The file.
        """

        def write(file: IO[str]) -> None:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.header())
            for row in self.table:
                writer.writerow([row.kind, row.name, row.unit, *row.values, *row.differences])

        return written(Path(path), write, text=True)

    def to_dict(self) -> dict[str, Any]:
        """Return runs and table as plain values."""
        return {
            "simulation": self.simulation,
            "runs": {
                name: {
                    "parameters": run.parameters,
                    "seed": run.seed,
                    "steps": run.steps,
                    "status": run.status,
                    "failure": None if run.failure is None else str(run.failure),
                }
                for name, run in self.runs.items()
            },
            "table": [
                {
                    "kind": row.kind,
                    "name": row.name,
                    "unit": row.unit,
                    "values": dict(zip(self.names, row.values, strict=True)),
                    "differences": dict(zip(self.names[1:], row.differences, strict=True)),
                }
                for row in self.table
            ],
        }

    # Pictures -------------------------------------------------------------------------------

    def figure(self) -> Any:
        """Return a Matplotlib figure: panels side by side with the same levels, the traces of all
        runs in one plot, and below each of them the differences to the first run.
        """
        from ivisit.runs.comparison_figure import figure_of

        return figure_of(self)

    def picture(self, path: str | os.PathLike[str]) -> Path:
        """Write the `figure` as ``.png``, ``.pdf`` or ``.svg``, as the ending says.

        Parameters
        ----------
        path : path-like
            The file, ending in ``.png``, ``.pdf`` or ``.svg``.
        """
        target = Path(path)
        kind = target.suffix[1:].lower()
        if kind not in ("png", "pdf", "svg"):
            raise IVisitError(f"{target}: a picture must end in .png, .pdf or .svg")
        from matplotlib import rc_context

        figure = self.figure()
        # No date and no random names: the same comparison gives the same file.
        date = {"pdf": "CreationDate", "svg": "Date"}.get(kind)
        metadata = {date: None} if date else None
        with rc_context({"svg.hashsalt": self.simulation}):
            return written(
                target, lambda file: figure.savefig(file, format=kind, metadata=metadata)
            )

    def __repr__(self) -> str:
        failed = f", failed: {', '.join(self.failed)}" if self.failed else ""
        return f"<Comparison of {self.simulation}: {', '.join(self.names)}{failed}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        head = "".join(f"<th>{html.escape(title)}</th>" for title in self.header())
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
            for cells in self.texts()
        )
        return f"<b>{html.escape(self.simulation)}</b><table><tr>{head}</tr>{body}</table>"

    def texts(self) -> list[tuple[str, ...]]:
        """Return the rows of the table for people, each number with six digits."""
        return [
            (row.kind, row.name, row.unit, *map(_text, (*row.values, *row.differences)))
            for row in self.table
        ]


def _other_panels(first: RunResult, other: RunResult) -> str:
    """Say in which panels two results differ; empty where they do not."""
    here, there = ({p["name"]: p["kind"] for p in run.panels} for run in (first, other))
    told = [f"no {name} ({kind})" for name, kind in here.items() if name not in there]
    told += [f"{name} ({kind}) besides" for name, kind in there.items() if name not in here]
    told += [
        f"{name} is {there[name]} rather than {kind}"
        for name, kind in here.items()
        if name in there and there[name] != kind
    ]
    return ", ".join(told)


def _row(kind: RowKind, name: str, values: tuple[Any, ...], unit: str = "") -> ComparisonRow:
    """Return a line with the differences of what are numbers."""
    first, *others = values
    differences = tuple(
        value - first if _is_number(first) and _is_number(value) else None for value in others
    )
    return ComparisonRow(kind, name, values, differences, unit)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _mean(picture: np.ndarray) -> float:
    data = np.ma.getdata(picture).astype(np.float64)
    data = data[..., :3] if data.ndim == 3 else data
    missing = np.ma.getmaskarray(picture)
    known = data[np.isfinite(data) & ~(missing[..., :3] if data.ndim == 3 else missing)]
    return float(known.mean()) if known.size else float("nan")


def _text(value: Any) -> str:
    if value is None:
        return ""
    # Adding zero turns -0.0 into 0.0, which nobody has computed on purpose.
    return f"{value + 0.0:.6g}" if isinstance(value, float) else str(value)
