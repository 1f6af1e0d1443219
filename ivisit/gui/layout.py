"""Where the widgets stand: arranged automatically, or at given positions."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Collection, Mapping, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.gui.panels import PanelWidget, panel_class
from ivisit.gui.sections import MANY, ControlSearch, Section
from ivisit.gui.toolkit.scrolling import ScrolledFrame
from ivisit.gui.widgets import ControlWidget, widget_class

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: Widest label column at 96 dpi; longer labels are broken.
LABEL_WIDTH = 150
#: Widest column of units at 96 dpi; longer units are broken.
UNIT_WIDTH = 90
#: By how much the column of the controls may be narrower than they ask for, at 96 dpi.
SLACK = 40
#: Distance between panels and around the controls at 96 dpi.
GAP = 8


class Layout(ttk.Frame):
    """The widgets of all controls and panels.

    Attributes
    ----------
    controls : dict of str to ControlWidget
        Widgets of the controls by name.
    panels : dict of str to PanelWidget
        Widgets of the panels by name; panels that share a card have the same one.
    cards : list of PanelWidget
        These widgets, once each.
    """

    def __init__(self, parent: tk.Misc, host: Host) -> None:
        super().__init__(parent)
        self.host = host
        self.controls: dict[str, ControlWidget] = {}
        self.panels: dict[str, PanelWidget] = {}
        self.cards: list[PanelWidget] = []
        self.hidden: set[str] = set()
        self.sections: list[Section] = []
        self._areas: list[ScrolledFrame] = []
        self._maximized: PanelWidget | None = None
        self._former_place: tuple[str, dict[str, Any]] = ("", {})

    def _make_widgets(self, controls_parent: tk.Misc, panels_parent: tk.Misc) -> None:
        simulation = self.host.session.simulation_class
        for name, control in simulation.controls.items():
            self.controls[name] = widget_class(control)(controls_parent, self.host, control)
        cards: dict[str, PanelWidget] = {}
        for name, panel in simulation.panels.items():
            kind = panel_class(panel)
            key = kind.card_of(panel)
            if key in cards:
                cards[key].join(panel)
            else:
                cards[key] = kind(panels_parent, self.host, panel)
            self.panels[name] = cards[key]
        self.cards = list(cards.values())
        for card in self.cards:
            card.bind("<<Maximize>>", lambda event, card=card: self.toggle_maximum(card), add=True)  # type: ignore[misc]

    def view_states(self) -> dict[str, dict[str, Any]]:
        """Return how the user looks at the panels, by name."""
        return {card.name: state for card in self.cards if (state := card.view_state())}

    def take_views(self, states: Mapping[str, Any]) -> None:
        """Look at the panels as `view_states` has told."""
        for card in self.cards:
            state = states.get(card.name)
            if isinstance(state, Mapping):
                card.take_view(state)

    def color(self) -> None:
        """Take over the colors of the theme."""
        for area in self._areas:
            area.color(self.host.theme.palette.background)
        for card in self.cards:
            card.color()
        for control in self.controls.values():
            control.color()

    # One card alone ------------------------------------------------------------------------

    @property
    def maximized(self) -> PanelWidget | None:
        """The card that fills the place of all of them."""
        return self._maximized

    def toggle_maximum(self, card: PanelWidget) -> None:
        """Have a card fill the place of all of them, or return to its own."""
        if self._maximized is not None:
            self.restore()
        else:
            self._maximized = card
            self._former_place = card.winfo_manager(), self._place_of(card)
            card.take_out()
            self._fill_area()

    def restore(self) -> None:
        """Show all cards again."""
        card, self._maximized = self._maximized, None
        if card is not None:
            manager, place = self._former_place
            card.place_forget()
            (card.grid if manager == "grid" else card.place)(**place)

    @staticmethod
    def _place_of(card: PanelWidget) -> dict[str, Any]:
        return dict(card.grid_info() if card.winfo_manager() == "grid" else card.place_info())

    def _fill_area(self, event: Any = None) -> None:
        """Let the card that is alone fill what is seen of the area of the panels."""
        if self._maximized is None:
            return
        canvas = self._areas[-1].canvas
        x, y = canvas.canvasx(0), canvas.canvasy(0)
        self._maximized.place(
            in_=self._areas[-1].content,
            x=x, y=y, width=canvas.winfo_width(), height=canvas.winfo_height(),
            relwidth=0, relheight=0,
        )  # fmt: skip
        self._maximized.lift()

    # Cards that are not shown ---------------------------------------------------------------

    def hide(self, names: Collection[str]) -> None:
        """Show all cards but those with these names."""
        self.restore()
        self.hidden = {card.name for card in self.cards if card.name in names}
        self.arrange()

    def arrange(self) -> None:
        """Arrange the cards that are shown."""

    def refit(self) -> None:
        """Letters have another size: give all their room."""
        for card in self.cards:
            card.refit()

    def positions(self) -> dict[str, dict[str, int]]:
        """Return the positions to keep in a parameter set; empty when they are automatic."""
        return {}


class AutomaticLayout(Layout):
    """Controls in a column on the left, panels in rows on the right; both scroll when they must.

    Pictures share most of the room, traces are wide and low, texts as high as they need.
    """

    def __init__(self, parent: tk.Misc, host: Host) -> None:
        super().__init__(parent, host)
        px = host.theme.pixels
        self.paned = ttk.Panedwindow(self, orient="horizontal")
        self.paned.pack(fill="both", expand=True, padx=px(GAP), pady=(px(2), px(GAP)))
        background = host.theme.palette.background
        self.column = ScrolledFrame(self.paned, background=background)
        self.grid_area = ScrolledFrame(self.paned, horizontal=True, background=background)
        self._areas = [self.column, self.grid_area]
        self._make_widgets(self.column.content, self.grid_area.content)
        self._rows: list[ttk.Frame] = []
        self._wanted = 0
        self._stacked = False
        self.grid_area.bind("<Configure>", self._fill_area, add=True)
        if self.controls:
            self._arrange_controls()
            # Without panels the controls need not share the window.
            self.paned.add(self.column, weight=0 if self.panels else 1)
        if self.panels:
            self._arrange_panels()
            self.paned.add(self.grid_area, weight=1)

    def _arrange_controls(self) -> None:
        px = self.host.theme.pixels
        self.column.content.configure(padding=(0, px(4), px(10), px(4)))
        self.column.content.columnconfigure(0, weight=1)
        row = 0
        for title, members in sections_of(list(self.controls.values())):
            if title:
                section = Section(self.column.content, title, members)
                section.grid(row=row, column=0, sticky="ew", pady=(px(8) if row else 0, px(2)))
                self.sections.append(section)
                row += 1
            for widget in members:
                widget.grid(row=row, column=0, sticky="ew", pady=px(3))
                row += 1
        if len(self.controls) > MANY:
            search = ControlSearch(self.column, self.host.theme, self.controls, self.sections)
            self.column.put_on_top(search)
        self.column.grid_propagate(False)
        self._fit_column()
        self.column.bind("<Configure>", self._stack_when_narrow, add=True)

    def _fit_column(self) -> None:
        """Align the controls and make their column as wide as they ask for."""
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
        bar = self.column.vertical_bar.winfo_reqwidth()
        self._wanted = max(widget.winfo_reqwidth() for widget in widgets) + px(14) + bar
        self.column.configure(width=self._wanted, height=1)
        self._stacked = False

    def _stack_when_narrow(self, event: Any) -> None:
        """Put the labels above their controls where the column is too narrow for both."""
        narrow = 1 < event.width < self._wanted - self.host.theme.pixels(SLACK)
        if narrow != self._stacked:
            self._stacked = narrow
            for widget in self.controls.values():
                widget.stack(narrow)

    def refit(self) -> None:
        if self.controls:
            self._fit_column()
        for widget in self.controls.values():
            widget.show(widget.value)
        super().refit()

    def _arrange_panels(self) -> None:
        content = self.grid_area.content
        self.grid_area.configure(width=1, height=1)
        self.grid_area.grid_propagate(False)
        self._clear(content)
        cards = [card for card in self.cards if card.name not in self.hidden]
        groups: dict[str, list[PanelWidget]] = {"picture": [], "plot": [], "text": []}
        for panel in cards:
            groups[panel.group].append(panel)
        pictures = groups["picture"]
        if len(pictures) == 1 and pictures[0].is_tall and len(cards) > 1:
            # One picture over the whole height, the others beside it.
            place, gap = ttk.Frame(content), self.host.theme.pixels(GAP)
            place.grid(row=0, column=1, sticky="nsew", padx=(gap, 0))
            self._rows.append(place)
            self._fill_row(content, 0, "picture", pictures)
            content.columnconfigure(0, weight=5, uniform="sides")
            content.columnconfigure(1, weight=4, uniform="sides")
            self._fill_rows(place, {**groups, "picture": []}, texts_in_row=1)
        else:
            self._fill_rows(content, groups, texts_in_row=3)

    def arrange(self) -> None:
        if self.cards:
            self._arrange_panels()

    def _clear(self, content: ttk.Frame) -> None:
        """Take all cards and rows out of the area."""
        for card in self.cards:
            card.take_out()
        for frame in reversed(self._rows):
            frame.destroy()
        self._rows.clear()
        columns, rows = content.grid_size()
        for number in range(rows):
            content.rowconfigure(number, weight=0, minsize=0)
        for number in range(columns):
            content.columnconfigure(number, weight=0, uniform="")

    def _fill_rows(
        self, parent: ttk.Frame, groups: Mapping[str, list[PanelWidget]], texts_in_row: int
    ) -> None:
        """Put the panels of all groups into rows, one below the other."""
        parent.columnconfigure(0, weight=1)
        for number, (group, row) in enumerate(panel_rows(groups, texts_in_row)):
            self._fill_row(parent, number, group, row)
        if not (groups["picture"] or groups["plot"]):
            for number in range(parent.grid_size()[1]):
                parent.rowconfigure(number, weight=1)

    def _fill_row(
        self, parent: ttk.Frame, number: int, group: str, panels: Sequence[PanelWidget]
    ) -> None:
        """Put `panels` beside each other into a row of equal columns."""
        gap = self.host.theme.pixels(GAP)
        frame = ttk.Frame(parent)
        self._rows.append(frame)
        frame.grid(row=number, column=0, sticky="nsew", pady=(gap if number else 0, 0))
        height = 0
        for column, panel in enumerate(panels):
            width, least = panel.smallest_size()
            panel.configure(width=width, height=least)
            height = max(height, least)
            # Columns of their own keep the distances, so that all panels are equally wide.
            panel.grid(in_=frame, row=0, column=2 * column, sticky="nsew")
            # Made before the frame, so it would lie below it.
            panel.lift(frame)
            frame.columnconfigure(2 * column, weight=1, uniform="panels")
            frame.columnconfigure(2 * column + 1, minsize=gap * (column < len(panels) - 1))
        frame.rowconfigure(0, weight=1)
        weight = {"picture": 5, "plot": 2, "text": 0}[group]
        parent.rowconfigure(number, weight=weight, minsize=height + (gap if number else 0))


def panel_rows(
    groups: Mapping[str, Sequence[PanelWidget]], texts_in_row: int
) -> list[tuple[str, list[PanelWidget]]]:
    """Return which panels stand beside each other, from top to bottom."""
    pictures, plots, texts = groups["picture"], groups["plot"], groups["text"]
    lengths = {
        "picture": row_lengths(len(pictures), 3 if plots or len(pictures) > 4 else 2),
        "plot": row_lengths(len(plots), 3 if len(plots) == 3 else 2)
        if pictures or len(plots) > 4
        else [1] * len(plots),
        "text": row_lengths(len(texts), texts_in_row),
    }
    rows = []
    for group, members in (("picture", pictures), ("plot", plots), ("text", texts)):
        first = 0
        for length in lengths[group]:
            rows.append((group, list(members[first : first + length])))
            first += length
    return rows


def row_lengths(count: int, longest: int) -> list[int]:
    """Return how many of `count` things stand in each row, as equally as possible.

    >>> row_lengths(5, 3), row_lengths(4, 3), row_lengths(3, 2)
    ([3, 2], [2, 2], [2, 1])
    """
    rows = -(-count // longest)
    return [count // rows + (row < count % rows) for row in range(rows)]


def sections_of(
    widgets: Sequence[ControlWidget],
) -> list[tuple[str, list[ControlWidget]]]:
    """Return the controls by their groups, those without one first, else in their order."""
    sections: dict[str, list[ControlWidget]] = {"": []}
    for widget in widgets:
        sections.setdefault(widget.control.group, []).append(widget)
    return [(title, members) for title, members in sections.items() if members]


class FreeLayout(Layout):
    """Widgets at given positions; those without one stand below all others.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    host : Host
        What the widgets may ask of the window.
    positions : mapping of str to mapping
        Widget name to ``{"x": ..., "y": ...}`` and perhaps ``"width"`` and ``"height"``, in pixels
        at 96 dpi. Where several widgets claim the same place, the first one gets it.
    """

    def __init__(
        self, parent: tk.Misc, host: Host, positions: Mapping[str, Mapping[str, Any]]
    ) -> None:
        super().__init__(parent, host)
        px = host.theme.pixels
        self.area = ScrolledFrame(self, horizontal=True, background=host.theme.palette.background)
        self.area.configure(width=1, height=1)
        self.area.grid_propagate(False)
        self._areas = [self.area]
        self.area.pack(fill="both", expand=True, padx=px(GAP), pady=(0, px(GAP)))
        self.area.bind("<Configure>", self._fill_area, add=True)
        self._positions: dict[str, dict[str, int]] = {}
        self._places: dict[str, dict[str, Any]] = {}
        self._make_widgets(self.area.content, self.area.content)
        self.update_idletasks()
        self._place(positions)

    def _place(self, positions: Mapping[str, Mapping[str, Any]]) -> None:
        px, gap = self.host.theme.pixels, self.host.theme.pixels(GAP)
        taken: set[tuple[int, int]] = set()
        waiting: list[ControlWidget | PanelWidget] = []
        right = bottom = 0
        widgets: dict[str, ControlWidget | PanelWidget] = {**self.controls}
        widgets |= {card.name: card for card in self.cards}
        for name, widget in widgets.items():
            place = _as_place(positions.get(name))
            if place is None or (place["x"], place["y"]) in taken:
                waiting.append(widget)
                continue
            taken.add((place["x"], place["y"]))
            self._positions[name] = place
            x, y, size = px(place["x"]), px(place["y"]), self._size(widget, place)
            self._put(widget, x, y, size)
            right, bottom = max(right, x + size[0]), max(bottom, y + size[1])
        right = max(right, px(900))
        x, y, height = 0, bottom + gap if bottom else 0, 0
        for widget in waiting:
            size = self._size(widget, {})
            if x and x + size[0] > right:
                x, y, height = 0, y + height + gap, 0
            self._put(widget, x, y, size)
            x, height = x + size[0] + gap, max(height, size[1])
            right = max(right, x)
        self.area.content.configure(width=right, height=max(bottom, y + height) + gap)

    def arrange(self) -> None:
        for card in self.cards:
            if card.name in self.hidden and card.winfo_manager():
                self._places[card.name] = self._place_of(card)
                card.place_forget()
            elif card.name not in self.hidden and not card.winfo_manager():
                card.place(**self._places.pop(card.name))

    @staticmethod
    def _put(widget: ControlWidget | PanelWidget, x: int, y: int, size: tuple[int, int]) -> None:
        widget.place(x=x, y=y, width=size[0])
        if isinstance(widget, PanelWidget):
            widget.place(height=size[1])  # controls grow to explain why a value was refused

    def _size(
        self, widget: ControlWidget | PanelWidget, place: Mapping[str, int]
    ) -> tuple[int, int]:
        """Return the size of a widget: the given one, or the one that it asks for."""
        px = self.host.theme.pixels
        if isinstance(widget, PanelWidget):
            size = widget.natural_size()
        else:
            widget.put_label_on_top()
            widget.update_idletasks()
            size = (widget.winfo_reqwidth(), widget.winfo_reqheight())
        width, height = place.get("width"), place.get("height")
        return (px(width) if width else size[0], px(height) if height else size[1])

    def positions(self) -> dict[str, dict[str, int]]:
        return self._positions


def _as_place(entry: Any) -> dict[str, int] | None:
    """Return the numbers of a stored position; None when it is none."""
    if not isinstance(entry, Mapping):
        return None
    numbers = {
        key: max(round(entry[key]), 0)
        for key in ("x", "y", "width", "height")
        if isinstance(entry.get(key), int | float) and math.isfinite(entry[key])
    }
    return numbers if "x" in numbers and "y" in numbers else None
