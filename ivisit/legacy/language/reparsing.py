"""Reading the directives of a script again, in the mode that the user has chosen in the window.

The window loads the script's file anew. What its simulations need to know of the present ones
waits here in the meantime: nothing else connects the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivisit.legacy.language.merge import ParseMode
from ivisit.legacy.records import WidgetRecord


@dataclass(frozen=True)
class Wish:
    """How the directives are to be read next time, and what the widgets were until then."""

    mode: ParseMode
    former: tuple[WidgetRecord, ...]


_wishes: dict[Path, Wish] = {}


def wish(path: Path, mode: ParseMode, former: Iterable[WidgetRecord]) -> None:
    """Have the script `path` read in `mode` when it is loaded next."""
    _wishes[path] = Wish(mode, tuple(former))


def take_wish(path: Path | None) -> Wish:
    """Return how to read the script now; without a wish, as ever: all but the values."""
    return _wishes.pop(path, _AS_EVER) if path else _AS_EVER


_AS_EVER = Wish(ParseMode.KEEP_VALUES, ())
