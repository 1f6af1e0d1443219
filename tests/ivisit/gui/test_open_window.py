"""Opening the window: from scripts, without a display, without Tk, in a notebook."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

import ivisit as iv
from ivisit import gui

pytestmark = pytest.mark.window


class Empty(iv.Simulation):
    """Nothing to see.

    But something to read.
    """

    level = iv.Slider(1, 0, 9, help="How high.")
    picture = iv.Image(help="What it looks like.")


def test_importing_needs_neither_tk_nor_a_display():
    code = "import ivisit.gui, sys; sys.exit('tkinter' in sys.modules or 'PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PATH": ""}).returncode == 0


def test_without_a_display_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(iv.IVisitError, match=r"cannot be opened.*ivisit run"):
        gui.open_window(Empty)


def test_without_tk_the_message_names_the_packages(monkeypatch):
    monkeypatch.setitem(sys.modules, "_tkinter", None)
    with pytest.raises(iv.IVisitError, match=r"python3-tk .*python3-tkinter .*python-tk "):
        gui.open_window(Empty)


def test_the_window_returns_when_it_is_closed(user, monkeypatch):
    from ivisit.gui.window import Window

    opened = []

    def quit_soon(self):
        opened.append(self)
        self.root.after(50, self.quit)
        former(self)

    former = Window.mainloop
    monkeypatch.setattr(Window, "mainloop", quit_soon)
    iv.launch(Empty, seed=3, parameters={"level": 4})
    assert not opened[0].alive
    assert opened[0].session.engine.seed == 3
    assert opened[0].session.engine.parameters() == {"level": 4}


@pytest.mark.parametrize(("run", "steps"), [(False, 1), (True, 5)])
def test_the_window_does_not_open_empty_and_runs_at_once_on_request(user, monkeypatch, run, steps):
    class Blank(iv.Simulation):
        text = iv.TextOutput()

        def step(self):
            self.text = "something"

    from ivisit.gui.window import Window

    def watch(self):
        user.windows.append(self)
        user.window = self
        user.until(lambda: self.steps >= steps)
        assert self.session.running is run

    monkeypatch.setattr(Window, "mainloop", watch)
    iv.launch(Blank, run=run)
    assert run or user.window.engine.steps == 1


class Shell:
    """What a notebook's IPython looks like from outside."""

    kernel = object()

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.guis: list[str] = []

    def enable_gui(self, name: str) -> None:
        self.guis.append(name)
        if not self.works:
            raise ImportError("no event loop for tk")


def install(monkeypatch, shell) -> None:
    module = types.ModuleType("IPython")
    module.get_ipython = lambda: shell  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", module)


def test_in_a_notebook_the_window_does_not_block(user, monkeypatch):
    shell = Shell()
    install(monkeypatch, shell)
    gui.open_window(Empty)
    assert shell.guis == ["tk"]
    (window,) = gui._open_windows
    user.windows.append(window)
    assert window.alive
    window.close()
    gui.open_window(Empty)
    assert len(gui._open_windows) == 1
    user.windows.append(gui._open_windows.pop())


def test_a_notebook_that_cannot_show_windows_says_why(user, monkeypatch):
    install(monkeypatch, Shell(works=False))
    with pytest.raises(iv.IVisitError, match="no event loop for tk"):
        gui.open_window(Empty)


def test_a_notebook_without_a_display_never_begins_the_kernel_s_loop(monkeypatch):
    """It would fail there later, with a traceback in the kernel's log."""
    shell = Shell()
    install(monkeypatch, shell)
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(iv.IVisitError, match="The window cannot be opened"):
        gui.open_window(Empty)
    assert shell.guis == []


def test_ipython_in_a_terminal_waits_for_the_window(monkeypatch):
    shell = Shell()
    shell.kernel = None
    install(monkeypatch, shell)
    assert gui._notebook_shell() is None


def dialog_text(window):
    (dialog,) = [w for w in window.root.winfo_children() if hasattr(w, "text") and w.winfo_class() == "Toplevel"]  # fmt: skip # noqa: E501
    return dialog.text.get("1.0", "end")


def test_help_comes_from_docstrings_and_help_texts(user):
    window = user.open(Empty)
    user.key(window.root, "F1")
    text = dialog_text(window)
    for part in ("Nothing to see.", "But something to read.", "How high.", "What it looks like."):
        assert part in text


def test_the_help_on_the_window_names_every_key(user):
    from ivisit.gui.bars import help_texts
    from ivisit.gui.bars.about import about

    window = user.open(Empty)
    names = {"Control": "Ctrl", "space": "Space"}
    for sequence in window.root.bind():
        keys = sequence.strip("<>").split("-")
        if keys[0] in ("Control", "F1", "F5", "F6", "space") or keys[0] == "Key":
            keys = [names.get(key, key.upper() if len(key) == 1 else key) for key in keys]
            keys = [key for key in keys if key != "Key"]
            assert "-".join(keys) in help_texts.WINDOW_HELP, sequence
    assert iv.__version__ in about()


def test_tooltips_appear_and_go(user):
    from ivisit.gui.toolkit.tooltip import Tooltip

    window = user.open(Empty)
    tooltip = Tooltip(window.toolbar.run_button, "Runs it", window.theme)
    tooltip.show()
    assert tooltip._window is not None
    window.toolbar.run_button.event_generate("<Leave>")
    window.update()
    assert tooltip._window is None
