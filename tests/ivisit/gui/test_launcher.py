"""The launcher: finding, searching, opening, copying, writing anew, and what it remembers."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ivisit as iv
from ivisit import gui
from ivisit.cli import main
from ivisit.gui import processes
from ivisit.gui.actions.remembering import begin_remembering
from ivisit.gui.bars import about
from ivisit.gui.launcher import window
from ivisit.gui.launcher.catalog import Entry, Search, entries_of
from ivisit.gui.launcher.memory import Memory, Use
from ivisit.gui.launcher.window import LauncherWindow
from ivisit.gui.toolkit.dialogs import TextDialog
from ivisit.plugins.finding import SimulationInfo

pytestmark = pytest.mark.window

ROWS = [
    SimulationInfo("recall", "Recall digits from noisy cues.", "ivisit-lab"),
    SimulationInfo("waves", "Watch waves.", "apps/waves.py"),
    SimulationInfo("lost", "", "some-package", "plugin 'lost' cannot be imported: no module x"),
]


class Answered:
    """A search that has found these rows."""

    rows = ROWS
    problem = ""

    def stop(self):
        """Nothing goes on."""


@pytest.fixture
def launcher(user, monkeypatch):
    """A launcher that has found `ROWS`; `opened` has what it would have started."""
    Path("apps").mkdir()
    Path("apps/waves.py").write_text("import ivisit as iv\nclass Waves(iv.Simulation):\n    pass\n")
    monkeypatch.setattr(window, "Search", Answered)
    started = []

    def begin(words):
        started.append((words[-1], *words[1:-2]))
        raise OSError(0, "not in this test")

    monkeypatch.setattr(window, "Child", begin)
    launched = LauncherWindow()
    user.windows.append(launched)
    user.window = launched
    launched.started = started
    user.until(lambda: launched.entries)
    return launched


def names(launcher):
    return [card.entry.name for card in launcher.cards.values()]


def test_all_simulations_are_listed_with_summary_origin_and_error(launcher):
    assert names(launcher) == ["recall", "waves", "lost"]
    texts = [label.cget("text") for label in launcher.cards["lost"].texts]
    assert "cannot be imported: no module x" in texts[2]
    assert "some-package" in texts[3]
    assert launcher.count.cget("text") == "3 of 3"


def test_typing_filters_by_all_words_anywhere(user, launcher):
    for text, found in (
        ("WAVES", ["waves"]),
        ("digits recall", ["recall"]),
        ("some-package", ["lost"]),
        ("nowhere", []),
    ):
        user.type(launcher.field, text, key="KeyRelease-a")
        assert names(launcher) == found, text
        assert launcher.buttons["Open"].instate(["!disabled"]) is bool(found)
    assert launcher.note.winfo_manager()
    user.key(launcher.field, "Escape")
    assert len(names(launcher)) == 3


def test_arrows_choose_and_enter_opens(user, launcher):
    launcher.field.focus_force()
    user.key(launcher.field, "Down", "Return")
    assert launcher.started == [("apps/waves.py",)]
    user.key(launcher.field, "Down", "Down", "Down", "Up", "Up", "Return")
    assert launcher.started[-1] == ("recall",)


def test_a_click_chooses_and_a_double_click_opens(user, launcher):
    card = launcher.cards["lost"]
    user.click(card.texts[0])
    assert launcher.chosen == "lost"
    assert launcher.started == []
    user.click(card.texts[0])
    assert launcher.started == [("lost",)]
    assert "not in this test" in launcher.message.cget("text")


def test_the_command_without_a_window_is_copied(user, launcher):
    launcher.choose("apps/waves.py")
    launcher.buttons["Copy command"].invoke()
    assert launcher.root.clipboard_get() == "ivisit run apps/waves.py --steps 100"


def test_a_file_is_opened_and_a_new_one_written_from_the_template(launcher, monkeypatch):
    monkeypatch.setattr(window.filedialog, "askopenfilename", lambda **_: "apps/waves.py")
    launcher.buttons["Open file ..."].invoke()
    assert launcher.started == [(str(Path("apps/waves.py").absolute()),)]
    monkeypatch.setattr(window.filedialog, "asksaveasfilename", lambda **_: "my_new.py")
    launcher.buttons["New ..."].invoke()
    assert launcher.started[-1] == (str(Path("my_new.py").absolute()),)
    result = iv.run("my_new.py", steps=2)
    assert result.simulation == "MyNew"
    monkeypatch.setattr(window.filedialog, "asksaveasfilename", lambda **_: "no/where.py")
    launcher.buttons["New ..."].invoke()
    assert "cannot be written" in launcher.message.cget("text")


def test_a_simulation_that_does_not_come_says_why(user, launcher, monkeypatch):
    fail = (sys.executable, "-c", "import sys; sys.exit('ivisit: this file is broken')")
    monkeypatch.setattr(processes, "IVISIT", fail)
    launcher.opened.append((launcher.entries[0], processes.Child(["gui"])))
    user.until(lambda: any(isinstance(c, TextDialog) for c in launcher.root.winfo_children()))
    dialog = next(c for c in launcher.root.winfo_children() if isinstance(c, TextDialog))
    assert "this file is broken" in dialog.text.get("1.0", "end")
    assert not launcher.opened


def test_colors_help_and_about(user, launcher):
    launcher.set_dark(True)
    assert launcher.is_dark
    launcher.show_help()
    user.key(launcher.root, "F1")
    assert about.AboutDialog(launcher).winfo_exists()
    launcher.close()
    assert gui.settings.Settings("").get("dark", bool, False) is True


def test_when_nothing_is_found_it_says_what_can_be_done(user, launcher):
    launcher.entries = []
    launcher.filter()
    assert "New ..." in launcher.note.cget("text")


# The whole way ----------------------------------------------------------------------------------

SOURCE = """
import numpy as np
import ivisit as iv


