"""Every method that changes the store has done so, for every other program, when it returns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore, StoredRun

RUN: dict[str, Any] = {"parameters": {}, "seed": 0, "steps": 1, "status": "finished"}
EXPORT = {
    "format": "ivisit parameter sets",
    "format_version": 1,
    "sets": [
        {
            "simulation": "S",
            "name": "sent",
            "versions": [
                {
                    "version": 1,
                    "parameters": {"n": 9},
                    "comment": "",
                    "grade": None,
                    "saved_at": "2026-01-01T00:00:00.000000+00:00",
                    "layout": None,
                }
            ],
        }
    ],
}


def import_export(store: ParameterStore) -> None:
    path = store.path.with_suffix(".json")
    path.write_text(json.dumps(EXPORT))
    store.import_(path)


SETS = "SELECT name, version, parameters FROM sets ORDER BY name"
VERSIONS = "SELECT name, version FROM history ORDER BY name, version"
RUNS = "SELECT sweep, sweep_index, status FROM runs"

#: Mutator, what to do, what a second connection asks, and what it must be told.
MUTATORS: list[tuple[str, Callable[[ParameterStore], Any], str, list[tuple[Any, ...]]]] = [
    (
        "save",
        lambda store: store.save("S", "c", {"n": 3}),
        SETS,
        [("a", 2, '{"n": 2}'), ("c", 1, '{"n": 3}')],
    ),
    (
        "save again",
        lambda store: store.save("S", "a", {"n": 3}),
        VERSIONS,
        [("a", 1), ("a", 2), ("a", 3), ("b", 1)],
    ),
    (
        "amend",
        lambda store: store.amend("S", "a", {"m": 3}, grade=4),
        SETS,
        [("a", 3, '{"n": 2, "m": 3}')],
    ),
    ("rename", lambda store: store.rename("S", "a", "z"), SETS, [("z", 2, '{"n": 2}')]),
    (
        "copy",
        lambda store: store.copy("S", "a", "z"),
        SETS,
        [("a", 2, '{"n": 2}'), ("z", 1, '{"n": 2}')],
    ),
    ("delete", lambda store: store.delete("S", "a"), SETS, []),
    (
        "restore",
        lambda store: store.restore("S", "b"),
        SETS,
        [("a", 2, '{"n": 2}'), ("b", 1, '{"n": 1}')],
    ),
    (
        "restore a version",
        lambda store: store.restore("S", "a", version=1),
        SETS,
        [("a", 3, '{"n": 1}')],
    ),
    ("purge", lambda store: store.purge(), VERSIONS, [("a", 1), ("a", 2)]),
    ("prune", lambda store: store.prune(keep=1), VERSIONS, [("a", 2), ("b", 1)]),
    ("import_", import_export, SETS, [("a", 2, '{"n": 2}'), ("sent", 1, '{"n": 9}')]),
    (
        "save_run",
        lambda store: store.save_run("S", **RUN),
        RUNS,
        [("old", 0, "finished"), (None, None, "finished")],
    ),
    (
        "save_runs",
        lambda store: store.save_runs(
            StoredRun(simulation="S", **RUN, sweep="s", index=i) for i in (1, 2)
        ),
        RUNS,
        [("old", 0, "finished"), ("s", 1, "finished"), ("s", 2, "finished")],
    ),
    ("delete_runs", lambda store: store.delete_runs([1]), RUNS, []),
    ("vacuum", lambda store: store.vacuum(), VERSIONS, [("a", 1), ("a", 2), ("b", 1)]),
]


@pytest.fixture
def filled(store: ParameterStore) -> ParameterStore:
    """A store with a set of two versions, a deleted set and a run."""
    store.save("S", "a", {"n": 1})
    store.save("S", "a", {"n": 2})
    store.save("S", "b", {"n": 1})
    store.delete("S", "b")
    store.save_run("S", **RUN, sweep="old", index=0)
    return store


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize(
    ("act", "question", "answer"), [row[1:] for row in MUTATORS], ids=[row[0] for row in MUTATORS]
)
def test_a_second_connection_sees_the_change_at_once(
    filled: ParameterStore,
    query: Callable[..., list[tuple[Any, ...]]],
    act: Callable[[ParameterStore], Any],
    question: str,
    answer: list[tuple[Any, ...]],
    closed: bool,
) -> None:
    act(filled)
    if closed:
        filled.close()
    assert query(question) == answer
    assert query("PRAGMA integrity_check") == [("ok",)]
    assert query("PRAGMA foreign_key_check") == []
    # Nothing is left begun: with no patience at all, the write lock can be had.
    assert query("BEGIN IMMEDIATE") == []


@pytest.mark.parametrize(
    "act", [row[1] for row in MUTATORS[:-1]], ids=[row[0] for row in MUTATORS[:-1]]
)
def test_a_change_that_fails_halfway_leaves_the_old_state(
    filled: ParameterStore, path: Path, act: Callable[[ParameterStore], Any]
) -> None:
    tables = ("set_version", "parameter_set", "run")
    with closing(sqlite3.connect(path)) as other:
        # Refused behind the row, when the statements before it have done their part.
        for table in tables:
            for event in ("INSERT", "UPDATE", "DELETE"):
                other.execute(
                    f"CREATE TRIGGER fail_{table}_{event} AFTER {event} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'no luck'); END"
                )
        before = list(other.iterdump())
        with pytest.raises(StoreError):
            act(filled)
        assert list(other.iterdump()) == before
