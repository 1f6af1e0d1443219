"""What a widget of an old script is, wherever it was read: in a directive or in an old file.

A record says what the script's author wrote, made usable; it knows neither controls nor panels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ivisit.legacy.language.grid import Grid

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


@dataclass(frozen=True, kw_only=True)
class WidgetRecord:
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
class ParameterRecord(WidgetRecord):
    """A widget that writes the attribute `parameter`, or its item `index` where it is a list."""

    parameter: str
    index: int = 0


@dataclass(frozen=True, kw_only=True)
class SliderRecord(ParameterRecord):
    """Writes an int or a float."""

    grid: Grid
    value: float

    @property
    def delivered(self) -> float:
        """The value that the script gets: where the slider comes to rest."""
        return self.grid.given(self.value)


@dataclass(frozen=True, kw_only=True)
class DictItemRecord:
    """One number of a `DictSliderRecord`; `key` is its key in the script's dict."""

    name: str
    key: str
    grid: Grid
    value: float
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class DictSliderRecord(ParameterRecord):
    """Writes the items of a dict.

    Attributes
    ----------
    items : tuple of DictItemRecord
        The items.
    selected : int
        Which of them is on the slider at first.
    shows_all : bool
        Whether all values stand in a box of text beside the slider.
    """

    items: tuple[DictItemRecord, ...]
    selected: int = 0
    shows_all: bool = False

    @property
    def delivered(self) -> list[float]:
        """The values that the script gets; only the selected one comes to rest on the slider."""
        return [
            item.grid.given(item.value) if i == self.selected else item.value
            for i, item in enumerate(self.items)
        ]


@dataclass(frozen=True, kw_only=True)
class ListRecord(ParameterRecord):
    """Writes one of several texts; also numbers are written as texts."""

    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class RadioRecord(ListRecord):
    """A `ListRecord` whose options are all visible."""


@dataclass(frozen=True, kw_only=True)
class CheckboxRecord(ParameterRecord):
    """Writes a text of ``0`` and ``1``, one character a label."""

    labels: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class ButtonRecord(ParameterRecord):
    """Writes ``'1'`` for one step after a press, else ``'0'``."""

    text: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class TextRecord(ParameterRecord):
    """Writes a text."""

    value: str
    rows: int = 1


@dataclass(frozen=True, kw_only=True)
class DataRecord(WidgetRecord):
    """A widget that shows the attribute `data`."""

    data: str


@dataclass(frozen=True, kw_only=True)
class ImageRecord(DataRecord):
    """Shows a picture, `scale` times as large as it is."""

    scale: float = 1.0


@dataclass(frozen=True, kw_only=True)
class TextOutRecord(DataRecord):
    """Shows ``str(data)``; `align` is ``left``, ``center`` or ``right``."""

    align: str = "center"


@dataclass(frozen=True, kw_only=True)
class CommentRecord(WidgetRecord):
    """Shows a fixed text, in a `font` of a family and a size in points."""

    text: str
    font: tuple[str, int] = ("", 0)
    style: str = ""
    color: str = ""


@dataclass
class Block:
    """The widgets of one SIMULATION block, in the order in which they were written."""

    name: str
    line: int = 0
    widgets: list[WidgetRecord] = field(default_factory=list)


#: What makes two records the same widget: its table, its name, and what it is bound to.
Identity: TypeAlias = tuple[str, str, str]


def identity(widget: WidgetRecord) -> Identity:
    """Return what two records of the same widget have in common."""
    if isinstance(widget, ParameterRecord):
        return "parameter", widget.name, widget.parameter
    if isinstance(widget, DataRecord):
        return "data", widget.name, widget.data
    return "comment", widget.name, ""
