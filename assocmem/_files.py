"""Careful writing: a file is replaced by its complete successor, or stays as it was."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from os import PathLike
from pathlib import Path


@contextlib.contextmanager
def written_aside(path: str | PathLike[str]) -> Iterator[Path]:
    """Yield a path beside `path` to write to; on success it takes the place of `path`.

    An error inside removes what was written and leaves an existing file unchanged. Links are
    followed, permissions of an existing file are kept; what is no regular file (a pipe, a
    terminal) is written directly.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        yield target
        return
    # The suffix stays last: Matplotlib chooses the format by it.
    aside = target.with_name(f".{secrets.token_hex(6)}{target.suffix}")
    try:
        yield aside
        with open(aside, "rb+") as file:
            os.fsync(file.fileno())
        if target.exists():
            aside.chmod(target.stat().st_mode & 0o777)
        os.replace(aside, target)
    except OSError as error:
        # The reader knows nothing of the name aside.
        if error.filename is not None and os.fspath(error.filename) == os.fspath(aside):
            error.filename = os.fspath(path)
        raise
    finally:
        aside.unlink(missing_ok=True)


def check_writable(name: str, path: str | PathLike[str]) -> None:
    """Refuse a file that could not be written later, before the work begins.

    Parameters
    ----------
    name : str
        The argument or option that holds the path, for the message.
    path : str or path
        The file that will be written.

    Raises
    ------
    ValueError
        If it is a folder, or its folder does not exist or is not writable.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise ValueError(f"{name}: {path} is a folder, not a file")
    if not target.parent.is_dir():
        raise ValueError(f"{name}: the folder {target.parent} does not exist")
    if not os.access(target.parent, os.W_OK) and not (target.exists() and not target.is_file()):
        raise ValueError(f"{name}: the folder {target.parent} cannot be written")
