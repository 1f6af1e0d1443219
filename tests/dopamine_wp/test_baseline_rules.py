"""The baselines that users expect, each against a dense formula or a known limit."""

from dataclasses import replace

import numpy as np
import pytest

from dopamine_wp import (
    MLP,
    RNN,
    SGD,
    SNES,
    SPSA,
    BlackBox,
    Dopamine2,
    Dopamine2T,
    DopamineVPlus,
    FeedbackAlignment,
    ForwardGradient,
    NodePerturbation,
    SepCMAES,
    tasks,
    train,
)
from dopamine_wp.networks.local import eligibility_gradient, node_perturbation_gradient
from dopamine_wp.optimizers.probe import Probe
from dopamine_wp.optimizers.sepcmaes import _Constants
from dopamine_wp.optimizers.snes import utilities

BATCH = tasks.xor()
NET = MLP((2, 4, 1), output="sigmoid")


def a_probe(net, theta, batch, **options):
    return Probe(
        net=net,
        theta=theta,
        batch=net.as_batch(batch),
        step=0,
        rate=0.1,
        schedule=1.0,
        key=3,
        **options,
    )


def windows(net, samples=3, time=7, seed=0):
    generator = np.random.default_rng(seed)
    X = generator.standard_normal((samples, time, net.n_inputs))
    return X, generator.standard_normal((samples, time, net.n_outputs))


def test_spsa_is_spalls_formula():
    theta = NET.init(2, rng=0)
    rule = SPSA(0.7, sigma=0.02, stability=10)
    history = train(NET, rule, BATCH, theta=theta, steps=1, rng=5)
    step = history.theta - theta
    signs = np.sign(step)
    slope = NET.loss(theta + 0.02 * signs, BATCH) - NET.loss(theta - 0.02 * signs, BATCH)
    # The sign of the slope along a direction and that of the direction cancel
    expected = 0.7 / 11**0.602 * np.abs(slope) / (2 * 0.02)
    np.testing.assert_allclose(np.abs(step), expected[:, None] * np.ones(17), rtol=1e-9)
    assert (slope < 0).all()
    later = train(NET, rule, BATCH, theta=theta, steps=9, rng=5)
    np.testing.assert_allclose(later.rate[:, 0], 0.7 / np.arange(11, 20) ** 0.602)


@pytest.mark.parametrize("rule", [SNES(), SepCMAES()], ids=repr)
def test_evolution_strategies_solve_a_badly_scaled_ellipsoid(rule):
    scales = 10 ** np.linspace(0, 4, 8)
    net = BlackBox(lambda theta: (scales * theta**2).sum(axis=1), 8)
    theta = net.init(10, rng=0)
    history = train(net, rule, None, theta=theta, steps=600, rng=1)
    start, end = net.loss(theta, None), net.loss(history.theta, None)
    assert (end < 1e-6 * start).all()


@pytest.mark.parametrize("rule", [SNES(), SepCMAES()], ids=repr)
def test_evolution_strategies_see_only_the_order_of_losses(rule):
    theta = NET.init(4, rng=0)
    box = BlackBox(lambda t: np.exp(3 * NET.loss(t, BATCH)) - 7, 17)
    plain = train(NET, rule, BATCH, theta=theta, steps=10, rng=1)
    bent = train(box, rule, None, theta=theta, steps=10, rng=1)
    np.testing.assert_allclose(plain.theta, bent.theta, rtol=1e-12)


def test_evolution_strategies_solve_xor_at_the_published_cost():
    """A few hundred passes: 378 for SNES in our measurements with another implementation."""
    for rule in (SNES(), SepCMAES()):
        history = train(
            NET, rule, BATCH, theta=NET.init(60, rng=0), steps=150, stop_loss=0.01, rng=1
        )
        assert np.isfinite(history.solved_at).mean() >= 0.9
        assert 200 < np.median(history.solved_at) < 600


