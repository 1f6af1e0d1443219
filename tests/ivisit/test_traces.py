"""Traces of several numbers, rasters, histograms and the time of a step, without a window."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.recording import SparseRecorder
from ivisit.timing import step_time, time_text


class Orbit(iv.Simulation):
    """A point on a circle, and its spikes."""

    step_duration = "dt"

    dt = iv.Slider(0.1, 0.01, 1.0, unit="s")
    position = iv.Trace(names=["x", "y"])
    radius = iv.Trace(plot="lengths", scale="log")
    error = iv.Trace(plot="lengths")
    spikes = iv.Raster(10)
    speeds = iv.Histogram(4, vmin=0, vmax=1)

    def init(self):
        self.t = 0
        self.point = np.zeros(2)

    def step(self):
        self.t += 1
        self.point[:] = np.cos(self.t * self.dt), np.sin(self.t * self.dt)
        self.position = self.point
        self.radius = np.hypot(*self.point)
        self.error = 1e-9
        if self.t % 2:
            self.spikes = [self.t % 10, (self.t + 3) % 10]
        self.speeds = self.rng.random()


def test_an_array_a_step_is_recorded_as_rows_although_it_is_changed_in_place():
    result = iv.run(Orbit, steps=20)
    t = np.arange(1, 21) * 0.1
    np.testing.assert_allclose(result.traces["position"], np.column_stack([np.cos(t), np.sin(t)]))
    assert result.outputs["position"].shape == (2,)


def test_components_have_names_in_columns_metrics_and_tables(tmp_path):
    result = iv.run(Orbit, steps=5, every=2)
    assert list(result.columns) == ["position.x", "position.y", "radius", "error"]
    assert result.metrics["position.y"] == pytest.approx(np.sin(0.4))
    result.to_csv(tmp_path / "r.csv")
    with open(tmp_path / "r.csv") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["step", "time (s)", "position.x", "position.y", "radius", "error"]
    assert [float(row[1]) for row in rows[1:]] == [0.2, 0.4]
    assert [float(row[2]) for row in rows[1:]] == result.columns["position.x"].tolist()


def test_a_single_component_is_recorded_by_name():
    result = iv.run(Orbit, steps=5, record=["position.y", "error"])
    assert {name: rows.shape for name, rows in result.traces.items()} == {
        "position.y": (5,),
        "error": (5,),
    }
    np.testing.assert_allclose(result.traces["position.y"], np.sin(np.arange(1, 6) * 0.1))
    with pytest.raises(iv.ParameterError, match=r"position\.y"):
        iv.run(Orbit, steps=1, record=["position.z"])


def test_a_raster_is_recorded_sparsely_and_a_step_that_assigns_nothing_is_silent():
    result = iv.run(Orbit, steps=5)
    expected = [[t, (t + shift) % 10] for t in (1, 3, 5) for shift in (0, 3)]
    assert result.rasters["spikes"].tolist() == expected
    assert "spikes" not in result.metrics
    assert iv.run(Orbit, steps=5, record=["error"]).rasters == {}
    assert iv.run(Orbit, steps=4).outputs["spikes"].tolist() == []


def test_results_with_all_of_these_are_saved_compared_replayed_and_drawn(tmp_path):
    result = iv.run(Orbit, {"dt": 0.2}, steps=7, seed=3)
    result.save(tmp_path / "r.npz")
    loaded = iv.RunResult.load(tmp_path / "r.npz")
    assert loaded == result
    assert (loaded.step_duration, loaded.step_unit) == (0.2, "s")
    assert iv.replay(Orbit, loaded) == result
    assert iv.run(Orbit, {"dt": 0.2}, steps=8, seed=3) != result
    figure = loaded.figure()
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["Position", "lengths", "Spikes", "Speeds"]
    lengths = figure.axes[1]
    assert lengths.get_yscale() == "log"
    assert [line.get_label() for line in lengths.lines] == ["Radius", "Error"]
    assert lengths.get_xlabel() == "time (s)"
    figure.savefig(tmp_path / "r.png")


def test_a_histogram_counts_numbers_over_the_run_and_arrays_for_themselves():
    result = iv.run(Orbit, steps=200, seed=1)
    table = result.outputs["speeds"]
    expected, edges = np.histogram([np.random.default_rng(1).random(200)], bins=4, range=(0.0, 1.0))
    np.testing.assert_array_equal(table[:, 2], expected)
    np.testing.assert_allclose(table[:, 0], edges[:-1])

    class Weights(iv.Simulation):
        every = iv.Histogram(3)
        latest = iv.Histogram(3, last=2)
        few = iv.Histogram(2, last=3)

        def step(self):
            self.every = self.latest = self.rng.normal(size=(10, 10))
            self.few = self.rng.integers(100)

    outputs = iv.run(Weights, steps=5).outputs
    assert outputs["every"][:, 2].sum() == 100
    assert outputs["latest"][:, 2].sum() == 200
    assert outputs["few"][:, 2].sum() == 3


def test_a_histogram_of_nothing_of_one_value_and_of_what_is_not_finite():
    class Odd(iv.Simulation):
        value = iv.Histogram(2)

        def step(self):
            self.value = [np.nan, np.inf, 3.0, 3.0]

    assert Odd().value is None
    assert iv.run(Odd, steps=1).outputs["value"][:, 2].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: iv.Trace(size=0), "size: must be a whole number from 1"),
        (lambda: iv.Trace(size=2, names=["a"]), "names: must be 2 different texts"),
        (lambda: iv.Trace(names=["a", "a"]), "names: must be 2 different texts"),
        (lambda: iv.Trace(scale="logarithmic"), "scale: must be 'linear', 'log' or 'symlog'"),
        (lambda: iv.Trace(span=1), "span: must be a whole number from 2"),
        (lambda: iv.Trace(vmin=2, vmax=1), "vmax: must be larger than vmin 2"),
        (lambda: iv.Trace(scale="log", vmin=0), "vmin: must be positive"),
        (lambda: iv.Raster(0), "n_units: must be a whole number from 1"),
        (lambda: iv.Histogram(0), "bins: must be a whole number from 1"),
        (lambda: iv.Histogram(last=0), "last: must be a whole number from 1"),
    ],
)
def test_declarations_that_contradict_themselves_are_refused(make, message):
    with pytest.raises(iv.ParameterError, match=message):
        type(iv.Simulation)("Wrong", (iv.Simulation,), {"panel": make()})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", 1.0),
        ("position", [1.0, 2.0, 3.0]),
        ("position", ["a", "b"]),
        ("spikes", [10]),
        ("spikes", [-1]),
        ("spikes", [0.5]),
        ("spikes", np.ones(9, bool)),
        ("speeds", "fast"),
    ],
)
def test_values_that_do_not_fit_are_refused(name, value):
    with pytest.raises(iv.ParameterError, match=rf"Orbit\.{name}: must be"):
        setattr(Orbit(), name, value)


def test_a_raster_takes_bools_and_indices():
    simulation = Orbit()
    simulation.spikes = np.arange(10) % 4 == 1
    assert simulation.spikes.tolist() == [1, 5, 9]
    simulation.spikes = []
    assert simulation.spikes.tolist() == []


@given(st.lists(st.lists(st.integers(0, 99), max_size=5), max_size=60), st.integers(4, 40))
def test_a_sparse_recorder_hands_everything_out_once(steps, limit):
    recorder, whole = SparseRecorder(["a"], limit), SparseRecorder(["a"])
    expected, taken = [], []
    for step, units in enumerate(steps, 1):
        outputs = {"a": np.array(units, np.int64)}
        recorder.record(step, dict(outputs))
        whole.record(step, dict(outputs))
        expected += [[step, unit] for unit in units]
        taken += whole.take()["a"].tolist()
    assert whole.table()["a"].tolist() == taken == expected
    kept = recorder.table()["a"].tolist()
    assert kept == expected[len(expected) - len(kept) :]
    assert min(len(expected), limit // 2 - 5) <= len(kept) <= limit + 5


def test_what_a_step_is_in_time():
    assert step_time(Orbit()) == (0.1, "s")
    assert time_text(812, 0.1, "s") == "step 812 (81.2 s)"

    class Fixed(iv.Simulation):
        step_duration = 0.5
        step_unit = "ms"

    assert step_time(Fixed()) == (0.5, "ms")

    class Wrong(iv.Simulation):
        step_duration = -1

    with pytest.raises(iv.ParameterError, match=r"Wrong\.step_duration: must be a positive"):
        step_time(Wrong())
