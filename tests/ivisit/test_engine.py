"""The engine: life cycle, hand-over of parameters, recording, replay."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ivisit as iv
from ivisit.looks import FigureView
from ivisit.recording import Change, Recorder


class Walk(iv.Simulation):
    """A random walk that remembers what it saw."""

    rate = iv.Slider(0.5, 0.0, 1.0)
    weights = iv.DictSlider({"a": 0.1, "b": 0.2}, 0.0, 1.0)
    kick = iv.Button()
    position = iv.Trace()
    picture = iv.Image()
    text = iv.TextOutput()
    fail_at = iv.Slider(0, 0, 100)

    def main_init(self):
        self.log = ["main_init"]

    def init(self):
        self.log.append("init")
        self.buffer = np.zeros((2, 2))
        self.position = 0.0
        self.done = 0
        self.kicks = []

    def step(self):
        self.done += 1
        if self.done == self.fail_at:
            raise ZeroDivisionError("as wished")
        if self.kick:
            self.kicks.append(self.done)
        self.position += self.rate * self.rng.standard_normal() + self.kick
        self.buffer += 1
        self.picture = self.buffer

    def close(self):
        self.log.append("close")


@pytest.fixture
def engine():
    return iv.Engine(Walk)


def test_states_follow_the_life_cycle(engine):
    assert engine.state == "new"
    engine.init()
    assert engine.state == "ready"
    engine.run(3)
    assert (engine.state, engine.steps) == ("paused", 3)
    engine.init()
    assert (engine.state, engine.steps) == ("ready", 0)
    engine.close()
    engine.close()
    assert engine.state == "closed"
    assert engine.simulation.log == ["main_init", "init", "init", "close"]
    with pytest.raises(iv.IVisitError, match="the engine is closed"):
        engine.run(1)


def test_while_it_runs_the_state_says_so():
    seen = []

    class Watch(iv.Simulation):
        def step(self):
            seen.append(watched.state)

    watched = iv.Engine(Watch)
    watched.run(1)
    assert seen == ["running"]


def test_an_engine_that_never_ran_does_not_close_the_simulation(engine):
    engine.close()
    assert not hasattr(engine.simulation, "log")


def test_an_exception_gives_failed_and_init_leads_back(engine):
    engine.set("fail_at", 3)
    with pytest.raises(iv.RunError, match=r"Walk: step\(\) raised ZeroDivisionError: as wished"):
        engine.run(5)
    assert (engine.state, engine.steps) == ("failed", 2)
    failure = engine.failure
    assert failure.stage == "step"
    assert failure.file == __file__
    assert failure.source == 'raise ZeroDivisionError("as wished")'
    assert "ivisit/engine.py" not in failure.traceback
    with pytest.raises(iv.IVisitError, match="has failed"):
        engine.run(1)
    engine.set("fail_at", 0)
    engine.init()
    assert (engine.state, engine.failure) == ("ready", None)
    engine.run(5)


def test_sys_exit_in_a_step_is_a_failure_and_ctrl_c_is_not():
    class Leaves(iv.Simulation):
        def step(self):
            raise SystemExit(3)

    class Interrupted(iv.Simulation):
        def step(self):
            raise KeyboardInterrupt

    with pytest.raises(iv.RunError, match="SystemExit"):
        iv.Engine(Leaves).run(1)
    engine = iv.Engine(Interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.run(1)
    assert engine.state == "paused"


def test_in_sync_mode_a_value_takes_effect_before_the_next_step(engine):
    engine.init()
    engine.set("rate", 0.9)
    assert engine.simulation.rate == 0.5
    assert engine.parameters()["rate"] == 0.9
    engine.run(1)
    assert engine.simulation.rate == 0.9


def test_in_async_mode_a_value_takes_effect_at_once():
    engine = iv.Engine(Walk, mode="async")
    engine.set("rate", 0.9)
    assert engine.simulation.rate == 0.9


def test_a_refused_value_is_told_at_once_and_changes_nothing(engine):
    with pytest.raises(iv.ParameterError, match="Walk.rate: must be between 0 and 1, not 2"):
        engine.set("rate", 2)
    engine.run(1)
    assert engine.simulation.rate == 0.5
    assert engine.changes == []


def test_items_of_a_group_that_wait_together_are_merged(engine):
    engine.set("weights", {"a": 0.5})
    engine.set("weights", {"b": 0.6})
    engine.run(1)
    assert engine.simulation.weights == {"a": 0.5, "b": 0.6}


def test_a_button_is_true_during_exactly_one_step(engine):
    engine.run(2)
    engine.press("kick")
    engine.run(3)
    assert engine.simulation.kicks == [3]
    assert engine.simulation.kick is False


def test_callbacks_run_between_steps_and_their_errors_are_failures(engine):
    order = []
    engine.post(order.append, "called")
    engine.run(1)
    assert order == ["called"]
    engine.post(lambda: 1 / 0)
    with pytest.raises(iv.RunError, match=r"callback\(\) raised ZeroDivisionError"):
        engine.run(1)
    assert engine.failure.stage == "callback"


def test_a_watcher_hears_of_every_value_that_was_set(engine):
    heard = []
    engine.watch("rate", lambda: heard.append(engine.simulation.rate))
    engine.set("rate", 0.7)
    engine.run(1)
    assert heard == [0.7]
    with pytest.raises(iv.ParameterError, match="Did you mean 'rate'"):
        engine.watch("rat", print)


def test_same_seed_same_numbers_whatever_ran_before(engine):
    engine.run(10)
    first = engine.simulation.position
    engine.init()
    engine.run(10)
    assert engine.simulation.position == first
    assert iv.run(Walk, steps=10).outputs["position"] == first
    assert iv.run(Walk, steps=10, seed=1).outputs["position"] != first


def test_seed_none_draws_entropy_and_tells_it():
    a, b = iv.run(Walk, steps=5, seed=None), iv.run(Walk, steps=5, seed=None)
    assert a.seed != b.seed
    assert iv.run(Walk, steps=5, seed=a.seed).outputs["position"] == a.outputs["position"]


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True])
def test_other_seeds_are_refused(seed):
    with pytest.raises(iv.ParameterError, match="seed: must be a whole number from 0 on, or None"):
        iv.Engine(Walk, seed=seed)


def test_wrong_modes_records_and_intervals_are_refused():
    with pytest.raises(iv.ParameterError, match="mode: must be 'sync' or 'async', not 'fast'"):
        iv.Engine(Walk, mode="fast")
    with pytest.raises(iv.ParameterError, match="has no trace 'positon'. Did you mean 'position'"):
        iv.Engine(Walk, record=["positon"])
    with pytest.raises(iv.ParameterError, match="every: must be a whole number from 1 on, not 0"):
        iv.Engine(Walk, every=0)


def test_what_is_shown_does_not_change_with_the_simulations_arrays(engine):
    engine.run(1)
    frame = engine.frame()
    engine.run(5)
    assert frame.outputs["picture"].tolist() == [[1, 1], [1, 1]]


def test_frames_hand_out_every_recorded_row_once(engine):
    engine.run(3)
    first = engine.frame()
    engine.run(2)
    second = engine.frame()
    assert first.trace_steps.tolist() == [1, 2, 3]
    assert second.trace_steps.tolist() == [4, 5]
    assert len(second.traces["position"]) == 2
    assert engine.frame().trace_steps.size == 0


def test_a_new_run_forgets_the_outputs_of_the_former_one(engine):
    engine.run(1)
    engine.init()
    assert "picture" not in engine.frame().outputs


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.sampled_from(["rate", "kick", "weights"]),
            st.floats(0, 1),
        ),
        max_size=8,
    ),
    st.integers(0, 2**40),
)
def test_a_session_with_changes_is_replayed_bit_for_bit(actions, seed):
    values = {"rate": lambda v: v, "kick": lambda v: True, "weights": lambda v: {"a": v}}
    session = iv.Engine(Walk, seed=seed)
    session.init()
    for steps, name, value in actions:
        session.set(name, values[name](value))
        session.run(steps)
    session.run(2)
    again = iv.Engine(Walk, seed=seed)
    again.init()
    again.replay(session.changes, session.steps)
    assert again.simulation.position == session.simulation.position
    assert again.simulation.kicks == session.simulation.kicks
    assert [c for c in again.changes if c.step < again.steps] == [
        c for c in session.changes if c.step < session.steps
    ]


def test_a_change_tells_the_step_before_which_it_was_made(engine):
    engine.run(4)
    engine.set("rate", 0.25)
    engine.run(1)
    assert engine.changes == [Change(4, "rate", 0.25)]


def test_many_threads_may_set_while_the_engine_runs(engine):
    engine.init()
    stop = threading.Event()

    def turn():
        value = 0
        while not stop.is_set():
            value = (value + 1) % 100
            engine.set("rate", value / 100)

    threads = [threading.Thread(target=turn) for _ in range(3)]
    for thread in threads:
        thread.start()
    engine.run(3000)
    stop.set()
    for thread in threads:
        thread.join()
    replayed = iv.Engine(Walk)
    replayed.init()
    replayed.replay(engine.changes, engine.steps)
    assert replayed.simulation.position == engine.simulation.position


def test_until_ends_a_run_after_the_step_that_made_it_true(engine):
    assert engine.run(100, until=lambda s: s.done == 7) == 7
    assert engine.run(until=lambda s: s.done == 9) == 2
    with pytest.raises(iv.ParameterError, match="needs a number of steps"):
        engine.run()


def test_the_successor_keeps_what_fits_and_names_what_does_not(engine):
    class Newer(iv.Simulation):
        rate = iv.Slider(0.1, 0.0, 0.2)
        weights = iv.DictSlider({"a": 0.1, "b": 0.2}, 0.0, 1.0)

    engine.set("weights", {"a": 0.9})
    successor, problems = engine.successor(Newer)
    assert successor.simulation.weights == {"a": 0.9, "b": 0.2}
    assert "Newer.rate: must be between 0 and 0.2, not 0.5" in problems["rate"]
    assert "position" not in problems


def test_the_successor_keeps_how_much_is_recorded_and_how_large_figures_are(engine):
    engine = iv.Engine(Walk, seed=3, mode="async", every=2, limit=64)
    engine.figure_views["plot"] = FigureView((320, 240), limits={0: ((0, 1), (0, 1))})
    successor, _ = engine.successor(Walk)
    assert (successor.seed, successor.mode) == (3, "async")
    assert (successor.recorder.first_every, successor.recorder.limit) == (2, 64)
    assert successor.figure_views == {"plot": FigureView((320, 240))}
    successor.figure_views["plot"].size = (1, 1)
    assert engine.figure_views["plot"].size == (320, 240)


def test_the_successor_keeps_changed_ranges_of_controls_that_were_not_edited(engine):
    class Edited(iv.Simulation):
        rate = iv.Slider(0.1, 0.0, 0.2)
        weights = iv.DictSlider({"a": 0.5, "b": 0.2}, 0.0, 1.0)

    class Same(iv.Simulation):
        rate = Walk.rate

    engine.adjust("rate", maximum=9.0)
    engine.set("rate", 8.0)
    engine.run(1)
    successor, problems = engine.successor(Same)
    assert (successor.simulation.rate, successor.control("rate").maximum) == (8.0, 9.0)
    assert "rate" not in problems
    successor, problems = engine.successor(Edited)
    assert successor.control("rate").maximum == 0.2
    assert "between 0 and 0.2, not 8" in problems["rate"]


def test_what_a_callback_has_set_counts_in_the_step_before_which_it_was_called(engine):
    seen = []

    class Watching(iv.Simulation):
        rate = iv.Slider(0.0, 0.0, 9.0)

        def step(self):
            seen.append(self.rate)

    engine = iv.Engine(Watching)
    engine.init()
    engine.post(engine.set, "rate", 5.0)
    engine.run(2)
    assert seen == [5.0, 5.0]
    assert [(change.step, change.value) for change in engine.changes] == [(0, 5.0)]
    engine.post(lambda: engine.adjust("rate", maximum=3.0))
    engine.run(1)
    assert seen[-1] == 3.0


def test_a_recorder_with_a_limit_thins_itself_and_keeps_the_grid():
    recorder = Recorder(["x"], limit=100)
    for step in range(1, 1001):
        if step % recorder.every == 0:
            recorder.record(step, {"x": float(step)})
    steps, columns = recorder.table()
    assert 50 <= len(steps) <= 101
    assert np.array_equal(steps, columns["x"])
    assert len(set(np.diff(steps))) == 1


def test_rows_taken_before_thinning_are_not_taken_again():
    recorder = Recorder(["x"], limit=10)
    taken = []
    for step in range(1, 200):
        if step % recorder.every == 0:
            recorder.record(step, {"x": 0.0})
        if step % 7 == 0:
            taken += recorder.take()[0].tolist()
    assert taken == sorted(set(taken))


def test_a_trace_without_value_is_recorded_as_nan():
    class Late(iv.Simulation):
        x = iv.Trace()

        def init(self):
            self.n = 0

        def step(self):
            self.n += 1
            if self.n == 3:
                self.x = 5

    column = iv.run(Late, steps=4).traces["x"]
    assert np.isnan(column[:2]).all()
    assert column[2:].tolist() == [5, 5]


# Random numbers -------------------------------------------------------------------------------


def test_an_instance_has_random_numbers_of_seed_0_until_a_run_brings_its_own():
    class Early(iv.Simulation):
        def __init__(self):
            self.drawn = self.rng.random(3).tolist()

    simulation = Early()
    expected = np.random.default_rng(0)
    assert simulation.drawn == expected.random(3).tolist()
    assert simulation.rng.random() == expected.random()  # they go on
    assert simulation.rng is simulation.rng
    assert Early().rng is not simulation.rng
    iv.Engine(simulation, seed=5).init()
    assert simulation.rng.random() == np.random.default_rng(5).random()
