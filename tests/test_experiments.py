"""The experiments: each runs, says what it asks, and publishes what its rows bear out."""

from __future__ import annotations

import ast
import csv
import importlib
import json
import math
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from scipy import stats

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "experiments"
PUBLISHED = ROOT / "docs" / "experiments"


def module(name: str) -> ModuleType:
    """Import a module of the experiments, which import each other by their bare names."""
    if str(SCRIPTS) not in sys.path:
        sys.path.append(str(SCRIPTS))
    return importlib.import_module(name)


NAMES = module("run_all").names()
ON_A_DISPLAY = {"old_scripts_speed"}
RUNNABLE = [
    pytest.param(name, marks=pytest.mark.window if name in ON_A_DISPLAY else ()) for name in NAMES
]


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_small_version_runs_and_writes_rows_picture_and_caption(name, tmp_path):
    experiment = module(name).EXPERIMENT
    experiment.run(tmp_path, quick=True)
    with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)
    with Image.open(tmp_path / f"{name}.png") as picture:
        assert picture.format == "PNG"
        assert picture.width > 500
    caption = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert caption["title"].endswith("?")
    assert "arXiv:" in caption["reference"] or "docs/" in caption["reference"]
    assert caption["command"] == f"python experiments/{name}.py --quick"
    assert caption["versions"].keys() >= {"python", "ivisit-lab", "numpy", "scipy"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", caption["date"])
    assert caption["intervals"]
    for claim in caption["claims"]:
        assert claim["sentence"]
        assert claim["number"]
        assert isinstance(claim["holds"], bool)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_short_and_says_first_what_it_asks_and_whose_figure_it_is(name):
    text = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    about = ast.get_docstring(ast.parse(text))
    assert about.splitlines()[0].endswith("?")
    assert "\nReference: " in about


def numbers(text: str) -> list[float]:
    """Return the numbers in a text."""
    return [float(number) for number in re.findall(r"-?(?:inf|[\d.]*\d(?:e[+-]?\d+)?)", text)]


@pytest.mark.parametrize("name", NAMES)
def test_published_claims_are_those_that_the_published_rows_bear_out(name):
    experiment, common = module(name).EXPERIMENT, module("common")
    caption = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    claims = experiment.claims(common.read(PUBLISHED / f"{name}.csv"))
    assert claims
    assert len(claims) == len(caption["claims"])
    for claim, published in zip(claims, caption["claims"], strict=True):
        assert (claim.sentence, claim.holds) == (published["sentence"], published["holds"])
        # Bounds of a bootstrap move with the versions of the libraries
        assert numbers(claim.number) == pytest.approx(numbers(published["number"]), rel=0.05)
    assert caption["command"] == f"python experiments/{name}.py"
    assert (PUBLISHED / f"{name}.png").exists()


def test_the_page_with_the_table_of_claims_is_not_stale():
    write_page = module("write_page")
    assert {name for part in write_page.PARTS.values() for name in part} == set(NAMES)
    assert (PUBLISHED / "README.md").read_text(encoding="utf-8") == write_page.page(PUBLISHED), (
        "run python experiments/write_page.py"
    )


def test_captions_name_no_machine_and_no_folder_of_it():
    for caption in PUBLISHED.glob("*.json"):
        text = caption.read_text(encoding="utf-8")
        assert not re.search(r"[\"\s](/|[A-Z]:\\|~/)\w", text), caption.name


# Intervals, against what they are by definition


def test_a_mean_has_the_interval_of_students_t():
    values = [1.0, 2.0, 4.0, 4.5]
    interval = module("intervals").mean(values)
    low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (interval.value, interval.low, interval.high) == pytest.approx((2.875, low, high))


def test_a_share_has_the_interval_of_wilson():
    interval = module("intervals").share(8, 10)
    z, p, n = stats.norm.ppf(0.975), 0.8, 10
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert (interval.low, interval.high) == pytest.approx((center - half, center + half))


def test_the_interval_of_a_median_covers_it_as_often_as_it_promises():
    rng = np.random.default_rng(0)
    median = module("intervals").median
    intervals = [median(rng.exponential(size=15)) for _ in range(2000)]
    covered = np.mean([i.low <= math.log(2) <= i.high for i in intervals])
    assert 0.95 < covered < 0.98  # 1 - 2 P(Binomial(15, 1/2) < 4) is 0.965


def test_the_median_of_what_never_ends_is_infinite_without_a_warning(recwarn):
    median = module("intervals").median
    assert median([1.0, np.inf, np.inf, np.nan]).value == np.inf
    assert median([1.0, 2.0, 3.0, np.inf]).value == 2.5
    assert not recwarn


def test_factors_and_ratios_of_pairs_are_exact_where_nothing_scatters():
    intervals = module("intervals")
    first = np.array([2.0, 4.0, 6.0, 9.0])
    factor = intervals.factor(3 * first, first)
    ratio = intervals.ratio(3 * first, first)
    for found in (factor, ratio):
        assert (found.value, found.low, found.high) == pytest.approx((3, 3, 3))
    nothing = intervals.ratio([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
    assert (nothing.low, nothing.high) == (1, 1)


def test_the_interval_of_a_ratio_covers_it():
    rng = np.random.default_rng(1)
    ratio = module("intervals").ratio
    covered = 0
    for _ in range(30):
        common = rng.gamma(9.0, size=30)
        found = ratio(common * rng.gamma(40.0, size=30), 2 * common * rng.gamma(40.0, size=30))
        covered += found.low <= 0.5 <= found.high
    assert covered >= 23  # of 28 expected; less with a probability of 1e-4


def test_a_claim_holds_only_with_all_of_its_interval():
    intervals = module("intervals")
    found = intervals.Interval(0.9, 0.8, 1.01)
    assert not intervals.below("less", found).holds
    assert intervals.below("less", found, 1.05).holds
    assert not intervals.above("more", found).holds
    assert intervals.above("more", found, 0.7).number == "0.9 [0.8, 1.01]"


# Files and sweeps


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    common, path = module("common"), tmp_path / "rows.csv"
    common.write_text(path, "old\n")

    def fail(draft):
        draft.write_text("half")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"), common.replaced(path) as draft:
        fail(draft)
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_rows_come_back_from_their_file_as_they_were(tmp_path):
    common = module("common")
    rows = [{"rule": "bayes", "n": 3, "error": 0.25, "known": True, "late": math.inf}]
    common.write_text(tmp_path / "rows.csv", common.as_csv(rows))
    assert common.read(tmp_path / "rows.csv") == rows


def test_a_sweep_goes_on_where_it_was_ended_and_begins_anew_when_it_has_changed(tmp_path):
    import ivisit as iv

    common, computed = module("common"), []

    class Cell(iv.Simulation):
        x = iv.Slider(1, 0, 9)
        y = iv.Trace()

        def step(self):
            computed.append(self.x)
            self.y = 2 * self.x

    lab = common.Lab("cells", quick=True, cache=tmp_path)
    first = lab.sweep(Cell, {"x": [1, 2]})
    assert first == [{"x": 1, "repeat": 0, "y": 2.0}, {"x": 2, "repeat": 0, "y": 4.0}]
    assert lab.sweep(Cell, {"x": [1, 2]}) == first
    assert computed == [1, 2]
    lab.sweep(Cell, {"x": [1, 2]}, repeats=2)
    assert computed == [1, 2, 1, 2]
    lab.sweep(Cell, {"x": [3]}, repeats=2)
    assert computed[4:] == [3, 3]


def test_only_new_rows_get_a_new_date(tmp_path):
    common = module("common")
    rows = [{"x": 1.0}]
    experiment = common.Experiment(
        "experiments/probe.py",
        "Does it?\n\nReference: docs/",
        lambda lab: rows,
        lambda rows: module("theory").Figure(figsize=(1, 1)),
        lambda rows: [],
        "none",
    )
    experiment.run(tmp_path)
    caption = tmp_path / "probe.json"
    common.write_json(caption, json.loads(caption.read_text()) | {"date": "2020-01-01"})
    experiment.run(tmp_path)
    assert json.loads(caption.read_text())["date"] == "2020-01-01"
    rows[0]["x"] = 2.0
    experiment.run(tmp_path)
    assert json.loads(caption.read_text())["date"] != "2020-01-01"
