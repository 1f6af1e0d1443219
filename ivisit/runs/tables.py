"""The long table of a sweep as files and as objects of other libraries."""

from __future__ import annotations

import csv
import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from ivisit.errors import IVisitError
from ivisit.runs.writing import written

if TYPE_CHECKING:
    from ivisit.runs.sweep_result import SweepResult


def to_csv(result: SweepResult, path: str | os.PathLike[str]) -> Path:
    """Write the long table; see `SweepResult.to_csv`."""
    columns = result.columns()

    def write(file: IO[str]) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))

    return written(Path(path), write, text=True)


def to_pandas(result: SweepResult) -> Any:
    """Return a pandas DataFrame; see `SweepResult.to_pandas`."""
    pandas = _needed("pandas", "to_pandas")
    frame = pandas.DataFrame(result.columns())
    frame["seed"] = frame["seed"].astype("Int64")
    for name, column in result.parameters.items():
        if column.dtype.kind == "U":
            own = result.parameter_column(name)
            frame[own] = frame[own].astype("category")
    frame["status"] = frame["status"].astype("category")
    return frame


def to_parquet(result: SweepResult, path: str | os.PathLike[str]) -> Path:
    """Write a Parquet file; see `SweepResult.to_parquet`."""
    check_parquet()
    frame = to_pandas(result)
    return written(Path(path), lambda file: frame.to_parquet(file, index=False))


def check_parquet() -> None:
    """Raise `IVisitError` when Parquet files cannot be written here."""
    _needed("pandas", "to_parquet")
    _needed("pyarrow", "to_parquet")


def to_xarray(result: SweepResult) -> Any:
    """Return an xarray Dataset; see `SweepResult.to_xarray`."""
    xarray = _needed("xarray", "to_xarray")
    specification = result.sweep.specification
    axes = specification["space"].get("axes", {})
    if set(specification["space"]) - {"order", "axes"} or result.sweep.kind != "sweep":
        raise IVisitError(
            f"sweep {result.name!r}: is no grid, so it has no axes; to_pandas gives its long table"
        )
    names = result.varied
    repeats = specification["repeats"]
    shape = (repeats, *(len(axes[name]) for name in names))
    dimensions = [f"{n} (parameter)" if n in ("repeat", "step") else n for n in names]
    coordinates: dict[str, Any] = {"repeat": np.arange(repeats)}
    coordinates |= {own: list(axes[n]) for own, n in zip(dimensions, names, strict=True)}
    variables = {}
    for name, column in result.metrics.items():
        full = np.full(result.sweep.size, np.nan)
        full[result.index] = column
        variables[name] = (("repeat", *dimensions), full.reshape(shape))
    kept = {name: result.traces(name) for name in specification.get("keep", [])}
    ends = [steps for traces in kept.values() for steps, _ in traces.values()]
    steps = np.unique(np.concatenate(ends)) if ends else np.empty(0, dtype=np.int64)
    if ends:
        coordinates["step"] = steps
    for name, traces in kept.items():
        full = _trace_variable(traces, result.sweep.size, steps)
        label = f"{name} (trace)" if name in variables else name
        variables[label] = (("repeat", *dimensions, "step"), full.reshape(*shape, steps.size))
    attributes = {"simulation": result.sweep.simulation, "sweep": result.name}
    attributes |= {k: str(v) for k, v in result.sweep.provenance.items()}
    return xarray.Dataset(variables, coords=coordinates, attrs=attributes)


def _trace_variable(
    traces: Mapping[int, tuple[np.ndarray, np.ndarray]], size: int, steps: np.ndarray
) -> np.ndarray:
    """Return a kept trace, shape (size, n_steps); NaN where a run has no such step."""
    full = np.full((size, steps.size), np.nan)
    for index, (own, values) in traces.items():
        full[index, np.searchsorted(steps, own)] = values
    return full


def _needed(package: str, method: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise IVisitError(f"{method}: needs {package}; pip install {package}") from error
