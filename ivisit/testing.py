"""Check that a simulation keeps the promises on which window, sweeps and stores rely.

For a test of your own, with pytest or without::

    from ivisit.testing import check_simulation

    def test_my_simulation_keeps_the_rules():
        check_simulation("my_sim.py")          # a path, a plugin's name, or a class

``ivisit check my_sim.py`` prints the same. pytest finds a fixture of the same name by itself.

The rules, by name:

1. ``load``: it can be loaded, and each declaration can be shown.
2. ``docs``: the class has a docstring, each parameter a help text.
3. ``run``: it runs headlessly, and assigns to each of its traces.
4. ``seed``: the same seed and parameters give the same result.
5. ``random``: it leaves the global random numbers of NumPy and Python alone, and does not use them.
6. ``reuse``: the second run of one instance equals the first.
7. ``drawing``: results do not depend on whether somebody looks.
8. ``values``: wrong values are refused, and nothing is changed then.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivisit.controls import Control
from ivisit.controls.choices import Choice
from ivisit.engine import Engine
from ivisit.errors import IVisitError, ParameterError, RunError
from ivisit.panels import Trace
from ivisit.plugins.finding import get_simulation
from ivisit.runs.single import result_of
from ivisit.simulation import Simulation

#: Steps of each run of a check.
STEPS = 3
#: What no control accepts.
NONSENSE = object()

Make = Callable[[], Simulation]


@dataclass(frozen=True)
class Problem:
    """A rule that a simulation does not keep.

    Attributes
    ----------
    rule : str
        ``load``, ``docs``, ``run``, ``seed``, ``random``, ``reuse``, ``drawing`` or ``values``.
    message : str
        What was found, and what to do.
    """

    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def check_simulation(simulation: Any, *, steps: int = STEPS, reuse: bool = True) -> None:
    """Raise `AssertionError` with all that is wrong with a simulation.

    Parameters
    ----------
    simulation : subclass of Simulation, str or path-like
        A class, the name of a plugin, or a path ``file.py[:Class]``.
    steps : int, optional
        Steps of each run, 3 by default.
    reuse : bool, optional
        Whether the second run of one instance must equal the first. The window and
        ``iv.sweep(reuse=True)`` rely on it.

    Raises
    ------
    AssertionError
        With one line for each problem.
    """
    problems = find_problems(simulation, steps=steps, reuse=reuse)
    if problems:
        raise AssertionError("\n".join(map(str, problems)))


def find_problems(simulation: Any, *, steps: int = STEPS, reuse: bool = True) -> list[Problem]:
    """Return what is wrong with a simulation; see `check_simulation`."""
    try:
        found = get_simulation(simulation)
    except IVisitError as error:
        return [Problem("load", str(error))]
    cls = found if isinstance(found, type) else type(found)
    make: Make = found if isinstance(found, type) else _Reloading(simulation, found)
    problems = [*_check_declarations(cls), *_check_docs(cls)]
    try:
        problems += _check_runs(make, steps, reuse)
    except RunError as error:
        problems.append(Problem("run", str(error)))
    problems += _check_values(cls, make)
    return problems


class _Reloading:
    """Gives a fresh instance of what a file launches: the file is executed anew."""

    def __init__(self, simulation: Any, found: Simulation) -> None:
        self._simulation = simulation
        self._ready = [found]

    def __call__(self) -> Simulation:
        made = self._ready.pop() if self._ready else get_simulation(self._simulation)
        assert isinstance(made, Simulation)
        return made


# Without running --------------------------------------------------------------------------------


def _check_declarations(cls: type[Simulation]) -> Iterator[Problem]:
    declarations: dict[str, Any] = {**cls.controls, **cls.panels}
    for name, declaration in declarations.items():
        try:
            json.dumps(declaration.describe(), allow_nan=False)
        # A control or panel of the author's own may do anything here.
        except Exception as error:  # noqa: BLE001
            yield Problem("load", f"{cls.key}.{name}: cannot be described as plain values: {error}")


def _check_docs(cls: type[Simulation]) -> Iterator[Problem]:
    if not (vars(cls).get("__doc__") or "").strip():
        yield Problem("docs", f"{cls.key}: has no docstring; say in a sentence what it shows")
    for name, control in cls.controls.items():
        if not control.help:
            yield Problem("docs", f"{cls.key}.{name}: has no help=...; say what it changes")


# Running ----------------------------------------------------------------------------------------


def _check_runs(make: Make, steps: int, reuse: bool) -> Iterator[Problem]:
    first = Engine(make(), seed=1)
    key = type(first.simulation).key
    with _watched_random_numbers() as used:
        reference = _run(first, steps)
    for name, panel in type(first.simulation).panels.items():
        if steps and isinstance(panel, Trace) and name not in reference["outputs"]:
            yield Problem("run", f"{key}.{name}: is a trace that no step assigns to")
    for library in used:
        yield Problem(
            "random",
            f"{key}: draws from the global random numbers of {library}; use self.rng, which the "
            "seed controls",
        )
    _close(first)
    with _other_global_numbers():
        second = Engine(make(), seed=1)
        again = _run(second, steps)
    where = _difference(reference, again)
    if where and used:
        yield Problem(
            "seed", f"{key}: the same seed gives another {where}, because of those random numbers"
        )
    elif where:
        yield Problem(
            "seed",
            f"{key}: the same seed and parameters give another {where}; what is random must come "
            "from self.rng, and nothing may depend on time or on the order of a set",
        )
    if reuse and not where:
        where = _difference(reference, _run(second, steps))
        if where:
            yield Problem(
                "reuse",
                f"{key}: the second run of one instance gives another {where}; init() must set "
                "everything that step() changes, and main_init() must not draw random numbers",
            )
    _close(second)
    yield from _check_drawing(make, steps, reference, key)


def _check_drawing(
    make: Make, steps: int, reference: dict[str, Any], key: str
) -> Iterator[Problem]:
    """Run once with nobody looking, and once with somebody who looks after every step."""
    seen = Engine(make(), seed=1)

    def look(simulation: Simulation) -> bool:
        seen.frame()
        return False

    for engine, until, words in (
        (Engine(make(), seed=1, drawing=False), None, "when drawing is False"),
        (seen, look, "when each step is drawn"),
    ):
        try:
            result = _run(engine, steps, until)
        except RunError as error:
            yield Problem("drawing", f"{key}: fails {words}: {error}")
            continue
        where = _difference(reference, result, numbers_only=True)
        if where:
            yield Problem(
                "drawing", f"{key}: gives another {where} {words}; numbers must not depend on it"
            )
        _close(engine)


def _run(engine: Engine, steps: int, until: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """Return traces and outputs of a run, figures left out."""
    engine.init()
    engine.run(steps, until=until)
    result = result_of(engine, owned=True)
    outputs = engine.outputs(figures=False)
    return {"traces": result.traces, "outputs": outputs}


def _close(engine: Engine) -> None:
    engine.close()


def _difference(a: dict[str, Any], b: dict[str, Any], *, numbers_only: bool = False) -> str:
    """Return the name of something that differs in a bit; empty when all is the same."""
    for name, column in a["traces"].items():
        if column.tobytes() != b["traces"][name].tobytes():
            return f"trace {name!r}"
    if numbers_only:
        return ""
    for name, value in a["outputs"].items():
        other = b["outputs"].get(name)
        if isinstance(value, np.ndarray):
            same = isinstance(other, np.ndarray) and (
                value.shape,
                value.dtype,
                value.tobytes(),
            ) == (
                other.shape,
                other.dtype,
                other.tobytes(),
            )
        elif isinstance(value, float):
            same = isinstance(other, float) and np.float64(value).tobytes() == (
                np.float64(other).tobytes()
            )
        else:
            same = value == other
        if not same:
            return f"panel {name!r}"
    return ""


@contextmanager
def _watched_random_numbers() -> Iterator[list[str]]:
    """Tell afterwards whose global random numbers were drawn."""
    used: list[str] = []
    numpy_state, python_state = _numpy_state(), random.getstate()
    yield used
    if _numpy_state() != numpy_state:
        used.append("NumPy")
    if random.getstate() != python_state:
        used.append("Python")


@contextmanager
def _other_global_numbers() -> Iterator[None]:
    """Have the global random numbers be others, and bring them back."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    np.random.seed(20261)  # noqa: NPY002
    random.seed(20261)
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


