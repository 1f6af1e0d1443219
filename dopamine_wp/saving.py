"""Files of histories: NumPy archives (npz) without pickled objects, replaced in one go."""

from __future__ import annotations

import json
import os
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

#: Version 1 had no `fpe_unit`, `settings`, `network`, `seconds`: their defaults are right for it.
FORMAT = 2

#: Arrays of a history: the kinds of types that each may have, and its axes, R replicas, P
#: parameters, T steps.
ARRAYS = {
    "theta": ("f", "RP"),
    "loss": ("f", "TR"),
    "rate": ("f", "TR"),
    "rpe": ("f", "TR"),
    "agreement": ("f", "TR"),
    "fpe": ("f", "T"),
    "seconds": ("f", "T"),
    "solved_at": ("f", "R"),
    "failed": ("b", "R"),
    "known_loss": ("f", "R"),
}

#: Types of everything else.
WORDS = {
    "status": str,
    "optimizer": str,
    "settings": str,
    "network": str,
    "fpe_unit": str,
    "key": int,
    "total_steps": int,
    "held_batch": int,
}

#: What a history may lack.
OPTIONAL = ("seconds", "known_loss", "settings", "network", "fpe_unit", "held_batch")

#: Prefix of the arrays of the optimizer's memory.
STATE = "state."

#: Bytes to which the arrays of any file may unfold; a larger file is stored as it is.
ALWAYS_ALLOWED = 2**31

#: What NumPy, zipfile and json raise for damaged archives. Errors of the file system belong to it:
#: damaged offsets ask for impossible seeks.
DAMAGE = (
    ValueError,
    zipfile.BadZipFile,
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


def write(path: str | os.PathLike[str], content: dict[str, Any]) -> Path:
    """Write the attributes of a history to a file; a crash leaves the former one.

    Parameters
    ----------
    path : path-like
        The file; its name is taken as it is.
    content : dict
        Attributes by name.

    Returns
    -------
    Path
        The file that was written.
    """
    target = Path(path)
    arrays = {name: content[name] for name in ARRAYS if content[name] is not None}
    arrays |= {STATE + name: value for name, value in content["state"].items()}
    about = {name: content[name] for name in (*WORDS, "stop_loss")} | {"format": FORMAT}
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            np.savez(file, about=json.dumps(about), **arrays)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the attributes of a history from a file of `write`.

    Raises
    ------
    ValueError
        If the file holds no history, is damaged, or is of a later version.
    OSError
        If the file cannot be opened.
    """
    where = f"History.load: {os.fspath(path)!r}"
    with open(path, "rb") as file:
        try:
            arrays, about = _parts(file, where)
        except _TooLargeError:
            raise
        except DAMAGE as error:
            raise ValueError(f"{where} is not a saved history ({error})") from error
    version = about.pop("format", None)
    if isinstance(version, int) and version > FORMAT:
        raise ValueError(f"{where} was saved by a newer version")
    state = {
        name.removeprefix(STATE): arrays.pop(name)
        for name in list(arrays)
        if name.startswith(STATE)
    }
    wrong = _wrong_arrays(arrays) + _wrong_words(about)
    if version not in range(1, FORMAT + 1) or wrong:
        what = ", ".join(wrong) or "format"
        raise ValueError(f"{where} is not a saved history (missing or wrong: {what})")
    return {**arrays, **about, "state": state}


class _TooLargeError(ValueError):
    """A file would unfold to more than it may."""


def _parts(file: BinaryIO, where: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the arrays of an archive, and what is said about them."""
    with np.load(file, allow_pickle=False) as stored:
        # `write` compresses nothing: what is larger than its file is none of ours.
        total = sum(member.file_size for member in stored.zip.infolist())
        allowed = max(ALWAYS_ALLOWED, os.fstat(file.fileno()).st_size)
        if total > allowed:
            raise _TooLargeError(
                f"{where} unfolds to {total:,} bytes; at most {allowed:,} are allowed"
            )
        arrays = dict(stored)
    about = json.loads(str(arrays.pop("about")))
    if not isinstance(about, dict):
        raise TypeError("about is no dictionary")
    return arrays, about


def _wrong_arrays(arrays: dict[str, np.ndarray]) -> list[str]:
    """Return the names of arrays that are missing, of another type, or do not fit the others."""
    lengths: dict[str, int] = {}
    wrong = sorted(arrays.keys() - ARRAYS.keys())
    for name, (kinds, axes) in ARRAYS.items():
        if name not in arrays:
            wrong += [] if name in OPTIONAL else [name]
            continue
        array = arrays[name]
        fits = array.dtype.kind in kinds and array.ndim == len(axes)
        if not fits or any(
            lengths.setdefault(axis, length) != length
            for axis, length in zip(axes, array.shape, strict=True)
        ):
            wrong.append(name)
    return wrong


def _wrong_words(about: dict[str, Any]) -> list[str]:
    """Return the names of what is missing or of another type."""
    wrong = sorted(about.keys() - WORDS.keys() - {"stop_loss"})
    for name, kind in WORDS.items():
        if name not in about:
            wrong += [] if name in OPTIONAL else [name]
        elif type(about[name]) is not kind:
            wrong.append(name)
    if not isinstance(about.get("stop_loss"), int | float | None):
        wrong.append("stop_loss")
    return wrong
