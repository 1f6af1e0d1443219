"""What a `VirtualTable` shows: columns, cells, and texts as far as there is room."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from typing import Any, Protocol

#: Texts that are remembered at the most.
MOST_TEXTS = 20_000


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        By what the model and the callbacks know it.
    title : str
        Its heading.
    width : int
        Pixels at 96 dpi.
    weight : int
        How much of the room that is left it gets.
    can_sort : bool
        Whether a click on the heading sorts by it.
    is_optional : bool
        Whether it is left out where there is no room for all.
    """

    key: str
    title: str
    width: int
    weight: int = 0
    can_sort: bool = True
    is_optional: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table.

    Attributes
    ----------
    text : str
        The text; too long a one ends in an ellipsis.
    role : str
        Name of its color in the palette.
    font : str
        Its font.
    image : object
        A Tk image in place of the text.
    """

    text: str = ""
    role: str = "text"
    font: str = "TkDefaultFont"
    image: Any = None


class TableModel(Protocol):
    """What a table shows."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def cell(self, row: int, column: str) -> Cell:
        """Return what stands in a row and a column."""


class FittedTexts:
    """Cuts texts where the room ends, and remembers how.

    Parameters
    ----------
    widget : tkinter.Misc
        Whose fonts they are.
    """

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._fitted: dict[tuple[str, str, int], str] = {}

    def clear(self) -> None:
        """Forget all: letters have another size."""
        self._fitted.clear()

    def fit(self, text: str, font: str, width: int) -> str:
        """Return a text as far as there is room, with an ellipsis where some is missing."""
        text = " ".join(text.split())
        key = (text, font, width)
        if key not in self._fitted:
            if len(self._fitted) >= MOST_TEXTS:
                self._fitted.clear()
            self._fitted[key] = self._cut(text, font, width)
        return self._fitted[key]

    def _cut(self, text: str, font: str, width: int) -> str:
        def room(part: str) -> int:
            return int(str(self._widget.tk.call("font", "measure", font, part)))

        if room(text) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if room(f"{text[:middle]}…") <= width else (low, middle - 1)
        return f"{text[:low].rstrip()}…" if low else ""
