"""Simulations that step together: never apart where they are seen together."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest

import ivisit as iv
from ivisit.gui.comparison.lane import Lane, joined
from ivisit.gui.comparison.lockstep import Lockstep


class Walk(iv.Simulation):
    """Walks, fails or ends where it is told to."""

    stride = iv.Slider(1.0, 0.0, 10.0)
    pause = iv.Slider(0.0, 0.0, 1.0)
    faulty_at = iv.Slider(0, 0, 1000)
    ends_at = iv.Slider(0, 0, 1000)
    origin = iv.Slider(0.0, 0.0, 9.0, restart=True)

    place = iv.Trace()
    spikes = iv.Raster(5)

    def init(self):
        self.count = 0
        self.place = self.origin

    def step(self):
        self.count += 1
        time.sleep(self.pause)
        self.place += self.stride * self.rng.standard_normal()
        self.spikes = [self.count % 5]
        if self.count == self.faulty_at:
            raise ValueError("as it was told")
        if self.count == self.ends_at:
            self.stop()


@dataclass
class Course:
    """What a lockstep has handed out."""

    lockstep: Lockstep
    shown: list = field(default_factory=list)

    def until(self, condition, seconds=20.0):
        """Look again and again until something holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            frames = self.lockstep.poll()
            if frames is not None:
                self.shown.append(frames)
            time.sleep(0.0005)

    def rest(self):
        """Wait until nothing goes on any more."""
        self.until(lambda: not (self.lockstep.busy or self.lockstep.running))

    def rows(self, lane):
        """Return all rows of the present run of a lane: steps and places."""
        frames = [frames[lane] for frames in self.shown if frames[lane] is not None]
        frames = [frame for frame in frames if frame.run == frames[-1].run]
        steps = np.concatenate([frame.trace_steps for frame in frames])
        return steps, np.concatenate([frame.traces["place"] for frame in frames])


@pytest.fixture
def compare():
    opened = []

    def start(*values, seed=3):
        lockstep = None
        lanes = [
            Lane(str(i), Walk, v, seed, lambda restart: lockstep.change(restart))
            for i, v in enumerate(values)
        ]
        lockstep = Lockstep(lanes)
        opened.append(lockstep)
        lockstep.start()
        course = Course(lockstep)
        course.rest()
        return course

    yield start
    for lockstep in opened:
        lockstep.close(10.0)
        assert not any(lane.session.worker.thread.is_alive() for lane in lockstep.lanes)


def test_what_is_handed_out_together_is_of_one_step_however_slow_one_is(compare):
    course = compare({}, {"pause": 0.004}, {"pause": 0.001})
    course.lockstep.run()
    course.until(lambda: course.lockstep.steps >= 30)
    course.lockstep.stop()
    course.rest()
    for frames in course.shown:
        assert len({frame.steps for frame in frames}) == 1
    assert len({lane.steps for lane in course.lockstep.lanes}) == 1
    assert len(course.shown) > 3


def test_each_lane_computes_what_a_run_without_a_window_computes(compare):
    course = compare({"stride": 1.0}, {"stride": 2.5})
    course.lockstep.run()
    course.until(lambda: course.lockstep.steps >= 50)
    course.lockstep.stop()
    course.rest()
    for index, stride in enumerate((1.0, 2.5)):
        steps, places = course.rows(index)
        alone = iv.run(Walk, {"stride": stride}, steps=len(steps), seed=3)
        np.testing.assert_array_equal(steps, alone.recorded_steps)
        np.testing.assert_array_equal(places, alone.traces["place"])
        entries = [f[index].rasters["spikes"] for f in course.shown if f[index] is not None]
        np.testing.assert_array_equal(np.concatenate(entries), alone.rasters["spikes"])


def test_step_computes_one_in_all_and_many_clicks_are_as_many_steps(compare):
    course = compare({}, {"pause": 0.002})
    for _ in range(4):
        course.lockstep.step()
    course.rest()
    assert [lane.steps for lane in course.lockstep.lanes] == [4, 4]
    course.lockstep.run()
    course.lockstep.step()  # stops instead
    course.rest()
    assert len({lane.steps for lane in course.lockstep.lanes}) == 1


def test_init_begins_anew_in_all_and_late_pictures_do_not_count(compare):
    course = compare({}, {"stride": 2.0})
    course.lockstep.run()
    course.until(lambda: course.lockstep.steps >= 10)
    course.lockstep.stop()
    course.lockstep.init()
    course.rest()
    assert [frame.steps for frame in course.shown[-1]] == [0, 0]
    assert [frame.run for frame in course.shown[-1]] == [2, 2]
    assert course.lockstep.steps == 0


def test_one_that_fails_stands_and_the_others_go_on_until_init_revives_it(compare):
    course = compare({}, {"faulty_at": 5})
    course.lockstep.run()
    course.until(lambda: course.lockstep.steps >= 20)
    course.lockstep.stop()
    course.rest()
    good, bad = course.lockstep.lanes
    assert (good.failed, bad.failed) == (False, True)
    assert bad.session.engine.failure.message == "as it was told"
    assert good.steps >= 20
    assert course.rows(1)[0].tolist() == [1, 2, 3, 4]
    assert course.rows(0)[0].tolist() == list(range(1, good.steps + 1))
    course.lockstep.init()
    course.rest()
    assert not bad.failed
    course.lockstep.step()
    course.rest()
    assert [lane.steps for lane in course.lockstep.lanes] == [1, 1]


