"""Compressed content of files from others, bounded before it is unfolded.

A few megabytes of a zip file can stand for terabytes of zeros. What a file may unfold to is
`allowed_size` of it; what `RunResult.save` and `pack` write stays below that, whatever it holds.
"""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ivisit.errors import IVisitError

#: Bytes that any file may unfold to.
ALWAYS_ALLOWED = 2**31
#: How many times its own size a file may unfold to, where that is more.
ALLOWED_RATIO = 10


def allowed_size(size: int) -> int:
    """Return how many bytes a file of `size` bytes may unfold to: 2 GiB, or 10 times its size."""
    return max(ALWAYS_ALLOWED, ALLOWED_RATIO * size)


def check_archive(path: str | os.PathLike[str], packed: zipfile.ZipFile) -> None:
    """Refuse an archive whose members would unfold to too much; nothing is unfolded.

    Parameters
    ----------
    path : path-like
        The archive, for its size and for the message.
    packed : ZipFile
        The open archive.

    Raises
    ------
    IVisitError
        When the members together say that they are larger than `allowed_size`.
    """
    allowed = allowed_size(Path(path).stat().st_size)
    members = packed.infolist()
    total = sum(member.file_size for member in members)
    if total > allowed:
        largest = max(members, key=lambda member: member.file_size)
        raise IVisitError(
            f"{path}: unfolds to {total:,} bytes, of which {largest.filename} has "
            f"{largest.file_size:,}; at most {allowed:,} are allowed for a file of this size"
        )


def check_arrays(path: str | os.PathLike[str], packed: zipfile.ZipFile) -> None:
    """Refuse an archive of arrays that are larger than its members; none is made.

    Raises
    ------
    IVisitError
        As `check_archive`, and when the head of an array says another size than its member.
    ValueError
        When a member is no array.
    """
    check_archive(path, packed)
    for info in packed.infolist():
        with packed.open(info) as member:
            shape, dtype = _head(member)
            size = math.prod(shape) * dtype.itemsize + member.tell()
        if size != info.file_size and not dtype.hasobject:  # what may hold code has its own message
            raise IVisitError(
                f"{path}: {info.filename} says that it is an array of {size:,} bytes, shape "
                f"{shape}, but holds {info.file_size:,}"
            )


def _head(member: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(member)
    # Versions 2 and 3 differ in the names of fields only.
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else _later_head
    shape, _, dtype = read(member)
    return shape, dtype


def _later_head(member: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    return np.lib.format.read_array_header_2_0(member)


def member_of(packed: zipfile.ZipFile, name: str) -> bytes:
    """Return a member; one that holds more than it says, which was checked, is not unfolded.

    Raises
    ------
    KeyError, zipfile.BadZipFile
        When it is missing or damaged.
    """
    # ZipFile.read() would unfold all before it looks at the size.
    with packed.open(name) as member:
        return member.read(packed.getinfo(name).file_size)


def unfolded(data: bytes, most: int) -> bytes:
    """Return what `zlib.compress` has made `data` of; ValueError for damage and for more.

    Parameters
    ----------
    data : bytes
        Compressed content.
    most : int
        Bytes that it may unfold to.
    """
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise ValueError(f"is damaged ({error})") from error
    if len(content) > most:
        raise ValueError(f"unfolds to more than {most:,} bytes")
    if not stream.eof:
        raise ValueError("is damaged (its end is missing)")
    return content
