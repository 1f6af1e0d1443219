"""From a script that calls ``IVisit_main`` to its simulations, and to the window."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivisit.errors import DirectiveError, StoreError
from ivisit.legacy.files.tables import is_old_file, read_tables
from ivisit.legacy.language.directives import Directives, read_directives
from ivisit.legacy.language.lines import MARK, read_source
from ivisit.legacy.language.merge import ParseMode, merge
from ivisit.legacy.language.reparsing import Wish, take_wish
from ivisit.legacy.records import Block, ListRecord, RadioRecord, WidgetRecord, identity
from ivisit.legacy.running.adapter import OldSimulation, Script, simulation_class
from ivisit.legacy.running.starting import find_database
from ivisit.plugins.loading import hand_over

logger = logging.getLogger(__name__)


def open_script(simulation: Any, fname: str | None, *, title: str = "", doc: str = "") -> None:
    """Hand the simulations of the running script over, or open the window on the first of them.

    Parameters
    ----------
    simulation : IVisit_Simulation
        The script's simulation.
    fname : str or None
        What the script gave to ``IVisit_main`` as the name of a file.
    title : str, optional
        What the script calls itself.
    doc : str, optional
        What it says about itself.
    """
    file = Path(fname or sys.argv[1]) if fname or len(sys.argv) > 1 else None
    is_old = file is not None and (file.suffix == ".db" or is_old_file(file))
    script = Script(
        simulation, script_file(simulation), title=title, database=file if is_old else None
    )
    simulations = simulations_of(script, doc)
    if hand_over(*simulations):
        return
    if len(simulations) > 1:
        others = ", ".join(f"{script.path}:{cls.__name__}" for cls in simulations[1:])
        logger.warning("there are more simulations: ivisit gui %s", others)
    from ivisit.gui import open_window
    from ivisit.legacy.files.reader import offer

    offer()
    open_window(simulations[0], store=None if is_old else file)


def simulations_of(script: Script, doc: str = "") -> list[type[OldSimulation]]:
    """Return a simulation for each SIMULATION block of a script; at least one."""
    directives = read_directives(script.path) if script.path else Directives()
    for finding in directives.findings:
        logger.log(_LEVELS[finding.severity], "%s", finding)
    blocks = directives.blocks or [Block("")]
    former = _former_widgets(script, blocks)
    wish = take_wish(script.path)
    script.resets = wish.mode is ParseMode.UPDATE
    stem = script.path.stem if script.path else script.simulation.name
    return [
        simulation_class(
            script,
            key=stem if len(blocks) == 1 else f"{stem}:{block.name}",
            name=block.name or stem,
            # The script says what its widgets are; those that it never had are kept.
            widgets=_widgets(former[block.name], block, wish),
            findings=directives.findings,
            doc=doc or "A script for IVISIT 0.7x.",
        )
        for block in blocks
    ]


def _widgets(former: list[WidgetRecord], block: Block, wish: Wish) -> list[WidgetRecord]:
    """Return the widgets of a block, with those that only the old file has."""
    widgets = merge(former, block.widgets, ParseMode.UPDATE).widgets
    values = {identity(old): old.value for old in former if isinstance(old, ListRecord)}
    widgets = [_with_option(widget, values.get(identity(widget))) for widget in widgets]
    if wish.mode is ParseMode.ONLY_NEW:
        present = {identity(widget) for widget in widgets}
        known = [widget for widget in wish.former if identity(widget) in present]
        widgets = merge(known, widgets, ParseMode.ONLY_NEW).widgets
    return widgets


def _with_option(widget: WidgetRecord, value: str | None) -> WidgetRecord:
    """Return an option list that can show the `value` of the old file, as it always could."""
    if not isinstance(widget, ListRecord) or isinstance(widget, RadioRecord):
        return widget
    if value is None or value in widget.options:
        return widget
    return replace(widget, options=(*widget.options, value))


def _former_widgets(script: Script, blocks: list[Block]) -> dict[str, list[WidgetRecord]]:
    """Return the widgets that the script's old file has for each block, by the block's name.

    Simulations whose name is that of no block belong to the first one: 0.72 calls them ``N.N.``,
    or the user has named them.
    """
    former: dict[str, list[WidgetRecord]] = {block.name: [] for block in blocks}
    database = find_database(script)
    if database is None:
        return former
    try:
        simulations = read_tables(database)
    except StoreError as error:
        logger.warning("%s", error)
        return former
    for simulation in simulations:
        former[simulation.name if simulation.name in former else blocks[0].name].extend(
            simulation.widgets
        )
    return former


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
