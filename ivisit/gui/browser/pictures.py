"""Small pictures of sets, fetched from the store when a row is seen."""

from __future__ import annotations

import io
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageTk

from ivisit.store.parameter_set import ParameterSet

logger = logging.getLogger(__name__)

#: Width and height at the most of a picture that is taken seriously.
LARGEST = (1280, 800)
#: Pictures that are kept as Tk images at the most.
MOST_IMAGES = 200


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
            if opened.width > LARGEST[0] or opened.height > LARGEST[1]:
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
