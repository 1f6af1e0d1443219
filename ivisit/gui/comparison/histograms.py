"""Histograms side by side, with the same axes."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from ivisit.gui.comparison.rows import Frames, Row
from ivisit.gui.panels.histogram import HistogramWidget


class ComparedHistogram(HistogramWidget):
    """A histogram with the axes of all its peers."""

    def _build(self) -> None:
        self.peers: Sequence[HistogramWidget] = ()
        super()._build()

    def horizontal(self) -> tuple[float, float]:
        ends = [HistogramWidget.horizontal(peer) for peer in self.peers if not peer.is_empty]
        if not ends:
            return super().horizontal()
        return min(low for low, _ in ends), max(high for _, high in ends)

    def tallest(self) -> float:
        return max([HistogramWidget.tallest(self), *map(HistogramWidget.tallest, self.peers)])


class HistogramRow(Row):
    """The histograms of all lanes."""

    own: Sequence[ComparedHistogram]

    def make_own(self, parent: tk.Misc) -> Sequence[ComparedHistogram]:
        made = [ComparedHistogram(parent, host, self.panel) for host in self.window.hosts]
        for one in made:
            one.peers = made
        return made

    def show(self, frames: Frames) -> None:
        super().show(frames)
        # Those that were shown first did not know the others yet.
        for card in self.own[:-1]:
            card.redraw_soon()
