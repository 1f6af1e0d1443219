"""Scripts with several SIMULATION blocks: one class with their methods, and one for each block."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping

from ivisit.legacy.records import (
    Block,
    ButtonRecord,
    CheckboxRecord,
    DataRecord,
    ParameterRecord,
    WidgetRecord,
)


class BlockWidgets:
    """The widgets of all blocks, and which of them are the same in the code's eyes.

    Methods are translated once, for all blocks. So widgets of several blocks that write the same
    parameter, or show the same data, have one name, whatever their labels and ranges are.

    Parameters
    ----------
    blocks : iterable of Block
        The blocks of a script.
    lists : collection of str
        Parameters that are lists whose items have widgets.

    Attributes
    ----------
    widgets : list of WidgetRecord
        The first of the widgets that are the same, in the order of the blocks.
    """

    def __init__(self, blocks: Iterable[Block], lists: Collection[str]) -> None:
        self._lists = lists
        first: dict[Hashable, WidgetRecord] = {}
        self._first_of: dict[int, WidgetRecord] = {}
        self._blocks = list(blocks)
        for block in self._blocks:
            seen: Counter[Hashable] = Counter()
            for widget in block.widgets:
                key = self._key(widget)
                seen[key] += 1
                self._first_of[id(widget)] = first.setdefault((key, seen[key]), widget)
        self.widgets = list(first.values())

    def name_others(self, names: dict[int, str]) -> None:
        """Give the widgets of further blocks the names of the first ones."""
        for number, widget in self._first_of.items():
            if id(widget) in names:
                names[number] = names[id(widget)]

    def missing(self) -> list[ParameterRecord]:
        """Return the widgets of parameters that some block does not have."""
        found = Counter(id(widget) for widget in self._first_of.values())
        return [
            widget
            for widget in self.widgets
            if isinstance(widget, ParameterRecord) and found[id(widget)] < len(self._blocks)
        ]

    def _key(self, widget: WidgetRecord) -> Hashable:
        if isinstance(widget, ParameterRecord):
            is_own = isinstance(widget, ButtonRecord | CheckboxRecord)
            kind = type(widget) if is_own else ParameterRecord
            return kind, widget.parameter, widget.index if widget.parameter in self._lists else 0
        return type(widget), widget.data if isinstance(widget, DataRecord) else widget.name


def constant_of(record: ParameterRecord, beginnings: Mapping[str, ast.expr | None]) -> str:
    """Return what a parameter is, as the methods read it, in a simulation without its widget.

    Parameters
    ----------
    record : ParameterRecord
        The widget that the parameter has in another simulation.
    beginnings : mapping of str to expression or None
        The old parameters with what they begin with.
    """
    if isinstance(record, ButtonRecord):
        return "False"
    value = beginnings.get(record.parameter)
    if isinstance(value, ast.List) and 0 <= record.index < len(value.elts):
        value = value.elts[record.index]
    if isinstance(record, CheckboxRecord):
        digits = str(getattr(value, "value", ""))
        boxes = {label: digits[n : n + 1] == "1" for n, label in enumerate(record.labels)}
        return repr(boxes)
    return "None" if value is None else ast.unparse(value)
