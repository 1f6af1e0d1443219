"""One function a kind of widget: from its fields to a record.

The rows of old files come this way, too. Fields that mean nothing any more are not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ivisit.errors import DirectiveError
from ivisit.legacy.language import fields
from ivisit.legacy.language.widget_fields import WidgetFields
from ivisit.legacy.records import (
    ButtonRecord,
    CheckboxRecord,
    DictItemRecord,
    DictSliderRecord,
    ImageRecord,
    ListRecord,
    RadioRecord,
    SliderRecord,
    TextOutRecord,
    TextRecord,
    WidgetRecord,
)


def _common(given: WidgetFields) -> dict[str, Any]:
    """Return what the records of all widgets have."""
    return {"name": given["name"], "line": given.line, "help": given.help}


def _slider(given: WidgetFields) -> WidgetRecord:
    kind = given.number_type()
    record = SliderRecord(
        **_common(given),
        parameter=given["parameter"],
        index=given.index("index"),
        grid=given.grid(kind, complete=True, length=given.length()),
        value=given.whole() if kind == "int" else _float(given),
    )
    given.tell_rest(record.value, record.delivered, record.grid)
    return record


def _float(given: WidgetFields) -> float:
    try:
        number = float(given["value"])
    except ValueError:
        raise given.refusal("value", "a number", given["value"]) from None
    if math.isnan(number):
        raise given.refusal("value", "a number", given["value"])
    return number


def read_dict_slider(given: WidgetFields, items: Sequence[WidgetFields]) -> DictSliderRecord:
    """Return the record of a dict slider from its own fields and those of its items.

    What is found in the items is added to what is found in `given`; an item that cannot be read
    costs only itself.

    Raises
    ------
    DirectiveError
        When no item is left.
    """
    length = given.length()
    records = []
    for item in items:
        try:
            records.append(_dict_item(item, length))
        except DirectiveError as error:
            item.find_error(error)
        given.findings += item.findings
    if not records:
        if items:
            raise DirectiveError(f"DICTSLIDER {given['name']!r}: none of its items can be read")
        raise DirectiveError(
            f"DICTSLIDER {given['name']!r}: needs a DICTSLIDERITEM in the next directive"
        )
    selected, count = given.index("selected"), len(records)
    if not -count <= selected < count:
        given.find(
            "selected_index", f"must be between 0 and {count - 1}, not {selected}; 0 is used"
        )
        selected = 0
    mode = (fields.numbers(given["size"]) or [])[3:4]
    record = DictSliderRecord(
        **_common(given),
        parameter=given["parameter"],
        items=tuple(records),
        selected=selected % count,  # 0.72 counts negative ones from the end
        shows_all=mode == [2],
    )
    for item_record, shown in zip(records, record.delivered, strict=True):
        given.tell_rest(item_record.value, shown, item_record.grid)
    return record


def _dict_item(given: WidgetFields, length: int) -> DictItemRecord:
    kind, text = given.number_type(), given["value"]
    value = fields.rounded(text) if kind == "int" else fields.to_float(text)
    if value is None:
        given.find("value", f"must be a number, not {text!r}; 0 is used")
        value = 0 if kind == "int" else 0.0
    return DictItemRecord(
        # The old file format has no place for a colon in an item's name.
        name=given["name"].replace(":", ""),
        key=given["key"],
        grid=given.grid(kind, complete=False, length=length),
        value=value,
        line=given.line,
    )


def _list(given: WidgetFields) -> WidgetRecord:
    word = fields.TYPE_WORDS.get(given["type"])
    if word not in ("int", "float", "text"):
        given.find("type", f"must be int, float or text, not {given['type']!r}; text is used")
    choices = fields.texts(given["range"])
    if word in ("int", "float"):
        numbers = fields.numbers(given["range"])
        if numbers is None:
            given.find("options", f"must be numbers, not {given['range']!r}")
        else:
            choices = tuple(str(round(n) if word == "int" else n) for n in numbers)
    record = ListRecord(
        **_common(given),
        parameter=given["parameter"],
        index=given.index("index"),
        options=_distinct(given, choices),
        value=_list_value(given, word),
    )
    if record.value not in record.options:
        message = f"{given['value']!r} is none of the options {given['range']}"
        given.find("value", message, "note")
    return record


def _list_value(given: WidgetFields, word: str | None) -> str:
    """Return the value as it is written: numbers in the form that Python gives them."""
    if word == "int":
        return str(given.whole())
    number = fields.to_float(given["value"]) if word == "float" else None
    return given["value"] if number is None else str(number)


def _radio(given: WidgetFields) -> WidgetRecord:
    choices, value = _distinct(given, fields.texts(given["range"])), given["value"]
    if value not in choices:
        stripped = _distinct(given, tuple(choice.strip() for choice in choices))
        if value in stripped:
            choices = stripped
        else:
            given.find(
                "value", f"must be one of {given['range']}, not {value!r}; the first is used"
            )
            value = choices[0]
    return RadioRecord(**_common(given), parameter=given["parameter"], options=choices, value=value)


def _distinct(given: WidgetFields, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options without repetitions; note those and stray blanks."""
    distinct = tuple(dict.fromkeys(options))
    if len(distinct) < len(options):
        given.find("options", "some occur twice; they are shown once")
    blank = [option for option in distinct if option != option.strip()]
    if blank:
        message = f"{blank[0]!r} begins or ends with a blank, which belongs to the value"
        given.find("options", message, "note")
    return distinct


