"""Which store a command means when ``--db`` does not say."""

from __future__ import annotations

from pathlib import Path

from ivisit.commands.common import Refused
from ivisit.errors import StoreError


def default_store(simulation: str | None = None) -> Path:
    """Return the store of a simulation; without one, the only store of this folder."""
    from ivisit.store import default_path

    if simulation is not None:
        path = default_path(simulation)
        holders = [] if path.exists() else _stores_with(simulation)
        return holders[0] if len(holders) == 1 else path
    stores = stores_here()
    if len(stores) != 1:
        listing = ", ".join(map(str, stores)) or "none here"
        raise Refused(f"which store? Name a simulation or --db PATH ({listing})")
    return stores[0]


def stores_here() -> list[Path]:
    """Return the stores of this folder, or the one that the environment names."""
    from ivisit.store import path_from_environment

    override = path_from_environment()
    return sorted(Path().glob("*.ivisit")) if override is None else [override]


def _stores_with(key: str) -> list[Path]:
    from ivisit.store import ParameterStore

    found = []
    for path in stores_here():
        try:
            with ParameterStore(path, create=False) as store:
                if key in store.simulations():
                    found.append(path)
        except StoreError:
            continue  # a file that is no store does not hold the key
    return found
