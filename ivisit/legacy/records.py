"""What a widget of an old script is, wherever it was read: in a directive or in an old file.

A record says what the script's author wrote, made usable; it knows neither controls nor panels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ivisit.ranges import Range

#: Value of a text field of the old tables that was never filled in.
NOT_NAMED = "N.N."


@dataclass(frozen=True)
class Finding:
    """Something that the author of a script should know.

    Attributes
    ----------
    line : int
        Line of the script; 0 where the finding concerns the whole of it.
    message : str
        What is wrong, what is expected, and what happens instead.
    severity : str
        ``error``: the widget is missing; ``warning``: it is there, with something changed;
        ``note``: it works, but perhaps not as it was meant.
    file : str
        The script.
    """

    line: int
    message: str
    severity: str = "warning"
    file: str = ""

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or "")) if part)
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True)
class Grid:
    """Range of a slider, and the grid on which it moves; `resolution` 0 means no grid."""

    minimum: float
    maximum: float
    ticks: int
    resolution: float

    def snapped(self, value: float) -> float:
        """Return the value on which a slider comes to rest: within the range and on the grid."""
        # A bound where the value lies outside, and so of the bound's type.
        kind = type(min(max(value, self.minimum), self.maximum))
        return kind(Range(self.minimum, self.maximum, self.resolution).snapped(value))


@dataclass(frozen=True, kw_only=True)
class Widget:
    """Base of all records.

    Attributes
    ----------
    name : str
        The widget's name.
    line : int
        Line of the directive; 0 for a widget that only an old file knows.
    help : str
        What the user wrote about it in the old table editors.
    """

    name: str
    line: int = 0
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class ParameterWidget(Widget):
    """A widget that writes the attribute `parameter`, or its item `index` where it is a list."""

    parameter: str
    index: int = 0


@dataclass(frozen=True, kw_only=True)
class SliderWidget(ParameterWidget):
    """Writes an int or a float."""

    grid: Grid
    value: float


@dataclass(frozen=True, kw_only=True)
class DictItem:
    """One number of a `DictSliderWidget`; `key` is its key in the script's dict."""

    name: str
    key: str
    grid: Grid
    value: float
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class DictSliderWidget(ParameterWidget):
    """Writes the items of a dict."""

    items: tuple[DictItem, ...]
    selected: int = 0


@dataclass(frozen=True, kw_only=True)
class ListWidget(ParameterWidget):
    """Writes one of several texts; also numbers are written as texts."""

    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class RadioWidget(ListWidget):
    """A `ListWidget` whose options are all visible."""


@dataclass(frozen=True, kw_only=True)
class CheckboxWidget(ParameterWidget):
    """Writes a text of ``0`` and ``1``, one character a label."""

    labels: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class ButtonWidget(ParameterWidget):
    """Writes ``'1'`` for one step after a press, else ``'0'``."""

    text: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class TextWidget(ParameterWidget):
    """Writes a text."""

    value: str
    rows: int = 1


@dataclass(frozen=True, kw_only=True)
class DataWidget(Widget):
    """A widget that shows the attribute `data`."""

    data: str


@dataclass(frozen=True, kw_only=True)
class ImageWidget(DataWidget):
    """Shows a picture, `scale` times as large as it is."""

    scale: float = 1.0


@dataclass(frozen=True, kw_only=True)
class TextOutWidget(DataWidget):
    """Shows ``str(data)``; `align` is ``left``, ``center`` or ``right``."""

    align: str = "center"


@dataclass(frozen=True, kw_only=True)
class CommentWidget(Widget):
    """Shows a fixed text."""

    text: str


@dataclass
class Block:
    """The widgets of one SIMULATION block, in the order in which they were written."""

    name: str
    line: int = 0
    widgets: list[Widget] = field(default_factory=list)


#: What makes two records the same widget: its table, its name, and what it is bound to.
Identity: TypeAlias = tuple[str, str, str]


def identity(widget: Widget) -> Identity:
    """Return what two records of the same widget have in common."""
    if isinstance(widget, ParameterWidget):
        return "parameter", widget.name, widget.parameter
    if isinstance(widget, DataWidget):
        return "data", widget.name, widget.data
    return "comment", widget.name, ""
