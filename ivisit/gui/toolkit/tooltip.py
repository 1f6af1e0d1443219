"""Tooltips: the help texts of controls, panels and buttons, shown where the pointer rests."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.gui.toolkit.theme import Theme

#: Milliseconds for which the pointer has to rest.
PATIENCE = 600


class Tooltip:
    """Shows a text while the pointer rests on a widget.

    Parameters
    ----------
    widget : tkinter.Misc
        The widget.
    text : str or callable
        What to show; a callable is asked each time. Nothing is shown for an empty text.
    theme : Theme
        Gives the colors.
    """

    def __init__(self, widget: tk.Misc, text: str | Callable[[], str], theme: Theme) -> None:
        self.widget = widget
        self.text = text
        self.theme = theme
        self._timer: str | None = None
        self._window: tk.Toplevel | None = None
        self.watch(widget)

    def watch(self, widget: tk.Misc) -> None:
        """Show the text while the pointer rests on `widget`, too, a part of the first one."""
        if widget.winfo_class() in ("Label", "TLabel", "Frame", "TFrame"):
            # A binding of keys alone would make Tk stop there on the way with Tab.
            widget.configure(takefocus=False)  # type: ignore[call-arg]
        widget.bind("<Enter>", self.wait, add=True)
        for event in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<Destroy>"):
            widget.bind(event, self.hide, add=True)

    def wait(self, event: Any = None) -> None:
        """Show the text when the pointer has rested from now on."""
        self._cancel()
        self._timer = self.widget.after(PATIENCE, self.show)

    def _cancel(self) -> None:
        if self._timer:
            self.widget.after_cancel(self._timer)
            self._timer = None

    def show(self) -> None:
        """Show the text now."""
        self._timer = None
        text = self.text() if callable(self.text) else self.text
        if not text or self._window:
            return
        palette = self.theme.palette
        self._window = window = tk.Toplevel(self.widget, background=palette.border)
        window.wm_overrideredirect(True)
        label = tk.Label(
            window,
            text=text,
            justify="left",
            wraplength=self.theme.pixels(340),
            background=palette.surface,
            foreground=palette.text,
            padx=self.theme.pixels(8),
            pady=self.theme.pixels(5),
        )
        label.pack(padx=1, pady=1)
        window.update_idletasks()
        window.wm_geometry(self._place(window))

    def _place(self, window: tk.Toplevel) -> str:
        """Return where the tooltip is seen whole: below the pointer, or above it."""
        x, y = self.widget.winfo_pointerxy()
        gap = self.theme.pixels(18)
        x = min(x + gap // 2, window.winfo_screenwidth() - window.winfo_reqwidth())
        if y + gap + window.winfo_reqheight() > window.winfo_screenheight():
            y -= gap + window.winfo_reqheight()
        else:
            y += gap
        return f"+{max(x, 0)}+{max(y, 0)}"

    def hide(self, event: Any = None) -> None:
        """Take the text away."""
        self._cancel()
        if self._window:
            self._window.destroy()
            self._window = None
