"""Running, stopping and quitting, also while a step takes long."""

from __future__ import annotations

import itertools
import sys
import threading
import time

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.bars.run_bar import place_of, rate_at, speed_text

pytestmark = pytest.mark.window

#: Seconds within which happens what does not wait for the step: a third of what the step takes.
SOON = 10.0


class Counter(iv.Simulation):
    """Counts."""

    stride = iv.Slider(1, 1, 9)
    count = iv.Trace()

    def init(self):
        self.count = 0

    def step(self):
        self.count += self.stride


class Gate(iv.Simulation):
    """A step that takes as long as the test wishes."""

    level = iv.Slider(1, 1, 9)
    entered = threading.Event()
    leave = threading.Event()

    def init(self):
        Gate.entered.clear()
        Gate.leave.clear()

    def step(self):
        Gate.entered.set()
        Gate.leave.wait(30)


@pytest.fixture
def gate():
    yield Gate
    Gate.leave.set()


def message(window):
    return window.status.labels["message"].cget("text")


def test_one_button_runs_and_stops(user):
    window = user.open(Counter)
    assert window.toolbar.run_button.cget("text") == "Run"
    user.click(window.toolbar.run_button)
    assert window.toolbar.run_button.cget("text") == "Stop"
    user.until(lambda: window.steps > 100)
    user.click(window.toolbar.run_button)
    user.until(lambda: not window.session.worker.running)
    user.look()
    stopped_at = window.steps
    user.wait(0.2)
    assert window.steps == stopped_at
    assert window.toolbar.run_button.cget("text") == "Run"


def test_step_computes_one_and_init_begins_anew(user):
    window = user.open(Counter)
    user.click(window.toolbar.step_button)
    user.until(lambda: window.steps == 1)
    user.click(window.toolbar.init_button)
    user.until(lambda: window.steps == 0)
    assert window.engine.runs == 2


def test_keys_run_step_and_begin_anew_but_a_blank_can_be_typed(user):
    window = user.open(Counter)
    user.key(window.root, "F6")
    user.until(lambda: window.steps == 1)
    user.key(window.root, "F5")
    user.until(lambda: window.steps == 0)
    user.key(window.root, "space")
    assert window.session.running
    user.key(window.root, "space")
    assert not window.session.running
    user.key(user.control("stride").number.entry, "space")
    assert not window.session.running


def test_an_init_while_running_begins_anew_and_goes_on(user):
    window = user.open(Counter)
    window.toggle_run()
    user.until(lambda: window.steps > 10)
    window.init()
    user.until(lambda: window.engine.runs == 2 and window.steps > 10)
    assert window.session.running


def test_the_speed_and_steps_a_picture_set_the_pace(user):
    window = user.open(Counter)
    toolbar = window.toolbar
    assert toolbar.speed_label.cget("text") == "max"
    toolbar.speed.set(place_of(50.0))
    assert window.session.worker.rate == 50
    assert toolbar.speed_label.cget("text") == "50/s"
    window.toggle_run()
    user.until(lambda: window.steps >= 10)
    assert window.steps < 1000
    toolbar.speed.set(1.0)
    assert window.session.worker.rate is None
    window.menu.frame_choices.menu.invoke("Exactly 2")
    assert window.session.worker.steps_per_frame == 2


def test_every_speed_has_a_place_and_every_place_a_round_speed():
    assert rate_at(1.0) is None
    assert rate_at(0.0) == 1.0
    for rate in (1.0, 2.0, 5.0, 10.0, 60.0, 300.0, 5000.0):
        assert rate_at(place_of(rate)) == rate
    assert [speed_text(r) for r in (None, 0.5, 20.0, 2000.0)] == ["max", "2 s/step", "20/s", "2k/s"]


def test_a_run_for_n_steps_and_until_a_trace_crosses_a_value(user):
    class Ramp(iv.Simulation):
        height = iv.Trace(names=["left", "right"])

        def init(self):
            self.t = 0

        def step(self):
            self.t += 1
            self.height = [self.t, -self.t]

    window = user.open(Ramp)
    user.type(window.toolbar.count, "250")
    user.until(lambda: window.steps == 250 and not window.session.running)
    user.type(window.toolbar.count, "many")
    assert "'many'" in message(window)
    fields = {"Trace": "height.right", "Value": "-300.5", "Steps at the most": "10000"}
    assert window.menu._run_until(fields) == ""
    user.until(lambda: window.steps == 301 and not window.session.running)
    assert "no trace 'height.up'" in window.menu._run_until(fields | {"Trace": "height.up"})
    assert "must be a number" in window.menu._run_until(fields | {"Value": "x"})
    assert "whole number" in window.menu._run_until(fields | {"Steps at the most": "0"})


