"""A backup takes the place of a store, whatever a killed process left beside it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore
from ivisit.store.logs import log_of

FIXTURES = Path(__file__).parent


def killed_after(path: Path, *numbers: int, reader: bool = False) -> None:
    """Save these numbers in a process that is killed then; with a reader, all stay in the log."""
    child = os.fork()
    if child == 0:
        try:
            store = ParameterStore(path)
            if reader:
                other = sqlite3.connect(path, isolation_level=None)
                other.execute("BEGIN")
                other.execute("SELECT count(*) FROM run").fetchall()
            for n in numbers:
                store.save("S", "a", {"n": n})
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert log_of(path).stat().st_size > 0


def saved(path: Path) -> list[int]:
    with ParameterStore(path, create=False) as store:
        return [one["n"] for one in store.history("S", "a")]


@pytest.fixture
def first(path: Path) -> Path:
    """A store with one version, and a backup of it."""
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 0})
        store.backup(path.with_name("backup.ivisit"))
    return path


@pytest.mark.parametrize("reader", [False, True], ids=["moved", "in the log"])
@pytest.mark.parametrize("how", ["backup", "copy"])
@pytest.mark.parametrize("numbers", [(1,), (1, 2, 3)])
def test_a_backup_that_was_copied_over_the_file_is_not_undone_by_the_log(
    first: Path, numbers: tuple[int, ...], how: str, reader: bool
) -> None:
    backup = first.with_name("backup.ivisit")
    if how == "copy":
        shutil.copyfile(first, backup)
    killed_after(first, *numbers, reader=reader)
    shutil.copyfile(backup, first)
    if how == "copy" and reader:
        # To the byte the file as it was before the log: a crash leaves the same, and the log is
        # the only place of what was saved.
        assert saved(first) == [0, *numbers]
        return
    before = {file.name: file.read_bytes() for file in first.parent.iterdir()}
    with pytest.raises(StoreError, match=r"log beside it .* another state .* store restore BACKUP"):
        ParameterStore(first)
    assert {file.name: file.read_bytes() for file in first.parent.iterdir()} == before
    kept = ParameterStore.restore_backup(first, backup)
    assert saved(first) == [0]
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").exists()


@pytest.mark.parametrize("reader", [False, True])
def test_a_log_that_belongs_to_the_file_is_replayed(first: Path, reader: bool) -> None:
    killed_after(first, 1, 2, 3, reader=reader)
    assert saved(first) == [0, 1, 2, 3]


def test_the_log_of_a_later_state_is_noticed_beside_a_file_of_the_first_schema(
    first: Path,
) -> None:
    killed_after(first, 1)
    shutil.copyfile(FIXTURES / "version1.ivisit", first)
    with pytest.raises(StoreError, match="log beside it"):
        ParameterStore(first)


def test_a_migration_in_the_log_is_replayed(path: Path) -> None:
    shutil.copyfile(FIXTURES / "version1.ivisit", path)
    killed_after(path, 1, reader=True)
    assert saved(path) == [1]


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)


def behead(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1000)


def shrink(path: Path) -> None:
    path.write_bytes(b"x")


@pytest.mark.parametrize("harm", [damage, behead, shrink])
def test_a_damaged_store_is_replaced_and_kept(first: Path, harm: Callable[[Path], None]) -> None:
    harm(first)
    harmed = first.read_bytes()
    kept = ParameterStore.restore_backup(first, first.with_name("backup.ivisit"))
    assert saved(first) == [0]
    assert kept is not None
    assert kept.read_bytes() == harmed


def test_a_sound_store_is_replaced_under_those_who_have_it_open(first: Path) -> None:
    with ParameterStore(first) as open_elsewhere:
        open_elsewhere.save("S", "a", {"n": 1})
        kept = ParameterStore.restore_backup(first, first.with_name("backup.ivisit"))
        assert [one["n"] for one in open_elsewhere.history("S", "a")] == [0]
        assert open_elsewhere.save("S", "a", {"n": 2}).version == 2
    assert kept is not None
    assert saved(kept) == [0, 1]
    assert saved(first) == [0, 2]


def test_a_missing_store_comes_back_without_the_log_of_the_lost_one(first: Path) -> None:
    killed_after(first, 1)
    first.unlink()
    assert ParameterStore.restore_backup(first, first.with_name("backup.ivisit")) is None
    assert saved(first) == [0]


def test_a_backup_of_an_older_version_is_brought_up_to_date(first: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = Path(shutil.copy(FIXTURES / "version1.ivisit", tmp_path / "old"))
    before = old.read_bytes()
    ParameterStore.restore_backup(first, old)
    assert [file.name for file in old.parent.iterdir()] == [old.name]
    assert old.read_bytes() == before
    with ParameterStore(first) as store:
        assert store.load("GaussFilter", "soft")["sigma"] == 8.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no such backup"),
        (lambda path: path.write_bytes(b"x"), "is damaged or not a parameter store"),
        (lambda path: path.write_bytes(b"text" * 1000), "is damaged or not a parameter store"),
        (lambda path: path.mkdir(), "Is a directory|no ordinary file|is a folder"),
    ],
)
def test_a_bad_backup_changes_nothing(
    first: Path, make: Callable[[Path], Any], message: str
) -> None:
    bad = first.with_name("bad.ivisit")
    make(bad)
    before = first.read_bytes()
    with pytest.raises(StoreError, match=message):
        ParameterStore.restore_backup(first, bad)
    assert first.read_bytes() == before
    assert not list(first.parent.glob("*replaced*"))
    assert not list(first.parent.glob(".*"))


def test_a_file_of_another_program_is_not_replaced(first: Path, tmp_path: Path) -> None:
    other = tmp_path / "thesis.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE precious (x)")
    before = other.read_bytes()
    with pytest.raises(StoreError, match="is an SQLite file, but not a parameter store"):
        ParameterStore.restore_backup(other, first.with_name("backup.ivisit"))
    assert other.read_bytes() == before


def test_the_store_itself_is_no_backup(first: Path) -> None:
    with pytest.raises(StoreError, match="is the store itself"):
        ParameterStore.restore_backup(first, first)


def test_a_second_name_for_the_file_is_refused(first: Path) -> None:
    second = first.with_name("second.ivisit")
    with ParameterStore(first) as store:
        os.link(first, second)
        with pytest.raises(StoreError, match=r"has 2 names \(hard links\)"):
            store.save("S", "a", {"n": 1})
        for name in (first, second):
            with pytest.raises(StoreError, match=r"has 2 names \(hard links\), .* Make a copy"):
                ParameterStore(name)
        second.unlink()
        assert store.save("S", "a", {"n": 1}).version == 2


def test_a_symbolic_link_is_no_second_name(first: Path) -> None:
    link = first.with_name("link.ivisit")
    link.symlink_to(first)
    with ParameterStore(link) as one, ParameterStore(first) as other:
        one.save("S", "a", {"n": 1})
        other.save("S", "a", {"n": 2})
        assert [o["n"] for o in one.history("S", "a")] == [0, 1, 2]


@pytest.mark.parametrize("size", [1, 15, 100, 511])
def test_a_file_smaller_than_a_page_is_left_alone(path: Path, size: int) -> None:
    path.write_bytes(b"SQLite format 3\0".ljust(512, b"x")[:size])
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"the file has {size} bytes"):
        ParameterStore(path)
    assert path.read_bytes() == before
