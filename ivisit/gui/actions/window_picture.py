"""Pictures of the window as it stands on the screen."""

from __future__ import annotations

import sys
import tkinter as tk
from tkinter import filedialog
from typing import TYPE_CHECKING

from PIL import Image, ImageGrab

from ivisit.errors import IVisitError
from ivisit.gui.saving import save_file

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What the message is about; see `MessageBar.show`.
PICTURE = "picture"
#: Milliseconds after which the menu that was open is gone from the screen.
SETTLED = 250


def grab(widget: tk.Misc) -> Image.Image:
    """Return what the screen shows of a widget, in mode RGB.

    Raises
    ------
    IVisitError
        Where the system lets nobody look at the screen, or the widget is not on it.
    """
    if not widget.winfo_viewable():
        raise IVisitError("the window is not on the screen")
    left, top = widget.winfo_rootx(), widget.winfo_rooty()
    box = (left, top, left + widget.winfo_width(), top + widget.winfo_height())
    display = str(widget.winfo_toplevel().tk.call("winfo", "screen", "."))
    is_x11 = widget.tk.call("tk", "windowingsystem") == "x11" and sys.platform != "darwin"
    try:
        picture = ImageGrab.grab(box, xdisplay=display.rpartition(".")[0] if is_x11 else None)
    # Pillow's helpers differ from system to system, and so does what they raise.
    except Exception as error:
        raise IVisitError(f"the screen cannot be read here: {error}") from error
    return picture.convert("RGB")


def save_window_picture(window: Window) -> None:
    """Ask where to save a picture of the window as it is now, without menus before it."""
    window.root.lift()
    window.root.after(SETTLED, lambda: _ask_and_save(window))


def _ask_and_save(window: Window) -> None:
    if not window.alive:
        return
    try:
        picture = grab(window.root)
    except IVisitError as error:
        window.messages.show(PICTURE, f"There is no picture of the window: {error}")
        return
    _ask_place(window, picture)


def _ask_place(window: Window, picture: Image.Image) -> None:
    path = filedialog.asksaveasfilename(
        parent=window.root,
        defaultextension=".png",
        initialfile=f"{window.session.simulation_class.key}.png",
        filetypes=[("PNG picture", "*.png")],
    )
    if path:
        save_picture(window, picture, path)


def save_picture(window: Window, picture: Image.Image, path: str) -> None:
    """Save a picture as PNG; a message tells how it went."""
    # Elsewhere the same picture is saved: the window looks otherwise by then.
    save_file(
        window,
        path,
        lambda file: picture.save(file, format="PNG"),
        lambda: _ask_place(window, picture),
    )
