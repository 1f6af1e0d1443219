"""Where workers find a simulation: an importable class, a file that travels along, or its bytes."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import operator
import pickle
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from ivisit.errors import ParameterError, PluginError
from ivisit.plugins.loading import load_library
from ivisit.plugins.origins import class_of, source_file, source_of
from ivisit.plugins.origins import origin_of as loaded_from
from ivisit.plugins.sources import Source, SourceFile, read_source
from ivisit.simulation import Simulation

Factory = Callable[[], Simulation]

#: Most bytes of files that are sent along with every chunk.
LARGEST = 1_000_000


@dataclass(frozen=True)
class Origin:
    """Where a simulation comes from.

    Attributes
    ----------
    kind : str
        ``module``, ``file``, ``pickle``, or ``here`` for what only the parent's process has.
    place : str
        ``package.module``, or the path of the file.
    name : str
        Name of the class; empty for the one that the file launches.
    digest : str
        Tells whether the source is another one: over the file and its helpers.
    content : bytes
        The pickled class.
    source : Source or None
        The file and its helpers, which travel along.
    as_main : bool
        Whether the file's guarded code runs in workers, too: it did when the simulation was
        loaded by its path, and may launch what is meant. A script that sweeps its own class, and a
        module, are loaded as by an import: what such a script does besides must not be repeated
        by every worker.
    """

    kind: str
    place: str
    name: str
    digest: str
    content: bytes = b""
    source: Source | None = None
    as_main: bool = True

    @property
    def reference(self) -> str:
        """What `get_simulation` understands; empty for a class that is nowhere written."""
        if self.kind in ("file", "module"):
            return f"{self.place}:{self.name}" if self.name else self.place
        return ""

    @property
    def files(self) -> list[SourceFile]:
        """The file and its helpers; none for an installed module."""
        return [] if self.source is None else [self.source.file, *self.source.helpers]

    def load(self) -> Factory:
        """Return what makes an instance for a run; called in a worker, once a sweep."""
        if self.kind == "module":
            module = importlib.import_module(self.place)
            cls: Factory = operator.attrgetter(self.name)(module)
            here = _module_digest(self.place, Path(str(module.__file__)))
            if here != self.digest:
                raise PluginError(
                    f"{self.place}: is another version on {socket.gethostname()} than where the "
                    "sweep was begun; install the same one"
                )
            return cls
        if self.kind == "pickle":
            unpickled: Factory = pickle.loads(self.content)
            return unpickled
        assert self.source is not None
        return file_factory(self.source, self.name, as_main=self.as_main)

    def check_portable(self) -> None:
        """Raise `ParameterError` when other processes cannot get the simulation."""
        if self.kind == "here":
            raise ParameterError(
                f"{self.name}: was made in a notebook or at a prompt, where other processes cannot "
                "find it. Write it into a file (in a notebook: %%writefile), install cloudpickle, "
                "or compute in this process with workers=0"
            )
        if self.source is not None and self.source.size > LARGEST:
            raise ParameterError(
                f"{self.place}: has helpers of together {self.source.size / 1e6:.1f} MB, too much "
                "to send along with every chunk; install them as a package"
            )


def file_factory(source: Source, name: str, *, as_main: bool = True) -> Factory:
    """Return what makes an instance of a file's simulation.

    A file that launches an instance, as old scripts do, is executed anew for every run: what its
    one instance and its module have become in a run must not reach the next one.
    """
    try:
        found = load_library(source, name, as_main=as_main)
    except PluginError:
        if as_main:
            raise
        found = load_library(source, name)  # a class that is defined under the guard
    if isinstance(found, type):
        return found
    ready: list[Any] = [found]

    def anew() -> Simulation:
        try:
            made = ready.pop()
        except IndexError:
            made = load_library(source, name)
        assert isinstance(made, Simulation)
        return made

    return anew


def origin_of(asked: Any, found: Simulation | type[Simulation]) -> tuple[Origin, Factory]:
    """Return where workers find a simulation, and what makes an instance in this process.

    Parameters
    ----------
    asked : object
        What the user has named: a class, a plugin, a path.
    found : Simulation or subclass
        What `get_simulation` has made of it.
    """
    cls = class_of(found)
    if asked is found and not isinstance(found, type):
        raise ParameterError(
            f"{cls.key}: a sweep makes a fresh instance for each run, so give it the class, "
            "not an instance"
        )
    source = source_of(found)
    as_main = loaded_from(found) is not None
    if not isinstance(found, type):
        if source is None:
            raise ParameterError(f"{cls.key}: is launched by no file that workers could load")
        # The class of an old script is the framework's; what the file launches is meant.
        origin = _file_origin(source, "")
        return origin, file_factory(source, "")
    if source is None and _importable(cls):
        file = source_file(cls)
        if file is None or not _is_single_file(cls):
            return _module_origin(cls, file), cls
        source = read_source(file)
    if source is not None and "<locals>" not in cls.__qualname__:
        return _file_origin(source, cls.__name__, as_main=as_main), cls
    return _pickled_origin(cls), cls


def _importable(cls: type) -> bool:
    """Tell whether another process finds a class by importing its module, which needs a file."""
    module = sys.modules.get(cls.__module__)
    if cls.__module__ == "__main__" or getattr(module, "__file__", None) is None:
        return False
    try:
        return operator.attrgetter(cls.__qualname__)(module) is cls
    except AttributeError:
        return False


def _is_single_file(cls: type) -> bool:
    """Tell whether a class is in a module of its own beside a script, not in a package."""
    module = sys.modules[cls.__module__]
    path = str(getattr(module, "__file__", ""))
    return "." not in cls.__module__ and "-packages" not in path


def _module_origin(cls: type, file: Path | None) -> Origin:
    """Name a class of an installed module."""
    digest = _module_digest(cls.__module__, file)
    return Origin("module", cls.__module__, cls.__qualname__, digest)


def _module_digest(name: str, file: Path | None) -> str:
    """Return a digest of an installed module's source: that of its whole package."""
    package = name.partition(".")[0]
    root = Path(str(getattr(sys.modules.get(package), "__file__", None) or file))
    files = sorted(root.parent.rglob("*.py")) if root.name == "__init__.py" else [root]
    digest = hashlib.sha256()
    for one in files:
        place = one.relative_to(root.parent).as_posix()
        digest.update(f"{place}\0{hashlib.sha256(one.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _file_origin(source: Source, name: str, *, as_main: bool = True) -> Origin:
    path = str(source.file.path)
    return Origin("file", path, name, source.digest, source=source, as_main=as_main)


def _pickled_origin(cls: type[Simulation]) -> Origin:
    try:
        import cloudpickle
    except ImportError:
        return Origin("here", "", cls.__name__, _code_digest(cls))
    content = cloudpickle.dumps(cls)
    return Origin("pickle", "", cls.__name__, _code_digest(cls), content)


def _code_digest(cls: type[Simulation]) -> str:
    """Return a digest of a class without a file: of its text if there is one, else its code."""
    digest = hashlib.sha256(cls.__qualname__.encode())
    try:
        digest.update(inspect.getsource(cls).encode())
    except (OSError, TypeError):
        for name, member in sorted(vars(cls).items()):
            code = getattr(member, "__code__", None)
            if isinstance(code, CodeType):
                digest.update(name.encode() + code.co_code + repr(_constants(code)).encode())
        for declaration in [*cls.controls.values(), *cls.panels.values()]:
            digest.update(repr(sorted(vars(declaration).items())).encode())
    return digest.hexdigest()


def _constants(code: CodeType) -> list[Any]:
    return [
        (c.co_code, _constants(c)) if isinstance(c, CodeType) else c for c in code.co_consts
    ] + [code.co_names]