def test_utilities_and_constants_are_those_of_the_papers():
    u = utilities(12)
    assert u.sum() == pytest.approx(0)
    assert (np.diff(u) <= 0).all()
    # N. Hansen's tutorial, 10 parameters and a population of 10: mu_eff 3.17, c_sigma 0.284
    c = _Constants(10, 10)
    assert c.weights.sum() == pytest.approx(1)
    assert c.mu == pytest.approx(3.1673, abs=1e-3)
    assert c.s == pytest.approx(0.28442, abs=1e-4)
    assert c.expected_length == pytest.approx(3.0847, abs=1e-3)


@pytest.mark.parametrize(
    ("net", "batch"),
    [
        (NET, BATCH),
        (MLP((2, 3, 4, 1), hidden="sigmoid"), BATCH),
        (MLP((2, 5, 1), hidden="relu", output="sigmoid", loss="ce"), BATCH),
        (MLP((2, 3, 2), output="softmax", loss="ce"), (BATCH[0], np.eye(2)[[0, 1, 1, 0]])),
        (RNN(2, 4, 3, leak=0.7, washout=2, dtype=np.float64), None),
        (RNN(2, 4, 2, residual=True, dtype=np.float64), None),
    ],
    ids=lambda value: repr(value) if isinstance(value, MLP | RNN) else "",
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_slope_of_forward_gradient_is_gradient_times_direction(net, batch, order):
    batch = windows(net) if batch is None else batch
    if isinstance(net, RNN) and order == "F":
        pytest.skip("recurrent networks have one layout")
    theta = np.array(net.init(5, rng=0), order=order)
    xi = np.random.default_rng(1).standard_normal(theta.shape)
    loss, slope = a_probe(net, theta, batch).slope(xi)
    expected_loss, gradient = net.gradient(theta, batch)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-12)
    np.testing.assert_allclose(slope, (gradient * xi).sum(axis=1), rtol=1e-9, atol=1e-12)


def test_forward_gradient_is_wp_with_a_vanishing_perturbation():
    from dopamine_wp import WP

    theta = NET.init(3, rng=0)
    exact = train(NET, ForwardGradient(0.5), BATCH, theta=theta, steps=3, rng=2)
    tiny = train(NET, WP(0.5, sigma=1e-7), BATCH, theta=theta, steps=3, rng=2)
    np.testing.assert_allclose(exact.theta, tiny.theta, atol=1e-6)


@pytest.mark.parametrize("replicas", [3, 60])
def test_feedback_alignment_through_the_weights_themselves_is_the_gradient(replicas):
    net = MLP((2, 3, 4, 1), output="sigmoid")
    theta = np.array(net.init(replicas, rng=0), order=net.memory_order(replicas))
    batch = net.as_batch(BATCH)
    loss, slopes = net.feedback_gradient(theta, batch, theta)
    expected = net.gradient(theta, batch)
    np.testing.assert_allclose(loss, expected[0])
    np.testing.assert_allclose(slopes, expected[1])
    other = net.feedback_gradient(theta, batch, net.init(replicas, rng=1))[1]
    # The last layer needs no feedback
    last = net.unpack(other)["W3"]
    np.testing.assert_allclose(last, net.unpack(expected[1])["W3"])
    assert not np.allclose(other, expected[1])


def test_feedback_alignment_without_hidden_layer_is_gradient_descent():
    net = MLP((2, 1), output="sigmoid")
    theta = net.init(3, rng=0)
    runs = [
        train(net, rule, BATCH, theta=theta, steps=5, rng=1).theta
        for rule in (FeedbackAlignment(0.1), SGD(0.1))
    ]
    np.testing.assert_allclose(runs[0], runs[1])


def test_feedback_alignment_learns_xor():
    history = train(
        NET, FeedbackAlignment(3.0), BATCH, theta=NET.init(40, rng=0), steps=3000, rng=1
    )
    assert (history.loss[-1] < 0.01).mean() > 0.5