def test_when_all_have_failed_nothing_runs_and_run_begins_anew(compare):
    course = compare({"faulty_at": 2}, {"faulty_at": 3})
    course.lockstep.run()
    course.rest()
    assert all(lane.failed for lane in course.lockstep.lanes)
    course.lockstep.step()
    course.rest()
    course.lockstep.run()
    course.until(lambda: all(lane.session.engine.runs == 2 for lane in course.lockstep.lanes))
    course.rest()


def test_one_that_ends_its_run_stops_all_and_catches_up_with_the_next_step(compare):
    course = compare({}, {"ends_at": 7})
    course.lockstep.run()
    course.rest()
    first, second = course.lockstep.lanes
    assert second.has_ended
    assert second.steps == 7
    assert first.steps >= 7
    course.lockstep.step()
    course.rest()
    assert first.steps == second.steps > 7


def test_a_command_in_the_middle_of_a_round_costs_no_step(compare):
    course = compare({"pause": 0.001}, {"pause": 0.001})
    called = []
    course.lockstep.run()
    for number in range(20):
        worker = course.lockstep.lanes[number % 2].session.worker
        worker.call(lambda number=number: called.append(number))
        seen = course.lockstep.rounds
        course.until(lambda seen=seen: course.lockstep.rounds > seen)
    course.lockstep.stop()
    course.rest()
    assert sorted(called) == list(range(20))
    for frames in course.shown:
        assert len({frame.steps for frame in frames}) == 1
    for lane in (0, 1):
        steps = course.rows(lane)[0]
        np.testing.assert_array_equal(steps, np.arange(1, len(steps) + 1))


def test_live_steps_all_when_a_value_of_one_changes_and_many_changes_are_one_step(compare):
    course = compare({}, {"pause": 0.001})
    lanes = course.lockstep.lanes
    lanes[0].session.engine.set("stride", 2.0)
    lanes[0].session.changed("stride", settled=True)
    course.rest()
    assert [lane.steps for lane in lanes] == [0, 0]  # not live
    course.lockstep.live = True
    for value in np.linspace(1, 5, 50):
        lanes[0].session.engine.set("stride", float(value))
        lanes[0].session.changed("stride", settled=False)
    course.rest()
    steps = {lane.steps for lane in lanes}
    assert len(steps) == 1
    assert 1 <= steps.pop() <= 2


def test_live_begins_anew_for_what_init_reads_unless_a_long_run_would_be_lost(compare):
    course = compare({}, {})
    course.lockstep.live = True
    lane = course.lockstep.lanes[0]
    lane.session.engine.set("origin", 5.0)
    lane.session.changed("origin", settled=True)
    course.rest()
    assert (lane.session.engine.runs, lane.steps) == (2, 1)
    for _ in range(20):
        course.lockstep.step()
    course.rest()
    lane.session.changed("origin", settled=True)
    course.rest()
    assert lane.session.engine.runs == 2
    assert lane.steps == 22


def test_a_pace_limits_the_steps_of_all(compare):
    course = compare({}, {})
    course.lockstep.rate = 1.0
    course.lockstep.run()
    course.until(lambda: course.lockstep.steps == 1)
    for _ in range(20):  # the second step is due in a second
        course.lockstep.poll()
    assert course.lockstep.running
    assert course.lockstep.steps <= 2
    course.lockstep.stop()
    course.rest()


def test_no_thread_waits_for_another():
    entered, leave = threading.Event(), threading.Event()

    class Stuck(iv.Simulation):
        stuck = iv.Checkbox(False)
        count = iv.Trace()

        def init(self):
            self.count = 0.0

        def step(self):
            self.count = 1.0
            if self.stuck:
                entered.set()
                leave.wait(30)

    lanes = [Lane(str(i), Stuck, {"stuck": bool(i)}, 0, lambda restart: None) for i in (0, 1)]
    lockstep = Lockstep(lanes)
    lockstep.start()
    course = Course(lockstep)
    course.rest()
    lockstep.step()
    assert entered.wait(10)
    course.until(lambda: lanes[0].session.worker.settled)
    began = len(course.shown)
    for _ in range(5):
        assert lockstep.poll() is None
    lanes[0].session.worker.call(lambda: None)
    course.until(lambda: lanes[0].session.worker.settled)  # the first one still answers
    leave.set()
    course.rest()
    assert len(course.shown) == began + 1
    lockstep.close(10)


def test_frames_that_were_not_shown_leave_their_rows_to_the_next_one():
    engine = iv.Engine(Walk, seed=0)
    engine.init()
    frames = []
    for steps in (2, 0, 3):
        engine.run(steps)
        frames.append(engine.frame())
    whole = joined(joined(joined(None, frames[0]), frames[1]), frames[2])
    assert whole.trace_steps.tolist() == [1, 2, 3, 4, 5]
    assert whole.rasters["spikes"][:, 0].tolist() == [1, 2, 3, 4, 5]
    engine.init()
    assert not len(joined(whole, engine.frame()).trace_steps)  # another run
