"""Where simulations come from: the file and the modules that ran, as they were when they ran."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ivisit.plugins.repository import Commit, commit_of
from ivisit.plugins.sources import INSTALLED, SHARED, HelperFinder, Source, SourceFile, read_source
from ivisit.plugins.spaces import Space
from ivisit.simulation import Simulation

Found = Simulation | type[Simulation]

#: Attribute of a loaded class. A table elsewhere would keep every execution alive.
_ORIGIN = "_ivisit_origin"


@dataclass(frozen=True)
class Origin:
    """What a simulation was loaded from.

    Attributes
    ----------
    source : Source
        The file and its helpers, as they were read.
    commit : Commit or None
        What git said of them at that moment.
    modules : Space or HelperFinder
        Has the ``files`` that have been imported so far.
    """

    source: Source
    commit: Commit | None
    modules: Space | HelperFinder

    @property
    def helpers(self) -> tuple[SourceFile, ...]:
        """The helper modules that have been imported so far."""
        files = self.modules.files.copy()
        return tuple(files[name] for name in sorted(files) if name != "__main__")


@dataclass(frozen=True)
class Code:
    """The code of a simulation.

    Attributes
    ----------
    file : SourceFile or None
        The file in which it is, with the content that ran; None for a class of a notebook.
    helpers : tuple of SourceFile
        The modules that the same folder or package supplied so far.
    commit : Commit or None
        The git commit; None outside a repository.
    is_file : bool
        Whether it is reached by the path of its file, and not by the name of a module.
    """

    file: SourceFile | None
    helpers: tuple[SourceFile, ...] = ()
    commit: Commit | None = None
    is_file: bool = False


def class_of(simulation: Found) -> type[Simulation]:
    """Return the class of a simulation that may be one already."""
    return simulation if isinstance(simulation, type) else type(simulation)


def remember(simulation: Found, origin: Origin) -> None:
    """Note where a simulation was loaded from."""
    setattr(class_of(simulation), _ORIGIN, origin)


def release(simulation: Found) -> None:
    """Say that a simulation which was loaded for one purpose has served it."""
    origin = origin_of(simulation)
    if origin is not None and isinstance(origin.modules, Space):
        origin.modules.release()


def origin_of(simulation: Found) -> Origin | None:
    """Return where a simulation was loaded from; None where Python itself imported it."""
    origin: Origin | None = vars(class_of(simulation)).get(_ORIGIN)
    return origin


def source_of(simulation: Found) -> Source | None:
    """Return the file of a simulation and its helpers, ready to be sent to a worker.

    None for an installed plugin, for a class of a notebook, and for one that an imported module
    defines: these are reached by their module's name, or not at all.
    """
    origin = origin_of(simulation)
    if origin is not None:
        known = {file.path: file for file in (*origin.source.helpers, *origin.helpers)}
        helpers = sorted(known.values(), key=lambda file: file.module)
        return Source(origin.source.file, tuple(helpers))
    cls = class_of(simulation)
    main = getattr(sys.modules["__main__"], "__file__", None)
    if cls.__module__ == "__main__" and main is not None and Path(main).is_file():
        return read_source(main)
    return None


def source_file(simulation: Found) -> Path | None:
    """Return the file in which a simulation is written, or None where there is none."""
    cls = class_of(simulation)
    if cls._source is not None:
        return cls._source
    if (origin := origin_of(cls)) is not None:
        return origin.source.file.path
    return Path(cls._ivisit_written_in[0]) if cls._ivisit_written_in is not None else None


# The code that ran ----------------------------------------------------------------------------


def helper_count(simulation: type[Simulation]) -> int:
    """Return a number that changes when another helper has been imported; for caches."""
    origin = origin_of(simulation)
    return len(origin.modules.files) if origin is not None else len(sys.modules)


def code_of(simulation: type[Simulation]) -> Code:
    """Return the code of a simulation, as it was when it was loaded."""
    origin = origin_of(simulation)
    if origin is not None:
        helpers = origin.helpers
        commit = _with_states(origin.commit, (origin.source.file, *helpers))
        return Code(origin.source.file, helpers, commit, is_file=True)
    if simulation._ivisit_written_in is None:
        return Code(None)
    path, content = simulation._ivisit_written_in
    is_file = simulation.__module__ == "__main__"
    file = SourceFile(simulation.__module__, Path(path).resolve(), content)
    helpers = () if INSTALLED.search(path) else _imported_beside(file)
    return Code(file, helpers, _commit_when_seen(file, helpers), is_file)


def _with_states(commit: Commit | None, files: Iterable[SourceFile]) -> Commit | None:
    """Add the states of files that nobody knew of when the commit was looked up."""
    if commit is None:
        return None
    unknown = [file for file in files if file.path not in commit.states]
    further = commit_of(unknown)
    return Commit(commit.commit, {**(further.states if further else {}), **commit.states})


def _imported_beside(file: SourceFile) -> tuple[SourceFile, ...]:
    """Return the imported modules of the file's own package, else of its folder."""
    package = file.module.partition(".")[0] if "." in file.module else ""
    folder = f"{file.path.parent}/"
    helpers = []
    for name, module in sorted(sys.modules.copy().items()):
        head = name.partition(".")[0]
        if head in SHARED or type(module) is not types.ModuleType or name == file.module:
            continue
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or path == str(file.path) or INSTALLED.search(path):
            continue
        if head == package if package else path.startswith(folder):
            content = _first_seen(path)
            if content is not None:
                helpers.append(SourceFile(name, Path(path), content))
    return tuple(helpers)


@lru_cache(maxsize=4096)
def _first_seen(path: str) -> bytes | None:
    """Return what a file held when it was looked at first, soon after it was imported."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return None


@lru_cache(maxsize=256)
def _commit_when_seen(file: SourceFile, helpers: tuple[SourceFile, ...]) -> Commit | None:
    """Return the commit of files that Python itself imported: the first look is the nearest."""
    return commit_of((file, *helpers))
