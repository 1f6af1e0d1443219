"""What scripts do with `parent`, `display` and widgets, without a window."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ivisit.events import MouseEvent
from ivisit.link import Command, Quit, SetLabel

ALL = """
    SIMULATION & s
    SLIDER & S & [9,1] & [0,9,1,1] & a & -1 & int & 4
    SLIDER & F & [9,1] & [0,1,1,0.1] & f & -1 & float & 0.5
    DICTSLIDER & D & [9,1] & d & 0
    DICTSLIDERITEM & one & [0,9,1,1] & 1 & int & 1
    DICTSLIDERITEM & two & [0,9,1,1] & 2 & float & 2
    LISTSEL & L & [9,1] & [x,y] & l & -1 & text & x
    CHECKBOX & C & [p,q] & c & 01
    RADIOBUTTON & R & [x,y] & r & x
    BUTTON & B & [<,press] & b
    TEXT_IN & T & [9,1] & t & -1 & old
    IMAGE & I & 2.0 & [0,255] & picture & int
    TEXT_OUT & O & [9,1] & None & text
    IMAGE & S & 1 & [0,255] & picture & int
"""
PARAMETERS = "a = 0; f = 0.; d = {}; l = ''; c = ''; r = ''; b = ''; t = ''"
METHODS = """
    def bind(self, parent=None, display=None):
        self.display = display
