"""`WidgetFields`: the fields of one widget by name, wherever they were written.

A directive and a row of an old file say the same in different places. Both become `WidgetFields`
first, so that there is one way from texts to a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivisit.errors import DirectiveError, shorten
from ivisit.legacy.language import fields
from ivisit.legacy.language.grid import Grid
from ivisit.legacy.records import Finding

_SLIDER_RANGE = "[min,max,ticks,resolution]"

#: Keyword -> the fields that it needs in their order, and how messages show them.
FIELDS: dict[str, dict[str, str]] = {
    "SIMULATION": {"name": "name"},
    "SLIDER": {
        "name": "widget",
        "size": "size",
        "range": _SLIDER_RANGE,
        "parameter": "parameter",
        "index": "listindex",
        "type": "type",
        "value": "value",
    },
    "DICTSLIDER": {
        "name": "widget",
        "size": "size",
        "parameter": "parameter",
        "selected": "selected_index",
    },
    "DICTSLIDERITEM": {
        "name": "item",
        "range": _SLIDER_RANGE,
        "key": "key",
        "type": "type",
        "value": "value",
    },
    "LISTSEL": {
        "name": "widget",
        "size": "size",
        "range": "[options]",
        "parameter": "parameter",
        "index": "listindex",
        "type": "type",
        "value": "value",
    },
    "CHECKBOX": {
        "name": "widget",
        "range": "[labels]",
        "parameter": "parameter",
        "value": "value",
    },
    "RADIOBUTTON": {
        "name": "widget",
        "range": "[labels]",
        "parameter": "parameter",
        "value": "value",
    },
    "BUTTON": {"name": "widget", "range": "[label,button text]", "parameter": "parameter"},
    "TEXT_IN": {
        "name": "widget",
        "size": "[columns,rows]",
        "parameter": "parameter",
        "index": "listindex",
        "value": "value",
    },
    "IMAGE": {
        "name": "widget",
        "scale": "scale",
        "range": "range",
        "data": "data",
        "type": "type",
    },
    "TEXT_OUT": {"name": "widget", "size": "size", "range": "options", "data": "data"},
}


@dataclass
class WidgetFields:
    """The fields of one widget by name, and what is found in them.

    Attributes
    ----------
    keyword : str
        The directive that declares such a widget.
    texts : mapping of str to str
        The fields; their names are the keys of `FIELDS`.
    line : int
        Line of the directive; 0 for a row of an old file.
    file : str
        The script or the old file.
    help : str
        What the user wrote about the widget in the old table editors.
    findings : list of Finding
        What is wrong or doubtful.
    """

    keyword: str
    texts: Mapping[str, str]
    line: int = 0
    file: str = ""
    help: str = ""
    findings: list[Finding] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def find(self, part: str, message: str, severity: str = "warning") -> None:
        """Note a finding about the field that messages call `part`."""
        self.findings.append(Finding(self.line, self._about(part, message), severity, self.file))

    def find_error(self, error: DirectiveError) -> None:
        """Note that the widget cannot be made."""
        self.findings.append(Finding(self.line, str(error), "error", self.file))

    def refusal(self, part: str, allowed: str, value: str) -> DirectiveError:
        """Return the error for a field that makes the widget impossible."""
        return DirectiveError(self._about(part, f"must be {allowed}, not {shorten(value)}"))

    def _about(self, part: str, message: str) -> str:
        return f"{self.keyword} {self['name']!r}, {part}: {message}"

    def index(self, name: str) -> int:
        """Return an index; what is no number counts as 0."""
        index = fields.rounded(self[name])
        if index is None:
            part = FIELDS[self.keyword][name]
            self.find(part, f"must be a whole number, not {self[name]!r}; 0 is used")
        return index or 0

    def length(self) -> int:
        """Return the length of the old slider in pixels."""
        size = fields.numbers(self["size"])
        return round(size[0]) if size else 0

    def grid(self, kind: str, *, complete: bool, length: int) -> Grid:
        """Return the range of a slider; see `fields.grid`."""
        grid, changes = fields.grid(self["range"], kind, complete=complete, length=length)
        for change in changes:
            self.find("range", change)
        return grid

    def number_type(self) -> str:
        """Return ``int`` or ``float``."""
        kind = fields.TYPE_WORDS.get(self["type"])
        if kind not in ("int", "float"):
            raise self.refusal("type", "int or float", self["type"])
        return kind

    def whole(self) -> int:
        """Return the value of an int slider; what spells no int counts as 0, also ``3.6``."""
        whole = fields.to_int(self["value"])
        if whole is None:
            self.find("value", f"must be a whole number, not {self['value']!r}; 0 is used")
        return whole or 0

    def tell_rest(self, value: float, shown: float, grid: Grid) -> None:
        """Note that a slider shows another number than the value that it was given."""
        inside = grid.minimum <= value <= grid.maximum
        if not inside:
            why = f"lies outside {grid.minimum:g} .. {grid.maximum:g}"
        else:
            why = f"lies between two steps of {grid.resolution:g}"
        if shown != value:
            self.find("value", f"{value!r} {why}; {shown!r} is used")
        elif not inside:
            self.find("value", f"{value!r} {why}, and is used all the same", "note")
