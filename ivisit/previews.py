"""`previewed`: what `Simulation.preview` shows, without a trace in the simulation."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


def previewed(
    simulation: Simulation,
    values: Mapping[str, Any],
    look: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Call ``simulation.preview()`` with other values of parameters; return what it shows.

    Panels, values and `rng` are those from before afterwards. What has been drawn into a figure
    stays until the simulation draws it anew.

    Parameters
    ----------
    simulation : Simulation
        The simulation; it has a method ``preview``.
    values : mapping
        Values of parameters that `preview` sees.
    look : callable
        Returns the outputs as they are handed out.
    """
    outputs, former_values = simulation._outputs, dict(simulation._values)
    kept = {name: _kept(value) for name, value in outputs.items()}
    rng = simulation.rng
    simulation.rng = copy.deepcopy(rng)
    simulation._values.update(values)
    try:
        simulation.preview()  # type: ignore[attr-defined]
        return look()
    finally:
        simulation.rng = rng
        simulation._values.update(former_values)
        outputs.clear()
        outputs.update({name: _restored(*pair) for name, pair in kept.items()})


def _kept(value: Any) -> tuple[Any, Any]:
    """Return a value of a panel, and what it holds."""
    if isinstance(value, np.ndarray):
        return value, value.copy()
    from ivisit.panels.histogram import Collected

    return value, copy.deepcopy(value) if isinstance(value, Collected) else None


def _restored(value: Any, content: Any) -> Any:
    if content is None:
        return value
    if isinstance(value, np.ndarray) and value.flags.writeable:
        # The simulation may hold the same array: it is the content that must come back.
        value[...] = content
        return value
    return content
