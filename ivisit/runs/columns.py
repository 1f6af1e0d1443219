"""The numbers that a step leaves: traces, and the components of those that take arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivisit.errors import ParameterError, unknown
from ivisit.panels import Trace
from ivisit.recording import component_name
from ivisit.simulation import Simulation


@dataclass(frozen=True)
class TraceColumn:
    """Where one number comes from.

    Attributes
    ----------
    name : str
        ``loss``, or ``position.x`` for the component of an array.
    panel : str
        The trace.
    component : int or None
        The place in the array.
    """

    name: str
    panel: str
    component: int | None = None

    def value(self, outputs: Mapping[str, Any]) -> float:
        """Return the present number; NaN where nothing has been assigned."""
        value = outputs.get(self.panel)
        if value is None:
            return float("nan")
        return float(value if self.component is None else np.asarray(value)[self.component])


def trace_columns(simulation: type[Simulation]) -> dict[str, TraceColumn]:
    """Return the columns of a simulation by name."""
    found: list[TraceColumn] = []
    for name, panel in simulation.panels.items():
        if isinstance(panel, Trace) and panel.size is None:
            found.append(TraceColumn(name, name))
        elif isinstance(panel, Trace):
            found += [
                TraceColumn(component_name(name, part), name, place)
                for place, part in enumerate(panel.components)
            ]
    return {column.name: column for column in found}


def trace_column(simulation: type[Simulation], name: str) -> TraceColumn:
    """Return one column.

    Raises
    ------
    ParameterError
        Where there is none of this name.
    """
    columns = trace_columns(simulation)
    if name not in columns:
        raise ParameterError(unknown(simulation.key, "trace", name, list(columns)))
    return columns[name]
