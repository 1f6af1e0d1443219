"""Bisection, common random numbers, intervals, tables, plots, and the command line."""

from __future__ import annotations

import csv
import re
import subprocess
import sys

import numpy as np
import pytest

from assocmem import capacity, measures, patterns
from assocmem.__main__ import main
from assocmem.bisection import bisect
from assocmem.experiment import Method, Streams, Task

SMALL = {"n_units": 60, "n_active": 4, "n_queries": 20, "n_memories": 4}


@pytest.mark.parametrize("border", [0, 1, 29, 30, 31, 64, 100, 777, 1000])
def test_bisection_finds_the_border(border):
    asked = []

    def passes(m):
        asked.append(m)
        return m <= border

    found = bisect(passes, start=30, largest=1000, tolerance=0)
    assert found == border
    assert len(asked) <= 22


def test_bisection_stops_at_the_tolerance():
    found = bisect(lambda m: m <= 1000, start=30, largest=10**6, tolerance=0.1)
    assert 0.9 * 1000 < found <= 1000


def test_capacity_is_where_the_measured_error_crosses_the_tolerated_one():
    found = capacity.pattern_capacity("bayes", rng=0, max_error=0.05, tolerance=0, **SMALL)
    by_number = {e.n_patterns: e for e in found.estimates}
    assert by_number[found.n_patterns].error <= 0.05
    assert by_number[found.n_patterns + 1].error > 0.05
    assert found.low <= found.n_patterns <= found.high
    assert by_number[found.low].high <= 0.05
    assert by_number[found.high].low <= 0.05
    for estimate in found.estimates:
        assert estimate.low <= estimate.error <= estimate.high


def test_estimates_can_be_reproduced_by_hand():
    found = capacity.pattern_capacity("bayes", rng=0, **SMALL)
    estimate = found.estimates[0]
    task, root = Task(60, 4), np.random.SeedSequence(0)
    errors = [
        found.method.errors(task, estimate.n_patterns, 20, Streams(root, i)) for i in range(4)
    ]
    assert estimate.error == pytest.approx(np.mean([e.mean() for e in errors]))
    assert estimate.n_errors == round(4 * np.sum(errors))
    answers = measures.winners_channel(
        next(e.error for e in found.estimates if e.n_patterns == found.n_patterns),
        n_units=60,
        n_active=4,
    )
    assert found.bits_total == pytest.approx(
        found.n_patterns / 60 * measures.transinformation(4 / 60, answers)
    )
    assert found.bits_gain < found.bits_total


def test_patterns_are_nested_and_queries_keep_their_noise():
    task, streams = Task(60, 4), Streams(np.random.SeedSequence(0), 3)
    few, many = (task.draw(m, streams.generator("patterns")) for m in (10, 50))
    np.testing.assert_array_equal(few, many[:10])
    queries = [task.corrupt(part[:5], streams.generator("queries")) for part in (few, many)]
    np.testing.assert_array_equal(*queries)


@pytest.mark.parametrize("rng", [7, np.random.SeedSequence(7), np.random.default_rng(7)])
def test_any_source_of_randomness_is_accepted(rng):
    first = capacity.pattern_capacity("bayes", rng=rng, **SMALL)
    assert first.n_patterns > 0
    if not isinstance(rng, np.random.Generator):
        assert first == capacity.pattern_capacity("bayes", rng=7, **SMALL)


def test_no_further_memories_once_enough_errors_were_counted():
    call = SMALL | {"n_memories": 12}
    found = capacity.pattern_capacity("hebb", rng=0, max_errors=30, **call)
    for estimate in found.estimates:
        assert 4 <= estimate.n_memories <= 12
        if estimate.n_memories > 4:
            assert estimate.n_errors < 30 + 20 * 8
    assert min(e.n_memories for e in found.estimates) == 4
    assert max(e.n_memories for e in found.estimates) == 12


def test_capacity_is_zero_where_even_one_pattern_fails():
    """A cue without any correct unit, but with as many wrong ones, of which all stay."""
    wrong = {"completeness": 0.0, "addition": 1.0}
    method = Method("clamped", "bayes", {"clamp": True, "max_steps": 1})
    task = Task(60, 4, **wrong)
    # At one stored pattern every other unit was never active: it is found whatever the cue.
    assert method.errors(task, 1, 5, Streams(np.random.SeedSequence(0), 0)).max() == 0
    found = capacity.pattern_capacity("hebb+one-step", rng=0, max_error=0.0, **SMALL | wrong)
    assert found.n_patterns <= 1


