"""Old files among those from which parameter sets can be imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.sets.actions import READERS

if TYPE_CHECKING:
    from ivisit.store import ParameterSet, ParameterStore


def offer() -> None:
    """Have `ivisit.sets.actions.import_file` read the ``.db`` files of IVISIT 0.7x, too."""
    if (_is_old, _read) not in READERS:
        READERS.append((_is_old, _read))


def _is_old(path: Path) -> bool:
    from ivisit.legacy.files.tables import is_old_file

    return path.suffix == ".db" or is_old_file(path)


def _read(path: Path, store: ParameterStore, simulation: Any) -> list[ParameterSet]:
    from ivisit.legacy.files.database import import_database

    return import_database(path, store, simulation)
