"""Parameter sets travel from store to store in a JSON file, whole and without losing anything."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import StoreError
from ivisit.store import ParameterStore


@pytest.fixture
def other(tmp_path: Path) -> Iterator[ParameterStore]:
    """A second store."""
    with ParameterStore(tmp_path / "other.ivisit") as other:
        yield other


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for an export."""
    return tmp_path / "sets.json"


def test_all_versions_arrive_as_they_were(
    store: ParameterStore, other: ParameterStore, file: Path
) -> None:
    store.save("S", "a", {"x": -0.0, "n": 10**30, "t": "ü\n'"}, comment="one", grade=1.3)
    store.save("S", "a", {"x": 5e-324, "group": {"b": True}}, layout={"pos": [1, None]})
    store.save("T", "b", {})
    assert store.export(file) == 2
    assert [one.name for one in other.import_(file)] == ["a", "b"]
    for before, after in zip(store.history("S", "a"), other.history("S", "a"), strict=True):
        assert after.origin == {"name": "a", "file": "sets.json", "user": after.origin["user"]}
        assert "@" in after.origin["user"]
        assert repr(before) == repr(dataclasses.replace(after, origin=None))


def test_version_numbers_survive_pruning_and_travel(
    store: ParameterStore, other: ParameterStore, file: Path
) -> None:
    for n in range(5):
        store.save("S", "a", {"n": n})
    store.prune(keep=2)
    store.export(file)
    other.import_(file)
    assert [one.version for one in other.history("S", "a")] == [4, 5]
    assert other.save("S", "a", {}).version == 6


def test_an_export_can_be_limited_to_a_simulation(store: ParameterStore, file: Path) -> None:
    store.save("S", "a", {})
    store.save("T", "b", {})
    assert store.export(file, "T") == 1
    assert [one["name"] for one in json.loads(file.read_text())["sets"]] == ["b"]


def test_deleted_sets_are_not_sent(store: ParameterStore, file: Path) -> None:
    store.save("S", "secret", {})
    store.delete("S", "secret")
    assert store.export(file) == 0
    assert "secret" not in file.read_text()


def test_importing_twice_changes_nothing(
    store: ParameterStore, other: ParameterStore, file: Path
) -> None:
    store.save("S", "a", {"n": 1}, layout={"x": 1})
    store.save("S", "b", {"n": 1}, comment="c", grade=2)
    store.export(file)
    other.import_(file)
    assert other.import_(file) == []
    assert store.import_(file) == []


def test_an_import_with_merge_adds_a_version_to_a_set_that_is_there(
    store: ParameterStore, other: ParameterStore, file: Path
) -> None:
    store.save("S", "a", {"n": 1})
    store.export(file)
    other.save("S", "a", {"n": 2}, layout={"x": 1})
    assert [one.version for one in other.import_(file, merge=True)] == [2]
    assert [one["n"] for one in other.history("S", "a")] == [2, 1]
    assert other.load("S", "a").layout == {"x": 1}
    assert other.import_(file, merge=True) == []
    assert other.import_(file) == []


def test_an_import_brings_a_deleted_set_back(store: ParameterStore, file: Path) -> None:
    store.save("S", "a", {"n": 1})
    store.export(file)
    store.delete("S", "a")
    assert [one["n"] for one in store.import_(file)] == [1]
    assert store.load("S", "a").version == 1
    assert store.import_(file) == []


