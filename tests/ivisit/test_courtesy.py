"""A thread that computes sleeps for a moment where the window has something to do, or is late."""

from __future__ import annotations

import pytest

from ivisit import courtesy
from ivisit.courtesy import BETWEEN_NAPS, LATE, NAP, Courtesy


class Clock:
    """The time of a test, and how often somebody slept."""

    def __init__(self) -> None:
        self.now, self.naps = 100.0, 0

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds == NAP
        self.now += seconds
        self.naps += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(courtesy, "time", clock)
    return clock


def compute(courtesy: Courtesy, clock: Clock, seconds: float) -> int:
    """Return how many naps there are during steps of 10 microseconds each."""
    before, end = clock.naps, clock.now + seconds
    while clock.now < end:
        courtesy.give_way()
        clock.now += 1e-5
    return clock.naps - before


def test_without_a_window_nobody_sleeps(clock: Clock) -> None:
    assert compute(Courtesy(), clock, 1.0) == 0


def test_while_the_window_works_there_are_naps_and_time_between_them(clock: Clock) -> None:
    one = Courtesy()
    one.begin()
    naps = compute(one, clock, 0.1)
    assert 0.1 / (NAP + BETWEEN_NAPS + 2e-5) - 1 <= naps <= 0.1 / (NAP + BETWEEN_NAPS) + 1
    one.end(0.016)
    assert compute(one, clock, 0.016 + 0.9 * LATE) == 0


def test_a_window_that_does_not_come_round_in_time_is_let_in(clock: Clock) -> None:
    one = Courtesy()
    one.begin()
    one.end(0.016)
    assert compute(one, clock, 0.016 + 1.1 * LATE) > 0
