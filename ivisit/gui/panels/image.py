"""A picture: grey values with colour map and levels, or colours."""

from __future__ import annotations

import math
import time
import tkinter as tk
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ivisit.gui.panels.picture import PicturePanel
from ivisit.gui.toolkit.dialogs import FormDialog
from ivisit.panels import Image, Panel
from ivisit.recording import Frame
from ivisit.rendering import finite_extremes, levels, lookup_table

if TYPE_CHECKING:
    from ivisit.gui.host import Host

COLOR_MAPS = (
    "gray",
    "gray_r",
    "viridis",
    "magma",
    "inferno",
    "plasma",
    "cividis",
    "turbo",
    "hot",
    "coolwarm",
    "RdBu_r",
    "twilight",
)
ZOOMS = (("Fit", None), ("1:2", 0.5), ("1:1", 1.0), ("2:1", 2.0), ("4:1", 4.0), ("8:1", 8.0))
#: Seconds between two changes of the levels in the heading: faster ones cannot be read.
NOTE_INTERVAL = 0.25


class ImageWidget(PicturePanel):
    """Widget of an `Image`.

    Ctrl and the mouse wheel zoom, the middle button moves, a right click opens a menu.
    """

    is_tall = True

    def __init__(self, parent: tk.Misc, host: Host, panel: Panel[Any]) -> None:
        image = cast(Image, panel)
        self.color_map = image.cmap
        self.vmin, self.vmax = image.vmin, image.vmax
        self.picture: np.ndarray | None = None
        self._noted_at = 0.0
        super().__init__(parent, host, panel)

    def _build(self) -> None:
        super()._build()
        self.canvas.smooth = cast(Image, self.panel).smooth
        self.canvas.bind("<Motion>", self._tell_value, add=True)
        self.canvas.bind("<Leave>", lambda event: self.host.point_at(""), add=True)
        self._pointed = (0, 0)
        self.canvas.bind("<ButtonRelease-3>", self._point, add=True)
        self._fill_menu()
        self.bind_pointer()

    def _fill_menu(self) -> None:
        maps = tk.Menu(self.menu, tearoff=False)
        names = list(COLOR_MAPS)
        if self.color_map not in names:
            names.insert(0, self.color_map)
        for name in names:
            maps.add_command(label=name, command=lambda name=name: self.set_color_map(name))  # type: ignore[misc]
        zooms = tk.Menu(self.menu, tearoff=False)
        for label, zoom in ZOOMS:
            zooms.add_command(label=label, command=lambda zoom=zoom: self.canvas.set_zoom(zoom))  # type: ignore[misc]
        self.menu.add_cascade(label="Color map", menu=maps)
        self.menu.add_command(label="Levels ...", command=self.ask_levels)
        self.menu.add_command(label="Levels automatic", command=lambda: self.set_levels(None, None))
        self.menu.add_cascade(label="Zoom", menu=zooms)
        self.menu.add_command(label="Smooth on/off", command=self.toggle_smooth)
        self.menu.add_separator()
        self.menu.add_command(label="Copy value", command=self.copy_value)
        self.menu.add_command(label="Save as PNG ...", command=self.ask_file)

    def show(self, frame: Frame) -> None:
        picture = frame.outputs.get(self.name)
        if picture is not None:
            self.picture = picture
            self.redraw()

    def redraw(self) -> None:
        """Draw the present picture with the present colors and levels."""
        if self.picture is None:
            return
        low, high = levels(self.picture, self.vmin, self.vmax)
        image = cast(Image, self.panel)
        self.canvas.show(image.pixels(self.picture, low, high, self.color_map))
        now = time.perf_counter()
        if now - self._noted_at > NOTE_INTERVAL:
            self._noted_at = now
            rows, columns = self.picture.shape[:2]
            self.set_note(f"{columns}×{rows}   {_span_text(self.picture, low, high)}")

    # What the menu offers -------------------------------------------------------------------

    def set_color_map(self, name: str) -> None:
        """Show grey values with another Matplotlib color map."""
        try:
            lookup_table(name)
        except (ValueError, KeyError):
            self.host.say(f"Matplotlib has no color map {name!r}")
            return
        self.color_map = name
        self.redraw()

    def set_levels(self, low: float | None, high: float | None) -> None:
        """Set the values shown darkest and brightest; None takes them from each picture."""
        self.vmin, self.vmax = low, high
        self._noted_at = 0.0
        self.redraw()

    def ask_levels(self) -> None:
        """Open the dialog for the levels."""
        FormDialog(
            self.host,
            f"Levels of {self.panel.label}",
            {
                "Darkest": "" if self.vmin is None else f"{self.vmin:.6g}",
                "Brightest": "" if self.vmax is None else f"{self.vmax:.6g}",
            },
            self._take_levels,
            text="An empty field takes the level from each picture.",
        )

    def _take_levels(self, fields: dict[str, str]) -> str:
        """Set the levels from the dialog; return what is wrong with them."""
        try:
            low, high = (
                float(fields[key]) if fields[key].strip() else None
                for key in ("Darkest", "Brightest")
            )
        except ValueError:
            return "A level is a number, or empty."
        if not all(np.isfinite(level) for level in (low, high) if level is not None):
            return "A level must be finite."
        if low is not None and high is not None and low >= high:
            return "The brightest level must be larger than the darkest one."
        self.set_levels(low, high)
        return ""

    def toggle_smooth(self) -> None:
        """Interpolate the enlarged picture, or show its pixels."""
        self.canvas.smooth = not self.canvas.smooth
        self.canvas.redraw()

    def copy_value(self) -> None:
        """Copy the value under the pointer to the clipboard."""
        if self.picture is not None:
            column, row = self._pointed
            self.host.copy(str(self.picture[row, column].tolist()))

    # The pointer ----------------------------------------------------------------------------

    def _point(self, event: Any) -> None:
        self._pointed = self.canvas.pixel_at(event.x, event.y)

    def _tell_value(self, event: Any) -> None:
        if self.picture is None or not self.canvas.is_inside(event.x, event.y):
            self.host.point_at("")
            return
        column, row = self.canvas.pixel_at(event.x, event.y)
        value = self.picture[row, column]
        text = " ".join(f"{number:.6g}" for number in np.atleast_1d(value).tolist())
        self.host.point_at(f"{self.panel.label} [row {row}, column {column}] = {text}")


def _span_text(picture: np.ndarray, low: float, high: float) -> str:
    """Return the levels with as many digits as tell one from the other."""
    if picture.ndim == 2 and finite_extremes(picture) is None:
        return "no finite value"
    digits = 4
    if high > low:
        digits = min(max(4, round(math.log10(max(abs(low), abs(high)) / (high - low))) + 3), 17)
    return f"{low:.{digits}g} … {high:.{digits}g}"
