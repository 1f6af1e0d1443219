"""Saving what was done in a window, and playing it again."""

from __future__ import annotations

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.playing import Schedule
from ivisit.recording import Change, Occurrence
from ivisit.runs.single import replay

pytestmark = pytest.mark.window


class Paint(iv.Simulation):
    """A random walk that can be painted over."""

    size = iv.Slider(1.0, 0.0, 9.0)
    jump = iv.Button()
    canvas = iv.Image(vmin=0, vmax=1, pointer=True)
    position = iv.Trace()

    def init(self):
        self.canvas = np.zeros((4, 5))
        self.position = 0.0

    def step(self):
        self.position += self.size * self.rng.standard_normal() + 100 * self.jump

    def pointer(self, event):
        if event.kind == "press":
            picture = self.canvas.copy()
            picture[event.row, event.column] = self.rng.random()
            self.canvas = picture


def steps(user, count):
    """Compute some steps one by one."""
    goal = user.window.engine.steps + count
    for _ in range(count):
        user.window.step()
    user.until(lambda: user.window.engine.steps == goal and user.window.session.worker.settled)


def record(user, path):
    """Do all that can be done in a window, and save it."""
    window = user.open(Paint, seed=3)
    window.values.change("size", 2.0)
    window.init()
    user.until(lambda: window.engine.runs == 2)
    steps(user, 5)
    user.type(user.control("size").number.entry, "5")
    steps(user, 3)
    user.click(user.panel("canvas").canvas)
    user.until(lambda: any(isinstance(e, Occurrence) for e in window.engine.changes))
    user.click(user.control("jump").button)
    steps(user, 2)
    # After the last step.
    user.click(user.panel("canvas").canvas)
    user.until(lambda: any(entry.step == 10 for entry in window.engine.changes))
    window.sessions.save(str(path))
    user.until(path.exists)
    window.close()
    return iv.RunResult.load(path)


#: The recorded session: one will do for all tests.
RECORDED: list[bytes] = []


@pytest.fixture
def saved(user, tmp_path):
    path = tmp_path / "session.npz"
    if RECORDED:
        path.write_bytes(RECORDED[0])
        return path, iv.RunResult.load(path)
    result = record(user, path)
    RECORDED.append(path.read_bytes())
    return path, result


def play_up_to(user, path, step):
    """Play the first steps, and then let time stand still."""
    user.window.sessions.play(str(path))
    playing(user).schedule = Schedule(np.array([0, step, 10]), np.array([0.0, 0.01, 1e9]))
    user.until(lambda: user.window.engine.steps == step)


def playing(user):
    return user.window.sessions.playing


def test_a_session_has_all_that_was_done_with_steps_and_times_and_can_be_replayed(user, saved):
    _, result = saved
    assert result.parameters["size"] == 2.0
    kinds = [(type(entry).__name__, entry.step) for entry in result.changes]
    assert [kind for kind, _ in kinds].count("Occurrence") >= 2
    assert ("Change", 5) in kinds
    assert ("Change", 8) in kinds  # the button
    times = [entry.at for entry in result.changes]
    assert times == sorted(times)
    assert 0 < times[-1] <= result.duration
    again = replay(Paint, result)
    np.testing.assert_array_equal(again.traces["position"], result.traces["position"])
    np.testing.assert_array_equal(again.outputs["canvas"], result.outputs["canvas"])


def test_a_session_is_played_bit_for_bit(user, saved):
    path, result = saved
    window = user.open(Paint)
    former = window.engine
    play_up_to(user, path, 3)
    user.until(lambda: "Playing session.npz, at its speed: step 3 of 10" in user.told())
    assert user.value("size") == 2.0
    assert window.engine is not former
    user.until(window.status.progress.winfo_ismapped)
    window.sessions.set_speed(None)
    user.until(lambda: playing(user) is None)
    # The instance of the saved session had run before: Init was pressed.
    assert "played to its end: the results are the same, bit for bit" in user.told()
    assert window.engine.steps == 10
    _, columns = window.engine.recorder.table()
    np.testing.assert_array_equal(columns["position"], result.traces["position"])
    user.look()
    np.testing.assert_array_equal(user.panel("canvas").picture, result.outputs["canvas"])
    assert user.control("size").number.entry.get() == "5"
    assert not window.status.progress.winfo_ismapped()
    # What was played can be saved as a session again.
    assert window.engine.changes == result.changes


def test_a_session_can_be_stopped_and_continued_by_hand(user, saved, tmp_path):
    path, result = saved
    window = user.open(Paint)
    play_up_to(user, path, 6)
    user.answer("Stop here")
    assert "goes on by hand" in user.told()
    user.until(lambda: window.session.worker.settled)
    at = window.engine.steps
    user.wait(0.05)
    assert window.engine.steps == at == 6
    user.type(user.control("size").number.entry, "0")
    steps(user, 12)
    assert not any(entry.step == 8 for entry in window.engine.changes)
    _, columns = window.engine.recorder.table()
    np.testing.assert_array_equal(columns["position"][:at], result.traces["position"][:at])
    assert np.all(columns["position"][at:] == columns["position"][at])
    # One session from its beginning, by file and by hand.
    window.sessions.save(str(tmp_path / "both.npz"))
    user.until((tmp_path / "both.npz").exists)
    both = iv.RunResult.load(tmp_path / "both.npz")
    again = replay(Paint, both)
    np.testing.assert_array_equal(again.traces["position"], columns["position"])


