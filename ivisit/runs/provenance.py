"""Where a result comes from: versions, platform, source file, git commit."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ivisit.plugins.loading import source_file
from ivisit.simulation import Simulation

LIBRARIES = ("ivisit-lab", "numpy", "scipy", "matplotlib")


def provenance(simulation: type[Simulation]) -> dict[str, Any]:
    """Return what is needed to tell later what computed a result.

    Returns
    -------
    dict
        JSON-ready: ``simulation`` (module and class), ``python``, ``platform``, ``versions``
        (package to version), and where there is a source file ``source`` (its path),
        ``source_sha256``, ``git_commit`` and ``git_dirty`` (None outside a repository).
    """
    record: dict[str, Any] = {
        "simulation": f"{simulation.__module__}:{simulation.__qualname__}",
        **machine(),
    }
    source = source_file(simulation)
    if source is not None:
        record |= _describe_source(source, source.stat().st_mtime_ns)
    return record


def machine() -> dict[str, Any]:
    """Return what this process computes with: ``python``, ``platform`` and ``versions``."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": _versions(),
    }


def machine_stamp() -> str:
    """Return `machine` as JSON, to be compared with that of another process."""
    return json.dumps(machine(), sort_keys=True)


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    versions = {}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            versions[library] = "not installed"
    return versions


@lru_cache(maxsize=64)
def _describe_source(source: Path, modified: int) -> dict[str, Any]:
    """Describe a file; cached by its time of modification, for thousands of runs in a row."""
    commit = _git(source.parent, "rev-parse", "HEAD")
    changes = _git(source.parent, "status", "--porcelain", "--untracked-files=no")
    return {
        "source": str(source),
        "source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "git_commit": commit,
        "git_dirty": None if commit is None or changes is None else bool(changes),
    }


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git answers in `folder`; None without git or outside a repository."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
