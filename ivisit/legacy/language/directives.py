"""The comment language of old scripts: lines with ``@IVISIT:`` become records.

One bad directive costs its own widget only: it becomes a finding, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ivisit.errors import DirectiveError
from ivisit.legacy.language.lines import DirectiveLine, directive_lines, read_source
from ivisit.legacy.language.merge import with_value_of
from ivisit.legacy.language.readers import READERS, read_dict_slider
from ivisit.legacy.language.widget_fields import WidgetFields
from ivisit.legacy.records import Block, Finding, WidgetRecord, identity


@dataclass
class Directives:
    """What the directives of a script say.

    Attributes
    ----------
    blocks : list of Block
        One for each name of a simulation.
    findings : list of Finding
        What is wrong or doubtful, in the order of the lines.
    """

    blocks: list[Block] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_directives(path: Path) -> Directives:
    """Return what the directives of the script `path` say; see `parse_directives`."""
    return parse_directives(read_source(path), str(path))


def parse_directives(source: str, file: str = "") -> Directives:
    """Return what the directives in the text of a script say.

    Parameters
    ----------
    source : str
        The text.
    file : str, optional
        Name of the script, for messages.

    Examples
    --------
    >>> script = '''#@IVISIT:SIMULATION & demo
    ... #@IVISIT:SLIDER & Gain & [200,1] & [0,2,4,0.5] & gain & -1 & float & 1.5  # loudness
    ... #@IVISIT:SLIDER & Rate & [0,2,4,0.5] & rate & -1 & float & 1.5'''
    >>> directives = parse_directives(script, "demo.py")
    >>> directives.blocks[0].widgets[0].value
    1.5
    >>> print(directives.findings[0].line, directives.findings[0].severity)
    3 error
    """
    parser = _Parser(file)
    for line in directive_lines(source, file):
        parser.read(line)
    parser.finish()
    parser.result.findings.sort(key=lambda finding: finding.line)
    return parser.result


class _Parser:
    """Sorts directives into blocks and items into dict sliders."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.result = Directives()
        self.block: Block | None = None
        # The dict slider that is being read, and its items.
        self.group: WidgetFields | None = None
        self.items: list[WidgetFields] = []
        # Where a DICTSLIDER was refused, its items have no place and no further fault.
        self.group_refused = False

    def read(self, line: DirectiveLine) -> None:
        """Take up one directive; a bad one becomes a finding."""
        is_item = line.keyword == "DICTSLIDERITEM"
        if not is_item:
            self.finish()
            self.group_refused = line.keyword == "DICTSLIDER"
        if is_item and self.group is None:
            if not self.group_refused:
                name = line.texts[0] if line.texts else ""
                message = f"DICTSLIDERITEM {name!r}: must follow a DICTSLIDER or one of its items"
                self._find(line.number, message, "error")
            return
        try:
            given = line.named()
        except DirectiveError as error:
            self._find(line.number, str(error), "error")
            return
        if line.keyword == "SIMULATION":
            self._open_block(given["name"], line.number)
        elif line.keyword == "DICTSLIDER":
            self.group, self.group_refused = given, False
        elif is_item:
            self.items.append(given)
        else:
            self._add(given, READERS[line.keyword])

    def finish(self) -> None:
        """Close the dict slider that is being read."""
        if self.group is not None:
            group, items = self.group, self.items
            self.group, self.items = None, []
            self._add(group, lambda given: read_dict_slider(given, items))

    def _find(self, line: int, message: str, severity: str) -> None:
        self.result.findings.append(Finding(line, message, severity, self.file))

    def _open_block(self, name: str, line: int) -> None:
        for block in self.result.blocks:
            if block.name == name:
                self.block = block
                return
        self.block = Block(name, line)
        self.result.blocks.append(self.block)

    def _add(self, given: WidgetFields, reader: Callable[[WidgetFields], WidgetRecord]) -> None:
        """Add the widget that `reader` makes of the fields, and what it has found in them."""
        try:
            widget = reader(given)
        except DirectiveError as error:
            given.find_error(error)
        else:
            self._place(widget)
        self.result.findings += given.findings

    def _place(self, widget: WidgetRecord) -> None:
        """Add a widget to the present block; the same one for a second time replaces the first."""
        if self.block is None:
            self._open_block("", widget.line)
            message = "a line '@IVISIT:SIMULATION & name' must come before the first widget"
            self._find(widget.line, message, "warning")
        assert self.block is not None
        widgets = self.block.widgets
        for place, known in enumerate(widgets):
            if identity(known) == identity(widget):
                # One widget: the later line says what it is, the first one its value.
                widgets[place] = with_value_of(widget, known)
                message = (
                    f"{widget.name!r} was declared in line {known.line} already; this line "
                    "replaces it, but for its value"
                )
                self._find(widget.line, message, "note")
                return
        widgets.append(widget)
