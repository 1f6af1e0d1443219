"""Code that a window needs only when it is asked for something: it opens sooner without."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


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
