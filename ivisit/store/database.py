"""`Database`: one open store file; reading, writing and closing it, from any thread."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from ivisit.errors import StoreError
from ivisit.store.opening import open_file, refuse_second_name
from ivisit.store.problems import explained
from ivisit.store.transactions import immediate, reading

log = logging.getLogger(__name__)


class Database:
    """An open store file.

    Parameters
    ----------
    path : str or Path
        The file. It is made when it does not exist.
    create : bool, default True
        Whether to make a file that does not exist.
    patience : float, default 60
        Seconds for which a write waits for other writers before it gives up.

    Attributes
    ----------
    path : Path
        The file, absolute.
    read_only : bool
        Whether the file may only be read; writing then raises `StoreError`.

    Raises
    ------
    StoreError
        When there is no usable store at `path`. Such a file is never changed.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, create: bool = True, patience: float = 60.0
    ) -> None:
        self.path = Path(path).absolute()
        self._patience = patience
        self._lock = threading.RLock()
        self._is_together = False
        self._process = os.getpid()
        with explained(self.path):
            self._file = open_file(self.path, create, patience)
            self._identity = self._identify()
        self._open = True
        self.read_only = self._file.read_only

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "" if self._open else ", closed"
        return f"{type(self).__name__}({str(self.path)!r}{state})"

    def close(self) -> None:
        """Close the file; all that was saved is then in this one file, ready to be copied.

        While another program has the store open, SQLite keeps its helper files (-wal, -shm)
        beside it. Closing twice does no harm.
        """
        with self._lock, explained(self.path):
            # A forked child must not touch what belongs to its parent.
            if not self._open or self._process != os.getpid():
                return
            self._open = False
            with ExitStack() as last:
                if self._file.snapshot is not None:
                    last.callback(self._file.snapshot.cleanup)
                last.callback(self._file.connection.close)
                if not self.read_only:
                    # A reader elsewhere may delay this; SQLite then does it at the next chance.
                    self._file.connection.execute("PRAGMA busy_timeout = 1000")
                    self._checkpoint("TRUNCATE")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for reading one state of the file."""
        with self._lock, explained(self.path):
            self._check_open()
            if self._is_together:
                yield self._file.connection
                return
            with reading(self._file.connection):
                yield self._file.connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is done within the block in one transaction: all of it, or nothing.

        For many small changes that is also much quicker than each by itself. Nothing is written
        when an error leaves the block.

        Examples
        --------
        >>> import tempfile
        >>> from ivisit import ParameterStore
        >>> with tempfile.TemporaryDirectory() as folder, ParameterStore(f"{folder}/s") as store:
        ...     with store.together():
        ...         for count in range(100):
        ...             _ = store.save("Walk", f"run {count}", {"stride": float(count)})
        ...     len(store.sets("Walk"))
        100
        """
        with self._lock:
            if self._is_together:
                yield
                return
            with self._writing():
                self._is_together = True
                try:
                    yield
                finally:
                    self._is_together = False

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one write transaction; it is on the disk when this ends.

        Within `together` it belongs to the transaction of that.
        """
        with self._lock, explained(self.path):
            self._check_writable()
            if self._is_together:
                yield self._file.connection
                return
            with immediate(self._file.connection, self._patience):
                self._file.connection.execute(
                    "INSERT INTO mark (id, token) VALUES (1, ?1) "
                    "ON CONFLICT (id) DO UPDATE SET former = token, token = ?1",
                    (os.urandom(16),),
                )
                yield self._file.connection
            # So that somebody who copies the file while it is open gets the newest rows too.
            self._checkpoint("PASSIVE")

    def _checkpoint(self, mode: str) -> int:
        """Move committed rows from the log into the file; return how many pages have to wait."""
        try:
            _, pages, moved = self._file.connection.execute(
                f"PRAGMA main.wal_checkpoint({mode})"
            ).fetchone()
        except sqlite3.OperationalError as error:
            # The rows are safe in the log; the next opening moves them.
            log.warning("%s: its log could not be merged now (%s)", self.path, error)
            return 1
        return max(pages - moved, 0)

    def _check_open(self) -> None:
        if not self._open:
            raise StoreError(f"{self.path}: the store is closed. Open it again.")
        if self._process != os.getpid():
            raise StoreError(
                f"{self.path}: was opened by the parent process. Open the store in each process."
            )

    def _check_writable(self) -> None:
        self._check_open()
        if self.read_only:
            raise StoreError(
                f"{self.path}: is read-only, nothing was saved. Copy it to a folder where you may "
                "write, or change its permissions and open it again."
            )
        # SQLite would go on writing into a file that no longer has a name, and all of it would
        # be lost.
        if self._identify() != self._identity:
            raise StoreError(
                f"{self.path}: was moved, deleted or replaced while it was open; nothing was "
                "saved. Open the store again."
            )

    @property
    def is_in_place(self) -> bool:
        """Whether the path still leads to the file that is open.

        False when somebody has moved, deleted or replaced it: what was committed can still be
        read, and copied with `backup`, as long as the store is open.
        """
        try:
            return self._identify() == self._identity
        except (OSError, StoreError):
            return False

    def _identify(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            return None
        refuse_second_name(self.path, status)
        return status.st_dev, status.st_ino
