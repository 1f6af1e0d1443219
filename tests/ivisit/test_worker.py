"""The worker's thread: commands and frames, and that nobody waits for anybody."""

import sys
import threading
import time

import numpy as np
import pytest

import ivisit as iv
from ivisit.worker import Worker

#: A bound on liveness, generous on a busy machine; nothing here measures speed.
SOON = 10.0


class Counter(iv.Simulation):
    speed = iv.Slider(1.0, 0.0, 9.0)
    fail = iv.Button()
    count = iv.Trace()
    picture = iv.Image()
    plot = iv.Figure()

    def init(self):
        self.count = 0
        self.buffer = np.zeros((64, 64))

    def step(self):
        if self.fail:
            raise ValueError("on request")
        self.count += 1
        self.buffer[:] = self.count  # in place: a torn frame would have two values
        self.picture = self.buffer


class Slow(iv.Simulation):
    """A step that takes as long as the test wants."""

    level = iv.Slider(0.0, 0.0, 1.0)

    def main_init(self):
        self.entered = threading.Event()
        self.leave = threading.Event()

    def step(self):
        self.entered.set()
        self.leave.wait(SOON)


@pytest.fixture
def start():
    workers = []

    def start(simulation):
        worker = Worker(iv.Engine(simulation))
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        leave = getattr(worker.engine.simulation, "leave", None)
        if leave:
            leave.set()
        assert worker.close(SOON)


def wait_for(condition):
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    raise AssertionError("did not happen in time")


def frame_with(worker, condition):
    def look():
        frame = worker.take_frame()
        return frame if frame is not None and condition(frame) else None

    return wait_for(look)


def test_steps_run_and_stop(start):
    worker = start(Counter)
    worker.step(3)
    assert frame_with(worker, lambda f: f.steps == 3).state == "paused"
    worker.run()
    frame_with(worker, lambda f: f.steps > 10)
    worker.stop()
    frame = frame_with(worker, lambda f: f.state == "paused" and not worker.running)
    worker.step()
    assert frame_with(worker, lambda f: f.steps > frame.steps).steps == frame.steps + 1
    worker.init()
    assert frame_with(worker, lambda f: f.state == "ready").steps == 0


def test_a_simulation_that_shows_nothing_after_init_computes_its_first_step(start):
    class Shows(Counter):
        text = iv.TextOutput()

        def init(self):
            super().init()
            self._outputs.clear()
            self.count = 0

    class Blank(Counter):
        def init(self):
            super().init()
            self._outputs.clear()

        def step(self):
            self.picture = self.buffer

    for simulation, steps in ((Blank, 1), (Shows, 0)):
        worker = start(simulation)
        worker.init()
        worker.show_something()
        worker.show_something()
        wait_for(lambda w=worker: w.settled)
        assert worker.engine.steps == steps


def test_no_frame_is_torn(start):
    worker = start(Counter)
    worker.run()
    for _ in range(20):
        picture = frame_with(worker, lambda f: "picture" in f.outputs).outputs["picture"]
        assert (picture == picture[0, 0]).all()


def test_no_recorded_row_is_lost_between_frames(start):
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # the threads change at every possible moment
    try:
        worker = start(Counter)
        worker.run()
        rows, frames = [], 0
        end = time.monotonic() + SOON
        while frames < 500 and time.monotonic() < end:
            frame = worker.take_frame()
            if frame is not None:
                frames += 1
                rows += frame.trace_steps.tolist()
    finally:
        sys.setswitchinterval(interval)
    assert len(rows) > 100
    assert rows == list(range(1, len(rows) + 1))


def test_without_anything_new_there_is_no_frame(start):
    worker = start(Counter)
    worker.step()
    frame_with(worker, lambda f: f.steps == 1)
    time.sleep(0.1)
    worker.take_frame()
    time.sleep(0.1)
    assert worker.take_frame() is None
    worker.refresh()
    frame_with(worker, lambda f: f.steps == 1)


def test_a_failure_is_shown_and_the_worker_lives_on(start):
    worker = start(Counter)
    worker.run()
    worker.engine.press("fail")
    frame_with(worker, lambda f: f.state == "failed")
    assert worker.engine.failure.message == "on request"
    assert not worker.running
    worker.run()
    frame_with(worker, lambda f: f.state == "running" and f.steps > 5)


def test_a_figure_that_cannot_be_drawn_ends_no_run(start):
    worker = start(Counter)

    def spoil():
        axes = worker.engine.simulation.plot.subplots()
        axes.set_title("$\\unknown{$")

    worker.post(spoil)
    worker.step()
    frame_with(worker, lambda f: "unknown" in str(f.outputs.get("plot")))
    assert worker.engine.failure is None
    assert worker.engine.state == "paused"


