"""Checksums of rows: what tells a value that was saved from one that a failing disk made of it.

SQLite checks the structure of its file, not the bytes of a value; a digit that flips is served as
if it had been saved. 16 bytes of BLAKE2b over the columns of a row tell the two apart. They are
no signature against forgery: whoever can write the file can compute them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

#: The columns of each table that a row's checksum covers, in this order.
SIGNED = {
    "set_version": ("version", "parameters", "comment", "grade", "saved_at", "layout", "origin"),
    "run": (
        "sweep", "sweep_index", "parameters", "seed", "steps", "status", "metrics", "duration",
        "started_at", "finished_at", "failure", "provenance",
    ),
}  # fmt: skip


def checksum(values: Iterable[Any]) -> bytes | None:
    """Return the checksum over `values`, as they are in their columns: 16 bytes.

    3, 3.0, the text "3" and NULL differ. None stands for bytes that are no text any more.
    """
    # Texts in a store hold no NUL, so it can part them.
    parts = ["'" + value if type(value) is str else repr(value) for value in values]
    try:
        return blake2b("\0".join(parts).encode(), digest_size=16).digest()
    except UnicodeEncodeError:
        return None


def is_intact(values: Iterable[Any], signature: Any) -> bool:
    """Tell whether `values` are what was saved under the checksum `signature`."""
    return signature is not None and checksum(values) == signature
