"""What a run begins with: the store that it reads or writes, and the parameter set."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError, StoreError
from ivisit.plugins.finding import plugin_name
from ivisit.plugins.origins import source_file
from ivisit.simulation import Simulation

if TYPE_CHECKING:
    from ivisit.store import ParameterSet, ParameterStore

logger = logging.getLogger(__name__)

#: Bytes that a disk must have free for a run to be entered.
ROOM = 2**16


def store_name(simulation: type[Simulation]) -> str:
    """Return what a simulation's store is called: its file's stem, else its plugin's name."""
    name = plugin_name(simulation)
    if name is not None:
        return name
    source = source_file(simulation)
    return source.stem if source is not None else simulation.key


def split_set(text: str) -> tuple[Path | None, str]:
    """Split ``OTHER.ivisit:NAME`` into the file and the name of a set; the file may be missing.

    >>> split_set("soft"), split_set("kept.ivisit:soft")
    ((None, 'soft'), (PosixPath('kept.ivisit'), 'soft'))
    """
    file, colon, name = text.partition(".ivisit:")
    if colon and file and name:
        return Path(file + ".ivisit").expanduser(), name
    return None, text


def take_set(
    simulation: Simulation,
    name: str,
    store: ParameterStore | str | os.PathLike[str] | None = None,
    *,
    strict: bool = True,
) -> ParameterSet:
    """Give a simulation the values of a stored parameter set.

    Parameters
    ----------
    simulation : Simulation
        The instance.
    name : str
        The set's name, ``NAME@VERSION`` for a former version, or ``OTHER.ivisit:NAME`` for one in
        another store.
    store : ParameterStore or path-like, optional
        Where the set is; by default the simulation's own store in the working directory.
    strict : bool, optional
        Whether a set of which something does not fit the declaration is refused. Else what fits is
        taken, and a warning names the rest.

    Raises
    ------
    ParameterError
        When something does not fit.
    StoreError
        When there is no such store or set; the message names the file.
    """
    file, name = split_set(name)
    opened = _open(simulation, file if file is not None else store, name)
    try:
        try:
            name, version = _version(opened, simulation, name)
            stored = opened.load(type(simulation), name, version=version)
        except StoreError as error:
            raise StoreError(f"{opened.path}: {error}") from error
    finally:
        if opened is not store:
            opened.close()
    take_stored(simulation, stored, str(opened.path), strict=strict)
    return stored


def take_stored(
    simulation: Simulation, stored: ParameterSet, place: str, *, strict: bool = True
) -> None:
    """Give a simulation the values of a set that was loaded from `place`; see `take_set`."""
    # What was brought inside its range, as old scripts have it, is among the values all the same.
    left_out = [text for key, text in stored.problems.items() if key not in stored.parameters]
    if left_out and strict:
        raise ParameterError(
            f"{place}: the parameter set {stored.name!r} does not fit {type(simulation).key}: "
            f"{_as_sentences(left_out)} Say --loose, in Python strict=False, to take what fits."
        )
    if stored.problems:
        told = _as_sentences(stored.problems.values())
        logger.warning("%s: the parameter set %r does not fit: %s", place, stored.name, told)
    simulation.parameters.take(stored.adjustments, stored)


def _version(store: ParameterStore, simulation: Simulation, text: str) -> tuple[str, int | None]:
    from ivisit.store.parameter_set import split_version

    # Looked up only where there is a choice.
    names = [one.name for one in store.sets(type(simulation))] if "@" in text else ()
    return split_version(text, names)


def _as_sentences(texts: Iterable[str]) -> str:
    return " ".join(text if text.endswith((".", "?")) else f"{text}." for text in texts)


def _open(
    simulation: Simulation, store: ParameterStore | str | os.PathLike[str] | None, name: str
) -> ParameterStore:
    """Return an open store that may have the set `name`; it is `store` itself where that is one."""
    from ivisit.store import ParameterStore, default_path

    if isinstance(store, ParameterStore):
        return store
    if store is None:
        store = default_path(store_name(type(simulation)))
        simulation._opening(store)  # an old script brings the sets of its old file
    if not Path(store).exists():
        raise StoreError(
            f"{store}: there is no such parameter store, so it has no parameter set {name!r}."
        )
    return ParameterStore(store, create=False)


def open_for_writing(store: ParameterStore | str | os.PathLike[str]) -> ParameterStore:
    """Return an open store that a run can be entered into, or say at once that it cannot.

    Raises
    ------
    StoreError
        When the file is no store, may not be written, or its disk is full.
    """
    from ivisit.store import ParameterStore

    opened = store if isinstance(store, ParameterStore) else ParameterStore(store)
    reason = _obstacle(opened)
    if reason:
        if opened is not store:
            opened.close()
        raise StoreError(f"{opened.path}: the run cannot be entered: {reason}")
    return opened


def _obstacle(store: Any) -> str:
    if store.read_only:
        return "the file is read-only"
    if shutil.disk_usage(store.path.parent).free < ROOM:
        return "the disk is full"
    return ""
