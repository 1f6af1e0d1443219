"""Directions are the same whenever they are drawn, however they are cut into blocks."""

import numpy as np
import pytest

from dopamine_wp import MLP, tasks
from dopamine_wp.optimizers import probe as probe_module
from dopamine_wp.optimizers.probe import Probe


@pytest.fixture(params=["C", "F"])
def order(request):
    return request.param


@pytest.fixture(params=[np.float32, np.float64])
def probe(request, order):
    net = MLP((2, 4, 1), output="sigmoid", dtype=request.param)
    theta = np.array(net.init(7, rng=0), order=order)
    return Probe(
        net=net, theta=theta, batch=net.as_batch(tasks.xor()), step=3, rate=0.1, schedule=1.0, key=5
    )


@pytest.mark.parametrize("noise", ["normal", "rademacher"])
@pytest.mark.parametrize("block", [1, 119 * 3, 2**18])
@pytest.mark.parametrize("with_theta", [True, False])
def test_copies_are_theta_plus_the_directions_that_are_summed(
    monkeypatch, probe, noise, block, with_theta
):
    monkeypatch.setattr(probe_module, "_BLOCK_NUMBERS", block)
    directions = probe.directions(8, noise)
    copies = directions.stacked(0.5, with_theta).reshape(-1, 7, 17)
    if with_theta:
        np.testing.assert_array_equal(copies[0], probe.theta)
        copies = copies[1:]
    coefficients = np.random.default_rng(0).standard_normal((8, 7))
    expected = np.einsum("kr,krp->rp", coefficients, (copies - probe.theta) / 0.5)
    np.testing.assert_allclose(directions.weighted_sum(coefficients), expected, atol=1e-5)


@pytest.mark.parametrize("block", [1, 119 * 3, 2**18])
@pytest.mark.parametrize("count", [1, 8])
def test_differences_belong_to_the_directions_that_are_summed(monkeypatch, probe, block, count):
    monkeypatch.setattr(probe_module, "_BLOCK_NUMBERS", block)
    directions = probe.directions(count)
    sigma = np.linspace(0.05, 0.2, 7)
    delta, loss = directions.loss_differences(sigma)
    np.testing.assert_allclose(loss, probe.net.loss(probe.theta, probe.batch), rtol=1e-6)
    for k in range(count):
        xi = directions.weighted_sum(np.eye(count)[k][:, None] * np.ones(7))
        moved = probe.net.loss(probe.theta + sigma[:, None] * xi, probe.batch)
        np.testing.assert_allclose(delta[k], moved - loss, atol=2e-6)
    assert probe.fpe == count + 1
    assert probe.loss_fpe == 1


def test_costs_are_counted(probe):
    probe.loss()
    probe.loss()
    assert probe.fpe == 1
    probe.loss_of(probe.theta)
    assert probe.fpe == 2
    probe.gradient()
    assert probe.fpe == 5
    probe.directions(4).loss_differences(0.1, two_sided=True)
    assert probe.fpe == 13


def test_the_generator_of_a_step_is_reproducible(probe):
    assert probe.generator().random() == probe.generator().random()


@pytest.mark.parametrize("noise", ["normal", "rademacher"])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("sigma", [0.05, np.linspace(0.05, 0.2, 7)], ids=["common", "own"])
def test_a_step_along_the_directions_is_theta_plus_their_sum(probe, noise, count, sigma):
    directions = probe.directions(count, noise)
    directions.loss_differences(sigma)
    coefficients = np.random.default_rng(0).standard_normal((count, 7))
    total = directions.weighted_sum(coefficients)
    before = probe.theta.copy()
    moved = directions.theta_plus(coefficients)
    np.testing.assert_allclose(moved, probe.theta + total, rtol=1e-5, atol=1e-5)
    # The directions can still be asked for, and theta is where it was
    np.testing.assert_allclose(directions.weighted_sum(coefficients), total, rtol=1e-6)
    np.testing.assert_array_equal(probe.theta, before)
