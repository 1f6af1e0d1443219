"""Command line: ``python -m assocmem capacity --help``, ``python -m assocmem errors --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assocmem._files import check_writable
from assocmem.capacity import Comparison, ErrorCurves, compare, errors_at
from assocmem.decoders import DECODERS
from assocmem.experiment import ENSEMBLES
from assocmem.rules import RULES

DEFAULT_METHODS = (
    "bayes",
    "bayes+batch+clamp",
    "bayes+soft",
    "bayes+search",
    "bcpnn",
    "covariance",
    "hopfield-bipolar",
    "willshaw+random-ties",
    "inhibitory-willshaw+random-ties",
)

#: Options whose names differ from those of the arguments in Python.
OPTIONS = {
    "n_units": "--units",
    "n_active": "--active",
    "n_queries": "--queries",
    "n_memories": "--memories",
    "n_prototypes": "--prototypes",
    "n_blocks": "--active",
    "numbers": "--patterns",
    "rng": "--seed",
} | {
    name: "--" + name.replace("_", "-")
    for name in (
        *("completeness", "addition", "similarity", "workers"),
        *("max_errors", "max_error", "max_patterns"),
    )
}

EPILOG = f"""
methods: a rule, then options joined by "+":
  rules    {", ".join(RULES)}
  noise    fixed, posterior, batch, calibrated, true, soft (adaptive noise estimation),
           search (grow and verify)
  units    threshold (their number is unknown), willshaw-threshold; else the right number
  further  clamp, one-step, random-ties, no-self, core80 (80 % of the winners in two steps)
  bounds   {", ".join(DECODERS)}: keep the patterns themselves, not synapses

example:
"""
CAPACITY_EXAMPLE = """  python -m assocmem capacity bayes bayes+batch+clamp bayes+soft bcpnn \\
      --units 250 --active 10 --completeness 0.8 --addition 0.2 --seed 0 --csv capacity.csv
"""
ERRORS_EXAMPLE = """  python -m assocmem errors bayes+threshold bayes+search+threshold \\
      --ensemble bernoulli --patterns 50,100,150,200 --seed 0 --workers 2 --plot errors.png
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m assocmem", description="Neural associative memories."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    capacity = commands.add_parser(
        "capacity",
        help="compare how many patterns methods can hold",
        description="Compare how many patterns methods can hold at a tolerated output error.",
        epilog=EPILOG + CAPACITY_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_experiment(capacity)
    add = capacity.add_argument
    add("--max-error", type=float, default=0.01, help="tolerated output error (default 0.01)")
    add("--max-patterns", type=int, default=10**6, help="most patterns to try (default 10^6)")
    errors = commands.add_parser(
        "errors",
        help="measure output errors at some numbers of patterns",
        description="Measure output errors at some numbers of patterns, with bands and theory.",
        epilog=EPILOG + ERRORS_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_experiment(errors)
    errors.set_defaults(methods=(*DEFAULT_METHODS, "ideal-decoder"))
    errors.add_argument(
        "--patterns", type=_numbers, required=True, metavar="M,M,...", help="numbers of patterns"
    )
    return parser


def _add_experiment(command: argparse.ArgumentParser) -> None:
    """Add what both commands know."""
    add = command.add_argument
    add("methods", nargs="*", default=DEFAULT_METHODS, metavar="METHOD", help="see below")
    add("--units", type=int, default=250, help="number of units n (default 250)")
    add("--active", type=int, default=10, help="number of active units k (default 10)")
    add("--completeness", type=float, default=0.8, help="fraction of the cue kept (default 0.8)")
    add("--addition", type=float, default=0.2, help="wrong units per active unit (default 0.2)")
    add("--ensemble", choices=ENSEMBLES, default="palm", help="kind of patterns (default palm)")
    add("--prototypes", type=int, default=20, help="their number, for that ensemble (default 20)")
    add("--similarity", type=float, default=0.5, help="of patterns to prototypes (default 0.5)")
    add("--queries", type=int, default=100, help="queries per memory (default 100)")
    add("--memories", type=int, default=8, help="most memories per point (default 8)")
    add("--max-errors", type=int, default=400, help="wrong units that suffice (default 400)")
    add("--workers", type=int, default=1, help="memories tried at once (default 1)")
    add("--seed", type=int, default=None, help="seed of all random numbers (default: random)")
    add("--csv", metavar="FILE", help="write the table to FILE")
    add("--plot", metavar="FILE", help="draw a plot to FILE (png, pdf, svg)")
    add("--quiet", action="store_true", help="no progress bar (it is shown on terminals only)")


def _numbers(text: str) -> list[int]:
    """Return whole numbers separated by commas."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        message = f"must be whole numbers separated by commas, not {text!r}"
        raise argparse.ArgumentTypeError(message) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 good, 2 wrong request, 130 interrupted."""
    options = build_parser().parse_args(arguments)
    try:
        _check_files(options)
        result = _measure(options)
        print(result)
        if options.csv:
            result.write_csv(options.csv)
        if options.plot:
            result.plot(options.plot)
    except (ValueError, OSError) as error:
        print(f"assocmem: {_in_words_of_the_shell(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("assocmem: interrupted", file=sys.stderr)
        return 130
    return 0


def _in_words_of_the_shell(message: str) -> str:
    """Name the option in place of the argument of Python that a message begins with."""
    name, colon, reason = message.partition(": ")
    if name == "rng":
        reason = reason.replace(", or a numpy.random.Generator", "").replace("None, a", "a")
    return OPTIONS.get(name, name) + colon + reason


def _measure(options: argparse.Namespace) -> Comparison | ErrorCurves:
    """Carry out the command."""
    shared: dict[str, Any] = {
        "n_units": options.units,
        "n_active": options.active,
        "completeness": options.completeness,
        "addition": options.addition,
        "ensemble": options.ensemble,
        "n_prototypes": options.prototypes,
        "similarity": options.similarity,
        "n_queries": options.queries,
        "n_memories": options.memories,
        "max_errors": options.max_errors,
        "workers": options.workers,
        "progress": not options.quiet and sys.stderr.isatty(),
        "rng": options.seed,
    }
    if options.command == "errors":
        return errors_at(options.methods, options.patterns, **shared)
    return compare(
        options.methods, max_error=options.max_error, max_patterns=options.max_patterns, **shared
    )


def _check_files(options: argparse.Namespace) -> None:
    """Refuse files that could not be written before hours are spent on their content."""
    for name in ("csv", "plot"):
        path = getattr(options, name)
        if path:
            check_writable(f"--{name}", path)
    if options.plot:
        from matplotlib.backend_bases import FigureCanvasBase

        formats = FigureCanvasBase.get_supported_filetypes()
        if Path(options.plot).suffix[1:].lower() not in formats:
            raise ValueError(
                f"--plot: {options.plot} must end with one of {', '.join(sorted(formats))}"
            )


if __name__ == "__main__":
    sys.exit(main())
