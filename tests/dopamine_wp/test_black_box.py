"""Anything with a loss learns: functions, simulators, losses from outside; with few methods."""

import numpy as np
import pytest

from dopamine_wp import (
    MLP,
    OPTIMIZERS,
    RNN,
    WP,
    Adam,
    AskTell,
    BlackBox,
    Dopamine1,
    Dopamine2,
    DopamineV,
    Network,
    tasks,
    train,
)

BLIND = [WP(0.05), Dopamine1(), Dopamine2(0.05, beta1=0.9), Dopamine1(perturbations=3)]


def sphere(theta):
    return (theta**2).sum(axis=1)


@pytest.mark.parametrize("rule", BLIND, ids=repr)
def test_a_function_is_learned_by_rules_that_see_losses_only(rule):
    net = BlackBox(sphere, 5)
    theta = net.init(20, rng=0)
    history = train(net, rule, None, theta=theta, steps=400, rng=1)
    assert np.median(history.loss[-1]) < 0.05 * np.median(history.loss[0])


def test_a_network_seen_as_a_black_box_trains_like_the_network_itself():
    net = MLP((2, 4, 1), output="sigmoid")
    batch = tasks.xor()
    box = BlackBox(lambda theta, batch: net.loss(theta, batch), net.n_parameters)
    theta = net.init(5, rng=0)
    runs = [train(n, Dopamine1(), batch, theta=theta, steps=50, rng=1) for n in (net, box)]
    np.testing.assert_array_equal(runs[0].theta, runs[1].theta)
    np.testing.assert_array_equal(runs[0].fpe, runs[1].fpe)


def test_one_vector_at_a_time_is_the_same():
    theta = BlackBox(sphere, 3).init(4, rng=0)
    single = BlackBox(lambda row: float((row**2).sum()), 3, vectorized=False)
    runs = [
        train(net, Dopamine1(), None, theta=theta, steps=20, rng=1)
        for net in (BlackBox(sphere, 3), single)
    ]
    np.testing.assert_allclose(runs[0].theta, runs[1].theta, rtol=1e-12)


def test_batches_of_any_kind_are_handed_on():
    seen = []

    def loss(theta, batch):
        seen.append(batch)
        return sphere(theta)

    net = BlackBox(loss, 2)
    train(net, Dopamine1(hold=2), lambda index: f"seed {index}", theta=net.init(rng=0), steps=4)
    assert set(seen) == {"seed 0", "seed 1"}


def test_initial_parameters_may_be_a_vector_or_a_function():
    np.testing.assert_array_equal(BlackBox(sphere, 2, init=[1, 2]).init(2, rng=0), [[1, 2], [1, 2]])
    drawn = BlackBox(sphere, 2, init=lambda replicas, rng: rng.random((replicas, 2))).init(3, rng=0)
    assert drawn.shape == (3, 2)
    assert ((drawn >= 0) & (drawn < 1)).all()


def test_what_fails_is_rejected_and_flagged():
    def half_forbidden(theta):
        return np.where(theta[:, 0] > 0, sphere(theta), np.nan)

    net = BlackBox(half_forbidden, 2)
    theta = np.array([[0.5, 1.0], [-0.5, 1.0]])
    history = train(net, Dopamine1(0.1), None, theta=theta, steps=100, rng=0)
    assert history.failed.tolist() == [False, True]
    assert history.theta[0, 0] > 0
    assert np.array_equal(history.theta[1], theta[1])


def test_the_function_cannot_change_theta_of_the_run():
    def vandal(theta):
        losses = sphere(theta)
        theta[...] = 7
        return losses

    theta = np.ones((2, 3))
    history = train(BlackBox(vandal, 3), Dopamine1(), None, theta=theta, steps=10, rng=0)
    clean = train(BlackBox(sphere, 3), Dopamine1(), None, theta=theta, steps=10, rng=0)
    np.testing.assert_array_equal(history.theta, clean.theta)


def test_a_resumed_black_box_goes_on():
    net = BlackBox(sphere, 3)
    theta = net.init(2, rng=0)
    whole = train(net, Dopamine1(), None, theta=theta, steps=10, rng=0)
    half = train(net, Dopamine1(), None, theta=theta, steps=5, rng=0)
    again = train(net, Dopamine1(), None, steps=5, resume=half)
    np.testing.assert_array_equal(whole.theta, again.theta)
    assert whole.fpe[-1] == again.fpe[-1]


@pytest.mark.parametrize("name", [n for n, cls in OPTIMIZERS.items() if cls.needs != "losses"])
def test_rules_that_need_more_than_losses_refuse_it_by_name(name):
    what = {
        "gradient": "a gradient",
        "outputs": "outputs",
        "trials": "losses of single trials",
        "slope": "exact derivatives along a direction",
    }[OPTIMIZERS[name].needs]
    net = BlackBox(sphere, 3)
    with pytest.raises(ValueError, match=rf"^{name}: needs {what}, which BlackBox\(sphere, 3"):
        train(net, OPTIMIZERS[name](), None, theta=net.init(rng=0), steps=1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BlackBox(3, 2), "BlackBox.loss: must be a function"),
        (lambda: BlackBox(dict, 2), "BlackBox.loss: must be a function"),
        (lambda: BlackBox(sphere, 0), "BlackBox.n_parameters: must be an integer of at least 1"),
        (lambda: BlackBox(sphere, 2, init=[1]), r"BlackBox.init: .* shape \(2,\), not \(1,\)"),
        (lambda: BlackBox(sphere, 2, init=lambda r, g: 1).init(3), r"shape \(3, 2\), not \(\)"),
        (lambda: BlackBox(lambda t: 1.0, 2).loss(np.ones((3, 2)), None), r"shape \(3,\), not"),
        (lambda: BlackBox(lambda t: "bad", 2).loss(np.ones((1, 2)), None), "numbers, not 'bad"),
        (lambda: BlackBox(lambda t: [1j], 2).loss(np.ones((1, 2)), None), "give real numbers"),
        (lambda: BlackBox(sphere, 2).outputs(np.ones((1, 2)), [1]), "shows its losses only"),
        (lambda: BlackBox(sphere, 2).gradient(np.ones((1, 2)), None), "has no gradient"),
        (
            lambda: train(MLP((2, 1)), WP(0.1), None, theta=np.zeros((1, 3)), steps=1),
            "train.batches: must be a pair",
        ),
    ],
)
def test_bad_requests_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


