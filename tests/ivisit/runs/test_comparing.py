"""Sets of parameters side by side, in Python and from the shell."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

import ivisit as iv
from ivisit.cli import main
from ivisit.differences import image_difference

SOURCE = '''
import numpy as np
import ivisit as iv


class Growth(iv.Simulation):
    """Grow by a random part of the gain."""

    gain = iv.Slider(1.0, 0.0, 10.0)
    offset = iv.Slider(0, 0, 100)
    mode = iv.OptionList("fine", ["fine", "faulty"])

    picture = iv.Image()
    size = iv.Trace(unit="m")
    place = iv.Trace(names=["x", "y"])
    spikes = iv.Raster(10)
    values = iv.Histogram(vmin=0, vmax=20)
    plot = iv.Figure()
    report = iv.TextOutput()
    note = iv.Comment("Nothing to see.")

    def init(self):
        self.size = 0.0
        self.plot.clear()
        self.line = self.plot.subplots().plot([0, 1], [0, 1])[0]

    def step(self):
        if self.mode == "faulty" and self.size > 3:
            raise ValueError("too large")
        self.size += self.gain * self.rng.random()
        self.place = [self.size, -self.gain]
        self.picture = np.full((4, 5), self.size + self.offset)
        self.spikes = [int(self.gain)]
        self.values = self.size
        self.report = f"{self.size:.2f} m"
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a simulation and a store of two sets in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)
    (tmp_path / "growth.py").write_text(SOURCE)
    with iv.ParameterStore(tmp_path / "growth.ivisit") as store:
        store.save("Growth", "small", {"gain": 0.5, "offset": 0, "mode": "fine"})
        store.save("Growth", "small", {"gain": 1.5, "offset": 0, "mode": "fine"})
        store.save("Growth", "large", {"gain": 4.0, "offset": 7, "mode": "fine"})
    return tmp_path


def test_the_runs_are_those_of_run_and_their_differences_follow(folder):
    comparison = iv.compare("growth.py", ["small", "small@1", {"gain": 3.0}], steps=20, seed=5)
    assert comparison.names == ["small", "small@1", "gain=3.0"]
    for run, gain in zip(comparison.runs.values(), (1.5, 0.5, 3.0), strict=True):
        alone = iv.run("growth.py", {"gain": gain}, steps=20, seed=5)
        np.testing.assert_array_equal(run.traces["size"], alone.traces["size"])
        assert run.seed == 5
    assert comparison.parameters == {"gain": (1.5, 0.5, 3.0)}
    size = comparison.columns["size"]
    np.testing.assert_array_equal(comparison.difference("size"), size["small@1"] - size["small"])
    twice = comparison.difference("size", "gain=3.0", "small")
    np.testing.assert_allclose(twice, size["small"])  # the same random numbers, twice the gain
    pictures = [run.outputs["picture"] for run in comparison.runs.values()]
    np.testing.assert_array_equal(
        comparison.difference("picture"), image_difference(pictures[1], pictures[0])
    )


def test_values_for_all_lie_between_a_set_and_what_a_dict_says(folder):
    comparison = iv.compare(
        "growth.py",
        {"set": "large", "dict": {"gain": 2.0}},
        steps=1,
        parameters={"gain": 9.0},
        parameter_set="large",
    )
    assert comparison.runs["set"].parameters == {"gain": 9.0, "offset": 7, "mode": "fine"}
    assert comparison.runs["dict"].parameters == {"gain": 2.0, "offset": 7, "mode": "fine"}


def test_a_loaded_set_brings_its_range_and_a_store_is_only_read(folder):
    with iv.ParameterStore(folder / "other.ivisit") as store:
        simulation = iv.get_simulation("growth.py")()
        simulation.parameters.adjust("gain", maximum=50.0)
        store.save(simulation, "huge", {"gain": 40.0})
        huge = store.load(type(simulation), "huge")
        for given in (store, folder / "other.ivisit"):
            runs = iv.compare("growth.py", ["huge", huge], steps=2, store=given).runs
            assert [run.parameters["gain"] for run in runs.values()] == [40.0, 40.0]
            assert list(runs) == ["huge", "huge@1"]
        assert not list(store.runs())


def test_without_a_seed_one_is_drawn_for_all(folder):
    runs = list(
        iv.compare("growth.py", [{}, {"gain": 1.0, "offset": 0}], steps=3, seed=None).runs.values()
    )
    assert runs[0].seed == runs[1].seed
    assert runs[0] == runs[1]


def test_the_table_has_values_beside_their_differences(folder):
    comparison = iv.compare("growth.py", {"a": {}, "b": {"gain": 2.0, "offset": 3}}, steps=4)
    table = {(row.kind, row.name): row for row in comparison.table}
    assert table["parameter", "gain"].values == (1.0, 2.0)
    assert table["parameter", "offset"].differences == (3,)
    assert table["run", "steps"].values == (4, 4)
    a, b = (run.metrics["size"] for run in comparison.runs.values())
    assert table["metric", "size"].values == (a, b)
    assert table["metric", "size"].differences == (b - a,)
    assert table["metric", "size"].unit == "m"
    assert table["metric", "place.y"].values == (-1.0, -2.0)
    means = table["output", "picture, mean"]
    assert means.values == pytest.approx((a, b + 3))
    assert table["output", "picture, RMS difference"].differences == pytest.approx((b + 3 - a,))
    assert table["output", "spikes, events"].values == (4, 4)
    assert table["output", "report"].values == (f"{a:.2f} m", f"{b:.2f} m")
    assert table["output", "report"].differences == (None,)
    assert "plot" not in [row.name for row in comparison.table]


def test_the_csv_file_reads_back_exactly_and_is_the_same_every_time(folder):
    written = []
    for name in ("first.csv", "second.csv"):
        comparison = iv.compare("growth.py", ["small", "large"], steps=5)
        written.append(comparison.to_csv(folder / name).read_bytes())
    assert written[0] == written[1]
    rows = {row["name"]: row for row in csv.DictReader(written[0].decode().splitlines())}
    small, large = (run.metrics["size"] for run in comparison.runs.values())
    assert float(rows["size"]["small"]) == small
    assert float(rows["size"]["large - small"]) == large - small


def test_the_picture_shows_all_kinds_of_panels_with_the_same_levels(folder):
    comparison = iv.compare("growth.py", ["small", "large", {}], steps=5)
    figure = comparison.figure()
    figure.draw_without_rendering()
    titles = [axes.get_title() for axes in figure.axes]
    levels = {title.partition(", ")[2] for title in titles if title.startswith("Picture")}
    assert len(levels) == 1
    low, high = (float(part) for part in levels.pop().split(" to "))
    values = [run.outputs["picture"] for run in comparison.runs.values()]
    assert (low, high) == pytest.approx((np.min(values), np.max(values)), rel=1e-3)
    assert "large − small" in titles
    lines = next(axes for axes in figure.axes if axes.get_title() == "size").lines
    assert [line.get_label() for line in lines] == ["small", "large", "defaults"]
    for line, run in zip(lines, comparison.runs.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), run.traces["size"])
    limits = {axes.get_ylim() for axes in figure.axes if axes.get_title().startswith("Spikes")}
    assert len(limits) == 1


@pytest.mark.parametrize(
    ("ending", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_the_same_comparison_gives_the_same_picture_file(folder, ending, begin):
    class Level(iv.Simulation):
        gain = iv.Slider(1.0, 0.0, 9.0)
        level = iv.Trace()

        def step(self):
            self.level = self.gain

    files = [
        iv.compare(Level, [{}, {"gain": 2.0}], steps=2).picture(folder / f"{name}.{ending}")
        for name in "ab"
    ]
    first, second = (file.read_bytes() for file in files)
    assert first.startswith(begin)
    assert first == second


def test_pictures_of_different_shapes_stand_side_by_side_without_a_difference(folder):
    class Shapes(iv.Simulation):
        width = iv.Slider(2, 1, 9)
        picture = iv.Image()

        def step(self):
            self.picture = np.ones((2, self.width))

    comparison = iv.compare(Shapes, [{"width": 2}, {"width": 3}], steps=1)
    assert comparison.difference("picture") is None
    rows = {row.name: row for row in comparison.table}
    assert rows["picture, RMS difference"].differences == (None,)
    texts = [text.get_text() for axes in comparison.figure().axes for text in axes.texts]
    assert any("2×3 is another shape than 2×2" in text for text in texts)


def test_one_that_fails_is_told_and_the_others_stand(folder, capsys):
    comparison = iv.compare("growth.py", {"bad": {"mode": "faulty"}, "good": {}}, steps=30)
    assert comparison.failed == ["bad"]
    assert comparison.runs["bad"].failure.message == "too large"
    assert comparison.runs["good"].steps == 30
    common = comparison.runs["bad"].steps
    assert comparison.difference("size").shape == (common,)
    titles = [axes.get_title() for axes in comparison.figure().axes]
    assert any(title.startswith("Picture: bad") for title in titles)
    assert main(["compare", "growth.py", "mode=faulty", "defaults", "--steps", "30"]) == 1
    told = capsys.readouterr()
    assert "ValueError: too large" in told.err
    assert "finished" in told.out


def test_saved_results_can_be_compared_and_must_have_the_same_panels(folder):
    first = iv.run("growth.py", steps=3)
    first.save("first.npz")
    comparison = iv.Comparison({"then": iv.RunResult.load("first.npz"), "now": first})
    assert not comparison.difference("size").any()
    assert comparison.parameters == {}

    class Other(iv.Simulation):
        size = iv.Image()

    other = iv.run(Other, steps=0)
    with pytest.raises(iv.ParameterError, match=r"'b' has other panels than 'a'.*size is Image"):
        iv.Comparison({"a": first, "b": other})
    with pytest.raises(iv.ParameterError, match="two to four results, not 1"):
        iv.Comparison({"a": first})


@pytest.mark.parametrize(
    ("sets", "error", "message"),
    [
        (["small"], iv.ParameterError, r"two to four parameter sets, not 1 \('small'\)"),
        ([], iv.ParameterError, r"not 0 \(none\)"),
        (["a", "b", "c", "d", "e"], iv.ParameterError, "not 5"),
        ("small", iv.ParameterError, "two to four sets in a list"),
        (["small", 3], iv.ParameterError, "3: must be the name of a stored set"),
        (["small", "small"], iv.ParameterError, "two sets are called 'small'"),
        (["small", "lorge"], iv.StoreError, "Did you mean 'large'"),
        (["small", "small@7"], iv.StoreError, "no version 7"),
        ([{}, {"gian": 2}], iv.ParameterError, "Did you mean 'gain'"),
        ([{}, {"gain": 200}], iv.ParameterError, "between 0 and 10"),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(folder, sets, error, message):
    with pytest.raises(error, match=message):
        iv.compare("growth.py", sets, steps=10)


def test_steps_and_instances_are_checked_too(folder):
    with pytest.raises(iv.ParameterError, match="steps"):
        iv.compare("growth.py", [{}, {}], steps=-1)
    instance = iv.get_simulation("growth.py")()
    with pytest.raises(iv.ParameterError, match="rather than an instance"):
        iv.compare(instance, [{}, {"gain": 2.0}], steps=1)


def test_unknown_names_of_a_comparison_have_suggestions(folder):
    comparison = iv.compare("growth.py", ["small", "large"], steps=2)
    with pytest.raises(KeyError, match="Did you mean 'size'"):
        comparison.difference("sise")
    with pytest.raises(KeyError, match="Did you mean 'small'"):
        comparison.difference("size", "smal")
    with pytest.raises(iv.IVisitError, match=r"\.png, \.pdf or \.svg"):
        comparison.picture("p.tiff")


def test_a_comparison_describes_itself(folder):
    comparison = iv.compare("growth.py", ["small", "large"], steps=2)
    assert repr(comparison) == "<Comparison of Growth: small, large>"
    page = comparison._repr_html_()
    assert "large - small" in page
    assert "RMS difference" in page


def test_the_command_writes_table_and_picture_and_takes_differences_from_a_set(folder, capsys):
    code = main(
        ["compare", "growth.py", "large", "gain=2,mode=fine", "defaults", "--set", "large",
         "-p", "offset=5", "--steps", "3", "--out", "t.csv", "--out", "t.json", "--out", "p.png"]
    )  # fmt: skip
    assert code == 0
    told = capsys.readouterr()
    assert told.err.count("wrote") == 3
    header, *_ = csv.reader((folder / "t.csv").read_text().splitlines())
    assert header[:6] == ["kind", "name", "unit", "large", "gain=2,mode=fine", "defaults"]
    record = json.loads((folder / "t.json").read_text())
    gains = [run["parameters"]["gain"] for run in record["runs"].values()]
    offsets = [run["parameters"]["offset"] for run in record["runs"].values()]
    assert (gains, offsets) == ([4.0, 2.0, 1.0], [5, 5, 5])
    assert (folder / "p.png").read_bytes().startswith(b"\x89PNG")


def test_a_set_whose_name_looks_like_values_counts_first(folder, capsys):
    with iv.ParameterStore(folder / "growth.ivisit") as store:
        store.save("Growth", "gain=2", {"gain": 6.0, "offset": 0, "mode": "fine"})
        store.save("Growth", "gain=2", {"gain": 7.0, "offset": 0, "mode": "fine"})
    texts = ["gain=2", "gain=2@1", "growth.ivisit:gain=2", "gain=3"]
    assert main(["compare", "growth.py", *texts, "--steps", "1", "--json"]) == 0
    runs = json.loads(capsys.readouterr().out)["runs"]
    assert [runs[text]["parameters"]["gain"] for text in texts] == [7.0, 6.0, 7.0, 3.0]


def test_the_command_prints_json_alone_on_stdout(folder, capsys):
    assert main(["compare", "growth.py", "small", "small@1", "--steps", "2", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["runs"]["small@1"]["parameters"]["gain"] == 0.5
    row = next(row for row in record["table"] if row["name"] == "size")
    difference = row["values"]["small@1"] - row["values"]["small"]
    assert math.isclose(row["differences"]["small@1"], difference)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["small", "--steps", "1"], "two to four"),
        (["small", "lagre", "--steps", "1"], "Did you mean 'large'"),
        (["small", "small", "--steps", "1"], "named twice"),
        (["small", "gian=2", "--steps", "1"], "Did you mean 'gain'"),
        (["small", "large", "--steps", "1", "--out", "t.npz"], "must end in .csv, .json"),
        (["small", "large", "--steps", "1", "--out", "no/t.csv"], "there is no folder"),
    ],
)
def test_a_wrong_request_ends_with_2_and_one_message(folder, capsys, arguments, message):
    assert main(["compare", "growth.py", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_former_version_can_be_run_by_its_number_everywhere(folder):
    assert iv.run("growth.py", steps=0, parameter_set="small@1").parameters["gain"] == 0.5
    with iv.ParameterStore(folder / "growth.ivisit") as store:
        store.save("Growth", "small@1", {"gain": 6.0, "offset": 0, "mode": "fine"})
    # A set whose own name looks like a version counts first.
    assert iv.run("growth.py", steps=0, parameter_set="small@1").parameters["gain"] == 6.0
