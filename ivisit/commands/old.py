"""``ivisit check`` and ``ivisit migrate``: for scripts of IVISIT 0.7x."""

from __future__ import annotations

import argparse
from typing import Any

from ivisit.commands.common import command, say


def add(parsers: Any) -> None:
    """Add the commands to the parser."""
    check_parser = command(
        parsers,
        "check",
        check,
        help="check the directives of an old script",
        description="List what is wrong or doubtful in the #@IVISIT: directives of an old script, "
        "and which calls of the old interface have no counterpart here, with line numbers and what "
        "to write instead. Exit code 1 when there is something.",
        example="ivisit check old_script.py",
    )
    check_parser.add_argument("file", help="a script for IVISIT 0.7x")
    check_parser.add_argument(
        "--uses",
        action="store_true",
        help="also list, by line, what the script uses of the old interface, and what a new "
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

    findings = check_script(options.file)
    for finding in findings:
        print(finding)
    if options.uses:
        for use in script_uses(options.file):
            print(f"{options.file}:{use.line}: {use}")
    say(options, f"{options.file}: {len(findings) or 'no'} finding{'s'[: len(findings) != 1]}")
    return 1 if findings else 0


def migrate(options: argparse.Namespace) -> int:
    """Print the new file."""
    from ivisit.legacy.tools.migrate import migrated

    print(migrated(options.file), end="")
    return 0
