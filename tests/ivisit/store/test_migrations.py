"""Files of every released schema version open, and are brought up to date whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore
from ivisit.store.migrations import MIGRATIONS

HERE = Path(__file__).parent

#: Written by `version1.py` ..., and never again: their bytes stand for the files that people have.
VERSIONS = range(1, len(MIGRATIONS) + 1)


def one_step(*statements: str) -> Callable[[sqlite3.Connection], None]:
    """Return a migration that executes `statements`."""

    def migrate(connection: sqlite3.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return migrate


@pytest.fixture
def version_1(path: Path) -> Path:
    """A copy of the file of schema version 1."""
    return Path(shutil.copyfile(HERE / "version1.ivisit", path))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_each_version_opens_with_all_that_it_holds(path: Path, version: int) -> None:
    shutil.copyfile(HERE / f"version{version}.ivisit", path)
    check_contents(path)
    with ParameterStore(path) as store:
        picture = store.picture("GaussFilter", "soft", 2)
        assert (picture or b"")[1:4] == (b"PNG" if version >= 4 else b"")
        assert store.picture("GaussFilter", "soft", 1) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_each_version_is_shown_where_nothing_may_be_written(
    shared_folder: Path, run_script: Callable[..., Any], version: int
) -> None:
    path = shared_folder / "old.ivisit"
    before = shutil.copyfile(HERE / f"version{version}.ivisit", path).read_bytes()
    path.chmod(0o444)
    shared_folder.chmod(0o555)
    answer = run_script("nobody.py", path, "GaussFilter", "soft")
    assert answer["read_only"] is True
    assert [one["sigma"] for one in answer["values"]] == [2.0, 8.5]
    assert path.read_bytes() == before


def check_contents(path: Path) -> None:
    with ParameterStore(path, create=False) as store:
        assert store.simulations() == ["GaussFilter", "Old script"]
        first, second = store.history("GaussFilter", "soft")
        assert first == {"sigma": 2.0, "mode": "reflect"}
        assert second == {"sigma": 8.5, "mode": "wrap", "size": 10**30, "on": True, "zero": -0.0}
        assert repr(second["zero"]) == "-0.0"
        assert (second.comment, second.grade) == ("für Porträts", 1.3)
        assert second.layout == {"sigma": [0, 70]}
        assert first.saved_at < second.saved_at
        assert [one.name for one in store.sets(deleted=True)] == ["wrong"]
        assert store.restore("GaussFilter", "wrong") == {"sigma": 0.1}
        assert store.load("Old script", "N.N.")["weights"] == {"first": 1, "second": 2.5}
        finished, failed = store.runs("GaussFilter", sweep="sigma")
        assert (finished.seed, finished.metrics) == (2**100, {"change": 0.25})
        assert finished.provenance == {"python": "3.11.7", "git": {"commit": None}}
        assert failed.failure is not None
        assert (failed.failure.stage, failed.failure.type) == ("step", "ValueError")


def test_a_new_file_has_the_tables_of_an_old_one_brought_up_to_date(
    version_1: Path, tmp_path: Path
) -> None:
    def schema(path: Path) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall()

    ParameterStore(version_1).close()
    ParameterStore(tmp_path / "new.ivisit").close()
    assert schema(version_1) == schema(tmp_path / "new.ivisit")


def test_a_migration_is_applied_once(
    version_1: Path, query: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = one_step("ALTER TABLE run ADD COLUMN host TEXT", "UPDATE run SET host = 'unknown'")
    monkeypatch.setattr("ivisit.store.schema.MIGRATIONS", [*MIGRATIONS, step])
    monkeypatch.setattr("ivisit.store.opening.MIGRATIONS", [*MIGRATIONS, step])
    for _ in range(2):
        with ParameterStore(version_1) as store:
            assert len(list(store.runs())) == 3
    assert query("PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]
    assert query("SELECT DISTINCT host FROM run") == [("unknown",)]


def test_a_migration_that_fails_leaves_the_old_file(
    version_1: Path, query: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = one_step(
        "ALTER TABLE run ADD COLUMN host TEXT", "UPDATE no_such_table SET host = 'unknown'"
    )
    monkeypatch.setattr("ivisit.store.schema.MIGRATIONS", [*MIGRATIONS, step])
    monkeypatch.setattr("ivisit.store.opening.MIGRATIONS", [*MIGRATIONS, step])
    with pytest.raises(StoreError, match="no such table: no_such_table"):
        ParameterStore(version_1)
    assert query("PRAGMA user_version") == [(1,)]
    assert "host" not in [column[1] for column in query("PRAGMA table_info(run)")]
    monkeypatch.undo()
    with ParameterStore(version_1) as store:
        assert len(store.sets()) == 2


def test_a_person_with_the_sqlite3_shell_can_read_it(
    version_1: Path, query: Callable[..., Any]
) -> None:
    assert query("SELECT simulation, name, version, comment, grade FROM sets") == [
        ("GaussFilter", "soft", 2, "für Porträts", 1.3),
        ("Old script", "N.N.", 1, "", -1),
    ]
    assert query("SELECT name FROM deleted_sets") == [("wrong",)]
    assert query("SELECT version, parameters FROM history WHERE name = 'soft' LIMIT 1") == [
        (1, '{"sigma": 2.0, "mode": "reflect"}')
    ]
    assert query("SELECT parameter, value FROM parameters WHERE set_name = 'soft' LIMIT 2") == [
        ("sigma", 8.5),
        ("mode", "wrap"),
    ]
    assert query("SELECT value FROM parameters WHERE parameter = 'on'") == [("true",)]
    assert query("SELECT simulation, sweep_index, status, seed, metrics FROM runs LIMIT 1") == [
        ("GaussFilter", 0, "finished", str(2**100), '{"change": 0.25}')
    ]
