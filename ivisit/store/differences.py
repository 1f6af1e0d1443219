"""In what two assignments of parameters differ."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

#: Types whose values are the same when they are equal and of one type.
_PLAIN = (int, str, bool)


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the values in which `a` and `b` differ, by name.

    None stands for a value that is not there. ``1`` and ``1.0`` are different.

    >>> differences({"sigma": 2.0, "mode": "wrap"}, {"sigma": 4.0, "mode": "wrap", "n": 1})
    {'sigma': (2.0, 4.0), 'n': (None, 1)}
    """
    return {
        name: (a.get(name), b.get(name))
        for name in {**a, **b}
        if not same(a.get(name), b.get(name))
    }


def same(a: Any, b: Any) -> bool:
    """Compare two values as they are stored, but without regard to the order of items."""
    if type(a) is type(b):
        if isinstance(a, _PLAIN):
            return bool(a == b)
        if isinstance(a, float):
            return a == b and math.copysign(1.0, a) == math.copysign(1.0, b)
    # As text, 1 differs from 1.0 and from true, and -0.0 from 0.0.
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
