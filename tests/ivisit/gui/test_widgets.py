"""Every kind of control, used by hand."""

from __future__ import annotations

import pytest

import ivisit as iv
from ivisit import controls
from ivisit.gui.widgets import WIDGETS, widget_class

pytestmark = pytest.mark.window


class Sample(iv.Simulation):
    """One of each."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1, label="Kernel width", unit="px", help="A help.")
    count = iv.Slider(5, 1, 10)
    gain = iv.Slider(1.0, 1e-3, 1e3, scale="log")
    rates = iv.DictSlider({"learning": 0.1, "decay": iv.Slider(1, 0, 9, unit="1/s")}, 0.0, 1.0)
    mode = iv.OptionList("reflect", ["reflect", "nearest", 3])
    kind = iv.RadioButtons("warm", ["warm", "cold"])
    noisy = iv.Checkbox(True)
    show = iv.CheckboxGroup({"gray": True, "text": False})
    reset = iv.Button("Reset now")
    caption = iv.TextBox("hello")
    notes = iv.TextBox("two\nlines", lines=3)
    seen = iv.TextOutput()

    def step(self):
        self.seen = repr(dict(self.parameters))


def test_every_kind_of_control_has_a_widget():
    public = [getattr(iv, name) for name in iv.__all__]
    kinds = {c for c in public if isinstance(c, type) and issubclass(c, controls.Control)}
    assert kinds == set(WIDGETS)


def test_a_derived_control_gets_the_widget_of_its_base():
    class Angle(iv.Slider):
        pass

    assert widget_class(Angle(0.0, 0.0, 360.0)) is WIDGETS[iv.Slider]


def test_a_control_without_any_widget_is_named():
    class Odd(controls.Control):
        pass

    odd = Odd(1)
    odd.name = "odd"
    with pytest.raises(TypeError, match="odd: no widget for a Odd"):
        widget_class(odd)


def test_all_widgets_show_the_defaults(user):
    user.open(Sample)
    assert user.control("sigma").number.entry.get() == "2"
    assert user.control("sigma").number.unit.cget("text") == "px"
    assert user.control("rates").selector.get() == "learning"
    assert user.control("rates").number.entry.get() == "0.1"
    assert user.control("mode").box.get() == "reflect"
    assert user.control("kind").buttons[0].instate(["selected"])
    assert user.control("noisy").button.instate(["selected"])
    assert [b.instate(["selected"]) for b in user.control("show").buttons] == [True, False]
    assert user.control("caption").text() == "hello"
    assert user.control("notes").text() == "two\nlines"


def test_dragging_a_slider_snaps_to_its_steps_and_changes_the_value_at_once(user):
    user.open(Sample)
    number = user.control("sigma").number
    user.drag(number.scale, [0.2, 0.4, 0.617], release=False)
    value = user.value("sigma")
    assert 11 < value < 14
    assert value == round(value, 1)
    assert number.entry.get() == f"{value:g}"


def test_a_slider_acts_while_the_simulation_runs(user):
    user.open(Sample)
    user.window.toggle_run()
    user.type(user.control("count").number.entry, "7")
    user.until(lambda: "'count': 7" in user.panel("seen").text.get("1.0", "end"))


def test_a_typed_number_is_kept_exactly(user):
    user.open(Sample)
    user.type(user.control("sigma").number.entry, "0.123456789012")
    assert user.value("sigma") == 0.123456789012
    user.window.root.focus_force()
    user.wait(0.05)
    assert user.value("sigma") == 0.123456789012
    assert user.control("sigma").number.entry.get() == "0.12346"


def test_leaving_a_field_commits_what_was_typed(user):
    user.open(Sample)
    user.type(user.control("count").number.entry, "8", key="")
    user.type(user.control("caption").field, "bye", key="")
    assert user.value("count") == 8
    user.window.root.focus_force()
    user.until(lambda: user.value("caption") == "bye")


def test_escape_takes_back_what_was_typed(user):
    user.open(Sample)
    user.type(user.control("count").number.entry, "8", key="Escape")
    assert user.control("count").number.entry.get() == "5"
    assert user.value("count") == 5


@pytest.mark.parametrize("text", ["400", "nan", "a lot", "", "1_0", "0.1e999"])
def test_a_refused_number_is_explained_and_the_former_value_stays(user, text):
    user.open(Sample)
    widget = user.control("sigma")
    user.type(widget.number.entry, text)
    assert user.value("sigma") == 2.0
    # What was typed stays to be mended, as long as the field has the focus.
    assert widget.number.entry.get() == text
    assert widget.problem.winfo_ismapped()
    assert widget.problem.cget("text").startswith("Must be")
    user.type(widget.number.entry, "3")
    assert user.value("sigma") == 3.0
    assert not widget.problem.winfo_ismapped()
    user.type(widget.number.entry, text)
    user.key(user.control("count").number.entry)
    user.until(lambda: widget.number.entry.get() == "3")


def test_a_decimal_comma_is_refused_with_a_hint(user):
    user.open(Sample)
    widget = user.control("sigma")
    user.type(widget.number.entry, "1,5")
    assert "decimal point: 1.5" in widget.problem.cget("text")


def test_notches_and_keys_in_a_row_are_one_change_and_shift_goes_finely(user):
    window = user.open(Sample)
    entry = user.control("sigma").number.entry
    user.key(entry, "Up", "Up", "Up")
    risen = user.value("sigma")
    assert risen > 2.0
    window.values.undo()
    assert user.value("sigma") == 2.0
    user.key(entry, "Shift-Up")
    assert 2.0 < user.value("sigma") < 2.0 + (risen - 2.0) / 3
    scale = user.control("sigma").number.scale
    user.key(scale, "End")
    assert user.value("sigma") == Sample.sigma.maximum
    user.key(scale, "Home")
    assert user.value("sigma") == Sample.sigma.minimum


def test_ctrl_a_selects_all_and_a_double_click_beside_the_label_returns_to_the_default(user):
    user.open(Sample)
    widget = user.control("sigma")
    user.type(widget.number.entry, "7")
    user.key(widget.number.entry, "Control-a")
    assert widget.number.entry.selection_get() == "7"
    for _ in range(2):
        widget.event_generate("<ButtonPress-1>", x=1, y=1)
    assert user.value("sigma") == 2.0


def test_keys_and_the_wheel_go_by_steps_while_the_field_has_the_focus(user):
    user.open(Sample)
    entry = user.control("sigma").number.entry
    user.key(entry, "Up", "Up", "Down")
    assert user.value("sigma") == 2.1
    user.key(entry, "Prior")
    assert user.value("sigma") == 3.1
    entry.event_generate("<Button-4>")
    assert user.value("sigma") == 3.2


def test_after_a_drag_keys_go_by_steps_and_a_blank_still_runs_and_stops(user):
    window = user.open(Sample)
    scale = user.control("count").number.scale
    window.root.focus_force()
    user.drag(scale, [0.5])
    value = user.value("count")
    for key, expected in (("Right", value + 1), ("Left", value), ("Down", value - 1)):
        scale.event_generate(f"<{key}>")
        assert user.value("count") == expected
    scale.event_generate("<space>")
    assert window.session.running
    user.choose(user.control("mode").box, 1)
    window.update()
    window.root.event_generate("<space>")
    assert not window.session.running


def test_a_click_on_a_button_takes_over_what_is_being_typed_elsewhere(user):
    window = user.open(Sample)
    user.type(user.control("count").number.entry, "8", key="")
    user.click(window.toolbar.step_button)
    user.until(lambda: "'count': 8" in user.panel("seen").text.get("1.0", "end"))


def test_the_wheel_changes_nothing_without_the_focus(user):
    user.open(Sample)
    user.window.root.focus_force()
    user.window.update()
    for name in ("sigma", "gain"):
        user.control(name).number.entry.event_generate("<Button-4>")
        user.control(name).number.scale.event_generate("<Button-4>")
    user.control("mode").box.event_generate("<Button-4>")
    assert user.window.engine.revision == 0


def test_a_double_click_on_the_label_returns_to_the_default(user):
    user.open(Sample)
    user.type(user.control("sigma").number.entry, "7")
    user.click(user.control("sigma").label)
    user.click(user.control("sigma").label)
    assert user.value("sigma") == 2.0


def test_a_logarithmic_slider_is_in_the_middle_at_the_geometric_mean(user):
    user.open(Sample)
    scale = user.control("gain").number.scale
    assert float(scale.get()) == pytest.approx(0.5)
    user.drag(scale, [0.9, 1.5])
    assert user.value("gain") == 1000.0


def test_a_dict_slider_edits_the_selected_item_and_keeps_the_others(user):
    user.open(Sample)
    widget = user.control("rates")
    user.type(widget.number.entry, "0.5")
    user.choose(widget.selector, 1)
    assert widget.selector.get() == "decay"
    assert widget.number.unit.cget("text") == "1/s"
    user.type(widget.number.entry, "4")
    assert user.value("rates") == {"learning": 0.5, "decay": 4}
    user.type(widget.number.entry, "40")
    assert widget.problem.cget("text") == "Must be between 0 and 9 1/s, not 40"
    assert user.value("rates")["decay"] == 4


def test_the_list_of_a_dict_slider_shows_all_values(user):
    user.open(Sample)
    widget = user.control("rates")
    widget.tk.eval(str(widget.selector.cget("postcommand")))
    assert widget.selector.cget("values") == ("learning = 0.1", "decay = 1")


def test_an_option_keeps_its_type(user):
    user.open(Sample)
    user.choose(user.control("mode").box, 2)
    assert user.value("mode") == 3


def test_radio_buttons_check_boxes_and_groups_follow_clicks(user):
    user.open(Sample)
    user.click(user.control("kind").buttons[1])
    user.click(user.control("noisy").button)
    user.click(user.control("show").buttons[1])
    assert user.value("kind") == "cold"
    assert user.value("noisy") is False
    assert user.value("show") == {"gray": True, "text": True}


def test_a_button_is_pending_until_one_step_has_seen_it(user):
    user.open(Sample)
    widget = user.control("reset")
    user.click(widget.button)
    assert widget.button.cget("style") == "Pending.TButton"
    user.look()
    assert widget.button.cget("style") == "Pending.TButton"
    user.window.step()
    user.until(lambda: widget.button.cget("style") == "TButton")
    assert "'reset': True" in user.panel("seen").text.get("1.0", "end")
    user.window.step()
    user.until(lambda: "'reset': False" in user.panel("seen").text.get("1.0", "end"))


def test_enter_commits_one_line_and_control_enter_several(user):
    user.open(Sample)
    user.type(user.control("caption").field, "grüße")
    assert user.value("caption") == "grüße"
    notes = user.control("notes").field
    notes.focus_force()
    user.window.update()
    notes.insert("end", "\nthird")
    assert user.value("notes") == "two\nlines"
    user.key(notes, "Control-Return")
    assert user.value("notes") == "two\nlines\nthird"


class Walker(iv.Simulation):
    """Changes its own parameter."""

    level = iv.Slider(0, 0, 1000)
    other = iv.Slider(0, 0, 1000)

    def step(self):
        self.level = min(self.level + 1, 1000)


def test_a_widget_follows_what_the_simulation_assigns(user):
    user.open(Walker)
    user.window.step()
    user.until(lambda: user.control("level").number.entry.get() == "1")
    assert not user.window.sets.modified


def test_a_widget_does_not_fight_typing_or_dragging(user):
    user.open(Walker)
    user.window.toggle_run()
    number = user.control("other").number
    user.type(user.control("level").number.entry, "12", key="")
    user.drag(number.scale, [0.3, 0.5], release=False)
    held = user.value("other")
    user.wait(0.3)
    assert number.dragging
    assert user.value("other") == held
    assert number.entry.get() == str(held)


def test_a_frame_from_before_the_users_change_is_ignored(user):
    user.open(Walker)
    widget = user.control("other")
    old = user.window.engine.revision
    user.type(widget.number.entry, "9")
    widget.follow(0, old)
    assert widget.value == 9
    widget.follow(0, user.window.engine.revision)
    assert widget.value == 0


def test_tooltips_show_help_range_and_default(user):
    user.open(Sample)
    assert user.control("sigma").hint() == ("A help.\nsigma: between 0.1 and 20 px\nDefault: 2.0")
