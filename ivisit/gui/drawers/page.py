"""`Page`: what the pages of the drawer have in common."""

from __future__ import annotations

from tkinter import ttk
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class Page(ttk.Frame):
    """A page of the drawer; it is seen while the drawer is open and its tab is chosen.

    Parameters
    ----------
    window : Window
        The window.

    Attributes
    ----------
    caption : str
        What its tab says.
    natural_height : int
        Pixels at 96 dpi that the drawer gets at first.
    is_always_there : bool
        Whether its tab is shown also while the page has nothing to show.
    tools : ttk.Frame
        Buttons that stand beside the tabs while the page is seen.
    """

    caption = ""
    natural_height = 190
    is_always_there = True

    def __init__(self, window: Window) -> None:
        super().__init__(window.drawer.body, style="Card.TFrame", relief="flat", borderwidth=0)
        self.window = window
        self.tools = ttk.Frame(
            window.drawer.strip, style="Card.TFrame", relief="flat", borderwidth=0
        )

    @property
    def is_open(self) -> bool:
        """Whether the page is seen."""
        return bool(self.winfo_manager())

    def open(self) -> None:
        """Have the page seen."""
        self.window.drawer.open(self)

    def toggle(self) -> None:
        """Have the page seen, or close the drawer when it is."""
        if self.is_open:
            self.hide()
        else:
            self.open()

    def hide(self) -> None:
        """Close the drawer, if the page is seen."""
        if self.is_open:
            self.window.drawer.close()

    # For the kinds --------------------------------------------------------------------------

    def opened(self) -> None:
        """The page is seen from now on."""

    def color(self) -> None:
        """Take over the colors of the theme, for what is not a ttk widget."""

    def poll(self, now: float) -> None:
        """Look after what may have changed, sixty times a second while the page is seen."""

    def values_changed(self) -> None:
        """Values or the loaded set have changed, while the page is seen."""
