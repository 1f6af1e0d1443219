"""`Drawer`: calls `Simulation.draw` when a picture is due; no number may depend on that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.errors import ParameterError

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


class Drawer:
    """Calls the method `draw` of a simulation, once for each moment that is shown.

    `draw` is called when somebody looks, which differs from run to run. So it gets random numbers
    of its own, and must not assign to what is recorded.

    Parameters
    ----------
    simulation : Simulation
        The simulation.
    """

    def __init__(self, simulation: Simulation) -> None:
        from ivisit.simulation import Simulation

        self.simulation = simulation
        #: Whether there is anything to do.
        self.is_needed = type(simulation).draw is not Simulation.draw
        self._drawn: Any = None
        self._recorded: list[str] = []
        if self.is_needed:
            panels = simulation.panels.items()
            self._recorded = [name for name, panel in panels if panel.recorded or panel.sparse]

    def forget(self) -> None:
        """Something has changed without a step: what was drawn does not count any more."""
        self._drawn = None

    def draw(self, moment: tuple[int, int]) -> None:
        """Have the simulation draw, unless it has done so for this run and step."""
        if self._drawn == moment:
            return
        simulation = self.simulation
        outputs = simulation._outputs
        before = {name: outputs.get(name) for name in self._recorded}
        rng = simulation.rng
        simulation.rng = np.random.default_rng(moment)
        try:
            simulation.draw()
        finally:
            simulation.rng = rng
            assigned = [n for n, value in before.items() if outputs.get(n) is not value]
            for name in assigned:
                outputs[name] = before[name]
        if assigned:
            raise ParameterError(
                f"{type(simulation).key}.{assigned[0]}: is recorded, so draw() must not assign to "
                "it: draw() is called only when somebody looks; assign in step()"
            )
        self._drawn = moment
