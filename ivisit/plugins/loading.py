"""Run a file and take the simulations that it declares or launches."""

from __future__ import annotations

import logging
import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ivisit.errors import Failure, PluginError
from ivisit.simulation import Simulation

logger = logging.getLogger(__name__)


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
