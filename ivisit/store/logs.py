"""Whether the log beside a file belongs to it.

A killed process leaves its write-ahead log beside the file, and the next opening replays it: onto
whatever file it finds there. When somebody has copied a backup over the file meanwhile, that would
undo the copying, or mix the two. Each write changes the one row of the table ``mark``: a random
token, and the token before it. So the file is one that the log goes on from, or it is not.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

#: Of the log (https://www.sqlite.org/fileformat.html#the_write_ahead_log), in bytes.
_HEADER, _FRAME_HEADER = 32, 24
_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")

#: The cell of the row of ``mark``: length, row 1, header (NULL, blob of 16, blob of 16 or NULL).
_MARK = re.compile(rb"[\x14\x24]\x01\x04\x00\x2c([\x00\x2c])(.{16})(.{16})?", re.DOTALL)

#: Of the log's index (https://www.sqlite.org/walformat.html): the salts, and the number of frames
#: that are known to be in the file.
_SALTS, _BACKFILLED = slice(32, 40), slice(96, 100)


@dataclass(frozen=True)
class Mark:
    """A token in a log: the number of its frame, and the token before it."""

    frame: int
    token: bytes
    former: bytes | None


@dataclass(frozen=True)
class Log:
    """What a log says about the file to which it belongs."""

    salts: bytes
    marks: tuple[Mark, ...]
    first_page_at: int | None  # the frame that first brings a new page 1


def log_of(path: Path) -> Path:
    """Return the path of the log beside `path`."""
    # SQLite puts it beside the file to which a symbolic link leads.
    real = path.resolve()
    return real.with_name(f"{real.name}-wal")


def read_log(path: Path) -> Log | None:
    """Return what the log beside `path` tells; None when there is none, or an empty one."""
    try:
        data = log_of(path).read_bytes()
    except OSError:
        return None
    size = int.from_bytes(data[8:12])
    if len(data) <= _HEADER or data[:4] not in _MAGIC or size < 512:
        return None
    salts = data[16:24]
    marks: list[Mark] = []
    committed, first_page_at = 0, None
    for number, start in enumerate(range(_HEADER, len(data), _FRAME_HEADER + size), start=1):
        header = data[start : start + _FRAME_HEADER]
        page = data[start + _FRAME_HEADER : start + _FRAME_HEADER + size]
        # Behind the frames of this log those of a former one may follow.
        if len(page) < size or header[8:16] != salts:
            break
        if first_page_at is None and header[:4] == b"\0\0\0\x01":
            first_page_at = number
        if mark := _mark_in(page, number):
            marks.append(mark)
        if header[4:8] != b"\0\0\0\0":
            committed = number
    return Log(salts, tuple(m for m in marks if m.frame <= committed), first_page_at)


def _mark_in(page: bytes, frame: int) -> Mark | None:
    # A leaf of a table with one row.
    if page[0] != 0x0D or page[3:5] != b"\0\x01":
        return None
    cell = _MARK.match(page, int.from_bytes(page[8:10]))
    if cell is None:
        return None
    has_former = cell[1] == b"\x2c" and cell[3] is not None
    return Mark(frame, cell[2], cell[3] if has_former else None)


def belongs(path: Path, log: Log, token: bytes | None) -> bool:
    """Tell whether the log can belong to the file `path`, which without it holds `token`.

    Parameters
    ----------
    path : Path
        The file.
    log : Log
        The log beside it.
    token : bytes or None
        What the table ``mark`` of the file holds; None when it has none, as before schema 2.
    """
    if not log.marks:
        return True  # another program wrote it, or an older ivisit
    first = log.marks[0]
    if token is None:
        return log.first_page_at is not None and log.first_page_at <= first.frame
    if token in [mark.token for mark in log.marks]:
        return True
    # The log goes on from this state; unless SQLite knows that the file was further on already.
    return token == first.former and _backfilled(path, log) < first.frame


def _backfilled(path: Path, log: Log) -> int:
    """Return how many frames of the log SQLite has noted as copied into the file."""
    index = log_of(path)
    index = index.with_name(index.name.removesuffix("-wal") + "-shm")
    try:
        # Never closed: that would drop the locks on it of all connections of this process. It
        # is opened only where a process was killed between a commit and the end of a checkpoint.
        data = os.read(os.open(index, os.O_RDONLY | getattr(os, "O_BINARY", 0)), 136)
    except OSError:
        return 0
    if len(data) < 136 or data[_SALTS] != log.salts:
        return 0
    return int.from_bytes(data[_BACKFILLED], sys.byteorder)
