"""Live: the picture follows the hand; and what is not in the picture yet is marked."""

from __future__ import annotations

import time

import numpy as np
import pytest

import ivisit as iv

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """A picture that depends on its parameters only."""

    live = True
    level = iv.Slider(1.0, 0.0, 9.0)
    size = iv.Slider(3, 1, 9, restart=True)
    picture = iv.Image(vmin=0, vmax=9)
    mean = iv.Trace()

    def init(self):
        self.cells = np.zeros((self.size, 4))

    def step(self):
        self.cells[:] = self.level
        self.picture = self.cells
        self.mean = self.cells.mean()


def shown(user):
    picture = user.panel("picture").picture
    return None if picture is None else float(picture[0, 0])


def style(user, name):
    return str(user.control(name).label.cget("style")) or "TLabel"


def message(window):
    return window.status.labels["message"].cget("text")


def test_a_typed_value_is_in_the_picture_at_once_and_so_is_taking_it_back(user):
    window = user.open(Filter)
    assert window.session.live
    user.type(user.control("level").number.entry, "4")
    user.until(lambda: shown(user) == 4)
    assert window.steps == 1
    user.until(lambda: style(user, "level") == "TLabel")
    user.until(lambda: message(window) == "")
    window.values.undo()
    user.until(lambda: shown(user) == 1)
    window.values.redo()
    user.until(lambda: shown(user) == 4)


def test_while_dragging_only_the_newest_value_counts_and_the_last_one_is_shown(user):
    window = user.open(Filter)
    scale = user.control("level").number.scale
    user.drag(scale, [0.1, 0.3, 0.5, 0.9])
    user.until(lambda: shown(user) == user.value("level"))
    assert window.steps <= 5
    user.wait(0.2)
    steps, columns = window.engine.recorder.table()
    assert columns["mean"][-1] == pytest.approx(user.value("level"))
    assert len(steps) == window.engine.steps


def test_a_value_that_init_reads_begins_anew_but_never_over_a_long_run(user):
    window = user.open(Filter)
    user.type(user.control("size").number.entry, "7")
    user.until(lambda: window.engine.runs == 2 and shown(user) is not None)
    assert user.panel("picture").picture.shape == (7, 4)
    window.session.worker.step(50)
    user.until(lambda: window.steps >= 50)
    user.type(user.control("size").number.entry, "2")
    user.wait(0.3)
    assert window.engine.runs == 2
    assert style(user, "size") == "Waiting.TLabel"
    user.until(lambda: message(window) == "Size: applies at the next Init")
    assert "applies at the next Init" in user.control("size").hint()
    window.init()
    user.until(lambda: style(user, "size") == "TLabel")
    user.until(lambda: message(window) == "")


def test_without_live_a_value_that_waits_is_marked_until_the_next_step(user):
    window = user.open(Filter)
    window.set_live(False)
    user.type(user.control("level").number.entry, "5")
    user.until(lambda: style(user, "level") == "Waiting.TLabel")
    user.until(lambda: message(window) == "Level: applies at the next step")
    assert window.steps == 0
    # Switched on, Live makes good for it.
    window.set_live(True)
    user.until(lambda: shown(user) == 5)
    user.until(lambda: style(user, "level") == "TLabel")


def test_long_steps_wait_for_the_release(user):
    class Slow(Filter):
        def step(self):
            time.sleep(0.4)
            super().step()

    window = user.open(Slow)
    window.step()
    user.until(lambda: window.steps == 1)
    scale = user.control("level").number.scale
    user.drag(scale, [0.2, 0.4, 0.6], release=False)
    user.wait(0.6)
    assert window.engine.steps == 1
    scale.event_generate("<ButtonRelease-1>", x=5, y=5)
    user.until(lambda: window.steps == 2)
    assert shown(user) == user.value("level")


def test_a_preview_is_shown_while_dragging_and_the_step_at_the_release(user):
    class Previewed(Filter):
        def preview(self):
            self.picture = np.full((2, 2), -1.0)

    window = user.open(Previewed)
    window.step()
    user.until(lambda: window.steps == 1)
    scale = user.control("level").number.scale
    user.drag(scale, [0.2, 0.6], release=False)
    user.until(lambda: shown(user) == -1)
    assert window.engine.steps == 1
    scale.event_generate("<ButtonRelease-1>", x=5, y=5)
    user.until(lambda: shown(user) == user.value("level"))
    assert window.engine.steps == 2
    np.testing.assert_allclose(window.engine.recorder.table()[1]["mean"], [1.0, shown(user)])


def test_the_check_box_and_the_menu_say_the_same(user):
    class Off(Filter):
        live = False

    window = user.open(Off)
    assert not window.session.live
    window.toolbar.live_box.invoke()
    assert window.session.live
    assert window.menu.getvar(window.menu._live_variable) in ("1", 1)
    window.menu.simulation_menu.invoke("Live")
    assert not window.session.live
    assert window.toolbar.getvar(window.toolbar.live_variable) in ("0", 0)
