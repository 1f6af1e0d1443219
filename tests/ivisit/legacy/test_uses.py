"""`ivisit check` reads what a script uses of the old interface."""

from __future__ import annotations

import pytest

from ivisit.cli import main
from ivisit.legacy.tools.check import check_script, script_uses

DIRECTIVES = """
SIMULATION & s
SLIDER & rng & [200,1] & [0,10,5,1] & a & -1 & int & 3
IMAGE & I & 1 & [0,255] & im & int
"""
METHODS = """
def main_init(self, parent=None):
    self.window = parent
    if parent is not None:
        parent.winfo_toplevel()
        parent.winfo_rgb('red')
        parent.geometry('100x100')

def bind(self, parent, display):
    image = display.getWidget('I')
    self.picture = display.bind2Widget('I', '<Button-1>', self.clicked)
    self.slider = display.dict_widgets['rng']
    image.setScale(2)
    image.setChannel('Gray')

def clicked(self, event):
    self.mark(event.x, event.y, event.widget)
    print(event.keysym)

def mark(self, x, y, canvas):
    canvas.create_oval(x, y, x + 3, y + 3)
    self.picture.delete('all')

def step(self):
    self.slider.reconfigure(max=20)
    self.slider.pack()
    if self.window:
        self.window.steps
"""


@pytest.fixture
def path(write):
    """A script that asks Tk for much."""
    return write(DIRECTIVES, data="im = [[0]]", methods=METHODS)


def lines_with(path, text):
    """Return the lines of a script that hold `text`."""
    return [n for n, line in enumerate(path.read_text().split("\n"), 1) if text in line]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("parent.winfo_rgb", "parent.winfo_rgb has no counterpart here: the window arranges"),
        ("parent.geometry", "parent.geometry has no counterpart here: the window runs beside"),
        ("setChannel", "widget.setChannel has no counterpart here: choose the channel in the menu"),
        ("event.keysym", "event.keysym has no counterpart here: keys reach pointer(event)"),
        ("canvas.create_oval", "canvas.create_oval has no counterpart here: draw into the array"),
        ("delete('all')", "canvas.delete has no counterpart here: draw into the array"),
        ("slider.pack", "widget.pack has no counterpart here: widgets have only what scripts use"),
    ],
)
def test_each_call_without_counterpart_is_named_with_its_line(path, text, message):
    (line,) = lines_with(path, text)
    assert [f for f in check_script(path) if f.line == line and f.message.startswith(message)]


def test_what_works_is_no_finding_and_is_listed_with_its_successor(path):
    findings = {finding.line for finding in check_script(path)}
    works = {use.text: use for use in script_uses(path) if use.works}
    assert {"parent.winfo_toplevel", "parent.steps", "widget.setScale", "event.x"} <= set(works)
    assert works["widget.reconfigure"].instead == (
        "self.parameters.adjust(name, minimum=..., maximum=...)"
    )
    assert not findings & {use.line for use in works.values() if use.text == "parent.steps"}


def test_a_widget_with_a_name_of_ivisit_is_told(path):
    assert any("the name belongs to ivisit; it works" in f.message for f in check_script(path))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("from ivisit.simulation import IVisit_Simulation", None),
        ("from ivisit.widgets import IVisitImageWidget", None),
        ("from ivisit.widgets import IVisitWidgetFactory", "ivisit.widgets.IVisitWidgetFactory"),
        ("import ivisit.defdialogs", "the module ivisit.defdialogs"),
        ("from ivisit.help import *", "the module ivisit.help"),
    ],
)
def test_imports_that_fail_are_found(write, line, text):
    path = write("SIMULATION & s\nTEXT_OUT & T & [9,1] & None & t", data="t = 1")
    path.write_text(path.read_text() + "\n" + line + "\n", encoding="utf-8")
    found = [f.message for f in check_script(path)]
    assert found == ([] if text is None else [found[0]])
    assert text is None or found[0].startswith(f"{text} has no counterpart here")


def test_the_command_lists_the_uses_on_request(path, capsys):
    assert main(["check", str(path), "--uses"]) == 1
    out = capsys.readouterr().out
    assert "parent.steps works; new: count in step()" in out
    assert f"{path}:" in out


def test_questions_about_sizes_are_answered(load):
    script = load(DIRECTIVES, data="im = np.zeros((20, 30))")
    canvas, parent = script.display.getWidget("I").imgcanvas, script.parent
    assert (canvas.winfo_width(), canvas.winfo_reqheight()) == (30, 20)
    assert canvas.winfo_geometry() == "30x20+0+0"
    assert canvas.winfo_toplevel() is parent.winfo_toplevel() is parent
    assert parent.winfo_exists() == canvas.winfo_viewable() == 1
    assert (canvas.winfo_class(), canvas.winfo_rootx()) == ("Canvas", 0)
    script.display.getWidget("I").setScale(2)
    assert canvas.winfo_width() == 60


@pytest.mark.window
def test_the_window_answers_with_its_own_size(load, user):
    from ivisit.plugins.loading import load_file

    script = load(DIRECTIVES, data="im = np.zeros((20, 30))")
    window = user.open(load_file(script.path))
    parent = window.engine.simulation._parent
    assert parent.winfo_width() == window.layout.winfo_width() > 300


@pytest.mark.parametrize("name", ["winfo_rgb", "pack_forget", "postscript"])
def test_what_is_not_there_says_so(load, name):
    script = load(DIRECTIVES, data="im = [[0]]")
    widget = script.display.getWidget("I")
    things = {"pack_forget": widget, "postscript": widget.imgcanvas}
    thing = things.get(name, script.parent)
    with pytest.raises(AttributeError, match=f"{name}: has no counterpart here; .*ivisit check"):
        getattr(thing, name)


def test_what_arranges_the_window_or_draws_over_a_picture_does_nothing_and_is_told_once(
    load, caplog
):
    script = load(
        DIRECTIVES,
        data="im = [[0]]",
        methods="""
        def main_init(self, parent=None):
            if parent is not None:
                parent.winfo_toplevel().geometry("800x600")
                parent.master.wm_minsize(200, 100)
        def bind(self, parent, display):
            self.canvas = display.bind2Widget("I", "<Button-1>", print)
        def step(self):
            if hasattr(self, "canvas"):
                self.canvas.delete("all")
                self.canvas.itemconfig(self.canvas.create_oval(1, 2, 3, 4), fill="red")
        """,
    )
    script.step(3)
    told = [record.getMessage().partition(";")[0] for record in caplog.records]
    assert told == [
        f"{name}() does nothing here"
        for name in (
            "parent.geometry",
            "parent.wm_minsize",
            "canvas.delete",
            "canvas.create_oval",
            "canvas.itemconfig",
        )
    ]
