"""`RunResult`: what a run leaves behind; saved without pickle, shown in notebooks."""

from __future__ import annotations

import csv
import html
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from ivisit import panels
from ivisit.errors import Failure, unknown
from ivisit.panels.base import Painter, painted
from ivisit.recording import LogEntry, component_name, entry_to_json
from ivisit.runs.reading import Status, read_result
from ivisit.runs.writing import written
from ivisit.unfolding import ALWAYS_ALLOWED

#: Written into every result file; a reader refuses what it does not know.
FORMAT = "ivisit-lab run result, version 1"


class Outputs(Mapping[str, Any]):
    """Panel name to final value; a figure is drawn when somebody looks at it.

    Drawing takes much longer than most steps, and thousands of runs are never looked at.
    """

    def __init__(
        self, values: Mapping[str, Any], painters: Mapping[str, Painter] | None = None
    ) -> None:
        self._values = dict(values)
        self._painters = dict(painters or {})
        self._names = [*self._values, *self._painters]

    def __getitem__(self, name: str) -> Any:
        if name in self._painters:
            self._values[name] = painted(self._painters.pop(name))
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(unknown("outputs", "panel", name, self._names)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"Outputs({', '.join(self._names)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


@dataclass(eq=False)
class RunResult:
    """The result of a run.

    Two results are equal when simulation, parameters, ranges, seed, steps, status, changes, traces
    and outputs are, to the last bit, NaN being equal to NaN. How long the run took, where, and of
    what its failure told does not count.

    Attributes
    ----------
    simulation : str
        The simulation's key.
    parameters : dict
        The parameters with which the run began.
    seed : int
        Seed of the run.
    steps : int
        Finished steps.
    traces : dict of str to ndarray, shape (n,) or (n, size)
        Recorded traces, float64.
    recorded_steps : ndarray of int, shape (n,)
        Step number of each row, counted from 1.
    outputs : mapping of str to value
        What the panels held at the end: arrays, pixels of figures, floats, texts. A figure that
        cannot be drawn is a text that says why.
    panels : list of dict
        Name, kind, label, unit ... of the panels, as `Panel.describe` gives them.
    status : str
        ``finished``, ``interrupted`` or ``failed``.
    mode : str
        ``sync``, or ``async`` where changes took effect in the middle of steps: such a run cannot
        be repeated exactly.
    changes : list of Change and Adjustment
        Parameters, and ranges and labels of controls, changed while the run went on, by step.
    adjustments : dict of str to dict
        Ranges, steps and labels that differed from the class's when the run began; see
        `ivisit.parameters.Parameters.adjustments`.
    failure : Failure or None
        Why the run failed.
    duration : float
        Seconds, without loading the simulation.
    provenance : dict
        Versions, platform, source file, git commit; see `ivisit.runs.provenance`.
    instance_reused : bool
        Whether the simulation was an instance that had begun a run before: an exact repetition
        needs a fresh one.
    rasters : dict of str to ndarray, shape (n, 2)
        Step and active unit, int64, of recorded rasters.
    step_duration, step_unit : float and str
        What a step is in time; 1 and nothing where the simulation declares none.
    """

    simulation: str
    parameters: dict[str, Any]
    seed: int
    steps: int
    traces: dict[str, np.ndarray]
    recorded_steps: np.ndarray
    outputs: Mapping[str, Any]
    panels: list[dict[str, Any]] = field(default_factory=list)
    status: Status = "finished"
    mode: Literal["sync", "async"] = "sync"
    changes: list[LogEntry] = field(default_factory=list)
    failure: Failure | None = None
    duration: float = 0.0
    provenance: dict[str, Any] = field(default_factory=dict)
    adjustments: dict[str, dict[str, Any]] = field(default_factory=dict)
    instance_reused: bool = False
    rasters: dict[str, np.ndarray] = field(default_factory=dict)
    step_duration: float = 1.0
    step_unit: str = ""

    #: Results can be changed, and are compared by their content.
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RunResult):
            return NotImplemented
        return all(_same(getattr(self, name), getattr(other, name)) for name in _COMPARED)

    @property
    def every(self) -> int:
        """Every how many steps a row was recorded; a window that runs for long thins them."""
        return int(self.recorded_steps[0]) if len(self.recorded_steps) else 1

    @property
    def times(self) -> np.ndarray:
        """Time of each recorded row in `step_unit`, shape (n,)."""
        return self.recorded_steps * self.step_duration

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """The recorded traces as single columns, shape (n,); components are ``trace.x``."""
        columns = {}
        for name, rows in self.traces.items():
            if rows.ndim == 1:
                columns[name] = rows
            else:
                names = self.panel(name).get("components") or map(str, range(rows.shape[1]))
                for index, component in enumerate(names):
                    columns[component_name(name, component)] = rows[:, index]
        return columns

    @property
    def metrics(self) -> dict[str, float]:
        """The final values of the recorded traces, by the names of `columns`."""
        return {name: float(column[-1]) for name, column in self.columns.items() if column.size}

    def panel(self, name: str) -> dict[str, Any]:
        """Return the description of a panel; empty where there is no such panel.

        Parameters
        ----------
        name : str
            Name of the panel.
        """
        return next((p for p in self.panels if p["name"] == name), {})

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the result as a NumPy ``.npz`` file and return its path.

        The file is complete or not there. ``.npz`` is added when the name has no ending. What has
        2 GiB and more is not compressed.
        """
        target = Path(path)
        target = target if target.suffix else target.with_suffix(".npz")
        arrays = {name: v for name, v in self.outputs.items() if isinstance(v, np.ndarray)}
        plain = {name: v for name, v in self.outputs.items() if name not in arrays}
        metadata = {
            "format": FORMAT,
            "simulation": self.simulation,
            "parameters": self.parameters,
            "seed": self.seed,
            "steps": self.steps,
            "status": self.status,
            "mode": self.mode,
            "changes": [entry_to_json(entry) for entry in self.changes],
            "adjustments": self.adjustments,
            "instance_reused": self.instance_reused,
            "failure": asdict(self.failure) if self.failure else None,
            "duration": self.duration,
            "provenance": self.provenance,
            "traces": list(self.traces),
            "arrays": list(arrays),
            "masked": [i for i, array in enumerate(arrays.values()) if np.ma.isMaskedArray(array)],
            "outputs": plain,
            "panels": self.panels,
            "rasters": list(self.rasters),
            "step_duration": self.step_duration,
            "step_unit": self.step_unit,
        }
        # Names of panels may have any character: the file counts, the metadata names.
        table: dict[str, Any] = {
            "metadata": np.array(json.dumps(metadata)),
            "recorded_steps": self.recorded_steps,
            **{f"trace_{i}": column for i, column in enumerate(self.traces.values())},
            **{f"output_{i}": np.ma.getdata(array) for i, array in enumerate(arrays.values())},
            **{
                f"mask_{i}": np.ma.getmaskarray(array)
                for i, array in enumerate(arrays.values())
                if np.ma.isMaskedArray(array)
            },
            **{f"raster_{i}": array for i, array in enumerate(self.rasters.values())},
        }
        # What a reader may unfold has a limit, which a file that is as large as its content keeps.
        size = sum(array.nbytes for array in table.values())
        save = np.savez_compressed if size < ALWAYS_ALLOWED else np.savez
        return written(target, lambda file: save(file, **table))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RunResult:
        """Read a file written by `save`.

        Parameters
        ----------
        path : path-like
            The file.

        Raises
        ------
        IVisitError
            When the file is missing, damaged, altered, or no result of a run, or when it would
            unfold to more than 2 GiB and 10 times its size. Nothing else is raised, whatever the
            file holds, and nothing in it is executed.
        """
        return read_result(path, FORMAT, cls)

    def pack(self, path: str | os.PathLike[str]) -> Path:
        """Write the result and the code that gave it as one ``.zip`` file, for somebody else.

        ``ivisit replay`` repeats it there; see `ivisit.runs.packing.pack`.

        Parameters
        ----------
        path : path-like
            The file, ending in ``.zip``.
        """
        from ivisit.runs.packing import pack

        return pack(self, path)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the recorded traces as a table: ``step``, the time, and the `columns`.

        The time stands there where the simulation declares what a step is. Numbers are written so
        that reading gives the same float64.

        Parameters
        ----------
        path : path-like
            The file.
        """

        def write(file: IO[str]) -> None:
            writer = csv.writer(file, lineterminator="\n")
            table = {"step": self.recorded_steps}
            if self.step_unit or self.step_duration != 1:
                table[f"time ({self.step_unit})" if self.step_unit else "time"] = self.times
            table |= self.columns
            writer.writerow(table)
            writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))

        return written(Path(path), write, text=True)

    def figure(self, name: str | None = None) -> Any:
        """Return a Matplotlib figure of one panel, or of all of them.

        Parameters
        ----------
        name : str, optional
            A trace, image, figure or text panel; by default all panels side by side.
        """
        from matplotlib.figure import Figure

        names = self.panel_names()
        if name is not None:
            if name not in names:
                raise KeyError(unknown(self.simulation, "recorded panel", name, names))
            names = [name]
        groups = self.panel_groups(names)
        columns = min(len(groups), 3) or 1
        rows = -(-len(groups) // columns) or 1
        figure = Figure(figsize=(5.0 * columns, 4.0 * rows), layout="constrained")
        for place, group in enumerate(groups):
            self.draw_panels(figure.add_subplot(rows, columns, place + 1), group)
        return figure

    def panel_names(self) -> list[str]:
        """Return the panels of which there is something, in the order of their declaration."""
        declared = [panel["name"] for panel in self.panels]
        present = list(dict.fromkeys([*self.outputs, *self.traces, *self.rasters]))
        return sorted(present, key=lambda n: declared.index(n) if n in declared else -1)

    def panel_groups(self, names: list[str]) -> list[list[str]]:
        """Return which panels are drawn together: the traces of one plot.

        Parameters
        ----------
        names : list of str
            Names of panels.
        """
        groups: dict[str, list[str]] = {}
        for name in names:
            plot = self.panel(name).get("plot") if name in self.traces else ""
            groups.setdefault(f" {plot}" if plot else name, []).append(name)
        return list(groups.values())

    def draw_panels(
        self, axes: Any, names: list[str], levels: tuple[float, float] | None = None
    ) -> None:
        """Draw one of `panel_groups` into Matplotlib axes, a picture with these levels, if any.

        Parameters
        ----------
        axes : matplotlib Axes
            Where to draw.
        names : list of str
            Panels that are drawn together.
        levels : (float, float), optional
            Values of a picture's darkest and brightest color.
        """
        name = names[0]
        panel = self.panel(name)
        if levels is not None:
            panel = panel | {"vmin": levels[0], "vmax": levels[1]}
        axes.set_title(panel["plot"] if len(names) > 1 else panel.get("label", name))
        value = self.outputs.get(name)
        if name in self.traces:
            self._draw_lines(axes, names)
            return
        if name in self.rasters:
            steps, units = self.rasters[name].T
            axes.plot(steps * self.step_duration, units, "k,")
            axes.set(xlabel=self._time_label(), ylabel=panel.get("unit", ""))
            axes.set_ylim(-0.5, panel["n_units"] - 0.5)
            return
        # A kind that is not known here, of a plugin for one, is drawn by the type of its value.
        kind = getattr(panels, str(panel.get("kind")), panels.Panel)
        kind.plot(axes, value, panel)

    def _draw_lines(self, axes: Any, names: list[str]) -> None:
        for name in names:
            label = self.panel(name).get("label", name)
            components = self.panel(name).get("components") or ()
            labels = [f"{label} {component}" for component in components] or [label]
            axes.plot(self.times, self.traces[name], label=labels if components else label)
        axes.set(xlabel=self._time_label(), ylabel=self.panel(names[0]).get("unit", ""))
        rows = np.concatenate([self.traces[name].ravel() for name in names])
        scale = self.panel(names[0]).get("scale", "linear")
        if scale == "log" and not (rows > 0).any():
            scale = "linear"  # Matplotlib warns of an axis that can show nothing
        axes.set_yscale("symlog" if scale == "log" and (rows < 0).any() else scale)
        if len(axes.lines) > 1:
            axes.legend()

    def _time_label(self) -> str:
        return f"time ({self.step_unit})" if self.step_unit else "step"

    def __repr__(self) -> str:
        return (
            f"<RunResult of {self.simulation}: {self.status} after {self.steps} steps, "
            f"seed {self.seed}, traces: {', '.join(self.traces) or 'none'}>"
        )

    def _repr_html_(self) -> str:
        """Show the result in a notebook: what was run, and the final numbers."""
        rows = [("status", f"{self.status} after {self.steps} steps, {self.duration:.3g} s")]
        rows += [("seed", str(self.seed))]
        rows += [(name, str(value)) for name, value in self.parameters.items()]
        for name, value in self.outputs.items():
            text = f"array {value.shape}" if isinstance(value, np.ndarray) else str(value)
            rows.append((name, text))
        cells = "".join(
            f"<tr><th>{html.escape(name)}</th><td><pre>{html.escape(text)}</pre></td></tr>"
            for name, text in rows
        )
        return f"<b>{html.escape(self.simulation)}</b><table>{cells}</table>"


#: The attributes by which results are compared.
_COMPARED = (
    "simulation",
    "parameters",
    "adjustments",
    "seed",
    "steps",
    "status",
    "changes",
    "recorded_steps",
    "traces",
    "rasters",
    "outputs",
)


def _same(a: Any, b: Any) -> bool:
    """Tell whether two values are the same, whatever they hold; NaN is the same as NaN."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if type(a) is not type(b) or a.shape != b.shape or a.dtype != b.dtype:
            return False
        return a.tobytes() == b.tobytes() or bool(
            np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        )
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b) or bool(a != a and b != b)
