"""References to functions, as text, so that workers find them and a specification can name them."""

from __future__ import annotations

import functools
import importlib
import operator
import re
import sys
from collections.abc import Callable
from typing import Any

from ivisit.errors import ParameterError, unknown
from ivisit.recording import Column, single_columns
from ivisit.simulation import Simulation

#: Stands before the name of a function that is written in the simulation's own file.
HERE = "."


def reference_to(simulation: type[Simulation], function: Any, what: str) -> str:
    """Return ``module:name`` of a function, or ``.:name`` when the simulation's file has it.

    Raises
    ------
    ParameterError
        For what is no function, and for lambdas and inner functions, which no worker can find.
    """
    if isinstance(function, str) and ":" in function:
        resolve(simulation, function, what)
        return function
    name = getattr(function, "__qualname__", "")
    if not callable(function) or not name:
        raise ParameterError(f"{what}: must be a function, or its 'module:name', not {function!r}")
    module = getattr(function, "__module__", "")
    reference = f"{HERE if module == simulation.__module__ else module}:{name}"
    if "<" in name or _lookup(simulation, reference) is not function:
        raise ParameterError(
            f"{what}: {name} cannot be found by workers; write it as a function at the top of a "
            "module, or of the simulation's file"
        )
    return reference


def resolve(simulation: type[Simulation], reference: str, what: str) -> Callable[..., Any]:
    """Return the function that a reference names."""
    found = _lookup(simulation, reference)
    if not callable(found):
        raise ParameterError(
            f"{what}: there is no function {reference!r}; write 'module:name', or '.:name' for one "
            "in the simulation's file"
        )
    return found


def _lookup(simulation: type[Simulation], reference: str) -> Any:
    module, _, name = reference.partition(":")
    try:
        if module == HERE:
            return operator.attrgetter(name)(_Names(_globals(simulation)))
        return operator.attrgetter(name)(importlib.import_module(module))
    # An empty or a relative name of a module is a ValueError or a TypeError.
    except (ImportError, AttributeError, ValueError, TypeError):
        return None


class _Names:
    """A namespace with attributes, for names with dots."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.__dict__ = names


def _globals(simulation: type[Simulation]) -> dict[str, Any]:
    """Return the names of the file in which a simulation is written."""
    for member in vars(simulation).values():
        if hasattr(member, "__globals__"):
            return member.__globals__
    return vars(sys.modules.get(simulation.__module__, sys))


# Conditions -----------------------------------------------------------------------------------


def condition_text(simulation: type[Simulation], until: Any) -> str | None:
    """Return the condition that ends a run as text: ``loss<0.01`` or a reference to a function."""
    if until is None:
        return None
    if isinstance(until, str) and ":" not in until:
        _comparison(simulation, until)
        return until.replace(" ", "")
    return reference_to(simulation, until, "until")


def condition(simulation: type[Simulation], text: str | None) -> Callable[[Any], Any] | None:
    """Return the function of the simulation that `condition_text` has described."""
    if text is None:
        return None
    if ":" in text:
        return resolve(simulation, text, "until")
    trace, compare, bound = _comparison(simulation, text)
    column = single_columns(simulation.panels)[trace]
    return functools.partial(_holds, column, compare, bound)


def _holds(
    column: Column, compare: Callable[[Any, Any], bool], bound: float, simulation: Any
) -> bool:
    return compare(column.present(simulation.outputs), bound)


def _comparison(simulation: type[Simulation], text: str) -> tuple[str, Any, float]:
    match = re.fullmatch(r"\s*(.+?)\s*([<>])\s*(\S+)\s*", text)
    try:
        bound = float(match[3]) if match else None
    except ValueError:
        bound = None
    if match is None or bound is None:
        raise ParameterError(
            f"until: must be TRACE<NUMBER, TRACE>NUMBER or a function, not {text!r}"
        )
    traces = single_columns(simulation.panels)
    if match[1] not in traces:
        raise ParameterError(unknown(simulation.key, "trace", match[1], traces))
    return match[1], operator.lt if match[2] == "<" else operator.gt, bound
