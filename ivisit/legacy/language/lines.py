"""Lines with ``@IVISIT:`` in the text of a script, cut into their fields."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivisit.errors import DirectiveError
from ivisit.legacy.language.widget_fields import FIELDS, WidgetFields

MARK = "@IVISIT:"


def read_source(path: Path) -> str:
    """Return the text of a script, in the encoding that it declares, or as best as can be.

    Raises
    ------
    DirectiveError
        When there is no such file, or it may not be read.
    """
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError):
        return path.read_text(encoding="latin-1")
    except OSError as error:
        raise DirectiveError(f"{path}: cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True)
class DirectiveLine:
    """One directive: its keyword, and what stands between the ``&``."""

    file: str
    number: int
    keyword: str
    texts: tuple[str, ...]

    def named(self) -> WidgetFields:
        """Return the fields by name, when there are as many as the keyword needs.

        Raises
        ------
        DirectiveError
            When there are not, or the keyword is none.
        """
        needed = FIELDS.get(self.keyword)
        if needed is None:
            known = ", ".join(FIELDS)
            raise DirectiveError(f"{self.keyword!r} is no directive; there are {known}")
        if len(self.texts) != len(needed):
            name = self.texts[0] if self.texts else ""
            shown = " & ".join(needed.values())
            raise DirectiveError(
                f"{self.keyword} {name!r}: needs {len(needed)} fields, {self.keyword} & {shown}, "
                f"not {len(self.texts)}"
            )
        texts = dict(zip(needed, self.texts, strict=True))
        return WidgetFields(self.keyword, texts, line=self.number, file=self.file)


def directive_lines(source: str, file: str) -> Iterator[DirectiveLine]:
    """Yield every line that holds a directive, wherever in the line it begins."""
    for number, text in enumerate(source.split("\n"), start=1):
        _, mark, directive = text.partition(MARK)
        if mark:
            keyword, *rest = [part.strip() for part in directive.partition("#")[0].split("&")]
            yield DirectiveLine(file, number, keyword, tuple(rest))
