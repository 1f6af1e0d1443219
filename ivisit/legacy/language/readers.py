"""One function a directive: from the fields of a line to a record.

The arguments behind the line are the fields in their order, also those that mean nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable

from ivisit.legacy.language import fields
from ivisit.legacy.language.lines import DirectiveLine
from ivisit.legacy.records import (
    ButtonWidget,
    CheckboxWidget,
    DictItem,
    DictSliderWidget,
    ImageWidget,
    ListWidget,
    RadioWidget,
    SliderWidget,
    TextOutWidget,
    TextWidget,
    Widget,
)


def _slider(
    line: DirectiveLine,
    name: str,
    size: str,
    grid: str,
    parameter: str,
    index: str,
    kind: str,
    value: str,
) -> Widget:
    kind = line.number_type(kind)
    steps = line.grid(grid, kind, complete=True)
    return SliderWidget(
        name=name,
        line=line.number,
        parameter=parameter,
        index=line.index(index),
        grid=steps,
        value=line.snapped(line.value(value, kind), steps),
    )


def read_dict_slider(
    line: DirectiveLine, name: str, size: str, parameter: str, selected: str
) -> DictSliderWidget:
    return DictSliderWidget(
        name=name,
        line=line.number,
        parameter=parameter,
        items=(),
        selected=line.index(selected),
    )


def read_dict_item(
    line: DirectiveLine, name: str, grid: str, key: str, kind: str, value: str
) -> DictItem:
    kind = line.number_type(kind)
    steps = line.grid(grid, kind, complete=False)
    # The old file format has no place for a colon in an item's name.
    return DictItem(
        name=name.replace(":", ""),
        key=key,
        grid=steps,
        value=line.value(value, kind),
        line=line.number,
    )


def _list(
    line: DirectiveLine,
    name: str,
    size: str,
    options: str,
    parameter: str,
    index: str,
    kind: str,
    value: str,
) -> Widget:
    word = fields.TYPE_WORDS.get(kind)
    if word not in ("int", "float", "text"):
        line.find(line.about("type", f"must be int, float or text, not {kind!r}; text is used"))
    choices = fields.texts(options)
    if word in ("int", "float"):
        numbers = fields.numbers(options)
        if numbers is None:
            line.find(line.about("options", f"must be numbers, not {options!r}"))
        else:
            choices = tuple(str(round(n) if word == "int" else n) for n in numbers)
    widget = ListWidget(
        name=name,
        line=line.number,
        parameter=parameter,
        index=line.index(index),
        options=_distinct(line, choices),
        value=_list_value(line, value, word),
    )
    if widget.value not in widget.options:
        line.find(line.about("value", f"{value!r} is none of the options {options}"), "note")
    return widget


def _list_value(line: DirectiveLine, value: str, word: str | None) -> str:
    """Return the value as it is written: numbers in the form that Python gives them."""
    if word == "int":
        return str(line.value(value, word))
    number = fields.to_float(value) if word == "float" else None
    return value if number is None else str(number)


def _radio(line: DirectiveLine, name: str, labels: str, parameter: str, value: str) -> Widget:
    choices = _distinct(line, fields.texts(labels))
    if value not in choices:
        stripped = _distinct(line, tuple(choice.strip() for choice in choices))
        if value in stripped:
            choices = stripped
        else:
            line.find(
                line.about("value", f"must be one of {labels}, not {value!r}; the first is used")
            )
            value = choices[0]
    return RadioWidget(
        name=name, line=line.number, parameter=parameter, options=choices, value=value
    )


def _distinct(line: DirectiveLine, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options without repetitions; note those and stray blanks."""
    distinct = tuple(dict.fromkeys(options))
    if len(distinct) < len(options):
        line.find(line.about("options", "some occur twice; they are shown once"))
    blank = [option for option in distinct if option != option.strip()]
    if blank:
        line.find(
            line.about(
                "options",
                f"{blank[0]!r} begins or ends with a blank, which belongs to the value",
            ),
            "note",
        )
    return distinct


def _checkbox(line: DirectiveLine, name: str, labels: str, parameter: str, value: str) -> Widget:
    names = fields.texts(labels)
    fitted = "".join("1" if digit == "1" else "0" for digit in value.ljust(len(names), "0"))
    fitted = fitted[: len(names)]
    if fitted != value:
        line.find(
            line.about(
                "value",
                f"must be {len(names)} digits 0 or 1, one a label, not {value!r}; "
                f"{fitted!r} is used",
            )
        )
    return CheckboxWidget(
        name=name,
        line=line.number,
        parameter=parameter,
        labels=tuple(label.strip() for label in names),
        value=fitted,
    )


def _button(line: DirectiveLine, name: str, labels: str, parameter: str) -> Widget:
    title, _, text = ",".join(fields.texts(labels)).partition(",")
    if not text:
        line.find(line.about("texts", f"must be [label,button text], not {labels!r}"))
        title, text = "", title or name
    return ButtonWidget(
        name=name, line=line.number, parameter=parameter, text=text.strip(), title=title.strip()
    )


def _text_in(
    line: DirectiveLine, name: str, size: str, parameter: str, index: str, value: str
) -> Widget:
    extent = fields.numbers(size) or []
    if len(extent) < 2:
        line.find(line.about("size", f"must be [columns,rows], not {size!r}; one row is used"))
    rows = max(1, round(extent[1])) if len(extent) >= 2 else 1
    return TextWidget(
        name=name,
        line=line.number,
        parameter=parameter,
        index=line.index(index),
        rows=rows,
        value=value,
    )


def _image(line: DirectiveLine, name: str, scale: str, levels: str, data: str, kind: str) -> Widget:
    factor = fields.to_float(scale)
    if factor is None or factor <= 0:
        line.find(line.about("scale", f"must be a positive number, not {scale!r}; 1 is used"))
        factor = 1.0
    return ImageWidget(name=name, line=line.number, data=data, scale=factor)


def _text_out(line: DirectiveLine, name: str, size: str, options: str, data: str) -> Widget:
    words = [word.strip() for word in fields.texts(options)]
    align = next((word[5:] for word in words if word in ("just_left", "just_right")), "center")
    return TextOutWidget(name=name, line=line.number, data=data, align=align)


READERS: dict[str, Callable[..., Widget]] = {
    "SLIDER": _slider,
    "LISTSEL": _list,
    "CHECKBOX": _checkbox,
    "RADIOBUTTON": _radio,
    "BUTTON": _button,
    "TEXT_IN": _text_in,
    "IMAGE": _image,
    "TEXT_OUT": _text_out,
}
