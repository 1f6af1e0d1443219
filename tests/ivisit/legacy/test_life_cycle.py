"""When a script's methods are called, with what, and under which lock."""

from __future__ import annotations

import threading
import time

import pytest

import ivisit as iv
from ivisit.engine import Engine
from ivisit.events import MouseEvent
from ivisit.worker import Worker

SLIDER = "SIMULATION & s\nSLIDER & S & [9,1] & [0,9,1,1] & a & -1 & int & 4"
BUTTON = "SIMULATION & s\nBUTTON & B & [<,press] & b"

RECORDING = """
    def main_init(self, parent=None):
        iv.IVisit_Simulation.main_init(self, parent)
        calls.append(("main_init", type(parent).__name__, SimParameters.a))
    def init(self):
        calls.append(("init", SimParameters.a))
    def bind(self, parent=None, display=None):
        self.display = display
        calls.append(("bind", parent is self.parent, display is parent.display))
    def step(self):
        calls.append(("step", SimParameters.a))
"""


def calls_of(script):
    """Return the list in which the script's methods note their calls."""
    return type(script.sim).__init__.__globals__["calls"]


def test_the_methods_are_called_in_the_old_order(load):
    script = load(SLIDER, parameters="a = 0", methods=RECORDING)
    script.step(2)
    assert calls_of(script) == [
        ("main_init", "NoneType", 0),
        ("init", 0),
        ("step", 0),
        ("main_init", "Parent", 0),
        ("init", 4),
        ("bind", True, True),
        ("step", 4),
        ("step", 4),
    ]


def test_a_second_run_calls_init_and_bind_again_but_not_main_init(load):
    script = load(SLIDER, parameters="a = 0", methods=RECORDING)
    script.engine.init()
    del calls_of(script)[:]
    script.engine.init()
    assert [name for name, *_ in calls_of(script)] == ["init", "bind"]


def test_what_the_script_assigns_to_a_parameter_is_lost_at_the_next_step(load):
    script = load(
        SLIDER, parameters="a = 0", methods="def step(self): SimParameters.a = SimParameters.a + 1"
    )
    script.step(3)
    assert script.parameters.a == 5


def test_asynchronous_parameters_change_at_once_and_are_not_written_again(load):
    script = load(
        SLIDER,
        parameters="a = 0",
        options="updateMode='async'",
        methods="def step(self): SimParameters.a = SimParameters.a + 1",
    )
    script.engine.init()
    assert script.parameters.a == 4
    script.step(3)
    assert script.parameters.a == 7
    script.engine.set("S", 2)
    assert script.parameters.a == 2


def test_asynchronous_parameters_are_there_before_main_init(load):
    script = load(SLIDER, parameters="a = 0", options="updateMode='async'", methods=RECORDING)
    script.engine.init()
    assert ("main_init", "Parent", 4) in calls_of(script)


def test_methods_may_be_overridden_without_their_arguments(load):
    script = load(
        SLIDER,
        methods="""
            def main_init(self): calls.append("main_init")
            def bind(self): calls.append("bind")
        """,
    )
    script.engine.init()
    assert calls_of(script) == ["main_init", "main_init", "bind"]


def test_bind_may_have_other_names_for_its_arguments(load):
    script = load(
        SLIDER, methods="def bind(self, ivisit=None, *rest): calls.append((ivisit, rest))"
    )
    script.engine.init()
    assert calls_of(script) == [(script.parent, (script.display,))]


# Buttons and modifications ---------------------------------------------------------------------

NOTE_BUTTON = """
    def bind(self, parent=None, display=None):
        self.display = display
    def step(self):
        calls.append((SimParameters.b, self.isModified("B")))
"""


def test_a_button_is_down_for_one_step_and_modified_for_two(load):
    script = load(BUTTON, parameters="b = '0'", methods=NOTE_BUTTON)
    script.step(2)
    script.engine.press("B")
    script.step(3)
    assert calls_of(script) == [("0", 0), ("0", 1), ("0", 0), ("1", 1), ("0", 1), ("0", 0)]


def test_the_parameter_of_a_button_still_reads_1_until_the_next_step(load):
    script = load(BUTTON, parameters="b = '0'")
    script.step()
    script.engine.press("B")
    script.step()
    assert script.parameters.b == "1"


def test_an_asynchronous_button_goes_up_directly_after_the_step(load):
    script = load(BUTTON, parameters="b = '0'", options="updateMode='async'", methods=NOTE_BUTTON)
    script.step()
    script.engine.press("B")
    assert script.parameters.b == "1"
    script.step()
    assert script.parameters.b == "0"
    assert calls_of(script)[-1] == ("1", 1)


