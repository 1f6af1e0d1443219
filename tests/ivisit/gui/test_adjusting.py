"""Ranges that a simulation, a script or a parameter set brings into the window."""

import pytest

import ivisit as iv

pytestmark = pytest.mark.window


class Sample(iv.Simulation):
    """Two sliders."""

    rate = iv.Slider(0.5, 0.0, 1.0)
    count = iv.Slider(3, 0, 10)
    level = iv.Trace()

    def init(self):
        self.level = 0.0

    def step(self):
        self.level = self.rate


def test_a_slider_follows_another_range_step_and_label(user):
    window = user.open(Sample)
    window.engine.adjust("rate", minimum=2.0, maximum=4.0, step=0.5, label="Speed")
    user.look()
    user.until(lambda: user.control("rate").value == 2.0)
    shown = user.control("rate")
    assert (shown.number.range.minimum, shown.number.range.maximum) == (2.0, 4.0)
    assert shown.label.cget("text") == "Speed"
    user.key(shown.number.scale, "Up")
    assert user.value("rate") == 2.5
    shown.reset()
    assert user.value("rate") == 2.0


def test_ranges_are_saved_with_a_set_loaded_with_it_and_undone(user):
    window = user.open(Sample)
    window.engine.adjust("rate", maximum=5.0)
    user.look()
    user.type(user.control("rate").number.entry, "4.5")
    assert window.sets.save_under("fast") == ""
    window.sets.new()
    assert user.value("rate") == 0.5
    window.engine.adjust("rate", maximum=1.0)
    window.sets.load("fast")
    assert (user.value("rate"), window.engine.control("rate").maximum) == (4.5, 5.0)
    assert user.control("rate").number.range.maximum == 5.0
    window.values.undo()
    assert (user.value("rate"), window.engine.control("rate").maximum) == (0.5, 1.0)
    window.values.redo()
    assert user.value("rate") == 4.5
    assert iv.ParameterStore(window.sets.path).load(Sample, "fast").adjustments == {
        "rate": {"maximum": 5.0}
    }


def test_a_set_saved_under_the_declared_range_fits_after_the_range_was_narrowed(user):
    window = user.open(Sample)
    user.type(user.control("count").number.entry, "9")
    assert window.sets.save_under("many") == ""
    window.engine.adjust("count", maximum=5)
    assert user.value("count") == 5
    window.sets.load("many")
    assert (user.value("count"), window.engine.control("count").maximum) == (9, 10)