class Bilinear(Network):
    """A user's network: y = (x W) V, one method."""

    def __init__(self):
        super().__init__({"W": (3, 2), "V": (2, 1)})

    def _outputs(self, theta, X):
        views = self.unpack(theta)
        return X @ views["W"] @ views["V"]


@pytest.mark.parametrize(
    "name",
    [
        "WP",
        "SPSA",
        "Dopamine1",
        "Dopamine2",
        "Dopamine2T",
        "DopamineV",
        "DopamineK",
        "SNES",
        "SepCMAES",
    ],
)
def test_a_network_with_one_method_learns(name):
    generator = np.random.default_rng(0)
    X = generator.standard_normal((20, 3))
    Y = X @ [[1.0], [-0.5], [0.2]]
    net = Bilinear()
    theta = net.init(8, rng=0)
    assert theta.std() > 0.1
    rule = OPTIMIZERS[name](0.05) if name == "WP" else OPTIMIZERS[name]()
    history = train(net, rule, (X, Y), theta=theta, steps=150, rng=1)
    assert np.median(history.loss[-1]) < np.median(history.loss[0])
    assert net.outputs(history.theta, X).shape == (8, 20, 1)


def test_a_network_of_ones_own_is_known_again_when_a_run_is_resumed(recwarn):
    """Another instance with another address is the same network; errors name it."""
    batch = np.eye(3), np.ones((3, 1))
    half = train(Bilinear(), WP(0.1), batch, theta=Bilinear().init(2, rng=0), steps=2, rng=0)
    train(Bilinear(), WP(0.1), batch, steps=2, resume=half)
    assert not recwarn.list
    with pytest.raises(ValueError, match=r"gradient, which Bilinear\(\{'W': \(3, 2\), "):
        train(Bilinear(), Adam(), batch, theta=half.theta, steps=1)


def test_a_network_without_a_gradient_is_refused_by_gradient_rules():
    net = Bilinear()
    X = np.ones((2, 3))
    with pytest.raises(ValueError, match="^Adam: needs a gradient, which"):
        train(net, Adam(), (X, X[:, :1]), theta=net.init(rng=0), steps=1)
    with pytest.raises(ValueError, match=r"X and Y with as many samples, .* not \(2, 3\) and"):
        net.loss(net.init(rng=0), (X, np.ones((3, 1))))
    with pytest.raises(ValueError, match=r"outputs must have the shape \(1, 2, 4\)"):
        net.loss(net.init(rng=0), (X, np.ones((2, 4))))


@pytest.mark.parametrize("rule", BLIND, ids=repr)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_asking_and_telling_is_training(rule, dtype):
    theta = BlackBox(sphere, 4, dtype=dtype).init(3, rng=0)
    search = AskTell(rule, theta, rng=1, total_steps=12)
    while search.steps_done < 12:
        rows = search.ask()
        np.testing.assert_array_equal(rows, search.ask())
        search.tell(sphere(rows))
    net = BlackBox(sphere, 4, dtype=dtype)
    history = train(net, rule, None, theta=theta, steps=12, rng=1)
    np.testing.assert_array_equal(search.theta, history.theta)
    np.testing.assert_array_equal(search.history().loss, history.loss)
    np.testing.assert_array_equal(search.history().fpe, history.fpe)


def test_asking_stops_when_all_are_solved():
    search = AskTell(Dopamine1(0.1), np.ones((4, 2)), stop_loss=0.01, rng=0)
    while not search.solved:
        search.tell(sphere(search.ask()))
    assert (sphere(search.theta) < 0.1).all()


def test_telling_what_was_not_asked_is_refused():
    search = AskTell(Dopamine1(), np.ones((4, 2)), rng=0)
    with pytest.raises(ValueError, match="AskTell.tell: must follow an ask"):
        search.tell([1.0] * 4)
    rows = search.ask()
    with pytest.raises(ValueError, match=rf"one number for each of the {len(rows)} rows"):
        search.tell([1.0])
    np.testing.assert_array_equal(search.ask(), rows)
    search.tell(sphere(rows))
    with pytest.raises(ValueError, match="AskTell.theta: must be an array of shape"):
        AskTell(Dopamine1(), np.ones(3))
    with pytest.raises(ValueError, match="^DopamineV: needs outputs"):
        AskTell(DopamineV(), np.ones((1, 3)))
    idle = AskTell(WP(0.0), np.ones((1, 3)))
    idle.tell(sphere(idle.ask()))
    with pytest.raises(ValueError, match="nothing to ask"):
        idle.ask()


def test_series_networks_still_check_their_batches():
    with pytest.raises(ValueError, match="train.batches: must be a pair"):
        train(RNN(1, 3, 1), WP(0.1), None, theta=np.zeros((1, 19)), steps=1)