def test_during_a_long_step_set_stop_and_close_return_at_once(start):
    worker = start(Slow)
    worker.run()
    wait_for(lambda: getattr(worker.engine.simulation, "entered", None))
    assert worker.engine.simulation.entered.wait(SOON)
    worker.engine.set("level", 0.5)
    worker.stop()
    assert worker.stopping
    assert worker.engine.simulation.level == 0.0
    assert worker.close(0.01) is False
    worker.engine.simulation.leave.set()
    assert worker.close(SOON)
    assert worker.engine.steps == 1


def test_callbacks_of_a_paused_simulation_are_called(start):
    worker = start(Counter)
    called = threading.Event()
    worker.post(called.set)
    assert called.wait(SOON)


def test_a_command_that_fails_is_told_and_the_worker_lives_on(start, caplog):
    worker = start(Counter)
    worker.call(lambda: {}["missing"])
    done = threading.Event()
    worker.call(done.set)
    assert done.wait(SOON)
    assert "KeyError: 'missing'" in caplog.text


def test_a_number_of_steps_a_frame_is_the_pace(start):
    worker = start(Counter)
    worker.steps_per_frame = 5
    began = time.monotonic()
    worker.run()
    frame = frame_with(worker, lambda f: f.steps >= 50)
    # At most 5 steps each sixtieth of a second, whatever the machine.
    assert frame.steps <= 5 * (60 * (time.monotonic() - began) + 2)


def test_a_rate_slows_the_simulation_and_not_the_stop(start):
    worker = start(Counter)
    worker.rate = 0.1 / SOON
    worker.run()
    frame_with(worker, lambda f: f.steps == 1)
    worker.stop()
    frame_with(worker, lambda f: f.state == "paused")
    wait_for(lambda: not worker.running)
    assert worker.engine.steps == 1


@pytest.mark.parametrize("rate", [20, 300, 2000])
def test_a_rate_is_kept_on_average(start, rate):
    worker = start(Counter)
    worker.rate = rate
    began = time.monotonic()
    worker.run()
    wait_for(lambda: time.monotonic() > began + 0.5 and worker.engine.steps)
    # Never faster, whatever the machine.
    assert worker.engine.steps <= rate * (time.monotonic() - began) + 2 + rate / 60


def test_pictures_lie_exactly_so_many_steps_apart_also_after_commands(start):
    worker = start(Counter)
    worker.steps_per_frame = 500
    worker.run()
    seen = []
    end = time.monotonic() + SOON
    while len(seen) < 12:
        assert time.monotonic() < end
        frame = worker.take_frame()
        if frame is not None and frame.steps and frame.steps not in seen:
            seen.append(frame.steps)
        worker.call(lambda: None)
        time.sleep(0.002)
    assert set(np.diff(seen)) == {500}


def test_a_run_ends_after_so_many_steps_or_at_a_condition(start):
    worker = start(Counter)
    worker.run(1234)
    wait_for(lambda: worker.settled and not worker.running)
    assert worker.engine.steps == 1234
    worker.rate = 2000
    worker.run(100)
    wait_for(lambda: worker.settled and not worker.running)
    assert worker.engine.steps == 1334
    worker.rate = None
    worker.run(10_000, until=lambda simulation: worker.engine.steps >= 1400)
    wait_for(lambda: worker.settled and not worker.running)
    assert worker.engine.steps == 1400


def test_steps_that_wait_are_counted_and_cancelled(start):
    gate = threading.Event()

    class Slow(iv.Simulation):
        def step(self):
            gate.wait(SOON)

    worker = start(Slow)
    for _ in range(5):
        worker.step()
    wait_for(lambda: worker.busy and worker.engine.state == "running")
    assert worker.waiting_steps == 5
    worker.cancel_steps()
    gate.set()
    wait_for(lambda: worker.settled)
    assert worker.engine.steps == 1
    assert worker.waiting_steps == 0
    worker.step()
    wait_for(lambda: worker.settled)
    assert worker.engine.steps == 2


class Filter(iv.Simulation):
    """A picture that depends on its parameters only."""

    live = True
    width = iv.Slider(1, 0, 9)
    size = iv.Slider(3, 1, 9, restart=True)
    result = iv.Trace()
    picture = iv.Image()

    def init(self):
        self.cells = np.zeros(self.size)

    def step(self):
        self.cells[:] = self.width
        self.result = self.cells.sum()


def test_a_change_computes_one_ordinary_step_that_is_recorded_and_replayed(start):
    worker = start(Filter)
    worker.init()
    wait_for(lambda: worker.settled)
    for width in (4, 7):
        worker.engine.set("width", width)
        worker.change(restart=False, preview=False)
        wait_for(lambda: worker.settled)
    assert worker.engine.steps == 2
    _, columns = worker.engine.recorder.table()
    assert columns["result"].tolist() == [12, 21]
    assert [entry.value for entry in worker.engine.changes] == [4, 7]


