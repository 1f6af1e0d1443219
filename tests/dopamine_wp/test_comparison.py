"""The comparison is fair, and its command line writes what it says."""

import csv

import numpy as np
import pytest

from dopamine_wp import MLP, comparison, reporting
from dopamine_wp.__main__ import main


@pytest.fixture(scope="module")
def outcomes():
    task = comparison.problem("henon", hidden=6)
    names = ["Dopamine1", "DopamineV", "Adam"]
    return comparison.compare(task, budget=400, seeds=4, tuning_seeds=2, optimizers=names)


def test_all_optimizers_spend_the_budget_and_not_more(outcomes):
    for outcome in outcomes.values():
        # A step of DopamineV with 128 directions costs 130
        assert 0.6 * 400 < outcome.fpe <= 400 + 1
        assert outcome.curve.shape == (len(outcome.curve_fpe), 4)
        assert outcome.curve_fpe[-1] == outcome.fpe
        assert outcome.memory > 0


def test_every_grid_has_the_same_number_of_points_and_every_optimizer_a_grid():
    for name in ("lorenz", "xor"):
        grids = comparison.problem(name, hidden=4).grids
        assert {len(grid) for grid in grids.values()} == {4}
        assert set(grids) == set(comparison.problem("parity-3").grids)


def test_the_table_shows_the_quantiles_of_the_test_errors_best_first(outcomes):
    table = reporting.rows(outcomes)
    medians = [row["median"] for row in table]
    assert medians == sorted(medians)
    for row in table:
        test = outcomes[row["optimizer"]].test
        assert row["worst"] == test.max()
        assert row["median"] == np.median(test)
    text = reporting.format_table(table).splitlines()
    assert len(text) == 4
    assert text[0].startswith("optimizer")


def test_diverged_seeds_count_as_infinitely_bad():
    errors = np.array([0.1, np.nan, 0.3, np.inf])
    assert reporting._quantiles(errors, (0.0, 1.0)) == [0.1, np.inf]
    assert reporting._median(np.full(3, np.nan)) == np.inf


def test_the_same_seed_gives_the_same_test_errors(outcomes):
    task = comparison.problem("henon", hidden=6)
    again = comparison.compare(task, budget=400, seeds=4, tuning_seeds=2, optimizers=["Adam"])
    np.testing.assert_array_equal(again["Adam"].test, outcomes["Adam"].test)


def test_command_line_prints_the_table_and_writes_csv_and_plot(tmp_path, capsys):
    arguments = ["compare", "--task", "xor", "--budget", "300", "--seeds", "3", "--hidden", "4"]
    chosen = ["--tuning-seeds", "2", "--optimizers", "WP", "SGD", "--out", str(tmp_path), "--quiet"]
    assert main(arguments + chosen) == 0
    printed = capsys.readouterr().out
    with (tmp_path / "compare-xor.csv").open() as file:
        table = list(csv.DictReader(file))
    assert {row["optimizer"] for row in table} == {"WP", "SGD"}
    for row in table:
        assert f"{float(row['median']):.4g}" in printed
        assert float(row["fpe"]) == 300
    assert (tmp_path / "compare-xor.png").read_bytes().startswith(b"\x89PNG")


def test_an_interrupt_ends_with_code_130_and_no_files(tmp_path, capsys, monkeypatch):
    def interrupt(self, theta, batch):
        raise KeyboardInterrupt

    monkeypatch.setattr(MLP, "evaluate", interrupt)
    assert main(["compare", "--task", "xor", "--out", str(tmp_path)]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--optimizers", "Magic"], "compare.optimizers: must be one of 'WP'"),
        (["--budget", "0"], "compare.budget: must be an integer of at least 1, not 0"),
        (["--budget", "5", "--optimizers", "DopamineV"], "compare.budget: must be at least"),
    ],
)
def test_wrong_requests_end_with_code_2_and_one_message(tmp_path, capsys, arguments, message):
    assert main(["compare", "--task", "xor", "--out", str(tmp_path), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1
