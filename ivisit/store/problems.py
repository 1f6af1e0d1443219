"""What SQLite reports, said so that a person knows what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivisit.errors import StoreError

_DAMAGED = (
    "is damaged or not a parameter store. It was not changed. 'ivisit store restore BACKUP' puts a "
    "backup in its place and keeps a copy of it; 'sqlite3 FILE .recover' may save what is still "
    "readable"
)


class DamageError(StoreError):
    """The file is there, but not as a store left it; a backup may take its place."""


#: Beginnings of SQLite's error names, and what to tell the user; the first that fits counts.
_MEANINGS = {
    ("SQLITE_CORRUPT", "SQLITE_NOTADB"): _DAMAGED,
    ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE"): (
        "could not be written: the disk or your quota seems to be full. What was saved before is "
        "safe; make room and save again"
    ),
    ("SQLITE_READONLY",): (
        "is read-only. Copy it to a folder where you may write, or change its permissions"
    ),
    ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"): (
        "is locked by another program. Nothing was changed; close that program or try again"
    ),
    ("SQLITE_CANTOPEN",): (
        "could not be opened. Check that you may read and write the file, its folder and the "
        "files beside it whose names end with -wal and -shm"
    ),
}


def name_of(error: sqlite3.Error) -> str:
    """Return SQLite's name for an error."""
    # What the module sqlite3 itself finds has no name; it is that a text is no UTF-8.
    unnamed = "SQLITE_CORRUPT" if str(error).startswith("Could not decode") else ""
    return getattr(error, "sqlite_errorname", unnamed)


def explain(path: Path, error: sqlite3.Error) -> str:
    """Return the message for an error that SQLite reports about the file `path`."""
    name = name_of(error)
    for beginnings, meaning in _MEANINGS.items():
        if name.startswith(beginnings):
            return f"{path}: {meaning} (SQLite: {error})."
    return f"{path}: SQLite reports: {error} ({name or type(error).__name__})."


def damaged(path: Path, report: str) -> StoreError:
    """Return the error for a file in which SQLite's own check finds damage."""
    return DamageError(f"{path}: {_DAMAGED} (SQLite: {report.splitlines()[-1]}).")


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether `error` says that the file is damaged."""
    return name_of(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether `error` only says that another process is writing."""
    names = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
    return name_of(error).startswith(names)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the file system into one `StoreError` that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        kind = DamageError if is_damage(error) else StoreError
        raise kind(explain(path, error)) from error
    except UnicodeDecodeError as error:
        # SQLite's own message may repeat what is damaged.
        raise DamageError(f"{path}: {_DAMAGED} (SQLite: malformed names).") from error
    except OverflowError as error:
        raise StoreError(f"{path}: a number has more than 64 bits ({error}).") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error} ({type(error).__name__}).") from error
