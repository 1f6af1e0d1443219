"""Handles: what old scripts get as widgets of the display.

A handle has the methods that scripts use. What they change is posted to the engine or the window;
what they ask for is known without asking the window.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ivisit.controls import Button
from ivisit.declarations import Declaration
from ivisit.legacy.records import (
    ButtonRecord,
    CheckboxRecord,
    DataRecord,
    DictSliderRecord,
    ImageRecord,
    ListRecord,
    ParameterRecord,
    RadioRecord,
    SliderRecord,
    TextRecord,
)
from ivisit.legacy.running.bindings import Binding
from ivisit.legacy.running.canvas import Canvas
from ivisit.legacy.running.sliders import OldDictSlider, OldSlider
from ivisit.link import BindControl, SetLabel

if TYPE_CHECKING:
    from ivisit.engine import Engine
    from ivisit.legacy.running.adapter import OldSimulation

logger = logging.getLogger(__name__)


class Handle:
    """What the handles of all widgets have in common.

    Parameters
    ----------
    simulation : OldSimulation
        The simulation.
    engine : Engine
        Its engine.
    name : str
        Name of the control or panel.
    old_name : str
        Name of the widget in the script.
    """

    def __init__(self, simulation: OldSimulation, engine: Engine, name: str, old_name: str) -> None:
        self._simulation = simulation
        self._engine = engine
        self.name = name
        self.old_name = old_name
        self.widgetdef = Definition(self)

    @property
    def declaration(self) -> Declaration:
        """The control or panel."""
        simulation = self._simulation
        if self.name in simulation.controls:
            return self._engine.control(self.name)
        return simulation.panels[self.name]

    @property
    def value(self) -> Any:
        """What the widget shows, as the script knows it."""
        raise NotImplementedError

    def setLabelText(self, txt: str) -> None:
        """Change the visible label; the widget's name stays."""
        self._engine.link.post(SetLabel(self.name, str(txt)))

    def setValue(self, val: Any, flagInvoke: int = 1) -> None:
        """Give the widget a value, as if the user had done it."""
        raise NotImplementedError

    def bind(self, eventType: str, fn: Callable[..., Any], obj: str | None = None) -> Any:
        """Have `fn` called when something happens to the widget."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(
            f"widget.{name}: has no counterpart here; widgets have values, labels, ranges and "
            "bindings. 'ivisit check' lists such lines"
        )

    def _has_no_part(self, obj: str | None) -> None:
        logger.warning("nothing bound: the widget %r has no part %r", self.old_name, obj)


class Definition:
    """What old scripts read from ``widget.widgetdef``."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.name = handle.old_name
        self.comment = handle.declaration.help
        self.pos = [0, 0]

    @property
    def value(self) -> Any:
        """The value as the script gets it."""
        return self._handle.value

    @property
    def range(self) -> list[Any]:
        """Range of a slider, options or items of others."""
        control = self._handle.declaration
        if isinstance(control, OldSlider):
            grid = control.grid
            return [grid.minimum, grid.maximum, grid.ticks, grid.resolution]
        return list(getattr(control, "options", ()) or getattr(control, "items", ()))


