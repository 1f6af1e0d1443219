"""Removing for good happens only when asked for, and gives its space back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivisit.errors import ParameterError, StoreError
from ivisit.store import ParameterStore


def test_only_deleted_sets_are_purged(store: ParameterStore) -> None:
    for simulation in ("S", "T"):
        for name in ("a", "b", "c"):
            store.save(simulation, name, {})
        store.delete(simulation, "a")
        store.delete(simulation, "b")
    assert store.purge("S", "a") == 1
    assert store.purge("S") == 1
    assert store.purge() == 2
    assert store.purge() == 0
    assert store.sets(deleted=True) == []
    assert [one.name for one in store.sets()] == ["c", "c"]
    with pytest.raises(StoreError, match="has no parameter set 'a'"):
        store.restore("S", "a")


def test_purging_one_set_says_why_it_cannot(store: ParameterStore) -> None:
    store.save("S", "a", {})
    with pytest.raises(StoreError, match="'a' is in use; only deleted sets can be purged"):
        store.purge("S", "a")
    with pytest.raises(StoreError, match="has no parameter set 'x'"):
        store.purge("S", "x")


def test_pruning_keeps_the_newest_versions(store: ParameterStore) -> None:
    for n in range(1, 6):
        store.save("S", "a", {"n": n})
        store.save("T", "a", {"n": n})
    assert store.prune("S", keep=2) == 3
    assert [one.version for one in store.history("S", "a")] == [4, 5]
    assert len(store.history("T", "a")) == 5
    assert store.prune(keep=1) == 5
    assert store.load("S", "a") == store.load("T", "a") == {"n": 5}
    assert store.save("S", "a", {}).version == 6


@pytest.mark.parametrize("keep", [0, -1, 1.5, True, "2"])
def test_pruning_leaves_at_least_one_version(store: ParameterStore, keep: int) -> None:
    with pytest.raises(ParameterError, match="keep: must be an integer of at least 1"):
        store.prune(keep=keep)


def test_vacuum_gives_the_space_back(store: ParameterStore, path: Path) -> None:
    for n in range(50):
        store.save("S", "a", {"text": str(n) * 10_000})
    large = path.stat().st_size
    store.prune(keep=1)
    store.vacuum()
    assert path.stat().st_size < large / 5
    assert store.load("S", "a")["text"] == "49" * 10_000


def test_a_backup_is_a_complete_store(store: ParameterStore, tmp_path: Path) -> None:
    store.save("S", "a", {"n": 1})
    store.save("S", "a", {"n": 2})
    store.backup(tmp_path / "backup.ivisit")
    with ParameterStore(tmp_path / "backup.ivisit", create=False) as copy:
        assert [one["n"] for one in copy.history("S", "a")] == [1, 2]


def test_a_backup_overwrites_nothing(store: ParameterStore, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    with pytest.raises(StoreError, match="precious: exists already"):
        store.backup(precious)
    assert precious.read_text() == "precious"
    with pytest.raises(StoreError, match=r"backup.ivisit: could not be opened"):
        store.backup(tmp_path / "no" / "backup.ivisit")
