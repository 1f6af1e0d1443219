"""Files that results are written to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from ivisit.errors import IVisitError
from ivisit.files import replace_file


def written(target: Path, write: Callable[[IO[Any]], Any], *, text: bool = False) -> Path:
    """Write a file by ``write(file)`` and return its path; see `ivisit.files.replace_file`.

    Raises
    ------
    IVisitError
        When the folder, the disk or the file's permissions refuse; what was there stays.
    """
    try:
        replace_file(target, write, text=text)
    except OSError as error:
        raise IVisitError(f"{target}: cannot be written: {error.strerror or error}") from error
    return target
