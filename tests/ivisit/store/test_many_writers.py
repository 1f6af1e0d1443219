"""Processes and threads that write at the same time wait for each other; nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore
from ivisit.store.transactions import immediate


def check_all_saves(path: Path, writers: int, saves: int) -> None:
    """Check that each save of each writer is there, once and in order."""
    with ParameterStore(path, create=False) as store:
        shared = store.history("S", "shared")
        assert [one.version for one in shared] == list(range(1, writers * saves // 2 + 1))
        for writer in range(writers):
            own = store.history("S", f"writer {writer}")
            mine = [one for one in shared if one["writer"] == writer]
            assert [one["n"] for one in own] == list(range(0, saves, 2))
            assert [one["n"] for one in mine] == list(range(1, saves, 2))


def test_eight_processes_lose_nothing_and_are_never_locked_out(
    path: Path, run_script: Callable[..., Any], query: Callable[..., Any]
) -> None:
    assert run_script("writers.py", path, "8", "150") == [0] * 8
    check_all_saves(path, 8, 150)
    assert query("PRAGMA journal_mode") == [("wal",)]
    assert query("PRAGMA integrity_check") == [("ok",)]


def test_nothing_is_lost_where_the_drive_refuses_the_write_ahead_log(
    path: Path, run_script: Callable[..., Any], query: Callable[..., Any]
) -> None:
    assert run_script("writers.py", path, "4", "30", "unix-dotfile") == [0] * 4
    assert query("PRAGMA journal_mode") == [("delete",)]
    check_all_saves(path, 4, 30)


def test_a_store_from_a_local_disk_works_on_a_drive_without_write_ahead_log(
    path: Path, run_script: Callable[..., Any], query: Callable[..., Any]
) -> None:
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1})
    assert query("PRAGMA journal_mode") == [("wal",)]
    assert run_script("writers.py", path, "2", "4", "unix-dotfile") == [0, 0]
    with ParameterStore(path) as store:
        assert [one.name for one in store.sets()] == ["a", "shared", "writer 0", "writer 1"]


def test_one_store_may_be_used_from_several_threads(store: ParameterStore) -> None:
    def save() -> None:
        for n in range(20):
            store.save("S", "a", {"n": n})
            store.load("S", "a")

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.version for one in store.history("S", "a")] == list(range(1, 81))


def test_each_thread_may_open_the_store_for_itself(store: ParameterStore, path: Path) -> None:
    def save() -> None:
        with ParameterStore(path) as mine:
            for n in range(10):
                mine.save("S", "a", {"n": n})

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.save("S", "a", {"n": 10})
    assert len(store.history("S", "a")) == 41


def test_a_forked_process_is_told_to_open_the_store_itself(store: ParameterStore) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            store.save("S", "a", {})
        except StoreError as error:
            os.write(writing, str(error).encode())
            store.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert "was opened by the parent process" in answer.read()
    assert store.save("S", "a", {}).version == 1


def test_a_writer_gives_up_after_its_patience_and_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivisit.store.opening.BUSY_SECONDS", 0.0)
    with ParameterStore(path, patience=0.0) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match=r"is locked by another program. Nothing was chan"):
                store.save("S", "a", {})
        assert store.save("S", "a", {}).version == 1


def test_a_writer_goes_on_trying_after_sqlite_itself_gave_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivisit.store.opening.BUSY_SECONDS", 0.0)
    with (
        ParameterStore(path) as store,
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        attempts = threading.Semaphore(0)
        # Called for each statement: the first BEGIN was refused when the second one comes.
        store._file.connection.set_trace_callback(lambda statement: attempts.release())

        def let_go() -> None:
            attempts.acquire()
            attempts.acquire()
            other.execute("ROLLBACK")

        thread = threading.Thread(target=let_go)
        thread.start()
        assert store.save("S", "a", {}).version == 1
        thread.join()


def test_a_commit_that_must_wait_for_readers_is_repeated(path: Path) -> None:
    with (
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as writer,
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as reader,
    ):
        writer.execute("CREATE TABLE number (n)")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM number").fetchall()
        commits = threading.Semaphore(0)
        writer.set_trace_callback(lambda text: commits.release() if text == "COMMIT" else None)

        def let_go() -> None:
            commits.acquire()
            commits.acquire()
            reader.execute("COMMIT")

        thread = threading.Thread(target=let_go)
        thread.start()
        with immediate(writer, patience=60.0):
            writer.execute("INSERT INTO number VALUES (1)")
        thread.join()
        assert reader.execute("SELECT n FROM number").fetchall() == [(1,)]
