"""The prepared pass of many tiny networks gives the losses of the plain one."""

import numpy as np
import pytest

from dopamine_wp import MLP, WP, Dopamine1, tasks, train
from dopamine_wp.workspace import Workspace

NETS = [
    MLP((2, 4, 1), output="sigmoid"),
    MLP((2, 1), output="sigmoid"),
    MLP((2, 1)),
    MLP((2, 3, 5, 2), hidden="relu"),
    MLP((2, 3, 4, 2), hidden="sigmoid", output="sigmoid"),
    MLP((2, 3, 2), output="softmax", loss="ce"),
    MLP((2, 3, 2), output="sigmoid", loss="ce", dtype=np.float32),
    MLP((2, 4, 1), output="sigmoid", dtype=np.float32),
]


def a_batch(net, samples, seed):
    generator = np.random.default_rng(seed)
    Y = generator.random((samples, net.sizes[-1]))
    if net.output == "softmax":
        Y = np.eye(net.sizes[-1])[Y.argmax(axis=1)]
    return net.as_batch((generator.standard_normal((samples, 2)), Y))


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_losses_are_those_of_the_plain_pass_for_every_batch_size(net):
    theta = np.asfortranarray(net.init(60, rng=0))
    workspace = Workspace()
    tolerance = 1e-12 if net.dtype == np.float64 else 2e-6
    smallest = tolerance / 10
    for samples in (4, 1, 4, 200):
        batch = a_batch(net, samples, samples)
        losses = workspace.losses(net, theta, batch)
        assert losses.dtype == np.float64
        expected = net.loss(theta, batch)
        np.testing.assert_allclose(losses, expected, rtol=tolerance, atol=smallest)
        # Unchanged by a second call, and no view of what the next call writes to
        again = workspace.losses(net, theta, batch)
        np.testing.assert_array_equal(losses, again)
        assert not np.shares_memory(losses, again)


def test_a_batch_of_the_same_size_is_noticed():
    net = NETS[0]
    theta = np.asfortranarray(net.init(60, rng=0))
    workspace = Workspace()
    for seed in range(3):
        batch = a_batch(net, 5, seed)
        np.testing.assert_allclose(workspace.losses(net, theta, batch), net.loss(theta, batch))


@pytest.mark.parametrize("rule", [WP(0.5), WP(0.5, noise="rademacher"), Dopamine1()], ids=repr)
def test_many_replicas_replay_bit_for_bit_and_go_downhill(rule):
    net = MLP((2, 4, 1), output="sigmoid")
    theta = net.init(80, rng=0)
    history = train(net, rule, tasks.xor(), theta=theta, steps=1, rng=3)
    replay = train(net, rule, tasks.xor(), theta=theta, steps=1, rng=3)
    np.testing.assert_array_equal(history.theta, replay.theta)
    before, after = net.loss(theta, tasks.xor()), net.loss(history.theta, tasks.xor())
    np.testing.assert_allclose(history.loss[0], before, rtol=1e-12)
    assert np.median(after - before) < 0
