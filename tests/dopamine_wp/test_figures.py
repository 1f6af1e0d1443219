"""The figures of docs/dopamine.md, with the thresholds that hold for any seed.

Costs are in forward-pass equivalents (FPE): a gradient costs three.
"""

import tracemalloc

import numpy as np
import pytest

from dopamine_wp import (
    MLP,
    RNN,
    SGD,
    WP,
    Adam,
    Dopamine1,
    DopamineK,
    DopamineV,
    DopamineVPlus,
    baselines,
    metrics,
    series,
    tasks,
    train,
)


def solved_fraction(net, optimizer, batch, replicas, steps, seed=0):
    theta = net.init(replicas, rng=seed)
    history = train(net, optimizer, batch, theta=theta, steps=steps, stop_loss=0.01, rng=seed + 1)
    return np.isfinite(history.solved_at).mean()


class TestXOR:
    """2-4-1, tanh and sigmoid, squared error, float64; solved below a loss of 0.01."""

    net = MLP((2, 4, 1), hidden="tanh", output="sigmoid", loss="mse", dtype=np.float64)

    def solved(self, optimizer, steps, replicas=100):
        return solved_fraction(self.net, optimizer, tasks.xor(), replicas, steps)

    @pytest.mark.parametrize("rate", [1e-4, 1e-2])
    def test_dopamine1_solves_95_percent_within_1500_steps(self, rate):
        assert self.solved(Dopamine1(rate), 1500) >= 0.95

    def test_dopaminev_solves_95_percent_within_40_steps(self):
        assert self.solved(DopamineV(perturbations=8), 40) >= 0.95

    def test_plain_wp_fails_at_rates_a_little_too_low_or_too_high(self):
        assert self.solved(WP(0.1), 1500) <= 0.30
        assert self.solved(WP(3.0), 1500) <= 0.75

    def test_plain_wp_at_its_best_rate_is_no_worse_than_dopamine1(self):
        assert self.solved(WP(1.0), 1500) >= 0.90

    @pytest.mark.parametrize("rate", [1e-5, 1e-3, 0.1, 1.0])
    def test_dopamine1_works_over_five_decades_of_the_initial_rate(self, rate):
        assert self.solved(Dopamine1(rate), 1500) >= 0.95


class TestParity4:
    """4-8-1, 50 seeds."""

    net = MLP((4, 8, 1), hidden="tanh", output="sigmoid")

    def solved(self, optimizer, steps):
        return solved_fraction(self.net, optimizer, tasks.parity(4), 50, steps)

    def test_dopamine1_solves_90_percent_within_4000_steps(self):
        assert self.solved(Dopamine1(), 4000) >= 0.90

    def test_dopaminev_solves_95_percent_within_110_steps(self):
        assert self.solved(DopamineV(perturbations=16), 110) >= 0.95

    def test_plain_wp_stays_behind_at_its_best_rate(self):
        best = max(self.solved(WP(rate), 4000) for rate in (0.1, 0.3, 1.0, 3.0))
        assert best < 0.90


@pytest.fixture(scope="class")
def lorenz():
    return tasks.forecast(series.lorenz(3500), rng=0)


#: Networks of a series test: a sample by default, all with the marker.
NETWORKS = pytest.mark.parametrize("replicas", [3, pytest.param(20, marks=pytest.mark.stress)])


class TestLorenz:
    """x one step ahead, RNN with 16 units, batches of 16 windows of 60 steps."""

    net = RNN(1, 16, 1, washout=10)

    def errors(self, task, optimizer, steps, fpe, replicas):
        theta = self.net.init(replicas, rng=1)
        history = train(self.net, optimizer, task.batch, theta=theta, steps=steps, rng=2)
        assert history.fpe[-1] == fpe
        return task.nrmse(self.net, history.theta)

    @NETWORKS
    def test_dopaminev_halves_the_error_of_adam_on_the_same_batches(self, lorenz, replicas):
        """With batches of 4 windows and beta2 = 0.99 Adam comes nearer: see docs/dopamine.md."""
        vector = self.errors(lorenz, DopamineV(perturbations=64), 60, 3960, replicas)
        adam = self.errors(lorenz, Adam(0.03, decay="linear"), 1320, 3960, replicas)
        assert np.median(vector) <= 0.002
        assert vector.max() <= 0.006
        assert np.median(vector) <= np.median(adam) / 2

    @NETWORKS
    def test_dopamine1_is_far_below_persistence_and_plain_wp_at_equal_cost(self, lorenz, replicas):
        short = self.errors(lorenz, Dopamine1(hold=20), 1500, 3075, replicas)
        assert np.median(short) <= 0.07
        assert metrics.rmse(*baselines.persistence(lorenz.test)) == pytest.approx(0.269, abs=0.01)
        long = np.median(self.errors(lorenz, Dopamine1(hold=20), 2925, 5997, replicas))
        plain = [
            np.median(self.errors(lorenz, WP(rate), 3000, 6000, replicas))
            for rate in (0.003, 0.01, 0.03)
        ]
        assert long < np.nanmin(plain)
        assert not plain[-1] < 1, "plain WP diverges at 0.03"


