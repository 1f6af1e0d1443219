"""A sweep or an optimisation in a few lines, for people and as plain values."""

from __future__ import annotations

import math
from typing import Any


def summary_of(result: Any) -> dict[str, Any]:
    """Return what ``--json`` prints of a sweep or an optimisation."""
    record = {
        "simulation": result.sweep.simulation,
        "name": result.name,
        "kind": result.sweep.kind,
        "store": str(result.path),
        "size": result.sweep.size,
        "done": len(result),
        "failed": int((result.status == "failed").sum()),
        "diverged": int(result.diverged.sum()),
        "never": {name: int(runs.sum()) for name, runs in result.never.items()},
        "metrics": list(result.metrics),
        "parameters": result.varied,
    }
    if result.sweep.kind == "optimize":
        record |= {"best_parameters": result.best_parameters, "best_value": result.best_value}
    return record


def best_rows(result: Any) -> list[tuple[str, ...]]:
    """Return a small table: the best trials, or the smallest and largest value of each metric."""
    if result.sweep.kind == "optimize":
        rows = [("", "value", *result.varied)]
        for place, best in enumerate(result.top(3), start=1):
            cells = [_short(best["parameters"][name]) for name in result.varied]
            rows.append((f"{place}.", _short(best["value"]), *cells))
        return rows
    rows = [("metric", "smallest", "at", "largest", "at")]
    for name in result.metrics:
        ends = [name]
        for maximize in (False, True):
            points = result.best(name, maximize=maximize)
            # A point whose median is not finite is no best one: no run of it may have a value.
            if points and math.isfinite(points[0]["value"]):
                values = points[0]["parameters"].items()
                ends += [
                    _short(points[0]["value"]),
                    " ".join(f"{n}={_short(v)}" for n, v in values),
                ]
            else:
                has_held = name not in result.never or not result.never[name].all()
                ends += ["-", "no finite median" if has_held else "never"]
        rows.append(tuple(ends))
    return rows if len(rows) > 1 else []


def _short(value: Any) -> str:
    # Adding zero turns -0.0 into 0.0, which nobody has computed on purpose.
    return f"{value + 0.0:.6g}" if isinstance(value, float) else str(value)
