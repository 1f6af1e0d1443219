"""Code that a window needs only when it is asked for something: it opens sooner without."""

from __future__ import annotations

import importlib
from collections import UserDict
from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any, TypeVar, cast

Key = TypeVar("Key")
Value = TypeVar("Value")


def on_demand(module: str, name: str) -> Callable[..., Any]:
    """Return what calls a function, or makes an object of a class, and imports it only then.

    Parameters
    ----------
    module, name : str
        Where it is, and what it is called.
    """

    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*arguments, **options)

    return call


class Registry(UserDict[Key, Value]):
    """A dict of classes, each imported when it is looked up for the first time.

    Parameters
    ----------
    places : mapping
        For each key the class, as ``"package.module:Class"``.
    """

    def __init__(self, places: Mapping[Key, str]) -> None:
        super().__init__()
        self.data.update(cast(Any, places))

    def __getitem__(self, key: Key) -> Value:
        value: Any = self.data[key]
        if isinstance(value, str):
            value = self.data[key] = resolve_name(value)
        return cast(Value, value)
