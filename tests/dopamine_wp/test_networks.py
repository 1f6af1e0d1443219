"""Forward and backward passes against slow loops and central differences."""

import numpy as np
import pytest

from dopamine_wp import MLP, RNN, Network

HEADS = [
    ("linear", "mse"),
    ("sigmoid", "mse"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "cross_entropy"),
]


def mlp_problem(sizes, rng=0):
    generator = np.random.default_rng(rng)
    X = generator.standard_normal((6, sizes[0]))
    Y = generator.random((6, sizes[-1]))
    return X, Y / Y.sum(axis=1, keepdims=True)


def spread(net, replicas=3, rng=1):
    """Parameters with biases away from zero."""
    generator = np.random.default_rng(rng)
    theta = net.init(replicas, rng=generator)
    return theta + 0.2 * generator.standard_normal(theta.shape)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (3, 5, 4, 2)])
@pytest.mark.parametrize(("output", "loss"), HEADS)
@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "relu"])
def test_mlp_equals_loops_and_central_differences(oracles, hidden, output, loss, sizes, order):
    net = MLP(sizes, hidden=hidden, output=output, loss=loss)
    theta = np.array(spread(net), order=order)
    X, Y = mlp_problem(sizes)
    outputs = oracles.mlp_outputs(net, theta, X)
    np.testing.assert_allclose(net.outputs(theta, X), outputs, rtol=1e-12, atol=1e-14)

    value, gradient = net.gradient(theta, (X, Y))
    if loss == "mse":
        expected = ((outputs - Y) ** 2).mean(axis=(1, 2))
    elif output == "sigmoid":
        expected = -(Y * np.log(outputs) + (1 - Y) * np.log(1 - outputs)).mean(axis=(1, 2))
    else:
        expected = -(Y * np.log(outputs)).sum(axis=2).mean(axis=1)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(net.loss(theta, (X, Y)), expected, rtol=1e-12)
    numerical = oracles.numerical_gradient(net, theta, (X, Y))
    np.testing.assert_allclose(gradient, numerical, atol=1e-6 * np.abs(numerical).max())


@pytest.mark.parametrize("steps", [5, 7, 8, 9, 16, 19])
@pytest.mark.parametrize("washout", [0, 4])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("leak", [1.0, 0.3])
def test_rnn_equals_loops_and_central_differences(oracles, leak, residual, washout, steps):
    net = RNN(2, 5, 2, leak=leak, residual=residual, washout=washout, dtype=np.float64)
    theta = spread(net)
    generator = np.random.default_rng(2)
    X, Y = generator.standard_normal((4, steps, 2)), generator.standard_normal((4, steps, 2))
    outputs = oracles.rnn_outputs(net, theta, X)
    np.testing.assert_allclose(net.outputs(theta, X), outputs, rtol=1e-12, atol=1e-13)

    value, gradient = net.gradient(theta, (X, Y))
    expected = ((outputs - Y)[:, :, washout:] ** 2).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(net.loss(theta, (X, Y)), expected, rtol=1e-12)
    numerical = oracles.numerical_gradient(net, theta, (X, Y))
    np.testing.assert_allclose(gradient, numerical, atol=1e-6 * np.abs(numerical).max())


def test_rnn_with_other_numbers_of_inputs_and_outputs_equals_loops(oracles):
    net = RNN(3, 4, 2, leak=0.7, dtype=np.float64)
    theta = spread(net)
    X = np.random.default_rng(0).standard_normal((2, 11, 3))
    np.testing.assert_allclose(net.outputs(theta, X), oracles.rnn_outputs(net, theta, X))


@pytest.mark.parametrize("residual", [False, True])
def test_closed_loop_equals_feeding_outputs_back_by_hand(oracles, residual):
    net = RNN(2, 6, 2, leak=0.6, residual=residual, dtype=np.float64)
    theta = spread(net, replicas=2)
    warmup = np.random.default_rng(3).standard_normal((2, 9, 2))
    generated = net.closed_loop(theta, warmup, 4)
    for replica in range(2):
        series = warmup
        for step in range(4):
            forecast = oracles.rnn_outputs(net, theta[[replica]], series)[0, :, -1]
            np.testing.assert_allclose(generated[replica, :, step], forecast, rtol=1e-10)
            series = np.concatenate([series, forecast[:, None]], axis=1)


def test_unpack_gives_writable_views_in_both_memory_orders():
    net = MLP((2, 3, 1))
    for order in "CF":
        theta = np.zeros((4, net.n_parameters), order=order)
        views = net.unpack(theta)
        assert {name: view.shape for name, view in views.items()} == {
            "W1": (4, 2, 3),
            "b1": (4, 3),
            "W2": (4, 3, 1),
            "b2": (4, 1),
        }
        for number, view in enumerate(views.values(), 1):
            view[...] = number
        assert theta[0].tolist() == [1] * 6 + [2] * 3 + [3] * 3 + [4]


