"""Small pictures of what the panels showed when a version of a set was saved."""

from __future__ import annotations

import sqlite3

from ivisit.errors import ParameterError, expected
from ivisit.store.queries import fetch

#: A picture is for recognising a set, so it is small.
MOST_BYTES = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


def check_picture(picture: bytes | None) -> None:
    """Raise `ParameterError` for what is no small PNG and not None."""
    if picture is None:
        return
    if not isinstance(picture, bytes) or not picture.startswith(PNG):
        raise ParameterError(expected("", "picture", "the bytes of a PNG, or None", picture))
    if len(picture) > MOST_BYTES:
        allowed = f"a PNG of at most {MOST_BYTES} bytes"
        raise ParameterError(expected("", "picture", allowed, f"{len(picture)} bytes"))


def find_picture(connection: sqlite3.Connection, key: str, name: str, version: int) -> bytes | None:
    """Return the picture of one version; None where there is none."""
    rows = fetch(
        connection,
        "SELECT png FROM set_picture JOIN set_version ON set_version.id = version_id "
        "JOIN parameter_set ON parameter_set.id = set_id "
        "JOIN simulation ON simulation.id = simulation_id "
        "WHERE key = ? AND name = ? AND version = ?",
        (key, name, version),
    )
    # Somebody may have put anything there with the sqlite3 shell, and a large PNG unfolds to more.
    found = rows[0][0] if rows else None
    return found if isinstance(found, bytes) and len(found) <= MOST_BYTES else None
