"""Compiled code, kept for the next time that the same text is executed."""

from __future__ import annotations

import types
from functools import lru_cache


@lru_cache(maxsize=256)
def compiled(content: bytes, path: str) -> types.CodeType:
    """Return the code of a file's content; bytes, because they may declare their encoding.

    Raises
    ------
    SyntaxError, ValueError
        When it is not Python.
    """
    return compile(content, path, "exec", dont_inherit=True)
