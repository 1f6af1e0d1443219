"""What a file consists of: its bytes, and those of the modules that its folder supplies.

`read_source` takes them before anything runs, and what runs is compiled from these very bytes:
digests are of the code that ran, whatever happens to the files afterwards. A `Source` can be
pickled and sent to another process or machine, where `ivisit.plugins.loading.load_library`
executes it::

    source = source_of(simulation)            # here
    simulation = load_library(source, name)   # there
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
import sysconfig
import tempfile
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.abc import MetaPathFinder
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
)
from pathlib import Path

from ivisit.errors import PluginError
from ivisit.files import replace_file

#: Endings of a module's file, in the order in which Python looks for them.
SUFFIXES = (*EXTENSION_SUFFIXES, *SOURCE_SUFFIXES, *BYTECODE_SUFFIXES)
#: What a folder never supplies: the framework itself, of which there must be one only.
SHARED = frozenset({"ivisit", "__main__", "__future__", *sys.builtin_module_names})
#: Folders of installed packages.
INSTALLED = re.compile(
    r"[\\/](site-packages|dist-packages)([\\/]|$)|^"
    + re.escape(sysconfig.get_path("stdlib"))
    + r"([\\/]|$)"
)


@dataclass(frozen=True)
class SourceFile:
    """One file that runs.

    Attributes
    ----------
    module : str
        The name by which it is imported; ``__main__`` for the file that is run.
    path : Path
        Where it was read.
    content : bytes
        What was read.
    """

    module: str
    path: Path
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """Digest of the content, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Source:
    """A file and the modules that its folder supplies.

    Attributes
    ----------
    file : SourceFile
        The file that is run.
    helpers : tuple of SourceFile
        Every module of the folder that the file imports, directly or through others, at once or
        later; sorted by name. Found by reading, so that a name which is computed while the
        program runs is missing here.
    """

    file: SourceFile
    helpers: tuple[SourceFile, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder in which imports from the file look first."""
        return self.file.path.parent

    @cached_property
    def digest(self) -> str:
        """Digest of the contents and of their places in the folder, 64 hexadecimal digits.

        It is the same on every machine that has the same files, wherever they are.
        """
        total = hashlib.sha256()
        for file in (self.file, *self.helpers):
            place = os.path.relpath(file.path, self.folder).replace(os.sep, "/")
            total.update(f"{file.module}\0{place}\0{file.sha256}\n".encode())
        return total.hexdigest()

    @cached_property
    def key(self) -> str:
        """Digest of the folder and of `digest`: what tells one loaded file from another."""
        return hashlib.sha256(f"{self.folder}\0{self.digest}".encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all contents."""
        return sum(len(file.content) for file in (self.file, *self.helpers))

    @property
    def is_portable(self) -> bool:
        """Whether all files lie in the folder, so that it can be unpacked elsewhere."""
        return all(helper.path.is_relative_to(self.folder) for helper in self.helpers)

    def is_in_place(self) -> bool:
        """Tell whether the files are on this machine, where they were read, with these contents."""
        return all(_holds(file.path, file) for file in (self.file, *self.helpers))

    def unpack(self, folder: str | os.PathLike[str] | None = None) -> Source:
        """Write the files into another folder; return the source that runs there.

        Parameters
        ----------
        folder : path-like, optional
            By default a private folder of temporary files, the same for the same digest.

        Raises
        ------
        PluginError
            When a file lies outside of the source's folder, or nothing can be written.
        """
        if not self.is_portable:
            outside = [str(h.path) for h in self.helpers if not h.path.is_relative_to(self.folder)]
            raise PluginError(
                f"{self.file.path}: cannot be taken along: it imports {', '.join(outside)} from "
                "outside of its folder; install that as a package"
            )
        try:
            target = Path(folder) if folder is not None else _private_folder(self.digest)
            moved = [self._write(file, target.resolve()) for file in (self.file, *self.helpers)]
        except OSError as error:
            raise PluginError(
                f"{self.file.path}: cannot be unpacked: {error.strerror or error}"
            ) from error
        return Source(moved[0], tuple(moved[1:]))

    def _write(self, file: SourceFile, folder: Path) -> SourceFile:
        path = folder / file.path.relative_to(self.folder)
        if not _holds(path, file):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, lambda draft: draft.write(file.content))
        return SourceFile(file.module, path, file.content)


def _holds(path: Path, file: SourceFile) -> bool:
    try:
        return path.read_bytes() == file.content
    except OSError:
        return False


def _private_folder(digest: str) -> Path:
    """Return a folder of temporary files that nobody else may write."""
    user = getattr(os, "getuid", lambda: "user")()
    folder = Path(tempfile.gettempdir()) / f"ivisit-{user}-{digest[:24]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat()
    if folder.is_symlink() or (hasattr(os, "getuid") and owner.st_uid != os.getuid()):
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


# Reading --------------------------------------------------------------------------------------