def _numpy_state() -> tuple[Any, ...]:
    name, keys, *rest = np.random.get_state()  # noqa: NPY002
    return name, np.asarray(keys).tobytes(), *rest


# Wrong values -----------------------------------------------------------------------------------


def _check_values(cls: type[Simulation], make: Make) -> Iterator[Problem]:
    try:
        simulation = make()
    # The constructor is the author's.
    except Exception as error:  # noqa: BLE001
        yield Problem("run", f"{cls.key}: cannot be made: {type(error).__name__}: {error}")
        return
    for name, control in cls.controls.items():
        former = simulation.parameters[name]
        for wrong in _wrong_values(control):
            try:
                simulation.parameters[name] = wrong
            except ParameterError:
                pass
            # Anything else that is raised tells the user of a program nothing.
            except Exception as error:  # noqa: BLE001
                yield Problem(
                    "values",
                    f"{cls.key}.{name}: raises {type(error).__name__} for {wrong!r}, not a "
                    "ParameterError",
                )
            else:
                yield Problem("values", f"{cls.key}.{name}: accepts {wrong!r}")
            if simulation.parameters[name] != former:
                yield Problem("values", f"{cls.key}.{name}: has changed for a refused value")
                simulation.parameters[name] = former


def _takes_none(control: Control[Any]) -> bool:
    """Tell whether None stands for one of the options, as it may in a dict of them."""
    if not isinstance(control, Choice):
        return False
    try:
        control.validate(None)
    except ParameterError:
        return False
    return True


def _wrong_values(control: Control[Any]) -> Iterator[Any]:
    yield NONSENSE
    if not _takes_none(control):
        yield None
    for bound, step in (("minimum", -1), ("maximum", 1)):
        limit = getattr(control, bound, None)  # a dict slider may leave both to its items
        if limit is not None:
            yield limit + step * max(1, abs(limit))
            yield float("nan")
    if hasattr(control, "options"):
        yield "no such option, surely"
    for name, item in control.items.items():
        for wrong in _wrong_values(item):
            yield {name: wrong}
