"""`PixelCanvas`: shows an array of pixels, enlarged or reduced, and knows which pixel is where."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import numpy as np
from PIL import Image, ImageTk

from ivisit.gui.toolkit.theme import Theme

#: Enlargement at the least and at the most, in pixels of the screen for one of the picture.
SMALLEST_ZOOM, LARGEST_ZOOM = 0.05, 64.0


class PixelCanvas(tk.Canvas):
    """A canvas with one picture in its middle.

    Whenever the user has zoomed or moved the picture, the event ``<<ViewChanged>>`` says so.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Gives the color behind the picture.

    Attributes
    ----------
    zoom : float, str or None
        Pixels of the screen for one pixel of the picture; None: as large as fits; ``stretch``:
        as wide and as high as the canvas, whatever the shape of the picture.
    smooth : bool
        Whether an enlarged picture is interpolated.
    center : tuple of float
        The place of the picture that lies in the middle of the canvas, as fractions of its width
        and height.
    """

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(
            parent,
            highlightthickness=0,
            borderwidth=0,
            width=1,
            height=1,
            background=theme.palette.surface,
        )
        self.zoom: float | str | None = None
        self.smooth = False
        self.center = (0.5, 0.5)
        self.pixels: np.ndarray | None = None
        self._photo: ImageTk.PhotoImage | None = None
        self._item = self.create_image(0, 0, anchor="nw")
        self._text = self.create_text(0, 0, fill=theme.palette.muted, state="hidden")
        self._origin = (0.0, 0.0)
        self._place = (-1, -1)
        self._scale = self._scale_down = 1.0
        self._grip: tuple[int, int] | None = None
        self.bind("<Configure>", lambda event: self.redraw(), add=True)
        self.bind("<ButtonPress-2>", self._take_hold)
        self.bind("<B2-Motion>", self._move)
        for wheel in ("<Control-Button-4>", "<Control-Button-5>", "<Control-MouseWheel>"):
            self.bind(wheel, self._zoom_at)

    def show(self, pixels: np.ndarray) -> None:
        """Draw an array (height, width, 3 or 4) of uint8."""
        self.pixels = pixels
        self.itemconfigure(self._text, state="hidden")
        self.itemconfigure(self._item, state="normal")
        self.redraw()

    def say(self, text: str) -> None:
        """Show a text in place of the picture."""
        self.pixels = None
        width, height = self.winfo_width(), self.winfo_height()
        self.coords(self._text, width / 2, height / 2)
        self.itemconfigure(self._text, text=text, width=max(width - 20, 50), state="normal")
        self.itemconfigure(self._item, state="hidden")

    def set_zoom(self, zoom: float | str | None) -> None:
        """Enlarge by `zoom`; None fits the picture to the canvas, ``stretch`` fills that."""
        self.zoom = zoom
        if not isinstance(zoom, float):
            self.center = (0.5, 0.5)
        self.redraw()

    def redraw(self) -> None:
        """Draw the visible part of the picture."""
        width, height = self.winfo_width(), self.winfo_height()
        if self.pixels is None or width <= 1 or height <= 1:
            return
        rows, columns = self.pixels.shape[:2]
        across, down = self._factors(width / columns, height / rows)
        # Where the picture's corners would lie, and the part of it that is seen.
        left = self._corner(width, columns * across, self.center[0])
        top = self._corner(height, rows * down, self.center[1])
        seen = (
            max(0.0, -left / across),
            max(0.0, -top / down),
            min(float(columns), (width - left) / across),
            min(float(rows), (height - top) / down),
        )
        size = (
            max(round((seen[2] - seen[0]) * across), 1),
            max(round((seen[3] - seen[1]) * down), 1),
        )
        self._origin, self._scale, self._scale_down = (left, top), across, down
        self._paste(self._resized(seen, size, min(across, down)))
        place = (round(max(left, 0.0)), round(max(top, 0.0)))
        if place != self._place:
            self._place = place
            self.coords(self._item, *place)

    def _factors(self, across: float, down: float) -> tuple[float, float]:
        """Return the enlargement in both directions; those given would fill the canvas."""
        if self.zoom == "stretch":
            return across, down
        zoom = self.zoom if isinstance(self.zoom, float) else min(across, down)
        return zoom, zoom

    @staticmethod
    def _corner(room: float, length: float, center: float) -> float:
        """Return where a picture of `length` begins on a canvas that has `room`."""
        if length <= room:
            return (room - length) / 2
        return min(0.0, max(room - length, room / 2 - center * length))

    def _resized(
        self, seen: tuple[float, float, float, float], size: tuple[int, int], scale: float
    ) -> Image.Image:
        image = Image.fromarray(np.ascontiguousarray(self.pixels))
        if size == image.size and seen == (0.0, 0.0, *map(float, image.size)):
            return image
        if scale < 1:
            method = Image.Resampling.BOX
        else:
            method = Image.Resampling.BILINEAR if self.smooth else Image.Resampling.NEAREST
        return image.resize(size, method, box=seen)

    def _paste(self, image: Image.Image) -> None:
        photo = self._photo
        if photo is None or (photo.width(), photo.height()) != image.size:
            # Assigned only after the item shows the new one: Tk would blank the item else.
            photo = ImageTk.PhotoImage(image, master=self)
            self.itemconfigure(self._item, image=photo)
            self._photo = photo
        else:
            photo.paste(image)

    # Places ---------------------------------------------------------------------------------

    def pixel_at(self, x: int, y: int) -> tuple[int, int]:
        """Return column and row of the picture at a place of the canvas, within its bounds."""
        column, row = self._unlimited(x, y)
        rows, columns = (1, 1) if self.pixels is None else self.pixels.shape[:2]
        return min(max(column, 0), columns - 1), min(max(row, 0), rows - 1)

    def position_at(self, x: int, y: int) -> tuple[float, float]:
        """Return column and row with their fractions, within the picture's bounds."""
        left, top = self._origin
        rows, columns = (1, 1) if self.pixels is None else self.pixels.shape[:2]
        place = (x - left) / self._scale, (y - top) / self._scale_down
        return min(max(place[0], 0.0), float(columns)), min(max(place[1], 0.0), float(rows))

    def fraction_at(self, x: int, y: int) -> tuple[float, float]:
        """Return a place of the canvas as fractions of the picture, also outside of it."""
        left, top = self._origin
        rows, columns = (1, 1) if self.pixels is None else self.pixels.shape[:2]
        return (x - left) / (self._scale * columns), (y - top) / (self._scale_down * rows)

    def place_of(self, column: int, row: int) -> tuple[float, float]:
        """Return the place of the canvas where the middle of a pixel lies."""
        left, top = self._origin
        return left + (column + 0.5) * self._scale, top + (row + 0.5) * self._scale_down

    def is_inside(self, x: int, y: int) -> bool:
        """Tell whether a place of the canvas belongs to the picture."""
        return self.pixels is not None and self.pixel_at(x, y) == self._unlimited(x, y)

    def _unlimited(self, x: int, y: int) -> tuple[int, int]:
        left, top = self._origin
        return int((x - left) // self._scale), int((y - top) // self._scale_down)

    # Zooming and moving by mouse ------------------------------------------------------------

    def _zoom_at(self, event: Any) -> str:
        """Zoom so that the pixel under the pointer stays there."""
        if self.pixels is not None:
            larger = event.num == 4 or event.delta > 0
            former = min(self._scale, self._scale_down)
            scale = min(max(former * (1.25 if larger else 0.8), SMALLEST_ZOOM), LARGEST_ZOOM)
            rows, columns = self.pixels.shape[:2]
            x = (event.x - self._origin[0]) / self._scale
            y = (event.y - self._origin[1]) / self._scale_down
            self.center = (
                (x + (self.winfo_width() / 2 - event.x) / scale) / columns,
                (y + (self.winfo_height() / 2 - event.y) / scale) / rows,
            )
            self.set_zoom(scale)
            self.event_generate("<<ViewChanged>>")
        return "break"

    def _take_hold(self, event: Any) -> None:
        self._grip = (event.x, event.y)

    def _move(self, event: Any) -> None:
        if self.pixels is None or self._grip is None:
            return
        rows, columns = self.pixels.shape[:2]
        moved = (event.x - self._grip[0], event.y - self._grip[1])
        self._grip = (event.x, event.y)
        self.center = (
            min(max(self.center[0] - moved[0] / (columns * self._scale), 0.0), 1.0),
            min(max(self.center[1] - moved[1] / (rows * self._scale_down), 0.0), 1.0),
        )
        self.redraw()
        self.event_generate("<<ViewChanged>>")
