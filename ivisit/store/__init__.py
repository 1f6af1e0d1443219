"""The parameter store: named, versioned parameter sets and runs in one SQLite file.

From the ground up: `values` (JSON), `checksums`, `queries`, `migrations` and `schema` (tables),
`problems` (messages), `logs`, `transactions` and `opening` (SQLite's logs, locks and modes),
`database` (one open file); on it `sets`, `runs`, `exchange` with `importing`, `backups`, `checking`
and `housekeeping`, which `store` joins to `ParameterStore`. `places` says where it lies.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ivisit.store.places import default_path, path_from_environment

if TYPE_CHECKING:
    from ivisit.store.parameter_set import ParameterSet
    from ivisit.store.problems import DamageError
    from ivisit.store.run_rows import StoredRun
    from ivisit.store.store import ParameterStore

#: Imported when they are first used: many windows and runs need no store.
_HOMES = {
    "DamageError": "problems",
    "ParameterSet": "parameter_set",
    "ParameterStore": "store",
    "StoredRun": "run_rows",
}

__all__ = [
    "DamageError",
    "ParameterSet",
    "ParameterStore",
    "StoredRun",
    "default_path",
    "path_from_environment",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
