"""`PicturePanel`: what panels that show pixels have in common."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import filedialog
from typing import Any

import numpy as np
from PIL import Image

from ivisit.events import EventKind, PointerEvent
from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.panels.pixels import PixelCanvas
from ivisit.gui.panels.pointing import PointerBinding, bind_keys, modifiers_of
from ivisit.gui.saving import save_file
from ivisit.gui.toolkit.clipboard import copy_picture

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

    def takes_pointer(self) -> bool:
        """Tell whether the left button is the simulation's at present, where it is declared so."""
        return True

    def is_inside(self, x: int, y: int) -> bool:
        """Tell whether a place of the canvas belongs to the picture."""
        return self.canvas.is_inside(x, y)

    def report(self, kind: EventKind, event: Any, **more: Any) -> None:
        """Send what happened at a place of the canvas to the simulation."""
        place = self.place_of(event.x, event.y)
        self.host.engine.send(
            PointerEvent(self.name, kind, modifiers=modifiers_of(event), **place, **more)
        )
        self.host.session.pointed()

    def place_of(self, x: int, y: int) -> dict[str, Any]:
        """Return where a place of the canvas lies in the data, as `PointerEvent` names it."""
        column, row = self.canvas.pixel_at(x, y)
        across, down = self.canvas.position_at(x, y)
        return {"x": across, "y": down, "row": row, "column": column}

    def color(self) -> None:
        self.canvas.configure(background=self.host.theme.palette.surface)

    def event_widget(self) -> tk.Misc:
        return self.canvas

    def pixel_at(self, x: int, y: int) -> tuple[int, int]:
        return self.canvas.pixel_at(x, y)

    def small_picture(self) -> Image.Image | None:
        pixels = self.canvas.pixels
        return None if pixels is None else Image.fromarray(np.ascontiguousarray(pixels))

    def file_types(self) -> list[tuple[str, str]]:
        """Return what kinds of files there are: name and pattern."""
        return [("PNG picture", "*.png")]

    def ask_file(self, **options: Any) -> None:
        """Ask for a file and save the picture; `options` as those of `save`."""
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
            self.save(path, **options)

    def add_copying(self) -> None:
        """Add the entry to the menu that copies the picture."""
        self.menu.add_command(label="Copy picture", command=self.copy_picture)

    def copy_picture(self) -> None:
        """Copy the picture as it is shown, one pixel for each of its own, to the clipboard."""
        if self.canvas.pixels is None:
            self.host.say(f"{self.panel.label}: there is no picture yet")
        else:
            copy_picture(self, Image.fromarray(self.canvas.pixels), self.host.say)

    def save(self, path: str) -> None:
        """Save the picture with its present colors, one pixel for each of its own."""
        if self.canvas.pixels is None:
            return
        picture = Image.fromarray(self.canvas.pixels)
        kind = Image.registered_extensions().get(Path(path).suffix.lower(), "PNG")
        save_file(self.host, path, lambda file: picture.save(file, format=kind), self.ask_file)
