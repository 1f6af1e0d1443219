"""How a path becomes an open connection: looked at first, then for writing or only for reading.

A file that is not a store is recognised before anything could change it. A file that may not be
written is shown all the same, with everything that was committed to it.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ivisit.errors import StoreError
from ivisit.store.logs import belongs, log_of, read_log
from ivisit.store.migrations import MIGRATIONS
from ivisit.store.problems import DamageError, damaged, is_busy, name_of
from ivisit.store.schema import read_version, upgrade
from ivisit.store.transactions import BUSY_SECONDS, immediate, reading

log = logging.getLogger(__name__)

#: Files up to this size are checked for damage whenever they are opened (about 1 ms per MB).
CHECKED_BYTES = 64 * 1024 * 1024

#: An SQLite file has at least one page. A smaller one would be taken for an empty file.
SMALLEST = 512

#: Files that SQLite keeps beside a database and that may hold committed or half-written rows.
COMPANIONS = ("-wal", "-journal")


@dataclass(frozen=True)
class OpenFile:
    """An open store: the connection, and the private copy that it reads, if it reads one."""

    connection: sqlite3.Connection
    read_only: bool
    snapshot: TemporaryDirectory[str] | None = None


def open_file(path: Path, create: bool, patience: float) -> OpenFile:
    """Open the store `path`, make it if need be, and bring its tables up to date.

    Parameters
    ----------
    path : Path
        An absolute path.
    create : bool
        Whether to make a file that does not exist.
    patience : float
        Seconds to wait for other writers.

    Raises
    ------
    StoreError
        When there is no usable store at `path`. The file is left as it was.
    sqlite3.Error
        When SQLite cannot read the file.
    """
    if path.is_dir():
        raise StoreError(f"{path}: is a folder. Give the name of a file in it.")
    if not path.exists() and not create:
        raise StoreError(f"{path}: there is no such parameter store.")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: its folder does not exist. Create it first.")
    if path.exists():
        look_at(path)
    elif not os.access(path.parent, os.W_OK):
        raise StoreError(f"{path}: you may not create files in this folder. Choose another one.")
    if path.exists() and not may_write(path):
        log.warning("%s is read-only: parameter sets can be loaded, but not saved", path)
        return open_to_read(path)
    return _open_writable(path, patience)


def may_write(path: Path) -> bool:
    """Tell whether a store may be written."""
    # The folder counts as well: SQLite writes its log there.
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def connect_to_look(path: Path) -> sqlite3.Connection:
    """Connect to a store that may be written, but will not be."""
    connection = _connect_shared(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def is_database(path: Path) -> bool:
    """Tell whether `path` is an SQLite file, of whatever program."""
    if not path.is_file() or path.stat().st_size < SMALLEST:
        return False
    try:
        with closing(_connect_alone(path)) as connection:
            connection.execute("PRAGMA main.schema_version").fetchone()
    except sqlite3.DatabaseError as error:
        return not name_of(error).startswith(("SQLITE_NOTADB", "SQLITE_CANTOPEN"))
    return True


def look_at(path: Path) -> None:
    """Raise `StoreError` for a file that is no store, or not safe to open, and leave it alone."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{path}: is no ordinary file. Choose another name.")
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path}: you may not read this file. Ask its owner.")
    refuse_second_name(path, status)
    if 0 < status.st_size < SMALLEST:
        raise damaged(path, f"the file has {status.st_size} bytes")
    _refuse_foreign(path)
    _refuse_foreign_log(path)


def refuse_second_name(path: Path, status: os.stat_result) -> None:
    """Raise `StoreError` for a file that has several names (hard links)."""
    # SQLite keeps the log under the name that was used: through another one, what is in it is
    # missing, and two logs for one file lose what was saved.
    if status.st_nlink > 1:
        raise StoreError(
            f"{path}: this file has {status.st_nlink} names (hard links), and what is saved under "
            "one of them would be lost under another. Make a copy, or remove the other names."
        )


