"""Small pictures of the panels: made at saving, fetched from the store when a row is seen."""

from __future__ import annotations

import io
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageTk

from ivisit.store.parameter_set import ParameterSet
from ivisit.store.pictures import MOST_BYTES

if TYPE_CHECKING:
    from ivisit.gui.layouts import Layout
    from ivisit.gui.panels import PanelWidget

logger = logging.getLogger(__name__)

#: Width and height at the most of the picture that is kept.
SIZE = (256, 160)
#: Pictures that are kept as Tk images at the most.
MOST_IMAGES = 200

Box = tuple[int, int, int, int]


def picture_of(layout: Layout) -> bytes | None:
    """Return a small PNG of the panels as they stand in the window; None without any."""
    root = layout.winfo_toplevel()
    cards = [c for c in layout.cards if c.winfo_ismapped() and c.winfo_toplevel() is root]
    if not cards:
        return None
    boxes = [_box(card) for card in cards]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    scale = min(SIZE[0] / (right - left), SIZE[1] / (bottom - top), 1.0)
    palette = layout.host.theme.palette
    size = max(round((right - left) * scale), 1), max(round((bottom - top) * scale), 1)
    picture = Image.new("RGB", size, palette.background)
    for card, box in zip(cards, boxes, strict=True):
        place = [
            round((edge - start) * scale) for edge, start in zip(box, (left, top) * 2, strict=True)
        ]
        ImageDraw.Draw(picture).rectangle(place, palette.surface, palette.border)
        _paste_content(picture, card, left, top, scale)
    return encoded(picture)


def _box(widget: Any) -> Box:
    x, y = widget.winfo_rootx(), widget.winfo_rooty()
    return x, y, x + max(widget.winfo_width(), 1), y + max(widget.winfo_height(), 1)


def _paste_content(
    picture: Image.Image, card: PanelWidget, left: int, top: int, scale: float
) -> None:
    """Paste what a card shows into its place, as large as it fits."""
    content = card.small_picture()
    if content is None:
        return
    x, y, right, bottom = _box(card.event_widget())
    room = max((right - x) * scale, 1.0), max((bottom - y) * scale, 1.0)
    factor = min(room[0] / content.width, room[1] / content.height)
    size = max(round(content.width * factor), 1), max(round(content.height * factor), 1)
    place = (
        round((x - left) * scale + (room[0] - size[0]) / 2),
        round((y - top) * scale + (room[1] - size[1]) / 2),
    )
    method = Image.Resampling.BOX if factor < 1 else Image.Resampling.NEAREST
    small = content.convert("RGBA").resize(size, method)
    picture.paste(small, place, small)


def encoded(picture: Image.Image) -> bytes:
    """Return a picture as PNG, with as many colors as a store accepts."""
    for colors in (0, 256, 64, 16, 4):
        file = io.BytesIO()
        (picture.quantize(colors) if colors else picture).save(file, "PNG", optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    return encoded(picture.resize((picture.width // 2, picture.height // 2)))


class Pictures:
    """Tk images of the pictures in the store, fetched when they are first asked for.

    Parameters
    ----------
    fetch : callable
        ``fetch(stored)`` returns the PNG of a version, or None.
    master : tkinter.Misc
        Whose images they are.
    size : tuple of int
        Pixels at the most.
    """

    def __init__(
        self,
        fetch: Callable[[ParameterSet], bytes | None],
        master: Any,
        size: tuple[int, int],
    ) -> None:
        self._fetch = fetch
        self._master = master
        self._size = size
        self._images: OrderedDict[tuple[str, int, str], ImageTk.PhotoImage | None] = OrderedDict()

    def __call__(self, stored: ParameterSet) -> Any:
        """Return the image of a version; None where there is none."""
        # The time tells versions apart that bear one number, as after a purge.
        key = (stored.name, stored.version, stored.saved_at)
        if key not in self._images:
            self._images[key] = self._load(stored)
            while len(self._images) > MOST_IMAGES:
                self._images.popitem(last=False)
        self._images.move_to_end(key)
        return self._images[key]

    def _load(self, stored: ParameterSet) -> ImageTk.PhotoImage | None:
        data = self._fetch(stored)
        if data is None:
            return None
        try:
            opened = Image.open(io.BytesIO(data))
            if opened.width > 4 * SIZE[0] or opened.height > 4 * SIZE[1]:
                raise ValueError(f"{opened.width} x {opened.height} pixels")
            picture = opened.convert("RGB")
        except (OSError, ValueError, SyntaxError) as error:  # Pillow's of damaged PNGs
            logger.warning("the picture of %r cannot be shown: %s", stored.name, error)
            return None
        factor = min(self._size[0] / picture.width, self._size[1] / picture.height)
        size = max(round(picture.width * factor), 1), max(round(picture.height * factor), 1)
        small = picture.resize(
            size, Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
        )
        return ImageTk.PhotoImage(small, master=self._master)
