"""Run a file and take the simulations that it declares or launches.

A file is loaded in one of two ways:

- `load_main` makes it the process's ``__main__`` to the end, as ``python file.py`` does. That is
  what ``ivisit run``, ``gui`` and ``show`` do.
- `load_library` executes it in a space of its own (`ivisit.plugins.spaces`) and leaves nothing
  global behind: any number of files, any number of times, from any thread. Everything else does
  that, and so do workers, to which a `Source` may be sent instead of a path.

In both, ``__name__`` is ``"__main__"`` while the file is executed, ``sys.argv`` is the file alone,
`SystemExit` ends the loading and not the process, and what the file launches is handed over.
"""

from __future__ import annotations

import inspect
import logging
import os
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ivisit import pyplots
from ivisit.errors import Failure, PluginError
from ivisit.plugins import spawning
from ivisit.plugins.compiling import compiled
from ivisit.plugins.origins import Found, Origin, class_of, remember
from ivisit.plugins.renaming import rename
from ivisit.plugins.repository import commit_of
from ivisit.plugins.sources import HelperFinder, Place, Source, read_source
from ivisit.plugins.spaces import Space
from ivisit.pyplots import PyplotFigures
from ivisit.simulation import Simulation

logger = logging.getLogger(__name__)


@dataclass
class Loading:
    """A file that is being loaded; `launch` hands simulations over to it."""

    path: Path
    launched: list[Found] = field(default_factory=list)


class _Stack(threading.local):
    """The files that this thread is loading, the innermost last."""

    def __init__(self) -> None:
        self.loadings: list[Loading] = []


_stack = _Stack()
#: Guards what the interpreter has only once: ``__main__``, `sys.argv`, `sys.path`.
_one_at_a_time = threading.RLock()
#: Seconds after which somebody who waits for it says so.
PATIENCE = 10.0


def _after_fork() -> None:
    """Free the lock in a process that was forked: the thread that held it is not there."""
    global _one_at_a_time
    _one_at_a_time = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def _alone(shown: Path) -> Iterator[None]:
    """Let one thread at a time execute a file."""
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        logger.warning(
            "%s: waits for another thread, which executes a file; a file whose code waits for "
            "threads that load files has to do so in init()",
            shown,
        )
        _one_at_a_time.acquire()
    try:
        yield
    finally:
        _one_at_a_time.release()


def hand_over(*simulations: Found) -> bool:
    """Give simulations to whoever loads the present file; False when nobody does.

    `ivisit.launch` and old scripts' ``IVisit_main`` call this first: a file that is loaded for a
    headless run must not open a window, nor must one that a process of `multiprocessing` imports
    because it is the parent's ``__main__``.
    """
    if _stack.loadings:
        _stack.loadings[-1].launched.extend(simulations)
        return True
    # Whoever is started by it has it imported.
    process = sys.modules.get("multiprocessing.process")
    return process is not None and bool(getattr(process.current_process(), "_inheriting", False))


# Loading --------------------------------------------------------------------------------------


def load_library(
    what: str | os.PathLike[str] | Source, wanted: str = "", *, as_main: bool = True
) -> Found:
    """Execute a file apart from all others and return its simulation; see `get_simulation`.

    Parameters
    ----------
    what : path-like or Source
        A Python file, or what `read_source` or `source_of` took from one, perhaps on another
        machine: it runs in place where the same files are there, else from a private folder.
    wanted : str, optional
        Name of the class, where there are several.
    as_main : bool, optional
        Whether ``__name__`` is ``"__main__"`` while the file is executed. Without it what stands
        under that guard is left out, as when the file is imported.

    Returns
    -------
    Simulation or subclass
        Made anew by every call: no state is shared with what was loaded before.

    Raises
    ------
    PluginError
        When the file cannot be read or executed, or has not the one simulation.
    """
    if isinstance(what, Source):
        source = what if what.is_in_place() else what.unpack()
        shown = source.file.path
    else:
        source, shown = read_source(what), Path(what)
    spawning.install()
    commit = commit_of((source.file, *source.helpers))
    space = Space(source)
    # The name that multiprocessing gives to a script whose guarded code it leaves out.
    module, loading = _run_in(space, shown, "__main__" if as_main else "__mp_main__")
    found = _simulations(module, loading, wanted, module.__name__)
    rename(module, space.name, found)
    space.keep()
    return _choose(found, wanted, shown, Origin(source, commit, space))


