"""`OwnWindows`: cards that have windows of their own, for instance on a second monitor."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable
from typing import Any

from ivisit.gui.panels import PanelWidget

#: A size with a position on the screen, as Tk writes them.
GEOMETRY = re.compile(r"(\d+)x(\d+)([+-]-?\d+)([+-]-?\d+)")
#: So much of a window must lie on the screen, to be taken hold of.
GRIP = 60
#: The smallest size at 96 dpi.
SMALLEST = 120


class OwnWindows:
    """Makes cards windows of their own, and cards again.

    The widgets stay the same, so that pictures, histories, menus and the pointer's events do.

    Parameters
    ----------
    root : tkinter.Misc
        The main window.
    title : str
        What all these windows' titles end with.
    """

    def __init__(self, root: tk.Misc, title: str) -> None:
        self.root = root
        self.title = title
        self._cards: dict[str, PanelWidget] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._cards

    def places(self) -> dict[str, str]:
        """Return size and place of each window, by the card's name."""
        return {name: str(self._wm("geometry", card)) for name, card in self._cards.items()}

    def open(self, card: PanelWidget, geometry: str, on_close: Callable[[], object]) -> None:
        """Give a card its window; `geometry` is size and place as Tk writes them."""
        card.take_out()
        keep_bindings(card)
        self._cards[card.name] = card
        self._wm("manage", card)
        self._wm("title", card, f"{card.title} - {self.title}")
        self._wm("protocol", card, "WM_DELETE_WINDOW", card.register(on_close))
        self._wm("minsize", card, SMALLEST, SMALLEST)
        self._wm("geometry", card, on_screen(self.root, geometry))
        self._wm("group", card, self.root)

    def close(self, card: PanelWidget) -> None:
        """Take a card's window away; the card has no place then."""
        del self._cards[card.name]
        self._wm("forget", card)
        card.keep_size()

    def toggle_full_size(self, card: PanelWidget) -> None:
        """Let the window fill its monitor, or return to its size."""
        if self.root.tk.call("tk", "windowingsystem") == "x11":
            is_full = self.root.tk.getboolean(self._wm("attributes", card, "-zoomed"))
            self._wm("attributes", card, "-zoomed", not is_full)
        else:
            is_full = self._wm("state", card) == "zoomed"
            self._wm("state", card, "normal" if is_full else "zoomed")

    def _wm(self, command: str, card: PanelWidget, *arguments: Any) -> Any:
        return self.root.tk.call("wm", command, card, *arguments)


def keep_bindings(widget: tk.Misc) -> None:
    """Have a widget and all in it go on answering to the main window's shortcuts.

    By itself Tk asks the window in which a widget is at present.
    """
    widget.bindtags(widget.bindtags())
    for child in widget.winfo_children():
        keep_bindings(child)


def on_screen(root: tk.Misc, geometry: str) -> str:
    """Return a geometry that lies on a screen of today's: a monitor may be gone.

    Where the place makes no sense at all, the window manager chooses.
    """
    found = GEOMETRY.fullmatch(geometry)
    if found is None:
        return ""
    width, height, x, y = (int(number.lstrip("+").replace("--", "")) for number in found.groups())
    # All monitors together; where Tk does not know more, the one that it knows.
    left, top = root.winfo_vrootx(), root.winfo_vrooty()
    right = left + max(root.winfo_vrootwidth(), root.winfo_screenwidth())
    bottom = top + max(root.winfo_vrootheight(), root.winfo_screenheight())
    width, height = min(width, right - left), min(height, bottom - top)
    x = min(max(x, left + GRIP - width), right - GRIP)
    y = min(max(y, top), bottom - GRIP)
    return f"{width}x{height}+{x}+{y}"
