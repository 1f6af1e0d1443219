"""What happens when a window opens on an old script: its old file, its changed directives."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from ivisit.errors import StoreError
from ivisit.legacy.language.lines import MARK, read_source
from ivisit.legacy.records import DictSliderRecord, WidgetRecord

if TYPE_CHECKING:
    from ivisit.legacy.running.adapter import OldSimulation, Script
    from ivisit.store import ParameterStore

logger = logging.getLogger(__name__)

#: Parameter set, of a simulation of its own, that remembers the directives of the last start.
DIRECTIVES_SET = "as read last"


def begin(simulation: OldSimulation, path: Path) -> tuple[str | None, list[str]]:
    """Prepare the store of a window that opens.

    Parameters
    ----------
    simulation : OldSimulation
        The simulation.
    path : Path
        The store. It is made only when an old file has to be read into it.

    Returns
    -------
    str or None
        The parameter set that was saved last: old scripts have always shown that one.
    list of str
        What the user should know.
    """
    cls = type(simulation)
    database = find_database(simulation._script)
    messages: list[str] = []
    if database is None and not path.exists():
        return None, messages
    from ivisit.store import ParameterStore

    try:
        with ParameterStore(path) as store:
            if not store.read_only:
                messages += _import(database, store, cls)
                messages += _compare(store, cls)
            sets = store.sets(cls)
            newest = max(sets, key=lambda one: one.saved_at, default=None)
            if newest is None:
                return None, messages
            return newest.name, [*messages, *newest.problems.values()]
    except StoreError as error:
        return None, [*messages, str(error)]


def find_database(script: Script) -> Path | None:
    """Return the old file of a script: the one that was named, else the one of its name."""
    if script.database is not None and script.database.is_file():
        return script.database
    if script.path is None:
        return None
    name = f"{script.path.stem}.db"
    for folder in (Path.cwd(), script.path.parent):
        if (folder / name).is_file():
            return folder / name
    return None


def old_file(script: Script) -> Path:
    """Return the path of the old file of a script, which need not exist."""
    found = script.database or find_database(script)
    name = f"{script.path.stem if script.path else script.simulation.name}.db"
    return (found or Path.cwd() / name).resolve()


def _import(database: Path | None, store: ParameterStore, cls: type[OldSimulation]) -> list[str]:
    """Read the old file, once; a file that cannot be read is no reason not to start."""
    if database is None:
        return []
    from ivisit.legacy.files.database import import_database

    messages: list[str] = []
    try:
        imported = import_database(database, store, cls, tell=messages.append)
    except StoreError as error:
        return [str(error)]
    for message in messages:
        logger.warning("%s", message)
    if not imported:
        return []
    names = ", ".join(repr(one.name) for one in imported)
    return [f"{database.name} was read, and is left as it is: {names}", *messages]


def _compare(store: ParameterStore, cls: type[OldSimulation]) -> list[str]:
    """Compare the directives with those of the last start, and remember them."""
    present = directive_texts(cls)
    key = f"{cls.key} (directives)"
    former = next((dict(s) for s in store.sets(key) if s.name == DIRECTIVES_SET), None)
    if former == present:
        return []
    store.save(key, DIRECTIVES_SET, present)
    if former is None:
        return []
    added = [repr(name) for name in present if name not in former]
    changed = [repr(name) for name in present if former.get(name, present[name]) != present[name]]
    news = [f"new: {', '.join(added)}"] if added else []
    news += [f"changed: {', '.join(changed)}; values are kept where they fit"] if changed else []
    return [f"directives {'; '.join(news)}"] if news else []


def directive_texts(cls: type[OldSimulation]) -> dict[str, str]:
    """Return the directives of each widget, by the name of its control or panel."""
    if cls._source is None:
        return {}
    lines = read_source(cls._source).split("\n")
    return {
        name: "\n".join(
            lines[number - 1].partition(MARK)[2].strip() for number in _line_numbers(widget)
        )
        for name, widget in cls._records.items()
        if widget.line
    }


def _line_numbers(widget: WidgetRecord) -> list[int]:
    items = widget.items if isinstance(widget, DictSliderRecord) else ()
    return [widget.line, *(item.line for item in items)]
