"""``ivisit compare``: sets of parameters side by side."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import (
    Refused,
    add_start_options,
    assignments,
    clean_stdout,
    command,
    complain,
    json_ready,
    print_json,
    print_table,
    say,
)
from ivisit.errors import IVisitError

if TYPE_CHECKING:
    from ivisit.runs.comparison import Comparison
    from ivisit.simulation import Simulation

#: Stands for the declared values, unless a set has this name.
DEFAULTS = "defaults"
#: A comma behind which another assignment begins.
BETWEEN = re.compile(r",(?=[^,=]+=)")
PICTURES = (".png", ".pdf", ".svg")


def add(parsers: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        parsers,
        "compare",
        compare,
        help="run a simulation with two to four sets of parameters and compare",
        description="Run a simulation with two to four sets of parameters and the same seed, and "
        "compare what differs and what comes out.",
        example="ivisit compare apps/lorenz.py rho=20 rho=28 --steps 500 --out table.csv "
        "--out picture.png",
        json_output=True,
    )
    parser.add_argument("simulation", help="a plugin's name or a path file.py[:Class]")
    parser.add_argument(
        "sets",
        metavar="SET",
        nargs="+",
        help="two to four: a stored set's NAME, NAME@VERSION or OTHER.ivisit:NAME; "
        "NAME=VALUE[,NAME=VALUE ...] for what differs from --set or the defaults; 'defaults'",
    )
    parser.add_argument("--steps", type=int, required=True, help="how many steps each runs")
    add_start_options(parser)
    parser.add_argument(
        "--loose",
        action="store_true",
        help="take what fits of a set that does not fit the simulation any more",
    )
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="record every n-th step (default: 1)"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help="write .csv the table, .json runs and table, .png, .pdf or .svg a picture of the "
        "panels side by side; may be repeated",
    )
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show progress bars (default: when stderr is a terminal)",
    )


def compare(options: argparse.Namespace) -> int:
    """Compare, and tell or write the result."""
    from ivisit.plugins.finding import get_main_simulation
    from ivisit.plugins.origins import class_of
    from ivisit.runs import comparing
    from ivisit.runs.interrupting import ENDING, EndOnce

    outputs = _outputs(options.out)
    progress = options.progress
    if progress is None:
        progress = sys.stderr.isatty() and not options.quiet
    with EndOnce(*ENDING, for_good=options.own_process), clean_stdout(options.json):
        simulation = class_of(get_main_simulation(options.simulation))
        comparison = comparing.compare(
            simulation,
            _sets(simulation, options),
            steps=options.steps,
            seed=options.seed,
            parameters=assignments(simulation, options.parameters),
            parameter_set=options.set,
            every=options.every,
            store=options.db,
            strict=not options.loose,
            progress=progress,
        )
    refused = []
    for path, target in outputs.items():
        try:
            _write(comparison, target)
        except IVisitError as error:
            refused.append(str(error))
        else:
            say(options, f"wrote {path}")
    if options.json:
        print_json(comparison.to_dict())
    else:
        print_table([tuple(comparison.header()), *comparison.texts()])
    if refused:
        raise Refused("; ".join(refused))
    for name in comparison.failed:
        complain(f"{name}: {comparison.runs[name].failure}")
    return 1 if comparison.failed else 0


def _sets(simulation: type[Simulation], options: argparse.Namespace) -> dict[str, Any]:
    """Return what each argument stands for: a stored set's name, or values."""
    sets: dict[str, Any] = {}
    for text in options.sets:
        if text in sets:
            raise Refused(f"compare: {text!r} is named twice")
        if "=" in text and not _has_set(simulation, options, text):
            sets[text] = assignments(simulation, BETWEEN.split(text))
        elif text == DEFAULTS and not _has_set(simulation, options, text):
            declared = {n: c.default for n, c in simulation.controls.items() if c.saved}
            sets[text] = declared | assignments(simulation, options.parameters)
        else:
            sets[text] = text
    return sets


def _has_set(simulation: type[Simulation], options: argparse.Namespace, text: str) -> bool:
    """Tell whether a text names a stored set: its name counts before what it may mean else."""
    from ivisit.runs.beginning import split_set, store_name
    from ivisit.store import ParameterStore, default_path
    from ivisit.store.parameter_set import split_version

    path, name = split_set(text)
    if path is None:
        path = Path(options.db) if options.db else default_path(store_name(simulation))
    if not path.exists():
        return False
    with ParameterStore(path, create=False) as store:
        names = [stored.name for stored in store.sets(simulation)]
    return split_version(name, names)[0] in names


def _outputs(paths: list[str]) -> dict[str, Path]:
    """Return where to write, wherever the simulation goes; refuse what cannot be, beforehand."""
    for path in paths:
        if Path(path).suffix not in (".csv", ".json", *PICTURES):
            raise Refused(f"--out: must end in .csv, .json, .png, .pdf or .svg, not {path!r}")
        if not Path(path).resolve().parent.is_dir():
            raise Refused(f"--out: there is no folder for {path!r}")
    return {path: Path(path).absolute() for path in paths}


def _write(comparison: Comparison, path: Path) -> None:
    if path.suffix == ".csv":
        comparison.to_csv(path)
    elif path.suffix == ".json":
        from ivisit.runs.writing import written

        text = json.dumps(json_ready(comparison.to_dict()), indent=2, ensure_ascii=False)
        written(path, lambda file: file.write(text + "\n"), text=True)
    else:
        comparison.picture(path)