def test_init_forgets_a_press_that_no_step_has_seen(load):
    script = load(BUTTON, parameters="b = '0'", methods=NOTE_BUTTON)
    script.engine.init()
    script.engine.press("B")
    script.engine.init()
    script.step()
    assert calls_of(script)[-1] == ("0", 1)


def test_a_button_can_be_pressed_for_the_first_step_of_a_headless_run(write):
    path = write(BUTTON, parameters="b = '0'", methods=NOTE_BUTTON)
    result = iv.run(path, {"B": True}, steps=2)
    assert result.steps == 2


MODIFIED = """
    def bind(self, parent=None, display=None):
        self.display = display
    def step(self):
        calls.append(self.isModified("S"))
        assert self.isModified("unknown") == 0
"""


def test_is_modified_in_the_first_step_and_after_a_change(load):
    script = load(SLIDER, methods=MODIFIED)
    script.step(2)
    script.engine.set("S", 1)
    script.step(2)
    script.engine.init()
    script.step(2)
    assert calls_of(script) == [0, 1, 0, 1, 0, 1, 0]


def test_is_modified_is_0_as_long_as_the_script_does_not_keep_the_display(load):
    script = load(SLIDER, methods="def step(self): calls.append(self.isModified('S'))")
    script.step(2)
    assert calls_of(script) == [0, 0, 0]


# Locks -------------------------------------------------------------------------------------------

LOCKED = """
    def note(self, name):
        calls.append((name, self.lock.locked()))
    def main_init(self, parent=None): self.note("main_init")
    def init(self): self.note("init")
    def bind(self, parent=None, display=None): self.note("bind")
    def step(self): self.note("step")
"""


@pytest.mark.parametrize("held", [True, False])
def test_the_lock_is_held_where_the_script_wants_that(load, held):
    script = load(SLIDER, options=f"flagLock={held}", methods=LOCKED)
    script.step()
    assert calls_of(script)[3:] == [(n, held) for n in ("main_init", "init", "bind", "step")]


@pytest.mark.parametrize("method", ["main_init", "init", "bind", "step"])
def test_an_exception_never_leaves_the_lock_held(load, method):
    script = load(SLIDER, options="flagLock=True")
    setattr(script.sim, method, lambda *arguments, **named: 1 / 0)
    with pytest.raises(iv.RunError, match="ZeroDivisionError"):
        script.step()
    assert not script.sim.lock.locked()
    delattr(script.sim, method)
    script.engine.init()
    script.step()


def test_an_exception_in_step_names_the_line_of_the_script(load):
    script = load(SLIDER, methods="def step(self):\n    if self.parent: missing_name")
    with pytest.raises(iv.RunError, match="NameError") as caught:
        script.step()
    assert caught.value.failure.file == str(script.path)
    assert caught.value.failure.source == "if self.parent: missing_name"


def test_set_widget_value_from_step_and_mouse_callbacks_never_block_each_other(load):
    """A minute of a hand on the mouse, sixty events a second, while every step sets a widget."""
    script = load(
        SLIDER + "\nIMAGE & I & 1 & [0,255] & picture & int",
        data="picture = np.zeros((4, 4)); seen = 0",
        options="flagLock=True",
        methods="""
            def bind(self, parent=None, display=None):
                self.display = display
                display.bind2Widget("I", "<Button-1>", self.clicked)
                display.bind2Widget("S", "<any>", lambda: None, "slider")
            def clicked(self, event):
                with self.lock:
                    SimData.seen += 1
                self.display.setWidgetValue("S", SimData.seen % 10)
            def step(self):
                if self.display:
                    self.display.setWidgetValue("S", SimData.seen % 7)
                    self.display.getWidget("S").setLabelText("x")
        """,
    )
    worker = Worker(script.engine)
    worker.start()
    worker.run()
    end = time.monotonic() + 10
    while not script.engine.link.handlers:
        assert time.monotonic() < end
    click = MouseEvent(1, 1, 1, 1, 1, "<Button-1>", "I")
    for number in range(3600):
        script.engine.send(click)
        script.engine.set("S", number % 10)
    while script.data.seen < 3600:
        assert time.monotonic() < end, "somebody waits for somebody else"
        time.sleep(0.01)
    assert worker.close(5)
    assert script.engine.failure is None
    assert not script.sim.lock.locked()


def test_a_thread_of_the_script_can_keep_a_locked_step_waiting(load):
    script = load(SLIDER, options="flagLock=True")
    script.engine.init()
    script.sim.lock.acquire()
    stepping = threading.Thread(target=script.step)
    stepping.start()
    stepping.join(0.05)
    assert stepping.is_alive()
    script.sim.lock.release()
    stepping.join(5)
    assert script.engine.steps == 1


def test_a_script_without_directives_runs_as_well(write):
    path = write("", methods="def step(self): SimData.n = 1")
    assert Engine(iv.get_simulation(path)).run(3) == 3
