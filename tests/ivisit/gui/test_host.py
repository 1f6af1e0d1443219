"""Widgets and panels know their host only: alone, and two sessions in one window."""

from __future__ import annotations

import gc
import time
import tkinter as tk
from dataclasses import replace

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.layouts import TiledLayout
from ivisit.gui.panels import panel_class
from ivisit.gui.session import Session
from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.widgets import widget_class

pytestmark = pytest.mark.window


class Map(iv.Simulation):
    """A picture that a slider changes."""

    level = iv.Slider(5, 0, 10)
    picture = iv.Image(vmin=0, vmax=10)
    total = iv.Trace()

    def step(self):
        self.picture = np.full((3, 4), self.level)
        self.total = self.picture.sum()


class SmallHost:
    """The least that stands around a widget; no window."""

    alive = True

    def __init__(self, root, theme, session):
        self.root = root
        self.theme = theme
        self.session = session
        self.said = []

    @property
    def engine(self):
        return self.session.engine

    def change(self, name, value, *, continues=False, settled=True):
        return self.engine.set(name, value)

    def settle(self, name):
        """Nothing."""

    def say(self, text):
        self.said.append(text)

    point_at = copy = say

    def tell_saved(self, path, problem="", again=None):
        self.said.append(problem or path)


@pytest.fixture
def root(display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)
    root = tk.Tk()
    yield root
    root.destroy()
    # Tk ends the process when another thread collects what is left of its interpreter.
    del root
    gc.collect()


def until(root, condition):
    """Wait until a condition holds: the display answers when it likes."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        root.update()
        time.sleep(0.002)


def test_a_panel_and_a_control_stand_alone_with_a_small_host(root):
    host = SmallHost(root, Theme(root), Session(Map))
    panel = panel_class(Map.picture)(root, host, Map.picture)
    control = widget_class(Map.level)(root, host, Map.level)
    assert control.commit(7)
    assert not control.commit(11)
    host.engine.run(1)
    panel.show(host.engine.frame())
    assert np.all(panel.picture == 7)
    panel.set_color_map("no such map")
    assert "no such map" in host.said[0]


def test_the_title_of_a_narrow_card_gives_way_to_how_many_values_are_missing(root):
    host = SmallHost(root, Theme(root), Session(Map))
    root.geometry("600x300")
    until(root, lambda: root.winfo_height() == 300)
    # A pointer that another test has left there would call the card's tools.
    root.event_generate("<Motion>", warp=True, x=10, y=290)
    panel = panel_class(Map.picture)(root, host, Map.picture)
    panel.set_label("A rather long title of a picture")
    host.engine.run(1)
    frame = host.engine.frame()
    panel.show(replace(frame, outputs={"picture": np.array([[np.nan, 1.0], [np.inf, 2.0]])}))
    heading, label, note = panel.heading, panel.label, panel.note

    def fits():
        return label.winfo_reqwidth() + note.winfo_width() <= heading.winfo_width()

    whole = "2×2   0 … 10   NaN: 1   inf: 1"
    for width, told in ((580, whole), (240, "NaN: 1   inf: 1"), (130, "NaN: 1 …")):
        panel.place(x=0, y=0, width=width, height=200)
        until(root, lambda told=told: note.cget("text") == told and fits())
        assert label.cget("text").endswith("…" if width < 580 else "picture")
        assert width == 580 or "inf: 1" in panel._hint()


def test_two_sessions_live_in_one_window(root):
    theme = Theme(root)
    hosts = [SmallHost(root, theme, Session(Map)) for _ in range(2)]
    layouts = [TiledLayout(root, host) for host in hosts]
    for layout in layouts:
        layout.pack(side="left", fill="both", expand=True)
    root.update()
    for layout, value in zip(layouts, (2, 9), strict=True):
        assert layout.controls["level"].commit(value)
    for host, layout in zip(hosts, layouts, strict=True):
        host.engine.run(3)
        layout.panels["picture"].show(host.engine.frame())
    assert [int(layout.panels["picture"].picture[0, 0]) for layout in layouts] == [2, 9]
