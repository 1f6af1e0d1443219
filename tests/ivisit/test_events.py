"""Mouse and keys as a part of the session: delivered, logged, scripted, saved, replayed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import ivisit as iv
from ivisit.engine import Engine
from ivisit.events import EventQueue, MouseEvent, PointerEvent
from ivisit.looks import FigureView
from ivisit.viewing import places_of


class Draw(iv.Simulation):
    """Paint a pattern."""

    strength = iv.Slider(1.0, 0.0, 9.0)
    canvas = iv.Image(vmin=0, vmax=1, pointer=True, keys=True)
    plot = iv.Figure(pointer=True)
    plain = iv.Image()
    total = iv.Trace()

    def init(self):
        self.pattern = np.zeros((4, 5))
        self.canvas = self.pattern
        self.places = []

    def pointer(self, event):
        if event.kind in ("press", "drag"):
            self.pattern[event.row, event.column] = self.strength
        elif event.kind == "key":
            self.pattern[:] = 0
        self.places.append((event.x, event.y, event.axes))
        self.canvas = self.pattern

    def step(self):
        self.pattern += 0.01 * self.rng.random(self.pattern.shape)
        self.total = self.pattern.sum()


def press(row, column, **more):
    return PointerEvent("canvas", "press", row=row, column=column, **more)


def test_scripted_events_come_before_their_step_and_a_dict_will_do():
    events = [(2, press(0, 0)), (0, {"panel": "canvas", "row": 1, "column": 2}), (3, press(3, 4))]
    result = iv.run(Draw, steps=3, events=events)
    assert [(e.step, e.event.row) for e in result.changes] == [(0, 1), (2, 0), (3, 3)]
    assert result.traces["total"][0] > 1
    assert result.traces["total"][2] > 2
    assert result.outputs["canvas"][3, 4] == 1
    assert result.changes[1].event.x == 0.5


def test_a_run_with_events_is_saved_and_replayed_bit_for_bit(tmp_path):
    events = [(1, press(0, 0)), (1, press(1, 1, modifiers=("shift",))), (4, press(2, 2))]
    result = iv.run(Draw, {"strength": 2.5}, steps=6, seed=3, events=events)
    result.save(tmp_path / "r.npz")
    loaded = iv.RunResult.load(tmp_path / "r.npz")
    assert loaded == result
    assert iv.replay(Draw, loaded) == result
    assert iv.run(Draw, {"strength": 2.5}, steps=6, seed=3) != result


def test_values_and_events_share_one_ordered_log():
    engine = Engine(Draw)
    engine.init()
    for value, column in ((2.0, 0), (3.0, 1)):
        engine.set("strength", value)
        engine.send(press(0, column))
        engine.run(1)
    engine.set("strength", 7.0)
    engine.send(press(1, 1))
    engine.handle_callbacks()  # as in a window that stands still: the value waits for a step
    engine.run(1)
    kinds = [(type(entry).__name__, entry.step) for entry in engine.changes]
    assert kinds == [("Change", 0), ("Occurrence", 0), ("Change", 1), ("Occurrence", 1),
                     ("Occurrence", 2), ("Change", 2)]  # fmt: skip
    again = Engine(Draw)
    again.init()
    again.replay(engine.changes, 3)
    np.testing.assert_array_equal(again.simulation.pattern, engine.simulation.pattern)
    assert again.changes == engine.changes
    assert engine.simulation.pattern[1, 1] == pytest.approx(3.0, abs=0.1)


def test_nothing_is_delivered_before_the_first_init_or_after_a_failure():
    class Failing(Draw):
        def pointer(self, event):
            if event.button == 3:
                raise ValueError("three")
            super().pointer(event)

    engine = Engine(Failing)
    engine.send(press(0, 0))
    engine.handle_callbacks()
    assert engine.changes == []
    engine.init()
    engine.send(press(0, 0, button=3))
    with pytest.raises(iv.RunError, match=r"pointer\(\) raised ValueError: three"):
        engine.handle_callbacks()
    engine.send(press(1, 1))
    engine.handle_callbacks()
    assert engine.simulation.pattern[1, 1] == 0
    assert engine.failure.stage == "pointer"


def test_events_for_which_a_panel_is_not_declared_are_refused_before_anything_runs():
    for event, message in [
        (PointerEvent("nobody"), "no panel 'nobody'"),
        (PointerEvent("plain", row=0, column=0), r"plain: takes no event 'press'; .* pointer=True"),
        (PointerEvent("plot", "key", key="a"), r"plot: takes no event 'key'; .* keys=True"),
        ({"panel": "canvas", "colour": 3}, "colour"),
        ("click", "a PointerEvent or a dict"),
    ]:
        with pytest.raises(iv.ParameterError, match=message):
            iv.run(Draw, steps=1, events=[(0, event)])
    with pytest.raises(iv.ParameterError, match="kind: must be one of press, drag"):
        PointerEvent("canvas", "hover")
    with pytest.raises(iv.ParameterError, match="pointer: must be True or False"):
        type(iv.Simulation)("Wrong", (iv.Simulation,), {"panel": iv.Image(pointer="yes")})


def test_the_axes_of_a_figure_are_found_with_their_coordinates():
    figure = Draw().plot
    left, right = figure.subplots(1, 2)
    left.set(xlim=(0, 10), ylim=(0, 100))
    right.set(xscale="log", xlim=(1, 100), ylim=(-1, 1))
    view = FigureView()
    view.places = places_of(figure)
    for axes, fractions, index, data in (
        (left, (0.25, 0.5), 0, (2.5, 50)),
        (right, (0.5, 0.25), 1, (10, -0.5)),
    ):
        x, y = axes.get_position().p0 + np.array(fractions) * axes.get_position().size
        place = view.axes_at(x, 1 - y)
        assert place.index == index
        assert place.data_at(x, 1 - y) == pytest.approx(data)
    assert view.axes_at(0.001, 0.002) is None


def test_of_movements_in_a_row_only_the_latest_waits():
    queue = EventQueue()
    drag = PointerEvent("canvas", "drag", row=0, column=0)
    moved = dataclasses.replace(drag, column=3)
    release = dataclasses.replace(drag, kind="release")
    other = dataclasses.replace(drag, button=3)
    motion = MouseEvent(0, 0, 0, 0, 1, "<B1-Motion>", "I")
    click = MouseEvent(0, 0, 0, 0, 1, "<Button-1>", "I")
    sent = [drag, moved, release, drag, other, moved, motion, motion, click, click]
    alone = [queue.put(event) for event in sent]
    taken = []
    while (waiting := queue.take()) is not None:
        taken.append(waiting)
    assert taken == [moved, release, drag, other, moved, motion, click, click]
    assert sum(alone) == len(taken)


def test_a_simulation_ends_its_run_itself():
    class Counting(iv.Simulation):
        count = iv.Trace()

        def init(self):
            self.count = 0

        def step(self):
            self.count += 1
            if self.count == 5:
                self.stop()

    for progress in (False, True):
        result = iv.run(Counting, steps=100, progress=progress)
        assert (result.steps, result.status) == (5, "finished")
    assert iv.replay(Counting, result) == result
    engine = Engine(Counting)
    assert engine.run(100) == 5
    assert engine.stopped
    assert engine.run(3) == 3


class Costly(iv.Simulation):
    """Has pictures that are made only when somebody looks."""

    picture = iv.Image()
    level = iv.Trace()
    calls = 0

    def step(self):
        self.level = self.rng.random()

    def draw(self):
        type(self).calls += 1
        self.picture = np.full((2, 2), self.level) + 0 * self.rng.random((2, 2))


def test_draw_is_called_once_at_the_end_and_changes_no_number():
    Costly.calls = 0
    result = iv.run(Costly, steps=50)
    assert Costly.calls == 1
    assert result.outputs["picture"][0, 0] == result.traces["level"][-1]
    engine = Engine(Costly)
    engine.init()
    for _ in range(50):
        engine.run(1)
        engine.frame()
        engine.frame()
    assert Costly.calls == 51
    np.testing.assert_array_equal(engine.recorder.table()[1]["level"], result.traces["level"])


def test_draw_is_not_called_where_no_pictures_are_made():
    Costly.calls = 0
    engine = Engine(Costly, drawing=False)
    assert not engine.simulation.drawing
    engine.run(3)
    assert "picture" not in engine.outputs()
    assert Costly.calls == 0
    assert Engine(Costly).simulation.drawing
    assert not Costly().drawing


def test_draw_must_not_assign_to_what_is_recorded():
    class Cheating(Costly):
        def draw(self):
            self.level = 3.0

    with pytest.raises(iv.RunError, match=r"Cheating\.level: is recorded, so draw\(\)") as caught:
        iv.run(Cheating, steps=5)
    assert caught.value.failure.stage == "draw"
    assert caught.value.result.steps == 5
    assert caught.value.result.outputs["level"] != 3.0


def test_a_draw_that_fails_is_told_with_its_stage():
    class Broken(Costly):
        def draw(self):
            raise ValueError("no paint")

    with pytest.raises(iv.RunError, match="no paint") as caught:
        iv.run(Broken, steps=5)
    assert caught.value.failure.stage == "draw"
    assert len(caught.value.result.traces["level"]) == 5
