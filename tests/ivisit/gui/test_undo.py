"""Undo, and what is being typed when a shortcut is pressed."""

import pytest

import ivisit as iv
from ivisit.gui.actions.undo import LIMIT, Action, UndoStack


def test_the_undo_list_keeps_the_latest_actions_up_to_its_limit():
    stack = UndoStack()
    undone = []
    for number in range(LIMIT + 20):
        stack.push(Action(str(number), lambda n=number: undone.append(n), lambda: None))
    while stack.undo():
        pass
    assert undone == list(range(LIMIT + 19, 19, -1))


class Slow(iv.Simulation):
    """Waits to be run."""

    rate = iv.Slider(0.5, 0.0, 9.0)
    level = iv.Trace()

    def init(self):
        self.level = 0.0

    def step(self):
        self.level = self.rate


@pytest.mark.window
@pytest.mark.parametrize("key", ["F6", "F5"])
def test_a_shortcut_takes_over_what_was_typed(user, key):
    window = user.open(Slow)
    entry = user.control("rate").number.entry
    user.type(entry, "4.25", key="")
    assert user.value("rate") == 0.5
    user.key(entry, key)
    assert user.value("rate") == 4.25
    if key == "F6":
        user.until(lambda: window.engine.steps == 1)
        assert window.engine.simulation.level == 4.25
