"""Which files can become films; nothing here needs Pillow."""

from __future__ import annotations

import shutil
from pathlib import Path

from ivisit.errors import FilmError

#: Largest width and height in pixels.
LARGEST = 8192
#: Endings of films.
ENDINGS = (".gif", ".mp4")
NO_FFMPEG = (
    "writing MP4 needs the program ffmpeg on the path, and there is none; install it, or write a "
    ".gif, which needs nothing"
)


def has_ffmpeg() -> bool:
    """Tell whether MP4 can be written."""
    return shutil.which("ffmpeg") is not None


def check_target(path: Path) -> None:
    """Raise `FilmError` for a file that cannot become a film."""
    if path.suffix.lower() not in ENDINGS:
        raise FilmError(f"{path}: a film must end in .gif or .mp4")
    if path.suffix.lower() == ".mp4" and not has_ffmpeg():
        raise FilmError(f"{path}: {NO_FFMPEG}")
    if not path.resolve().parent.is_dir():
        raise FilmError(f"{path}: there is no such folder")
    if path.is_dir():
        raise FilmError(f"{path}: is a folder")
