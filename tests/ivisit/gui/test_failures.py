"""Faults in the simulation's code, reloading its source, and faults of the window itself."""

from __future__ import annotations

import logging
import os
import textwrap

import pytest

import ivisit as iv
from ivisit.plugins.loading import load_file

pytestmark = pytest.mark.window


class Fragile(iv.Simulation):
    """Fails when it is told to."""

    where = iv.OptionList("nowhere", ["nowhere", "init", "step", "callback", "figure"])
    plot = iv.Figure()

    def init(self):
        self.plot.clear()
        if self.where == "init":
            raise RuntimeError("init fails")

    def step(self):
        if self.where == "step":
            raise ValueError("step fails")
        if self.where == "figure":
            self.plot.subplots().set_title("$\\nosuchcommand$")

    def react(self, event=None):
        raise KeyError("callback fails")


def pane(user):
    return user.window.error_pane


@pytest.mark.parametrize(("where", "kind"), [("init", "RuntimeError"), ("step", "ValueError")])
def test_an_exception_shows_where_it_happened_and_the_window_lives_on(user, where, kind):
    window = user.open(Fragile)
    window.values.assign("where", where)
    if where == "init":
        window.init()
    else:
        window.toggle_run()
    user.until(lambda: pane(user).failure is not None)
    user.wait(0.05)
    assert pane(user).winfo_ismapped()
    assert kind in pane(user).title.cget("text")
    assert not window.session.running
    assert window.toolbar.run_button.cget("text") == "Run"
    assert os.path.basename(__file__) in pane(user).place_label.cget("text")
    assert f"{where} fails" in pane(user).text.get("1.0", "end")
    window.values.assign("where", "nowhere")
    pane(user).buttons["Init again"].invoke()
    user.until(lambda: not pane(user).winfo_ismapped())
    window.toggle_run()
    user.until(lambda: window.steps > 2)


def test_a_figure_that_cannot_be_drawn_says_so_on_its_card_and_the_run_goes_on(user):
    window = user.open(Fragile)
    window.values.assign("where", "figure")
    window.toggle_run()
    canvas = window.layout.panels["plot"].canvas
    user.until(lambda: "nosuchcommand" in canvas.itemcget(canvas._text, "text"))
    steps = window.steps
    user.until(lambda: window.steps > steps)
    assert pane(user).failure is None
    window.values.assign("where", "nowhere")
    window.toggle_run()
    window.init()
    user.until(lambda: canvas.itemcget(canvas._text, "state") == "hidden")


def test_an_exception_in_a_callback_shows_too(user):
    window = user.open(Fragile)
    window.session.worker.post(window.engine.simulation.react)
    user.until(lambda: pane(user).failure is not None)
    assert "callback fails" in pane(user).title.cget("text")


def test_run_after_a_failure_begins_anew(user):
    window = user.open(Fragile)
    window.values.assign("where", "step")
    window.step()
    user.until(lambda: pane(user).failure is not None)
    window.values.assign("where", "nowhere")
    window.toggle_run()
    user.until(lambda: window.steps > 2)
    assert pane(user).failure is None
    assert window.engine.runs == 2


def test_failing_again_shows_the_new_failure(user):
    window = user.open(Fragile)
    window.values.assign("where", "step")
    window.step()
    user.until(lambda: pane(user).failure is not None)
    first = pane(user).failure
    window.step()
    user.until(lambda: pane(user).failure is not None and pane(user).failure is not first)
    assert not window.session.running


def test_the_failure_can_be_copied_and_closed(user):
    window = user.open(Fragile)
    window.values.assign("where", "step")
    window.step()
    user.until(lambda: pane(user).failure is not None)
    pane(user).buttons["Copy"].invoke()
    assert "step() raised ValueError: step fails" in window.root.clipboard_get()
    pane(user).buttons["Close"].invoke()
    user.window.update()
    assert not pane(user).winfo_ismapped()


SOURCE = """
import ivisit as iv

class Edited(iv.Simulation):
    '''A simulation that is edited while it is shown.'''

    sigma = iv.Slider(2.0, 0.1, {maximum})
    {extra}
    report = iv.TextOutput()

    def step(self):
        self.report = "{report}"
"""


