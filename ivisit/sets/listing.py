"""Lists of stored sets: those that somebody looks for, in the order that he wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ivisit.errors import ParameterError, expected
from ivisit.sets.conditions import parse_filter
from ivisit.store.parameter_set import ParameterSet

#: By what sets can be sorted, and whether large values come first by themselves.
ORDERS: dict[str, tuple[Callable[[ParameterSet], Any], bool]] = {
    "name": (lambda stored: _natural(stored.name), False),
    "version": (lambda stored: stored.version, True),
    "grade": (lambda stored: -1e300 if stored.grade is None else stored.grade, True),
    "comment": (lambda stored: stored.comment.casefold(), False),
    "saved": (lambda stored: stored.saved_at, True),
}


def chosen(
    sets: Sequence[ParameterSet],
    where: str = "",
    names: Iterable[str] = (),
) -> list[ParameterSet]:
    """Return the sets that a filter lets pass; damaged ones only without conditions.

    Parameters
    ----------
    sets : sequence of ParameterSet
        All of them.
    where : str
        See `ivisit.sets.conditions`.
    names : iterable of str, optional
        Parameters that there are beside those of the sets.

    Raises
    ------
    ParameterError
        When the filter cannot be read, or is about a parameter that there is not.
    """
    wanted = parse_filter(where)
    # Beside no sets at all, nobody knows which parameters there are.
    if sets:
        wanted.check(sets, names)
    return [stored for stored in sets if wanted(stored)]


def ordered(
    sets: Iterable[ParameterSet], order: str, *, reverse: bool = False
) -> list[ParameterSet]:
    """Return sets by name, version, grade, comment or time; the best and newest first.

    Parameters
    ----------
    sets : iterable of ParameterSet
        The sets.
    order : str
        A key of `ORDERS`.
    reverse : bool, default False
        The other way round.
    """
    if order not in ORDERS:
        raise ParameterError(expected("", "order", f"one of {', '.join(ORDERS)}", order))
    key, large_first = ORDERS[order]
    return sorted(sets, key=key, reverse=large_first != reverse)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key that puts ``run 2`` before ``run 10``."""
    parts: list[tuple[int, int, str]] = []
    text, digits = "", ""
    for letter in f"{name.casefold()}\0":
        if letter.isascii() and letter.isdigit():
            digits += letter
            continue
        if digits:
            parts += [(1, 0, text), (0, int(digits[:18]), digits)]
            text, digits = "", ""
        text += letter
    return [*parts, (1, 0, text)]
