"""The rules against reference versions that follow their formulas line by line."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from dopamine_wp import (
    MLP,
    RNN,
    SGD,
    WP,
    Adam,
    Dopamine1,
    Dopamine2,
    DopamineV,
    Momentum,
    Optimizer,
    RMSProp,
    metrics,
    tasks,
    train,
)
from dopamine_wp.noise import NoiseStream

NET = MLP((2, 4, 1), output="sigmoid")
BATCH = tasks.xor()


def replay(key, step, kind, out):
    stream = NoiseStream(key, kind)
    stream.restart(step)
    stream.fill(out)


def directions(history, step, count=1, replicas=1, kind="normal"):
    """Draw the perturbations of a step of a small run again, shape (K, R, P)."""
    xi = np.empty((count, replicas, NET.n_parameters))
    replay(history.key, step, kind, xi)
    return xi


def one_loss(theta):
    return NET.loss(theta[None], BATCH)[0]


@pytest.mark.parametrize("noise", ["normal", "rademacher"])
@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("K", [1, 3])
def test_wp_follows_its_formula(K, two_sided, noise):
    rule = WP(0.5, sigma=1e-2, perturbations=K, two_sided=two_sided, noise=noise)
    start = NET.init(rng=0)
    history = train(NET, rule, BATCH, theta=start, steps=5, rng=1)
    theta = start[0]
    for step in range(5):
        change = np.zeros_like(theta)
        rpe = []
        for xi in directions(history, step, K, kind=noise)[:, 0]:
            minus = one_loss(theta - 1e-2 * xi) if two_sided else one_loss(theta)
            delta = (one_loss(theta + 1e-2 * xi) - minus) / (2 if two_sided else 1)
            rpe.append(delta)
            change += delta * xi / K
        assert history.rpe[step, 0] == pytest.approx(np.mean(rpe), rel=1e-8)
        theta = theta - 0.5 / 1e-2 * change
    np.testing.assert_allclose(history.theta[0], theta, rtol=1e-9)
    cost = 2 * K if two_sided else K + 1
    np.testing.assert_array_equal(history.fpe, cost * np.arange(1, 6))


def reference_dopamine1(start, history, steps, K, two_sided=False, reject=True):
    """Section by section as in the docstring of `Dopamine1`; returns theta and rates."""
    theta, eta, v = start.copy(), 0.01, 0.0
    rates = []
    for t in range(1, steps + 1):
        rates.append(eta)
        sigma = np.clip(0.1 * eta, 1e-6, 1e-2)
        L0 = one_loss(theta)
        xis = directions(history, t - 1, K)[:, 0]
        if two_sided:
            d = [
                (one_loss(theta + sigma * x) - one_loss(theta - sigma * x)) / 2 / sigma for x in xis
            ]
        else:
            d = [(one_loss(theta + sigma * x) - L0) / sigma for x in xis]
        v = 0.95 * v + 0.05 * np.mean(np.square(d))
        s = np.clip(d / (np.sqrt(v / (1 - 0.95**t)) + 1e-30), -3, 3)
        change = -eta * np.mean([sk * x for sk, x in zip(s, xis, strict=True)], axis=0)
        expected = eta * np.mean(s * np.array(d))
        actual = L0 - one_loss(theta + change)
        r = np.clip(actual / expected, -1, 1)
        eta = np.clip(eta * math.exp(0.1 * (r - 0.5)), 1e-6, 0.3)
        if actual >= 0 or not reject:
            theta = theta + change
    return theta, rates


@pytest.mark.parametrize("reject", [True, False])
@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("K", [1, 4])
def test_dopamine1_follows_its_formula(K, two_sided, reject):
    rule = Dopamine1(perturbations=K, two_sided=two_sided, reject=reject)
    start = NET.init(rng=3)
    history = train(NET, rule, BATCH, theta=start, steps=40, rng=4)
    theta, rates = reference_dopamine1(start[0], history, 40, K, two_sided, reject)
    np.testing.assert_allclose(history.rate[:, 0], rates, rtol=1e-6)
    np.testing.assert_allclose(history.theta[0], theta, rtol=1e-6)
    cost = 2 * K + 1 if two_sided else K + 1
    np.testing.assert_array_equal(history.fpe, 1 + cost * np.arange(1, 41))


def test_dopamine2_follows_its_formula():
    start, steps, K = NET.init(rng=5), 30, 2
    history = train(
        NET, Dopamine2(0.05, beta1=0.9, perturbations=K), BATCH, theta=start, steps=steps, rng=6
    )
    theta, v = start[0].copy(), 0.0
    m, q = np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        eta = 0.05 * (1 - (t - 1) / steps)
        sigma = np.clip(0.1 * eta, 1e-6, 1e-2)
        xis = directions(history, t - 1, K)[:, 0]
        d = np.array([(one_loss(theta + sigma * x) - one_loss(theta)) / sigma for x in xis])
        v = 0.95 * v + 0.05 * np.mean(d**2)
        s = np.clip(d / np.sqrt(v / (1 - 0.95**t)), -3, 3)
        u = s @ xis / K
        m, q = 0.9 * m + 0.1 * u, 0.999 * q + 0.001 * u**2
        theta = theta - eta * (m / (1 - 0.9**t)) / (np.sqrt(q / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(history.theta[0], theta, rtol=1e-7)
    np.testing.assert_array_equal(history.fpe, (K + 1) * np.arange(1, steps + 1))


def entropy_problem(output):
    net = MLP((2, 3, 2), output=output, loss="cross_entropy")
    X = np.random.default_rng(0).standard_normal((7, 2))
    return net, (X, np.eye(2)[(X[:, 0] * X[:, 1] > 0).astype(int)])


@pytest.mark.parametrize("problem", ["mse", "sigmoid", "softmax"])
def test_dopaminev_follows_its_formula(problem):
    net, batch = (NET, BATCH) if problem == "mse" else entropy_problem(problem)
    # The same function with visible logits, for the reference
    bare = net if problem == "mse" else MLP(net.sizes)
    X, Y = batch
    K, sigma, lam = 5, 1e-3, 1.0
    start = net.init(rng=7)
    history = train(net, DopamineV(perturbations=K), batch, theta=start, steps=25, rng=8)
    theta = start[0].copy()
    n = len(Y) if problem == "softmax" else Y.size
    for step in range(25):
        xi = np.empty((K, 1, net.n_parameters))
        replay(history.key, step, "normal", xi)
        o = bare.outputs(theta[None], X)[0]
        D = [(bare.outputs((theta + sigma * x)[None], X)[0] - o).ravel() / sigma for x in xi[:, 0]]
        D = np.array(D)
        p = net.outputs(theta[None], X)[0]
        e = (p - Y).ravel()
        if problem == "mse":
            C, e = 2 * np.eye(Y.size), 2 * e
        elif problem == "sigmoid":
            C = np.diag((p * (1 - p)).ravel())
        else:
            C = np.zeros((Y.size, Y.size))
            for i, row in enumerate(p):
                C[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = np.diag(row) - np.outer(row, row)
        A, b = D @ C @ D.T / n, D @ e / n
        a = -np.linalg.solve(A + lam * np.trace(A) / K * np.eye(K), b)
        candidate = theta + a @ xi[:, 0]
        expected = -(a @ b + a @ A @ a / 2)
        gain = net.loss(theta[None], batch)[0] - net.loss(candidate[None], batch)[0]
        assert history.agreement[step, 0] == pytest.approx(np.clip(gain / expected, -1, 1), 1e-5)
        if gain > 0:
            theta = candidate
        if gain / expected > 0.5:
            lam /= 1.5
        elif gain / expected < 0.25:
            lam *= 2
    assert history.state["damping"][0] == pytest.approx(lam)
    np.testing.assert_allclose(history.theta[0], theta, rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(history.fpe, 1 + (K + 1) * np.arange(1, 26))


def test_dopaminev_reports_the_exact_mean_reward_prediction_error():
    start = NET.init(rng=0)
    history = train(NET, DopamineV(perturbations=5), BATCH, theta=start, steps=1, rng=1)
    xi = directions(history, 0, 5)[:, 0]
    deltas = [one_loss(start[0] + 1e-3 * x) - one_loss(start[0]) for x in xi]
    assert history.rpe[0, 0] == pytest.approx(np.mean(deltas), rel=1e-6)


@pytest.mark.parametrize("hold", [1, 3])
def test_dopaminev_on_series_costs_what_it_says_and_equals_itself_on_long_blocks(hold):
    net = RNN(1, 6, 1, washout=3, dtype=np.float64)
    generator = np.random.default_rng(0)
    X, Y = generator.standard_normal((2, 5, 21, 1))
    rule = DopamineV(perturbations=4, hold=hold)
    theta = net.init(2, rng=0)
    by_function = train(net, rule, lambda index: (X, Y), theta=theta, steps=6, rng=1)
    fixed = train(net, rule, (X, Y), theta=theta, steps=6, rng=1)
    # Stored outputs of an accepted candidate are those that would be computed again
    np.testing.assert_allclose(by_function.theta, fixed.theta, rtol=1e-9)
    # A pass over 5 sequences is 5/16 of the unit
    assert by_function.fpe[-1] == (6 * 5 + 6 / hold) * 5 / 16
    assert fixed.fpe[-1] == (6 * 5 + 1) * 5 / 16


def test_dopaminev_without_more_parameters_than_directions_is_least_squares():
    generator = np.random.default_rng(0)
    X, Y = generator.standard_normal((30, 4)), generator.standard_normal((30, 2))
    net = MLP((4, 2))
    rule = DopamineV(perturbations=1000)
    history = train(net, rule, (X, Y), theta=net.init(3, rng=0), steps=60, rng=1)
    extended = np.hstack([X, np.ones((30, 1))])
    weights = np.linalg.lstsq(extended, Y, rcond=None)[0]
    residual = np.mean((extended @ weights - Y) ** 2)
    np.testing.assert_allclose(net.loss(history.theta, (X, Y)), residual, atol=1e-6)
    np.testing.assert_allclose(net.unpack(history.theta)["W1"][0], weights[:-1], atol=1e-6)
    assert history.fpe[0] == net.n_parameters + 2


@pytest.mark.parametrize(
    ("rule", "advance"),
    [
        (SGD(0.1), lambda g, m, q, t: (g, m, q)),
        (Momentum(0.1), lambda g, m, q, t: (0.9 * m + g, 0.9 * m + g, q)),
        (
            RMSProp(0.1),
            lambda g, m, q, t: (
                g / (np.sqrt(0.9 * q + 0.1 * g**2) + 1e-8),
                m,
                0.9 * q + 0.1 * g**2,
            ),
        ),
        (
            Adam(0.1),
            lambda g, m, q, t: (
                ((0.9 * m + 0.1 * g) / (1 - 0.9**t))
                / (np.sqrt((0.999 * q + 0.001 * g**2) / (1 - 0.999**t)) + 1e-8),
                0.9 * m + 0.1 * g,
                0.999 * q + 0.001 * g**2,
            ),
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_gradient_rules_follow_their_formulas(oracles, rule, advance):
    theta = start = NET.init(2, rng=0)
    m = q = np.zeros_like(theta)
    for t in range(1, 11):
        gradient = oracles.numerical_gradient(NET, theta, BATCH)
        change, m, q = advance(gradient, m, q, t)
        theta = theta - 0.1 * change
    history = train(NET, rule, BATCH, theta=start, steps=10)
    np.testing.assert_allclose(history.theta, theta, atol=1e-6)
    assert history.fpe[-1] == 30
    assert np.isnan(history.rpe).all()
    assert np.isnan(history.agreement).all()


@pytest.mark.parametrize(("noise", "law"), [("normal", 18), ("rademacher", 16)])
def test_wp_error_obeys_its_law(noise, law):
    """E|estimate - gradient|^2 / |gradient|^2 = (P + 1) / K or (P - 1) / K, here P = 17."""
    K, replicas = 20, 4000
    theta = np.repeat(NET.init(rng=0), replicas, axis=0)
    rule = WP(1.0, sigma=1e-6, perturbations=K, noise=noise)
    history = train(NET, rule, BATCH, theta=theta, steps=1, rng=2)
    gradient = NET.gradient(theta[:1], BATCH)[1]
    errors = np.square(theta - history.theta - gradient).sum(axis=1) / np.square(gradient).sum()
    standard_error = errors.std() / np.sqrt(replicas)
    # Six standard errors: a correct rule fails once in 5e8 seeds
    assert abs(errors.mean() - law / K) < 6 * standard_error


def test_wp_estimate_is_unbiased_and_its_agreement_tends_to_one():
    K, P = 200_000, NET.n_parameters
    theta = NET.init(rng=0)
    history = train(NET, WP(1.0, sigma=1e-4, perturbations=K), BATCH, theta=theta, steps=1, rng=1)
    gradient = NET.gradient(theta, BATCH)[1]
    estimate = theta - history.theta
    error = np.linalg.norm(estimate - gradient) / np.linalg.norm(gradient)
    assert error < 3 * np.sqrt(P / K)
    agreement = metrics.gradient_agreement(NET, theta, BATCH, estimate)
    assert set(agreement) == {"W1", "b1", "W2", "b2", "all"}
    assert agreement["all"][0] > 0.9995
    assert history.fpe[0] == K + 1


def test_one_sided_differences_leave_curvature_variance_which_two_sided_ones_do_not():
    theta = np.repeat(NET.init(rng=0), 2000, axis=0)
    gradient = NET.gradient(theta[:1], BATCH)[1]
    spread = {}
    for two_sided in (False, True):
        rule = WP(1.0, sigma=0.3, two_sided=two_sided)
        estimate = theta - train(NET, rule, BATCH, theta=theta, steps=1, rng=1).theta
        spread[two_sided] = np.square(estimate - gradient).sum(axis=1).mean()
    assert spread[True] < 0.9 * spread[False]


def test_dopamine1_does_not_depend_on_the_scale_of_the_loss():
    class Scaled(MLP):
        def evaluate(self, theta, batch):
            return 1000 * super().evaluate(theta, batch)

    theta = NET.init(5, rng=0)
    histories = [
        train(net, Dopamine1(), BATCH, theta=theta, steps=300, rng=1)
        for net in (NET, Scaled((2, 4, 1), output="sigmoid"))
    ]
    np.testing.assert_allclose(histories[1].theta, histories[0].theta, atol=1e-6)
    np.testing.assert_allclose(histories[1].rate, histories[0].rate, atol=1e-6)


def test_dopamine1_rate_is_bounded_from_the_first_update_on():
    theta = NET.init(20, rng=0)
    for rate in (1e-9, 5.0):
        history = train(NET, Dopamine1(rate), BATCH, theta=theta, steps=50, rng=1)
        assert (history.rate[0] == rate).all()
        assert (history.rate[1:] >= 1e-6).all()
        assert (history.rate[1:] <= 0.3).all()


def test_dopamine1_never_lets_the_loss_of_a_fixed_batch_rise_and_rejects_bit_for_bit():
    theta = NET.init(20, rng=0)
    visited = []
    history = train(
        NET,
        Dopamine1(0.3),
        BATCH,
        theta=theta,
        steps=200,
        rng=1,
        callbacks=[lambda trainer: visited.append(trainer.theta.copy())],
    )
    assert (np.diff(history.loss, axis=0) <= 0).all()
    rejected = history.agreement[1:] < 0
    assert rejected.any()
    stayed = (np.diff(visited, axis=0) == 0).all(axis=2)
    np.testing.assert_array_equal(stayed[rejected], True)


def test_dopamine1_loss_without_slope_leaves_rate_and_theta_alone():
    net = MLP((2, 3, 1), hidden="relu")
    theta = np.zeros((2, net.n_parameters))
    views = net.unpack(theta)
    # Dead units and a perfect output bias: no perturbation of relevant size is felt
    views["b1"][...] = -100
    rule = Dopamine1(sigma=1e-300, sigma_min=1e-300)
    history = train(net, rule, BATCH, theta=theta, steps=5, rng=0)
    assert (history.rate == 0.01).all()
    assert (history.rpe == 0).all()
    np.testing.assert_array_equal(history.theta, theta)


def test_dopaminev_on_outputs_that_do_not_react_moves_nothing():
    net = MLP((2, 3, 1))
    theta = net.init(2, rng=0)
    history = train(net, DopamineV(sigma=1e-300), BATCH, theta=theta, steps=3, rng=0)
    np.testing.assert_array_equal(history.theta, theta)
    assert np.isnan(history.agreement).all()
    assert (history.state["damping"] == 1).all()


class Cliff(MLP):
    """Outputs are NaN where the first weight exceeds a bound."""

    bound = 0.0

    def _outputs(self, theta, X):
        outputs = super()._outputs(theta, X).copy()
        outputs[theta[:, 0] > self.bound] = np.nan
        return outputs


@pytest.mark.parametrize("rule", [WP(0.1, perturbations=4), DopamineV(perturbations=4)])
def test_directions_without_finite_outcome_are_left_out(rule):
    net = Cliff((2, 4, 1), output="sigmoid")
    theta = np.full((1, net.n_parameters), 0.1)
    theta[0, 0] = 0
    history = train(net, rule, BATCH, theta=theta, steps=1, rng=0)
    xi = np.empty((4, 1, net.n_parameters))
    replay(history.key, 0, "normal", xi)
    harmless = xi[:, 0, 0] <= 0
    assert harmless.any()
    assert not harmless.all()
    assert np.isfinite(history.theta).all()
    assert not history.failed.any()
    # What moves is a combination of the harmless directions alone
    change = (history.theta - theta)[0]
    basis = xi[harmless, 0]
    weights = np.linalg.lstsq(basis.T, change, rcond=None)[0]
    np.testing.assert_allclose(basis.T @ weights, change, atol=1e-9)


def test_candidates_without_finite_loss_are_rejected_with_agreement_minus_one():
    net = Cliff((2, 4, 1), output="sigmoid")
    net.bound = 1e-3
    theta = np.full((30, net.n_parameters), 0.1)
    theta[:, 0] = 0
    # Perturbations stay below the bound, steps do not
    rule = Dopamine1(1.0, sigma=1e-5, sigma_min=1e-7, reject=False, rate_max=10.0)
    history = train(net, rule, BATCH, theta=theta, steps=1, rng=0)
    stayed = (history.theta == theta).all(axis=1)
    assert stayed.any()
    assert not stayed.all()
    assert (history.agreement[0, stayed] == -1).all()
    assert np.isfinite(net.loss(history.theta, BATCH)).all()


@pytest.mark.parametrize("rule", [WP(0.1, sigma=0), Dopamine1(sigma=0), DopamineV(sigma=0)])
def test_sigma_zero_is_a_no_op_that_returns_the_loss(rule):
    theta = NET.init(3, rng=0)
    history = train(NET, rule, BATCH, theta=theta, steps=4, rng=0)
    np.testing.assert_array_equal(history.theta, theta)
    np.testing.assert_allclose(history.loss, np.tile(NET.loss(theta, BATCH), (4, 1)))
    assert history.fpe[-1] == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WP(-1.0), "WP.rate: must be a finite number of at least 0, not -1.0"),
        (lambda: WP(float("nan")), "WP.rate: .* not nan"),
        (lambda: WP("fast"), "WP.rate: .* not 'fast'"),
        (lambda: WP(True), "WP.rate: .* not True"),
        (lambda: WP(0.1, sigma=-1e-3), "WP.sigma: .* at least 0, not -0.001"),
        (lambda: WP(0.1, sigma=float("nan")), "WP.sigma: .* not nan"),
        (lambda: WP(0.1, perturbations=0), "WP.perturbations: must be an integer of at least 1"),
        (lambda: WP(0.1, noise="uniform"), "WP.noise: must be one of 'normal', 'rademacher'"),
        (lambda: WP(0.1, decay="cosine"), "WP.decay: must be one of None, 'linear'"),
        (lambda: WP(0.1, two_sided=1), "WP.two_sided: must be True or False, not 1"),
        (lambda: Dopamine1(hold=0), "Dopamine1.hold: must be an integer of at least 1, not 0"),
        (lambda: Dopamine1(beta_v=1.0), "Dopamine1.beta_v: .* below 1, not 1.0"),
        (lambda: Dopamine1(rate_max=1e-9), "Dopamine1.rate_max: .* at least 1e-06"),
        (lambda: Dopamine2(beta1=1.5), "Dopamine2.beta1: .* below 1, not 1.5"),
        (lambda: DopamineV(lam0=0), "DopamineV.lam0: .* at least 1e-08"),
        (lambda: DopamineV(down=0.5), "DopamineV.down: .* at least 1, not 0.5"),
        (lambda: Adam(0.1, beta2=1), "Adam.beta2: .* below 1, not 1"),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_wp_has_no_default_rate():
    with pytest.raises(TypeError, match="rate"):
        WP()


def test_a_rule_that_returns_no_proposal_is_named():
    @dataclass(frozen=True)
    class Silent(Optimizer):
        rate: float = 0.1

        def propose(self, probe):
            return None

    net = MLP((2, 4, 1))
    with pytest.raises(ValueError, match="Silent.propose: must return a Proposal, not None"):
        train(net, Silent(), tasks.xor(), theta=net.init(rng=0), steps=1)
