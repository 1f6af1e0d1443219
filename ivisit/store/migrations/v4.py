"""Schema 4: small pictures of what the panels showed when a version was saved."""

from __future__ import annotations

import sqlite3

# A table of its own: lists of sets must not read the pictures of all of them. PNG has checksums.
STATEMENT = """
    CREATE TABLE set_picture (
        version_id INTEGER PRIMARY KEY REFERENCES set_version ON DELETE CASCADE,
        png BLOB NOT NULL              -- at most 64 KB
    )
"""


def upgrade(connection: sqlite3.Connection) -> None:
    """Add the table."""
    connection.execute(STATEMENT)
