"""Random numbers that no seed of a run governs: those of `numpy.random` and `random` themselves."""

from __future__ import annotations

import logging
import random
import weakref
from typing import Any

import numpy as np

from ivisit.simulation import Simulation

logger = logging.getLogger(__name__)

#: Simulations of which a run has been watched in this process: looking takes as long as many a run.
_watched: weakref.WeakSet[type[Simulation]] = weakref.WeakSet()


def states_to_watch(simulation: Simulation) -> dict[str, Any] | None:
    """Return the states of the global random numbers before the first run of a class, else None.

    A run that draws from them cannot be repeated: its seed governs `Simulation.rng` only.
    """
    kind = type(simulation)
    if kind in _watched or simulation._seeds_global_random:
        return None
    _watched.add(kind)
    return _states()


def warn_of_global_random(simulation: Simulation, before: dict[str, Any]) -> None:
    """Warn when the global random numbers are not in the states in which they were `before`."""
    used = [name for name, state in _states().items() if state != before[name]]
    if used:
        logger.warning(
            "%s: draws random numbers from %s, which the seed of the run does not govern: such "
            "runs cannot be repeated. Draw from self.rng instead.",
            type(simulation).key,
            " and ".join(used),
        )


def _states() -> dict[str, Any]:
    state: Any = np.random.get_state()  # noqa: NPY002 - it is only looked at
    return {"numpy.random": (state[1].tobytes(), *state[2:]), "random": random.getstate()}
