"""DopamineK against dense formulas, least squares, and what it promises."""

import numpy as np
import pytest

from dopamine_wp import MLP, RNN, DopamineK, series, tasks, train
from dopamine_wp.optimizers import dopaminek, gauss_newton


def exact_jacobian(net, theta, X):
    """Return d outputs / d theta (R, P, n) behind the washout, by BPTT for one output at a time."""
    outputs = net.outputs(theta, X).astype(float)
    counted = np.zeros(outputs.shape[1:], bool)
    counted[:, getattr(net, "washout", 0) :] = True
    columns = []
    # In the order of the blocks: time, sample, output
    places = np.argwhere(counted.swapaxes(0, 1)) if counted.ndim == 3 else np.argwhere(counted)
    for place in places:
        index = (place[1], place[0], place[2]) if counted.ndim == 3 else tuple(place)
        gradients = []
        for replica in range(len(theta)):
            Y = outputs[replica].copy()
            # The slope of the mean squared error is then 1 for this output, 0 for the others
            Y[index] -= counted.sum() / 2
            gradients.append(net.gradient(theta[replica : replica + 1], (X, Y))[1][0])
        columns.append(gradients)
    return np.array(columns).transpose(1, 2, 0)


@pytest.mark.parametrize(
    "net",
    [
        RNN(1, 5, 1, washout=2, dtype=np.float64),
        RNN(2, 4, 3, leak=0.7, washout=3, dtype=np.float64),
        RNN(2, 3, 2, residual=True, dtype=np.float64),
    ],
    ids=repr,
)
def test_reactions_are_the_jacobian(net):
    generator = np.random.default_rng(0)
    X = generator.standard_normal((2, 21, net.n_inputs))
    Y = generator.standard_normal((2, 21, net.n_outputs))
    theta = net.init(3, rng=1)
    wiggled = net.linear_readout().start
    blocks = []
    for block in net.unit_blocks(theta, (X, Y), wiggled, 1e-4):
        J = gauss_newton.reactions(block, block.outputs[0], 1e-4)
        blocks.append(J.reshape(*J.shape[:3], -1).reshape(*J.shape[:2], -1))
    J = np.concatenate([block.transpose(1, 0, 2) for block in blocks], axis=2)
    # Blocks are (R, time, sample, output)
    expected = exact_jacobian(net, theta, X)
    np.testing.assert_allclose(J, expected, atol=1e-3 * np.abs(expected).max())


def test_copies_side_by_side_are_those_one_after_the_other():
    net = RNN(2, 4, 2, leak=0.8, washout=1, dtype=np.float64)
    generator = np.random.default_rng(0)
    batch = tuple(generator.standard_normal((2, 3, 40, 2)))
    theta = net.init(2, rng=0)
    count = net.linear_readout().start
    fast = [b.outputs.copy() for b in net.unit_blocks(theta, batch, count, 1e-2)]
    plain = [b.outputs.copy() for b in super(RNN, net).unit_blocks(theta, batch, count, 1e-2)]
    np.testing.assert_allclose(
        np.concatenate(fast, axis=2), np.concatenate(plain, axis=2), atol=1e-12
    )


def test_one_full_step_on_a_linear_network_is_least_squares():
    generator = np.random.default_rng(0)
    X, Y = generator.standard_normal((30, 3)), generator.standard_normal((30, 1))
    net = MLP((3, 1))
    rule = DopamineK(rate=1.0, decay=None, beta=0.0, lam0=1e-12, lam_min=1e-12, clip=float("inf"))
    history = train(net, rule, (X, Y), theta=net.init(4, rng=0), steps=1)
    extended = np.hstack([X, np.ones((30, 1))])
    weights = np.linalg.lstsq(extended, Y, rcond=None)[0][:, 0]
    np.testing.assert_allclose(history.theta, np.tile(weights, (4, 1)), atol=1e-6)
    np.testing.assert_allclose(history.agreement[0], 1, atol=1e-3)
    assert history.fpe[0] == net.n_parameters + 2