def test_a_finite_run_has_a_progress_bar(user):
    window = user.open(Counter)
    bar = window.status.progress
    window.session.worker.rate = 50.0
    user.type(window.toolbar.count, "10000")
    user.until(bar.winfo_ismapped)
    user.until(lambda: window.steps > 0)
    user.until(lambda: 0 < float(str(bar.cget("value"))) < 0.5)
    user.until(lambda: "steps to go, about" in message(window))
    window.toggle_run()
    user.until(lambda: not bar.winfo_ismapped())
    window.toggle_run()
    user.until(lambda: window.steps > 5)
    assert not bar.winfo_ismapped()
    window.toggle_run()
    # A second run begins at nothing again, however many steps there were before.
    first = window.engine.steps
    user.type(window.toolbar.count, "10000")
    user.until(bar.winfo_ismapped)
    assert float(str(bar.cget("value"))) < 0.5
    assert window.session.worker.goal_from >= first


def test_steps_that_wait_are_counted_and_cancelled_at_once(user, gate):
    window = user.open(gate)
    for _ in range(4):
        user.key(window.root, "F6")
    user.until(lambda: message(window) == "4 steps wait; Escape cancels them")
    user.key(window.root, "Escape")
    assert window.session.worker.waiting_steps == 1
    user.until(lambda: "steps wait" not in message(window))
    gate.leave.set()
    user.until(lambda: window.steps == 1 and window.session.worker.settled)
    assert window.session.worker.waiting_steps == 0
    window.step()
    user.until(lambda: window.steps == 2)


def test_the_pictures_of_exactly_n_steps_are_n_steps_apart(user):
    window = user.open(Counter)
    window.menu.frame_choices.menu.invoke("Exactly 50")
    seen = []
    drew = window.status.drew
    window.status.drew = lambda now, steps, run: (seen.append(steps), drew(now, steps, run))
    window.toggle_run()
    user.until(lambda: len(seen) > 12)
    # The first one may have been made before the run.
    assert {after - before for before, after in itertools.pairwise(seen[1:])} == {50}


def test_a_declared_pace_is_that_of_a_window_just_opened(user):
    class Slow(Counter):
        pace = 10

    window = user.open(Slow)
    assert window.session.worker.rate == 10
    assert window.toolbar.speed_label.cget("text") == "10/s"


def test_stop_and_sliders_react_while_a_step_takes_long_and_the_window_says_what_it_waits_for(
    user, gate
):
    window = user.open(gate)
    window.toggle_run()
    user.until(gate.entered.is_set)
    began = time.monotonic()
    user.click(window.toolbar.run_button)
    assert window.toolbar.run_button.cget("text") == "Run"
    user.until(lambda: message(window) == "Stop waits for the end of the present step")
    user.type(user.control("level").number.entry, "7")
    assert user.value("level") == 7
    assert time.monotonic() - began < SOON
    gate.leave.set()
    user.until(lambda: message(window) == "Level: applies at the next step")
    assert not window.session.worker.running


def test_a_long_step_is_mentioned(user, gate):
    window = user.open(gate)
    window.step()
    user.until(lambda: message(window).startswith("Computing for 1."))


def test_quitting_does_not_wait_for_a_long_step(user, gate):
    window = user.open(gate)
    window.toggle_run()
    user.until(gate.entered.is_set)
    began = time.monotonic()
    window.quit()
    assert not window.alive
    assert time.monotonic() - began < SOON


def test_running_again_before_the_stop_took_effect_goes_on(user, gate):
    window = user.open(gate)
    window.toggle_run()
    user.until(gate.entered.is_set)
    window.toggle_run()
    window.toggle_run()
    gate.leave.set()
    user.until(lambda: window.steps > 2)
    assert window.session.running


def test_threads_change_quickly_while_a_window_lives_only(user):
    former = sys.getswitchinterval()
    first = user.open(Counter)
    second = user.open(Counter)
    assert sys.getswitchinterval() < former
    first.close()
    assert sys.getswitchinterval() < former
    second.close()
    assert sys.getswitchinterval() == former


