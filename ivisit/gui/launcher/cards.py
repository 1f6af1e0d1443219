"""`EntryCard`: one simulation in the list of the launcher."""

from __future__ import annotations

import logging
import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageTk

from ivisit.gui.launcher.catalog import Entry
from ivisit.sets.wording import local_time

if TYPE_CHECKING:
    from ivisit.gui.launcher.window import LauncherWindow

logger = logging.getLogger(__name__)

#: Width and height of a picture at 96 dpi.
PICTURE = (128, 80)


class EntryCard(tk.Frame):
    """Picture, name, summary, origin and last use of a simulation; a click chooses it.

    Parameters
    ----------
    parent : tkinter.Misc
        The list.
    window : LauncherWindow
        The launcher.
    entry : Entry
        The simulation.
    """

    def __init__(self, parent: tk.Misc, window: LauncherWindow, entry: Entry) -> None:
        super().__init__(parent, highlightthickness=2, takefocus=0)
        self.window = window
        self.entry = entry
        px = window.theme.pixels
        self.picture = tk.Label(self, borderwidth=0)
        self.picture.grid(row=0, column=0, rowspan=4, padx=px(10), pady=px(8), sticky="n")
        self.texts = [
            self._label(entry.name, "CardHeading.TLabel"),
            self._label(entry.summary, "Card.TLabel"),
            self._label(entry.error, "CardProblem.TLabel"),
            self._label(self._facts(), "CardMuted.TLabel"),
        ]
        for row, label in enumerate(self.texts):
            if label.cget("text"):
                top = px(8) if row == 0 else 0
                label.grid(row=row, column=1, sticky="ew", padx=(0, px(10)), pady=(top, px(2)))
        self.columnconfigure(1, weight=1)
        self.rowconfigure(3, weight=1)
        for widget in (self, self.picture, *self.texts):
            widget.bind("<Button-1>", self._clicked, add=True)
            widget.bind("<Double-Button-1>", self._double_clicked, add=True)
        self.bind("<Configure>", self._wrap, add=True)
        self._photo: Any = None
        self.color(chosen=False)

    def _label(self, text: str, style: str) -> ttk.Label:
        return ttk.Label(self, text=text, style=style, justify="left", anchor="nw")

    def _facts(self) -> str:
        """Say where the simulation comes from and when it was used."""
        used = self.entry.used_at
        when = f"last used {local_time(used)}" if used else "not used yet"
        return f"{self.entry.origin}   ·   {when}"

    def _wrap(self, event: Any) -> None:
        width = max(event.width - self.window.theme.pixels(PICTURE[0] + 40), 100)
        for label in self.texts:
            label.configure(wraplength=width)

    def _clicked(self, event: Any) -> None:
        self.window.choose(self.entry.address)

    def _double_clicked(self, event: Any) -> None:
        self.window.choose(self.entry.address)
        self.window.open_chosen()

    def color(self, *, chosen: bool) -> None:
        """Take over the colors of the theme; the chosen one has a border of its own."""
        palette = self.window.theme.palette
        border = palette.accent if chosen else palette.border
        self.configure(
            background=palette.surface, highlightbackground=border, highlightcolor=border
        )
        self.picture.configure(background=palette.surface)

    def show_picture(self, path: Path | None) -> None:
        """Show the picture in a file, or a plain one where there is none."""
        px = self.window.theme.pixels
        size = px(PICTURE[0]), px(PICTURE[1])
        picture = None if path is None else _opened(path)
        palette = self.window.theme.palette
        if picture is None:
            # A triangle that points to the right, as on a button that starts something.
            picture = Image.new("RGB", size, palette.hover)
            x, y, side = size[0] // 2, size[1] // 2, size[1] // 5
            corners = [(x - side // 2, y - side), (x + side, y), (x - side // 2, y + side)]
            ImageDraw.Draw(picture).polygon(corners, fill=palette.border)
        else:
            picture.thumbnail(size, Image.Resampling.BOX)
            canvas = Image.new("RGB", size, palette.background)
            canvas.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
            picture = canvas
        self._photo = ImageTk.PhotoImage(picture, master=self)
        self.picture.configure(image=self._photo)


def _opened(path: Path) -> Image.Image | None:
    """Return the picture in a file; None for what is none."""
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:  # Pillow's of damaged PNGs
        logger.warning("%s: cannot be shown: %s", path, error)
        return None
