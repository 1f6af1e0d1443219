"""Changing a part of a stored set, and the pictures of versions."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing

import pytest

from ivisit import Checkbox, DictSlider, Simulation, Slider
from ivisit.errors import ParameterError, StoreError
from ivisit.store import ParameterStore

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


class Filter(Simulation):
    """What `S` may be declared as."""

    key = "S"
    sigma = Slider(2.0, 0.1, 20.0)
    weights = DictSlider({"a": 1.0, "b": 2.0}, 0.0, 9.0)
    on = Checkbox(False)


def test_only_what_is_named_is_changed_in_a_new_version(store: ParameterStore) -> None:
    store.save("S", "a", {"sigma": 3.0, "gone": 1}, comment="good", grade=3, layout={"x": 1})
    amended = store.amend(Filter, "a", {"sigma": 4.0})
    assert (amended.version, amended["sigma"]) == (2, 4.0)
    kept = store.load("S", "a")
    assert kept == {"sigma": 4.0, "gone": 1}  # what does not fit the declaration stays
    assert (kept.comment, kept.grade, kept.layout) == ("good", 3, {"x": 1})
    assert store.amend("S", "a", comment="better").grade == 3
    assert store.amend("S", "a", grade=5).comment == "better"
    assert store.amend("S", "a", grade=None).grade is None
    assert [one.grade for one in store.history("S", "a")] == [3, 3, 3, 5, None]


def test_nothing_changed_makes_no_version(store: ParameterStore) -> None:
    store.save("S", "a", {"sigma": 3.0}, comment="good", grade=3)
    assert store.amend("S", "a").version == 1
    assert store.amend("S", "a", {"sigma": 3.0}, comment="good", grade=3).version == 1


def test_items_of_a_group_join_those_that_are_there(store: ParameterStore) -> None:
    store.save(Filter, "a", {"weights": {"a": 5.0, "b": 6.0}})
    assert store.amend(Filter, "a", {"weights": {"b": 7.0}})["weights"] == {"a": 5.0, "b": 7.0}


def test_what_does_not_fit_or_is_not_there_is_refused_and_nothing_changes(
    store: ParameterStore,
) -> None:
    store.save("S", "a", {"sigma": 3.0})
    with pytest.raises(ParameterError, match="between"):
        store.amend(Filter, "a", {"sigma": 99.0})
    with pytest.raises(ParameterError, match="Did you mean 'sigma'"):
        store.amend(Filter, "a", {"sigme": 3.0})
    with pytest.raises(ParameterError, match="grade"):
        store.amend(Filter, "a", grade="good")  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="'b'"):
        store.amend(Filter, "b", {"sigma": 3.0})
    assert store.load("S", "a").version == 1


def test_a_picture_belongs_to_its_version_and_goes_with_the_same_values(
    store: ParameterStore,
) -> None:
    store.save("S", "a", {"n": 1}, picture=PICTURE)
    store.save("S", "a", {"n": 2})
    assert store.picture("S", "a", 1) == PICTURE
    assert store.picture("S", "a", 2) is None
    assert store.picture("S", "a", 9) is None
    assert store.picture("S", "b", 1) is None
    store.restore("S", "a", version=1)
    assert store.picture("S", "a", 3) == PICTURE
    store.amend("S", "a", grade=4)
    assert store.picture("S", "a", 4) == PICTURE
    store.amend("S", "a", {"n": 5})
    assert store.picture("S", "a", 5) is None
    store.restore("S", "a", version=1)
    store.copy("S", "a", "b")
    assert store.picture("S", "b", 1) == PICTURE
    store.rename("S", "b", "c")
    assert store.picture("S", "c", 1) == PICTURE


@pytest.mark.parametrize("put", [b"\x89PNG" + bytes(2**16), "no bytes", 7])
def test_what_somebody_put_there_that_is_no_small_picture_is_not_served(
    store: ParameterStore, put: object
) -> None:
    store.save("S", "a", {"n": 1}, picture=PICTURE)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE set_picture SET png = ?", (put,))
    assert store.picture("S", "a", 1) is None


def test_pictures_go_with_the_versions_that_are_removed(store: ParameterStore) -> None:
    for n in range(3):
        store.save("S", "a", {"n": n}, picture=PICTURE)
    store.save("S", "b", {}, picture=PICTURE)
    store.delete("S", "b")
    store.purge("S", "b")
    store.prune("S", keep=1)
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("SELECT count(*) FROM set_picture").fetchone() == (1,)


@pytest.mark.parametrize("picture", [b"GIF89a", PICTURE + bytes(70_000), "text", 5])
def test_a_picture_is_a_small_png(store: ParameterStore, picture: object) -> None:
    with pytest.raises(ParameterError, match="picture: must be"):
        store.save("S", "a", {}, picture=picture)  # type: ignore[arg-type]
    assert store.sets() == []


def test_chosen_sets_are_exported(store: ParameterStore) -> None:
    for name in ("a", "b", "c"):
        store.save("S", name, {"n": 1})
    file = store.path.with_suffix(".json")
    assert store.export(file, "S", names=["a", "c"]) == 2
    with pytest.raises(StoreError, match="'d'"):
        store.export(file, "S", names=["a", "d"])
    with ParameterStore(store.path.with_name("other.ivisit")) as other:
        assert [one.name for one in other.import_(file)] == ["a", "c"]
