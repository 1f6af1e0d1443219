"""``ivisit pack``, and what ``ivisit replay`` does before it runs somebody else's code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import Refused, command, say

if TYPE_CHECKING:
    from ivisit.runs.result import RunResult


def add(parsers: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        parsers,
        "pack",
        pack,
        help="put a saved run and the code that gave it into one file for somebody else",
        description="Write a zip file with the result, the sources and helper modules that ran, "
        "their versions and the command that repeats it: 'ivisit replay FILE.zip'.",
        example="ivisit pack r.npz",
    )
    parser.add_argument("result", help="a file written by 'ivisit run --out' or the window")
    parser.add_argument("--out", metavar="FILE", help="the zip file (default: RESULT.zip)")


def pack(options: argparse.Namespace) -> int:
    """Pack a saved run."""
    from ivisit.runs import packing
    from ivisit.runs.result import RunResult

    file = Path(options.result)
    target = packing.pack(
        RunResult.load(file), options.out or file.with_suffix(".zip"), beside=file.parent
    )
    say(options, f"wrote {target}")
    return 0


def open_result(options: argparse.Namespace) -> tuple[RunResult, str]:
    """Return the result to repeat, and where its simulation is, with the user's consent."""
    from ivisit.runs import packing
    from ivisit.runs.result import RunResult

    file, place, shown = Path(options.result), None, ""
    if packing.is_packed(file):
        result, source = packing.unpack(file)
        if source is not None:
            name = str(result.provenance.get("simulation", "")).rpartition(":")[2]
            place = packing.Whereabouts(f"{source.file.path}:{name}")
            shown = f"{source.file.path.name}:{name} of {file}"
    else:
        result = RunResult.load(file)
    if options.simulation:
        return result, options.simulation
    place = place or packing.whereabouts(result, file.resolve().parent)
    if not (place.is_installed or options.yes):
        _ask(shown or place.name)
    return result, place.name


def _ask(name: str) -> None:
    """Ask whether code that a file names may run; refuse where nobody can answer."""
    if not sys.stdin.isatty():
        raise Refused(
            f"replaying runs {name!r}, which the result names: say --yes if you trust it, or name "
            "your own with --simulation"
        )
    print(f"Replaying runs {name!r}, which the result names.", file=sys.stderr)
    print("Run it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("nothing was run")


def say_differences(
    options: argparse.Namespace, former: RunResult, present: dict[str, Any], told: list[str]
) -> list[str]:
    """Tell what is not as it was when the result was made; return all that has been told."""
    from ivisit.runs.packing import differences

    lines = differences(former.provenance, present)
    for line in lines:
        if line not in told:
            say(options, f"not as recorded: {line}")
    return lines
