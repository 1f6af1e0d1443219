"""Command line: ``python -m dopamine_wp compare --task lorenz --budget 6000 --seeds 20``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from dopamine_wp import comparison, reporting

_EXAMPLE = """example:
  python -m dopamine_wp compare --task lorenz --budget 6000 --seeds 20 --out results

Every optimizer is tuned over its own grid with the same tuning budget, on other seeds and on the
validation part; the table shows test errors at equal cost (forward-pass equivalents, fpe) and, in
the column median_equal_time, at equal wall-clock time. An asterisk marks a setting at the edge of
its grid. Truth tables have no parts: there the error is the loss on the table."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        Default ``sys.argv[1:]``.

    Returns
    -------
    int
        0 good, 2 wrong request, 130 interrupted.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING if options.quiet else logging.INFO,
        format="%(message)s",
        stream=sys.stderr,
    )
    try:
        _compare(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _compare(options: argparse.Namespace) -> None:
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    task = comparison.problem(options.task, hidden=options.hidden, seed=options.seed)
    outcomes = comparison.compare(
        task,
        budget=options.budget,
        seeds=options.seeds,
        tuning_seeds=options.tuning_seeds,
        optimizers=options.optimizers,
        seed=options.seed,
    )
    table = reporting.rows(outcomes)
    print(f"{task.name}, {task.net!r}: test {task.measure}, {options.seeds} seeds")
    print(reporting.format_table(table))
    csv_path = folder / f"compare-{task.name}.csv"
    plot_path = folder / f"compare-{task.name}.png"
    reporting.write_csv(table, csv_path)
    reporting.write_plot(task, outcomes, plot_path)
    print(f"written: {csv_path}, {plot_path}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dopamine_wp", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compare = commands.add_parser(
        "compare",
        help="compare all optimizers on one task at equal cost",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument("--task", choices=comparison.TASKS, default="lorenz")
    compare.add_argument(
        "--budget", type=int, default=6000, help="forward-pass equivalents of a seed (6000)"
    )
    compare.add_argument("--seeds", type=int, default=20, help="seeds that count (20)")
    compare.add_argument(
        "--tuning-seeds", type=int, default=10, help="other seeds, to tune with (10)"
    )
    compare.add_argument("--hidden", type=int, default=16, help="hidden units (16)")
    compare.add_argument(
        "--optimizers", nargs="+", metavar="NAME", help="names of the optimizers (all)"
    )
    compare.add_argument("--seed", type=int, default=0, help="seed of everything (0)")
    compare.add_argument(
        "--out", type=Path, default=Path(), help="folder for the CSV file and the plot (.)"
    )
    compare.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return parser


if __name__ == "__main__":
    sys.exit(main())
