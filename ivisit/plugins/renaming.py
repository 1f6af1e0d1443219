"""Give what a file has defined as ``__main__`` the private name under which it is found."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from typing import Any

#: How deeply lists and dictionaries of classes and functions are looked into, and how large ones:
#: others are data.
DEPTH = 3
SIZE = 1000


def rename(module: types.ModuleType, name: str, further: Iterable[Any] = ()) -> None:
    """Give `module`, and the classes and functions that it defines, the name `name`.

    Parameters
    ----------
    module : module
        It has the name as which it was executed.
    name : str
        The new name.
    further : iterable, optional
        Classes, or instances of classes, that need not be in the module's namespace.
    """
    namespace = vars(module)
    former = namespace["__name__"]
    package = name.rpartition(".")[0]
    namespace["__name__"], namespace["__package__"] = name, package
    seen: set[int] = {id(namespace)}
    queue = [(value, DEPTH) for name, value in namespace.items() if name != "__builtins__"]
    queue += [(one if isinstance(one, type) else type(one), DEPTH) for one in further]
    while queue:
        value, depth = queue.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if _is_named(value, former):
            value.__module__ = name
        queue.extend((part, depth - 1) for part in _parts(value, name, depth))


def _is_named(value: Any, name: str) -> bool:
    if isinstance(value, type | types.FunctionType):
        return value.__module__ == name
    # Wrapped functions, type variables: what has the attribute itself and not from its class.
    own = getattr(value, "__dict__", None)
    return type(own) is dict and own.get("__module__") == name


def _parts(value: Any, name: str, depth: int) -> Iterator[Any]:
    """Yield what else may bear the module's name inside of `value`."""
    if isinstance(value, type):
        if value.__module__ == name:
            yield from vars(value).values()
    elif isinstance(value, property):
        yield from (value.fget, value.fset, value.fdel)
    elif isinstance(value, staticmethod | classmethod):
        yield value.__func__
    elif isinstance(value, types.FunctionType):
        yield getattr(value, "__wrapped__", None)
    elif depth > 0 and type(value) in (list, tuple, set, frozenset, dict) and len(value) <= SIZE:
        yield from value.values() if type(value) is dict else value