"""


@pytest.fixture
def script(load):
    loaded = load(
        ALL, parameters=PARAMETERS, data="picture = np.zeros((4, 6)); text = ''", methods=METHODS
    )
    loaded.engine.init()
    return loaded


@pytest.mark.parametrize(
    ("widget", "value", "attribute", "written"),
    [
        ("S", 7, "a", 7),
        ("S", np.float64(7.4), "a", 7),
        ("S", 99, "a", 9),
        ("F", 0.32, "f", 0.3),
        ("D", [5, 6], "d", {"1": 5, "2": 6.0}),
        ("L", "y", "l", "y"),
        ("C", "10", "c", "10"),
        ("R", "y", "r", "y"),
        ("B", 1, "b", "1"),
        ("T", "new\ntext", "t", "new\ntext"),
    ],
)
def test_every_widget_takes_a_value(script, widget, value, attribute, written):
    script.display.setWidgetValue(widget, value)
    script.step()
    assert repr(getattr(script.parameters, attribute)) == repr(written)


def test_a_value_is_a_change_like_that_of_a_user(script):
    changes = []
    script.display.bind2Widget("F", "<whatever>", lambda: changes.append("F"), "slider")
    script.step()
    script.display.setWidgetValue("F", 0.2)
    assert script.display.getFlagModified("F") == 1
    script.display.setWidgetValue("F", 0.2)
    script.step()
    assert changes == ["F"]
    assert script.display.getFlagModified("F") == 0


def test_a_value_that_a_widget_cannot_have_costs_a_message_and_not_the_run(script, caplog):
    script.display.setWidgetValue("L", "z")
    script.display.setWidgetValue("S", "many")
    script.step()
    assert (script.parameters.l, script.parameters.a) == ("x", 4)
    assert "must be one of 'x', 'y', not 'z'" in caplog.text


def test_data_widgets_take_values_too(script):
    script.display.setWidgetValue("O", "hello")
    script.display.setWidgetValue("I", np.ones((2, 2)))
    shown = script.engine.outputs()
    assert shown["O"] == "hello"
    assert shown["I"].shape == (2, 2)


def test_widgets_are_found_by_name_parameters_before_images(script):
    display = script.display
    assert display.getWidget("S").value == 4
    assert display.bind2Widget("S", "<Button-1>", print).winfo_width() == 6
    assert display.getWidget("nothing") is None
    assert display.bind2Widget("nothing", "<Button-1>", print) is None
    assert [w.old_name for w in display.widgets] == list("IOSSFDLCRBT")
    assert list(display.dict_widgets) == list("IOSFDLCRBT")


@pytest.mark.parametrize(
    ("widget", "part"),
    [("S", "slider"), ("L", "optionmenu"), ("C", "checkbox"), ("R", "radiobutton"),
     ("B", "button"), ("T", "textfield"), ("D", "slider")],
)  # fmt: skip
def test_callbacks_are_called_after_each_change_without_arguments(script, widget, part):
    seen = []
    handle = script.display.dict_widgets[widget]
    assert handle.bind("<ignored>", lambda: seen.append("first"), part) is None
    assert handle.bind("<ignored>", lambda: seen.append("second"), part) is None
    values = {"S": 1, "L": "y", "C": "11", "R": "y", "B": "1", "T": "t", "D": [3, 4]}
    handle.setValue(values[widget])
    script.step()
    assert seen == ["second"]


def test_a_part_that_a_widget_does_not_have_is_a_warning(script, caplog):
    assert script.display.bind2Widget("T", "<x>", print, "slider") is None
    assert "the widget 'T' has no part 'slider'" in caplog.text


def test_mouse_events_come_in_pixels_of_the_canvas(script):
    seen = []
    canvas = script.display.bind2Widget("I", "<Button-1>", seen.append, "imgcanvas")
    assert canvas is script.display.getWidget("I").imgcanvas
    assert (canvas.winfo_width(), canvas.winfo_height()) == (12, 8)
    script.engine.link.handlers["I", "<Button-1>"](MouseEvent(100, 50, 5, 3, 1, "<Button-1>", "I"))
    (event,) = seen
    assert (event.x // 2, event.y // 2, event.num) == (5, 3, 1)
    assert event.widget is canvas


def test_binding_again_replaces_and_asks_the_window_only_once(script):
    seen = []
    for name in ("first", "second"):
        script.display.bind2Widget("I", "<Button-1>", lambda event, name=name: seen.append(name))
    script.engine.link.handlers["I", "<Button-1>"](MouseEvent(0, 0, 0, 0, 1, "<Button-1>", "I"))
    assert seen == ["second"]


def test_a_label_is_changed_in_the_window_and_not_in_look_ups(script):
    script.display.getWidget("F").setLabelText("Other")
    request = script.engine.link.take()[-1]
    assert request == SetLabel("F", "Other")
    assert script.display.getWidget("F") is not None


def test_a_slider_gets_another_range_and_its_value_comes_inside(script):
    handle = script.display.getWidget("S")
    handle.reconfigure(min=6, max=60, nTicks=3, scale=2)
    script.step()
    assert script.parameters.a == 6
    handle.setValue(59)
    script.step()
    assert script.parameters.a == 60  # of two equally near places Tk takes the larger
    assert [handle.slider[o] for o in ("from", "to", "resolution")] == [6, 60, 2]
    handle.slider.set(8)
    assert handle.slider.get() == 8
    assert handle.widgetdef.range == [6, 60, 1, 2]


def test_the_definition_of_a_widget_tells_name_and_value(script):
    definition = script.display.getWidget("R").widgetdef
    assert (definition.name, definition.value, definition.range) == ("R", "x", ["x", "y"])


def test_flags_and_buttons_can_be_reset(script):
    script.display.getWidget("B").onPressedButton()
    script.display.resetButtonsAndFlags()
    script.step()
    assert script.parameters.b == "0"
    script.display.resetButtonsAndFlags(1)
    assert script.display.getFlagModified() == 1
    script.display.resetButtonsAndFlags()
    assert script.display.getFlagModified() == 0


# The parent --------------------------------------------------------------------------------------


def test_a_script_can_stop_its_own_run(load):
    script = load(
        ALL,
        parameters=PARAMETERS,
        methods="""
            def step(self):
                if self.parent and self.parent.steps == 2:
                    assert self.parent.runflg == 1
                    self.parent.onSim_stop()
        """,
    )
    assert script.engine.run(100) == 2
    assert script.parent.runflg == 0


def test_buttons_of_the_window_are_asked_for(script):
    parent = script.parent
    for method in (parent.onSim_init, parent.onSim_step, parent.onSim_run, parent.onSim_cont):
        method()
    parent.onSave()
    names = [r.name for r in script.engine.link.take() if isinstance(r, Command)]
    assert names == ["init", "step", "run", "cont", "save"]
    parent.onQuit()
    assert script.engine.link.take()[-1] == Quit()


def test_after_calls_between_two_steps(script):
    seen = []
    name = script.parent.after(10_000, seen.append, "never")
    script.parent.after_cancel(name)
    script.parent.master.after(1, seen.append, "soon")
    end = time.monotonic() + 5
    while not seen:
        script.step()
        assert time.monotonic() < end
    assert seen == ["soon"]
    script.parent.update()
    script.parent.update_idletasks()


def test_main_init_can_be_asked_for_again(script):
    seen = []
    script.sim.main_init = lambda parent=None: seen.append(parent)
    script.parent.onSim_main_init()
    script.step()
    assert seen == [script.parent]


def test_closing_cancels_what_was_to_come(script):
    seen = []
    script.parent.after(50, seen.append, "late")
    script.engine.close()
    time.sleep(0.1)
    script.engine.handle_callbacks()
    assert not seen