def test_the_largest_number_limits_the_search():
    found = capacity.pattern_capacity("bayes", rng=0, max_patterns=5, **SMALL)
    assert (found.n_patterns, found.low, found.high) == (5, 5, 5)


@pytest.mark.parametrize("ensemble", ["palm", "bernoulli", "block"])
@pytest.mark.parametrize("method", ["bayes+calibrated", "bayes+true", "bayes+batch+clamp+core75"])
def test_all_ensembles_and_options_can_be_measured(ensemble, method):
    call = SMALL | {"ensemble": ensemble}
    found = capacity.pattern_capacity(method, rng=0, tolerance=0.2, max_error=0.2, **call)
    assert found.n_patterns > 0


@pytest.mark.parametrize(
    ("text", "settings", "core"),
    [
        ("bayes", {}, None),
        ("bcp+batch+clamp", {"noise": "batch", "clamp": True}, None),
        ("bayes+soft+core80", {"noise": "soft"}, 0.8),
        ("hebb+one-step+random-ties", {"max_steps": 1, "ties": "random"}, None),
    ],
)
def test_the_notation_of_methods(text, settings, core):
    method = Method.parse(text)
    assert (method.label, method.rule) == (text, text.split("+")[0])
    assert (method.settings, method.core) == (settings, core)


def test_a_comparison_uses_the_same_numbers_and_exports_them(tmp_path):
    own = Method("mine", "bayes", {"noise": "fixed"})
    comparison = capacity.compare(["bayes", own, "covariance"], rng=0, **SMALL)
    first, second, third = comparison.capacities
    assert first.estimates == second.estimates
    assert third.n_patterns < first.n_patterns
    comparison.write_csv(tmp_path / "table.csv")
    with open(tmp_path / "table.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["method"] for row in rows] == ["bayes", "mine", "covariance"]
    assert [int(row["n_patterns"]) for row in rows] == [c.n_patterns for c in comparison.capacities]
    assert float(rows[0]["bits_gain"]) == first.bits_gain
    figure = comparison.plot(tmp_path / "bars.png")
    assert (tmp_path / "bars.png").read_bytes().startswith(b"\x89PNG")
    bars = sorted(figure.axes[0].patches, key=lambda bar: bar.get_y())
    ends = [bar.get_x() + bar.get_width() for bar in bars]
    assert ends == [c.high if c.is_vague else c.n_patterns for c in comparison.capacities]
    table = str(comparison).splitlines()
    assert len(table) == 4
    assert table[1].split()[:2] == ["bayes", str(first.n_patterns)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: capacity.compare([], n_units=9, n_active=2), "methods: must be a sequence"),
        (lambda: capacity.compare("bayes", n_units=9, n_active=2), "methods: must be a sequence"),
        (lambda: Method.parse("bayes+fast"), "'bayes.fast' has an unknown option 'fast'; known"),
        (
            lambda: Method.parse("bayes+soft+search"),
            "soft.search' has two options for 'noise'",
        ),
        (
            lambda: Method.parse("bayes+threshold+willshaw-threshold"),
            "has two options for 'activation'",
        ),
        (lambda: capacity.compare(None, n_units=9, n_active=2), "methods: must be a sequence"),
        (lambda: Method.parse("base"), "rule: must be one of .* not 'base'"),
        (lambda: Task(10, 3, ensemble="corr"), "ensemble: must be one of 'palm'"),
        (lambda: Task(10, 0), "n_active: must be a whole number, from 1 to 10, not 0"),
        (
            lambda: capacity.pattern_capacity("bayes", n_units=9, n_active=2, n_memories=1),
            "n_memories: must be a whole number, at least 4, not 1",
        ),
        (
            lambda: capacity.pattern_capacity(3, n_units=9, n_active=2),
            "method: must be a str or Method, not 3",
        ),
    ],
)
def test_wrong_arguments_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_progress_bar_goes_to_stderr_and_counts_memories(capsys):
    capacity.pattern_capacity("bayes", rng=0, progress=True, max_patterns=3, **SMALL)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "bayes: " in captured.err
    assert "memories" in captured.err


