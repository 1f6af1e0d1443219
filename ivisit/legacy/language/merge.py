"""What happens to widgets that are known already when a script's directives are read anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from ivisit.legacy.language import fields
from ivisit.legacy.records import (
    CheckboxRecord,
    DictSliderRecord,
    Identity,
    ListRecord,
    RadioRecord,
    SliderRecord,
    TextRecord,
    WidgetRecord,
    identity,
)


class ParseMode(Enum):
    """The three ways, by the names that they have in the window."""

    ONLY_NEW = "Parse ONLY NEW WIDGETS"
    UPDATE = "Also UPDATE OLD WIDGETS"
    KEEP_VALUES = "Also UPDATE OLD WIDGETS except VALUES"


@dataclass
class Merged:
    """The outcome of `merge`.

    Attributes
    ----------
    widgets : list of WidgetRecord
        The script's widgets in its order, then those that it no longer mentions.
    added, changed, unmentioned : list of str
        Names of the widgets that were not known before, that are declared otherwise than before,
        and that only the former state knows.
    """

    widgets: list[WidgetRecord] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unmentioned: list[str] = field(default_factory=list)


def merge(
    former: Iterable[WidgetRecord], present: Iterable[WidgetRecord], mode: ParseMode
) -> Merged:
    """Return the widgets of a simulation whose script was read before.

    Nothing is ever deleted, and what the user wrote about a widget is kept in every mode.

    Parameters
    ----------
    former : iterable of WidgetRecord
        What was known, with the values that were in use.
    present : iterable of WidgetRecord
        What the script's directives say now.
    mode : ParseMode
        ``ONLY_NEW``: known widgets stay as they are. ``UPDATE``: they become what the script
        says. ``KEEP_VALUES``: the same, but for their values, where those still fit.
    """
    known: dict[Identity, WidgetRecord] = {}
    for widget in former:
        # A widget of several simulations may be explained in one of them only.
        before = known.get(identity(widget))
        text = widget.help or (before.help if before else "")
        known[identity(widget)] = replace(widget, help=text)
    merged = Merged()
    for widget in present:
        old = known.pop(identity(widget), None)
        if old is None:
            merged.added.append(widget.name)
            merged.widgets.append(widget)
            continue
        if redeclared(old, widget):
            merged.changed.append(widget.name)
        if mode is ParseMode.ONLY_NEW:
            widget = replace(old, line=widget.line)
        elif mode is ParseMode.KEEP_VALUES:
            widget = with_value_of(widget, old)
        merged.widgets.append(replace(widget, help=old.help or widget.help))
    merged.unmentioned = [widget.name for widget in known.values()]
    merged.widgets += [replace(widget, line=0) for widget in known.values()]
    return merged


def redeclared(old: WidgetRecord, new: WidgetRecord) -> bool:
    """Tell whether two records of a widget differ in more than its value, line and help."""
    return without_value(old) != without_value(new)


def without_value(widget: WidgetRecord) -> WidgetRecord:
    """Return `widget` without line, help and value."""
    plain = replace(widget, line=0, help="")
    if isinstance(plain, DictSliderRecord):
        items = tuple(replace(item, value=item.grid.minimum, line=0) for item in plain.items)
        return replace(plain, items=items, selected=0)
    if isinstance(plain, SliderRecord):
        return replace(plain, value=plain.grid.minimum)
    if isinstance(plain, ListRecord | CheckboxRecord | TextRecord):
        return replace(plain, value="")
    return plain


def with_value_of(widget: WidgetRecord, former: WidgetRecord) -> WidgetRecord:
    """Return `widget` with the value of `former` where that is still acceptable.

    A widget of another kind than before gets the value as text, as 0.72 keeps it in its file.
    """
    if isinstance(widget, DictSliderRecord):
        items = former.items if isinstance(former, DictSliderRecord) else ()
        values = {item.key: item.value for item in items}
        kept = tuple(
            replace(item, value=_as(item.value, values.get(item.key, item.value)))
            for item in widget.items
        )
        return replace(widget, items=kept)
    text = _value_text(former)
    if text is None:
        return widget
    if isinstance(widget, SliderRecord):
        number = fields.to_float(text)
        return widget if number is None else replace(widget, value=_as(widget.value, number))
    if isinstance(widget, CheckboxRecord):
        fits = len(text) == len(widget.labels) and set(text) <= {"0", "1"}
        return replace(widget, value=text) if fits else widget
    if isinstance(widget, RadioRecord):
        return replace(widget, value=text) if text in widget.options else widget
    # An old option list shows any text.
    if isinstance(widget, ListRecord | TextRecord):
        return replace(widget, value=text)
    return widget


def _value_text(widget: WidgetRecord) -> str | None:
    """Return the value of a widget as text, None where it has none that others could keep."""
    if isinstance(widget, SliderRecord):
        return str(widget.value)
    if isinstance(widget, ListRecord | CheckboxRecord | TextRecord):
        return widget.value
    return None


def _as(model: float, value: float) -> float:
    """Return `value` in the type of `model`, or `model` where that would change the number."""
    converted = type(model)(value)
    return converted if converted == value else model
