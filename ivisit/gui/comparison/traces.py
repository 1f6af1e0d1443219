"""The traces of all lanes in one plot, and their differences in another."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ivisit.gui.comparison.rows import Frames
from ivisit.gui.panels.trace import TraceWidget
from ivisit.panels import Trace
from ivisit.recording import Frame

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow
    from ivisit.gui.host import Host

#: How much of the background the colours of the second, third and fourth lane have, where each
#: component of a trace has a colour.
FADED = (0.0, 0.45, 0.65, 0.78)


class ComparedTraces(TraceWidget):
    """One trace of several lanes, a line each."""

    def __init__(
        self,
        parent: tk.Misc,
        host: Host,
        panels: Sequence[Trace[Any]],
        title: str,
        places: Sequence[int],
    ) -> None:
        self._places = places
        super().__init__(parent, host, panels[0])
        for panel in panels[1:]:
            self.join(panel)
        self.set_label(title)

    def _names_of(self, trace: Trace[Any]) -> list[str]:
        if trace.size is None:
            return [trace.label]
        return [f"{name} {trace.label}" for name in trace.components]

    def _color_lines(self) -> None:
        palette = self.host.theme.palette
        start = 0
        for index, trace in enumerate(self.traces):
            size = trace.size or 1
            place = self._places[index] if index < len(self._places) else index
            for component in range(size):
                line = self.lines[start + component]
                if size == 1:
                    line.color = palette.lines[place % len(palette.lines)]
                else:
                    color = palette.lines[component % len(palette.lines)]
                    line.color = mixed(color, palette.surface, FADED[place % len(FADED)])
            start += size


def mixed(color: str, other: str, part: float) -> str:
    """Return a colour between two ``#rrggbb``; `part` of it is the other one.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    parts = [
        round(int(color[i : i + 2], 16) * (1 - part) + int(other[i : i + 2], 16) * part)
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{number:02x}" for number in parts)


class TraceRow:
    """A trace of all lanes in one plot, and beside it the differences to the first lane.

    Parameters
    ----------
    parent : tkinter.Misc
        Where the cards are.
    window : ComparisonWindow
        Lanes and hosts.
    trace : Trace
        The declaration.
    """

    group = "plot"

    def __init__(self, parent: tk.Misc, window: ComparisonWindow, trace: Trace[Any]) -> None:
        self.window = window
        self.trace = trace
        lanes = window.lanes
        host = window.hosts[0]
        first = lanes[0].name
        count = len(lanes)
        own = [self._declared(index, lane.name) for index, lane in enumerate(lanes)]
        self.all = ComparedTraces(parent, host, own, f"all · {trace.label}", range(count))
        others = [self._declared(index, lanes[index].name) for index in range(1, count)]
        if trace.scale == "log":
            others = [self._with_scale(panel, "linear") for panel in others]
        what = f"{lanes[1].name} − {first}" if count == 2 else f"others − {first}"
        title = f"{what} · {trace.label}"
        self.difference = ComparedTraces(parent, host, others, title, range(1, count))
        # Limits of the values are none of their differences.
        self.difference.set_range(None, None)
        self.cards = [self.all, self.difference]

    def _declared(self, index: int, name: str) -> Trace[Any]:
        """Return the declaration of the line of one lane."""
        trace = self.trace
        made = Trace(
            size=trace.size, names=trace.names, scale=trace.scale, span=trace.span,
            vmin=trace.vmin, vmax=trace.vmax, unit=trace.unit, label=name, help=trace.help,
        )  # fmt: skip
        made.name = lane_key(trace.name, index)
        return made

    @staticmethod
    def _with_scale(panel: Trace[Any], scale: Any) -> Trace[Any]:
        panel.scale = scale
        return panel

    def show(self, frames: Frames) -> None:
        """Show the rows of all lanes; None where a lane has nothing new."""
        known = [frame for frame in frames if frame is not None]
        if not known:
            return
        # Lanes that step together have rows of the same steps; one that has failed has fewer.
        longest = max(known, key=lambda frame: len(frame.trace_steps))
        rows = [self._rows(frame, longest) for frame in frames]
        values = [None if f is None else f.outputs.get(self.trace.name) for f in frames]
        run = max(frame.run for frame in known)
        common = replace(longest, run=run)
        self.all.show(self._frame(common, rows, values, lambda value, first: value))
        self.difference.show(self._frame(common, rows, values, _minus))

    def _frame(
        self,
        frame: Frame,
        rows: Sequence[np.ndarray],
        values: Sequence[Any],
        function: Callable[[Any, Any], Any],
    ) -> Frame:
        """Return a frame with what `function` makes of the rows of each lane and the first."""
        keys = [lane_key(self.trace.name, index) for index in range(len(rows))]
        outputs = {key: function(value, values[0]) for key, value in zip(keys, values, strict=True)}
        traces = {key: function(own, rows[0]) for key, own in zip(keys, rows, strict=True)}
        return replace(frame, outputs=outputs, traces=traces, rasters={})

    def _rows(self, frame: Frame | None, longest: Frame) -> np.ndarray:
        """Return a lane's rows at the steps of `longest`; NaN where it has none."""
        steps = longest.trace_steps
        shape = (len(steps),) if self.trace.size is None else (len(steps), self.trace.size)
        own = None if frame is None else frame.traces.get(self.trace.name)
        if frame is None or own is None:
            return np.full(shape, np.nan)
        if len(own) == len(steps):
            return own
        full = np.full(shape, np.nan)
        known = np.isin(frame.trace_steps, steps)
        full[np.searchsorted(steps, frame.trace_steps[known])] = own[known]
        return full


def lane_key(name: str, index: int) -> str:
    """Return under which name the plots know the trace of a lane."""
    return f"{name} {index}"


def _minus(value: Any, first: Any) -> Any:
    if value is None or first is None:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        return cast(Any, value) - first
