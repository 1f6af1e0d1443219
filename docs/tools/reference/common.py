"""What the generated pages share."""

from __future__ import annotations

import re

NOTE = "<!-- Made by `make reference`; changes belong into {source}. -->\n"


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return escape(" ".join(text.split())).replace("|", "\\|").replace("%%", "%")


def escape(text: str) -> str:
    """Keep angle brackets and stars of plain text from being read as markup."""
    parts = re.split(r"(`+[^`]*`+)", text)
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "".join(parts)
