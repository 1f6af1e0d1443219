"""Pictures side by side: they share levels, colours, zoom and pointer, and have a difference."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ivisit.differences import DIVERGING, image_difference, shared_levels, symmetric_levels
from ivisit.gui.comparison.rows import Frames, Row
from ivisit.gui.comparison.toolbar import short
from ivisit.gui.panels.channels import channel_of
from ivisit.gui.panels.image import ImageWidget
from ivisit.gui.panels.image_menu import ImageMenu
from ivisit.panels import Image, Panel

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow
    from ivisit.gui.host import Host

#: Half the length of the cross at the pointer, at 96 dpi.
CROSS = 7


class SharedMenu(ImageMenu):
    """The menu of a picture: whatever is chosen there, or by mouse, its peers follow."""

    def mark(self) -> None:
        super().mark()
        cast(ComparedImage, self.panel).follow()


class ComparedImage(ImageWidget):
    """A picture that looks as its peers do."""

    menu_class = SharedMenu

    def __init__(self, parent: tk.Misc, host: Host, panel: Panel[Any], row: ImageRow) -> None:
        self.row = row
        super().__init__(parent, host, panel)

    def _build(self) -> None:
        super()._build()
        self._cross = [
            self.canvas.create_line(0, 0, 0, 0, state="hidden", fill=color, width=width)
            for color, width in (("#000000", 3), ("#ffffff", 1))
            for _ in range(2)
        ]

    def follow(self) -> None:
        """Have the peers look as this one does now."""
        self.row.follow(self)

    def _levels_of(self, shown: np.ndarray) -> tuple[float, float]:
        if self.percentile or (self.picture is not None and shown is not self.picture):
            return super()._levels_of(shown)
        return shared_levels(self.row.pictures() or [shown], self.vmin, self.vmax)

    def _tell(self, x: int, y: int) -> None:
        if self.picture is None or not self.canvas.is_inside(x, y):
            self.row.point_at(None)
        else:
            self.row.point_at(self.canvas.pixel_at(x, y))

    def _leave(self, event: Any) -> None:
        super()._leave(event)
        self.row.point_at(None)

    def mark(self, pixel: tuple[int, int] | None) -> None:
        """Mark a pixel, or take the mark away."""
        if pixel is None or self.picture is None:
            for item in self._cross:
                self.canvas.itemconfigure(item, state="hidden")
            return
        x, y = self.canvas.place_of(*pixel)
        half = self.host.theme.pixels(CROSS)
        ends = ((x - half, y, x + half, y), (x, y - half, x, y + half))
        for item, place in zip(self._cross, (*ends, *ends), strict=True):
            self.canvas.coords(item, *place)
            self.canvas.itemconfigure(item, state="normal")
            self.canvas.tag_raise(item)

    def text_at(self, pixel: tuple[int, int]) -> str:
        """Return the value of a pixel, for reading."""
        if self.picture is None:
            return "-"
        value = self._value_at(*pixel)[2]
        return " ".join(f"{number:.6g}" for number in np.atleast_1d(value).tolist())


class DifferenceImage(ComparedImage):
    """The difference of two pictures in colours that diverge from 0."""

    def _levels_of(self, shown: np.ndarray) -> tuple[float, float]:
        if self.percentile or self.vmin is not None or self.vmax is not None:
            return super(ComparedImage, self)._levels_of(shown)
        return symmetric_levels(shown)

    def show_difference(self, difference: np.ndarray | None, why: str) -> None:
        """Show a difference, or why there is none."""
        self.picture = difference
        if difference is None:
            self.canvas.say(why)
            self.set_note("")
        else:
            self.redraw()


class ImageRow(Row):
    """The pictures of all lanes and the difference of two of them."""

    own: list[ComparedImage]

    def __init__(self, parent: tk.Misc, window: ComparisonWindow, panel: Panel[Any]) -> None:
        #: While the cards are made, none of them follows another.
        self._following = True
        super().__init__(parent, window, panel)
        image = cast(Image, panel)
        declared = Image(cmap=DIVERGING, smooth=image.smooth, label="Difference")
        declared.name = f"{panel.name} difference"
        self.difference = DifferenceImage(parent, window.hosts[0], declared, self)
        self.cards.append(self.difference)
        self._pointed: tuple[int, int] | None = None
        #: Of which step the picture of each lane is.
        self._steps = [0] * len(window.lanes)
        if len(window.lanes) > 2:
            self.difference.show_bar(False)  # there is little room for so many
        self._following = False
        self.name_difference()

    def make_own(self, parent: tk.Misc) -> list[ComparedImage]:
        return [ComparedImage(parent, host, self.panel, self) for host in self.window.hosts]

    def pictures(self) -> list[np.ndarray]:
        """Return the pictures that are shown, those whose levels are shared."""
        return [card.picture for card in self.own if card.picture is not None]

    def show(self, frames: Frames) -> None:
        for place, (card, frame) in enumerate(zip(self.own, frames, strict=True)):
            if frame is not None:
                card.picture = frame.outputs.get(card.name)
                self._steps[place] = frame.steps
        self.redraw()

    def redraw(self) -> None:
        """Draw all pictures, under levels that all of them have been looked at for."""
        for card in self.own:
            if card.picture is not None:
                card.redraw()
            else:
                card.canvas.say("nothing is shown yet")
        self.show_difference()
        if self._pointed is not None:
            self.point_at(self._pointed)

    def show_difference(self) -> None:
        """Show the difference of the chosen lanes."""
        pictures = [self.own[index].picture for index in self.window.pair]
        if pictures[0] is None or pictures[1] is None:
            self.difference.show_difference(None, "a picture is missing")
            return
        steps = [self._steps[index] for index in self.window.pair]
        if steps[0] != steps[1]:
            self.difference.show_difference(
                None, f"no difference: the pictures are of step {steps[0]:,} and {steps[1]:,}"
            )
            return
        channel = self.own[0].channel
        one, other = (channel_of(p, channel) for p in pictures if p is not None)
        found = image_difference(one, other)
        shapes = " and ".join("×".join(map(str, p.shape)) for p in (one, other))
        self.difference.show_difference(found, f"no difference: the shapes are {shapes}")

    def name_difference(self) -> None:
        """Say which difference is shown."""
        one, other = (self.window.lanes[index].name for index in self.window.pair)
        self.difference.set_label(self.panel.label, of=f"{short(one)} − {short(other)}")

    # What the cards share -------------------------------------------------------------------

    def follow(self, card: ComparedImage) -> None:
        """Have all look as the one that the user has changed."""
        if self._following:
            return
        self._following = True
        try:
            state = card.view_state()
            for other in self.cards:
                if other is not card:
                    other.take_view(self._shared(state, card, other))
            if isinstance(card, DifferenceImage):
                card.redraw()
            else:
                self.redraw()
        finally:
            self._following = False

    def _shared(self, state: Mapping[str, Any], card: Any, other: Any) -> dict[str, Any]:
        """Return what another card takes over: of a difference the place, but no colours."""
        if card is self.difference or other is self.difference:
            place = {name: state[name] for name in ("zoom", "center", "smooth")}
            return {**other.view_state(), **place}
        return dict(state)

    def point_at(self, pixel: tuple[int, int] | None) -> None:
        """Mark the pixel in all pictures and tell its values."""
        self._pointed = pixel
        for card in self.cards:
            cast(ComparedImage, card).mark(pixel)
        if pixel is None:
            self.window.point_at("")
            return
        column, row = pixel
        texts = [
            f"{lane.name} {card.text_at(pixel)}"
            for lane, card in zip(self.window.lanes, self.own, strict=True)
        ]
        texts.append(f"difference {self.difference.text_at(pixel)}")
        self.window.point_at(f"{self.panel.label} [row {row}, column {column}]: {', '.join(texts)}")
