"""Statistics over the runs of a sweep: groups, matrices, the best points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.errors import ParameterError, expected

if TYPE_CHECKING:
    from ivisit.runs.sweep_result import SweepResult

#: Name to function of finite values, of which there is at least one.
STATISTICS: dict[str, Callable[[np.ndarray], float]] = {
    "median": lambda values: float(np.median(values)),
    "mean": lambda values: float(np.mean(values)),
    "std": lambda values: float(np.std(values, ddof=1)) if values.size > 1 else math.nan,
    "min": lambda values: float(np.min(values)),
    "max": lambda values: float(np.max(values)),
}


def statistic(name: str) -> Callable[[np.ndarray], float]:
    """Return the function of a statistic: one of `STATISTICS`, or a percentile such as ``q25``."""
    if name in STATISTICS:
        return STATISTICS[name]
    percent = name[1:]
    if name.startswith("q") and percent.isdecimal() and int(percent) <= 100:
        return lambda values: float(np.percentile(values, int(percent)))
    allowed = f"one of {', '.join(STATISTICS)}, n, failed, or a percentile such as q25"
    raise ParameterError(expected("aggregate", "statistic", allowed, name))


def groups(columns: Mapping[str, np.ndarray]) -> tuple[list[tuple[Any, ...]], np.ndarray]:
    """Return the combinations that occur, sorted, and for each row the number of its own."""
    rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
    keys = sorted(set(rows))
    places = {key: place for place, key in enumerate(keys)}
    return keys, np.array([places[row] for row in rows], dtype=int)


def aggregate(
    columns: Mapping[str, np.ndarray], values: np.ndarray, statistics: Iterable[str]
) -> np.ndarray:
    """Return statistics of `values` for each combination of `columns`; only finite ones count.

    A statistic that is called as one of the columns gives the column ``n (statistic)``.
    """
    names = list(statistics)
    functions = {name: statistic(name) for name in names if name not in ("n", "failed")}
    keys, place = groups(columns)
    counted = [
        (f"{name} (statistic)" if name in columns else name,
         int if name in ("n", "failed") else float)
        for name in names
    ]  # fmt: skip
    table = np.empty(len(keys), dtype=[(n, c.dtype) for n, c in columns.items()] + counted)
    for number, key in enumerate(keys):
        own = values[place == number]
        finite = own[np.isfinite(own)]
        row: list[Any] = list(key)
        for name in names:
            if name == "n":
                row.append(finite.size)
            elif name == "failed":
                row.append(own.size - finite.size)
            else:
                row.append(functions[name](finite) if finite.size else math.nan)
        table[number] = tuple(row)
    return table


def pivot(
    rows: np.ndarray, columns: np.ndarray, values: np.ndarray, name: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sorted row and column values, and a matrix of a statistic; NaN where there is none."""
    function = statistic(name)
    row_values, row_place = np.unique(rows, return_inverse=True)
    column_values, column_place = np.unique(columns, return_inverse=True)
    matrix = np.full((row_values.size, column_values.size), np.nan)
    cell = row_place * column_values.size + column_place
    for number in np.unique(cell):
        own = values[cell == number]
        finite = own[np.isfinite(own)]
        if finite.size:
            matrix.flat[number] = function(finite)
    return row_values, column_values, matrix


def worst_as(values: np.ndarray, maximize: bool) -> np.ndarray:
    """Return costs, to be small: what is not finite is the worst."""
    costs = -values if maximize else values
    return np.where(np.isfinite(costs), costs, np.inf)


def best(result: SweepResult, values: np.ndarray, n: int, maximize: bool) -> list[dict[str, Any]]:
    """Return the points with the best median, best first; see `SweepResult.best`."""
    costs = worst_as(values, maximize)
    if not result.parameters:
        keys, place = [()], np.zeros(len(result), dtype=int)
    else:
        keys, place = groups(result.parameters)
    medians = np.array([np.median(costs[place == number]) for number in range(len(keys))])
    order = np.argsort(medians, kind="stable")[:n]
    return [
        {
            "parameters": dict(zip(result.parameters, keys[number], strict=True)),
            "value": float(-medians[number] if maximize else medians[number]),
            "n": int((place == number).sum()),
            "indices": result.index[place == number].tolist(),
        }
        for number in order
    ]
