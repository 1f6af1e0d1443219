"""Calling the user's code: making an instance, and telling of what it raises.

What a simulation raises becomes a `RunError`, whose `Failure` names the stage and the line.
"""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit import pyplots
from ivisit.declarations import is_whole
from ivisit.errors import (
    Failure,
    IVisitError,
    ParameterError,
    RunError,
    closest_names,
    expected,
    shorten,
)
from ivisit.reserved import LIFE_CYCLE, RESERVED
from ivisit.simulation import Simulation

if TYPE_CHECKING:
    from ivisit.engine import Engine

logger = logging.getLogger(__name__)

_LIFE_CYCLE = frozenset(LIFE_CYCLE)


class Stage:
    """Turns an exception of the simulation's code into the state ``failed`` and a `RunError`.

    A context manager by hand: with `contextlib` the traceback would show its frames.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def __enter__(self) -> None:
        self.former = pyplots.enter(self.engine.pyplot_figures)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        pyplots.enter(self.former)
        if self.engine.pyplot_figures.is_hint_due:
            self.engine.hint_at_pyplot()
        # sys.exit() in a step must not end the window's worker without a word.
        if error is None or isinstance(error, RunError):
            return
        # Ctrl-C is not the simulation's, and a generator's end no error; all else is.
        if isinstance(error, KeyboardInterrupt | GeneratorExit):
            return
        engine = self.engine
        engine.state = "failed"
        engine.failure = Failure.from_exception(self.name, error)
        raise RunError(
            f"{type(engine.simulation).key}: {engine.failure}", failure=engine.failure
        ) from error


def instance_of(simulation: Simulation | type[Simulation]) -> Simulation:
    """Return an instance, made without arguments where a class is given."""
    if not isinstance(simulation, type):
        return simulation
    try:
        return simulation()
    except (KeyboardInterrupt, GeneratorExit, IVisitError):
        raise
    # The simulation's own code: whatever it raises is told like an error of its steps.
    except BaseException as error:
        if isinstance(error, TypeError):
            _refuse_arguments(simulation)
        failure = Failure.from_exception("__init__", error)
        raise RunError(f"{simulation.__name__}: {failure}", failure=failure) from error


def _refuse_arguments(simulation: type[Simulation]) -> None:
    """Raise `ParameterError` for a class that cannot be made without arguments."""
    try:
        inspect.signature(simulation.__init__).bind(None)
    except TypeError as error:
        raise ParameterError(
            f"{simulation.__name__}: cannot be made without arguments ({error}); give them "
            "defaults, or hand over an instance"
        ) from None


def has_close(simulation: Simulation) -> bool:
    """Tell whether a simulation has something to do at the end."""
    return type(simulation).close is not Simulation.close or "close" in vars(simulation)


def check_life_cycle(simulation: Simulation) -> None:
    """Refuse a simulation that has assigned something else to the name of a method."""
    own = vars(simulation)
    if _LIFE_CYCLE.isdisjoint(own):
        return
    for name in LIFE_CYCLE:
        if name in own and not callable(own[name]):
            raise ParameterError(
                f"{type(simulation).key}.{name}: is a method of the simulation, and was assigned "
                f"{shorten(own[name])}; rename that attribute"
            )


def tell_misspelt_outputs(simulation: Simulation) -> None:
    """Point out attributes that resemble a panel to which the first step assigned nothing."""
    outputs = simulation._outputs
    empty = [n for n, p in type(simulation).panels.items() if n not in outputs and p.assignable]
    if not empty or simulation._ivisit_misspelt_told:
        return
    type(simulation)._ivisit_misspelt_told = True  # for all instances, of a sweep for one
    for attribute in vars(simulation):
        is_ours = attribute.startswith("_") or attribute in RESERVED
        resembled = [] if is_ours else closest_names(attribute, empty, 0.75)
        if resembled:
            logger.warning(
                "%s: the first step assigned nothing to the panel %r, but there is an "
                "attribute %r. Is that a misspelling?",
                type(simulation).key,
                resembled[0],
                attribute,
            )


def as_seed(seed: Any) -> int:
    """Return `seed`, or fresh entropy for None; a negative or other seed is a `ParameterError`."""
    if seed is None:
        return int(np.random.SeedSequence().entropy)  # type: ignore[arg-type]
    if not is_whole(seed, 0):
        raise ParameterError(expected("", "seed", "a whole number from 0 on, or None", seed))
    return int(seed)
