"""Arrangements as trees: no card gets lost, whatever is done with them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivisit.gui.arranging.tree import (
    SIDES,
    Stack,
    beside,
    fitted,
    from_json,
    names_in,
    swapped,
    to_json,
    without,
)
from tests.ivisit.gui.arranging.arrangements import NAMES, trees

few = settings(max_examples=40)


def check(part) -> None:
    """Assert that no level is superfluous and that all weights are sound."""
    if not isinstance(part, Stack):
        return
    assert len(part.parts) == len(part.weights) >= 2
    assert all(weight >= 0 for weight in part.weights)
    for child in part.parts:
        assert not isinstance(child, Stack) or child.direction != part.direction
        check(child)


@few
@given(trees())
def test_json_brings_an_arrangement_back(part):
    again = from_json(json.loads(json.dumps(to_json(part))))
    assert names_in(again) == names_in(part)
    check(again)
    assert to_json(again) == to_json(from_json(to_json(again)))


@few
@given(trees(), st.sampled_from(NAMES), st.sampled_from(["", *NAMES]), st.sampled_from(SIDES))
def test_moving_loses_no_card_and_puts_it_beside_the_other(part, name, target, side):
    before = set(names_in(part))
    moved = beside(part, name, target, side)
    assert sorted(names_in(moved)) == sorted(before | {name})
    check(moved)
    order = names_in(moved)
    if target in before - {name}:
        distance = order.index(name) - order.index(target)
        assert distance == (1 if side in ("right", "below") else -1)
    elif not target and before - {name}:
        assert order[-1 if side in ("right", "below") else 0] == name


@few
@given(trees(), st.sampled_from(SIDES))
def test_a_card_beside_itself_stays_where_it_is(part, side):
    name = names_in(part)[0]
    assert beside(part, name, name, side) == part


@few
@given(trees(), st.sets(st.sampled_from(NAMES)))
def test_cards_that_are_taken_away_leave_the_others_in_their_order(part, gone):
    rest = without(part, gone)
    assert names_in(rest) == [name for name in names_in(part) if name not in gone]
    check(rest)


@few
@given(trees())
def test_cards_change_places(part):
    names = names_in(part)
    first, last = names[0], names[-1]
    assert names_in(swapped(part, first, last))[0] == last
    assert swapped(swapped(part, first, last), first, last) == part


@few
@given(trees(), st.lists(st.sampled_from([*NAMES, "new", "newer"]), unique=True))
def test_an_arrangement_fits_the_panels_of_another_version(part, names):
    result = fitted(part, names)
    assert sorted(names_in(result)) == sorted(names)
    kept = [name for name in names_in(part) if name in names]
    assert [name for name in names_in(result) if name in kept] == kept
    check(result)


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        (None, []),
        (5, []),
        ([], []),
        ({}, []),
        ({"row": 5}, []),
        ({"row": []}, []),
        ({"row": ["a", "a", None, 7, {"column": ["b", "a"]}]}, ["a", "b"]),
        ({"row": ["a", "b"], "weights": [1]}, ["a", "b"]),
        ({"row": ["a", "b"], "weights": ["much", -3]}, ["a", "b"]),
        ({"row": ["a", "b"], "weights": [float("nan"), True]}, ["a", "b"]),
        ({"diagonal": ["a", "b"]}, []),
    ],
)
def test_what_makes_no_sense_is_left_out(entry, names):
    part = from_json(entry)
    assert names_in(part) == names
    check(part)


def test_an_arrangement_that_never_ends_is_cut():
    entry = "card"
    for index in range(1000):
        entry = {"row": [f"card {index}", {"column": [entry, f"other {index}"]}]}
    assert len(names_in(from_json(entry))) < 100
