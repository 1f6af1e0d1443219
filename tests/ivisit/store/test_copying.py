"""One file is the whole store: copied after closing, or while it is open, it can be mailed."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from ivisit.store import ParameterStore


def test_closing_leaves_one_file_with_everything(store: ParameterStore, path: Path) -> None:
    for n in range(30):
        store.save("S", "a", {"n": n})
    store.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with ParameterStore(shutil.copyfile(path, path.with_name("copy.ivisit"))) as copy:
        assert [one["n"] for one in copy.history("S", "a")] == list(range(30))


def test_closing_moves_everything_into_the_file_while_others_have_it_open(
    store: ParameterStore, path: Path
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM run").fetchall()
        store.save("S", "a", {"n": 1})
        store.close()
        with ParameterStore(shutil.copyfile(path, path.with_name("copy.ivisit"))) as copy:
            assert copy.load("S", "a") == {"n": 1}


def test_a_copy_of_an_open_store_has_every_save(store: ParameterStore, path: Path) -> None:
    for n in range(10):
        store.save("S", "a", {"n": n})
        target = path.with_name(f"copy {n}.ivisit")
        with ParameterStore(shutil.copyfile(path, target)) as copy:
            assert [one["n"] for one in copy.history("S", "a")] == list(range(n + 1))


def test_a_copy_with_the_log_beside_it_has_every_save(store: ParameterStore, path: Path) -> None:
    store.save("S", "a", {"n": 1})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE set_version SET comment = 'in the log'")
        for end in ("", "-wal"):
            shutil.copyfile(f"{path}{end}", f"{path.with_name('copy.ivisit')}{end}")
        with ParameterStore(path.with_name("copy.ivisit")) as copy:
            assert copy.load("S", "a").comment == "in the log"


def test_a_backup_made_while_others_write_is_one_complete_state(
    store: ParameterStore, path: Path
) -> None:
    stop = threading.Event()
    first = threading.Event()

    def write() -> None:
        with ParameterStore(path) as writer:
            n = 0
            while not stop.is_set():
                n += 1
                writer.save("S", "a", {"n": n, "text": str(n) * 2000})
                first.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert first.wait(timeout=60)
        for n in range(5):
            store.backup(path.with_name(f"backup {n}.ivisit"))
    finally:
        stop.set()
        thread.join()
    for n in range(5):
        with ParameterStore(path.with_name(f"backup {n}.ivisit")) as copy:
            versions = copy.history("S", "a")
            assert [one["n"] for one in versions] == list(range(1, len(versions) + 1))
            assert versions[-1]["text"] == str(len(versions)) * 2000