def write(path, *, maximum="20.0", extra="", report="one"):
    path.write_text(SOURCE.format(maximum=maximum, extra=extra, report=report))
    # Two edits within the resolution of the file's time.
    write.time += 10
    os.utime(path, (write.time, write.time))


write.time = 1_000_000_000


def report(user):
    return user.panel("report").text.get("1.0", "end-1c")


def test_edited_source_is_loaded_again_with_the_values_kept(user, tmp_path):
    path = tmp_path / "edited.py"
    write(path)
    window = user.open(load_file(path))
    user.type(user.control("sigma").number.entry, "7")
    window.step()
    user.until(lambda: report(user) == "one")
    write(path, extra="mode = iv.OptionList('a', ['a', 'b'])", report="two")
    user.until(lambda: "Ctrl-R" in user.told())
    user.key(window.root, "Control-r")
    user.until(lambda: "mode" in window.layout.controls)
    assert user.value("sigma") == 7.0
    assert user.control("sigma").number.entry.get() == "7"
    assert window.sets.modified
    window.step()
    user.until(lambda: report(user) == "two")
    user.type(user.control("sigma").number.entry, "9")
    assert user.value("sigma") == 9.0
    window.values.undo()
    assert user.value("sigma") == 7.0


def test_undoing_the_change_of_a_control_that_is_gone_costs_a_message(user, tmp_path):
    path = tmp_path / "edited.py"
    write(path, extra="mode = iv.OptionList('a', ['a', 'b'])")
    window = user.open(load_file(path))
    user.choose(user.control("mode").box, 1)
    write(path)
    window.source.reload()
    user.until(lambda: "mode" not in window.layout.controls)
    window.values.undo()
    assert "has no parameter 'mode'" in window.status.labels["message"].cget("text")


def test_a_running_simulation_goes_on_after_reloading(user, tmp_path):
    path = tmp_path / "edited.py"
    write(path)
    window = user.open(load_file(path))
    window.toggle_run()
    user.until(lambda: report(user) == "one")
    write(path, report="two")
    window.source.reload()
    user.until(lambda: report(user) == "two")
    assert window.session.running


def test_a_value_that_no_longer_fits_is_told(user, tmp_path):
    path = tmp_path / "edited.py"
    write(path)
    window = user.open(load_file(path))
    user.type(user.control("sigma").number.entry, "7")
    write(path, maximum="5.0")
    window.source.reload()
    user.until(lambda: user.control("sigma").number.range.maximum == 5.0)
    assert user.value("sigma") == 2.0
    assert "between 0.1 and 5" in user.told()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import ivisit as iv\nclass Edited(iv.Simulation:\n    pass\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("x = 1\n", "PluginError"),
    ],
)
def test_source_that_cannot_be_loaded_is_explained_and_the_former_lives_on(
    user, tmp_path, text, kind
):
    path = tmp_path / "edited.py"
    write(path)
    window = user.open(load_file(path))
    path.write_text(textwrap.dedent(text))
    window.source.reload()
    user.until(lambda: pane(user).failure is not None)
    assert pane(user).failure.type == kind
    if kind != "PluginError":
        assert pane(user).failure.file == str(path)
        assert pane(user).failure.line == (2 if kind == "SyntaxError" else 1)
    window.step()
    user.until(lambda: report(user) == "one")


def test_a_simulation_without_source_file_says_so(user):
    bare = type(iv.Simulation)("Bare", (iv.Simulation,), {"level": iv.Slider(1, 0, 2)})
    window = user.open(bare)
    window.source.reload()
    assert "no source file" in window.status.labels["message"].cget("text")


def test_a_fault_of_the_window_is_logged_and_shown_and_the_window_lives_on(user, caplog):
    window = user.open(Fragile)
    with caplog.at_level(logging.ERROR):
        window.root.after(1, lambda: [][1])
        user.wait(0.1)
    assert "internal error" in caplog.text
    assert "IndexError in ivisit's window" in pane(user).title.cget("text")
    user.faults.clear()
    window.toggle_run()
    user.until(lambda: window.steps > 2)
