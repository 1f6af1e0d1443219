"""What old scripts have in common, and what takes its place in new files."""

from __future__ import annotations

import ast

#: What old scripts got from a star import of ivisit.
LEAKED = {
    "np": "import numpy as np",
    "os": "import os",
    "sys": "import sys",
    "threading": "import threading",
    "time": "import time",
    "datetime": "from datetime import datetime",
}

#: What the old base class gave to a simulation, and what takes its place where it is used.
BASE_ATTRIBUTES = {
    "lock": "threading.Lock()",
    "name": "type(self).__name__",
    "updateMode": '"sync"',
    "flagLock": "False",
}

#: Functions that the new code calls where it reads a button, or check boxes, as a text.
HELPERS = {
    "_digit": '''def _digit(pressed):
    """Return '1' for a button that is down, else '0', as the old script had it."""
    return "1" if pressed else "0"
''',
    "_digits": '''def _digits(boxes):
    """Return check boxes as a text of '1' and '0', as the old script had them."""
    return "".join("1" if checked else "0" for checked in boxes.values())
''',
}


def is_text(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and is_text(statement.value)


def is_future(statement: ast.stmt) -> bool:
    """Tell whether a statement is ``from __future__ import ...``."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def is_import_of_ivisit(statement: ast.stmt) -> bool:
    """Tell whether a statement imports ivisit itself, or a module that new files do not need."""
    if isinstance(statement, ast.Import):
        return all(alias.name == "ivisit" for alias in statement.names)
    return isinstance(statement, ast.ImportFrom) and statement.module in (
        "ivisit",
        "ivisit.simulation",
        "ivisit.parser",
        "ivisit.defdb",
        "ivisit.widgets",
    )


def plain(text: str) -> str:
    """Return `text` without the characters that mean something in a docstring."""
    return text.replace("\\", "/").replace('"', "'")
