"""Keys in fields: words taken back, Enter on buttons, selections."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.gui.toolkit.editing import TypedText, end_of_change

pytestmark = pytest.mark.window


class Texts(iv.Simulation):
    """Fields of all kinds."""

    name = iv.TextBox("hello")
    note = iv.TextBox("hello", lines=3)
    size = iv.Slider(2.0, 0.0, 9.0)
    go = iv.Button()


def write(user, field, text):
    """Type a text letter by letter."""
    field.focus_force()
    user.window.update()
    for letter in text:
        field.event_generate(f"<KeyPress-{'space' if letter == ' ' else letter}>")
        field.event_generate(f"<KeyRelease-{'space' if letter == ' ' else letter}>")
    user.window.update()


def text_of(field):
    return field.get("1.0", "end-1c") if field.winfo_class() == "Text" else field.get()


@pytest.mark.parametrize("name", ["name", "note"])
def test_ctrl_z_takes_back_words_and_ctrl_y_types_them_again(user, name):
    user.open(Texts)
    field = user.control(name).field
    field.focus_force()
    user.window.update()
    user.key(field, "End")
    write(user, field, " one two three")
    seen = []
    for key in ("z", "z", "z", "y", "y", "z"):
        user.key(field, f"Control-{key}")
        seen.append(text_of(field))
    assert seen == [
        "hello one two ", "hello one ", "hello ",
        "hello one ", "hello one two ", "hello one ",
    ]  # fmt: skip
    # All letters taken back at a time, too.
    write(user, field, "x")
    user.key(field, "BackSpace", "BackSpace", "BackSpace", "Control-z")
    assert text_of(field) == "hello one x"


def test_a_text_that_was_handed_over_is_taken_back_as_a_value(user):
    user.open(Texts)
    field = user.control("name").field
    user.key(field, "End")
    write(user, field, " one two")
    user.key(field, "Return")
    assert user.value("name") == "hello one two"
    user.key(field, "Control-z")
    assert user.value("name") == "hello"
    assert text_of(field) == "hello"


def test_ctrl_z_in_the_field_of_a_number_goes_on_with_values_when_nothing_is_typed(user):
    window = user.open(Texts)
    field = user.control("size").number.entry
    user.type(field, "5")
    user.key(field, "Up")
    write(user, field, "7")
    assert field.get() != "5.1"
    user.key(field, "Control-z")
    assert user.value("size") == window.engine.parameters()["size"] > 5
    user.key(field, "Control-z", "Control-z")
    assert user.value("size") == 2.0


def test_enter_presses_the_button_that_has_the_focus(user):
    window = user.open(Texts)
    user.key(window.toolbar.step_button, "Return")
    user.until(lambda: window.steps == 1)
    user.key(user.control("go").button, "Return")
    assert user.value("go")


def test_a_field_without_the_focus_shows_no_selection(user):
    window = user.open(Texts)
    field = user.control("name").field
    user.key(field, "Control-a")
    assert field.selection_present()
    window.toolbar.run_button.focus_force()
    user.until(lambda: not field.selection_present())


@given(st.lists(st.text("ab ", max_size=6), max_size=12))
def test_undo_leads_back_through_texts_that_stood_there_and_redo_to_the_last(texts):
    typed = TypedText("")
    for text in texts:
        typed.note(text)
    last, seen = typed.text, {"", *texts}
    while (text := typed.step(typed.done, typed.undone)) is not None:
        assert text in seen
    assert typed.text == ""
    while typed.step(typed.undone, typed.done) is not None:
        pass
    assert typed.text == last


@given(st.text("ab"), st.text("ab"))
def test_what_follows_the_end_of_a_change_is_the_same_in_both_texts(before, after):
    end = end_of_change(before, after)
    rest = after[end:]
    assert before.endswith(rest)
    assert 0 <= end <= len(after)
