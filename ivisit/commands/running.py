"""``ivisit run``, ``ivisit replay`` and ``ivisit gui``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import (
    Refused,
    add_start_options,
    answer,
    assignments,
    clean_stdout,
    command,
    complain,
    print_json,
    say,
)
from ivisit.commands.filming import add_film_options, films_of, is_film
from ivisit.commands.packing import open_result, say_differences
from ivisit.errors import FilmError, IVisitError, RunError, StoreError

if TYPE_CHECKING:
    from ivisit.runs.result import RunResult

INTERRUPTED = 130
#: What is left where source, libraries and machine are those of the recorded run.
UNREPEATABLE = (
    "the code, the libraries and the machine are as recorded; look for random numbers that do not "
    "come from self.rng (numpy.random, random), for threads, and for the time or files that a "
    "step reads"
)


def add(parsers: Any) -> None:
    """Add the commands to the parser."""
    run_parser = command(
        parsers,
        "run",
        run,
        help="run a simulation without a window",
        example="ivisit run apps/gauss_filter.py --steps 10 -p sigma=4 --out r.npz",
        json_output=True,
    )
    run_parser.add_argument("simulation", help="a plugin's name or a path file.py[:Class]")
    run_parser.add_argument("--steps", type=int, required=True, help="how many steps")
    add_start_options(run_parser)
    run_parser.add_argument(
        "--loose",
        action="store_true",
        help="take what fits of a set that does not fit the simulation any more",
    )
    run_parser.add_argument(
        "--record",
        metavar="TRACE",
        action="append",
        help="record this trace only; may be repeated (default: all)",
    )
    run_parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="record every n-th step (default: 1)"
    )
    _add_output_options(run_parser)

    replay_parser = command(
        parsers,
        "replay",
        replay,
        help="repeat a saved run, every change of a parameter included",
        description="Repeat a saved run with its seed, parameters and every change that was made "
        "while it went on, and tell whether the recorded numbers are the same bit for bit, as they "
        "are with the same code, libraries and kind of machine.",
        example="ivisit replay session.npz",
        json_output=True,
    )
    replay_parser.add_argument(
        "result", help="a file written by 'ivisit run --out', the window, or 'ivisit pack'"
    )
    replay_parser.add_argument(
        "--simulation", help="where the simulation is now, if not where the file says"
    )
    replay_parser.add_argument(
        "--yes", action="store_true", help="run the code that the file names without asking"
    )
    _add_output_options(replay_parser)

    gui_parser = command(
        parsers,
        "gui",
        gui,
        help="open the window on a simulation, or the launcher with all of them",
        example="ivisit gui apps/gauss_filter.py",
    )
    gui_parser.add_argument(
        "simulation",
        nargs="?",
        help="a plugin's name or a path file.py[:Class]; without it the launcher opens",
    )
    add_start_options(gui_parser)
    gui_parser.add_argument("--run", action="store_true", help="run at once")


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help="write the result: .npz everything, .csv the traces, .png, .pdf or .svg a picture of "
        "all panels, .gif or .mp4 a film; may be repeated",
    )
    add_film_options(parser)
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show a progress bar (default: when stderr is a terminal)",
    )


def run(options: argparse.Namespace) -> int:
    """Run a simulation and tell or write the result."""
    from ivisit.plugins.finding import get_main_simulation
    from ivisit.runs import single
    from ivisit.runs.interrupting import ENDING, EndOnce

    outputs, films = _outputs(options), films_of(options)
    with EndOnce(*ENDING, for_good=options.own_process):
        try:
            with clean_stdout(options.json):
                simulation = get_main_simulation(options.simulation)
                parameters = assignments(simulation, options.parameters)
                result = single.run(
                    simulation,
                    parameters,
                    steps=options.steps,
                    seed=options.seed,
                    record=options.record,
                    every=options.every,
                    store=options.db,
                    parameter_set=options.set,
                    strict=not options.loose,
                    film=films,
                    progress=_progress(options),
                )
        except (RunError, StoreError, FilmError) as error:
            # What was computed before the failure is kept all the same.
            if error.result is not None:
                try:
                    _report(options, outputs, error.result)
                except Refused as refused:
                    complain(refused)
            raise
        _report(options, outputs, result)
    return INTERRUPTED if result.status == "interrupted" else 0


def replay(options: argparse.Namespace) -> int:
    """Repeat a saved run and compare."""
    from ivisit.plugins.finding import get_simulation
    from ivisit.plugins.origins import class_of
    from ivisit.runs import single
    from ivisit.runs.interrupting import ENDING, EndOnce
    from ivisit.runs.provenance import provenance
    from ivisit.runs.repetition import compare, doubts

    outputs, films = _outputs(options), films_of(options)
    former, place = open_result(options)
    for doubt in doubts(former):
        complain(doubt)
    with EndOnce(*ENDING, for_good=options.own_process):
        with clean_stdout(options.json):
            simulation = get_simulation(place)
            told = say_differences(options, former, provenance(class_of(simulation)), [])
            try:
                result = single.replay(simulation, former, film=films)
            except RunError as error:
                # A failure that comes again as it was recorded is what a replay is for.
                if error.result is None or former.status != "failed":
                    raise
                result = error.result
        # Modules that are imported while it runs are known only now.
        told = say_differences(options, former, result.provenance, told)
        _report(options, outputs, result)
    if result.status == "interrupted" and former.status != "interrupted":
        return INTERRUPTED
    differing, compared = compare(former, result)
    if differing:
        complain(f"the replay differs in {', '.join(differing)}")
        if not told:
            complain(UNREPEATABLE)
        return 1
    say(options, f"the replay equals the saved run, bit for bit: {compared}")
    return 0


def gui(options: argparse.Namespace) -> int:
    """Open the window, or the launcher."""
    if options.simulation is None:
        return _open_launcher(options)
    from ivisit.launcher import launch
    from ivisit.plugins.finding import get_main_simulation

    simulation = get_main_simulation(options.simulation)
    launch(
        simulation,
        seed=options.seed,
        store=options.db,
        parameter_set=options.set,
        parameters=assignments(simulation, options.parameters),
        run=options.run,
    )
    return 0


def _open_launcher(options: argparse.Namespace) -> int:
    """Open the window with all simulations; what is said of store and seed holds for those."""
    if options.parameters or options.set or options.run:
        raise Refused("gui: -p, --set and --run need a simulation")
    from ivisit.gui.launcher import open_launcher

    handed_on = [] if options.db is None else ["--db", str(Path(options.db).absolute())]
    handed_on += [] if options.seed == 0 else ["--seed", str(options.seed).lower()]
    open_launcher(handed_on)
    return 0


def _progress(options: argparse.Namespace) -> bool:
    if options.progress is not None:
        return bool(options.progress)
    return sys.stderr.isatty() and not options.quiet


#: Endings of files that hold a picture.
PICTURES = (".png", ".pdf", ".svg")


def _outputs(options: argparse.Namespace) -> dict[str, Path]:
    """Return where to write, wherever the simulation goes; refuse what cannot be, beforehand."""
    paths = [path for path in options.out if not is_film(path)]
    for path in paths:
        if Path(path).suffix not in (".npz", ".csv", *PICTURES):
            raise Refused(
                f"--out: must end in .npz, .csv, .png, .pdf, .svg, .gif or .mp4, not {path!r}"
            )
        if not Path(path).resolve().parent.is_dir():
            raise Refused(f"--out: there is no folder for {path!r}")
    return {path: Path(path).absolute() for path in paths}


def _report(options: argparse.Namespace, outputs: dict[str, Path], result: RunResult) -> None:
    """Write the files and print the final numbers and texts.

    A file that cannot be written costs neither the other files nor the printed result.
    """
    refused: list[IVisitError] = []
    for path, target in outputs.items():
        try:
            write_result(result, target)
        except IVisitError as error:
            refused.append(error)
        else:
            say(options, f"wrote {path}")
    for path in filter(is_film, options.out):
        if Path(path).exists():
            say(options, f"wrote {path}")
    _print(options, result)
    if refused:
        raise Refused("; ".join(map(str, refused)))


def _print(options: argparse.Namespace, result: RunResult) -> None:
    """Print the final numbers and texts."""
    from dataclasses import asdict

    import numpy as np

    shown = {
        name: {"shape": list(value.shape), "dtype": str(value.dtype)}
        if isinstance(value, np.ndarray)
        else value
        for name, value in result.outputs.items()
        if not (options.json is False and isinstance(value, np.ndarray))
    }
    if options.json:
        record: dict[str, Any] = {
            name: getattr(result, name)
            for name in ("simulation", "status", "steps", "seed", "parameters", "duration")
        }
        record["outputs"] = shown
        record["failure"] = asdict(result.failure) if result.failure else None
        print_json(record)
        return
    say(
        options,
        f"{result.simulation}: {result.status} after {result.steps} steps, "
        f"{result.duration:.3g} s, seed {result.seed}",
    )
    several = {name: v for name, v in result.metrics.items() if name not in shown}
    for name, value in (shown | several).items():
        answer(f"{name} = {value}")


def write_result(result: RunResult, path: Path) -> None:
    """Write a result in the format that the ending says."""
    if path.suffix == ".npz":
        result.save(path)
    elif path.suffix == ".csv":
        result.to_csv(path)
    else:
        from ivisit.files import replace_file

        figure = result.figure()
        try:
            replace_file(path, lambda file: figure.savefig(file, format=path.suffix[1:]))
        except OSError as error:
            raise Refused(f"{path}: cannot be written: {error.strerror or error}") from error
