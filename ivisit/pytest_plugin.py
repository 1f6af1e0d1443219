"""What pytest gets from ivisit by itself: the fixture ``check_simulation``."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture(scope="session", name="check_simulation")
def _check_simulation() -> Callable[..., None]:
    """`ivisit.testing.check_simulation`: raise AssertionError with all that is wrong.

    ::

        def test_my_simulation(check_simulation):
            check_simulation("my_sim.py")
    """
    from ivisit.testing import check_simulation

    return check_simulation
