"""The message bar: what matters stays until it is dealt with."""

from __future__ import annotations

import pytest

import ivisit as iv

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """A simulation with one value."""

    sigma = iv.Slider(2.0, 0.1, 20.0)


def bar(user):
    return user.window.messages


def test_a_message_stays_until_it_is_dismissed(user):
    user.open(Filter)
    assert not bar(user).winfo_ismapped()
    bar(user).show("store", "The store\n  is   locked")
    user.until(bar(user).winfo_ismapped)
    assert user.told() == "The store is locked"
    user.answer("Dismiss")
    assert user.told() == ""
    user.until(lambda: not bar(user).winfo_ismapped())


def test_a_message_offers_what_can_be_done_and_goes_when_it_is_done(user):
    done = []
    user.open(Filter)
    bar(user).show("store", "Locked", {"Try again": lambda: done.append("again")})
    user.answer("Try again")
    assert done == ["again"]
    assert user.told() == ""


def test_one_message_about_a_thing_and_the_newest_on_top(user):
    user.open(Filter)
    bar(user).show("store", "Locked")
    bar(user).show("source", "Edited")
    bar(user).show("store", "Deleted")
    user.window.update()
    assert user.told() == "Edited\nDeleted"
    newest, older = bar(user).messages["store"], bar(user).messages["source"]
    assert newest.winfo_rooty() < older.winfo_rooty()
    # What is being read stands still when it is said again.
    bar(user).show("source", "Edited")
    assert bar(user).messages["source"] is older


def test_of_many_messages_the_newest_are_shown_and_the_others_wait(user):
    user.open(Filter)
    for number in range(5):
        bar(user).show(str(number), f"message {number}")
    shown = bar(user).messages
    user.until(shown["4"].winfo_ismapped)
    assert [shown[str(n)].winfo_ismapped() for n in range(5)] == [0, 0, 1, 1, 1]
    bar(user).dismiss("4")
    user.until(shown["1"].winfo_ismapped)


def test_a_long_message_is_broken_beside_its_buttons(user):
    window = user.open(Filter)
    bar(user).show("store", "many words " * 60, {"Open the store anew": lambda: None})
    message = bar(user).messages["store"]
    user.until(lambda: message.label.winfo_height() > 40)
    button = message.buttons["Open the store anew"]
    assert message.label.winfo_rootx() + message.label.winfo_width() <= button.winfo_rootx()
    right = message.dismiss_button.winfo_rootx() + message.dismiss_button.winfo_width()
    assert right <= window.root.winfo_rootx() + window.root.winfo_width()


def test_the_keyboard_reaches_the_buttons_after_the_toolbar_and_enter_presses_one(user):
    done = []
    window = user.open(Filter)
    bar(user).show("store", "Locked", {"Try again": lambda: done.append("again")})
    user.window.update()
    message = bar(user).messages["store"]
    user.key(window.toolbar.save_button, "Tab")
    assert window.root.focus_get() is message.buttons["Try again"]
    window.root.focus_get().event_generate("<Tab>")
    window.update()
    assert window.root.focus_get() is message.dismiss_button
    user.key(message.buttons["Try again"], "Return")
    assert done == ["again"]
    assert not window.session.running
