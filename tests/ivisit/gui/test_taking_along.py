"""Out of the window: the command and the call that repeat it, its picture, a film."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ivisit as iv
from ivisit.cli import main
from ivisit.films.scene import Scene
from ivisit.gui.actions import film_dialog, filming, window_picture
from ivisit.gui.actions.copying import copy_as_command, copy_as_python, recipe_of
from ivisit.gui.actions.film_dialog import SCREEN, ask_film
from ivisit.gui.actions.filming import views_for_films
from ivisit.gui.bars.film_bar import FilmBar
from ivisit.gui.bars.menu import OUTWARD

pytestmark = pytest.mark.window

SOURCE = '''
import numpy as np
import ivisit as iv


class Odd(iv.Simulation):
    """Has values that a shell would take apart."""

    gain = iv.Slider(1.0, 0.0, 10.0)
    text = iv.TextBox("plain", lines=3)
    mode = iv.OptionList("a b", ["a b", "it's", "$HOME"])
    parts = iv.DictSlider({"x.y": 1.0, "b=c": 2.0}, 0.0, 9.0)
    shown = iv.CheckboxGroup({"one": True, "two, three": False})
    points = iv.Table([[0.1, 0.2]], columns=["x", "y"])
    press = iv.Button()

    picture = iv.Image(vmin=0, vmax=10)
    level = iv.Trace()
    report = iv.TextOutput()

    def init(self):
        self.level = 0.0

    def step(self):
        self.level = self.level + self.gain * self.rng.normal()
        self.picture = np.full((4, 4), self.level)
        values = self.text, self.mode, dict(self.parts), self.shown, self.points
        self.report = repr(values)


class Other(Odd):
    """Another one, so that the class must be named."""
'''


@pytest.fixture
def odd(user):
    Path("my sims").mkdir()
    Path("my sims/it's.py").write_text(SOURCE)
    return user.open(iv.get_simulation("my sims/it's.py:Odd"), seed=7)


def set_all(user, window):
    """Give all parameters values that are hard to quote, before a run begins."""
    values = {
        "gain": 0.1 + 0.2,
        "text": 'it\'s "quoted"\n$HOME `x` \\ ü',
        "mode": "it's",
        "parts": {"x.y": 1 / 3, "b=c": 0.0},
        "points": [[1e-17, 2.0], [0.1 + 0.7, -3.0]],
    }
    for name, value in values.items():
        window.change(name, value)
    window.session.init()
    window.session.worker.step(5)
    user.until(lambda: window.steps == 5)


def copied(window):
    return window.root.clipboard_get()


def result_of_window(user, window, path="window.npz"):
    window.sessions.save(path)
    user.until(lambda: Path(path).exists())
    return iv.RunResult.load(path)


def test_the_copied_command_gives_the_same_outputs_bit_for_bit(user, odd):
    odd.set_live(False)
    set_all(user, odd)
    copy_as_command(odd)
    line = copied(odd)
    assert line.startswith("ivisit run 'my sims/it'\"'\"'s.py:Odd' --steps 5 --seed 7 -p ")
    words = shlex.split(line)
    assert main([*words[1:], "--out", "again.npz", "--quiet"]) == 0
    again = iv.RunResult.load("again.npz")
    there = result_of_window(user, odd)
    assert again == there
    assert "press" not in line


def test_a_real_shell_takes_the_copied_command_apart_as_it_was_meant(user, odd):
    odd.set_live(False)
    set_all(user, odd)
    copy_as_command(odd)
    told = subprocess.run(
        ["sh", "-c", f"show() {{ {shlex.quote(sys.executable)} -c "
         "'import json, sys; print(json.dumps(sys.argv[1:]))' \"$@\"; }; "
         + copied(odd).replace("ivisit", "show", 1)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout) == shlex.split(copied(odd))[1:]


def test_the_copied_python_gives_the_same_outputs_bit_for_bit(user, odd):
    odd.set_live(False)
    set_all(user, odd)
    copy_as_python(odd)
    names = {}
    exec(copied(odd), names)
    assert names["result"] == result_of_window(user, odd)


def test_the_command_starts_from_the_set_that_is_shown(user, odd):
    odd.set_live(False)
    odd.change("gain", 3.0)
    assert odd.sets.save_under("soft") == ""
    odd.change("text", "other")
    odd.session.init()
    odd.session.worker.step(2)
    user.until(lambda: odd.steps == 2)
    copy_as_command(odd)
    assert copied(odd).endswith("--steps 2 --seed 7 --set soft -p text=other")
    assert main([*shlex.split(copied(odd))[1:], "--out", "again.npz", "--quiet"]) == 0
    assert iv.RunResult.load("again.npz") == result_of_window(user, odd)
    # Another window saves the set meanwhile: then it is not what is shown here any more.
    with iv.ParameterStore(odd.sets.path) as store:
        store.save(odd.session.simulation_class, "soft", {"gain": 9.0})
    copy_as_command(odd)
    assert "--set" not in copied(odd)
    assert "-p gain=3.0" in copied(odd)


@pytest.mark.parametrize("name", ["-dash", "-3", "old.ivisit:soft", "soft@2", "a=b", "-p"])
def test_the_command_finds_a_set_whatever_it_is_called(user, odd, name):
    odd.set_live(False)
    odd.change("gain", 3.0)
    assert odd.sets.save_under(name) == ""
    odd.session.init()
    user.until(lambda: odd.engine.runs == 2 and not odd.session.worker.busy)
    for copy, repeat in ((copy_as_command, run_as_command), (copy_as_python, run_as_python)):
        copy(odd)
        assert "gain" not in copied(odd)
        assert repeat(copied(odd)).parameters["gain"] == 3.0


def run_as_command(line):
    assert main([*shlex.split(line)[1:], "--out", "again.npz", "--quiet"]) == 0
    return iv.RunResult.load("again.npz")


def run_as_python(text):
    names = {}
    exec(text, names)
    return names["result"]


def test_a_store_that_is_not_the_usual_one_is_named_with_the_set(user):
    Path("sim.py").write_text(SOURCE)
    Path("else where").mkdir()
    window = user.open(iv.get_simulation("sim.py:Odd"), store="else where/kept.ivisit")
    window.sets.save_under("soft")
    copy_as_command(window)
    assert "--set 'else where/kept.ivisit:soft'" in copied(window)
    assert main([*shlex.split(copied(window))[1:], "--quiet"]) == 0


def test_a_state_that_no_command_repeats_says_so(user, odd):
    assert recipe_of(odd)[1] == []
    odd.set_live(False)
    odd.change("gain", 2.0)
    assert "not in the picture yet" in recipe_of(odd)[1][0]
    odd.session.worker.step(1)
    user.until(lambda: odd.steps == 1)
    recipe, doubts = recipe_of(odd)
    assert "ivisit replay" in doubts[0]
    assert recipe.values == {"gain": 2.0}
    copy_as_command(odd)
    odd.status.update_texts()
    assert "Copied, but values were changed" in odd.status.labels["message"].cget("text")


def test_a_value_beyond_the_declared_range_is_told(user, odd):
    odd.set_live(False)
    odd.engine.adjust("gain", maximum=100.0)
    odd.change("gain", 50.0)
    assert "the range of gain was changed here" in recipe_of(odd)[1][1]


# Pictures -------------------------------------------------------------------------------------


class Bright(iv.Simulation):
    """Shows the number of the step as a color."""

    last = iv.Slider(1000, 1, 1000)

    picture = iv.Image(vmin=0, vmax=255, cmap="gray")
    other = iv.Trace()

    def init(self):
        self.count = 0

    def step(self):
        self.count += 1
        self.picture = np.full((3, 3), 20 * self.count % 256, np.uint8)
        self.other = self.count
        if self.count == self.last:
            self.stop()


def test_the_picture_of_the_window_is_what_the_screen_shows(user, monkeypatch):
    window = user.open(Bright)
    window.session.worker.step(1)
    user.until(lambda: window.steps == 1)
    monkeypatch.setattr(window_picture.filedialog, "asksaveasfilename", lambda **_: "w.png")
    OUTWARD["Save picture of the window ..."](window)
    user.until(lambda: Path("w.png").exists())
    with Image.open("w.png") as picture:
        assert picture.size == (window.root.winfo_width(), window.root.winfo_height())
        canvas = user.panel("picture").canvas
        x = canvas.winfo_rootx() - window.root.winfo_rootx() + canvas.winfo_width() // 2
        y = canvas.winfo_rooty() - window.root.winfo_rooty() + canvas.winfo_height() // 2
        assert picture.convert("RGB").getpixel((x, y)) == (20, 20, 20)


def test_where_the_screen_cannot_be_read_the_reason_is_told(user, monkeypatch):
    window = user.open(Bright)

    def refused(*arguments, **options):
        raise OSError("no access to the screen")

    monkeypatch.setattr(window_picture.ImageGrab, "grab", refused)
    window_picture._ask_and_save(window)
    assert "no access to the screen" in user.told()


# Films ----------------------------------------------------------------------------------------


def record(user, monkeypatch, path, what, **fields):
    """Fill in the dialog and begin."""
    window = user.window
    monkeypatch.setattr(film_dialog.filedialog, "asksaveasfilename", lambda **_: path)
    ask_film(window)
    dialog = next(c for c in window.root.winfo_children() if isinstance(c, film_dialog.FilmDialog))
    dialog.what.set(what)
    for name, value in fields.items():
        user.type(dialog.fields[name.replace("_", " ")], value, key="")
    dialog._summarize()
    dialog.accept()
    return dialog


def bars(window):
    return [child for child in window.root.winfo_children() if isinstance(child, FilmBar)]


def levels_of(path):
    with Image.open(path) as film:
        levels = []
        for index in range(film.n_frames):
            film.seek(index)
            picture = film.convert("RGB")
            levels.append(picture.getpixel((picture.width // 2, picture.height // 2))[0])
    return levels


def test_a_panel_is_filmed_every_few_steps_from_now_on(user, monkeypatch):
    window = user.open(Bright)
    window.session.worker.step(1)
    user.until(lambda: window.steps == 1)
    record(user, monkeypatch, "x.gif", "Picture", Pictures="4", Steps_a_picture="2")
    user.until(lambda: Path("x.gif").exists())
    assert levels_of("x.gif") == [60, 100, 140, 180]
    user.until(lambda: not window.session.running)
    assert window.engine.steps == 9
    assert not bars(window)
    window.status.update_texts()
    assert "Saved x.gif: 4 pictures" in window.status.labels["message"].cget("text")


def test_the_panels_are_filmed_as_the_user_looks_at_them(user, monkeypatch):
    user.open(Bright)
    user.panel("picture").set_levels(0.0, 510.0)
    record(user, monkeypatch, "x.gif", "Picture", Pictures="2")
    user.until(lambda: Path("x.gif").exists())
    assert levels_of("x.gif") == [10, 20]


def test_a_film_shows_the_channel_and_the_levels_that_the_user_has_chosen(user):
    class Colors(iv.Simulation):
        """Shows a color picture."""

        picture = iv.Image()

        def step(self):
            colors = np.zeros((10, 10, 3))
            colors[..., 1] = np.linspace(0, 1, 100).reshape(10, 10)
            self.picture = colors

    window = user.open(Colors)
    window.session.worker.step(1)
    user.until(lambda: window.steps == 1)
    card = user.panel("picture")
    for channel, percentile in (("color", False), ("G", False), ("G", True), ("H", False)):
        card.set_channel(channel)
        card.percentile = percentile
        card.redraw()
        scene = Scene(Colors, ["picture"], views=views_for_films(window.layout))
        film = np.asarray(scene.picture(window.engine).resize((10, 10), Image.Resampling.NEAREST))
        assert (film == card.canvas.pixels[..., :3]).all(), (channel, percentile)


def test_the_window_on_the_screen_is_filmed_step_by_step(user, monkeypatch):
    window = user.open(Bright)
    window.layout.toggle_maximum(user.panel("picture"))
    canvas = user.panel("picture").canvas
    record(user, monkeypatch, "x.gif", SCREEN, Pictures="3", Steps_a_picture="2")
    user.until(lambda: Path("x.gif").exists())
    x = canvas.winfo_rootx() - window.root.winfo_rootx() + canvas.winfo_width() // 2
    y = canvas.winfo_rooty() - window.root.winfo_rooty() + canvas.winfo_height() // 2
    with Image.open("x.gif") as film:
        assert film.size == (window.root.winfo_width(), window.root.winfo_height())
        for index, level in enumerate((40, 80, 120)):
            film.seek(index)
            assert abs(film.convert("RGB").getpixel((x, y))[0] - level) <= 8


@pytest.mark.parametrize("what", ["Picture", SCREEN])
def test_a_cancelled_film_leaves_the_former_one_and_no_draft(user, monkeypatch, what):
    window = user.open(Bright)
    Path("x.gif").write_bytes(b"former")
    record(user, monkeypatch, "x.gif", what, Pictures="100000")
    user.until(lambda: window.steps > 3)
    ask_film(window)  # one at a time
    assert len(bars(window)) == 1
    bars(window)[0].cancel.invoke()
    user.until(lambda: not (bars(window) or window.session.running))
    assert Path("x.gif").read_bytes() == b"former"
    assert not list(Path().glob(".*.part"))


def test_stop_and_keep_completes_the_film(user, monkeypatch):
    window = user.open(Bright)
    record(user, monkeypatch, "x.gif", "Picture", Pictures="100000")
    user.until(lambda: window.steps > 2)
    bars(window)[0].finish.invoke()
    user.until(lambda: Path("x.gif").exists())
    assert levels_of("x.gif")[:3] == [20, 40, 60]


def test_why_there_is_no_film_stays_to_be_read_and_another_place_is_offered(user):
    class Failed(filming.ScreenRecording):
        def advance(self):
            self.problem = "the disk is full"
            return False

    window = user.open(Bright)
    asked = []
    recording = Failed(window, iv.Film("x.gif"), 3)
    filming.Recorder(window, Path("x.gif"), recording, lambda: asked.append(1))
    user.until(lambda: user.told() == "x.gif: the disk is full")
    user.answer("Record elsewhere ...")
    assert asked == [1]
    assert not user.told()
    assert not Path("x.gif").exists()


@pytest.mark.parametrize("what", ["Picture", SCREEN])
def test_a_simulation_that_ends_its_run_ends_the_film(user, monkeypatch, what):
    window = user.open(Bright, parameters={"last": 3})
    window.layout.toggle_maximum(user.panel("picture"))
    record(user, monkeypatch, "x.gif", what, Pictures="100")
    user.until(lambda: Path("x.gif").exists())
    with Image.open("x.gif") as film:
        assert film.n_frames == 3


def test_closing_the_window_leaves_no_draft(user, monkeypatch):
    window = user.open(Bright)
    record(user, monkeypatch, "x.gif", "Picture", Pictures="100000")
    user.until(lambda: window.steps > 2)
    window.close()
    assert not [name for name in os.listdir() if name.endswith((".gif", ".part"))]


def test_wrong_numbers_and_files_are_told_in_the_dialog(user, monkeypatch):
    window = user.open(Bright)
    dialog = record(user, monkeypatch, "x.gif", "Picture", Pictures="no")
    assert "Whole numbers from 1 on" in dialog.problem.cget("text")
    user.type(dialog.fields["Pictures"], "5", key="")
    monkeypatch.setattr(film_dialog.filedialog, "asksaveasfilename", lambda **_: "no/x.gif")
    dialog.accept()
    assert "there is no such folder" in dialog.problem.cget("text")
    monkeypatch.setattr(film_dialog.filedialog, "asksaveasfilename", lambda **_: "x.mp4")
    monkeypatch.setenv("PATH", "")
    dialog.accept()
    assert "needs the program ffmpeg" in dialog.problem.cget("text")
    assert not bars(window)
    assert not os.listdir()