@pytest.mark.parametrize(
    ("net", "time"),
    [
        (RNN(2, 4, 3, dtype=np.float64), 1),
        (RNN(2, 4, 2, residual=True, dtype=np.float64), 1),
        (RNN(1, 4, 1, leak=0.6, washout=2, dtype=np.float64), 8),
    ],
    ids=repr,
)
def test_eligibility_is_the_gradient_where_nothing_travels_through_units(net, time):
    """For one time step, or without recurrent weights, with the readout as feedback."""
    theta = net.init(3, rng=0)
    views = net.unpack(theta)
    if time > 1:
        views["Wh"][...] = 0
    batch = windows(net, time=time)
    loss, slopes = eligibility_gradient(net, theta, batch, views["Wo"])
    expected_loss, gradient = net.gradient(theta, batch)
    np.testing.assert_allclose(loss, expected_loss)
    found, true = net.unpack(slopes), net.unpack(gradient)
    for name in ("Wx", "b", "Wo", "bo", "Wh"):
        np.testing.assert_allclose(found[name], true[name], atol=1e-12, err_msg=name)


def test_node_perturbation_is_the_gradient_on_average():
    net = RNN(1, 3, 1, leak=0.9, washout=1, dtype=np.float64)
    theta = net.init(1, rng=0)
    batch = windows(net, samples=4, time=6)
    generator = np.random.default_rng(0)
    total = np.zeros_like(theta)
    draws = 3000
    for _ in range(draws):
        total += node_perturbation_gradient(net, theta, batch, generator, sigma=1e-4, gamma=1.0)[1]
    gradient = net.gradient(theta, batch)[1]
    estimate = total[0] / draws
    cosine = estimate @ gradient[0] / np.linalg.norm(estimate) / np.linalg.norm(gradient)
    assert cosine > 0.97
    # Clipping at three root mean squares shortens it a little
    assert 0.8 < np.linalg.norm(estimate) / np.linalg.norm(gradient) < 1.2


def test_one_trial_is_dopamine2():
    net = RNN(1, 4, 1, dtype=np.float64)
    theta = net.init(3, rng=0)
    batch = windows(net, samples=1)
    rules = Dopamine2T(0.01, beta1=0.9), Dopamine2(0.01, beta1=0.9)
    runs = [train(net, rule, batch, theta=theta, steps=5, rng=1) for rule in rules]
    np.testing.assert_allclose(runs[0].theta, runs[1].theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(runs[0].loss, runs[1].loss)
    assert runs[0].fpe[-1] == 5 * 2 / 16
    with pytest.raises(ValueError, match="Dopamine2T: has one one-sided perturbation a trial"):
        replace(rules[0], two_sided=True)


def test_vector_plus_has_the_dense_normal_equations():
    net = RNN(1, 4, 2, washout=2, dtype=np.float64)
    theta = net.init(2, rng=0)
    batch = windows(net)
    readout = net.linear_readout()
    probe = a_probe(net, theta, batch)
    directions = probe.directions(3)
    xi = next(directions.blocks()).copy()
    xi[..., readout] = 0
    found = DopamineVPlus(sigma=1e-6)._equations(probe, directions, readout)

    def outputs(parameters):
        return net.outputs(parameters, batch[0])[:, :, net.washout :].reshape(len(theta), -1)

    base = outputs(theta)
    units = np.eye(net.n_parameters)[readout]
    moves = [*xi, *np.repeat(units[:, None], 2, axis=1)]
    D = np.array([(outputs(theta + 1e-6 * move) - base) / 1e-6 for move in moves])
    e = base - batch[1][:, net.washout :].reshape(-1)
    n = base.shape[1]
    np.testing.assert_allclose(found.A, 2 * np.einsum("krn,lrn->rkl", D, D) / n, atol=1e-5)
    np.testing.assert_allclose(found.b, 2 * np.einsum("krn,rn->rk", D, e) / n, atol=1e-5)


@pytest.mark.parametrize(
    ("rule", "net", "message"),
    [
        (FeedbackAlignment(), RNN(1, 3, 1), "FeedbackAlignment: trains networks of the class MLP"),
        (NodePerturbation(), NET, "NodePerturbation: trains networks of the class RNN only"),
        (DopamineVPlus(), NET, "DopamineVPlus: needs a linear readout"),
    ],
)
def test_networks_of_the_wrong_kind_are_refused_by_name(rule, net, message):
    with pytest.raises(ValueError, match=message):
        train(net, rule, BATCH, theta=net.init(rng=0), steps=1)
