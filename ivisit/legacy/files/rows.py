"""Rows of the tables of an old file as records: their columns are the fields of directives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivisit.errors import DirectiveError
from ivisit.legacy.language import fields
from ivisit.legacy.language.readers import READERS, read_dict_slider
from ivisit.legacy.language.widget_fields import WidgetFields
from ivisit.legacy.records import NOT_NAMED, CommentRecord, Finding, WidgetRecord

#: What the column ``type`` of a widget says -> the directive that declares such a widget.
PARAMETER_KEYWORDS = {
    "slider": "SLIDER",
    "dictslider": "DICTSLIDER",
    "listselection": "LISTSEL",
    "checkbox": "CHECKBOX",
    "radiobutton": "RADIOBUTTON",
    "button": "BUTTON",
    "textfield": "TEXT_IN",
}
DATA_KEYWORDS = {"image": "IMAGE", "textfield": "TEXT_OUT"}

Row = Mapping[str, Any]


def parameter_widget(
    row: Row, parameters: Mapping[int, Row]
) -> tuple[WidgetRecord, Sequence[Finding]]:
    """Return the record of a row of ``parameterwidget``, and what is doubtful in it.

    Raises
    ------
    DirectiveError, KeyError, ValueError
        When the row makes no sense.
    """
    parameter = parameters[row["key_parameter"]]
    connected = {
        "parameter": parameter["name"],
        "index": parameter["listidx"],
        "type": parameter["type"],
    }
    given = _fields(row, PARAMETER_KEYWORDS, connected)
    if given.keyword == "DICTSLIDER":
        return _dict_slider(given, row, parameter), given.findings
    return READERS[given.keyword](given), given.findings


def data_widget(row: Row, data: Mapping[int, Row]) -> tuple[WidgetRecord, Sequence[Finding]]:
    """Return the record of a row of ``datawidget``; see `parameter_widget`."""
    given = _fields(row, DATA_KEYWORDS, {"data": data[row["key_dataarray"]]["name"]})
    return READERS[given.keyword](given), given.findings


def _fields(row: Row, keywords: Mapping[str, str], connected: Mapping[str, Any]) -> WidgetFields:
    """Return the columns of a widget, and of what it is connected with, as fields."""
    kind = str(row["type"]).strip()
    if kind not in keywords:
        raise DirectiveError(f"a widget of type {kind!r} is not known")
    texts = {name: str(value) for name, value in {**row, **connected}.items()}
    return WidgetFields(keywords[kind], texts, help=_help(row))


def _dict_slider(given: WidgetFields, row: Row, parameter: Row) -> WidgetRecord:
    """Return the record of a dict slider: its three lists begin with the number of items."""
    ranges = _groups(fields.texts(str(row["range"]))[1:], 5)
    keys = _groups(fields.texts(str(parameter["range"]))[1:], 4)
    selected, *types = fields.texts(str(row["items"]))[1:]
    values = [text.strip() for text in fields.texts(str(row["value"]))]
    items = [
        WidgetFields(
            "DICTSLIDERITEM",
            {"name": name, "range": ",".join(grid), "key": key, "type": kind, "value": value},
        )
        for (name, *grid), (key, *_), (_, kind), value in zip(
            ranges, keys, _groups(types, 2), values, strict=True
        )
    ]
    given.texts = {**given.texts, "selected": selected}
    return read_dict_slider(given, items)


def _groups(texts: Sequence[str], size: int) -> list[list[str]]:
    """Cut a list into groups of `size` stripped texts."""
    stripped = [text.strip() for text in texts]
    return [stripped[i : i + size] for i in range(0, len(stripped), size)]


def comment_widget(row: Row, connected: Any) -> tuple[CommentRecord | None, Sequence[Finding]]:
    """Return the record of a row of ``commentwidget``; None for the one nobody has filled in."""
    text = str(row["comment"])
    if text == NOT_NAMED:
        return None, ()
    name = str(row["name"]) if row["flagDisplayName"] else ""
    record = CommentRecord(
        name=name,
        text=text,
        font=(str(row["fontname"]), fields.rounded(str(row["fontsize"])) or 10),
        style=str(row["fontstyle"]),
        color=str(row["fontcolor"]),
    )
    return record, ()


def position(text: Any) -> tuple[int, int]:
    """Return the place that a text such as ``[330, 45]`` stands for."""
    numbers = fields.numbers(str(text)) or []
    x, y = (*numbers[:2], 0.0, 0.0)[:2]
    return max(0, round(x)), max(0, round(y))


def _help(row: Row) -> str:
    comment = row["comment"]
    return "" if comment in (None, NOT_NAMED) else str(comment)
