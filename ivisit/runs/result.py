"""`RunResult`: what a run leaves behind; saved without pickle, shown in notebooks."""

from __future__ import annotations

import csv
import html
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from ivisit import panels
from ivisit.errors import Failure, IVisitError, unknown
from ivisit.files import replace_file
from ivisit.panels.base import Painter
from ivisit.recording import LogEntry, entry_from_json, entry_to_json

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
            self._values[name] = self._painters.pop(name).pixels()
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


@dataclass
class RunResult:
    """The result of a run.

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
    traces : dict of str to ndarray, shape (n,)
        Recorded traces, float64.
    recorded_steps : ndarray of int, shape (n,)
        Step number of each row, counted from 1.
    outputs : mapping of str to value
        What the panels held at the end: arrays, pixels of figures, floats, texts.
    panels : list of dict
        Name, kind, label, unit ... of the panels, as `Panel.describe` gives them.
    status : str
        ``finished``, ``interrupted`` or ``failed``.
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
    """

    simulation: str
    parameters: dict[str, Any]
    seed: int
    steps: int
    traces: dict[str, np.ndarray]
    recorded_steps: np.ndarray
    outputs: Mapping[str, Any]
    panels: list[dict[str, Any]] = field(default_factory=list)
    status: str = "finished"
    changes: list[LogEntry] = field(default_factory=list)
    failure: Failure | None = None
    duration: float = 0.0
    provenance: dict[str, Any] = field(default_factory=dict)
    adjustments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the result as a NumPy ``.npz`` file and return its path.

        The file is complete or not there. ``.npz`` is added when the name has no ending.
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
            "changes": [entry_to_json(entry) for entry in self.changes],
            "adjustments": self.adjustments,
            "failure": asdict(self.failure) if self.failure else None,
            "duration": self.duration,
            "provenance": self.provenance,
            "traces": list(self.traces),
            "arrays": list(arrays),
            "outputs": plain,
            "panels": self.panels,
        }
        # Names of panels may have any character: the file counts, the metadata names.
        table: dict[str, Any] = {
            "metadata": np.array(json.dumps(metadata)),
            "recorded_steps": self.recorded_steps,
            **{f"trace_{i}": column for i, column in enumerate(self.traces.values())},
            **{f"output_{i}": array for i, array in enumerate(arrays.values())},
        }
        return _write(target, lambda file: np.savez_compressed(file, **table))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RunResult:
        """Read a file written by `save`.

        Raises
        ------
        IVisitError
            When the file is missing, damaged, or no result of a run.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                metadata = json.loads(str(file["metadata"]))
                if metadata.pop("format") != FORMAT:
                    raise IVisitError(f"{path}: is a result file of another version of ivisit-lab")
                names = metadata.pop("arrays")
                outputs = {name: file[f"output_{i}"] for i, name in enumerate(names)}
                traces = {n: file[f"trace_{i}"] for i, n in enumerate(metadata.pop("traces"))}
                steps = file["recorded_steps"]
        except OSError as error:
            raise IVisitError(f"{path}: cannot be read: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise IVisitError(f"{path}: is not a result file of ivisit-lab, or damaged") from error
        failure = metadata.pop("failure")
        return cls(
            traces=traces,
            recorded_steps=steps,
            outputs=outputs | metadata.pop("outputs"),
            changes=[entry_from_json(entry) for entry in metadata.pop("changes")],
            failure=Failure(**failure) if failure else None,
            **metadata,
        )

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the recorded traces as a table with the columns ``step`` and one a trace.

        Numbers are written so that reading gives the same float64.
        """

        def write(file: IO[str]) -> None:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["step", *self.traces])
            columns = [self.recorded_steps.tolist(), *(c.tolist() for c in self.traces.values())]
            writer.writerows(zip(*columns, strict=True))

        return _write(Path(path), write, text=True)

    def figure(self, name: str | None = None) -> Any:
        """Return a Matplotlib figure of one panel, or of all of them.

        Parameters
        ----------
        name : str, optional
            A trace, image, figure or text panel; by default all panels side by side.
        """
        from matplotlib.figure import Figure

        declared = [panel["name"] for panel in self.panels]
        present = list(dict.fromkeys([*self.outputs, *self.traces]))
        names = sorted(present, key=lambda n: declared.index(n) if n in declared else -1)
        if name is not None:
            if name not in names:
                raise KeyError(unknown(self.simulation, "recorded panel", name, names))
            names = [name]
        columns = min(len(names), 3) or 1
        rows = -(-len(names) // columns) or 1
        figure = Figure(figsize=(5.0 * columns, 4.0 * rows), layout="constrained")
        for place, panel in enumerate(names):
            self._draw(figure.add_subplot(rows, columns, place + 1), panel)
        return figure

    def _draw(self, axes: Any, name: str) -> None:
        panel = next((p for p in self.panels if p["name"] == name), {})
        axes.set_title(panel.get("label", name))
        value = self.outputs.get(name)
        if name in self.traces:
            axes.plot(self.recorded_steps, self.traces[name])
            axes.set(xlabel="step", ylabel=panel.get("unit", ""))
            return
        # A kind that is not known here, of a plugin for one, is drawn by the type of its value.
        kind = getattr(panels, str(panel.get("kind")), panels.Panel)
        kind.plot(axes, value, panel)

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


def _write(target: Path, write: Callable[[IO[Any]], Any], *, text: bool = False) -> Path:
    try:
        replace_file(target, write, text=text)
    except OSError as error:
        raise IVisitError(f"{target}: cannot be written: {error.strerror or error}") from error
    return target