def read_source(path: str | os.PathLike[str]) -> Source:
    """Read a file and the modules that its folder supplies; nothing is run.

    Raises
    ------
    PluginError
        When the file cannot be read.
    """
    try:
        file = SourceFile("__main__", Path(path).resolve(), Path(path).read_bytes())
    except OSError as error:
        raise PluginError(f"{path}: cannot be read: {error.strerror or error}") from error
    helpers: dict[str, SourceFile] = {}
    waiting = [(file, "")]
    while waiting:
        importer, package = waiting.pop()
        for name in _imported_names(importer.content):
            for found in _modules_on_the_way(name, package, file.path.parent, helpers):
                helpers[found.module] = found
                is_package = found.path.name.startswith("__init__.")
                parent = found.module if is_package else found.module.rpartition(".")[0]
                waiting.append((found, parent))
    return Source(file, tuple(helpers[name] for name in sorted(helpers)))


def _modules_on_the_way(
    name: str, package: str, folder: Path, known: dict[str, SourceFile]
) -> Iterator[SourceFile]:
    """Yield the files of the folder that an import of `name` from `package` runs, if new."""
    absolute = absolute_name(name, package)
    parts = absolute.split(".") if absolute else [""]
    if not parts[0] or parts[0] in SHARED:
        return
    place = str(folder)
    for index, part in enumerate(parts):
        found = locate(part, [place])
        if found is None:
            return
        module = ".".join(parts[: index + 1])
        if found.file is not None and module not in known:
            path = Path(found.file)
            try:
                yield SourceFile(module, path, path.read_bytes())
            except OSError:
                return  # the import itself will tell
        if found.folder is None:
            return
        place = found.folder


def absolute_name(name: str, package: str) -> str:
    """Return the absolute name of a relative one; empty when it leads out of the package."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    return ".".join([*parts[: len(parts) - level + 1], *filter(None, [name[level:]])])


@lru_cache(maxsize=512)
def _imported_names(content: bytes) -> tuple[str, ...]:
    """Return what a module may import, wherever the statement stands; relative names with dots."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ()  # no Python; whoever runs it will tell
    names: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(dict.fromkeys(alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            names[base] = None
            # "from a import b": b may be a module.
            dot = "" if base.endswith(".") else "."
            names.update(dict.fromkeys(f"{base}{dot}{alias.name}" for alias in node.names))
    return tuple(names)


class HelperFinder(MetaPathFinder):
    """Finds the modules of a folder as Python does, and notes what they held when they ran.

    Parameters
    ----------
    folder : Path
        The folder of the process's ``__main__``.

    Attributes
    ----------
    files : dict of str to SourceFile
        The modules that were imported from the folder, by name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.files: dict[str, SourceFile] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """Find a module; see `importlib.abc.MetaPathFinder`."""
        if fullname.partition(".")[0] in SHARED or INSTALLED.search(self.folder):
            return None
        if sys.path[0] != self.folder:
            return None  # the program has changed the order
        spec = PathFinder.find_spec(fullname, [self.folder] if path is None else path)
        # Others, as mere folders and compiled modules, are found in the usual order.
        if spec is None or type(spec.loader) is not SourceFileLoader or spec.origin is None:
            return None
        if not Path(spec.origin).is_relative_to(self.folder):
            return None
        spec.loader = _NotingLoader(fullname, spec.origin, self.files)
        return spec


class _NotingLoader(SourceFileLoader):
    """Loads a module and notes its content."""

    def __init__(self, name: str, path: str, files: dict[str, SourceFile]) -> None:
        super().__init__(name, path)
        self._files = files

    def get_code(self, fullname: str) -> types.CodeType | None:
        path = Path(self.get_filename(fullname))
        self._files[fullname] = SourceFile(fullname, path, path.read_bytes())
        return super().get_code(fullname)


# Where modules are ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a module is: its file, and for a package its folder; a mere folder has no file."""

    file: str | None
    folder: str | None


def locate(name: str, folders: Iterable[str]) -> Place | None:
    """Return where the module `name` is in the first of `folders` that has it, as Python would.

    Folders of installed packages are passed over: their modules are shared by all.
    """
    mere_folder = None
    for folder in folders:
        if INSTALLED.search(folder):
            continue
        base = os.path.join(folder, name)
        if not _same_case(folder, name):
            continue
        if os.path.isdir(base):
            for suffix in SUFFIXES:
                if os.path.isfile(initial := os.path.join(base, f"__init__{suffix}")):
                    return Place(initial, base)
            mere_folder = mere_folder or Place(None, base)
        for suffix in SUFFIXES:
            if os.path.isfile(base + suffix):
                return Place(base + suffix, None)
    return mere_folder


def _same_case(folder: str, name: str) -> bool:
    """Tell whether the folder's entry is spelt like the name; some file systems do not care."""
    if os.path.normcase("A") == "A" and sys.platform != "darwin":
        return True
    try:
        return any(entry.partition(".")[0] == name for entry in os.listdir(folder))
    except OSError:
        return False
