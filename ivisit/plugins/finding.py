"""Find simulations: installed plugins (entry points), modules, folders, files.

`list_simulations` imports installed plugins only; files are read, not run. Running a file is
running code: `get_simulation` does so because it was asked for that file by name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.errors import PluginError, closest
from ivisit.plugins.loading import load_library, load_main
from ivisit.plugins.reading import describe, summary_of
from ivisit.simulation import Simulation

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "ivisit.simulations"

#: How a file is loaded: its path, and the class that is wanted.
Load = Callable[[Path, str], Simulation | type[Simulation]]


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
        A plugin that cannot be imported is a row with its error, and so is a name that several
        simulations have: they are run by their full names.
    """
    plugins, files = _plugins(), list(_known_files())
    rows = [_describe_plugin(point) for point in plugins]
    for file in files:
        rows.extend(_describe_file(file))
    return [_with_namesakes(row, plugins, files) for row in rows]


def get_simulation(simulation: Any) -> Simulation | type[Simulation]:
    """Return the simulation that a name, a path, a class or an instance stands for.

    Parameters
    ----------
    simulation : str, Path, Simulation or subclass
        Name of an installed plugin or of a file in ``./apps`` or ``IVISIT_PATH``; a path
        ``file.py`` or ``file.py:Class``; ``package.module:Class``; a class or an instance is
        returned as it is.

    Returns
    -------
    Simulation or subclass
        An instance only where one was given or launched. A file is executed anew by every call,
        and leaves nothing else changed in the process.

    Raises
    ------
    PluginError
        When nothing is found, the file fails, or it has several simulations and none is named.
    """
    return _get(simulation, load_library)


def get_main_simulation(simulation: str) -> Simulation | type[Simulation]:
    """Return the simulation that a command is about; its file becomes the process's ``__main__``.

    See `get_simulation` and `ivisit.plugins.loading.load_main`.
    """
    return _get(simulation, load_main)


def _get(simulation: Any, load: Load) -> Simulation | type[Simulation]:
    if isinstance(simulation, type):
        if issubclass(simulation, Simulation):
            return simulation
    elif isinstance(simulation, Simulation):
        return simulation
    if not isinstance(simulation, str | os.PathLike):
        raise PluginError(
            "a simulation must be a class derived from ivisit.Simulation, an instance of one, a "
            f"name or a path 'file.py[:Class]', not {simulation!r}"
        )
    text = os.fspath(simulation)
    file, wanted = _split(text)
    if file is not None:
        return load(file, wanted)
    name, _, wanted = text.partition(":")
    # A colon in a plugin's name is no separator.
    plugins = [point for point in _plugins() if point.name == text]
    files = list(_known_files(name))
    if len(names := _full_names(plugins, files, wanted)) > 1:
        raise PluginError(f"{text!r} is the name of several simulations: run {' or '.join(names)}")
    if plugins:
        return _load_plugin(plugins[0])
    if files:
        return load(files[0], wanted)
    if wanted and all(part.isidentifier() for part in (*name.split("."), wanted)):
        return _load_member(name, wanted, in_working_directory=load is load_main)
    known_names = [point.name for point in _plugins()] + [known.stem for known in _known_files()]
    hint = closest(text, known_names) or " 'ivisit list' shows what there is."
    raise PluginError(f"no simulation called {text!r}.{hint}")


def _split(text: str) -> tuple[Path | None, str]:
    """Split ``file.py:Class``; the path is None when `text` is a plain name."""
    path, _, wanted = text.rpartition(":")
    if path.endswith(".py"):
        return Path(path), wanted
    if text.endswith(".py") or (Path(text).is_file() and os.sep in text):
        return Path(text), ""
    return None, ""


def _full_names(plugins: list[EntryPoint], files: list[Path], wanted: str = "") -> list[str]:
    """Return what the plugins and files can be called without being mistaken for each other."""
    names = [point.value for point in plugins]
    names += [f"{file}:{wanted}" if wanted else str(file) for file in files]
    return list(dict.fromkeys(names))


def _with_namesakes(
    row: SimulationInfo, plugins: list[EntryPoint], files: list[Path]
) -> SimulationInfo:
    """Return the row, saying so where others have its name."""
    stem = row.name.partition(":")[0]
    names = _full_names(
        [point for point in plugins if point.name == row.name],
        [file for file in files if file.stem == stem],
    )
    if len(names) < 2:
        return row
    problem = f"several have this name; run them as {' and '.join(names)}"
    return replace(row, error="; ".join(filter(None, [row.error, problem])))


