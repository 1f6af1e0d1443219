"""From arrangements to rectangles: all cards have their room, nothing overlaps."""

from __future__ import annotations

import copy
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivisit.gui.arranging.solving import Rectangle, natural_size, shares, solve
from ivisit.gui.arranging.tree import Stack, names_in
from tests.ivisit.gui.arranging.arrangements import problems

GAP = 8
few = settings(max_examples=40)


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return max(a.x, b.x) < min(a.right, b.right) and max(a.y, b.y) < min(a.bottom, b.bottom)


@few
@given(problems())
def test_each_card_has_its_room_and_none_overlaps_another(problem):
    part, least, room = problem
    solution = solve(part, least, room, GAP)
    assert set(solution.places) == set(least)
    for name, place in solution.places.items():
        assert place.width >= least[name][0]
        assert place.height >= least[name][1]
        assert place.x >= 0
        assert place.y >= 0
        assert place.right <= solution.width
        assert place.bottom <= solution.height
    for a, b in itertools.combinations(solution.places.values(), 2):
        assert not overlap(a, b)
    for sash, place in itertools.product(solution.sashes, solution.places.values()):
        assert not overlap(sash.place, place)


@few
@given(problems())
def test_nothing_runs_out_on_the_right_while_each_card_alone_fits(problem):
    part, least, room = problem
    solution = solve(part, least, room, GAP)
    assert solution.width == max(room[0], *(width for width, _ in least.values()))


@few
@given(problems(), st.integers(-500, 500), st.data())
def test_a_sash_that_is_moved_goes_with_the_hand_as_far_as_there_is_room(problem, distance, data):
    part, least, room = problem
    part = copy.deepcopy(part)
    solution = solve(part, least, room, GAP)
    if not solution.sashes:
        return
    sash = data.draw(st.sampled_from(solution.sashes))
    sash.move(distance)
    after = solve(part, least, room, GAP)
    moved = next(s for s in after.sashes if s.stack is sash.stack and s.before == sash.before)
    along = "x" if sash.stack.direction == "row" else "y"
    expected = min(max(distance, -sash.spare[sash.before]), sash.spare[sash.after])
    got = getattr(moved.place, along) - getattr(sash.place, along)
    assert abs(got - expected) <= 1
    # The others of the stack stay where they are.
    for name in solution.places:
        inside = [names_in(sash.stack.parts[index]) for index in (sash.before, sash.after)]
        if name not in itertools.chain(*inside):
            former, place = solution.places[name], after.places[name]
            assert abs(former.x - place.x) <= 1
            assert abs(former.y - place.y) <= 1


def test_a_hidden_card_keeps_its_share_while_a_sash_moves():
    part = Stack("row", ["a", "b", "c"], [100.0, 100.0, 50.0])
    least = {"a": (10, 10), "b": (10, 10)}
    solve(part, least, (220 + GAP, 100), GAP).sashes[0].move(30)
    assert part.weights == [130.0, 70.0, 50.0]


def test_a_row_that_is_too_narrow_goes_on_in_a_further_line():
    part = Stack("row", ["a", "b", "c"])
    least = dict.fromkeys("abc", (100, 50))
    wide = solve(part, least, (400, 200), GAP)
    assert {place.y for place in wide.places.values()} == {0}
    narrow = solve(part, least, (210, 200), GAP)
    assert narrow.width == 210
    assert narrow.places["a"].y == narrow.places["b"].y < narrow.places["c"].y
    assert narrow.places["c"].width == 210


@few
@given(st.integers(0, 5000), st.lists(st.floats(0, 1e6), min_size=1, max_size=9))
def test_sharing_loses_no_pixel(amount, weights):
    result = shares(amount, weights)
    assert sum(result) == amount
    assert min(result) >= 0


@pytest.mark.parametrize(
    ("part", "size"),
    [
        ("a", (100, 50)),
        (Stack("row", ["a", "b"]), (308, 80)),
        (Stack("column", ["a", "b", "hidden"]), (200, 138)),
        (None, (0, 0)),
    ],
)
def test_the_natural_size_is_that_of_the_cards_with_their_gaps(part, size):
    assert natural_size(part, {"a": (100, 50), "b": (200, 80)}, GAP) == size
