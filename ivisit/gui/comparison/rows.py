"""Rows of panels: what the lanes show of one panel, side by side, with what they share."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ivisit.gui.panels import PanelWidget, panel_class
from ivisit.panels import Panel
from ivisit.recording import Frame

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow

Frames = Sequence[Frame | None]


class Row:
    """One panel of each lane, side by side.

    Parameters
    ----------
    parent : tkinter.Misc
        Where the cards are.
    window : ComparisonWindow
        Lanes and hosts.
    panel : Panel
        The declaration.

    Attributes
    ----------
    group : str
        Which kind of row it is; see `PanelWidget.group`.
    cards : list of PanelWidget
        What stands in the row, from left to right.
    """

    def __init__(self, parent: tk.Misc, window: ComparisonWindow, panel: Panel[Any]) -> None:
        self.window = window
        self.panel = panel
        self.own: Sequence[PanelWidget] = self.make_own(parent)
        for card, lane in zip(self.own, window.lanes, strict=True):
            card.set_label(panel.label, of=lane.name)
        self.cards: list[PanelWidget] = list(self.own)
        self.group = self.cards[0].group

    def make_own(self, parent: tk.Misc) -> Sequence[PanelWidget]:
        """Return the card of each lane."""
        kind = panel_class(self.panel)
        return [kind(parent, host, self.panel) for host in self.window.hosts]

    def show(self, frames: Frames) -> None:
        """Show the frames of all lanes; None where a lane has nothing new."""
        for card, frame in zip(self.own, frames, strict=True):
            if frame is not None:
                card.show(frame)
