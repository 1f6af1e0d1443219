"""Figures side by side: what is looked at in one is looked at in all."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from ivisit.gui.comparison.rows import Row
from ivisit.gui.panels.figure import FigureWidget


class ComparedFigure(FigureWidget):
    """A figure of which the same part is seen as of its peers."""

    def _build(self) -> None:
        self.peers: Sequence[FigureWidget] = ()
        super()._build()

    def show_again(self) -> None:
        super().show_again()
        for peer in self.peers:
            if peer.view.limits != self.view.limits:
                peer.view.limits = dict(self.view.limits)
                FigureWidget.show_again(peer)


class FigureRow(Row):
    """The figures of all lanes."""

    def make_own(self, parent: tk.Misc) -> Sequence[ComparedFigure]:
        made = [ComparedFigure(parent, host, self.panel) for host in self.window.hosts]
        for one in made:
            one.peers = made
        return made
