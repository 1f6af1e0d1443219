"""Lines with ``@IVISIT:`` in the text of a script, cut into their fields."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ivisit.errors import DirectiveError, shorten
from ivisit.legacy.language import fields as field_values
from ivisit.legacy.records import Finding, Grid

MARK = "@IVISIT:"

#: Keyword -> the fields that it needs, as messages name them.
FIELDS = {
    "SIMULATION": "name",
    "SLIDER": "widget & size & [min,max,ticks,resolution] & parameter & listindex & type & value",
    "DICTSLIDER": "widget & size & parameter & selected_index",
    "DICTSLIDERITEM": "item & [min,max,ticks,resolution] & key & type & value",
    "LISTSEL": "widget & size & [options] & parameter & listindex & type & value",
    "CHECKBOX": "widget & [labels] & parameter & value",
    "RADIOBUTTON": "widget & [labels] & parameter & value",
    "BUTTON": "widget & [label,button text] & parameter",
    "TEXT_IN": "widget & [columns,rows] & parameter & listindex & value",
    "IMAGE": "widget & scale & range & data & type",
    "TEXT_OUT": "widget & size & options & data",
}


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


@dataclass
class DirectiveLine:
    """One directive: its keyword, its fields, and what is found in them."""

    file: str
    number: int
    keyword: str
    fields: list[str]
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.fields[0] if self.fields else ""

    def find(self, message: str, severity: str = "warning") -> None:
        """Note a finding about this line."""
        self.findings.append(Finding(self.number, message, severity, self.file))

    def about(self, part: str, message: str) -> str:
        """Return `message` with the directive and the field that it concerns in front."""
        return f"{self.keyword} {self.name!r}, {part}: {message}"

    def refusal(self, part: str, allowed: str, value: str) -> DirectiveError:
        """Return the error for a field that makes the widget impossible."""
        return DirectiveError(self.about(part, f"must be {allowed}, not {shorten(value)}"))

    def checked(self) -> list[str]:
        """Return the fields when there are as many as the keyword needs."""
        needed = FIELDS[self.keyword]
        if len(self.fields) != needed.count("&") + 1:
            raise DirectiveError(
                f"{self.keyword} {self.name!r}: needs {needed.count('&') + 1} fields, "
                f"{self.keyword} & {needed}, not {len(self.fields)}"
            )
        return self.fields

    def index(self, text: str) -> int:
        """Return a list index; what is no number counts as 0."""
        index = field_values.to_int(text)
        if index is None:
            self.find(self.about("listindex", f"must be a whole number, not {text!r}; 0 is used"))
        return index or 0

    def grid(self, text: str, kind: str, *, complete: bool) -> Grid:
        """Return the range of a slider."""
        grid, changes = field_values.grid(text, kind, complete=complete)
        for change in changes:
            self.find(self.about("range", change))
        return grid

    def number_type(self, word: str) -> str:
        """Return ``int`` or ``float``."""
        kind = field_values.TYPE_WORDS.get(word)
        if kind not in ("int", "float"):
            raise self.refusal("type", "int or float", word)
        return kind

    def value(self, text: str, kind: str) -> float:
        """Return the value of a slider."""
        if kind == "int":
            whole = field_values.to_int(text)
            if whole is None:
                self.find(self.about("value", f"must be a whole number, not {text!r}; 0 is used"))
            return whole or 0
        number = field_values.to_float(text)
        if number is None:
            raise self.refusal("value", "a number", text)
        return number

    def snapped(self, value: float, grid: Grid) -> float:
        """Return the value at which the slider shows up."""
        shown = grid.snapped(value)
        if shown != value:
            inside = grid.minimum <= value <= grid.maximum
            why = (
                f"lies between two steps of {grid.resolution:g}"
                if inside
                else f"lies outside {grid.minimum:g} .. {grid.maximum:g}"
            )
            self.find(self.about("value", f"{value!r} {why}; {shown!r} is used"))
        return shown


def directive_lines(source: str, file: str) -> Iterator[DirectiveLine]:
    """Yield every line that holds a directive, wherever in the line it begins."""
    for number, text in enumerate(source.split("\n"), start=1):
        _, mark, directive = text.partition(MARK)
        if mark:
            keyword, *rest = [part.strip() for part in directive.partition("#")[0].split("&")]
            yield DirectiveLine(file, number, keyword, rest)