class ControlHandle(Handle):
    """A parameter's widget; `parts` are those to which a script may bind, the first by default."""

    parts: tuple[str, ...] = ()

    def __init__(self, simulation: OldSimulation, engine: Engine, binding: Binding[Any]) -> None:
        super().__init__(simulation, engine, binding.name, binding.widget.name)
        self._binding = binding
        self._callbacks: dict[str, Callable[[], Any]] = {}

    @property
    def value(self) -> Any:
        return self._binding.to_script(self._engine.parameters()[self.name])

    @property
    def flagModifiedParVal(self) -> int:
        """1 if the parameter has changed since the last step, else 0."""
        return int(self._simulation._is_modified(self.name))

    def setValue(self, val: Any, flagInvoke: int = 1) -> None:
        try:
            present = self._engine.parameters()[self.name]
            value = self._binding.from_script(val, self._engine.control(self.name), present)
            # Like a widget of the window, this one reports changes only.
            if value != present:
                self._engine.set(self.name, value)
        # A value that cannot be shown is this widget's fault and no reason to end the run.
        except (TypeError, ValueError) as error:
            self._simulation._tell_once(f"{self.name} value", f"{self.old_name}: {error}")

    def release(self) -> None:
        """Release a button that nobody has seen pressed yet."""
        if isinstance(self.declaration, Button):
            self.setValue("0")

    def bind(self, eventType: str, fn: Callable[..., Any], obj: str | None = None) -> Any:
        """Have ``fn()`` called after each change of the value; of a part, the last `fn` counts."""
        if obj is not None and obj not in self.parts:
            return self._has_no_part(obj)
        if not self._callbacks:
            self._watch()
        self._callbacks[obj or self.parts[0]] = fn
        return None

    def _watch(self) -> None:
        """Hear of all that happens to the widget from now on."""
        self._engine.watch(self.name, lambda: self._report(self.parts[0]))

    def _report(self, part: str) -> None:
        """Call what the script has bound to a part of the widget."""
        if part in self._callbacks:
            self._callbacks[part]()


class SliderHandle(ControlHandle):
    """A slider."""

    parts = ("slider",)

    def reconfigure(
        self,
        min: float | None = None,
        max: float | None = None,
        nTicks: int | None = None,
        scale: float | None = None,
    ) -> None:
        """Change range and resolution (`scale`) of a slider; its value is brought inside.

        What is left out is as the script has declared it.
        """
        grid = self._binding.widget.grid

        def number(given: float | None, declared: float) -> float:
            chosen = declared if given is None else given
            return round(chosen) if grid.whole else float(chosen)

        low, high = number(min, grid.minimum), number(max, grid.maximum)
        if not low < high:
            logger.warning("%s: the range %s .. %s is empty and ignored", self.old_name, low, high)
            return
        step = abs(number(scale, grid.resolution)) or None
        self._engine.adjust(self.name, minimum=low, maximum=high, step=step)

    @property
    def slider(self) -> Scale:
        """The slider itself."""
        return Scale(self)


class DictSliderHandle(ControlHandle):
    """A dict slider: what happens to its selector, its slider and its text is told apart."""

    parts = ("slider", "optionmenu", "textbox")

    def _watch(self) -> None:
        self._item = cast(OldDictSlider, self.declaration).selected
        self._number = self._present_number()
        self._engine.watch(self.name, self._report_slider)
        for sequence, called in (
            ("<<ItemSelected>>", self._report_selection),
            ("<<TextEntered>>", lambda item: self._report("textbox")),
        ):
            self._engine.link.post(BindControl(self.name, sequence, called))

    def _present_number(self) -> float:
        return float(self._engine.parameters()[self.name][self._item])

    def _report_slider(self) -> None:
        """Only the selected item is on the slider: the others change without its moving."""
        number = self._present_number()
        if number != self._number:
            self._number = number
            self._report("slider")

    def _report_selection(self, item: str) -> None:
        self._item = item
        self._report("optionmenu")
        # The slider moves to the place of the item, where that is another one.
        self._report_slider()


class ListHandle(ControlHandle):
    """A drop-down list."""

    parts = ("optionmenu",)


class RadioHandle(ControlHandle):
    """Radio buttons."""

    parts = ("radiobutton",)


class CheckboxHandle(ControlHandle):
    """Check boxes."""

    parts = ("checkbox",)


class ButtonHandle(ControlHandle):
    """A button."""

    parts = ("button",)

    def onPressedButton(self, e: Any = None) -> None:
        """Press the button."""
        self.setValue("1")


class TextHandle(ControlHandle):
    """A field for text."""

    parts = ("textfield",)

    def set(self, text: Any) -> None:
        """Put a text into the field, as if the user had done it."""
        self.setValue(text)


