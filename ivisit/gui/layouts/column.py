"""`ControlColumn`: the controls, one below the other, aligned and in sections."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ivisit.gui.sections import MANY, ControlSearch, Section
from ivisit.gui.toolkit.scrolling import ScrolledFrame
from ivisit.gui.widgets import ControlWidget
from ivisit.gui.widgets.base import GUTTER

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: Widest label column at 96 dpi; longer labels are broken.
LABEL_WIDTH = 150
#: Widest column of units at 96 dpi; longer units are broken.
UNIT_WIDTH = 90
#: By how much the column of the controls may be narrower than they ask for, at 96 dpi.
SLACK = 40
#: Parts of a window's width that the column takes by itself: at the most, and where the controls
#: would be cut although their labels stand above them.
MOST_COLUMN, MOST_STACKED = 0.4, 0.46
#: A width at 96 dpi that is not too much in any window.
MODEST = 300


class ControlColumn(ScrolledFrame):
    """A column that scrolls when it must.

    Attributes
    ----------
    wanted_width : int
        Width in pixels that the controls ask for; where there is less, labels stand above.
    sections : list of Section
        The headings of groups.
    """

    def __init__(self, parent: tk.Misc, host: Host) -> None:
        super().__init__(parent, background=host.theme.palette.background)
        self.host = host
        self.controls: Mapping[str, ControlWidget] = {}
        self.sections: list[Section] = []
        self.wanted_width = 0
        self._stacked = False
        self._stacked_width = 0

    def width_in(self, room: int) -> int:
        """Return the width that the column takes by itself in a window."""
        modest = max(int(MOST_STACKED * room), self.host.theme.pixels(MODEST))
        least = min(self._stacked_width, modest)
        width = max(least, int(MOST_COLUMN * room))
        # A little too narrow, all controls would be a little cut.
        fits = width > self.wanted_width - self.host.theme.pixels(SLACK)
        return self.wanted_width if fits else width

    def fill(self, controls: Mapping[str, ControlWidget]) -> None:
        """Show these controls, which have been made in `content`."""
        px = self.host.theme.pixels
        self.controls = controls
        self.content.configure(padding=(0, px(4), px(6), px(4)))
        self.content.columnconfigure(0, weight=1)
        row = 0
        for title, members in sections_of(list(controls.values())):
            if title:
                section = Section(self.content, title, members)
                section.grid(row=row, column=0, sticky="ew", pady=(px(8) if row else 0, px(2)))
                section.lift()  # the Tab key leads from top to bottom, not in the order of making
                self.sections.append(section)
                row += 1
            for widget in members:
                widget.grid(row=row, column=0, sticky="ew", pady=px(3))
                widget.lift()
                row += 1
        if len(controls) > MANY:
            search = ControlSearch(self, self.host.theme, controls, self.sections)
            self.put_on_top(search)
            search.lower()
        self.grid_propagate(False)
        self.align()
        self.bind("<Configure>", self._stack_when_narrow, add=True)

    def align(self) -> None:
        """Align the controls and make the column as wide as they ask for."""
        px = self.host.theme.pixels
        widgets = list(self.controls.values())
        for widget in widgets:
            widget.label.configure(wraplength=0)
        labels = [w.label.winfo_reqwidth() for w in widgets if w.has_label]
        label_width = min(max(labels, default=0), px(LABEL_WIDTH))
        # One long unit must not cost all others their room.
        unit_width = min(max(widget.unit_width() for widget in widgets), px(UNIT_WIDTH))
        for widget in widgets:
            widget.stack(False)
            widget.align(label_width, unit_width)
        self.update_idletasks()
        around = px(6) + self.vertical_bar.winfo_reqwidth()
        self.wanted_width = max(widget.winfo_reqwidth() for widget in widgets) + around
        bodies = max(widget.body.winfo_reqwidth() for widget in widgets)
        self._stacked_width = bodies + px(GUTTER) + around
        self.configure(width=self.wanted_width, height=1)
        self._stacked = False

    def _stack_when_narrow(self, event: Any) -> None:
        """Put the labels above their controls where the column is too narrow for both."""
        narrow = 1 < event.width < self.wanted_width - self.host.theme.pixels(SLACK)
        if narrow != self._stacked:
            self._stacked = narrow
            for widget in self.controls.values():
                widget.stack(narrow)


def sections_of(
    widgets: Sequence[ControlWidget],
) -> list[tuple[str, list[ControlWidget]]]:
    """Return the controls by their groups, those without one first, else in their order."""
    sections: dict[str, list[ControlWidget]] = {"": []}
    for widget in widgets:
        sections.setdefault(widget.control.group, []).append(widget)
    return [(title, members) for title, members in sections.items() if members]
