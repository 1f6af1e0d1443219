"""`Display`: what old scripts get as `display`, with a window and without one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ivisit.legacy.records import ImageRecord
from ivisit.legacy.running.handles import (
    CONTROL_HANDLES,
    CommentHandle,
    ControlHandle,
    DataHandle,
    Handle,
    ImageHandle,
    TextOutHandle,
)
from ivisit.link import Command

if TYPE_CHECKING:
    from ivisit.engine import Engine
    from ivisit.legacy.running.adapter import OldSimulation

logger = logging.getLogger(__name__)


class Display:
    """The widgets of a script, by their names.

    Everything may be called from `step`, `init`, `bind`, callbacks and the script's own threads:
    what changes is posted, what is asked for is answered at once.

    Parameters
    ----------
    simulation : OldSimulation
        The simulation.
    engine : Engine
        Its engine.

    Attributes
    ----------
    widgets : list of Handle
        Data widgets, parameter widgets and comments.
    dict_widgets : dict of str to Handle
        By name; of several with one name, the last.
    """

    def __init__(self, simulation: OldSimulation, engine: Engine) -> None:
        self._simulation = simulation
        self._engine = engine
        self.data_widgets: list[DataHandle] = []
        self.par_widgets: list[ControlHandle] = []
        self.com_widgets: list[CommentHandle] = []
        for name in simulation.panels:
            self._add_panel(name)
        for binding in simulation._bindings.values():
            handle = CONTROL_HANDLES[type(binding.widget)]
            self.par_widgets.append(handle(simulation, engine, binding))
        self.widgets: list[Handle] = [*self.data_widgets, *self.par_widgets, *self.com_widgets]
        self.dict_widgets = {handle.old_name: handle for handle in self.widgets}

    def _add_panel(self, name: str) -> None:
        simulation, engine = self._simulation, self._engine
        widget = simulation._data.get(name)
        if widget is None:
            self.com_widgets.append(CommentHandle(simulation, engine, name))
        elif isinstance(widget, ImageRecord):
            self.data_widgets.append(ImageHandle(simulation, engine, name, widget))
        else:
            self.data_widgets.append(TextOutHandle(simulation, engine, name, widget))

    def getWidget(self, name: str, debug: int = 1) -> Handle | None:
        """Return the widget called `name`, else None."""
        handle = self.dict_widgets.get(name)
        if handle is None and debug:
            logger.warning("there is no widget %r; there are %s", name, list(self.dict_widgets))
        return handle

    def bind2Widget(
        self, name: str, eventType: str, fn: Callable[..., Any], widgetobj: str | None = None
    ) -> Any:
        """Have `fn` called when something happens to a widget.

        For an image, ``fn(event)`` is called for the Tk event sequence `eventType`, and the
        canvas is returned. For a parameter, ``fn()`` is called after each change.
        """
        # Of several widgets with one name the first is meant here, images before sliders.
        for handle in self.widgets:
            if handle.old_name == name:
                return handle.bind(eventType, fn, widgetobj)
        logger.warning("nothing bound: there is no widget %r", name)
        return None

    def setWidgetValue(self, name: str, val: Any) -> None:
        """Give the widget called `name` a value, as if the user had done it."""
        handle = self.getWidget(name)
        if handle is not None:
            handle.setValue(val)

    def getFlagModified(self, name: str | None = None) -> int:
        """Return 1 if the widget, or any widget, has changed since the last step, else 0."""
        if name is None:
            return int(self.isModified)
        handle = self.dict_widgets.get(name)
        return handle.flagModifiedParVal if isinstance(handle, ControlHandle) else 0

    @property
    def isModified(self) -> bool:
        """Whether any parameter has changed since the last step."""
        return any(handle.flagModifiedParVal for handle in self.par_widgets)

    def resetButtonsAndFlags(self, flag: int = 0) -> None:
        """Release all buttons; mark all parameters as changed (1) or unchanged (0)."""
        for handle in self.par_widgets:
            handle.release()
        if flag:
            self._simulation._mark_all_modified()
        else:
            self._simulation._mark_none_modified()

    def updateData(self) -> None:
        """Show the present data, also when no step has been computed."""
        self._engine.post(_nothing)  # the window is drawn anew after each callback

    def adaptSize(self) -> None:
        """Do nothing: the window takes care of its size."""

    def saveGUIDataToDatabase(self, flagForce: int = 0) -> None:
        """Save the parameters, as the button of that name does."""
        self._engine.link.post(Command("save"))


def _nothing() -> None:
    """Do nothing."""
