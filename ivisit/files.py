"""Write a file so that its name stands for the old or for the complete new content."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


def replace_file(target: Path, write: Callable[[IO[Any]], Any], *, text: bool = False) -> None:
    """Write `target` with a function; see `replacing`.

    Parameters
    ----------
    target : Path
        The file; what it held before is kept when writing fails.
    write : callable
        Called with the open draft.
    text : bool, optional
        Open the draft as UTF-8 text, lines ending as they are written, instead of as bytes.

    Raises
    ------
    OSError
        When the folder, the disk or the file's permissions refuse.
    """
    with replacing(target, text=text) as draft:
        write(draft)


@contextmanager
def replacing(target: Path, *, text: bool = False) -> Iterator[IO[Any]]:
    """Give a draft beside `target` to write to; it is renamed when the block ends without error.

    Permissions stay as they are, a symbolic link goes on leading to the file that it led to, and
    of several writers, in threads or processes, one wins, whole. What is no ordinary file, such
    as a pipe, is written directly. An exception in the block leaves `target` as it was.

    Raises
    ------
    OSError
        When the folder, the disk or the file's permissions refuse.
    """
    # A link is followed: renaming onto it would replace the link, not its file.
    real = Path(os.path.realpath(target))
    mode = _mode(real)
    if mode is not None and not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    if mode is not None and not stat.S_ISREG(mode):
        with _open(real, "w", text) as file:
            yield file
        return
    # A short name of its own: the target's may be as long as the file system allows, and another
    # thread may be writing the same target.
    draft = real.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with _open(draft, "x", text) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, stat.S_IMODE(mode))
        os.replace(draft, real)
    finally:
        draft.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    """Return type and permissions of `path`; None when there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _open(path: Path, mode: str, text: bool) -> IO[Any]:
    return path.open(mode, encoding="utf-8", newline="") if text else path.open(f"{mode}b")
