"""Rows of the tables of an old file as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivisit.errors import ParameterError
from ivisit.legacy.language import fields
from ivisit.legacy.records import (
    NOT_NAMED,
    ButtonWidget,
    CheckboxWidget,
    CommentWidget,
    DictItem,
    DictSliderWidget,
    ImageWidget,
    ListWidget,
    ParameterWidget,
    RadioWidget,
    SliderWidget,
    TextOutWidget,
    TextWidget,
)


def parameter_widget(
    row: Mapping[str, Any], parameters: Mapping[int, Mapping[str, Any]]
) -> ParameterWidget:
    """Return the record of a row of ``parameterwidget``.

    Raises
    ------
    ParameterError, KeyError, ValueError
        When the row makes no sense.
    """
    parameter = parameters[row["key_parameter"]]
    common: dict[str, Any] = {
        "name": str(row["name"]),
        "help": _help(row),
        "parameter": str(parameter["name"]),
        "index": int(parameter["listidx"]),
    }
    kind, value, options = str(row["type"]), str(row["value"]), str(row["range"])
    if kind == "slider":
        number = "int" if parameter["type"] == "int" else "float"
        grid, _ = fields.grid(options, number, complete=True)
        return SliderWidget(**common, grid=grid, value=grid.snapped(_number(value, number)))
    if kind == "dictslider":
        return _dict_slider(row, parameter, common)
    if kind == "textfield":
        size = fields.numbers(str(row["size"])) or []
        rows = max(1, round(size[1])) if len(size) > 1 else 1
        return TextWidget(**common, rows=rows, value=value)
    texts = fields.texts(options)
    if kind in ("listselection", "radiobutton"):
        distinct = tuple(dict.fromkeys(texts))
        if kind == "listselection":
            return ListWidget(**common, options=distinct, value=value)
        return RadioWidget(
            **common, options=distinct, value=value if value in distinct else distinct[0]
        )
    if kind == "checkbox":
        digits = "".join("1" if digit == "1" else "0" for digit in value)
        digits = digits.ljust(len(texts), "0")[: len(texts)]
        labels = tuple(text.strip() for text in texts)
        return CheckboxWidget(**common, labels=labels, value=digits)
    if kind == "button":
        title, _, text = ",".join(texts).partition(",")
        return ButtonWidget(**common, text=(text or title).strip(), title=title.strip())
    raise ParameterError(f"a widget of type {kind!r} is not known")


def _dict_slider(
    row: Mapping[str, Any], parameter: Mapping[str, Any], common: dict[str, Any]
) -> DictSliderWidget:
    """Return the record of a dict slider: its three lists begin with the number of items."""
    ranges = _groups(fields.texts(str(row["range"]))[1:], 5)
    keys = _groups(fields.texts(str(parameter["range"]))[1:], 4)
    selected, *types = fields.texts(str(row["items"]))[1:]
    values = fields.numbers(str(row["value"])) or []
    items = []
    for (name, *grid), (key, *_), (_, kind), value in zip(
        ranges, keys, _groups(types, 2), values, strict=True
    ):
        steps, _ = fields.grid(",".join(grid), kind, complete=True)
        number = round(value) if kind == "int" else value
        items.append(DictItem(name=name, key=key, grid=steps, value=number))
    return DictSliderWidget(**common, items=tuple(items), selected=int(selected))


def _groups(texts: Sequence[str], size: int) -> list[list[str]]:
    """Cut a list into groups of `size` stripped texts."""
    stripped = [text.strip() for text in texts]
    return [stripped[i : i + size] for i in range(0, len(stripped), size)]


def data_widget(
    row: Mapping[str, Any], data: Mapping[int, Mapping[str, Any]]
) -> ImageWidget | TextOutWidget:
    """Return the record of a row of ``datawidget``; see `parameter_widget`."""
    name, help_text = str(row["name"]), _help(row)
    attribute = str(data[row["key_dataarray"]]["name"])
    if row["type"] == "image":
        scale = fields.to_float(str(row["scale"])) or 1.0
        return ImageWidget(name=name, help=help_text, data=attribute, scale=scale)
    words = [word.strip() for word in fields.texts(str(row["range"]))]
    align = next((word[5:] for word in words if word in ("just_left", "just_right")), "center")
    return TextOutWidget(name=name, help=help_text, data=attribute, align=align)


def comment_widget(row: Mapping[str, Any], connected: Any) -> CommentWidget | None:
    """Return the record of a row of ``commentwidget``; None for the one nobody has filled in."""
    text = str(row["comment"])
    if text == NOT_NAMED:
        return None
    name = str(row["name"]) if row["flagDisplayName"] else ""
    return CommentWidget(name=name, text=text)


def position(text: Any) -> tuple[int, int]:
    """Return the place that a text such as ``[330, 45]`` stands for."""
    numbers = fields.numbers(str(text)) or []
    x, y = (*numbers[:2], 0.0, 0.0)[:2]
    return max(0, round(x)), max(0, round(y))


def _number(text: str, kind: str) -> float:
    """Return the value of a slider; what is no number counts as 0, as it always has."""
    number = fields.to_float(text) or 0.0
    return (fields.to_int(text) or round(number)) if kind == "int" else number


def _help(row: Mapping[str, Any]) -> str:
    comment = row["comment"]
    return "" if comment in (None, NOT_NAMED) else str(comment)
