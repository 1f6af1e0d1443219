"""Pictures of sliders, check boxes and radio buttons: clam's own ones do not scale with the dpi."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageTk

if TYPE_CHECKING:
    from ivisit.gui.toolkit.theme import Palette

#: Drawn so many times larger and reduced: that gives smooth edges.
OVERSAMPLING = 4


class Indicators:
    """Elements of ttk styles, drawn in the colours of one palette.

    Parameters
    ----------
    root : tkinter.Tk
        The main window.
    palette : Palette
        The colours.
    scale : float
        See `Theme`.
    """

    def __init__(self, root: tk.Tk, palette: Palette, scale: float) -> None:
        self.root = root
        self.palette = palette
        self.scale = scale
        self._images: list[ImageTk.PhotoImage] = []
        self._make_slider(ttk.Style(root))
        self._make_boxes(ttk.Style(root))

    def use(self, style: ttk.Style) -> None:
        """Make these elements those of all sliders, check boxes and radio buttons."""
        name = self.palette.name
        # The type stubs do not know that a part may have parts.
        thumb: Any = (f"{name}.Horizontal.Scale.slider", {"side": "left", "sticky": ""})
        style.layout(
            "Horizontal.TScale",
            [(f"{name}.Horizontal.Scale.trough", {"sticky": "we", "children": [thumb]})],
        )
        for kind in ("Checkbutton", "Radiobutton"):
            label: Any = (f"{kind}.label", {"side": "left", "sticky": "nswe"})
            # The indicator shows the focus itself: not all boxes have a text to be framed.
            inside: Any = [(f"{name}.{kind}.indicator", {"side": "left", "sticky": ""}), label]
            padding: Any = (f"{kind}.padding", {"sticky": "nswe", "children": inside})
            style.layout(f"T{kind}", [padding])

    def _make_slider(self, style: ttk.Style) -> None:
        p = self.palette
        style.element_create(
            f"{p.name}.Horizontal.Scale.trough",
            "image",
            self._draw(16, 18, self._bar(p.trough)),
            border=(self._pixels(5), 0),
            sticky="we",
        )
        style.element_create(
            f"{p.name}.Horizontal.Scale.slider",
            "image",
            self._draw(14, 18, self._disc(p.accent)),
            ("disabled", self._draw(14, 18, self._disc(p.muted))),
            ("active", self._draw(14, 18, self._disc(p.accent, ring=p.text))),
            ("focus", self._draw(14, 18, self._disc(p.accent, ring=p.text))),
        )

    def _make_boxes(self, style: ttk.Style) -> None:
        p = self.palette
        for kind, paint in (("Checkbutton", self._square), ("Radiobutton", self._ring)):
            pictures = [
                self._draw(22, 18, paint(color, mark, border))
                for border in (p.text, "")
                for color, mark in ((p.accent, p.on_accent), (p.surface, ""))
            ]
            states = [("focus", "selected"), ("focus",), ("selected",)]
            style.element_create(
                f"{p.name}.{kind}.indicator",
                "image",
                pictures[3],
                *((*state, picture) for state, picture in zip(states, pictures, strict=False)),
            )

    def _pixels(self, length: float) -> int:
        return round(length * self.scale)

    def _draw(
        self, width: float, height: float, paint: Callable[[ImageDraw.ImageDraw, float], None]
    ) -> Any:
        """Return a Tk image; `paint` gets the drawing and the length of one 96 dpi pixel."""
        size = (self._pixels(width), self._pixels(height))
        large = Image.new("RGBA", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
        paint(ImageDraw.Draw(large), self.scale * OVERSAMPLING)
        image = ImageTk.PhotoImage(large.resize(size, Image.Resampling.BOX), master=self.root)
        self._images.append(image)
        return image

    def _bar(self, color: str) -> Callable[[ImageDraw.ImageDraw, float], None]:
        def paint(draw: ImageDraw.ImageDraw, unit: float) -> None:
            box = (0, 7 * unit, 16 * unit - 1, 11 * unit)
            draw.rounded_rectangle(box, radius=2 * unit, fill=color)

        return paint

    def _disc(self, color: str, ring: str = "") -> Callable[[ImageDraw.ImageDraw, float], None]:
        def paint(draw: ImageDraw.ImageDraw, unit: float) -> None:
            box = (unit, 3 * unit, 13 * unit, 15 * unit)
            draw.ellipse(box, fill=color, outline=ring or color, width=round(1.2 * unit))

        return paint

    def _square(
        self, color: str, tick: str, focus: str
    ) -> Callable[[ImageDraw.ImageDraw, float], None]:
        border = focus or (color if tick else self.palette.muted)
        width = 1.8 if focus else 1.2

        def paint(draw: ImageDraw.ImageDraw, unit: float) -> None:
            box = (unit, 2 * unit, 15 * unit, 16 * unit)
            draw.rounded_rectangle(
                box, radius=3 * unit, fill=color, outline=border, width=round(width * unit)
            )
            if tick:
                corners = [(4.5, 9), (7, 11.7), (11.7, 6.2)]
                points = [(x * unit, y * unit) for x, y in corners]
                draw.line(points, fill=tick, width=round(2 * unit), joint="curve")

        return paint

    def _ring(
        self, color: str, dot: str, focus: str
    ) -> Callable[[ImageDraw.ImageDraw, float], None]:
        border = focus or (color if dot else self.palette.muted)
        width = 1.8 if focus else 1.2

        def paint(draw: ImageDraw.ImageDraw, unit: float) -> None:
            box = (unit, 2 * unit, 15 * unit, 16 * unit)
            draw.ellipse(box, fill=color, outline=border, width=round(width * unit))
            if dot:
                draw.ellipse((5 * unit, 6 * unit, 11 * unit, 12 * unit), fill=dot)

        return paint
