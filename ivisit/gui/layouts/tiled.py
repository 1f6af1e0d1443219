"""`TiledLayout`: controls in a column, cards in rows and columns that the user can change."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from dataclasses import replace
from tkinter import ttk
from typing import TYPE_CHECKING, Any, cast

from ivisit.declarations import as_number
from ivisit.gui.arranging.automatic import Group, Wish, automatic, wanted_room
from ivisit.gui.arranging.board import Board
from ivisit.gui.arranging.dragging import BORDER, Flag, Holder, Outline, Target, target_at
from ivisit.gui.arranging.solving import Rectangle
from ivisit.gui.arranging.tree import (
    Direction,
    Part,
    Side,
    beside,
    exchanged,
    fitted,
    from_json,
    names_in,
    swapped,
    to_json,
)
from ivisit.gui.layouts.base import GAP, Layout
from ivisit.gui.layouts.column import MOST_COLUMN, ControlColumn
from ivisit.gui.panels import PanelWidget
from ivisit.gui.sections import fold, folded

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: By how many pixels at 96 dpi a key makes a card larger.
GROWTH = 24
#: Width of the column and of the panels' part at 96 dpi that stays for the other.
LEAST_COLUMN = 120


class TiledLayout(Layout):
    """Controls in a column on the left, cards on a board on the right; both scroll when they must.

    Until the user changes it, the arrangement is the automatic one for the room that there is.
    """

    def __init__(self, parent: tk.Misc, host: Host) -> None:
        super().__init__(parent, host)
        px = host.theme.pixels
        self.paned = ttk.Panedwindow(self, orient="horizontal")
        self.paned.pack(fill="both", expand=True, padx=px(GAP), pady=(px(2), px(GAP)))
        background = host.theme.palette.background
        self.column = ControlColumn(self.paned, host)
        self.board = Board(self.paned, px(GAP), background, self._sash_moved)
        self._areas = [self.column, self.board]
        self._make_widgets(self.column.content, self.board.content)
        #: The user's arrangement of all cards; None: automatic.
        self._own: Part | None = None
        self._automatic: Part | None = None
        self._candidate: int | None = None
        #: Whether the user has seen the arrangement, and is used to it.
        self._seen = False
        self._aspects: dict[str, float | None] = {}
        #: Width of the column that the user has chosen, and the one that it has been given.
        self._column_width: int | None = None
        self._given_column = 0
        if self.controls:
            self.column.fill(self.controls)
            self.sections = self.column.sections
            # Without panels the controls need not share the window.
            self.paned.add(self.column, weight=0 if self.panels else 1)
        if self.panels:
            self.paned.add(self.board, weight=1)
        for card in self.cards:
            self._make_movable(card)
        self.board.bind("<Configure>", self._resized, add=True)
        self.paned.bind("<ButtonRelease-1>", self._note_column, add=True)
        self.paned.bind("<Configure>", self._set_column, add=True)

    def _make_movable(self, card: PanelWidget) -> None:
        parts: list[tk.Misc] = [card.heading, card.label, card.note]
        Holder(parts, self.host.theme, lambda: CardDrag(self, card), self.watch)

    def refit(self) -> None:
        if self.controls:
            self.update_idletasks()  # what labels and fields ask for with the new letters
            self.column.align()
            self._set_column()
        for widget in self.controls.values():
            widget.show(widget.value)
        super().refit()
        self.arrange()

    # The arrangement --------------------------------------------------------------------------

    def arrange(self) -> None:
        cards = self.shown_cards()
        if self._own is None and self._maximized is None:
            self._choose(cards)
        self.board.show(self._own if self._own is not None else self._automatic, cards)
        if self._maximized is not None:
            self.fill_area()

    def fill_area(self) -> None:
        super().fill_area()
        if self._maximized is not None:
            self.board.lose(self._maximized.name)

    def _wishes(self, cards: Mapping[str, PanelWidget]) -> list[Wish]:
        return [
            Wish(
                name,
                cast(Group, card.group),
                card.smallest_size(),
                card.natural_size(),
                self._aspects.setdefault(name, card.aspect()),
                card.frame_size(),
            )
            for name, card in cards.items()
        ]

    def _choose(self, cards: Mapping[str, PanelWidget]) -> None:
        """Choose the arrangement for the present room; a small gain changes nothing."""
        room, gap = self.board.room(), self.board.gap
        if min(room) <= 1:
            return  # not on the screen yet
        former = self._candidate if sorted(names_in(self._automatic)) == sorted(cards) else None
        choice = automatic(self._wishes(cards), room, gap, former)
        self._automatic, self._candidate = choice or (None, None)

    def _resized(self, event: Any) -> None:
        if not self._seen:
            self._candidate = None
        self.arrange()

    def follow(self, former: Layout) -> None:
        """Choose as the layout did that this one takes the place of: cards must not jump."""
        if isinstance(former, TiledLayout):
            self._automatic, self._candidate, self._seen, aspects = former.choice()
            for card in self.cards:
                if card.aspect() is None:  # its first picture is not there yet
                    self._aspects[card.name] = aspects.get(card.name)

    def choice(self) -> tuple[Part | None, int | None, bool, Mapping[str, float | None]]:
        """Return what `follow` takes over.

        The automatic arrangement, which of the candidates it is, whether it has been seen, and the
        shapes of the pictures.
        """
        return self._automatic, self._candidate, self._seen, self._aspects

    def learn_shapes(self) -> bool:
        unknown = [card for card in self.cards if card.group == "picture"]
        unknown = [card for card in unknown if self._aspects.get(card.name) is None]
        found = {card.name: aspect for card in unknown if (aspect := card.aspect()) is not None}
        grown = [card for card in self.cards if card.has_grown()]
        self._seen = not found
        if not (found or grown):
            return False
        self._aspects |= found
        if self._own is None:
            if found:
                self._candidate = None  # chosen without knowing them
            self.arrange()
        return True

    def wanted_size(self, room: tuple[int, int]) -> tuple[int, int]:
        gap = self.board.gap
        column = self.column.wanted_width + gap if self.controls else 0
        width, height = room[0] - 2 * gap - column, room[1] - 2 * gap
        cards = self.shown_cards()
        wishes = [replace(w, natural=cards[w.name].wanted_size()) for w in self._wishes(cards)]
        across, down = wanted_room(wishes, (width, height), gap)
        if self.controls:
            down = max(down, self.column.content.winfo_reqheight())
        across = max(across + column, round(column / MOST_COLUMN)) if cards else column
        return min(across + 2 * gap, room[0]), min(down + 2 * gap, room[1])

    def cancel_drag(self) -> bool:
        if self.board.is_dragging:
            self.board.cancel()
            return True
        return super().cancel_drag()

    # By hand ----------------------------------------------------------------------------------

    def _whole(self) -> Part:
        """Return the present arrangement with the places of all cards, hidden ones too."""
        part = self._own if self._own is not None else self._automatic
        whole = fitted(part, [card.name for card in self.cards])
        assert whole is not None
        return whole

    def _take(self, part: Part) -> None:
        self.restore()
        self._own = part
        self.arrange()

    def _sash_moved(self) -> None:
        self._take(self._whole())

    def put_at(self, card: PanelWidget, target: str, side: Side) -> None:
        """Put a card beside another one, or beside all where `target` is empty."""
        part = beside(self._whole(), card.name, target, side)
        if card.name in self.windows:
            self._close_window(card)
        self.hidden.discard(card.name)
        self._take(part)

    def put(self, card: PanelWidget, beside: PanelWidget, side: Side) -> None:
        self.put_at(card, beside.name, side)

    def move(self, card: PanelWidget, side: Side) -> None:
        """Change places with what is next there; at the border, stand beside all others."""
        whole, places = self._whole(), self.board.solution.places
        if card.name not in places:
            return
        moved = exchanged(whole, card.name, side, places)
        neighbor = neighbor_of(places, card.name, side)
        if moved is not None:
            self._take(moved)
        elif neighbor:
            self._take(swapped(whole, card.name, neighbor))
        else:
            self.put_at(card, "", side)

    def grow(self, card: PanelWidget, direction: Direction, more: bool) -> None:
        distance = self.host.theme.pixels(GROWTH) * (1 if more else -1)
        own = self._whole()
        self._take(own)
        sashes = [s for s in self.board.solution.sashes if s.stack.direction == direction]
        # The innermost one that has the card at a side.
        for sash in sorted(sashes, key=lambda sash: len(names_in(sash.stack))):
            for index, sign in ((sash.before, 1), (sash.after, -1)):
                if card.name in names_in(sash.stack.parts[index]):
                    sash.move(sign * distance)
                    self.board.arrange()
                    return

    # What is remembered -----------------------------------------------------------------------

    def reset(self) -> None:
        super().reset()
        self._own = self._candidate = self._column_width = None
        self._set_column()
        self.arrange()

    def arrangement(self) -> dict[str, Any]:
        """Return what is remembered; see `Layout.arrangement`.

        Returns
        -------
        dict
            Also ``tree``: rows and columns of cards, None while they are automatic; ``column``:
            width of the controls in pixels at 96 dpi, None while they have what they ask for;
            ``folded``: titles of the groups of controls that are folded away.
        """
        scale, width = self.host.theme.scale, self._column_width
        return {
            **super().arrangement(),
            "tree": to_json(self._own),
            "column": None if width is None else round(width / scale),
            "folded": folded(self.sections),
        }

    def take_arrangement(self, entry: Mapping[str, Any]) -> None:
        part = from_json(entry.get("tree"))
        known = {card.name for card in self.cards}
        if part is None or not known & set(names_in(part)):
            self._own = None
        else:
            self._own = fitted(part, [card.name for card in self.cards])
        if isinstance(titles := entry.get("folded"), list):
            fold(self.sections, [title for title in titles if isinstance(title, str)])
        width = as_number(entry.get("column"), int)
        self._column_width = None
        if width is not None and width > 0:
            self._column_width = self.host.theme.pixels(width)
        self._set_column()
        super().take_arrangement(entry)

    def _note_column(self, event: Any) -> None:
        if self.controls and self.panels:
            width = int(self.tk.call(self.paned, "sashpos", 0))
            if width != self._given_column:
                self._column_width = width

    def _set_column(self, event: Any = None) -> None:
        """Give the column its width: the chosen one, else what it asks for, but not too much."""
        least, room = self.host.theme.pixels(LEAST_COLUMN), self.paned.winfo_width()
        if not (self.controls and self.panels) or room <= 1:
            return
        width = self._column_width
        if width is None:
            width = self.column.width_in(room)
        width = max(min(width, room - least), least)
        self._given_column = int(self.tk.call(self.paned, "sashpos", 0, width))


def neighbor_of(places: Mapping[str, Rectangle], name: str, side: Side) -> str:
    """Return the card next to another one at a side; an empty text where there is none."""
    own = places[name]

    def distance(other: Rectangle) -> int:
        return {
            "left": own.x - other.right,
            "right": other.x - own.right,
            "above": own.y - other.bottom,
            "below": other.y - own.bottom,
        }[side]

    def overlap(other: Rectangle) -> int:
        if side in ("left", "right"):
            return min(own.bottom, other.bottom) - max(own.y, other.y)
        return min(own.right, other.right) - max(own.x, other.x)

    found = [
        (distance(place), -overlap(place), other)
        for other, place in places.items()
        if other != name and distance(place) >= 0 and overlap(place) > 0
    ]
    return min(found)[2] if found else ""


class CardDrag:
    """A card that is held by its heading; see `dragging.Drag`."""

    def __init__(self, layout: TiledLayout, card: PanelWidget) -> None:
        self.layout = layout
        self.card = card
        self._target: Target | None = None

    def begin(self, x: int, y: int) -> None:
        layout = self.layout
        self._outline = Outline(layout.board.content, layout.host.theme)
        self._flag = Flag(layout, layout.host.theme)
        self.card.configure(cursor="fleur")

    def over(self, x: int, y: int) -> None:
        self._target = self._target_at(x, y)
        self._outline.show(self._target.outline if self._target else None)
        outside = self._is_outside(x, y) and self.card.name not in self.layout.windows
        self._flag.show(f"{self.card.title}: own window" if outside else self.card.title, x, y)

    def _target_at(self, x: int, y: int) -> Target | None:
        board = self.layout.board
        if self.layout.maximized is not None:
            return None
        x, y = x - board.content.winfo_rootx(), y - board.content.winfo_rooty()
        border = self.layout.host.theme.pixels(BORDER)
        return target_at(board.solution, board.seen(), self.card.name, x, y, border)

    def _is_outside(self, x: int, y: int) -> bool:
        """Tell whether a place of the screen lies outside of the main window."""
        root = self.layout.host.root
        left, top = root.winfo_rootx(), root.winfo_rooty()
        # Above it there are the menu and the title.
        frame = max(top - root.winfo_y(), self.layout.host.theme.pixels(60))
        return not (
            left <= x < left + root.winfo_width() and top - frame <= y < top + root.winfo_height()
        )

    def drop(self, x: int, y: int) -> None:
        self._end()
        layout, card, target = self.layout, self.card, self._target_at(x, y)
        if target is not None:
            layout.put_at(card, target.beside, target.side)
        elif self._is_outside(x, y) and card.name not in layout.windows:
            size = f"{card.winfo_width()}x{card.winfo_height()}"
            layout.detach(card, f"{size}+{x}+{y}")

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self._outline.destroy()
        self._flag.destroy()
        self.card.configure(cursor="")
