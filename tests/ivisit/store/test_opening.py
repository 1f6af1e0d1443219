"""What is not a usable store gives one clear error and stays as it is, byte for byte."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore, default_path
from ivisit.store.migrations import MIGRATIONS
from ivisit.store.schema import APPLICATION_ID


def make_sqlite(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def make_foreign(path: Path) -> None:
    make_sqlite(path, "CREATE TABLE precious (x)", "INSERT INTO precious VALUES (1)")


def make_foreign_with_log(path: Path) -> None:
    make_sqlite(path, "PRAGMA journal_mode = WAL", "CREATE TABLE precious (x)")


def make_foreign_application(path: Path) -> None:
    make_sqlite(path, "PRAGMA application_id = 252006675")


def make_numbered(path: Path) -> None:
    make_sqlite(path, "PRAGMA user_version = 1")


def make_old(path: Path) -> None:
    make_sqlite(
        path,
        "CREATE TABLE simulation (key INTEGER PRIMARY KEY)",
        "CREATE TABLE parameterwidget (key INTEGER PRIMARY KEY)",
        "CREATE TABLE datawidget (key INTEGER PRIMARY KEY)",
    )


def make_newer(path: Path) -> None:
    ParameterStore(path).close()
    make_sqlite(path, "PRAGMA user_version = 99")


def make_text(path: Path) -> None:
    path.write_text("[sigma]\nvalue = 1\n" * 100)


def make_store(path: Path) -> bytes:
    with ParameterStore(path) as store:
        for n in range(20):
            store.save("S", f"set {n}", {"text": str(n) * 2000})
    return path.read_bytes()


def make_truncated(path: Path) -> None:
    whole = make_store(path)
    path.write_bytes(whole[: len(whole) // 2])


def make_overwritten(path: Path) -> None:
    whole = make_store(path)
    middle = len(whole) // 2
    path.write_bytes(whole[: middle - 4096] + b"\xff" * 8192 + whole[middle + 4096 :])


def make_beheaded(path: Path) -> None:
    path.write_bytes(b"\0" * 4096 + make_store(path)[4096:])


#: Kind of file, how to make it, and what must be said about it.
UNUSABLE: list[tuple[Callable[[Path], None], str]] = [
    (make_foreign, "is an SQLite file, but not a parameter store: choose another name"),
    (make_foreign_with_log, "is an SQLite file, but not a parameter store"),
    (make_foreign_application, "is an SQLite file, but not a parameter store"),
    (make_numbered, "is an SQLite file, but not a parameter store"),
    (make_old, r"not a parameter store: IVISIT 0.7 made it. Import it into a new store"),
    (make_newer, "was written by a newer version of ivisit .* number 99, .* Install the newer"),
    (
        make_text,
        "is damaged or not a parameter store. It was not changed. .ivisit store restore BACKUP",
    ),
    (make_truncated, "is damaged or not a parameter store. It was not changed"),
    (make_overwritten, "is damaged or not a parameter store. It was not changed"),
    (make_beheaded, "is damaged or not a parameter store. It was not changed"),
]


@pytest.mark.parametrize(("make", "message"), UNUSABLE, ids=[row[0].__name__ for row in UNUSABLE])
def test_an_unusable_file_gives_one_clear_error_and_is_not_changed(
    path: Path, make: Callable[[Path], None], message: str
) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=message) as caught:
        ParameterStore(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    # SQLite may leave its helper files beside a damaged one, but no log that would change it.
    log = path.with_name(f"{path.name}-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_a_foreign_file_in_use_is_not_changed(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as owner:
        owner.execute("PRAGMA journal_mode = WAL")
        owner.execute("CREATE TABLE precious (x)")
        owner.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        owner.execute("INSERT INTO precious VALUES (1)")
        before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
        with pytest.raises(StoreError, match="is an SQLite file, but not a parameter store"):
            ParameterStore(path)
        assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"is a folder. Give the name of a file in it") as caught:
        ParameterStore(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"its folder does not exist. Create it first"):
        ParameterStore(tmp_path / "no" / "store.ivisit")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_store_is_made_only_when_wanted(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such parameter store"):
        ParameterStore(path, create=False)
    assert not path.exists()
    ParameterStore(path).close()
    ParameterStore(path, create=False).close()


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with ParameterStore(path) as store:
        assert store.sets() == []


@pytest.mark.parametrize(
    "name", ["a b.ivisit", "100%25.ivisit", "q?mode=ro#x.ivisit", "ünï.ivisit"]
)
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    with ParameterStore(tmp_path / name) as store:
        store.save("S", "a", {"n": 1})
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_relative_path_means_the_same_file_after_a_change_of_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with ParameterStore("store.ivisit") as store:
        (tmp_path / "inner").mkdir()
        monkeypatch.chdir(tmp_path / "inner")
        assert store.save("S", "a", {}).version == 1
        assert store.path == tmp_path / "store.ivisit"


def test_a_store_is_recognized_and_durable(
    store: ParameterStore, query: Callable[..., list[tuple[Any, ...]]]
) -> None:
    assert query("PRAGMA application_id") == [(APPLICATION_ID,)]
    assert query("PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert query("PRAGMA journal_mode") == [("wal",)]
    own = store._file.connection
    assert own.execute("PRAGMA synchronous").fetchone() == (2,)
    assert own.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert own.execute("PRAGMA busy_timeout").fetchone() == (10_000,)


def test_damage_that_shows_later_is_named_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_overwritten(path)
    monkeypatch.setattr("ivisit.store.opening.CHECKED_BYTES", 0)
    with ParameterStore(path) as store, pytest.raises(StoreError, match="is damaged or not a par"):
        store.sets()


def test_a_closed_store_says_that_it_is_closed(store: ParameterStore) -> None:
    store.close()
    store.close()
    assert repr(store).endswith(", closed)")
    for use in (store.sets, store.vacuum, lambda: store.save("S", "a", {})):
        with pytest.raises(StoreError, match=r"the store is closed. Open it again"):
            use()


@pytest.mark.parametrize("replacement", [None, "other"])
def test_a_store_that_was_moved_away_is_not_written_into_the_void(
    store: ParameterStore, path: Path, replacement: str | None
) -> None:
    store.save("S", "a", {})
    path.rename(path.with_name("moved.ivisit"))
    if replacement:
        path.write_text(replacement)
    with pytest.raises(StoreError, match=r"was moved, deleted or replaced .* nothing was saved"):
        store.save("S", "b", {})


def test_each_problem_is_told_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_text(path)
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError):
        ParameterStore(path)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("gauss_filter", "gauss_filter.ivisit"),
        ("apps/gauss_filter.py", "gauss_filter.ivisit"),
        ("apps/gauss_filter.py:GaussFilter", "gauss_filter.ivisit"),
        ("dopamine-xor", "dopamine-xor.ivisit"),
        ("a/b c:d", "a_b_c_d.ivisit"),
    ],
)
def test_a_store_lies_in_the_working_directory_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, file: str
) -> None:
    monkeypatch.delenv("IVISIT_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    assert default_path(name) == tmp_path / file


def test_the_environment_may_say_where_the_store_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVISIT_DB", "~/sets.ivisit")
    assert default_path("gauss_filter") == Path.home() / "sets.ivisit"
