"""Find simulations: installed plugins (entry points), folders, files.

`list_simulations` imports installed plugins only; files are read, not run. Running a file is
running code: `get_simulation` does so because it was asked for that file by name.
"""

from __future__ import annotations

import ast
import logging
import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from ivisit.errors import Failure, PluginError, closest
from ivisit.simulation import Simulation

logger = logging.getLogger(__name__)

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


@dataclass
class Loading:
    """A file that is being loaded; `launch` hands simulations over to it."""

    launched: list[Simulation | type[Simulation]] = field(default_factory=list)


_loading: list[Loading] = []


def hand_over(*simulations: Simulation | type[Simulation]) -> bool:
    """Give simulations to whoever loads the present file; False when nobody does.

    `ivisit.launch` and old scripts' ``IVisit_main`` call this first: a file that is loaded for a
    headless run must not open a window.
    """
    if not _loading:
        return False
    _loading[-1].launched.extend(simulations)
    return True


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


def load_file(path: str | os.PathLike[str], wanted: str = "") -> Simulation | type[Simulation]:
    """Run a file as ``__main__`` and return its simulation; see `get_simulation`.

    Parameters
    ----------
    path : path-like
        A Python file.
    wanted : str, optional
        Name of the class, where there are several.
    """
    file = Path(path)
    found: list[Simulation | type[Simulation]] = []
    for simulation in _run_file(file):
        if simulation not in found:
            found.append(simulation)
    if wanted:
        found = [s for s in found if _class_of(s).__name__ == wanted or _class_of(s).key == wanted]
    if len(found) == 1:
        return found[0]
    if not found:
        raise PluginError(
            f"{file}: has no simulation called {wanted!r}"
            if wanted
            else f"{file}: has no class derived from ivisit.Simulation"
        )
    names = ", ".join(f"{file}:{_class_of(s).__name__}" for s in found)
    raise PluginError(f"{file}: has several simulations; name one of {names}")


def _class_of(simulation: Simulation | type[Simulation]) -> type[Simulation]:
    return simulation if isinstance(simulation, type) else type(simulation)


def _run_file(file: Path) -> list[Simulation | type[Simulation]]:
    """Return what `file` launches, and the simulation classes that it defines besides."""
    try:
        # compile() wants the bytes: they may declare an encoding.
        code = compile(file.read_bytes(), str(file.resolve()), "exec")
    except OSError as error:
        raise PluginError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        raise PluginError(f"{file}: is not valid Python: {error}") from error
    module = types.ModuleType("__main__")
    module.__file__ = str(file.resolve())
    with _as_main(module, file) as loading:
        try:
            exec(code, vars(module))
        except SystemExit as end:
            logger.debug("%s ended with SystemExit(%r)", file, end.code)
        # The file is foreign code: whatever it raises belongs into the one message.
        except Exception as error:
            failure = Failure.from_exception("load", error)
            raise PluginError(
                f"{file}: cannot be loaded: {failure.type}: {failure.message} "
                f'({failure.file}, line {failure.line}: "{failure.source}")'
            ) from error
    if loading.launched:
        return loading.launched
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Simulation)
        and value.__module__ == "__main__"
    ]


def source_file(simulation: Simulation | type[Simulation]) -> Path | None:
    """Return the file in which a simulation is written, or None where there is none.

    `inspect` cannot tell: a file that was run as ``__main__`` is no imported module.
    """
    cls = _class_of(simulation)
    if cls._source is not None:
        return cls._source
    for method in vars(cls).values():
        code = getattr(method, "__code__", None)
        if code is not None and Path(code.co_filename).is_file():
            return Path(code.co_filename)
    return None


@contextmanager
def _as_main(module: types.ModuleType, file: Path) -> Iterator[Loading]:
    """Make `module` the ``__main__`` of the interpreter while its file is run."""
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        # Stays there: a step may import a helper module later.
        sys.path.insert(0, folder)
    former_main, former_argv = sys.modules["__main__"], sys.argv
    sys.modules["__main__"], sys.argv = module, [str(file)]
    loading = Loading()
    _loading.append(loading)
    try:
        with _drawing_into_memory():
            yield loading
    finally:
        _loading.pop()
        sys.modules["__main__"], sys.argv = former_main, former_argv


@contextmanager
def _drawing_into_memory() -> Iterator[None]:
    """Have a file that is loaded import Matplotlib with the backend Agg: it opens no window.

    Whoever has imported pyplot before, a notebook for one, keeps the backend.
    """
    if "matplotlib.pyplot" not in sys.modules and "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use("Agg")
    former = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "Agg"
    try:
        yield
    finally:
        if former is None:
            del os.environ["MPLBACKEND"]
        else:
            os.environ["MPLBACKEND"] = former
