"""``ivisit list`` and ``ivisit show``: what there is to run, and what it takes."""

from __future__ import annotations

import argparse
from typing import Any

from ivisit.commands.common import answer, clean_stdout, command, print_json, print_table


def add(parsers: Any) -> None:
    """Add the commands to the parser."""
    command(
        parsers,
        "list",
        list_,
        help="list the simulations that can be found",
        description="List installed plugins and the files in ./apps and $IVISIT_PATH. Files are "
        "read, not run.",
        example="ivisit list",
        json_output=True,
    )
    show_parser = command(
        parsers,
        "show",
        show,
        help="show a simulation's parameters and panels",
        example="ivisit show apps/gauss_filter.py",
        json_output=True,
    )
    show_parser.add_argument("simulation", help="a plugin's name or a path file.py[:Class]")


def list_(options: argparse.Namespace) -> int:
    """Print a row for every simulation."""
    from dataclasses import asdict

    from ivisit.plugins.finding import list_simulations

    with clean_stdout():
        rows = list_simulations()
    if options.json:
        print_json([asdict(row) for row in rows])
        return 0
    print_table(
        [(r.name, f"cannot be loaded: {r.error}" if r.error else r.summary, r.origin) for r in rows]
    )
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the declarations of one simulation."""
    from ivisit.plugins.finding import get_main_simulation

    with clean_stdout():
        found = get_main_simulation(options.simulation)
    simulation = found if isinstance(found, type) else type(found)
    controls = [control.describe() for control in simulation.controls.values()]
    panels = [panel.describe() for panel in simulation.panels.values()]
    doc = (simulation.__doc__ or "").strip()
    if options.json:
        print_json({"key": simulation.key, "doc": doc, "controls": controls, "panels": panels})
        return 0
    answer(simulation.key + (f": {doc}" if doc else ""))
    answer("\nParameters" if controls else "\nNo parameters")
    for group in dict.fromkeys(control["group"] for control in controls):
        if group:
            answer(f"\n {group}")
        members = [control for control in controls if control["group"] == group]
        print_table([row for control in members for row in _control_rows(control)])
    answer("\nPanels" if panels else "\nNo panels")
    print_table([(f"  {p['name']}", p["kind"], p["label"], p["help"]) for p in panels])
    return 0


def _control_rows(control: dict[str, Any], prefix: str = "") -> list[tuple[str, ...]]:
    """Return the row of a control, and one for each item of a group."""
    name = prefix + control["name"]
    items = control.get("items", [])
    default = "" if items else f"default {control['default']!r}"
    step = f", step {control['step']}" if "step" in control else ""
    allowed = "" if items else control["allowed"] + step
    text = " ".join(filter(None, (control["help"], "(read by init)" * control["restart"])))
    row = (f"  {name}", control["kind"], control["type"], allowed, default, text)
    return [row] + [r for item in items for r in _control_rows(item, f"{name}.")]
