"""A picture: grey values with colour map and levels, or colours."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ivisit.declarations import as_number
from ivisit.gui.panels.channels import (
    CHANNELS,
    OWN_LEVELS,
    Channel,
    channel_of,
    levels_of,
    missing_text,
)
from ivisit.gui.panels.color_bar import ColorBar
from ivisit.gui.panels.image_menu import ImageMenu
from ivisit.gui.panels.level_strip import LevelStrip
from ivisit.gui.panels.picture import PicturePanel
from ivisit.gui.panels.pixels import LARGEST_ZOOM, SMALLEST_ZOOM
from ivisit.gui.panels.plotting import value_text
from ivisit.gui.saving import save_file
from ivisit.gui.toolkit.dialogs import FormDialog
from ivisit.panels import Image, Panel
from ivisit.recording import Frame
from ivisit.rendering import finite_extremes, lookup_table, unmasked

if TYPE_CHECKING:
    from ivisit.gui.host import Host

#: Seconds between two changes of the levels in the heading: faster ones cannot be read.
NOTE_INTERVAL = 0.25
#: Seconds between two histograms of a running picture.
STRIP_INTERVAL = 0.1


class ImageWidget(PicturePanel):
    """Widget of an `Image`.

    Ctrl and the mouse wheel zoom, the middle button moves, a right click opens a menu.
    """

    is_tall = True
    menu_class = ImageMenu

    def __init__(self, parent: tk.Misc, host: Host, panel: Panel[Any]) -> None:
        image = cast(Image, panel)
        self.color_map = image.cmap
        self.vmin, self.vmax = image.vmin, image.vmax
        self.picture: np.ndarray | None = None
        #: Rows and columns of the latest picture: its place stays while a new run has none yet.
        self._shape: tuple[int, ...] | None = None
        self._noted_at = 0.0
        super().__init__(parent, host, panel)

    def _build(self) -> None:
        super()._build()
        self.canvas.smooth = cast(Image, self.panel).smooth
        # Color bar and histogram come and go: Tk would wait with them for a new size of the card.
        self.body.grid_propagate(False)
        self.channel: Channel = "color"
        self.percentile = False
        self.bar = ColorBar(self.body, self.host.theme)
        self.canvas.bind("<Motion>", self._tell_value, add=True)
        self.canvas.bind("<Leave>", self._leave, add=True)
        self._pointed = (0, 0)
        self._pointer: tuple[int, int] | None = None
        self.canvas.bind("<ButtonRelease-3>", self._point, add=True)
        self.canvas.bind("<<ViewChanged>>", self._moved, add=True)
        self.strip = LevelStrip(self.body, self.host.theme, self._take_from_strip)
        self._strip_due = 0.0
        self._missing = ""
        self._levels_tool = self.add_tool(
            "levels", lambda: self.show_strip(not self.has_strip), "Histogram and levels to drag"
        )
        self.offers = self.menu_class(self)
        self.show_bar(self.color_map != "gray")
        self.bind_pointer()

    def _mark_choices(self) -> None:
        """Mark in the menu what is on."""
        self.offers.mark()

    def color(self) -> None:
        super().color()
        self.bar.color()
        self.strip.color()

    def aspect(self) -> float | None:
        if self._shape is None:
            return None
        return float(self._shape[1] / self._shape[0])

    def wanted_size(self) -> tuple[int, int]:
        width, height = super().wanted_size()
        if self._shape is None:
            return width, height
        rows, columns = self._shape
        across, down = self.frame_size()
        # Each pixel as a whole number of the screen's, as many as there is usually room for.
        factor = max(min((width - across) // columns, (height - down) // rows), 1)
        return factor * columns + across, factor * rows + down

    def show(self, frame: Frame) -> None:
        self.picture = frame.outputs.get(self.name)
        if self.picture is None:
            self._show_nothing()
            return
        self.redraw()
        if self._pointer is not None:
            self._tell(*self._pointer)

    def _show_nothing(self) -> None:
        """A new run has no picture yet: the one of the former run would pass for its own."""
        if self.canvas.pixels is None:
            return
        self.canvas.say("")
        self.set_note()
        self.bar.show(self.color_map, "", "")
        self.strip.show(np.empty(0), *self.strip.levels)
        if self._pointer is not None:
            self._tell(*self._pointer)

    def redraw(self) -> None:
        """Draw the present picture with the present colors and levels."""
        if self.picture is None:
            return
        self._shape = self.picture.shape[:2]
        shown = channel_of(self.picture, self.channel)
        low, high = self._levels_of(shown)
        image = cast(Image, self.panel)
        self.canvas.show(image.pixels(shown, low, high, self.color_map))
        now = time.perf_counter()
        if now - self._noted_at > NOTE_INTERVAL:
            self._note_picture()
        else:
            # What stays is the last picture: look again when none comes any more.
            self.after_once("note", NOTE_INTERVAL, self._note_picture)
        if self.has_strip:
            self._show_strip(now)

    def _levels_of(self, shown: np.ndarray) -> tuple[float, float]:
        picture = shown if self.picture is None else self.picture
        return levels_of(
            shown, picture, self.channel,
            percentile=self.percentile, vmin=self.vmin, vmax=self.vmax,
        )  # fmt: skip

    def _note_picture(self) -> None:
        """Tell size, levels, and what is missing of the present picture."""
        if self.picture is None:
            return
        self._noted_at = time.perf_counter()
        shown = channel_of(self.picture, self.channel)
        low, high = self._levels_of(shown)
        self._missing = missing_text(shown)
        rows, columns = shown.shape[:2]
        text = _span_text(shown, low, high)
        zoom = f"   ×{self.canvas.zoom:.3g}" if isinstance(self.canvas.zoom, float) else ""
        size = f"{columns}×{rows}"
        missing = f"   {self._missing}" if self._missing else ""
        first, _, rest = self._missing.partition("   ")
        self.set_note(
            f"{size}   {text}{zoom}{missing}",
            f"{size}{zoom}{missing}",
            self._missing or size,
            *([f"{first} …"] if rest else []),
            needed=bool(missing) + bool(rest),
        )
        if self.has_bar:
            self.bar.show(
                self.color_map if shown.ndim == 2 else "gray",
                value_text(low, high - low, 4),
                value_text(high, high - low, 4),
            )
        if self._pointer is not None:
            self._tell(*self._pointer)

    # What the menu offers -------------------------------------------------------------------

    def set_color_map(self, name: str) -> None:
        """Show grey values with another Matplotlib color map."""
        try:
            lookup_table(name)
        except (ValueError, KeyError):
            self.host.say(f"Matplotlib has no color map {name!r}")
            return
        self.color_map = name
        self._noted_at = 0.0
        self._mark_choices()
        self.redraw()

    def set_channel(self, channel: Channel) -> None:
        """Show one channel of a color picture."""
        self.channel = channel
        self._noted_at = 0.0
        self._mark_choices()
        self.redraw()

    def set_zoom(self, zoom: float | str | None) -> None:
        """Enlarge by a factor; None fits the picture, ``stretch`` fills the whole place."""
        self.canvas.set_zoom(zoom)
        self._noted_at = 0.0
        self._mark_choices()
        self.redraw()

    @property
    def has_bar(self) -> bool:
        """Whether the color bar is shown."""
        return bool(self.bar.winfo_manager())

    def show_bar(self, shown: bool) -> None:
        """Show or hide the color bar."""
        if shown:
            self.bar.grid(row=0, column=1, sticky="ns", padx=(self.host.theme.pixels(6), 0))
        else:
            self.bar.grid_remove()
        self._noted_at = 0.0
        self._mark_choices()
        self.redraw()

    @property
    def has_strip(self) -> bool:
        """Whether the histogram is shown."""
        return bool(self.strip.winfo_manager())

    def show_strip(self, shown: bool) -> None:
        """Show or hide the histogram of the values, with the levels to drag."""
        if shown:
            gap = self.host.theme.pixels(6)
            self.strip.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(gap, 0))
        else:
            self.strip.grid_remove()
        self._levels_tool.configure(style="On.Tool.TButton" if shown else "Tool.TButton")
        self._strip_due = 0.0
        self._mark_choices()
        self.redraw()

    def _show_strip(self, now: float) -> None:
        """Show the present values in the histogram, as often as one can see."""
        if now < self._strip_due:
            # What stays is the last picture: look again when none comes any more.
            self.after_once("strip", STRIP_INTERVAL, self.redraw)
            return
        assert self.picture is not None
        self._strip_due = now + STRIP_INTERVAL
        shown = channel_of(self.picture, self.channel)
        values = shown[..., :3] if shown.ndim == 3 else shown
        low, high = self._levels_of(shown)
        self.strip.show(
            values, low, high, movable=shown.ndim == 3 or self.channel not in OWN_LEVELS
        )

    def _take_from_strip(self, low: float | None, high: float | None) -> None:
        if low is None:
            self.percentile = False
        self._strip_due = 0.0
        self.set_levels(low, high)

    def _moved(self, event: Any) -> None:
        """The mouse has enlarged or moved the picture."""
        self._mark_choices()
        self._note_picture()

    def choose_levels(self, kind: str) -> None:
        """Choose levels by what the menu calls them."""
        if kind == "fixed":
            self._mark_choices()  # until they have been chosen
            self.ask_levels()
        else:
            self.percentile = kind == "percentile"
            self.set_levels(None, None)

    def set_levels(self, low: float | None, high: float | None) -> None:
        """Set the values shown darkest and brightest; None takes them from each picture."""
        self.vmin, self.vmax = low, high
        if low is not None or high is not None:
            self.percentile = False
        self._noted_at = 0.0
        self._mark_choices()
        self.redraw()

    def ask_levels(self) -> None:
        """Open the dialog for the levels."""
        FormDialog(
            self.host,
            f"Levels of {self.panel.label}",
            {
                "Darkest": "" if self.vmin is None else repr(self.vmin),
                "Brightest": "" if self.vmax is None else repr(self.vmax),
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
        self._mark_choices()
        self.canvas.redraw()

    def copy_value(self) -> None:
        """Copy the value under the pointer to the clipboard."""
        if self.picture is not None:
            self.host.copy(str(self._value_at(*self._pointed)[2].tolist()))

    def _value_at(self, column: int, row: int) -> tuple[int, int, np.ndarray]:
        """Return column, row and value, within the present picture: it may have shrunk."""
        assert self.picture is not None
        rows, columns = self.picture.shape[:2]
        column, row = min(column, columns - 1), min(row, rows - 1)
        return column, row, unmasked(self.picture)[row, column]

    # What a parameter set and a reload keep -------------------------------------------------

    def view_state(self) -> dict[str, Any]:
        return {
            "color_map": self.color_map,
            "levels": [self.vmin, self.vmax],
            "percentile": self.percentile,
            "channel": self.channel,
            "zoom": self.canvas.zoom,
            "center": list(self.canvas.center),
            "smooth": self.canvas.smooth,
            "bar": self.has_bar,
            "histogram": self.has_strip,
            "log_counts": self.strip.logarithmic,
        }

    def take_view(self, state: Mapping[str, Any]) -> None:
        name = state.get("color_map")
        if isinstance(name, str):
            self.set_color_map(name)
        given = state.get("levels")
        if isinstance(given, list | tuple) and len(given) == 2:
            self.vmin, self.vmax = (as_number(level, float) for level in given)
        self.percentile = state.get("percentile") is True
        if state.get("channel") in [channel for _, channel in CHANNELS]:
            self.channel = state["channel"]
        self._take_zoom(state.get("zoom", 0), state.get("center"))
        self.canvas.smooth = state.get("smooth", self.canvas.smooth) is True
        self.strip.set_logarithmic(state.get("log_counts") is True)
        self.show_strip(state.get("histogram", self.has_strip) is True)
        self.show_bar(state.get("bar", self.has_bar) is True)

    def _take_zoom(self, zoom: Any, center: Any) -> None:
        factor = as_number(zoom, float)
        if zoom is None or zoom == "stretch":
            self.canvas.set_zoom(zoom)
        elif factor is not None and SMALLEST_ZOOM <= factor <= LARGEST_ZOOM:
            self.canvas.set_zoom(factor)
        if isinstance(center, list | tuple) and len(center) == 2:
            place = [as_number(part, float) for part in center]
            if all(part is not None and 0 <= part <= 1 for part in place):
                self.canvas.center = cast("tuple[float, float]", tuple(place))

    # The pointer ----------------------------------------------------------------------------

    def _point(self, event: Any) -> None:
        self._pointed = self.canvas.pixel_at(event.x, event.y)

    def _leave(self, event: Any) -> None:
        self._pointer = None
        self.host.point_at("")

    def _tell_value(self, event: Any) -> None:
        self._pointer = (event.x, event.y)
        self._tell(event.x, event.y)

    def _tell(self, x: int, y: int) -> None:
        """Tell row, column and value at a place of the canvas, as they are now."""
        if self.picture is None or not self.canvas.is_inside(x, y):
            self.host.point_at("")
            return
        column, row, value = self._value_at(*self.canvas.pixel_at(x, y))
        text = " ".join(f"{number:.12g}" for number in np.atleast_1d(value).tolist())
        missing = f"    {self._missing}" if self._missing else ""
        self.host.point_at(f"{self.panel.label} [row {row}, column {column}] = {text}{missing}")

    # Files ----------------------------------------------------------------------------------

    def file_types(self) -> list[tuple[str, str]]:
        return [*super().file_types(), ("TIFF picture", "*.tif"), ("NumPy array", "*.npy")]

    def save(self, path: str) -> None:
        """Save the picture as it is shown, or as ``.npy`` the numbers themselves."""
        if not path.endswith(".npy") or self.picture is None:
            super().save(path)
            return
        data = unmasked(self.picture)
        save_file(self.host, path, lambda file: np.save(file, data), self.ask_file)


def _span_text(picture: np.ndarray, low: float, high: float) -> str:
    """Return the levels with as many digits as tell one from the other."""
    if picture.ndim == 2 and finite_extremes(picture) is None:
        return "no finite value"
    return f"{value_text(low, high - low, 4)} … {value_text(high, high - low, 4)}"