class Spot(iv.Simulation):
    "Shows a spot."

    picture = iv.Image(vmin=0, vmax=9)

    def init(self):
        self.drawn = 0

    def step(self):
        pass

    def draw(self):
        # Of three pictures that were made the window has shown the first one.
        self.picture = np.full((4, 8), 9)
        self.drawn += 1
        if self.drawn == 3:
            open("shown", "w").close()


if __name__ == "__main__":
    iv.launch(Spot)
"""


def test_a_window_comes_in_a_process_of_its_own_and_leaves_its_picture(user, monkeypatch):
    """A window is opened, closed as by its frame, and the launcher shows what it looked like."""
    Path("apps").mkdir()
    Path("apps/spot.py").write_text(SOURCE)
    monkeypatch.setenv("IVISIT_PATH", "")
    monkeypatch.setattr(window, "Search", lambda: Answered())
    monkeypatch.setattr(Answered, "rows", [SimulationInfo("spot", "Shows.", "apps/spot.py")])
    launched = LauncherWindow(["--run"])
    user.windows.append(launched)
    user.window = launched
    user.until(lambda: launched.cards)
    launched.open_chosen()
    address = str(Path("apps/spot.py").absolute())
    user.until(lambda: Memory().uses(), seconds=30)
    assert list(Memory().uses()) == [address]
    user.until(Path("shown").exists, seconds=30)
    quit_window(user)
    user.until(lambda: not launched.opened, seconds=30)
    assert not [c for c in launched.root.winfo_children() if isinstance(c, TextDialog)]
    with Image.open(Memory().picture(address)) as picture:
        # The spot is white, and so is the card around it; its heading and border are not.
        assert picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2)) == (
            255,
            255,
            255,
        )
    assert launched.cards["apps/spot.py"].entry.used_at


def quit_window(user):
    """Press Ctrl-Q in the window called Spot as soon as it is there."""
    found = ""

    def sees_window():
        nonlocal found
        command = ["xdotool", "search", "--name", "^Spot - ivisit$"]
        found = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        return bool(found)

    user.until(sees_window, seconds=30)
    # Without a window manager the key reaches the launcher where the other window has just gone.
    user.window.root.unbind("<Control-q>")

    def has_gone():
        identity = found.splitlines()[0]
        subprocess.run(["xdotool", "windowfocus", identity, "key", "ctrl+q"], capture_output=True)
        return user.window.opened[0][1].has_ended if user.window.opened else True

    user.until(has_gone, seconds=30)


def test_the_search_reads_what_ivisit_list_prints(tmp_path, monkeypatch):
    rows = json.dumps([{"name": "a", "summary": "b", "origin": "c", "error": ""}])
    search = Search([sys.executable, "-c", f"print({rows!r})"])
    search._thread.join()
    assert search.rows == [SimulationInfo("a", "b", "c", "")]
    broken = Search([sys.executable, "-c", "raise SystemExit('ivisit: no such thing')"])
    broken._thread.join()
    assert (broken.rows, broken.problem) == ([], "ivisit: no such thing")


# Without a window -------------------------------------------------------------------------------


def test_without_a_display_the_launcher_says_the_same_as_a_window(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
    command = [sys.executable, "-m", "ivisit", "gui"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "The window cannot be opened" in done.stderr
    assert "ivisit run" in done.stderr


def test_options_of_one_simulation_need_one(capsys):
    assert main(["gui", "-p", "sigma=3"]) == 2
    assert "-p, --set and --run need a simulation" in capsys.readouterr().err


def test_store_and_seed_are_handed_on(monkeypatch, tmp_path):
    handed = []
    monkeypatch.setattr("ivisit.gui.launcher.open_launcher", handed.append)
    monkeypatch.chdir(tmp_path)
    assert main(["gui", "--db", "x.ivisit", "--seed", "none"]) == 0
    assert handed == [["--db", str(tmp_path / "x.ivisit"), "--seed", "none"]]


def test_entries_are_in_the_order_of_their_use_and_files_of_elsewhere_come_in(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("apps").mkdir()
    Path("apps/waves.py").write_text("import ivisit as iv\nclass Waves(iv.Simulation):\n    pass\n")
    other = tmp_path / "other.py"
    other.write_text('import ivisit as iv\nclass A(iv.Simulation):\n    "First."\n'
                     'class B(iv.Simulation):\n    "Second."\n')  # fmt: skip
    times = [f"2026-01-0{day}T00:00:00+00:00" for day in range(1, 5)]
    addresses = [f"{other}:B", "recall", str(tmp_path / "apps/waves.py"), str(tmp_path / "gone.py")]
    uses = {a: Use(a, t) for a, t in zip(addresses, times, strict=True)}
    entries = entries_of(ROWS, uses)
    assert [entry.name for entry in entries] == ["waves", "recall", "other:B", "lost"]
    assert [entry.summary for entry in entries][2] == "Second."
    assert entries[0].address == "apps/waves.py"
    assert [entry.is_listed for entry in entries] == [True, True, False, True]


def test_a_file_is_opened_by_its_path_because_others_may_have_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("two.py").write_text("")
    rows = [SimulationInfo("two:A", "", "two.py"), SimulationInfo("plug", "", "package")]
    assert [entry.address for entry in entries_of(rows, {})] == ["two.py:A", "plug"]


def test_what_is_remembered_survives_damage(tmp_path, caplog):
    memory = Memory(tmp_path / "recent")
    assert memory.uses() == {}
    memory.note("a.py")
    memory.keep_picture("a.py", b"png")
    assert memory.picture("a.py").read_bytes() == b"png"
    assert memory.picture("b.py") is None
    for number, content in enumerate(["{", "[]", '{"address": 3, "used_at": "x"}', "\x00"]):
        (tmp_path / "recent" / f"{number}.json").write_text(content)
    assert list(memory.uses()) == ["a.py"]
    (tmp_path / "file").write_text("")
    Memory(tmp_path / "file" / "recent").note("a.py")
    assert "cannot be written" in caplog.text


def test_about_has_versions_and_the_papers_of_the_citation_file():
    text = about.about()
    assert iv.__version__ in text
    assert f"numpy {np.__version__}" in text
    citation = (Path(__file__).parents[3] / "CITATION.cff").read_text()
    for _, authors, title, year, number in about.PAPERS:
        assert f'title: "{title}"' in citation
        assert f"arxiv.org/abs/{number}" in citation
        assert f"year: {year}" in citation
        assert all(name.split(",")[0] in citation for name in authors.split(" and "))
        assert f"eprint = {{{number}}}" in about.bibtex()
    assert citation.count("- type: article") == len(about.PAPERS)


# The window: keys and what it leaves -----------------------------------------------------------


class Lines(iv.Simulation):
    """Two lines."""

    height = iv.Trace(names=["up", "down"])
    word = iv.TextOutput()

    def init(self):
        self.count = 0

    def step(self):
        self.count += 1
        self.height = [self.count, -self.count]


def test_a_question_mark_shows_the_keys_unless_it_is_typed(user):
    opened = user.open(Lines)
    user.key(opened.root, "question")
    titles = [c.title() for c in opened.root.winfo_children() if isinstance(c, TextDialog)]
    assert titles == ["Keys"]


def test_about_copies_the_papers_for_bibtex(user):
    opened = user.open(Lines)
    about.AboutDialog(opened).copy()
    assert opened.root.clipboard_get() == about.bibtex()


def test_a_window_without_pictures_leaves_its_lines(user):
    opened = user.open(Lines)
    begin_remembering(opened)
    opened.session.worker.step(50)
    user.until(lambda: opened.steps == 50)
    address = opened.settings.address
    opened.close()
    with Image.open(Memory().picture(address)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 2
    assert Memory().uses()[address].used_at <= time.strftime(
        "%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()
    )


def test_windows_that_are_driven_by_hand_are_not_remembered(user):
    user.open(Lines).close()
    assert Memory().uses() == {}


def test_an_entry_is_a_row_of_the_list():
    entry = Entry("a", "b", "c", "d", "a")
    assert entry.info == SimulationInfo("a", "b", "c", "d")
    assert processes.IVISIT[1:] == ("-m", "ivisit")
