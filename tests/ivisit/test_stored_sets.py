"""Finding sets by words and conditions, saying how they differ, and what acts on them."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivisit import DictSlider, OptionList, Simulation, Slider
from ivisit.cli import main
from ivisit.errors import ParameterError, StoreError
from ivisit.sets import actions
from ivisit.sets.conditions import Condition, parse_filter
from ivisit.sets.listing import ORDERS, chosen, ordered
from ivisit.sets.wording import grade_text, in_words, value_text
from ivisit.store import ParameterStore


class Filter(Simulation):
    """A simulation with several kinds of values."""

    sigma = Slider(2.0, 0.1, 20.0)
    mode = OptionList("reflect", ["reflect", "wrap"])
    weights = DictSlider({"a": 1.0, "b": 2.0}, 0.0, 9.0)


@pytest.fixture
def store(tmp_path: Path):
    with ParameterStore(tmp_path / "s.ivisit") as opened:
        yield opened


@pytest.fixture
def sets(store: ParameterStore):
    store.save(
        "S",
        "soft",
        {"sigma": 8.0, "mode": "wrap", "on": True, "weights": {"a": 1, "b": 2}, "Kernel Width": 4},
        comment="for portraits",
        grade=4,
    )
    store.save("S", "sharp", {"sigma": 0.5, "mode": "reflect", "on": False}, grade=2)
    store.save("S", "run 10", {"sigma": 3, "mode": "two words"}, comment="Soft edges")
    store.save("S", "run 2", {"grade": 1})
    return store.sets("S")


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("", "run 10, run 2, sharp, soft"),
        ("soft", "run 10, soft"),
        ("SOFT edges", "run 10"),
        ('"for port"', "soft"),
        ("sigma>3", "soft"),
        ("sigma >= 3", "run 10, soft"),
        ("sigma<=.5", "sharp"),
        ("sigma=3", "run 10"),
        ("sigma!=3", "sharp, soft"),
        ("mode=WRAP", "soft"),
        ("mode~r", "run 10, sharp, soft"),
        ('mode="two words"', "run 10"),
        ("on=true", "soft"),
        ("on!=on", "sharp"),
        ("weights.b>1", "soft"),
        ("weights.c>1", ""),
        ('"Kernel Width">3', "soft"),
        ("grade>=3", "soft"),
        ("grade!=4", "sharp"),
        ("parameters.grade=1", "run 2"),
        ("version=1 name~run", "run 10, run 2"),
        ('comment=""', "run 2, sharp"),
        ("saved>=2026-01 saved<2999", "run 10, run 2, sharp, soft"),
        ("saved=1999", ""),
        ("so sigma>1 grade>3", "soft"),
    ],
)
def test_a_filter_finds_what_is_like_that(sets, where, names):
    found = chosen(sets, where)
    assert ", ".join(one.name for one in ordered(found, "name")) == ", ".join(
        sorted(names.split(", "), key=["", "run 2", "run 10", "sharp", "soft"].index)
    )


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("sigma>", "sigma> needs a value"),
        ("sigma=>3", "is no condition"),
        (">3", "is no condition"),
        ('"open', "quotation mark"),
        ("sigme>3", "no parameter 'sigme'. Did you mean 'sigma'"),
        ("zzzzzz>3", "There are grade, version"),
        ("sigma>1,5", "with a point"),
        ("sigma>high", "'high' is none"),
        ("sigma~3", "is a number"),
        ("mode>wrap", "mode is a text"),
        ("on>1", "on is on or off"),
    ],
)
def test_what_cannot_be_understood_is_told_in_words(sets, where, message):
    with pytest.raises(ParameterError, match=message):
        chosen(sets, where)


def test_a_parameter_of_the_declaration_is_known_although_no_set_has_it(sets):
    assert chosen(sets, "gain>3", ["gain"]) == []


NAMES = st.text(st.characters(exclude_characters='"', codec="utf-8"), min_size=1).filter(str.strip)


@given(NAMES, st.sampled_from([">", ">=", "<", "<=", "=", "!=", "~"]), NAMES)
def test_every_name_and_value_can_be_written_in_quotes(name, sign, value):
    assert parse_filter(f'"{name}"{sign}"{value}" soft').conditions == (
        Condition(name, sign, value),
    )


@given(st.text())
def test_every_text_is_a_filter_or_refused(text):
    with contextlib.suppress(ParameterError):
        parse_filter(text)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e300, 1e300))
def test_numbers_compare_as_numbers(value, limit):
    class Stored(dict):
        name = comment = ""

    for sign, truth in ((">", value > limit), ("<=", value <= limit), ("=", value == limit)):
        assert Condition("x", sign, repr(limit))(Stored(x=value)) == truth


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_does_not_depend_on_the_former_one(sets, order):
    expected = [one.name for one in ordered(sets, order)]
    shuffled = random.Random(1).sample(sets, len(sets))
    if order in ("name", "saved"):  # all different
        assert [one.name for one in ordered(shuffled, order)] == expected
        assert [one.name for one in ordered(shuffled, order, reverse=True)] == expected[::-1]
    assert sorted(one.name for one in ordered(shuffled, order)) == sorted(expected)


def test_the_best_the_newest_and_the_first_in_the_alphabet_come_first(sets):
    assert [one.grade for one in ordered(sets, "grade")] == [4, 2, None, None]
    assert [one.name for one in ordered(sets, "saved")] == ["run 2", "run 10", "sharp", "soft"]
    assert [one.name for one in ordered(sets, "name")] == ["run 2", "run 10", "sharp", "soft"]
    with pytest.raises(ParameterError, match="order"):
        ordered(sets, "size")


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ({}, ""),
        ({"sigma": (2.0, 4.0), "mode": ("reflect", "wrap")}, "sigma 2 -> 4, mode reflect -> wrap"),
        ({"n": (1, 1.0)}, "n 1 -> 1.0"),
        ({"on": (True, False)}, "on on -> off"),
        ({"w": ({"a": 1, "b": 2}, {"a": 1, "b": 2.5})}, "w.b 2 -> 2.5"),
        ({"new": (None, "")}, "new (none) -> (empty)"),
        ({"points": ([[0, 1]], [[0, 1], [2, 3]])}, "points 1 row -> 2 rows"),
        ({"points": ([[0, 1], [1, 1]], [[0, 1], [2, 3]])}, "points 1 row of 2 differ"),
    ],
)
def test_differences_read_as_people_say_them(differences, words):
    assert in_words(differences) == words


def test_long_values_and_odd_grades_stay_short():
    assert len(value_text("x" * 500)) == 40
    assert value_text(1 / 3) == "0.33333"
    assert [grade_text(grade) for grade in (0, 5, 5.5, -1)] == ["☆☆☆☆☆", "★★★★★", "5.5", "-1"]


def test_a_history_says_what_each_version_has_changed(store):
    store.save("S", "a", {"sigma": 2.0})
    store.save("S", "a", {"sigma": 4.0}, grade=3)
    store.amend("S", "a", comment="good")
    store.save("S", "a", {"sigma": 4.0}, grade=3, comment="good")
    assert [step.words() for step in actions.history(store, "S", "a")] == [
        "first version",
        "sigma 2 -> 4, grade none -> ★★★☆☆",
        "comment",
        "the same values",
    ]


def test_a_duplicate_bears_the_first_free_name(store):
    store.save("S", "a", {"n": 1})
    assert actions.duplicate(store, "S", "a").name == "a 2"
    store.delete("S", "a 2")
    assert actions.duplicate(store, "S", "a").name == "a 3"
    assert actions.duplicate(store, "S", "a 3").name == "a 4"
    assert actions.duplicate(store, "S", "a", "b").name == "b"
    with pytest.raises(StoreError, match="already"):
        actions.duplicate(store, "S", "a", "b")


def test_a_set_is_removed_for_good_deleted_before_or_not(store):
    for name in ("a", "b"):
        store.save("S", name, {})
    store.delete("S", "b")
    for name in ("a", "b"):
        actions.remove(store, "S", name)
    assert store.sets("S") == store.sets("S", deleted=True) == []


def test_a_reader_of_other_files_is_asked_first(store, tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "READERS", [(lambda path: path.suffix == ".xyz", _read)])
    (added,) = actions.import_file(store, tmp_path / "a.xyz", "S")
    assert added == {"n": 1}
    store.export(tmp_path / "a.json")
    assert actions.import_file(store, tmp_path / "a.json") == []


def _read(path, store, simulation):
    return [store.save(simulation, path.stem, {"n": 1})]


# From the shell ---------------------------------------------------------------------------------


@pytest.fixture
def params(sets, store, capsys):
    store.close()

    def run(*arguments: str, code: int = 0) -> str:
        assert main(["params", *arguments, "--db", str(store.path)]) == code
        answer = capsys.readouterr()
        return answer.err if code else answer.out

    return run


def test_params_list_filters_and_sorts(params):
    def listed(*options: str) -> list[str]:
        return [one["name"] for one in json.loads(params("list", "S", "--json", *options))]

    assert listed("--where", "sigma>=3 mode!=x") == ["run 10", "soft"]
    assert listed("--sort", "grade") == ["soft", "sharp", "run 10", "run 2"]
    message = params("list", "S", "--where", "sigme>3", code=2)
    assert "--where" in message
    assert "Did you mean 'sigma'" in message


def test_params_history_copy_and_export_say_and_do_what_the_window_does(params, tmp_path):
    params("set", "S", "soft", "-p", "sigma=9")
    assert "sigma 8 -> 9" in params("history", "S", "soft")
    assert json.loads(params("history", "S", "soft", "--json"))[1]["changed"] == {"sigma": [8, 9]}
    params("copy", "S", "soft")
    file = tmp_path / "some.json"
    params("export", str(file), "S", "--set", "soft 2", "--set", "sharp")
    assert [one["name"] for one in json.loads(file.read_text())["sets"]] == ["sharp", "soft 2"]
