"""The search spends its trials where the best is, and leaves the ends of an axis behind."""

import math

import pytest

from dopamine_wp import SGD, WP, Adam, tuning
from dopamine_wp.tuning import Axis, Space

RATE = Axis("rate", (0.01, 0.03, 0.1, 0.3), least=1e-6, most=1e4)


def distance(target):
    return lambda setting: abs(math.log(setting.optimizer.rate / target))


@pytest.mark.parametrize("target", [1e-4, 0.003, 0.03, 1.0, 30.0])
def test_a_grid_whose_best_is_at_its_edge_is_widened(target):
    done = tuning.search(Space(SGD, (RATE,)), distance(target), trials=12)
    assert done.best.optimizer.rate == pytest.approx(target)


def test_an_axis_is_widened_four_times_at_most():
    assert RATE.value(-4) == pytest.approx(1e-4)
    assert RATE.value(-5) is None
    assert RATE.value(7) == pytest.approx(30)
    assert RATE.value(8) is None
    done = tuning.search(Space(SGD, (RATE,)), distance(1e9), trials=100)
    assert len(done.scores) == 12
    assert done.best.optimizer.rate == pytest.approx(30)


def test_an_axis_without_a_range_is_closed():
    axis = Axis("beta2", (0.99, 0.999))
    assert axis.value(-1) is None
    assert axis.value(2) is None


def test_whole_numbers_stay_whole():
    axis = Axis("perturbations", (16, 32, 64), least=1, most=300)
    assert [axis.value(index) for index in range(-5, 7)] == [
        None,
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
        None,
        None,
    ]
    assert all(isinstance(axis.value(index), int) for index in (-3, 3, 4))


def test_every_search_spends_all_its_trials_and_none_twice():
    asked = []

    def score(setting):
        asked.append(setting)
        return distance(0.1)(setting)

    space = Space(Adam, (RATE, Axis("beta2", (0.99, 0.999)), Axis("batch_size", (4, 8, 16))))
    done = tuning.search(space, score, trials=20)
    assert len(asked) == len(done.scores) == len(set(asked)) == 20
    assert not done.at_edge


def test_what_is_not_finite_is_never_chosen():
    done = tuning.search(
        Space(WP, (RATE,)),
        lambda setting: math.nan if setting.optimizer.rate > 0.02 else 1.0,
        trials=6,
    )
    assert done.best.optimizer.rate <= 0.02
