"""From a script that calls ``IVisit_main`` to its simulations, and to the window."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from ivisit.errors import DirectiveError
from ivisit.legacy.adapter import OldSimulation, Script, simulation_class
from ivisit.legacy.directives import Directives, read_directives
from ivisit.legacy.lines import MARK, read_source
from ivisit.legacy.records import Block
from ivisit.registry import hand_over

logger = logging.getLogger(__name__)


def open_script(simulation: Any, fname: str | None, doc: str) -> None:
    """Hand the simulations of the running script over, or open the window on the first of them.

    Parameters
    ----------
    simulation : IVisit_Simulation
        The script's simulation.
    fname : str or None
        What the script gave to ``IVisit_main`` as the name of a file.
    doc : str
        What the script says about itself.
    """
    script = Script(simulation, script_file(simulation))
    simulations = simulations_of(script, doc)
    if hand_over(*simulations):
        return
    from ivisit.gui import open_window

    open_window(simulations[0])


def simulations_of(script: Script, doc: str = "") -> list[type[OldSimulation]]:
    """Return a simulation for each SIMULATION block of a script; at least one."""
    directives = read_directives(script.path) if script.path else Directives()
    for finding in directives.findings:
        logger.log(_LEVELS[finding.severity], "%s", finding)
    blocks = directives.blocks or [Block("")]
    stem = script.path.stem if script.path else script.simulation.name
    return [
        simulation_class(
            script,
            key=stem if len(blocks) == 1 else f"{stem}:{block.name}",
            name=block.name or stem,
            widgets=block.widgets,
            findings=directives.findings,
            doc=doc or "A script for IVISIT 0.7x.",
        )
        for block in blocks
    ]


_LEVELS = {"error": logging.WARNING, "warning": logging.WARNING, "note": logging.DEBUG}


def script_file(simulation: Any) -> Path | None:
    """Return the file with the directives: the running script, else where the class is written."""
    main = getattr(sys.modules["__main__"], "__file__", None)
    step = getattr(type(simulation).step, "__code__", None)
    candidates = [Path(name) for name in (main, step and step.co_filename) if name]
    files = [file for file in candidates if file.is_file()]
    for file in files:
        try:
            if MARK in read_source(file):
                return file.resolve()
        except DirectiveError as error:
            logger.debug("%s", error)
    return files[0].resolve() if files else None
