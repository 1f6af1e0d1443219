"""The steps of the schema, one a file; each leads from the version before it to its own.

A released step is never changed: it must go on making of old files what it made of them when it
came out. A new one gets a file here, a line below, and a file of its version beside the tests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeAlias

from ivisit.store.migrations import v1, v2, v3, v4

Migration: TypeAlias = Callable[[sqlite3.Connection], None]

#: ``MIGRATIONS[i]`` leads from schema version i to i + 1, in a transaction of its caller.
MIGRATIONS: list[Migration] = [v1.upgrade, v2.upgrade, v3.upgrade, v4.upgrade]
