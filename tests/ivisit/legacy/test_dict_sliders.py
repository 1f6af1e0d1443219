"""Dict sliders of old scripts: their parts, and the box with all values."""

from __future__ import annotations

import pytest

from ivisit.plugins.loading import load_file

DIRECTIVES = """
SIMULATION & s
DICTSLIDER & G & [200,20,-1,{mode},10] & d & 1
DICTSLIDERITEM & first & [0,10,5,1] & a & int & 3
DICTSLIDERITEM & second & [0,1,5,0.1] & b & float & 0.5
"""
BOUND = """
def bind(self, parent=None, display=None):
    self.display = display
    for part in ("slider", "optionmenu", "textbox"):
        display.bind2Widget("G", "<x>", lambda part=part: calls.append(part), part)
"""


def calls_of(engine):
    """Return what the script's callbacks have noted."""
    return engine.simulation._script.simulation.bind.__globals__["calls"]


def test_each_part_keeps_its_function(load):
    script = load(DIRECTIVES.format(mode=2), parameters="d = {}", methods=BOUND)
    script.engine.init()
    script.display.setWidgetValue("G", [3, 0.8])
    script.step()
    assert calls_of(script.engine) == ["slider"]
    assert script.parameters.d == {"a": 3, "b": 0.8}


def test_what_is_not_on_the_slider_changes_without_its_moving(load):
    script = load(DIRECTIVES.format(mode=2), parameters="d = {}", methods=BOUND)
    script.engine.init()
    script.display.setWidgetValue("G", [99, 0.5])
    script.step()
    assert calls_of(script.engine) == []
    assert script.parameters.d == {"a": 99, "b": 0.5}


@pytest.mark.window
def test_choosing_sliding_and_typing_call_a_function_each(load, user):
    script = load(DIRECTIVES.format(mode=2), parameters="d = {}", methods=BOUND)
    window = user.open(load_file(script.path))
    calls = calls_of(window.engine)
    control = user.control("G")
    assert control.selected == "second"
    assert control.box.content() == "first: 3\nsecond: 0.5"
    user.wait(0.1)  # the window takes what the script wants to hear of
    control.tk.call(str(control.selector["postcommand"]))
    control.selector.current(0)
    control.selector.event_generate("<<ComboboxSelected>>")
    # The slider moves from the place of one item to that of the other.
    user.until(lambda: calls == ["optionmenu", "slider"])
    calls.clear()
    control.commit({"first": 7})
    user.until(lambda: calls == ["slider"])
    calls.clear()
    control.box.text.replace("1.0", "end", "first: 7\nsecond: 0.9")
    control.box.button.invoke()
    user.until(lambda: calls == ["textbox"])
    window.step()
    user.until(lambda: window.steps == 1)
    assert window.engine.simulation._script.simulation.parameters.d == {"a": 7, "b": 0.9}
    assert control.box.content() == "first: 7\nsecond: 0.9"


@pytest.mark.window
@pytest.mark.parametrize("mode", [0, 1])
def test_the_box_is_there_only_where_the_script_asks_for_it(load, user, mode):
    script = load(DIRECTIVES.format(mode=mode), parameters="d = {}")
    user.open(load_file(script.path))
    assert user.control("G").box is None


@pytest.mark.window
def test_what_is_typed_and_makes_no_sense_leaves_its_item_alone(load, user):
    script = load(DIRECTIVES.format(mode=2), parameters="d = {}")
    window = user.open(load_file(script.path))
    control = user.control("G")
    control.box.text.replace("1.0", "end", "first: 8\nsecond: many")
    control.box.enter()
    assert control.value == {"first": 8, "second": 0.5}
    assert control.box.content() == "first: 8\nsecond: 0.5"
    assert window.engine.parameters()["G"] == {"first": 8, "second": 0.5}
