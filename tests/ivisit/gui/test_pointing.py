"""Mouse and keys on panels, from Tk to the simulation."""

from __future__ import annotations

import numpy as np
import pytest

import ivisit as iv

pytestmark = pytest.mark.window


class Draw(iv.Simulation):
    """Paint a pattern."""

    canvas = iv.Image(vmin=0, vmax=1, pointer=True, keys=True)
    plot = iv.Figure(pointer=True)

    def init(self):
        self.pattern = np.zeros((6, 8))
        self.canvas = self.pattern
        self.seen = []
        self.plot.clear()
        self.plot.subplots().set(xlim=(0, 1), ylim=(0, 10))

    def pointer(self, event):
        self.seen.append(event)
        if event.kind in ("press", "drag") and event.row is not None:
            self.pattern[event.row, event.column] = event.button == 1


def place(canvas, column, row):
    """Return the place of the middle of a pixel."""
    left, top = canvas._origin
    return {"x": round(left + (column + 0.5) * canvas._scale),
            "y": round(top + (row + 0.5) * canvas._scale)}  # fmt: skip


def test_painting_follows_the_mouse_and_is_replayed_headlessly(user):
    window = user.open(Draw)
    simulation = window.engine.simulation
    canvas = user.panel("canvas").canvas
    canvas.event_generate("<ButtonPress-1>", **place(canvas, 1, 2))
    user.until(lambda: simulation.pattern[2, 1] == 1)
    # The picture shows it although no step was computed.
    user.until(lambda: user.panel("canvas").picture[2, 1] == 1)
    canvas.event_generate("<B1-Motion>", state=0x100, **place(canvas, 3, 4))
    user.until(lambda: simulation.pattern[4, 3] == 1)
    canvas.event_generate("<B1-Motion>", x=5000, y=-40, state=0x100)
    user.until(lambda: simulation.pattern[0, 7] == 1)
    canvas.event_generate("<ButtonRelease-1>", x=5000, y=-40)
    user.until(lambda: simulation.seen[-1].kind == "release")
    window.step()
    user.until(lambda: window.steps == 1)
    canvas.event_generate("<ButtonPress-3>", **place(canvas, 1, 2))
    user.until(lambda: simulation.pattern[2, 1] == 0)
    assert [event.kind for event in simulation.seen] == [
        "press",
        "drag",
        "drag",
        "release",
        "press",
    ]
    again = iv.Engine(Draw)
    again.init()
    again.replay(window.engine.changes, window.steps)
    np.testing.assert_array_equal(again.simulation.pattern, simulation.pattern)


def test_a_press_beside_the_picture_and_what_follows_is_not_delivered(user):
    window = user.open(Draw)
    canvas = user.panel("canvas").canvas
    left, top = canvas._origin
    outside = {"x": round(left) - 5, "y": 5} if left > 10 else {"x": 5, "y": round(top) - 5}
    canvas.event_generate("<ButtonPress-1>", **outside)
    canvas.event_generate("<B1-Motion>", state=0x100, **place(canvas, 3, 4))
    canvas.event_generate("<ButtonRelease-1>", **place(canvas, 3, 4))
    user.wait(0.2)
    assert window.engine.simulation.seen == []


def test_wheel_double_click_keys_and_modifiers_have_their_own_kinds(user):
    window = user.open(Draw)
    simulation = window.engine.simulation
    canvas = user.panel("canvas").canvas
    canvas.event_generate("<Button-4>", **place(canvas, 0, 0))
    user.until(lambda: len(simulation.seen) == 1)
    for _ in range(2):
        canvas.event_generate("<ButtonPress-1>", state=0x1, **place(canvas, 5, 5))
    user.until(lambda: any(event.kind == "double" for event in simulation.seen))
    wheel, double = simulation.seen[0], simulation.seen[-1]
    assert (wheel.kind, wheel.delta, wheel.button) == ("wheel", 1, 0)
    assert (double.row, double.column, double.modifiers) == (5, 5, ("shift",))
    seen = len(simulation.seen)
    user.key(canvas, "Left", "a", "space", "Shift_L", "F6")
    user.until(lambda: window.steps == 1 and len(simulation.seen) == seen + 3)
    assert [event.key for event in simulation.seen[seen:]] == ["Left", "a", "space"]
    assert not window.session.running


def test_a_click_on_a_figure_tells_the_coordinates_of_its_axes(user):
    window = user.open(Draw)
    panel = user.panel("plot")
    canvas = panel.canvas
    user.until(
        lambda: (
            canvas.pixels is not None
            and canvas.pixels.shape[:2] == (canvas.winfo_height(), canvas.winfo_width())
        )
    )
    size = canvas.pixels.shape
    panel.canvas.event_generate("<ButtonPress-1>", x=size[1] // 2, y=size[0] // 2)
    user.until(lambda: window.engine.simulation.seen)
    event = window.engine.simulation.seen[0]
    axes = window.engine.simulation.plot.axes[0]
    x, y = axes.transAxes.inverted().transform((size[1] // 2, size[0] - size[0] // 2))
    assert (event.axes, event.row) == (0, None)
    assert event.x == pytest.approx(x, abs=0.02)
    assert event.y == pytest.approx(10 * y, abs=0.2)


def test_panels_that_are_not_declared_so_keep_their_own_mouse(user):
    class Plain(iv.Simulation):
        picture = iv.Image()

        def init(self):
            self.picture = np.zeros((4, 4))

    window = user.open(Plain)
    canvas = user.panel("picture").canvas
    canvas.event_generate("<ButtonPress-1>", x=50, y=50)
    user.wait(0.1)
    assert window.engine.changes == []


def test_with_live_a_click_computes_a_step(user):
    class Fit(iv.Simulation):
        live = True
        points = iv.Table([[0, 0]], columns=["x", "y"])
        plot = iv.Figure(pointer=True)
        count = iv.Trace()

        def init(self):
            self.plot.clear()
            self.plot.subplots().set(xlim=(0, 1), ylim=(0, 1))

        def pointer(self, event):
            if event.kind == "press" and event.axes == 0:
                self.points = [*self.points, [event.x, event.y]]

        def step(self):
            self.count = len(self.points)

    window = user.open(Fit)
    panel = user.panel("plot")
    user.until(lambda: panel.canvas.pixels is not None and panel.canvas.pixels.shape[0] > 50)
    width, height = panel.canvas.winfo_width(), panel.canvas.winfo_height()
    panel.canvas.event_generate("<ButtonPress-1>", x=width // 2, y=height // 2)
    user.until(lambda: window.steps >= 1)
    user.until(lambda: len(user.control("points").value) == 2)
    assert len(user.control("points").tree.get_children()) == 2
    assert window.engine.recorder.table()[1]["count"][-1] == 2
