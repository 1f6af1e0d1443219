"""Running until a trace crosses a value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ivisit.errors import ParameterError, expected, unknown
from ivisit.recording import single_columns
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
    columns = single_columns(simulation.panels)
    if name not in columns:
        raise ParameterError(unknown(simulation.key, "trace", name, columns))
    try:
        level = float(text)
    except ValueError:
        raise ParameterError(expected("", "value", "a number", text)) from None
    column = columns[name]
    former = math.nan

    def crossed(instance: Any) -> bool:
        nonlocal former
        number = column.present(instance._outputs)
        before, former = former, number
        return bool(before < level <= number or before > level >= number)

    return crossed
