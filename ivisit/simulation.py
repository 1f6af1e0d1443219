"""`Simulation`: collects the declarations, holds the values, validates every assignment."""

from __future__ import annotations

import copy
from abc import ABCMeta
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from ivisit.controls import Control
from ivisit.declarations import Declaration
from ivisit.errors import ParameterError, shorten
from ivisit.panels import Panel
from ivisit.parameters import Parameters


class _Namespace(dict[str, Any]):
    """The body of a simulation's class while it runs: refuses to lose a declaration."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.owner = owner

    def __setitem__(self, name: str, value: Any) -> None:
        former = self.get(name)
        if isinstance(former, Declaration) or (
            isinstance(value, Declaration) and name in self and not name.startswith("__")
        ):
            raise ParameterError(
                f"{self.owner}.{name}: is defined twice in this class, "
                f"as {_kind(former)} and as {_kind(value)}"
            )
        super().__setitem__(name, value)


def _kind(value: Any) -> str:
    return f"a {'method' if callable(value) else type(value).__name__}"


class SimulationType(ABCMeta):
    """Metaclass of `Simulation`: checks the declarations when a class is created."""

    @classmethod
    def __prepare__(mcs, name: str, bases: tuple[type, ...], /, **kwargs: Any) -> _Namespace:
        return _Namespace(name)

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any
    ) -> SimulationType:
        cls = super().__new__(mcs, name, bases, dict(namespace), **kwargs)
        declarations = _collect(cls)
        for declaration in declarations.values():
            declaration.settle(name)
        cls.key = namespace.get("key", name)  # type: ignore[attr-defined]
        cls.controls = MappingProxyType(  # type: ignore[attr-defined]
            {k: d for k, d in declarations.items() if isinstance(d, Control)}
        )
        cls.panels = MappingProxyType(  # type: ignore[attr-defined]
            {k: d for k, d in declarations.items() if isinstance(d, Panel)}
        )
        return cls


#: Attributes of `Simulation` that no declaration may take; filled when that class exists.
_RESERVED: frozenset[str] = frozenset()


def _collect(cls: type) -> dict[str, Declaration]:
    """Return the declarations of `cls` and its bases by name, those of the bases first."""
    declarations: dict[str, Declaration] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, Declaration):
                _check_name(cls, base, name, value)
                declarations[name] = value
            elif name in declarations and value is None:
                del declarations[name]  # "sigma = None" in a subclass removes the control
            elif name in declarations:
                raise ParameterError(
                    f"{base.__name__}.{name}: {_kind(value)} hides the "
                    f"{type(declarations[name]).__name__} of that name; rename one of them, "
                    "or write 'None' to remove the declaration"
                )
    return declarations


def _check_name(cls: type, base: type, name: str, declaration: Declaration) -> None:
    owner = base.__name__
    if declaration.name != name:
        raise ParameterError(
            f"{owner}.{name}: is the same {type(declaration).__name__} object as "
            f"{declaration.name!r}; declare each of them on its own"
        )
    if name in _RESERVED or name.startswith("_"):
        raise ParameterError(
            f"{owner}.{name}: the name is reserved; names with a leading underscore and "
            f"{', '.join(sorted(_RESERVED))} belong to ivisit"
        )
    for other in base.__mro__[1:]:
        if callable(vars(other).get(name)):
            raise ParameterError(
                f"{owner}.{name}: the {type(declaration).__name__} hides the method "
                f"{other.__name__}.{name}(); rename one of them"
            )


class Simulation(metaclass=SimulationType):
    """Base class of all simulations: declare controls and panels, write `init` and `step`.

    Rules
    -----
    1. Controls and panels are class attributes. Subclasses inherit them, may declare them anew,
       and remove one with ``name = None``.
    2. `main_init` runs once, `init` before every run, `step` repeatedly, `close` at the end.
    3. A parameter is read as an attribute, or as ``parameters[name]``. It changes between steps,
       never during one, unless the engine's mode is ``async``.
    4. Panels are assigned to like attributes; the last value of a step counts. Arrays may be
       changed in place afterwards: what is shown is a copy.
    5. Random numbers come from `rng`, which every `init` starts anew from the run's seed: same
       seed and parameters, same results, in the window and headlessly.

    Attributes
    ----------
    key : str
        Class attribute: the simulation's name in a parameter store, by default the class's name.
    controls, panels : mapping of str to Control and to Panel
        Class attributes: the declarations, in the order in which they were written.
    rng : numpy.random.Generator
        The run's random numbers.
    drawing : bool
        Whether somebody may look: False in sweeps and optimizations, where a simulation can leave
        costly pictures out. Numbers must not depend on it.
    step_duration, step_unit : float, str or None, and str
        Class attributes: how long a step is, as a number or as the name of a parameter, and in
        which unit. Axes, read-outs and tables then show the time beside the step number.

    Examples
    --------
    >>> import ivisit as iv
    >>> class Decay(iv.Simulation):
    ...     rate = iv.Slider(0.5, 0.0, 1.0)
    ...     level = iv.Trace()
    ...
    ...     def init(self):
    ...         self.level = 1.0
    ...
    ...     def step(self):
    ...         self.level *= self.rate
    >>> round(iv.run(Decay, {"rate": 0.1}, steps=2).outputs["level"], 3)
    0.01
    """

    key: str
    controls: Mapping[str, Control[Any]]
    panels: Mapping[str, Panel[Any]]
    rng: np.random.Generator
    drawing: bool = True
    #: How long a step is: a number, or the name of a parameter; None: steps are only counted.
    step_duration: float | str | None = None
    #: Unit of `step_duration`, e.g. ``"ms"``.
    step_unit: str = ""
    _values: dict[str, Any]
    _outputs: dict[str, Any]
    _parameters: Parameters
    #: Whether `main_init` has been called, and `close` has not been since.
    _prepared = False
    #: Runs that this instance has begun.
    _begun = 0
    #: The file in which the simulation is written, where its methods do not tell.
    _source: Path | None = None
    #: Seconds between two steps in a window that has just been opened.
    _delay: float = 0.0

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Not in __init__: a subclass that forgets super().__init__() works all the same.
        self = super().__new__(cls)
        self._values = {name: control.default for name, control in cls.controls.items()}
        self._outputs = {}
        self._parameters = Parameters(cls, self._values)
        self.rng = np.random.default_rng(0)
        return self

    def __copy__(self) -> Self:
        # The user's attributes are shared, as copy.copy means it; values, outputs and random
        # numbers are not: two simulations that disturb each other are never what was meant.
        clone = type(self).__new__(type(self))
        framework = set(vars(clone))
        vars(clone).update((k, v) for k, v in vars(self).items() if k not in framework)
        clone._values.update(self._values)
        clone._outputs.update(copy.deepcopy(self._outputs))
        clone._parameters = Parameters(type(self), clone._values, self._parameters.adjustments)
        clone.rng = copy.deepcopy(self.rng)
        return clone

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={shorten(value, 30)}" for name, value in self._values.items())
        return f"<{self.key}: {values or 'no parameters'}>"

    @property
    def parameters(self) -> Parameters:
        """The values of all controls, by name."""
        return self._parameters

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the panels hold at present, by name; read-only."""
        self._refresh()
        return MappingProxyType(self._outputs)

    # A simulation that keeps its parameters or outputs in another place overrides these.

    def _attached(self, engine: Any) -> None:
        """Hear which engine will run this simulation."""

    def _opening(self, path: Path) -> str | None:
        """Hear that a window opens whose store is `path`; name the set to start with, if any."""
        return None

    def _assigned(self, name: str) -> None:
        """Hear that the parameter `name` has got the value that somebody set; from any thread."""

    def _refresh(self) -> None:
        """Bring `_outputs` up to date: somebody is going to look at them."""

    def main_init(self) -> None:
        """Prepare what all runs share: load data, build tables. Called once."""

    def init(self) -> None:
        """Start a run. Called before the first step of every run."""

    def step(self) -> None:
        """Compute one step."""

    def close(self) -> None:
        """Release files, cameras and threads. Called once, at the end."""


_RESERVED = frozenset(
    name for name in {*vars(Simulation), *Simulation.__annotations__} if not name.startswith("_")
)