#: Kind of a parameter's widget -> class of its handle.
CONTROL_HANDLES: dict[type[ParameterRecord], type[ControlHandle]] = {
    SliderRecord: SliderHandle,
    DictSliderRecord: DictSliderHandle,
    ListRecord: ListHandle,
    RadioRecord: RadioHandle,
    CheckboxRecord: CheckboxHandle,
    ButtonRecord: ButtonHandle,
    TextRecord: TextHandle,
}


class Scale:
    """What old scripts get as the Tk scale of a slider."""

    def __init__(self, handle: SliderHandle) -> None:
        self._handle = handle

    def get(self) -> Any:
        """Return the value."""
        return self._handle.value

    def set(self, value: float) -> None:
        """Move the slider."""
        self._handle.setValue(value)

    def cget(self, option: str) -> Any:
        """Return ``from``, ``to``, ``resolution`` or ``label``."""
        slider = self._handle.declaration
        assert isinstance(slider, OldSlider)
        grid = slider.grid
        options = {
            "from": grid.minimum,
            "to": grid.highest,
            "resolution": grid.resolution,
            "length": grid.length,
            "tickinterval": (grid.maximum - grid.minimum) / (grid.ticks or 1),
            "label": slider.label,
        }
        return options[option.rstrip("_")]

    __getitem__ = cget

    def configure(self, **options: Any) -> None:
        """Change ``from_``, ``to`` and ``resolution``; other options mean nothing here."""
        self._handle.reconfigure(
            min=options.get("from_"), max=options.get("to"), scale=options.get("resolution")
        )

    config = configure


class DataHandle(Handle):
    """A widget that shows data."""

    def __init__(
        self, simulation: OldSimulation, engine: Engine, name: str, widget: DataRecord
    ) -> None:
        super().__init__(simulation, engine, name, widget.name)
        self._widget = widget

    @property
    def value(self) -> Any:
        return getattr(self._simulation._script.simulation.data, self._widget.data, None)

    def setValue(self, val: Any, flagInvoke: int = 1) -> None:
        """Show `val`, until the next step gives the data another value."""
        setattr(self._simulation._script.simulation.data, self._widget.data, val)


class ImageHandle(DataHandle):
    """An image; `imgcanvas` is its canvas."""

    def __init__(
        self, simulation: OldSimulation, engine: Engine, name: str, widget: ImageRecord
    ) -> None:
        super().__init__(simulation, engine, name, widget)
        self._scale = widget.scale
        self.imgcanvas = Canvas(engine, name, widget.scale, lambda: self.value)

    def setScale(self, sc: float) -> None:
        """Make the canvas `sc` times as large as the directive says; the window shows what fits."""
        self.imgcanvas.scale = self._scale * float(sc)

    def bind(self, eventType: str, fn: Callable[..., Any], obj: str | None = None) -> Any:
        """Have ``fn(event)`` called for a Tk event sequence; return the canvas."""
        if obj not in (None, "imgcanvas"):
            return self._has_no_part(obj)
        self.imgcanvas.bind(eventType, fn)
        return self.imgcanvas


class TextOutHandle(DataHandle):
    """A text; `textlabel` is its label."""

    def __init__(
        self, simulation: OldSimulation, engine: Engine, name: str, widget: DataRecord
    ) -> None:
        super().__init__(simulation, engine, name, widget)
        self.textlabel = Canvas(engine, name, 1.0, lambda: None)

    def bind(self, eventType: str, fn: Callable[..., Any], obj: str | None = None) -> Any:
        return self.textlabel.bind(eventType, fn)


class CommentHandle(Handle):
    """A fixed text."""

    def __init__(self, simulation: OldSimulation, engine: Engine, name: str) -> None:
        super().__init__(simulation, engine, name, simulation.panels[name].label or name)

    @property
    def value(self) -> Any:
        return getattr(self.declaration, "text", "")

    def setValue(self, val: Any, flagInvoke: int = 1) -> None:
        self.setLabelText(val)

    def bind(self, eventType: str, fn: Callable[..., Any], obj: str | None = None) -> Any:
        return self._has_no_part(obj)
