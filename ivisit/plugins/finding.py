"""Find simulations: installed plugins (entry points), folders, files.

`list_simulations` imports installed plugins only; files are read, not run. Running a file is
running code: `get_simulation` does so because it was asked for that file by name.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from ivisit.errors import PluginError, closest
from ivisit.plugins.loading import load_file
from ivisit.simulation import Simulation

ENTRY_POINT_GROUP = "ivisit.simulations"
#: A line with this text marks a script of IVISIT 0.7x.
OLD_SCRIPT_MARK = "@IVISIT:"


@dataclass(frozen=True)
class SimulationInfo:
    """One row of `list_simulations`.

    Attributes
    ----------
    name : str
        What `get_simulation` and the command line understand.
    summary : str
        First line of the class's docstring.
    origin : str
        Where it comes from: the installed package or the file.
    error : str
        Why it cannot be loaded; empty when it can, or when that was not tried.
    """

    name: str
    summary: str
    origin: str
    error: str = ""


def list_simulations() -> list[SimulationInfo]:
    """Return all simulations that can be found, installed plugins first.

    Returns
    -------
    list of SimulationInfo
        A plugin that cannot be imported is a row with its error.
    """
    rows = [_describe_plugin(point) for point in _plugins()]
    for file in _known_files():
        rows.extend(_describe_file(file))
    return rows


def get_simulation(simulation: Any) -> Simulation | type[Simulation]:
    """Return the simulation that a name, a path, a class or an instance stands for.

    Parameters
    ----------
    simulation : str, Path, Simulation or subclass
        Name of an installed plugin or of a file in ``./apps`` or ``IVISIT_PATH``; a path
        ``file.py`` or ``file.py:Class``; a class or an instance is returned as it is.

    Returns
    -------
    Simulation or subclass
        An instance only where one was given or launched.

    Raises
    ------
    PluginError
        When nothing is found, the file fails, or it has several simulations and none is named.
    """
    if isinstance(simulation, Simulation):
        return simulation
    if isinstance(simulation, type) and issubclass(simulation, Simulation):
        return simulation
    if not isinstance(simulation, str | os.PathLike):
        raise PluginError(
            "a simulation must be a class derived from ivisit.Simulation, an instance of one, a "
            f"name or a path 'file.py[:Class]', not {simulation!r}"
        )
    text = os.fspath(simulation)
    file, wanted = _split(text)
    if file is not None:
        return load_file(file, wanted)
    for point in _plugins():
        if point.name == text:
            return _load_plugin(point)
    name, _, wanted = text.partition(":")
    for known in _known_files():
        if known.stem == name:
            return load_file(known, wanted)
    names = [point.name for point in _plugins()] + [known.stem for known in _known_files()]
    hint = closest(text, names) or " 'ivisit list' shows what there is."
    raise PluginError(f"no simulation called {text!r}.{hint}")


def _split(text: str) -> tuple[Path | None, str]:
    """Split ``file.py:Class``; the path is None when `text` is a plain name."""
    path, _, wanted = text.rpartition(":")
    if path.endswith(".py"):
        return Path(path), wanted
    if text.endswith(".py") or (Path(text).is_file() and os.sep in text):
        return Path(text), ""
    return None, ""


# Plugins --------------------------------------------------------------------------------------


def _plugins() -> list[EntryPoint]:
    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)


def plugin_name(simulation: type[Simulation]) -> str | None:
    """Return the name under which a class is installed as a plugin; None when it is not."""
    value = f"{simulation.__module__}:{simulation.__qualname__}"
    return next((point.name for point in _plugins() if point.value == value), None)


def _load_plugin(point: EntryPoint) -> type[Simulation]:
    try:
        loaded = point.load()
    # A plugin is foreign code: whatever it raises belongs into the one message.
    except Exception as error:
        raise PluginError(
            f"plugin {point.name!r} ({point.value}) cannot be imported: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not (isinstance(loaded, type) and issubclass(loaded, Simulation)):
        raise PluginError(
            f"plugin {point.name!r} ({point.value}) is not a class derived from ivisit.Simulation"
        )
    return loaded


def _describe_plugin(point: EntryPoint) -> SimulationInfo:
    origin = point.dist.name if point.dist else point.value
    try:
        return SimulationInfo(point.name, _summary(_load_plugin(point).__doc__), origin)
    except PluginError as error:
        return SimulationInfo(point.name, "", origin, str(error))


# Files ----------------------------------------------------------------------------------------


def _known_files() -> Iterator[Path]:
    """Yield the files of ``IVISIT_PATH`` and ``./apps`` that contain simulations."""
    places = [Path(p) for p in os.environ.get("IVISIT_PATH", "").split(os.pathsep) if p]
    seen = set()
    for place in [*places, Path("apps")]:
        files = sorted(place.glob("*.py")) if place.is_dir() else [place]
        for file in files:
            if file.resolve() in seen or not file.is_file() or file.name.startswith("_"):
                continue
            seen.add(file.resolve())
            if _describe_file(file):
                yield file


def _describe_file(file: Path) -> list[SimulationInfo]:
    """Return a row for every simulation in `file`, which is parsed and not run."""
    try:
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError) as error:
        return [SimulationInfo(file.stem, "", str(file), f"cannot be read: {error}")]
    if OLD_SCRIPT_MARK in source:
        summary = _summary(ast.get_docstring(tree)) or "A script for IVISIT 0.7x."
        return [SimulationInfo(file.stem, summary, str(file))]
    classes = _simulation_classes(tree)
    if len(classes) == 1:
        summary = _summary(ast.get_docstring(classes[0]) or ast.get_docstring(tree))
        return [SimulationInfo(file.stem, summary, str(file))]
    return [
        SimulationInfo(f"{file.stem}:{c.name}", _summary(ast.get_docstring(c)), str(file))
        for c in classes
    ]


def _simulation_classes(tree: ast.Module) -> list[ast.ClassDef]:
    """Return the classes that derive from ``Simulation``, directly or through one of them."""
    names = {"Simulation"}
    classes = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            # "iv.Simulation" has an attribute of that name, a bare "Simulation" an id.
            bases = {getattr(b, "attr", None) or getattr(b, "id", None) for b in node.bases}
            if bases & names:
                names.add(node.name)
                classes.append(node)
    return classes


def _summary(docstring: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())
