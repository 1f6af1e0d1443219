"""Copying a whole store, and putting a copy back in its place."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ivisit.errors import StoreError
from ivisit.store.database import Database
from ivisit.store.logs import log_of
from ivisit.store.opening import (
    bring_up_to_date,
    connect_to_look,
    is_current,
    look_at,
    may_write,
    open_file,
    open_to_read,
    read_token,
)
from ivisit.store.problems import DamageError, damaged, explained


class BackupDatabase(Database):
    """What copies the whole store, and puts a copy back."""

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Write a complete copy of the store to `path`, also while others write to it.

        Raises
        ------
        StoreError
            When `path` exists or cannot be written.
        """
        target = Path(path).absolute()
        with self._reading() as source:
            _copy(source, target)

    @classmethod
    def restore_backup(
        cls, path: str | os.PathLike[str], backup: str | os.PathLike[str]
    ) -> Path | None:
        """Put a backup in the place of the store `path`, be it damaged, in use or missing.

        What `path` held is kept under another name beside it, with its log where it has one.
        (A backup that is only copied over the file is undone by the log that a killed process may
        have left beside it.) Programs that have the store open see the restored content.

        Parameters
        ----------
        path : str or Path
            The store.
        backup : str or Path
            A copy that `backup` made, or any copy of a whole store. It is not changed.

        Returns
        -------
        Path or None
            Where the former content is; None when there was none.

        Raises
        ------
        StoreError
            When `backup` is no sound store, or when `path` is a file of another program or may
            not be written. Nothing is changed then.
        """
        target, source = Path(path).absolute(), Path(backup).absolute()
        if target.exists() and source.exists() and target.samefile(source):
            raise StoreError(f"{source}: is the store itself. Name the backup.")
        with ExitStack() as undo:
            draft = target.with_name(f".{secrets.token_hex(8)}.part")
            undo.callback(draft.unlink, missing_ok=True)
            with sound_store(source) as sound, explained(target):
                _write_copy(sound, draft)
            if not target.exists():
                _move_companions(target, _free_name(target))
                with explained(target):
                    os.replace(draft, target)
                return None
            kept = _free_name(target)
            try:
                _write_over(target, draft, kept)
            except DamageError:
                _replace(target, draft, kept)
            return kept


@contextmanager
def sound_store(source: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection to a store that has no damage, for reading, with the newest tables."""
    if not source.exists():
        raise StoreError(f"{source}: there is no such backup.")
    with explained(source), ExitStack() as last:
        look_at(source)
        connection = _lent(source, last)
        (report,) = connection.execute("PRAGMA main.integrity_check(1)").fetchone()
        if report != "ok":
            raise damaged(source, report)
        yield connection


def _lent(source: Path, last: ExitStack) -> sqlite3.Connection:
    if may_write(source):
        # As for writing, so that SQLite leaves no helper files beside it.
        connection = connect_to_look(source)
        last.callback(connection.close)
        if is_current(connection, source):
            return connection
        folder = last.enter_context(TemporaryDirectory(prefix="ivisit-"))
        copy = sqlite3.connect(Path(folder) / source.name, isolation_level=None)
        last.callback(copy.close)
        connection.backup(copy)
        bring_up_to_date(copy, source)
        return copy
    opened = open_to_read(source)
    if opened.snapshot is not None:
        last.callback(opened.snapshot.cleanup)
    last.callback(opened.connection.close)
    return opened.connection


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Write a copy to a new file `target`, complete or not at all."""
    if target.exists():
        raise StoreError(f"{target}: exists already. Choose another name for the copy.")
    draft = target.with_name(f".{secrets.token_hex(8)}.part")
    with explained(target), ExitStack() as undo:
        undo.callback(draft.unlink, missing_ok=True)
        _write_copy(source, draft)
        os.rename(draft, target)


def _write_copy(source: sqlite3.Connection, draft: Path) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        source.backup(copy)
        # One file, with no log beside it; and no log of the original is taken for its own.
        copy.execute("PRAGMA journal_mode = DELETE")
        _mark_anew(copy)


def _mark_anew(copy: sqlite3.Connection, former: bytes | None = None) -> None:
    copy.execute("UPDATE mark SET former = ?, token = ?", (former, os.urandom(16)))


def _write_over(target: Path, draft: Path, kept: Path) -> None:
    """Bring the content of `draft` into the sound store `target`, through SQLite's locks."""
    with explained(target):
        opened = open_file(target, create=False, patience=60.0)
        with ExitStack() as last:
            if opened.snapshot is not None:
                last.callback(opened.snapshot.cleanup)
            last.callback(opened.connection.close)
            if opened.read_only:
                raise StoreError(f"{target}: is read-only, nothing was restored.")
            connection = opened.connection
            _copy(connection, kept)
            token = read_token(connection)
            with closing(sqlite3.connect(draft, isolation_level=None)) as source:
                _mark_anew(source, token)
                source.backup(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA main.wal_checkpoint(TRUNCATE)").fetchone()


def _replace(target: Path, draft: Path, kept: Path) -> None:
    """Put `draft` in the place of a damaged file, after its log and a copy of it are kept."""
    with explained(target):
        _move_companions(target, kept)
        shutil.copy2(target, kept)
        os.replace(draft, target)


def _move_companions(target: Path, kept: Path) -> None:
    log = log_of(target)
    stem = log.name.removesuffix("-wal")
    for end in ("-wal", "-journal"):
        companion = log.with_name(stem + end)
        if companion.exists():
            os.rename(companion, kept.with_name(kept.name + end))
    with suppress(FileNotFoundError):
        log.with_name(f"{stem}-shm").unlink()


def _free_name(target: Path) -> Path:
    """Return a name for what `target` held, e.g. ``a.ivisit.replaced-20260501-123000``."""
    # Its ending is another one, so that it does not count as a store of the folder.
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    number, free = 1, target.with_name(f"{target.name}.replaced-{stamp}")
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}.replaced-{stamp}-{number}")
    return free
