"""What panels show: `Drawer` has the simulation draw, `Painters` make pixels of it.

No number may depend on when somebody looks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from ivisit.errors import ParameterError
from ivisit.looks import FigureView
from ivisit.panels.base import Painter, Panel, painted
from ivisit.simulation import Simulation


class Drawer:
    """Calls the method `draw` of a simulation, once for each moment that is shown.

    `draw` is called when somebody looks, which differs from run to run. So it gets random numbers
    of its own, and must not assign to what is recorded.

    Parameters
    ----------
    simulation : Simulation
        The simulation.
    recorded : sequence of str
        The panels to which it must not assign meanwhile.
    """

    def __init__(self, simulation: Simulation, recorded: Sequence[str]) -> None:
        self.simulation = simulation
        #: Whether there is anything to do.
        self.is_needed = type(simulation).draw is not Simulation.draw
        self._drawn: Any = None
        self._recorded = recorded

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


class Painters:
    """Make pixels of what panels hold, and remember for each what has been drawn already.

    Parameters
    ----------
    panels : mapping of str to Panel
        The declarations.
    pictures : collection of str
        Those of the panels that may hold a picture.
    """

    def __init__(self, panels: Mapping[str, Panel[Any]], pictures: Collection[str]) -> None:
        self.panels = panels
        self.pictures = pictures
        self._known: dict[str, tuple[Any, Painter]] = {}

    def of(self, name: str, value: Any) -> Painter | None:
        """Return what makes pixels of the `value` of a panel; None where it is no picture.

        A painter remembers what it has drawn, so that it lasts as long as the value.
        """
        former, painter = self._known.get(name, (None, None))
        if painter is not None and former is value:
            return painter
        painter = self.panels[name].painter(value)
        if painter is not None:
            self._known[name] = value, painter
        return painter

    def shown(
        self, outputs: Mapping[str, Any], views: Mapping[str, FigureView] | None
    ) -> dict[str, Any]:
        """Return copies of what all panels hold; figures as pixels, by name.

        `views` says how each is looked at, by default as it is; without `views` no figure is drawn.
        """
        shown: dict[str, Any] = {}
        for name, panel in self.panels.items():
            value = outputs.get(name)
            if value is None:
                continue
            painter = self.of(name, value) if name in self.pictures else None
            if painter is None:
                shown[name] = panel.snapshot(value)
            elif views is not None:
                shown[name] = painted(painter, views.get(name))
        return shown