def _connect(path: Path, options: str) -> sqlite3.Connection:
    # Transactions are begun and ended by hand; threads take turns (see Database).
    connection = sqlite3.connect(
        f"{path.as_uri()}?{options}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    # The file may be a stranger's: nothing that it defines may call functions with side effects.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _refuse_foreign(path: Path) -> None:
    """Raise `StoreError` for a file of another program, without locks and without a trace."""
    with closing(_connect_alone(path)) as connection, _damage_tolerated(), reading(connection):
        read_version(connection, path, alone=True)


def _refuse_foreign_log(path: Path) -> None:
    """Raise `StoreError` when the log beside the file is that of another state of the file."""
    if read_log(path) is None:
        return
    for _ in range(20):
        before = _mark_alone(path)
        if before is None:
            return  # whether the log mends it is seen when it is opened
        for verify in (False, True):
            # Frames that are being written, or whose writer was killed, do not count.
            found = read_log(path, verify=verify)
            if found is None or belongs(found, *before):
                return
        # Where another process writes, file and log were not read as they were at one moment.
        if _mark_alone(path) == before:
            raise DamageError(
                f"{path}: the log beside it ({log_of(path).name}) was written for another state "
                "of this file. Was a backup copied over it? Nothing was changed. "
                f"'ivisit store restore BACKUP --db {path}' puts a backup in its place, and keeps "
                "a copy of what is there."
            )


def _mark_alone(path: Path) -> tuple[bytes | None] | None:
    """Return the mark in the file, without what its log would change; None when it is damaged."""
    with closing(_connect_alone(path)) as connection, _damage_tolerated(), reading(connection):
        return (
            read_token(connection) if read_version(connection, path, alone=True) >= 2 else None,
        )
    return None


def read_token(connection: sqlite3.Connection) -> bytes | None:
    """Return the mark of an open file; None when somebody removed it."""
    row = connection.execute("SELECT token FROM mark").fetchone()
    return row[0] if row and isinstance(row[0], bytes) else None


def _connect_alone(path: Path) -> sqlite3.Connection:
    # Not read with open(): closing that file would drop the locks that another connection of
    # this process holds on it.
    return _connect(path, "mode=ro&immutable=1")


@contextmanager
def _damage_tolerated() -> Iterator[None]:
    """Let pass that a file without its log is damaged: a killed writer leaves it so."""
    try:
        yield
    except UnicodeDecodeError:
        pass
    except sqlite3.DatabaseError as error:
        if not name_of(error).startswith("SQLITE_CORRUPT"):
            raise


def _open_writable(path: Path, patience: float) -> OpenFile:
    with ExitStack() as undo:
        connection = _connect_shared(path)
        undo.callback(connection.close)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        _refuse_damaged(connection, path)
        with reading(connection):
            version = read_version(connection, path)
        if version < len(MIGRATIONS):
            with immediate(connection, patience):
                # Read again: another process may have done it while this one waited.
                upgrade(connection, read_version(connection, path))
        _request_wal(connection, path)
        undo.pop_all()
        return OpenFile(connection, read_only=False)


def _connect_shared(path: Path) -> sqlite3.Connection:
    """Connect for writing, also where the file is in WAL mode and the drive cannot serve that."""
    connection = _connect(path, "mode=rwc")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        connection.close()
        if not name_of(error).startswith("SQLITE_CANTOPEN"):
            raise
    else:
        return connection
    # A store that came from a local disk to a network drive without shared memory: taken alone
    # for a moment it can be read, and leaves the WAL mode.
    connection = _connect(path, "mode=rw")
    with ExitStack() as undo:
        undo.callback(connection.close)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("SELECT count(*) FROM sqlite_master")  # lets go of the exclusive lock
        undo.pop_all()
    return connection


def _refuse_damaged(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > CHECKED_BYTES:
        return
    # The full check also compares tables with their indexes, so that it finds what a copy made
    # during a save lacks. Only "main": else it opens the temporary database for good.
    (report,) = connection.execute("PRAGMA main.integrity_check(1)").fetchone()
    if report != "ok":
        raise damaged(path, report)


def _request_wal(connection: sqlite3.Connection, path: Path, seconds: float = 1.0) -> None:
    """Switch to the write-ahead log where the drive can do it; both modes are safe."""
    end = time.monotonic() + seconds
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            # Somebody works in the other mode right now. SQLite does not wait here by itself.
            mode = "busy"
        if mode != "busy" or time.monotonic() > end:
            break
        time.sleep(0.01)
    if mode != "wal":
        log.info("%s: no write-ahead log here (%s), so writers wait for each other", path, mode)


def open_to_read(path: Path) -> OpenFile:
    """Open a store that `look_at` accepts, and change nothing."""
    with ExitStack() as undo:
        snapshot = None
        connection = _connect(path, "mode=ro")
        if is_current(connection, path):
            undo.callback(connection.close)
        else:
            connection.close()
            snapshot = TemporaryDirectory(prefix="ivisit-")
            undo.callback(snapshot.cleanup)
            connection = _connect(_copy(path, Path(snapshot.name)), "mode=rw")
            undo.callback(connection.close)
            bring_up_to_date(connection, path)
        connection.execute("PRAGMA query_only = ON")
        _refuse_damaged(connection, path)
        undo.pop_all()
    return OpenFile(connection, read_only=True, snapshot=snapshot)


def bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables of a private copy of `path` up to date."""
    with immediate(connection, 0):
        version = read_version(connection, path)
        if version == 0:
            raise StoreError(f"{path}: is empty. Choose another file.")
        upgrade(connection, version)


def is_current(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether a file that may only be read can be read in its place."""
    try:
        with reading(connection):
            return read_version(connection, path) == len(MIGRATIONS)
    except sqlite3.OperationalError as error:
        # The log beside it needs a helper file that may not be made here; ignoring the log would
        # hide committed rows.
        if not name_of(error).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise
        return False


def _copy(path: Path, folder: Path, attempts: int = 20) -> Path:
    """Copy a database with its log into `folder`, as it was at one moment."""
    files = [path, *(path.with_name(path.name + end) for end in COMPANIONS)]

    def state() -> list[tuple[int, int, int]]:
        stats = [file.stat() for file in files if file.exists()]
        return [(stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats]

    for _ in range(attempts):
        before = state()
        for file in files:
            (folder / file.name).unlink(missing_ok=True)
            if file.exists():
                shutil.copyfile(file, folder / file.name)
        if state() == before:
            return folder / path.name
        time.sleep(0.05)
    raise StoreError(f"{path}: changes all the time, so no copy to read could be made; try again.")
