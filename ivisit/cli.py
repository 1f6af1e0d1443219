"""The ``ivisit`` command: parsing, exit codes, and how errors reach people.

Exit codes: 0 good; 1 the simulation's own code failed; 2 the request was wrong (unknown name or
value, file, store, plugin); 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from ivisit import installation
from ivisit.commands import (
    compare,
    listing,
    new,
    old,
    packing,
    params,
    running,
    runs,
    store,
    sweeping,
)
from ivisit.commands.common import print_json, printable, set_up_logging
from ivisit.errors import IVisitError, RunError

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
#: What writing to a standard output raises that is full or closed.
UNWRITABLE = (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EDQUOT)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="ivisit",
        description="Declare a simulation once; watch, steer, store and run it everywhere.",
        epilog="examples:\n"
        "  ivisit list\n"
        "  ivisit gui apps/gauss_filter.py\n"
        "  ivisit run apps/gauss_filter.py --steps 10 -p sigma=4 --out r.npz\n"
        "'ivisit COMMAND --help' explains a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version",
        action=_Version,
        nargs=0,
        help="print version and place of this package and exit",
    )
    parsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for group in (listing, running, compare, sweeping, runs, packing, params, store, new, old):
        group.add(parsers)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose refusals are JSON where JSON was asked for."""

    asked_for_json = False

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        _Parser.asked_for_json = "--json" in (sys.argv[1:] if args is None else args)
        return super().parse_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        if _Parser.asked_for_json:
            _print_error("usage", message)
        super().error(message)


class _Version(argparse.Action):
    """Print the version; only then is the package's metadata read."""

    def __call__(self, parser: argparse.ArgumentParser, *arguments: object) -> None:
        print(installation.answering())
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those of the process.
    """
    _make_printable()
    options = build_parser().parse_args(arguments)
    options.own_process = arguments is None
    if text := installation.problem():
        print(f"ivisit: {text}", file=sys.stderr)
        return REFUSED
    if not options.own_process:
        with _as_before():
            return _run(options)
    code = _run(options)
    if code == INTERRUPTED:
        from ivisit.runs.interrupting import hear_no_more

        hear_no_more()
    return code


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """Undo what a command changes in a process that goes on, as that of a notebook.

    A process of its own keeps the simulation's file as ``__main__`` to its very end.
    """
    from ivisit.plugins.loading import MainState

    logger = logging.getLogger("ivisit")
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    state = MainState()
    try:
        yield
    finally:
        state.restore()
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate


def _make_printable() -> None:
    """Have characters that the console cannot show appear as escapes, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(options: argparse.Namespace) -> int:
    set_up_logging(options)
    try:
        code: int = options.function(options)
        if sys.stdout is not None:  # closed by whoever started the command
            sys.stdout.flush()
        return code
    except IVisitError as error:
        return _tell(error, options)
    except KeyboardInterrupt:
        print("ivisit: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough ("| head").
        _give_up_stdout()
        return 0
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        _give_up_stdout()
        print(f"ivisit: the output cannot be written: {error.strerror}", file=sys.stderr)
        return FAILED


def _give_up_stdout() -> None:
    """Have Python not complain at its end about what it could not write."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: IVisitError, options: argparse.Namespace) -> int:
    """Print one clear message, with the traceback only on request."""
    if options.debug:
        print(printable("".join(traceback.format_exception(error))), end="", file=sys.stderr)
    has_run = isinstance(error, RunError) or getattr(error, "result", None) is not None
    if options.json and not has_run:  # else the result has been printed, with its failure
        _print_error(type(error).__name__, str(error))
    print(f"ivisit: {printable(str(error))}", file=sys.stderr)
    return FAILED if has_run else REFUSED


def _print_error(kind: str, message: str) -> None:
    print_json({"error": {"type": kind, "message": message}})


if __name__ == "__main__":
    sys.exit(main())
