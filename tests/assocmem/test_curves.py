"""Error curves: the numbers of single memories, theory beside them, workers, files, messages."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assocmem import AssociativeMemory, capacity, measures
from assocmem.__main__ import main
from assocmem.capacity import errors_at
from assocmem.experiment import Method, Streams, Task

SMALL = {"n_units": 60, "n_active": 4, "n_queries": 20, "n_memories": 5}


def test_curves_are_the_means_over_single_memories():
    curves = errors_at(["bayes", "hebb"], [30, 60], rng=3, **SMALL)
    task, root = Task(60, 4), np.random.SeedSequence(3)
    for curve in curves.curves:
        for estimate in curve.estimates:
            errors = [
                curve.method.errors(task, estimate.n_patterns, 20, Streams(root, number))
                for number in range(estimate.n_memories)
            ]
            assert estimate.error == pytest.approx(np.mean(errors))
            assert estimate.low <= estimate.error <= estimate.high
            # Winners: as many misses as false alarms.
            channel = measures.winners_channel(estimate.error, n_units=60, n_active=4)
            assert estimate.answers.e10 == pytest.approx(channel.e10)
            assert estimate.answers.e01 == pytest.approx(channel.e01)


def test_curves_and_capacities_share_their_numbers():
    found = capacity.pattern_capacity("bayes", rng=3, **SMALL)
    numbers = [e.n_patterns for e in found.estimates]
    curves = errors_at("bayes", numbers, rng=3, **SMALL)
    assert curves.curves[0].estimates == found.estimates


@pytest.mark.parametrize("method", ["willshaw+one-step+willshaw-threshold", "covariance"])
def test_theory_is_close_to_the_simulation(method):
    """Own terms left out; formulas are for independent inputs, patterns have exactly k of n."""
    if method == "covariance":
        method = Method("covariance", "covariance", {"max_steps": 1, "self_term": "never"})
        call = {"n_units": 400, "n_active": 20, "completeness": 0.8, "addition": 0.2}
    else:
        call = {"n_units": 400, "n_active": 8, "completeness": 0.75, "addition": 0.0}
    numbers = [1200, 1700] if isinstance(method, str) else [200, 300]
    curves = errors_at(method, numbers, n_memories=6, max_errors=10**6, rng=0, **call)
    for estimate, expected in zip(curves.curves[0].estimates, curves.curves[0].theory, strict=True):
        assert estimate.error > 0.02
        assert estimate.error == pytest.approx(expected, rel=0.2)


def test_there_is_no_theory_for_other_methods():
    methods = ["bayes+one-step", "covariance+one-step", "covariance+no-self", "willshaw+one-step"]
    curves = errors_at(methods, [20], rng=0, **SMALL)
    assert [curve.theory[0] for curve in curves.curves] == [None] * 4


@pytest.mark.parametrize("n_memories", [4, 7])
def test_the_number_of_workers_changes_no_number(n_memories):
    call = SMALL | {"n_memories": n_memories, "max_errors": 60}
    alone = errors_at("bayes", [40, 90], rng=1, **call)
    assert errors_at("bayes", [40, 90], rng=1, workers=2, **call) == alone
    with ThreadPoolExecutor(3) as executor:
        assert errors_at("bayes", [40, 90], rng=1, executor=executor, **call) == alone
        found = capacity.compare(["bayes", "hebb"], rng=1, executor=executor, **call)
        executor.submit(int).result()  # still open
    assert found == capacity.compare(["bayes", "hebb"], rng=1, **call)


@pytest.mark.parametrize("ensemble", ["palm", "bernoulli", "block", "prototypes"])
@pytest.mark.parametrize("method", ["bayes+threshold", "bayes+search+threshold", "covariance"])
def test_unknown_numbers_of_units_can_be_measured(ensemble, method):
    call = SMALL | {"ensemble": ensemble, "n_prototypes": 5, "similarity": 0.5}
    curves = errors_at(method, [20, 60], rng=0, **call)
    estimate = curves.curves[0].estimates[1]
    assert estimate.error == pytest.approx(
        estimate.answers.e10 + estimate.answers.e01 * 56 / 4, rel=0.2
    )
    total, gained = estimate.bits(curves.task)
    assert gained < total


def test_the_capacity_of_correlated_patterns_depends_on_their_similarity():
    call = SMALL | {"ensemble": "prototypes", "n_prototypes": 3, "max_error": 0.05}
    low, high = (
        capacity.pattern_capacity("bayes", similarity=s, rng=0, **call).n_patterns
        for s in (0.25, 0.75)
    )
    assert high < low


def test_curves_are_printed_written_and_drawn(tmp_path):
    curves = errors_at(["bayes", "willshaw+one-step+willshaw-threshold"], [20, 60], rng=0, **SMALL)
    lines = str(curves).splitlines()
    assert len(lines) == 5
    assert lines[0].split() == ["method", "patterns", "error", "interval", "theory", "gain"]
    curves.write_csv(tmp_path / "table.csv")
    with open(tmp_path / "table.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(curves.COLUMNS)
    assert [int(row["n_patterns"]) for row in rows] == [20, 60, 20, 60]
    assert [row["theory"] for row in rows[:2]] == ["", ""]
    figure = curves.plot(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    axes, bits = figure.axes
    assert axes.get_yscale() == "log"
    assert len(axes.collections) == 2  # bands
    assert len(bits.lines) == 2
    (names,) = figure.legends
    figure.draw_without_rendering()
    right_edge = bits.get_tightbbox().x1
    assert names.get_window_extent().x0 >= right_edge  # beside the curves, not over them


def test_a_vague_number_is_drawn_as_its_interval():
    method, e = Method.parse("bayes"), ()
    capacities = (
        capacity.Capacity(method, 100, False, 95, 106, 0.1, 0.05, e),
        capacity.Capacity(method, 100, False, 20, 106, 0.1, 0.05, e),
        capacity.Capacity(method, 100, True, 90, 100, 0.1, 0.05, e),
    )
    assert [c.is_vague for c in capacities] == [False, True, True]
    figure = capacity.Comparison(Task(60, 4), 0.01, capacities).plot()
    bars = {bar.get_y(): bar for bar in figure.axes[0].patches}
    spans = [(bars[y].get_x(), bars[y].get_width()) for y in sorted(bars)]
    assert spans == [(0, 100), (20, 86), (90, 10)]
    assert [text.get_text() for text in figure.axes[0].texts] == ["≥"]
    assert figure.axes[0].get_xlim()[0] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: errors_at("bayes", [], rng=0, **SMALL), "numbers: must be at least one number"),
        (lambda: errors_at("bayes", [0], rng=0, **SMALL), "numbers: must be a whole number"),
        (lambda: errors_at("bayes", [1.5], rng=0, **SMALL), "numbers: must be a whole number"),
        (lambda: errors_at("bayes", 5, rng=0, **SMALL), "numbers: must be a sequence .*, not 5"),
        (lambda: errors_at(5, [3], rng=0, **SMALL), "methods: must be a sequence .*, not 5"),
        (lambda: errors_at([], [3], rng=0, **SMALL), "methods: must be a sequence"),
        (lambda: errors_at("bayes", [3], workers=0, **SMALL), "workers: must be a whole number"),
        (
            lambda: errors_at("bayes", [3], executor="dask", **SMALL),
            "executor: must be a concurrent.futures.Executor, not 'dask'",
        ),
        (
            lambda: errors_at("bayes", [3], compleetness=0.5, **SMALL),
            "compleetness: is no option; known: addition, completeness",
        ),
        (
            lambda: capacity.compare(["bayes"], rng=0, n_quries=5, **SMALL),
            "n_quries: is no option; known",
        ),
        (lambda: errors_at("bayes", [3], similarity=2, **SMALL), "similarity: must be a number"),
    ],
)
def test_wrong_arguments_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_command_line_measures_errors(tmp_path, capsys):
    arguments = "errors bayes --units 60 --active 4 --queries 20 --memories 5 --seed 0 --quiet"
    files = ["--csv", str(tmp_path / "t.csv"), "--plot", str(tmp_path / "c.svg")]
    assert main([*arguments.split(), "--patterns", "20,60", *files]) == 0
    expected = errors_at("bayes", [20, 60], rng=0, **SMALL)
    assert capsys.readouterr().out.strip() == str(expected)
    assert "<svg" in (tmp_path / "c.svg").read_text()
    with pytest.raises(SystemExit) as info:
        main([*arguments.split(), "--patterns", "20;60"])
    assert info.value.code == 2
    assert "must be whole numbers separated by commas" in capsys.readouterr().err


def test_error_counts_are_those_of_the_answers():
    task, streams = Task(60, 4), Streams(np.random.SeedSequence(5), 0)
    outcome = Method.parse("bayes+threshold").outcome(task, 50, 20, streams)
    stored = task.draw(50, streams.generator("patterns"))
    queries = task.corrupt(stored[:20], streams.generator("queries"))
    memory = AssociativeMemory(60)
    memory.store(stored)
    out = memory.retrieve(queries, channel=task.channel, activation="threshold")
    np.testing.assert_array_equal(outcome.misses, measures.misses(out.patterns, stored[:20]))
    assert outcome.n_errors == np.count_nonzero(out.patterns != stored[:20])
