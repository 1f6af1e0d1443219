"""Files of memories: compressed NumPy archives (npz) without pickled objects."""

from __future__ import annotations

import os
import struct
import tokenize
import zlib
from os import PathLike
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from assocmem._files import written_aside
from assocmem._validation import real_number, refusal, whole_number
from assocmem.learning import LARGEST_COUNT

#: Bytes to which the arrays of any file may unfold. Those of a larger file may have 10 times its
#: size: a few megabytes could stand for terabytes of zeros.
ALWAYS_ALLOWED = 2**31
ALLOWED_RATIO = 10

#: Version of the files that are written with sparse storage; those of counts that fade are of
#: version 2, others of version 1.
FILE_VERSION = 3

#: What NumPy and zipfile raise for damaged archives, besides `ValueError`. Errors of the file
#: system belong to it: damaged offsets ask for impossible seeks.
DAMAGE = (
    BadZipFile,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RuntimeError,
    OverflowError,
    MemoryError,
    SyntaxError,
    OSError,
    struct.error,
    tokenize.TokenError,
    zlib.error,
)

#: Kinds of NumPy types that each entry may have, and its number of axes.
ENTRIES = {
    "version": ("iu", 0),
    "rule": ("U", 0),
    "n_patterns": ("iu", 0),
    "usage": ("iu", 1),
    "output_usage": ("iu", 1),
    "coincidences": ("iu", 2),
    "indptr": ("iu", 1),
    "indices": ("iu", 1),
    "counts": ("iu", 1),
    "storage": ("U", 0),
}


def write(path: str | PathLike[str], content: dict[str, NDArray[Any]]) -> None:
    """Write the entries of a memory, so that an existing file is replaced by a complete one.

    Parameters
    ----------
    path : str or path
    content : dict
        `ENTRIES` but the version; ``output_usage`` for hetero-association only, ``storage`` only
        while that is still to be chosen.
    """
    with written_aside(path) as aside, open(aside, "wb") as file:
        fading = content["n_patterns"].dtype.kind == "f"
        version = FILE_VERSION if "counts" in content else 2 if fading else 1
        size = sum(entry.nbytes for entry in content.values())
        save = np.savez_compressed if size < ALWAYS_ALLOWED else np.savez
        save(file, allow_pickle=False, version=np.array(version), **content)


def read(path: str | PathLike[str]) -> dict[str, Any]:
    """Return the entries of a file of `write`, of the right types.

    Raises
    ------
    ValueError
        If the file holds no memory, is damaged, or is of a later version.
    OSError
        If the file cannot be opened.
    """
    content = _read_archive(path)
    is_sparse = "counts" in content
    parts = {"indptr", "indices", "counts"} if is_sparse else {"coincidences"}
    missing = {"version", "rule", "n_patterns", "usage", *parts} - content.keys()
    if missing:
        raise ValueError(f"{path}: is not a saved memory; it lacks {sorted(missing)}")
    fading = content["version"].shape == () and content["version"] == 2
    for name, (kinds, n_axes) in ENTRIES.items():
        entry = content.get(name)
        if fading and name not in ("version", "rule", "storage"):
            kinds = "f"
        if entry is not None and (entry.dtype.kind not in kinds or entry.ndim != n_axes):
            raise ValueError(
                f"{path}: is not a saved memory; its {name} has type {entry.dtype} and "
                f"{entry.ndim} axes"
            )
    version = int(content["version"])
    if not 1 <= version <= FILE_VERSION:
        raise ValueError(
            f"{path}: has version {version}; this program reads versions up to {FILE_VERSION}"
        )
    number = content["n_patterns"][()]
    try:
        check = real_number if fading else whole_number
        content["n_patterns"] = check("n_patterns", number, 0, LARGEST_COUNT)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    content["rule"] = str(content["rule"])
    if is_sparse:
        content["coincidences"] = _assembled(path, content)
    return content


def parts_of(coincidences: csr_array) -> dict[str, NDArray[Any]]:
    """Return the entries that describe sparse coincidences."""
    largest = int(coincidences.data.max(initial=0))
    return {
        "indptr": coincidences.indptr,
        "indices": coincidences.indices,
        "counts": coincidences.data.astype(np.min_scalar_type(largest)),
    }


def _assembled(path: str | PathLike[str], content: dict[str, Any]) -> csr_array:
    """Return sparse coincidences from their entries."""
    usage = content["usage"]
    shape = len(usage), len(content.get("output_usage", usage))
    counts = content["counts"].astype(np.int64)
    try:
        rows = csr_array((counts, content["indices"], content["indptr"]), shape=shape)
        rows.check_format(full_check=True)
    except (ValueError, IndexError, OverflowError) as error:
        raise ValueError(f"{path}: is not a saved memory ({error})") from error
    if (counts <= 0).any() or not rows.has_canonical_format:
        raise ValueError(f"{path}: the saved counts contradict each other")
    return rows


def _read_archive(path: str | PathLike[str]) -> dict[str, Any]:
    """Return all arrays of an archive; whatever is wrong with the content is a ValueError."""
    with open(path, "rb") as file:
        try:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise refusal("content", "an archive of arrays", archive)
            with archive:
                _check_size(archive, os.fstat(file.fileno()).st_size)
                return {name: np.asarray(archive[name]) for name in archive.files}
        except (ValueError, *DAMAGE) as error:
            reason = f"{type(error).__name__}: {error}"
            raise ValueError(f"{path}: is not a saved memory ({reason})") from error


def _check_size(archive: Any, size: int) -> None:
    """Refuse an archive of `size` bytes whose arrays would be too large; none is made."""
    total = sum(member.file_size for member in archive.zip.infolist())
    allowed = max(ALWAYS_ALLOWED, ALLOWED_RATIO * size)
    if total > allowed:
        raise ValueError(f"its arrays unfold to {total:,} bytes; at most {allowed:,} are allowed")
