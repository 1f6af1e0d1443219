"""The comment language of old scripts: lines with ``@IVISIT:`` become records.

One bad directive costs its own widget only: it becomes a finding, and reading goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ivisit.errors import DirectiveError
from ivisit.legacy.language.lines import FIELDS, DirectiveLine, directive_lines, read_source
from ivisit.legacy.language.merge import with_value_of
from ivisit.legacy.language.readers import READERS, read_dict_item, read_dict_slider
from ivisit.legacy.records import Block, DictSliderWidget, Finding, Widget, identity


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
        try:
            parser.read(line)
        except DirectiveError as error:
            line.find(str(error), "error")
        parser.result.findings += line.findings
    parser.finish()
    return parser.result


class _Parser:
    """Sorts directives into blocks and items into dict sliders."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.result = Directives()
        self.block: Block | None = None
        self.group: DictSliderWidget | None = None
        # Where a DICTSLIDER was refused, its items have no place and no further fault.
        self.group_refused = False

    def read(self, line: DirectiveLine) -> None:
        """Take up one directive; `DirectiveError` when its widget is impossible."""
        if line.keyword == "DICTSLIDERITEM":
            self._add_item(line)
            return
        self.finish()
        self.group_refused = line.keyword == "DICTSLIDER"
        if line.keyword not in FIELDS:
            known = ", ".join(FIELDS)
            raise DirectiveError(f"{line.keyword!r} is no directive; there are {known}")
        parts = line.checked()
        if line.keyword == "SIMULATION":
            self._open_block(parts[0], line.number)
        elif line.keyword == "DICTSLIDER":
            self.group = read_dict_slider(line, *parts)
            self.group_refused = False
        else:
            self._add(READERS[line.keyword](line, *parts))

    def finish(self) -> None:
        """Close the dict slider that is being read."""
        group, self.group = self.group, None
        if group is None:
            return
        if not group.items:
            message = f"DICTSLIDER {group.name!r}: needs a DICTSLIDERITEM in the next directive"
            self.result.findings.append(Finding(group.line, message, "error", self.file))
            return
        selected = group.selected
        if not 0 <= selected < len(group.items):
            message = (
                f"DICTSLIDER {group.name!r}, selected_index: must be between 0 and "
                f"{len(group.items) - 1}, not {selected}; 0 is used"
            )
            self.result.findings.append(Finding(group.line, message, "warning", self.file))
            selected = 0
        # Only the selected item is on the slider, where its value comes to rest on the grid.
        items = [
            replace(item, value=item.grid.snapped(item.value)) if i == selected else item
            for i, item in enumerate(group.items)
        ]
        self._add(replace(group, items=tuple(items), selected=selected))

    def _open_block(self, name: str, line: int) -> None:
        for block in self.result.blocks:
            if block.name == name:
                self.block = block
                return
        self.block = Block(name, line)
        self.result.blocks.append(self.block)

    def _add(self, widget: Widget) -> None:
        if self.block is None:
            self._open_block("", widget.line)
            message = "a line '@IVISIT:SIMULATION & name' must come before the first widget"
            self.result.findings.append(Finding(widget.line, message, "warning", self.file))
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
                self.result.findings.append(Finding(widget.line, message, "note", self.file))
                return
        widgets.append(widget)

    def _add_item(self, line: DirectiveLine) -> None:
        if self.group is None:
            if self.group_refused:
                return
            raise DirectiveError(
                f"DICTSLIDERITEM {line.name!r}: must follow a DICTSLIDER or one of its items"
            )
        item = read_dict_item(line, *line.checked())
        self.group = replace(self.group, items=(*self.group.items, item))
