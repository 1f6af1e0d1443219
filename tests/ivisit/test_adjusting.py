"""Ranges, steps and labels that belong to one simulation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ivisit as iv
from ivisit.recording import Adjustment, Change
from ivisit.runs.single import replay, result_of


class Walk(iv.Simulation):
    """A slider of each kind, and a random walk."""

    rate = iv.Slider(0.5, 0.0, 1.0, step=0.1)
    count = iv.Slider(3, 0, 10)
    weights = iv.DictSlider({"a": 0.5, "b": iv.Slider(2, 0, 9)}, 0.0, 1.0)
    flag = iv.Checkbox()
    position = iv.Trace()

    def init(self):
        self.position = 0.0

    def step(self):
        self.position += self.rate * self.count * self.rng.normal() + self.weights["b"]


@pytest.fixture
def engine():
    engine = iv.Engine(Walk)
    engine.init()
    return engine


def test_a_range_changes_for_one_simulation_and_for_no_other(engine):
    other = iv.Engine(Walk)
    engine.adjust("rate", maximum=5.0)
    engine.set("rate", 4.0)
    engine.run(1)
    assert engine.simulation.rate == 4.0
    assert engine.simulation.parameters.control("rate").maximum == 5.0
    assert Walk.rate.maximum == other.control("rate").maximum == 1.0
    with pytest.raises(iv.ParameterError, match="between 0 and 1, not 4"):
        other.set("rate", 4.0)


def test_minimum_and_maximum_move_past_each_other_in_one_write(engine):
    engine.adjust("rate", minimum=7.0, maximum=9.0)
    assert engine.parameters()["rate"] == 7.0
    assert engine.control("rate").default == 7.0
    engine.adjust("rate", minimum=0.0, maximum=1.0)
    assert engine.control("rate").default == 0.5  # as declared, not as it was brought inside


def test_a_value_waits_for_the_next_step_but_its_range_holds_for_assignments_at_once(engine):
    engine.adjust("count", maximum=50)
    engine.set("count", 40)
    assert engine.simulation.count == 3
    assert engine.simulation.parameters.control("count").maximum == 10
    engine.run(1)
    assert engine.simulation.count == 40
    assert engine.simulation.parameters.control("count").maximum == 50


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("rate", {"minimum": 2.0}, "Walk.rate, maximum: must be larger than the minimum 2"),
        ("rate", {"maximum": float("nan")}, "Walk.rate, maximum: must be a finite number"),
        ("rate", {"step": 3.0}, "Walk.rate, step: must be positive and at most the range 1"),
        ("rate", {"maximmu": 3.0}, "Walk.rate: has no adjustable argument of a Slider 'maximmu'"),
        ("rate", {"default": 3.0}, "has no adjustable argument of a Slider 'default'"),
        ("rate", {"label": 3}, "Walk.rate, label: must be a text, not 3"),
        ("count", {"maximum": 5.5}, "Walk.count, maximum: must be a whole number"),
        ("flag", {"maximum": 5}, "has no adjustable argument of a Checkbox 'maximum'"),
        ("weights", {"items": {"c": {}}}, "Walk.weights: has no item 'c'"),
        ("weights", {"items": {"a": {"maximum": -1.0}}}, "Walk.weights.a, maximum: must be larger"),
        ("weights", {"items": 3}, "Walk.weights, items: must be a dict"),
        ("weights", {"items": {"a": 3}}, "Walk.weights.a: must be a dict of changed arguments"),
        ("rat", {"maximum": 2.0}, "Walk: has no parameter 'rat'. Did you mean 'rate'"),
    ],
)
def test_a_contradictory_change_is_refused_by_name_and_changes_nothing(
    engine, name, changes, message
):
    engine.adjust("rate", label="Speed")
    before = repr(engine.control("rate"))
    for adjust in (engine.adjust, Walk().parameters.adjust):
        with pytest.raises(iv.ParameterError) as caught:
            adjust(name, **changes)
        assert message in str(caught.value)
    assert repr(engine.control("rate")) == before
    engine.run(1)
    assert [type(entry) for entry in engine.changes] == [Adjustment]


def test_items_of_a_dict_are_adjusted_one_by_one(engine):
    engine.adjust("weights", items={"a": {"maximum": 3.0}})
    engine.adjust("weights", items={"b": {"minimum": 5}}, label="Weights of both")
    engine.set("weights", {"a": 2.5})
    engine.run(1)
    assert engine.simulation.weights == {"a": 2.5, "b": 5}
    control = engine.simulation.parameters.control("weights")
    assert (control.label, control.items["a"].maximum) == ("Weights of both", 3.0)
    assert Walk.weights.items["a"].maximum == 1.0


def test_label_and_step_return_to_the_declared_ones_with_none():
    parameters = Walk().parameters
    parameters.adjust("rate", label="Speed", step=0.25)
    assert (parameters.control("rate").label, parameters.control("rate").step) == ("Speed", 0.25)
    parameters.adjust("rate", label=None, step=None)
    assert (parameters.control("rate").label, parameters.control("rate").step) == ("Rate", 0.001)


def test_in_mode_async_a_range_holds_at_once():
    engine = iv.Engine(Walk, mode="async")
    engine.adjust("count", minimum=5)
    assert engine.simulation.count == 5


def test_who_watches_a_value_hears_that_a_new_range_has_moved_it(engine):
    heard = []
    engine.watch("count", lambda: heard.append(engine.simulation.count))
    engine.adjust("count", maximum=20)
    engine.adjust("count", minimum=8)
    engine.run(1)
    assert heard == [8]


def test_changes_of_ranges_are_logged_with_their_step(engine):
    engine.run(2)
    engine.adjust("rate", maximum=5.0)
    engine.set("rate", 4.0)
    engine.run(1)
    assert engine.changes == [Adjustment(2, "rate", {"maximum": 5.0}), Change(2, "rate", 4.0)]


ACTIONS = st.one_of(
    st.tuples(st.just("rate"), st.floats(1.0, 50.0), st.floats(0, 1)),
    st.tuples(st.just("count"), st.integers(5, 50), st.integers(0, 5)),
)


@settings(deadline=None)
@given(st.lists(st.tuples(ACTIONS, st.integers(0, 3)), max_size=6), st.booleans())
def test_a_session_with_changed_ranges_is_saved_and_replayed_bit_for_bit(
    tmp_path_factory, actions, before_init
):
    session = iv.Engine(Walk, seed=5)
    if before_init:
        session.adjust("rate", maximum=70.0)
        session.set("rate", 66.0)
    session.init()
    for (name, maximum, value), steps in actions:
        session.adjust(name, maximum=maximum)
        session.set(name, value if steps else maximum)
        session.run(steps)
    session.run(2)
    result = result_of(session)
    path = result.save(tmp_path_factory.mktemp("session") / "r.npz")
    again = replay(Walk, iv.RunResult.load(path))
    assert again.traces["position"].tolist() == result.traces["position"].tolist()
    assert again.changes == result.changes
    assert (
        again.adjustments
        == result.adjustments
        == ({"rate": {"maximum": 70.0}} if before_init else {})
    )


# Parameter sets -------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:
        yield store


@pytest.fixture
def widened():
    simulation = Walk()
    simulation.parameters.adjust("rate", maximum=5.0, label="Speed")
    simulation.rate = 4.0
    return simulation


def test_a_set_keeps_the_ranges_under_which_it_was_saved(store, widened):
    saved = store.save(widened, "fast", dict(widened.parameters), layout={"delay": 3})
    assert saved.adjustments == {"rate": {"maximum": 5.0, "label": "Speed"}}
    loaded = store.load(Walk, "fast")
    assert (loaded["rate"], loaded.problems, loaded.layout["delay"]) == (4.0, {}, 3)
    fresh = Walk()
    fresh.parameters.take(loaded.adjustments, loaded)
    assert repr(fresh.parameters.control("rate")) == repr(widened.parameters.control("rate"))
    assert fresh.rate == 4.0


def test_a_run_from_a_set_has_its_ranges(store, widened):
    store.save(widened, "fast", dict(widened.parameters))
    result = iv.run(Walk, {"count": 2}, steps=1, store=store, parameter_set="fast")
    assert (result.parameters["rate"], result.parameters["count"]) == (4.0, 2)
    assert result.adjustments == widened.parameters.adjustments


def test_saving_by_the_class_forgets_ranges_and_keeps_the_rest_of_the_layout(store, widened):
    store.save(widened, "fast", dict(widened.parameters), layout={"delay": 3})
    again = store.save(Walk, "fast", {"rate": 0.75})
    assert (again.adjustments, again.layout) == ({}, {"delay": 3})
    store.save(widened, "fast", {"rate": 4.5})
    assert store.load(Walk, "fast").layout == {
        "delay": 3,
        "controls": {"rate": {"maximum": 5.0, "label": "Speed"}},
    }
    assert store.load("Walk", "fast")["rate"] == 4.5


def test_ranges_that_make_no_sense_any_more_are_told_by_name(store):
    store.save(
        "Walk", "odd", {"rate": 0.5, "count": 4}, layout={"controls": {"rate": {"minimum": 9}}}
    )
    loaded = store.load(Walk, "odd")
    assert dict(loaded) == {"count": 4}
    assert "Walk.rate, maximum: must be larger than the minimum 9" in loaded.problems["rate"]


def test_a_set_without_ranges_returns_a_control_to_its_declared_range_where_need_be(store):
    simulation = Walk()
    simulation.parameters.adjust("count", maximum=5)
    simulation.parameters.adjust("rate", label="Speed")
    simulation.parameters.take({}, {"count": 9, "rate": 1.0})
    assert (simulation.count, simulation.rate) == (9, 1.0)
    assert simulation.parameters.adjustments == {"rate": {"label": "Speed"}}
