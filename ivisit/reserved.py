"""Names that belong to the framework, and what a simulation's class may not define."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, overload

from ivisit.declarations import Declaration
from ivisit.errors import ParameterError, shorten

#: What a simulation defines for the framework to call.
LIFE_CYCLE = ("main_init", "init", "step", "draw", "pointer", "preview", "close")
#: What a simulation may set for the framework to read.
SETTINGS = ("key", "live", "pace", "step_duration", "step_unit")
#: What the framework gives a simulation, which may define none of it.
OWNED = {
    "parameters": "the values of all controls",
    "outputs": "what the panels hold",
    "controls": "the declared controls",
    "panels": "the declared panels",
    "rng": "the run's random numbers",
    "stop": "the method that ends the run",
    "drawing": "whether somebody looks",
    "_values": "the values of all controls",
    "_outputs": "what the panels hold",
    "_attached": "a method of the framework",
    "_opening": "a method of the framework",
    "_assigned": "a method of the framework",
    "_refresh": "a method of the framework",
}
#: What no control and no panel may be called, also where the framework does not use it yet.
RESERVED = frozenset({*LIFE_CYCLE, *SETTINGS, *OWNED})
#: Attributes of an instance that only the framework touches begin like this.
PRIVATE_PREFIX = "_ivisit_"

Held = TypeVar("Held")


class Guarded:
    """An attribute of the framework that cannot be assigned.

    A simulation that assigns an attribute of that name by chance hears of it at once, and not when
    something else stops working. Unlike a ``__setattr__``, this costs other assignments nothing.
    """

    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, instance: object, value: Any) -> NoReturn:
        raise owned_error(type(instance).__name__, self.name, "attribute")


class Owned(Guarded, property, Generic[Held]):
    """A property that the decorated method reads; see `Guarded`."""

    def __init__(self, read: Callable[[Any], Held]) -> None:
        super().__init__(read)

    if TYPE_CHECKING:  # the property's own is quick, and knows no type

        @overload
        def __get__(self, instance: None, owner: type, /) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: type | None = None, /) -> Held: ...
        def __get__(self, instance: Any, owner: type | None = None, /) -> Any: ...


class OwnedMapping(Guarded, Generic[Held]):
    """A mapping that class and instance show alike; see `Guarded`.

    No property: a class that travels to another process by value takes this along.
    """

    def __init__(self, name: str, value: Held) -> None:
        self.name = name
        self.value = value

    def __get__(self, instance: object | None, owner: type) -> Held:
        return self.value


class OwnedMethod(Guarded):
    """A method that a subclass within the framework may override; see `Guarded`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Callable[..., Any]: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else self.function.__get__(instance)


def owned_error(owner: str, name: str, kind: str) -> ParameterError:
    """Return the error for an attribute or method that has a name of the framework."""
    meaning = OWNED.get(name, "a part of the framework")
    return ParameterError(
        f"{owner}.{name}: the name belongs to ivisit ({meaning}); rename your {kind}"
    )


def check_class(cls: type, framework: type | None) -> None:
    """Refuse a class that hides what the framework needs, or whose methods it cannot call.

    Parameters
    ----------
    cls : type
        The simulation's class.
    framework : type or None
        `Simulation`, once that exists.
    """
    for base in _own_bases(cls, framework):
        for name, value in vars(base).items():
            if isinstance(value, Declaration):
                continue  # has a message of its own
            if name in OWNED and not isinstance(value, Guarded):
                raise owned_error(base.__name__, name, _kind(value))
            if name in LIFE_CYCLE:
                _check_method(f"{base.__name__}.{name}", value)


def refuse_dataclass(cls: type) -> None:
    """Refuse a class that ``@dataclass`` has given an ``__init__`` which assigns declarations."""
    for field in getattr(cls, "__dataclass_fields__", {}).values():
        if isinstance(field.default, Declaration):
            raise ParameterError(
                f"{cls.__name__}.{field.name}: '@dataclass' takes the declaration for a field's "
                "default; a simulation with annotated controls or panels must not be a dataclass"
            )


def _own_bases(cls: type, framework: type | None) -> Iterable[type]:
    """Yield `cls` and its bases in front of `Simulation`, but not those of ivisit itself."""
    for base in cls.__mro__:
        if framework is None or base is framework:
            return
        if not base.__module__.startswith("ivisit."):
            yield base


def _check_method(here: str, value: Any) -> None:
    """Refuse what cannot be called as a method that does its work and returns."""
    function = getattr(value, "__func__", value)  # of a static method
    if not callable(function) and not hasattr(value, "__get__"):
        raise ParameterError(
            f"{here}: must be a method, not {shorten(value)}; the name belongs to the life cycle "
            "of a simulation"
        )
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ParameterError(
            f"{here}: must be an ordinary method, not 'async def': nobody would await it. Call "
            "asyncio.run(...) in it where you need that"
        )
    if inspect.isgeneratorfunction(function):
        raise ParameterError(
            f"{here}: must be an ordinary method, not one with 'yield': its body would never run"
        )


def _kind(value: Any) -> str:
    return "method" if callable(value) else "attribute"
