"""Saving, loading and undoing: what each method of the store does to parameter sets."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ivisit.errors import ParameterError, StoreError
from ivisit.store import ParameterStore


def test_a_saved_set_is_loaded_with_all_that_belongs_to_it(store: ParameterStore) -> None:
    layout = {"sigma": [0, 70], "font": {"name": "Arial", "size": None}}
    saved = store.save("S", "soft", {"sigma": 2.0}, comment="good", grade=1.3, layout=layout)
    loaded = store.load("S", "soft")
    assert loaded == saved == {"sigma": 2.0}
    assert (loaded.simulation, loaded.name, loaded.version) == ("S", "soft", 1)
    assert (loaded.comment, loaded.grade, loaded.layout) == ("good", 1.3, layout)
    assert (loaded.problems, loaded.deleted_at) == ({}, None)
    assert datetime.fromisoformat(loaded.saved_at).utcoffset() == timedelta(0)


def test_a_set_cannot_be_changed(store: ParameterStore) -> None:
    stored = store.save("S", "a", {"weights": {"first": 1}})
    with pytest.raises(TypeError):
        stored["weights"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        stored["weights"]["first"] = 2
    with pytest.raises(AttributeError):
        stored.name = "b"  # type: ignore[misc]


def test_saving_again_keeps_the_former_version(store: ParameterStore) -> None:
    for n in (1, 2, 3):
        assert store.save("S", "a", {"n": n}, comment=f"no. {n}").version == n
    assert store.load("S", "a")["n"] == 3
    assert store.load("S", "a", version=1)["n"] == 1
    assert [(one.version, one["n"], one.comment) for one in store.history("S", "a")] == [
        (1, 1, "no. 1"),
        (2, 2, "no. 2"),
        (3, 3, "no. 3"),
    ]


def test_saving_without_a_layout_keeps_the_former_one(store: ParameterStore) -> None:
    store.save("S", "a", {}, layout={"x": 1})
    assert store.save("S", "a", {}).layout == {"x": 1}
    assert store.save("S", "a", {}, layout={}).layout == {}


def test_sets_of_different_simulations_may_bear_one_name(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1})
    store.save("Old script 'x'", "a", {"Kernel Width": 2})
    assert store.load("S", "a") == {"n": 1}
    assert store.simulations() == ["Old script 'x'", "S"]
    assert [(one.simulation, one.name) for one in store.sets()] == [
        ("Old script 'x'", "a"),
        ("S", "a"),
    ]
    assert [one.simulation for one in store.sets("S")] == ["S"]
    assert store.sets("unknown") == []


@pytest.mark.parametrize("name", ["ünï 'quoted' \"name\"", "a\nb", "%", "😀", "x; DROP TABLE run"])
def test_any_text_may_be_a_name(store: ParameterStore, name: str) -> None:
    store.save(name, name, {name: name}, comment=name)
    loaded = store.load(name, name)
    assert (loaded.simulation, loaded.name, dict(loaded)) == (name, name, {name: name})


def test_grades_come_back_as_they_were(store: ParameterStore) -> None:
    for grade in (3, 3.0, -1, 0.1, None):
        assert repr(store.save("S", "a", {}, grade=grade).grade) == repr(grade)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("S", "", {}), {}, "name of the set: must not be empty"),
        (("S", " \t\u2003", {}), {}, r"name of the set: must not be blank, not ' \\t\\u2003'"),
        ((" ", "a", {}), {}, "key of the simulation: must not be blank, not ' '"),
        (("", "a", {}), {}, "key of the simulation: must not be empty"),
        (("S", 3, {}), {}, "name of the set: must be a text, not 3"),
        (("S", "a\0", {}), {}, "name of the set: must not hold the character NUL"),
        (("S", "a", {}), {"comment": "\udc00"}, "comment: holds half a surrogate pair"),
        (("S", "a", {}), {"grade": "good"}, "grade: must be a number of moderate size or None"),
        (("S", "a", {}), {"grade": float("nan")}, "grade: must be a number of moderate size"),
        (("S", "a", {}), {"grade": 2**63}, "grade: must be a number of moderate size"),
        (("S", "a", {}), {"grade": True}, "grade: must be a number of moderate size"),
        (("S", "a", {}), {"layout": object()}, "layout: must be a number"),
        (("S", "a", {"x": None}), {}, r"S\.x: must be a number"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_leaves_nothing(
    store: ParameterStore, arguments: tuple, options: dict, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        store.save(*arguments, **options)
    assert store.sets() == store.sets(deleted=True) == []


def test_a_simulation_is_a_key_or_a_class(store: ParameterStore) -> None:
    with pytest.raises(TypeError, match="must be a key, a Simulation class or an instance, not 3"):
        store.load(3, "a")  # type: ignore[arg-type]


def test_a_missing_set_is_named_with_the_closest_one(store: ParameterStore) -> None:
    store.save("S", "portrait", {})
    with pytest.raises(StoreError, match=r"^S: has no parameter set 'portrai'. Did you mean 'port"):
        store.load("S", "portrai")
    with pytest.raises(StoreError, match="T: has no parameter set 'portrait'"):
        store.history("T", "portrait")
    with pytest.raises(StoreError, match="'portrait' has no version 7; its current one is 1"):
        store.load("S", "portrait", version=7)
    with pytest.raises(StoreError, match="a number has more than 64 bits"):
        store.load("S", "portrait", version=2**70)


def test_a_difference_names_each_parameter_that_differs(store: ParameterStore) -> None:
    store.save("S", "a", {"same": 1, "kind": 1, "zero": 0.0, "flag": 1, "gone": "x"})
    store.save("S", "b", {"same": 1, "kind": 1.0, "zero": -0.0, "flag": True, "new": "y"})
    assert store.diff("S", "a", "b") == {
        "kind": (1, 1.0),
        "zero": (0.0, -0.0),
        "flag": (1, True),
        "gone": ("x", None),
        "new": (None, "y"),
    }
    assert store.diff("S", "a", "a") == {}


def test_versions_of_a_set_can_be_compared_too(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1, "group": {"x": 1, "y": 2}})
    store.save("S", "a", {"n": 2, "group": {"y": 2, "x": 1}})
    assert store.diff("S", ("a", 1), "a") == {"n": (1, 2)}


def test_a_renamed_set_keeps_its_versions(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1})
    store.save("S", "a", {"n": 2})
    assert store.rename("S", "a", "b").version == 2
    assert [one["n"] for one in store.history("S", "b")] == [1, 2]
    assert [one.name for one in store.sets()] == ["b"]


def test_a_copy_begins_with_the_current_version(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1})
    store.save("S", "a", {"n": 2}, comment="two", grade=2, layout={"x": 1})
    copy = store.copy("S", "a", "b")
    assert (copy["n"], copy.version, copy.comment, copy.grade) == (2, 1, "two", 2)
    assert copy.layout == {"x": 1}
    store.save("S", "b", {"n": 3})
    assert store.load("S", "a")["n"] == 2


def test_a_name_that_is_taken_is_not_overwritten(store: ParameterStore) -> None:
    for name in ("a", "b", "c"):
        store.save("S", name, {"name": name})
    store.delete("S", "c")
    for method in (store.rename, store.copy):
        with pytest.raises(StoreError, match=r"has a parameter set 'b' already. Choose another"):
            method("S", "a", "b")
        with pytest.raises(
            StoreError, match=r"has a deleted parameter set 'c' already. Restore or"
        ):
            method("S", "a", "c")
        with pytest.raises(StoreError, match="has no parameter set 'x'"):
            method("S", "x", "y")
        with pytest.raises(ParameterError, match="new name: must not be empty"):
            method("S", "a", "")
        with pytest.raises(ParameterError, match="new name: must not be blank, not ' '"):
            method("S", "a", " ")
    assert store.load("S", "b") == {"name": "b"}


def test_a_deleted_set_is_hidden_until_it_is_restored(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1})
    store.save("S", "a", {"n": 2})
    store.delete("S", "a")
    assert store.sets() == []
    assert [one.name for one in store.sets(deleted=True)] == ["a"]
    with pytest.raises(StoreError, match=r"the parameter set 'a' was deleted at .* be restored"):
        store.load("S", "a")
    with pytest.raises(StoreError, match="was deleted at"):
        store.delete("S", "a")
    assert [one["n"] for one in store.history("S", "a")] == [1, 2]
    assert store.restore("S", "a") == {"n": 2}
    assert [one.version for one in store.sets()] == [2]


def test_a_former_version_can_be_made_the_current_one(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1}, comment="first", grade=1)
    store.save("S", "a", {"n": 2})
    restored = store.restore("S", "a", version=1)
    assert (restored.version, restored["n"], restored.comment, restored.grade) == (3, 1, "first", 1)
    assert [one["n"] for one in store.history("S", "a")] == [1, 2, 1]


def test_a_former_version_of_a_deleted_set_can_be_restored(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1})
    store.save("S", "a", {"n": 2})
    store.delete("S", "a")
    assert store.restore("S", "a", version=1) == {"n": 1}


def test_restoring_says_what_there_is_nothing_to_restore(store: ParameterStore) -> None:
    store.save("S", "a", {})
    with pytest.raises(StoreError, match=r"'a' is not deleted. To go back .* say which"):
        store.restore("S", "a")
    with pytest.raises(StoreError, match="has no version 9"):
        store.restore("S", "a", version=9)
    with pytest.raises(StoreError, match="has no parameter set 'b'"):
        store.restore("S", "b")


def test_a_failed_restore_leaves_a_deleted_set_deleted(store: ParameterStore) -> None:
    store.save("S", "a", {})
    store.delete("S", "a")
    with pytest.raises(StoreError, match="has no version 9"):
        store.restore("S", "a", version=9)
    assert [one.name for one in store.sets(deleted=True)] == ["a"]


def test_saving_under_a_deleted_name_continues_its_history(store: ParameterStore) -> None:
    store.save("S", "a", {"n": 1})
    store.delete("S", "a")
    assert store.save("S", "a", {"n": 2}).version == 2
    assert [one["n"] for one in store.history("S", "a")] == [1, 2]


def test_a_renamed_class_finds_its_sets_by_a_hint_and_takes_them_over(
    store: ParameterStore,
) -> None:
    store.save("GaussFilter", "soft", {"n": 1})
    store.save("GaussFilter", "gone", {"n": 2})
    store.delete("GaussFilter", "gone")
    number = store.save_run("GaussFilter", parameters={}, seed=0, steps=1, status="finished")
    hint = r"belongs to 'GaussFilter'\. 'ivisit params rekey OLD Blur' moves what they have"
    with pytest.raises(StoreError, match=hint):
        store.load("Blur", "soft")
    assert store.rekey("GaussFilter", "Blur") == 3
    assert store.load("Blur", "soft") == {"n": 1}
    assert store.restore("Blur", "gone") == {"n": 2}
    assert store.load_run(number).simulation == "Blur"
    assert store.simulations() == ["Blur"]
    with pytest.raises(StoreError, match="holds nothing of 'GaussFilter'.*'Blur'"):
        store.rekey("GaussFilter", "Blur")


def test_moving_sets_to_another_key_moves_all_or_nothing(store: ParameterStore) -> None:
    store.save("Old", "free", {"n": 1})
    store.save("Old", "soft", {"n": 1})
    store.save("New", "soft", {"n": 2})
    store.delete("New", "soft")
    with pytest.raises(StoreError, match="Old and New both have the parameter set 'soft'"):
        store.rekey("Old", "New")
    assert [one.name for one in store.sets("Old")] == ["free", "soft"]
    store.purge("New", "soft")
    assert store.rekey("Old", "New") == 2
    run = {"parameters": {}, "seed": 0, "steps": 1, "status": "finished", "sweep": "w", "index": 0}
    for key in ("Old", "New"):
        store.save_run(key, **run)
    with pytest.raises(StoreError, match="both have runs at the same places of a sweep"):
        store.rekey("Old", "New")
    assert len(list(store.runs("Old"))) == 1


def test_what_is_done_together_is_written_whole_or_not_at_all(store: ParameterStore) -> None:
    with store.together(), store.together():
        store.save("Walk", "one", {"stride": 1.0})
        assert [one.name for one in store.sets("Walk")] == ["one"]
        store.delete("Walk", "one")
    assert [one.name for one in store.sets("Walk", deleted=True)] == ["one"]

    def fail_halfway() -> None:
        with store.together():
            store.restore("Walk", "one")
            store.save("Walk", "two", {"stride": 2.0})
            store.delete("Walk", "three")

    with pytest.raises(StoreError, match="three"):
        fail_halfway()
    assert store.sets("Walk") == []
    assert [one.name for one in store.sets("Walk", deleted=True)] == ["one"]
    # The store writes by itself again.
    store.save("Walk", "two", {"stride": 3.0})
    with ParameterStore(store.path) as other:
        assert other.load("Walk", "two")["stride"] == 3.0
