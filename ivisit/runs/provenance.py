"""Where a result comes from: source files, git commit, versions, machine."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any

from ivisit.plugins.origins import Code, code_of, helper_count
from ivisit.plugins.repository import CLEAN
from ivisit.runs.environment import environment
from ivisit.simulation import Simulation

#: Simulation -> number of helper modules when the record was made, and the record.
_records: weakref.WeakKeyDictionary[type[Simulation], tuple[int, dict[str, Any]]] = (
    weakref.WeakKeyDictionary()
)


def provenance(simulation: type[Simulation]) -> dict[str, Any]:
    """Return what is needed to tell later what computed a result.

    Returns
    -------
    dict
        JSON-ready: ``simulation`` (module and class), what `environment` tells, and where there
        is a source file ``source`` (its path), ``source_sha256`` (digest of the bytes that ran),
        ``helpers`` (``module``, ``path`` and ``sha256`` of the modules that its folder supplied),
        ``git_commit``, ``git_state`` (``clean``, ``modified`` or ``untracked``, None outside a
        repository), the same for each helper, and ``git_dirty``: whether any of them is not as
        in the commit. Files and commit are those at the moment of loading.
    """
    count = helper_count(simulation)
    known = _records.get(simulation)
    if known is None or known[0] != count:
        known = _records[simulation] = count, _record(simulation, code_of(simulation))
    return _copy(known[1])


def _copy(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record that may be changed; `copy.deepcopy` takes longer than many a run."""
    copied = record.copy()
    copied["versions"] = record["versions"].copy()
    if "helpers" in record:
        copied["helpers"] = [helper.copy() for helper in record["helpers"]]
    return copied


#: Digest -> content of what ran in this process.
_contents: dict[str, bytes] = {}


def content_that_ran(sha256: str) -> bytes | None:
    """Return the content of a file that has run in this process, whatever became of the file."""
    return _contents.get(sha256)


def _record(simulation: type[Simulation], code: Code) -> dict[str, Any]:
    module = "__main__" if code.is_file else simulation.__module__
    record = {"simulation": f"{module}:{simulation.__qualname__}", **environment()}
    if code.file is None:
        return record
    _contents.update({file.sha256: file.content for file in (code.file, *code.helpers)})
    commit = code.commit
    states = commit.states if commit is not None else {}
    return record | {
        "source": str(code.file.path),
        "source_sha256": code.file.sha256,
        "helpers": [
            {
                "module": helper.module,
                "path": _shown(helper.path, code.file.path.parent),
                "sha256": helper.sha256,
                "git_state": states.get(helper.path),
            }
            for helper in code.helpers
        ],
        "git_commit": commit.commit if commit is not None else None,
        "git_state": states.get(code.file.path),
        "git_dirty": None
        if commit is None
        else any(states.get(file.path) != CLEAN for file in (code.file, *code.helpers)),
    }


def _shown(path: Path, folder: Path) -> str:
    """Return a path as it is seen from the file's folder, with slashes; else the whole path."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
