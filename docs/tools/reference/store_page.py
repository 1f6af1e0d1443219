"""The page about the tables and views of a store, from one that is made for it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from docs.tools.reference.common import NOTE

#: Questions that people ask a store with the sqlite3 shell; the tests ask them, too.
QUERIES = {
    "The sets of a simulation, the newest first": """
SELECT name, version, comment, grade, saved_at
FROM sets WHERE simulation = 'GaussFilter' ORDER BY saved_at DESC;""",
    "One parameter in all versions of a set": """
SELECT version, json_extract(parameters, '$.sigma') AS sigma, saved_at
FROM history WHERE simulation = 'GaussFilter' AND name = 'soft' ORDER BY version;""",
    "The best runs of a sweep": """
SELECT id, json_extract(parameters, '$.sigma') AS sigma, json_extract(metrics, '$.change') AS change
FROM runs WHERE sweep = 'widths' AND status = 'finished' ORDER BY change LIMIT 5;""",
    "A metric against a parameter": """
SELECT json_extract(parameters, '$.sigma') AS sigma,
       avg(json_extract(metrics, '$.change')) AS mean_change, count(*) AS n
FROM runs WHERE sweep = 'widths' GROUP BY sigma ORDER BY sigma;""",
    "What failed, and why": """
SELECT id, json_extract(failure, '$.type') AS type, json_extract(failure, '$.message') AS message
FROM runs WHERE status = 'failed';""",
    "How sweeps stand": """
SELECT name, kind, status, done, failed, size FROM sweeps;""",
    "How much there is of each simulation": """
SELECT simulation, count(*) AS runs, min(started_at) AS first, max(started_at) AS last
FROM runs GROUP BY simulation;""",
}


def store_schema() -> str:
    """Return the page about tables and views, from a store that is made for it."""
    from ivisit.store import ParameterStore

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "new.ivisit")
        ParameterStore(path).close()
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            parts = list(described(connection, "view")), list(described(connection, "table"))
    lines = [
        NOTE.format(source="docs/tools/reference and ivisit/store/migrations"),
        "# The schema of a store\n",
        f"Schema {version} (`PRAGMA user_version`). Views are for people: they join names and show",
        "each run complete; their meaning is told in [the parameter store](../store.md). Tables",
        "are what ivisit writes. Read a store as you like; write into it through ivisit only,",
        "which signs every row with a checksum.\n",
        "## Queries\n",
        "`sqlite3 -readonly -box gauss.ivisit` opens a store without changing it.",
    ]
    for question, query in QUERIES.items():
        lines += ["", f"{question}:", "", "```sql", query.strip(), "```"]
    for heading, described_parts in zip(("Views", "Tables"), parts, strict=True):
        lines += ["", f"## {heading}"]
        lines += [line for part in described_parts for line in part]
    return "\n".join(lines) + "\n"


def described(connection: sqlite3.Connection, kind: str) -> Iterator[list[str]]:
    """Yield the lines about each table or view."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name",
        (kind,),
    ).fetchall()
    for (name,) in names:
        columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
        foreign = {
            row[3]: row[2]  # always its primary key
            for row in connection.execute(f"PRAGMA foreign_key_list({name})")
        }
        lines = ["", f"### {name}", ""]
        if kind == "view":
            lines.append(", ".join(f"`{column[1]}`" for column in columns))
        else:
            lines.append("| column | type | |\n|---|---|---|")
            lines += [f"| `{c[1]}` | {c[2]} | {column_note(c, foreign)} |" for c in columns]
        yield lines


def column_note(column: tuple[Any, ...], foreign: dict[str, str]) -> str:
    """Return what is special about a column."""
    _, name, _, required, default, key = column
    notes = ["primary key"] if key else []
    notes += ["not null"] if required and not key else []
    notes += [f"default `{default}`"] if default is not None else []
    notes += [f"references `{foreign[name]}`"] if name in foreign else []
    return ", ".join(notes)
