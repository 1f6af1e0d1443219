"""The traces of all lanes in one plot, and their differences in another."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ivisit.gui.comparison.rows import Frames
from ivisit.gui.comparison.toolbar import short
from ivisit.gui.panels.trace import TraceWidget
from ivisit.panels import Trace
from ivisit.recording import Frame

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow
    from ivisit.gui.host import Host

#: How much of the background the colours of the second, third and fourth lane have, where each
#: component of a trace has a colour.
FADED = (0.0, 0.42, 0.62, 0.75)


class ComparedTraces(TraceWidget):
    """A trace of several lanes: for each component a line of each of them, one beside the other.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    host : Host
        The host of one lane.
    lines : sequence of Trace
        A declaration for each line, by component and lane.
    places : sequence of int
        Numbers of the lanes.
    title : str
        The heading.
    """

    def __init__(
        self,
        parent: tk.Misc,
        host: Host,
        lines: Sequence[Trace[float]],
        places: Sequence[int],
        title: str,
    ) -> None:
        self._places = places
        self._is_array = len(lines) > len(places)
        super().__init__(parent, host, lines[0])
        for line in lines[1:]:
            self.join(line)
        self.set_label(title)

    def _color_lines(self) -> None:
        palette = self.host.theme.palette
        for index, line in enumerate(self.lines):
            component, lane = divmod(index, len(self._places))
            place = self._places[lane]
            if self._is_array:
                color = palette.lines[component % len(palette.lines)]
                line.color = mixed(color, palette.surface, FADED[place])
            else:
                line.color = palette.lines[place]


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
        places = range(len(lanes))
        lines = [
            self._line(component, place, f"{text} {lanes[place].name}".strip())
            for component, text in enumerate(trace.components or [""])
            for place in places
        ]
        self.all = ComparedTraces(parent, host, lines, places, trace.label)
        one = lanes[1].name if len(lanes) == 2 else "others"
        differences = [
            self._line(
                component,
                place,
                f"{text} {lanes[place].name if len(lanes) > 2 or not text else ''}".strip(),
                is_difference=True,
            )
            for component, text in enumerate(trace.components or [""])
            for place in places[1:]
        ]
        self.difference = ComparedTraces(parent, host, differences, places[1:], trace.label)
        self.difference.set_label(trace.label, of=f"{short(one)} − {short(lanes[0].name)}")
        self.cards = [self.all, self.difference]

    def _line(
        self, component: int, place: int, label: str, *, is_difference: bool = False
    ) -> Trace[float]:
        """Return the declaration of one line; limits of the values are none of differences."""
        trace = self.trace
        made = Trace(
            scale="linear" if is_difference else trace.scale,
            span=trace.span,
            vmin=None if is_difference else trace.vmin,
            vmax=None if is_difference else trace.vmax,
            unit=trace.unit,
            label=label,
            help=trace.help,
        )
        made.name = line_key(trace.name, component, place)
        return made

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
        outputs, traces = {}, {}
        for place, (own, value) in enumerate(zip(rows, values, strict=True)):
            changed = function(own, rows[0])
            present = function(value, values[0])
            for component in range(self.trace.size or 1):
                key = line_key(self.trace.name, component, place)
                traces[key] = changed[:, component]
                outputs[key] = None if present is None else np.atleast_1d(present)[component]
        return replace(frame, outputs=outputs, traces=traces, rasters={})

    def _rows(self, frame: Frame | None, longest: Frame) -> np.ndarray:
        """Return a lane's rows at the steps of `longest`, (n, size); NaN where it has none."""
        steps = longest.trace_steps
        full = np.full((len(steps), self.trace.size or 1), np.nan)
        if frame is None or self.trace.name not in frame.traces:
            return full
        own = frame.traces[self.trace.name].reshape(-1, full.shape[1])
        if len(own) == len(steps):
            return own
        known = np.isin(frame.trace_steps, steps)
        full[np.searchsorted(steps, frame.trace_steps[known])] = own[known]
        return full


def line_key(name: str, component: int, place: int) -> str:
    """Return under which name the plots know a component of a lane's trace."""
    return f"{name} {component} {place}"


def _minus(value: Any, first: Any) -> Any:
    if value is None or first is None:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        return cast(Any, value) - first
