"""Simulations of old files as parameter sets in a store."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ivisit.controls import Control
from ivisit.controls.groups import Group
from ivisit.errors import ParameterError, PluginError
from ivisit.legacy.files.tables import StoredSimulation, read_tables
from ivisit.legacy.language.grid import Grid
from ivisit.legacy.language.merge import with_value_of
from ivisit.legacy.names import free_name
from ivisit.legacy.records import (
    ButtonRecord,
    DictSliderRecord,
    ImageRecord,
    ParameterRecord,
    SliderRecord,
    TextOutRecord,
    WidgetRecord,
    identity,
)
from ivisit.legacy.running.adapter import OldSimulation
from ivisit.legacy.running.bindings import bind
from ivisit.legacy.running.declare import declare
from ivisit.plugins.finding import get_simulation
from ivisit.store import ParameterSet, ParameterStore

logger = logging.getLogger(__name__)

#: What the frame and the heading of a panel take, a letter of the heading, and the menu beside
#: it, in pixels.
FRAME_WIDTH, FRAME_HEIGHT, LETTER_WIDTH, MENU_WIDTH = 16, 36, 9, 36
#: Size of a text that has room, in pixels.
TEXT_WIDTH, TEXT_HEIGHT = 280, 120


def _warn(message: str) -> None:
    logger.warning("%s", message)


def import_database(
    path: str | os.PathLike[str],
    store: ParameterStore,
    simulation: Any = None,
    *,
    tell: Callable[[str], None] = _warn,
) -> list[ParameterSet]:
    """Add the simulations of an old file to a store, each as a parameter set of its name.

    What was imported before is left alone, so that a second import changes nothing, also when the
    sets have been changed since. Sets of the user's own, or of another file, are never written
    over: where one has the name already, the imported set gets a number behind its own.

    Parameters
    ----------
    path : path-like
        The old file; no byte of it is changed.
    store : ParameterStore
        Where the sets go.
    simulation : Simulation subclass, str or path-like, optional
        The simulation whose sets they become: a class, or what `ivisit.get_simulation`
        understands, such as the old script; another text is taken as the simulation's key. By
        default the key is the file's name without ending. Controls of a new simulation take the
        values of the widgets that have their name or label.
    tell : callable, optional
        Called with each message on what of the file cannot be taken as it is; by default it
        becomes a warning of the log.

    Returns
    -------
    list of ParameterSet
        The sets that were added or have a new version.

    Raises
    ------
    StoreError
        When the file is missing, damaged, or no file of IVISIT 0.7x.
    """
    file = Path(path)
    simulations = [one for one in read_tables(file) if not one.is_placeholder]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    target = _target(simulation, file)
    known = set(_imported(store, target))
    changed = []
    taken = {
        one.name for one in store.sets(target) if not _is_as_imported(store, target, one, file)
    }
    for stored in simulations:
        name = free_name(
            stored.name if stored.name.strip() else "unnamed",
            is_free=lambda name: name not in taken,
            numbered="{} ({})",
        )
        taken.add(name)
        if (digest, stored.key) in known:
            continue
        for problem in stored.problems:
            tell(f"{file}, simulation {stored.name!r}: {problem}")
        values, names = _values(stored, target, tell)
        origin = {
            "file": file.name,
            "sha256": digest,
            "simulation": stored.key,
            "made": stored.dates[0],
            "changed": stored.dates[1],
        }
        layout = {"imported": origin}
        if _is_new(target):
            values = _translated(values, stored.name, target, tell)
        else:
            layout = _layout(stored, names, target) | layout
        changed.append(
            store.save(
                target, name, values, comment=stored.comment, grade=stored.grade, layout=layout
            )
        )
    return changed


def _target(simulation: Any, file: Path) -> Any:
    """Return the class, or the key, to which the sets will belong."""
    if simulation is None:
        return file.stem
    try:
        found = get_simulation(simulation)
    except PluginError:
        if isinstance(simulation, str) and not simulation.endswith(".py"):
            return simulation
        raise
    return found if isinstance(found, type) else type(found)


def _is_new(target: Any) -> bool:
    """Tell whether the sets are for a simulation in the new style, such as a migrated script."""
    return isinstance(target, type) and not issubclass(target, OldSimulation)


def _translated(
    values: Mapping[str, Any], stored_name: str, target: Any, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Return the values by the names of a new simulation's controls; what fits none is told.

    A control is the one of a widget whose name it has, or bears as its label; so are items.
    """
    controls: Mapping[str, Control[Any]] = target.controls
    translated = {}
    for widget, value in values.items():
        name = _named(controls, widget)
        if name not in controls:
            tell(f"simulation {stored_name!r}: {target.__name__} has no {widget!r}")
            continue
        control = controls[name]
        if isinstance(value, Mapping) and isinstance(control, Group):
            value = {_named(control.items, item): number for item, number in value.items()}
        try:
            translated[name] = control.validate(value)
        except ParameterError as error:
            tell(f"simulation {stored_name!r}: {error}")
    return translated


def _named(controls: Mapping[str, Control[Any]], text: str) -> str:
    """Return the name of the control that has this name or label, in any case; else the text."""
    labels = {control.label.casefold(): name for name, control in controls.items()}
    return text if text in controls else labels.get(text.casefold(), text)


def _is_as_imported(store: ParameterStore, target: Any, one: ParameterSet, file: Path) -> bool:
    """Tell whether a set is as it was read from an old file, which may bring it anew.

    Versions that were saved in the shell keep the layout, and with it the note on the file.
    """
    origin = (one.layout or {}).get("imported")
    if not isinstance(origin, Mapping) or origin.get("file") != file.name:
        return False
    versions = store.history(target, one.name)
    return [(v.layout or {}).get("imported") for v in versions].count(origin) == 1


