"""The color bar beside a picture: which value has which color."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import numpy as np
from PIL import Image, ImageTk

from ivisit.gui.toolkit.theme import Theme
from ivisit.rendering import lookup_table

#: Width of the bar, and of the bar with its labels, at 96 dpi.
BAR, WIDTH = 12, 62


class ColorBar(tk.Canvas):
    """A strip of the colors of a map, from the lowest level to the highest.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Colors and sizes.
    """

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(
            parent, highlightthickness=0, borderwidth=0, width=theme.pixels(WIDTH), height=1
        )
        self.theme = theme
        self._shown: tuple[object, ...] = ()
        self._photo: ImageTk.PhotoImage | None = None
        self._levels = ("", "")
        self._map = "gray"
        self.bind("<Configure>", lambda event: self._draw(), add=True)

    def color(self) -> None:
        """Take over the colors of the theme."""
        self.configure(background=self.theme.palette.surface)
        self._shown = ()
        self._draw()

    def show(self, color_map: str, low: str, high: str) -> None:
        """Show the colors of a map, and what its ends stand for."""
        self._map, self._levels = color_map, (low, high)
        self._draw()

    def _draw(self) -> None:
        height, px = self.winfo_height(), self.theme.pixels
        state = (self._map, self._levels, height)
        if height < px(30) or state == self._shown:
            return
        self._shown = state
        colors = lookup_table(self._map)[255::-1][:, None, :]
        strip = Image.fromarray(np.ascontiguousarray(colors))
        photo = ImageTk.PhotoImage(strip.resize((px(BAR), height)), master=self)
        self.delete("all")
        self.create_image(0, 0, anchor="nw", image=photo)
        self._photo = photo
        look: Any = {"font": "IvisitSmall", "fill": self.theme.palette.muted}
        self.create_text(px(BAR + 4), 0, text=self._levels[1], anchor="nw", **look)
        self.create_text(px(BAR + 4), height, text=self._levels[0], anchor="sw", **look)
