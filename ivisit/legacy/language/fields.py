"""The fields of a directive as values: lists, type words, ranges, numbers.

Each function also says what it had to change, so that the author hears of it.
"""

from __future__ import annotations

import math

from ivisit.legacy.language.grid import Grid

#: Words for the types, as scripts write them.
TYPE_WORDS = {
    **dict.fromkeys(("int", "INT", "integer", "INTEGER"), "int"),
    **dict.fromkeys(("float", "double", "FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("string", "STRING", "text", "TEXT"), "text"),
    **dict.fromkeys(("binary", "bool", "boolean", "BINARY", "BOOL", "BOOLEAN"), "binary"),
}

#: Range of a slider whose own range cannot be read.
DEFAULT_RANGE = (0.0, 100.0, 5.0, 1.0)

_QUOTES = ("'", '"')


def texts(field: str) -> tuple[str, ...]:
    """Return the items of ``[a,b,c]``; the brackets may be missing.

    Blanks belong to an item, as they always have; who puts an item into quotes gets what stands
    between them.

    >>> texts("[x, yy]")
    ('x', ' yy')
    >>> texts("['x', 'yy']")
    ('x', 'yy')
    """
    return tuple(_unquoted(item) for item in _inside(field).split(","))


def numbers(field: str) -> list[float] | None:
    """Return the numbers of ``[1, 2.5]``, or None where an item is not a finite number."""
    values = []
    for item in _inside(field).replace("'", "").replace('"', "").split(","):
        number = to_float(item)
        if number is None:
            return None
        values.append(number)
    return values


def to_float(text: str) -> float | None:
    """Return the finite number that `text` spells, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def to_int(text: str) -> int | None:
    """Return the whole number that `text` spells, or None."""
    try:
        return int(text)
    except ValueError:
        return None


def rounded(text: str) -> int | None:
    """Return the whole number nearest to the one that `text` spells, or None."""
    number = to_float(text)
    return None if number is None else round(number)


def grid(field: str, kind: str, *, complete: bool, length: int = 0) -> tuple[Grid, list[str]]:
    """Return the range ``[minimum,maximum,ticks,resolution]`` of a slider.

    Parameters
    ----------
    field : str
        The text.
    kind : str
        ``int`` or ``float``; an int slider has its numbers rounded.
    complete : bool
        Whether all four numbers are needed (SLIDER) or the last two may be missing
        (DICTSLIDERITEM).
    length : int, optional
        Length of the old slider in pixels.

    Returns
    -------
    Grid
        A range in which a slider can live.
    list of str
        What had to be changed.
    """
    changes = []
    given = numbers(field) or []
    if len(given) < (4 if complete else 2):
        given = []
        changes.append(f"must be [min,max,ticks,resolution], not {field!r}; [0,100,5,1] is used")
    # Two or three numbers of an item are its bounds, and the third one counts for nothing.
    given = given[:2] if len(given) < 4 else given
    minimum, maximum, ticks, resolution = (given + list(DEFAULT_RANGE[len(given) :]))[:4]
    if kind == "int":
        minimum, maximum, resolution = round(minimum), round(maximum), round(resolution)
    if minimum > maximum:
        changes.append(f"runs from {minimum:g} down to {maximum:g}; it is turned round")
        minimum, maximum = maximum, minimum
    if resolution < 0:
        changes.append(f"has the negative resolution {resolution:g}; its sign is ignored")
        resolution = -resolution
    if minimum == maximum:
        changes.append(f"has no extent: minimum and maximum are {minimum:g}; it is widened by 1")
    return Grid(minimum, maximum, resolution, kind == "int", length, round(ticks)), changes


def _inside(field: str) -> str:
    return field.strip().lstrip("[").rstrip("]")


def _unquoted(item: str) -> str:
    bare = item.strip()
    if len(bare) >= 2 and bare[0] in _QUOTES and bare[0] == bare[-1]:
        return bare[1:-1]
    return item
