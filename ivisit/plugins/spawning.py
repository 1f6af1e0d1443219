"""Let the functions of a loaded file run in processes that `multiprocessing` starts anew.

Such a process knows the file's private module name, from a pickle, and nothing else. So it is given
a folder in its `sys.path` with a module of that name, which loads the file there.
"""

from __future__ import annotations

import atexit
import pickle
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ivisit.plugins.sources import Source
from ivisit.plugins.spaces import Space, living_spaces

TEXT = """\
# Loads a simulation's file into a process that multiprocessing has started.
from ivisit.plugins.loading import load_in_child

load_in_child(__name__, __file__)
"""

_lock = threading.Lock()
_folder: Path | None = None


def install() -> None:
    """Have every process that is started from now on find what has been loaded here."""
    from multiprocessing import spawn

    original: Callable[[str], dict[str, Any]] = spawn.get_preparation_data
    if getattr(original, "knows_spaces", False):
        return

    def get_preparation_data(name: str) -> dict[str, Any]:
        data = original(name)
        if spaces := living_spaces():
            folder = _write(spaces)
            data["sys_path"] = [*data.get("sys_path", sys.path), str(folder)]
        return data

    get_preparation_data.knows_spaces = True  # type: ignore[attr-defined]
    spawn.get_preparation_data = get_preparation_data


def _write(spaces: list[Space]) -> Path:
    """Write a module for each execution; return their folder, which only this process writes."""
    global _folder
    with _lock:
        if _folder is None:
            _folder = Path(tempfile.mkdtemp(prefix="ivisit-spawn-"))
            atexit.register(shutil.rmtree, _folder, ignore_errors=True)
        for space in spaces:
            names = [name for name in space.modules if name != "__main__"]
            content = pickle.dumps((space.source, names))
            (_folder / f"{space.name}.pickle").write_bytes(content)
            (_folder / f"{space.name}.py").write_text(TEXT)
        return _folder


def read(file: str) -> tuple[Source, list[str]]:
    """Return what `install` has written beside a module: the source, and its helpers so far."""
    source, names = pickle.loads(Path(file).with_suffix(".pickle").read_bytes())
    return source, names