# Plugins --------------------------------------------------------------------------------------


def _plugins() -> list[EntryPoint]:
    """Return the installed plugins by name; looked up again when something was installed."""
    return list(_plugins_on(tuple(_state(entry) for entry in sys.path)))


def _state(entry: str) -> tuple[str, int]:
    try:
        return entry, os.stat(entry or ".").st_mtime_ns
    except OSError:
        return entry, 0


@lru_cache(maxsize=4)
def _plugins_on(path: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    # Seldom needed, and it brings along how letters are written.
    from importlib.metadata import entry_points

    points = entry_points(group=ENTRY_POINT_GROUP)
    return tuple(sorted(points, key=lambda point: (point.name, point.value)))


def plugin_name(simulation: type[Simulation]) -> str | None:
    """Return the name under which a class is installed as a plugin; None when it is not."""
    return plugin_called(f"{simulation.__module__}:{simulation.__qualname__}")


def plugin_called(value: str) -> str | None:
    """Return the name of the installed plugin ``module:Class``; None where there is none.

    A plugin may be named by the package that hands its class on.
    """
    module, _, name = value.partition(":")
    if module == "__main__":
        return None  # a file that is run, whatever is installed
    for point in _plugins():
        if point.attr == name and f"{module}.".startswith(f"{point.module}."):
            return point.name
    return None


def _load_plugin(point: EntryPoint) -> type[Simulation]:
    return _checked(point.load, f"plugin {point.name!r} ({point.value})")


def _load_member(module: str, name: str, *, in_working_directory: bool) -> type[Simulation]:
    """Import ``module:name``; a command also looks where it was called, as ``python -m`` does."""
    here = os.getcwd()
    if in_working_directory and here not in sys.path:
        sys.path.insert(0, here)

    def load() -> Any:
        return getattr(import_module(module), name)

    return _checked(load, f"{module}:{name}")


def _checked(load: Callable[[], Any], what: str) -> type[Simulation]:
    """Return the simulation class that `load` imports."""
    try:
        loaded = load()
    except KeyboardInterrupt:
        raise
    # A plugin is foreign code: whatever it raises, and sys.exit(), belongs into the one message.
    except BaseException as error:
        raise PluginError(f"{what} cannot be imported: {type(error).__name__}: {error}") from error
    if not (isinstance(loaded, type) and issubclass(loaded, Simulation)):
        raise PluginError(f"{what} is not a class derived from ivisit.Simulation")
    return loaded


def _describe_plugin(point: EntryPoint) -> SimulationInfo:
    origin = point.dist.name if point.dist else point.value
    try:
        return SimulationInfo(point.name, summary_of(_load_plugin(point).__doc__), origin)
    except PluginError as error:
        return SimulationInfo(point.name, "", origin, str(error))


# Files ----------------------------------------------------------------------------------------


def _known_files(stem: str = "*") -> Iterator[Path]:
    """Yield the files of ``IVISIT_PATH`` and ``./apps`` that contain simulations.

    Parameters
    ----------
    stem : str, optional
        Only the files of that name.
    """
    places = [Path(p) for p in os.environ.get("IVISIT_PATH", "").split(os.pathsep) if p]
    seen = set()
    for place in [*places, Path("apps")]:
        if not place.is_dir():
            files = [place]
        elif stem == "*":
            files = sorted(place.glob("*.py"))
        else:
            files = [place / f"{stem}.py"]
        for file in files:
            if file.name.startswith("_") or stem not in ("*", file.stem):
                continue
            if not file.is_file() or file.resolve() in seen:
                continue
            seen.add(file.resolve())
            if _describe_file(file):
                yield file


def _describe_file(file: Path) -> list[SimulationInfo]:
    """Return a row for every simulation in `file`, which is parsed and not run."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return [SimulationInfo(file.stem, "", str(file), f"cannot be read: {error.strerror}")]
    found = describe(content)
    if isinstance(found, str):
        return [SimulationInfo(file.stem, "", str(file), f"cannot be read: {found}")]
    if len(found) == 1:
        return [SimulationInfo(file.stem, summary, str(file)) for summary in found.values()]
    return [
        SimulationInfo(f"{file.stem}:{name}", summary, str(file)) for name, summary in found.items()
    ]
