"""A store that may not be written is shown whole, and says that nothing can be saved in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.store import ParameterStore
from ivisit.store.checksums import checksum


@pytest.fixture
def folder(shared_folder: Path) -> Path:
    """A folder of its own for the store, whose permissions a test may take away."""
    folder = shared_folder / "stores"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def in_use(folder: Path) -> Iterator[Path]:
    """A store whose newest row is still in the log beside it, because a program has it open."""
    path = folder / "store.ivisit"
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        row = (2, '{"n": 2}', "", None, "2026-01-01T00:00:00+00:00", None, None)
        other.execute(
            "INSERT INTO set_version (set_id, version, parameters, comment, grade, saved_at, "
            "layout, origin, checksum) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, checksum(row)),
        )
        assert path.with_name("store.ivisit-wal").stat().st_size > 0
        yield path


def forbid_writing(folder: Path, *, closed: bool) -> None:
    """Take the right to write away from all files and, when it is closed, from the folder."""
    for file in folder.iterdir():
        file.chmod(0o444)
    if closed:
        folder.chmod(0o555)


def check_refusals(answer: dict[str, Any], path: Path) -> None:
    assert answer["read_only"] is True
    assert len(answer["refusals"]) == 3
    for refusal in answer["refusals"]:
        assert refusal.startswith(f"{path}: is read-only, nothing was saved. Copy it to a folder")
    assert answer["messages"] == [
        f"{path} is read-only: parameter sets can be loaded, but not saved"
    ]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if "-shm" not in file.name}


@pytest.mark.parametrize("closed", [False, True], ids=["open folder", "read-only folder"])
def test_a_read_only_store_is_shown_and_says_so(
    folder: Path, run_script: Callable[..., Any], closed: bool
) -> None:
    path = folder / "store.ivisit"
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1})
    forbid_writing(folder, closed=closed)
    before = contents(folder)
    answer = run_script("nobody.py", path)
    assert answer["values"] == [{"n": 1}]
    check_refusals(answer, path)
    assert contents(folder)[path.name] == before[path.name]


@pytest.mark.parametrize("closed", [False, True], ids=["open folder", "read-only folder"])
def test_rows_in_the_log_beside_a_read_only_store_are_shown(
    in_use: Path, run_script: Callable[..., Any], closed: bool
) -> None:
    forbid_writing(in_use.parent, closed=closed)
    before = contents(in_use.parent)
    answer = run_script("nobody.py", in_use)
    assert answer["values"] == [{"n": 1}, {"n": 2}]
    check_refusals(answer, in_use)
    assert contents(in_use.parent) == before


def test_rows_in_a_log_without_its_index_are_shown(
    in_use: Path, shared_folder: Path, run_script: Callable[..., Any], copy: Callable[..., Path]
) -> None:
    # As it comes from a CD or a snapshot: file and log, but not the index that SQLite would
    # have to make in a folder where nothing may be made.
    folder = shared_folder / "medium"
    folder.mkdir(mode=0o755)
    for name in ("store.ivisit", "store.ivisit-wal"):
        copy(in_use.with_name(name), folder / name)
    forbid_writing(folder, closed=True)
    before = contents(folder)
    answer = run_script("nobody.py", folder / "store.ivisit")
    assert answer["values"] == [{"n": 1}, {"n": 2}]
    check_refusals(answer, folder / "store.ivisit")
    assert contents(folder) == before


def test_a_half_finished_change_beside_a_read_only_store_is_not_shown(
    folder: Path, shared_folder: Path, run_script: Callable[..., Any], copy: Callable[..., Path]
) -> None:
    # Where there is no write-ahead log, a killed writer leaves a journal to be rolled back.
    path = folder / "store.ivisit"
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1, "text": "x" * 200_000})
    medium = shared_folder / "medium"
    medium.mkdir(mode=0o755)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("PRAGMA cache_size = 1")  # pages go to the file before the commit
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE set_version SET parameters = replace(parameters, 'x', 'y')")
        for name in ("store.ivisit", "store.ivisit-journal"):
            copy(path.with_name(name), medium / name)
        other.execute("ROLLBACK")
    forbid_writing(medium, closed=True)
    answer = run_script("nobody.py", medium / "store.ivisit")
    assert answer["values"] == [{"n": 1, "text": "x" * 200_000}]
    check_refusals(answer, medium / "store.ivisit")


def test_a_writable_file_in_a_read_only_folder_is_only_read(
    folder: Path, run_script: Callable[..., Any]
) -> None:
    path = folder / "store.ivisit"
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1})
    path.chmod(0o666)
    folder.chmod(0o555)
    answer = run_script("nobody.py", path)
    assert answer["values"] == [{"n": 1}]
    check_refusals(answer, path)


def test_a_store_that_may_not_be_read_says_so(folder: Path, run_script: Callable[..., Any]) -> None:
    path = folder / "store.ivisit"
    ParameterStore(path).close()
    path.chmod(0)
    answer = run_script("nobody.py", path)
    assert answer == {
        "error": f"{path}: you may not read this file. Ask its owner.",
        "messages": [],
    }


def test_a_store_cannot_be_made_in_a_read_only_folder(
    folder: Path, run_script: Callable[..., Any]
) -> None:
    folder.chmod(0o555)
    path = folder / "store.ivisit"
    answer = run_script("nobody.py", path)
    assert "you may not create files in this folder. Choose another one" in answer["error"]


def test_an_empty_read_only_file_is_no_store(folder: Path, run_script: Callable[..., Any]) -> None:
    path = folder / "store.ivisit"
    path.touch()
    forbid_writing(folder, closed=True)
    assert "is empty. Choose another file" in run_script("nobody.py", path)["error"]


def test_no_private_copies_are_left_behind(
    in_use: Path,
    shared_folder: Path,
    run_script: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = shared_folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o777)
    monkeypatch.setenv("TMPDIR", str(temporary))
    os.remove(in_use.with_name("store.ivisit-shm"))
    forbid_writing(in_use.parent, closed=True)
    assert run_script("nobody.py", in_use)["values"] == [{"n": 1}, {"n": 2}]
    assert list(temporary.iterdir()) == []
