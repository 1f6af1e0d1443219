"""Which simulation and which store a command means."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ivisit.commands.common import Refused, clean_stdout
from ivisit.errors import PluginError, StoreError

if TYPE_CHECKING:
    from ivisit.simulation import Simulation
    from ivisit.store import ParameterStore

#: A class, or the key under which a store has it.
SimulationLike: TypeAlias = "str | type[Simulation]"


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


def simulation_or_key(options: argparse.Namespace) -> SimulationLike:
    """Return the class, or the text itself as a stored key when there is no such simulation.

    To be called before the store is opened, which an old script may have to fill first.
    """
    from ivisit.plugins.finding import get_simulation

    text: str = options.simulation
    try:
        with clean_stdout():
            found = get_simulation(text)
            _prepare_store(options, found)
    except PluginError:
        if ".py" in text or os.sep in text:
            raise
        return text
    return found if isinstance(found, type) else type(found)


def _prepare_store(options: argparse.Namespace, found: Any) -> None:
    """Let a simulation fill its store: an old script brings the sets of its old file."""
    from ivisit.engine import Engine
    from ivisit.simulation import Simulation

    cls: type[Simulation] = found if isinstance(found, type) else type(found)
    if cls._opening is not Simulation._opening:
        engine = Engine(found)  # what a simulation opens with may depend on it
        engine.simulation._opening(Path(options.db or default_store(options.simulation)))


def open_store(options: argparse.Namespace, *, create: bool = False) -> ParameterStore:
    """Return the store that ``--db`` names, or that of the simulation."""
    from ivisit.store import ParameterStore

    return ParameterStore(options.db or default_store(options.simulation), create=create)
