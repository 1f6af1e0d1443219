"""The comment language of old scripts, as IVISIT 0.72 understands it, and its faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ivisit.errors import DirectiveError
from ivisit.legacy.language.directives import parse_directives, read_directives
from ivisit.legacy.language.grid import Grid
from ivisit.legacy.records import Finding

HEAD = "#@IVISIT:SIMULATION & demo\n"
SLIDER = "#@IVISIT:SLIDER & S & [200,1] & {range} & s & {index} & {type} & {value}"


def parse(*lines: str) -> tuple[list[Any], list[Finding]]:
    """Return widgets and findings of directives in a block called demo."""
    directives = parse_directives(HEAD + "\n".join(lines), "demo.py")
    (block,) = directives.blocks
    return block.widgets, directives.findings


def only(*lines: str) -> Any:
    """Return the only widget that the directives declare, without any finding."""
    (widget,), findings = parse(*lines)
    assert not findings
    return widget


def slider(
    range: str = "[0,10,5,1]", index: str = "-1", type: str = "int", value: str = "3"
) -> tuple[list[Any], list[Finding]]:
    return parse(SLIDER.format(range=range, index=index, type=type, value=value))


# A line with a directive -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "#@IVISIT:SIMULATION & demo",
        "   # anything @IVISIT: SIMULATION & demo # comment & more",
        "x = 1  #@IVISIT:SIMULATION&demo",
        "@IVISIT:  SIMULATION  &   demo  ",
    ],
)
def test_a_directive_begins_anywhere_in_a_line(line):
    assert [block.name for block in parse_directives(line).blocks] == ["demo"]


@pytest.mark.parametrize("line", ["#@ivisit:SIMULATION & demo", "#@IVISIT :SIMULATION & demo"])
def test_other_spellings_of_the_mark_are_ordinary_text(line):
    directives = parse_directives(line)
    assert not directives.blocks
    assert not directives.findings


def test_a_directive_in_a_string_literal_keeps_its_quote():
    assert parse_directives('text = "@IVISIT:SIMULATION & demo"').blocks[0].name == 'demo"'


def test_a_lower_case_keyword_is_no_directive():
    widgets, (finding,) = parse("#@IVISIT:slider & S & [200,1] & [0,1,1,1] & s & 0 & int & 0")
    assert not widgets
    assert str(finding).startswith("demo.py:2: 'slider' is no directive; there are SIMULATION,")


@pytest.mark.parametrize("fields", ["S & [1]", "S & 1 & [0,1,1,1] & s & 0 & int & 0 & more"])
def test_the_number_of_fields_must_match(fields):
    widgets, (finding,) = parse(f"#@IVISIT:SLIDER & {fields}")
    assert not widgets
    assert finding.severity == "error"
    assert "needs 7 fields, SLIDER & widget & size & [min,max,ticks,resolution]" in finding.message


def test_an_empty_last_field_is_a_value():
    assert only("#@IVISIT:TEXT_IN & T & [9,1] & t & -1 &").value == ""


def test_a_bad_directive_costs_its_own_widget_only():
    widgets, findings = parse(
        "#@IVISIT:CHECKBOX & A & [x] & a & 1",
        "#@IVISIT:SLIDER & B & nonsense",
        "#@IVISIT:CHECKBOX & C & [x] & c & 1",
    )
    assert [w.name for w in widgets] == ["A", "C"]
    assert [(f.line, f.severity) for f in findings] == [(3, "error")]


def test_a_widget_before_any_simulation_gets_a_simulation_without_name():
    directives = parse_directives("#@IVISIT:CHECKBOX & A & [x] & a & 1")
    assert [b.name for b in directives.blocks] == [""]
    assert "SIMULATION" in directives.findings[0].message


def test_each_simulation_block_has_its_own_widgets_and_a_name_twice_is_one():
    text = "\n".join(
        f"#@IVISIT:SIMULATION & {name}\n#@IVISIT:CHECKBOX & {name}{i} & [x] & a & 1"
        for i, name in enumerate(["one", "two", "one"])
    )
    blocks = parse_directives(text).blocks
    assert {b.name: [w.name for w in b.widgets] for b in blocks} == {
        "one": ["one0", "one2"],
        "two": ["two1"],
    }


def test_a_script_that_does_not_exist_is_one_clear_error(tmp_path):
    with pytest.raises(DirectiveError, match="cannot be read: No such file"):
        read_directives(tmp_path / "nothing.py")


def test_a_script_in_another_encoding_is_read_all_the_same(tmp_path):
    path = Path(tmp_path / "latin.py")
    path.write_bytes("#@IVISIT:SIMULATION & Größe\n".encode("latin-1"))
    assert read_directives(path).blocks[0].name == "Größe"


# Sliders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["int", "INT", "integer", "INTEGER"])
def test_the_words_for_int(word):
    (widget,), _ = slider(type=word)
    assert type(widget.value) is int


@pytest.mark.parametrize("word", ["float", "double", "FLOAT", "DOUBLE"])
def test_the_words_for_float(word):
    (widget,), _ = slider(type=word)
    assert type(widget.value) is float


def test_other_types_are_refused():
    widgets, (finding,) = slider(type="number")
    assert not widgets
    assert finding.message == "SLIDER 'S', type: must be int or float, not 'number'"


@pytest.mark.parametrize(
    ("text", "kind", "grid"),
    [
        ("[0.4,10.6,5,0.5]", "int", Grid(0, 11, 0, True, 200)),
        ("[-5, 5, 3,0.1]", "float", Grid(-5.0, 5.0, 0.1, False, 200, 3)),
        ("0,10,5,1", "int", Grid(0, 10, 1, True, 200)),
        ("[[0,10,'5',1]]", "int", Grid(0, 10, 1, True, 200)),
        ("[0,10,0,1]", "int", Grid(0, 10, 1, True, 200, 0)),
        ("[0,10,5,1,7]", "int", Grid(0, 10, 1, True, 200)),
    ],
)
def test_the_range_of_a_slider(text, kind, grid):
    (widget,), findings = slider(range=text, type=kind)
    assert widget.grid == grid
    assert not findings


@pytest.mark.parametrize("text", ["[0,10]", "[a,b,c,d]", "", "[0,inf,5,1]"])
def test_an_incomplete_range_is_0_to_100(text):
    (widget,), (finding,) = slider(range=text)
    assert widget.grid == Grid(0, 100, 1, True, 200)
    assert "must be [min,max,ticks,resolution]" in finding.message


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("[10,0,5,1]", Grid(0, 10, 1, True, 200)),
        ("[0,10,5,-1]", Grid(0, 10, 1, True, 200)),
        ("[3,3,5,1]", Grid(3, 3, 1, True, 200)),
    ],
)
def test_an_impossible_range_becomes_what_its_author_meant(text, grid):
    (widget,), findings = slider(range=text)
    assert widget.grid == grid
    assert findings[0].severity == "warning"


@pytest.mark.parametrize(("text", "value"), [("3.6", 0), ("x", 0), ("4", 4)])
def test_the_value_of_an_int_slider_is_an_int_literal_or_0(text, value):
    (widget,), _ = slider(value=text)
    assert widget.value == value


def test_a_float_slider_without_a_number_is_missing():
    widgets, (finding,) = slider(type="float", value="much")
    assert not widgets
    assert finding.message == "SLIDER 'S', value: must be a number, not 'much'"


@pytest.mark.parametrize(
    ("range", "value", "shown"),
    [("[0,2,4,0.1]", "0.123", 0.1), ("[0,10,5,1]", "70", 10.0), ("[5,10,5,1]", "7.4", 7.0)],
)
def test_a_value_beside_the_grid_or_the_range_is_where_the_slider_comes_to_rest(
    range, value, shown
):
    (widget,), (finding,) = slider(range=range, type="float", value=value)
    assert widget.delivered == shown
    assert f"{shown!r} is used" in finding.message


def test_a_bad_list_index_is_0():
    (widget,), (finding,) = slider(index="first")
    assert widget.index == 0
    assert "listindex" in finding.message


# Dict sliders -----------------------------------------------------------------------------------

GROUP = "#@IVISIT:DICTSLIDER & G & [200,20,-1,2,10] & g & {selected}"
ITEM = "#@IVISIT:DICTSLIDERITEM & {name} & {range} & {key} & {type} & {value}"


def item(
    name: str = "I",
    range: str = "[0,5,5,0.1]",
    key: str = "k",
    type: str = "float",
    value: str = "1",
) -> str:
    return ITEM.format(name=name, range=range, key=key, type=type, value=value)


def test_a_dict_slider_has_the_items_that_follow():
    group = only(GROUP.format(selected=1), item("a: b", key="x"), "x = 1", item(type="int"))
    assert [(i.name, i.key, i.value) for i in group.items] == [("a b", "x", 1.0), ("I", "k", 1)]
    assert group.selected == 1


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("[2,3]", Grid(2.0, 3.0, 1.0, False, 200)),
        ("[2,3,9]", Grid(2.0, 3.0, 1.0, False, 200)),
        ("[2]", Grid(0.0, 100.0, 1.0, False, 200)),
    ],
)
def test_the_range_of_an_item_may_be_shorter(text, grid):
    (group,), _ = parse(GROUP.format(selected=0), item(range=text, value="2"))
    assert group.items[0].grid == grid


def test_only_the_selected_item_rests_on_the_grid():
    lines = [item(name, key=name, value="77") for name in "ab"]
    (group,), _ = parse(GROUP.format(selected=1), *lines)
    assert group.delivered == [77.0, 5.0]


def test_a_selected_index_outside_is_0():
    (group,), (finding,) = parse(GROUP.format(selected=3), item())
    assert group.selected == 0
    assert "between 0 and 0, not 3" in finding.message


def test_a_dict_slider_without_items_is_missing():
    widgets, (finding,) = parse(GROUP.format(selected=0))
    assert not widgets
    assert "needs a DICTSLIDERITEM" in finding.message


def test_an_item_without_dict_slider_is_an_error_and_one_behind_a_refused_group_is_not():
    widgets, findings = parse(item(), "#@IVISIT:DICTSLIDER & G & g", item(), item())
    assert not widgets
    assert [f.line for f in findings] == [2, 3]


def test_a_bad_item_is_missing_and_its_neighbours_are_not():
    (group,), (finding,) = parse(GROUP.format(selected=0), item(type="text"), item("good"))
    assert [i.name for i in group.items] == ["good"]
    assert finding.line == 3


# Lists, boxes, buttons, texts -------------------------------------------------------------------


def listsel(options: str, kind: str = "text", value: str = "x") -> Any:
    return parse(f"#@IVISIT:LISTSEL & L & [20,5] & {options} & l & -1 & {kind} & {value}")


def test_blanks_in_front_of_an_option_belong_to_it_and_are_told():
    (widget,), (finding,) = listsel("[x, yy]")
    assert widget.options == ("x", " yy")
    assert finding.severity == "note"
    assert "' yy' begins or ends with a blank" in finding.message


def test_a_matching_pair_of_quotes_around_an_option_is_taken_away():
    (widget,), findings = listsel("""['x', "yy"]""")
    assert widget.options == ("x", "yy")
    assert not findings


def test_an_apostrophe_is_an_ordinary_character():
    assert only("#@IVISIT:TEXT_IN & Peter's & [9,1] & t & -1 & it's").value == "it's"


def test_numbers_in_a_list_take_the_form_that_python_gives_them():
    (widget,), _ = listsel("[1, 2.5, 3]", "float", "2.5")
    assert (widget.options, widget.value) == (("1.0", "2.5", "3.0"), "2.5")
    (widget,), _ = listsel("[1.6, 2.5, 3.5]", "int", "2")
    assert (widget.options, widget.value) == (("2", "4"), "2")


def test_a_list_keeps_a_value_that_is_none_of_its_options():
    (widget,), (finding,) = listsel("[a,b]", value="c")
    assert widget.value == "c"
    assert finding.severity == "note"


@pytest.mark.parametrize("word", ["string", "STRING", "text", "TEXT"])
def test_the_words_for_text(word):
    _, findings = listsel("[x,y]", word)
    assert not findings


def test_radio_buttons_take_a_value_without_the_blank_of_its_label():
    widget = parse("#@IVISIT:RADIOBUTTON & R & [x, yy] & r & yy")[0][0]
    assert (widget.options, widget.value) == (("x", "yy"), "yy")


def test_radio_buttons_with_an_unknown_value_begin_with_the_first():
    (widget,), (finding,) = parse("#@IVISIT:RADIOBUTTON & R & [x,y] & r & z")
    assert widget.value == "x"
    assert "must be one of [x,y], not 'z'" in finding.message


@pytest.mark.parametrize(("value", "fitted"), [("01", "010"), ("0101", "010"), ("021", "001")])
def test_check_boxes_have_one_digit_a_label(value, fitted):
    (widget,), (finding,) = parse(f"#@IVISIT:CHECKBOX & C & [a,b,c] & c & {value}")
    assert widget.value == fitted
    assert "must be 3 digits 0 or 1" in finding.message


def test_a_button_has_a_label_and_a_text():
    widget = only("#@IVISIT:BUTTON & B & [<,Reset phase] & b")
    assert (widget.title, widget.text) == ("<", "Reset phase")


def test_a_button_with_one_text_shows_it():
    (widget,), (finding,) = parse("#@IVISIT:BUTTON & B & [Go] & b")
    assert widget.text == "Go"
    assert "must be [label,button text]" in finding.message


def test_a_text_field_needs_two_numbers():
    (widget,), (finding,) = parse("#@IVISIT:TEXT_IN & T & [9] & t & -1 & x")
    assert widget.rows == 1
    assert "must be [columns,rows]" in finding.message


@pytest.mark.parametrize("scale", ["big", "0", "-1"])
def test_the_scale_of_an_image_is_positive_or_1(scale):
    (widget,), (finding,) = parse(f"#@IVISIT:IMAGE & I & {scale} & [0,255] & i & int")
    assert widget.scale == 1
    assert "must be a positive number" in finding.message


def test_an_image_may_be_reduced():
    assert only("#@IVISIT:IMAGE & I & 0.5 & [0,255] & i & int").scale == 0.5


@pytest.mark.parametrize(
    ("options", "align"),
    [
        ("just_left", "left"),
        ("[just_right]", "right"),
        ("[a, just_left]", "left"),
        ("None", "center"),
    ],
)
def test_the_alignment_of_a_text(options, align):
    assert only(f"#@IVISIT:TEXT_OUT & O & [9,1] & {options} & o").align == align


def test_the_same_widget_twice_is_one_with_the_last_range_and_the_first_value():
    (widget,), (finding,) = parse(
        SLIDER.format(range="[0,10,5,1]", index=0, type="int", value=7),
        SLIDER.format(range="[0,20,5,1]", index=0, type="int", value=15),
    )
    assert (widget.grid.maximum, widget.value) == (20, 7)
    assert finding.severity == "note"


def test_the_same_name_with_another_parameter_is_another_widget():
    widgets, _ = parse("#@IVISIT:CHECKBOX & A & [x] & a & 1", "#@IVISIT:CHECKBOX & A & [x] & b & 0")
    assert [w.parameter for w in widgets] == ["a", "b"]