def test_an_export_replaces_a_file_only_when_it_is_complete(
    store: ParameterStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("precious")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(StoreError, match=r"sets.json: No space left on device"):
        store.export(file)
    assert file.read_text() == "precious"
    assert [one.name for one in file.parent.glob("*.part")] == []


def test_the_store_itself_is_not_overwritten_by_an_export(store: ParameterStore) -> None:
    with pytest.raises(StoreError, match="is the store itself"):
        store.export(store.path)


def test_an_export_into_a_missing_folder_names_the_file(
    store: ParameterStore, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match=r"no/sets.json: No such file or directory"):
        store.export(tmp_path / "no" / "sets.json")


NAN = float("nan")


def altered(change: Callable[[dict[str, Any]], Any]) -> str:
    """Return an export with something wrong in its second set."""
    sets = [
        {
            "simulation": "S",
            "name": name,
            "versions": [
                {
                    "version": 1,
                    "parameters": {"n": 1},
                    "comment": "",
                    "grade": None,
                    "saved_at": "2026-01-01T00:00:00+00:00",
                    "layout": None,
                }
            ],
        }
        for name in ("good", "bad")
    ]
    document: dict[str, Any] = {
        "format": "ivisit parameter sets",
        "format_version": 1,
        "sets": sets,
    }
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a JSON file"),
        ("{", "is not a JSON file"),
        ("[" * 100_000, "is not a JSON file"),
        ("[1, 2]", "is not an export of parameter sets"),
        ('{"format": "other"}', "is not an export of parameter sets"),
        (altered(lambda d: d.update(format_version=2)), "was written by a newer version"),
        (altered(lambda d: d.pop("sets")), "is an incomplete or altered export"),
        (altered(lambda d: d["sets"][1].pop("name")), "is an incomplete or altered export: 'name'"),
        (altered(lambda d: d["sets"][1].update(versions=[])), r"the versions of 'bad' are \[\]"),
        (
            altered(lambda d: d["sets"][1]["versions"].append(d["sets"][1]["versions"][0])),
            r"the versions of 'bad' are \[1, 1\]",
        ),
        (altered(lambda d: d["sets"][1]["versions"][0].update(version="1")), "version '1'"),
        (
            altered(lambda d: d["sets"][1]["versions"][0].update(parameters={"n": NAN})),
            r"S.n: must be a finite number",
        ),
        (
            altered(lambda d: d["sets"][1]["versions"][0].update(parameters=[1])),
            "S: parameters must be a mapping",
        ),
        (altered(lambda d: d["sets"].append(3)), "is an incomplete or altered export"),
    ],
)
def test_a_bad_file_is_refused_as_a_whole(
    store: ParameterStore, file: Path, text: str, message: str
) -> None:
    file.write_text(text)
    with pytest.raises(StoreError, match=message) as caught:
        store.import_(file)
    assert str(file) in str(caught.value)
    assert store.sets() == []


