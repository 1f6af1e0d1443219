"""How values differ, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivisit.errors import shorten


def differences(present: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Say in words which values of `other` differ from the present ones; empty: none does.

    >>> differences({"sigma": 2.0, "mode": "reflect"}, {"sigma": 4.0, "mode": "reflect"})
    'sigma 2 → 4'
    """
    return ", ".join(
        f"{name} {_text(present[name])} → {_text(value)}"
        for name, value in other.items()
        if name in present and present[name] != value
    )


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return shorten(value).strip("'\"") if isinstance(value, str) else shorten(value)
