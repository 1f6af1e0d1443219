"""`ScrolledFrame`: a frame that scrolls when its content needs more room than there is."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any


class ScrolledFrame(ttk.Frame):
    """A frame with scroll bars that appear only when they are needed.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    horizontal : bool, optional
        Whether the content may also be wider than the frame; by default it is as wide.
    background : str, optional
        Color behind the content.

    Attributes
    ----------
    content : ttk.Frame
        Put the widgets in here. It is at least as large as the visible part.
    """

    def __init__(self, parent: tk.Misc, *, horizontal: bool = False, background: str = "") -> None:
        super().__init__(parent)
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0)
        self.color(background)
        self.horizontal = horizontal
        self.vertical_bar = ttk.Scrollbar(self, orient="vertical", command=self.canvas.yview)
        self.horizontal_bar = ttk.Scrollbar(self, orient="horizontal", command=self.canvas.xview)
        self.canvas.configure(
            yscrollcommand=self.vertical_bar.set, xscrollcommand=self.horizontal_bar.set
        )
        self.canvas.grid(row=1, column=0, sticky="nsew")
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self.head: tk.Widget | None = None
        self.content = ttk.Frame(self.canvas)
        self._item = self.canvas.create_window(0, 0, window=self.content, anchor="nw")
        self.content.bind("<Configure>", self.fit, add=True)
        # Of the frame, not of the canvas, whose size changes with the scroll bars.
        self.bind("<Configure>", self.fit, add=True)

    def color(self, background: str) -> None:
        """Set the color behind the content."""
        if background:
            self.canvas.configure(background=background)

    def put_on_top(self, head: tk.Widget) -> None:
        """Have a widget stand above the content, where it does not scroll."""
        self.head = head
        head.grid(row=0, column=0, columnspan=2, sticky="ew")

    def fit(self, event: Any = None) -> None:
        """Show the scroll bars that are needed and give the content the room that is left."""
        width, height = self.winfo_width(), self.winfo_height()
        if width <= 1:
            return  # not on the screen yet
        if self.head is not None:
            height -= self.head.winfo_reqheight()
        wanted_width = self.content.winfo_reqwidth() if self.horizontal else 0
        wanted_height = self.content.winfo_reqheight()
        bar = self.vertical_bar.winfo_reqwidth()
        vertical = wanted_height > height
        across = wanted_width > width - bar * vertical
        vertical = wanted_height > height - bar * across
        width, height = width - bar * vertical, height - bar * across
        self._show(self.vertical_bar, vertical, row=1, column=1, sticky="ns")
        self._show(self.horizontal_bar, across, row=2, column=0, sticky="ew")
        size = (max(wanted_width, width), max(wanted_height, height))
        self.canvas.itemconfigure(self._item, width=size[0], height=size[1])
        self.canvas.configure(scrollregion=(0, 0, *size))

    def _show(self, bar: ttk.Scrollbar, needed: bool, **place: Any) -> None:
        if needed and not bar.winfo_manager():
            bar.grid(**place)
        elif not needed and bar.winfo_manager():
            bar.grid_remove()

    def scroll(self, units: int) -> None:
        """Scroll up (negative) or down, if there is anything to scroll."""
        if self.vertical_bar.winfo_manager():
            self.canvas.yview_scroll(units, "units")

    def show_widget(self, widget: tk.Misc) -> None:
        """Scroll as far as needed to make `widget`, somewhere inside, visible."""
        top = widget.winfo_rooty() - self.content.winfo_rooty()
        bottom = top + widget.winfo_height()
        seen = self.canvas.canvasy(0), self.canvas.canvasy(self.canvas.winfo_height())
        height = max(self.content.winfo_height(), 1)
        if top < seen[0]:
            self.canvas.yview_moveto(top / height)
        elif bottom > seen[1]:
            self.canvas.yview_moveto((bottom - self.canvas.winfo_height()) / height)


def wheel_units(event: Any) -> int:
    """Return by how many units a turn of the mouse wheel scrolls; down is positive."""
    if event.num in (4, 5):  # X11 reports the wheel as buttons
        return -1 if event.num == 4 else 1
    return -1 if event.delta > 0 else 1


#: Events of the mouse wheel on X11, Windows and macOS.
WHEEL_EVENTS = ("<Button-4>", "<Button-5>", "<MouseWheel>")


def scroll_on_tab(root: tk.Tk) -> None:
    """Scroll to the widget that the Tab key leads to."""

    def moved(event: Any) -> None:
        path = str(root.tk.call("focus"))
        target = widget = root.nametowidget(path) if path else root
        while widget is not None:
            if isinstance(widget, ScrolledFrame):
                widget.show_widget(target)
            widget = widget.master

    # Tk moves the focus in its own bindings of these events, which come first.
    for name in ("<<NextWindow>>", "<<PrevWindow>>"):
        root.bind_all(name, moved, add=True)


def scroll_on_wheel(root: tk.Tk) -> None:
    """Let the mouse wheel scroll the innermost `ScrolledFrame` under the pointer."""

    def turned(event: Any) -> None:
        widget = event.widget
        # Lists that drop down are known to Tk only, not to tkinter.
        while isinstance(widget, tk.Misc):
            if isinstance(widget, ScrolledFrame):
                widget.scroll(wheel_units(event) * 3)
                return
            if isinstance(widget, tk.Text) and widget.yview() != (0.0, 1.0):
                return  # scrolls itself
            if widget is widget.winfo_toplevel():
                return  # a panel with a window of its own scrolls nothing in the main one
            widget = widget.master

    for name in WHEEL_EVENTS:
        root.bind_all(name, turned)


def protect_from_wheel(widget: tk.Misc, kind: str) -> None:
    """Take the wheel from all widgets of a Tk class.

    Who scrolls through the controls must not change those that pass under the pointer.
    """
    for name in WHEEL_EVENTS:
        widget.unbind_class(kind, name)
