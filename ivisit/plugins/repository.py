"""What git says of the files that run: their commit, and whether they are in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ivisit.plugins.sources import SourceFile

CLEAN, MODIFIED, UNTRACKED = "clean", "modified", "untracked"


@dataclass(frozen=True)
class Commit:
    """The commit that was checked out, and how files compare with it.

    Attributes
    ----------
    commit : str or None
        Its full name; None where there is none yet.
    states : dict of Path to str
        ``clean``: the content is that of the commit; ``modified``: it is not; ``untracked``: git
        does not know the file.
    """

    commit: str | None
    states: dict[Path, str] = field(default_factory=dict)


def commit_of(files: Iterable[SourceFile]) -> Commit | None:
    """Compare contents with the commit that is checked out where the first file lies.

    None outside a repository, and without git. What is compared are the bytes that were read, not
    what the files hold by now.
    """
    files = tuple(files)
    root = _root(files[0].path.parent) if files else None
    if root is None:
        return None
    contents = tuple((file.path, _blob_names(file)) for file in files)
    return _compare(root, _state_of(root), contents)


def _root(folder: Path) -> Path | None:
    """Return the nearest folder with a repository."""
    return next((f for f in (folder, *folder.parents) if os.path.exists(f / ".git")), None)


@lru_cache(maxsize=1024)
def _blob_names(file: SourceFile) -> frozenset[str]:
    """Return the names that git may give to a content, also where it translates line ends."""
    names = set()
    for content in {file.content, file.content.replace(b"\r\n", b"\n")}:
        header = b"blob %d\0" % len(content)
        names |= {h(header + content).hexdigest() for h in (hashlib.sha1, hashlib.sha256)}
    return frozenset(names)


def _state_of(root: Path) -> tuple[object, ...]:
    """Return what changes when another commit is checked out or a file is added.

    Asking git takes milliseconds, which is long for a run that takes microseconds.
    """
    folder = root / ".git"
    try:
        if folder.is_file():  # a worktree or a submodule
            folder = root / folder.read_text().removeprefix("gitdir:").strip()
        head = (folder / "HEAD").read_text()
        common = folder
        if (folder / "commondir").is_file():
            common = folder / (folder / "commondir").read_text().strip()
    except (OSError, ValueError):
        return ()
    branch = common / head.removeprefix("ref:").strip()
    return (
        head,
        *map(_stamp, (folder / "HEAD", branch, common / "packed-refs", folder / "index")),
        *map(_stamp, (folder / "logs" / "HEAD", common / "reftable" / "tables.list")),
    )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@lru_cache(maxsize=64)
def _compare(
    root: Path, state: tuple[object, ...], contents: tuple[tuple[Path, frozenset[str]], ...]
) -> Commit | None:
    if _git(root, "rev-parse", "--git-dir") is None:
        return None
    places = {
        path.relative_to(root).as_posix(): (path, names)
        for path, names in contents
        if path.is_relative_to(root)
    }
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    committed = _listed(root, "ls-tree", "-z", "--full-tree", "HEAD", "--", *places)
    known = _listed(root, "ls-files", "-z", "--stage", "--", *places)
    states = {}
    for place, (path, names) in places.items():
        if committed.get(place) in names:
            states[path] = CLEAN
        else:
            states[path] = MODIFIED if place in committed or place in known else UNTRACKED
    return Commit(commit.strip() if commit else None, states)


def _listed(root: Path, *arguments: str) -> dict[str, str]:
    """Return path to blob of what git lists: ``mode ... blob ...<tab>path``."""
    rows = {}
    for row in (_git(root, *arguments) or "").split("\0"):
        description, tab, place = row.partition("\t")
        if tab:
            words = description.split()
            rows[place] = words[2] if words[1] == "blob" else words[1]
    return rows


def package_commit(folder: Path) -> str | None:
    """Return the commit of a package that runs from a checkout, and whether it was changed."""
    root = _root(folder)
    if root is None or not _git(root, "ls-files", "--", str(folder / "__init__.py")):
        return None
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=no", "--", str(folder))
    if commit is None:
        return None
    return commit.strip() + (" (modified)" if changes else "")


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git answers in `folder`; None when it refuses, or is missing."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), "--literal-pathspecs", *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None
