"""Parameter sets travel from store to store in a JSON file, whole and without losing anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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
        assert repr(before) == repr(after)


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


def test_an_import_adds_a_version_to_a_set_that_is_there(
    store: ParameterStore, other: ParameterStore, file: Path
) -> None:
    store.save("S", "a", {"n": 1})
    store.export(file)
    other.save("S", "a", {"n": 2}, layout={"x": 1})
    assert [one.version for one in other.import_(file)] == [2]
    assert [one["n"] for one in other.history("S", "a")] == [2, 1]
    assert other.load("S", "a").layout == {"x": 1}
    assert other.import_(file) == []


def test_an_import_brings_a_deleted_set_back(store: ParameterStore, file: Path) -> None:
    store.save("S", "a", {"n": 1})
    store.export(file)
    store.delete("S", "a")
    assert [one["n"] for one in store.import_(file)] == [1]
    assert store.load("S", "a").version == 2


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