@pytest.mark.parametrize(
    "net",
    [
        MLP((2, 3, 2), output="softmax", loss="ce"),
        MLP((2, 3, 1), output="sigmoid", loss="ce"),
        MLP((2, 3, 1), output="sigmoid"),
    ],
    ids=repr,
)
def test_every_network_and_loss_is_learned(net):
    X, bits = tasks.xor()
    Y = np.hstack([bits, 1 - bits]) if net.sizes[-1] == 2 else bits
    rule = DopamineK(clip=0.5, beta=0.5)
    history = train(net, rule, (X, Y), theta=net.init(20, rng=0), steps=60)
    assert np.median(history.loss[-1]) < 0.01 * np.median(history.loss[0])


def test_it_draws_no_random_numbers():
    task = tasks.forecast(series.henon(3500), batch_size=2, rng=0)
    net = RNN(1, 4, 1, washout=task.washout)
    theta = net.init(2, rng=0)
    runs = [train(net, DopamineK(), task.batch, theta=theta, steps=4, rng=r) for r in (1, 2)]
    np.testing.assert_array_equal(runs[0].theta, runs[1].theta)
    wiggled = 4 + 16 + 4
    assert runs[0].fpe[-1] == 4 * (wiggled + 2) * 2 / 16


def test_the_size_of_the_groups_does_not_matter(monkeypatch):
    task = tasks.forecast(series.henon(3500), batch_size=2, rng=0)
    net = RNN(1, 4, 1, washout=task.washout, dtype=np.float64)
    theta = net.init(5, rng=0)
    whole = train(net, DopamineK(), task.batch, theta=theta, steps=3)
    monkeypatch.setattr(dopaminek, "_BUFFER_NUMBERS", 1)
    alone = train(net, DopamineK(), task.batch, theta=theta, steps=3)
    np.testing.assert_allclose(alone.theta, whole.theta, rtol=1e-9)


def test_steps_are_clipped_over_the_parameters_in_front_of_the_readout():
    task = tasks.forecast(series.henon(3500), batch_size=2, rng=0)
    net = RNN(1, 4, 1, washout=task.washout)
    theta = net.init(5, rng=0)
    history = train(net, DopamineK(clip=1e-3, tol=1e9), task.batch, theta=theta, steps=1)
    moved = (history.theta - theta)[:, : net.linear_readout().start]
    np.testing.assert_allclose(np.sqrt((moved**2).mean(axis=1)), 1e-3, rtol=1e-3)


def test_outputs_that_do_not_react_leave_everything_where_it_is():
    net = MLP((1, 1), hidden="relu")
    X = np.zeros((3, 1))
    theta = np.zeros((1, 2))
    rule = DopamineK(decay=None)
    history = train(net, rule, (X, np.zeros((3, 1))), theta=theta, steps=2)
    np.testing.assert_array_equal(history.theta, theta)
    assert not history.failed.any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DopamineK(beta=1), "DopamineK.beta: must be a finite number .*below 1"),
        (lambda: DopamineK(lam0=1e-9), "DopamineK.lam0: must be a finite number of at least 1e-06"),
        (lambda: DopamineK(clip=0), "DopamineK.clip: must be a finite number above 0"),
        (lambda: DopamineK(tol=0.5), "DopamineK.tol: must be a finite number of at least 1"),
        (lambda: DopamineK(rho=0), "DopamineK.rho: must be"),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_large_networks_are_refused_with_the_alternatives():
    net = RNN(1, 48, 1)
    X = np.zeros((1, 3, 1))
    with pytest.raises(ValueError, match="at most 2000 parameters, not of 2449; use DopamineVP"):
        train(net, DopamineK(), (X, X), theta=net.init(rng=0), steps=1)


def test_lorenz_five_steps_ahead_is_forecast_better_than_tuned_adam_does():
    """Tuned Adam has .0080 here at the same cost; see docs/dopamine.md for eight orbits."""
    net = RNN(1, 16, 1, washout=10)
    task = tasks.forecast(series.lorenz(3500), horizon=5, batch_size=2, rng=708)
    history = train(net, DopamineK(), task.batch, theta=net.init(4, rng=701), steps=165)
    assert history.fpe[-1] <= 6000
    assert np.median(task.nrmse(net, history.theta)) <= 0.0064
