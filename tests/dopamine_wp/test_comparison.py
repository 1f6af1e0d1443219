"""The comparison is fair, and its command line writes what it says."""

import csv

import numpy as np
import pytest

from dopamine_wp import MLP, OPTIMIZERS, WP, comparison, contests, reporting, tuning
from dopamine_wp.__main__ import main

# On one worker: what the tests share is costly.
pytestmark = pytest.mark.xdist_group("comparison")


@pytest.fixture(scope="module")
def outcomes():
    task = contests.problem("henon", hidden=6)
    names = ["Dopamine1", "DopamineV", "Adam"]
    return comparison.compare(task, budget=200, seeds=8, tuning_seeds=2, trials=5, optimizers=names)


def test_all_optimizers_spend_the_budget_and_not_more(outcomes):
    for outcome in outcomes.values():
        run = outcome.equal_cost
        # A step of DopamineV with 128 directions costs 130
        assert 0.6 * 200 < run.fpe <= 200 + 1
        assert run.curve.shape == (len(run.curve_fpe), 8)
        assert run.curve_fpe[-1] == run.fpe
        assert outcome.memory > 0


def test_all_get_the_time_of_the_best_at_equal_cost(outcomes):
    best = min(outcomes.values(), key=lambda outcome: np.median(outcome.equal_cost.test))
    assert best.equal_time is best.equal_cost
    for outcome in outcomes.values():
        run = outcome.equal_cost
        expected = run.steps * best.equal_cost.seconds / run.seconds
        assert outcome.equal_time.steps == max(1, round(expected))


@pytest.mark.parametrize("name", ["lorenz", "xor"])
def test_every_optimizer_has_a_space_large_enough_for_equal_tuning(name):
    task = contests.problem(name, hidden=4)
    spaces = task.spaces
    assert set(spaces) == {name for name in OPTIMIZERS if accepts(name, task.net)}
    for optimizer, space in spaces.items():
        done = tuning.search(space, lambda setting: 0.0, trials=1000)
        # Nothing but the rate (and widths) can be tuned
        only_rate = name == "xor"
        assert len(done.scores) >= (12 if only_rate else 16), optimizer
        assert all(space.setting(place).optimizer.name == optimizer for place in done.scores)


def accepts(name, net):
    try:
        (OPTIMIZERS[name](0.1) if name == "WP" else OPTIMIZERS[name]()).check_network(net)
    except ValueError:
        return False
    return True


def test_the_batch_size_is_tuned_on_series_and_reaches_the_batches():
    task = contests.problem("henon", hidden=4)
    for space in task.spaces.values():
        assert "batch_size" in [axis.name for axis in space.axes]
    assert task.batches(4)(0)[0].shape == (4, 60, 1)
    np.testing.assert_array_equal(task.batches(4)(3)[1], task.batches(4)(3)[1])


def test_the_table_shows_the_quantiles_of_the_test_errors_best_first(outcomes):
    for condition in ("equal_cost", "equal_time"):
        table = reporting.rows(outcomes, condition)
        medians = [row["median"] for row in table]
        assert medians == sorted(medians)
        for row in table:
            test = getattr(outcomes[row["optimizer"]], condition).test
            assert row["worst"] == test.max()
            assert row["median"] == np.median(test)
            assert test.min() <= row["low"] <= row["median"] <= row["high"] <= test.max()
        text = reporting.format_table(table).splitlines()
        assert len(text) == 4
        assert text[0].startswith("optimizer")


def test_the_interval_covers_the_median_as_often_as_it_says():
    generator = np.random.default_rng(0)
    for n in (6, 8, 20, 51):
        samples = generator.exponential(size=(2000, n))
        ends = np.array([reporting.median_interval(sample) for sample in samples])
        covered = (ends[:, 0] <= np.log(2)) & (np.log(2) <= ends[:, 1])
        # At least 95 %; five standard errors of 2000 trials are 2.4 %
        assert covered.mean() > 0.95 - 0.024, n


def test_diverged_seeds_count_as_infinitely_bad():
    run = comparison.Run(np.array([0.1, np.nan, 0.3, np.inf]), 1.0, 1.0, 1, np.ones(1), np.ones(1))
    setting = tuning.Setting(WP(0.1))
    row = reporting.rows({"WP": comparison.Outcome(setting, "rate=0.1", False, run, run, 1.0)})[0]
    assert row["worst"] == np.inf
    assert row["low"] == 0.1
    assert row["median"] == np.inf


