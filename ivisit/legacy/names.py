"""Names that are free."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, count


def free_name(*names: str, is_free: Callable[[str], bool], numbered: str = "{} {}") -> str:
    """Return the first of `names` that is free, else the last one with a number from 2 on.

    >>> taken = {"a", "a (key)"}
    >>> free_name("a", "a (key)", is_free=lambda name: name not in taken)
    'a (key) 2'
    """
    candidates = chain(names, (numbered.format(names[-1], number) for number in count(2)))
    return next(candidate for candidate in candidates if is_free(candidate))
