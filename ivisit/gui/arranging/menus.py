"""What can be done with a card by mouse, as entries of menus: for the keyboard, and to be found."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from typing import TYPE_CHECKING

from ivisit.gui.arranging.tree import SIDES, Direction, Side
from ivisit.gui.panels import PanelWidget

if TYPE_CHECKING:
    from ivisit.gui.layouts import Layout

#: The sign of a menu.
MENU = "≡"
MOVES: dict[Side, str] = {"left": "Left", "right": "Right", "above": "Up", "below": "Down"}
PLACES: dict[Side, str] = {
    "left": "Left of",
    "right": "Right of",
    "above": "Above",
    "below": "Below",
}
SIZES: tuple[tuple[str, Direction, bool], ...] = (
    ("Wider", "row", True),
    ("Narrower", "row", False),
    ("Higher", "column", True),
    ("Lower", "column", False),
)


class CardEntries:
    """The entries at the end of a panel's own menu; made anew each time that it opens.

    Parameters
    ----------
    layout : Layout
        Where the card stands.
    card : PanelWidget
        The card.
    """

    def __init__(self, layout: Layout, card: PanelWidget) -> None:
        self.layout = layout
        self.card = card
        self._first: int | None = None
        card.complete_menu = self._complete
        self.button = card.add_tool(MENU, self._post, "The panel's menu: move, detach, hide ...")

    def _post(self) -> None:
        button = self.button
        self.card.post_menu(button.winfo_rootx(), button.winfo_rooty() + button.winfo_height())

    def _complete(self, menu: tk.Menu) -> None:
        if self._first is not None:
            menu.delete(self._first, "end")
        last = menu.index("end")
        self._first = 0 if last is None else last + 1
        if self._first:
            menu.add_separator()
        add_entries(menu, self.layout, self.card)


def add_entries(menu: tk.Menu, layout: Layout, card: PanelWidget) -> None:
    """Add what can be done with a card to a menu."""
    is_detached = card.name in layout.windows
    is_alone = layout.maximized is card
    if is_detached:
        menu.add_command(label="Full size", command=partial(layout.toggle_maximum, card))
        menu.add_command(label="Attach", command=partial(layout.attach, card))
    else:
        menu.add_command(
            label="Show all panels" if is_alone else "Maximize",
            accelerator="Escape" if is_alone else "",
            command=partial(layout.toggle_maximum, card),
        )
        menu.add_command(label="Detach", command=partial(layout.detach, card))
    menu.add_command(label="Hide", command=partial(layout.hide, layout.hidden | {card.name}))
    if not is_detached:
        _add_moves(_submenu(menu, "Move"), layout, card)
        sizes = _submenu(menu, "Size")
        for label, direction, more in SIZES:
            sizes.add_command(label=label, command=partial(layout.grow, card, direction, more))


def _add_moves(menu: tk.Menu, layout: Layout, card: PanelWidget) -> None:
    for side in SIDES:
        menu.add_command(label=MOVES[side], command=partial(layout.move, card, side))
    others = [other for other in layout.shown_cards().values() if other is not card]
    if not others:
        return
    menu.add_separator()
    for side in SIDES:
        places = _submenu(menu, PLACES[side])
        for other in others:
            places.add_command(label=other.title, command=partial(layout.put, card, other, side))


def list_panels(menu: tk.Menu, layout: Layout) -> None:
    """Fill a menu with the panels: those that are shown are marked, and each can be arranged."""
    _clear(menu)
    for index, card in enumerate(layout.cards):
        variable = f"shown{index}{menu}"
        menu.setvar(variable, "0" if card.name in layout.hidden else "1")
        menu.add_checkbutton(
            label=card.title,
            variable=variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=partial(layout.hide, layout.hidden ^ {card.name}),
        )
    if layout.cards:
        menu.add_separator()
    for card in layout.cards:
        if card.name not in layout.hidden:
            add_entries(_submenu(menu, f"Arrange {card.title}"), layout, card)


def _submenu(menu: tk.Menu, label: str) -> tk.Menu:
    submenu = tk.Menu(menu, tearoff=False)
    menu.add_cascade(label=label, menu=submenu)
    return submenu


def _clear(menu: tk.Menu) -> None:
    menu.delete(0, "end")
    for child in menu.winfo_children():
        child.destroy()
