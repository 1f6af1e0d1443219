"""``ivisit sweep`` and ``ivisit optimize``: many runs, each stored."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import (
    Refused,
    add_parameter_option,
    add_store_option,
    answer,
    clean_stdout,
    command,
    complain,
    print_json,
    print_table,
    printable,
    say,
    seed,
    split_assignments,
)

if TYPE_CHECKING:
    from ivisit.runs.requests import Subject
    from ivisit.runs.sweep_result import SweepResult

COMPLETE_WITH_FAILURES, INTERRUPTED = 1, 130
TABLES = (".csv", ".parquet", ".png", ".svg", ".pdf")


def add(parsers: Any) -> None:
    """Add the commands to the parser."""
    parser = command(
        parsers,
        "sweep",
        sweep,
        help="run a simulation for many values of its parameters and store every run",
        description="Run a simulation for many values of its parameters. Each run is a row in the "
        "store; the same command again goes on where a former one ended.\n\n"
        "-p NAME=VALUE is the same in all runs; an axis is A,B,C or log:LOW:HIGH:N or\n"
        "lin:LOW:HIGH:N or int:LOW:HIGH[:STEP] or '*' (all options) or a JSON list; with\n"
        "--sample, LOW..HIGH[:log] is a range.\n\n"
        "--metric TRACE[:last|min|max|mean|auc|argmin|argmax|first<X|first>X|at=N]\n\n"
        "Exit codes: 0 complete; 1 complete but some runs failed, or stopped; 2 wrong request;\n"
        "130 interrupted.",
        example="ivisit sweep apps/gauss_filter.py -p sigma=log:0.5:8:5 --steps 1 --metric change",
        json_output=True,
    )
    parser.add_argument("simulation", help="a plugin's name or a path file.py[:Class]")
    add_parameter_option(parser)
    parser.add_argument(
        "--sample", metavar="KIND:N", help="sample the ranges: sobol, latin, random or saltelli"
    )
    parser.add_argument(
        "--points", metavar="FILE", help="a CSV table of points; its first line names parameters"
    )
    parser.add_argument("--repeats", type=int, default=1, help="runs of each point (default: 1)")
    parser.add_argument(
        "--seeds",
        choices=("independent", "common"),
        default="independent",
        help="common: all points of a repeat share their random numbers",
    )
    parser.add_argument("--metric", action="append", metavar="METRIC", help="may be repeated")
    parser.add_argument(
        "--keep", action="append", default=[], metavar="TRACE", help="keep a trace, or 'all'"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="keep every n-th step")
    parser.add_argument(
        "--reuse", action="store_true", help="use one instance a worker for all runs"
    )
    parser.add_argument("--retry-failed", action="store_true", help="compute failed runs again")
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would run, and estimate the time"
    )
    _add_common_options(parser)

    parser = command(
        parsers,
        "optimize",
        optimize,
        help="search the parameters that make a metric smallest or largest",
        description="Search the parameters that make a metric smallest or largest. Each run is a "
        "row in the store; the same command again goes on where a former one ended.\n\n"
        "--range NAME=LOW..HIGH[:log], or NAME='*' for all options or the whole range.",
        example="ivisit optimize dopamine-xor --minimize error --range learning_rate=1e-3..1:log "
        "--steps 200 --trials 50 --save best",
        json_output=True,
    )
    parser.add_argument("simulation", help="a plugin's name or a path file.py[:Class]")
    parser.add_argument("--minimize", metavar="METRIC", help="the metric to make small")
    parser.add_argument("--maximize", metavar="METRIC", help="the metric to make large")
    parser.add_argument(
        "--range",
        dest="ranges",
        action="append",
        default=[],
        metavar="NAME=LOW..HIGH[:log]",
        help="what to search; may be repeated",
    )
    add_parameter_option(parser)
    parser.add_argument("--trials", type=int, default=100, help="how many (default: 100)")
    parser.add_argument(
        "--repeats", type=int, default=1, help="runs of each trial, whose median counts"
    )
    parser.add_argument("--method", help="de, tpe, cmaes, gp, random or sobol")
    parser.add_argument(
        "--parallel", type=int, metavar="Q", help="how many trials are asked for ahead of results"
    )
    parser.add_argument("--save", metavar="SET", help="save the best values as a parameter set")
    parser.add_argument(
        "--confirm", type=int, metavar="N", help="run the top three N times again and decide so"
    )
    parser.add_argument(
        "--enqueue",
        action="append",
        default=[],
        metavar="NAME=VALUE,...",
        help="try these values first; may be repeated",
    )
    _add_common_options(parser)


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=int, required=True, help="steps of each run, at the most")
    parser.add_argument("--until", metavar="TRACE<X", help="end a run when this holds")
    parser.add_argument("--set", metavar="NAME", help="start from a stored parameter set")
    parser.add_argument(
        "--loose", action="store_true", help="take of the set what fits, instead of refusing it"
    )
    parser.add_argument(
        "--seed", type=seed, default=0, help="seed of the whole, or 'none' to draw one (default: 0)"
    )
    parser.add_argument("--name", help="name in the store (default: a digest of the request)")
    add_store_option(parser)
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--workers", type=int, metavar="N", help="local processes; 0: this process")
    who.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a Dask scheduler")
    who.add_argument(
        "--mpi", action="store_true", help="under mpiexec -n N python -m mpi4py.futures -m ivisit"
    )
    parser.add_argument("--max-failures", type=int, metavar="N", help="stop when more have failed")
    parser.add_argument(
        "--accept-changed", action="store_true", help="go on although the source has changed"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help="write the table (.csv, .parquet) or a picture (.png, .svg, .pdf); may be repeated",
    )
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show progress on stderr (default: unless --quiet)",
    )


def sweep(options: argparse.Namespace) -> int:
    """Run a sweep and tell or write its result."""
    from ivisit.runs import sweeping
    from ivisit.runs.requests import find_subject
    from ivisit.runs.space_texts import parse_parameters, read_points

    _check_outputs(options.out)
    with clean_stdout(options.json):
        subject = find_subject(options.simulation)
        texts = split_assignments(options.parameters)
        request: dict[str, Any] = {
            "steps": options.steps,
            "metrics": options.metric,
            "repeats": options.repeats,
            "points": read_points(subject.cls, options.points) if options.points else None,
            "sample": _sample(options.sample),
            "seeds": options.seeds,
            "keep": "all" if options.keep == ["all"] else options.keep,
            "every": options.every,
            "reuse": options.reuse,
            "retry_failed": options.retry_failed,
            **_common(options),
        }
        values = parse_parameters(subject.cls, texts)
        if options.dry_run:
            return _dry_run(options, subject, values, request)
        with _told(options):
            result = sweeping.conduct(subject, values, **request)
    return _report(options, result)


def optimize(options: argparse.Namespace) -> int:
    """Run an optimisation and tell or write its result."""
    from ivisit.runs import optimizing
    from ivisit.runs.requests import find_subject
    from ivisit.runs.space_texts import parse_parameters, parse_ranges

    _check_outputs(options.out)
    with clean_stdout(options.json):
        subject = find_subject(options.simulation)
        ranges = parse_ranges(subject.cls, split_assignments(options.ranges, "--range"))
        enqueue = [
            parse_parameters(subject.cls, split_assignments(text.split(","), "--enqueue"))
            for text in options.enqueue
        ]
        with _told(options):
            result = optimizing.conduct(
                subject,
                ranges,
                steps=options.steps,
                minimize=options.minimize,
                maximize=options.maximize,
                parameters=parse_parameters(subject.cls, split_assignments(options.parameters)),
                trials=options.trials,
                repeats=options.repeats,
                method=options.method,
                parallel=options.parallel,
                save=options.save,
                confirm=options.confirm,
                enqueue=enqueue,
                **_common(options),
            )
    return _report(options, result)


def _common(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments that sweeps and optimisations share."""
    executor = "mpi" if options.mpi else options.scheduler
    return {
        "seed": options.seed,
        "until": options.until,
        "parameter_set": options.set,
        "strict": not options.loose,
        "name": options.name,
        "store": options.db,
        "executor": executor,
        "workers": options.workers,
        "max_failures": options.max_failures,
        "accept_changed": options.accept_changed,
        "progress": not options.quiet if options.progress is None else options.progress,
        "command": shlex.join(["ivisit", *sys.argv[1:]]),
        "begin": None if options.quiet else partial(_begin, options.command),
    }


