"""What a step is in time: `Simulation.step_duration` and `Simulation.step_unit`, resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivisit.declarations import as_number
from ivisit.errors import ParameterError, expected
from ivisit.ranges import number_text

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


def step_time(simulation: Simulation) -> tuple[float, str]:
    """Return the duration of a step and its unit; ``(1.0, "")`` where nothing is declared.

    A duration that is a parameter has the parameter's present value, and its unit where
    `Simulation.step_unit` names none.

    Raises
    ------
    ParameterError
        When the duration is neither a positive number nor the name of a parameter.
    """
    duration, unit = simulation.step_duration, simulation.step_unit
    if duration is None:
        return 1.0, unit
    if isinstance(duration, str):
        control = simulation.parameters.control(duration)
        unit = unit or control.unit
        duration = simulation.parameters[duration]
    number = as_number(duration, float)
    if number is None or number <= 0:
        allowed = "a positive number, or the name of a parameter that is one"
        raise ParameterError(expected(type(simulation).key, "step_duration", allowed, duration))
    return float(number), unit


def time_text(step: int, duration: float, unit: str) -> str:
    """Return a step number for people, with its time where a unit is declared.

    >>> time_text(812, 1.0, ""), time_text(812, 0.1, "ms")
    ('step 812', 'step 812 (81.2 ms)')
    """
    text = f"step {step:,}"
    return f"{text} ({number_text(float(f'{step * duration:.10g}'))} {unit})" if unit else text
