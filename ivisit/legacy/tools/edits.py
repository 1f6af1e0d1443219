"""`Edits`: changes of a source text at the places of its syntax tree.

The rest of the text, comments and layout included, stays as somebody has written it.
"""

from __future__ import annotations

import ast


class Edits:
    """Changes that are collected first and made at once; one inside another is not made.

    Parameters
    ----------
    text : str
        The source.
    """

    def __init__(self, text: str) -> None:
        self._bytes = text.encode()
        self._starts = [0]
        for line in self._bytes.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._lines = text.split("\n")
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, node: ast.expr | ast.stmt | ast.arg, text: str) -> None:
        """Write `text` in place of an expression, a statement or the name of an argument."""
        self._edits.append((*self._range(node), text))

    def replace_lines(self, first: int, last: int, text: str) -> None:
        """Write `text`, whole lines or nothing, in place of the lines `first` to `last`."""
        end = min(self._starts[last], len(self._bytes))
        self._edits.append((self._starts[first - 1], end, text))

    def insert(self, line: int, text: str) -> None:
        """Write `text`, whole lines, in front of a line."""
        place = self._starts[line - 1]
        self._edits.append((place, place, text))

    def lines(self, first: int, last: int) -> list[str]:
        """Return the lines `first` to `last` as they were."""
        return self._lines[first - 1 : last]

    def indent(self, line: int) -> str:
        """Return the blanks with which a line begins."""
        text = self._lines[line - 1]
        return text[: len(text) - len(text.lstrip())]

    def made(self, first: int = 1, last: int | None = None) -> str:
        """Return the text with all changes, or the lines `first` to `last` of it."""
        end = self._starts[last] if last is not None else len(self._bytes)
        return self._between(self._starts[first - 1], end)

    def text_of(self, node: ast.expr | ast.stmt) -> str:
        """Return the text of a node with all changes."""
        return self._between(*self._range(node))

    def _between(self, begin: int, end: int) -> str:
        parts, place = [], begin
        # Of changes at one place insertions come first, and the largest of the others counts.
        ordered = sorted(self._edits, key=lambda edit: (edit[0], edit[0] != edit[1], -edit[1]))
        for start, stop, text in ordered:
            if start >= place and stop <= end:
                parts += [self._bytes[place:start].decode(), text]
                place = stop
        return "".join(parts) + self._bytes[place:end].decode()

    def _range(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._place(node.lineno, node.col_offset), self._place(end_line, end_column)

    def _place(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column
