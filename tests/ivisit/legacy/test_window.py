"""Old scripts in the window: everything that new simulations have there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from ivisit.plugins.loading import load_file
from ivisit.store import ParameterStore

pytestmark = pytest.mark.window


@pytest.fixture
def sample(user, scripts, tmp_path):
    """A function that opens a window on a sample script in an empty folder."""

    def sample(name, *, with_database=True):
        shutil.copyfile(scripts / f"{name}.py", tmp_path / f"{name}.py")
        if with_database:
            shutil.copyfile(scripts / f"{name}.db", tmp_path / f"{name}.db")
        return user.open(load_file(tmp_path / f"{name}.py"))

    return sample


def message(window):
    """Return the message in the status line."""
    return window.status.labels["message"].cget("text")


def test_a_first_start_shows_all_widgets_with_the_values_of_the_directives(sample, user, tmp_path):
    window = sample("all_widgets", with_database=False)
    assert list(window.layout.controls) == [
        "Frequency", "Gain", "Weight-1", "Pattern", "Bits", "Show", "Colour map", "ResetBtn",
        "Caption",
    ]  # fmt: skip
    assert list(window.layout.panels) == [
        "Gray image", "RGB image", "Unit image", "Results", "Phase",
    ]  # fmt: skip
    assert user.value("Caption") == "Hello world"
    assert window.session.worker.delay == 0.001
    # The picture of the script's own first step is there, and no store has been made.
    assert user.panel("Gray image").picture.shape == (64, 96)
    assert not list(tmp_path.glob("*.ivisit"))


def test_values_entered_in_the_window_reach_step(sample, user):
    window = sample("all_widgets", with_database=False)
    user.control("Pattern").commit("stripes")
    user.control("Show").commit({"gray": False})
    window.step()
    user.until(lambda: window.steps == 1)
    parameters = window.engine.simulation._script.simulation.parameters
    assert (parameters.pattern, parameters.str_show) == ("stripes", "0110")


def test_an_old_file_is_read_once_and_its_places_are_kept(sample, user, tmp_path):
    window = sample("plot")
    assert window.sets.names() == ["s2_plot"]
    assert window.sets.name == "s2_plot"
    assert window.layout.positions()["Action"]["y"] == 380
    user.until(lambda: "plot.db was read" in message(window))
    user.control("Action").commit("Move")
    window.sets.save()
    window.close()
    again = sample("plot")
    assert user.value("Action") == "Move"
    assert len(again.sets.history()) == 2


def test_changed_directives_are_noticed_and_values_are_kept(sample, user, tmp_path):
    sample("plot").close()
    path = tmp_path / "plot.py"
    text = path.read_text(encoding="utf-8").replace("[0, 5, 5,0.1]", "[0, 9, 5,0.1]")
    path.write_text(text.replace("float & 1.5", "float & 8.5"), encoding="utf-8")
    window = user.open(load_file(path))
    assert user.value("Model-Par")["sigma"] == 1.5
    assert window.session.simulation_class.controls["Model-Par"].items["sigma"].maximum == 9
    user.until(lambda: "changed: 'Model-Par'" in message(window))


def test_a_click_into_a_picture_reaches_the_script_in_its_own_pixels(sample, user):
    window = sample("plot", with_database=False)
    script = window.engine.simulation._script.simulation
    seen = []
    script.canv.bind("<Button-1>", seen.append, add=True)
    user.click(user.panel("Plot").canvas)
    user.until(lambda: seen)
    # The middle of a picture of 400×300 pixels, however large the window shows it.
    assert (seen[0].x, seen[0].y) == pytest.approx((200, 150), abs=3)
    assert script.canv.winfo_height() == 300
    x, y = script.pts[-1]
    assert f"x={x:.2f} y={y:.2f}" in script.click
    assert (x, y) == pytest.approx(script.ax.transData.inverted().transform((200, 150)), abs=0.1)


def test_dragging_on_a_picture_reaches_the_script(sample, user):
    window = sample("plot", with_database=False)
    script = window.engine.simulation._script.simulation
    seen = []
    script.handle = lambda action, *positions: seen.append((action, script.lock.locked()))
    user.control("Action").commit("Move")
    window.step()
    user.until(lambda: window.steps == 1)
    canvas = user.panel("Drag me").canvas
    x, y = canvas.winfo_width() // 2, canvas.winfo_height() // 2
    canvas.event_generate("<ButtonPress-1>", x=x, y=y)
    canvas.event_generate("<B1-Motion>", x=x + 9, y=y)
    canvas.event_generate("<ButtonRelease-1>", x=x + 9, y=y)
    user.until(lambda: len(seen) == 3)
    assert seen == [("drag_init", True), ("drag_move", True), ("drag_finish", True)]


def test_a_script_can_change_widgets_and_press_buttons(load, user):
    script = load(
        """
        SIMULATION & s
        SLIDER & S & [200,1] & [0,10,5,1] & a & -1 & int & 3
        TEXT_OUT & T & [9,1] & None & text
        """,
        data="text = ''",
        methods="""
            def bind(self, parent=None, display=None):
                self.display = display
            def step(self):
                if self.parent and self.parent.steps == 1:
                    self.display.getWidget("S").setLabelText("Renamed")
                    self.display.getWidget("S").reconfigure(max=50)
                    self.display.setWidgetValue("S", 40)
                    self.parent.master.title("My title")
                if self.parent and self.parent.steps == 5:
                    self.parent.onSim_stop()
        """,
    )
    window = user.open(load_file(script.path))
    window.toggle_run()
    user.until(lambda: window.steps == 5 and not window.session.running)
    user.until(lambda: user.control("S").value == 40)
    assert user.control("S").label.cget("text") == "Renamed"
    assert window.root.title() == "My title"


def test_an_exception_is_shown_and_the_window_lives_on(load, user):
    script = load(
        "SIMULATION & s\nSLIDER & S & [200,1] & [0,10,5,1] & a & -1 & int & 3",
        options="flagLock=True",
        methods="def step(self):\n    if self.parent and SimParameters.a > 5: 1 / 0",
    )
    window = user.open(load_file(script.path))
    user.control("S").commit(9)
    window.step()
    user.until(lambda: window.engine.failure is not None)
    user.control("S").commit(1)
    window.init()
    window.step()
    user.until(lambda: window.steps == 1 and window.engine.failure is None)


def test_a_bad_directive_costs_its_own_widget_and_a_message(load, user):
    script = load(
        """
        SIMULATION & s
        SLIDER & Bad & nothing
        SLIDER & Good & [9,1] & [0,9,1,1] & a & 0 & int & 1
        """
    )
    window = user.open(load_file(script.path))
    assert list(window.layout.controls) == ["Good"]
    user.until(lambda: "old.py:2: SLIDER 'Bad'" in message(window))


def test_numpys_generator_is_left_alone_in_the_window(load, user):
    script = load(
        "SIMULATION & s\nTEXT_OUT & T & [9,1] & None & drawn",
        methods="def init(self): SimData.drawn = np.random.rand()",
    )
    np.random.seed(5)  # noqa: NPY002
    first = np.random.rand()  # noqa: NPY002
    window = user.open(load_file(script.path))
    user.look()
    former = window.engine.simulation._script.simulation.data.drawn
    window.init()
    user.until(lambda: window.engine.simulation._script.simulation.data.drawn != former)
    assert former != first


def test_float_pictures_are_black_as_ever_until_other_levels_are_chosen(sample, user):
    sample("all_widgets", with_database=False)
    panel = user.panel("Unit image")
    assert panel.canvas.pixels[..., 0].max() == 1
    panel.set_levels(0, 1)
    assert panel.canvas.pixels[..., 0].max() == 255


@pytest.mark.parametrize("name", ["all_widgets", "plot"])
def test_a_script_started_by_itself_opens_its_window_and_goes_on_behind_it(
    scripts, tmp_path, display, name
):
    code = (scripts / f"{name}.py").read_text(encoding="utf-8")
    quits = "parent.after(300, parent.onQuit) if parent else None\n"
    head = "def bind(self, parent=None, display=None):\n"
    bound = code.replace(head, f"{head}        {quits}")
    (tmp_path / f"{name}.py").write_text(bound + "\nprint('AFTERWARDS')\n", encoding="utf-8")
    environment = {**os.environ, "DISPLAY": display}
    environment.pop("IVISIT_DB", None)
    answer = subprocess.run(
        [sys.executable, f"{name}.py"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "AFTERWARDS" in answer.stdout


def test_a_script_may_use_pyplot_in_its_steps(write, tmp_path, display):
    path = write(
        "SIMULATION & s\nIMAGE & I & 1 & [0,255] & picture & int",
        data="picture = [[0]]",
        methods="""
            def bind(self, parent=None, display=None):
                if parent is not None:
                    parent.after(100, parent.onSim_run)
                    parent.after(800, parent.onQuit)
            def step(self):
                import matplotlib.pyplot as plt
                from ivisit.matplotlib import getMatplotlibImage
                SimData.picture = getMatplotlibImage(plt.figure(figsize=(1, 1)))
                plt.close("all")
        """,
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "IVISIT_DB")}
    answer = subprocess.run(
        [sys.executable, path.name],
        cwd=tmp_path, env={**environment, "DISPLAY": display}, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")


def test_an_old_file_given_by_name_is_read(load, user, scripts, tmp_path):
    script = load("SIMULATION & s\nSLIDER & Frequency & [200,1] & [0,20,5,1] & freq & -1 & int & 9")
    cls = load_file(script.path)
    cls._script.database = scripts / "all_widgets.db"
    window = user.open(cls)
    assert window.sets.name == "s1_all_widgets"
    assert user.value("Frequency") == 3
    with ParameterStore(tmp_path / "old.ivisit") as store:
        assert store.load("old", "s1_all_widgets") == {"Frequency": 3}


SLIDER = "#@IVISIT:SLIDER & S & [200,1] & [0,{limit},5,1] & a & -1 & int & {value}"


@pytest.mark.parametrize(
    ("mode", "limit", "value"),
    [
        ("Parse ONLY NEW WIDGETS", 10, 3),
        ("Also UPDATE OLD WIDGETS", 20, 15),
        ("Reload source", 20, 3),
    ],
)
def test_directives_are_read_again_in_the_mode_that_the_menu_offers(load, user, mode, limit, value):
    script = load("SIMULATION & s\nSLIDER & S & [200,1] & [0,10,5,1] & a & -1 & int & 3")
    window = user.open(load_file(script.path))
    text = script.path.read_text(encoding="utf-8")
    former = SLIDER.format(limit=10, value=3)
    assert former in text
    new = "\n#@IVISIT:SLIDER & New & [200,1] & [0,9,5,1] & b & -1 & int & 1"
    changed = SLIDER.format(limit=20, value=15) + new
    script.path.write_text(text.replace(former, changed), encoding="utf-8")
    user.until(lambda: window.menu.simulation_menu.index("end") > 6)
    window.menu.simulation_menu.invoke(mode)
    user.until(lambda: "New" in window.layout.controls)
    user.until(lambda: user.value("S") == value)
    assert window.session.simulation_class.controls["S"].maximum == limit
