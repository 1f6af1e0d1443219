"""Which sets somebody looks for: words, and conditions such as ``sigma>3``.

A filter is words and conditions in any order, all of which must hold:

- ``soft`` or ``"two words"``: the name or the comment contains it, whatever its capitals;
- ``sigma>3``, also with ``>= < <= = !=``: a parameter, an item of a group as ``weights.first``, or
  ``grade``, ``version``, ``name``, ``comment`` or ``saved`` (local time, ``saved>=2026-05``);
- ``mode~wr``: a text contains this;
- names and values with blanks stand in quotes: ``"Kernel Width">3``, ``mode="no effect"``.

A parameter that is called as one of these fields is reached as ``parameters.grade``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ivisit.errors import ParameterError, closest
from ivisit.sets.wording import local_time
from ivisit.store.parameter_set import ParameterSet

#: What a filter looks like, for an empty field.
EXAMPLE = "words, sigma>3, mode=wrap, grade>=3, saved>=2026-05"

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_TEXT = r'"[^"]*"|[^\s"<>=!~]+'
_CONDITION = re.compile(rf"\s*({_TEXT})\s*(>=|<=|!=|>|<|=|~)\s*({_TEXT})?(?=\s|$)")
_WORD = re.compile(r'\s*("[^"]*"|[^\s"]+)(?=\s|$)')
#: A word that looks as if it ought to be a condition.
_OPERATOR = re.compile(r"[<>=!~]")

#: Fields of a set that are no parameters, and how they are read.
FIELDS: dict[str, Callable[[ParameterSet], Any]] = {
    "grade": lambda stored: stored.grade,
    "version": lambda stored: stored.version,
    "name": lambda stored: stored.name,
    "comment": lambda stored: stored.comment,
    "saved": lambda stored: local_time(stored.saved_at),
}

Test = Callable[[ParameterSet], bool]


@dataclass(frozen=True)
class Filter:
    """What somebody looks for.

    Attributes
    ----------
    words : tuple of str
        In small letters; each must be in the name or the comment.
    conditions : tuple of Condition
        Each must hold.
    """

    words: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def __call__(self, stored: ParameterSet) -> bool:
        """Tell whether a set is looked for."""
        if self.words:
            text = f"{stored.name}\n{stored.comment}".casefold()
            if not all(word in text for word in self.words):
                return False
        return all(condition(stored) for condition in self.conditions)

    def check(self, sets: Iterable[ParameterSet], names: Iterable[str] = ()) -> None:
        """Raise `ParameterError` for a name that neither a set nor `names` has."""
        wanted = [one for one in self.conditions if one.name not in FIELDS]
        if not wanted:
            return
        known = set(names)
        for stored in sets:
            known.update(stored)
        for condition in wanted:
            condition.check(known)


@dataclass(frozen=True)
class Condition:
    """One comparison: name of a parameter or field, operator, and the text behind it."""

    name: str
    sign: str
    text: str

    def __call__(self, stored: ParameterSet) -> bool:
        """Tell whether it holds for a set; where there is no such value, it does not."""
        value = self._value(stored)
        if value is None:
            return False
        if isinstance(value, bool):
            return self._compare_bool(value)
        if isinstance(value, int | float):
            return self._compare_number(value)
        if isinstance(value, str):
            return self._compare_text(value)
        return False

    def check(self, known: Iterable[str]) -> None:
        """Raise `ParameterError` when it is about none of the `known` parameters."""
        name = self.name.removeprefix("parameters.")
        names = sorted(known)
        if name in names or any(name.startswith(f"{one}.") for one in names):
            return
        hint = closest(name, [*names, *FIELDS])
        listing = "" if hint else f" There are {', '.join([*FIELDS, *names])}."
        raise ParameterError(f"there is no parameter {name!r}.{hint}{listing}")

    def _value(self, stored: ParameterSet) -> Any:
        field = FIELDS.get(self.name)
        if field is not None:
            return field(stored)
        name = self.name.removeprefix("parameters.")
        if name in stored:
            return stored[name]
        group, _, item = name.rpartition(".")
        items = stored.get(group)
        return items.get(item) if isinstance(items, Mapping) else None

    def _compare_bool(self, value: bool) -> bool:
        wanted = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
        asked = wanted.get(self.text.lower())
        if asked is None or self.sign not in ("=", "!="):
            raise ParameterError(f"{self.name} is on or off: write {self.name}=on")
        return (value == asked) == (self.sign == "=")

    def _compare_number(self, value: float) -> bool:
        if self.sign == "~":
            raise ParameterError(f"{self.name} is a number: use >, >=, <, <=, = or !=")
        try:
            asked = float(self.text)
        except ValueError:
            hint = " (decimals are written with a point)" if "," in self.text else ""
            raise ParameterError(
                f"{self.name} is a number, and {self.text!r} is none{hint}"
            ) from None
        if self.sign in _ORDERED:
            return _ORDERED[self.sign](value, asked)
        return (value == asked) == (self.sign == "=")

    def _compare_text(self, value: str) -> bool:
        value, asked = value.casefold(), self.text.casefold()
        if self.sign == "~":
            return asked in value
        if self.name == "saved":
            # A date stands for all moments of its day, a month for all of its days.
            value = value[: len(asked)]
        elif self.sign in _ORDERED:
            raise ParameterError(f"{self.name} is a text: use =, != or ~ (contains)")
        if self.sign in _ORDERED:
            return _ORDERED[self.sign](value, asked)
        return (value == asked) == (self.sign == "=")


def parse_filter(text: str) -> Filter:
    """Read a filter.

    Raises
    ------
    ParameterError
        For what is neither word nor condition, in words for who is typing.

    Examples
    --------
    >>> parse_filter('soft sigma > 3')
    Filter(words=('soft',), conditions=(Condition(name='sigma', sign='>', text='3'),))
    """
    words: list[str] = []
    conditions: list[Condition] = []
    place = 0
    while text[place:].strip():
        found = _CONDITION.match(text, place)
        if found:
            name, sign, value = found.groups()
            if value is None:
                raise ParameterError(f"{name}{sign} needs a value behind it")
            conditions.append(Condition(_unquoted(name), sign, _unquoted(value)))
        else:
            found = _WORD.match(text, place)
            if found is None:
                raise ParameterError("a quotation mark is missing")
            if not found[1].startswith('"') and _OPERATOR.search(found[1]):
                raise ParameterError(
                    f"{found[1]!r} is no condition. Write NAME>VALUE with >, >=, <, <=, =, != or ~"
                )
            words.append(_unquoted(found[1]).casefold())
        place = found.end()
    return Filter(tuple(words), tuple(conditions))


def _unquoted(text: str) -> str:
    return text[1:-1] if text.startswith('"') else text
