"""`Drawer`: one foldable drawer below the panels, with a page for each kind of thing."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.drawers.page import Page
    from ivisit.gui.window import Window

#: Height at 96 dpi that a page has at least, and the part of the window that it has at most.
LOWEST, HIGHEST = 90, 0.7


class Drawer(ttk.Frame):
    """Shows one page at a time; a sash at its upper edge changes the height.

    Parameters
    ----------
    window : Window
        The window.

    Attributes
    ----------
    strip, body : ttk.Frame
        Where the tabs and where the pages stand.
    page : Page or None
        The page that is seen; None while the drawer is closed.
    pages : dict of str to Page
        The pages that have been made, by their captions.
    heights : dict of str to int
        Heights at 96 dpi that the user has given, by the captions of the pages.
    """

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window.root, style="Card.TFrame", padding=1)
        self.window = window
        self.page: Page | None = None
        self.pages: dict[str, Page] = {}
        self._makers: dict[str, Callable[[Window], Page]] = {}
        self.heights: dict[str, int] = {}
        self._tabs: dict[str, ttk.Button] = {}
        self._grip = 0
        self.sash = ttk.Frame(self, height=px(6), cursor="sb_v_double_arrow", takefocus=False)
        self.sash.configure(style="Card.TFrame", relief="flat", borderwidth=0)
        self.sash.pack(fill="x")
        self.strip = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        self.strip.pack(fill="x", padx=px(6))
        self.body = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        self.body.pack(fill="both", expand=True, padx=px(6), pady=(px(4), px(6)))
        self.close_button = ttk.Button(
            self.strip, text="Close", command=self.close, style="Tab.TButton"
        )
        self.close_button.pack(side="right", padx=(px(6), 0))
        self.sash.bind("<ButtonPress-1>", self._take_hold)
        self.sash.bind("<B1-Motion>", self._drag)
        Tooltip(self.sash, "Drag to make the drawer higher or lower", window.theme)
        self.pack_propagate(False)

    def add(self, *pages: Page) -> None:
        """Add pages, in the order of their tabs."""
        for page in pages:
            self.pages[page.caption] = page
            self._add_tab(page.caption)
        self._show_tabs()

    def add_later(self, caption: str, make: Callable[[Window], Page]) -> None:
        """Add a page that is always there, and is made when somebody wants to see it."""
        self._makers[caption] = make
        self._add_tab(caption)
        self._show_tabs()

    def page_called(self, caption: str) -> Page:
        """Return a page by the caption of its tab."""
        if caption not in self.pages:
            page = self.pages[caption] = self._makers[caption](self.window)
            page.color()
            # What waits to be drawn has no size yet; it shall be drawn once it has one.
            page.update_idletasks()
        return self.pages[caption]

    def _add_tab(self, caption: str) -> None:
        self._tabs[caption] = ttk.Button(
            self.strip,
            text=caption,
            style="Tab.TButton",
            command=lambda: self.page_called(caption).open(),
        )

    def open(self, page: Page) -> None:
        """Have a page seen."""
        if self.page is not page:
            self._put_away()
            self.page = page
            page.pack(fill="both", expand=True)
            page.tools.pack(side="right")
        self.configure(height=self._height())
        if not self.winfo_manager():
            self._put_in_place()
        self._show_tabs()
        page.opened()

    def close(self) -> None:
        """Fold the drawer away."""
        focus = str(self.tk.call("focus"))
        self._put_away()
        self.pack_forget()
        if focus.startswith(f"{self}."):
            self.window.root.focus_set()

    def leave(self, page: Page) -> None:
        """A page has nothing more to show: close the drawer, if it is the one that is seen."""
        if page is self.page:
            self.close()
        self._show_tabs()

    def _put_away(self) -> None:
        if self.page is not None:
            self.page.pack_forget()
            self.page.tools.pack_forget()
        self.page = None

    def _put_in_place(self) -> None:
        layout = self.window.layout
        assert layout is not None
        px = self.window.theme.pixels
        self.pack(side="bottom", fill="x", before=layout, padx=px(8), pady=(0, px(2)))
        self.window.status.lift()  # the Tab key leads there last

    def _show_tabs(self) -> None:
        px = self.window.theme.pixels
        for tab in self._tabs.values():
            tab.pack_forget()
        for caption, tab in self._tabs.items():
            page = self.pages.get(caption)
            chosen = page is not None and page is self.page
            tab.configure(style="ChosenTab.TButton" if chosen else "Tab.TButton")
            if page is None or chosen or page.is_always_there:
                tab.pack(side="left", padx=(0, px(2)))

    # Height ---------------------------------------------------------------------------------

    def _height(self) -> int:
        assert self.page is not None
        wanted = self.heights.get(self.page.caption, self.page.natural_height)
        return self._bounded(self.window.theme.pixels(wanted))

    def _bounded(self, height: int) -> int:
        window = self.window.root.winfo_height()
        most = round(window * HIGHEST) if window > 1 else height
        return max(min(height, most), self.window.theme.pixels(LOWEST))

    def _take_hold(self, event: tk.Event) -> None:
        self._grip = event.y_root + self.winfo_height()

    def _drag(self, event: tk.Event) -> None:
        if self.page is None:
            return
        height = self._bounded(self._grip - event.y_root)
        self.heights[self.page.caption] = round(height / self.window.theme.scale)
        self.configure(height=height)

    def take_heights(self, heights: dict[str, Any]) -> None:
        """Take over remembered heights."""
        self.heights = {name: h for name, h in heights.items() if type(h) is int and h > 0}

    # What goes on ---------------------------------------------------------------------------

    def color(self) -> None:
        """Take over the colors of the theme."""
        for page in self.pages.values():
            page.color()

    def poll(self, now: float) -> None:
        """Let the page that is seen look after what may have changed."""
        if self.page is not None:
            self.page.poll(now)

    def values_changed(self) -> None:
        """Values or the loaded set have changed."""
        if self.page is not None:
            self.page.values_changed()
