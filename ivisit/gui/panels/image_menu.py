"""What the menu of an image offers, with what is on marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
from PIL import ImageTk

from ivisit.gui.panels.channels import CHANNELS
from ivisit.rendering import lookup_table

if TYPE_CHECKING:
    from ivisit.gui.panels.image import ImageWidget

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
LEVELS = (
    ("Automatic", "auto"),
    ("Without outliers (2 to 98 %)", "percentile"),
    ("Fixed ...", "fixed"),
)
ZOOMS: tuple[tuple[str, float | str | None], ...] = (
    ("Fit", None),
    ("Stretch", "stretch"),
    ("1:2", 0.5),
    ("1:1", 1.0),
    ("2:1", 2.0),
    ("3:1", 3.0),
    ("4:1", 4.0),
    ("8:1", 8.0),
    ("16:1", 16.0),
)


class ImageMenu:
    """Fills the menu of an image.

    Parameters
    ----------
    panel : ImageWidget
        Shows the image.
    """

    def __init__(self, panel: ImageWidget) -> None:
        self.panel = panel
        self.maps = panel.choices("Color map", "map", panel.set_color_map)
        own = () if panel.color_map in COLOR_MAPS else (panel.color_map,)
        for name in (*own, *COLOR_MAPS):
            self.maps.add(f"  {name}", name)
        self.maps.menu.configure(postcommand=self.make_swatches)
        self.levels = panel.choices("Levels", "levels", panel.choose_levels)
        for label, kind in LEVELS:
            self.levels.add(label, kind)
        self.channels = panel.choices("Channel", "channel", panel.set_channel)
        for label, channel in CHANNELS:
            self.channels.add(label, channel)
        self.zooms = panel.choices("Zoom", "zoom", panel.set_zoom)
        for label, zoom in ZOOMS:
            self.zooms.add(label, zoom)
        self._swatches: list[ImageTk.PhotoImage] = []
        self._add_switches()
        panel.menu.add_separator()
        panel.menu.add_command(label="Copy value", command=panel.copy_value)
        panel.add_copying()
        panel.menu.add_command(label="Save ...", command=panel.ask_file)

    def _add_switches(self) -> None:
        panel, menu = self.panel, self.panel.menu
        # Tcl variables by name: see `theme`.
        self._switches = [f"{name}{menu}" for name in ("smooth", "bar", "strip")]
        for variable, label, command in zip(
            self._switches,
            ("Smooth", "Color bar", "Histogram"),
            (
                panel.toggle_smooth,
                lambda: panel.show_bar(not panel.has_bar),
                lambda: panel.show_strip(not panel.has_strip),
            ),
            strict=True,
        ):
            menu.add_checkbutton(
                label=label,
                variable=variable,  # type: ignore[arg-type]
                onvalue="1",
                offvalue="0",
                command=command,
            )

    def make_swatches(self) -> None:
        """Show the color maps in their menu: when it opens, for they need Matplotlib."""
        px = self.panel.host.theme.pixels
        for index, name in enumerate(self.maps.values[len(self._swatches) :]):
            colors = PIL.Image.fromarray(np.ascontiguousarray(lookup_table(name)[None, :256]))
            photo = ImageTk.PhotoImage(colors.resize((px(48), px(10))), master=self.panel)
            self._swatches.append(photo)
            self.maps.menu.entryconfigure(index, image=str(photo), compound="left")

    def mark(self) -> None:
        """Mark what is on."""
        panel = self.panel
        self.maps.show(panel.color_map)
        fixed = panel.vmin is not None or panel.vmax is not None
        self.levels.show("percentile" if panel.percentile else "fixed" if fixed else "auto")
        self.channels.show(panel.channel)
        self.zooms.show(panel.canvas.zoom)
        on = (panel.canvas.smooth, panel.has_bar, panel.has_strip)
        for variable, is_on in zip(self._switches, on, strict=True):
            panel.setvar(variable, "1" if is_on else "0")
