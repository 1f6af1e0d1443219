"""Parameter sets as the commands print them."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import print_json, print_table, say

if TYPE_CHECKING:
    from ivisit.store import ParameterSet


def value_json(value: Any) -> str:
    """Return a value as it stands in JSON."""
    return json.dumps(value, ensure_ascii=False)


def record(stored: ParameterSet) -> dict[str, Any]:
    """Return all that there is to tell about a version, JSON-ready."""
    return {
        "simulation": stored.simulation,
        "name": stored.name,
        "version": stored.version,
        "origin": stored.origin,
        "damage": stored.damage or None,
        "saved_at": stored.saved_at,
        "comment": stored.comment,
        "grade": stored.grade,
        "parameters": dict(stored),
        "problems": dict(stored.problems),
    }


def row(stored: ParameterSet) -> tuple[str, ...]:
    """Return the cells of a version in a table."""
    if stored.damage:
        return stored.simulation, stored.name, f"v{stored.version}", "", "", "DAMAGED"
    grade = "" if stored.grade is None else f"grade {stored.grade:g}"
    time = stored.saved_at[:19].replace("T", " ")
    return stored.simulation, stored.name, f"v{stored.version}", time, grade, stored.comment


def print_set(options: argparse.Namespace, stored: ParameterSet) -> None:
    """Print a version with its values."""
    for problem in stored.problems.values():
        say(options, f"left out: {problem}")
    if options.json:
        print_json(record(stored))
        return
    print_table([tuple(cell for cell in row(stored) if cell)])
    if stored.origin is not None:
        source = ", ".join(f"{name} {value}" for name, value in stored.origin.items())
        print_table([(f"  imported: {source}",)])
    print_table([(f"  {name}", "=", value_json(value)) for name, value in stored.items()])
