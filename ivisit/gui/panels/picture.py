"""`PicturePanel`: what panels that show pixels have in common."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import filedialog
from typing import Any

from PIL import Image

from ivisit.events import EventKind, PointerEvent
from ivisit.files import replace_file
from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.panels.pixels import PixelCanvas
from ivisit.gui.panels.pointing import PointerBinding, bind_keys, modifiers_of

#: Pictures of which aspect, width over height, need only a part of the usual height.
LOW, LOW_PART = 2.5, 0.65


class PicturePanel(PanelWidget):
    """A panel with a `PixelCanvas` and a menu that can save what it shows."""

    def _build(self) -> None:
        self.canvas = PixelCanvas(self.body, self.host.theme)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self.menu = self.new_menu()

    def smallest_size(self) -> tuple[int, int]:
        width, height = super().smallest_size()
        is_low = (self.aspect() or 1.0) >= LOW
        return width, round(height * LOW_PART) if is_low else height

    def bind_pointer(self) -> None:
        """Hand mouse and keys over to the simulation, where the panel is declared so."""
        if self.panel.pointer:
            PointerBinding(self)
        if self.panel.keys:
            bind_keys(self)

    def is_inside(self, x: int, y: int) -> bool:
        """Tell whether a place of the canvas belongs to the picture."""
        return self.canvas.is_inside(x, y)

    def report(self, kind: EventKind, event: Any, **more: Any) -> None:
        """Send what happened at a place of the canvas to the simulation."""
        x, y, pixel, located = self.place_of(event.x, event.y)
        column, row = pixel if pixel is not None else (None, None)
        self.host.engine.send(
            PointerEvent(self.name, kind, x, y, row, column, modifiers=modifiers_of(event), **more),
            located=located,
        )
        self.host.session.pointed()

    def place_of(self, x: int, y: int) -> tuple[float, float, tuple[int, int] | None, bool]:
        """Return the place in the data, the pixel, and whether that is final; see `Engine.send`."""
        column, row = self.canvas.position_at(x, y)
        return column, row, self.canvas.pixel_at(x, y), True

    def color(self) -> None:
        self.canvas.configure(background=self.host.theme.palette.surface)

    def event_widget(self) -> tk.Misc:
        return self.canvas

    def pixel_at(self, x: int, y: int) -> tuple[int, int]:
        return self.canvas.pixel_at(x, y)

    def file_types(self) -> list[tuple[str, str]]:
        """Return what kinds of files there are: name and pattern."""
        return [("PNG picture", "*.png")]

    def ask_file(self) -> None:
        """Ask for a file and save the picture."""
        if self.canvas.pixels is None:
            self.host.say(f"{self.panel.label}: there is no picture yet")
            return
        path = filedialog.asksaveasfilename(
            parent=self,
            defaultextension=".png",
            initialfile=f"{self.name}.png",
            filetypes=self.file_types(),
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
