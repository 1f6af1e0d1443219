"""From the hand to the picture and back: real pointers, real keys, real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui import drafts
from ivisit.plugins.loading import load_file
from ivisit.runs.single import replay
from tests.ivisit.gui.xdotool import Hands

pytestmark = pytest.mark.window


class Level(iv.Simulation):
    """Shows its level."""

    live = True
    level = iv.Slider(0, 0, 100)
    picture = iv.Image(vmin=0, vmax=100)

    def step(self):
        self.picture = np.full((4, 4), self.level)


class Paint(iv.Simulation):
    """Paint with noise."""

    live = True
    strength = iv.Slider(1.0, 0.0, 1.0)
    canvas = iv.Image(vmin=0, vmax=1, pointer=True)
    total = iv.Trace()

    def init(self):
        self.canvas = np.zeros((8, 8))

    def step(self):
        self.total = self.canvas.sum()

    def pointer(self, event):
        if event.kind in ("press", "drag"):
            picture = self.canvas.copy()
            picture[event.row, event.column] = self.strength * self.rng.random()
            self.canvas = picture


class Everything(iv.Simulation):
    """One control of each kind."""

    number = iv.Slider(1.0, 0.0, 9.0)
    weights = iv.DictSlider({"a": 0.5, "b": 0.5}, 0.0, 1.0)
    mode = iv.OptionList("one", ["one", "two"])
    kind = iv.RadioButtons("x", ["x", "y"])
    check = iv.Checkbox(False)
    flags = iv.CheckboxGroup({"p": True, "q": False})
    go = iv.Button()
    line = iv.TextBox("text")
    lines = iv.TextBox("text", lines=2)
    points = iv.Table([[0, 1]], columns=["x", "y"])
    picture = iv.Image()
    trace = iv.Trace()


@pytest.fixture
def hands(user):
    return Hands(user)


def test_live_the_picture_follows_the_dragged_slider(user, hands):
    window = user.open(Level)
    scale = user.control("level").number.scale
    middle, end = scale.winfo_height() // 2, scale.winfo_width()
    hands.drag(scale, (8, middle), (end * 3 // 4, middle))
    level = user.value("level")
    assert 60 < level < 90
    user.until(lambda: user.panel("picture").picture is not None)
    user.until(lambda: user.panel("picture").picture[0, 0] == level)
    assert not window.session.running
    assert window.engine.changes


def test_what_was_painted_by_mouse_is_replayed_bit_for_bit(user, hands, tmp_path):
    window = user.open(Paint, seed=5)
    canvas = user.panel("canvas").canvas
    user.look()
    width, height = canvas.winfo_width(), canvas.winfo_height()
    hands.drag(canvas, (width // 2 - 60, height // 2 - 40), (width // 2 + 60, height // 2 + 40))
    hands.click(user.control("strength").number.entry)
    hands.press("ctrl+a")
    hands.type("0.5")
    hands.press("Return")
    hands.click(canvas)
    user.until(lambda: window.session.worker.settled and not window.engine.has_callbacks)
    user.until(lambda: np.count_nonzero(window.engine.outputs()["canvas"]) >= 2)
    user.until(lambda: window.session.worker.settled)
    path = tmp_path / "painted.npz"
    window.sessions.save(str(path))
    user.until(path.exists)
    window.close()
    painted = iv.RunResult.load(path)
    assert any(entry.step > 0 for entry in painted.changes)
    again = replay(Paint, painted)
    np.testing.assert_array_equal(again.outputs["canvas"], painted.outputs["canvas"])
    np.testing.assert_array_equal(again.traces["total"], painted.traces["total"])
    assert again.changes == painted.changes


def test_the_tab_key_reaches_all_controls_once_each_visibly(user, hands):
    window = user.open(Everything)
    window.toolbar.run_button.focus_force()
    window.update()
    reached = [str(window.root.focus_get())]
    while True:
        hands.press("Tab")
        user.until(lambda: str(window.root.focus_get()) != reached[-1])
        widget = window.root.focus_get()
        assert widget.winfo_viewable(), f"{widget} is not seen"
        if str(widget) == reached[0]:
            break
        assert str(widget) not in reached
        reached.append(str(widget))
    order = list(window.layout.controls)
    places = [
        order.index(name)
        for path in reached
        for name, control in window.layout.controls.items()
        if path.startswith(f"{control}.")
    ]
    assert sorted(set(places)) == list(range(len(order)))
    assert places == sorted(places)
    hands.press("shift+Tab")
    user.until(lambda: str(window.root.focus_get()) == reached[-1])


PROGRAM = """
import ivisit as iv


class Filter(iv.Simulation):
    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)
    change = iv.Trace()


if __name__ == "__main__":
    from ivisit.gui import Window
    from ivisit.gui.actions import autosaving

    autosaving.AUTOSAVE_TIME = 0.0
    window = Window(Filter)
    window.root.geometry("800x500+0+0")
    for _ in range(20):
        window.update()
    field = window.layout.controls["sigma"].number.entry
    print(field.winfo_rootx() + 20, field.winfo_rooty() + 8, flush=True)
    window.mainloop()
"""


def test_a_crash_loses_nothing_that_was_typed(user, hands, tmp_path):
    path = tmp_path / "crashing.py"
    path.write_text(PROGRAM)
    process = subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        place = re.fullmatch(r"(\d+) (\d+)\n", process.stdout.readline())
        for command in (
            ["mousemove", place[1], place[2], "click", "--repeat", "2", "--delay", "20", "1"],
            ["key", "ctrl+a"], ["type", "6.5"], ["key", "Return"],
        ):  # fmt: skip
            subprocess.run(["xdotool", *command], check=True)

        def kept():
            found = list(drafts.draft_folder().glob("*.json"))
            return found and json.loads(found[0].read_text())["values"]["sigma"] == 6.5

        user.open(Level)  # something has to handle events while this waits
        user.until(kept)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    user.window.close()
    path.write_text(PROGRAM.partition("if __name__")[0])
    window = user.open(load_file(path))
    user.until(user.told)
    assert "sigma 2 -> 6.5" in user.told()
    message = window.messages.messages["unsaved"]
    hands.click(message.buttons["Restore"])
    user.until(lambda: user.value("sigma") == 6.5)
    assert window.sets.modified
    assert user.control("sigma").number.entry.get() == "6.5"
