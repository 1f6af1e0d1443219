"""`PicturePanel`: what panels that show pixels have in common."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import filedialog

from PIL import Image

from ivisit.files import replace_file
from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.panels.pixels import PixelCanvas


class PicturePanel(PanelWidget):
    """A panel with a `PixelCanvas` and a menu that can save what it shows."""

    def _build(self) -> None:
        self.canvas = PixelCanvas(self.body, self.host.theme)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self.menu = self.new_menu()

    def color(self) -> None:
        self.canvas.configure(background=self.host.theme.palette.surface)

    def event_widget(self) -> tk.Misc:
        return self.canvas

    def pixel_at(self, x: int, y: int) -> tuple[int, int]:
        return self.canvas.pixel_at(x, y)

    def ask_file(self) -> None:
        """Ask for a file and save the picture."""
        if self.canvas.pixels is None:
            self.host.say(f"{self.panel.label}: there is no picture yet")
            return
        path = filedialog.asksaveasfilename(
            parent=self,
            defaultextension=".png",
            initialfile=f"{self.name}.png",
            filetypes=[("PNG picture", "*.png")],
        )
        if path:
            self.save(path)

    def save(self, path: str) -> None:
        """Save the picture with its present colors, one pixel for each of its own."""
        if self.canvas.pixels is None:
            return
        picture = Image.fromarray(self.canvas.pixels)
        kind = Image.registered_extensions().get(Path(path).suffix.lower(), "PNG")
        try:
            replace_file(Path(path), lambda file: picture.save(file, format=kind))
        except (OSError, ValueError) as error:
            self.host.say(f"{path}: cannot be saved: {error}")
        else:
            self.host.say(f"Saved {path}")