def _checkbox(given: WidgetFields) -> WidgetRecord:
    names, value = fields.texts(given["range"]), given["value"]
    fitted = "".join("1" if digit == "1" else "0" for digit in value.ljust(len(names), "0"))
    fitted = fitted[: len(names)]
    if fitted != value:
        given.find(
            "value",
            f"must be {len(names)} digits 0 or 1, one a label, not {value!r}; {fitted!r} is used",
        )
    return CheckboxRecord(
        **_common(given),
        parameter=given["parameter"],
        labels=tuple(label.strip() for label in names),
        value=fitted,
    )


def _button(given: WidgetFields) -> WidgetRecord:
    title, _, text = ",".join(fields.texts(given["range"])).partition(",")
    if not text:
        given.find("texts", f"must be [label,button text], not {given['range']!r}")
        title, text = "", title or given["name"]
    return ButtonRecord(
        **_common(given), parameter=given["parameter"], text=text.strip(), title=title.strip()
    )


def _text_in(given: WidgetFields) -> WidgetRecord:
    extent = fields.numbers(given["size"]) or []
    if len(extent) < 2:
        given.find("size", f"must be [columns,rows], not {given['size']!r}; one row is used")
    rows = max(1, round(extent[1])) if len(extent) >= 2 else 1
    return TextRecord(
        **_common(given),
        parameter=given["parameter"],
        index=given.index("index"),
        rows=rows,
        value=given["value"],
    )


def _image(given: WidgetFields) -> WidgetRecord:
    factor = fields.to_float(given["scale"])
    if factor is None or factor <= 0:
        given.find("scale", f"must be a positive number, not {given['scale']!r}; 1 is used")
        factor = 1.0
    return ImageRecord(**_common(given), data=given["data"], scale=factor)


def _text_out(given: WidgetFields) -> WidgetRecord:
    words = [word.strip() for word in fields.texts(given["range"])]
    align = next((word[5:] for word in words if word in ("just_left", "just_right")), "center")
    return TextOutRecord(**_common(given), data=given["data"], align=align)


#: Keyword -> reader; a DICTSLIDER needs its items, see `read_dict_slider`.
READERS: dict[str, Callable[[WidgetFields], WidgetRecord]] = {
    "SLIDER": _slider,
    "LISTSEL": _list,
    "CHECKBOX": _checkbox,
    "RADIOBUTTON": _radio,
    "BUTTON": _button,
    "TEXT_IN": _text_in,
    "IMAGE": _image,
    "TEXT_OUT": _text_out,
}
