"""Transactions: for reading one state, and for writing, where they wait instead of failing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ivisit.store.problems import is_busy

#: How long SQLite itself waits for a lock before it reports that it is taken.
BUSY_SECONDS = 10.0


@contextmanager
def immediate(connection: sqlite3.Connection, patience: float) -> Iterator[None]:
    """Run the block in a write transaction: all of it is stored, or nothing.

    BEGIN IMMEDIATE takes the write lock at once. A plain BEGIN would take it with the first
    statement that writes, and there, behind a read, SQLite fails without waiting.

    Parameters
    ----------
    connection : sqlite3.Connection
        In autocommit mode.
    patience : float
        Seconds after which waiting for other writers ends with `sqlite3.OperationalError`.
    """
    end = time.monotonic() + patience
    try:
        _persist(connection, "BEGIN IMMEDIATE", end)
        yield
        # In rollback mode a commit waits for readers; it may be repeated until it succeeds.
        _persist(connection, "COMMIT", end)
    finally:
        # Some errors, a full disk among them, end the transaction by themselves.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all statements of the block read the same state of the file."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _persist(connection: sqlite3.Connection, statement: str, end: float) -> None:
    """Execute `statement`, again and again while other processes are writing."""
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > end:
                raise
            time.sleep(0.005)
