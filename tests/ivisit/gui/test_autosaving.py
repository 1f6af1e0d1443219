"""Unsaved values survive a crash, a kill and a lost display; the next window offers them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import ivisit as iv
from ivisit.gui import drafts
from ivisit.gui.actions import autosaving

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """A simulation with some values."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)
    points = iv.Table([[0, 1]], columns=["x", "y"])
    picture = iv.Image()


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    monkeypatch.setattr(autosaving, "AUTOSAVE_TIME", 0.0)
    # Waiting for a busy disk tells nothing: no test takes the power away.
    monkeypatch.setattr(os, "fsync", lambda file: None)


def files():
    return sorted(drafts.draft_folder().glob("*.json"))


def change(user, value):
    user.type(user.control("sigma").number.entry, value)


def kept(user, value):
    """Wait until a value is in the draft of the present window."""
    path = user.window.autosave.file.path
    user.until(lambda: path.exists() and json.loads(path.read_text())["values"]["sigma"] == value)
    return path


def leave_behind(user, value="7", **options):
    """Have a window end as if its process was killed."""
    window = user.open(Filter, **options)
    change(user, value)
    path = kept(user, float(value))
    content = json.loads(path.read_text())
    window.close()
    assert not path.exists()
    content["owner"]["pid"] = 2**30  # no process has such a number
    path.write_text(json.dumps(content))


def test_values_are_kept_as_long_as_they_are_unsaved(user):
    window = user.open(Filter)
    user.wait(0.05)
    assert files() == []
    change(user, "7")
    path = kept(user, 7.0)
    change(user, "8")
    kept(user, 8.0)
    assert files() == [path]
    window.sets.save_under("soft")
    user.until(lambda: files() == [])
    change(user, "3")
    kept(user, 3.0)
    window.values.undo()
    user.until(lambda: files() == [])
    change(user, "4")
    kept(user, 4.0)
    window.close()
    assert files() == []


def test_what_a_window_left_behind_is_offered_and_restored_in_a_way_that_can_be_undone(user):
    leave_behind(user)
    window = user.open(Filter)
    user.until(user.told)
    assert "ended unexpectedly" in user.told()
    assert "sigma 2 -> 7" in user.told()
    assert user.value("sigma") == 2.0
    user.answer("Restore")
    assert user.value("sigma") == 7.0
    assert window.sets.modified
    assert user.told() == ""
    # From now on it is this window's draft.
    assert files() == [window.autosave.file.path]
    window.values.undo()
    assert user.value("sigma") == 2.0


def test_what_was_left_behind_can_be_discarded_or_left_for_the_next_time(user):
    leave_behind(user)
    user.open(Filter)
    user.until(user.told)
    user.answer("Dismiss")
    assert len(files()) == 1
    user.open(Filter)
    user.until(user.told)
    user.answer("Discard")
    assert files() == []
    assert user.told() == ""


def test_several_are_offered_one_after_the_other_the_latest_first(user):
    leave_behind(user, "7")
    leave_behind(user, "9")
    user.open(Filter)
    user.until(user.told)
    assert "-> 9" in user.told()
    user.answer("Discard")
    assert "-> 7" in user.told()
    user.answer("Restore")
    assert user.value("sigma") == 7.0


def test_a_window_that_lives_and_other_simulations_are_left_alone(user):
    class Other(iv.Simulation):
        """Another one."""

        sigma = iv.Slider(2.0, 0.1, 20.0)

    leave_behind(user)
    user.open(Filter)
    change(user, "5")
    own = kept(user, 5.0)
    user.open(Other)
    user.wait(0.05)
    assert user.told() == ""
    user.open(Filter)
    user.until(user.told)
    assert "-> 7" in user.told()
    user.answer("Discard")
    assert user.told() == ""
    assert own.exists()


