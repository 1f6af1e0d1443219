"""Texts that are too long for their place."""

from __future__ import annotations

from collections.abc import Callable


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """Return as much of a name as fits, with an ellipsis in its middle.

    Names of one kind often begin alike and differ at the end: both ends stay.

    >>> shortened("soft threshold, fast", lambda text: len(text) <= 12)
    'soft t… fast'
    >>> shortened("soft", lambda text: len(text) <= 12), shortened("soft", lambda text: False)
    ('soft', '…')
    """
    if fits(text):
        return text
    low, high = 0, max(len(text) - 1, 0)  # how many letters stay
    while low < high:
        kept = (low + high + 1) // 2
        if fits(_kept(text, kept)):
            low = kept
        else:
            high = kept - 1
    return _kept(text, low)


def _kept(text: str, kept: int) -> str:
    end = kept // 2
    # A name that has been shortened before gets no second ellipsis beside its first one.
    return f"{text[: kept - end].rstrip('…')}…{text[len(text) - end :].lstrip('…')}"
