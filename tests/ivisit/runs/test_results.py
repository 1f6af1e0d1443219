"""Results: columns, tables, statistics, sensitivity, pictures, repetition."""

from __future__ import annotations

import csv
import math
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ivisit as iv
from ivisit.errors import IVisitError, StoreError
from ivisit.runs import figures, overview, report
from ivisit.runs.sensitivity import binned_importance
from ivisit.runs.sweep_result import SweepResult
from ivisit.store import ParameterStore

LAB = '''
    """A table of numbers that may fail and diverge."""
    import math
    import ivisit as iv

    class Lab(iv.Simulation):
        rate = iv.Slider(1.0, 1e-3, 1e3, scale="log")
        rule = iv.OptionList("plain", ["plain", "odd"])
        loss = iv.Trace()
        seed = iv.Trace()

        def step(self):
            if self.rate > 500:
                raise ValueError("too fast")
            self.loss = math.nan if self.rate > 50 else self.rate + self.rng.random()
            self.seed = 0.1 + 0.2
'''


@pytest.fixture
def lab(write: Callable[[str, str], Path]) -> SweepResult:
    """A sweep of 4 rates, 2 rules and 3 repeats: 6 runs fail, 6 diverge."""
    path = write("lab.py", LAB)
    return iv.sweep(
        path,
        {"rate": [0.1, 1.0, 100.0, 1000.0], "rule": ["plain", "odd"]},
        repeats=3,
        steps=2,
        keep="all",
        workers=0,
        name="lab",
        store=path.with_suffix(".ivisit"),
    )


RAMP = '''
    import math
    import ivisit as iv

    class Ramp(iv.Simulation):
        """Rises by its rate; breaks above 5."""

        rate = iv.Slider(0.5, 0.0, 10.0)
        level = iv.Trace()
        check = iv.Trace()

        def step(self):
            self.level = (self.level or 0.0) + self.rate
            self.check = math.inf if self.rate > 5 else 0.0
'''


def test_a_condition_that_never_held_is_told_apart_from_numbers_that_are_not_finite(
    write: Callable[[str, str], Path],
) -> None:
    path = write("ramp.py", RAMP)
    told: list[Any] = []
    result = iv.sweep(
        path,
        {"rate": [0.0, 0.1, 1.0, 2.0, 9.0]},
        repeats=2,
        steps=3,
        metrics={"passed": "level:first>0.9", "check": "check", "worse": "check:first>1"},
        workers=0,
        name="ramp",
        store=path.with_suffix(".ivisit"),
        progress=lambda counts: told.append(counts.diverged),
    )
    assert result.metrics["passed"][2:5].tolist() == [1, 1, 1]
    assert result.never["passed"].tolist() == [True, True, False, False, False] * 2
    assert result.never["worse"].tolist() == [True, True, True, True, False] * 2
    assert result.diverged.tolist() == [False, False, False, False, True] * 2
    assert result.summary() == (
        "sweep 'ramp': 10 of 10 runs, 4 in which passed never held, "
        "8 in which worse never held, 2 with a metric that is not finite"
    )
    assert told[-1] == 2
    with ParameterStore(result.path) as store:
        assert store.count_diverged(result.sweep) == 2
        assert store.sweep_overview()[0]["diverged"] == 2
    summary = overview.summary_of(result)
    assert (summary["never"], summary["diverged"]) == ({"passed": 4, "worse": 8}, 2)
    caption = result.figure("rate", "passed").get_supxlabel()
    assert caption == "n = 10 runs, 0 failed, 2 not finite, 4 in which it never held"
    assert "<b>8</b><span>worse: never</span>" in report.page(result)


def test_where_a_condition_held_in_no_trial_that_is_said(
    write: Callable[[str, str], Path],
) -> None:
    path = write("ramp.py", RAMP)
    result = iv.optimize(
        path,
        {"rate": iv.Range(0.0, 0.1)},
        minimize="level:first>0.9",
        steps=3,
        trials=4,
        method="random",
        workers=0,
        store=path.with_suffix(".ivisit"),
    )
    assert "4 in which level:first>0.9 never held" in result.summary()
    assert result.summary().endswith("; level:first>0.9 has held in no trial")
    with pytest.raises(IVisitError, match=r"level:first>0\.9 has held in no trial"):
        result.best_parameters  # noqa: B018 - it is asked for