def test_frames_keep_coming_beside_a_simulation_in_pure_python(user):
    class Busy(iv.Simulation):
        level = iv.Trace()

        def step(self):
            self.level = sum(i * i for i in range(100))

    window = user.open(Busy)
    window.toggle_run()
    frames = []
    former = window.status.drew
    window.status.drew = lambda *arguments: (frames.append(1), former(*arguments))
    user.wait(1.0)
    # Far below what an idle machine reaches: a sign of life, no measurement.
    assert len(frames) > 8


def test_the_status_line_counts_steps_and_rates(user):
    window = user.open(Counter)
    window.toggle_run()
    user.until(lambda: window.steps > 1000)
    user.wait(0.5)
    labels = {name: label.cget("text") for name, label in window.status.labels.items()}
    assert labels["steps"].startswith("Step ")
    assert labels["speed"] != "0 steps/s"
    assert labels["frames"] != "0 frames/s"
    assert labels["seed"] == "Seed 0"


def test_the_seed_can_be_chosen(user):
    window = user.open(Counter, seed=5)
    assert window.engine.seed == 5
    dialog = window.menu.ask_seed()
    for text in ("-1", "x"):
        user.type(dialog.entries["Seed"], text)
        assert "whole number" in dialog.problem.cget("text")
    user.type(dialog.entries["Seed"], "42")
    assert window.engine.seed == 42
    assert window.status.labels["seed"].cget("text") == "Seed 42"
    user.type(window.menu.ask_seed().entries["Seed"], "")
    assert window.engine.seed > 2**32


def test_close_ends_the_simulation_once(user):
    ended = []

    class Closing(iv.Simulation):
        def close(self):
            ended.append(1)

    window = user.open(Closing)
    window.quit()
    window.close()
    assert ended == [1]
    assert not any(t.name == "simulation" and t.is_alive() for t in threading.enumerate())


def test_what_the_simulation_prints_is_in_the_console_and_on_the_terminal(user, capsys):
    class Chatty(iv.Simulation):
        def init(self):
            self.count = 0

        def step(self):
            self.count += 1
            print("step", self.count)  # noqa: T201
            sys.stderr.write("careful\n")

    before = sys.stdout, sys.stderr
    window = user.open(Chatty)
    text = window.console.text
    assert not window.console.is_open
    window.step()
    user.until(lambda: "step 1" in text.get("1.0", "end"))
    user.until(lambda: "careful" in text.get("1.0", "end"))
    user.until(lambda: "Ctrl-J" in message(window))
    print("not the simulation")  # noqa: T201
    user.key(window.root, "Control-j")
    assert window.console.is_open
    user.wait(0.1)
    assert "not the simulation" not in text.get("1.0", "end")
    window.console.copy()
    assert "step 1" in window.root.clipboard_get()
    window.console.clear()
    assert text.get("1.0", "end-1c") == ""
    user.key(window.root, "Control-j")
    assert not window.console.is_open
    window.close()
    assert (sys.stdout, sys.stderr) == before
    assert "step 1" in capsys.readouterr().out


def test_a_step_that_does_not_end_is_abandoned_for_a_fresh_simulation(user, gate, monkeypatch):
    from ivisit.gui.bars import status

    monkeypatch.setattr(status, "ABANDONED", 0.2)
    window = user.open(gate)
    user.type(user.control("level").number.entry, "7")
    former = window.engine.simulation
    window.toggle_run()
    user.until(gate.entered.is_set)
    user.until(window.status.abandon.winfo_ismapped)
    window.status.abandon.invoke()
    user.until(lambda: window.engine.simulation is not former and window.engine.runs == 1)
    assert user.value("level") == 7
    assert not window.session.running
    user.until(lambda: not window.status.abandon.winfo_ismapped())
    gate.leave.set()
    window.step()
    user.until(lambda: window.steps == 1)


def test_steps_that_hand_the_interpreter_back_all_the_time_leave_the_window_its_turns(user):
    class Copying(iv.Simulation):
        picture = iv.Image()
        level = iv.Trace()

        def init(self):
            self.path = np.zeros((3000, 3))

        def step(self):
            self.level = sum(range(2000))
            self.path = np.concatenate([self.path[1:], self.path[:1]])
            self.picture = self.path[:9]

    window = user.open(Copying)
    window.toggle_run()
    user.until(lambda: window.frames > 60)
