"""The first arrangement: pictures in their aspect, plots wide, texts as they need."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivisit.gui.arranging.automatic import Wish, automatic, wanted_room
from ivisit.gui.arranging.solving import solve
from ivisit.gui.arranging.tree import names_in

GAP = 8


def picture(name: str, aspect: float | None = None, natural=(420, 340)) -> Wish:
    return Wish(name, "picture", (180, 150), natural, aspect)


def plot(name: str) -> Wish:
    return Wish(name, "plot", (200, 130), (420, 200))


def text(name: str) -> Wish:
    return Wish(name, "text", (200, 96), (300, 120))


def places(wishes, room):
    choice = automatic(wishes, room, GAP)
    return solve(choice.part, {wish.name: wish.least for wish in wishes}, room, GAP).places


kinds = st.one_of(
    st.builds(picture, st.just(""), st.none() | st.floats(0.001, 1000)),
    st.builds(plot, st.just("")),
    st.builds(text, st.just("")),
)


@settings(max_examples=40)
@given(st.lists(kinds, max_size=9), st.integers(100, 2500), st.integers(100, 1500))
def test_all_cards_are_arranged_and_fit_on_the_right(wishes, width, height):
    wishes = [Wish(str(i), w.group, w.least, w.natural, w.aspect) for i, w in enumerate(wishes)]
    choice = automatic(wishes, (width, height), GAP)
    if not wishes:
        assert choice is None
        return
    assert sorted(names_in(choice.part)) == sorted(wish.name for wish in wishes)
    solution = solve(choice.part, {w.name: w.least for w in wishes}, (width, height), GAP)
    assert solution.width == max(width, *(w.least[0] for w in wishes))
    size = wanted_room(wishes, (width, height), GAP)
    assert size[0] <= width
    assert size[1] <= height


def test_a_wide_figure_has_the_whole_width():
    found = places([picture("wide", 6.0), picture("usual"), plot("line")], (900, 700))
    assert found["wide"].width == 900
    assert found["wide"].height < found["usual"].height


def test_pictures_of_a_row_become_equally_high_and_as_wide_as_their_shape_asks():
    found = places([picture("high", 0.6), picture("wide", 1.8)], (1200, 500))
    assert found["high"].y == found["wide"].y
    assert found["wide"].width / found["high"].width == pytest.approx(3, rel=0.1)


def test_a_high_window_has_pictures_below_each_other_and_a_wide_one_beside():
    wishes = [picture("a"), picture("b")]
    high, wide = places(wishes, (500, 900)), places(wishes, (1200, 500))
    assert high["a"].x == high["b"].x
    assert wide["a"].y == wide["b"].y


def test_texts_get_what_they_need_and_pictures_the_rest():
    found = places([picture("a"), text("t")], (500, 800))
    assert found["t"].height <= 130
    assert found["a"].height > 600


def test_a_small_gain_changes_nothing():
    wishes = [picture("a"), picture("b"), plot("c"), text("d")]
    first = automatic(wishes, (900, 640), GAP)
    for width in range(900, 960, 4):
        choice = automatic(wishes, (width, 640), GAP, first.candidate)
        assert choice.candidate == first.candidate


def test_the_wanted_room_is_that_of_the_content():
    assert wanted_room([picture("a")], (1900, 1000), GAP) == (420, 340)
    assert wanted_room([picture("a", natural=(1000, 900))], (1900, 1000), GAP) == (1000, 900)
    assert wanted_room([picture("a", natural=(3000, 900))], (1900, 1000), GAP) == (1900, 1000)
    assert wanted_room([], (1900, 1000), GAP) == (0, 0)


@pytest.mark.parametrize("room", [(1390, 919), (866, 719), (610, 619)])
@pytest.mark.parametrize(
    "wishes",
    [
        [picture("a", 0.85), picture("b", 0.85), picture("c", 2.0), plot("line")],
        [picture("a"), plot("line"), text("t")],
        [picture("a", 1.0), plot("line")],
        [picture("a"), picture("b"), plot("line"), plot("second")],
    ],
    ids=["a plot among pictures", "a picture, a plot, a text", "one of each", "two of each"],
)
def test_a_plot_is_no_narrow_high_column(wishes, room):
    found = places(wishes, room)
    for wish in wishes:
        if wish.group == "plot":
            assert found[wish.name].width >= found[wish.name].height