def test_columns_say_what_each_run_was_and_gave(lab: SweepResult) -> None:
    assert len(lab) == 24
    assert lab.summary() == (
        "sweep 'lab': 24 of 24 runs, 6 failed, 6 with a metric that is not finite"
    )
    assert lab.parameters["rate"].dtype == float
    assert lab.parameters["rule"].tolist() == ["plain", "odd"] * 12
    assert np.isfinite(lab.metrics["loss"]).sum() == 12
    assert lab.diverged.sum() == 6
    row = next(iter(lab))
    assert {name: type(value) for name, value in row.items()} == {
        "index": int, "repeat": int, "rate": float, "rule": str, "seed": int, "status": str,
        "steps": int, "loss": float, "seed (metric)": float, "duration": float,
    }  # fmt: skip
    assert lab.select(rate=0.1, rule="odd")["repeat"].tolist() == [0, 1, 2]
    assert len(lab.select(rate=[0.1, 1.0])) == 12
    with pytest.raises(IVisitError, match="has no column 'raet'"):
        lab.select(raet=1)


def test_statistics_count_finite_numbers_only(lab: SweepResult) -> None:
    table = lab.aggregate(["rate"], "loss", ("median", "mean", "q25", "n", "failed"))
    own = lab.metrics["loss"][lab.parameters["rate"] == 1.0]
    assert table["n"].tolist() == [6, 6, 0, 0]
    assert table["failed"].tolist() == [0, 0, 6, 6]
    assert table[1]["median"] == np.median(own)
    assert table[1]["mean"] == pytest.approx(own.mean())
    assert table[1]["q25"] == np.percentile(own, 25)
    assert math.isnan(table[2]["median"])
    rates, rules, matrix = lab.pivot("rate", "rule", "loss")
    assert rates.tolist() == [0.1, 1.0, 100.0, 1000.0]
    assert rules.tolist() == ["odd", "plain"]
    assert matrix[0, 1] == np.median(lab.select(rate=0.1, rule="plain")["loss"])
    assert np.isnan(matrix[2:]).all()
    with pytest.raises(IVisitError, match="one of median, mean, std"):
        lab.aggregate("rate", "loss", ["mode"])


def test_the_best_point_is_never_one_that_failed_or_diverged(lab: SweepResult) -> None:
    smallest, largest = lab.best("loss"), lab.best("loss:last", maximize=True)
    assert smallest[0]["parameters"]["rate"] == 0.1
    assert largest[0]["parameters"]["rate"] == 1.0
    assert all(math.isfinite(point["value"]) for point in lab.best("loss", n=4))
    assert math.isinf(lab.best("loss", n=8)[-1]["value"])


