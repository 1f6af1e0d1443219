"""The ``ivisit`` command: parsing, exit codes, and how errors reach people.

Exit codes: 0 good; 1 the simulation's own code failed; 2 the request was wrong (unknown name or
value, file, store, plugin); 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence

from ivisit.commands import listing, new, old, params, running, runs, sweeping
from ivisit.commands.common import set_up_logging
from ivisit.errors import IVisitError, RunError

FAILED, REFUSED, INTERRUPTED = 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="ivisit",
        description="Declare a simulation once; watch, steer, store and run it everywhere.",
        epilog="examples:\n"
        "  ivisit list\n"
        "  ivisit gui apps/gauss_filter.py\n"
        "  ivisit run apps/gauss_filter.py --steps 10 -p sigma=4 --out r.npz\n"
        "'ivisit COMMAND --help' explains a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    parsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for group in (listing, running, sweeping, runs, params, new, old):
        group.add(parsers)
    return parser


class _Version(argparse.Action):
    """Print the version; only then is the package's metadata read."""

    def __call__(self, parser: argparse.ArgumentParser, *arguments: object) -> None:
        from importlib.metadata import version

        print(f"ivisit-lab {version('ivisit-lab')}")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those of the process.
    """
    options = build_parser().parse_args(arguments)
    with contextlib.nullcontext() if arguments is None else _as_before():
        return _run(options)


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


def _run(options: argparse.Namespace) -> int:
    set_up_logging(options)
    try:
        code: int = options.function(options)
        sys.stdout.flush()
        return code
    except IVisitError as error:
        return _tell(error, options.debug)
    except KeyboardInterrupt:
        print("ivisit: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough ("| head"); Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _tell(error: IVisitError, debug: bool) -> int:
    """Print one clear message, with the traceback only on request."""
    if debug:
        traceback.print_exception(error)
    print(f"ivisit: {error}", file=sys.stderr)
    return FAILED if isinstance(error, RunError) else REFUSED


if __name__ == "__main__":
    sys.exit(main())
