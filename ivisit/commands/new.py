"""``ivisit new``: write a small working simulation to start from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ivisit.commands.common import command, say


def add(parsers: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        parsers,
        "new",
        new,
        help="write a small working simulation to start from",
        example="ivisit new my_sim.py",
    )
    parser.add_argument("file", help="the file to write, ending in .py")
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")


def new(options: argparse.Namespace) -> int:
    """Write the file."""
    from ivisit.plugins.template import write_template

    path = Path(options.file)
    write_template(path, replace=options.force)
    say(options, f"wrote {path}; try: ivisit gui {path}")
    return 0