def test_a_change_of_what_init_reads_begins_anew_but_never_over_a_long_run(start):
    worker = start(Filter)
    worker.init()
    wait_for(lambda: worker.settled)
    engine = worker.engine
    for size in (5, 6, 7):
        engine.set("size", size)
        worker.change(restart=True, preview=False)
        wait_for(lambda: worker.settled)
    assert (engine.runs, engine.steps) == (4, 1)
    # Steps that changes have computed are no run that would be lost.
    for width in range(20):
        engine.set("width", width % 9)
        worker.change(restart=False, preview=False)
        wait_for(lambda: worker.settled)
    engine.set("size", 2)
    worker.change(restart=True, preview=False)
    wait_for(lambda: worker.settled)
    assert (engine.runs, engine.steps) == (5, 1)
    worker.step(30)
    wait_for(lambda: worker.settled)
    engine.set("size", 8)
    worker.change(restart=True, preview=False)
    wait_for(lambda: worker.settled)
    assert engine.runs == 5
    assert engine.waiting() == (frozenset(), frozenset({"size"}))


def test_a_preview_is_shown_and_leaves_nothing_behind(start):
    class Previewed(Filter):
        def step(self):
            super().step()
            self.picture = np.full((2, 2), self.rng.random())

        def preview(self):
            self.rng.random(100)
            self.picture[:] = self.width
            self.result = -1.0

    worker = start(Previewed)
    worker.step()
    wait_for(lambda: worker.settled)
    engine = worker.engine
    before = engine.frame()
    engine.set("width", 6)
    worker.change(restart=False, preview=True)
    wait_for(lambda: worker.settled)
    frame = engine.frame()
    assert frame.outputs["picture"].tolist() == [[6, 6], [6, 6]]
    assert frame.outputs["result"] == -1.0
    assert engine.steps == 1
    assert engine.changes == []
    np.testing.assert_array_equal(engine.outputs()["picture"], before.outputs["picture"])
    worker.step(3)
    wait_for(lambda: worker.settled)
    _, columns = engine.recorder.table()
    headless = iv.run(Previewed, steps=4)
    assert columns["result"].tolist() == [3, 18, 18, 18]
    np.testing.assert_array_equal(headless.outputs["picture"], engine.outputs()["picture"])


def test_costly_pictures_leave_most_of_the_time_to_the_steps(start):
    spent = []

    class Costly(iv.Simulation):
        picture = iv.Image()

        def step(self):
            self.level = 1.0

        def draw(self):
            end = time.thread_time() + 0.05
            while time.thread_time() < end:
                pass
            spent.append(time.thread_time() - end + 0.05)
            self.picture = np.zeros((2, 2))

    worker = start(Costly)
    began = time.monotonic()
    worker.run()
    while time.monotonic() < began + 1.0 or len(spent) < 3:
        assert time.monotonic() < began + SOON, "it does not go on"
        worker.take_frame()
        time.sleep(0.002)
    # A picture of 50 ms each 229 ms, or fewer where the machine is busy.
    assert len(spent) <= (time.monotonic() - began) / 0.2 + 2


def test_a_session_on_the_worker_is_replayed_headlessly(start):
    class Walk(iv.Simulation):
        rate = iv.Slider(0.5, 0.0, 1.0)
        x = iv.Trace()

        def init(self):
            self.x = 0.0

        def step(self):
            self.x += self.rate * self.rng.standard_normal()

    worker = start(Walk)
    worker.run()
    for rate in (0.1, 0.9, 0.3):
        frame = frame_with(worker, lambda f: f.steps > 20)
        worker.engine.set("rate", rate)
        frame_with(worker, lambda f, seen=frame.steps: f.steps > seen + 20)
    worker.stop()
    wait_for(lambda: not worker.running)
    engine = worker.engine
    again = iv.Engine(Walk)
    again.init()
    again.replay(engine.changes, engine.steps)
    assert len(engine.changes) == 3
    assert again.simulation.x == engine.simulation.x


@pytest.mark.parametrize("steps_per_delay", [1, 3])
@pytest.mark.parametrize("how", ["a number of steps", "a wanted state"])
def test_a_run_ends_where_it_was_asked_to_also_with_pauses_between_steps(
    start, steps_per_delay, how
):
    worker = start(Counter())
    worker.delay, worker.steps_per_delay = 0.001, steps_per_delay
    if how == "a number of steps":
        worker.run(7)
    else:
        worker.run(until=lambda simulation: simulation.count >= 7)
    wait_for(lambda: worker.engine.steps >= 7 and not worker.running)
    worker.step()
    wait_for(lambda: worker.engine.steps >= 7 + steps_per_delay)
    assert worker.engine.steps == 7 + steps_per_delay
