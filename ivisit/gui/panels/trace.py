"""Numbers a step, as live lines."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Mapping
from tkinter import filedialog
from typing import Any, cast

import numpy as np
from PIL import Image

from ivisit.declarations import as_number
from ivisit.gui.panels.legend import Legend, Line
from ivisit.gui.panels.plot import PlotPanel, Tick, rgb
from ivisit.gui.panels.plot_export import export_plot
from ivisit.gui.panels.plotting import value_text
from ivisit.gui.panels.scales import LinearScale, LogScale, Scale, ScaleName, scale_for
from ivisit.gui.panels.smoothing import is_solid, moving_average
from ivisit.gui.panels.strokes import coverage, edge_marks, mask
from ivisit.gui.panels.trace_history import TraceHistory, View
from ivisit.gui.toolkit.dialogs import FormDialog
from ivisit.panels import Panel, Trace
from ivisit.recording import Frame

#: Spans and widths of the moving average that the menu offers, in steps.
SPANS = (100, 500, 2000, 10_000)
SMOOTHINGS = (0, 5, 20, 100, 500)
SCALES: tuple[tuple[str, ScaleName], ...] = (
    ("Linear", "linear"),
    ("Logarithmic", "log"),
    ("Logarithmic on both sides of 0", "symlog"),
)
#: Steps that are shown of a run whose whole would be a solid block.
AUTOMATIC_SPAN = 1000
#: Seconds between two changes of the numbers: faster ones cannot be read.
READABLE = 0.1
#: How strong a raw line is under its moving average.
PALE = 0.3


class TraceWidget(PlotPanel):
    """Widget of a `Trace`, or of several ones that name the same plot.

    The right click's menu chooses span, scale, range and moving average and exports the plot; a
    click on an entry of the legend hides a line.
    """

    def _build(self) -> None:
        self.traces: list[Trace[Any]] = []
        self.lines: list[Line] = []
        self.history = TraceHistory()
        self.smoothing = 0
        self._latest: dict[str, Any] = {}
        self._numbers_due = 0.0
        #: Last step and columns when it was judged, and whether it is a solid block.
        self._judged: tuple[int, int, bool] = (0, 0, False)
        super()._build()
        self.legend = Legend(self.canvas, self.host.theme, self._lines_changed)
        self.scale: Scale = LinearScale()
        #: Difference of the largest and the smallest value that is shown.
        self._shown = 0.0
        trace = cast("Trace[Any]", self.panel)
        self.scale_name: ScaleName = trace.scale
        self.range: tuple[float | None, float | None] = (trace.vmin, trace.vmax)
        self.span = trace.span
        #: Whether the span is chosen by the plot: the whole run, as long as that can be read.
        self.automatic = trace.span is None
        self.join(trace)
        self._make_menu()

    @classmethod
    def card_of(cls, panel: Panel[Any]) -> str:
        plot = cast("Trace[Any]", panel).plot_name
        # Names of panels are identifiers or have no leading blank.
        return f" {plot}" if plot else panel.name

    def join(self, panel: Panel[Any]) -> None:
        trace = cast("Trace[Any]", panel)
        self.traces.append(trace)
        if len(self.traces) == 2:
            plot = trace.plot_name.replace("_", " ")
            self.set_label(plot[:1].upper() + plot[1:])
        self.lines += [Line(name, "") for name in self._names_of(trace)]
        self._color_lines()
        self.history = TraceHistory(len(self.lines))
        self.legend.lines = self.lines

    def _names_of(self, trace: Trace[Any]) -> list[str]:
        if trace.size is None:
            return [trace.label]
        return [f"{trace.label} {name}" if trace.plot_name else name for name in trace.components]

    def _color_lines(self) -> None:
        colors = self.host.theme.palette.lines
        for index, line in enumerate(self.lines):
            line.color = colors[index % len(colors)]

    def _make_menu(self) -> None:
        self.menu = self.new_menu()
        spans = self.choices("Span", "span", self._choose_span)
        spans.add("Automatic", "auto")
        spans.add("Whole run", "all")
        for span in sorted({*SPANS, *({self.span} if self.span else ())}):
            spans.add(f"Latest {span:,} steps", span)
        scales = self.choices("Scale", "scale", self.set_scale)
        for label, name in SCALES:
            scales.add(label, name)
        averages = self.choices("Moving average", "average", self.set_smoothing)
        for steps in SMOOTHINGS:
            averages.add(f"{steps} steps" if steps else "None", steps)
        self._choices = (spans, scales, averages)
        self._mark_choices()
        self.menu.add_command(label="Range of values ...", command=self.ask_range)
        self.menu.add_command(label="Show all again", command=self.show_all)
        self.menu.add_separator()
        self.menu.add_command(label="Export ...", command=self.ask_file)

    def _mark_choices(self) -> None:
        """Mark in the menu what is on."""
        spans, scales, averages = self._choices
        spans.show("auto" if self.automatic else "all" if self.span is None else self.span)
        scales.show(self.scale_name)
        averages.show(self.smoothing)

    def color(self) -> None:
        self._color_lines()
        super().color()

    def view_state(self) -> dict[str, Any]:
        return {
            "span": "auto" if self.automatic else self.span,
            "scale": self.scale_name,
            "smoothing": self.smoothing,
            "range": list(self.range),
            "hidden": [line.name for line in self.lines if not line.visible],
        }

    def take_view(self, state: Mapping[str, Any]) -> None:
        span = state.get("span", "auto")
        if span == "auto" or span is None or (as_number(span, int) or 0) > 1:
            self._choose_span("all" if span is None else span)
        if state.get("scale") in [name for _, name in SCALES]:
            self.scale_name = state["scale"]
        self.smoothing = int(as_number(state.get("smoothing"), int) or 0)
        given = state.get("range")
        if isinstance(given, list | tuple) and len(given) == 2:
            low, high = (as_number(end, float) for end in given)
            self.range = (low, high)
        hidden = state.get("hidden")
        for line in self.lines:
            line.visible = not (isinstance(hidden, list | tuple) and line.name in hidden)
        self._mark_choices()
        self.redraw()

    def refit(self) -> None:
        self.legend.forget()
        super().refit()

    # What the menu offers -------------------------------------------------------------------

    def _choose_span(self, choice: Any) -> None:
        self.automatic = choice == "auto"
        super().set_span(None if choice in ("auto", "all") else int(choice))

    def set_span(self, span: int | None) -> None:
        self.automatic = False
        super().set_span(span)

    def set_scale(self, name: ScaleName) -> None:
        """Show the values on another scale."""
        self.scale_name = name
        self.redraw()

    def set_smoothing(self, steps: int) -> None:
        """Draw the mean of the latest `steps` steps over the pale raw line; 0: only that."""
        self.smoothing = int(steps)
        self.redraw()

    def set_range(self, low: float | None, high: float | None) -> None:
        """Fix the ends of the value axis; None follows the values."""
        self.range = (low, high)
        self.redraw()

    def ask_range(self) -> FormDialog:
        """Open the dialog for the range of values."""
        fields = {
            name: "" if value is None else repr(value)
            for name, value in zip(("Lowest", "Highest"), self.range, strict=True)
        }
        return FormDialog(
            self.host,
            f"Range of {self.title}",
            fields,
            self._take_range,
            text="An empty field follows the values.",
        )

    def _take_range(self, fields: dict[str, str]) -> str:
        try:
            low, high = (float(f) if f.strip() else None for f in fields.values())
        except ValueError:
            return "A limit is a number, or empty."
        if not all(np.isfinite(v) for v in (low, high) if v is not None):
            return "A limit must be finite."
        if low is not None and high is not None and low >= high:
            return "The highest value must be larger than the lowest one."
        self.set_range(low, high)
        return ""

    def ask_file(self) -> None:
        """Ask for a file and export the plot."""
        path = filedialog.asksaveasfilename(
            parent=self,
            defaultextension=".csv",
            initialfile=f"{self.card_of(self.traces[0]).strip()}.csv",
            filetypes=[
                ("Table of all recorded steps", "*.csv"),
                ("NumPy array of all recorded steps", "*.npy"),
                ("Picture", "*.png"),
                ("Drawing", "*.svg"),
            ],
        )
        if path:
            export_plot(self, path)

    def _lines_changed(self) -> None:
        self.legend.arrange(*self._legend_place())
        self.redraw()

    # Frames ---------------------------------------------------------------------------------

    def show(self, frame: Frame) -> None:
        if self.begins_anew(frame.run):
            self.history.clear()
            self._judged = (0, 0, False)
            self.redraw()
        names = [trace.name for trace in self.traces if trace.name in frame.traces]
        if len(frame.trace_steps) and len(names) == len(self.traces):
            count = len(frame.trace_steps)
            columns = [frame.traces[name].reshape(count, -1) for name in names]
            self.history.append(frame.trace_steps, np.hstack(columns))
            self.redraw_soon()
        self._latest = frame.outputs
        self._show_numbers()

    def _show_numbers(self) -> None:
        """Show the values at the cursor, else the present ones, as often as one can read."""
        now = time.perf_counter()
        if self.cursor.step is not None:
            self._show_values_at(self.cursor.step)
            return
        if now < self._numbers_due:
            # What stays is the last one: look again when nothing comes any more.
            self.after_once("numbers", READABLE, self._show_numbers)
            return
        self._numbers_due = now + READABLE
        values: list[float] = []
        for trace in self.traces:
            value = self._latest.get(trace.name)
            count = trace.size or 1
            values += [np.nan] * count if value is None else np.atleast_1d(value).tolist()
        missing = all(self._latest.get(trace.name) is None for trace in self.traces)
        self._tell("", [] if missing else values)

    def _show_values_at(self, step: int) -> None:
        found = self.history.at(step)
        if found is not None:
            self._tell(self.host.session.time_text(found[0]), found[1].tolist())

    def _tell(self, place: str, values: list[float]) -> None:
        """Show a moment and the values there: in the legend, or for one line in the heading."""
        unit = self.traces[0].unit
        texts = [value_text(v, self._shown) for v in values] if len(self.lines) == 1 else []
        note = f"{texts[0]} {unit}".strip() if texts else ""
        if texts and isinstance(self.scale, LogScale) and values[0] <= 0:
            note += " (below the axis)"
        self.set_note(f"{place}:  {note}" if place and note else place or note)
        if len(self.lines) > 1:
            short = ["" if np.isnan(v) else value_text(v, self._shown, 4) for v in values]
            self.legend.show_values(short or [""] * len(self.lines))

    def show_cursor(self) -> None:
        super().show_cursor()
        self._numbers_due = 0.0
        self._show_numbers()

    # Drawing --------------------------------------------------------------------------------

    def last_step(self) -> int:
        return self.history.last_step

    def header(self) -> int:
        self.legend.arrange(*self._legend_place())
        return self.legend.height

    def _legend_place(self) -> tuple[int, int, int]:
        px = self.host.theme.pixels
        return px(10), self.canvas_size[0] - px(20), self.canvas_size[1]

    def shown_span(self) -> int | None:
        if not self.automatic:
            return self.span
        # What has been a solid block stays one: the axis must not jump to and fro. Else it is
        # judged anew as soon as a quarter more steps, or another width, may make it one.
        columns = max(self.canvas_size[0] - 70, 1)
        steps, width, solid = self._judged
        if not solid and (self.history.last_step >= 1.25 * steps or columns < width):
            view = self.history.view()
            solid = is_solid(view.low, view.high, columns)
            self._judged = (self.history.last_step, columns, solid)
        return AUTOMATIC_SPAN if solid else None

    def vertical(self, first: float, last: float, height: int) -> tuple[float, float, list[Tick]]:
        self.view = self.history.view(first - self.smoothing, last)
        shown = [index for index, line in enumerate(self.lines) if line.visible]
        low, high = self._extremes(self.view, shown)
        low = low if self.range[0] is None else self.range[0]
        high = high if self.range[1] is None else self.range[1]
        if not high > low and self.range != (None, None):
            low, high = min(low, high), max(low, high) + (low == high)
        self._shown = high - low
        self.scale = scale_for(self.scale_name, low, high)
        count = max(height // self.host.theme.pixels(34), 2)
        if None in self.range:
            bottom, top = self.scale.limits(low, high, count)
        else:
            bottom, top = (float(self.scale.forward(np.array(v))) for v in (low, high))
        return bottom, top, self.scale.ticks(bottom, top, count)

    def _extremes(self, view: View, shown: list[int]) -> tuple[float, float]:
        """Return the smallest and largest value that the scale can show."""
        values = np.concatenate([view.low[:, shown], view.high[:, shown]])
        values = values[np.isfinite(values)]
        if self.scale_name == "log" and not (values < 0).any():
            values = values[values > 0]  # zeros have no place on a logarithmic axis
        if not len(values):
            return (0.1, 1.0) if self.scale_name == "log" else (0.0, 1.0)
        return float(values.min()), float(values.max())

    def paint(self, picture: Image.Image) -> None:
        size = picture.size
        view = self.view
        x = self.x_of(view.steps)
        thickness = 1.5 * self.host.theme.scale
        # The first line lies on top.
        for index in range(len(self.lines) - 1, -1, -1):
            line = self.lines[index]
            if not line.visible or not len(x):
                continue
            low = self.y_of(self.scale.forward(view.high[:, index]))
            high = low if view.exact else self.y_of(self.scale.forward(view.low[:, index]))
            if not view.exact:
                # Where only one end has a place on the axis, the other one counts.
                high = np.where(np.isnan(high), low, high)
            cover = coverage(x, low, high, size, thickness=thickness)
            color = rgb(line.color)
            picture.paste(color, None, mask(cover, PALE if self.smoothing else 1.0))
            if isinstance(self.scale, LogScale) and (below := view.low[:, index] <= 0).any():
                # On this axis zero lies below all places: a mark at its edge says when.
                edge = edge_marks(x, below, size, height=2 * thickness)
                picture.paste(color, None, mask(edge))
            if self.smoothing:
                rows = max(round(self.smoothing / self._rows_distance(view)), 1)
                mean = self.y_of(self.scale.forward(moving_average(view.mean[:, index], rows)))
                cover = coverage(x, mean, mean, size, thickness=1.25 * thickness)
                picture.paste(color, None, mask(cover))

    @staticmethod
    def _rows_distance(view: View) -> float:
        """Return the steps from one row to the next."""
        return float(np.median(np.diff(view.steps))) if len(view.steps) > 1 else 1.0

    def event_widget(self) -> tk.Misc:
        return self.canvas
