"""A new kind of control or panel touches its own file, its widget's file and a registry."""

from tkinter import ttk
from typing import Any

import numpy as np
import pytest

import ivisit as iv
from ivisit.controls import Control
from ivisit.panels import Panel


class Angle(Control[float]):
    """A toy control: an angle in degrees, counted around the circle."""

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._refused(owner, value)
        return float(value) % 360

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> float:
        return self.validate(float(text), owner=owner)

    def allowed(self) -> str:
        return "an angle in degrees"


class Tally(Panel[np.ndarray]):
    """A toy panel: counts that are kept from run to run, shown as bars."""

    kept_over_init = True

    def validate(self, value: Any, *, owner: str = "") -> np.ndarray:
        return np.asarray(value)

    def snapshot(self, value: Any) -> Any:
        return value.copy()


class Gauge(Panel[float]):
    """A second toy panel: a number of which every step is recorded."""

    recorded = True

    def validate(self, value: Any, *, owner: str = "") -> float:
        return min(max(float(value), 0.0), 1.0)


class Stamp(Panel[str]):
    """A third toy panel: a text of which pixels are made when somebody looks."""

    made = 0

    def validate(self, value: Any, *, owner: str = "") -> str:
        return str(value)

    def painter(self, value: Any) -> Any:
        return self

    def pixels(self, width: int | None = None, height: int | None = None) -> np.ndarray:
        Stamp.made += 1
        return np.full((height or 2, width or 3, 4), 7, dtype=np.uint8)


class Compass(iv.Simulation):
    """Turns by a declared angle and counts where it has been."""

    turn = Angle(450.0, label="Turn by", restart=True)
    quadrants = Tally()
    level = Gauge()
    stamp = Stamp()

    def init(self):
        self.heading = 0.0
        if self.quadrants is None:
            self.quadrants = np.zeros(4, dtype=int)

    def step(self):
        self.heading = (self.heading + self.turn) % 360
        self.quadrants[int(self.heading // 90)] += 1
        self.level = self.heading / 90
        self.stamp = f"{self.heading}"


def test_toys_run_headlessly_and_leave_a_result(tmp_path):
    Stamp.made = 0
    result = iv.run(Compass, {"turn": -90}, steps=3)
    assert result.parameters == {"turn": 270.0}
    assert result.outputs["quadrants"].tolist() == [0, 1, 1, 1]
    assert result.traces["level"].tolist() == [1.0, 1.0, 1.0]
    assert Stamp.made == 0
    assert result.outputs["stamp"].shape == (2, 3, 4)
    assert result == iv.RunResult.load(result.save(tmp_path / "r.npz"))
    assert Stamp.made == 1
    assert len(iv.RunResult.load(tmp_path / "r.npz").figure().axes) == 3


def test_the_default_of_a_toy_is_brought_into_its_canonical_form():
    assert Compass.turn.default == 90.0
    assert repr(Compass.turn) == "Angle(90.0, label='Turn by', restart=True)"
    with pytest.raises(iv.ParameterError, match=r"Compass.turn: must be an angle in degrees"):
        Compass().turn = "north"


def test_what_a_frame_shows_of_a_toy_is_a_snapshot_and_survives_init():
    engine = iv.Engine(Compass)
    engine.run(1)
    frame = engine.frame()
    engine.run(5)
    assert frame.outputs["quadrants"].sum() == 1
    engine.init()
    assert engine.outputs()["quadrants"].sum() == 6
    assert "level" not in engine.outputs()


@pytest.mark.window
def test_toys_live_in_the_window(user, monkeypatch):
    from ivisit.gui.panels import PANELS, PanelWidget
    from ivisit.gui.widgets import WIDGETS, ControlWidget

    class AngleWidget(ControlWidget):
        def _build(self):
            self.entry = ttk.Entry(self.body)
            self.entry.grid()
            self.entry.bind("<Return>", lambda event: self.commit_text(self.entry.get()))

        def _show(self, value):
            self.entry.delete(0, "end")
            self.entry.insert(0, f"{value:g}")

    class NumbersWidget(PanelWidget):
        def _build(self):
            self.text = ttk.Label(self.body)
            self.text.grid()

        def show(self, frame):
            self.text.configure(text=str(frame.outputs.get(self.name, "")))

    monkeypatch.setitem(WIDGETS, Angle, AngleWidget)
    monkeypatch.setitem(PANELS, Tally, NumbersWidget)
    monkeypatch.setitem(PANELS, Gauge, NumbersWidget)
    monkeypatch.setitem(PANELS, Stamp, NumbersWidget)
    user.open(Compass)
    user.type(user.control("turn").entry, "-90")
    assert user.value("turn") == 270.0
    user.window.session.step()
    user.until(lambda: user.window.engine.steps >= 1)
    user.look()
    assert str(user.panel("level").text.cget("text")) == "1.0"
    assert str(user.panel("quadrants").text.cget("text")).startswith("[0 ")
