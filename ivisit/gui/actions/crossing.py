"""Running until a trace crosses a value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ivisit.errors import ParameterError, expected, unknown
from ivisit.recording import component_name
from ivisit.simulation import Simulation


def crossing(simulation: type[Simulation], name: str, text: str) -> Callable[[Any], bool]:
    """Return a function of a simulation that is true when a trace has crossed a value.

    Parameters
    ----------
    simulation : type
        The class of the simulation.
    name : str
        A trace, or a component of one as ``trace.x``.
    text : str
        The value.

    Raises
    ------
    ParameterError
        When there is no such trace, or `text` is no number.
    """
    places: dict[str, tuple[str, int | None]] = {}
    for trace, panel in simulation.panels.items():
        if panel.recorded and panel.size is None:
            places[trace] = (trace, None)
        for index, component in enumerate(panel.components):
            places[component_name(trace, component)] = (trace, index)
    if name not in places:
        raise ParameterError(unknown(simulation.key, "trace", name, places))
    try:
        level = float(text)
    except ValueError:
        raise ParameterError(expected("", "value", "a number", text)) from None
    source, part = places[name]
    former = math.nan

    def crossed(instance: Any) -> bool:
        nonlocal former
        value = instance._outputs.get(source)
        number = math.nan if value is None else float(value if part is None else value[part])
        before, former = former, number
        return bool(before < level <= number or before > level >= number)

    return crossed