def load_in_child(name: str, file: str) -> None:
    """Load what another process has loaded as `name`, for functions that it sends here.

    As for every file that `multiprocessing` imports, ``__name__`` is not ``"__main__"``.
    """
    source, helpers = spawning.read(file)
    source = source if source.is_in_place() else source.unpack()
    space = Space(source, name)
    module, loading = _run_in(space, source.file.path, "__mp_main__")
    rename(module, name, loading.launched)
    for helper in helpers:
        space.load(helper)
    space.keep()


def _run_in(space: Space, shown: Path, name: str) -> tuple[types.ModuleType, Loading]:
    """Execute a file in its space."""
    path = space.source.file.path
    code = _compile(space.source, shown)
    module = space.new_module("__main__", Place(str(path), None))
    space.files["__main__"] = space.source.file
    module.__name__, module.__package__ = name, None
    with _alone(shown), _as_main(module, shown, space), _handing_over(path) as loading:
        _execute(code, module, shown, space.pyplot_figures)
    return module, loading


#: What `load_library` was called when there was no other way to load.
load_file = load_library


def load_main(path: str | os.PathLike[str], wanted: str = "") -> Found:
    """Make a file the ``__main__`` of this process, to its end, and return its simulation.

    For the process's own command only; the parameters are those of `load_library`. When the file
    cannot be executed, everything is as before.
    """
    shown = Path(path)
    source = read_source(shown)
    commit = commit_of((source.file, *source.helpers))
    code = _compile(source, shown)
    finder = _finder(source.folder)
    module = types.ModuleType("__main__")
    module.__file__ = str(source.file.path)
    former = MainState()
    sys.modules["__main__"], sys.argv = module, [str(shown)]
    if sys.path[0] != str(source.folder):
        sys.path.insert(0, str(source.folder))
    if finder not in sys.meta_path:
        sys.meta_path.insert(0, finder)
    os.environ["MPLBACKEND"] = "Agg"
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use("Agg")
    try:
        with _handing_over(source.file.path) as loading:
            _execute(code, module, shown, PyplotFigures())
    except BaseException:
        former.restore()
        raise
    return _choose(
        _simulations(module, loading, wanted), wanted, shown, Origin(source, commit, finder)
    )


def _finder(folder: Path) -> HelperFinder:
    """Return the finder of a folder; a file that is loaded again has imported its helpers."""
    for finder in sys.meta_path:
        if isinstance(finder, HelperFinder) and finder.folder == str(folder):
            return finder
    return HelperFinder(folder)


def load_again(path: str | os.PathLike[str], wanted: str = "") -> Found:
    """Load an edited file: as ``__main__`` where it is the process's, else as a library."""
    main = getattr(sys.modules["__main__"], "__file__", None)
    if main is not None and Path(main).resolve() == Path(path).resolve():
        return load_main(path, wanted)
    return load_library(path, wanted)


class MainState:
    """What `load_main` changes in the process, as it is now."""

    def __init__(self) -> None:
        self._main, self._argv = sys.modules["__main__"], sys.argv
        self._path, self._finders = list(sys.path), list(sys.meta_path)
        self._backend = os.environ.get("MPLBACKEND")

    def restore(self) -> None:
        """Bring it back."""
        sys.modules["__main__"], sys.argv = self._main, self._argv
        sys.path[:], sys.meta_path[:] = self._path, self._finders
        os.environ.pop("MPLBACKEND", None)
        if self._backend is not None:
            os.environ["MPLBACKEND"] = self._backend


def _compile(source: Source, shown: Path) -> types.CodeType:
    try:
        return compiled(source.file.content, str(source.file.path))
    except (SyntaxError, ValueError) as error:
        raise PluginError(f"{shown}: is not valid Python: {error}") from error
    except (MemoryError, RecursionError) as error:
        raise PluginError(
            f"{shown}: cannot be compiled: {type(error).__name__}: "
            f"{str(error) or 'it is nested too deeply'}"
        ) from error