def test_the_same_seed_gives_the_same_test_errors(outcomes):
    task = contests.problem("henon", hidden=6)
    again = comparison.compare(
        task, budget=200, seeds=8, tuning_seeds=2, trials=5, optimizers=["adam"]
    )
    np.testing.assert_array_equal(again["Adam"].equal_cost.test, outcomes["Adam"].equal_cost.test)


def test_command_line_prints_both_tables_and_writes_csv_and_plot(tmp_path, capsys):
    arguments = ["compare", "--task", "XOR", "--budget", "300", "--seeds", "3", "--hidden", "4"]
    chosen = ["--tuning-seeds", "2", "--trials", "5", "--optimizers", "wp", "SgD"]
    assert main([*arguments, *chosen, "--out", str(tmp_path), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert printed.index("Equal cost") < printed.index("Equal time")
    with (tmp_path / "compare-xor.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [row["optimizer"] for row in table].count("WP") == 2
    assert {row["condition"] for row in table} == {"equal_cost", "equal_time"}
    for row in table:
        assert f"{float(row['median']):.3g}" in printed
        assert f"{float(row['seconds']):.3g}" in printed
        assert float(row["seconds"]) > 0
        if row["condition"] == "equal_cost":
            assert 298 <= float(row["fpe"]) <= 300
    assert (tmp_path / "compare-xor.png").read_bytes().startswith(b"\x89PNG")


def test_series_can_be_compared_further_ahead(tmp_path, capsys):
    arguments = ["compare", "--task", "henon", "--horizon", "2", "--budget", "8", "--seeds", "2"]
    chosen = ["--tuning-seeds", "1", "--trials", "1", "--optimizers", "adam", "--hidden", "3"]
    assert main([*arguments, *chosen, "--out", str(tmp_path), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "NRMSE, 2 steps ahead" in printed
    assert "Without training a network: persistence" in printed
    assert (tmp_path / "compare-henon-2.csv").exists()


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
        (["--optimizers", "Magic"], "--optimizers: must be one of 'WP'"),
        (["--task", "Magic"], "--task: must be one of 'lorenz'"),
        (["--horizon", "3"], "--horizon: must be 1 for the truth table 'xor', not 3"),
        (["--trials", "0"], "--trials: must be an integer of at least 1, not 0"),
        (["--budget", "0"], "--budget: must be an integer of at least 1, not 0"),
        (["--budget", "5", "--optimizers", "DopamineV"], "--budget: must be at least"),
        (["--hidden", "0"], "--hidden: must be an integer of at least 1, not 0"),
        (["--seed", "-1"], "--seed: must be an integer of at least 0, not -1"),
        (["--tuning-seeds", "0"], "--tuning-seeds: must be an integer of at least 1, not 0"),
        (["--task", "henon", "--horizon", "490"], "--horizon: must be at most 489 for series"),
    ],
)
def test_wrong_requests_end_with_code_2_and_one_message(tmp_path, capsys, arguments, message):
    assert main(["compare", "--task", "xor", "--out", str(tmp_path), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("taken", "out", "message"),
    [
        ("file", "file", "file cannot be made a folder (File exists)"),
        ("file", "file/deeper", "cannot be made a folder"),
        ("compare-xor.csv/x", ".", "compare-xor.csv is a folder, not a file to write to"),
    ],
)
def test_results_that_cannot_be_written_are_refused_before_the_work(
    taken, out, message, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("dopamine_wp.__main__.comparison", None)
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).touch()
    assert main(["compare", "--task", "xor", "--out", str(tmp_path / out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: --out: ")
    assert message in error


def test_few_trials_try_adam_with_the_small_batches_that_it_is_best_with():
    """The walk along the rate must be at the documented setting, not next to it."""
    tried = []

    def score(setting):
        tried.append((setting.optimizer.rate, setting.batch_size, setting.optimizer.beta2))
        return 1.0

    tuning.search(contests.problem("lorenz").spaces["Adam"], score, trials=4)
    assert (0.03, 4, 0.99) in tried
