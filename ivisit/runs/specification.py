"""What a sweep was asked to be: canonical, named, and compared with what is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ivisit.errors import ParameterError, shorten

#: Samples of which a larger one begins with the smaller one.
EXTENSIBLE_SAMPLES = ("sobol", "random")


class SweepMismatch(ParameterError):
    """A sweep of this name is stored, and it is another one."""


def canonical(specification: Mapping[str, Any]) -> dict[str, Any]:
    """Return a specification as a store gives it back."""
    plain: dict[str, Any] = json.loads(json.dumps(specification))
    return plain


def digest_name(specification: Mapping[str, Any]) -> str:
    """Return the name of a sweep that got none: the same command finds itself.

    What may grow is left out.
    """
    growing = ("trials", "parallel") if "objective" in specification else ("repeats",)
    named = {part: value for part, value in specification.items() if part not in growing}
    text = json.dumps(named, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def check_growth(name: str, stored: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise `SweepMismatch` when `asked` is neither the stored sweep nor one that it grows into.

    Repeats and trials may grow, and so may samples whose beginning stays the same, while there is
    one repeat; indices of other runs would shift.
    """
    differing = []
    for part in sorted({*stored, *asked}):
        old, new = stored.get(part), asked.get(part)
        if old == new or _grows(part, old, new, asked):
            continue
        differing += [f"  {line}" for line in _differences(part, old, new)]
    if differing:
        raise SweepMismatch(
            f"the sweep {name!r} is stored with another specification:\n"
            + "\n".join(differing)
            + "\nGive the new one another name (--name), or delete the stored one "
            f"(ivisit runs delete {name})"
        )


def _grows(part: str, old: Any, new: Any, asked: Mapping[str, Any]) -> bool:
    if part == "trials" or (part == "repeats" and "trials" not in asked):
        return bool(new >= old)
    if part != "space" or asked.get("repeats") != 1 or "sample" not in old or "sample" not in new:
        return False
    kind, size = old["sample"]
    rest_old = {k: v for k, v in old.items() if k != "sample"}
    rest_new = {k: v for k, v in new.items() if k != "sample"}
    return (
        rest_old == rest_new
        and kind in EXTENSIBLE_SAMPLES
        and new["sample"][0] == kind
        and new["sample"][1] >= size
    )


def _differences(place: str, old: Any, new: Any) -> list[str]:
    """Return a line for each thing that differs, by name."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        lines = []
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                lines += _differences(f"{place}.{key}", old.get(key), new.get(key))
        return lines
    return [f"{place}: stored {shorten(old)}, asked for {shorten(new)}"]