def _execute(
    code: types.CodeType, module: types.ModuleType, shown: Path, figures: PyplotFigures
) -> None:
    former = pyplots.enter(figures)
    try:
        exec(code, vars(module))
    except SystemExit as end:
        logger.debug("%s ended with SystemExit(%r)", shown, end.code)
    except KeyboardInterrupt:
        raise
    # The file is foreign code: whatever it raises belongs into the one message.
    except BaseException as error:
        failure = Failure.from_exception("load", error)
        raise PluginError(
            f"{shown}: cannot be loaded: {failure.type}: {failure.message} "
            f'({failure.file}, line {failure.line}: "{failure.source}"){_hint(error, shown)}'
        ) from error
    finally:
        pyplots.enter(former)


def _hint(error: BaseException, shown: Path) -> str:
    if "attempted relative import" not in str(error):
        return ""
    names = [shown.resolve().stem]
    for folder in shown.resolve().parents:
        if not (folder / "__init__.py").is_file():
            break
        names.insert(0, folder.name)
    return (
        f". A file of a package is run by its name, from the folder above: {'.'.join(names)}:CLASS"
        if len(names) > 1
        else ""
    )


@contextmanager
def _handing_over(path: Path) -> Iterator[Loading]:
    if path in [loading.path for loading in _stack.loadings]:
        raise PluginError(
            f"{path}: loads itself while it is loaded; run the class there and not the file, or "
            "put that part into another file"
        )
    loading = Loading(path)
    _stack.loadings.append(loading)
    try:
        yield loading
    finally:
        _stack.loadings.pop()


class _OwnFolder(str):
    """The file's folder as ``sys.path[0]`` for its own eyes: the import system passes it over.

    Files look there for the folder of their data; but libraries that are imported meanwhile must
    not find the file's helpers in it.
    """

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


@contextmanager
def _as_main(module: types.ModuleType, shown: Path, space: Space) -> Iterator[None]:
    """Make `module` the ``__main__`` of the interpreter while its file is executed."""
    names = {"__main__", module.__name__}
    former_modules = {name: sys.modules[name] for name in names if name in sys.modules}
    former_argv = sys.argv
    path, former_path = sys.path, list(sys.path)
    own = _OwnFolder(space.source.folder)
    sys.path_importer_cache[own] = None
    sys.modules.update(dict.fromkeys(names, module))
    sys.argv = [str(shown)]
    path.insert(0, own)
    space.former_path = [own, *former_path]
    try:
        yield
    finally:
        space.adopt(space.former_path, sys.path)
        space.former_path = None
        sys.path = path
        path[:] = former_path
        sys.path_importer_cache.pop(own, None)
        sys.modules.update(former_modules)
        sys.argv = former_argv


# What was found -------------------------------------------------------------------------------


def _simulations(
    module: types.ModuleType, loading: Loading, wanted: str, name: str = "__main__"
) -> list[Found]:
    """Return what the file launched, else, or where another one is wanted, what it defines."""
    launched = loading.launched
    if launched and (not wanted or any(_is_called(wanted, one) for one in launched)):
        return [one for n, one in enumerate(launched) if one not in launched[:n]]
    found: list[Found] = []
    for simulation in vars(module).values():
        if (
            isinstance(simulation, type)
            and issubclass(simulation, Simulation)
            and simulation.__module__ == name
            and simulation not in found
        ):
            found.append(simulation)
    return found


def _is_called(name: str, simulation: Found) -> bool:
    return name in (class_of(simulation).__name__, class_of(simulation).key)


def _choose(found: list[Found], wanted: str, shown: Path, origin: Origin) -> Found:
    """Return the one simulation that is meant, and remember where all of them come from."""
    files = {str(file.path) for file in (origin.source.file, *origin.helpers)}
    for simulation in found:
        defined_in = sys.modules.get(class_of(simulation).__module__)
        if getattr(defined_in, "__file__", None) in files:
            remember(simulation, origin)
    complete = [s for s in found if not inspect.isabstract(class_of(s))]
    if wanted:
        named = [s for s in found if _is_called(wanted, s)]
        if named and not [s for s in named if s in complete]:
            missing = ", ".join(sorted(class_of(named[0]).__abstractmethods__))
            raise PluginError(f"{shown}: {wanted} is abstract: it lacks {missing}")
        complete = named
    if len(complete) == 1:
        return complete[0]
    if not complete:
        raise PluginError(
            f"{shown}: has no simulation called {wanted!r}"
            if wanted
            else f"{shown}: has no class derived from ivisit.Simulation"
        )
    names = ", ".join(f"{shown}:{class_of(s).__name__}" for s in complete)
    raise PluginError(f"{shown}: has several simulations; name one of {names}")
