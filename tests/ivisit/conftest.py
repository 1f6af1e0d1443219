"""A display for the window tests, and a user who moves the mouse and types."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

#: Seconds after which something that should happen at once counts as not happening.
PATIENCE = 10.0


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of a display: the present one, or a virtual one of this test process."""
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    if shutil.which("Xvfb") is None:
        missing = "needs a display, or Xvfb (Debian/Ubuntu: apt-get install xvfb)"
        if os.environ.get("IVISIT_REQUIRE_DISPLAY") == "1" or os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write_end],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        number = answer.readline().strip()
    try:
        if not number:
            pytest.fail("Xvfb does not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


class User:
    """Opens windows and uses them as a person does."""

    def __init__(self) -> None:
        self.windows: list[Any] = []
        self.window: Any = None
        #: Exceptions in callbacks of Tk.
        self.faults: list[BaseException] = []

    def open(self, simulation: Any, **options: Any) -> Any:
        """Open a window and wait for its first frame."""
        from ivisit.gui import Window

        self.window = Window(simulation, **options)
        self.windows.append(self.window)
        report = self.window.root.report_callback_exception

        def note(kind: Any, error: BaseException, trace: Any) -> None:
            self.faults.append(error)
            report(kind, error, trace)

        self.window.root.report_callback_exception = note
        self.until(lambda: self.window.engine.runs and not self.window.session.worker.busy)
        self.look()
        return self.window

    def look(self) -> None:
        """Wait until the window shows what the simulation has done so far."""
        # The first one may have been made before.
        for _ in range(2):
            drawn = self.window.frames
            self.window.session.worker.refresh()
            self.until(lambda drawn=drawn: self.window.frames != drawn)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.window.update()
            time.sleep(0.002)

    def until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait until `condition` holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert not self.faults, "the window has an internal error"
            assert time.monotonic() < end, "it did not happen in time"
            self.window.update()
            time.sleep(0.002)

    def told(self) -> str:
        """Return what the message bar says, the messages in a row."""
        return "\n".join(message.text for message in self.window.messages.messages.values())

    def answer(self, label: str) -> None:
        """Press a button of the message bar."""
        self.window.update()
        for message in self.window.messages.messages.values():
            if label in message.buttons or label == "Dismiss":
                self.click(message.buttons.get(label, message.dismiss_button))
                return
        raise AssertionError(f"no message offers {label!r}, but: {self.told()}")

    def control(self, name: str) -> Any:
        """Return the widget of a control."""
        return self.window.layout.controls[name]

    def panel(self, name: str) -> Any:
        """Return the widget of a panel."""
        return self.window.layout.panels[name]

    def value(self, name: str) -> Any:
        """Return the value that the next step will see."""
        return self.window.engine.parameters()[name]

    def key(self, widget: Any, *keys: str) -> None:
        """Press keys while `widget` has the focus."""
        widget.focus_force()
        self.window.update()
        for key in keys:
            widget.event_generate(f"<{key}>")
        self.window.update()

    def type(self, entry: Any, text: str, key: str = "Return") -> None:
        """Replace the text of an entry, then press a key."""
        entry.focus_force()
        self.window.update()
        entry.delete(0, "end")
        entry.insert(0, text)
        if key:
            self.key(entry, key)

    def click(self, widget: Any, x: int | None = None, y: int | None = None) -> None:
        """Click into the middle of a widget, or elsewhere into it."""
        x = widget.winfo_width() // 2 if x is None else x
        y = widget.winfo_height() // 2 if y is None else y
        for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            widget.event_generate(event, x=x, y=y)
        self.window.update()

    def drag(self, scale: Any, fractions: list[float], *, release: bool = True) -> None:
        """Drag the thumb of a slider past some places."""
        y = scale.winfo_height() // 2
        places = [round(fraction * (scale.winfo_width() - 1)) for fraction in fractions]
        scale.event_generate("<ButtonPress-1>", x=places[0], y=y)
        for x in places:
            scale.event_generate("<B1-Motion>", x=x, y=y)
        if release:
            scale.event_generate("<ButtonRelease-1>", x=places[-1], y=y)
        self.window.update()

    def choose(self, box: Any, index: int) -> None:
        """Choose a line of a drop-down list."""
        if box.cget("postcommand"):
            box.tk.eval(str(box.cget("postcommand")))
        box.current(index)
        box.event_generate("<<ComboboxSelected>>")
        self.window.update()


@pytest.fixture
def user(
    display: str,
    tmp_path: Any,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[User]:
    """A user who works in an empty folder and closes all windows at the end."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("IVISIT_SETTINGS", str(tmp_path_factory.mktemp("settings") / "window.json"))
    monkeypatch.delenv("IVISIT_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    person = User()
    yield person
    faults = list(person.faults)
    for window in person.windows:
        window.close()
    person.window = None
    person.windows.clear()
    # What other fixtures have given of a window would keep it alive beyond this collection, and
    # Tk ends the process when another thread frees it later.
    request.node.funcargs.clear()
    gc.collect()
    assert not faults