def test_a_file_that_cannot_be_read_is_named(store: ParameterStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none.json: No such file or directory"):
        store.import_(tmp_path / "none.json")
    with pytest.raises(StoreError, match="Is a directory"):
        store.import_(tmp_path)
    binary = tmp_path / "binary.json"
    binary.write_bytes(bytes(range(256)))
    with pytest.raises(StoreError, match="is not a JSON file"):
        store.import_(binary)


def versions(store: ParameterStore) -> dict[str, list[Any]]:
    """Return, by set, the values of `n` and the times of its versions."""
    return {
        one.name: [(o["n"], o.saved_at) for o in store.history("S", one.name)]
        for one in store.sets()
    }


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Let somebody save `soft` in a store of their own, and export it."""

    def save(who: str, *numbers: int, handout: Path | None = None, end: str = ".json") -> Path:
        folder = tmp_path / who
        folder.mkdir(exist_ok=True)
        with ParameterStore(folder / f"{who}.ivisit") as theirs:
            if handout is not None:
                theirs.import_(handout)
            for n in numbers:
                theirs.save("S", "soft", {"n": n})
            if end == ".json":
                theirs.export(folder / f"{who}.json")
        return folder / f"{who}{end}"

    return save


@pytest.mark.parametrize("end", [".json", ".ivisit"])
def test_sets_of_equal_names_from_many_people_stand_side_by_side(
    store: ParameterStore, hand_in: Callable[..., Path], end: str
) -> None:
    a, b = hand_in("meyer", 1, 2, end=end), hand_in("schulz", 3, end=end)
    store.save("S", "soft", {"n": 0})
    for file in (a, b, a, b, a):
        store.import_(file)
    once = versions(store)
    assert {name: [n for n, _ in has] for name, has in once.items()} == {
        "soft": [0],
        "soft (meyer)": [1, 2],
        "soft (schulz)": [3],
    }
    with ParameterStore(a.with_suffix(".ivisit")) as theirs:
        assert versions(theirs)["soft"] == once["soft (meyer)"]
    origin = store.load("S", "soft (meyer)").origin
    assert (origin["file"], origin["name"]) == (a.name, "soft")


@pytest.mark.parametrize("order", ["aabb", "abab", "bbaa", "baab", "abba"])
def test_the_order_of_imports_does_not_matter_to_what_is_there(
    store: ParameterStore, hand_in: Callable[..., Path], order: str
) -> None:
    files = {"a": hand_in("meyer", 1, 2), "b": hand_in("schulz", 3)}
    for letter in order:
        store.import_(files[letter])
    first = "meyer" if order[0] == "a" else "schulz"
    second = "schulz" if order[0] == "a" else "meyer"
    numbers = {"meyer": [1, 2], "schulz": [3]}
    assert {name: [n for n, _ in has] for name, has in versions(store).items()} == {
        "soft": numbers[first],
        f"soft ({second})": numbers[second],
    }


def test_a_file_that_goes_on_brings_its_new_versions_to_where_the_former_are(
    store: ParameterStore, hand_in: Callable[..., Path]
) -> None:
    store.save("S", "soft", {"n": 0})
    store.import_(hand_in("meyer", 1))
    store.rename("S", "soft (meyer)", "best")
    store.import_(hand_in("meyer", 2))
    assert {name: [n for n, _ in has] for name, has in versions(store).items()} == {
        "soft": [0],
        "best": [1, 2],
    }


def test_a_handout_never_becomes_current_over_own_work(
    store: ParameterStore, hand_in: Callable[..., Path]
) -> None:
    handout = hand_in("lecture", 1)
    store.import_(handout)
    store.save("S", "soft", {"n": 10})
    store.import_(hand_in("lecture", 2))
    assert store.load("S", "soft") == {"n": 10}
    assert [one["n"] for one in store.history("S", "soft (lecture)")] == [1, 2]


def test_own_versions_that_come_back_by_others_are_recognized(
    store: ParameterStore, hand_in: Callable[..., Path], file: Path
) -> None:
    store.save("S", "soft", {"n": 1})
    store.export(file)
    theirs = hand_in("meyer", handout=file)
    assert store.import_(theirs) == []
    # What they add to it is theirs, and goes beside.
    assert [one.name for one in store.import_(hand_in("meyer", 2))] == ["soft (meyer)"]
    assert store.load("S", "soft") == {"n": 1}


def test_a_merge_takes_each_version_once_and_makes_the_last_one_current(
    store: ParameterStore, hand_in: Callable[..., Path]
) -> None:
    a, b = hand_in("meyer", 1, 2), hand_in("schulz", 3)
    store.save("S", "soft", {"n": 0})
    for file in (a, b, a, b, a):
        store.import_(file, merge=True)
    assert [one["n"] for one in store.history("S", "soft")] == [0, 1, 2, 3]
    assert [one.version for one in store.history("S", "soft")] == [1, 2, 3, 4]
    assert len(store.sets()) == 1


def test_files_of_one_name_from_two_folders_are_told_apart(
    store: ParameterStore, hand_in: Callable[..., Path], tmp_path: Path
) -> None:
    store.save("S", "soft", {"n": 0})
    for who, n in (("meyer", 1), ("schulz", 2)):
        (tmp_path / who).mkdir()
        store.import_(shutil.copy(hand_in(who, n), tmp_path / who / "sets.json"))
    assert sorted(versions(store)) == ["soft", "soft (sets 2)", "soft (sets)"]


def test_an_equal_set_of_another_name_is_another_set(store: ParameterStore, file: Path) -> None:
    file.write_text(altered(lambda d: None))
    assert [one.name for one in store.import_(file)] == ["good", "bad"]
    assert store.import_(file) == []


def test_the_store_itself_is_not_imported(store: ParameterStore) -> None:
    with pytest.raises(StoreError, match="is the store itself"):
        store.import_(store.path)


def test_damaged_versions_are_neither_sent_nor_taken(
    store: ParameterStore,
    other: ParameterStore,
    file: Path,
    query: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.save("S", "a", {"n": 1})
    store.save("S", "b", {"n": 2})
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE set_version SET comment = 'x' WHERE id = 1")
    assert store.export(file) == 1
    assert "left out: S: version 1 of the parameter set 'a' is damaged" in caplog.text
    with pytest.raises(StoreError, match="version 1 of the parameter set 'a' is damaged"):
        other.import_(store.path)


def test_a_typo_does_not_replace_an_export_by_an_empty_one(
    store: ParameterStore, file: Path
) -> None:
    file.write_text("precious")
    store.save("GaussFilter", "a", {})
    with pytest.raises(StoreError, match=r"no parameter sets of 'Typo'.*'GaussFilter'"):
        store.export(file, "Typo")
    assert file.read_text() == "precious"
