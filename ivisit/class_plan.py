"""`plan_of`: what an engine asks of a simulation's declarations, worked out once a class.

Declarations do not change once their class is made, and thousands of runs of it may follow.
"""

from __future__ import annotations

import weakref
from typing import Any

from ivisit.panels.base import Panel
from ivisit.recording import Column, columns_to_record
from ivisit.simulation import Simulation


class ClassPlan:
    """What follows from the declarations of a class.

    Attributes
    ----------
    columns : dict of str to Column
        What is recorded of each step where nothing else is asked for.
    rasters : tuple of str
        The panels that are recorded sparsely where nothing else is asked for.
    restarting : frozenset of str
        Controls whose values count from the next `init` on.
    momentary : tuple of str
        Controls that go back to their default after a step.
    cleared : tuple of str
        Panels that `init` empties.
    recorded : tuple of str
        Panels to which `draw` must not assign.
    pictures : tuple of str
        Panels that may hold a picture, which is drawn when somebody looks.
    """

    def __init__(self, simulation: type[Simulation]) -> None:
        controls, panels = simulation.controls, simulation.panels
        all_columns = columns_to_record(simulation.key, panels, None)
        self.columns, self.rasters = apart(all_columns, simulation)
        self.restarting = frozenset(n for n, control in controls.items() if control.restart)
        self.momentary = tuple(n for n, control in controls.items() if control.momentary)
        self.cleared = tuple(n for n, panel in panels.items() if not panel.kept_over_init)
        self.recorded = tuple(n for n, panel in panels.items() if panel.recorded or panel.sparse)
        self.pictures = tuple(
            n for n, panel in panels.items() if type(panel).painter is not Panel.painter
        )
        self._descriptions: list[dict[str, Any]] | None = None

    def descriptions(self, simulation: type[Simulation]) -> list[dict[str, Any]]:
        """Return what the panels of the class say of themselves."""
        # The plan must not hold the panels: it would keep alive the class whose plan it is.
        if self._descriptions is None:
            self._descriptions = [panel.describe() for panel in simulation.panels.values()]
        return [description.copy() for description in self._descriptions]


def apart(
    columns: dict[str, Column], simulation: type[Simulation]
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Return what is recorded as a row of each step, and the names of what is sparse."""
    panels = simulation.panels
    sparse = tuple(name for name, column in columns.items() if panels[column.source].sparse)
    return {name: column for name, column in columns.items() if name not in sparse}, sparse


#: Not kept on the class: that may travel to other processes, and must not take this along.
_plans: weakref.WeakKeyDictionary[type[Simulation], ClassPlan] = weakref.WeakKeyDictionary()


def plan_of(simulation: type[Simulation]) -> ClassPlan:
    """Return the plan of a class."""
    plan = _plans.get(simulation)
    if plan is None:
        plan = _plans[simulation] = ClassPlan(simulation)
    return plan
