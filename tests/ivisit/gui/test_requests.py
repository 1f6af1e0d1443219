"""What a simulation asks of its window."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import ivisit as iv
from ivisit.link import (
    BindControl,
    BindMouse,
    Command,
    OfferMenu,
    Quit,
    Request,
    Say,
    SetLabel,
    SetTitle,
)

pytestmark = pytest.mark.window


class Asking(iv.Simulation):
    """Answers the mouse."""

    level = iv.Slider(5, 0, 10)
    picture = iv.Image()

    def init(self):
        self.picture = np.arange(12).reshape(3, 4)


def message(window):
    return window.status.labels["message"].cget("text")


def test_labels_ranges_titles_and_messages(user):
    window = user.open(Asking)
    link = window.engine.link
    assert link.is_open
    link.post(SetLabel("level", "Water level"))
    link.post(SetLabel("picture", "Map"))
    window.engine.adjust("level", minimum=4, maximum=6)
    link.post(SetTitle("My window"))
    link.post(Say("two\nlines"))
    user.until(lambda: message(window) == "two lines")
    assert user.control("level").label.cget("text") == "Water level"
    assert user.panel("picture").label.cget("text") == "Map"
    number = user.control("level").number
    user.look()
    user.until(lambda: (number.range.minimum, number.range.maximum) == (4, 6))
    assert float(number.scale.get()) == pytest.approx(0.5)
    assert window.root.title() == "My window"


def test_mouse_events_reach_the_simulation_on_the_workers_thread(user):
    window = user.open(Asking)
    seen = []
    link = window.engine.link
    for sequence in ("<Button-1>", "<B1-Motion>", "<ButtonRelease-1>"):
        link.bind(
            "picture",
            sequence,
            lambda event: seen.append((event, threading.current_thread().name)),
        )
    user.wait(0.1)
    canvas = user.panel("picture").canvas
    canvas.event_generate("<ButtonPress-1>", x=0, y=0)
    user.until(lambda: seen)
    event, thread = seen.pop()
    assert (event.column, event.row, event.button, event.panel) == (0, 0, 1, "picture")
    assert thread == "simulation"
    x, y = canvas.winfo_width() // 2 + 2, canvas.winfo_height() // 2
    canvas.event_generate("<B1-Motion>", x=x, y=y, state=0x100)
    user.until(lambda: seen)
    event, _ = seen.pop()
    assert (event.column, event.row, event.button) == (2, 1, 1)
    assert (event.x, event.y, event.sequence) == (x, y, "<B1-Motion>")
    canvas.event_generate("<ButtonRelease-1>", x=5000, y=5000)
    user.until(lambda: seen)
    assert (seen[0][0].column, seen[0][0].row) == (3, 2)


def test_what_was_asked_of_widgets_holds_when_they_are_made_anew(user):
    window = user.open(Asking)
    seen = []
    link = window.engine.link
    link.post(SetLabel("level", "Water level"))
    link.bind("picture", "<Button-1>", seen.append)
    user.wait(0.1)
    window.arranging.use_positions({"level": {"x": 10, "y": 10}, "picture": {"x": 300, "y": 10}})
    user.look()
    assert user.control("level").label.cget("text") == "Water level"
    user.panel("picture").canvas.event_generate("<ButtonPress-1>", x=2, y=2)
    user.until(lambda: len(seen) == 1)


def test_of_many_movements_a_slow_simulation_gets_the_latest(user):
    window = user.open(Asking)
    seen = []
    gate = threading.Event()
    window.engine.link.bind("picture", "<Motion>", lambda event: seen.append(event.x))
    user.wait(0.1)
    window.session.worker.post(gate.wait, 20)
    canvas = user.panel("picture").canvas
    for x in range(50):
        canvas.event_generate("<Motion>", x=x, y=5)
    gate.set()
    user.until(lambda: seen and not window.engine._callbacks)
    assert seen == [49]


def test_what_is_not_possible_costs_a_message(user):
    window = user.open(Asking)
    link = window.engine.link
    for request, part in [
        (SetLabel("nobody", "x"), "'nobody'"),
        (BindMouse("picture", "<Nonsense>"), "cannot be bound"),
        (BindMouse("level", "<Button-1>"), "cannot do BindMouse"),
        (BindControl("picture", "<x>", print), "cannot do BindControl"),
        (Request(), "Request()"),
        (Command("explode"), "'explode'"),
    ]:
        link.post(request)
        user.until(lambda part=part: part in message(window))


def test_sizes_of_the_panels_are_known_to_the_simulation(user):
    window = user.open(Asking)
    canvas = user.panel("picture").canvas
    assert window.engine.link.sizes["picture"] == (canvas.winfo_width(), canvas.winfo_height())


def test_commands_do_what_the_buttons_do(user):
    window = user.open(Asking)
    link = window.engine.link
    link.post(Command("step"))
    user.until(lambda: window.steps == 1)
    link.post(Command("cont"))
    user.until(lambda: window.steps > 5)
    link.post(Command("stop"))
    user.until(lambda: not window.session.running and window.session.worker.settled)
    link.post(Command("run"))
    user.until(lambda: window.engine.runs == 2 and window.session.running)
    link.post(Command("init"))
    user.until(lambda: window.engine.runs == 3)


def test_a_simulation_may_offer_entries_of_its_own_in_the_menu(user):
    window = user.open(Asking)
    seen = []
    for answer in ("first", "second"):
        window.engine.link.post(OfferMenu("Do it", lambda answer=answer: seen.append(answer)))
    user.wait(0.1)
    menu = window.menu.simulation_menu
    labels = [menu.entrycget(i, "label") for i in range(menu.index("end") + 1)
              if menu.type(i) == "command"]  # fmt: skip
    assert labels.count("Do it") == 1
    menu.invoke("Do it")
    user.until(lambda: seen == ["second"])


def test_a_simulation_can_end_its_run_and_the_window(user):
    class Ending(iv.Simulation):
        def init(self):
            self.count = 0

        def step(self):
            self.count += 1
            if self.count == 10:
                self.stop()

    window = user.open(Ending)
    window.toggle_run()
    user.until(lambda: window.steps == 10)
    user.until(lambda: window.toolbar.run_button.cget("text") == "Run")
    link = window.engine.link
    link.post(Quit())
    user.until(lambda: not window.alive)
    assert not link.is_open
