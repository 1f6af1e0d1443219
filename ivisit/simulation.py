"""`Simulation`: collects the declarations, holds the values, validates every assignment."""

from __future__ import annotations

import copy
import os
import sys
from abc import ABCMeta
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ivisit.controls import Control
from ivisit.declarations import Declaration
from ivisit.errors import ParameterError, shorten
from ivisit.events import PointerEvent
from ivisit.panels import Panel
from ivisit.parameters import Parameters
from ivisit.reserved import (
    RESERVED,
    Owned,
    OwnedMapping,
    OwnedMethod,
    check_class,
    refuse_dataclass,
)

#: What scripts of IVISIT 0.7x import from here.
_FOR_OLD_SCRIPTS = ("IVisit_Data", "IVisit_Parameters", "IVisit_Simulation")
__all__ = [*_FOR_OLD_SCRIPTS, "Simulation", "SimulationType", "np"]


def __getattr__(name: str) -> Any:
    if name in _FOR_OLD_SCRIPTS:
        # They live on a higher floor, which only the package itself may know.
        return getattr(sys.modules["ivisit"], name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
        check_class(cls, globals().get("Simulation"))
        declarations = _collect(cls)
        for declaration in declarations.values():
            declaration.settle(name)
        cls.key = namespace.get("key", name)  # type: ignore[attr-defined]
        cls.controls = OwnedMapping(  # type: ignore[attr-defined]
            "controls",
            MappingProxyType({k: d for k, d in declarations.items() if isinstance(d, Control)}),
        )
        cls.panels = OwnedMapping(  # type: ignore[attr-defined]
            "panels",
            MappingProxyType({k: d for k, d in declarations.items() if isinstance(d, Panel)}),
        )
        cls._ivisit_written_in = _file_of(namespace)  # type: ignore[attr-defined]
        return cls

    if not TYPE_CHECKING:  # or every attribute would be one that a class may have

        def __setattr__(cls, name: str, value: Any) -> None:
            # Class and instances have been told what they declare. Only cloudpickle, which makes
            # an empty class in another process and gives it all attributes, adds settled ones,
            # and the same ones again when the class comes again.
            former = vars(cls).get(name)
            settled = isinstance(value, Declaration) and value.name == name
            if settled and (former is None or repr(former) == repr(value)):
                value = former or value
            elif isinstance(value, Declaration) or isinstance(former, Declaration):
                raise AttributeError(
                    f"{cls.__name__}.{name}: controls and panels are declared in the class body "
                    "and do not change afterwards; derive a class to declare others"
                )
            super().__setattr__(name, value)


def _file_of(namespace: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """Return the file of a class and what it holds: now, when the class is being made."""
    module = sys.modules.get(namespace.get("__module__", ""))
    codes = (getattr(value, "__code__", None) for value in namespace.values())
    for path in (getattr(module, "__file__", None), *(c.co_filename for c in codes if c)):
        try:
            status = os.stat(path or "")
            return str(path), _content(str(path), status.st_mtime_ns, status.st_size)
        except OSError:
            continue
    return None


@lru_cache(maxsize=16)
def _content(path: str, modified: int, size: int) -> bytes:
    return Path(path).read_bytes()


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
    if name in RESERVED or name.startswith("_"):
        public = sorted(word for word in RESERVED if not word.startswith("_"))
        raise ParameterError(
            f"{owner}.{name}: the name is reserved; names with a leading underscore and "
            f"{', '.join(public)} belong to ivisit"
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
    2. `main_init` runs once, `init` before every run, `step` repeatedly, `close` at the end;
       `draw` when a picture is due, `pointer` for events on panels, both between two steps.
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
    step_duration, step_unit : float, str or None, and str
        Class attributes: how long a step is, as a number or as the name of a parameter, and in
        which unit. Axes, read-outs and tables then show the time beside the step number.
    pace : float or None
        Class attribute: steps a second in a window that has just been opened; None: as many as
        possible.
    live : bool
        Class attribute: whether a changed value computes a step while nothing runs, for a
        simulation whose step depends on its parameters more than on its past. A method
        ``preview()``, if there is one, is called instead while a slider is dragged: what it
        assigns to panels is shown and not recorded.

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
    #: How long a step is: a number, or the name of a parameter; None: steps are only counted.
    step_duration: float | str | None = None
    #: Unit of `step_duration`, e.g. ``"ms"``.
    step_unit: str = ""
    #: Steps a second in a window that has just been opened; None: as many as possible.
    pace: float | None = None
    #: Whether a changed value computes a step while nothing runs, in a window just opened.
    live: bool = False
    _ivisit_values: dict[str, Any]
    _ivisit_outputs: dict[str, Any]
    _ivisit_parameters: Parameters
    #: Whether the present run is to end after this step; see `stop`.
    _ivisit_stopped = False
    #: Whether pictures of the present run are shown; see `drawing`.
    _ivisit_drawing = False
    #: Whether `main_init` has been called, and `close` has not been since.
    _ivisit_prepared = False
    #: Runs that this instance has begun.
    _ivisit_begun = 0
    #: Its figures of pyplot, once an engine has it.
    _ivisit_figures: Any = None
    #: Whether somebody has been told of attributes that resemble panels.
    _ivisit_misspelt_told = False
    #: The file in which the simulation is written, where its module does not tell.
    _source: Path | None = None
    #: The file of the class's module, and its content when the class was made.
    _ivisit_written_in: tuple[str, bytes] | None
    #: Whether `init` seeds the global random numbers, as scripts of IVISIT 0.7x need it.
    _seeds_global_random = False
    #: Seconds between two steps in a window that has just been opened.
    _delay: float = 0.0
    #: Whether a window that opens with empty panels computes the first step.
    _opens_with_step = True
    #: Whether Step and Run go on after a step that has failed, rather than begin anew.
    _goes_on_after_error = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        refuse_dataclass(cls)
        # Not in __init__: a subclass that forgets super().__init__() works all the same.
        self = super().__new__(cls)
        self._ivisit_values = {name: control.default for name, control in cls.controls.items()}
        self._ivisit_outputs = {}
        self._ivisit_parameters = Parameters(cls, self._ivisit_values)
        return self

    def __copy__(self) -> Self:
        # The user's attributes are shared, as copy.copy means it; values, outputs and random
        # numbers are not: two simulations that disturb each other are never what was meant.
        clone = Simulation.__new__(type(self))
        framework = set(vars(clone))
        vars(clone).update((k, v) for k, v in vars(self).items() if k not in framework)
        clone._values.update(self._values)
        clone._outputs.update(copy.deepcopy(self._outputs))
        clone._ivisit_parameters = Parameters(
            type(self), clone._values, self.parameters.adjustments
        )
        clone.rng = copy.deepcopy(self.rng)
        return clone

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={shorten(value, 30)}" for name, value in self._values.items())
        return f"<{self.key}: {values or 'no parameters'}>"

    @cached_property
    def rng(self) -> np.random.Generator:
        """The run's random numbers; those of seed 0 before the first run."""
        # Made when somebody asks: a run brings its own, and to make one takes as long as the rest.
        return np.random.default_rng(0)

    @Owned
    def parameters(self) -> Parameters:
        """The values of all controls, by name."""
        return self._ivisit_parameters

    @Owned
    def _values(self) -> dict[str, Any]:
        return self._ivisit_values

    @Owned
    def _outputs(self) -> dict[str, Any]:
        return self._ivisit_outputs

    @Owned
    def outputs(self) -> Mapping[str, Any]:
        """What the panels hold at present, by name; read-only."""
        self._refresh()
        return MappingProxyType(self._outputs)

    @Owned
    def drawing(self) -> bool:
        """Whether pictures are made of this run: in a window and in `ivisit.run`, not in sweeps.

        What only pictures need may be left out where it is false; numbers must not depend on it.
        """
        return self._ivisit_drawing

    @OwnedMethod
    def stop(self) -> None:
        """End the present run after this step, in the window and headlessly."""
        self._ivisit_stopped = True

    # A simulation that keeps its parameters or outputs in another place overrides these.

    @OwnedMethod
    def _attached(self, engine: Any) -> None:
        """Hear which engine will run this simulation."""

    @OwnedMethod
    def _opening(self, path: Path) -> str | None:
        """Hear that a window opens whose store is `path`; name the set to start with, if any."""
        return None

    @OwnedMethod
    def _assigned(self, name: str) -> None:
        """Hear that the parameter `name` has got the value that somebody set; from any thread."""

    @OwnedMethod
    def _refresh(self) -> None:
        """Bring `_outputs` up to date: somebody is going to look at them."""

    def main_init(self) -> None:
        """Prepare what all runs share: load data, build tables. Called once."""

    def init(self) -> None:
        """Start a run. Called before the first step of every run."""

    def step(self) -> None:
        """Compute one step."""

    def draw(self) -> None:
        """Fill figures and images that are costly to make.

        Called only when a picture is due: at most 60 times a second in the window, at the end of
        a headless run, never in sweeps and optimizations. It must not assign to traces and
        rasters, and its `rng` is another one than that of `step`: no number may depend on how
        often somebody looks.
        """

    def pointer(self, event: PointerEvent) -> None:
        """React to mouse and keys on a panel that is declared ``pointer=True`` or ``keys=True``.

        Called between two steps, after the first `init`. Events are logged with their step, saved
        and replayed as changes of parameters are.

        Parameters
        ----------
        event : PointerEvent
            What happened, and where.
        """

    def close(self) -> None:
        """Release files, cameras and threads. Called once, at the end."""
