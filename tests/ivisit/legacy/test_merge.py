"""The three modes of reading directives anew."""

from __future__ import annotations

import pytest

from ivisit.legacy.language.directives import parse_directives
from ivisit.legacy.language.merge import ParseMode, merge
from ivisit.legacy.records import CommentRecord


def widgets(*lines):
    return (
        parse_directives(
            "\n".join(["#@IVISIT:SIMULATION & s", *(f"#@IVISIT:{line}" for line in lines)])
        )
        .blocks[0]
        .widgets
    )


def slider(name="S", limit=10, value=3, kind="int", parameter="p", scale=1):
    return f"SLIDER & {name} & [9,1] & [0,{limit},5,{scale}] & {parameter} & 0 & {kind} & {value}"


@pytest.mark.parametrize(
    ("mode", "limit", "value"),
    [
        (ParseMode.ONLY_NEW, 10, 3),
        (ParseMode.UPDATE, 20, 15),
        (ParseMode.KEEP_VALUES, 20, 3),
    ],
)
def test_the_modes_differ_in_what_a_known_widget_takes_over(mode, limit, value):
    former, present = widgets(slider()), widgets(slider(limit=20, value=15), slider("New"))
    merged = merge(former, present, mode)
    assert [(w.name, w.grid.maximum, w.value) for w in merged.widgets] == [
        ("S", limit, value),
        ("New", 10, 3),
    ]
    assert (merged.added, merged.changed, merged.unmentioned) == (["New"], ["S"], [])


@pytest.mark.parametrize("mode", ParseMode)
def test_nothing_is_ever_deleted(mode):
    merged = merge(widgets(slider("Old")), widgets(slider("New")), mode)
    assert [w.name for w in merged.widgets] == ["New", "Old"]
    assert merged.unmentioned == ["Old"]


def test_a_widget_bound_to_another_parameter_is_another_widget():
    merged = merge(widgets(slider()), widgets(slider(parameter="q")), ParseMode.KEEP_VALUES)
    assert [w.parameter for w in merged.widgets] == ["q", "p"]


@pytest.mark.parametrize(
    ("former", "present", "value"),
    [
        (slider(value=9), slider(limit=5), 5),
        (slider(kind="float", value=9), slider(value=1), 9),
        ("LISTSEL & S & [9,1] & [a,b] & p & 0 & text & b", slider(), 3),
        (
            "LISTSEL & S & [9,1] & [a,b] & p & 0 & text & b",
            "LISTSEL & S & [9,1] & [x,y] & p & 0 & text & x",
            "b",
        ),
        ("RADIOBUTTON & S & [a,b] & p & b", "RADIOBUTTON & S & [x,y] & p & y", "y"),
        ("CHECKBOX & S & [a,b] & p & 01", "CHECKBOX & S & [a,b,c] & p & 100", "100"),
        ("CHECKBOX & S & [a,b] & p & 01", "CHECKBOX & S & [x,y] & p & 10", "01"),
        ("TEXT_IN & S & [9,1] & p & 0 & old", "TEXT_IN & S & [9,4] & p & 0 & new", "old"),
    ],
)
def test_a_value_is_kept_where_it_still_fits(former, present, value):
    (merged,) = merge(widgets(former), widgets(present), ParseMode.KEEP_VALUES).widgets
    assert getattr(merged, "delivered", getattr(merged, "value", None)) == value


def test_the_items_of_a_dict_keep_their_values_by_key():
    def group(first, second):
        return widgets(
            "DICTSLIDER & G & [9] & g & 0",
            f"DICTSLIDERITEM & {first} & [0,9,1,1] & {first[0]} & int & 1",
            f"DICTSLIDERITEM & {second} & [0,9,1,1] & {second[0]} & int & 2",
        )

    (merged,) = merge(group("a", "b"), group("b (new name)", "c"), ParseMode.KEEP_VALUES).widgets
    assert [(i.key, i.value) for i in merged.items] == [("b", 2), ("c", 2)]


def test_what_the_user_wrote_about_a_widget_is_kept():
    import dataclasses

    former = [dataclasses.replace(w, help="my note") for w in widgets(slider())]
    for mode in ParseMode:
        assert merge(former, widgets(slider()), mode).widgets[0].help == "my note"


def test_comments_stay():
    merged = merge([CommentRecord(name="", text="hello")], widgets(slider()), ParseMode.UPDATE)
    assert [type(w).__name__ for w in merged.widgets] == ["SliderRecord", "CommentRecord"]


@pytest.mark.parametrize(
    ("former", "present", "value"),
    [
        (
            slider(kind="float", value=3.5, scale=0.5),
            slider(kind="int", value=7),
            7,
        ),  # 3.5 is no int
        (slider(kind="float", value=4.0), slider(kind="int", value=7), 4),
        (slider(kind="int", value=3), slider(kind="float", value=7.0), 3.0),
        (slider(limit=100, value=90), slider(limit=10, value=7), 10),  # brought inside
    ],
)
def test_an_old_value_comes_in_the_type_of_the_new_slider_or_not_at_all(former, present, value):
    (merged,) = merge(widgets(former), widgets(present), ParseMode.KEEP_VALUES).widgets
    assert merged.delivered == value
    assert type(merged.delivered) is type(value)