def _begin(command: str, name: str, counts: Any, workers: str) -> None:
    """Say what is going to happen, before it does."""
    left = counts.size - counts.done
    text = f"{command} {name!r}: {counts.size} runs, {counts.done} done, {left} to do ({workers})"
    print(printable(text), file=sys.stderr)


def _sample(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    kind, _, size = text.partition(":")
    if not size.isdecimal():
        raise Refused(f"--sample: must be KIND:N, e.g. sobol:256, not {text!r}")
    return kind, int(size)


@contextlib.contextmanager
def _told(options: argparse.Namespace) -> Iterator[None]:
    """Say how to go on when a sweep is interrupted."""
    from ivisit.runs.sitting import SweepInterrupted

    try:
        yield
    except SweepInterrupted as error:
        complain(error)
        raise SystemExit(INTERRUPTED) from None


def _check_outputs(paths: list[str]) -> None:
    """Refuse an ending or a folder before anything runs."""
    for path in paths:
        if Path(path).suffix not in TABLES:
            raise Refused(f"--out: must end in {', '.join(TABLES)}, not {path!r}")
        if not Path(path).resolve().parent.is_dir():
            raise Refused(f"--out: there is no folder for {path!r}")
        if Path(path).suffix == ".parquet":
            from ivisit.runs.tables import check_parquet

            check_parquet()


def write_outputs(options: argparse.Namespace, result: SweepResult, metric: str | None) -> None:
    """Write the files that ``--out`` asks for."""
    for path in map(Path, options.out):
        if path.suffix == ".csv":
            result.to_csv(path)
        elif path.suffix == ".parquet":
            result.to_parquet(path)
        else:
            try:
                result.picture(metric).savefig(path, dpi=120)
            except OSError as error:
                raise Refused(f"{path}: cannot be written: {error.strerror or error}") from error
        say(options, f"wrote {path}")


def _report(options: argparse.Namespace, result: Any) -> int:
    """Print the summary, write the files, and say whether runs failed."""
    from ivisit.runs import overview

    write_outputs(options, result, None)
    failed = int((result.status == "failed").sum())
    if options.json:
        print_json(overview.summary_of(result))
    else:
        answer(result.summary())
        print_table(overview.best_rows(result))
    if failed:
        db = f" --db {shlex.quote(options.db)}" if options.db else ""
        place = "" if db else f" --db {shlex.quote(str(result.path))}"
        say(
            options,
            f"{failed} of {len(result)} runs failed: "
            f"ivisit runs show {shlex.quote(result.name)} --failed{db or place}",
        )
    return COMPLETE_WITH_FAILURES if failed else 0


def _dry_run(
    options: argparse.Namespace, subject: Subject, values: dict[str, Any], request: dict[str, Any]
) -> int:
    """Say what would run; nothing is stored."""
    from ivisit.runs.progress import duration_text
    from ivisit.runs.sweeping import preview

    plan, row = preview(subject, values, **request)
    size = plan.stored.size
    names = plan.space.names
    first = dict(zip(names, plan.values(0), strict=True))
    last = dict(zip(names, plan.values(size - 1), strict=True))
    from ivisit.runs.executors import available_cores

    workers = available_cores() if options.workers is None else options.workers
    place = f"with {workers} worker{'s' * (workers > 1)}" if workers else "in this process"
    seconds = row.duration * size / max(1, workers)
    if options.json:
        print_json(
            {"name": plan.stored.name, "size": size, "first": first, "last": last,
             "run_seconds": row.duration, "estimate_seconds": seconds}
        )  # fmt: skip
        return 0
    answer(f"sweep {plan.stored.name!r}: {size} runs ({plan.space.size} points)")
    answer("first: " + (", ".join(f"{n}={v}" for n, v in first.items()) or "the only point"))
    answer("last:  " + (", ".join(f"{n}={v}" for n, v in last.items()) or "the only point"))
    answer(
        f"one run {row.status} in {duration_text(row.duration)}; all about "
        f"{duration_text(seconds)} {place}"
    )
    if row.failure is not None:
        answer(f"it failed in {row.failure['stage']}: {row.failure['message']}")
    return 0