def test_initial_weights_have_the_documented_distributions():
    net = MLP((30, 20, 10))
    views = net.unpack(net.init(200, rng=0))
    limit = np.sqrt(6 / 50)
    assert np.abs(views["W1"]).max() <= limit
    # Standard deviation of a uniform variable; 120000 draws leave 0.2 % of error
    assert views["W1"].std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
    assert not views["b1"].any()

    views = RNN(3, 50, 2, dtype=np.float64).unpack(RNN(3, 50, 2, dtype=np.float64).init(200, rng=0))
    assert views["Wh"].std() == pytest.approx(0.9 / np.sqrt(50), rel=0.01)
    assert np.abs(views["Wx"]).max() <= 0.5
    assert np.abs(views["b"]).max() <= 0.2
    assert views["Wo"].std() == pytest.approx(np.sqrt(0.25 / 50), rel=0.02)
    assert not views["bo"].any()
    residual = RNN(1, 50, 1, residual=True)
    views = residual.unpack(residual.init(200, rng=0))
    assert views["Wo"].std() == pytest.approx(np.sqrt(0.01 / 50), rel=0.03)


def test_seed_zero_is_a_seed_and_none_draws_entropy():
    net = MLP((2, 4, 1))
    np.testing.assert_array_equal(net.init(2, rng=0), net.init(2, rng=0))
    assert not np.array_equal(net.init(2), net.init(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_inputs_are_not_changed(dtype):
    for net, X in (
        (MLP((2, 3, 2), dtype=dtype), np.ones((4, 2))),
        (RNN(2, 3, 2, dtype=dtype), np.ones((4, 9, 2))),
    ):
        theta = net.init(3, rng=0)
        Y, copies = np.zeros_like(X), (theta.copy(), X.copy())
        loss, gradient = net.gradient(theta, (X, Y))
        assert theta.dtype == gradient.dtype == net.outputs(theta, X).dtype == dtype
        assert loss.dtype == np.float64
        np.testing.assert_array_equal(theta, copies[0])
        np.testing.assert_array_equal(X, copies[1])


def test_a_single_sample_comes_back_without_the_sample_axis():
    mlp, rnn = MLP((2, 3, 1)), RNN(1, 3, 1)
    assert mlp.outputs(mlp.init(4, rng=0), [0.0, 1.0]).shape == (4, 1)
    assert rnn.outputs(rnn.init(4, rng=0), np.zeros((7, 1))).shape == (4, 7, 1)
    assert rnn.closed_loop(rnn.init(4, rng=0), np.zeros((7, 1)), 5).shape == (4, 5, 1)


def test_extreme_logits_give_finite_cross_entropy():
    for output in ("sigmoid", "softmax"):
        net = MLP((1, 2), output=output, loss="cross_entropy")
        theta = np.array([[1e4, -1e4, 0.0, 0.0]])
        batch = np.ones((1, 1)), np.array([[1.0, 0.0]])
        loss, gradient = net.gradient(theta, batch)
        assert loss == pytest.approx(0)
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP((2,)), r"MLP.sizes: must be 2 or more integers of at least 1, not \(2,\)"),
        (lambda: MLP((2, 0, 1)), "MLP.sizes: must be an integer of at least 1, not 0"),
        (lambda: MLP((2, 1), hidden="selu"), "MLP.hidden: must be one of 'tanh'.*not 'selu'"),
        (lambda: MLP((2, 1), output="tanh"), "MLP.output: must be one of 'linear'"),
        (lambda: MLP((2, 1), loss="l1"), "MLP.loss: must be one of 'mse'"),
        (lambda: MLP((2, 1), loss="ce"), "MLP.output: must be 'sigmoid' or 'softmax'"),
        (lambda: MLP((2, 1), output="softmax"), "MLP.loss: must be 'cross_entropy'"),
        (lambda: MLP((2, 1), dtype=int), "MLP.dtype: must be float32 or float64, not 'int64'"),
        (lambda: RNN(1, 0, 1), "RNN.n_hidden: must be an integer of at least 1, not 0"),
        (lambda: RNN(1, 4, 1, leak=0), "RNN.leak: must be a finite number .*above 0.*not 0"),
        (lambda: RNN(1, 4, 1, leak=1.5), "RNN.leak: .* at most 1.*not 1.5"),
        (lambda: RNN(1, 4, 2, residual=True), "RNN.residual: .* 1 inputs and 2 outputs"),
        (lambda: RNN(1, 4, 1, washout=-1), "RNN.washout: must be an integer of at least 0"),
        (lambda: MLP((2, 1)).init(0), "MLP.init.replicas: must be an integer of at least 1, not 0"),
        (lambda: MLP((2, 1)).init(2.5), "MLP.init.replicas: must be an integer"),
        (lambda: MLP((2, 4.7, 1)), "MLP.sizes: must be an integer of at least 1, not 4.7"),
        (lambda: MLP("24"), "MLP.sizes: must be 2 or more integers of at least 1, not '24'"),
        (lambda: MLP(5), "MLP.sizes: must be 2 or more integers of at least 1, not 5"),
        (lambda: MLP((2, True)), "MLP.sizes: must be an integer of at least 1, not True"),
        (lambda: MLP((2, 1), dtype="long tail"), "MLP.dtype: must be float32 or float64, not"),
    ],
)
def test_bad_descriptions_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        (np.zeros((0, 2)), np.zeros((0, 1)), r"at least one sample, not \(0, 2\) and \(0, 1\)"),
        (np.zeros((3, 2)), np.zeros((4, 1)), r"not \(3, 2\) and \(4, 1\)"),
        (np.zeros((3, 3)), np.zeros((3, 1)), r"not \(3, 3\) and \(3, 1\)"),
        (np.zeros((3, 2, 1)), np.zeros((3, 1)), r"not \(3, 2, 1\) and \(3, 1\)"),
    ],
)
def test_mlp_refuses_batches_that_do_not_fit_naming_the_shapes(X, Y, message):
    net = MLP((2, 3, 1))
    with pytest.raises(ValueError, match=message):
        net.loss(net.init(rng=0), (X, Y))


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        (np.zeros((0, 9, 1)), np.zeros((0, 9, 1)), r"not \(0, 9, 1\)"),
        (np.zeros((2, 9, 1)), np.zeros((3, 9, 1)), r"not \(2, 9, 1\) and \(3, 9, 1\)"),
        (np.zeros((2, 9, 1)), np.zeros((2, 8, 1)), r"not \(2, 9, 1\) and \(2, 8, 1\)"),
        (np.zeros((2, 5, 1)), np.zeros((2, 5, 1)), "longer than the washout of 5 steps"),
    ],
)
def test_rnn_refuses_batches_that_do_not_fit_naming_the_shapes(X, Y, message):
    net = RNN(1, 3, 1, washout=5)
    with pytest.raises(ValueError, match=message):
        net.gradient(net.init(rng=0), (X, Y))


