"""Where the widgets of a comparison stand: controls once, panels in rows of all lanes."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, cast

from ivisit.gui.comparison.images import ImageRow
from ivisit.gui.comparison.rows import Frames, Row
from ivisit.gui.comparison.traces import TraceRow
from ivisit.gui.layout import AutomaticLayout
from ivisit.gui.panels import panel_class
from ivisit.gui.panels.image import ImageWidget
from ivisit.gui.panels.plot import PlotPanel
from ivisit.gui.panels.trace import TraceWidget
from ivisit.gui.widgets import widget_class
from ivisit.panels import Comment, Trace

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow

#: From top to bottom.
GROUPS = ("picture", "plot", "text")


class ComparisonLayout(AutomaticLayout):
    """Controls in a column on the left, rows of panels on the right.

    Attributes
    ----------
    rows : list of Row or TraceRow
        What the lanes show, panel by panel.
    """

    def __init__(self, parent: tk.Misc, window: ComparisonWindow) -> None:
        self.window = window
        self.rows: list[Row | TraceRow] = []
        super().__init__(parent, window.controls_host)

    def _make_widgets(self, controls_parent: tk.Misc, panels_parent: tk.Misc) -> None:
        simulation = self.window.simulation
        for name, control in simulation.controls.items():
            self.controls[name] = widget_class(control)(controls_parent, self.host, control)
        for name, panel in simulation.panels.items():
            kind = panel_class(panel)
            if isinstance(panel, Comment):
                continue  # the same for all
            row: Row | TraceRow
            if issubclass(kind, TraceWidget):
                row = TraceRow(panels_parent, self.window, cast("Trace[object]", panel))
            elif issubclass(kind, ImageWidget):
                row = ImageRow(panels_parent, self.window, panel)
            else:
                row = Row(panels_parent, self.window, panel)
            self.rows.append(row)
            self.panels[name] = row.cards[0]
            self.cards += row.cards
        for card in self.cards:
            card.bind("<<Maximize>>", lambda event, card=card: self.toggle_maximum(card), add=True)  # type: ignore[misc]
            if isinstance(card, PlotPanel) and card.is_timeline:
                card.bind("<<ViewChanged>>", lambda event, card=card: self._follow(card), add=True)  # type: ignore[misc]

    def _follow(self, card: PlotPanel) -> None:
        """Show the same steps in all plots."""
        for other in self.cards:
            if isinstance(other, PlotPanel) and other.is_timeline:
                other.look_at(card.zoom)

    def _arrange_panels(self) -> None:
        content = self.grid_area.content
        self.grid_area.configure(width=1, height=1)
        self.grid_area.grid_propagate(False)
        self._clear(content)
        content.columnconfigure(0, weight=1)
        number = 0
        for group in GROUPS:
            for row in self.rows:
                if row.group == group:
                    self._fill_row(content, number, group, row.cards)
                    number += 1

    def show(self, frames: Frames) -> None:
        """Show the frames of all lanes."""
        for row in self.rows:
            row.show(frames)
        for section in self.sections:
            section.show_changed()
