"""Write a file so that its name stands for the old or for the complete new content."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any


def replace_file(target: Path, write: Callable[[IO[Any]], Any], *, text: bool = False) -> None:
    """Write `target` through a draft beside it that is renamed when it is complete.

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
        When the folder or the disk refuses.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") if text else draft.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
