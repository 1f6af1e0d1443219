"""What several commands share: options, assignments, output."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import math
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ivisit.errors import IVisitError, ParameterError

if TYPE_CHECKING:
    from ivisit.simulation import Simulation

Command = Callable[[argparse.Namespace], int]


def command(
    parsers: Any,
    name: str,
    function: Command,
    *,
    help: str,
    example: str,
    description: str = "",
    json_output: bool = False,
) -> argparse.ArgumentParser:
    """Add a command with the options that all of them have."""
    parser: argparse.ArgumentParser = parsers.add_parser(
        name,
        help=help,
        description=description or help[:1].upper() + help[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quiet", action="store_true", help="no progress and no messages")
    parser.add_argument("--debug", action="store_true", help="show tracebacks and log messages")
    if json_output:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(function=function, json=False)
    return parser


def add_parameter_option(parser: argparse.ArgumentParser) -> None:
    """Add ``-p name=value``."""
    parser.add_argument(
        "-p",
        "--parameter",
        dest="parameters",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="value of a parameter; GROUP.ITEM=VALUE for one item; may be repeated",
    )


def add_store_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--db PATH``."""
    parser.add_argument(
        "--db",
        metavar="PATH",
        help="the parameter store; default: $IVISIT_DB, else NAME.ivisit in this folder",
    )


def add_start_options(parser: argparse.ArgumentParser) -> None:
    """Add what a run starts from, headlessly or in the window."""
    add_parameter_option(parser)
    parser.add_argument(
        "--set",
        metavar="NAME",
        help="start from a stored parameter set; NAME@VERSION for a former version of it, "
        "OTHER.ivisit:NAME for one in another store",
    )
    add_store_option(parser)
    parser.add_argument(
        "--seed",
        type=seed,
        default=0,
        help="seed of the random numbers, or 'none' to draw one (default: 0)",
    )


def seed(text: str) -> int | None:
    """Read a seed from the command line."""
    if text.lower() == "none":
        return None
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 on, or none, not {text!r}")
    return int(text)


def split_assignments(texts: list[str], option: str = "-p") -> dict[str, str]:
    """Return ``{name: text}`` for ``name=text`` arguments."""
    assignments = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name):
            raise ParameterError(f"{option}: must be NAME=VALUE, not {text!r}")
        assignments[name] = value
    return assignments


def assignments(simulation: Simulation | type[Simulation], texts: list[str]) -> dict[str, Any]:
    """Return the validated values of ``-p`` arguments."""
    from ivisit.parameters import parse_values

    cls = simulation if isinstance(simulation, type) else type(simulation)
    return parse_values(cls.controls, cls.key, split_assignments(texts))


@contextlib.contextmanager
def clean_stdout(wanted: bool = True) -> Iterator[None]:
    """Send what user code prints to stderr, so that stdout holds nothing but the answer.

    What programs that it starts and libraries in C print, too: they know the file descriptor only.
    """
    if not wanted:
        yield
        return
    with contextlib.redirect_stdout(sys.stderr), _descriptor_to_stderr():
        yield


@contextlib.contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    try:
        sys.__stdout__.flush()  # type: ignore[union-attr]
        kept = os.dup(1)
        os.dup2(2, 1)
    except (OSError, AttributeError):  # closed, or not there at all
        yield
        return
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


#: What moves a terminal's cursor, changes its colors, or the direction of its text.
_CONTROL = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return `text` with control characters as escapes: it may come from a stranger's file."""
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)


def print_json(value: Any) -> None:
    """Print `value` as standard JSON; NaN and infinities, which it does not know, as null."""
    text = json.dumps(json_ready(value), indent=2, ensure_ascii=False, allow_nan=False)
    print(_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def json_ready(value: Any) -> Any:
    """Return `value` as standard JSON knows it: NaN and infinities become None."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(name): json_ready(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return value


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns that are as wide as their longest cell."""
    if not rows:
        return
    lines = str.maketrans({"\n": r"\n", "\t": r"\t"})
    rows = [tuple(printable(cell).translate(lines) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def answer(text: object) -> None:
    """Print an answer for people on stdout."""
    print(printable(str(text)))


def complain(text: object) -> None:
    """Print what is wrong on stderr, also to who wants no messages."""
    print(f"ivisit: {printable(str(text))}", file=sys.stderr)


def say(options: argparse.Namespace, message: str) -> None:
    """Print a message for people on stderr, unless they want none."""
    if not options.quiet:
        print(printable(message), file=sys.stderr)


def set_up_logging(options: argparse.Namespace) -> None:
    """Show log messages on stderr: warnings, and all of them with ``--debug``."""
    debug = getattr(options, "debug", False)
    quiet = getattr(options, "quiet", False)
    level = logging.DEBUG if debug else logging.ERROR if quiet else logging.WARNING
    # Only ours: the root logger is the simulation's to configure.
    logger = logging.getLogger("ivisit")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Printable("ivisit: %(message)s"))
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


class _Printable(logging.Formatter):
    """Names from files and stores may be in any message, and in any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


class Refused(IVisitError):
    """What was asked for on the command line cannot be done."""