def test_who_does_something_himself_ends_the_playing(user, saved):
    path, _ = saved
    window = user.open(Paint)
    by_hand = {
        "slider": lambda: user.type(user.control("size").number.entry, "3.5"),
        "pointer": lambda: user.click(user.panel("canvas").canvas),
        "escape": lambda: user.key(window.root, "Escape"),
        "step": window.step,
        "init": window.init,
        "run": window.toggle_run,
    }
    for name, action in by_hand.items():
        play_up_to(user, path, 2)
        user.look()
        action()
        assert playing(user) is None, name
        assert window.session.running == (name == "run")
        if name == "slider":
            assert user.value("size") == 3.5


def test_playing_can_be_undone(user, saved):
    path, _ = saved
    window = user.open(Paint)
    user.type(user.control("size").number.entry, "7")
    window.sessions.play(str(path))
    window.sessions.set_speed(None)
    user.until(lambda: playing(user) is None)
    assert user.value("size") == 5.0
    assert window.sets.modified
    window.values.undo()
    assert user.value("size") == 7.0


def test_the_speed_goes_up_and_down(user, saved):
    path, _ = saved
    window = user.open(Paint)
    play_up_to(user, path, 1)
    for label, speed in (
        ("Faster", 4.0), ("Faster", 16.0), ("Slower", 4.0), ("Slower", 1.0)
    ):  # fmt: skip
        user.answer(label)
        assert playing(user).speed == speed
    assert "Slower" not in window.messages.messages["playing"].buttons


def test_what_is_no_session_of_this_simulation_changes_nothing(user, tmp_path):
    class Other(iv.Simulation):
        """Another one."""

    iv.run(Other, steps=1).save(tmp_path / "other.npz")
    wide = iv.run(Paint, {"size": 9.0}, steps=1)
    wide.parameters["size"] = 11.0
    wide.save(tmp_path / "wide.npz")
    (tmp_path / "broken.npz").write_bytes(b"nothing")
    window = user.open(Paint)
    steps(user, 2)
    engine = window.engine
    for name, text in (
        ("other.npz", "a session of Other"),
        ("wide.npz", "between 0 and 9"),
        ("broken.npz", "damaged"),
        ("missing.npz", "cannot be read"),
    ):
        window.sessions.play(str(tmp_path / name))
        assert text in user.told()
        assert "Play another ..." in window.messages.messages["session"].buttons
        assert playing(user) is None
        assert window.engine is engine
    assert window.engine.steps == 2


def test_a_failure_comes_again_and_a_retried_step_too(user, tmp_path):
    class Shaky(iv.Simulation):
        """Fails at its third step, the first time."""

        count = iv.Trace()

        def init(self):
            self.count = 0
            self.failed = False

        def step(self):
            if self.count == 2 and not self.failed:
                self.failed = True
                raise ValueError("a bad day")
            self.count += 1

    window = user.open(Shaky)
    window.run_for(4)
    user.until(lambda: window.error_pane.failure is not None)
    window.sessions.save(str(tmp_path / "failed.npz"))
    user.until((tmp_path / "failed.npz").exists)
    window.error_pane.buttons["Retry step"].invoke()
    user.until(lambda: window.engine.steps == 3)
    steps(user, 2)
    window.sessions.save(str(tmp_path / "retried.npz"))
    user.until((tmp_path / "retried.npz").exists)
    window = user.open(Shaky)
    for name in ("failed.npz", "retried.npz"):
        window.sessions.play(str(tmp_path / name))
        window.sessions.set_speed(None)
        user.until(lambda: playing(user) is None)
        assert "the results are the same" in user.told()
    assert window.engine.steps == 5


def test_pauses_are_shortened_and_what_ran_keeps_its_time():
    log = [Change(0, "a", 1, at=30.0), Change(100, "a", 2, at=40.0), Change(100, "a", 3, at=600.0)]
    schedule = Schedule.of(log, 200, 605.0)
    assert [schedule.due(t) for t in (0.0, 2.0, 7.0, 12.0, 14.0, 16.5, 19.0, 1e9)] == [
        0, 0, 50, 100, 100, 150, 200, 200
    ]  # fmt: skip


def test_a_run_without_times_is_played_steadily():
    schedule = Schedule.of([Change(3, "a", 1)], 120, 0.0)
    assert [schedule.due(t) for t in (0.0, 1.0, 2.0)] == [0, 60, 120]