def test_a_csv_table_gives_the_same_bits(lab: SweepResult, tmp_path: Path) -> None:
    with lab.to_csv(tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert np.array([float(r["loss"]) for r in rows]).tobytes() == lab.metrics["loss"].tobytes()
    assert [int(row["seed"]) for row in rows] == lab.seed.tolist()
    assert float(rows[0]["seed (metric)"]) == 0.1 + 0.2


def test_pandas_and_parquet_keep_types(lab: SweepResult, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = lab.to_pandas()
    assert str(frame["rule"].dtype) == "category"
    assert str(frame["seed"].dtype) == "Int64"
    again = pandas.read_parquet(lab.to_parquet(tmp_path / "t.parquet"))
    assert again["seed"].tolist() == lab.seed.tolist()
    assert again["loss"].to_numpy().tobytes() == lab.metrics["loss"].tobytes()


def test_xarray_has_the_axes_as_dimensions(lab: SweepResult) -> None:
    pytest.importorskip("xarray")
    data = lab.to_xarray()
    assert data["loss"].dims == ("repeat", "rate", "rule")
    value = float(data["loss"].sel(repeat=2, rate=1.0, rule="odd"))
    assert value == lab.select(repeat=2, rate=1.0, rule="odd")["loss"][0]
    trace = data["loss (trace)"].sel(repeat=2, rate=1.0, rule="odd")
    assert trace.dims == ("step",)
    assert float(trace.sel(step=2)) == value
    assert data.attrs["sweep"] == "lab"


def test_what_needs_another_package_says_which(
    lab: SweepResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(IVisitError, match=r"to_pandas: needs pandas; pip install pandas"):
        lab.to_pandas()


def test_damaged_runs_are_told_and_never_served(lab: SweepResult) -> None:
    with closing(sqlite3.connect(lab.path)) as connection, connection:
        connection.execute("UPDATE run SET metrics = replace(metrics, '0.3', '0.4') "
                           "WHERE sweep_index = 3")  # fmt: skip
    with pytest.raises(StoreError, match="1 runs of the sweep 'lab' are damaged, the first with"):
        len(SweepResult(lab.path, "lab"))


def test_a_person_with_the_sqlite3_shell_sees_complete_runs(lab: SweepResult) -> None:
    with closing(sqlite3.connect(lab.path)) as connection:
        (one,) = connection.execute("SELECT * FROM sweeps").fetchall()
        assert one[1:8] == ("Lab", "lab", "sweep", "finished", 24, 24, 6)
        assert one[8] == 6
        rows = connection.execute(
            "SELECT parameters ->> 'rate', parameters ->> 'rule', provenance ->> 'python' FROM runs"
        ).fetchall()
    assert {(row[0], row[1]) for row in rows} == {
        (rate, rule) for rate in (0.1, 1.0, 100.0, 1000.0) for rule in ("plain", "odd")
    }
    assert {row[2] for row in rows} == {sys.version.split()[0]}
    with ParameterStore(lab.path) as store:
        run = store.load_run(int(lab.ids[0]))
        assert run.parameters == {"rate": 0.1, "rule": "plain"}
        assert run.provenance["versions"]["numpy"] == np.__version__
        assert len(list(store.runs(where={"rule": "odd"}))) == 12


# Repetition -------------------------------------------------------------------------------------


def test_a_repeated_run_is_identical_also_when_it_is_not_a_number_or_failed(
    lab: SweepResult,
) -> None:
    for index in (0, 4, 6, 23):
        again = iv.rerun(lab.path, int(lab.ids[lab.index == index][0]))
        assert again.identical is True
    assert again.status == "failed"


@pytest.mark.parametrize("drawing", ["raise OSError('no window')", "self.rng.random()"])
def test_a_run_of_a_sweep_is_identical_whatever_draw_does(
    write: Callable[[str, str], Path], drawing: str
) -> None:
    path = write(
        "drawn.py",
        f"""
        import ivisit as iv

        class Drawn(iv.Simulation):
            loss = iv.Trace()

            def init(self):
                if self.drawing:
                    self.draw()

            def step(self):
                self.loss = self.rng.random()

            def draw(self):
                {drawing}
        """,
    )
    swept = iv.sweep(path, steps=2, workers=0, store=path.with_suffix(".ivisit"))
    again = iv.rerun(swept.path, int(swept.ids[0]))
    assert (again.status, again.identical) == ("finished", True)


def test_parameters_may_be_called_as_columns_and_statistics(
    write: Callable[[str, str], Path],
) -> None:
    names = ["n", "median", "seed", "steps", "repeat", "status", "duration"]
    lines = ["import ivisit as iv", "class Named(iv.Simulation):"]
    lines += [f"    {name} = iv.Slider(1, 0, 9)" for name in names]
    lines += ["    loss = iv.Trace()", "    def step(self):", "        self.loss = self.n"]
    path = write("named.py", "\n".join(lines))
    swept = iv.sweep(
        path, {name: [1, 2] for name in names}, steps=3, workers=0, store=path.with_suffix(".db")
    )
    table = swept.table()
    assert set(table["steps"]) == {3}
    assert set(table["repeat"]) == {0}
    assert len(set(table["seed"])) == len(swept) == 2 ** len(names)
    for name in names:
        own = swept.parameter_column(name)
        assert set(table[own]) == {1, 2}
        assert swept.figure(name, "loss").axes
        assert len(swept.select(**{name: 2})) == len(swept) / 2
    summary = swept.aggregate(["n", "median"], "loss")
    assert summary["median (statistic)"].tolist() == summary["n"].tolist() == [1, 1, 2, 2]
    assert set(summary["n (statistic)"]) == {len(swept) / 4}


def test_a_run_that_gives_other_numbers_now_is_told(
    lab: SweepResult, write: Callable[[str, str], Path]
) -> None:
    write("lab.py", LAB.replace("self.rate + self", "2 * self.rate + self"))
    assert iv.rerun(lab.path, int(lab.ids[0])).identical is False
    assert iv.rerun(lab.path, int(lab.ids[0]), stored_source=True).identical is True
    with ParameterStore(lab.path) as store:
        alone = store.save_run("Lab", parameters={}, seed=0, steps=1, status="finished")
    with pytest.raises(IVisitError, match="only sweeps of files keep their sources"):
        iv.rerun(lab.path, alone, stored_source=True)
    with pytest.raises(StoreError, match="has no run with the number 999"):
        iv.rerun(lab.path, 999)


# Sensitivity --------------------------------------------------------------------------------------

ISHIGAMI = '''
    """Ishigami and Homma, Proc. ISUMA (1990) 398, with a = 7 and b = 0.1."""
    import math
    import ivisit as iv

    class Ishigami(iv.Simulation):
        x = iv.Slider(0.0, -math.pi, math.pi)
        y = iv.Slider(0.0, -math.pi, math.pi)
        z = iv.Slider(0.0, -math.pi, math.pi)
        f = iv.Trace()

        def step(self):
            x, y, z = self.x, self.y, self.z
            self.f = math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)
'''

#: Saltelli et al., Sensitivity Analysis in Practice (2004), equations 5.14 to 5.16.
VARIANCE = 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
TOTAL = {
    "x": (0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2 + 8 * 0.01 * np.pi**8 / 225) / VARIANCE,
    "y": 49 / 8 / VARIANCE,
    "z": 8 * 0.01 * np.pi**8 / 225 / VARIANCE,
}
FIRST = {"x": 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2 / VARIANCE, "y": 49 / 8 / VARIANCE, "z": 0.0}


def test_sobol_indices_of_ishigami_lie_within_their_intervals(
    write: Callable[[str, str], Path],
) -> None:
    path = write("ishigami.py", ISHIGAMI)
    result = iv.sweep(
        path, {name: iv.Range() for name in "xyz"}, steps=1, sample=("saltelli", 512), workers=0,
        store=path.with_suffix(".ivisit"),
    )  # fmt: skip
    assert len(result) == 512 * 5
    table = result.sensitivity("f")
    for row in table:
        name = row["parameter"]
        assert row["total_low"] - 0.02 < TOTAL[name] < row["total_high"] + 0.02
        assert row["first_low"] - 0.02 < FIRST[name] < row["first_high"] + 0.02
        assert row["total"] == pytest.approx(TOTAL[name], abs=0.08)
    assert result.importance("f").axes[0].get_xlabel().startswith("total Sobol index")


def test_sensitivity_needs_its_sample_whole(lab: SweepResult) -> None:
    with pytest.raises(IVisitError, match=r"needs a sample \('saltelli', n\) and no axes"):
        lab.sensitivity("loss")


def test_binned_importance_is_the_share_of_variance_between_values() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 4, 20_000), rng.integers(0, 4, 20_000)
    values = 2.0 * a + b
    # Var(2a) : Var(b) is 4 : 1.
    assert binned_importance(a, values) == pytest.approx(0.8, abs=0.01)
    assert binned_importance(b, values) == pytest.approx(0.2, abs=0.01)
    assert binned_importance(a, np.ones(20_000)) == 0.0


# Pictures ---------------------------------------------------------------------------------------


def test_each_picture_shows_the_data_and_tells_what_is_missing(lab: SweepResult) -> None:
    made = {
        "lines": lab.figure("rate", "loss", by="rule"),
        "heat map": lab.heatmap("rate", "rule", "loss"),
        "parallel": lab.parallel("loss"),
        "importance": lab.importance("loss"),
        "pareto": lab.pareto("loss", "seed"),
    }
    for name, figure in made.items():
        figure.canvas.draw()
        assert "n = 24 runs, 6 failed, 6 not finite" in figure.get_supxlabel(), name
    axes = made["lines"].axes[0]
    assert axes.get_xscale() == "log"
    medians = lab.aggregate("rate", "loss", ["median"])["median"]
    drawn = [line.get_ydata() for line in axes.lines if line.get_label().startswith("rule")]
    assert len(drawn) == 2
    assert np.isfinite(medians).sum() == 2
    hatches = [patch.get_hatch() for patch in made["heat map"].axes[0].patches]
    assert sorted(hatches) == ["//", "//", "xx", "xx"]
    assert [text.get_text() for text in made["heat map"].axes[0].texts] == ["3"] * 4


def test_the_picture_fits_the_number_of_axes(lab: SweepResult, tmp_path: Path) -> None:
    assert lab.picture("loss").axes[0].images
    path = lab.path.with_suffix(".py")
    store = lab.path
    one = iv.sweep(path, {"rate": [0.1, 1.0]}, steps=1, workers=0, store=store)
    assert one.picture().axes[0].lines
    none = iv.sweep(path, steps=1, workers=0, store=store)
    none.picture().canvas.draw()
    with pytest.raises(IVisitError, match="has no varied parameter 'x'"):
        lab.figure("x", "loss")


def test_a_pareto_front_holds_what_no_other_point_beats() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.random((2, 200))
    front = set(figures.pareto_front(a, b).tolist())
    for i in range(200):
        beaten = ((a <= a[i]) & (b <= b[i]) & ((a < a[i]) | (b < b[i]))).any()
        assert (i in front) == (not beaten)


def test_an_unfinished_sweep_says_so_in_its_pictures(lab: SweepResult) -> None:
    with closing(sqlite3.connect(lab.path)) as connection, connection:
        connection.execute("DELETE FROM run WHERE sweep_index >= 20")
    result = SweepResult(lab.path, "lab")
    assert not result.complete
    assert "4 not done yet" in result.heatmap("rate", "rule", "loss").get_supxlabel()
    with closing(sqlite3.connect(lab.path)) as connection, connection:
        connection.execute("DELETE FROM run")
    with pytest.raises(IVisitError, match="has no runs to draw yet"):
        SweepResult(lab.path, "lab").picture()


def test_a_result_shows_itself_in_a_notebook(lab: SweepResult) -> None:
    html: Any = lab._repr_html_()
    assert html.count("<tr>") == 11
    assert "24 of 24 runs" in html