def test_the_command_line_compares_and_writes_files(tmp_path, capsys):
    table, image = tmp_path / "t.csv", tmp_path / "b.svg"
    code = main(
        f"capacity bayes hebb --units 60 --active 4 --queries 20 --memories 4 --seed 0 --quiet "
        f"--csv {table} --plot {image}".split()
    )
    captured = capsys.readouterr()
    expected = capacity.compare(["bayes", "hebb"], rng=0, **SMALL)
    assert code == 0
    assert captured.out.strip() == str(expected)
    assert captured.err == ""
    assert table.read_text().startswith("method,n_patterns,")
    assert "<svg" in image.read_text()


def test_the_command_line_refuses_wrong_requests_in_one_line(capsys):
    assert main(["capacity", "bays", "--units", "60", "--active", "4", "--quiet"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("assocmem: rule: must be one of")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("capacity bayes --seed -1", "--seed: must be a whole number of at least 0, not -1"),
        ("capacity bayes --memories 2", "--memories: must be a whole number, at least 4, not 2"),
        ("capacity bayes --units 5 --active 9", "--active: must be a whole number"),
        ("capacity bayes --units 0", "--units: must be a whole number"),
        ("capacity bayes --max-errors 0", "--max-errors: must be"),
        ("capacity bayes --max-error 2", "--max-error: must be"),
        ("capacity bayes --max-patterns 0", "--max-patterns: must be"),
        ("capacity bayes --queries 0", "--queries: must be"),
        ("capacity bayes --ensemble prototypes --prototypes 0", "--prototypes: must be"),
        ("capacity bayes --similarity 2", "--similarity: must be"),
        ("capacity bayes --addition -1", "--addition: must be"),
        ("capacity bayes --workers 0", "--workers: must be"),
        ("capacity bayes --units 100 --active 6 --ensemble block", "--active: 6 blocks do not"),
        ("errors bayes --patterns 0", "--patterns: must be a whole number, at least 1, not 0"),
    ],
)
def test_the_command_line_names_its_options_not_those_of_python(command, message, capsys):
    assert main(command.split()) == 2
    assert capsys.readouterr().err.startswith(f"assocmem: {message}")


def test_help_lists_methods_options_and_an_example():
    command = [sys.executable, "-m", "assocmem", "capacity", "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    words = ("bcpnn-stable", "core80", "--completeness", "--csv", "python -m assocmem capacity")
    assert [word for word in words if word not in text] == []


def test_importing_the_package_loads_no_plotting_and_no_window():
    code = (
        "import assocmem, sys; "
        "print([m for m in ('matplotlib', 'tqdm', 'tkinter', 'ivisit') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_block_patterns_are_asked_in_blocks():
    task = Task(60, 6, ensemble="block")
    stored = task.draw(30, 0)
    np.testing.assert_array_equal(stored, patterns.block(30, 60, 6, rng=0))
    errors = Method.parse("bayes").errors(task, 10, 5, Streams(np.random.SeedSequence(0), 0))
    assert errors.shape == (5,)


def test_a_limit_is_told_from_a_capacity(tmp_path):
    call = SMALL | {"max_patterns": 5}
    comparison = capacity.compare(["bayes", "hebb"], rng=0, max_error=0.3, **call)
    assert [c.is_limited for c in comparison.capacities] == [True, True]
    assert str(comparison).splitlines()[1].split()[1] == ">=5"
    comparison.write_csv(tmp_path / "table.csv")
    with open(tmp_path / "table.csv", newline="", encoding="utf-8") as file:
        assert [row["is_limited"] for row in csv.DictReader(file)] == ["True", "True"]
    found = capacity.pattern_capacity("bayes", rng=0, **SMALL)
    assert not found.is_limited


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--csv {}/missing/t.csv", "--csv: the folder .*missing does not exist"),
        ("--csv {}", "--csv: .* is a folder, not a file"),
        ("--plot {}/missing/t.png", "--plot: the folder .*missing does not exist"),
        ("--plot {}/t.gnarl", "--plot: .*t.gnarl must end with one of .*png"),
        ("--plot {}/t", "--plot: .*t must end with one of .*png"),
    ],
)
def test_files_that_cannot_be_written_are_refused_before_the_work(
    option, message, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("assocmem.__main__._measure", None)
    assert main(["capacity", *option.format(tmp_path).split()]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_the_command_line_shows_no_progress_bar_where_nobody_watches(capsys):
    assert main(["capacity", "bayes", "--units", "60", "--active", "4", "--queries", "20"]) == 0
    assert capsys.readouterr().err == ""
