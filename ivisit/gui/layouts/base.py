"""`Layout`: the widgets of all controls and panels, and what can be done with each panel's card."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Collection, Mapping
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.gui.arranging.detaching import OwnWindows
from ivisit.gui.arranging.dragging import Holder
from ivisit.gui.arranging.menus import CardEntries
from ivisit.gui.arranging.tree import Direction, Side
from ivisit.gui.panels import PanelWidget, panel_class
from ivisit.gui.sections import Section
from ivisit.gui.toolkit.scrolling import ScrolledFrame
from ivisit.gui.widgets import ControlWidget, widget_class

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: Distance between panels and around the controls at 96 dpi.
GAP = 8
#: How far a window of its own begins from where its card was, at 96 dpi.
STEP_ASIDE = 32


class Layout(ttk.Frame):
    """The widgets of all controls and panels.

    Rules for a new kind:

    1. `arrange` places the cards of `shown_cards`, and takes all others out of their places.
    2. `move`, `put` and `grow` are what the user does by hand, one step at a time.
    3. `reset` returns to the beginning.
    4. `arrangement` and `take_arrangement` say and take what is remembered, JSON-ready.

    Attributes
    ----------
    controls : dict of str to ControlWidget
        Widgets of the controls by name.
    panels : dict of str to PanelWidget
        Widgets of the panels by name; panels that share a card have the same one.
    cards : list of PanelWidget
        These widgets, once each.
    hidden : set of str
        Names of the cards that are not shown.
    windows : OwnWindows
        The cards that have windows of their own.
    """

    def __init__(self, parent: tk.Misc, host: Host) -> None:
        super().__init__(parent)
        self.host = host
        self.controls: dict[str, ControlWidget] = {}
        self.panels: dict[str, PanelWidget] = {}
        self.cards: list[PanelWidget] = []
        self.hidden: set[str] = set()
        self.windows = OwnWindows(host.root, host.session.simulation_class.key)
        self.sections: list[Section] = []
        self._areas: list[ScrolledFrame] = []
        self._maximized: PanelWidget | None = None
        self._held: Holder | None = None
        #: Size and place of windows that are closed at present.
        self._window_places: dict[str, str] = {}

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
            CardEntries(self, card)
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
            card.color_frame()
            card.color()
        for control in self.controls.values():
            control.color()

    def refit(self) -> None:
        """Letters have another size: give all their room."""
        for card in self.cards:
            card.refit()

    def follow(self, former: Layout) -> None:
        """Stand as far as possible as the layout did that this one takes the place of."""

    def learn_shapes(self) -> bool:
        """Take notice of the shapes of pictures; tell whether there are new ones."""
        return False

    def wanted_size(self, room: tuple[int, int]) -> tuple[int, int]:
        """Return the size at which the content is as large as it asks to be, at most `room`."""
        return room

    # For the kinds --------------------------------------------------------------------------

    def arrange(self) -> None:
        """Arrange the cards that are shown."""
        raise NotImplementedError

    def move(self, card: PanelWidget, side: Side) -> None:
        """Move a card one step to a side."""
        raise NotImplementedError

    def put(self, card: PanelWidget, beside: PanelWidget, side: Side) -> None:
        """Put a card beside another one."""
        raise NotImplementedError

    def grow(self, card: PanelWidget, direction: Direction, more: bool) -> None:
        """Make a card wider (``row``) or higher (``column``), or the contrary, by one step."""
        raise NotImplementedError

    def reset(self) -> None:
        """Show all cards where they stand by themselves."""
        self.restore()
        self.hidden = set()
        for card in self.cards:
            if card.name in self.windows:
                self.windows.close(card)

    def positions(self) -> dict[str, dict[str, int]]:
        """Return the positions to keep in a parameter set; empty when there are none."""
        return {}

    def arrangement(self) -> dict[str, Any]:
        """Return what the next window, or a parameter set, keeps of the cards; JSON-ready.

        Returns
        -------
        dict
            ``hidden``: names; ``windows``: size and place of each card's own window, by name;
            further entries are those of the kind of layout.
        """
        return {"hidden": sorted(self.hidden), "windows": self.windows.places()}

    def take_arrangement(self, entry: Mapping[str, Any]) -> None:
        """Take over what `arrangement` has told; what makes no sense is ignored."""
        hidden, windows = entry.get("hidden"), entry.get("windows")
        places = windows if isinstance(windows, Mapping) else {}
        self.restore()
        self.hidden = {card.name for card in self.cards if card.name in _names(hidden)}
        for card in self.cards:
            is_own = isinstance(places.get(card.name), str) and card.name not in self.hidden
            if card.name in self.windows:
                self.windows.close(card)
            if is_own:
                self._open_window(card, places[card.name])
        self.arrange()

    # Hidden, and in windows of their own ----------------------------------------------------

    def shown_cards(self) -> dict[str, PanelWidget]:
        """Return the cards that stand in this layout, by name."""
        return {
            card.name: card
            for card in self.cards
            if card.name not in self.hidden and card.name not in self.windows
        }

    def hide(self, names: Collection[str]) -> None:
        """Show all cards but those with these names."""
        self.restore()
        self.hidden = {card.name for card in self.cards if card.name in names}
        for card in self.cards:
            if card.name in self.hidden and card.name in self.windows:
                self._close_window(card)
        self.arrange()

    def detach(self, card: PanelWidget, geometry: str = "") -> None:
        """Give a card a window of its own, where it was the last time unless said otherwise."""
        if card.name in self.windows:
            return
        self.restore()
        self.hidden.discard(card.name)
        self._open_window(card, geometry or self._window_places.get(card.name, ""))
        self.arrange()

    def attach(self, card: PanelWidget) -> None:
        """Put a card that has a window of its own back to the others."""
        if card.name in self.windows:
            self._close_window(card)
            self.arrange()

    def _open_window(self, card: PanelWidget, geometry: str) -> None:
        if not geometry:
            width, height = card.winfo_width(), card.winfo_height()
            if not card.winfo_viewable():
                width, height = card.natural_size()
            aside = self.host.theme.pixels(STEP_ASIDE)
            geometry = f"{width}x{height}+{card.winfo_rootx() + aside}+{card.winfo_rooty() + aside}"
        self.windows.open(card, geometry, lambda: self.attach(card))

    def _close_window(self, card: PanelWidget) -> None:
        self._window_places[card.name] = self.windows.places()[card.name]
        self.windows.close(card)

    # One card alone ------------------------------------------------------------------------

    @property
    def maximized(self) -> PanelWidget | None:
        """The card that fills the place of all of them."""
        return self._maximized

    def toggle_maximum(self, card: PanelWidget) -> None:
        """Have a card fill the place of all of them, or return to its own."""
        if card.name in self.windows:
            self.windows.toggle_full_size(card)
        elif self._maximized is not None:
            self.restore()
        else:
            self._maximized = card
            self.fill_area()

    def restore(self) -> None:
        """Show all cards again."""
        card, self._maximized = self._maximized, None
        if card is not None:
            self.arrange()

    def fill_area(self) -> None:
        """Let the card that is alone fill what is seen of the area of the panels."""
        if self._maximized is None:
            return
        canvas = self._areas[-1].canvas
        x, y = canvas.canvasx(0), canvas.canvasy(0)
        self._maximized.place(
            in_=self._areas[-1].content,
            x=x, y=y, width=canvas.winfo_width(), height=canvas.winfo_height(),
        )  # fmt: skip
        self._maximized.lift()

    # Held by the hand -----------------------------------------------------------------------

    def watch(self, holder: Holder | None) -> None:
        """A drag has begun, or ended."""
        self._held = holder

    def cancel_drag(self) -> bool:
        """Leave all where it was before the drag that goes on; tell whether there was one."""
        if self._held is None:
            return False
        self._held.cancel()
        return True


def _names(entry: Any) -> list[str]:
    return [name for name in entry if isinstance(name, str)] if isinstance(entry, list) else []
