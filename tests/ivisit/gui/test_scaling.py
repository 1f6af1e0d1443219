"""From the window into scale: sweeps and optimizations of the present state."""

import shlex
import sys
from pathlib import Path

import pytest

import ivisit as iv
from ivisit.gui import processes
from ivisit.gui.scaling import dialogs, running
from ivisit.gui.scaling import panel as panel_module
from ivisit.gui.scaling.dialogs import OptimizeDialog, SweepDialog
from ivisit.gui.scaling.panel import ScalingPanel
from ivisit.gui.scaling.requests import Axis, Request, fixed_text
from ivisit.runs.repeating import Recipe
from ivisit.runs.space_texts import parse_parameters

pytestmark = pytest.mark.window

SOURCE = '''
import ivisit as iv


class Bowl(iv.Simulation):
    """Has its lowest place at 3 and 2."""

    x = iv.Slider(0.0, 0.0, 6.0)
    y = iv.Slider(2, 0, 4)
    rate = iv.Slider(0.1, 0.001, 1.0, scale="log")
    word = iv.TextBox("a, b: *")
    parts = iv.DictSlider({"p.q": 1.0, "r": 2.0}, 0.0, 9.0)

    height = iv.Trace()
    both = iv.Trace(names=["left", "right"])

    def step(self):
        assert self.word in ("a, b: *", "[x, y]")
        self.height = (self.x - 3) ** 2 + (self.y - 2) ** 2
        self.both = [self.x, self.parts["p.q"]]
'''


@pytest.fixture
def bowl(user):
    Path("bowl.py").write_text(SOURCE)
    window = user.open(iv.get_simulation("bowl.py"))
    window.set_live(False)
    return window


def panels(window):
    return [child for child in window.root.winfo_children() if isinstance(child, ScalingPanel)]


def test_a_right_click_on_a_slider_opens_its_menu_and_on_nothing_else(user, bowl, monkeypatch):
    menu = bowl.menu.slider_menu
    opened = []
    monkeypatch.setattr(menu, "tk_popup", lambda *place: opened.append(menu.name))
    for name in ("x", "word", "parts", "y"):
        user.control(name).label.event_generate("<ButtonRelease-3>", x=2, y=2)
    bowl.update()
    assert opened == ["x", "y"]
    menu.invoke("Sweep ...")
    titles = [c.title() for c in bowl.root.winfo_children() if isinstance(c, SweepDialog)]
    assert titles == ["Sweep y"]


def test_a_sweep_of_the_present_state_grows_and_a_click_on_a_point_loads_it(user, bowl):
    bowl.change("word", "[x, y]")
    bowl.change("parts", {"p.q": 0.5})
    bowl.change("y", 3)
    dialog = SweepDialog(bowl, "x")
    user.type(dialog.entries["Points"], "4", key="")
    user.type(dialog.entries["Processes"], "0", key="")
    dialog.accept()
    assert "from 1 on" in dialog.problem.cget("text")
    user.type(dialog.entries["Processes"], "1", key="")
    user.type(dialog.entries["Steps of a run"], "1", key="")
    dialog.accept()
    (panel,) = panels(bowl)
    user.until(lambda: panel.scaling.child.has_ended and panel.result is not None, seconds=60)
    user.until(
        lambda: len(panel.result) == 4 and str(panel.stop_button.cget("state")) == "disabled"
    )
    assert panel.result.parameters["x"].tolist() == [0.0, 2.0, 4.0, 6.0]
    assert panel.result.metrics["height"].tolist() == [10.0, 2.0, 2.0, 10.0]
    axes = panel._figure.axes[0]
    x, up = axes.transData.transform((4.3, 5.0))
    panel.picture.event_generate("<Button-1>", x=round(x), y=round(panel._size[1] - up))
    bowl.update()
    assert bowl.engine.parameters()["x"] == 4.0
    assert user.control("x").value == 4.0
    assert "Loaded x 4" in panel.status.cget("text")
    assert panel.values_at(1, 1) is None
    bowl.values.undo()
    assert bowl.engine.parameters()["x"] == 0.0
    panel.copy_command()
    words = shlex.split(bowl.root.clipboard_get())
    assert words[:4] == ["ivisit", "sweep", "bowl.py", "-p"]
    panel.destroy()
    assert not panels(bowl)


