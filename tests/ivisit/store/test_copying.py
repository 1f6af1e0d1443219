"""One file is the whole store: copied after closing, or while it is open, it can be mailed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore

Copy: TypeAlias = Callable[[Path, Path], Path]


@pytest.fixture
def written_all_the_time(path: Path) -> Iterator[Path]:
    """A store into which a thread saves all the time."""
    stop, first = threading.Event(), threading.Event()

    def write() -> None:
        with ParameterStore(path) as writer:
            n = 0
            while not stop.is_set():
                n += 1
                writer.save("S", "a", {"n": n, "text": str(n) * 200})
                first.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert first.wait(timeout=60)
    yield path
    stop.set()
    thread.join()


def check_complete(store: ParameterStore) -> None:
    """Check that a store that `written_all_the_time` wrote lacks nothing before its last save."""
    versions = store.history("S", "a")
    assert [one["n"] for one in versions] == list(range(1, len(versions) + 1))
    assert [one["text"] for one in versions] == [str(one["n"]) * 200 for one in versions]


def test_closing_leaves_one_file_with_everything(
    store: ParameterStore, path: Path, copy: Copy
) -> None:
    for n in range(30):
        store.save("S", "a", {"n": n})
    store.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with ParameterStore(copy(path, path.with_name("copy.ivisit"))) as copied:
        assert [one["n"] for one in copied.history("S", "a")] == list(range(30))


def test_closing_moves_everything_into_the_file_while_others_have_it_open(
    store: ParameterStore, path: Path, copy: Copy
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM run").fetchall()
        store.save("S", "a", {"n": 1})
        store.close()
        with ParameterStore(copy(path, path.with_name("copy.ivisit"))) as copied:
            assert copied.load("S", "a") == {"n": 1}


def test_a_copy_of_an_open_store_has_every_save(
    store: ParameterStore, path: Path, copy: Copy
) -> None:
    for n in range(10):
        store.save("S", "a", {"n": n})
        target = path.with_name(f"copy {n}.ivisit")
        with ParameterStore(copy(path, target)) as copied:
            assert [one["n"] for one in copied.history("S", "a")] == list(range(n + 1))


def test_a_copy_with_the_log_beside_it_has_every_save(
    store: ParameterStore, path: Path, copy: Copy
) -> None:
    store.save("S", "a", {"n": 1})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE parameter_set SET name = 'in the log'")
        for end in ("", "-wal"):
            copy(Path(f"{path}{end}"), path.with_name(f"copy.ivisit{end}"))
        with ParameterStore(path.with_name("copy.ivisit")) as copied:
            assert copied.load("S", "in the log") == {"n": 1}


def test_a_copy_made_during_saves_is_complete_or_refused(
    written_all_the_time: Path, tmp_path: Path, copy: Copy
) -> None:
    for n in range(50):
        copied = copy(written_all_the_time, tmp_path / f"copy {n}.ivisit")
        try:
            with ParameterStore(copied) as store:
                check_complete(store)
        except StoreError as error:
            assert str(error).startswith(f"{copied}: is damaged")  # noqa: PT017
    with ParameterStore(written_all_the_time) as store:
        check_complete(store)


def test_a_backup_made_during_saves_is_complete(written_all_the_time: Path, tmp_path: Path) -> None:
    with ParameterStore(written_all_the_time) as store:
        for n in range(5):
            store.backup(tmp_path / f"backup {n}.ivisit")
    for n in range(5):
        with ParameterStore(tmp_path / f"backup {n}.ivisit") as copied:
            check_complete(copied)
