"""The parameter store: named, versioned parameter sets and runs in one SQLite file.

From the ground up: `values` (JSON), `checksums`, `queries`, `migrations` and `schema` (tables),
`problems` (messages), `logs`, `transactions` and `opening` (SQLite's logs, locks and modes),
`database` (one open file); on it `sets`, `runs`, `exchange` with `importing`, `backups`, `checking`
and `housekeeping`, which `store` joins to `ParameterStore`.
"""

from ivisit.store.parameter_set import ParameterSet
from ivisit.store.problems import DamageError
from ivisit.store.run_rows import StoredRun
from ivisit.store.store import ParameterStore, default_path, path_from_environment

__all__ = [
    "DamageError",
    "ParameterSet",
    "ParameterStore",
    "StoredRun",
    "default_path",
    "path_from_environment",
]
