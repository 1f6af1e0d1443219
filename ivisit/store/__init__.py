"""The parameter store: named, versioned parameter sets and runs in one SQLite file.

From the ground up: `values` (JSON), `schema` (tables, migrations), `problems` (messages),
`transactions` and `opening` (SQLite's locks and modes), `database` (one open file); on it `sets`,
`runs`, `exchange` and `housekeeping`, which `store` joins to `ParameterStore`.
"""

from ivisit.store.parameter_set import ParameterSet
from ivisit.store.run_rows import StoredRun
from ivisit.store.store import ParameterStore, default_path

__all__ = ["ParameterSet", "ParameterStore", "StoredRun", "default_path"]
