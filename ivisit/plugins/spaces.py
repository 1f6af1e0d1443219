"""`Space`: the modules of one execution of a file, apart from all others.

Two files may have helper modules of one name, and one file may be executed twice: each execution
has modules of its own. Imports from them, lazy ones included, go through the `__import__` in their
``__builtins__``, which looks in their own folder first. In `sys.modules` they appear under private
names only, by which pickle, `inspect` and `typing` find them.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import threading
import types
import weakref
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ivisit.plugins.compiling import compiled
from ivisit.plugins.sources import SHARED, Place, Source, SourceFile, absolute_name, locate
from ivisit.pyplots import PyplotFigures

#: Private names begin so.
PREFIX = "_ivisit_"
#: Where the builtins of a space name it.
SPACE = "__ivisit_space__"

#: Private name -> the execution that has it.
_named: weakref.WeakValueDictionary[str, Space] = weakref.WeakValueDictionary()
_naming = threading.Lock()
#: File -> its newest execution, which stays as an imported module would.
_kept: dict[Path, Space] = {}
#: Compiled modules cannot be executed twice in a process: file -> module.
_extensions: dict[tuple[str, int], types.ModuleType] = {}


class Space:
    """The modules of one execution of a file.

    Parameters
    ----------
    source : Source
        The file and its helpers.
    name : str, optional
        The private name, where another process has given it.

    Attributes
    ----------
    name : str
        The private name of the file's module, and the beginning of those of its helpers.
    modules : dict of str to module
        By the name that the file's code uses; ``__main__`` is the file's own module.
    files : dict of str to SourceFile
        What has been executed so far.
    folders : list of str
        Where imports look first: the file's folder, and what the file itself put in front of
        `sys.path`.
    last_folders : list of str
        What the file put behind `sys.path`: looked at when nobody else has the module.
    """

    def __init__(self, source: Source, name: str = "") -> None:
        self.source = source
        #: The name that all executions of these contents have, and whether it can be given away.
        stem = re.sub(r"\W", "_", source.file.path.stem)
        self.family = f"{PREFIX}{stem}_{source.key[:16]}"
        self.is_released = False
        self.name = name or self._take_name()
        self.folders = [str(source.folder)]
        self.last_folders: list[str] = []
        #: What the file draws while it is executed.
        self.pyplot_figures = PyplotFigures()
        #: What `sys.path` was before the file that is being executed could change it.
        self.former_path: list[str] | None = None
        self.modules: dict[str, types.ModuleType] = {}
        self.files: dict[str, SourceFile] = {}
        self.builtins = {**vars(builtins), "__import__": self.import_, SPACE: self}
        self._contents = {str(f.path): f for f in (source.file, *source.helpers)}
        self._foreign: set[str] = set()
        self._importlib: types.ModuleType | None = None
        self._lock = threading.RLock()

    def _take_name(self) -> str:
        """Return the family's name; with a number while another execution uses that.

        Threads that pickle for `multiprocessing` have nothing but the name to find a function by.
        """
        with _naming:
            name, number = self.family, 1
            while (other := _named.get(name)) is not None and not other.is_released:
                number += 1
                name = f"{self.family}_{number}"
            _named[name] = self
            return name

    def release(self) -> None:
        """Let the next execution have the name: nobody will run this one's code any more."""
        self.is_released = True

    def private(self, name: str) -> str:
        """Return the name in `sys.modules` of the module that the code calls `name`."""
        return self.name if name == "__main__" else f"{self.name}.{name}"

    def keep(self) -> None:
        """Stay alive until the file is executed again."""
        former = _kept.get(self.source.file.path)
        if former is not None:
            former.pyplot_figures.close()
        _kept[self.source.file.path] = self

    # Importing ------------------------------------------------------------------------------

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """Do what the import statement asks for; the arguments are those of `__import__`."""
        own = "" if name in self._foreign and not level else self._own_name(name, globals, level)
        if not own:
            module = builtins.__import__(name, globals, locals, fromlist or (), level)
            if not level:
                if name.partition(".")[0] != "importlib":
                    self._foreign.add(name)
                elif not (fromlist and name != "importlib"):
                    return self._own_importlib()
            return module
        module = self.load(own)
        if fromlist:
            self._load_submodules(module, own, fromlist)
            return module
        return module if level else self.modules[own.partition(".")[0]]

    def _own_name(self, name: str, globals: Mapping[str, Any] | None, level: int) -> str:
        """Return the absolute name of a module that is ours; empty for all others."""
        if level:
            package = (globals or {}).get("__package__") or ""
            if not package.startswith(self.name + "."):
                return ""
            return absolute_name("." * level + name, package.removeprefix(self.name + "."))
        return name if self.supplies(name.partition(".")[0]) else ""

    def supplies(self, head: str) -> bool:
        """Tell whether the top-level module `head` comes from a folder of this file."""
        if head in self.modules:
            return head != "__main__"
        if head in SHARED:
            return False
        front, back = self._search_path()
        place = locate(head, front)
        if place is not None and place.file is not None:
            return True
        if place is None and not back:
            return False
        # Python too takes a mere folder, and what is behind, only where nothing else is found.
        return (place or locate(head, back)) is not None and not self._is_foreign(head)

    def _is_foreign(self, head: str) -> bool:
        module = sys.modules.get(head)
        mine = [*self.folders, *self.last_folders]
        if module is not None:
            file = getattr(module, "__file__", None)
            return file is not None and not any(Path(file).is_relative_to(f) for f in mine)
        path = [
            entry for entry in sys.path if entry not in mine and os.path.abspath(entry) not in mine
        ]
        spec = importlib.machinery.PathFinder.find_spec(head, path)
        return spec is not None and spec.loader is not None and spec.origin is not None

    def _search_path(self) -> tuple[list[str], list[str]]:
        if self.former_path is not None:
            self.adopt(self.former_path, sys.path)
        return self.folders, self.last_folders

    def load(self, name: str) -> types.ModuleType:
        """Return the module that the code calls `name`, executed if it is new."""
        if (module := self.modules.get(name)) is not None:
            return module
        with self._lock:
            parent: types.ModuleType | None = None
            known = ""
            for part in name.split("."):
                known = f"{known}.{part}" if known else part
                module = self.modules.get(known) or self._execute(known, part, parent)
                if parent is not None:
                    setattr(parent, part, module)
                parent = module
            assert parent is not None
            return parent

    def _execute(self, name: str, part: str, parent: types.ModuleType | None) -> types.ModuleType:
        if parent is None:
            place = locate(part, [*self.folders, *self.last_folders])
        elif hasattr(parent, "__path__"):
            place = locate(part, parent.__path__)
        else:
            package = name.rpartition(".")[0]
            raise ModuleNotFoundError(
                f"No module named {name!r}; {package!r} is not a package", name=name
            )
        if place is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if place.file is not None and place.file.endswith(
            tuple(importlib.machinery.EXTENSION_SUFFIXES)
        ):
            return self._load_extension(name, place.file)
        module = self.new_module(name, place)
        if place.file is None:
            return module
        try:
            exec(self._code(name, place.file), vars(module))
        except BaseException:
            self.modules.pop(name, None)
            raise
        return module

    def new_module(self, name: str, place: Place) -> types.ModuleType:
        """Return an empty module of this space, known by its private name."""
        private = self.private(name)
        module = types.ModuleType(private)
        loader = importlib.machinery.SourceFileLoader(private, place.file) if place.file else None
        spec = importlib.machinery.ModuleSpec(
            private, loader, origin=place.file, is_package=place.folder is not None
        )
        spec.has_location = place.file is not None
        if place.folder is not None:
            module.__path__ = spec.submodule_search_locations = [place.folder]
        module.__spec__, module.__loader__ = spec, loader
        module.__package__ = private if place.folder else private.rpartition(".")[0]
        if module.__package__ == self.name:
            module.__package__ = ""
        if place.file is not None:
            module.__file__ = place.file
        module.__dict__["__builtins__"] = self.builtins
        self._register(name, module)
        return module

    def _register(self, name: str, module: types.ModuleType) -> None:
        private = self.private(name)
        self.modules[name] = module
        _named.setdefault(self.name, self)
        if not isinstance(sys.modules.get(private), StandIn):
            sys.modules[private] = StandIn(private)

    def _code(self, name: str, file: str) -> types.CodeType:
        """Return the code of a module: that of the content which was read in the beginning."""
        path = Path(file)
        known = self._contents.get(file) or SourceFile(name, path, path.read_bytes())
        self.files[name] = known
        if file.endswith(tuple(importlib.machinery.BYTECODE_SUFFIXES)):
            code = importlib.machinery.SourcelessFileLoader(name, file).get_code(name)
            assert code is not None
            return code
        return compiled(known.content, file)

    def _load_extension(self, name: str, file: str) -> types.ModuleType:
        key = file, os.stat(file).st_mtime_ns
        private = self.private(name)
        if key not in _extensions:
            spec = importlib.util.spec_from_file_location(private, file)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            _extensions[key] = module
        self.files[name] = self._contents.get(file) or SourceFile(
            name, Path(file), Path(file).read_bytes()
        )
        self._register(name, _extensions[key])
        return _extensions[key]

    def _load_submodules(
        self, module: types.ModuleType, name: str, fromlist: Iterable[str]
    ) -> None:
        """Make ``from package import module`` find the module."""
        if not hasattr(module, "__path__"):
            return
        for wanted in fromlist:
            if wanted == "*":
                self._load_submodules(module, name, getattr(module, "__all__", ()))
            elif not hasattr(module, wanted) and locate(wanted, module.__path__):
                self.load(f"{name}.{wanted}")

    def _own_importlib(self) -> types.ModuleType:
        """Return `importlib` with an `import_module` that looks in our folder first."""
        if self._importlib is None:
            self._importlib = types.ModuleType("importlib")
            self._importlib.__dict__.update(vars(importlib), import_module=self._import_module)
            self._importlib.__getattr__ = lambda name: getattr(importlib, name)  # type: ignore[method-assign]
        return self._importlib

    def _import_module(self, name: str, package: str | None = None) -> Any:
        level = len(name) - len(name.lstrip("."))
        own = self._own_name(name[level:], {"__package__": package}, level)
        return self.load(own) if own else importlib.import_module(name, package)

    # What the file has put on sys.path ------------------------------------------------------

    def adopt(self, former: list[str], present: list[str]) -> None:
        """Take over what was added to `sys.path`, so that only this file's imports look there."""
        known = set(former)
        first = next((i for i, entry in enumerate(present) if entry in known), len(present))
        for index, entry in enumerate(present):
            if isinstance(entry, str) and entry not in known:
                folders = self.folders if index < first else self.last_folders
                absolute = os.path.abspath(entry)
                if absolute not in folders:
                    folders.append(absolute)


def living_spaces() -> list[Space]:
    """Return the executions whose code somebody may still run."""
    with _naming:
        return [space for space in _named.values() if not space.is_released]


class StandIn(types.ModuleType):
    """What `sys.modules` holds under a private name.

    It shows the module of the execution whose code asks, through whatever library, where that is
    one of the same contents: executions of one file unpickle what another has pickled. Whoever
    else asks gets the execution that has the name.
    """

    def __getattribute__(self, name: str) -> Any:
        return getattr(_asked_for(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_asked_for(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_asked_for(self), name)

    def __dir__(self) -> Iterable[str]:
        return dir(_asked_for(self))


def _asked_for(stand_in: StandIn) -> types.ModuleType:
    private = types.ModuleType.__getattribute__(stand_in, "__name__")
    name, _, module = private.partition(".")
    for space in (_calling(name), _named.get(name)):
        if space is not None and (found := space.modules.get(module or "__main__")) is not None:
            return found
    raise AttributeError(f"module {private!r} is not loaded any more")


def _calling(name: str) -> Space | None:
    """Return the execution of that name's family whose code is being run on this thread."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None:
        space = frame.f_builtins.get(SPACE)
        if space is not None and name.startswith(space.family):
            return space
        frame = frame.f_back
    return None
