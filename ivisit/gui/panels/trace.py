"""A number a step, as a live line plot."""

from __future__ import annotations

import tkinter as tk
from typing import Any, cast

import numpy as np

from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.panels.plotting import (
    is_dense,
    line_points,
    nice_length,
    nice_limits,
    tick_text,
    ticks,
)
from ivisit.gui.panels.trace_history import TraceHistory
from ivisit.panels import Trace
from ivisit.recording import Frame

#: How many of the latest steps are shown; None: all.
WINDOWS: tuple[int | None, ...] = (None, 100, 500, 2000, 10_000)
#: Pieces of a line that values which are not finite have cut; further ones are not drawn.
MOST_PIECES = 100


class TraceWidget(PanelWidget):
    """Widget of a `Trace`: the whole run or its latest steps, with the present value.

    Axes are drawn only when their limits change; in between a frame costs one call into Tk.
    """

    group = "plot"
    smallest = (200, 130)
    natural = (420, 200)

    def _build(self) -> None:
        self.history = TraceHistory()
        self.span: int | None = None
        self._run = 0
        self._limits: tuple[float, ...] = ()
        self._lines: list[int] = []
        self._width = 1
        self.canvas = tk.Canvas(self.body, highlightthickness=0, borderwidth=0, width=1, height=1)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self.canvas.bind("<Configure>", lambda event: self.redraw(), add=True)
        self.menu = self.new_menu()
        for span in WINDOWS:
            label = "Whole run" if span is None else f"Latest {span:,} steps"
            self.menu.add_command(label=label, command=lambda span=span: self.set_span(span))  # type: ignore[misc]
        self.color()

    def color(self) -> None:
        self.canvas.configure(background=self.host.theme.palette.surface)
        self._limits = ()
        self._draw_lines([])  # what is drawn from now on has the new color
        self.redraw()

    def event_widget(self) -> tk.Misc:
        return self.canvas

    def set_span(self, span: int | None) -> None:
        """Show the latest `span` steps; None shows the whole run."""
        self.span = span
        self.redraw()

    def show(self, frame: Frame) -> None:
        if frame.run != self._run:
            self._run = frame.run
            self.history.clear()
            self.redraw()
        if self.name in frame.traces and len(frame.trace_steps):
            self.history.append(frame.trace_steps, frame.traces[self.name])
            self.redraw()
        value = frame.outputs.get(self.name)
        unit = cast(Trace, self.panel).unit
        self.set_note("" if value is None else f"{value:.6g} {unit}".strip())

    # Drawing --------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw axes, if they have changed, and line."""
        width, height = self.canvas.winfo_width(), self.canvas.winfo_height()
        if width <= 1 or height <= 1:
            return
        steps, low, high = self.history.view(self.span)
        limits = (*self._limits_of(steps, low, high, height), float(width), float(height))
        if limits != self._limits:
            self._limits = limits
            self._draw_axes()
        left, right, bottom, top, _, _, _ = limits
        area = self._area()
        x_factor = (area[2] - area[0]) / (right - left)
        y_factor = (area[1] - area[3]) / (top - bottom)
        x = (steps - self._offset() - left) * x_factor + area[0]
        lines = line_points(x, low, high, (y_factor, area[3] - bottom * y_factor))
        self._draw_lines(lines[:MOST_PIECES], self.host.theme.pixels(1 if is_dense(x) else 2))

    def _offset(self) -> int:
        """Return the step number at 0 of the time axis."""
        return 0 if self.span is None else self.history.last_step

    def _limits_of(
        self, steps: np.ndarray, low: np.ndarray, high: np.ndarray, height: int
    ) -> tuple[float, float, float, float, float]:
        """Return the limits of time and value and the distance of the value's ticks."""
        if self.span is None:
            left, right = 0.0, float(nice_length(self.history.last_step))
        else:
            left, right = -float(self.span), 0.0
        finite = np.isfinite(low) & np.isfinite(high)
        if not finite.all():
            low, high = low[finite], high[finite]
        lowest, highest = (float(low.min()), float(high.max())) if len(low) else (0.0, 1.0)
        count = max(height // self.host.theme.pixels(34), 2)
        return left, right, *nice_limits(lowest, highest, count)

    def _area(self) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of the plot without its labels."""
        px = self.host.theme.pixels
        width, height = self._limits[-2:]
        return px(56), px(6), width - px(12), height - px(18)

    def _draw_axes(self) -> None:
        palette = self.host.theme.palette
        left, right, bottom, top, step, _, _ = self._limits
        x0, y0, x1, y1 = self._area()
        canvas = self.canvas
        canvas.delete("axes")
        small: Any = {"fill": palette.muted, "font": "IvisitSmall", "tags": "axes"}
        for value in ticks(bottom, top, step):
            y = y1 - (value - bottom) / (top - bottom) * (y1 - y0)
            canvas.create_line(x0, y, x1, y, fill=palette.hover, tags="axes")
            canvas.create_text(x0 - 6, y, text=tick_text(value, step), anchor="e", **small)
        for part in (0.0, 0.5, 1.0):
            step_number = left + part * (right - left)
            text = f"{step_number:,.0f}" if self.span is None else f"{step_number:+,.0f}"
            text = "now" if self.span is not None and part == 1 else text
            small["anchor"] = ("nw", "n", "ne")[round(2 * part)]
            canvas.create_text(x0 + part * (x1 - x0), y1 + 3, text=text, **small)
        canvas.create_line([x0, y0, x0, y1, x1, y1], fill=palette.border, tags="axes")
        canvas.tag_lower("axes")

    def _draw_lines(self, lines: list[list[float]], width: int = 1) -> None:
        """Move the line items to their new points; there are as many as there are pieces."""
        palette = self.host.theme.palette
        if width != self._width:
            self._width = width
            self.canvas.itemconfigure("lines", width=width)
        while len(self._lines) < len(lines):
            self._lines.append(
                self.canvas.create_line(0, 0, 0, 0, fill=palette.accent, width=width, tags="lines")
            )
        while len(self._lines) > len(lines):
            self.canvas.delete(self._lines.pop())
        for item, points in zip(self._lines, lines, strict=True):
            self.canvas.coords(item, points)
