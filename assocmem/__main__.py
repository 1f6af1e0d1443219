"""Command line: ``python -m assocmem capacity --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from assocmem._files import check_writable
from assocmem.capacity import compare
from assocmem.experiment import ENSEMBLES
from assocmem.rules import RULES

DEFAULT_METHODS = ("bayes", "bayes+batch", "bayes+batch+clamp", "bayes+soft", "bcpnn", "covariance")

EPILOG = f"""
methods: a rule, then options joined by "+":
  rules    {", ".join(RULES)}
  noise    fixed, posterior, batch, calibrated, true, soft (adaptive noise estimation),
           search (grow and verify)
  further  clamp, one-step, random-ties, core80 (80 % of the winners in the first two steps)

example:
  python -m assocmem capacity bayes bayes+batch+clamp bayes+soft bcpnn \\
      --units 250 --active 10 --completeness 0.8 --addition 0.2 --seed 0 --csv capacity.csv
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
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = capacity.add_argument
    add("methods", nargs="*", default=DEFAULT_METHODS, metavar="METHOD", help="see below")
    add("--units", type=int, default=250, help="number of units n (default 250)")
    add("--active", type=int, default=10, help="number of active units k (default 10)")
    add("--completeness", type=float, default=0.8, help="fraction of the cue kept (default 0.8)")
    add("--addition", type=float, default=0.2, help="wrong units per active unit (default 0.2)")
    add("--ensemble", choices=ENSEMBLES, default="palm", help="kind of patterns (default palm)")
    add("--max-error", type=float, default=0.01, help="tolerated output error (default 0.01)")
    add("--queries", type=int, default=100, help="queries per memory (default 100)")
    add("--memories", type=int, default=8, help="most memories per point (default 8)")
    add("--max-errors", type=int, default=400, help="wrong units that suffice (default 400)")
    add("--seed", type=int, default=None, help="seed of all random numbers (default: random)")
    add("--csv", metavar="FILE", help="write the table to FILE")
    add("--plot", metavar="FILE", help="draw a bar plot to FILE (png, pdf, svg)")
    add("--quiet", action="store_true", help="no progress bar (it is shown on terminals only)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 good, 2 wrong request, 130 interrupted."""
    options = build_parser().parse_args(arguments)
    try:
        _check_files(options)
        comparison = compare(
            options.methods,
            n_units=options.units,
            n_active=options.active,
            completeness=options.completeness,
            addition=options.addition,
            ensemble=options.ensemble,
            max_error=options.max_error,
            n_queries=options.queries,
            n_memories=options.memories,
            max_errors=options.max_errors,
            progress=not options.quiet and sys.stderr.isatty(),
            rng=options.seed,
        )
        print(comparison)
        if options.csv:
            comparison.write_csv(options.csv)
        if options.plot:
            comparison.plot(options.plot)
    except (ValueError, OSError) as error:
        print(f"assocmem: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("assocmem: interrupted", file=sys.stderr)
        return 130
    return 0


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
