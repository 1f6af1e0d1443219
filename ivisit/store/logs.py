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
from array import array
from dataclasses import dataclass
from pathlib import Path

#: Of the log (https://www.sqlite.org/fileformat.html#the_write_ahead_log), in bytes.
_HEADER, _FRAME_HEADER = 32, 24
_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")

#: The cell of the row of ``mark``: length, row 1, header (NULL, blob of 16, blob of 16 or NULL).
_MARK = re.compile(rb"[\x14\x24]\x01\x04\x00\x2c([\x00\x2c])(.{16})(.{16})?", re.DOTALL)

#: Of the log's index (https://www.sqlite.org/walformat.html): the salts, and the number of frames
#: that are known to be in the file.
_SALTS, _COPIED = slice(32, 40), slice(96, 100)


@dataclass(frozen=True)
class Mark:
    """A token in a log: the number of its frame, and the token before it."""

    frame: int
    token: bytes
    former: bytes | None


@dataclass(frozen=True)
class Log:
    """What a log says about the file to which it belongs."""

    marks: tuple[Mark, ...]
    first_page_at: int | None  # the frame that first brings a new page 1
    copied: int | None  # frames that SQLite has noted as copied into the file; None: not looked at


def log_of(path: Path) -> Path:
    """Return the path of the log beside `path`."""
    # SQLite puts it beside the file to which a symbolic link leads.
    real = path.resolve()
    return real.with_name(f"{real.name}-wal")


def read_log(path: Path, *, verify: bool = False) -> Log | None:
    """Return what the log beside `path` tells; None when there is none, or an empty one.

    With `verify`, frames count only up to the first one whose checksum is wrong: somebody is
    writing it, or was killed then. It takes about 0.2 s for a log of 4 MB, and `copied` is looked
    up.
    """
    # Before the log: what is noted later may be about frames that are not read here.
    index = _read_index(path) if verify else None
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
    words = "big" if data[3] & 1 else "little"
    sums = _checksum(data[:24], (0, 0), words) if verify else (0, 0)
    for number, start in enumerate(range(_HEADER, len(data), _FRAME_HEADER + size), start=1):
        header = data[start : start + _FRAME_HEADER]
        page = data[start + _FRAME_HEADER : start + _FRAME_HEADER + size]
        # Behind the frames of this log those of a former one may follow.
        if len(page) < size or header[8:16] != salts:
            break
        if verify:
            sums = _checksum(header[:8] + page, sums, words)
            if header[16:24] != b"".join(part.to_bytes(4) for part in sums):
                break
        if first_page_at is None and header[:4] == b"\0\0\0\x01":
            first_page_at = number
        if mark := _mark_in(page, number):
            marks.append(mark)
        if header[4:8] != b"\0\0\0\0":
            committed = number
    copied = None
    if verify:
        copied = 0
        if index is not None and index[_SALTS] == salts:
            copied = int.from_bytes(index[_COPIED], sys.byteorder)
    return Log(tuple(m for m in marks if m.frame <= committed), first_page_at, copied)


def _checksum(data: bytes, sums: tuple[int, int], words: str) -> tuple[int, int]:
    """Continue the checksum of a log: "Checksum Algorithm" in the description of its format."""
    numbers = array("I", data)
    if words != sys.byteorder:
        numbers.byteswap()
    first, second = sums
    for even, odd in zip(numbers[::2], numbers[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


def _mark_in(page: bytes, frame: int) -> Mark | None:
    # A leaf of a table with one row.
    if page[0] != 0x0D or page[3:5] != b"\0\x01":
        return None
    cell = _MARK.match(page, int.from_bytes(page[8:10]))
    if cell is None:
        return None
    has_former = cell[1] == b"\x2c" and cell[3] is not None
    return Mark(frame, cell[2], cell[3] if has_former else None)


def belongs(log: Log, token: bytes | None) -> bool:
    """Tell whether a log belongs to the file that holds `token` without it.

    Parameters
    ----------
    log : Log
        The log beside the file; verified, for a certain no.
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
    # The log goes on from this state. Had SQLite copied all of its marks into the file, then the
    # file was further on, and this is another one.
    return token == first.former and log.copied is not None and log.copied < log.marks[-1].frame


def _read_index(path: Path) -> bytes | None:
    """Return the head of the index of the log beside `path`."""
    index = log_of(path)
    index = index.with_name(index.name.removesuffix("-wal") + "-shm")
    try:
        data = os.pread(_open_for_good(index), 136, 0)
    except (OSError, AttributeError):  # not there; not on this system
        return None
    return data if len(data) == 136 else None


#: Indexes of logs that were looked at, by device and number.
_opened: dict[tuple[int, int], int] = {}


def _open_for_good(index: Path) -> int:
    """Return a descriptor of an index, which is never closed."""
    # Closing it would drop the locks on it of all connections of this process.
    status = index.stat()
    place = status.st_dev, status.st_ino
    if place not in _opened:
        _opened[place] = os.open(index, os.O_RDONLY)
    return _opened[place]
