"""``ivisit check``, for simulations old and new, and ``ivisit migrate``, for scripts of 0.7x."""

from __future__ import annotations

import argparse
from typing import Any

from ivisit.commands.common import answer, clean_stdout, command, say


def add(parsers: Any) -> None:
    """Add the commands to the parser."""
    check_parser = command(
        parsers,
        "check",
        check,
        help="check a simulation, or the directives of an old script",
        description="Of a new simulation: load it, run it several times for a few steps, and list "
        "what does not keep the rules of ivisit.testing. Of an old script: list what is wrong or "
        "doubtful in its #@IVISIT: directives, and which calls of the old interface have no "
        "counterpart here, with line numbers and what to write instead; it is not run. Exit code "
        "1 when there is something.",
        example="ivisit check my_sim.py",
    )
    check_parser.add_argument("file", help="a plugin's name, a path file.py[:Class], an old script")
    check_parser.add_argument(
        "--steps", type=int, default=3, help="steps of each run (default: 3); new simulations only"
    )
    check_parser.add_argument(
        "--uses",
        action="store_true",
        help="also list, by line, what an old script uses of the old interface, and what a new "
        "simulation has for it",
    )
    migrate_parser = command(
        parsers,
        "migrate",
        migrate,
        help="print an old script as a new simulation",
        example="ivisit migrate old_script.py > new_script.py",
    )
    migrate_parser.add_argument("file", help="a script for IVISIT 0.7x")


def check(options: argparse.Namespace) -> int:
    """Print the findings."""
    from ivisit.legacy.tools.check import check_script, script_uses

    findings: list[Any]
    is_old = _is_old(options.file)
    if is_old:
        findings = list(check_script(options.file))
    else:
        from ivisit.testing import find_problems

        with clean_stdout():
            findings = list(find_problems(options.file, steps=options.steps))
    for finding in findings:
        answer(finding)
    if options.uses and is_old:
        for use in script_uses(options.file):
            answer(f"{options.file}:{use.line}: {use}")
    say(options, f"{options.file}: {len(findings) or 'no'} finding{'s'[: len(findings) != 1]}")
    return 1 if findings else 0


def _is_old(name: str) -> bool:
    """Tell whether a file is a script of IVISIT 0.7x: one with directives."""
    from pathlib import Path

    from ivisit.plugins.reading import OLD_SCRIPT_MARK

    path = Path(name)
    return path.is_file() and OLD_SCRIPT_MARK in path.read_bytes()


def migrate(options: argparse.Namespace) -> int:
    """Print the new file."""
    from ivisit.legacy.tools.migrate import migrated

    print(migrated(options.file), end="")
    return 0
