"""Differences between parameter sets as people say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ivisit.ranges import short_text
from ivisit.store.differences import differences, same

#: Letters that a value may take within a sentence.
LONGEST = 40
#: What stands for a value that is not there.
NOTHING = "(none)"


def in_words(differing: Mapping[str, tuple[Any, Any]], most: int | None = None) -> str:
    """Return differences as a sentence.

    Parameters
    ----------
    differing : mapping
        What `ParameterStore.diff` returns.
    most : int, optional
        How many of them are named; the others are counted.

    Examples
    --------
    >>> in_words({"sigma": (2.0, 4.0), "mode": ("reflect", "wrap")})
    'sigma 2 -> 4, mode reflect -> wrap'
    >>> in_words({"weights": ({"a": 1, "b": 2}, {"a": 1, "b": 3}), "n": (1, None)}, most=1)
    'weights.b 2 -> 3 and 1 more'
    """
    parts = [f"{name} {text}" for name, text in changes(differing)]
    if most is None or len(parts) <= most:
        return ", ".join(parts)
    return f"{', '.join(parts[:most])} and {len(parts) - most} more"


def what_changes(present: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Say what taking over the values of `other` would change of the present ones.

    >>> what_changes({"sigma": 2.0, "mode": "wrap"}, {"sigma": 4.0, "gone": 1})
    'sigma 2 -> 4'
    """
    taken = {name: other.get(name, value) for name, value in present.items()}
    return in_words(differences(present, taken))


def changes(differing: Mapping[str, tuple[Any, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what differs, an item of a group by itself, and from what to what."""
    for name, (before, after) in differing.items():
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for item in {**before, **after}:
                one, other = before.get(item), after.get(item)
                if not same(one, other):
                    yield f"{name}.{item}", from_to(one, other)
        else:
            yield name, from_to(before, after)


def from_to(before: Any, after: Any) -> str:
    """Return ``2 -> 4``; where rows of numbers differ, how."""
    if _is_rows(before) and _is_rows(after):
        if len(before) != len(after):
            return f"{_rows(len(before))} -> {_rows(len(after))}"
        differing = sum(not same(a, b) for a, b in zip(before, after, strict=True))
        return f"{_rows(differing)} of {len(after)} differ"
    texts = value_text(before), value_text(after)
    if texts[0] == texts[1]:
        texts = repr(before), repr(after)
    return f"{texts[0]} -> {texts[1]}"


def value_text(value: Any, longest: int = LONGEST) -> str:
    """Return a value in few letters.

    >>> value_text(2.0), value_text(True), value_text({"a": 1.5}), value_text(None)
    ('2', 'on', 'a=1.5', '(none)')
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return short_text(value)
    if isinstance(value, Mapping):
        text = ", ".join(f"{name}={value_text(item)}" for name, item in value.items())
    elif _is_rows(value):
        return _rows(len(value))
    else:
        text = " ".join(str(value).split()) or "(empty)"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _is_rows(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _rows(count: int) -> str:
    return f"{count} row{'s'[: count != 1]}"


def grade_text(grade: float | None) -> str:
    """Return a grade as stars where it is a whole number from 0 to 5, else as a number.

    >>> grade_text(3), grade_text(2.5), grade_text(None)
    ('★★★☆☆', '2.5', '')
    """
    if grade is None:
        return ""
    if grade in range(6):
        return "★" * int(grade) + "☆" * (5 - int(grade))
    return f"{grade:g}"


def local_time(text: str) -> str:
    """Return an ISO 8601 time with zone as local time with the name of the zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text[:16].replace("T", " ")
    local = moment.astimezone()
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def zone_now() -> str:
    """Return the name of the local zone at present."""
    return datetime.now().astimezone().tzname() or ""


def short_time(text: str) -> str:
    """Return `local_time` without the zone where that is the present one, as a heading may say."""
    return local_time(text).removesuffix(f" {zone_now()}")
