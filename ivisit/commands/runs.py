"""``ivisit runs``: look at stored sweeps and runs, repeat, export and delete them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import (
    Refused,
    add_store_option,
    answer,
    clean_stdout,
    command,
    complain,
    json_ready,
    print_json,
    print_table,
    printable,
    say,
)
from ivisit.commands.stores import default_store

if TYPE_CHECKING:
    from ivisit.runs.sweep_result import SweepResult


def add(parsers: Any) -> None:
    """Add the commands to the parser."""
    group = parsers.add_parser(
        "runs",
        help="look at stored sweeps and runs, repeat, export and delete them",
        description="Look at stored sweeps and runs, repeat, export and delete them. SWEEP is a "
        "name, or SIMULATION/NAME where several simulations have one of that name.",
        epilog="example:\n  ivisit runs table rate-scan --db lab.ivisit",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = group.add_subparsers(dest="what", metavar="COMMAND", required=True)
    listing = _command(
        commands,
        "list",
        list_,
        "list the sweeps and single runs of a store",
        "ivisit runs list --db lab.ivisit",
    )
    listing.add_argument("--failed", action="store_true", help="only those with failed runs")
    shown = _command(
        commands,
        "show",
        show,
        "show a sweep, or one run by its number",
        "ivisit runs show rate-scan --failed --db lab.ivisit",
    )
    shown.add_argument("what_to_show", metavar="SWEEP|ID", help="name of a sweep, number of a run")
    shown.add_argument("--failed", action="store_true", help="list the failed runs, with causes")
    table_ = _command(
        commands,
        "table",
        table,
        "print the runs of a sweep as a table",
        "ivisit runs table rate-scan --by rate --metric loss --db lab.ivisit",
    )
    table_.add_argument("sweep", metavar="SWEEP", help="name of the sweep")
    table_.add_argument("--failed", action="store_true", help="only failed runs")
    table_.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="NAME",
        help="summarise for each value of this parameter; may be repeated",
    )
    table_.add_argument("--metric", metavar="METRIC", help="the metric to summarise")
    table_.add_argument("--limit", type=int, default=0, metavar="N", help="only the first N rows")
    again = _command(
        commands,
        "rerun",
        rerun_,
        "repeat a run and say whether it is identical",
        "ivisit runs rerun 17 --db lab.ivisit",
    )
    again.add_argument("id", type=int, metavar="ID", help="number of the run")
    again.add_argument("--simulation", help="where the simulation is now, if it has moved")
    again.add_argument(
        "--stored-source", action="store_true", help="run the files that the store has kept"
    )
    again.add_argument("--out", metavar="FILE", help="write the whole result (.npz, .csv, .png)")
    gone = _command(
        commands,
        "delete",
        delete,
        "remove a sweep with all its runs, or one run",
        "ivisit runs delete rate-scan --yes --db lab.ivisit",
    )
    gone.add_argument("what_to_delete", metavar="SWEEP|ID", help="name of a sweep, number of a run")
    gone.add_argument("--yes", action="store_true", help="without asking")
    out = _command(
        commands,
        "export",
        export,
        "write a sweep's runs as a table or a picture",
        "ivisit runs export rate-scan --out rates.csv --db lab.ivisit",
    )
    out.add_argument("sweep", metavar="SWEEP", help="name of the sweep")
    out.add_argument("--metric", metavar="METRIC", help="the metric to draw")
    out.add_argument(
        "--out",
        action="append",
        required=True,
        metavar="FILE",
        help="ending in .csv, .parquet, .json, .png, .svg or .pdf",
    )
    page = _command(
        commands,
        "report",
        report,
        "write a sweep as one page for a browser",
        "ivisit runs report rate-scan --out report.html --db lab.ivisit",
    )
    page.add_argument("sweep", metavar="SWEEP", help="name of the sweep")
    page.add_argument("--out", default="report.html", metavar="FILE", help="ending in .html")


def _command(
    commands: Any, name: str, function: Any, help: str, example: str
) -> argparse.ArgumentParser:
    parser = command(commands, name, function, help=help, example=example, json_output=True)
    add_store_option(parser)
    return parser


def _store_path(options: argparse.Namespace) -> Path:
    """Return the store that is meant: the one named, or the only one in this folder."""
    return Path(options.db).expanduser() if options.db else default_store()


def _load(options: argparse.Namespace, name: str) -> SweepResult:
    from ivisit.runs.sweep_result import load_result

    return load_result(_store_path(options), name)


def list_(options: argparse.Namespace) -> int:
    """Print a row for each sweep, and one for the single runs of each simulation."""
    from ivisit.store import ParameterStore

    with ParameterStore(_store_path(options), create=False) as store:
        rows = store.sweep_overview()
        single = [run for run in store.runs() if run.sweep is None]
    if options.failed:
        rows = [row for row in rows if row["failed"]]
        single = [run for run in single if run.status == "failed"]
    if options.json:
        runs = [{"id": r.id, "simulation": r.simulation, "status": r.status} for r in single]
        print_json({"sweeps": rows, "runs": runs})
        return 0
    cells: list[tuple[str, ...]] = [
        ("sweep", "simulation", "kind", "status", "done", "failed", "diverged", "begun")
    ]
    cells += [
        (
            row["name"],
            row["simulation"],
            row["kind"],
            row["status"],
            f"{row['done']}/{row['size']}",
            str(row["failed"]),
            str(row["diverged"]),
            row["created_at"][:16].replace("T", " "),
        )
        for row in rows
    ]
    print_table(cells if rows else [])
    if single:
        print_table(
            [
                ("run", "simulation", "status", "steps", "finished"),
                *(
                    (str(r.id), r.simulation, r.status, str(r.steps), (r.finished_at or "")[:16])
                    for r in single
                ),
            ]
        )
    if not rows and not single:
        say(options, "no sweeps and no runs")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print one sweep, or one run."""
    if options.what_to_show.isdecimal():
        return _show_run(options, int(options.what_to_show))
    from ivisit.runs.overview import best_rows, summary_of

    result = _load(options, options.what_to_show)
    failures = result.failures
    if options.json:
        record = summary_of(result) | {
            "specification": dict(result.sweep.specification),
            "provenance": dict(result.sweep.provenance),
            "failures": [_failure_record(failure) for failure in failures],
        }
        print_json(record)
        return 0
    if options.failed:
        for failure in failures:
            answer(failure)
            if failure.output:
                answer("  it printed: " + failure.output.strip().replace("\n", "\n  "))
        say(options, f"{len(failures)} of {len(result)} runs failed")
        return 0
    answer(result.summary())
    for name, value in result.sweep.specification.items():
        answer(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    print_table(best_rows(result))
    causes = _causes(failures)
    if causes:
        answer("failures:")
        print_table([(f"  {count}", cause) for cause, count in causes])
    return 0


def _causes(failures: list[Any]) -> list[tuple[str, int]]:
    from collections import Counter

    return Counter(
        f"{f.failure.stage}: {f.failure.type}: {f.failure.message}" for f in failures
    ).most_common(10)


def _failure_record(failure: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "id": failure.id,
        "index": failure.index,
        "parameters": failure.parameters,
        "output": failure.output,
        **asdict(failure.failure),
    }


def _show_run(options: argparse.Namespace, number: int) -> int:
    from dataclasses import asdict

    from ivisit.store import ParameterStore

    with ParameterStore(_store_path(options), create=False) as store:
        run = store.load_run(number)
    if options.json:
        print_json(asdict(run))
        return 0
    place = f", run {run.index} of {run.sweep!r}" if run.sweep else ""
    answer(f"run {run.id} of {run.simulation}: {run.status} after {run.steps} steps{place}")
    answer(f"seed = {run.seed}")
    for name, value in {**run.parameters, **run.metrics}.items():
        answer(f"{name} = {value}")
    if run.failure:
        answer(run.failure.traceback or run.failure)
    return 0


def table(options: argparse.Namespace) -> int:
    """Print the long table of a sweep, or a summary by parameters."""
    result = _load(options, options.sweep)
    if options.by:
        metric = options.metric or next(iter(result.metrics))
        summary = result.aggregate(options.by, metric, ("median", "q25", "q75", "n", "failed"))
        return _print_records(options, summary)
    rows = result.table()
    if options.failed:
        rows = rows[rows["status"] == "failed"]
    return _print_records(options, rows[: options.limit or None])


def _print_records(options: argparse.Namespace, table: Any) -> int:
    names = table.dtype.names
    rows = table.tolist()
    if options.json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return 0
    cells = [tuple(f"{v:.6g}" if isinstance(v, float) else str(v) for v in row) for row in rows]
    print_table([tuple(names), *cells])
    return 0


def rerun_(options: argparse.Namespace) -> int:
    """Repeat a run and compare."""
    from ivisit.commands.running import write_result
    from ivisit.runs.rerunning import rerun

    with clean_stdout(options.json):
        result = rerun(
            _store_path(options),
            options.id,
            simulation=options.simulation,
            stored_source=options.stored_source,
        )
    if options.out:
        write_result(result, Path(options.out))
        say(options, f"wrote {options.out}")
    if options.json:
        print_json(
            {
                "id": options.id,
                "identical": result.identical,
                "status": result.status,
                "metrics": result.measured,
            }
        )
    else:
        for name, value in (result.measured).items():
            answer(f"{name} = {value}")
    words = {
        True: "the run is identical, bit for bit",
        False: "the run is not identical: other numbers are stored",
        None: "there is nothing to compare",
    }
    if result.identical is False:
        complain(words[False])
        return 1
    say(options, words[result.identical])
    return 0


def delete(options: argparse.Namespace) -> int:
    """Remove a sweep, or one run, for good."""
    from ivisit.runs.ownership import may_take_over
    from ivisit.store import ParameterStore

    with ParameterStore(_store_path(options), create=False) as store:
        what = options.what_to_delete
        if what.isdecimal() and store.find_sweep(what) is None:
            run = store.load_run(int(what))
            _confirm(options, f"run {run.id} of {run.simulation}")
            store.delete_runs([int(what)])
            say(options, f"deleted run {what}")
            return 0
        sweep = store.load_sweep(what)
        if sweep.owner is not None and not may_take_over(sweep.owner, sweep.heartbeat_at):
            raise Refused(
                f"the sweep {sweep.name!r} is being computed by process {sweep.owner.get('pid')}; "
                "end it first"
            )
        _confirm(options, f"the sweep {sweep.name!r} with all its runs")
        count = store.delete_sweep(sweep)
    say(options, f"deleted the sweep {sweep.name!r} with {count} runs")
    return 0


def _confirm(options: argparse.Namespace, what: str) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise Refused(f"this would delete {what} for good; say so with --yes")
    print(f"Delete {printable(what)} for good? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("nothing was deleted")


def export(options: argparse.Namespace) -> int:
    """Write the runs of a sweep as files."""
    from ivisit.commands.sweeping import write_outputs

    result = _load(options, options.sweep)
    plain = [path for path in options.out if path.endswith(".json")]
    options.out = [path for path in options.out if path not in plain]
    for path in options.out:
        if Path(path).suffix not in (".csv", ".parquet", ".png", ".svg", ".pdf"):
            raise Refused(f"--out: must end in .csv, .parquet, .json, .png, .svg or .pdf: {path}")
    write_outputs(options, result, options.metric)
    for path in plain:
        _write_json(Path(path), list(result))
        say(options, f"wrote {path}")
    return 0


def _write_json(path: Path, rows: list[dict[str, Any]]) -> None:
    from ivisit.files import replace_file

    text = json.dumps(json_ready(rows), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        replace_file(path, lambda file: file.write(text), text=True)
    except OSError as error:
        raise Refused(f"{path}: cannot be written: {error.strerror or error}") from error


def report(options: argparse.Namespace) -> int:
    """Write the page."""
    from ivisit.runs.report import write_report

    if Path(options.out).suffix not in (".html", ".htm"):
        raise Refused(f"--out: must end in .html, not {options.out!r}")
    write_report(_load(options, options.sweep), Path(options.out))
    say(options, f"wrote {options.out}; open it in a browser")
    return 0
