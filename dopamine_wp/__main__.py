"""Command line: ``python -m dopamine_wp compare --task lorenz --budget 6000 --seeds 20``."""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from pathlib import Path

from dopamine_wp import comparison, contests, reporting
from dopamine_wp.optimizers import OPTIMIZERS

_EXAMPLE = """example:
  python -m dopamine_wp compare --task lorenz --budget 6000 --seeds 20 --out results

Every optimizer is tuned with the same number of trials (rate, batch size and its own settings), on
other seeds and on the validation part. The tables show test errors at equal cost (forward-pass
equivalents, fpe) and at equal time (that of the best at equal cost): median, its 95 % interval,
worst seed. An asterisk marks a setting with a neighbor that was left untried. Truth tables have no
parts: there the error is the loss on the table."""


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
    options = build_parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING if options.quiet else logging.INFO,
        format="%(message)s",
        stream=sys.stderr,
    )
    try:
        _compare(options)
    except (ValueError, OSError) as error:
        print(f"error: {_as_option(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _compare(options: argparse.Namespace) -> None:
    task = contests.problem(
        options.task, hidden=options.hidden, horizon=options.horizon, seed=options.seed
    )
    name = task.name if options.horizon == 1 else f"{task.name}-{options.horizon}"
    csv_path, plot_path = _places(options.out, f"compare-{name}.csv", f"compare-{name}.png")
    outcomes = comparison.compare(
        task,
        budget=options.budget,
        seeds=options.seeds,
        tuning_seeds=options.tuning_seeds,
        trials=options.trials,
        optimizers=options.optimizers,
        seed=options.seed,
    )
    print(reporting.format_report(task, outcomes))
    reporting.write_csv(outcomes, csv_path)
    reporting.write_plot(task, outcomes, plot_path)
    print(f"written: {csv_path}, {plot_path}", file=sys.stderr)


def _places(folder: Path, *names: str) -> list[Path]:
    """Return the files to write, or refuse them before the work begins."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"--out: {folder} cannot be made a folder ({error.strerror})") from error
    if not os.access(folder, os.W_OK):
        raise ValueError(f"--out: the folder {folder} cannot be written")
    places = [folder / name for name in names]
    for place in places:
        if place.is_dir():
            raise ValueError(f"--out: {place} is a folder, not a file to write to")
    return places


def _as_option(message: str) -> str:
    """Return a message about an argument of `comparison.compare` in the words of the user."""
    return re.sub(
        r"^compare\.(\w+):", lambda found: f"--{found[1].replace('_', '-')}:", message, count=1
    )


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m dopamine_wp", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compare = commands.add_parser(
        "compare",
        help="compare all optimizers on one task at equal cost",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument(
        "--task",
        default="lorenz",
        metavar="NAME",
        help=f"{', '.join(contests.TASKS)}, in any case (lorenz)",
    )
    compare.add_argument("--horizon", type=int, default=1, help="steps ahead, for series (1)")
    compare.add_argument(
        "--budget", type=int, default=6000, help="forward-pass equivalents of a seed (6000)"
    )
    compare.add_argument("--seeds", type=int, default=20, help="seeds that count (20)")
    compare.add_argument(
        "--tuning-seeds", type=int, default=10, help="other seeds, to tune with (10)"
    )
    compare.add_argument(
        "--trials", type=int, default=16, help="settings tried for every optimizer (16)"
    )
    compare.add_argument("--hidden", type=int, default=16, help="hidden units (16)")
    compare.add_argument(
        "--optimizers",
        nargs="+",
        metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)}, in any case (all)",
    )
    compare.add_argument("--seed", type=int, default=0, help="seed of everything (0)")
    compare.add_argument(
        "--out", type=Path, default=Path(), help="folder for the CSV file and the plot (.)"
    )
    compare.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return parser


if __name__ == "__main__":
    sys.exit(main())