def _imported(store: ParameterStore, target: Any) -> Iterator[tuple[str, int]]:
    """Yield digest and number of the old simulations that the store has, in any version."""
    for one in [*store.sets(target), *store.sets(target, deleted=True)]:
        for version in store.history(target, one.name):
            origin = (version.layout or {}).get("imported")
            if isinstance(origin, Mapping):
                yield str(origin.get("sha256")), int(origin.get("simulation", -1))


def _values(
    stored: StoredSimulation, target: Any, tell: Callable[[str], None]
) -> tuple[dict[str, Any], dict[WidgetRecord, str]]:
    """Return the values by the names of the controls, and the name of each widget."""
    controls: Mapping[str, Control[Any]] = {}
    if isinstance(target, type) and issubclass(target, OldSimulation):
        records, controls = target._records, target.controls
    else:
        records = declare(stored.widgets, OldSimulation).records
    names_by_identity = {identity(widget): name for name, widget in records.items()}
    values: dict[str, Any] = {}
    names: dict[WidgetRecord, str] = {}
    for widget in stored.widgets:
        name = names_by_identity.get(identity(widget))
        if name is None:
            tell(f"simulation {stored.name!r}: {widget.name!r} is in no directive")
            continue
        names[widget] = name
        if not isinstance(widget, ParameterRecord):
            continue
        declared = records[name]
        assert isinstance(declared, ParameterRecord)
        kept: Any = with_value_of(declared, widget)
        for misfit in _misfits(kept, widget):
            tell(f"simulation {stored.name!r}: {misfit}")
        binding = bind(kept)
        binding.control.name = name
        binding.control.check("")
        control = controls.get(name, binding.control)
        try:
            if control.saved:
                values[name] = control.validate(binding.control.default)
        except ParameterError as error:
            tell(f"simulation {stored.name!r}: {error}")
    return values, names


def _misfits(kept: ParameterRecord, stored: ParameterRecord) -> Iterator[str]:
    """Yield which values of the file are others now, but for what a slider's resolution does."""
    grids: dict[str, Grid] = {}
    if isinstance(kept, SliderRecord):
        grids[""] = kept.grid
    elif isinstance(kept, DictSliderRecord):
        grids = {item.key: item.grid for item in kept.items}
    now = _contents(kept)
    for key, value in _contents(stored).items():
        grid, used = grids.get(key), now.get(key)
        if used is None or str(used) == str(value):
            continue
        inside = isinstance(value, float | int) and grid and grid.minimum <= value <= grid.maximum
        if not inside:
            where = f"{stored.name}.{key}" if key else stored.name
            yield f"{where}: {value!r} of the file does not fit; {used!r} is used"


def _contents(record: ParameterRecord) -> dict[str, float | str]:
    """Return the values of a widget as scripts get them, of several by their keys."""
    if isinstance(record, DictSliderRecord):
        keys = (item.key for item in record.items)
        return dict(zip(keys, record.delivered, strict=True))
    if isinstance(record, SliderRecord):
        return {"": record.delivered}
    return {} if isinstance(record, ButtonRecord) else {"": getattr(record, "value", "")}


def _picture_extent(widget: ImageRecord, name: str, target: Any) -> dict[str, int]:
    """Return the size that a picture had in the old window, with the new one's frame around it."""
    if not (isinstance(target, type) and issubclass(target, OldSimulation)):
        return {}
    data = getattr(target._script.simulation.data, widget.data, None)
    try:
        height, width = target.panels[name].validate(data).shape[:2]
    except ParameterError:
        return {}
    heading = LETTER_WIDTH * len(widget.name) + MENU_WIDTH
    return {
        "width": max(round(width * widget.scale), heading) + FRAME_WIDTH,
        "height": round(height * widget.scale) + FRAME_HEIGHT,
    }


def _text_extent(place: Mapping[str, int], others: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return a size for a text that leaves the widget below it free."""
    below = [
        other["y"] - place["y"]
        for other in others
        if other["y"] > place["y"] and abs(other["x"] - place["x"]) < TEXT_WIDTH
    ]
    return {"width": TEXT_WIDTH, "height": max(min([TEXT_HEIGHT, *below]) - 4, FRAME_HEIGHT)}


def _layout(
    stored: StoredSimulation, names: Mapping[WidgetRecord, str], target: Any
) -> dict[str, Any]:
    """Return places and pace; widgets that were never moved apart have no places.

    The window shows the newest frame at its own pace. Of the old numbers of steps and frames it
    keeps how many steps come before each delay, and with each press on Step.
    """
    steps, frames, delay = stored.pace
    places = {
        names[widget]: {"x": x, "y": y} for widget, (x, y) in stored.positions if widget in names
    }
    apart = len({(place["x"], place["y"]) for place in places.values()}) > 1
    for widget in stored.widgets:
        if widget not in names:
            continue
        place = places[names[widget]]
        if isinstance(widget, ImageRecord):
            place |= _picture_extent(widget, names[widget], target)
        elif isinstance(widget, TextOutRecord):
            place |= _text_extent(place, places.values())
    return {
        "widgets": places if apart else {},
        "steps_per_frame": None,
        "steps_per_delay": max(1, steps) * max(1, frames),
        "delay": delay,
        "old_pace": {"simsteps_per_frame": steps, "frames_per_step": frames},
    }
