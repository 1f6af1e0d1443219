"""The noise of queries."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import Channel, patterns


def test_completeness_and_addition_become_error_probabilities():
    channel = Channel.of_query(0.75, 0.25, n_units=200, n_active=8)
    assert (channel.e10, channel.e01) == (0.25, pytest.approx(2 / 192))
    assert Channel.of_query(1, 0, n_units=3, n_active=3) == Channel(0, 0)


def test_estimates_are_the_frequencies_of_errors():
    U = patterns.palm(50, 200, 8, rng=0)
    Q = patterns.corrupt(U, completeness=0.75, addition=0.25, rng=1)
    expected = Channel.of_query(0.75, 0.25, n_units=200, n_active=8)
    estimate = Channel.estimate(Q, U)
    assert (estimate.e01, estimate.e10) == pytest.approx((expected.e01, expected.e10))
    assert Channel.estimate([0, 0], [0, 0]) == Channel(0, 0)
    assert Channel.estimate([0, 0], [1, 1]) == Channel(0, 1)


def test_channels_are_equal_by_value_and_cannot_change():
    assert Channel(0, 1) == Channel(0.0, np.float32(1))
    with pytest.raises(AttributeError):
        Channel(0, 1).e01 = 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Channel(1.5, 0), "e01: must be a number from 0 to 1, not 1.5"),
        (lambda: Channel(0, -0.1), "e10: must be a number from 0 to 1, not -0.1"),
        (lambda: Channel(np.nan, 0), "e01: must be a number from 0 to 1, not nan"),
        (lambda: Channel("a", 0), "e01: must be a number from 0 to 1, not 'a'"),
        (lambda: Channel.of_query(0.5, 3, n_units=5, n_active=2), "addition: 3 times 2 active"),
        (lambda: Channel.of_query(2, 0, n_units=5, n_active=2), "completeness: must be a number"),
        (lambda: Channel.of_query(1, 0, n_units=5, n_active=6), "n_active: must be a number from"),
        (lambda: Channel.estimate([1, 0], [1]), "queries and patterns: must have the same shape"),
    ],
)
def test_wrong_arguments_get_a_clear_message(call, message):
    with pytest.raises(ValueError, match=message):
        call()