@pytest.mark.parametrize("shape", [(17,), (1, 16), (1, 1, 17), (0, 17)])
def test_theta_of_a_wrong_shape_is_refused(shape):
    net = MLP((2, 4, 1))
    with pytest.raises(ValueError, match=r"theta must have shape \(replicas, 17\), not \("):
        net.loss(np.zeros(shape), (np.zeros((1, 2)), np.zeros((1, 1))))


def test_a_batch_that_is_no_pair_is_refused():
    net = MLP((2, 4, 1))
    with pytest.raises(ValueError, match="a batch must be a pair"):
        net.loss(net.init(rng=0), np.zeros((4, 2)))


def test_closed_loop_needs_as_many_outputs_as_inputs():
    net = RNN(2, 3, 1)
    with pytest.raises(ValueError, match="closed_loop: needs as many outputs as inputs"):
        net.closed_loop(net.init(rng=0), np.zeros((5, 2)), 3)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({}, "Odd.shapes: must be shapes of at least one array"),
        ({"a": 5}, r"Odd.shapes\['a'\]: must be 1 or more integers of at least 1, not 5"),
        ({"a": (2, 0)}, r"Odd.shapes\['a'\]: must be an integer of at least 1, not 0"),
        ({"a": (2, 1.5)}, r"Odd.shapes\['a'\]: must be an integer of at least 1, not 1.5"),
    ],
)
def test_arrays_of_no_shape_are_refused(shapes, message):
    class Odd(Network):
        def __init__(self):
            super().__init__(shapes)

    with pytest.raises(ValueError, match=message):
        Odd()


def test_a_network_may_have_a_single_number_and_must_answer_in_an_array():
    class Constant(Network):
        def __init__(self):
            super().__init__({"value": ()})

        def _outputs(self, theta, X):
            return None

    net = Constant()
    assert net.unpack(net.init(3, rng=0))["value"].shape == (3,)
    with pytest.raises(ValueError, match=r"Constant: outputs must have the shape \(3, 4, 1\)"):
        net.loss(net.init(3, rng=0), (np.zeros((4, 1)), np.zeros((4, 1))))