def test_two_sliders_give_a_heat_map_whose_cells_are_loaded_together(user, bowl):
    dialog = SweepDialog(bowl, "x")
    assert not dialog.entries["And from"].winfo_manager()
    dialog.entries["And"].set("y")
    dialog.suggest()
    assert dialog.entries["And from"].winfo_manager()
    assert dialog.text("And to") == "4"
    for label, text in (("Points", "3"), ("And points", "3"), ("Processes", "1")):
        user.type(dialog.entries[label], text, key="")
    request = dialog.request()
    # The same runs in this process: what a heat map shows does not depend on who computes.
    iv.sweep(
        "bowl.py", {"x": [0.0, 3.0, 6.0], "y": [0, 2, 4]}, steps=1, metrics=["height"],
        name=request.name, store=request.store, workers=0,
    )  # fmt: skip
    panel = ScalingPanel(bowl, Done(request))
    user.until(lambda: panel._figure is not None)
    axes = panel._figure.axes[0]
    x, up = axes.transData.transform((2, 0))
    assert panel.values_at(round(x), round(panel._size[1] - up)) == {"x": 6.0, "y": 0}
    panel.load({"x": 6.0, "y": 0})
    assert (bowl.engine.parameters()["x"], bowl.engine.parameters()["y"]) == (6.0, 0)
    bowl.values.undo()
    assert (bowl.engine.parameters()["x"], bowl.engine.parameters()["y"]) == (0.0, 2)


class Done(running.Scaling):
    """A request whose runs are in the store already."""

    def __init__(self, request):
        self.request = request
        self.child = self

    has_ended = True

    def problem(self):
        return ""

    def close(self):
        """Nothing goes on."""


def test_the_dialog_of_an_optimization_asks_for_what_is_searched(user, bowl):
    dialog = OptimizeDialog(bowl, "x")
    user.type(dialog.entries["Parameters"], "x, rate, z", key="")
    dialog.accept()
    assert "some of x, y, rate" in dialog.problem.cget("text")
    user.type(dialog.entries["Parameters"], "x, rate", key="")
    words = dialog.request().words()
    assert words[:2] == ["optimize", "bowl.py"]
    assert words[words.index("--minimize") + 1] == "height"
    assert [words[i + 1] for i, word in enumerate(words) if word == "--range"] == [
        "x=0.0..6.0",
        "rate=0.001..1.0:log",
    ]
    user.type(dialog.entries["Save the best as"], "", key="")
    dialog.accept()
    assert "needs a name" in dialog.problem.cget("text")


@pytest.mark.stress
def test_an_optimization_saves_its_best_values_as_a_set(user, bowl):
    dialog = OptimizeDialog(bowl, "x")
    for label, text in (("Trials", "12"), ("Processes", "1"), ("Save the best as", "lowest")):
        user.type(dialog.entries[label], text, key="")
    user.type(dialog.entries["Parameters"], "x, y", key="")
    dialog.accept()
    (panel,) = panels(bowl)
    user.until(lambda: "saved as 'lowest'" in panel.status.cget("text"), seconds=90)
    assert panel.values_at(200, 200) is None
    best = panel.result.best_parameters
    panel.best_button.invoke()
    assert {n: bowl.engine.parameters()[n] for n in best} == best
    bowl.values.undo()
    assert "lowest" in bowl.sets.names()
    bowl.sets.load("lowest")
    assert {n: bowl.engine.parameters()[n] for n in best} == best


def test_why_a_sweep_fails_is_told(user, bowl, monkeypatch):
    fail = (sys.executable, "-c", "import sys; sys.exit('ivisit: no such metric')")
    monkeypatch.setattr(processes, "IVISIT", fail)
    SweepDialog(bowl, "x").accept()
    (panel,) = panels(bowl)
    user.until(lambda: "no such metric" in panel.status.cget("text"))


