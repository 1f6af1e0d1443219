"""A small picture of what panels show, made of what they hold and not of the screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from ivisit.gui.panels.trace import TraceWidget
from ivisit.store.pictures import MOST_BYTES

if TYPE_CHECKING:
    from ivisit.gui.layouts.base import Layout
    from ivisit.gui.panels import PanelWidget

#: Width and height of the picture; panels in it at the most, and pixels between them.
SIZE, MOST, GAP = (320, 200), 4, 6


def portrait_of(layout: Layout) -> bytes | None:
    """Return a PNG of pictures and figures, else of plots; None where nothing is shown.

    It is kept with parameter sets and shown by the launcher.
    """
    shown = [card for card in layout.cards if card.name not in layout.hidden]
    found = [card.small_picture() for card in shown if card.group == "picture"]
    if not any(found):
        found = [_plot_of(card) for card in shown if card.group == "plot"]
    pictures = [picture.convert("RGBA") for picture in found if picture is not None][:MOST]
    if not pictures:
        return None
    palette = layout.host.theme.palette
    canvas = Image.new("RGB", SIZE, palette.surface)
    columns = _columns(pictures)
    rows = -(-len(pictures) // columns)
    room = SIZE[0] // columns - GAP, SIZE[1] // rows - GAP
    for index, picture in enumerate(pictures):
        left, top = index % columns * SIZE[0] // columns, index // columns * SIZE[1] // rows
        factor = min(room[0] / picture.width, room[1] / picture.height)
        size = max(round(picture.width * factor), 1), max(round(picture.height * factor), 1)
        method = Image.Resampling.BOX if factor < 1 else Image.Resampling.NEAREST
        small = picture.resize(size, method)
        place = left + (room[0] + GAP - size[0]) // 2, top + (room[1] + GAP - size[1]) // 2
        canvas.paste(small, place, small)
    return encoded(canvas)


def _columns(pictures: list[Image.Image]) -> int:
    """Return how many pictures to put beside each other so that they are largest."""

    def scale(columns: int) -> float:
        rows = -(-len(pictures) // columns)
        width, height = SIZE[0] / columns, SIZE[1] / rows
        return min(min(width / p.width, height / p.height) for p in pictures)

    return max(range(1, len(pictures) + 1), key=scale)


def encoded(picture: Image.Image) -> bytes:
    """Return a picture as PNG, with as many colors as fit what a store takes."""
    for colors in (0, 256, 64, 16, 4):
        file = io.BytesIO()
        (picture.quantize(colors) if colors else picture).save(file, "PNG", optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    return encoded(picture.resize((picture.width // 2, picture.height // 2)))


def _plot_of(plot: PanelWidget) -> Image.Image | None:
    """Return what a plot shows, lines without their axes; None where it shows nothing."""
    return _lines_of(plot) if isinstance(plot, TraceWidget) else plot.small_picture()


def _lines_of(plot: TraceWidget) -> Image.Image | None:
    """Return the lines of a plot, as they are on the screen; None where there are none."""
    first, last = plot.horizontal()
    view = plot.history.view(first, last)
    values = view.mean
    finite = values[np.isfinite(values)]
    if finite.size < 2:
        return None
    low, high = float(finite.min()), float(finite.max())
    scale = SIZE[1] - 2 * GAP
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    chosen = np.unique(np.linspace(0, len(view.steps) - 1, SIZE[0]).astype(int))
    x = (view.steps[chosen] - first) / max(last - first, 1) * (SIZE[0] - 1)
    for index, line in enumerate(plot.lines):
        y = values[chosen, index]
        good = np.isfinite(y)
        if not line.visible or good.sum() < 2:
            continue
        height = GAP + (1 - (y[good] - low) / ((high - low) or 1)) * scale
        draw.line(list(zip(x[good].tolist(), height.tolist(), strict=True)), line.color, width=2)
    return picture
