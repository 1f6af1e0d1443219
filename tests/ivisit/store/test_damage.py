"""A value that changed behind SQLite's back is told, never served."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore

#: A column of a version or a run, and what damage makes of the value that `fill` saves.
DAMAGE: list[tuple[str, str, Any]] = [
    ("set_version", "parameters", '{"sigma": 9.5}'),
    ("set_version", "parameters", "{"),
    ("set_version", "parameters", "[" * 5000),
    ("set_version", "comment", "sofu"),
    ("set_version", "grade", 2),
    ("set_version", "grade", 1),
    ("set_version", "grade", "1.0"),
    ("set_version", "saved_at", "2025-01-01T00:00:00+00:00"),
    ("set_version", "layout", '{"x": 2}'),
    ("set_version", "origin", "{}"),
    ("set_version", "version", 7),
    ("set_version", "checksum", b"\0" * 16),
    ("set_version", "checksum", None),
    ("run", "parameters", '{"sigma": 9.5}'),
    ("run", "seed", "8"),
    ("run", "steps", 11),
    ("run", "status", "interrupted"),
    ("run", "metrics", '{"change": 0.24}'),
    ("run", "duration", 0.25),
    ("run", "started_at", "2025-01-01T00:00:00+00:00"),
    ("run", "finished_at", None),
    ("run", "failure", '{"stage": "step"}'),
    ("run", "provenance", "{}"),
    ("run", "sweep_index", 3),
    ("run", "checksum", None),
]


def fill(path: Path) -> None:
    with ParameterStore(path) as store:
        store.save("S", "a", {"sigma": 8.5}, comment="soft", grade=1.0, layout={"x": 1})
        store.save_run(
            "S",
            parameters={"sigma": 8.5},
            seed=7,
            steps=10,
            status="finished",
            metrics={"change": 0.25},
            duration=0.5,
            started_at="2026-01-01T00:00:00+00:00",
            finished_at="2026-01-01T00:00:01+00:00",
            provenance={"python": "3.11"},
            sweep="w",
            index=2,
        )


def execute(path: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(("table", "column", "value"), DAMAGE)
def test_a_changed_column_is_listed_as_damage_and_refused(
    path: Path, table: str, column: str, value: Any
) -> None:
    fill(path)
    execute(path, f"UPDATE {table} SET {column} = ?", value)
    with ParameterStore(path) as store:
        (stored,) = store.sets()
        (run,) = store.runs()
        if table == "set_version":
            assert stored.damage.startswith("S: version ")
            assert (dict(stored), stored.comment, stored.grade) == ({}, "", None)
            assert run.status == "finished"
            with pytest.raises(StoreError, match=r"'a' is damaged: it is not what was saved"):
                store.load("S", "a")
        else:
            assert stored.damage == ""
            assert (run.status, run.parameters, run.metrics, run.id) == ("damaged", {}, {}, 1)
            with pytest.raises(StoreError, match=r"run 1 is damaged: it is not what was saved"):
                store.load_run(1)


@pytest.mark.parametrize(("table", "column"), [("set_version", "comment"), ("run", "metrics")])
def test_bytes_that_are_no_text_are_damage(path: Path, table: str, column: str) -> None:
    fill(path)
    execute(path, f"UPDATE {table} SET {column} = CAST(x'73ff6674' AS TEXT)")
    with ParameterStore(path) as store:
        assert bool(store.sets()[0].damage) == (table == "set_version")
        assert (next(store.runs()).status == "damaged") == (table == "run")


def test_a_damaged_version_is_in_nobodys_way(path: Path) -> None:
    fill(path)
    execute(path, "UPDATE set_version SET layout = '{'")
    with ParameterStore(path) as store:
        assert store.save("S", "a", {"sigma": 1.0}).version == 2
        assert store.load("S", "a").layout is None
        assert [bool(one.damage) for one in store.history("S", "a")] == [True, False]
        for use in (
            lambda: store.load("S", "a", version=1),
            lambda: store.diff("S", ("a", 1), "a"),
            lambda: store.restore("S", "a", version=1),
        ):
            with pytest.raises(StoreError, match="version 1 of the parameter set 'a' is damaged"):
                use()
        assert store.rename("S", "a", "b").name == "b"
        store.delete("S", "b")
        assert store.purge() == 1


def test_a_migration_does_not_stop_at_bytes_that_are_no_text(path: Path) -> None:
    path.write_bytes((Path(__file__).parent / "version1.ivisit").read_bytes())
    execute(path, "UPDATE set_version SET comment = CAST(x'73ff6674' AS TEXT) WHERE id = 1")
    with ParameterStore(path) as store:
        assert [bool(one.damage) for one in store.history("GaussFilter", "soft")] == [True, False]


@pytest.mark.parametrize("text", ["[1]", "3", "null", '"x"', "[" * 3000 + "]" * 3000])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("set_version", "parameters"),
        ("run", "parameters"),
        ("run", "metrics"),
        ("run", "provenance"),
    ],
)
def test_json_that_is_no_object_is_damage_even_when_it_is_signed(
    path: Path, table: str, column: str, text: str
) -> None:
    # As files of schema version 1 may hold it: bringing them up to date signs what is there.
    shutil.copyfile(Path(__file__).with_name("version1.ivisit"), path)
    execute(path, f"UPDATE {table} SET {column} = ? WHERE id = 1", text)
    with ParameterStore(path) as store:
        if table == "set_version":
            assert [bool(o.damage) for o in store.history("GaussFilter", "soft")] == [True, False]
            with pytest.raises(StoreError, match="'soft' is damaged: the store holds a?"):
                store.load("GaussFilter", "soft", version=1)
        else:
            assert [run.status for run in store.runs("GaussFilter")] == ["damaged", "failed"]
