"""`ClickDragEventAutomaton`: clicks and drags on an image, for old scripts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from ivisit.events import PointerEvent
from ivisit.legacy.running.canvas import CanvasEvent
from ivisit.matplotlib import getDataPos_from_PixelPos


class ClickDragEventAutomaton:
    """Calls a method of the simulation for clicks and drags on an image.

    Old scripts connect it with `bind`; in a new simulation `pointer` hands the events on.

    Parameters
    ----------
    sim : IVisit_Simulation
        The simulation.
    var_action_name : str, optional
        The parameter whose value says what the user wants to do.
    handle_action : str
        Name of the method; it is called as ``method(action, pos, pos_init, pos_prev)``, where
        action is ``click``, ``drag_init``, ``drag_move`` or ``drag_finish``, and the positions
        are ``[x, y]``: now, where the button went down, and at the call before; the last two are
        None for a click.
    dict_action_type : dict of str to str, or str, optional
        ``click`` (default) or ``drag``; a dict gives it for each value of the parameter.
    button_no : int, optional
        The mouse button.
    flagMatplotlib : int, optional
        1: positions are data coordinates of Matplotlib axes; 0: pixels of the image.
    """

    def __init__(
        self,
        sim: Any,
        var_action_name: str | None = None,
        handle_action: str | None = None,
        dict_action_type: Any = None,
        button_no: int = 1,
        flagMatplotlib: int = 0,
    ) -> None:
        self.sim = sim
        self.var_action_name = var_action_name
        self.handle_action = handle_action
        self.dict_action_type = dict_action_type
        self.button_no = button_no
        self.flagMatplotlib = flagMatplotlib
        self.img_axis_name: str | None = None
        self._is_dragging = False
        self._first: list[Any] = [0, 0]
        self._before = self._last = self._first

    def bind(
        self,
        display: Any,
        img_var_name: str,
        img_widget_name: str,
        img_axis_name: str | None = None,
        img_widget_canvas_name: str = "imgcanvas",
    ) -> None:
        """Connect with an image widget.

        Parameters
        ----------
        display : Display
            What the simulation's `bind` was given.
        img_var_name, img_widget_name : str
            The image's data attribute and its widget.
        img_axis_name : str, optional
            Attribute of the simulation with the Matplotlib axes.
        img_widget_canvas_name : str, optional
            The part of the widget.
        """
        self.img_axis_name = img_axis_name
        number = self.button_no
        for sequence, method in (
            (f"<Button-{number}>", self.onPressedButton),
            (f"<B{number}-Motion>", self.onMovedButton),
            (f"<ButtonRelease-{number}>", self.onReleasedButton),
        ):
            display.bind2Widget(img_widget_name, sequence, method, img_widget_canvas_name)

    def pointer(self, event: PointerEvent, img_axis_name: str | None = None) -> None:
        """Take an event of the method `pointer` of a new simulation.

        Parameters
        ----------
        event : PointerEvent
            The event, on an image with ``pointer=True``.
        img_axis_name : str, optional
            Attribute of the simulation with the Matplotlib axes.
        """
        if event.button != self.button_no or event.column is None or event.row is None:
            return
        self.img_axis_name = img_axis_name
        here: list[Any] = [event.column, event.row]
        if self.flagMatplotlib:
            here = self._in_axes(*here, height=self.sim.outputs[event.panel].shape[0])
        if event.kind == "press":
            self._pressed(here)
        elif event.kind == "drag":
            self._moved(here)
        elif event.kind == "release":
            self._released()

    def onPressedButton(self, event: CanvasEvent) -> None:
        """Report a click, or the beginning of a drag."""
        self._pressed(self._position(event))

    def onMovedButton(self, event: CanvasEvent) -> None:
        """Report a movement of a drag."""
        self._moved(self._position(event))

    def onReleasedButton(self, event: CanvasEvent) -> None:
        """Report the end of a drag, at the place of its last movement."""
        self._released()

    def _pressed(self, here: list[Any]) -> None:
        self._is_dragging = self._action_type() == "drag"
        if self._is_dragging:
            self._first = self._before = self._last = here
            self._report("drag_init", here, here, here)
        else:
            self._report("click", here, None, None)

    def _moved(self, here: list[Any]) -> None:
        if self._is_dragging:
            self._before, self._last = self._last, here
            self._report("drag_move", self._last, self._first, self._before)

    def _released(self) -> None:
        if self._is_dragging:
            self._is_dragging = False
            self._report("drag_finish", self._last, self._first, self._before)

    def _action_type(self) -> str:
        if isinstance(self.dict_action_type, dict):
            values, name = self.sim.parameters, self.var_action_name or ""
            action = values[name] if isinstance(values, Mapping) else getattr(values, name, None)
            return str(self.dict_action_type.get(action, "click"))
        return "drag" if self.dict_action_type == "drag" else "click"

    def _position(self, event: CanvasEvent) -> list[Any]:
        if not self.flagMatplotlib:
            return [event.column, event.row]
        return self._in_axes(event.x, event.y, height=event.widget.winfo_height())

    def _in_axes(self, x: float, y: float, *, height: int) -> list[Any]:
        """Return the data coordinates of a pixel of a picture that is `height` pixels high."""
        axes = getattr(self.sim, self.img_axis_name or "")
        return list(getDataPos_from_PixelPos(x, y, height, axes))

    def _report(self, action: str, *positions: list[Any] | None) -> None:
        """Call the simulation's method, with its lock held where it has one."""
        with getattr(self.sim, "lock", nullcontext()):
            getattr(self.sim, self.handle_action or "")(action, *positions)
