"""`Table`: small arrays of numbers as parameters."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.controls.table import rows_of_text
from ivisit.parameters import parse_values


class Fit(iv.Simulation):
    """A line through points."""

    points = iv.Table([[0, 1], [2, 3]], columns=["x", "y"])
    slope = iv.Trace()

    def step(self):
        x, y = self.points.T
        self.slope = np.polyfit(x, y, 1)[0] if len(x) > 1 else 0.0


def test_reading_gives_an_array_of_its_own():
    simulation = Fit()
    array = simulation.points
    assert array.shape == (2, 2)
    assert array.dtype == np.float64
    array[:] = 0
    assert simulation.points.tolist() == [[0, 1], [2, 3]]
    simulation.points = np.arange(6).reshape(3, 2)
    assert simulation.points.shape == (3, 2)
    simulation.points = []
    assert simulation.points.shape == (0, 2)


@pytest.mark.parametrize(
    "value",
    [1.0, "x", [1, 2], [[1, 2, 3]], [[1, 2], [3]], [["a", "b"]], [[1, np.nan]], [[1, None]], None],
)
def test_what_does_not_fit_is_refused(value):
    with pytest.raises(iv.ParameterError, match=r"Fit\.points: must be an array of"):
        Fit().points = value


def test_too_many_rows_and_wrong_columns_are_refused():
    with pytest.raises(iv.ParameterError, match="at most 10000 rows"):
        Fit().points = np.zeros((10_001, 2))
    for columns, message in (([], "a list of texts"), ("xy", "a list of texts"),
                             (["x", "x"], "different from each other")):  # fmt: skip
        with pytest.raises(iv.ParameterError, match=message):
            type(iv.Simulation)("Wrong", (iv.Simulation,), {"p": iv.Table(columns=columns)})
    with pytest.raises(iv.ParameterError, match="its default must be"):
        type(iv.Simulation)("Wrong", (iv.Simulation,), {"p": iv.Table([[1]], columns=["x", "y"])})


def test_a_command_line_takes_json_and_csv_files(tmp_path):
    def parse(text):
        return parse_values(Fit.controls, "Fit", {"points": text})["points"]

    assert parse("[[1, 2.5]]") == ((1.0, 2.5),)
    (tmp_path / "p.csv").write_text("x,y\n1,2\n3,4\n")
    assert parse(str(tmp_path / "p.csv")) == ((1.0, 2.0), (3.0, 4.0))
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n3,four\n")
    for text, message in (
        ("[[1, 2]", "JSON"),
        ("nowhere.csv", "the name of a CSV file"),
        (str(tmp_path / "bad.csv"), "line 3"),
    ):
        with pytest.raises(iv.ParameterError, match=message):
            parse(text)
    assert parse(Fit.points.text(parse("[[0.1, 1e300]]"))) == ((0.1, 1e300),)


def test_a_heading_separators_and_blanks_are_understood():
    for text in ("a,b\n1,2\n", "1\t2", "1;2\n\n", " 1 2 "):
        assert rows_of_text(text) == [[1.0, 2.0]]


numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(numbers, numbers), max_size=20))
def test_it_comes_back_from_a_store_and_from_a_result(rows):
    simulation = Fit()
    simulation.points = rows
    kept = simulation.parameters["points"]
    assert json.loads(json.dumps(kept)) == [list(row) for row in rows]
    assert Fit.points.validate(json.loads(json.dumps(kept))) == kept


def test_sets_runs_results_and_replays_keep_it(tmp_path):
    points = [[0.0, 0.0], [1.0, 5.0], [0.1, 1e-300]]
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:
        store.save(Fit, "mine", {"points": points})
        assert store.load(Fit, "mine")["points"] == tuple(map(tuple, points))
        store.save(Fit, "other", {"points": points[:2]})
        assert "points" in store.diff(Fit, "mine", "other")
        result = iv.run(Fit, steps=2, store=store, parameter_set="mine")
    assert result.traces["slope"][0] > 4
    result.save(tmp_path / "r.npz")
    loaded = iv.RunResult.load(tmp_path / "r.npz")
    assert loaded == result
    assert iv.replay(Fit, loaded) == result


def test_the_simulation_adds_rows_and_a_replay_repeats_that():
    class Click(Fit):
        canvas = iv.Image(pointer=True)

        def init(self):
            self.canvas = np.zeros((4, 4))

        def pointer(self, event):
            self.points = np.vstack([self.points, [event.column, event.row]])

    event = iv.PointerEvent("canvas", row=3, column=1)
    result = iv.run(Click, steps=3, events=[(1, event), (2, event)])
    assert iv.replay(Click, result) == result
    assert result.traces["slope"][2] != result.traces["slope"][0]