def test_failed_runs_of_a_complete_sweep_are_counted_and_the_rest_is_shown(user):
    Path("failing.py").write_text(
        SOURCE.replace(
            "        self.height", '        assert self.x < 5, "too far"\n        self.height'
        )
    )
    window = user.open(iv.get_simulation("failing.py"))
    dialog = SweepDialog(window, "x")
    user.type(dialog.entries["Points"], "3", key="")
    user.type(dialog.entries["Processes"], "1", key="")
    dialog.accept()
    (panel,) = panels(window)
    user.until(lambda: panel.stop_button.instate(["disabled"]), seconds=60)
    told = panel.status.cget("text")
    assert told.startswith("3 of 3 runs, 1 failed (step() raised AssertionError: too far")
    assert told.endswith("a click on a point loads its values")


def test_the_ends_of_whole_numbers_are_not_cut(user, bowl):
    dialog = SweepDialog(bowl, "y")
    user.type(dialog.entries["To"], "3.5", key="")
    dialog.accept()
    assert dialog.problem.cget("text") == "To: a whole number, as y is"
    assert not panels(bowl)


def test_an_answer_is_not_overwritten_by_the_next_look_at_the_progress(user, bowl, monkeypatch):
    monkeypatch.setattr(panel_module, "ANSWER", 1000.0)
    code = "import time; time.sleep(100)"
    monkeypatch.setattr(processes, "IVISIT", (sys.executable, "-c", code))
    SweepDialog(bowl, "x").accept()
    (panel,) = panels(bowl)
    panel.copy_command()
    timer = panel._timer
    user.until(lambda: panel._timer != timer)
    assert panel.status.cget("text").startswith("Copied: ivisit sweep")
    panel.destroy()


def test_a_sweep_is_stopped_as_by_ctrl_c_and_with_its_panel(user, bowl, monkeypatch):
    code = "import time; time.sleep(100)"
    monkeypatch.setattr(processes, "IVISIT", (sys.executable, "-c", code))
    for end in (lambda panel: panel.stop(), lambda panel: panel.destroy()):
        SweepDialog(bowl, "x").accept()
        (panel,) = panels(bowl)
        assert not panel.scaling.child.has_ended
        end(panel)
        user.until(lambda panel=panel: panel.scaling.child.has_ended)
        if panels(bowl):
            user.until(lambda panel=panel: panel.stop_button.instate(["disabled"]))
            assert panel.scaling.child.problem() == ""
            panel.destroy()


@pytest.mark.parametrize(
    ("label", "text", "problem"),
    [
        ("From", "7", "To: larger than 7.0"),
        ("To", "9", "must be between 0 and 6, not 9"),
        ("To", "x", "To: a number"),
        ("Points", "1", "Points: a whole number from 2 on"),
        ("Repeats", "0", "Repeats: a whole number from 1 on"),
        ("Metric", "", "no trace"),
    ],
)
def test_what_makes_no_sense_is_told_in_the_dialog(user, bowl, label, text, problem):
    dialog = SweepDialog(bowl, "x")
    dialog.entries[label].configure(state="normal")
    user.type(dialog.entries[label], text, key="")
    dialog.accept()
    assert problem in dialog.problem.cget("text")
    assert not panels(bowl)


def test_traces_and_their_components_can_be_measured(user, bowl):
    assert dialogs.metrics_of(bowl) == ["height", "both.left", "both.right"]


@pytest.mark.parametrize("value", ["plain", "a,b", "*", "lin:1:2:3", "[1]", "{", "it's 1..2"])
def test_a_value_that_stays_the_same_is_never_taken_for_an_axis(user, value):
    Path("bowl.py").write_text(SOURCE)
    simulation = iv.get_simulation("bowl.py")
    found = parse_parameters(simulation, {"word": fixed_text(simulation, "word", value)})["word"]
    assert found in (value, [value])


def test_logarithmic_sliders_are_swept_logarithmically(user):
    Path("bowl.py").write_text(SOURCE)
    axis = Axis("rate", 0.001, 1.0, 4, log=True)
    recipe = Recipe(iv.get_simulation("bowl.py"), 3, 7, {"x": 1.0, "rate": 0.5})
    words = Request(recipe, [axis], 3, "height", Path("s.ivisit"), "n").words()
    assert "rate=log:0.001:1.0:4" in words
    assert "x=1.0" in words
    assert "rate=0.5" not in words
    assert axis.range() == "rate=0.001..1.0:log"
