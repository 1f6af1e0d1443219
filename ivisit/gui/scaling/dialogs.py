"""The dialogs that begin a sweep or an optimization of the present state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING, Any, cast

from ivisit.controls import Slider
from ivisit.errors import IVisitError
from ivisit.gui.actions.copying import recipe_of
from ivisit.gui.scaling.panel import ScalingPanel
from ivisit.gui.scaling.requests import Axis, Request, new_name
from ivisit.gui.scaling.running import Scaling
from ivisit.gui.toolkit.dialogs import Dialog
from ivisit.recording import component_name
from ivisit.runs.executors import available_cores

if TYPE_CHECKING:
    from ivisit.gui.window import Window

NONE = "(none)"
#: Fields of the second slider of a sweep.
SECOND = ("And from", "And to", "And points")


def sliders_of(window: Window) -> list[str]:
    """Return the names of the parameters that can be varied."""
    controls = window.session.simulation_class.controls
    return [name for name, control in controls.items() if isinstance(control, Slider)]


def metrics_of(window: Window) -> list[str]:
    """Return what can be measured: traces, and the components of those that have some."""
    names = []
    for name in window.engine.recorder.names:
        panel = window.session.simulation_class.panels.get(name)
        parts = panel.components if panel is not None else ()
        names += [component_name(name, part) for part in parts] or [name]
    return names


class ScalingDialog(Dialog):
    """What both dialogs have: rows of fields, the metric, the steps, the number of processes."""

    def __init__(self, window: Window, title: str, button: str) -> None:
        super().__init__(window, title)
        self.window = window
        self.entries: dict[str, ttk.Entry | ttk.Combobox] = {}
        self._labels: dict[str, ttk.Label] = {}
        self._row = 0
        px = window.theme.pixels
        self.build()
        names = metrics_of(window)
        self.add("Metric", names, (names or [""])[0], free=True)
        self.add("Steps of a run", None, str(max(window.engine.steps, 1)))
        self.add("Processes", None, str(available_cores()))
        self.problem = ttk.Label(self.content, style="Problem.TLabel", wraplength=px(380))
        self.problem.grid(row=self._row, column=0, columnspan=2, sticky="w")
        self.content.columnconfigure(1, weight=1)
        self.add_button(button, self.accept, is_default=True)
        self.add_button("Cancel", self.destroy)
        self.open(minimum=(px(420), 0))

    def build(self) -> None:
        """Add the fields of this kind."""
        raise NotImplementedError

    def request(self) -> Request:
        """Return what is asked for; ValueError with a message for what is no number."""
        raise NotImplementedError

    def add(self, label: str, choices: list[str] | None, value: str, *, free: bool = False) -> None:
        """Add a field, with choices where there are some."""
        px = self.window.theme.pixels
        text = ttk.Label(self.content, text=label)
        text.grid(row=self._row, column=0, sticky="w", padx=(0, px(12)), pady=px(3))
        entry: ttk.Entry | ttk.Combobox
        if choices is None:
            entry = ttk.Entry(self.content, width=20)
            entry.insert(0, value)
        else:
            state = "normal" if free else "readonly"
            entry = ttk.Combobox(self.content, values=choices, state=state)
            entry.set(value)
        entry.grid(row=self._row, column=1, sticky="ew", pady=px(3))
        self.entries[label] = entry
        self._labels[label] = text
        self._row += 1

    def show_fields(self, labels: Sequence[str], shown: bool) -> None:
        """Show some fields, or take them away."""
        for label in labels:
            for widget in (self._labels[label], self.entries[label]):
                widget.grid() if shown else widget.grid_remove()
        self.geometry("")

    def fill(self, label: str, value: str) -> None:
        """Change what stands in a field."""
        entry = self.entries[label]
        entry.delete(0, "end")
        entry.insert(0, value)

    def text(self, label: str) -> str:
        """Return what stands in a field."""
        return self.entries[label].get().strip()

    def whole(self, label: str, least: int = 1) -> int:
        """Return a whole number, or raise ValueError."""
        try:
            number = int(self.text(label))
        except ValueError:
            number = least - 1
        if number < least:
            raise ValueError(f"{label}: a whole number from {least} on")
        return number

    def number(self, label: str) -> float:
        """Return a number, or raise ValueError."""
        try:
            number = float(self.text(label))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{label}: a number")
        return number

    def axis(self, name: str, low: str, high: str, points: str = "") -> Axis:
        """Return the axis of a slider between two fields."""
        control = cast("Slider[Any]", self.window.engine.control(name))
        kind = type(control.default)
        for label in (low, high):
            if kind is int and not self.number(label).is_integer():
                raise ValueError(f"{label}: a whole number, as {name} is")
        ends = kind(self.number(low)), kind(self.number(high))
        if not ends[0] < ends[1]:
            raise ValueError(f"{high}: larger than {ends[0]}")
        for end in ends:
            control.validate(end, owner=self.window.session.simulation_class.key)
        count = self.whole(points, 2) if points else 2
        return Axis(name, *ends, count, log=control.scale == "log" and ends[0] > 0)

    def common(self, axes: list[Axis]) -> dict[str, Any]:
        """Return what both kinds of requests have."""
        if not self.text("Metric"):
            raise ValueError("Metric: the simulation has no trace that could be measured")
        return {
            "recipe": recipe_of(self.window)[0],
            "axes": axes,
            "steps": self.whole("Steps of a run"),
            "metric": self.text("Metric"),
            "workers": self.whole("Processes"),
            "store": Path(self.window.sets.path).absolute(),
            "name": new_name(axes),
        }

    def accept(self) -> None:
        """Begin; show what is wrong."""
        try:
            scaling = Scaling(self.request())
        except (ValueError, IVisitError, OSError) as error:
            self.problem.configure(text=str(error))
            self.geometry("")
            return
        window = self.window
        self.destroy()
        ScalingPanel(window, scaling)


class SweepDialog(ScalingDialog):
    """Asks for range and number of points of one or two sliders."""

    def __init__(self, window: Window, name: str) -> None:
        self.name = name
        label = window.engine.control(name).label
        super().__init__(window, f"Sweep {label}", "Sweep")

    def build(self) -> None:
        control = cast("Slider[Any]", self.window.engine.control(self.name))
        self.add("From", None, repr(control.minimum))
        self.add("To", None, repr(control.maximum))
        self.add("Points", None, "11")
        others = [name for name in sliders_of(self.window) if name != self.name]
        self.add("And", [NONE, *others], NONE)
        for label in SECOND:
            self.add(label, None, "")
        self.show_fields(SECOND, False)
        self.entries["And"].bind("<<ComboboxSelected>>", lambda event: self.suggest(), add=True)
        self.add("Repeats", None, "1")

    def suggest(self) -> None:
        """Fill in the range of the second slider."""
        name = self.text("And")
        if name == NONE:
            ends = ("", "", "")
        else:
            control = cast("Slider[Any]", self.window.engine.control(name))
            ends = (repr(control.minimum), repr(control.maximum), "7")
        for label, value in zip(SECOND, ends, strict=True):
            self.fill(label, value)
        self.show_fields(SECOND, name != NONE)

    def request(self) -> Request:
        axes = [self.axis(self.name, "From", "To", "Points")]
        if self.text("And") != NONE:
            axes.append(self.axis(self.text("And"), "And from", "And to", "And points"))
        return Request(**self.common(axes), repeats=self.whole("Repeats"))


class OptimizeDialog(ScalingDialog):
    """Asks what to make smallest or largest, of which sliders, and under which name to save it."""

    def __init__(self, window: Window, name: str) -> None:
        self.name = name
        super().__init__(window, "Optimize", "Optimize")

    def build(self) -> None:
        self.add("Goal", ["minimize", "maximize"], "minimize")
        self.add("Parameters", None, self.name)
        self.add("Trials", None, "50")
        self.add("Repeats", None, "1")
        self.add("Save the best as", None, "best")

    def request(self) -> Request:
        names = [name.strip() for name in self.text("Parameters").split(",") if name.strip()]
        known = sliders_of(self.window)
        if not names or set(names) - set(known):
            raise ValueError(f"Parameters: some of {', '.join(known)}, with commas between them")
        axes = []
        for name in dict.fromkeys(names):
            control = cast("Slider[Any]", self.window.engine.control(name))
            log = control.scale == "log"
            axes.append(Axis(name, control.minimum, control.maximum, log=log))
        if not self.text("Save the best as"):
            raise ValueError("Save the best as: a parameter set needs a name")
        return Request(
            **self.common(axes),
            repeats=self.whole("Repeats"),
            goal=cast("Any", self.text("Goal")),
            trials=self.whole("Trials"),
            save=self.text("Save the best as"),
        )
