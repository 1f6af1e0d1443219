"""Where the widgets of a comparison stand: controls once, panels in rows of all lanes."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING, Any, cast

from ivisit.gui.arranging.board import Board
from ivisit.gui.arranging.tree import Part, simplified
from ivisit.gui.comparison.figures import FigureRow
from ivisit.gui.comparison.histograms import HistogramRow
from ivisit.gui.comparison.images import ImageRow
from ivisit.gui.comparison.rows import Row
from ivisit.gui.comparison.traces import TraceRow
from ivisit.gui.layouts.column import ControlColumn
from ivisit.gui.panels import PanelWidget, panel_class
from ivisit.gui.panels.figure import FigureWidget
from ivisit.gui.panels.histogram import HistogramWidget
from ivisit.gui.panels.image import ImageWidget
from ivisit.gui.panels.plot import PlotPanel
from ivisit.gui.panels.trace import TraceWidget
from ivisit.gui.widgets import ControlWidget, widget_class
from ivisit.panels import Comment, Panel

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow

#: Width of the column of the controls at 96 dpi: the panels of several lanes need the room, so
#: labels stand above their controls.
COLUMN = 250
#: Distance between panels at 96 dpi.
GAP = 8
#: Smallest width and heights of a card at 96 dpi; plots of several lanes have large legends.
NARROWEST = 130
LOWEST = {"picture": 150, "plot": 165, "text": 90}
#: From top to bottom, with the share of the height that each row gets.
GROUPS = {"picture": 5.0, "plot": 2.5, "text": 0.0}


class ComparisonLayout(ttk.Frame):
    """Controls in a column on the left, rows of panels on the right; both scroll when they must.

    Attributes
    ----------
    controls : dict of str to ControlWidget
        Widgets of the controls by name.
    rows : list of Row or TraceRow
        What the lanes show, panel by panel.
    cards : list of PanelWidget
        The cards of all rows.
    """

    def __init__(self, parent: tk.Misc, window: ComparisonWindow) -> None:
        super().__init__(parent)
        self.window = window
        theme = window.theme
        self.paned = ttk.Panedwindow(self, orient="horizontal")
        gap = theme.pixels(GAP)
        self.paned.pack(fill="both", expand=True, padx=gap, pady=(theme.pixels(2), gap))
        host = window.controls_host
        self.column = ControlColumn(self.paned, host)
        self.board = Board(self.paned, gap, theme.palette.background, lambda: None)
        self.controls: dict[str, ControlWidget] = {
            name: widget_class(control)(self.column.content, host, control)
            for name, control in window.simulation.controls.items()
        }
        self.rows = [self._row(panel) for panel in window.simulation.panels.values()
                     if not isinstance(panel, Comment)]  # fmt: skip
        self.cards: list[PanelWidget] = [card for row in self.rows for card in row.cards]
        for row in self.rows:
            for card in row.cards:
                # Several lanes must stand beside each other also where there is little room.
                card.smallest = (NARROWEST, max(card.smallest[1], LOWEST[row.group]))
        self._maximized: PanelWidget | None = None
        self._part = self._arrangement()
        for card in self.cards:
            card.bind("<<Maximize>>", partial(self._toggle_maximum, card), add=True)
            if isinstance(card, PlotPanel) and card.is_timeline:
                card.bind("<<ViewChanged>>", partial(self._follow, card), add=True)
        if self.controls:
            self.column.fill(self.controls)
            self.paned.add(self.column, weight=0 if self.cards else 1)
        if self.cards:
            self.paned.add(self.board, weight=1)
        self.board.bind("<Configure>", lambda event: self.arrange(), add=True)
        self._settling = self.paned.bind("<Configure>", self._leave_room, add=True)

    def _row(self, panel: Panel[Any]) -> Row | TraceRow:
        kind = panel_class(panel)
        if issubclass(kind, TraceWidget):
            return TraceRow(self.board.content, self.window, cast(Any, panel))
        kinds: dict[type[PanelWidget], type[Row]] = {
            ImageWidget: ImageRow,
            FigureWidget: FigureRow,
            HistogramWidget: HistogramRow,
            PanelWidget: Row,
        }
        row = next(row for own, row in kinds.items() if issubclass(kind, own))
        return row(self.board.content, self.window, panel)

    def _leave_room(self, event: Any) -> None:
        """Give the column its width, as soon as there is a window."""
        if event.width > 1:
            self.paned.unbind("<Configure>", self._settling)
            if self.controls and self.cards:
                width = min(self.column.wanted_width, self.window.theme.pixels(COLUMN))
                # When Tk has given all parts their sizes: it would move the sash once more.
                self.after_idle(lambda: self.tk.call(self.paned, "sashpos", 0, width))

    # Places ---------------------------------------------------------------------------------

    def _arrangement(self) -> Part | None:
        keys = {card: str(number) for number, card in enumerate(self.cards)}
        rows = []
        for group, share in GROUPS.items():
            for row in self.rows:
                if row.group == group:
                    part = simplified("row", [(keys[card], 1.0) for card in row.cards])
                    rows.append((cast(Part, part), share))
        if rows and all(share == 0 for _, share in rows):
            rows = [(part, 1.0) for part, _ in rows]
        return simplified("column", rows)

    def arrange(self) -> None:
        """Put all cards into their places, or the one that is alone."""
        named = {str(number): card for number, card in enumerate(self.cards)}
        if self._maximized is not None:
            key = str(self.cards.index(self._maximized))
            self.board.show(key, {key: named[key]})
        else:
            self.board.show(self._part, named)

    def _toggle_maximum(self, card: PanelWidget, event: Any) -> None:
        self._maximized = card if self._maximized is None else None
        self.arrange()

    def restore(self) -> None:
        """Show all cards again."""
        self._maximized = None
        self.arrange()

    def _follow(self, card: PlotPanel, event: Any) -> None:
        """Show the same steps in all plots."""
        for other in self.cards:
            if isinstance(other, PlotPanel) and other.is_timeline:
                other.look_at(card.zoom)

    def color(self) -> None:
        """Take over the colors of the theme."""
        for area in (self.column, self.board):
            area.color(self.window.theme.palette.background)
        for card in self.cards:
            card.color_frame()
            card.color()
        for control in self.controls.values():
            control.color()
