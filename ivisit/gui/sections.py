"""The list of controls: headings that fold groups away, and a field that finds controls."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Collection, Mapping, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.gui.toolkit.hint_entry import HintEntry
from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.widgets import ControlWidget

OPEN, FOLDED = "▾", "▸"
#: With more controls than these there is a field to find them.
MANY = 15


class Section(ttk.Button):
    """The heading of a group of controls.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    title : str
        Name of the group.
    widgets : sequence of ControlWidget
        The controls; they have been put into a grid.

    Attributes
    ----------
    is_open : bool
        Whether the user wants to see the controls.
    """

    def __init__(self, parent: tk.Misc, title: str, widgets: Sequence[ControlWidget]) -> None:
        super().__init__(parent, style="Section.TButton", command=self.toggle)
        self.title = title
        self.widgets = list(widgets)
        self.is_open = True
        self._found: Collection[ControlWidget] | None = None
        self._text = ""
        self.show_changed()

    def toggle(self) -> None:
        """Fold the controls away, or show them again."""
        self.is_open = not self.is_open
        self._arrange()

    def show_found(self, found: Collection[ControlWidget] | None) -> None:
        """Show only these controls, folded away or not; None: as the user has it."""
        self._found = found
        self._arrange()

    def _arrange(self) -> None:
        for widget in self.widgets:
            show(widget, self.is_open if self._found is None else widget in self._found)
        show(self, self._found is None or any(widget in self._found for widget in self.widgets))
        self.show_changed()

    def show_changed(self) -> None:
        """Say how many of the controls differ from the saved values."""
        changed = sum(widget.differs for widget in self.widgets)
        is_open = self.is_open or self._found is not None
        text = f"{OPEN if is_open else FOLDED}  {self.title}"
        if changed:
            text += f"  ({changed} changed)"
        if text != self._text:
            self._text = text
            self.configure(text=text)


class ControlSearch(ttk.Frame):
    """A field that shows the controls whose label, name, group or help holds some words.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Looks and sizes.
    controls : mapping of str to ControlWidget
        The controls by name; they have been put into a grid.
    sections : sequence of Section
        Headings of the groups.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        controls: Mapping[str, ControlWidget],
        sections: Sequence[Section],
    ) -> None:
        px = theme.pixels
        super().__init__(parent, padding=(px(4), px(2), px(10), px(6)))
        self.controls = controls
        self.sections = sections
        self.entry = HintEntry(self, theme, "Find a control", self.find)
        self.entry.pack(fill="x")
        Tooltip(self.entry, "Words of label, name, group or help; Escape shows all again", theme)

    def find(self, text: str) -> None:
        """Show what is looked for, or all controls when that is nothing."""
        words = text.casefold().split()
        found = None
        if words:
            found = {w for w in self.controls.values() if all(o in text_of(w) for o in words)}
        for section in self.sections:
            section.show_found(found)
        below_headings = {widget for section in self.sections for widget in section.widgets}
        for widget in self.controls.values():
            if widget not in below_headings:
                show(widget, found is None or widget in found)


def text_of(widget: ControlWidget) -> str:
    """Return where a search looks, in small letters."""
    control = widget.control
    return f"{control.label}\n{control.name}\n{control.group}\n{control.help}".casefold()


def show(widget: tk.Grid, wanted: bool) -> None:
    """Show a widget of a grid in its place, or take it out."""
    if wanted:
        widget.grid()
    else:
        widget.grid_remove()


def folded(sections: Sequence[Section]) -> list[str]:
    """Return the titles of the groups that are folded away."""
    return [section.title for section in sections if not section.is_open]


def fold(sections: Sequence[Section], titles: Collection[str]) -> None:
    """Fold the groups of these titles away, and show the others."""
    for section in sections:
        if section.is_open == (section.title in titles):
            section.toggle()