def test_restored_values_belong_to_the_set_that_was_shown(user, tmp_path):
    store = tmp_path / "my.ivisit"
    with iv.ParameterStore(store) as opened:
        opened.save(Filter, "soft", {"sigma": 8.0}, comment="for portraits")
    leave_behind(user, store=store, parameter_set="soft")
    window = user.open(Filter, store=store)
    user.until(user.told)
    user.answer("Restore")
    assert window.sets.title() == "soft v1, 1 changed: sigma"
    assert "for portraits" in window.sets.description()
    window.values.assign("sigma", 8.0)
    assert not window.sets.modified


def test_a_layout_survives_too(user):
    window = user.open(Filter)
    user.wait(0.05)
    window.session.worker.rate = 25.0
    path = window.autosave.file.path
    user.until(path.exists)
    content = json.loads(path.read_text())
    window.close()
    content["owner"]["pid"] = 2**30
    path.write_text(json.dumps(content))
    window = user.open(Filter)
    user.until(user.told)
    assert "an unsaved layout" in user.told()
    user.answer("Restore")
    assert window.session.worker.rate == 25.0


def test_what_is_no_draft_is_left_alone(user):
    folder = drafts.draft_folder()
    folder.mkdir(parents=True)
    for name, text in (("a", "{"), ("b", "[1]"), ("c", '{"format": "other"}'), ("d", "")):
        (folder / f"{name}.json").write_text(text)
    (folder / "e.json").write_bytes(b"\xff\xfe\x00")
    (folder / "f.json").write_text(json.dumps({"format": drafts.FORMAT, "values": 3}))
    user.open(Filter)
    user.wait(0.05)
    assert user.told() == ""
    assert len(files()) == 6


def test_a_settings_folder_that_cannot_be_written_is_told(user, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("IVISIT_SETTINGS", str(tmp_path / "file" / "window.json"))
    user.open(Filter)
    change(user, "7")
    user.until(user.told)
    assert "cannot be written" in user.told()
    user.answer("Dismiss")
    user.wait(0.1)
    assert user.told() == ""
    # It is tried again: what is unsaved is kept as soon as that is possible.
    (tmp_path / "file").unlink()
    user.until(user.window.autosave.file.path.exists)


SCRIPT = """
import sys, time
import ivisit as iv
from ivisit.gui import Window
from ivisit.gui.actions import autosaving

autosaving.AUTOSAVE_TIME = 0.0


class Filter(iv.Simulation):
    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)


window = Window(Filter)
window.values.change("sigma", 6.5)
while not window.autosave.file.path.exists():
    window.update()
print("kept", flush=True)
window.mainloop()
"""


@pytest.mark.parametrize("end", ["SIGKILL", "display"])
def test_a_killed_process_and_a_lost_display_leave_what_was_unsaved(user, tmp_path, end):
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(SCRIPT))
    environment = dict(os.environ)
    server = None
    if end == "display":
        read_end, write_end = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-nolisten", "tcp"],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            environment["DISPLAY"] = f":{answer.readline().strip()}"
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout.readline() == "kept\n"
        if server is not None:
            server.kill()
        else:
            process.send_signal(signal.SIGKILL)
        assert process.wait(30) != 0
    finally:
        for child in (process, server):
            if child is not None and child.poll() is None:
                child.kill()
        for child in (process, server):
            if child is not None:
                child.wait()
        process.stdout.close()
    from ivisit.plugins.loading import load_file

    source = script.read_text().split("window = ")[0]
    script.write_text(source)
    user.open(load_file(script))
    user.until(user.told)
    user.answer("Restore")
    assert user.value("sigma") == 6.5


def test_keeping_takes_no_time_of_the_change_itself(user):
    """The thread of the window gathers; another one writes, however slow the disk is."""
    window = user.open(Filter)
    slow = []

    def write(content):
        slow.append(content)
        time.sleep(0.2)

    window.autosave.file.write = write
    change(user, "7")
    user.until(lambda: slow)
    change(user, "8")
    user.until(lambda: len(slow) == 2)
    assert [content["values"]["sigma"] for content in slow] == [7.0, 8.0]
