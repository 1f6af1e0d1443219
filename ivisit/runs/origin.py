"""Where workers find a simulation: an importable class, a file that travels along, or its bytes."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import operator
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from ivisit.errors import ParameterError, PluginError
from ivisit.plugins.loading import load_file, source_file
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
    files : dict of str to bytes
        The file and its helpers, by name.
    """

    kind: str
    place: str
    name: str
    digest: str
    content: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """What `get_simulation` understands; empty for a class that is nowhere written."""
        if self.kind == "file":
            return f"{self.place}:{self.name}" if self.name else self.place
        return f"{self.place}:{self.name}" if self.kind == "module" else ""

    def load(self) -> Factory:
        """Return what makes an instance for a run; called in a worker, once a sweep."""
        if self.kind == "module":
            cls = operator.attrgetter(self.name)(importlib.import_module(self.place))
            return cls
        if self.kind == "pickle":
            return pickle.loads(self.content)
        return file_factory(self.place, self.name)

    def check_portable(self) -> None:
        """Raise `ParameterError` when other processes cannot get the simulation."""
        if self.kind == "here":
            raise ParameterError(
                f"{self.name}: was made in a notebook or at a prompt, where other processes cannot "
                "find it. Write it into a file (in a notebook: %%writefile), install cloudpickle, "
                "or compute in this process with workers=0"
            )
        if sum(map(len, self.files.values())) > LARGEST:
            raise ParameterError(
                f"{self.place}: its helpers have more than 1 MB, too much to send along with "
                "every chunk; install them as a package"
            )


def file_factory(path: str, name: str) -> Factory:
    """Return what makes an instance of a file's simulation.

    A file that launches an instance, as old scripts do, is executed anew for every run: what its
    one instance and its module have become in a run must not reach the next one.
    """
    found = load_file(path, name)
    if isinstance(found, type):
        return found
    ready = [found]

    def anew() -> Simulation:
        made = ready.pop() if ready else load_file(path, name)
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
    cls = found if isinstance(found, type) else type(found)
    if asked is found and not isinstance(found, type):
        raise ParameterError(
            f"{cls.key}: a sweep makes a fresh instance for each run, so give it the class, "
            "not an instance"
        )
    file = source_file(cls)
    if not isinstance(found, type):
        assert file is not None
        origin = _file_origin(file, "")
        return origin, file_factory(origin.place, "")
    if _importable(cls) and file is not None and not _is_single_file(cls):
        return _module_origin(cls, file), cls
    if file is not None and "<locals>" not in cls.__qualname__:
        return _file_origin(file, cls.__name__), cls
    return _pickled_origin(cls), cls


def _importable(cls: type) -> bool:
    module = sys.modules.get(cls.__module__)
    try:
        return cls.__module__ != "__main__" and (
            operator.attrgetter(cls.__qualname__)(module) is cls
        )
    except AttributeError:
        return False


def _is_single_file(cls: type) -> bool:
    """Tell whether a class is in a module of its own beside a script, not in a package."""
    module = sys.modules[cls.__module__]
    path = str(getattr(module, "__file__", ""))
    return "." not in cls.__module__ and "-packages" not in path


def _module_origin(cls: type, file: Path) -> Origin:
    """Name a class of an installed module; its whole package is its source."""
    package = cls.__module__.partition(".")[0]
    root = Path(str(getattr(sys.modules.get(package), "__file__", file)))
    files = sorted(root.parent.rglob("*.py")) if root.name == "__init__.py" else [file]
    digest = hashlib.sha256()
    for one in files:
        digest.update(one.name.encode() + b"\0" + hashlib.sha256(one.read_bytes()).digest())
    return Origin("module", cls.__module__, cls.__qualname__, digest.hexdigest())


def _file_origin(file: Path, name: str) -> Origin:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PluginError(f"{file}: cannot be read: {error.strerror or error}") from error
    digest = hashlib.sha256(content).hexdigest()
    return Origin("file", str(file.resolve()), name, digest, files={file.name: content})


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
            digest.update(repr(declaration.describe()).encode())
    return digest.hexdigest()


def _constants(code: CodeType) -> list[Any]:
    return [
        (c.co_code, _constants(c)) if isinstance(c, CodeType) else c for c in code.co_consts
    ] + [code.co_names]