class TestSecondOrder:
    """One step ahead, RNN with 16 units, 6000 FPE; worst of four networks where it is stated."""

    net = RNN(1, 16, 1, washout=10)

    def errors(self, name, rule, batch_size, steps):
        values = series.GENERATORS[name](3500)
        task = tasks.forecast(values, batch_size=batch_size, rng=711)
        history = train(
            self.net, rule, task.batch, theta=self.net.init(4, rng=704), steps=steps, rng=0
        )
        assert history.fpe[-1] <= 6000
        return task.nrmse(self.net, history.theta)

    @pytest.mark.parametrize(
        ("name", "bound", "worst"),
        [
            ("lorenz", 0.0004, 0.001),
            pytest.param("henon", 0.0006, 0.01, marks=pytest.mark.stress),
            pytest.param("rossler", 0.001, 0.01, marks=pytest.mark.stress),
            pytest.param("mackey_glass", 0.001, 0.01, marks=pytest.mark.stress),
            pytest.param("santafe_laser", 0.055, 0.1, marks=pytest.mark.stress),
        ],
    )
    def test_dopaminek_forecasts(self, name, bound, worst):
        rule = DopamineK(lam_min=1e-2) if name == "santafe_laser" else DopamineK()
        errors = self.errors(name, rule, batch_size=2, steps=165)
        assert np.median(errors) <= bound
        assert errors.max() <= worst

    @pytest.mark.parametrize(
        ("name", "bound"),
        [
            ("lorenz", 0.001),
            pytest.param("henon", 0.001, marks=pytest.mark.stress),
            pytest.param("rossler", 0.004, marks=pytest.mark.stress),
        ],
    )
    def test_dopamine_v_plus_forecasts(self, name, bound):
        assert np.median(self.errors(name, DopamineVPlus(), batch_size=8, steps=235)) <= bound


class TestMemory:
    """Peak of the memory allocated during training, RNN with 32 units."""

    net = RNN(1, 32, 1)

    def peak(self, optimizer, T):
        generator = np.random.default_rng(0)
        batch = tuple(generator.standard_normal((2, 16, T, 1)).astype(np.float32))
        theta = self.net.init(rng=0)
        train(self.net, optimizer, batch, theta=theta, steps=1, rng=0)
        tracemalloc.start()
        try:
            train(self.net, optimizer, batch, theta=theta, steps=3, rng=0)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def test_dopamine1_needs_the_same_memory_for_any_length_of_time(self):
        assert self.peak(Dopamine1(), 1000) <= 1.05 * self.peak(Dopamine1(), 50)

    def test_bptt_needs_memory_in_proportion_to_time(self):
        short, long = self.peak(Adam(), 50), self.peak(Adam(), 1000)
        assert long >= 15 * short
        assert long >= 20 * self.peak(Dopamine1(), 1000)

    def test_dopaminev_needs_no_memory_in_proportion_to_time_on_fresh_batches(self):
        peaks = {}
        for T in (50, 1000):
            X, Y = np.random.default_rng(0).standard_normal((2, 4, T, 1)).astype(np.float32)
            theta = self.net.init(rng=0)
            tracemalloc.start()
            train(
                self.net,
                DopamineV(perturbations=8),
                lambda index, batch=(X, Y): batch,
                theta=theta,
                steps=3,
                rng=0,
            )
            peaks[T] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peaks[1000] <= 1.05 * peaks[50]


def test_gradient_steps_cost_three_forward_passes_and_scalar_steps_two():
    net = MLP((2, 4, 1), output="sigmoid")
    theta = net.init(rng=0)
    costs = {
        rule.name: np.diff(train(net, rule, tasks.xor(), theta=theta, steps=3, rng=0).fpe)[0]
        for rule in (SGD(), WP(0.1), Dopamine1(), DopamineV(perturbations=8))
    }
    assert costs == {"SGD": 3, "WP": 2, "Dopamine1": 2, "DopamineV": 9}
