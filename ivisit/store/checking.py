"""What a store holds, and whether it is still what was saved."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivisit.store.checksums import SIGNED, checksum
from ivisit.store.database import Database
from ivisit.store.logs import log_of
from ivisit.store.parameter_set import ParameterSet
from ivisit.store.queries import HISTORY, RUNS, fetch
from ivisit.store.run_rows import COLUMNS as RUN_COLUMNS
from ivisit.store.run_rows import STATUSES, StoredRun, to_run
from ivisit.store.set_rows import COLUMNS as SET_COLUMNS
from ivisit.store.set_rows import to_set

#: Rows that are read at a time; it bounds the memory.
BATCH = 1000


@dataclass(frozen=True)
class StoreCheck:
    """What `ParameterStore.check` found.

    Attributes
    ----------
    structure : list of str
        What SQLite says about the structure of the file; empty when it is sound.
    sets : list of ParameterSet
        The damaged versions; each one's ``damage`` says what is wrong.
    runs : list of StoredRun
        The damaged runs.
    accepted : int
        How many changed rows were signed as they are.
    """

    structure: list[str]
    sets: list[ParameterSet]
    runs: list[StoredRun]
    accepted: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged."""
        return not (self.structure or self.sets or self.runs)


@dataclass(frozen=True)
class StoreInfo:
    """What `ParameterStore.info` tells.

    Attributes
    ----------
    path : Path
        The file.
    size : int
        Bytes of the file.
    schema : int
        Version of its tables.
    read_only : bool
        Whether it may only be read.
    simulations, sets, versions, deleted_sets, runs : int
        How many there are.
    pages_in_log : int
        Pages of 4 KB that are committed, but not yet in the file, because another program is
        reading it. While there are any, the file alone is not the whole store.
    free_pages : int
        Pages of 4 KB that `vacuum` would give back.
    """

    path: Path
    size: int
    schema: int
    read_only: bool
    simulations: int
    sets: int
    versions: int
    deleted_sets: int
    runs: int
    pages_in_log: int
    free_pages: int


class CheckingDatabase(Database):
    """What looks at the store as a whole."""

    def check(self, *, accept: bool = False) -> StoreCheck:
        """Look for damage: of the file's structure, and in each version and run.

        Parameters
        ----------
        accept : bool, default False
            Sign the rows that somebody changed on purpose, with the ``sqlite3`` shell; they count
            as sound from then on. What cannot be read as a set or a run stays damaged.

        Raises
        ------
        StoreError
            When the file cannot be read, or, with `accept`, not be written.
        """
        accepted = self._accept() if accept else 0
        sets: list[ParameterSet] = []
        runs: list[StoredRun] = []
        with self._reading() as connection:
            lines = [line for (line,) in connection.execute("PRAGMA main.integrity_check")]
            keys = connection.execute("PRAGMA main.foreign_key_check").fetchall()
            for rows in _batches(connection, f"id, {SET_COLUMNS}", HISTORY):
                sets += [one for one in (to_set(row[1:], row[1]) for row in rows) if one.damage]
            for rows in _batches(connection, RUN_COLUMNS, RUNS):
                runs += [one for one in map(to_run, rows) if one.status == "damaged"]
        structure = [] if lines == ["ok"] else lines
        structure += [f"row {row} of {table} belongs to nothing" for table, row, *_ in keys]
        return StoreCheck(structure, sets, runs, accepted)

    def info(self) -> StoreInfo:
        """Return what the store holds, and how it lies on the disk."""
        waiting = self._pages_in_log()
        with self._reading() as connection:

            def number(statement: str) -> int:
                return int(connection.execute(statement).fetchone()[0])

            sets = "SELECT count(*) FROM parameter_set WHERE deleted_at IS"
            return StoreInfo(
                path=self.path,
                size=self.path.stat().st_size,
                schema=number("PRAGMA main.user_version"),
                read_only=self.read_only,
                simulations=number("SELECT count(*) FROM simulation"),
                sets=number(f"{sets} NULL"),
                versions=number("SELECT count(*) FROM set_version"),
                deleted_sets=number(f"{sets} NOT NULL"),
                runs=number("SELECT count(*) FROM run"),
                pages_in_log=waiting,
                free_pages=number("PRAGMA main.freelist_count"),
            )

    def _pages_in_log(self) -> int:
        if self.read_only:
            # Without writing nobody can tell which pages of the log are in the file already.
            log = log_of(self.path)
            return log.stat().st_size // 4096 if log.exists() else 0
        with self._lock:
            self._check_open()
            return self._checkpoint("PASSIVE")

    def _accept(self) -> int:
        """Sign all rows that can be read as a set or a run, and return how many were not before."""
        accepted = 0
        with self._writing() as connection:
            for table, columns in SIGNED.items():
                for rows in _batches(connection, f"id, checksum, {', '.join(columns)}", table):
                    new = [
                        (checksum(values), number)
                        for number, signature, *values in rows
                        if signature != checksum(values) and _is_readable(table, values)
                    ]
                    connection.executemany(f"UPDATE {table} SET checksum = ? WHERE id = ?", new)
                    accepted += len(new)
        return accepted


def _is_readable(table: str, values: list[Any]) -> bool:
    """Tell whether the signed columns of a row make a set or a run."""
    if table == "run":
        return to_run((0, "", checksum(values), *values)).status in STATUSES
    return not to_set(("", "", None, checksum(values), *values), "").damage


def _batches(
    connection: sqlite3.Connection, columns: str, table: str
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a table, some at a time; the first of the columns is ``id``."""
    last = -(2**63)
    while rows := fetch(
        connection,
        f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {BATCH}",
        (last,),
    ):
        yield rows
        last = rows[-1][0]
