"""Files of IVISIT 0.7x (``.db``): read, never written.

An old file holds simulations with their widgets and the values and places these had.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivisit.errors import DirectiveError, StoreError
from ivisit.legacy.files.rows import comment_widget, data_widget, parameter_widget, position
from ivisit.legacy.records import NOT_NAMED, DataRecord, ParameterRecord, WidgetRecord

#: The tables of an old file, and the columns that are read.
TABLES = {
    "simulation": "key name comment date_init date_lastmod simsteps_per_frame frames_per_step "
    "delay_per_step grade",
    "parameter": "key name type range listidx",
    "dataarray": "key name",
    "parameterwidget": "key key_simulation key_parameter name comment type range items size pos "
    "value",
    "datawidget": "key key_simulation key_dataarray name comment type range pos scale",
    "commentwidget": "key key_simulation name comment fontname fontsize fontstyle fontcolor "
    "flagDisplayName pos",
}


@dataclass
class StoredSimulation:
    """One simulation of an old file.

    Attributes
    ----------
    key : int
        Its number in the file; 0.72 shows the simulation with the highest one.
    name, comment : str
        As the user wrote them.
    grade : int, float or None
        As the user gave it.
    dates : tuple of str
        When it was made and last changed, as ``YYYY.MM.DD``.
    pace : tuple of int
        Steps a frame, frames a step of the loop, milliseconds of pause.
    widgets : list of WidgetRecord
        Its widgets with their values.
    positions : list of (WidgetRecord, (int, int))
        Where they stood, in pixels.
    problems : list of str
        Widgets that could not be read, and what was changed in others.
    """

    key: int
    name: str
    comment: str
    grade: float | None
    dates: tuple[str, str]
    pace: tuple[int, int, int]
    widgets: list[WidgetRecord] = field(default_factory=list)
    positions: list[tuple[WidgetRecord, tuple[int, int]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_placeholder(self) -> bool:
        """Whether it is the row that every file begins with, and nobody has used it."""
        used = any(isinstance(w, ParameterRecord | DataRecord) for w in self.widgets)
        return self.name == NOT_NAMED and not self.comment and not used


def read_tables(path: str | os.PathLike[str]) -> list[StoredSimulation]:
    """Return the simulations of an old file, in the order of their numbers.

    The file is opened in a way that changes no byte of it and makes no file beside it.

    Raises
    ------
    StoreError
        When the file is missing, damaged, or no file of IVISIT 0.7x.
    """
    file = Path(path)
    if not file.is_file():
        raise StoreError(f"{file}: there is no such file")
    try:
        with closing(_connect(file)) as connection:
            return _read(connection, file)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{file}: is no file of IVISIT 0.7x, or damaged: {error}") from error


def is_old_file(path: Path) -> bool:
    """Tell by its content whether a file is one of IVISIT 0.7x, whatever it is called."""
    try:
        with closing(_connect(path)) as connection:
            _check_tables(connection, path)
    except (OSError, sqlite3.DatabaseError, StoreError):
        return False
    return True


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    # A text that is no UTF-8 is better shown with a replacement than not at all.
    connection.text_factory = lambda data: data.decode(errors="replace")
    return connection


def _read(connection: sqlite3.Connection, file: Path) -> list[StoredSimulation]:
    _check_tables(connection, file)
    tables = {
        table: [
            dict(row)
            for row in connection.execute(
                f"SELECT {', '.join(columns.split())} FROM {table} ORDER BY key"
            )
        ]
        for table, columns in TABLES.items()
    }
    parameters = {row["key"]: row for row in tables["parameter"]}
    data = {row["key"]: row for row in tables["dataarray"]}
    simulations = {row["key"]: _simulation(row) for row in tables["simulation"]}
    for table, connected, make in (
        ("parameterwidget", parameters, parameter_widget),
        ("datawidget", data, data_widget),
        ("commentwidget", {}, comment_widget),
    ):
        for row in tables[table]:
            simulation = simulations.get(row["key_simulation"])
            if simulation is not None:
                _add(simulation, row, connected, make)
    return list(simulations.values())


def _check_tables(connection: sqlite3.Connection, file: Path) -> None:
    """Raise `StoreError` when a table or a column is missing."""
    for table, columns in TABLES.items():
        present = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
        missing = sorted(set(columns.split()) - present)
        if missing:
            what = f"the table {table!r}" if not present else f"{table}.{missing[0]}"
            raise StoreError(f"{file}: is no file of IVISIT 0.7x: {what} is missing")


def _simulation(row: Mapping[str, Any]) -> StoredSimulation:
    comment = row["comment"]
    grade = row["grade"]
    return StoredSimulation(
        key=row["key"],
        name=row["name"],
        comment="" if comment in (None, NOT_NAMED) else str(comment),
        grade=grade if isinstance(grade, int | float) and grade >= 0 else None,
        dates=(str(row["date_init"]), str(row["date_lastmod"])),
        pace=(row["simsteps_per_frame"], row["frames_per_step"], row["delay_per_step"]),
    )


def _add(
    simulation: StoredSimulation, row: Mapping[str, Any], connected: Mapping[Any, Any], make: Any
) -> None:
    """Add the widget of one row; a row that makes no sense costs only itself."""
    try:
        widget, findings = make(row, connected)
    except (DirectiveError, KeyError, ValueError, TypeError) as error:
        simulation.problems.append(f"{row['name']!r}: {error}")
        return
    simulation.problems += [one.message for one in findings if one.severity != "note"]
    if widget is not None:
        simulation.widgets.append(widget)
        simulation.positions.append((widget, position(row["pos"])))
